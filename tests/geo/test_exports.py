"""Areas taken away as files: out and in again the same, and opened by another program."""

import io
import os
import re
import shutil
import subprocess

import pytest
from shapely.geometry import MultiPolygon, Point, box, shape

from ops import db
from ops.geo.shapes import in_metres
from ops.ledger.models import LogEntry
from tests import factories
from tests.conftest import ROOT

FORMS = ("geojson", "gpkg", "gpx", "kml")
# Corners to the last digit, a hole, a second part and a round one.
WHOLE = MultiPolygon(
    [
        box(-2.261234567891, 53.481234567891, -2.24, 53.49) - box(-2.255, 53.483, -2.25, 53.486),
        Point(-2.2, 53.4).buffer(0.0123456789),
    ]
)
DEBIAN = ROOT / ".local" / "debian"


@pytest.fixture
def operation(session):
    operation = factories.operation(name="Week & <one>", marking="OFFICIAL-SENSITIVE")
    factories.area(operation, WHOLE, name="Strangeways & “west”", purpose="search")
    factories.area(operation, MultiPolygon([box(-2.3, 53.5, -2.29, 53.51)]), name="Wharf")
    return operation


@pytest.fixture
def lead(client_as):
    return client_as("lead")


def taken(client, operation_id, form):
    return client.get(f"/api/v1/operations/{operation_id}/areas.{form}")


def ogrinfo(path):
    """Let GDAL's own program open a file and list all of it."""
    program = shutil.which("ogrinfo") or DEBIAN / "usr/bin/ogrinfo"
    folders = {found.parent for found in DEBIAN.glob("usr/lib/**/*.so*")}
    libraries = {"LD_LIBRARY_PATH": ":".join(map(str, sorted(folders)))} if folders else {}
    return subprocess.run(
        [program, "-ro", "-al", path],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | libraries,
    ).stdout


@pytest.mark.parametrize("form", FORMS)
def test_out_and_in_again_is_equal_within_a_centimetre(lead, operation, form):
    reply = taken(lead, operation.id, form)

    assert reply.status_code == 200
    again = lead.post("/api/v1/shapes/read", data={"file": (io.BytesIO(reply.data), "any")})

    assert again.status_code == 200, again.json
    assert again.json["refused"] == []
    found = {f["properties"]["name"]: f for f in again.json["features"]}
    assert {n: f["properties"]["purpose"] for n, f in found.items()} == {
        "Strangeways & “west”": "search",
        "Wharf": "target",
    }
    back = in_metres(shape(found["Strangeways & “west”"]["geometry"]))
    assert back.hausdorff_distance(in_metres(WHOLE)) < 0.01
    assert back.symmetric_difference(in_metres(WHOLE)).area < 1


@pytest.mark.parametrize("form", FORMS)
def test_another_program_opens_it_and_finds_the_names_and_the_marking(
    lead, operation, form, tmp_path
):
    file = tmp_path / f"areas.{form}"
    file.write_bytes(taken(lead, operation.id, form).data)

    said = ogrinfo(file)

    assert "Strangeways & “west”" in said
    assert "Wharf" in said
    assert "OFFICIAL-SENSITIVE" in said
    assert re.search(r"Feature Count: 2\b", said)


def test_a_file_is_saved_and_not_shown_and_its_taking_is_logged(lead, operation):
    reply = taken(lead, operation.id, "kml")

    assert reply.headers["Content-Disposition"].startswith("attachment; filename=")
    entry = db.session.query(LogEntry).order_by(LogEntry.id.desc()).first()
    assert entry.act == "disclosure"


@pytest.mark.parametrize("form", FORMS)
def test_an_operation_without_areas_gives_an_empty_file_that_still_opens(lead, form, tmp_path):
    file = tmp_path / f"areas.{form}"
    file.write_bytes(taken(lead, factories.operation().id, form).data)

    assert "ERROR" not in ogrinfo(file)


def test_nobody_takes_away_what_they_do_not_see(client_as):
    operation = factories.operation(visibility="covert")
    factories.area(operation)
    hidden = operation.id
    other = client_as("lead")

    for form in FORMS:
        assert taken(other, hidden, form).status_code == 404
    assert other.get(f"/api/v1/operations/{hidden}/areas.shp").status_code == 404
