"""Boundaries out of files: three formats, any coordinate system, twice the same as once."""

import json
import sqlite3
import zipfile
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
import sqlalchemy as sa
from click.testing import CliRunner
from geoalchemy2.shape import to_shape
from shapely.geometry import LineString, Point, Polygon, box, mapping

from ops import db
from ops.errors import Invalid
from ops.geo import boundaries, commands, files, shapes
from ops.geo.models import Boundary
from ops.ledger.models import Change
from ops.results.models import Result
from tests import factories
from tests.factories import NOON

SHARED = Path(__file__).parents[3] / "shared" / "data"
WEST, EAST = box(-2.3, 53.45, -2.25, 53.5), box(-2.25, 53.45, -2.2, 53.5)
BOW_TIE = Polygon([(-2.25, 53.48), (-2.24, 53.49), (-2.24, 53.48), (-2.25, 53.49)])
DISTRICTS = [("E08000006", "Salford", WEST), ("E08000003", "Manchester", EAST)]


def geojson(path, rows, fields=("area_code", "area_name"), **members):
    """Write rows of two fields and a shape."""
    features = [
        {
            "type": "Feature",
            "properties": dict(zip(fields, row[:2], strict=True)),
            "geometry": None if row[2] is None else mapping(row[2]),
        }
        for row in rows
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features} | members))
    return path


def written(path, driver, rows=DISTRICTS, crs="EPSG:27700", layer=None):
    """Write the same with the library, on the British National Grid."""
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb([shapes.in_metres(row[2]) for row in rows]),
        field_data=[np.array([row[0] for row in rows]), np.array([row[1] for row in rows])],
        fields=["LAD23CD", "LAD23NM"],
        geometry_type="Polygon",
        driver=driver,
        crs=crs,
        layer=layer,
        append=path.exists(),
    )
    return path


def zipped(path, folder, inner=""):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in folder.iterdir():
            archive.write(part, inner + part.name)
    return path


@pytest.fixture
def shapefile(tmp_path):
    folder = tmp_path / "parts"
    folder.mkdir()
    written(folder / "lad.shp", "ESRI Shapefile")
    return folder


def kept(layer="district"):
    query = sa.select(Boundary).where(Boundary.layer == layer).order_by(Boundary.code)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def counts(report):
    return (report.read, report.added, report.changed, report.there, len(report.refused))


def test_importing_twice_adds_nothing(session, tmp_path):
    path = geojson(tmp_path / "a.geojson", DISTRICTS)

    first, second = boundaries.load(path, "district"), boundaries.load(path, "district")

    assert counts(first) == (2, 2, 0, 0, 0)
    assert counts(second) == (2, 0, 0, 2, 0)
    assert [(row.code, row.name) for row in kept()] == [
        ("E08000003", "Manchester"),
        ("E08000006", "Salford"),
    ]
    assert to_shape(kept()[0].geom).equals(EAST)


@pytest.mark.parametrize(
    "change", [("E08000003", "Manchester City", EAST), (*DISTRICTS[1][:2], WEST)]
)
def test_what_is_new_in_the_file_changes_the_boundary(session, tmp_path, change):
    boundaries.load(geojson(tmp_path / "a.geojson", DISTRICTS), "district")

    report = boundaries.load(geojson(tmp_path / "b.geojson", [DISTRICTS[0], change]), "district")

    assert counts(report) == (2, 0, 1, 1, 0)
    assert kept()[0].name == change[1]
    assert to_shape(kept()[0].geom).equals(change[2])


def test_layers_are_apart(session, tmp_path):
    path = geojson(tmp_path / "a.geojson", DISTRICTS)

    boundaries.load(path, "district")
    report = boundaries.load(path, "ward")

    assert counts(report) == (2, 2, 0, 0, 0)


def test_every_format_and_coordinate_system_gives_the_same(session, tmp_path, shapefile):
    paths = [
        geojson(tmp_path / "a.geojson", DISTRICTS),
        written(tmp_path / "a.gpkg", "GPKG"),
        zipped(tmp_path / "a.zip", shapefile),
        zipped(tmp_path / "b.zip", shapefile, inner="LAD (Dec 2023)/"),
    ]

    for number, path in enumerate(paths):
        report = boundaries.load(path, f"layer_{number}")
        assert counts(report) == (2, 2, 0, 0, 0), path

    truth = shapes.in_metres(EAST)
    for number in range(len(paths)):
        [manchester, _] = kept(f"layer_{number}")
        assert manchester.name == "Manchester"
        found = shapes.in_metres(to_shape(manchester.geom))
        assert shapely.hausdorff_distance(found, truth) < 0.01


