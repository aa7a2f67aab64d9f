"""Published sets are shown as published, loaded once, and traced when they change."""

import copy
import json
from decimal import Decimal
from pathlib import Path

import click.testing
import pytest
import sqlalchemy as sa

from ops import db, wording
from ops.errors import Invalid
from ops.ledger.models import Change
from ops.outcomes import published, published_file
from ops.outcomes.checks import Figure, verdict
from ops.outcomes.commands import published as command
from ops.outcomes.models import QUALIFIERS, PublishedSet, ReportedFigure

FILE = Path(__file__).parent / "published_results.json"
# What the sets say of themselves in words alone. Each of the others is worked out.
IN_WORDS = {
    (
        "8 charged of 9 arrested while 5 of those 8 bailed at court: disposals are a sequence,"
        " not one field"
    ),
    "cumulative series over vul-derker-launch,3w,4w,6m is non-decreasing: 21,22,25,160",
}
SMALL = {
    "result_sets": [
        {
            "id": "one",
            "operation": "A week",
            "publisher": "A force",
            "start": "2023-10-09",
            "end": "2023-10-15",
            "source_url": "https://example.test/a-week",
            "measures": [
                {"measure": "arrests", "value": 39, "unit": "count", "qualifier": "exact"},
                {
                    "measure": "drones_grounded",
                    "value": 8.95,
                    "unit": "kg",
                    "qualifier": "more_than",
                    "where": "yard",
                },
            ],
            "checks": ["arrests == 39"],
        }
    ]
}


@pytest.fixture
def load(session):
    """Load sets as the command does."""

    def load(file):
        sets = published_file.read(file if isinstance(file, str) else json.dumps(file))
        with db.transaction():
            db.give_reason("Import of a test")
            return published.load(sets)

    return load


def figures(code):
    return db.session.scalars(
        sa.select(ReportedFigure)
        .join(PublishedSet, PublishedSet.id == ReportedFigure.set_id)
        .where(PublishedSet.code == code)
        .order_by(ReportedFigure.position)
    ).all()


def changed(**fields):
    """Give the small file with its first figure changed."""
    file = copy.deepcopy(SMALL)
    file["result_sets"][0]["measures"][0] |= fields
    return file


def test_all_26_sets_load_and_each_figure_is_shown_as_published(load):
    text = FILE.read_text()

    tally = load(text)

    assert (tally.sets["added"], tally.figures["added"], tally.doubts) == (26, 200, [])
    for one in json.loads(text, parse_float=Decimal)["result_sets"]:
        kept = figures(one["id"])
        assert len(kept) == len(one["measures"])
        for figure, measure in zip(kept, one["measures"], strict=True):
            facets = set(measure) - {"measure", "value", "unit", "qualifier", "group", "note"}
            assert (
                figure.measure,
                figure.value,
                figure.unit,
                figure.qualifier,
                figure.heading,
                figure.note,
                figure.facets,
                figure.source,
                figure.starts_on.isoformat(),
                figure.ends_on.isoformat(),
            ) == (
                measure["measure"],
                measure["value"],
                measure["unit"],
                measure["qualifier"],
                measure.get("group"),
                measure.get("note"),
                {name: measure[name] for name in facets},
                one["source_url"],
                one["start"],
                one["end"],
            )


def test_what_a_set_says_beside_its_figures_is_kept(load):
    load(FILE.read_text())

    one = db.session.scalar(sa.select(PublishedSet).where(PublishedSet.code == "cl-gmp-2023-10"))

    assert one.publisher == "GMP (Challenger)"
    assert one.remainder["operation_type"] == "week_of_action"
    assert one.remainder["date_precision"] == "inferred"
    assert "ketamine" in one.remainder["attributes"]["drugs_seen"]
    assert len(one.remainder["also_at"]) == 1


