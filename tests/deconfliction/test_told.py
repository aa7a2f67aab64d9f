"""Each side is told of a conflict what it may know; the desk sees both."""

import pytest

from tests import factories
from tests.deconfliction.conftest import conflicts, desk_list


def test_two_leads_of_two_forces_plan_one_street(lead, elsewhere, desk, mine, theirs):
    first = factories.deployment(mine, name="Our door")
    second = factories.deployment(theirs, name="Zqtheir door")

    [told] = conflicts(lead, first)
    [told_there] = conflicts(elsewhere, second)
    [seen] = desk_list(desk)

    reference = told["reference"]
    assert told["said"] == (
        f"There is a conflict: contact the deconfliction desk, reference {reference}."
    )
    assert (told["other"], told["reasons"], told["distance_m"]) == (None, None, None)
    assert told_there["reference"] == reference
    assert {side["deployment"]["name"] for side in seen["sides"]} == {"Our door", "Zqtheir door"}
    assert (seen["reference"], seen["reasons"]) == (reference, ["radius"])


def test_whoever_sees_the_other_is_shown_it(client_as, lead, mine):
    other = factories.operation(created_by=lead.person.id)
    first, second = factories.deployment(mine), factories.deployment(other, hours=3)

    [told] = conflicts(lead, first)

    assert told["other"]["deployment"]["name"] == second.name
    assert told["other"]["operation"]["reference"] == other.reference
    assert told["other"]["contacts"][0]["email"] == lead.person.email
    assert told["reasons"] == ["radius"]


def test_the_pages_say_it(lead, elsewhere, desk, mine, theirs):
    first = factories.deployment(mine, name="Our door")
    factories.deployment(theirs, name="Zqtheir door")
    [told] = conflicts(lead, first)

    plan = lead.get(f"/operations/{mine.id}").text
    deployment = lead.get(f"/operations/{mine.id}/deployments/{first.id}").text
    own = lead.get("/conflicts").text
    todo = lead.get("/to-do").text
    there = desk.get("/deconfliction").text
    one = desk.get(f"/deconfliction/{told['reference']}").text

    for page in (plan, deployment, own):
        assert told["said"] in page
        assert "Zqtheir" not in page
    assert "Deployments in conflict" in todo
    assert "Conflicts to resolve" in desk.get("/to-do").text
    assert "Zqtheir door" in there
    assert "Zqtheir door" in one
    assert "Our door" in one


def test_both_leads_get_an_alert_and_hear_of_the_resolution(lead, elsewhere, desk, mine, theirs):
    factories.deployment(mine, name="Our door")
    factories.deployment(theirs, name="Zqtheir door")
    [seen] = desk_list(desk)
    here = f"/api/v1/deconfliction/conflicts/{seen['reference']}"

    desk.post(f"{here}/owner", json={"mine": True})
    reply = desk.post(
        f"{here}/resolution",
        json={"outcome": "moved", "told": "The force goes an hour later.", "note": "By phone."},
    )

    assert reply.json["state"] == "resolved"
    assert reply.json["owner"]["id"] == str(desk.person.id)
    for who, name in ((lead, "Our door"), (elsewhere, "Zqtheir door")):
        alerts = who.get("/api/v1/alerts").json
        assert {each["kind"] for each in alerts} == {"conflict", "conflict_resolved"}
        assert {each["said"] for each in alerts} == {name}
        assert "By phone." not in who.get("/alerts").text
        assert "The force goes an hour later." in who.get("/alerts").text
    again = desk.post(f"{here}/resolution", json={"outcome": "moved"})
    assert (again.status_code, again.json["type"]) == (409, "/problems/refused")


@pytest.mark.parametrize("visibility", ["open", "restricted"])
def test_a_pointer_is_the_same_whatever_is_behind_it(lead, mine, elsewhere, visibility):
    other = factories.operation(
        organisation=factories.organisation("LANCS"),
        created_by=elsewhere.person.id,
        visibility=visibility,
    )
    first = factories.deployment(mine)
    factories.deployment(other)

    [told] = conflicts(lead, first)

    reference = told.pop("reference")
    assert told == {
        "state": "open",
        "said": f"There is a conflict: contact the deconfliction desk, reference {reference}.",
        "operation": str(mine.id),
        "deployment": {
            "id": str(first.id),
            "name": first.name,
            "starts_at": "2026-11-02T12:00:00+00:00",
            "ends_at": "2026-11-02T14:00:00+00:00",
        },
        "reasons": None,
        "distance_m": None,
        "gap_minutes": None,
        "other": None,
        "resolution": None,
        "may_tell": False,
    }
