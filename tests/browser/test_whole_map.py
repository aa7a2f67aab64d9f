"""The map of an operation: layers are switched, its view is an address."""

import re

import psycopg
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def whole(open_as, seeded):
    """Open the map of the operation that has something of everything."""

    def make(query="", **options):
        page = open_as(**options)
        page.goto(f"/operations/{seeded['operation']}/map{query}")
        return page

    return make


def layer(page, name):
    return page.locator(".app-map-panel").get_by_label(re.compile(f"^{name}"))


def test_layers_are_switched_and_the_back_button_switches_them_back(whole):
    page = whole()
    expect(layer(page, "Arrest")).to_be_checked()
    expect(page.locator("path.app-shape--target")).to_have_count(1)

    layer(page, "Target area").uncheck()
    expect(page.locator("path.app-shape--target")).to_have_count(0)
    assert "off=area" in page.url
    layer(page, "Arrest").uncheck()
    page.go_back()
    expect(layer(page, "Arrest")).to_be_checked()
    expect(layer(page, "Target area")).not_to_be_checked()
    page.go_back()

    expect(layer(page, "Target area")).to_be_checked()
    expect(page.locator("path.app-shape--target")).to_have_count(1)


def test_an_address_opens_the_view_that_it_was_copied_from(whole):
    page = whole("?at=53.49000,-2.24000,17&off=districts")

    expect(layer(page, "Districts")).not_to_be_checked()
    expect(page.locator("path.app-shape--district")).to_have_count(0)
    page.locator(".app-map").focus()
    page.keyboard.press("ArrowRight")

    expect(page).to_have_url(re.compile(r"at=53\.4\d+%2C-2\.23\d+%2C17"))


def test_deployments_are_shown_by_day_and_struck_records_on_request(whole, seeded):
    page = whole("?day=2020-01-01")
    pins = page.locator(".app-marker--deployment")
    day = page.get_by_label("Deployments of")
    expect(day).to_have_value("2020-01-01")
    expect(pins).to_have_count(0)

    day.select_option("Every day")
    expect(pins.first).to_be_visible()
    # A day that nothing is on is offered only while it is chosen.
    day.select_option(index=1)
    expect(page).to_have_url(re.compile(r"day=20(2[1-9]|[3-9]\d)-\d\d-\d\d"))
    expect(pins.first).to_be_visible()
    with page.expect_response(re.compile(r"/map\?struck=true")):
        page.get_by_label("With struck records").check()

    expect(page).to_have_url(re.compile("struck=true"))


def test_a_thing_of_the_list_is_shown_on_the_map_as_plain_text(whole):
    page = whole()

    page.get_by_role("button", name="Show Cheetham Hill on map").click()

    expect(page.locator(".leaflet-popup-content")).to_contain_text("Cheetham Hill")


def test_a_file_dropped_on_a_map_to_read_is_told_where_it_belongs(whole):
    page = whole()
    expect(layer(page, "Arrest")).to_be_checked()

    page.locator(".app-map").dispatch_event("drop")

    expect(page.locator("[data-map-note]")).to_contain_text("where an area is drawn")


def test_the_printed_map_has_its_key_and_its_marking(whole):
    page = whole()
    expect(layer(page, "Arrest")).to_be_checked()

    page.emulate_media(media="print")

    expect(page.locator(".app-map-panel").get_by_text(re.compile("^Arrest"))).to_be_visible()
    expect(page.locator(".app-marking").first).to_be_visible()
    expect(page.get_by_role("button", name="Print this map")).to_be_hidden()
    expect(page.locator(".app-map-list")).to_be_hidden()
    expect(page.get_by_role("link", name="GeoPackage")).to_be_hidden()


def test_wards_are_a_layer_that_is_off_until_it_is_wanted_and_only_those_in_view(whole):
    page = whole("?at=53.49,-2.24,13")
    wards = page.locator("path.app-shape--boundary")
    expect(layer(page, "Ward boundaries")).not_to_be_checked()
    expect(wards).to_have_count(0)

    layer(page, "Ward boundaries").check()
    expect(wards).to_have_count(2)
    expect(page.locator(".app-map-name", has_text="Test Ward East")).to_be_visible()
    assert "on=boundary%3Award" in page.url
    page.route("**/api/v1/boundaries?*", lambda route: route.continue_(url=one(route.request.url)))
    page.reload()

    note = page.locator("[data-map-note]")
    expect(note).to_contain_text("Move closer to see them.")
    expect(wards).to_have_count(0)
    layer(page, "Ward boundaries").uncheck()
    expect(note).to_be_empty()


def one(address):
    """Ask for a page of one, so that two are too many."""
    return re.sub(r"limit=\d+", "limit=1", address)


