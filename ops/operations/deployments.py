"""Send people to places: deployments, and who is on them."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range

from ops import db
from ops.access.models import Person
from ops.errors import Invalid, Missing, Refused
from ops.geo.models import Area, Site
from ops.operations import clashes, members, planning, progress, rules
from ops.operations.clashes import PEOPLE, SORTS
from ops.operations.models import Assignment, Deployment, Operation, Team

PLACE = {"site": "site_id", "area": "area_id", "point": "point"}
COLUMNS = PLACE | {"line": "line_id"}

# Lines are recorded above this part; here they are known by their table alone.
_LINE = sa.table("deal_line", sa.column("result_id", sa.Uuid()))


def add(
    operation_id: uuid.UUID, content: Mapping[str, Any], by: uuid.UUID
) -> tuple[uuid.UUID, bool]:
    """Add a deployment; tell its id, and whether it is new.

    The same under the same id again is the same deployment.
    """
    return db.made_once("pk_deployment", lambda: _add(operation_id, content, by))


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
        place(operation, {**content, "id": deployment_id}, by, sent)
    return deployment_id, True


def place(
    operation: Operation, content: Mapping[str, Any], by: uuid.UUID, sent: bytes | None = None
) -> None:
    """Put a deployment in the plan, in the caller's transaction."""
    values = _columns(operation, content)
    rules.check_one_place({name: values.get(column) for name, column in PLACE.items()})
    db.session.add(
        Deployment(operation_id=operation.id, created_by=by, content_hash=sent, **values)
    )


def change(
    deployment_id: uuid.UUID,
    content: Mapping[str, Any],
    now: dt.datetime,
    check_version: Callable[[int], None],
    by: uuid.UUID,
) -> None:
    """Change a deployment; its people move with its window, and are freed when it is cancelled."""
    with clashes.named(deployment_id) as claim, db.transaction():
        deployment = to_change(deployment_id)
        check_version(deployment.version)
        operation = db.find(Operation, deployment.operation_id, "operation")
        status = content.get("status", deployment.status)
        rules.check_deployment_step(deployment.status, status)
        if status != deployment.status:
            progress.write(deployment, status, at=now, by=by)
        values = _columns(operation, content, kept=deployment)
        if content.keys() & PLACE.keys():
            # A new place takes the place of the old one.
            values = dict.fromkeys(PLACE.values()) | values
            rules.check_one_place({name: values[column] for name, column in PLACE.items()})
        if "during" in values:
            for sort in SORTS:
                claim.of(sort, clashes.at(sort, deployment_id), values["during"])
        for name, value in values.items():
            setattr(deployment, name, value)
        if status == "cancelled":
            for sort in SORTS:
                clashes.release(sort, sort.taken.deployment_id == deployment_id, now)
        else:
            claim.check()


def assign(deployment_id: uuid.UUID, who: Mapping[str, uuid.UUID], by: uuid.UUID) -> None:
    """Put a team or a person on a deployment; nobody can be in two places at once.

    Whoever is sent to an operation that they don't see becomes a member of it.
    """
    with clashes.named(deployment_id) as claim, db.transaction():
        _send(deployment_id, who, by, claim)


def send(deployment_id: uuid.UUID, who: Mapping[str, uuid.UUID], by: uuid.UUID) -> None:
    """Put a team or a person on a deployment, in the caller's transaction."""
    _send(deployment_id, who, by, clashes.Claim(deployment_id))


def _send(
    deployment_id: uuid.UUID, who: Mapping[str, uuid.UUID], by: uuid.UUID, claim: clashes.Claim
) -> None:
    deployment = to_change(deployment_id)
    progress.check_not_over(deployment)
    person_ids = _people(deployment, who)
    claim.of(PEOPLE, person_ids, deployment.during)
    claim.check()
    for person_id in person_ids:
        db.session.add(
            Assignment(
                deployment_id=deployment_id,
                during=deployment.during,
                person_id=person_id,
                team_id=who.get("team"),
            )
        )
    operation = db.find(Operation, deployment.operation_id, "operation")
    members.admit_deployed(operation, person_ids, by)


