"""The 4P plan: an owner, a partner, a due date and a review for each; partners plan their own."""

import datetime as dt

import pytest

from ops import db, wording
from ops.operations.models import Phase
from ops.plans.models import PlanAction
from tests import factories
from tests.wellformed import faults

VISIT = {
    "four_p": "protect",
    "what": "Visit cuckooed homes",
    "due_on": "2026-12-01",
    "review_on": "2026-11-28",
}


@pytest.fixture
def operation(session):
    return factories.operation(kind="place_based", name="Lantern")


@pytest.fixture
def plan(operation):
    return f"/api/v1/operations/{operation.id}/actions"


@pytest.fixture
def council(session):
    return factories.organisation("SALFORD", name="Salford City Council", kind="council")


@pytest.fixture
def partner(client_as, operation, council):
    """Somebody of the council who is a partner in the operation."""
    client = client_as("officer", organisation=council)
    factories.member(operation, client.person, "partner")
    return client


def patch(client, action, **change):
    """Change an action upon the version that is there."""
    path = f"/api/v1/actions/{action['id']}"
    tag = client.get(path).headers.get("ETag", '"none"')
    return client.patch(path, json=change, headers={"If-Match": tag})


def days(number):
    return str(wording.today() + dt.timedelta(days=number))


def test_an_action_has_an_owner_a_partner_a_phase_and_its_days(client_as, plan, operation, council):
    client = client_as()
    phase = factories._save(Phase(operation_id=operation.id, kind="hold", starts_at=factories.NOON))
    person = str(client.person.id)
    sent = VISIT | {"person": person, "partner": "SALFORD", "phase": str(phase.id)}

    made = client.post(plan, json=sent)
    [listed] = client.get(plan).json

    assert made.status_code == 201
    assert listed == made.json
    assert listed["organisation"]["code"] == "GMP"
    assert listed["person"] == {"id": person, "name": client.person.name}
    assert listed["partner"] == {"code": "SALFORD", "name": "Salford City Council"}
    assert listed["phase"] == {"id": str(phase.id), "kind": "hold"}
    assert (listed["due_on"], listed["review_on"]) == ("2026-12-01", "2026-11-28")
    assert listed["status"] == "open"