def test_a_file_is_known_by_its_content_and_not_its_name(session, tmp_path):
    path = geojson(tmp_path / "a.zip", DISTRICTS)

    assert boundaries.load(path, "district").added == 2


def test_old_geojson_may_name_its_coordinate_system(session, tmp_path):
    rows = [(code, name, shapes.in_metres(shape)) for code, name, shape in DISTRICTS]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}

    boundaries.load(geojson(tmp_path / "a.geojson", rows, crs=crs), "district")

    [manchester, _] = kept()
    assert to_shape(manchester.geom).centroid.distance(EAST.centroid) < 0.0001


@pytest.mark.parametrize(
    ("fields", "codes", "names"),
    [
        (("area_code", "area_name"), "area_code", "area_name"),
        (("LAD23CD", "LAD23NM"), "LAD23CD", "LAD23NM"),
        (("pfa16cd", "pfa16nm"), "pfa16cd", "pfa16nm"),
        (("ons_code", "Name"), "ons_code", "Name"),
        (("id", "label"), "id", "label"),
    ],
)
def test_guesses_the_fields_and_says_which(session, tmp_path, fields, codes, names):
    report = boundaries.load(geojson(tmp_path / "a.geojson", DISTRICTS, fields=fields), "district")

    assert (report.code_field, report.name_field) == (codes, names)


def test_fields_can_be_named(session, tmp_path):
    path = geojson(tmp_path / "a.geojson", DISTRICTS, fields=("what", "who"))

    with pytest.raises(Invalid, match=r"--code-field which field it is; the file has what, who"):
        boundaries.load(path, "district")
    report = boundaries.load(path, "district", "what", "who")

    assert report.added == 2
    with pytest.raises(Invalid, match="no field which"):
        boundaries.load(path, "district", "which", "who")


def test_an_invalid_shape_is_repaired_and_said(session, tmp_path):
    path = geojson(tmp_path / "a.geojson", [("E1", "Bow", BOW_TIE)])

    report = boundaries.load(path, "district")

    assert "Row 1 (E1): The outline crosses itself near longitude -2.245" in report.repaired[0]
    [bow] = kept()
    assert to_shape(bow.geom).is_valid
    assert boundaries.load(path, "district").there == 1


BAD_ROWS = [
    (("E2", "Nowhere", None), "it has no shape"),
    (("E2", "Empty", Polygon()), "it has no shape"),
    (("E2", "A point", Point(-2.2, 53.5)), "it is a Point"),
    (("E2", "A line", LineString([(-2.2, 53.5), (-2.3, 53.5)])), "it is a LineString"),
    (("E2", "Paris", box(2.3, 48.8, 2.4, 48.9)), "outside the United Kingdom"),
    (("E2", "Metres", box(380000, 390000, 390000, 400000)), "outside the United Kingdom"),
    (("E08000003", "Twice", EAST), "its code is that of row 2 too"),
    ((None, "No code", EAST), "it has no area_code"),
    (("E2", None, EAST), "it has no area_name"),
    (("E2", "  ", EAST), "it has no area_name"),
    (
        ("E2", "Flat", Polygon([(-2.2, 53.5), (-2.3, 53.5), (-2.2, 53.5), (-2.2, 53.5)])),
        "nothing is left",
    ),
]


@pytest.mark.parametrize(("row", "sentence"), BAD_ROWS)
def test_a_bad_row_is_named_and_keeps_all_out_unless_told(session, tmp_path, row, sentence):
    path = geojson(tmp_path / "a.geojson", [*DISTRICTS, row])
    fields = ("area_code", "area_name")

    refused = boundaries.load(path, "district", *fields)
    before = len(kept())
    report = boundaries.load(path, "district", *fields, good_rows=True)

    assert refused.refused[0].startswith("Row 3")
    assert sentence in refused.refused[0]
    assert (counts(refused)[1:4], before) == ((0, 0, 0), 0)
    assert counts(report) == (3, 2, 0, 0, 1)


