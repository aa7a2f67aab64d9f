"""Every view of the phone's page, at each size and in each light: whole, and large enough."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.test_every_page import AXE, RULES
from tests.faults.conftest import until
from tests.faults.phone import ONLINE, Phone
from tests.faults.test_faults import clear_stores
from tests.faults.test_in_hand import HERE
from tests.faults.test_scan_and_map import CAMERA

pytestmark = pytest.mark.browser

# Where to put pictures of the page, for a person to look at.
SHOTS = os.environ.get("OPS_SHOTS")
SIZES = ({"width": 360, "height": 640}, {"width": 390, "height": 844})
# The size of text that the page has by itself, and twice that.
TEXTS = {"100%": "", "200%": "2.375rem"}
# What can be pressed and is smaller than a thumb. A choice is pressed by its label.
SMALL = """() => [...document.querySelectorAll(
  'a[href], button, summary, select, textarea, .chip, input:not([type=radio], [type=checkbox])')]
  .filter(each => each.checkVisibility({visibilityProperty: true}) && !each.closest('.skip'))
  .filter(each => { const {width, height} = each.getBoundingClientRect();
    return Math.min(width, height) < 48; })
  .map(each => each.outerHTML.slice(0, 120))"""
# How far below the window's end the button that saves is, wherever the page is scrolled to.
SAVE_BELOW = """() => { const save = document.querySelector('.save');
  return save ? save.getBoundingClientRect().bottom - innerHeight : 0; }"""


@pytest.fixture
def phone(phone_of, world):
    return Phone(phone_of(geolocation=HERE, permissions=["geolocation"]), world)


def test_every_view_is_whole_in_a_hand_and_large_enough(phone, network, world):
    page = phone.page
    sent = phone.log()
    phone._go("")
    page.get_by_role("link", name="Arrest", exact=True).tap()
    page.locator(".chip").first.tap()
    page.get_by_text("When, where, note").tap()
    page.get_by_role("textbox", name="When", exact=True).fill("2031-01-01T10:00")
    refused = phone.press_save()
    phone.send()
    until(lambda: sent in world.ids())
    expect(page.locator("#count")).to_contain_text("1 refused")
    network.is_refusing_batches = True
    phone.log()
    page.evaluate(AXE)
    page.locator("#said").evaluate("said => said.replaceChildren()")

    phone._go("")
    page.locator("a.kind").first.wait_for(state="attached")
    kinds = page.locator("a.kind").evaluate_all("all => all.map(a => a.hash.slice(1))")
    assert len(kinds) > 12
    deployment = f"deployment/{world.deployment}"
    records = (f"correct/{sent}", f"mend/{refused}")
    others = ("", "kept", "briefing", "map", deployment, "assistance")
    for view in (*others, *kinds, *records):
        page.evaluate("view => { location.hash = view }", view)
        page.locator(f"main[data-view='{view}']").wait_for()
        looks_right(page, view.split("/01")[0])

    # A form in which something is wrong.
    phone._go("log/seizure")
    page.get_by_role("button", name="Save", exact=True).tap()
    expect(page.get_by_role("alert").first).to_be_visible()
    looks_right(page, "wrong")

    page.evaluate(CAMERA)
    phone._go("log/arrest")
    page.get_by_role("button", name="Scan the label: custody reference").tap()
    page.get_by_role("dialog").wait_for()
    looks_right(page, "scan")
    page.get_by_role("button", name="Cancel").tap()

    # What waits is in this page alone.
    phone._go("")
    network.go_down()
    clear_stores(page, network)
    expect(page.get_by_text("are in this page alone")).to_be_visible()
    looks_right(page, "adrift")
    network.come_up()
    page.evaluate(ONLINE)
    page.locator("a.kind").first.wait_for()

    world.run("update session set expires_at = now() where expires_at > now()")
    page.reload()
    sign_in = page.get_by_role("link", name="Sign in")
    sign_in.wait_for()
    page.evaluate(AXE)
    looks_right(page, "signed-out")
    phone._go("kept")
    page.get_by_role("button", name="Lock this phone").tap()
    phone._go("")
    page.get_by_text("Sign in to open what you keep").wait_for()
    looks_right(page, "locked")


def looks_right(page, name):
    """Hold what is shown to its measures, with all that is folded away."""
    page.locator("main details").evaluate_all("all => all.forEach(each => { each.open = true })")
    for size in SIZES:
        page.set_viewport_size(size)
        for text, root in TEXTS.items():
            page.evaluate("size => { document.documentElement.style.fontSize = size }", root)
            assert page.evaluate(SMALL) == [], name
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"], f"{name} at {text}"
            assert page.evaluate(SAVE_BELOW) <= 0, f"{name} at {text}"
            if SHOTS:
                picture(page, f"{name.replace('/', '-') or 'home'}-{size['width']}-{text}")
        page.evaluate("document.documentElement.style.fontSize = ''")
    # So tall that what stays at its end lies over nothing, whose size would then be in doubt.
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size(size | {"height": height})
    for scheme, rules in (("light", RULES), ("dark", ["color-contrast"])):
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", rules)["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], (name, scheme)
    page.emulate_media(color_scheme="light")


def picture(page, name):
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        path = Path(SHOTS) / f"phone-{name.strip('%')}-{scheme}.png"
        page.screenshot(path=path, full_page=True)
