"""What outcomes are made of: targets, reported figures, published sets."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from ops import db
from ops.access.models import Organisation
from ops.operations.models import Operation
from ops.outcomes.models import PublishedSet, ReportedFigure, Target
from ops.results.models import Measure

# Stands for a figure without a period in the order of a list, before every other.
_LONG_AGO = sa.literal(dt.date(1, 1, 1))
FIGURE_STARTS_ON = sa.func.coalesce(ReportedFigure.starts_on, _LONG_AGO, type_=sa.Date())


def known(measure: str | None, organisation: str | None, operation: uuid.UUID | None) -> db.Query:
    """Look up, at once, what a target or figure refers to."""
    return sa.select(
        sa.exists().where(Measure.code == measure).label("measure"),
        sa.select(Organisation.id)
        .where(Organisation.code == organisation)
        .scalar_subquery()
        .label("organisation"),
        sa.select(Operation.id)
        .where(Operation.id == operation)
        .scalar_subquery()
        .label("operation"),
    )


def targets(filters: Mapping[str, Any]) -> db.Query:
    """List targets."""
    query = (
        sa.select(
            Target.id,
            Target.measure,
            Target.starts_on,
            Target.ends_on,
            Target.value,
            Target.version,
            Target.operation_id.label("operation"),
            Organisation.code.label("organisation"),
        )
        .outerjoin(Organisation, Organisation.id == Target.organisation_id)
        .order_by(Target.starts_on, Target.measure, Target.id)
    )
    if "id" in filters:
        query = query.where(Target.id == filters["id"])
    return _narrowed(query, Target, filters)


def reported_figures(filters: Mapping[str, Any]) -> db.Query:
    """List the figures that were reported, each with what supersedes it."""
    newer = orm.aliased(ReportedFigure)
    query = (
        sa.select(
            *(column for column in ReportedFigure.__table__.columns if column.name not in _INSIDE),
            ReportedFigure.operation_id.label("operation"),
            Organisation.code.label("organisation"),
            PublishedSet.code.label("set"),
            PublishedSet.release_id.label("release"),
            ReportedFigure.supersedes_id.label("supersedes"),
            newer.id.label("superseded_by"),
        )
        .outerjoin(newer, newer.supersedes_id == ReportedFigure.id)
        .outerjoin(Organisation, Organisation.id == ReportedFigure.organisation_id)
        .outerjoin(PublishedSet, PublishedSet.id == ReportedFigure.set_id)
        .order_by(FIGURE_STARTS_ON, ReportedFigure.measure, ReportedFigure.id)
    )
    if "set" in filters:
        query = query.where(PublishedSet.code == filters["set"])
    if "from_" in filters:
        ends_on = sa.func.coalesce(ReportedFigure.ends_on, sa.literal(dt.date.max))
        query = query.where(ends_on >= filters["from_"])
    if "to" in filters:
        query = query.where(filters["to"] >= FIGURE_STARTS_ON)
    return _narrowed(query, ReportedFigure, filters)


def published_sets() -> db.Query:
    """List published sets."""
    return sa.select(PublishedSet).order_by(PublishedSet.code)


def figures_of_set(code: str) -> db.Query:
    """List a set's figures in the publisher's order."""
    return (
        reported_figures({"set": code})
        .order_by(None)
        .order_by(ReportedFigure.position, ReportedFigure.id)
    )


_INSIDE = {
    "set_id",
    "organisation_id",
    "operation_id",
    "created_at",
    "created_by",
    "position",
    "supersedes_id",
}


def _narrowed(
    query: db.Query, model: type[Target | ReportedFigure], filters: Mapping[str, Any]
) -> db.Query:
    if "measure" in filters:
        query = query.where(model.measure == filters["measure"])
    if "organisation" in filters:
        query = query.where(Organisation.code == filters["organisation"])
    if "operation" in filters:
        query = query.where(model.operation_id == filters["operation"])
    return query
