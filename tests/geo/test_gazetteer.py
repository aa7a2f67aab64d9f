"""Gazetteers brought in by an operator: in three encodings, from CSV or GeoPackage, each once."""

import numpy as np
import pyogrio
import pytest
import shapely
import sqlalchemy as sa
from click.testing import CliRunner
from shapely.geometry import LineString, Point

from ops import db
from ops.errors import Invalid
from ops.geo import gazetteer
from ops.geo.commands import import_places
from ops.geo.models import Place

HEAD = "code,name,kind,postcode,lon,lat\n"
ROWS = "1,Café Row,Street,M3 1ab,-2.2458,53.492\n2,Ancoats,Suburb,,-2.2271,53.4841\n"


def kept():
    query = sa.select(Place).order_by(Place.code).execution_options(populate_existing=True)
    return db.session.scalars(query).all()


def load(tmp_path, text, encoding="utf-8", **options):
    path = tmp_path / "places.csv"
    path.write_bytes(text.encode(encoding))
    return gazetteer.load(path, "streets", "Street names", **options)


def counts(report):
    return (report.read, report.added, report.changed, report.there, report.bad_rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_in_the_letters_it_was_saved_in(session, tmp_path, encoding):
    report = load(tmp_path, HEAD + ROWS, encoding)

    assert counts(report) == (2, 2, 0, 0, 0)
    first = kept()[0]
    assert (first.name, first.kind, first.postcode) == ("Café Row", "Street", "M31AB")
    assert (first.layer, first.source) == ("streets", "Street names")


def test_the_same_again_adds_nothing_and_another_edition_changes_what_differs(session, tmp_path):
    load(tmp_path, HEAD + ROWS)

    again = load(tmp_path, HEAD + ROWS)
    edition = load(tmp_path, HEAD + ROWS.replace("Ancoats", "New Islington"))

    assert counts(again) == (2, 0, 0, 2, 0)
    assert counts(edition) == (2, 0, 1, 1, 0)
    assert [place.name for place in kept()] == ["Café Row", "New Islington"]


def test_rows_without_a_code_are_known_by_their_name_and_place(session, tmp_path):
    text = "name;easting;northing\nTib Street;384500;398500\nTib Street;384900;398900\n"

    first, again = load(tmp_path, text), load(tmp_path, text)

    assert counts(first) == (2, 2, 0, 0, 0)
    assert counts(again) == (2, 0, 0, 2, 0)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("3,,Street,,-2.2,53.4", "Line 4, column name: fill in a name."),
        ("3,A\tB,Street,,-2.2,53.4", "Line 4, column name: this is no name of a place."),
        ("\0,Far,Street,,-2.2,53.4", "Line 4, column code: leave out the control characters."),
        ("3,Far,St\x07,,-2.2,53.4", "Line 4, column kind: leave out the control characters."),
        ("3,Far,Street,,west,53.4", "Line 4, column lon: “west” is no number."),
        ("3,Far,Street,,,53.4", "Line 4, column lon: fill this in."),
        ("3,Far,Street,,2.35,48.85",
         "Line 4, columns lon and lat: this lies outside the United Kingdom."),
        ("3,Far,Street,,nan,53.4", "Line 4, columns lon and lat: this is no place."),
        ("3,Far", "Line 4: it has 2 cells, and 6 columns."),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_by_line_and_column_and_keeps_all_out(session, tmp_path, row, said):
    report = load(tmp_path, HEAD + ROWS + row + "\n")

    assert report.refused == [said]
    assert kept() == []
    assert counts(load(tmp_path, HEAD + ROWS + row + "\n", good_rows=True)) == (3, 2, 0, 0, 1)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "one of them must be name"),
        ("lon,lat\n-2,53\n", "one of them must be name"),
        ("name,town\nA,B\n", "lon and lat, or easting and northing"),
        (HEAD + '1,"A,Street', "can't be read"),
        ("\0\0\0\0", "neither CSV nor a GeoPackage"),
    ],
)
def test_a_file_that_holds_no_places_is_refused(session, tmp_path, text, part):
    with pytest.raises(Invalid, match=part):
        load(tmp_path, text)


def test_a_geopackage_on_the_national_grid_is_read_with_its_boxes(session, tmp_path):
    path = tmp_path / "any.bin"
    shapes = [Point(383_985, 398_125), LineString([(384_000, 398_000), (384_400, 398_300)])]
    pyogrio.raw.write(
        path.with_suffix(".gpkg"),
        geometry=np.array(shapely.to_wkb(shapes), dtype=object),
        field_data=[
            np.array(text, dtype=object)
            for text in (["o1", "o2"], ["Manchester", "Deansgate"], ["City", "Street"])
        ],
        fields=["id", "name1", "local_type"],
        geometry_type="Unknown",
        driver="GPKG",
        crs="EPSG:27700",
    )
    path.with_suffix(".gpkg").rename(path)

    report = gazetteer.load(path, "os_names", "Names")

    assert counts(report) == (2, 2, 0, 0, 0)
    assert counts(gazetteer.load(path, "os_names", "Names")) == (2, 0, 0, 2, 0)
    assert [(p.name, p.kind, p.bbox is not None) for p in kept()] == [
        ("Manchester", "City", False),
        ("Deansgate", "Street", True),
    ]


def test_the_command_says_what_it_did(session, tmp_path, monkeypatch):
    path = tmp_path / "places.csv"
    path.write_text(HEAD + ROWS)
    run = CliRunner().invoke

    done = run(import_places, [str(path), "--layer", "streets"])
    path.write_text(HEAD + ROWS + "3,,,,,\n")
    bad = run(import_places, [str(path), "--layer", "streets"])
    wrong = run(import_places, [str(path), "--layer", "No Name"])

    assert "Read 2, added 2, changed 0, already there 0, refused 0." in done.output
    assert bad.exit_code == 1
    assert "Refused: Line 4, column name: fill in a name." in bad.output
    assert "Nothing was imported." in bad.output
    assert isinstance(wrong.exception, Invalid)
    assert kept()[0].source == "places.csv"


def test_requests_may_not_change_a_gazetteer(session):
    session.execute(sa.text("set local role ops_application"))

    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
        session.execute(sa.text("delete from place"))
