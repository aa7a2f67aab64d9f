"""Searches: how many of what, what became of them, what was found, and nothing found."""

import datetime as dt

import marshmallow as ma
import pytest

from ops.results.kinds import KINDS
from ops.results.search_codes import CATEGORIES, OUTCOMES, TARGETS
from ops.results.seizure_codes import LISTS
from tests import factories

NOON = dt.datetime(2023, 10, 10, 12, tzinfo=dt.UTC)
SEARCH = KINDS["search"]


def completed(**detail):
    return SEARCH.complete(SEARCH.schema.load({"type": "prison"} | detail), NOON)


def searched(number, *what, **more):
    return {"what": what or ["cells"], "number": str(number)} | more


@pytest.fixture
def figures(lead, operation):
    """Ask for the operation's figures by the code of their measure."""

    def ask(**query):
        reply = lead.get(f"/api/v1/operations/{operation.id}/outcomes", query_string=query)
        return {each["code"]: each for each in reply.json["measures"]}

    return ask


@pytest.fixture
def behind(lead, operation):
    """Count the records behind a figure."""

    def ask(measure):
        reply = lead.get(f"/api/v1/operations/{operation.id}/results?measure={measure}")
        return len(reply.json)

    return ask


def test_each_target_has_its_own_sum_and_those_around_it():
    detail = completed(searched=[searched(5), searched(55, "visitors"), searched(20, "vehicles")])

    assert detail["numbers"] == {
        "cells": "5",
        "places": "5",
        "visitors": "55",
        "people": "55",
        "vehicles": "20",
        "people_and_vehicles": "75",
        "everything": "80",
    }


def test_what_was_counted_together_claims_no_split():
    together = searched(70, "anybody", "vehicles", qualifier="more_than")

    detail = completed(searched=[together])

    assert detail["numbers"] == {"people_and_vehicles": "70", "everything": "70"}
    assert set(detail["qualifiers"].values()) == {"more_than"}


def test_people_of_several_sorts_together_are_people():
    detail = completed(searched=[searched(30, "staff", "visitors")])

    assert detail["numbers"]["people"] == "30"
    assert not detail["numbers"].keys() & {"staff", "visitors"}


@pytest.mark.parametrize("kind", ["stop_search", "person"])
def test_a_short_log_of_a_person_is_one_person(kind):
    assert completed(type=kind)["numbers"]["people"] == "1"


def test_a_prison_search_without_a_count_counts_nothing():
    assert completed()["numbers"] == {}


def test_an_outcome_without_a_number_is_of_one():
    detail = completed(outcomes=[{"outcome": "ban"}, {"outcome": "refused_entry", "number": "55"}])

    assert detail["numbers"] == {"ban": "1", "refused_entry": "55"}


def test_the_lists_follow_from_what_was_found():
    detail = completed(finds=[{"category": "tobacco"}, {"category": "drugs"}])

    assert detail["lists"] == ["A", "C"]
    assert completed(finds=[{"category": "cash"}], lists=["B"])["lists"] == ["B"]


def test_every_list_of_a_category_is_one_of_the_act():
    assert {on_list for _, on_list in CATEGORIES.values()} - {None} == LISTS.keys()


def test_no_sum_has_the_name_of_another():
    names = [*TARGETS, *OUTCOMES]

    assert len(names) == len(set(names))
    assert SEARCH.quantities.keys() >= set(names)


@pytest.mark.parametrize(
    ("detail", "field"),
    [
        ({"type": "rummage"}, "type"),
        ({"searched": [{"what": [], "number": "5"}]}, "searched"),
        ({"searched": [{"what": ["cells"]}]}, "searched"),
        ({"searched": [searched("2.5")]}, "searched"),
        ({"dry_reason": "deterrence", "finds": [{"category": "drugs"}]}, "dry_reason"),
        ({"finds": [{"category": "drugs"}, {"category": "drugs"}]}, "finds"),
        ({"searched": [searched(2, "visitors")], "sex": "male"}, "sex"),
        ({"searched": [searched(1, "vehicles")], "ethnicity": "W1"}, "ethnicity"),
        ({"name": "John Smith"}, "name"),
    ],
)
def test_refuses_what_does_not_agree(detail, field):
    with pytest.raises(ma.ValidationError) as refused:
        completed(**detail)

    assert field in refused.value.normalized_messages()


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ({"searched": [searched(5)]}, "Name the prison"),
        ({"establishment": "HMP Manchester"}, "how many"),
        ({"type": "stop_search"}, "ethnicity"),
        ({"establishment": "HMP Risley", "searched": [searched(200_000)]}, "200,000"),
    ],
)
def test_says_what_a_reader_would_ask(detail, words):
    [remark] = SEARCH.remarks(completed(**detail))

    assert words in remark


