"""Likely doubles are found as they are logged, and shown to whoever sees both."""

import datetime as dt

import pytest
import sqlalchemy as sa

from ops import db
from ops.results.kinds import KINDS
from ops.results.models import LikelyDouble
from tests import factories
from tests.factories import NOON

VISIT = {"actions": ["safeguarded"]}
CLAIM = {"four_p": "pursue", "level_claimed": "minor", "target": "group"}
# The least that each kind says of itself.
LEAST = {
    "arrest": {"reason": "theft"},
    "court_order": {"order_type": "stpo"},
    "disruption": CLAIM,
    "engagement": {"activity": "school_session"},
    "line": {"name": "The Jay line"},
    "line_change": {"line_name": "The Jay line", "change": "dormant"},
    "line_closure": {"type": "type_2"},
    "order_breach": {"order_type": "stpo"},
    "partner_action": {"action": "visit"},
    "premises_closure": {"closure": "landlord_action"},
    "resource": {"counts": [{"what": "officers", "number": "60"}]},
    "safeguarding": VISIT,
    "search": {"type": "prison", "searched": [{"what": ["cells"], "number": "5"}]},
    "seizure": {"category": "package"},
    "warrant": {"power": "mda_23"},
}
ARREST = {"reason": "supply_class_a", "age_band": "18-24", "sex": "male"}
HERE, NEXT_DOOR, ELSEWHERE = [-2.24, 53.485], [-2.2401, 53.4851], [-2.20, 53.50]


def log(client, operation, kind="arrest", detail=ARREST, at=NOON, place=HERE, **fields):
    """Log a result; give the reply."""
    sent = {
        "kind": kind,
        "occurred_at": at.isoformat(),
        "detail": detail,
        "position": {"type": "Point", "coordinates": place},
        **fields,
    }
    reply = client.post(f"/api/v1/operations/{operation.id}/results", json=sent)
    assert reply.status_code == 201, reply.json
    return reply.json


def doubles(client, **query):
    """List the pairs that somebody sees."""
    return client.get("/api/v1/doubles", query_string=query).json


@pytest.fixture
def officers(client_as):
    """Two officers of the force."""
    return client_as("officer"), client_as("officer")


@pytest.mark.parametrize(
    ("kind", "first", "second", "reason"),
    [
        (
            "arrest",
            ARREST | {"custody_ref": "06CD/1/26"},
            {"reason": "theft", "custody_ref": "06CD/1/26"},
            "custody_ref",
        ),
        (
            "warrant",
            {"power": "mda_23", "reference": "W/12/26"},
            {"power": "pace_8", "reference": "W/12/26"},
            "reference",
        ),
        (
            "line",
            {"name": "The Jay line", "numbers": ["07700 900123"]},
            {"name": "JJ", "numbers": ["07700900123"]},
            "number",
        ),
        ("line", {"name": "The Jay line"}, {"name": "the jay line"}, "line_name"),
        (
            "arrest",
            ARREST | {"person_ref": "P/1"},
            {"reason": "theft", "person_ref": "P/1"},
            "person_ref",
        ),
        (
            "safeguarding",
            VISIT | {"person_ref": "Q/1"},
            VISIT | {"person_ref": "Q/1"},
            "person_ref",
        ),
        (
            "premises_closure",
            {"closure": "landlord_action", "address": "1 High St"},
            {"closure": "landlord_action", "address": "1, high st."},
            "premises_key",
        ),
        (
            "disruption",
            CLAIM | {"target_ref": "L/1"},
            CLAIM | {"target_ref": "L/1", "level_claimed": "major"},
            "target_ref",
        ),
        (
            "court_order",
            {"order_type": "stpo", "subject_ref": "S/1"},
            {"order_type": "stpo", "subject_ref": "S/1"},
            "subject_ref",
        ),
    ],
)
def test_the_same_reference_far_apart_is_found(officers, kind, first, second, reason):
    one, other = officers
    operations = factories.operation(), factories.operation()

    log(one, operations[0], kind, first)
    said = log(other, operations[1], kind, second, place=ELSEWHERE)

    [pair] = doubles(one)
    assert reason in pair["reasons"]
    assert any("may be logged twice" in remark for remark in said["remarks"])


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, 1),
        ({"place": ELSEWHERE}, 0),
        ({"at": NOON + dt.timedelta(minutes=45)}, 0),
        ({"detail": ARREST | {"sex": "female"}}, 0),
        ({"kind": "warrant", "detail": {"power": "mda_23"}}, 0),
    ],
)
def test_two_people_near_each_other_may_log_the_same_thing(officers, change, found):
    one, other = officers
    operation = factories.operation()

    log(one, operation)
    log(other, operation, **{"place": NEXT_DOOR, "at": NOON + dt.timedelta(minutes=10)} | change)

    assert len(doubles(one)) == found


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_looked_for_nearby(officers, kind):
    one, other = officers
    operation = factories.operation()

    log(one, operation, kind, LEAST[kind])
    log(other, operation, kind, LEAST[kind], place=NEXT_DOOR)

    [pair] = doubles(one)
    assert (pair["kind"], "near" in pair["reasons"]) == (kind, True)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("search", {"searched": [{"what": ["cells"], "number": "6"}]}),
        ("search", {"searched": [{"what": ["cells"], "number": "5", "qualifier": "approx"}]}),
        ("resource", {"counts": [{"what": "officers", "number": "58"}]}),
        ("premises_closure", {"closure": "closure_order"}),
        ("engagement", {"activity": "training"}),
    ],
)
def test_what_counts_something_else_is_another_thing(officers, kind, change):
    one, other = officers
    operation = factories.operation()

    log(one, operation, kind, LEAST[kind])
    log(other, operation, kind, LEAST[kind] | change, place=NEXT_DOOR)

    assert doubles(one) == []