def test_a_figure_was_true_when_its_paper_spoke_or_its_period_ended(load):
    load(FILE.read_text())

    assert {f.as_at.isoformat() for f in figures("cl-gmp-fy2022-23")} == {"2023-11-20"}
    assert [figures(f"vul-derker-{when}")[0].as_at.isoformat() for when in ("3w", "4w", "6m")] == [
        "2025-03-25",
        "2025-04-10",
        "2025-09-29",
    ]


def test_every_check_that_is_arithmetic_holds(load):
    load(FILE.read_text())

    found = {}
    for one in db.session.scalars(sa.select(PublishedSet).order_by(PublishedSet.code)):
        spoken = [Figure(f.measure, f.facets, f.value) for f in figures(one.code)]
        found |= {text: verdict(text, spoken).holds for text in one.checks}

    assert {text for text, holds in found.items() if holds is None} == IN_WORDS
    assert [text for text, holds in found.items() if holds is False] == []
    assert list(found.values()).count(True) == 23


def test_the_checks_in_words_hold_too(load):
    load(FILE.read_text())

    series = [
        next(f.value for f in figures(code) if f.measure == "arrests")
        for code in ("vul-derker-launch", "vul-derker-3w", "vul-derker-4w", "vul-derker-6m")
    ]
    line = {
        f.measure: f.value
        for f in figures("cl-gmp-2024-03")
        if f.facets.get("sub_line") == "Manchester-Huddersfield-Scotland line"
    }

    assert series == sorted(series) == [21, 22, 25, 160]
    assert line["bailed_at_court"] <= line["people_charged"] <= line["arrests"]


def test_loading_twice_adds_nothing_and_traces_nothing(load):
    load(FILE.read_text())
    before = db.session.scalar(sa.select(sa.func.count(Change.id)))

    tally = load(FILE.read_text())

    assert tally.sets == {"already there": 26}
    assert tally.figures == {"already there": 200}
    assert db.session.scalar(sa.select(sa.func.count(Change.id))) == before


def test_a_changed_figure_is_told_updated_and_traced(load):
    load(SMALL)

    tally = load(changed(value=43))

    assert tally.sets == {"changed": 1}
    assert tally.changed == ["one: 1 figure changed"]
    [figure, _] = figures("one")
    assert figure.value == 43
    trace = db.session.scalars(
        sa.select(Change).where(Change.object_id == figure.id, Change.before.is_not(None))
    ).one()
    assert (trace.before, trace.after, trace.reason) == (
        {"value": 39},
        {"value": 43},
        "Import of a test",
    )


def test_a_changed_description_of_a_set_is_traced_too(load):
    load(SMALL)
    file = copy.deepcopy(SMALL)
    file["result_sets"][0]["operation"] = "Another week"

    tally = load(file)

    assert tally.changed == ["one: its description"]
    trace = db.session.scalars(
        sa.select(Change).where(Change.object == "published_set", Change.before.is_not(None))
    ).one()
    assert trace.before == {"title": "A week"}


def test_a_figure_put_in_between_leaves_the_others_what_they_were(load):
    load(SMALL)
    ids = [figure.id for figure in figures("one")]
    file = copy.deepcopy(SMALL)
    file["result_sets"][0]["measures"].insert(
        1, {"measure": "arrests", "value": 9, "unit": "count", "qualifier": "exact", "sex": "male"}
    )

    load(file)

    assert [f.value for f in figures("one")] == [39, 9, Decimal("8.95")]
    assert [f.id for f in figures("one")][::2] == ids


def test_a_figure_that_is_gone_from_the_file_is_withdrawn_and_traced(load):
    load(SMALL)
    gone = figures("one")[1].id
    file = copy.deepcopy(SMALL)
    del file["result_sets"][0]["measures"][1]

    tally = load(file)

    assert tally.figures == {"already there": 1, "withdrawn": 1}
    trace = db.session.scalars(
        sa.select(Change).where(Change.object_id == gone, Change.before.is_not(None))
    ).one()
    assert trace.before["value"] == 8.95


