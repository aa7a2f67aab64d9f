"""A lead gives an area its shape without drawing: by name, by numbers, from a file."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.drawing import DRAFT, fold, status, type_corners

pytestmark = pytest.mark.browser


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
