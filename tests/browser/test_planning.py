"""An operational lead plans an operation, at a desk and by keyboard alone."""

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
            expect(page.locator("#people ~ * .app-records__name")).to_have_text("Officer Example")

    expect(page.get_by_role("alert")).to_contain_text("Officer Example")
    page.goto(here)
    expect(page.get_by_text("8 Dec 2026, 06:00 to 12:00")).to_have_count(2)
    expect(page.get_by_text("1 person: Team East")).to_have_count(1)


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
