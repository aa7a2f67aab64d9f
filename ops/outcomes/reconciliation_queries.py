"""What reconciling looks up: reported figures, and what people have said of them."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql

from ops import db
from ops.access.models import Organisation, Person
from ops.access.queries import below
from ops.operations.models import Operation
from ops.outcomes import queries
from ops.outcomes.models import PublishedSet, ReportedFigure
from ops.outcomes.reconciliation_models import FigureMapping, FigureReason, SetScope


def figures(filters: Mapping[str, Any], sets: Sequence[uuid.UUID]) -> db.Query:
    """List reported figures; of an operation also those of the sets that speak of it.

    What was revised is not compared: the revision stands in its place.
    """
    others = {name: value for name, value in filters.items() if name != "operation"}
    query = (
        queries.reported_figures(others)
        .add_columns(
            ReportedFigure.set_id, PublishedSet.title.label("set_title"), Operation.name.label("of")
        )
        .outerjoin(Operation, Operation.id == ReportedFigure.operation_id)
    )
    if "figure" in filters:
        query = query.where(ReportedFigure.id == filters["figure"])
    else:
        newer = orm.aliased(ReportedFigure)
        query = query.where(~sa.exists().where(newer.supersedes_id == ReportedFigure.id))
    if "operation" in filters:
        query = query.where(
            sa.or_(
                ReportedFigure.operation_id == filters["operation"], ReportedFigure.set_id.in_(sets)
            )
        )
    return query


def figure(figure_id: uuid.UUID) -> db.Query:
    """Find whose a reported figure is, by itself or by its set."""
    return (
        sa.select(
            ReportedFigure.id, sa.func.coalesce(ReportedFigure.operation_id, SetScope.operation_id)
        )
        .outerjoin(SetScope, SetScope.set_id == ReportedFigure.set_id)
        .where(ReportedFigure.id == figure_id)
        .order_by(SetScope.made_at.desc(), SetScope.id.desc())
        .limit(1)
    )


def set_scopes() -> db.Query:
    """List what each published set speaks of, as was said last."""
    return (
        sa.select(SetScope, Organisation.code.label("organisation"), Operation.name.label("of"))
        .ext(postgresql.distinct_on(SetScope.set_id))
        .outerjoin(Organisation, Organisation.id == SetScope.about_id)
        .outerjoin(Operation, Operation.id == SetScope.operation_id)
        .order_by(SetScope.set_id, SetScope.made_at.desc(), SetScope.id.desc())
    )


def mappings() -> db.Query:
    """List what publishers' measures are here, what was said last of each first."""
    return (
        sa.select(FigureMapping, Person.name.label("by"))
        .join(Person, Person.id == FigureMapping.made_by)
        .order_by(FigureMapping.made_at.desc(), FigureMapping.id.desc())
    )


def reasons(figure_ids: Sequence[uuid.UUID]) -> db.Query:
    """List the reasons that were given for figures, the last first."""
    return (
        sa.select(FigureReason, Person.name.label("by"))
        .join(Person, Person.id == FigureReason.made_by)
        .where(FigureReason.figure_id.in_(figure_ids))
        .order_by(FigureReason.made_at.desc(), FigureReason.id.desc())
    )


def operations_of(
    organisation: str, kinds: Sequence[str] | None, themes: Sequence[str] | None
) -> db.Query:
    """List the operations of an organisation and of all below it, by kind and theme."""
    query = sa.select(Operation.id).where(
        Operation.organisation_id.in_(below(sa.literal(organisation)))
    )
    if kinds is not None:
        query = query.where(Operation.kind.in_(kinds))
    if themes is not None:
        query = query.where(Operation.theme.in_(themes))
    return query.order_by(Operation.id)
