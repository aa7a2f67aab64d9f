"""Real clients against a server as it runs: GDAL, OWSLib, and QGIS where it is asked for."""

import json
import os
import secrets
import shutil
import subprocess
import sys

import pytest
from owslib.ogcapi.features import Features
from shapely.geometry import MultiPolygon, box

from tests import factories
from tests.browser.conftest import serving
from tests.conftest import ROOT

# Debian's own Python, the one that knows its QGIS.
SYSTEM_PYTHON = "/usr/bin/python3"
MANY = 250
# GDAL holds on to the interpreter while it waits, so it asks from a process of its own.
GDAL = """
import json, sys
import numpy, pyogrio, shapely
address, token, target = sys.argv[1:]
pyogrio.set_gdal_config_options({"GDAL_HTTP_AUTH": "BEARER", "GDAL_HTTP_BEARER": token})
layers = [str(name) for name, _ in pyogrio.list_layers(address)]
info = pyogrio.read_info(address, layer="areas")
meta, _, shapes, fields = pyogrio.raw.read(address, layer="areas", PAGE_SIZE=100)
found = dict(zip(meta["fields"], fields))
near = pyogrio.raw.read(address, layer="areas", bbox=(-2.32, 53.3, -2.272, 53.6), PAGE_SIZE=100)
named = pyogrio.raw.read(address, layer="areas", where="name = 'Area 7'", PAGE_SIZE=100)
times = pyogrio.raw.read(address, layer="deployments")
pyogrio.raw.write(target, shapes, fields, meta["fields"], driver="GPKG", layer="areas",
                  geometry_type=meta["geometry_type"], crs=meta["crs"])
print(json.dumps({
    "layers": layers, "crs": info["crs"], "bounds": [float(each) for each in info["total_bounds"]],
    "count": len(shapes), "names": len(set(found["name"])), "near": len(near[2]),
    "named": [str(each) for each in named[3][list(named[0]["fields"]).index("name")]],
    "deployments": len(times[2]), "types": [str(each) for each in times[0]["dtypes"]],
    "copied": int(pyogrio.read_info(target, force_feature_count=True)["features"]),
    "shape": shapely.from_wkb(shapes[0]).geom_type,
}))
"""
QGIS_READS = ROOT / "tests" / "ogc" / "qgis_reads.py"


@pytest.fixture
def world(committed):
    """Many areas of one operation, and a covert one's of which its members alone know."""
    reader, insider = factories.person("analyst"), factories.person("lead")
    shown = factories.operation(name="Open")
    for number in range(MANY):
        west = -2.3 + (number % 50) / 100
        factories.area(shown, MultiPolygon([box(west, 53.4, west + 0.005, 53.41)]),
                       name=f"Area {number}")  # fmt: skip
    factories.deployment(shown)
    covert = factories.operation(visibility="covert", created_by=insider.id)
    factories.area(covert, MultiPolygon([box(-3, 53, -2.9, 53.1)]), name="Covert")
    return {"reader": factories.token(reader), "insider": factories.token(insider)}


@pytest.fixture
def server(world, database_url):
    """The server, on this worker's database."""
    settings = {
        "OPS_DATABASE_URL": database_url,
        "OPS_DEMO": "no",
        "OPS_SECRET_KEY": secrets.token_hex(32),
    }
    with serving(os.environ | settings) as url:
        yield f"{url}/ogc"


def run(command, **env):
    """Run a client, and give what it printed as JSON on its last line."""
    told = subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | env,
        timeout=300,
    )
    assert told.returncode == 0, told.stderr[-2000:]
    return json.loads(told.stdout.splitlines()[-1])


def test_clients_read_what_their_token_sees(server, world, tmp_path):
    """One journey, since a server and its world take long to make."""
    of_gdal(server, world, tmp_path)
    if shutil.which("ogr2ogr"):
        of_gdal_programs(server, world, tmp_path)
    of_owslib(server, world)


def of_gdal(server, world, tmp_path):
    """GDAL lists, filters, pages and copies."""
    command = (sys.executable, "-c", GDAL, f"OAPIF:{server}")

    theirs = run((*command, world["reader"], tmp_path / "theirs.gpkg"))
    all_of_it = run((*command, world["insider"], tmp_path / "all.gpkg"))

    assert {"areas", "deployments", "results", "sites", "boundaries"} <= set(theirs["layers"])
    assert (theirs["count"], theirs["names"], theirs["copied"]) == (MANY, MANY, MANY)
    assert theirs["near"] == 3 * MANY // 50
    assert theirs["named"] == ["Area 7"]
    assert theirs["shape"] == "MultiPolygon"
    assert theirs["deployments"] == 1
    assert any("datetime" in each for each in theirs["types"])
    assert all_of_it["count"] == MANY + 1
    assert theirs["bounds"][0] == pytest.approx(-2.3)
    assert all_of_it["bounds"][0] == pytest.approx(-3)


def of_gdal_programs(server, world, tmp_path):
    """GDAL's own programs, where the machine has them, are told the token as docs/api.md says."""
    source, copy = f"OAPIF:{server}", tmp_path / "copy.geojson"
    # The one of these that GDAL knows before 3.7.
    env = os.environ | {"GDAL_HTTP_HEADERS": f"Authorization: Bearer {world['reader']}"}

    told = subprocess.check_output(["ogrinfo", "-ro", "-so", source, "areas"], env=env, text=True)
    command = [
        "ogr2ogr",
        copy,
        source,
        "areas",
        "-oo",
        "PAGE_SIZE=100",
        "-where",
        "name <> 'Area 7'",
    ]
    subprocess.run(command, env=env, check=True)

    assert f"Feature Count: {MANY}" in told
    assert "purpose: String" in told
    assert len(json.loads(copy.read_text())["features"]) == MANY - 1


def of_owslib(server, world):
    """OWSLib reads each document, and asks in every way it knows."""
    headers = {"Authorization": f"Bearer {world['reader']}"}
    service = Features(f"{server}/", headers=headers)

    page = service.collection_items("areas", limit=100, bbox=[-2.32, 53.3, -2.272, 53.6])
    told = service.collection_items("areas", filter="name IN ('Area 7', 'Covert')")
    [feature] = told["features"]

    assert service.conformance()["conformsTo"]
    assert service.api()["openapi"] == "3.0.3"
    assert "areas" in service.feature_collections()
    assert service.collection("areas")["storageCrs"].endswith("CRS84")
    assert "purpose" in service.collection_queryables("areas")["properties"]
    assert page["numberMatched"] == page["numberReturned"] == 3 * MANY // 50
    assert told["numberMatched"] == 1
    assert service.collection_item("areas", feature["id"])["properties"]["name"] == "Area 7"


@pytest.mark.qgis
def test_qgis_reads_pages_and_draws_what_its_token_sees(server, world):
    command = (SYSTEM_PYTHON, QGIS_READS, server, world["reader"])

    told = run(command, QT_QPA_PLATFORM="offscreen")

    assert told["valid"] == {"areas": True, "deployments": True, "results": True}
    assert told["count"] == MANY
    assert told["near"] == 3 * MANY // 50
    # Older ones know longitude first by this name.
    assert told["crs"] in ("OGC:CRS84", "EPSG:4326")
    assert {"operation", "name", "purpose"} <= set(told["fields"])