def test_one_near_in_another_operation_is_found(officers):
    one, other = officers

    log(one, factories.operation())
    log(other, factories.operation(), place=NEXT_DOOR)

    assert [pair["reasons"] for pair in doubles(one)] == [["near"]]


@pytest.mark.parametrize(
    ("hours", "more", "found"),
    [(2, {}, 1), (26, {}, 0), (2, {"custody_ref": "06CD/2/26"}, 0)],
)
def test_a_person_is_arrested_again_another_day(officers, hours, more, found):
    one, other = officers
    operation = factories.operation()
    detail = {"reason": "theft", "person_ref": "P/1"}

    log(one, operation, detail=detail | {"custody_ref": "06CD/1/26"})
    later = NOON + dt.timedelta(hours=hours)
    log(other, operation, detail=detail | {"reason": "burglary"} | more, at=later)

    assert len(doubles(one)) == found


def test_a_backlog_of_one_moment_is_not_compared_each_with_each(officers):
    one, _ = officers
    operation = factories.operation()
    item = {
        "kind": "arrest",
        "operation": str(operation.id),
        "occurred_at": NOON.isoformat(),
        "detail": {"reason": "theft"},
    }

    reply = one.post("/api/v1/results/batch", json={"items": [item] * 30})

    pairs = db.session.scalar(sa.select(sa.func.count()).select_from(LikelyDouble))
    assert 29 <= pairs <= 30 * 5
    said = [len(each["result"]["remarks"]) for each in reply.json["items"]]
    assert min(said) >= 1
    assert max(said) <= 5


def test_doubles_of_its_own_operation_come_first(officers, client_as):
    one, other = officers
    mine = factories.operation()
    detail = {"reason": "theft", "custody_ref": "06CD/1/26"}
    for _ in range(6):
        log(one, factories.operation(), detail=detail)
    first = log(one, mine, detail=detail)

    second = log(other, mine, detail=detail | {"reason": "burglary"})

    pairs = doubles(one, operation=str(mine.id), limit=200)
    ids = [{record["id"] for record in pair["records"]} for pair in pairs]
    assert {first["id"], second["id"]} in ids


def test_a_struck_record_takes_no_place(officers, client_as):
    one, other = officers
    operation = factories.operation()
    struck = log(one, operation)
    address = f"/api/v1/results/{struck['id']}"
    one.post(f"{address}/strike", json={"reason": "A slip"})

    said = log(other, operation, place=NEXT_DOOR)

    assert db.session.scalar(sa.select(sa.func.count()).select_from(LikelyDouble)) == 0
    assert said["remarks"] == []


def test_two_custody_references_are_two_arrests(officers):
    one, other = officers
    operation = factories.operation()

    log(one, operation, detail=ARREST | {"custody_ref": "06CD/1/26"})
    log(other, operation, detail=ARREST | {"custody_ref": "06CD/2/26"})

    assert doubles(one) == []


def test_one_person_who_logs_several_things_is_not_asked_about_each(officers):
    one, _ = officers
    operation = factories.operation()

    log(one, operation)
    log(one, operation, note="His brother")

    assert doubles(one) == []


def test_one_person_who_logs_the_same_twice_is(officers):
    one, _ = officers
    operation = factories.operation()

    log(one, operation)
    log(one, operation, at=NOON + dt.timedelta(minutes=1))

    assert len(doubles(one)) == 1


def test_a_reference_that_comes_later_is_looked_up(officers):
    one, other = officers
    operation = factories.operation()
    log(one, operation, detail=ARREST | {"custody_ref": "06CD/1/26"})
    record = log(other, operation, detail={"reason": "theft"})

    other.patch(
        f"/api/v1/results/{record['id']}",
        json={"reason": "Booked in", "detail": {"custody_ref": "06CD/1/26"}},
        headers={"If-Match": other.get(f"/api/v1/results/{record['id']}").headers["ETag"]},
    )

    assert [pair["reasons"] for pair in doubles(one)] == [["custody_ref"]]


def test_a_double_in_an_operation_one_does_not_see_is_not_told(officers, client_as):
    one, other = officers
    covert = factories.operation(visibility="covert")
    factories.member(covert, other.person)
    desk = client_as("desk")
    factories.member(covert, desk.person, "analyst")
    log(other, covert, detail=ARREST | {"custody_ref": "06CD/1/26"})

    said = log(one, factories.operation(), detail=ARREST | {"custody_ref": "06CD/1/26"})

    assert said["remarks"] == []
    assert doubles(one) == []
    [pair] = doubles(desk)
    assert one.get(f"/api/v1/doubles/{pair['id']}").status_code == 404


def test_a_batch_finds_doubles_within_itself(officers):
    one, _ = officers
    operation = factories.operation()
    item = {
        "kind": "arrest",
        "operation": str(operation.id),
        "occurred_at": NOON.isoformat(),
        "detail": ARREST | {"custody_ref": "06CD/1/26"},
    }

    reply = one.post("/api/v1/results/batch", json={"items": [item, item]})

    assert reply.status_code == 207
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LikelyDouble)) == 1
    assert all(
        "may be logged twice" in each["result"]["remarks"][0] for each in reply.json["items"]
    )


def test_the_page_of_a_record_leads_to_its_pair(officers, session):
    operation = factories.operation()
    record, _ = (
        log(officer, operation, detail=ARREST | {"custody_ref": "06CD/1/26"})
        for officer in officers
    )
    [pair] = doubles(officers[0])

    page = officers[0].get(f"/results/{record['id']}").text

    assert f'<a class="govuk-link" href="/doubles/{pair["id"]}">Compare the two</a>' in page
