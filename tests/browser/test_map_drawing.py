"""A lead draws areas with the mouse, by touch, and with the tools by keyboard."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.drawing import CORNERS, DRAFT, fold, points, status, type_corners
from tests.browser.test_every_page import AXE

pytestmark = pytest.mark.browser
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


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


def test_a_drawn_corner_snaps_to_the_corner_of_a_ward(draw):
    page = draw("Wards")
    type_corners(page, "-2.25, 53.485\n-2.23, 53.485\n-2.23, 53.495\n-2.25, 53.495")
    page.get_by_role("button", name="Undo", exact=True).click()
    # Its edge runs through the same corner, and an edge is as good to snap to.
    page.get_by_label("District boundaries").uncheck()
    page.get_by_label("Ward boundaries").check()
    expect(page.locator("path.app-shape--boundary").first).to_be_attached()
    page.get_by_role("button", name="Draw an outline").click()
    wards = page.locator("path.app-shape--boundary").all()
    box = min((ward.bounding_box() for ward in wards), key=lambda each: each["x"])
    corner = (box["x"] + box["width"], box["y"])
    for x, y in ((corner[0] - 4, corner[1] + 4), (corner[0] + 90, corner[1] - 40)):
        page.mouse.move(x, y, steps=3)
        page.mouse.click(x, y)
    page.mouse.click(corner[0] + 90, corner[1] + 50)
    page.get_by_role("button", name="Finish").click()
    fold(page, "Corners in a table")

    expect(page.get_by_label("Longitude of corner 1")).to_have_value("-2.240000")
    expect(page.get_by_label("Latitude of corner 1")).to_have_value("53.490000")


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


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
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
