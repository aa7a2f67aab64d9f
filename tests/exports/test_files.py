"""Results taken away as files: the same records as the list, read back by other programs."""

import io

import openpyxl
import orjson
import pyarrow.parquet
import pyogrio
import pytest
import sqlalchemy as sa
from openpyxl.utils.escape import unescape

from ops import db
from ops.exports import sending
from ops.exports.sending import FORMS
from ops.ledger.models import LogEntry
from tests import factories
from tests.exports.conftest import ADDRESS, HERE, rows


def ids(reply, form, tmp_path):
    """Give the ids of the records in a file, whatever its format."""
    if form == "csv":
        return [row["id"] for row in rows(reply)]
    if form == "geojson":
        return [feature["properties"]["id"] for feature in orjson.loads(reply.data)["features"]]
    if form == "parquet":
        return pyarrow.parquet.read_table(io.BytesIO(reply.data)).column("id").to_pylist()
    if form == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(reply.data))
        return [
            row[0]
            for sheet in book.worksheets[2:]
            if sheet.title.count("_") == 0 or sheet.title in SINGLE
            for row in sheet.iter_rows(min_row=2, values_only=True)
        ]
    path = tmp_path / "results.gpkg"
    path.write_bytes(reply.data)
    found = []
    for layer, kind in pyogrio.list_layers(path):
        if kind is not None:
            found += list(pyogrio.raw.read(path, layer=layer)[3][0])
    return found