def test_it_is_done_or_dropped_with_a_reason_upon_the_version_that_was_read(client_as, plan):
    client = client_as()
    action = client.post(plan, json=VISIT).json
    path = f"/api/v1/actions/{action['id']}"

    unread = client.patch(path, json={"status": "done"})
    silent = patch(client, action, status="dropped")
    dropped = patch(client, action, status="dropped", reason="The council has done it.")
    stale = client.patch(path, json={"status": "done"}, headers={"If-Match": '"old"'})

    assert (unread.status_code, stale.status_code) == (428, 412)
    assert silent.json["errors"] == {"reason": ["Say why it is dropped."]}
    assert (dropped.json["status"], dropped.json["version"]) == ("dropped", 2)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"four_p": "punish"}, "four_p"),
        ({"what": None}, "what"),
        ({"due_on": "soon"}, "due_on"),
        ({"review_on": "1026-11-28"}, "review_on"),
        ({"organisation": "NOBODY"}, "organisation"),
        ({"partner": "NOBODY"}, "partner"),
        ({"partner": "GMP"}, "partner"),
        ({"organisation": "SALFORD", "partner": "SALFORD"}, "partner"),
        ({"person": "01890000-0000-7000-8000-0000000000d9"}, "person"),
        ({"phase": "01890000-0000-7000-8000-0000000000d9"}, "phase"),
        ({"status": "done"}, "status"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(client_as, plan, council, change, field):
    reply = client_as().post(plan, json=VISIT | change)

    assert reply.status_code == 422
    assert list(reply.json["errors"]) == [field]


def test_whoever_answers_for_it_is_of_the_organisation_that_does_it(client_as, plan, council):
    client = client_as()
    mine = {"person": str(client.person.id)}
    action = client.post(plan, json=VISIT | mine).json

    reply = patch(client, action, organisation="SALFORD")

    assert reply.json["errors"] == {"person": ["Name somebody of the organisation that does it."]}


def test_a_phase_of_another_operation_is_none(client_as, plan):
    other = factories.operation(kind="place_based")
    phase = factories._save(Phase(operation_id=other.id, kind="hold", starts_at=factories.NOON))

    reply = client_as().post(plan, json=VISIT | {"phase": str(phase.id)})

    assert reply.json["errors"] == {"phase": ["This operation has no such phase."]}


def test_a_partner_sees_what_their_organisation_does_or_shares_in(client_as, plan, partner):
    lead = client_as()
    for what, who in (
        ("Alone", {}),
        ("Together", {"partner": "SALFORD"}),
        ("For them", {"organisation": "SALFORD"}),
    ):
        assert lead.post(plan, json=VISIT | who | {"what": what}).status_code == 201

    seen = {each["what"]: each for each in partner.get(plan).json}

    assert seen.keys() == {"Together", "For them"}
    assert patch(partner, seen["For them"], status="done").status_code == 200
    assert patch(partner, seen["Together"], status="done").status_code == 403


def test_a_partner_plans_their_own_and_gives_nothing_away(client_as, plan, partner):
    mine = partner.post(plan, json=VISIT)

    for_us = partner.post(plan, json=VISIT | {"organisation": "GMP"})
    given_away = patch(partner, mine.json, organisation="GMP")

    assert (mine.status_code, mine.json["organisation"]["code"]) == (201, "SALFORD")
    assert (for_us.status_code, given_away.status_code) == (403, 403)
    assert [each["id"] for each in client_as().get(plan).json] == [mine.json["id"]]


def test_a_hidden_action_is_as_one_that_is_not_there(client_as, plan, partner):
    hidden = client_as().post(plan, json=VISIT).json
    nowhere = {"id": "01890000-0000-7000-8000-0000000000d9"}

    replies = [
        (partner.get(f"/api/v1/actions/{each['id']}"), patch(partner, each, what="Mine"))
        for each in (hidden, nowhere)
    ]

    assert [[each.status_code for each in pair] for pair in replies] == [[404, 404]] * 2
    assert replies[0][0].json == replies[1][0].json


@pytest.mark.parametrize("role", ["officer", "analyst", "desk", "auditor"])
def test_whoever_may_not_plan_reads_alone(client_as, plan, operation, role):
    action = client_as().post(plan, json=VISIT).json
    client = client_as(role)

    page = client.get(f"/operations/{operation.id}/four-p").text

    assert client.post(plan, json=VISIT).status_code == 403
    assert patch(client, action, status="done").status_code == 403
    assert VISIT["what"] in page
    assert "Add an action" not in page
    assert f"/four-p/{action['id']}" not in page


def test_the_plan_of_an_operation_that_is_over_stays(client_as, plan, operation, close):
    client = client_as()
    action = client.post(plan, json=VISIT).json
    close(operation.id)

    assert client.post(plan, json=VISIT).status_code == 409
    assert patch(client, action, status="done").status_code == 409


def test_what_is_due_or_to_review_within_a_fortnight_waits_the_first_first(client_as, plan):
    client = client_as()
    for what, due, review in (
        ("late", -1, 40),
        ("to review", 40, 0),
        ("soon", 14, 40),
        ("later", 15, 40),
    ):
        client.post(
            plan, json=VISIT | {"what": what, "due_on": days(due), "review_on": days(review)}
        )
    done = client.post(plan, json=VISIT | {"due_on": days(-5)}).json
    patch(client, done, status="done")

    listed = client.get("/api/v1/actions/due").json
    overdue = client.get("/api/v1/actions/due?overdue=true").json

    assert [each["what"] for each in listed] == ["late", "to review", "soon"]
    assert [(each["is_overdue"], each["review_is_due"]) for each in listed] == [
        (True, False), (False, True), (False, False),
    ]  # fmt: skip
    assert [each["what"] for each in overdue] == ["late"]


def test_nothing_of_an_operation_that_is_over_waits(client_as, plan, operation, close):
    client = client_as()
    client.post(plan, json=VISIT | {"due_on": days(-1)})
    close(operation.id)

    assert client.get("/api/v1/actions/due").json == []


def test_it_stands_on_the_page_of_what_waits(client_as, plan, partner):
    partner.post(plan, json=VISIT | {"due_on": days(-1)})

    waiting = client_as().get("/to-do").text
    for_partner = partner.get("/to-do").text
    elsewhere = client_as(organisation=factories.organisation("LANCS")).get("/to-do").text

    assert "1 overdue" in waiting
    assert "1 overdue" in for_partner
    assert "Actions of 4P plans</a>: nothing waits" in elsewhere


def test_the_database_lets_no_partner_write_for_another(partner, operation, council, session):
    """Also where a view forgot to ask."""
    ours = factories.organisation()
    with partner.application.test_request_context():
        db.act_as(partner.person.id)
        db.session.execute(
            db.sa.select(
                db.sa.func.set_config("ops.actor", str(partner.person.id), True),
                db.sa.func.set_config("role", db.APPLICATION, True),
            )
        )
        with pytest.raises(db.Conflict) as refused, db.transaction():
            db.session.add(
                PlanAction(
                    operation_id=operation.id,
                    organisation_id=ours.id,
                    four_p="protect",
                    what="Theirs",
                    due_on=dt.date(2026, 12, 1),
                    review_on=dt.date(2026, 12, 1),
                    created_by=partner.person.id,
                )
            )

    assert refused.value.constraint == "policy_plan_action"


def test_the_pages_add_and_change_an_action(client_as, operation, plan):
    client = client_as()
    here = f"/operations/{operation.id}/four-p"
    empty = client.post(here, data={"what": ""})
    added = client.post(here, data=VISIT | {"organisation": "GMP"})
    [action] = client.get(plan).json
    edit = client.get(f"{here}/{action['id']}")

    changed = client.post(
        f"{here}/{action['id']}",
        data=VISIT | {"status": "dropped", "reason": "", "organisation": "GMP",
                      "etag": client.get(f"/api/v1/actions/{action['id']}").headers["ETag"]},
    )  # fmt: skip

    assert (empty.status_code, added.status_code, changed.status_code) == (422, 303, 422)
    assert "Enter what will be done." in empty.text
    assert "Say why it is dropped." in changed.text
    assert faults(edit.text) == faults(changed.text) == faults(client.get(here).text) == []
