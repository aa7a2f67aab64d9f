"""Importing results from the command line: all or nothing, and each once."""

import openpyxl
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from ops import db
from ops.errors import Missing, Refused
from ops.results import commands
from ops.results.models import Result
from tests import factories

GOOD = """kind,occurred_at,reason,category,quantity,unit,note
arrest,02/11/2026 05:42,wanted,,,,
seizure,02/11/2026 05:50,,cash,"£1,240.50",,
seizure,02/11/2026 05:50,,cash,"£1,240.50",,
"""
BAD = """arrest,02/11/2026,mischief,,,,
seizure,someday,,drugs,1,kg,
arrest,02/11/2099,wanted,,,,
,,wanted,,,,
"""


@pytest.fixture
def run(tmp_path, operation):
    """Import a file, and give what was said."""
    factories.person("officer", email="lead@example.test")

    def invoke(text, *options, name="results.csv", reference=operation.reference):
        file = tmp_path / name
        if isinstance(text, str):
            file.write_text(text)
        else:
            text.save(file)
        words = [str(file), "--operation", reference, "--as", "lead@example.test", *options]
        return CliRunner().invoke(commands.import_results, words)

    return invoke


def how_many():
    return db.session.scalar(sa.select(sa.func.count()).select_from(Result))


def test_the_rows_of_a_file_are_logged_alike_rows_each(run, session):
    done = run(GOOD)

    assert done.exit_code == 0, done.output
    assert "Read 3, added 3, already there 0, refused 0." in done.output
    people = session.scalars(sa.select(Result.recorded_by)).unique().all()
    assert len(people) == 1


def test_the_same_file_again_adds_nothing(run):
    run(GOOD)

    done = run(GOOD)

    assert "Read 3, added 0, already there 3, refused 0." in done.output
    assert how_many() == 3


def test_a_file_that_grew_adds_what_is_new(run):
    run(GOOD)

    done = run(GOOD + "arrest,02/11/2026 06:10,theft,,,,\n" + GOOD.splitlines()[2] + "\n")

    assert "Read 5, added 2, already there 3, refused 0." in done.output


def test_one_bad_row_keeps_all_out_and_every_one_is_told(run):
    done = run(GOOD + BAD)

    assert done.exit_code == 1
    assert [line.split(": ")[1] for line in done.output.splitlines() if "Refused" in line] == [
        "line 5, column reason",
        "line 6, column occurred_at",
        "line 7, column occurred_at",
        "line 8, column kind",
    ]
    assert "Read 7, added 0, already there 0, refused 4." in done.output
    assert how_many() == 0


def test_the_good_rows_go_in_on_request(run):
    done = run(GOOD + BAD, "--good-rows")

    assert done.exit_code == 0
    assert "Read 7, added 3, already there 0, refused 4." in done.output
    assert how_many() == 3


def test_what_only_the_database_refuses_is_told_by_line(run):
    head, row = "kind,occurred_at,category,parent\n", "seizure,02/11/2026,phones,"
    done = run(head + f"{row}\n{row}0193e9a0-1111-7222-8333-444455556666\n")

    assert "Refused: line 3: This names a record that is not here" in done.output
    assert how_many() == 0


def test_rows_with_ids_may_refer_to_each_other(run):
    parent = "0193e9a0-1111-7222-8333-444455556666"
    done = run(
        "kind,id,occurred_at,category,parent\n"
        f"seizure,,02/11/2026,phones,{parent}\nseizure,{parent},02/11/2026,package,\n"
    )

    assert "added 2" in done.output


def test_a_workbook_is_imported_as_a_csv_file_is(run):
    book = openpyxl.Workbook()
    for line in (
        "kind,occurred_at,reason",
        "arrest,02/11/2026 05:42,Theft",
        "arrest,46328.5,wanted",
    ):
        book.active.append([float(c) if c[:2] == "46" else c for c in line.split(",")])

    done = run(book, name="results.xlsx")

    assert "Read 2, added 2" in done.output, done.output


def test_an_operation_that_takes_no_results_refuses_each_row(run):
    draft = factories.operation(status="draft")

    done = run(GOOD, reference=draft.reference)

    assert done.output.count("approved first") == 3


@pytest.mark.parametrize(
    ("options", "refusal", "words"),
    [
        (["--operation", "NONE"], Missing, "no operation"),
        (["--as", "nobody@example.test"], Missing, "nobody with the address"),
        (["--as", "analyst@example.test"], Refused, "does not allow"),
    ],
)
def test_says_who_and_what_is_missing(run, options, refusal, words):
    factories.person("analyst", email="analyst@example.test")

    done = run(GOOD, *options)

    assert isinstance(done.exception, refusal)
    assert words in str(done.exception)


def test_who_records_is_asked_where_several_may(tmp_path, operation):
    factories.person("officer")
    file = tmp_path / "results.csv"
    file.write_text(GOOD)

    done = CliRunner().invoke(
        commands.import_results, [str(file), "--operation", operation.reference]
    )

    assert isinstance(done.exception, Refused)
    assert "--as" in str(done.exception)


def test_templates_are_printed_or_made_and_never_overwritten(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    printed = CliRunner().invoke(commands.template, ["seizure"])
    made = CliRunner().invoke(commands.template, ["seizure", "--xlsx"])
    again = CliRunner().invoke(commands.template, ["seizure", "--xlsx"])

    head = [cell.value for cell in openpyxl.load_workbook("seizure.xlsx").worksheets[0][1]]
    assert printed.output.strip().split(",") == head
    assert made.exit_code == 0
    assert isinstance(again.exception, Refused)
