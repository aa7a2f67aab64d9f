"""The application is updated, or put back, while a phone is open and items wait."""

import shutil

import pytest
from playwright.sync_api import expect

from tests.conftest import ROOT
from tests.faults.conftest import opened
from tests.faults.phone import PATIENCE_MS, Phone
from tests.faults.test_whose import type_in_a_form

pytestmark = pytest.mark.browser

# What the next release has: another page, and so another worker; and arrests that it wants more of.
CHANGES = {
    "phone/templates/phone/phone.html": ("<h1>Log</h1>", "<h1>Next</h1>"),
    "results/kinds/arrests.py": (
        "custody_ref = Text(50, allow_none=True)",
        "custody_ref = Text(50, required=True)",
    ),
}


@pytest.fixture
def release(tmp_path):
    """The next release, in a directory of its own."""
    for each in ROOT.iterdir():
        if each.name != "ops":
            (tmp_path / each.name).symlink_to(each)
    shutil.copytree(ROOT / "ops", tmp_path / "ops", ignore=shutil.ignore_patterns("__pycache__"))
    for name, (old, new) in CHANGES.items():
        file = tmp_path / "ops" / name
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))
    return tmp_path


def test_an_old_page_meets_a_new_server_and_a_new_page_an_old_one(
    phone_of, world, network, server, release
):
    phone = Phone(phone_of(), world)
    page = phone.page
    network.is_refusing_batches = True
    saved = phone.log()
    server.kill()

    server.start(release)
    network.is_refusing_batches = False
    phone.send()

    count = page.locator("#count")
    expect(count).to_contain_text("1 refused: mend it", timeout=PATIENCE_MS)
    expect(page.locator(f"[data-id='{saved}']")).to_contain_text("custody ref")
    assert phone.left() == [saved]

    beside = opened(page.context.new_page())
    page.evaluate("navigator.serviceWorker.ready.then(worker => worker.update())")
    expect(beside.get_by_role("button", name="Use it now")).to_be_visible()
    type_in_a_form(beside)
    beside.evaluate("window.isAsItWas = true")
    page.bring_to_front()
    with page.expect_event("framenavigated"):
        page.get_by_role("button", name="Use it now").click()
    opened(page)
    assert beside.evaluate("window.isAsItWas")
    beside.close()
    kept = page.evaluate("caches.match('/phone').then(reply => reply.text())")
    assert "<h1>Next</h1>" in kept
    server.kill()

    server.start()
    assert phone.left() == [saved]
    page.get_by_role("link", name="Mend it").click()
    page.get_by_label("Custody reference").fill("06CD/1/26")
    page.get_by_role("button", name="Save and send again").click()

    phone.sends_all()
    assert world.ids().count(saved) == 1
    phone.holds_true()
