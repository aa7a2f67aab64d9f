"""Certificates as they are read, and what a day's deployments lack."""

import uuid
from collections import defaultdict
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy import orm

from ops import db
from ops.access.models import Person
from ops.operations import asset_queries, readiness
from ops.operations.asset_models import SHARED, Reservation
from ops.operations.models import Assignment, Deployment
from ops.operations.skill_models import Certificate


def certificates(person_id: uuid.UUID) -> db.Query:
    """List what somebody is trained for, and was."""
    giver = orm.aliased(Person)
    return (
        sa.select(
            Certificate.id,
            Certificate.skill,
            Certificate.from_on,
            Certificate.expires_on,
            giver.name.label("given_by"),
            Certificate.given_at,
            Certificate.withdrawn_at,
        )
        .join(giver, giver.id == Certificate.given_by)
        .where(Certificate.person_id == person_id)
        .order_by(Certificate.skill, Certificate.given_at, Certificate.id)
    )


def warnings(deployment_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Say what each of these deployments lacks, in a few statements whatever their number."""
    said: dict[uuid.UUID, list[str]] = {}
    held, assets = _held(deployment_ids), _assets(deployment_ids)
    query = (
        sa.select(
            Deployment.id,
            Deployment.kind,
            Deployment.status,
            Deployment.method_of_entry,
            Deployment.during,
            sa.func.lower(Deployment.during).label("starts_at"),
            sa.func.upper(Deployment.during).label("ends_at"),
        )
        .where(Deployment.id.in_(deployment_ids))
        .order_by(Deployment.id)
    )
    for found in db.session.execute(query):
        if found.status in ("finished", "cancelled"):
            continue
        kinds = [kind for kind, _suite in assets[found.id]]
        said[found.id] = readiness.skills_short(
            readiness.asked(found.kind, found.method_of_entry, kinds),
            held[found.id],
            found.starts_at,
            found.ends_at,
        )
        suites = [suite for kind, suite in assets[found.id] if kind == SHARED]
        if suites:
            rows = db.session.execute(asset_queries.demand(suites, found.during))
            said[found.id] += readiness.cells_short(
                [
                    readiness.Wanted(row.name, row.capacity, row.cells, row.starts_at, row.ends_at)
                    for row in rows
                ]
            )
    return said


def _held(deployment_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[readiness.Held]]:
    query = (
        sa.select(
            Assignment.deployment_id,
            Person.name,
            Certificate.skill,
            Certificate.from_on,
            Certificate.expires_on,
        )
        .join(Person, Person.id == Assignment.person_id)
        .join(Certificate, Certificate.person_id == Person.id)
        .where(
            Assignment.deployment_id.in_(deployment_ids),
            Assignment.released_at.is_(None),
            Certificate.withdrawn_at.is_(None),
        )
        .order_by(Person.name, Certificate.id)
    )
    found: dict[uuid.UUID, list[readiness.Held]] = defaultdict(list)
    for row in db.session.execute(query):
        held = readiness.Held(row.name, row.skill, row.from_on, row.expires_on)
        found[row.deployment_id].append(held)
    return found


def _assets(deployment_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[tuple[str, uuid.UUID]]]:
    query = (
        sa.select(Reservation.deployment_id, Reservation.kind, Reservation.asset_id)
        .where(Reservation.deployment_id.in_(deployment_ids), Reservation.released_at.is_(None))
        .order_by(Reservation.id)
    )
    found: dict[uuid.UUID, list[tuple[str, uuid.UUID]]] = defaultdict(list)
    for deployment_id, kind, asset_id in db.session.execute(query):
        found[deployment_id].append((kind, asset_id))
    return found