# Kinds with a name of two words; other sheets with such a name are lists inside records.
SINGLE = {
    "court_order", "line_change", "line_closure", "order_breach", "partner_action",
    "premises_closure",
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_file_holds_the_records_of_the_list(every_kind, lead, taken, form, tmp_path):
    asked = {"from": "2026-11-01", "to": "2026-11-03"}
    listed = lead.get("/api/v1/results", query_string=asked).json

    reply = taken(lead, form, **asked)

    assert sorted(ids(reply, form, tmp_path)) == sorted(each["id"] for each in listed)
    assert len(listed) == len(every_kind)
    assert reply.headers["X-Marking"] == "OFFICIAL-SENSITIVE"
    assert "OFFICIAL-SENSITIVE" in reply.headers["Content-Disposition"]


def test_the_records_behind_a_figure_are_as_many_as_it_says(log, lead, taken, operation):
    for _ in range(3):
        log("arrest")
    log("warrant")
    figures = lead.get(f"/api/v1/operations/{operation.id}/outcomes").json["measures"]
    [figure] = [each for each in figures if each["code"] == "arrests"]

    found = rows(taken(lead, "csv", measure="arrests", operation=str(operation.id)))

    assert len(found) == int(figure["value"]) == 3
    assert {row["reason_label"] for row in found} == {"Supply of class A drugs"}


@pytest.mark.parametrize("form", FORMS)
def test_what_is_for_members_alone_needs_to_say_who_gets_it_and_what_for(
    form, client_as, log, lead, taken, session
):
    covert = factories.operation(visibility="covert", created_by=lead.person.id)
    hidden = log("arrest", to=covert)
    alone = lead.get(f"{ADDRESS}{form}", query_string={"kind": "arrest"})
    half = lead.get(f"{ADDRESS}{form}", query_string={"kind": "arrest", "to_whom": "The panel"})
    said = {"kind": "arrest", "to_whom": "The panel", "what_for": "Its meeting"}

    whole = taken(lead, form, **said)

    assert (alone.status_code, half.status_code) == (422, 422)
    assert set(alone.json["errors"]) == {"to_whom", "what_for"}
    assert set(half.json["errors"]) == {"what_for"}
    assert whole.data
    entries = session.scalars(sa.select(LogEntry).where(LogEntry.act == "disclosure")).all()
    assert {(each.recipient, each.reason) for each in entries} == {("The panel", "Its meeting")}
    seen = [part for each in entries for part in each.seen if part["kind"] == "result"]
    assert [part["ids"] for part in seen] == [[hidden["id"]]]
    assert {part["operation"] for part in seen} == {str(covert.id)}


@pytest.mark.parametrize("form", FORMS)
def test_a_covert_operation_is_in_no_file_of_an_outsider(
    form, client_as, log, lead, taken, tmp_path
):
    covert = factories.operation(visibility="covert", created_by=lead.person.id)
    hidden = log("arrest", to=covert)
    shown = log("arrest")

    reply = taken(client_as("lead"), form)

    assert ids(reply, form, tmp_path) == [shown["id"]]
    assert hidden["id"].encode() not in reply.data
    assert covert.reference.encode() not in reply.data


@pytest.mark.parametrize("start", "=+-@\t\r")
def test_text_that_looks_like_a_formula_stays_text(start, log, taken, lead):
    text = f"{start}1+1"
    # What is typed loses the blanks around it; what came before that rule did not.
    record = log("arrest", note="x")
    db.session.execute(
        sa.text("update result set note = :note where id = :id"), {"note": text, "id": record["id"]}
    )
    db.session.commit()

    [line] = rows(taken(lead, "csv"))
    book = openpyxl.load_workbook(io.BytesIO(taken(lead, "xlsx").data))

    assert line["note"] == f"'{text}"
    [row] = book["arrest"].iter_rows(min_row=2)
    note = row[[cell.value for cell in next(book["arrest"].iter_rows())].index("Note")]
    assert (unescape(note.value), note.data_type) == (text, "s")
    assert note.quotePrefix


def test_numbers_and_times_keep_their_type(log, lead, taken, tmp_path):
    detail = {"category": "drugs", "drug": "heroin", "quantity": "0.050", "unit": "kg"}
    log("seizure", detail, position=HERE)

    [line] = rows(taken(lead, "csv", kind="seizure"))
    book = openpyxl.load_workbook(io.BytesIO(taken(lead, "xlsx").data))
    column = pyarrow.parquet.read_table(io.BytesIO(taken(lead, "parquet", kind="seizure").data))
    path = tmp_path / "results.gpkg"
    path.write_bytes(taken(lead, "gpkg").data)
    frame = pyogrio.read_dataframe(path, layer="seizure")

    assert (line["quantity"], line["drug_label"]) == ("0.050", "Heroin")
    assert line["occurred_at"] == "2026-11-02 12:00:00+00"
    names = [cell.value for cell in next(book["seizure"].iter_rows())]
    row = dict(
        zip(names, next(book["seizure"].iter_rows(min_row=2, values_only=True)), strict=True)
    )
    assert row["How much"] == 0.05
    assert row["When it happened"].isoformat() == "2026-11-02T12:00:00"
    assert str(column["quantity"][0].as_py()) == "0.050000000"
    assert column["occurred_at"].type.tz == "UTC"
    assert frame.crs.to_epsg() == 4326
    assert [(p.x, p.y) for p in frame.geometry] == [tuple(HERE["coordinates"])]
    assert frame["quantity"].tolist() == [0.05]


def test_a_workbook_says_what_it_is_and_what_its_columns_mean(log, lead, taken):
    log("warrant")
    reply = taken(lead, "xlsx", kind="warrant", **{"from": "2026-11-01"})

    book = openpyxl.load_workbook(io.BytesIO(reply.data))

    about = {row[0]: row[1] for row in book["About"].iter_rows(values_only=True) if row[0]}
    assert about["Filter: Kind"] == "Warrant"
    assert about["Filter: From"] == "Sunday 1 November 2026, 00:00"
    assert about["Records"] == "1"
    assert about["As at"]
    assert book.sheetnames[:2] == ["About", "Definitions"]
    means = {row[1]: row for row in book["Definitions"].iter_rows(values_only=True)}
    assert "mda_23 = " in means["power"][5]
    assert means["accuracy_m"][4] == "metres"
    for sheet in book.worksheets:
        assert "OFFICIAL-SENSITIVE" in sheet.oddHeader.center.text
    assert set(book.sheetnames[2:]) == {"warrant", "warrant_entries"}


def test_the_rows_of_a_list_are_a_table_of_their_own(log, lead, taken):
    valuations = [{"basis": "street", "value": "100"}, {"basis": "prison", "value": "250.50"}]
    log("seizure", {"category": "drugs", "drug": "heroin", "valuations": valuations})

    found = rows(taken(lead, "csv", kind="seizure", rows="valuations"))

    assert [(row["row_number"], row["basis"], row["value"]) for row in found] == [
        ("0", "street", "100"),
        ("1", "prison", "250.50"),
    ]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"rows": "valuations"}, "kind"),
        ({"rows": "entries", "kind": "seizure"}, "rows"),
        ({"limit": "5"}, "limit"),
        ({"kind": "nothing"}, "kind"),
        ({"measure": "nothing"}, "measure"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_field(asked, field, lead, session):
    reply = lead.get(f"{ADDRESS}csv", query_string=asked)

    assert reply.status_code == 422
    assert list(reply.json["errors"]) == [field]


def test_more_than_a_format_holds_is_refused_before_it_is_written(log, lead, session, monkeypatch):
    monkeypatch.setitem(FORMS, "xlsx", sending.dataclasses.replace(FORMS["xlsx"], most=0))
    log("warrant")

    reply = lead.get(f"{ADDRESS}xlsx")

    assert reply.status_code == 422
    assert "holds at most 0 records, and these are 1" in reply.json["detail"]


def test_there_is_no_other_format(lead, session):
    assert lead.get(f"{ADDRESS}doc").status_code == 404