def test_a_file_of_several_layers_needs_a_choice(session, tmp_path):
    path = tmp_path / "a.gpkg"
    written(path, "GPKG", DISTRICTS[:1], layer="north")
    written(path, "GPKG", DISTRICTS, layer="south")

    with pytest.raises(Invalid, match=r"2 layers; choose one with --from: north, south"):
        boundaries.load(path, "district")
    with pytest.raises(Invalid, match=r"no layer east; it has north, south"):
        boundaries.load(path, "district", source_layer="east")

    assert boundaries.load(path, "district", source_layer="south").added == 2


def damaged(path, content):
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "no GeoJSON, GeoPackage or zipped Shapefile"),
        (b"code,name\nE1,Bow\n", "no GeoJSON"),
        (b"<VRTDataset/>", "no GeoJSON"),
        (b"%PDF-1.7", "no GeoJSON"),
        (b"{", "can't be read"),
        (b'{"a": 1}', "can't be read"),
        (b"PK\x03\x04 no archive", "damaged"),
        (b"SQLite format 3\0 no database", "can't be read"),
        (b'{"type": "FeatureCollection", "features": []}', "no shapes"),
        (b'{"type": "Topology", "objects": {}, "arcs": []}', "TopoJSON|can't be read"),
    ],
)
def test_refuses_in_a_sentence_what_it_cannot_read(session, tmp_path, content, sentence):
    with pytest.raises(Invalid, match=sentence):
        boundaries.load(damaged(tmp_path / "a.geojson", content), "district")


def test_a_database_that_is_no_geopackage_is_refused(session, tmp_path):
    path = tmp_path / "a.gpkg"
    with sqlite3.connect(path) as database:
        database.execute("create table person (name text)")

    with pytest.raises(Invalid, match=r"can't be read|SQLite"):
        boundaries.load(path, "district")


def test_an_archive_must_hold_one_shapefile(session, tmp_path, shapefile):
    empty = zipped(tmp_path / "empty.zip", (tmp_path / "none").mkdir() or tmp_path / "none")
    written(shapefile / "other.shp", "ESRI Shapefile")
    double = zipped(tmp_path / "double.zip", shapefile)

    with pytest.raises(Invalid, match=r"2 Shapefiles; zip one alone"):
        boundaries.load(double, "district")
    with pytest.raises(Invalid):
        boundaries.load(empty, "district")


def test_an_archive_leads_nowhere_else(session, tmp_path, shapefile):
    path = zipped(tmp_path / "a.zip", shapefile, inner="../../")

    assert boundaries.load(path, "district").added == 2
    assert not list(tmp_path.parent.glob("lad.*"))


def test_an_archive_must_say_its_coordinate_system(session, tmp_path, shapefile):
    (shapefile / "lad.prj").unlink()

    with pytest.raises(Invalid, match=r"does not say its coordinate system; add the \.prj"):
        boundaries.load(zipped(tmp_path / "a.zip", shapefile), "district")


def test_an_archive_may_not_swell(session, tmp_path, shapefile, monkeypatch):
    path = zipped(tmp_path / "a.zip", shapefile)
    monkeypatch.setattr(files, "LARGEST_FILE", path.stat().st_size)
    with (shapefile / "lad.dbf").open("ab") as file:
        file.write(bytes(10 * 2**20))
    bomb = zipped(tmp_path / "b.zip", shapefile)
    monkeypatch.setattr(files, "LARGEST_FILE", bomb.stat().st_size)

    with pytest.raises(Invalid, match="unpacks to more than"):
        boundaries.load(bomb, "district")


