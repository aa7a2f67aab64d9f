"""Closed premises: the kinds of closure kept apart, the same premises told however written."""

import datetime as dt

import marshmallow as ma
import pytest

from ops.results.kinds import KINDS
from ops.results.kinds.premises import premises_key, remarks

NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
CLOSURE = KINDS["premises_closure"]


def closed(**detail):
    return CLOSURE.complete(CLOSURE.schema.load({"closure": "landlord_action"} | detail), NOON)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("100012345678", "1 High St"), ("100012345678", None)),
        (("00123", None), ("123", None)),
        ((None, "12 Bury New Road, Manchester"), (None, "12  BURY NEW ROAD MANCHESTER.")),
        ((None, "12 St Anne's Row"), (None, "12 St Anne’s Row")),
        ((None, None, "Ace Phones"), (None, None, "ACE PHONES")),
    ],
)
def test_premises_are_the_same_however_they_are_written(one, other):
    assert premises_key(*one) == premises_key(*other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((None, "12 Bury New Road"), (None, "21 Bury New Road")),
        (("123", "12 Bury New Road"), ("124", "12 Bury New Road")),
    ],
)
def test_premises_that_differ_are_told_apart(one, other):
    assert premises_key(*one) != premises_key(*other)


def test_nothing_said_tells_no_premises():
    assert premises_key(None, None, "…") is None


@pytest.mark.parametrize(
    ("detail", "field"),
    [
        ({"closure": "boarded_up"}, "closure"),
        ({"uprn": "12 High St"}, "uprn"),
        ({"closed_on": "2026-11-02", "closed_until": "2026-11-01"}, "closed_until"),
        ({"closed_on": "2026-11-02", "reopened_on": "2026-11-01"}, "reopened_on"),
    ],
)
def test_refuses_what_does_not_agree(detail, field):
    with pytest.raises(ma.ValidationError) as refused:
        closed(**detail)

    assert field in refused.value.normalized_messages()


def test_days_that_the_record_gives_are_held_by_the_database(lead, operation):
    body = {
        "kind": "premises_closure",
        "occurred_at": NOON.isoformat(),
        "detail": {"closure": "other", "closed_until": "2026-11-01"},
    }

    reply = lead.post(f"/api/v1/operations/{operation.id}/results", json=body)

    assert reply.status_code == 409
    assert reply.json["detail"] == "A closure can't end before it starts."


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ({"closed_until": "2026-12-02"}, []),
        (
            {"closed_until": "2026-11-08"},
            ["The closure ended on 8 Nov 2026; say whether the premises reopened."],
        ),
        (
            {"closed_until": "2026-11-08", "reopened_on": "2026-11-09"},
            ["The premises reopened on 9 Nov 2026."],
        ),
    ],
)
def test_it_asks_whether_premises_reopened(detail, said):
    assert remarks(closed(**detail), dt.date(2026, 11, 10)) == said


def test_it_can_be_confirmed_once_it_is_known_which_premises(log, second):
    unnamed, named = log("premises_closure"), log("premises_closure", {"address": "1 High St"})

    replies = [
        second.post(f"/api/v1/results/{record['id']}/confirm") for record in (unnamed, named)
    ]

    assert [reply.status_code for reply in replies] == [409, 200]
    assert "which premises" in replies[0].json["detail"]


def test_the_ways_of_closing_are_counted_apart(log, lead, operation):
    for closure, trade in (
        ("emptied_and_closed", "counterfeit"),
        ("emptied_and_closed", "counterfeit"),
        ("closure_order", "dwelling"),
    ):
        log("premises_closure", {"closure": closure, "trade": trade})

    by = {}
    for facet in ("closure", "trade"):
        reply = lead.get(f"/api/v1/operations/{operation.id}/outcomes?by={facet}").json
        [figure] = [each for each in reply["measures"] if each["code"] == "premises_closed"]
        by[facet] = {group["key"]: group["value"] for group in figure["groups"]}

    assert by == {
        "closure": {"emptied_and_closed": "2", "closure_order": "1"},
        "trade": {"counterfeit": "2", "dwelling": "1"},
    }


def test_reopening_leaves_the_confirmation_standing(log, lead, second):
    record = log("premises_closure", {"address": "1 High St"})
    there = f"/api/v1/results/{record['id']}"
    second.post(f"{there}/confirm")
    etag = lead.get(there).headers["ETag"]

    body = {"reason": "It opened again", "detail": {"reopened_on": "2026-11-20"}}
    corrected = lead.patch(there, json=body, headers={"If-Match": etag}).json

    assert corrected["status"] == "confirmed"
    assert corrected["remarks"] == ["The premises reopened on 20 Nov 2026."]