def test_a_whole_record_asks_nothing():
    whole = completed(establishment="HMP Manchester", searched=[searched(5)])

    assert SEARCH.remarks(whole) == []


def test_five_cells_and_a_crowd_at_the_gate_are_counted_as_they_were(log, figures):
    log("search", {"searched": [searched(5)], "establishment": "HMP Forest Bank"})
    crowd = searched(70, "anybody", "vehicles", qualifier="more_than")
    log("search", {"type": "checkpoint", "searched": [crowd]})

    found = figures()

    assert found["cells_searched"]["value"] == "5"
    assert found["people_searched"]["value"] == "0"
    both = found["people_and_vehicles_searched"]
    assert (both["value"], both["qualifier"]) == ("70", "more_than")


def test_a_swab_is_no_search(log, figures):
    swabbed = searched(150, "vehicles", qualifier="more_than")
    log("search", {"searched": [swabbed], "methods": ["swab"]})
    log("search", {"searched": [searched(5, "vehicles")], "methods": ["swab", "dog"]})

    found = figures()

    assert found["vehicles_swabbed"]["value"] == "155"
    assert found["vehicles_searched"]["value"] == "5"


def test_a_find_incident_is_a_search_and_its_items_are_items(log, figures, behind):
    finds = [{"category": "drugs", "number": "3"}, {"category": "phones", "number": "7"}]
    log("search", {"finds": finds})
    log("search", {"finds": [{"category": "drugs"}]})
    log("search", {"dry_reason": "deterrence"})
    log("search")

    found = figures()

    values = {code: found[code]["value"] for code in (
        "find_incidents", "drug_find_incidents", "phone_find_incidents", "dry_runs",
    )}  # fmt: skip
    assert values == {
        "find_incidents": "2",
        "drug_find_incidents": "2",
        "phone_find_incidents": "1",
        "dry_runs": "1",
    }
    assert behind("find_incidents") == 2
    assert behind("dry_runs") == 1


def test_visitor_outcomes_are_counted_by_people(log, figures, behind):
    outcomes = [
        {"outcome": "dog_indication", "number": "61"},
        {"outcome": "refused_entry", "number": "55"},
        {"outcome": "fixed_penalty", "number": "6"},
        {"outcome": "closed_visit", "number": "2", "qualifier": "approx"},
    ]
    log("search", {"searched": [searched(300, "visitors")], "outcomes": outcomes})

    found = figures()

    assert found["visitors_refused_entry"]["value"] == "55"
    assert found["dog_indications"]["value"] == "61"
    assert found["fixed_penalties"]["value"] == "6"
    assert found["closed_visits"]["qualifier"] == "approx"
    assert behind("visitors_banned") == 0


def test_stop_searches_count_one_by_one_and_by_the_hundred(log, figures, lead, operation):
    log("search", {"type": "stop_search", "searched": [searched(500, "anybody")]})
    person = {"ethnicity": "B1", "age_band": "18-24", "sex": "male", "stop_outcome": "arrest"}
    log("search", {"type": "stop_search", **person})

    found = figures()
    reply = lead.get(f"/api/v1/operations/{operation.id}/results?kind=search&ethnicity=B1")

    assert found["stop_searches"]["value"] == "501"
    assert found["people_searched"]["value"] == "501"
    assert len(reply.json) == 1


def test_a_search_is_named_by_its_site(log):
    site = factories.site(name="HMP Manchester")

    record = log("search", {"site": str(site.id), "establishment": "Strangeways"})

    assert record["detail"]["establishment"] == "HMP Manchester"


def test_a_site_that_is_not_there_is_refused_in_a_sentence(lead, operation):
    detail = {"type": "prison", "site": str(operation.id)}
    body = {"kind": "search", "occurred_at": "2026-11-02T12:00:00Z", "detail": detail}

    reply = lead.post(f"/api/v1/operations/{operation.id}/results", json=body)

    assert reply.status_code == 409
    assert "no such site" in reply.json["detail"]


def test_a_correction_counts_anew(lead, log, figures):
    record = log("search", {"searched": [searched(5)]})
    there = f"/api/v1/results/{record['id']}"
    etag = lead.get(there).headers["ETag"]

    body = {"reason": "Miscounted", "detail": {"searched": [searched(6)]}}
    corrected = lead.patch(there, json=body, headers={"If-Match": etag})

    assert corrected.status_code == 200
    assert figures()["cells_searched"]["value"] == "6"
