"""Vector tiles: what is in one, how it is kept, and that it is its reader's own."""

import uuid

import pyogrio
import pytest
import shapely
import sqlalchemy as sa
from geoalchemy2.shape import from_shape
from shapely.geometry import MultiPolygon, Point, Polygon, box

from ops import db
from ops.ledger.models import Change
from ops.ogc import tiles
from tests import factories

AREAS = "/ogc/collections/areas/tiles/WebMercatorQuad"
# The square of Manchester, whose middle lies in it.
HERE = f"{AREAS}/12/1325/2022"
THERE = "/ogc/collections/areas/tiles/WebMercatorQuad/12/1325/2020"


def test_a_tile_holds_what_lies_in_it_with_what_can_be_asked_for(lead, operation):
    area = factories.area(operation, name="Ancoats")

    reply, beside = lead.get(HERE), lead.get(THERE)

    assert reply.content_type == "application/vnd.mapbox-vector-tile"
    for part in (b"areas", b"Ancoats", b"purpose", b"target", str(area.id).encode()):
        assert part in reply.data
    assert (beside.status_code, beside.data) == (204, b"")


def test_a_tile_holds_what_is_asked_for_and_what_it_is_asked_to_carry(lead, operation):
    """As a list of features does, but that it says itself where."""
    here, other = factories.area(operation, name="Ancoats"), factories.operation()
    factories.area(operation, name="Beswick", purpose="cordon")
    factories.area(other, name="Clayton")

    found = {
        query: [name for name in NAMES if name.encode() in lead.get(f"{HERE}?{query}").data]
        for query in (
            f"operation={operation.id}",
            "purpose=cordon",
            "filter=name LIKE 'A%25'",
            "properties=purpose",
            "purpose=patrol",
        )
    }
    few = lead.get(f"{HERE}?properties=purpose").data
    of_others = [
        str(operation.id).encode() in lead.get(f"{HERE}{query}").data
        for query in ("", "?properties=operation")
    ]
    refused = [lead.get(f"{HERE}?{query}") for query in REFUSED]

    assert list(found.values()) == [["Ancoats", "Beswick"], ["Beswick"], ["Ancoats"], [], []]
    assert str(here.id).encode() in few
    assert b"valid_from" not in few
    # Ids of other records would be half of it, so they are there for whoever asks.
    assert of_others == [False, True]
    assert [reply.status_code for reply in refused] == [400] * len(REFUSED)


NAMES = ("Ancoats", "Beswick", "Clayton")
REFUSED = (
    "properties=nothing",
    "purpos=cordon",
    "filter=nothing = 1",
    "bbox=-3,53,-2,54",
    "in_operation=x",
)


def test_a_tile_that_is_full_says_so(lead, operation, monkeypatch):
    monkeypatch.setattr(tiles, "MOST", 2)
    query = "?purpose=target"

    last = factories.area(operation, id=uuid.UUID(int=3))
    one = lead.get(f"{HERE}{query}")
    away = lead.get(f"{THERE}{query}")
    second, first = (factories.area(operation, id=uuid.UUID(int=number)) for number in (2, 1))
    two = lead.get(f"{HERE}{query}")

    # Wherever they lie in their table, the same ones are drawn.
    is_in = [str(each.id).encode() in two.data for each in (first, second, last)]
    assert is_in == [True, True, False]
    assert [reply.headers.get("X-Left-Out") for reply in (away, one, two)] == [None, None, "true"]


def test_what_was_looked_at_is_written_down_also_of_a_tile(lead, operation, last_look):
    area = factories.area(operation)

    lead.get(HERE)

    entry = last_look()
    assert entry.endpoint == "ogc_tiles.tile"
    assert entry.seen == [{"kind": "area", "ids": [str(area.id)], "operation": str(operation.id)}]


def test_a_tile_that_is_as_it_was_is_not_sent_again(lead, operation):
    factories.area(operation)
    tag = lead.get(HERE).headers["ETag"]

    again = lead.get(HERE, headers={"If-None-Match": tag})
    factories.area(operation, name="Another")
    changed, any_at_all = (lead.get(HERE, headers={"If-None-Match": known}) for known in (tag, "*"))

    assert (again.status_code, again.data) == (304, b"")
    assert (changed.status_code, any_at_all.status_code) == (200, 200)
    assert changed.headers["ETag"] != tag


def test_further_away_there_are_fewer_corners(lead, operation):
    round_one = box(-2.25, 53.48, -2.235, 53.49).centroid.buffer(0.01, quad_segs=200)
    factories.area(operation, MultiPolygon([round_one]))

    sizes = [len(lead.get(f"{AREAS}/{z}/{y}/{x}").data) for z, y, x in SQUARES]

    assert sizes == sorted(sizes)
    # What is beside the corners takes most of such a tile.
    assert sizes[0] + 30 < sizes[-1]


