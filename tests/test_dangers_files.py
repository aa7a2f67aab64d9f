"""Files made to break whoever opens them."""

import zipfile

import openpyxl
import pytest

from ops.errors import Invalid
from ops.results import sheets

HEAD = '<?xml version="1.0"?>'
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.fixture
def workbook(tmp_path):
    """Make a workbook and put other content in one of its parts."""

    def make(part=None, content="", name="results.xlsx", parts=()):
        book = openpyxl.Workbook()
        book.active.append(["kind", "occurred_at"])
        book.active.append(["arrest", "2026-11-02 12:00"])
        book.save(tmp_path / "whole.xlsx")
        with (
            zipfile.ZipFile(tmp_path / "whole.xlsx") as whole,
            zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as made,
        ):
            for entry in whole.namelist():
                made.writestr(entry, content if entry == part else whole.read(entry))
            for entry, size in parts:
                with made.open(entry, "w", force_zip64=True) as bomb:
                    for _ in range(size // 2**20):
                        bomb.write(bytes(2**20))
        return tmp_path / name

    return make


def sheet(rows, dimension="A1:B2"):
    return (
        f'{HEAD}<worksheet xmlns="{SHEET}"><dimension ref="{dimension}"/>'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(workbook):
    bomb = workbook(parts=[("xl/media/bomb.bin", 300 * 2**20)])

    assert bomb.stat().st_size < 2**20
    with pytest.raises(Invalid, match="unpacks to too much"):
        sheets.read(bomb)


def test_entities_that_multiply_are_refused(workbook):
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&l9;</t></is></c></row>'
    bomb = f'{HEAD}<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>{sheet(cell).removeprefix(HEAD)}'

    with pytest.raises(Invalid, match="no workbook"):
        sheets.read(workbook("xl/worksheets/sheet1.xml", bomb))


def test_no_file_of_this_machine_is_read_into_a_workbook(workbook):
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&file;</t></is></c></row>'
    outside = f'{HEAD}<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]>'

    with pytest.raises(Invalid, match="no workbook"):
        sheets.read(workbook("xl/worksheets/sheet1.xml", outside + sheet(cell).removeprefix(HEAD)))


@pytest.mark.parametrize(
    ("rows", "dimension"),
    [
        ('<row r="2000000000"><c r="A2000000000"><v>1</v></c></row>', "A1:B2"),
        ('<row r="1"><c r="XFD1"><v>1</v></c></row>', "A1:XFD1048576"),
        ('<row r="1"><c r="KO1" t="inlineStr"><is><t>x</t></is></c></row>', "A1:B2"),
    ],
)
def test_a_cell_far_away_does_not_make_up_all_before_it(workbook, rows, dimension):
    bomb = workbook("xl/worksheets/sheet1.xml", sheet(rows, dimension))

    with pytest.raises(Invalid):
        sheets.read(bomb)


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/workbook.xml", "<"),
        ("xl/workbook.xml", f"{HEAD}<x/>"),
        ("[Content_Types].xml", ""),
        ("xl/worksheets/sheet1.xml", "<worksheet"),
        ("xl/worksheets/sheet1.xml", sheet('<row r="x"><c r="?" t="s"><v>9</v></c></row>')),
        ("xl/styles.xml", "\0"),
    ],
)
def test_a_broken_workbook_is_refused_in_a_sentence(workbook, part, content):
    with pytest.raises(Invalid):
        sheets.read(workbook(part, content))


def test_a_file_is_what_it_holds_and_not_what_it_is_called(workbook, tmp_path):
    called_csv = workbook(name="results.csv")
    called_xlsx = tmp_path / "text.xlsx"
    called_xlsx.write_text("kind,occurred_at\narrest,2026-11-02 12:00\n")

    assert [line.cells["kind"] for line in sheets.read(called_csv)] == ["arrest"]
    assert [line.cells["kind"] for line in sheets.read(called_xlsx)] == ["arrest"]


def test_a_file_too_large_is_refused_unread(tmp_path):
    file = tmp_path / "results.csv"
    with file.open("wb") as opened:
        opened.truncate(sheets.LARGEST_FILE + 1)

    with pytest.raises(Invalid, match="larger than 20 MB"):
        sheets.read(file)
