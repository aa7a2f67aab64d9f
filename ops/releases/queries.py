"""What is frozen, what was changed since, and what is published from it."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from ops import db
from ops.access.models import Organisation, Person
from ops.geo.models import Area
from ops.ledger.models import Change
from ops.operations.models import Deployment, Operation
from ops.outcomes.models import PublishedSet, ReportedFigure
from ops.releases.models import Release, Snapshot
from ops.results import measures
from ops.results.listing import among
from ops.results.models import Measure, Result
from ops.results.queries import PARTS

# Of a room above this one, whose table says what is erased.
_ERASED = sa.table("retention", sa.column("object_id", sa.Uuid), sa.column("erased_at"))


def snapshots(filters: Mapping[str, Any]) -> db.Query:
    """List snapshots, the newest first."""
    query = (
        sa.select(
            Snapshot.id,
            Snapshot.title,
            Snapshot.subject_id.label("operation"),
            Snapshot.starts_at,
            Snapshot.ends_at,
            Snapshot.as_at,
            Snapshot.taken_at,
            sa.func.encode(Snapshot.hash, "hex").label("hash"),
            Person.name.label("taken_by"),
        )
        .join(Person, Person.id == Snapshot.taken_by)
        .order_by(Snapshot.taken_at.desc(), Snapshot.id.desc())
    )
    if "operation" in filters:
        query = query.where(Snapshot.operations.contains([filters["operation"]]))
    return query


def content(snapshot_id: uuid.UUID) -> db.Query:
    """Fetch the bytes of a snapshot, with their hash."""
    return sa.select(
        Snapshot.id,
        Snapshot.title,
        Snapshot.operations,
        Snapshot.subject_id,
        Snapshot.taken_at,
        Snapshot.hash,
        Snapshot.content,
    ).where(Snapshot.id == snapshot_id)


def there(ids: Sequence[uuid.UUID]) -> db.Query:
    """Give of these records the version that each has now, and whether its content is erased."""
    return (
        sa.select(Result.id, Result.version, Result.kind, Result.operation_id, _erased_at())
        .where(Result.id == among(ids))
        .order_by(Result.id)
    )


def records(ids: Sequence[uuid.UUID]) -> db.Query:
    """List these records as they stand."""
    return (
        sa.select(
            Result.id,
            Result.kind,
            Result.operation_id.label("operation"),
            Result.occurred_at,
            Result.version,
            Result.recorded_at,
            Person.name.label("recorded_by"),
            _erased_at(),
        )
        .join(Person, Person.id == Result.recorded_by)
        .where(Result.id == among(ids))
        .order_by(Result.id)
    )


def _erased_at() -> sa.Label[Any]:
    return (
        sa.select(sa.func.max(_ERASED.c.erased_at, type_=sa.DateTime(timezone=True)))
        .where(_ERASED.c.object_id.in_([Result.id, Result.operation_id]))
        .scalar_subquery()
        .label("erased_at")
    )


def changes(ids: Sequence[uuid.UUID], since: dt.datetime) -> db.Query:
    """List what was changed in these records since a time, the oldest first."""
    return (
        sa.select(
            Change.id,
            Change.at,
            Change.txid,
            Change.object,
            Change.object_id,
            Change.before,
            Change.after,
            Change.reason,
            Person.id.label("person_id"),
            Person.name.label("person_name"),
        )
        .outerjoin(Person, Person.id == Change.actor)
        .where(Change.object_id == among(ids), Change.object.in_(PARTS), Change.at > since)
        .order_by(Change.object_id, Change.id)
    )


def in_force(codes: Sequence[str]) -> db.Query:
    """Give the definitions of these measures that hold now."""
    return measures.current().where(Measure.code.in_(codes))


def releases(filters: Mapping[str, Any]) -> db.Query:
    """List releases, the newest first."""
    maker, approver, publisher, proposer = (orm.aliased(Person) for _ in range(4))
    query = (
        sa.select(
            Release.id,
            Release.snapshot_id.label("snapshot"),
            Snapshot.subject_id.label("operation"),
            Release.title,
            Release.introduction,
            Release.notes,
            Release.headlines,
            Release.marking,
            Release.state,
            Release.version,
            Release.made_at,
            Release.made_by.label("made_by_id"),
            Release.changed_by.label("changed_by_id"),
            Release.approved_at,
            Release.published_at,
            Organisation.name.label("publisher"),
            maker.name.label("made_by"),
            approver.name.label("approved_by"),
            publisher.name.label("published_by"),
            Release.revision,
            Release.revision_at,
            Release.revision_by.label("revision_by_id"),
            proposer.name.label("revision_by"),
            PublishedSet.code.label("set"),
        )
        .join(Snapshot, Snapshot.id == Release.snapshot_id)
        .join(Organisation, Organisation.id == Release.organisation_id)
        .join(maker, maker.id == Release.made_by)
        .outerjoin(approver, approver.id == Release.approved_by)
        .outerjoin(publisher, publisher.id == Release.published_by)
        .outerjoin(proposer, proposer.id == Release.revision_by)
        .outerjoin(PublishedSet, PublishedSet.release_id == Release.id)
        .order_by(Release.made_at.desc(), Release.id.desc())
    )
    if "snapshot" in filters:
        query = query.where(Release.snapshot_id == filters["snapshot"])
    if filters.get("state") == "revision":
        query = query.where(Release.revision.is_not(None))
    elif "state" in filters:
        query = query.where(Release.state == filters["state"])
    if "id" in filters:
        query = query.where(Release.id == filters["id"])
    return query


def waiting(person_id: uuid.UUID) -> db.Query:
    """List the releases that wait for somebody other than their writers to approve them."""
    return (
        releases({"state": "draft"})
        .add_columns(Snapshot.operations)
        .where(Release.made_by != person_id, Release.changed_by != person_id)
    )


def revised(person_id: uuid.UUID) -> db.Query:
    """List the releases whose revision waits for somebody other than who proposed it."""
    return (
        releases({"state": "revision"})
        .add_columns(Snapshot.operations)
        .where(Release.revision_by != person_id)
    )


def published(release_id: uuid.UUID) -> db.Query:
    """List the figures of a release as they were published, each with its revisions after it."""
    newer, proposer = orm.aliased(ReportedFigure), orm.aliased(Person)
    return (
        sa.select(
            ReportedFigure.id,
            ReportedFigure.measure,
            ReportedFigure.label,
            ReportedFigure.value,
            ReportedFigure.unit,
            ReportedFigure.qualifier,
            ReportedFigure.note,
            ReportedFigure.position,
            ReportedFigure.created_at,
            ReportedFigure.supersedes_id.label("supersedes"),
            newer.id.label("superseded_by"),
            Person.name.label("by"),
            proposer.name.label("proposed_by"),
        )
        .join(PublishedSet, PublishedSet.id == ReportedFigure.set_id)
        .outerjoin(newer, newer.supersedes_id == ReportedFigure.id)
        .outerjoin(Person, Person.id == ReportedFigure.created_by)
        .outerjoin(proposer, proposer.id == ReportedFigure.proposed_by)
        .where(PublishedSet.release_id == release_id)
        .order_by(ReportedFigure.position, ReportedFigure.created_at, ReportedFigure.id)
    )


def scope(release: Release, organisation: str | None) -> db.Query:
    """Look up who publishes a release, and whose figures these are."""
    return sa.select(
        sa.select(Organisation.name)
        .where(Organisation.id == release.organisation_id)
        .scalar_subquery()
        .label("publisher"),
        sa.select(Organisation.id)
        .where(Organisation.code == organisation)
        .scalar_subquery()
        .label("organisation_id"),
        sa.select(Snapshot.subject_id)
        .where(Snapshot.id == release.snapshot_id)
        .scalar_subquery()
        .label("operation_id"),
    )


def markings(operations: Sequence[uuid.UUID]) -> db.Query:
    """Give the markings of these operations."""
    return (
        sa.select(Operation.marking)
        .where(Operation.id == among(operations))
        .distinct()
        .order_by(Operation.marking)
    )


def names(by: str, ids: Sequence[uuid.UUID]) -> db.Query:
    """Give what these areas, deployments or operations are called."""
    model: Any = {"area": Area, "deployment": Deployment, "operation": Operation}[by]
    return sa.select(model.id, model.name).where(model.id == among(ids)).order_by(model.id)
