"""Two people plan at once, each on a connection of their own: the database decides."""

import datetime as dt
import threading
import uuid

import flask
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range

from ops import db
from ops.access.models import Person
from ops.errors import Conflict
from ops.geo import shapes
from ops.operations import deployments, planning, rules, schemas
from ops.operations.asset_models import Asset, Reservation
from ops.operations.models import Assignment, Deployment, Operation
from tests import factories
from tests.races import until_somebody_waits


@pytest.fixture
def operation(committed):
    return factories.operation()


@pytest.fixture
def send(committed, operation):
    """Send one request as somebody who plans; give the status of its reply."""
    who = {"Authorization": f"Bearer {factories.token(factories.person('lead'))}"}

    def send(method, path, json):
        client = committed.test_client()
        address = f"/api/v1{path}"
        etag = client.get(address, headers=who).headers.get("ETag")
        headers = who | ({"If-Match": etag} if method == "PATCH" else {})
        return client.open(address, method=method, json=json, headers=headers).status_code

    return send


def at_once(*calls):
    """Make all calls at once; give what they returned, sorted."""
    start, given = threading.Barrier(len(calls)), []

    def make(call):
        start.wait()
        given.append(call())

    threads = [threading.Thread(target=make, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(given)


def while_held(hold, call):
    """Make a call that has to wait for what `hold` does; give what it returned."""
    given = []
    thread = threading.Thread(target=lambda: given.append(call()))
    with db.transaction():
        hold()
        thread.start()
        until_somebody_waits(flask.current_app)
    thread.join()
    return given[0]


def test_two_leads_cannot_send_one_officer_to_two_places(operation, send):
    body = {"person": str(factories.person("officer").id)}
    places = [factories.deployment(operation).id for _ in range(2)]

    statuses = at_once(
        *(
            lambda place=place: send("POST", f"/deployments/{place}/assignments", body)
            for place in places
        )
    )

    assert statuses == [201, 409]
    assert len(db.session.scalars(sa.select(Assignment)).all()) == 1


def test_two_leads_cannot_send_one_vehicle_to_two_places(operation, send):
    van = Asset(organisation_id=operation.organisation_id, kind="vehicle", name="TV31")
    body = {"asset": str(factories._save(van).id)}
    places = [factories.deployment(operation).id for _ in range(2)]

    statuses = at_once(
        *(
            lambda place=place: send("POST", f"/deployments/{place}/reservations", body)
            for place in places
        )
    )

    assert statuses == [201, 409]
    assert len(db.session.scalars(sa.select(Reservation)).all()) == 1


def test_who_reserves_something_waits_for_whoever_else_does(operation, send):
    van = factories._save(
        Asset(organisation_id=operation.organisation_id, kind="vehicle", name="TV31")
    ).id
    path = f"/deployments/{factories.deployment(operation).id}/reservations"

    status = while_held(
        lambda: db.session.get(Asset, van, with_for_update={"key_share": True}),
        lambda: send("POST", path, {"asset": str(van)}),
    )

    assert status == 201


def test_the_exclusion_holds_even_where_nobody_took_turns(operation):
    van = factories._save(
        Asset(organisation_id=operation.organisation_id, kind="vehicle", name="TV31")
    ).id
    first, second = (factories.deployment(operation) for _ in range(2))

    def reserve(deployment):
        db.session.add(
            Reservation(
                operation_id=operation.id,
                deployment_id=deployment.id,
                during=deployment.during,
                asset_id=van,
                kind="vehicle",
            )
        )

    with db.transaction():
        reserve(first)
    with pytest.raises(Conflict, match="already reserved elsewhere"), db.transaction():
        reserve(second)


def test_two_who_swap_people_at_once_do_not_wait_for_each_other(operation, send):
    """Each locks the deployments in one order, whichever way it moves somebody."""
    here, there = (factories.deployment(operation) for _ in range(2))
    moves = []
    for place, to in ((here, there), (there, here)):
        one = Assignment(
            deployment_id=place.id, during=place.during, person_id=factories.person("officer").id
        )
        moves.append((factories._save(one).id, {"to": str(to.id)}))

    statuses = at_once(
        *(lambda move=move: send("POST", f"/assignments/{move[0]}/move", move[1]) for move in moves)
    )

    assert statuses == [201, 201]


def test_who_deploys_somebody_waits_for_whoever_else_does(operation, send):
    """Without turns, both could wait for each other until the database ends one of them."""
    officer = factories.person("officer").id
    path = f"/deployments/{factories.deployment(operation).id}/assignments"

    status = while_held(
        lambda: db.session.get(Person, officer, with_for_update={"key_share": True}),
        lambda: send("POST", path, {"person": str(officer)}),
    )

    assert status == 201


def test_nobody_is_sent_to_a_deployment_while_it_is_cancelled(operation, send):
    deployment = factories.deployment(operation).id
    body = {"person": str(factories.person("officer").id)}

    def cancel():
        deployments.to_change(deployment).status = "cancelled"

    status = while_held(
        cancel, lambda: send("POST", f"/deployments/{deployment}/assignments", body)
    )

    assert status == 409


def test_the_same_deployment_sent_twice_is_one(operation, send):
    content = {"id": uuid.uuid4(), "kind": "warrant", "name": "Moulton Street"}
    kept = Deployment(
        **content,
        operation_id=operation.id,
        during=Range(factories.NOON, factories.NOON + dt.timedelta(hours=2)),
        point=shapes.point_element(-2.244, 53.4936),
        created_by=operation.created_by,
    )
    body = content | {
        "id": str(kept.id),
        "starts_at": kept.during.lower.isoformat(),
        "ends_at": kept.during.upper.isoformat(),
        "point": {"type": "Point", "coordinates": [-2.244, 53.4936]},
    }

    sent = schemas.DeploymentPlanSchema().load(body)
    kept.content_hash = rules.hash_of({**sent, "operation": operation.id})

    def first():
        db.session.add(kept)
        db.session.flush()

    status = while_held(
        first, lambda: send("POST", f"/operations/{operation.id}/deployments", body)
    )

    assert status == 200


def test_two_links_do_not_close_a_circle(operation, send):
    """Each alone is fine; the second after the first is not."""
    other = factories.operation()

    status = while_held(
        lambda: planning.change(db.find(Operation, operation.id, ""), {"parent": other.id}),
        lambda: send("PATCH", f"/operations/{other.id}", {"parent": str(operation.id)}),
    )

    assert status == 422
