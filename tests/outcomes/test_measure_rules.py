"""What a definition must be: whole, known, in no circle; and its words."""

import pytest

from ops.outcomes import measure_rules
from ops.outcomes.measure_text import words

ARRESTS = {"kind": "arrest", "where": {}, "sum": None, "counts_when": "recorded"}
CHARGED = ARRESTS | {"where": {"disposal": ["charged", "charged_remanded"]}}
RATE = {"ratio": {"of": "charged", "to": "arrests"}, "times": 100}
OTHERS = {"arrests": ARRESTS, "charged": CHARGED, "rate": RATE}


def counted(**change):
    return measure_rules.stored({"kind": "arrest"} | change)


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Arrests of adults", "arrests_of_adults"),
        ("  £1,000 and more!", "1_000_and_more"),
        ("A" * 80, "a" * 60),
        ("…", ""),
    ],
)
def test_a_code_is_made_of_the_label(label, code):
    assert measure_rules.code_of(label) == code


def test_what_says_nothing_is_not_kept():
    sent = {"kind": "arrest", "where": {"sex": []}, "unless": [{"sex": []}], "parts": []}

    assert measure_rules.stored(sent) == ARRESTS


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "kind"),
        ({"kind": "arrest", "ratio": {"of": "a", "to": "b"}}, "ratio"),
        ({"attainment": "arrests", "kind": "arrest"}, "attainment"),
        ({"attainment": "arrests", "sum": "value"}, "sum"),
        ({"ratio": {"of": "a", "to": "b"}, "where": {"sex": ["male"]}}, "where"),
    ],
)
def test_a_definition_is_made_one_way(sent, field):
    assert field in measure_rules.ways_of(sent)


@pytest.mark.parametrize(
    ("definition", "field"),
    [
        (counted(kind="rumour"), "kind"),
        (counted(where={"shoe_size": ["9"]}), "where.shoe_size"),
        (counted(where={"sex": ["seldom"]}), "where.sex"),
        (counted(sum="weight"), "sum"),
        (counted(parts=["nothing_like_it"]), "parts"),
        (counted(parts=["arrests"]), "parts"),
        (counted(where={"disposal": ["charged"]}, parts=["charged"]), "parts"),
        (counted(counts_when="confirmed", parts=["charged"]), "parts"),
        (counted(kind="warrant", parts=["charged"]), "parts"),
        ({"ratio": {"of": "arrests", "to": "nothing"}, "times": 1}, "ratio.to"),
        ({"attainment": "nothing"}, "attainment"),
    ],
)
def test_says_what_is_wrong_with_a_definition(definition, field):
    assert field in measure_rules.problems(definition, "new", OTHERS)


@pytest.mark.parametrize("field", ["sum", "distinct"])
def test_adds_up_or_counts_once_but_not_both(field):
    sent = counted(kind="seizure", sum="value", distinct="exhibit")

    assert "distinct" in measure_rules.problems(sent, "new", OTHERS)


@pytest.mark.parametrize(
    ("code", "definition"),
    [
        ("charged", {"ratio": {"of": "rate", "to": "arrests"}, "times": 1}),
        ("rate", {"attainment": "rate"}),
        ("arrests", {"attainment": "rate"}),
    ],
)
def test_nothing_is_worked_out_from_itself(code, definition):
    assert measure_rules.problems(definition, code, OTHERS)


def test_a_right_definition_has_no_problem():
    assert measure_rules.problems(counted(parts=["charged"]), "new", OTHERS) == {}
    assert measure_rules.problems(RATE, "another", OTHERS) == {}


@pytest.mark.parametrize(
    ("definition", "unit"),
    [
        (counted(), "count"),
        (counted(kind="seizure", sum="value"), "GBP"),
        (RATE, "percent"),
        ({"attainment": "arrests"}, "percent"),
        ({"ratio": {"of": "charged", "to": "arrests"}, "times": 1}, "count"),
        ({"ratio": {"of": "cash", "to": "arrests"}, "times": 1}, "GBP"),
        ({"ratio": {"of": "arrests", "to": "cash"}, "times": 1}, None),
    ],
)
def test_the_unit_follows_from_what_is_worked_out(definition, unit):
    units = {"charged": "count", "arrests": "count", "cash": "GBP"}

    assert measure_rules.unit_of(definition, units) == unit


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        (counted(), "Counts arrest records."),
        (
            counted(where={"disposal": ["charged", "caution"]}, unless=[{"sex": ["unknown"]}]),
            (
                "Counts arrest records with “disposal: charged or caution”, leaving out"
                " those with “sex: not known”."
            ),
        ),
        (
            counted(kind="seizure", sum="value", where={"category": ["cash"]}),
            "Adds up the value of seizure records with “category: cash”.",
        ),
        (
            counted(counts_when="confirmed", period="financial_year"),
            (
                "Counts arrest records. A record counts once it is confirmed; until then it is"
                " provisional. It runs from 1 April to the end of the period that is asked for."
            ),
        ),
        (
            counted(parts=["charged"]),
            (
                "Counts arrest records. Its parts are “People charged”; the rest is shown"
                " as what is left."
            ),
        ),
        (RATE, "“People charged” divided by “Arrests”, as a percentage."),
        ({"attainment": "arrests"}, "How much of its target “Arrests” has reached."),
        ({"kind": "rumour"}, "Counts a kind of result that is no longer recorded."),
    ],
)
def test_a_definition_reads_as_plain_english(definition, said):
    assert words(definition, {"charged": "People charged", "arrests": "Arrests"}) == said
