"""What the record that stays takes from its double: what it lacks, and never a second count."""

import datetime as dt

import pytest

from tests import factories
from tests.doubles.test_found import ARREST, LEAST, log
from tests.doubles.test_merging import decide
from tests.factories import NOON

LATER = NOON + dt.timedelta(minutes=5)
CLOSED = {"type": "type_2", "line_name": "J", "deactivated_on": "2026-11-02"}
DRUGS = {"category": "drugs", "quantity": "100", "unit": "g"}


@pytest.fixture
def lead(client_as):
    """Whoever merges."""
    return client_as("lead")


@pytest.fixture
def officers(client_as):
    """Two officers who log one thing."""
    return client_as("officer"), client_as("officer")


@pytest.fixture
def operation(session):
    """An operation."""
    return factories.operation()


@pytest.fixture
def merge(lead):
    """Merge two records, and give the one that stays."""

    def send(kept, gone, status=200, **sent):
        named = lead.post("/api/v1/doubles", json={"records": [kept["id"], gone["id"]]})
        reply = decide(lead, named.json, decision="same", keep=kept["id"], **sent)
        assert reply.status_code == status, reply.json
        return lead.get(f"/api/v1/results/{kept['id']}").json

    return send


def figure(client, code, operation):
    """Give one figure of an operation."""
    body = client.get("/api/v1/outcomes", query_string={"operation": str(operation.id)}).json
    return next(each for each in body["measures"] if each["code"] == code)


@pytest.mark.parametrize(
    ("kind", "change", "measure", "value"),
    [
        (
            "search",
            {"searched": [{"what": ["cells"], "number": "6", "qualifier": "approx"}]},
            "cells_searched",
            "5",
        ),
        (
            "resource",
            {"counts": [{"what": "officers", "number": "58"}]},
            "officers_deployed",
            "60",
        ),
        (
            "engagement",
            {"counts": [{"what": "people", "number": "30"}]},
            "sessions_delivered",
            "1",
        ),
    ],
)
def test_counts_are_not_added_up(lead, officers, operation, merge, kind, change, measure, value):
    first = log(officers[0], operation, kind, LEAST[kind])
    second = log(officers[1], operation, kind, LEAST[kind] | change)

    merge(first, second)

    assert figure(lead, measure, operation)["value"] == value


def test_counts_that_nobody_gave_are_taken_over(lead, officers, operation, merge):
    first = log(officers[0], operation, "search", {"type": "prison"})
    second = log(officers[1], operation, "search", LEAST["search"])

    merge(first, second)

    assert figure(lead, "cells_searched", operation)["value"] == "5"


def test_steps_are_joined_and_the_same_step_is_one(officers, operation, merge):
    steps = [{"code": "bailed"}, {"code": "charged", "at": "2026-11-03T09:00:00Z"}]
    first = log(officers[0], operation, detail=ARREST | {"disposals": steps[:1]})
    second = log(officers[1], operation, detail=ARREST | {"disposals": steps}, at=LATER)

    kept = merge(first, second)

    assert [each["code"] for each in kept["detail"]["disposals"]] == ["bailed", "charged"]


def test_only_one_valuation_is_the_principal_one(lead, officers, operation, merge):
    worth = [{"basis": "street", "value": "900"}]
    other = [{"basis": "wholesale", "value": "500"}]
    first = log(officers[0], operation, "seizure", DRUGS | {"valuations": worth})
    second = log(officers[1], operation, "seizure", DRUGS | {"valuations": other})

    kept = merge(first, second)

    assert [each["principal"] for each in kept["detail"]["valuations"]] == [True, False]
    assert kept["detail"]["value"] == "900"


def test_what_does_not_fit_stays_with_the_struck_one(officers, operation, merge):
    dry = {"type": "prison", "dry_reason": "deterrence"}
    found = {"type": "prison", "finds": [{"category": "drugs"}]}
    first = log(officers[0], operation, "search", dry)
    second = log(officers[1], operation, "search", found, note="In the wing")

    kept = merge(first, second)

    assert kept["detail"]["finds"] == []
    assert kept["note"] == "In the wing"


