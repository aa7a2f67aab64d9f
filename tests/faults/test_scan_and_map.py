"""A label read by the camera, and the map that needs no network, in an officer's hand."""

import pytest
from playwright.sync_api import expect

from tests.faults.conftest import opened, until
from tests.faults.phone import ONLINE, Phone
from tests.faults.test_faults import SET_CLOCK
from tests.faults.test_in_hand import HERE, detail, tap

pytestmark = pytest.mark.browser

# What lies outside the page: a camera, and what reads barcodes where a browser has it.
CAMERA = """
window.cameras = [];
window.label = null;
window.BarcodeDetector = class {
  static getSupportedFormats = async () => ['code_128'];
  detect = async () => window.label ? [{rawValue: window.label}] : [];
};
navigator.mediaDevices.getUserMedia = async () => {
  if (window.isDenied) throw new DOMException('No', 'NotAllowedError');
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d');
  setInterval(() => pen.fillRect(0, 0, 1, 1), 20);
  const stream = canvas.captureStream();
  window.cameras.push(stream);
  return stream;
};
"""
CAMERAS_ON = "cameras.flatMap(c => c.getTracks()).filter(t => t.readyState === 'live').length"
VIEW = "document.querySelector('svg.map').getAttribute('viewBox').split(' ').map(Number)"


@pytest.fixture
def phone(phone_of, world):
    return Phone(phone_of(geolocation=HERE, permissions=["geolocation"]), world)


def test_a_label_is_read_into_its_field_and_the_camera_goes_off(phone, network, world):
    page = phone.page
    tap(page, "Arrest", "Supply of class A drugs")
    scan = page.get_by_role("button", name="Scan the label: custody reference")
    expect(page.get_by_label("Custody reference", exact=True)).to_be_visible()
    # This browser reads no barcodes.
    expect(scan).to_have_count(0)

    page.context.add_init_script(CAMERA)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    network.go_down()
    opened(page)
    tap(page, "Arrest", "Supply of class A drugs")
    scan.tap()
    expect(page.get_by_role("dialog", name="Scan the label")).to_contain_text("Hold the barcode")
    assert page.evaluate(CAMERAS_ON) == 1
    page.evaluate("label = '\\u001d06CD/55/26 '")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("The label says 06CD/55/26.")).to_be_visible()
    expect(page.get_by_label("Custody reference", exact=True)).to_have_value("06CD/55/26")
    expect(scan).to_be_focused()

    page.evaluate("label = null")
    for leave in (
        lambda: page.keyboard.press("Escape"),
        lambda: page.get_by_role("button", name="Cancel").tap(),
    ):
        # By the keyboard too.
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_contain_text("Hold the barcode")
        leave()
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(scan).to_be_focused()
    page.evaluate("isDenied = true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("may not use the camera here")
    page.get_by_role("button", name="Close").tap()

    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("cameras.length") == 3
    assert page.evaluate(CAMERAS_ON) == 0
    saved = phone.press_save()
    network.come_up()
    phone.sends_all()
    assert detail(world, "arrest", saved)["custody_ref"] == "06CD/55/26"


def test_the_map_is_moved_and_enlarged_without_a_network(phone, network):
    page = phone.page
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    network.go_down()
    opened(page)
    tap(page, "Map")
    expect(page.locator("svg.map")).to_be_visible()
    whole = page.evaluate(VIEW)

    def becomes(claim):
        """Wait until the map shows this: what a finger does comes after it was lifted."""
        until(lambda: claim(*page.evaluate(VIEW)))
        return page.evaluate(VIEW)

    page.get_by_role("button", name="Larger").tap()
    near = becomes(lambda _x, _y, wide, _high: wide < whole[2])
    page.get_by_role("application").focus()
    page.keyboard.press("ArrowRight")
    becomes(lambda x, _y, _wide, _high: x > near[0])
    page.keyboard.press("+")
    becomes(lambda _x, _y, wide, _high: wide < near[2])
    page.get_by_role("button", name="Whole map").tap()
    becomes(lambda *view: list(view) == whole)

    touch(page, [(-20, 0), (20, 0)], [(-80, 0), (80, 0)])
    near = becomes(lambda _x, _y, wide, _high: wide == pytest.approx(whole[2] / 4, rel=0.05))
    touch(page, [(0, 0)], [(-60, 30)])
    becomes(lambda x, y, _wide, _high: x > near[0] and y < near[1])

    page.context.set_geolocation(HERE | {"accuracy": 40})
    # Not by a tap: after touches that no finger made the browser makes no click of one.
    page.get_by_role("button", name="Where I am").click()
    expect(page.get_by_text("Your place is known to within")).to_be_visible()
    expect(page.locator(".map-accuracy")).to_be_visible()
    for shown in (".map-you", ".map-accuracy"):
        expect(page.locator(shown)).to_be_in_viewport()


def test_a_tap_on_a_deployment_opens_it(phone):
    page = phone.page
    tap(page, "Map")
    there = page.locator(".map-deployment.map-others").last
    expect(there).to_be_visible()
    box = there.bounding_box()
    page.evaluate(
        "addEventListener('mousedown', () => { window.presses = (window.presses ?? 0) + 1 }, true)"
    )

    page.touchscreen.tap(box["x"] + box["width"] / 2 + 8, box["y"] + box["height"] / 2)

    expect(page.get_by_role("heading", name="Visit to Test Road")).to_be_focused()
    tap(page, "I am on this")
    expect(page.locator(".here-name")).to_have_text("Visit to Test Road")
    # Of the tap on the map nothing is left to press what it opened, nor to take its focus away.
    assert page.evaluate("window.presses") == 1
    page.evaluate(SET_CLOCK, 13)
    page.evaluate(ONLINE)
    # In the next shift that choice is over.
    expect(page.locator(".here-name")).to_have_text("Warrant at Test Street")
    tap(page, "Map")
    page.get_by_role("link", name="Warrant at Test Street (yours)").tap()
    expect(page.get_by_text("Misuse of Drugs Act 1971 s.23")).to_be_visible()


def touch(page, begin, end):
    """Put fingers on the middle of the map, and draw each to another place."""
    page.locator("svg.map").scroll_into_view_if_needed()
    box = page.locator("svg.map").bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session = page.context.new_cdp_session(page)

    def send(kind, places):
        points = [{"x": middle[0] + x, "y": middle[1] + y} for x, y in places]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", begin)
    for share in (0.25, 0.5, 0.75, 1):
        pairs = zip(begin, end, strict=True)
        at = [(a + (c - a) * share, b + (d - b) * share) for (a, b), (c, d) in pairs]
        send("touchMove", at)
    send("touchEnd", [])