def test_a_file_may_not_be_too_large(session, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_FILE", 100)

    with pytest.raises(Invalid, match="larger than"):
        boundaries.load(geojson(tmp_path / "a.geojson", DISTRICTS), "district")


def test_a_file_may_not_have_too_many_rows(session, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MOST_ROWS", 1)

    with pytest.raises(Invalid, match="more than 1 rows"):
        boundaries.load(geojson(tmp_path / "a.geojson", DISTRICTS), "district")


@pytest.mark.parametrize("layer", ["", "District", "a b", "1st", "x" * 41, "a;b"])
def test_a_layer_has_a_plain_name(session, tmp_path, layer):
    with pytest.raises(Invalid, match="small letters"):
        boundaries.load(geojson(tmp_path / "a.geojson", DISTRICTS), layer)


def result(operation, lon, lat, **fields):
    values = {
        "operation_id": operation.id,
        "kind": "arrest",
        "occurred_at": NOON,
        "recorded_by": operation.created_by,
        "content_hash": b"x",
    } | fields
    if lon is not None:
        values["point"] = shapes.point_element(lon, lat)
    made = Result(**values)
    db.session.add(made)
    db.session.commit()
    return made.id


@pytest.mark.parametrize("layer", ["district", "ward"])
def test_districts_and_wards_place_the_results_there_are(session, tmp_path, layer):
    operation = factories.operation()
    ids = {
        "west": result(operation, -2.28, 53.48),
        "east": result(operation, -2.22, 53.48, **{layer: "E08000006"}),
        "outside": result(operation, -2.5, 53.6, **{layer: "E08000006"}),
        "nowhere": result(operation, None, None),
        "right": result(operation, -2.22, 53.47, **{layer: "E08000003"}),
    }
    path = geojson(tmp_path / "a.geojson", DISTRICTS)

    first, second = boundaries.load(path, layer), boundaries.load(path, layer)

    query = sa.select(Result.id, getattr(Result, layer).label("code"))
    placed = {row.id: row.code for row in db.session.execute(query)}
    assert {name: placed[ids[name]] for name in ids} == {
        "west": "E08000006",
        "east": "E08000003",
        "outside": None,
        "nowhere": None,
        "right": "E08000003",
    }
    assert (first.results, second.results) == (3, 0)
    changed = Change.object == "result", Change.before.is_not(None)
    reasons = db.session.scalars(sa.select(Change.reason).where(*changed))
    assert set(reasons) == {f"Boundaries of the layer {layer} imported"}


def test_other_layers_place_no_results(session, tmp_path):
    result_id = result(factories.operation(), -2.28, 53.48)

    boundaries.load(geojson(tmp_path / "a.geojson", DISTRICTS), "force")

    kept = db.session.get(Result, result_id, populate_existing=True)
    assert (kept.district, kept.ward) == (None, None)


def test_the_command_says_what_it_did(app, session, tmp_path):
    good = geojson(tmp_path / "a.geojson", [*DISTRICTS, ("E1", "Bow", BOW_TIE)])
    bad = geojson(tmp_path / "b.geojson", [*DISTRICTS, ("E2", "A point", Point(-2.2, 53.5))])

    def run(*words):
        with app.app_context():
            return CliRunner().invoke(commands.import_boundaries, [str(word) for word in words])

    done, refused = run(good, "--layer", "district"), run(bad, "--layer", "ward")

    assert done.exit_code == 0
    assert "Codes from area_code, names from area_name." in done.output
    assert "Repaired: Row 3 (E1)" in done.output
    assert "Read 3, added 3, changed 0, already there 0, refused 0." in done.output
    assert refused.exit_code == 1
    assert "Refused: Row 3 (E2): it is a Point, and a boundary is an outline." in refused.output
    assert "Nothing was imported." in refused.output
    assert "added 2" in run(bad, "--layer", "ward", "--good-rows").output


@pytest.mark.skipif(not SHARED.exists(), reason="the shared map data is not beside this project")
@pytest.mark.parametrize(
    ("name", "layer", "rows"),
    [("gm_boroughs", "district", 10), ("gm_wards", "ward", 215), ("nw_police_forces", "force", 5)],
)
def test_published_boundaries_are_imported_as_they_are(session, name, layer, rows):
    report = boundaries.load(SHARED / f"{name}.geojson", layer)
    again = boundaries.load(SHARED / f"{name}.geojson", layer)

    assert counts(report) == (rows, rows, 0, 0, 0)
    assert counts(again) == (rows, 0, 0, rows, 0)


def test_a_system_of_another_planet_is_refused():
    with pytest.raises(Invalid, match="none that leads to degrees here"):
        files.in_degrees([], "IAU_2015:30100")