def test_a_long_reason_and_long_notes_are_no_obstacle(officers, operation, merge):
    first = log(officers[0], operation, note="a" * 1500)
    second = log(officers[1], operation, note="b" * 1500)

    kept = merge(first, second, reason="x" * 1000)

    assert kept["note"] == "a" * 1500


@pytest.mark.parametrize("keep", [0, 1])
def test_an_exhibit_reference_goes_over(officers, operation, merge, keep):
    pair = [
        log(officers[0], operation, "seizure", DRUGS),
        log(officers[1], operation, "seizure", DRUGS | {"exhibit_ref": "AP/1"}),
    ]

    kept = merge(pair[keep], pair[1 - keep])

    assert kept["detail"]["exhibit_ref"] == "AP/1"


def test_custody_goes_on_with_the_one_that_stays(lead, officers, operation, merge):
    first = log(officers[0], operation, "seizure", DRUGS)
    second = log(officers[1], operation, "seizure", DRUGS)
    steps = (
        (first, {"step": "seized", "to_holder": "PC 1", "at": NOON.isoformat()}),
        (second, {"step": "seized", "to_holder": "PC 1", "at": NOON.isoformat()}),
        (second, {"step": "stored", "from_holder": "PC 1", "to_holder": "Store 3",
                  "at": LATER.isoformat()}),
    )  # fmt: skip
    for record, step in steps:
        officers[1].post(f"/api/v1/results/{record['id']}/custody", json=step)

    merge(first, second)

    custody = lead.get(f"/api/v1/results/{first['id']}/custody").json
    assert [each["step"] for each in custody["events"]] == ["seized", "stored"]
    assert (custody["holder"], custody["gaps"]) == ("Store 3", [])
    assert custody["events"][1]["entered_by"]["id"] == str(officers[1].person.id)
    assert len(lead.get(f"/api/v1/results/{second['id']}/custody").json["events"]) == 2


@pytest.mark.parametrize(
    ("change", "confirmed"), [({}, True), ({"deactivated_on": "2026-11-01"}, False)]
)
def test_a_confirmation_goes_over_where_the_same_was_confirmed(
    lead, client_as, officers, operation, merge, change, confirmed
):
    first = log(officers[0], operation, "line_closure", CLOSED | change)
    second = log(officers[1], operation, "line_closure", CLOSED)
    client_as("lead").post(f"/api/v1/results/{second['id']}/confirm")

    kept = merge(first, second)

    assert (kept["status"] == "confirmed") is confirmed
    assert figure(lead, "lines_closed", operation)["value"] == str(int(confirmed))
    page = lead.get(f"/doubles/{lead.get('/api/v1/doubles?decided=true').json[0]['id']}").text
    assert ("confirm the one that stays" in page) is not confirmed


def test_nobody_confirms_what_they_recorded_by_a_merge(lead, client_as, operation, merge):
    other = client_as("lead")
    first = log(other, operation, "line_closure", CLOSED)
    second = log(client_as("officer"), operation, "line_closure", CLOSED)
    other.post(f"/api/v1/results/{second['id']}/confirm")

    assert merge(first, second)["status"] == "recorded"


def test_what_others_assessed_is_not_written_in_the_name_of_who_merges(
    lead, client_as, officers, operation, merge
):
    first = log(officers[0], operation, "disruption", LEAST["disruption"])
    second = log(officers[1], operation, "disruption", LEAST["disruption"])
    assessed = {"assessments": [{"on": "2026-11-03", "level": "minor"}]}
    address = f"/api/v1/results/{second['id']}"
    client_as("lead").patch(address, json={"reason": "Assessed", "detail": assessed},
                            headers={"If-Match": lead.get(address).headers["ETag"]})  # fmt: skip

    assert merge(first, second)["detail"]["assessments"] == []


@pytest.mark.parametrize("keep", [0, 1])
def test_one_that_lay_in_its_double_lies_in_what_that_lay_in(officers, operation, merge, keep):
    package = {"category": "package"}
    outer = log(officers[0], operation, "seizure", package)
    first = log(officers[0], operation, "seizure", package | {"parent": outer["id"]})
    second = log(officers[1], operation, "seizure", package | {"parent": first["id"]})
    pair = (first, second)

    kept = merge(pair[keep], pair[1 - keep])

    assert kept["detail"]["parent"] == outer["id"]