def test_a_check_that_fails_is_told_and_the_figures_are_kept_as_published(load):
    tally = load(changed(value=40))

    assert tally.doubts == ['one: "arrests == 39": arrests == 39 is not so.']
    assert figures("one")[0].value == 40


@pytest.mark.parametrize(
    ("fields", "where", "sentence"),
    [
        ({"value": "many"}, "one, measure 1 (arrests), value", "Not a valid number."),
        ({"value": True}, "one, measure 1 (arrests), value", "Not a valid number."),
        ({"value": 1e300}, "one, measure 1 (arrests), value", "15 digits"),
        ({"qualifier": "roughly"}, "one, measure 1 (arrests), qualifier", "Must be one of"),
        ({"measure": ""}, "one, measure 1 (without a name), measure", "between 1 and 200"),
        ({"drug": {"name": "crack"}}, "one, measure 1 (arrests), drug", "A facet is a text"),
        ({"as_at": "soon"}, "one, measure 1 (arrests), as_at", "Not a valid date."),
    ],
)
def test_says_by_set_and_measure_what_is_wrong_and_loads_nothing(load, fields, where, sentence):
    with pytest.raises(Invalid) as refusal:
        load(changed(**fields))

    assert sentence in refusal.value.errors[where][0]
    assert where in refusal.value.sentence
    assert db.session.scalar(sa.select(sa.func.count(PublishedSet.id))) == 0


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"id": None}, "set 1, id"),
        ({"end": "2023-01-01"}, "one, end"),
        ({"measures": None}, "one, measures"),
        ({"measures": [5]}, "one, measure 1 (without a name)"),
        ({"publisher": 5}, "one, publisher"),
    ],
)
def test_says_what_is_wrong_with_a_set(load, change, where):
    file = copy.deepcopy(SMALL)
    file["result_sets"][0] |= change

    with pytest.raises(Invalid) as refusal:
        load(file)

    assert list(refusal.value.errors) == [where]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"result_sets": []}',
        '{"result_sets": [5]}',
        '{"result_sets": [{"id": "a", "operation": "b\\u0000", "publisher": "c", "measures": []}]}',
        '{"result_sets": [{"id": "\\ud800"}]}',
        '{"result_sets": [{"value": NaN}]}',
        "[" * 100_000,
    ],
)
def test_refuses_a_file_that_is_none(load, text):
    with pytest.raises(Invalid):
        load(text)


def test_refuses_a_set_that_is_in_the_file_twice(load):
    with pytest.raises(Invalid, match="one: It is in the file twice"):
        load({"result_sets": SMALL["result_sets"] * 2})


def test_the_command_tells_what_it_did(session, tmp_path):
    file = tmp_path / "week.json"
    file.write_text(json.dumps(SMALL))
    runner = click.testing.CliRunner()

    first, again = (runner.invoke(command, [str(file)]) for _ in range(2))
    file.write_text(json.dumps(changed(value=40)))
    last = runner.invoke(command, [str(file)])

    assert first.output == "1 set read: 1 added.\n2 figures read: 2 added.\n"
    assert again.output == "1 set read: 1 already there.\n2 figures read: 2 already there.\n"
    assert last.stdout.splitlines() == [
        "1 set read: 1 changed.",
        "2 figures read: 1 changed, 1 already there.",
        "Changed: one: 1 figure changed",
    ]
    assert "arrests == 39 is not so" in last.stderr


def test_the_command_refuses_what_is_no_text(session, tmp_path):
    file = tmp_path / "week.json"
    file.write_bytes(b"\xff\xfe")

    with pytest.raises(Invalid, match=r"week\.json is not UTF-8 text"):
        click.testing.CliRunner().invoke(command, [str(file)], catch_exceptions=False)


def test_every_qualifier_has_words_but_exact():
    said = {q: wording.quantity(4, "count", q) for q in QUALIFIERS}

    assert {q for q, text in said.items() if text == "4"} == {"exact"}
