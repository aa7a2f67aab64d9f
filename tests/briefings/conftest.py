"""What tests of briefings share: a plan, and how one writes and issues a briefing of it."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range

from ops import db
from ops.operations.asset_models import Asset, Reservation
from ops.operations.models import Assignment, Team, TeamMember
from ops.operations.skill_models import Certificate
from tests import factories

NOW = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)


@pytest.fixture
def operation(session):
    """An operation of this week, with an area."""
    operation = factories.operation(
        name="Operation Lantern",
        reference="LAN-1",
        theme="county_lines",
        aim="Close two lines.",
        starts_at=NOW - dt.timedelta(days=1),
        ends_at=NOW + dt.timedelta(days=6),
    )
    factories.area(operation, name="Cheetham Hill")
    return operation


@pytest.fixture
def visit(operation):
    """A deployment yet to come, at an address, by force."""
    return factories.deployment(
        operation,
        NOW + dt.timedelta(days=1),
        name="Door one",
        address="12 Moulton Street",
        postcode="M8 8DQ",
        method_of_entry="hydraulic",
        power="mda_23",
    )


@pytest.fixture
def officer(client_as, visit):
    """An officer who is on the deployment, in a team; `person` is who."""
    client = client_as("officer")
    put_on(visit, client.person)
    return client


def put_on(deployment, person, name="Team North"):
    """Put somebody on a deployment, in a team of their own."""
    team = factories._save(Team(operation_id=deployment.operation_id, name=name))
    factories._save(TeamMember(team_id=team.id, person_id=person.id))
    return factories._save(
        Assignment(
            deployment_id=deployment.id,
            during=deployment.during,
            person_id=person.id,
            team_id=team.id,
        )
    )


def join(assignment, person):
    """Put somebody into a team that is deployed already: they are sent by it alone."""
    factories._save(TeamMember(team_id=assignment.team_id, person_id=person.id))


def equip(deployment, kind, name, cells=None, note=None):
    """Reserve something of the force for a deployment."""
    force = factories.organisation()
    has = cells and cells + 2
    asset = factories._save(
        Asset(organisation_id=force.id, kind=kind, name=name, cells=has, note=note)
    )
    return factories._save(
        Reservation(
            operation_id=deployment.operation_id,
            deployment_id=deployment.id,
            during=deployment.during,
            asset_id=asset.id,
            kind=kind,
            cells=cells,
        )
    )


def train(person, skill, expires_on):
    """Give somebody a certificate, from a month ago."""
    from_on = NOW.date() - dt.timedelta(days=30)
    given = {"person_id": person.id, "skill": skill, "given_by": person.id}
    factories._save(Certificate(from_on=from_on, expires_on=expires_on, **given))


def record(client, operation, kind, detail):
    """Log a result; give its id."""
    reply = client.post(
        f"/api/v1/operations/{operation.id}/results",
        json={"id": str(db.new_id()), "kind": kind, "occurred_at": NOW.isoformat(),
              "detail": detail},
    )  # fmt: skip
    assert reply.status_code == 201, reply.text
    return reply.json["id"]


def change(thing, **values):
    """Change something of the plan, as it is stored."""
    with db.transaction():
        db.session.execute(sa.update(type(thing)).where(type(thing).id == thing.id).values(values))


def move(deployment, hours):
    """Let a deployment begin later."""
    was, later = deployment.during, dt.timedelta(hours=hours)
    change(deployment, during=Range(was.lower + later, was.upper + later))


@pytest.fixture
def lead(client_as):
    """Whoever writes and issues."""
    return client_as("lead")


@pytest.fixture
def here(operation):
    """The address of the operation's briefings."""
    return f"/api/v1/operations/{operation.id}/briefings"


@pytest.fixture
def begin(lead, here):
    """Begin the next version; give it."""

    def send():
        reply = lead.post(here)
        assert reply.status_code == 201, reply.text
        return reply.json

    return send


@pytest.fixture
def act(lead, here):
    """Change, issue or fill a version as it stands; give the reply."""

    def send(version, name="", method="post", client=lead, **sent):
        tag = {"If-Match": client.get(f"{here}/{version}").headers["ETag"]}
        where = f"{here}/{version}{name and '/'}{name}"
        return getattr(client, method)(where, json=sent, headers=tag)

    return send


@pytest.fixture
def issue(begin, act):
    """Begin a version and issue it as it is; give it."""

    def send(shared=False, **texts):
        made = begin()
        if texts:
            assert act(made["version"], method="patch", **texts).status_code == 200
        reply = act(made["version"], "issue", shared=shared)
        assert reply.status_code == 200, reply.text
        return reply.json

    return send
