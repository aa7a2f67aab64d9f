"""The pages of measures: read in words, composed step by step, nothing typed lost."""

import pytest

from tests import factories
from tests.outcomes.records import arrest

TYPED = {
    "label": "Arrests of men",
    "four_p": "pursue",
    "aggregate": "records",
    "definition.counts_when": "recorded",
    "definition.period": "any",
    "definition.where.sex[]": ["", "male"],
    "leave.reason[]": ["", "theft"],
}


@pytest.fixture
def analyst(client_as):
    return client_as("analyst")


def test_each_measure_is_said_in_words(analyst):
    page = analyst.get("/measures").text

    assert "Counts deal line records." in page
    assert "Counts warrant records with “executed: executed”." in page


def test_only_who_may_define_is_asked_to(client_as):
    assert "Define a measure" not in client_as("officer").get("/measures").text
    assert client_as("officer").get("/measures/new").status_code == 403


def test_what_to_measure_is_chosen_first(analyst):
    page = analyst.get("/measures/new").text

    assert "/measures/new?way=arrest" in page
    assert "/measures/new?way=ratio" in page


def test_a_definition_is_tried_and_stays_as_typed(analyst, session):
    operation = factories.operation()
    for sex in ("male", "male", "female"):
        arrest(operation, sex=sex)

    reply = analyst.post("/measures/new?way=arrest", data=TYPED | {"act": "preview"})

    assert reply.status_code == 200
    assert "Counts arrest records with “sex: male”, leaving out those with" in reply.text
    assert reply.text.count('href="/results/') == 2
    assert 'value="Arrests of men"' in reply.text
    assert reply.text.count(" checked") >= 5


def test_what_was_composed_is_saved(analyst):
    reply = analyst.post("/measures/new?way=arrest", data=TYPED | {"act": "save"})

    assert reply.status_code == 303
    [made] = analyst.get("/api/v1/measures?code=arrests_of_men").json
    assert made["definition"] == {
        "kind": "arrest",
        "where": {"sex": ["male"]},
        "unless": [{"reason": ["theft"]}],
        "sum": None,
        "counts_when": "recorded",
    }
    assert "The measure is saved" in analyst.get(reply.location).text


@pytest.mark.parametrize(
    ("way", "typed", "definition"),
    [
        (
            "ratio",
            {
                "definition.ratio.of": "people_charged",
                "definition.ratio.to": "arrests",
                "definition.times": "100",
            },
            {"ratio": {"of": "people_charged", "to": "arrests"}, "times": 100},
        ),
        ("attainment", {"definition.attainment": "arrests"}, {"attainment": "arrests"}),
        (
            "seizure",
            {"aggregate": "sum.value", "definition.counts_when": "confirmed"},
            {"kind": "seizure", "where": {}, "sum": "value", "counts_when": "confirmed"},
        ),
    ],
)
def test_every_way_of_measuring_can_be_composed(analyst, way, typed, definition):
    typed = {"label": "Another", "four_p": "pursue", "act": "save"} | typed

    reply = analyst.post(f"/measures/new?way={way}", data=typed)

    assert reply.status_code == 303, reply.text
    assert analyst.get("/api/v1/measures?code=another").json[0]["definition"] == definition


@pytest.mark.parametrize(
    ("way", "typed", "says"),
    [
        ("arrest", {"label": "", "four_p": "pursue"}, "Enter name."),
        ("arrest", {"label": "Arrests", "four_p": "pursue"}, "There is a measure of this name"),
        ("ratio", {"label": "A rate", "four_p": "pursue"}, "Choose"),
        ("attainment", {"label": "A share", "four_p": "pursue"}, "Choose a kind of result"),
    ],
)
def test_what_is_wrong_stands_beside_what_was_typed(analyst, way, typed, says):
    reply = analyst.post(f"/measures/new?way={way}", data=typed | {"act": "save"})

    assert reply.status_code == 422
    assert says in reply.text
    assert "There is a problem" in reply.text


def test_a_measure_shows_its_versions_and_who_made_them(analyst):
    analyst.post("/measures/arrests", data=TYPED | {"act": "save", "reason": "Men alone."})

    page = analyst.get("/measures/arrests").text

    assert "Version 2: Arrests of men" in page
    assert "Men alone." in page
    assert "Version 1: Arrests" in page
    assert analyst.person.name in page


def test_a_change_needs_a_reason(analyst):
    reply = analyst.post("/measures/arrests", data=TYPED | {"act": "save"})

    assert reply.status_code == 422
    assert "Say why the definition changes." in reply.text


def test_what_leaves_out_a_combination_stays(analyst):
    both = {"sex": ["male"], "reason": ["theft"]}
    definition = {"kind": "arrest", "unless": [both]}
    sent = {"code": "arrests", "label": "Arrests", "four_p": "pursue", "reason": "So."}
    analyst.post("/api/v1/measures", json=sent | {"definition": definition})

    analyst.post("/measures/arrests", data=TYPED | {"act": "save", "reason": "Men alone."})

    [*_, newest] = analyst.get("/api/v1/measures?code=arrests").json
    assert newest["definition"]["unless"] == [both, {"reason": ["theft"]}]


def test_a_measure_is_withdrawn_and_restored_with_a_reason(analyst):
    for act in ("withdraw", "restore"):
        assert analyst.post("/measures/arrests", data={"act": act}).status_code == 422
        reply = analyst.post("/measures/arrests", data={"act": act, "end_reason": "So."})
        assert reply.status_code == 303, reply.text

    page = analyst.get("/measures/arrests").text
    assert "Withdrawn: So." in page


def test_a_measure_that_is_not_there_is_missing(analyst):
    assert analyst.get("/measures/nothing").status_code == 404


def test_a_hidden_count_has_no_way_to_its_records(analyst, session):
    operation = factories.operation()
    for sex in ["male"] * 9 + ["female"] * 2 + ["unknown"] * 6:
        arrest(operation, sex=sex)

    page = analyst.get(f"/operations/{operation.id}/outcomes?by=sex").text

    assert "Hidden" in page
    assert "key=male" in page
    assert "key=female" not in page


def test_a_measure_with_nothing_but_hidden_counts_is_named_without_a_table(analyst, session):
    operation = factories.operation()
    for _ in range(9):
        arrest(operation, sex="male")
    few = factories.operation()
    arrest(few, sex="female")

    page = analyst.get(f"/operations/{few.id}/outcomes?by=sex").text

    assert "Too few to be broken down" in page
    assert "<caption" not in page
    assert "<caption" in analyst.get(f"/operations/{operation.id}/outcomes?by=sex").text


def test_the_strategy_has_a_board_of_its_own(analyst, session):
    arrest(factories.operation())
    lines = [
        {"measure": "arrests", "label": "People arrested for it", "four_p": "pursue"},
        {"measure": "communities_funded", "label": "Communities funded", "four_p": "protect"},
    ]
    read = {"If-Match": analyst.get("/api/v1/framework").headers["ETag"]}
    analyst.put("/api/v1/framework", json={"lines": lines}, headers=read)

    page = analyst.get("/outcomes").text

    assert "The strategy’s measures" in page
    assert "People arrested for it" in page
    assert "Reported figures only; none yet" in page
    assert "The strategy’s measures" not in analyst.get("/outcomes?theme=drugs").text