# The same place at three levels.
SQUARES = ((6, 20, 31), (9, 165, 252), (11, 662, 1011))


@pytest.mark.parametrize(("z", "units"), [(11, 500), (11, 20), (16, 500), (16, 20)])
def test_an_outline_is_the_same_whether_it_had_to_be_made_valid_or_not(lead, operation, z, units):
    """Also with a hole, in parts, as thin as a hair, with many corners, and cut by the edge."""
    tile_wide = 360 / 2**z
    for shapes in outlines(tile_wide * units / 4096, tile_wide):
        factories.area(operation, MultiPolygon(shapes))
    x, y = (int(part * 2**z) for part in PLACE)
    wanted = db.session.scalars(MADE_VALID, {"z": z, "x": x, "y": y}).all()

    tile = lead.get(f"{AREAS}/{z}/{y}/{x}").data
    found = [upright(shape) for shape in pyogrio.raw.read(tile, layer="areas")[2]]

    assert len(found) == len(wanted) >= 6
    assert all(shape.is_valid for shape in found)
    # Half a pixel, which is eight units, is what may be left out; and both are put on the grid.
    far = 10 if z < 15 else 0.01
    # GDAL cuts off what lies beyond the tile's edge.
    inside = [shapely.from_wkb(shape) & box(0, 0, 4096, 4096) for shape in wanted]
    pairs = zip(found, inside, strict=True)
    assert [pair for pair in pairs if shapely.hausdorff_distance(*pair) > far] == []


MADE_VALID = sa.text(
    "select st_asbinary(shape) from (select id, st_asmvtgeom(case when :z >= 15 then drawn"
    " else st_simplify(drawn, 40075016.685578488 / 2 ^ :z / 512, true) end,"
    " st_tileenvelope(:z, :x, :y), 4096, 64, true) as shape from area) each"
    " where shape is not null order by id"
)
# As parts of the grid, and in degrees.
PLACE = (2022.53 / 4096, 1325.53 / 4096)
LON, LAT = tiles._degrees(0, *PLACE)


def outlines(size, tile_wide):
    """Give the parts of areas at that place, about so many degrees across; one leaves the tile."""
    here, east = Point(LON, LAT), LON + size
    return (
        [here.buffer(size / 2, quad_segs=4)],
        [here.buffer(size, quad_segs=2) - here.buffer(size / 2, quad_segs=2)],
        [box(LON - size, LAT, LON - size / 2, LAT + size), box(LON, LAT, east, LAT + size)],
        [box(LON, LAT, east, LAT + size / 10_000)],
        [box(LON - tile_wide, LAT - size, east, LAT + size)],
        [here.buffer(size, quad_segs=100)],
        [
            Polygon(
                [(LON, LAT), (east, LAT), (east, LAT + size), (LON + size / 50, LAT + size / 99)]
            )
        ],
    )


def upright(content):
    """Give a shape of a tile with its corners counted from above, as the tile does."""
    return shapely.transform(shapely.from_wkb(content), lambda at: at * (1, -1) + (0, 4096))


def test_what_only_tiles_are_drawn_from_is_in_no_ledger(session, operation):
    area = factories.area(operation, name="Ancoats")
    area.geom = from_shape(MultiPolygon([box(-2.2, 53.4, -2.1, 53.5)]), 4326)
    session.flush()

    changes = session.scalars(sa.select(Change).where(Change.object_id == area.id)).all()

    fields = {
        name for change in changes for row in (change.before, change.after) for name in row or ()
    }
    assert {"geom", "name"} <= fields
    assert fields & {"drawn", "clearance"} == set()


@pytest.mark.parametrize("square", ["0/0/1", "5/32/0", "23/0/0", "99/0/0"])
def test_a_square_that_the_grid_has_not_is_not_there(lead, square):
    assert lead.get(f"{AREAS}/{square}").status_code == 404


@pytest.mark.parametrize("square", ["0/0/0", "1/0/0", "1/1/1", "22/0/0", "22/4194303/4194303"])
def test_the_edges_of_the_grid_are_drawn_as_well(lead, operation, square):
    factories.area(operation)

    assert lead.get(f"{AREAS}/{square}").status_code in (200, 204)


def test_a_set_of_tiles_says_what_it_is_of_for_each_sort_of_client(lead):
    listed = lead.get("/ogc/collections/areas/tiles").json["tilesets"]
    told = lead.get(AREAS).json
    tilejson = lead.get(f"{AREAS}?f=tilejson").json

    assert listed == [told]
    assert told["tileMatrixSetURI"] == tiles.GRID_URI
    assert told["layers"][0]["propertiesSchema"]["properties"]["purpose"]["enum"]
    assert tilejson["tiles"] == [f"http://localhost{AREAS}/{{z}}/{{y}}/{{x}}"]
    assert tilejson["vector_layers"][0]["id"] == "areas"
