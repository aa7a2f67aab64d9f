"""Send people to places: deployments, and who is on them."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range

from ops import db
from ops.access.models import Person
from ops.errors import Conflict, Invalid, Missing, Refused
from ops.geo.models import Area, Site
from ops.operations import deployment_queries, members, planning, rules
from ops.operations.models import Assignment, Deployment, Operation, Team

PLACE = {"site": "site_id", "area": "area_id", "point": "point"}
TWO_PLACES = "ex_assignment_nobody_in_two_places"


def add(
    operation_id: uuid.UUID, content: Mapping[str, Any], by: uuid.UUID
) -> tuple[uuid.UUID, bool]:
    """Add a deployment; tell its id, and whether it is new.

    The same under the same id again is the same deployment.
    """
    try:
        return _add(operation_id, content, by)
    except Conflict as conflict:
        if conflict.constraint != "pk_deployment":
            raise
        # The same sent twice at once: the first one made it.
        return _add(operation_id, content, by)


def _add(
    operation_id: uuid.UUID, content: Mapping[str, Any], by: uuid.UUID
) -> tuple[uuid.UUID, bool]:
    sent = rules.hash_of({**content, "operation": operation_id})
    deployment_id = content.get("id") or db.new_id()
    with db.transaction():
        if (kept := db.session.get(Deployment, deployment_id)) is not None:
            rules.check_replay(kept.content_hash, sent, "a deployment")
            return deployment_id, False
        operation = planning.to_change(operation_id)
        values = _columns(operation, content) | {"id": deployment_id}
        rules.check_one_place({name: values.get(column) for name, column in PLACE.items()})
        db.session.add(
            Deployment(operation_id=operation_id, created_by=by, content_hash=sent, **values)
        )
    return deployment_id, True


def change(
    deployment_id: uuid.UUID,
    content: Mapping[str, Any],
    now: dt.datetime,
    check_version: Callable[[int], None],
) -> None:
    """Change a deployment; its people move with its window, and are freed when it is cancelled."""
    with _clashes_named(deployment_id) as clash, db.transaction():
        deployment = to_change(deployment_id)
        check_version(deployment.version)
        operation = db.find(Operation, deployment.operation_id, "operation")
        status = content.get("status", deployment.status)
        rules.check_deployment_step(deployment.status, status)
        values = _columns(operation, content, kept=deployment)
        if content.keys() & PLACE.keys():
            # A new place takes the place of the old one.
            values = dict.fromkeys(PLACE.values()) | values
            rules.check_one_place({name: values[column] for name, column in PLACE.items()})
        if "during" in values:
            clash.during = values["during"]
            clash.person_ids = people_on(deployment_id)
            _take_turns(clash.person_ids)
        for name, value in values.items():
            setattr(deployment, name, value)
        if status == "cancelled":
            _release(Assignment.deployment_id == deployment_id, now)
        elif clash.during is not None:
            _check_one_place_at_a_time(clash.person_ids, clash.during, deployment_id)


def assign(deployment_id: uuid.UUID, who: Mapping[str, uuid.UUID], by: uuid.UUID) -> None:
    """Put a team or a person on a deployment; nobody can be in two places at once.

    Whoever is sent to an operation that they don't see becomes a member of it.
    """
    with _clashes_named(deployment_id) as clash, db.transaction():
        deployment = to_change(deployment_id)
        if deployment.status in rules.DEPLOYMENT_OVER:
            raise Refused(f"This deployment is {deployment.status}; add another.")
        during = clash.during = deployment.during
        clash.person_ids = _people(deployment, who)
        _take_turns(clash.person_ids)
        for person_id in clash.person_ids:
            db.session.add(
                Assignment(
                    deployment_id=deployment_id,
                    during=deployment.during,
                    person_id=person_id,
                    team_id=who.get("team"),
                )
            )
        _check_one_place_at_a_time(clash.person_ids, during, deployment_id)
        operation = db.find(Operation, deployment.operation_id, "operation")
        members.admit_deployed(operation, clash.person_ids, by)


def release(assignment_id: uuid.UUID, now: dt.datetime) -> None:
    """Take a person off a deployment; that they were on it stays."""
    with db.transaction():
        assignment = db.find(Assignment, assignment_id, "assignment")
        to_change(assignment.deployment_id)
        _release(Assignment.id == assignment_id, now)


def to_change(deployment_id: uuid.UUID) -> Deployment:
    """Find a deployment whose plan may still change, in the caller's transaction.

    The lock holds until the end of it, so that nobody is sent to it while it is cancelled.
    """
    deployment = db.find(Deployment, deployment_id, "deployment")
    planning.to_change(deployment.operation_id)
    db.session.refresh(deployment, with_for_update={"key_share": True})
    return deployment


def people_on(deployment_id: uuid.UUID) -> list[uuid.UUID]:
    """List who is on a deployment."""
    return list(
        db.session.scalars(
            sa.select(Assignment.person_id)
            .where(Assignment.deployment_id == deployment_id, Assignment.released_at.is_(None))
            .order_by(Assignment.id)
        )
    )


@dataclasses.dataclass
class _Clash:
    """Who was to be where, for the sentence that says why they can't."""

    person_ids: list[uuid.UUID] = dataclasses.field(default_factory=list)
    during: Range[Any] | None = None


