"""A file of reported figures: by line and column, all or nothing, once."""

import click.testing
import pytest
import sqlalchemy as sa

from ops import db
from ops.errors import Invalid
from ops.ledger.models import Change
from ops.outcomes import reported_file
from ops.outcomes.commands import reported
from ops.outcomes.models import ReportedFigure
from tests import factories

HEAD = "measure,value,unit,qualifier,as_at,source,organisation,operation,note,facets.drug\n"
ROW = "lines_closed,115,count,exact,2023-11-20,Panel report,GMP,,,\n"
OTHER = 'drugs_weight_seized,8.95,kg,approx,2023-11-20,Panel report,GMP,,"so far, at least",crack\n'


@pytest.fixture
def load(session):
    """Load a file as the command does."""
    factories.organisation()

    def load(text):
        figures = reported_file.read(text)
        with db.transaction():
            return reported_file.load(figures)

    return load


def kept():
    return db.session.scalars(sa.select(ReportedFigure).order_by(ReportedFigure.id)).all()


def test_each_row_is_a_figure(load):
    operation = factories.operation(reference="VULCAN")
    last = "arrests,238,count,exact,2024-10-31,Two years on,,VULCAN,,\n"

    did = load(HEAD + ROW + OTHER + last)

    lines, weight, arrests = kept()
    assert did == {"added": 3}
    assert lines.organisation_id == factories.organisation().id
    assert (str(weight.value), weight.facets, weight.note) == (
        "8.95",
        {"drug": "crack"},
        "so far, at least",
    )
    assert arrests.operation_id == operation.id


def test_the_same_file_again_adds_nothing(load):
    load(HEAD + ROW + OTHER)

    did = load(HEAD + ROW + OTHER)

    assert did == {"already there": 2}
    assert len(kept()) == 2


def test_a_row_that_is_in_the_file_twice_is_one_figure(load):
    assert load(HEAD + ROW + ROW) == {"added": 1, "already there": 1}


def test_a_changed_value_is_the_same_figure_and_traced(load):
    load(HEAD + ROW)

    did = load(HEAD + ROW.replace("115", "117"))

    [figure] = kept()
    assert did == {"changed": 1}
    assert figure.value == 117
    trace = db.session.scalars(
        sa.select(Change).where(Change.object_id == figure.id, Change.before.is_not(None))
    ).one()
    assert trace.before == {"value": 115}


def test_a_later_day_is_another_figure(load):
    load(HEAD + ROW)

    assert load(HEAD + ROW.replace("2023-11-20", "2024-03-31")) == {"added": 1}


@pytest.mark.parametrize(
    ("row", "where"),
    [
        (ROW.replace("115", "many"), "line 2, value"),
        (ROW.replace("exact", "roughly"), "line 2, qualifier"),
        (ROW.replace("2023-11-20", "20/11/2023"), "line 2, as_at"),
        (ROW.replace("Panel report", ""), "line 2, source"),
        (ROW.replace("GMP", "NOBODY"), "line 2, organisation"),
        (ROW.replace("GMP,", "GMP,NOTHING"), "line 2, operation"),
        (ROW.replace("\n", ",more\n"), "line 2"),
        ("lines_closed,115\n", "line 2"),
    ],
)
def test_a_bad_row_is_told_by_line_and_column_and_nothing_is_loaded(load, row, where):
    with pytest.raises(Invalid) as refusal:
        load(HEAD + row + OTHER)

    assert list(refusal.value.errors) == [where]
    assert kept() == []


@pytest.mark.parametrize("text", ["", "colour\nblue\n", HEAD + '"lines'])
def test_refuses_a_file_that_is_none(load, text):
    with pytest.raises(Invalid):
        load(text)


def test_the_template_is_a_file_that_can_be_filled_in(session):
    asked = click.testing.CliRunner().invoke(reported, ["--template"])

    assert reported_file.read(asked.output) == []


def test_the_command_tells_what_it_did(session, tmp_path):
    factories.organisation()
    file = tmp_path / "figures.csv"
    file.write_text("\ufeff" + HEAD + ROW)

    done = click.testing.CliRunner().invoke(reported, [str(file)])

    assert done.output == "1 figure read: 1 added.\n"
