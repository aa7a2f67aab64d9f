"""A lead draws areas: with the mouse, by touch, by keyboard alone, and nothing drawn is lost."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.test_every_page import AXE
from tests.browser.test_planning import plan

pytestmark = pytest.mark.browser

CORNERS = "-2.2600, 53.4900\n-2.2500, 53.4900\n-2.2500, 53.4960\n-2.2600, 53.4960"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DRAFT = "path.app-shape--draft"


@pytest.fixture
def draw(open_as):
    """Open the editor of a new operation."""

    def make(name, **options):
        page = open_as(**options)
        here = plan(page, f"Operation {name}")
        page.goto(f"{here}/map?edit=new")
        return page

    return make


def status(page):
    return page.locator("[data-part=status]")


def points(page, places, press=None):
    """Click places of the map, counted from its corner."""
    page.locator(".app-map").scroll_into_view_if_needed()
    box = page.locator(".app-map").bounding_box()
    for x, y in places:
        (press or page.mouse.click)(box["x"] + x, box["y"] + y)


def fold(page, title):
    page.locator("summary", has_text=title).click()


def type_corners(page, corners=CORNERS):
    if not page.get_by_label("Corners", exact=True).is_visible():
        fold(page, "Coordinates or GeoJSON")
    page.get_by_label("Corners", exact=True).fill(corners)
    page.get_by_role("button", name="Use these coordinates").click()


def test_an_outline_is_drawn_with_the_mouse_and_saved_without_leaving_the_page(draw):
    page = draw("Mouse")
    page.get_by_label("Name", exact=True).fill("By mouse")

    page.get_by_role("button", name="Draw an outline").click()
    points(page, ((200, 120), (420, 140), (400, 330), (230, 300)))
    page.get_by_role("button", name="Finish").click()
    expect(status(page)).to_have_text(re.compile(r"drawn\. It measures .* hectares\), .* round"))
    page.get_by_role("button", name="Save the area").click()

    expect(status(page)).to_have_text("Saved: By mouse.")
    page.get_by_role("link", name="Back to the map").click()
    expect(page.locator(".app-map-list")).to_contain_text("By mouse")


def test_rectangle_circle_and_hole_are_drawn_and_each_step_is_taken_back_and_done_again(draw):
    page = draw("Steps")
    page.get_by_role("button", name="Draw a rectangle").click()
    points(page, ((150, 100), (450, 350)))
    expect(status(page)).to_contain_text("The area is drawn.")
    whole = page.locator("[data-part=measure]").text_content()

    page.get_by_role("button", name="Cut a hole").click()
    points(page, ((250, 180), (330, 180), (330, 260)))
    page.get_by_role("button", name="Finish").click()
    expect(status(page)).to_contain_text("The hole is cut.")
    holed = page.locator("[data-part=measure]").text_content()
    assert holed != whole
    page.get_by_role("button", name="Draw a circle").click()
    points(page, ((600, 200), (640, 200)))
    expect(status(page)).to_contain_text("A part is added.")

    for said, measure in (("A part is added.", holed), ("The hole is cut.", whole)):
        page.get_by_role("button", name="Undo", exact=True).click()
        expect(status(page)).to_contain_text(f"Taken back: {said}")
        expect(page.locator("[data-part=measure]")).to_have_text(measure)
    page.get_by_role("button", name="Redo", exact=True).click()
    expect(page.locator("[data-part=measure]")).to_have_text(holed)
    page.locator(".app-map").focus()
    page.keyboard.press("Control+z")
    expect(page.locator("[data-part=measure]")).to_have_text(whole)


def test_a_corner_is_dragged_and_the_whole_area_moved(draw):
    page = draw("Drag")
    page.get_by_role("button", name="Draw a rectangle").click()
    points(page, ((200, 150), (400, 300)))
    expect(status(page)).to_contain_text("The area is drawn.")
    before = page.locator("[data-part=measure]").text_content()

    corner = page.locator(".marker-icon:not(.marker-icon-middle)").first.bounding_box()
    page.mouse.move(corner["x"] + 10, corner["y"] + 10)
    page.mouse.down()
    page.mouse.move(corner["x"] - 60, corner["y"] + 60, steps=5)
    page.mouse.up()
    expect(status(page)).to_contain_text("The corner is moved.")
    expect(page.locator("[data-part=measure]")).not_to_have_text(before)
    move = page.get_by_role("button", name="Move the whole area")
    move.click()
    expect(move).to_have_attribute("aria-pressed", "true")
    shape = page.locator(DRAFT).bounding_box()
    page.mouse.move(shape["x"] + shape["width"] / 2, shape["y"] + shape["height"] / 2)
    page.mouse.down()
    page.mouse.move(shape["x"] + shape["width"], shape["y"] + shape["height"], steps=5)
    page.mouse.up()

    expect(status(page)).to_contain_text("The area is moved.")


def test_a_drawn_corner_snaps_to_the_corner_of_another_area(draw):
    page = draw("Snap")
    type_corners(page)
    page.get_by_label("Name", exact=True).fill("First")
    page.get_by_role("button", name="Save the area").click()
    expect(status(page)).to_have_text("Saved: First.")
    page.get_by_role("button", name="Draw another area").click()

    page.get_by_role("button", name="Draw an outline").click()
    box = page.locator("path.app-shape--area").first.bounding_box()
    far = (box["x"] + box["width"], box["y"])
    for x, y in ((far[0] - 4, far[1] + 4), (far[0] + 60, far[1] - 20), (far[0] + 60, far[1] + 60)):
        page.mouse.move(x, y, steps=3)
        page.mouse.click(x, y)
    page.get_by_role("button", name="Finish").click()
    fold(page, "Corners in a table")

    expect(page.get_by_label("Longitude of corner 1")).to_have_value("-2.250000")
    expect(page.get_by_label("Latitude of corner 1")).to_have_value("53.496000")


def test_an_area_is_split_by_a_line_and_its_pieces_merged_again(draw):
    page = draw("Split")
    type_corners(page)
    page.get_by_label("Name", exact=True).fill("Whole")
    whole = page.locator("[data-part=measure]").text_content()
    page.get_by_role("button", name="Split by a line").click()
    box, around = page.locator(DRAFT).bounding_box(), page.locator(".app-map").bounding_box()
    middle = box["x"] - around["x"] + box["width"] / 2
    top = box["y"] - around["y"]
    points(page, ((middle, top - 15), (middle, top + box["height"] + 15)))
    page.get_by_role("button", name="Finish").click()

    expect(status(page)).to_contain_text("split in 2")
    expect(page.get_by_role("button", name="Save 2 areas")).to_be_visible()
    page.get_by_role("button", name="Save 2 areas").click()
    expect(status(page)).to_have_text("Saved: Whole, Whole 2.")
    for name in ("Whole", "Whole 2"):
        page.get_by_label(name, exact=True).check()
    page.get_by_role("button", name="Merge the chosen areas").click()
    expect(status(page)).to_contain_text("Whole now holds Whole 2.")
    expect(page.locator("[data-part=measure]")).to_have_text(whole)
    page.get_by_role("button", name="Save 2 areas").click()

    expect(status(page)).to_have_text("Saved: Whole. Removed: 1 area.")
    page.get_by_role("link", name="Back to the map").click()
    expect(page.locator("path.app-shape--area")).to_have_count(1)


def test_several_areas_are_changed_in_one_visit_and_saved_together(draw):
    page = draw("Several")
    for name, corners in (("One", CORNERS), ("Two", CORNERS.replace("-2.2", "-2.3"))):
        page.get_by_label("Name", exact=True).fill(name)
        type_corners(page, corners)
        page.get_by_role("button", name="Draw another area").click()
    page.get_by_role("button", name="Save 2 areas").click()
    expect(status(page)).to_have_text("Saved: One, Two.")

    page.get_by_role("button", name="Change One").click()
    page.get_by_label("Purpose").select_option("Cordon")
    page.get_by_role("button", name="Change Two").click()
    page.get_by_label("Name", exact=True).fill("Second")
    page.get_by_role("button", name="Save 2 areas").click()

    expect(status(page)).to_have_text("Saved: One, Second.")
    page.reload()
    page.get_by_role("button", name="Change One").click()
    expect(page.get_by_label("Purpose")).to_have_value("cordon")


def test_wards_are_taken_by_keyboard_alone_and_widened(draw):
    page = draw("Keys")
    page.get_by_label("Name", exact=True).focus()
    way = page.locator("summary", has_text="A ward, a district")
    way.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Test Ward")
    page.keyboard.press("Enter")
    expect(status(page)).to_have_text("2 boundaries are found.")
    for key in ("Tab", "Tab", "Space", "Tab", "Space", "Tab", "Enter"):
        page.keyboard.press(key)

    expect(status(page)).to_contain_text("is the area. It measures 1.4")
    expect(page.get_by_label("Name", exact=True)).to_have_value(re.compile("Test Ward .* and Test"))
    page.locator("summary", has_text="So many metres").press("Enter")
    page.get_by_label("Width").press_sequentially("100")
    page.get_by_role("button", name="Widen the area").press("Enter")
    expect(status(page)).to_contain_text("widened by 100 metres. It measures 2 km²")
    page.get_by_role("button", name="Save the area").press("Enter")
    expect(status(page)).to_contain_text("Saved: Test Ward")


def test_the_tools_are_one_stop_and_the_arrows_go_between_them(draw):
    page = draw("Arrows")
    first = page.get_by_role("button", name="Draw an outline")
    first.focus()

    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Draw a rectangle")).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("button", name="Snap to what is near")).to_be_focused()
    page.keyboard.press("Space")
    snap = page.get_by_role("button", name="Snap to what is near")
    expect(snap).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Home")
    expect(first).to_be_focused()
    page.keyboard.press("Tab")

    assert not page.evaluate("document.activeElement.closest('[role=toolbar]')")


def test_a_line_is_drawn_and_widened_and_another_typed_to_split_by(draw):
    page = draw("Line")
    fold(page, "So many metres")
    page.get_by_label("Width").fill("50")
    page.get_by_role("button", name="Draw a line and widen it").click()
    points(page, ((200, 150), (400, 200)))
    page.get_by_role("button", name="Finish").click()
    expect(status(page)).to_contain_text("The line is widened by 50 metres.")
    type_corners(page)

    page.get_by_label("Points of a line").fill("-2.27, 53.493\n-2.24, 53.493")
    page.get_by_role("button", name="Split the area by this line").click()

    expect(status(page)).to_contain_text("split in 2")


def test_an_area_is_drawn_by_touch_on_a_phone(draw):
    page = draw("Finger", viewport=PHONE, has_touch=True)
    page.get_by_label("Name", exact=True).fill("By finger")

    page.get_by_role("button", name="Draw an outline").tap()
    points(page, ((60, 60), (260, 80), (180, 260)), press=page.touchscreen.tap)
    page.get_by_role("button", name="Finish").tap()
    expect(status(page)).to_contain_text("It measures")
    for tool in page.locator("[data-part=tools] button:visible").all():
        assert tool.bounding_box()["height"] >= 44
    page.get_by_role("button", name="Save the area").tap()

    expect(status(page)).to_have_text("Saved: By finger.")


def test_an_unsaved_drawing_survives_a_reload_and_can_be_discarded(draw):
    page = draw("Reload")
    page.get_by_label("Name", exact=True).fill("Unsaved")
    type_corners(page)

    page.reload()

    expect(page.get_by_text("Your unsaved drawing is back.")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Unsaved")
    expect(page.locator(DRAFT)).to_have_count(1)
    page.get_by_role("button", name="Discard it").click()
    expect(page.locator("[data-part=measure]")).to_have_text("Nothing is drawn yet.")


def test_an_unsaved_drawing_survives_a_lost_network_and_is_saved_when_it_is_back(draw):
    page = draw("Network")
    page.get_by_label("Name", exact=True).fill("Patient")
    type_corners(page)
    page.context.set_offline(True)

    page.get_by_role("button", name="Save the area").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no connection.")
    page.context.set_offline(False)

    expect(status(page)).to_have_text("Saved: Patient.")


def test_an_unsaved_drawing_survives_an_expired_session(draw, seeded):
    page = draw("Expired")
    page.get_by_label("Name", exact=True).fill("Signed out")
    type_corners(page)
    kept = page.context.cookies()
    page.context.clear_cookies()

    page.get_by_role("button", name="Save the area").click()
    expect(page.get_by_role("alert")).to_contain_text("You are signed out.")
    expect(page.get_by_role("link", name="Sign in and come back to it")).to_be_visible()
    page.context.add_cookies(kept)  # As signing in does.
    page.reload()

    expect(page.get_by_text("Your unsaved drawing is back.")).to_be_visible()
    page.get_by_role("button", name="Save the area").click()
    expect(status(page)).to_have_text("Saved: Signed out.")


def test_what_was_kept_is_gone_after_signing_out_and_for_anybody_else(draw):
    page = draw("Leaving")
    type_corners(page)
    kept = "Object.keys(sessionStorage).filter((name) => name.startsWith('drawing:')).length"
    assert page.evaluate(kept) == 1

    page.evaluate("sessionStorage.setItem('drawing:somebody-else:operation', '{}')")
    page.reload()
    assert page.evaluate(kept) == 1
    page.evaluate(
        "document.querySelector(\"form[action='/sign-out']\").addEventListener("
        "'submit', (event) => event.preventDefault())"
    )
    page.get_by_role("button", name="Sign out").click()

    assert page.evaluate(kept) == 0


def test_what_somebody_else_changed_first_is_not_overwritten(draw):
    page = draw("Twice")
    page.get_by_label("Name", exact=True).fill("Shared")
    type_corners(page)
    page.get_by_role("button", name="Save the area").click()
    expect(status(page)).to_have_text("Saved: Shared.")
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("Name", exact=True).fill("Theirs")
    other.get_by_role("button", name="Save the area").click()
    expect(status(other)).to_have_text("Saved: Theirs.")

    page.get_by_label("Name", exact=True).fill("Mine")
    page.get_by_role("button", name="Save the area").click()

    expect(page.get_by_role("alert")).to_contain_text("changed")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Mine")


def test_a_shape_that_crosses_itself_is_offered_repaired(draw):
    page = draw("Crossed")
    page.get_by_label("Name", exact=True).fill("Crossed")
    type_corners(page, "-2.26 53.49; -2.25 53.50; -2.25 53.49; -2.26 53.50")
    page.get_by_role("button", name="Save the area").click()
    expect(page.get_by_role("alert")).to_contain_text("The outline crosses itself")
    expect(page.locator(DRAFT)).to_have_count(1)

    page.get_by_role("button", name="Repair the outline").click()
    expect(status(page)).to_contain_text("Repaired, it has 2 parts")
    page.get_by_role("button", name="Save the area").click()

    expect(status(page)).to_have_text("Saved: Crossed.")


def test_corners_are_moved_added_and_removed_in_the_table(draw):
    page = draw("Table")
    page.get_by_label("Name", exact=True).fill("Typed")
    type_corners(page, "53.49, -2.26\nby the bridge")
    expect(status(page)).to_contain_text("“by the bridge” is not a corner")
    type_corners(page)
    fold(page, "Corners in a table")

    page.get_by_label("Longitude of corner 1").fill("-2.27")
    page.get_by_label("Longitude of corner 1").press("Tab")
    expect(status(page)).to_contain_text("The corners are changed.")
    expect(page.get_by_label("Latitude of corner 1")).to_be_focused()
    page.get_by_label("New corner").fill("53.498, -2.262")
    page.get_by_label("New corner").press("Enter")
    expect(page.get_by_label("Latitude of corner 5")).to_have_value("53.498000")
    page.get_by_role("button", name="Remove corner 4").click()
    page.get_by_role("button", name="Save the area").click()
    expect(status(page)).to_have_text("Saved: Typed.")
    page.reload()
    fold(page, "Corners in a table")

    expect(page.get_by_label("Longitude of corner 1")).to_have_value("-2.270000")
    expect(page.get_by_label("Latitude of corner 4")).to_have_value("53.498000")
    expect(page.get_by_label("Latitude of corner 5")).to_have_count(0)


def test_a_circle_is_drawn_from_a_point_and_a_radius(draw):
    page = draw("Circle")
    fold(page, "A point and a radius")

    page.get_by_label("Longitude", exact=True).fill("-2.2458")
    page.get_by_label("Latitude", exact=True).fill("53.4920")
    page.get_by_label("Radius").fill("500")
    page.get_by_role("button", name="Use this circle").click()

    expect(status(page)).to_contain_text("0.784 km² (78.4 hectares), 3.14 km round")


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 800}], ids=["phone", "desk"])
def test_the_editor_in_use_has_no_fault_that_axe_finds(draw, viewport):
    page = draw("Axe", viewport=viewport)
    page.get_by_label("Name", exact=True).fill("Checked")
    type_corners(page)
    for summary in page.locator("form summary").all():
        if not summary.evaluate("element => element.parentElement.open"):
            summary.click()

    found = page.evaluate(
        f"async () => {{ {AXE}; return await axe.run(document, {{runOnly: {RULES}}}) }}"
    )

    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
    wide = """[...document.querySelectorAll('main *')].filter(each =>
        each.getBoundingClientRect().right > innerWidth && !each.closest('.app-scroll, .app-map'))
        .map(each => each.outerHTML.slice(0, 120))"""
    assert page.evaluate(wide) == []


KML = """<kml xmlns="http://www.opengis.net/kml/2.2"><Document>
<Placemark><name>North cordon</name><Polygon><outerBoundaryIs><LinearRing><coordinates>
-2.26,53.49 -2.25,53.49 -2.25,53.50 -2.26,53.49</coordinates></LinearRing>
</outerBoundaryIs></Polygon></Placemark>
<Placemark><name>Crossed</name><Polygon><outerBoundaryIs><LinearRing><coordinates>
-2.26,53.49 -2.25,53.50 -2.25,53.49 -2.26,53.50 -2.26,53.49</coordinates></LinearRing>
</outerBoundaryIs></Polygon></Placemark>
<Placemark><name>Meeting point</name>
<Point><coordinates>-2.24,53.49</coordinates></Point></Placemark>
</Document></kml>"""


def test_areas_are_chosen_from_a_file_and_each_refusal_is_named(draw, tmp_path):
    page = draw("Import")
    file = tmp_path / "areas.kml"
    file.write_text(KML)
    fold(page, "A file: GeoJSON")

    page.get_by_label("Choose a file").set_input_files(file)
    expect(status(page)).to_have_text("2 shapes read, 1 refused. Tick what to take.")
    expect(page.locator("[data-part=file-refused]")).to_contain_text("Crossed: The outline crosses")
    for name in ("North cordon: area", "Crossed, repaired", "Meeting point: point"):
        page.get_by_label(name).check()
    page.get_by_role("button", name="Take what is ticked").click()
    expect(status(page)).to_contain_text("A point or a line is no area.")
    page.get_by_label("Widen points and lines by").fill("50")
    page.get_by_role("button", name="Take what is ticked").click()
    expect(status(page)).to_contain_text("3 areas are taken.")
    page.get_by_role("button", name="Save 3 areas").click()

    expect(status(page)).to_contain_text("Saved: North cordon,")
    page.get_by_role("link", name="Back to the map").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="GeoJSON", exact=True).click()
    assert "Meeting point" in download.value.path().read_text()


DROP = """([selector, name, text]) => {
    const transfer = new DataTransfer();
    if (name) transfer.items.add(new File([text], name));
    else transfer.setData("text/plain", text);
    document.querySelector(selector).dispatchEvent(
        new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: transfer }));
}"""


def test_a_file_dropped_on_the_map_is_read_and_a_drop_elsewhere_is_told_where(draw):
    page = draw("Drop")
    type_corners(page)

    page.evaluate(DROP, ["h1", "areas.kml", KML])
    expect(status(page)).to_have_text("Nothing was taken. Drop the file on the map.")
    page.evaluate(DROP, [".app-map", "", "Cheetham Hill"])
    expect(status(page)).to_contain_text("Only a file can be dropped here.")
    page.evaluate(DROP, [".app-map", "photo.kml", "no file of shapes"])
    expect(status(page)).to_contain_text("This is no GeoJSON, KML, GPX")
    expect(page.locator(DRAFT)).to_have_count(1)
    page.evaluate(DROP, [".app-map", "areas.kml", KML])

    expect(status(page)).to_contain_text("2 shapes read")


def test_corners_are_given_as_grid_references(draw):
    page = draw("Grid")

    type_corners(page, "SJ 8400 9900\nSJ 8500 9900\nSJ 8500 9950")
    fold(page, "Corners in a table")
    page.get_by_label("New corner").fill("SJ 8400 9950")
    page.get_by_role("button", name="Add corner").click()

    expect(status(page)).to_contain_text("The corners are changed. It measures 0.5 km²")


def test_a_place_is_found_and_a_circle_drawn_round_it(draw):
    page = draw("Place")

    page.get_by_label("Find a place").fill("HMP Tset")
    page.get_by_label("Find a place").press("Enter")
    page.get_by_role("button", name=re.compile("^HMP Test")).click()
    expect(status(page)).to_contain_text("The map is at HMP Test.")
    fold(page, "A point and a radius")
    expect(page.get_by_label("Longitude", exact=True)).to_have_value("-2.245800")
    page.get_by_label("Radius").fill("400")
    page.get_by_role("button", name="Use this circle").click()

    expect(status(page)).to_contain_text("2.51 km round")