def move(
    assignment_id: uuid.UUID, content: Mapping[str, Any], by: uuid.UUID, now: dt.datetime
) -> uuid.UUID:
    """Move somebody, or their whole team, to another deployment, or put somebody in their place.

    One act: nobody is anywhere else in between. Tells the deployment where they are now.
    """
    here = db.find(Assignment, assignment_id, "assignment").deployment_id
    there = content.get("to", here)
    with clashes.named(there) as claim, db.transaction():
        # The lower id first, so that two that cross don't wait for each other.
        found = {each: to_change(each) for each in sorted({here, there})}
        if found[here].operation_id != found[there].operation_id:
            raise Missing("This operation has no such deployment.")
        progress.check_not_over(found[there])
        going = _going(assignment_id, content.get("whole_team", False))
        comes = _people(found[there], {"person": content["person"]}) if "person" in content else []
        on_it = [] if here == there else clashes.at(PEOPLE, there)
        pairs = [
            (old, comes[0] if comes else old.person_id)
            for old in going
            if "person" not in content or comes
        ]
        come = [person for _old, person in pairs if person not in on_it]
        clashes.take_turns(PEOPLE, [*come, *(old.person_id for old in going)])
        clashes.release(PEOPLE, Assignment.id.in_([old.id for old in going]), now)
        claim.of(PEOPLE, come, found[there].during)
        for old, person in pairs:
            if person in come:
                db.session.add(
                    Assignment(
                        deployment_id=there,
                        during=found[there].during,
                        person_id=person,
                        team_id=old.team_id if person == old.person_id else None,
                        replaces_id=old.id,
                    )
                )
        claim.check()
        operation = db.find(Operation, found[there].operation_id, "operation")
        members.admit_deployed(operation, come, by)
    return there


def _going(assignment_id: uuid.UUID, whole_team: bool) -> list[Assignment]:
    """List who is moved: one, or all who are on the deployment with the same team."""
    one = db.find(Assignment, assignment_id, "assignment")
    db.session.refresh(one)
    if one.released_at is not None:
        raise Refused("They are off this deployment already; look at it again.")
    if not whole_team or one.team_id is None:
        return [one]
    return list(
        db.session.scalars(
            sa.select(Assignment)
            .where(
                Assignment.deployment_id == one.deployment_id,
                Assignment.team_id == one.team_id,
                Assignment.released_at.is_(None),
            )
            .order_by(Assignment.id)
        )
    )


def release(assignment_id: uuid.UUID, now: dt.datetime) -> None:
    """Take a person off a deployment; that they were on it stays."""
    with db.transaction():
        assignment = db.find(Assignment, assignment_id, "assignment")
        to_change(assignment.deployment_id)
        clashes.release(PEOPLE, Assignment.id == assignment_id, now)


def to_change(deployment_id: uuid.UUID) -> Deployment:
    """Find a deployment whose plan may still change, in the caller's transaction.

    The lock holds until the end of it, so that nobody is sent to it while it is cancelled.
    """
    deployment = db.find(Deployment, deployment_id, "deployment")
    planning.to_change(deployment.operation_id)
    db.session.refresh(deployment, with_for_update={"key_share": True})
    return deployment


def _columns(
    operation: Operation, content: Mapping[str, Any], kept: Deployment | None = None
) -> dict[str, Any]:
    """Turn what was sent to columns, and check it against the operation."""
    values = {
        COLUMNS.get(name, name): value
        for name, value in content.items()
        if name not in {"starts_at", "ends_at"}
    }
    _check_place(operation, content)
    _check_line(content)
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


def _check_line(content: Mapping[str, Any]) -> None:
    """Refuse a line that is not there, or not for whoever is planning."""
    query = sa.select(_LINE.c.result_id).where(_LINE.c.result_id == content.get("line"))
    if content.get("line") and db.session.scalar(query) is None:
        said = "There is no such line."
        raise Invalid(said, {"line": [said]})


def _people(deployment: Deployment, who: Mapping[str, uuid.UUID]) -> list[uuid.UUID]:
    """List who is meant, without those who are on the deployment already."""
    there = clashes.at(PEOPLE, deployment.id)
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
