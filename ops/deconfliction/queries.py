"""Conflicts as they may be read: by functions of the database, which decide what is told."""

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from ops import db
from ops.access.models import Person
from ops.deconfliction.models import ConflictCheck, DeconflictionRule
from ops.geo.models import geometry
from ops.operations.models import Deployment, Operation

_MOMENT = sa.DateTime(timezone=True)
_TEXTS: Any = ARRAY(sa.Text())
_SHARED = (
    sa.column("id", sa.Uuid),
    sa.column("reference", sa.Text),
    sa.column("state", sa.Text),
    sa.column("reasons", _TEXTS),
    sa.column("distance_m", sa.Integer),
    sa.column("gap_minutes", sa.Integer),
    sa.column("outcome", sa.Text),
    sa.column("told", sa.Text),
    sa.column("starts_at", _MOMENT),
)
_MINE = (
    *_SHARED,
    sa.column("operation", sa.Uuid),
    sa.column("deployment", sa.Uuid),
    sa.column("deployment_name", sa.Text),
    sa.column("ends_at", _MOMENT),
    sa.column("other", JSONB),
    sa.column("other_operation", sa.Uuid),
    sa.column("other_deployment", sa.Uuid),
    sa.column("may_tell", sa.Boolean),
)
_DESK = (
    *_SHARED,
    sa.column("found_at", _MOMENT),
    sa.column("changed_at", _MOMENT),
    sa.column("owner", JSONB),
    sa.column("note", sa.Text),
    sa.column("resolved_at", _MOMENT),
    sa.column("sides", JSONB),
    sa.column("is_mine", sa.Boolean),
    sa.column("logged", ARRAY(sa.Uuid())),
)


def conflicts(
    operation: uuid.UUID | None = None,
    deployment: uuid.UUID | None = None,
    states: tuple[str, ...] = ("open",),
) -> tuple[db.Query, list[db.Key]]:
    """List conflicts of the asker's deployments, the first to begin first, with their keys.

    The other side is in it as far as they may see that.
    """
    # Of the types that the database asks for, also where nothing is named.
    named = (sa.cast(each, sa.Uuid) for each in (operation, deployment))
    found = sa.func.actor_conflicts(*named).table_valued(*_MINE, name="found")
    keys: list[db.Key] = [found.c.starts_at, found.c.id, found.c.deployment]
    query = sa.select(found).where(found.c.state.in_(states)).order_by(*keys)
    return query, keys


def desk(filters: Mapping[str, Any]) -> tuple[db.Query, list[db.Key]]:
    """List the conflicts that the asker's desk looks after, the first to begin first."""
    reference = sa.cast(filters.get("reference"), sa.Text)
    found = sa.func.desk_conflicts(reference).table_valued(*_DESK, name="found")
    keys: list[db.Key] = [found.c.starts_at, found.c.id]
    query = sa.select(found).order_by(*keys)
    which = filters.get("which")
    if which == "mine":
        query = query.where(found.c.state == "open", found.c.is_mine)
    elif which is not None:
        query = query.where(found.c.state == which)
    return query, keys


def in_conflict() -> db.Query:
    """List the asker's deployments that are in an open conflict, each once."""
    found = sa.func.actor_conflicts(sa.cast(None, sa.Uuid), sa.cast(None, sa.Uuid)).table_valued(
        *_MINE, name="found"
    )
    return (
        sa.select(found.c.deployment, found.c.operation, found.c.starts_at)
        .where(found.c.state == "open")
        .distinct()
        .order_by(found.c.starts_at, found.c.deployment)
    )


def to_resolve() -> db.Query:
    """List the open conflicts that the asker's desk looks after."""
    found = sa.func.desk_conflicts(sa.cast(None, sa.Text)).table_valued(*_DESK, name="found")
    return (
        sa.select(found.c.id, found.c.starts_at)
        .where(found.c.state == "open")
        .order_by(found.c.starts_at, found.c.id)
    )


def rules() -> sa.Select[Any]:
    """List the rules that the desk has set, the general ones first."""
    rule = DeconflictionRule
    return (
        sa.select(
            rule.kind,
            rule.marking,
            rule.radius_m,
            rule.minutes,
            rule.same_days,
            rule.tells_of_covert,
            rule.changed_at,
            sa.func.jsonb_build_object("id", Person.id, "name", Person.name).label("changed_by"),
        )
        .join(Person, Person.id == rule.changed_by)
        .order_by(rule.kind.is_not(None), rule.marking.is_not(None), rule.kind, rule.marking)
    )


def checks_since(person_id: uuid.UUID, hour: Any) -> sa.Select[int]:
    """Count the dry checks that somebody made since a time."""
    return sa.select(sa.func.count()).where(
        ConflictCheck.person_id == person_id, ConflictCheck.at > hour
    )


def seen_near(
    shape: Any, during: Any, site: uuid.UUID | None, key: str | None, kind: str
) -> db.Query:
    """List the deployments in the way of a place and window that the asker sees anyway."""
    found = sa.func.check_place(
        sa.literal(shape, geometry("GEOMETRY")),
        during,
        sa.cast(site, sa.Uuid),
        sa.cast(key, sa.Text),
        kind,
    ).table_valued(
        sa.column("deployment", sa.Uuid),
        sa.column("operation", sa.Uuid),
        sa.column("reasons", _TEXTS),
        sa.column("distance_m", sa.Integer),
        name="found",
    )
    return (
        sa.select(
            found.c.reasons,
            found.c.distance_m,
            sa.func.jsonb_build_object(
                "id", Deployment.id, "name", Deployment.name, "kind", Deployment.kind,
                "status", Deployment.status,
                "starts_at", sa.func.lower(Deployment.during),
                "ends_at", sa.func.upper(Deployment.during),
            ).label("deployment"),
            sa.func.jsonb_build_object(
                "id", Operation.id, "name", Operation.name, "reference", Operation.reference
            ).label("operation"),
            Operation.id.label("operation_id"),
            Deployment.id.label("deployment_id"),
        )
        .join(Deployment, Deployment.id == found.c.deployment)
        .join(Operation, Operation.id == found.c.operation)
        .order_by(found.c.distance_m, found.c.deployment)
    )  # fmt: skip


def address_key(address: str | None, postcode: str | None) -> Any:
    """Give what two writings of one address have in common."""
    return sa.func.address_key(sa.cast(address, sa.Text), sa.cast(postcode, sa.Text))
