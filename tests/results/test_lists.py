"""Lists of results: newest first, narrowed by what they are, in few statements."""

import itertools

import pytest

from tests import factories
from tests.results.conftest import SMALLEST

INSIDE = {"type": "Point", "coordinates": [-2.2441, 53.4856]}
OUTSIDE = {"type": "Point", "coordinates": [-2.5, 53.6]}


@pytest.fixture
def listed(lead, operation):
    """List the operation's results, by their notes."""

    def read(address=f"/api/v1/operations/{operation.id}/results", **query):
        reply = lead.get(address, query_string=query)
        assert reply.status_code == 200, reply.text
        return [record["note"] or record["kind"] for record in reply.json]

    return read


def test_the_newest_comes_first(log, listed):
    for hour in (12, 14, 13):
        log(note=f"{hour}", occurred_at=f"2026-11-02T{hour}:00:00Z")

    assert listed() == ["14", "13", "12"]


def test_a_list_gives_each_record_as_it_is_shown_alone(log, lead, operation):
    records = [log(kind) for kind in SMALLEST]

    shown = lead.get(f"/api/v1/operations/{operation.id}/results").json

    by_id = {record["id"]: record for record in records}
    alone = {"areas", "relation", "remarks"}
    assert len(shown) == len(records)
    for record in shown:
        whole = by_id[record["id"]]
        assert record == {name: part for name, part in whole.items() if name not in alone}


def test_pages_hold_what_is_led_and_what_is_supported_in_one_order(log, lead, operation):
    other = factories.operation()
    times = [f"2026-11-02T1{hour}:00:00Z" for hour in range(6)]
    for number, at in enumerate(times):
        support = {"to": other, "credits": [str(operation.id)]} if number % 2 else {}
        log(occurred_at=at, **support)

    seen, address = [], f"/api/v1/operations/{operation.id}/results?limit=2"
    while address:
        reply = lead.get(address)
        seen += [record["occurred_at"] for record in reply.json]
        address = reply.headers.get("Link", "")[1:].partition(">")[0]

    assert [at.replace("+00:00", "Z") for at in seen] == times[::-1]


def test_pages_hold_each_record_once(log, lead, operation):
    ids = {log(occurred_at="2026-11-02T12:00:00Z")["id"] for _ in range(5)}

    seen, address = [], f"/api/v1/operations/{operation.id}/results?limit=2"
    while address:
        reply = lead.get(address)
        seen += [record["id"] for record in reply.json]
        address = reply.headers.get("Link", "")[1:].partition(">")[0]

    assert len(seen) == 5
    assert set(seen) == ids


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"kind": "arrest"}, ["child", "adult"]),
        ({"kind": ["arrest", "warrant"]}, ["warrant", "child", "adult"]),
        ({"drug": "heroin"}, ["heroin"]),
        ({"drug": ["heroin", "cocaine"]}, ["cocaine", "heroin"]),
        ({"drug": "heroin", "drug_class": "B"}, []),
        ({"age_group": "child"}, ["child"]),
        ({"disposal": "charged"}, ["adult"]),
        ({"outcome": "nil"}, ["warrant"]),
        ({"from": "2026-11-02T15:30:00Z"}, ["warrant"]),
        ({"from": "2026-11-02T13:00:00Z", "to": "2026-11-02T15:00:00Z"}, ["heroin", "child"]),
        ({"to": "2026-11-01"}, []),
        ({"from": "2026-11-02", "to": "2026-11-02", "kind": "warrant"}, ["warrant"]),
        ({"measure": "drugs_weight_seized"}, ["cocaine", "heroin"]),
        ({"measure": "drugs_weight_seized", "drug": "heroin"}, ["heroin"]),
        ({"measure": "people_charged"}, ["adult"]),
        ({"status": "confirmed"}, []),
    ],
)
def test_narrows_by_what_a_result_is(log, listed, query, expected):
    hours = (f"2026-11-02T{hour}:00:00Z" for hour in itertools.count(12))
    charged = [{"code": "charged"}]
    log(
        "arrest", {"age_band": "18-24", "disposals": charged}, note="adult", occurred_at=next(hours)
    )
    log("arrest", {"age_band": "10-17"}, note="child", occurred_at=next(hours))
    for drug in ("heroin", "cocaine"):
        detail = {"category": "drugs", "drug": drug, "quantity": "1", "unit": "kg"}
        log("seizure", detail, note=drug, occurred_at=next(hours))
    log("warrant", note="warrant", occurred_at=next(hours))

    assert listed(**query) == expected


def test_narrows_by_place_deployment_and_who_recorded_it(log, listed, client_as, operation):
    factories.boundary("E08000003")
    area, deployment = factories.area(operation), factories.deployment(operation)
    partner = client_as("officer", organisation=factories.organisation("SALFORD"))
    factories.member(operation, partner.person)
    log(note="inside", position=INSIDE)
    log(note="outside", position=OUTSIDE, deployment=str(deployment.id))
    log(note="theirs", client=partner)

    assert listed(area=str(area.id)) == ["inside"]
    assert listed(district="E08000003") == ["inside"]
    assert listed(deployment=str(deployment.id)) == ["outside"]
    assert listed(organisation="SALFORD") == ["theirs"]


def test_struck_results_are_listed_when_asked_for(log, lead, listed):
    record = log(note="struck")
    lead.post(f"/api/v1/results/{record['id']}/strike", json={"reason": "Slip"})

    assert listed() == []
    assert listed(struck="true") == ["struck"]
    assert listed(status="struck") == ["struck"]


def test_results_of_several_operations_are_listed_once_each(log, listed):
    one, other = factories.operation(), factories.operation()
    log(note="both", to=one, credits=[str(other.id)], occurred_at="2026-11-02T14:00:00Z")
    log(note="other", to=other, occurred_at="2026-11-02T13:00:00Z")
    log(note="neither")

    assert listed(f"/api/v1/operations/{other.id}/results") == ["both", "other"]
    assert listed("/api/v1/results", operation=[str(one.id), str(other.id)]) == ["both", "other"]
    assert set(listed("/api/v1/results")) == {"both", "other", "neither"}


@pytest.mark.parametrize(
    "query",
    [
        {"measur": "arrests"},
        {"measure": "no_such_measure"},
        {"drug": "oregano"},
        {"kind": "rumour"},
        {"from": "yesterday"},
        {"limit": "1000"},
        {"cursor": "abc"},
        {"area": "here"},
    ],
)
def test_refuses_a_question_that_makes_no_sense(lead, operation, query):
    reply = lead.get(f"/api/v1/operations/{operation.id}/results", query_string=query)

    assert reply.status_code == 422


def test_the_results_of_no_operation_are_not_an_empty_list(lead, log):
    nowhere = log()["id"]

    assert lead.get(f"/api/v1/operations/{nowhere}/results").status_code == 404


@pytest.mark.parametrize("query", [{}, {"measure": "drugs_weight_seized", "drug": "heroin"}])
def test_a_hundred_results_are_listed_in_three_statements(log, lead, operation, statements, query):
    for kind in SMALLEST:
        log(kind)
    address = f"/api/v1/operations/{operation.id}/results"
    log("seizure", {"category": "drugs", "drug": "heroin", "quantity": "1", "unit": "g"})

    with statements.counted() as seen:
        reply = lead.get(address, query_string={"limit": 100, **query})

    assert reply.status_code == 200
    assert len(seen) <= 3
