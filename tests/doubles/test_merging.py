"""Two records of one thing become one, with nothing dropped and nothing counted twice."""

import pytest

from tests import factories
from tests.doubles.test_found import ARREST, HERE, LEAST, doubles, log


@pytest.fixture
def lead(client_as):
    """A lead of the force."""
    return client_as("lead")


@pytest.fixture
def pair(client_as):
    """Make two records of one arrest, in two operations, by two officers."""
    one, other = client_as("officer"), client_as("officer")
    operations = factories.operation(), factories.operation()
    first = log(one, operations[0], detail={"reason": "supply_class_a", "custody_ref": "06CD/1/26"})
    second = log(
        other,
        operations[1],
        detail=ARREST | {"custody_ref": "06CD/1/26", "disposals": [{"code": "bailed"}]},
        note="In the kitchen",
    )
    return operations, first, second


def decide(client, double, **sent):
    """Decide about a pair; give the reply."""
    return client.post(f"/api/v1/doubles/{double['id']}/decision", json={"reason": "Same", **sent})


def arrests(client, *operations):
    """Add up the arrests of operations."""
    query = {"operation": [str(operation.id) for operation in operations]}
    body = client.get("/api/v1/outcomes", query_string=query).json
    return next(each["value"] for each in body["measures"] if each["code"] == "arrests")


def test_what_is_merged_is_one_record_that_counts_for_both_operations(lead, pair):
    operations, first, _ = pair
    assert arrests(lead, *operations) == "2"

    [double] = doubles(lead)
    assert decide(lead, double, decision="same", keep=first["id"]).status_code == 200

    assert arrests(lead, *operations) == "1"
    assert [arrests(lead, each) for each in operations] == ["1", "1"]
    assert doubles(lead) == []


def test_the_one_that_stays_takes_over_what_it_lacks_and_keeps_its_own(lead, pair):
    _, first, _ = pair
    [double] = doubles(lead)

    decide(lead, double, decision="same", keep=first["id"])

    kept = lead.get(f"/api/v1/results/{first['id']}").json
    assert kept["detail"]["age_band"] == "18-24"
    assert [each["code"] for each in kept["detail"]["disposals"]] == ["bailed"]
    assert kept["note"] == "In the kitchen"
    assert kept["detail"]["reason"] == "supply_class_a"


def test_the_other_is_struck_with_the_reason_and_stays_to_be_seen(lead, pair):
    _, first, second = pair
    [double] = doubles(lead)

    decide(lead, double, decision="same", keep=first["id"], reason="One arrest, two officers")

    gone = lead.get(f"/api/v1/results/{second['id']}").json
    assert gone["status"] == "struck"
    assert "One arrest, two officers" in gone["struck_reason"]
    [decided] = doubles(lead, decided="true")
    assert (decided["kept"], decided["decision"]) == (first["id"], "same")
    history = lead.get(f"/api/v1/results/{first['id']}/history").json
    assert any("One arrest, two officers" in (each["reason"] or "") for each in history)


def test_two_things_both_stay_and_are_not_asked_about_again(lead, pair):
    operations, _, _ = pair
    [double] = doubles(lead)

    assert decide(lead, double, decision="different").status_code == 200

    assert doubles(lead) == []
    assert arrests(lead, *operations) == "2"
    assert decide(lead, double, decision="different").status_code == 409


def test_what_lay_in_a_merged_record_lies_in_the_one_that_stays(lead, client_as):
    one, other = client_as("officer"), client_as("officer")
    operation = factories.operation()
    package = {"category": "package"}
    first = log(one, operation, "seizure", package)
    second = log(other, operation, "seizure", package)
    phone = log(other, operation, "seizure", {"category": "phones", "parent": second["id"]})

    [double] = doubles(lead)
    assert decide(lead, double, decision="same", keep=first["id"]).status_code == 200

    assert lead.get(f"/api/v1/results/{phone['id']}").json["detail"]["parent"] == first["id"]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"decision": "same"}, "keep"),
        ({"decision": "different", "keep": "01890000-0000-7000-8000-000000000000"}, "keep"),
        ({"decision": "same", "keep": "01890000-0000-7000-8000-000000000000"}, "keep"),
        ({"decision": "same", "keep": "the first"}, "keep"),
        ({"decision": "perhaps"}, "decision"),
        ({"decision": "different", "reason": ""}, "reason"),
    ],
)
def test_a_decision_that_decides_nothing_is_refused(lead, pair, sent, field):
    [double] = doubles(lead)

    reply = decide(lead, double, **sent)

    assert reply.status_code == 422
    assert field in reply.json["errors"]


def test_only_who_may_confirm_in_both_operations_decides(client_as, pair):
    officer = client_as("officer")
    [double] = doubles(officer)

    assert decide(officer, double, decision="different").status_code == 403


def test_two_records_can_be_named_by_hand_once(client_as, lead):
    officer = client_as("officer")
    operation = factories.operation()
    ids = [log(officer, operation, place=place)["id"] for place in (HERE, [-2.2, 53.5])]

    made = officer.post("/api/v1/doubles", json={"records": ids})
    again = officer.post("/api/v1/doubles", json={"records": ids[::-1]})

    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json["id"] == again.json["id"]
    assert made.json["reasons"] == ["named"]


@pytest.mark.parametrize("same", [True, False])
def test_one_record_or_two_kinds_are_no_double(client_as, same):
    officer = client_as("officer")
    operation = factories.operation()
    arrest = log(officer, operation)["id"]
    other = arrest if same else log(officer, operation, "warrant", {"power": "mda_23"})["id"]

    reply = officer.post("/api/v1/doubles", json={"records": [arrest, other]})

    assert reply.status_code == 422
    assert "records" in reply.json["errors"]


def test_a_deployment_about_a_merged_line_is_about_the_one_that_stays(lead, client_as):
    one, other = client_as("officer"), client_as("officer")
    operation = factories.operation()
    first, second = (log(each, operation, "line", LEAST["line"]) for each in (one, other))
    deployment = factories.deployment(operation, line_id=second["id"])
    [double] = doubles(lead)

    reply = decide(lead, double, decision="same", keep=first["id"])

    assert reply.status_code == 200, reply.text
    assert lead.get(f"/api/v1/deployments/{deployment.id}").json["line"]["id"] == first["id"]
