"""The measures in force, each with its targets and what others reported of it."""

import functools
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import ARRAY

from ops import db
from ops.access.models import Organisation
from ops.access.queries import below
from ops.operations.models import Operation
from ops.outcomes.models import ReportedFigure, Target
from ops.results import measures
from ops.results.models import RollupState

OPERATION = sa.bindparam("operation", type_=sa.Uuid())
# The day whose definitions hold.
DAY = sa.bindparam("day", type_=sa.Date())
ORGANISATION = sa.bindparam("organisation", type_=sa.Text())
# The organisation again, where all its operations are asked for: only then does its target apply.
WHOLE = sa.bindparam("whole", type_=sa.Text())
# What narrows many operations down; one that was not given narrows nothing.
CHOSEN = sa.bindparam("chosen", type_=ARRAY(sa.Uuid()))
TOLD = ("unit", "qualifier", "source", "as_at", "starts_on", "ends_on", "facets", "note")
KIND, THEME = (sa.bindparam(name, type_=sa.Text()) for name in ("kind", "theme"))


@functools.cache
def of_operation() -> db.Query:
    """Find an operation, and all that its figures are set against."""
    return sa.select(
        Operation.id,
        Operation.name,
        Operation.reference,
        _measures(Target.operation_id == OPERATION, ReportedFigure.operation_id == OPERATION),
    ).where(Operation.id == OPERATION)


@functools.cache
def of_many() -> db.Query:
    """Find the operations that fit, and all that their figures are set against.

    Those of an organisation are those of every part of it too; its targets
    and reported figures are its own.
    """
    own, whole = (
        sa.select(Organisation.id).where(Organisation.code == code).scalar_subquery()
        for code in (ORGANISATION, WHOLE)
    )
    fitting = sa.select(Operation.id).where(
        sa.or_(CHOSEN.is_(None), Operation.id == sa.any_(CHOSEN)),
        sa.or_(KIND.is_(None), Operation.kind == KIND),
        sa.or_(THEME.is_(None), Operation.theme == THEME),
        sa.or_(ORGANISATION.is_(None), Operation.organisation_id.in_(below(ORGANISATION))),
    )
    known = sa.select(sa.func.count()).where(Operation.id == sa.any_(CHOSEN))
    ids = fitting.order_by(Operation.id)
    return sa.select(
        own.label("organisation"),
        known.scalar_subquery().label("known"),
        sa.func.array(ids.scalar_subquery(), type_=ARRAY(sa.Uuid())).label("operations"),
        sa.select(sa.func.count(Operation.id)).scalar_subquery().label("seen"),
        sa.select(RollupState.definitions).scalar_subquery().label("kept"),
        _measures(
            sa.or_(Target.organisation_id == whole, Target.operation_id == OPERATION),
            sa.or_(
                ReportedFigure.organisation_id == whole, ReportedFigure.operation_id == OPERATION
            ),
        ),
    )


def _measures(targets: sa.ColumnElement[bool], figures: sa.ColumnElement[bool]) -> Any:
    """Write each measure in force as one object, with the targets and figures of one scope."""
    current = measures.current(DAY).subquery("current")
    aimed = (
        sa.select(Target.starts_on, Target.ends_on, sa.cast(Target.value, sa.Text))
        .where(Target.measure == current.c.code, targets)
        .order_by(Target.starts_on, Target.ends_on, Target.id)
        .correlate(current)
    )
    newer = orm.aliased(ReportedFigure)
    revised = sa.exists().where(newer.supersedes_id == ReportedFigure.id)
    told = (
        sa.select(
            # As text, so that no digit of it changes on the way.
            sa.cast(ReportedFigure.value, sa.Text),
            *(getattr(ReportedFigure, name) for name in TOLD),
        )
        .where(ReportedFigure.measure == current.c.code, figures, ~revised)
        .order_by(ReportedFigure.as_at.desc().nulls_last(), ReportedFigure.id)
        .correlate(current)
    )
    each = sa.select(current, _list(aimed).label("targets"), _list(told).label("reported"))
    return _list(each.order_by(current.c.code)).label("measures")


def _list(query: db.Query) -> sa.ScalarSelect[Any]:
    """Write the rows of a query as one list of objects."""
    rows = query.subquery()
    objects = sa.func.json_agg(rows.table_valued(), type_=sa.JSON())
    return sa.select(sa.func.coalesce(objects, sa.text("'[]'::json"))).scalar_subquery()