@contextmanager
def _clashes_named(deployment_id: uuid.UUID) -> Iterator[_Clash]:
    """Say who is in two places at once, and where; of an operation that not everybody may see,
    not even its name.
    """
    clash = _Clash()
    try:
        yield clash
    except Conflict as conflict:
        if conflict.constraint != TWO_PLACES or clash.during is None:
            raise
        _check_one_place_at_a_time(clash.person_ids, clash.during, deployment_id)
        raise


def _check_one_place_at_a_time(
    person_ids: list[uuid.UUID], during: Range[Any], deployment_id: uuid.UUID
) -> None:
    """Name the clashes that whoever is planning may know of.

    The database alone can't tell of those with a covert operation they are a member of.
    """
    query = deployment_queries.clashes(person_ids, during, deployment_id)
    said = [
        f"{row.person} is already deployed at that time"
        + (f": {row.deployment}." if row.is_told else " elsewhere.")
        for row in db.session.execute(query)
    ]
    if said:
        raise Conflict(" ".join(said), {"person": said})


def _columns(
    operation: Operation, content: Mapping[str, Any], kept: Deployment | None = None
) -> dict[str, Any]:
    """Turn what was sent to columns, and check it against the operation."""
    values = {
        PLACE.get(name, name): value
        for name, value in content.items()
        if name not in {"starts_at", "ends_at"}
    }
    _check_place(operation, content)
    if content.keys() & {"starts_at", "ends_at"}:
        was = {} if kept is None else {"starts_at": kept.during.lower, "ends_at": kept.during.upper}
        window = was | dict(content)
        starts_at, ends_at = window["starts_at"], window["ends_at"]
        rules.check_window(starts_at, ends_at, (operation.starts_at, operation.ends_at))
        values["during"] = Range(starts_at, ends_at)
    return values


def _check_place(operation: Operation, content: Mapping[str, Any]) -> None:
    """Refuse a site that is not there, and an area of another operation."""
    said = None
    field = "site"
    if content.get("site") and db.session.get(Site, content["site"]) is None:
        said = "There is no such site."
    if content.get("area"):
        area = db.session.get(Area, content["area"])
        if area is None or area.operation_id != operation.id:
            said, field = "This operation has no such area.", "area"
    if said:
        raise Invalid(said, {field: [said]})


def _people(deployment: Deployment, who: Mapping[str, uuid.UUID]) -> list[uuid.UUID]:
    """List who is meant, without those who are on the deployment already."""
    there = people_on(deployment.id)
    if "person" in who:
        person = db.session.get(Person, who["person"])
        if person is None or person.disabled_at is not None:
            raise Missing("There is no such person.")
        return [] if person.id in there else [person.id]
    team = db.session.get(Team, who["team"])
    if team is None or team.operation_id != deployment.operation_id:
        raise Missing("This operation has no such team.")
    if not team.members:
        raise Refused("Nobody is on this team yet; add its members first.")
    return [member.id for member in team.members if member.id not in there]


def _take_turns(person_ids: list[uuid.UUID]) -> None:
    """Wait for whoever else deploys these people.

    Two at once would each find the other's row, wait for it, and be ended by
    the database as deadlocked, instead of one of them being told of the clash.
    """
    db.session.execute(
        sa.select(Person.id)
        .where(Person.id.in_(person_ids))
        .order_by(Person.id)
        .with_for_update(key_share=True)
    )


def _release(which: sa.ColumnElement[bool], now: dt.datetime) -> None:
    db.session.execute(
        sa.update(Assignment)
        .where(which, Assignment.released_at.is_(None))
        .values(released_at=now)
        .execution_options(synchronize_session=False)
    )
