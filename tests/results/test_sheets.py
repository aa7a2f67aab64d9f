"""Spreadsheets: how cells are read, and the empty file to fill in."""

import datetime as dt

import marshmallow as ma
import openpyxl
import pytest

from ops.errors import Invalid
from ops.results import sheets
from ops.results.kinds import KINDS
from ops.results.schemas import ResultSchema
from ops.results.sheet_columns import columns_of, kind_of, payload

LONDON_NOON = "2023-10-10T12:00:00+01:00"


def on_the_sheet(*parts):
    """Give a time as a spreadsheet does: without a zone."""
    return dt.datetime(*parts)  # noqa: DTZ001


def write(tmp_path, text, encoding="utf-8", name="results.csv"):
    file = tmp_path / name
    file.write_bytes(text.encode(encoding))
    return file


def workbook(tmp_path, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "results.xlsx")
    return tmp_path / "results.xlsx"


def sent(kind="arrest", **cells):
    return payload(KINDS[kind], {"occurred_at": "10/10/2023 12:00"} | cells)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_reads_csv_however_it_was_saved(tmp_path, encoding, delimiter):
    text = "\r\n".join(delimiter.join(cells) for cells in [("kind", "note"), ("arrest", "Café £5")])

    [line] = sheets.read(write(tmp_path, text, encoding))

    assert (line.number, line.cells) == (2, {"kind": "arrest", "note": "Café £5"})


def test_lines_keep_their_numbers_past_blank_ones_and_breaks_inside_a_cell(tmp_path):
    file = write(tmp_path, 'kind,note\n\narrest,"two\nlines"\n,,\n\nwarrant,x\n'.replace(",,", ","))

    assert [(line.number, line.cells["kind"]) for line in sheets.read(file)] == [
        (4, "arrest"),
        (7, "warrant"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("kind,note,note\n", "'note'"),
        ("kind\narrest,extra\n", "Line 2 has more cells"),
        ('kind\n"arrest\n', "can't be read"),
    ],
)
def test_refuses_a_file_that_is_no_table(tmp_path, text, words):
    with pytest.raises(Invalid, match=words):
        sheets.read(write(tmp_path, text))


def test_refuses_bytes_that_are_no_text_or_no_workbook(tmp_path):
    noise = bytes(range(256))
    for name in ("results.csv", "results.xlsx"):
        (tmp_path / name).write_bytes(noise)
        with pytest.raises(Invalid, match="save it as"):
            sheets.read(tmp_path / name)


def test_a_workbook_gives_days_numbers_and_text_as_they_are(tmp_path):
    moment = on_the_sheet(2023, 10, 10, 5, 42)
    file = workbook(tmp_path, ["kind", "occurred_at", "quantity"], ["seizure", moment, 2.5])

    [line] = sheets.read(file)

    assert line.cells == {"kind": "seizure", "occurred_at": moment, "quantity": 2.5}


def test_a_formula_that_was_never_worked_out_is_refused(tmp_path):
    file = workbook(tmp_path, ["kind", "quantity"], ["seizure", "=1+1"])

    with pytest.raises(Invalid, match="Cell B2 is a formula"):
        sheets.read(file)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("10/10/2023 12:00", LONDON_NOON),
        ("2023-10-10T11:00:00Z", "2023-10-10T11:00:00+00:00"),
        ("2023-10-10 12:00", LONDON_NOON),
        (on_the_sheet(2023, 10, 10, 12), LONDON_NOON),
        (45209.5, LONDON_NOON),
        (dt.date(2023, 10, 10), "2023-10-10T00:00:00+01:00"),
        ("1/2/2023", "2023-02-01T00:00:00+00:00"),
    ],
)
def test_times_are_by_the_clock_of_manchester_and_the_day_comes_first(cell, expected):
    assert sent(occurred_at=cell)["occurred_at"] == expected


