"""An operational lead plans an operation, at a desk and by keyboard alone."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

CORNERS = "-2.2600, 53.4900\n-2.2500, 53.4900\n-2.2500, 53.4960\n-2.2600, 53.4960"


def plan(page, name):
    """Plan a week of action, and give its address."""
    page.goto("/operations/new")
    page.get_by_label("Week of action").check()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Starts").fill("2026-12-07T00:00")
    page.get_by_label("Ends").fill("2026-12-14T00:00")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    return page.url.partition("?")[0]


def test_a_lead_plans_an_operation_and_is_told_what_is_missing(open_as):
    page = open_as()
    here = plan(page, "Operation Beacon")

    expect(page.get_by_text("Monday 7 December 2026 to Sunday 13 December 2026")).to_be_visible()
    expect(page.get_by_text("Say what the operation is to achieve.")).to_be_visible()
    page.get_by_role("link", name="Change these details").click()
    page.get_by_label("Aim").fill("Close three lines.")
    page.get_by_label("Theme").select_option("County lines")
    page.get_by_role("button", name="Save the changes").click()
    page.get_by_role("button", name="Mark as planned").click()

    expect(page.locator(".govuk-tag").first).to_have_text("Planned")
    page.goto("/operations?q=beacon")
    expect(page.get_by_role("link", name="Operation Beacon")).to_have_attribute(
        "href", here[here.index("/operations") :]
    )


def test_a_field_that_is_wrong_is_named_and_nothing_is_lost(open_as):
    page = open_as()
    page.goto("/operations/new")

    page.get_by_label("Aim").fill("Close three lines.")
    page.get_by_role("button", name="Save and go on").click()

    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Enter name.")
    expect(summary).to_contain_text("Choose what kind of operation is it?")
    expect(page.get_by_label("Aim")).to_have_value("Close three lines.")
    summary.get_by_role("link", name="Enter name.").click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()


def test_a_lead_deploys_a_team_and_nobody_to_two_places_at_once(open_as):
    page = open_as()
    here = plan(page, "Operation Harbour")
    page.get_by_role("link", name="Add a team").click()
    page.get_by_label("Name of the team").fill("Team East")
    page.get_by_label("Officer Example").check()
    page.get_by_role("button", name="Save the team").click()

    for name in ("Cell search", "Visits search"):
        page.goto(f"{here}/deployments/new")
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_label("Kind").select_option("Prison search")
        page.get_by_label("Starts").fill("2026-12-08T06:00")
        page.get_by_label("Ends").fill("2026-12-08T12:00")
        page.get_by_label("Site").select_option("HMP Test")
        page.get_by_role("button", name="Add the deployment").click()
        page.get_by_label("Team", exact=True).select_option("Team East")
        page.get_by_role("button", name="Put them on it").click()
        if name == "Cell search":
            expect(page.locator(".app-records__name")).to_have_text("Officer Example")

    expect(page.get_by_role("alert")).to_contain_text("Officer Example")
    page.goto(here)
    expect(page.get_by_text("8 Dec 2026, 06:00 to 12:00")).to_have_count(2)
    expect(page.get_by_text("1 person: Team East")).to_have_count(1)


def test_a_lead_draws_an_area_with_the_mouse(open_as):
    page = open_as()
    here = plan(page, "Operation Mouse")
    page.goto(f"{here}/map?edit=new")
    page.get_by_label("Name", exact=True).fill("By mouse")

    page.get_by_role("button", name="Draw an outline").click()
    box = page.locator(".app-map").bounding_box()
    for x, y in ((200, 120), (420, 140), (400, 330), (230, 300)):
        page.mouse.click(box["x"] + x, box["y"] + y)
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("status")).to_have_text(re.compile("measures .* km²|m²"))
    page.get_by_role("button", name="Save the area").click()

    expect(page.get_by_text("The area is on the map.")).to_be_visible()
    expect(page.locator(".app-map-list")).to_contain_text("By mouse")
    expect(page.locator("path.app-shape--area")).to_have_count(1)


def test_a_lead_draws_an_area_by_touch_on_a_phone(open_as):
    page = open_as(viewport={"width": 390, "height": 844}, has_touch=True)
    here = plan(page, "Operation Finger")
    page.goto(f"{here}/map?edit=new")

    page.get_by_role("button", name="Draw an outline").tap()
    page.locator(".app-map").scroll_into_view_if_needed()
    box = page.locator(".app-map").bounding_box()
    for x, y in ((60, 60), (260, 80), (180, 260)):
        page.touchscreen.tap(box["x"] + x, box["y"] + y)
    page.get_by_role("button", name="Finish").tap()

    expect(page.get_by_role("status")).to_have_text(re.compile("measures"))


def test_an_unsaved_drawing_survives_a_reload_and_can_be_discarded(open_as):
    page = open_as()
    here = plan(page, "Operation Reload")
    page.goto(f"{here}/map?edit=new")
    page.get_by_label("Name", exact=True).fill("Unsaved")
    page.get_by_text("Coordinates or GeoJSON").click()
    page.get_by_label("Corners").fill(CORNERS)
    page.get_by_role("button", name="Use these coordinates").click()

    page.reload()

    expect(page.get_by_text("Your unsaved drawing is back.")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Unsaved")
    expect(page.locator("path.app-shape--draft")).to_have_count(1)
    page.get_by_role("button", name="Discard it").click()
    expect(page.get_by_role("status")).to_have_text("Nothing is drawn yet.")


def test_an_area_is_typed_corrected_in_the_table_and_changed_later(open_as):
    page = open_as()
    here = plan(page, "Operation Keyboard")
    page.goto(f"{here}/map?edit=new")
    page.get_by_label("Name", exact=True).fill("Typed")
    page.get_by_text("Coordinates or GeoJSON").click()
    page.get_by_label("Corners").fill("53.49, -2.26\nby the bridge")
    page.get_by_role("button", name="Use these coordinates").click()
    expect(page.get_by_role("status")).to_contain_text("“by the bridge” is not a corner")
    page.get_by_label("Corners").fill(CORNERS)
    page.get_by_role("button", name="Use these coordinates").click()
    page.get_by_text("Corners in a table").click()

    page.get_by_label("Longitude of corner 1").fill("-2.27")
    page.get_by_label("Longitude of corner 1").press("Tab")
    page.get_by_role("button", name="Save the area").click()
    expect(page.get_by_text("The area is on the map.")).to_be_visible()
    page.get_by_role("link", name="Change Typed").click()
    page.get_by_text("Corners in a table").click()

    expect(page.get_by_label("Longitude of corner 1")).to_have_value("-2.270000")
    page.get_by_role("button", name="Remove corner 4").click()
    page.get_by_role("button", name="Save the area").click()
    expect(page.get_by_text("The area is changed.")).to_be_visible()


def test_a_circle_is_drawn_from_a_point_and_a_radius(open_as):
    page = open_as()
    here = plan(page, "Operation Circle")
    page.goto(f"{here}/map?edit=new")
    page.get_by_text("A point and a radius").click()

    page.get_by_label("Longitude", exact=True).fill("-2.2458")
    page.get_by_label("Latitude", exact=True).fill("53.4920")
    page.get_by_label("Radius").fill("500")
    page.get_by_role("button", name="Use this circle").click()

    expect(page.get_by_role("status")).to_contain_text("0.784 km²")


def test_a_shape_that_the_server_refuses_stays_drawn_and_says_why(open_as):
    page = open_as()
    here = plan(page, "Operation Crossed")
    page.goto(f"{here}/map?edit=new")
    page.get_by_label("Name", exact=True).fill("Crossed")
    page.get_by_text("Coordinates or GeoJSON").click()
    page.get_by_label("Corners").fill("-2.26 53.49; -2.25 53.50; -2.25 53.49; -2.26 53.50")
    page.get_by_role("button", name="Use these coordinates").click()

    page.get_by_role("button", name="Save the area").click()

    expect(page.get_by_role("alert")).to_contain_text("The outline crosses itself")
    expect(page.locator("path.app-shape--draft")).to_have_count(1)


def test_an_area_can_be_typed_and_saved_without_scripts(open_as):
    page = open_as(java_script_enabled=False)
    here = plan(page, "Operation Plain")
    page.goto(f"{here}/map?edit=new")
    page.get_by_label("Name", exact=True).fill("Plain")
    page.get_by_text("Coordinates or GeoJSON").click()
    page.get_by_label("Corners").fill(CORNERS)

    page.get_by_role("button", name="Save the area").click()

    expect(page.get_by_text("The area is on the map.")).to_be_visible()
    expect(page.locator(".app-map-list")).to_contain_text("Plain")


def test_the_map_of_an_operation_opens_from_disk_without_a_connection(
    open_as, seeded, browser, tmp_path
):
    page = open_as()
    page.goto(f"/operations/{seeded['operation']}/map")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download this map").click()
    file = tmp_path / "map.html"
    download.value.save_as(file)
    offline = browser.new_context(offline=True)
    alone = offline.new_page()
    faults = []
    alone.on("pageerror", lambda error: faults.append(str(error)))
    alone.on("console", lambda message: faults.append(message.text))

    alone.goto(file.as_uri())
    alone.locator("path.leaflet-interactive").first.wait_for()

    expect(alone.get_by_text("OFFICIAL-SENSITIVE")).to_have_count(2)
    assert faults == []
    offline.close()
