"""The versions of definitions, and the framework of the strategy."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.access.models import Organisation, Person
from ops.outcomes.models import FrameworkLine, ReportedFigure
from ops.results import measures
from ops.results.models import Measure


def versions(filters: Mapping[str, Any]) -> db.Query:
    """List every version of every definition, with who made it."""
    query = (
        sa.select(Measure, Person.name.label("maker"))
        .outerjoin(Person, Person.id == Measure.made_by)
        .order_by(Measure.code, Measure.version)
    )
    if "code" in filters:
        query = query.where(Measure.code == filters["code"])
    if "four_p" in filters:
        query = query.where(Measure.four_p == filters["four_p"])
    return query


def versions_of(code: str) -> sa.Select[Measure]:
    """List the versions of one measure, the newest first."""
    return sa.select(Measure).where(Measure.code == code).order_by(Measure.version.desc())


def labels() -> db.Query:
    """Give what each measure in force is called, by its code."""
    current = measures.current().subquery()
    return sa.select(current.c.code, current.c.label).order_by(current.c.code)


def framework() -> sa.Select[FrameworkLine]:
    """List the lines of the framework in their order."""
    return sa.select(FrameworkLine).order_by(FrameworkLine.position, FrameworkLine.id)


def reported_of(codes: list[str], filters: Mapping[str, Any]) -> db.Query:
    """List what others reported of some measures, of one organisation or operation."""
    columns = ("measure", "value", "unit", "qualifier", "source", "as_at", "starts_on", "ends_on")
    query = (
        sa.select(
            ReportedFigure.operation_id.label("operation"),
            ReportedFigure.id,
            *(getattr(ReportedFigure, name) for name in columns),
            ReportedFigure.facets,
            ReportedFigure.note,
        )
        .where(ReportedFigure.measure.in_(codes))
        .order_by(ReportedFigure.as_at.desc(), ReportedFigure.id)
    )
    if "organisation" in filters:
        own = sa.select(Organisation.id).where(Organisation.code == filters["organisation"])
        query = query.where(ReportedFigure.organisation_id == own.scalar_subquery())
    # Of one operation is no figure of an organisation.
    return query.where(ReportedFigure.operation_id == filters.get("operation"))