@pytest.mark.parametrize(
    ("kind", "column", "cell", "expected"),
    [
        ("arrest", "age_band", "18 to 24", "18-24"),
        ("arrest", "reason", "WANTED", "wanted"),
        ("arrest", "custody_ref", 1234.0, "1234"),
        ("arrest", "necessity", "name; address", ["name", "address"]),
        ("warrant", "executed", "No", False),
        ("warrant", "executed", True, True),
        ("warrant", "granted_on", on_the_sheet(2023, 10, 9), "2023-10-09"),
        ("warrant", "outcomes", "nil;damage", ["nil", "damage"]),
        ("seizure", "quantity", "£1,240.50", "1240.50"),
        ("seizure", "quantity", 0.1 + 0.2, "0.3"),
        ("seizure", "quantity", 3, "3"),
        ("line", "importer_areas", "Lancashire; Cumbria", ["Lancashire", "Cumbria"]),
    ],
)
def test_a_cell_is_read_by_its_field(kind, column, cell, expected):
    assert sent(kind, **{column: cell})["detail"][column] == expected


def test_the_rows_of_a_list_have_columns_of_their_own():
    detail = sent(
        **{"disposals.code": "bailed", "disposals.2.code": "charged", "disposals.2.at": 45210}
    )["detail"]

    assert detail["disposals"] == [
        {"code": "bailed"},
        {"code": "charged", "at": "2023-10-11T00:00:00+01:00"},
    ]


def test_the_counts_of_a_record_have_columns_of_their_own():
    detail = sent(
        "search",
        **{"type": "In or at a prison", "searched.what": "Cells", "searched.number": 5}
        | {"searched.2.what": "Visitors; Vehicles", "searched.2.number": "70"}
        | {"searched.2.qualifier": "more than"},
    )["detail"]

    assert detail == {
        "type": "prison",
        "searched": [
            {"what": ["cells"], "number": "5"},
            {"what": ["visitors", "vehicles"], "number": "70", "qualifier": "more_than"},
        ],
    }


def test_two_columns_are_a_point():
    assert sent(longitude="-2.2441", latitude=53.4936)["position"] == {
        "type": "Point",
        "coordinates": [-2.2441, 53.4936],
    }


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("occurred_at", "Tuesday", "is no day"),
        ("occurred_at", "31/02/2023", "is no day"),
        ("reason", "mischief", "no code"),
        ("disposals.at", "soon", "is no day"),
        ("accuracy_m", "near", "no number"),
        ("shoe_size", "9", "no column"),
        ("quantity", "1", "no column"),
    ],
)
def test_says_by_column_what_a_cell_has_wrong(column, cell, words):
    with pytest.raises(ma.ValidationError) as refused:
        sent(**{column: cell})

    [said] = refused.value.normalized_messages()[column]
    assert words in said


def test_a_row_that_does_not_say_has_the_only_kind_with_its_columns():
    assert kind_of({"occurred_at": "", "necessity": ""}) is KINDS["arrest"]
    assert kind_of({"occurred_at": "", "age_band": ""}) is None
    assert kind_of({"kind": "Line closure"}) is KINDS["line_closure"]
    assert kind_of({"occurred_at": "", "note": ""}) is None
    assert kind_of({"kind": "rumour", "age_band": ""}) is None


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_template_has_a_column_for_every_field(kind, tmp_path):
    book = sheets.xlsx_template(kind)
    book.save(tmp_path / "template.xlsx")
    head = [cell.value for cell in book[sheets.RESULTS][1]]

    assert sheets.csv_template(kind).strip().split(",") == head == list(columns_of(kind.name))
    fields = {name.split(".")[0] for name in head}
    assert fields >= kind.schema.load_fields.keys()
    assert fields >= ResultSchema().fields.keys() - {"detail", "position", "credits"}
    assert sheets.read(tmp_path / "template.xlsx") == []


def test_the_template_explains_and_offers_its_codes():
    book = sheets.xlsx_template(KINDS["arrest"])

    explained = list(book[sheets.CODES].iter_rows(values_only=True))
    assert ("sex", "female", "Female") in explained
    assert book[sheets.RESULTS].data_validations.count > 3


@pytest.mark.parametrize("content", [b"arrest,2026-11-02\n", b"\0\1\2\3PNG", b"a,b\n1,2\n"])
def test_a_file_whose_first_line_names_no_columns_is_refused(tmp_path, content):
    file = tmp_path / "results.csv"
    file.write_bytes(content)

    with pytest.raises(Invalid, match="must name the columns"):
        sheets.read(file)
