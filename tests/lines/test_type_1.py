"""A type 1 closure counts once the line holder is charged, and something says so."""

import pytest

TYPE_1 = {"type": "type_1", "line_name": "Ricky"}


@pytest.mark.parametrize("disposals", [[], ["released_under_investigation"]])
def test_an_arrest_without_a_charge_is_not_enough(second, log, disposals):
    arrest = log("arrest", {"disposals": [{"code": code} for code in disposals]})
    closure = log("line_closure", TYPE_1 | {"arrest": arrest["id"], "charged_on": "2026-11-02"})

    reply = second.post(f"/api/v1/results/{closure['id']}/confirm")

    assert reply.status_code == 409
    assert "has no charge" in reply.json["detail"]


def test_an_arrest_that_was_charged_is(second, log):
    arrest = log("arrest", {"disposals": [{"code": "charged_remanded"}]})
    closure = log("line_closure", TYPE_1 | {"arrest": arrest["id"]})

    assert second.post(f"/api/v1/results/{closure['id']}/confirm").status_code == 200


def test_so_are_a_custody_reference_and_the_day_of_the_charge(second, log):
    told = {"custody_ref": "06CD/1/26", "charged_on": "2026-11-02"}
    closure = log("line_closure", TYPE_1 | {"arrest": log("arrest")["id"]} | told)

    assert second.post(f"/api/v1/results/{closure['id']}/confirm").status_code == 200


def test_an_arrest_that_was_struck_proves_nothing(lead, second, log):
    arrest = log("arrest", {"disposals": [{"code": "charged"}]})
    closure = log("line_closure", TYPE_1 | {"arrest": arrest["id"]})
    lead.post(f"/api/v1/results/{arrest['id']}/strike", json={"reason": "Somebody else."})

    reply = second.post(f"/api/v1/results/{closure['id']}/confirm")

    assert "struck" in reply.json["detail"]
