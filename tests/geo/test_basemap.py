"""The ground of the maps: an operator's file in parts, or a server of theirs, or neither."""

import pytest

from ops import create_app, db
from ops.config import Settings
from ops.ledger.models import LogEntry
from tests import factories
from tests.conftest import ROOT

SHARED = ROOT.parent / "shared" / "data" / "gm_basemap.pmtiles"
TILES = "https://tiles.example.test/{z}/{x}/{y}.png"


@pytest.fixture
def tiles(tmp_path):
    path = tmp_path / "ground.pmtiles"
    path.write_bytes(b"PMTiles\x03" + bytes(range(256)))
    return path


@pytest.fixture
def reader(app, session):
    """Make a client of somebody signed in, where the settings are these."""
    engines = []

    def make(**settings):
        token, connection = factories.token(factories.person()), session.get_bind()
        own = create_app(Settings(database_url=app.config["DATABASE_URL"], demo=False, **settings))
        engines.append(own.extensions["engine"])
        session.remove()
        session.configure(bind=connection, join_transaction_mode="create_savepoint")
        client = own.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    yield make
    for engine in engines:
        engine.dispose()


def test_a_part_of_the_file_is_given_and_may_be_kept(reader, tiles):
    reply = reader(basemap_file=str(tiles)).get(
        "/basemap.pmtiles", buffered=True, headers={"Range": "bytes=0-7"}
    )

    assert reply.status_code == 206
    assert reply.data == b"PMTiles\x03"
    assert reply.headers["Content-Range"] == "bytes 0-7/264"
    assert reply.headers["Cache-Control"] == "private, max-age=604800"
    assert reply.headers["ETag"]


def test_what_is_kept_is_not_sent_again_until_the_file_is_another(reader, tiles):
    client = reader(basemap_file=str(tiles))
    tag = client.get("/basemap.pmtiles", buffered=True).headers["ETag"]

    same = client.get("/basemap.pmtiles", buffered=True, headers={"If-None-Match": tag})
    tiles.write_bytes(tiles.read_bytes() + b"more")
    other = client.get("/basemap.pmtiles", buffered=True, headers={"If-None-Match": tag})

    assert (same.status_code, other.status_code) == (304, 200)


def test_its_many_parts_are_neither_counted_nor_logged(reader, tiles):
    client = reader(basemap_file=str(tiles), rate_limit="1/minute")

    for start in range(5):
        part = client.get(
            "/basemap.pmtiles", buffered=True, headers={"Range": f"bytes={start}-{start}"}
        )
        assert part.status_code == 206

    db.session.connection().exec_driver_sql("reset role")
    assert db.session.query(LogEntry).count() == 0


def test_whoever_is_not_signed_in_gets_none(reader, tiles):
    client = reader(basemap_file=str(tiles))
    del client.environ_base["HTTP_AUTHORIZATION"]

    assert client.get("/basemap.pmtiles", buffered=True).status_code == 302


def test_a_page_asks_nobody_unless_an_operator_says_so_and_then_says_whom(reader):
    without = reader().get("/map")
    db.session.connection().exec_driver_sql("reset role")

    with_tiles = reader(basemap_url=TILES).get("/map")

    assert "basemap" not in without.text
    assert "tiles.example.test" not in without.headers["Content-Security-Policy"]
    assert f'data-basemap-url="{TILES}"' in with_tiles.text
    assert "The map asks tiles.example.test for its ground." in with_tiles.text
    policy = with_tiles.headers["Content-Security-Policy"]
    assert "img-src 'self' data: https://tiles.example.test;" in policy
    assert policy.count("tiles.example.test") == 1


def test_a_page_says_where_the_file_is_and_whose_it_is(reader, tiles):
    page = reader(basemap_file=str(tiles), basemap_credit="© Crown copyright").get("/map").text

    assert 'data-basemap-file="/basemap.pmtiles"' in page
    assert 'data-basemap-credit="© Crown copyright"' in page
    assert "learns which places" not in page


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ({"basemap_file": "/nowhere.pmtiles"}, "OPS_BASEMAP_FILE"),
        ({"basemap_file": __file__}, "OPS_BASEMAP_FILE"),
        ({"basemap_url": "http://tiles.example.test/{z}/{x}/{y}.png"}, "OPS_BASEMAP_URL"),
        ({"basemap_url": "https://tiles.example.test/1.png"}, "OPS_BASEMAP_URL"),
        ({"basemap_url": "https://a.test https://b.test/{z}/{x}/{y}"}, "OPS_BASEMAP_URL"),
        ({"basemap_url": "https://a.test;script-src/{z}/{x}/{y}"}, "OPS_BASEMAP_URL"),
        ({"basemap_file": "/a.pmtiles", "basemap_url": TILES}, "not both"),
    ],
)
def test_a_ground_that_can_not_be_is_refused_by_name(settings, part):
    with pytest.raises(ValueError, match=part):
        Settings(**settings)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared map data is not beside this project")
def test_a_published_basemap_is_served_as_it_is(reader):
    reply = reader(basemap_file=str(SHARED)).get("/basemap.pmtiles", buffered=True)

    assert reply.data == SHARED.read_bytes()