def test_a_sign_on_the_canvas_is_clicked_and_so_is_the_area_below_it(whole):
    page = whole("?at=53.485,-2.241,17")
    expect(layer(page, "Arrest")).to_be_checked()
    page.locator(".app-map").scroll_into_view_if_needed()
    box = page.locator(".app-map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    popup = page.locator(".leaflet-popup-content")

    page.mouse.click(x, y + 60)
    expect(popup).to_contain_text("Cheetham Hill")
    page.keyboard.press("Escape")
    expect(popup).to_have_count(0)
    page.mouse.move(x, y)
    expect(page.locator(".app-map--pointed")).to_be_visible()
    page.mouse.click(x, y)

    expect(popup.get_by_role("link")).to_have_attribute("href", re.compile("^/results/"))


# One of them lies apart from all others.
CROWD = """
with made as (
    insert into result (id, operation_id, kind, occurred_at, point, recorded_by, content_hash)
    select gen_random_uuid(), operation.id, 'arrest', timestamptz '2020-01-02' + n * interval '1 s',
        st_setsrid(st_makepoint(-2.3 + case n when 1 then 0 else 0.05 + n %% 73 * 0.001 end,
            53.4 + n / 73 * 0.001), 4326), operation.created_by, '\\x00'
    from operation, generate_series(1, 5200) n where operation.id = %s
    returning id)
insert into arrest (result_id, reason, age_band, sex, necessity, disposal_codes)
select id, 'supply_class_a', '18-24', 'male', '{}', '{}' from made
"""


def tile_of(page, level=r"\d+"):
    """Wait for a tile of a level that has something in it."""
    address = re.compile(f"/ogc/collections/results/tiles/WebMercatorQuad/{level}/")
    return page.expect_response(
        lambda reply: address.search(reply.url) is not None and reply.status == 200
    )


def test_more_results_than_come_at_once_are_drawn_as_tiles_and_opened(draw, seeded):
    """By mouse from the map and by keyboard from the list, as where there are few."""
    page = draw("Crowd")
    there = page.url.partition("?")[0]
    url = seeded["env"]["OPS_DATABASE_URL"].replace("+psycopg", "", 1)
    with psycopg.connect(url) as connection:
        connection.execute(CROWD, [there.split("/")[-2]])
    popup = page.locator(".leaflet-popup-content")

    with tile_of(page) as tile:
        page.goto(there)
    assert f"in_operation={there.split('/')[-2]}" in tile.value.url
    expect(page.locator("[data-map-part=status]")).to_have_text("5,200 results are on the map.")
    expect(layer(page, re.escape("Arrest (5,200)"))).to_be_checked()
    with tile_of(page, level=16) as tile:
        page.goto(f"{there}?at=53.4,-2.3,17")
    tile.value.finished()
    expect(page.locator("[data-map-part=status]")).to_have_text("5,200 results are on the map.")
    alone = page.locator(".app-map")
    alone.scroll_into_view_if_needed()
    # By now it is drawn: what the browser had to do for it was to be done before this.
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    box = alone.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    expect(page.locator(".app-map--pointed")).to_be_visible()
    page.mouse.click(*middle)
    expect(popup).to_contain_text("2 Jan 2020")
    expect(popup.get_by_role("link")).to_have_attribute("href", re.compile("^/results/"))
    page.keyboard.press("Escape")
    expect(popup).to_have_count(0)

    shown = page.get_by_role("button", name=re.compile("^Show Arrest.* on map$")).first
    shown.focus()
    page.keyboard.press("Enter")
    expect(popup.get_by_role("link")).to_have_attribute("href", re.compile("^/results/"))
    popup.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Arrest")


# Side by side, so that any place among them is in one, and above what else is there.
MANY_AREAS = """
insert into area (id, operation_id, name, purpose, geom, version, created_by)
select overlay(gen_random_uuid()::text placing 'f' from 1)::uuid, operation.id, 'Square ' || n,
    'cordon', st_multi(st_makeenvelope(-2.5 + n %% 26 * 0.01, 53.4 + n / 26 * 0.01,
        -2.49 + n %% 26 * 0.01, 53.41 + n / 26 * 0.01, 4326)), 1, operation.created_by
from operation, generate_series(0, 519) n where operation.id = %s
"""


def test_more_areas_than_a_page_holds_are_drawn_as_tiles_and_opened(draw, seeded):
    page = draw("Squares")
    operation = page.url.partition("?")[0].split("/")[-2]
    url = seeded["env"]["OPS_DATABASE_URL"].replace("+psycopg", "", 1)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(MANY_AREAS, [operation])
        try:
            with page.expect_response(re.compile("/ogc/collections/areas/tiles/.*is_over=false")):
                page.goto("/map")
            expect(page.locator("canvas.leaflet-tile-loaded").first).to_be_visible()
            page.locator(".app-map").scroll_into_view_if_needed()
            box = page.locator(".app-map").bounding_box()
            page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

            popup = page.locator(".leaflet-popup-content")
            expect(popup).to_contain_text("Square")
            expect(popup.get_by_role("link")).to_have_attribute(
                "href", f"/operations/{operation}/map"
            )
            page.get_by_role("checkbox", name="Areas").uncheck()
            expect(page.locator("canvas.leaflet-tile")).to_have_count(0)
        finally:
            connection.execute("delete from area where operation_id = %s", [operation])
