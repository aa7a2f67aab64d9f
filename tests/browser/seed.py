"""Fills the database of the browser tests; run by their conftest in a process of its own."""

import datetime as dt
import json

from ops import create_app, db
from ops.access import passwords
from ops.access.models import Credential
from ops.operations.models import Team
from ops.outcomes.models import PublishedSet, ReportedFigure
from ops.results import measures
from tests import factories

NOW = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)
PASSWORD = "correct horse battery staple"
ROLES = ("admin", "lead", "officer", "analyst")
# Each adds a second factor, which nobody else's tests expect.
NEWCOMERS = ("first", "second", "third")
PLACE = {"type": "Point", "coordinates": [-2.241, 53.485]}
DETAILS = {
    "warrant": {"power": "mda_23", "entry": "forced", "outcomes": ["sought_found", "arrest"]},
    "arrest": {"reason": "supply_class_a", "age_band": "18-24", "sex": "male"},
    "seizure": {"category": "cash", "quantity": "1250.50"},
    "line_closure": {"type": "type_2", "line_name": "Test line"},
}


def account(role, name=None):
    """Make somebody who can sign in."""
    person = factories.person(role=role, name=f"{(name or role).capitalize()} Example")
    hashed = passwords.hash_password(PASSWORD)
    with db.transaction():
        db.session.add(Credential(person_id=person.id, password_hash=hashed))
    return person


def plan(lead):
    """Make a live operation with something of everything in it."""
    operation = factories.operation(
        name="Operation Lantern",
        kind="place_based",
        theme="drugs",
        aim="Take the drugs off the street.",
        created_by=lead.id,
        starts_at=NOW - dt.timedelta(days=1),
        ends_at=NOW + dt.timedelta(days=6),
    )
    area = factories.area(operation, name="Cheetham Hill")
    site = factories.site(name="HMP Test")
    visit = factories.deployment(operation, starts_at=NOW, name="Visit", site_id=site.id)
    with db.transaction():
        team = Team(operation_id=operation.id, name="Team North", members=[lead])
        db.session.add(team)
    return {"operation": operation.id, "area": area.id, "deployment": visit.id, "team": team.id}


def log(app, operation_id, person):
    """Log one result of each kind, as a phone would."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {factories.token(person)}"
    logged = {}
    for kind, detail in DETAILS.items():
        body = {"kind": kind, "occurred_at": NOW.isoformat(), "position": PLACE, "detail": detail}
        reply = client.post(f"/api/v1/operations/{operation_id}/results", json=body)
        assert reply.status_code == 201, reply.text
        logged[kind] = reply.json["id"]
    target = {"measure": "arrests", "period": "2026/27", "organisation": "GMP", "value": "40"}
    assert client.post("/api/v1/targets", json=target).status_code == 201
    return logged


def end(app, lead, admin):
    """Close an operation with a result that is to be erased, and one that was."""
    operation = factories.operation(
        name="Operation Ember", status="closed", created_by=lead.id, theme="drugs"
    )
    clients = []
    for person in (lead, admin):
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {factories.token(person)}"
        clients.append(client)
    ids = []
    for number in range(3):
        detail = {"reason": "supply_class_a", "custody_ref": f"06CD/{number}/26"}
        body = {"kind": "arrest", "occurred_at": NOW.isoformat(), "detail": detail}
        logged = clients[0].post(f"/api/v1/operations/{operation.id}/results", json=body)
        ids.append(logged.json["id"])
        decided = {"decision": "erase", "reason": "Nobody was charged."}
        clients[1].post(f"/api/v1/results/{ids[-1]}/reviews", json=decided)
    path = f"/api/v1/results/{ids[1]}/erase"
    shown = clients[0].post(f"{path}?dry_run=true", json={}).json
    assert clients[0].post(path, json={"token": shown["token"]}).json["is_erased"]
    hold = {"reason": "The inquiry into prisons asked for it."}
    assert clients[0].post(f"/api/v1/results/{ids[2]}/holds", json=hold).status_code == 201
    kept = {"decision": "keep", "reason": "A case is open.", "next_review_on": "2030-01-01"}
    ended = f"/api/v1/operations/{operation.id}"
    assert clients[0].post(f"{ended}/reviews", json=kept).status_code == 201
    return {"ended": operation.id, "to_erase": ids[0], "erased": ids[1]}


def publish():
    """Keep a figure that somebody published."""
    found = PublishedSet(code="week", title="A published week", publisher="A force")
    with db.transaction():
        db.session.add(found)
        db.session.flush()
        db.session.add(
            ReportedFigure(
                measure="arrests",
                value=43,
                unit="count",
                qualifier="exact",
                four_p="pursue",
                starts_on=dt.date(2023, 2, 27),
                ends_on=dt.date(2023, 3, 5),
                as_at=dt.date(2023, 3, 6),
                source="https://example.test/releases/43-arrests",
                set_id=found.id,
                position=1,
            )
        )


def main():
    """Make what the tests look at, and print its ids."""
    app = create_app()
    with app.app_context():
        with app.extensions["engine"].begin() as connection:
            measures.publish_built_ins(connection)
        factories.boundary()
        people = {role: account(role) for role in ROLES}
        people |= {name: account("officer", name) for name in NEWCOMERS}
        planned = plan(people["lead"])
        logged = log(app, planned["operation"], people["lead"])
        ended = end(app, people["lead"], people["admin"])
        publish()
        emails = {role: person.email for role, person in people.items()}
        print(json.dumps({"people": emails, **planned, **logged, **ended}, default=str))  # noqa: T201


if __name__ == "__main__":
    main()
