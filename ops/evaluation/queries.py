"""What was imported for an operation, and what of it is compared."""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import orm

from ops import db
from ops.access.models import Person
from ops.evaluation.models import Comparison, CountFile, MonthlyCount
from ops.geo.models import Area
from ops.operations.models import Operation


def files(operation_id: uuid.UUID) -> db.Query:
    """List the files of an operation's counts, the newest first, each with who imported it."""
    return (
        sa.select(CountFile, Person.name.label("by"))
        .outerjoin(Person, Person.id == CountFile.imported_by)
        .where(CountFile.operation_id == operation_id)
        .order_by(CountFile.imported_at.desc(), CountFile.id.desc())
    )


def versions(operation_id: uuid.UUID, source: str) -> db.Query:
    """List the versions of one source, the last first."""
    return (
        sa.select(CountFile)
        .where(CountFile.operation_id == operation_id, CountFile.source == source)
        .order_by(CountFile.version.desc())
    )


def current(operation_id: uuid.UUID, source: str) -> db.Query:
    """List the counts of a source that stand."""
    return (
        sa.select(MonthlyCount)
        .where(
            MonthlyCount.operation_id == operation_id,
            MonthlyCount.source == source,
            MonthlyCount.replaced_by_id.is_(None),
        )
        .order_by(MonthlyCount.area, MonthlyCount.category, MonthlyCount.month)
    )


def on_offer(operation_id: uuid.UUID) -> db.Query:
    """List what can be compared: source, area and category, with the first and last month."""
    return (
        sa.select(
            MonthlyCount.source,
            MonthlyCount.area,
            MonthlyCount.category,
            sa.func.min(MonthlyCount.month).label("first"),
            sa.func.max(MonthlyCount.month).label("last"),
        )
        .where(MonthlyCount.operation_id == operation_id, MonthlyCount.replaced_by_id.is_(None))
        .group_by(MonthlyCount.source, MonthlyCount.area, MonthlyCount.category)
        .order_by(MonthlyCount.source, MonthlyCount.area, MonthlyCount.category)
    )


def of_areas(operation_id: uuid.UUID, source: str, areas: Sequence[str]) -> db.Query:
    """List what areas had in each month, as it stands."""
    return (
        current(operation_id, source)
        .where(MonthlyCount.area.in_(areas))
        .with_only_columns(
            MonthlyCount.area,
            MonthlyCount.category,
            MonthlyCount.month,
            MonthlyCount.count.label("counted"),
        )
    )


def changes(file_id: uuid.UUID) -> db.Query:
    """List what a file says otherwise than the one before it."""
    old, new = orm.aliased(MonthlyCount), orm.aliased(MonthlyCount)
    same = [
        getattr(new, name) == getattr(old, name)
        for name in ("operation_id", "source", "area", "category", "month")
    ]
    return (
        sa.select(
            old.area,
            old.category,
            old.month,
            old.count.label("before"),
            new.count.label("after"),
        )
        .join(new, sa.and_(new.file_id == file_id, *same))
        .where(old.replaced_by_id == file_id)
        .order_by(old.area, old.category, old.month)
    )


def began_at(operation_id: uuid.UUID, area: str) -> db.Query:
    """Find when an operation began to work in an area of that name; else when it began."""
    own = sa.select(sa.func.min(Area.valid_from)).where(
        Area.operation_id == operation_id, Area.name == area
    )
    return sa.select(sa.func.coalesce(own.scalar_subquery(), Operation.starts_at)).where(
        Operation.id == operation_id
    )


def comparisons(operation_id: uuid.UUID) -> db.Query:
    """List what is compared in an operation, in the order it was set up."""
    return (
        sa.select(Comparison)
        .where(Comparison.operation_id == operation_id)
        .order_by(Comparison.created_at, Comparison.id)
    )
