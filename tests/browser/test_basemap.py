"""The ground under a map: an operator's own, or none; nobody else is ever asked."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import serving, watch
from tests.conftest import ROOT

pytestmark = pytest.mark.browser

# Real tiles are no part of the product; where they are at hand they are drawn.
TILES = ROOT.parent / "shared" / "data" / "gm_basemap.pmtiles"


@pytest.mark.skipif(not TILES.exists(), reason="no tiles at hand")
def test_the_operators_own_file_is_drawn_under_the_map_with_its_credit(browser, state_of, seeded):
    faults = []
    credit = "Made of <open> data"
    env = seeded["env"] | {"OPS_BASEMAP_FILE": str(TILES), "OPS_BASEMAP_CREDIT": credit}
    with serving(env) as url:
        context = browser.new_context(base_url=url, storage_state=state_of("lead"))
        page = context.new_page()
        watch(page, url, faults)
        page.goto(f"/operations/{seeded['operation']}/map?at=53.48,-2.24,12")

        expect(page.locator(".leaflet-tile-pane canvas").first).to_be_visible()
        expect(page.locator(".leaflet-control-attribution")).to_contain_text(credit)
        painted = """() => [...document.querySelectorAll('.leaflet-tile-pane canvas')].some(
            (tile) => tile.getContext('2d').getImageData(0, 0, tile.width, tile.height)
                .data.some(Boolean))"""
        page.wait_for_load_state("networkidle")
        assert page.evaluate(painted)
        context.close()
    assert faults == []


def test_without_a_ground_of_an_operators_no_tile_is_asked_for(open_as, seeded):
    page = open_as()
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(f"/operations/{seeded['operation']}/map", wait_until="networkidle")

    assert not [url for url in asked if "basemap" in url or "tile" in url]
