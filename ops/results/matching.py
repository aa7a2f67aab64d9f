"""Which records a definition matches, and which of those stand for what lies in them."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import ARRAY, array

from ops.results.counting import Of, is_counted
from ops.results.kinds.base import Facet, Kind
from ops.results.measures import Definition
from ops.results.models import Result

_CODES = ARRAY(sa.Text())
_IDS = ARRAY(sa.Uuid())


def has(facet: Facet, codes: Sequence[str]) -> sa.ColumnElement[bool]:
    """Tell whether a record of the kind has one of these codes."""
    if facet.is_many:
        return facet.value.op("&&", is_comparison=True)(sa.literal(list(codes), _CODES))
    return facet.value.in_(codes)


def matches(kind: Kind, definition: Definition) -> sa.ColumnElement[bool]:
    """Tell whether a record, looked at by itself, is what a definition asks for."""
    conditions = [has(kind.facets[facet], codes) for facet, codes in definition.where]
    if definition.sum:
        conditions.append(kind.quantities[definition.sum].value.is_not(None))
    return sa.and_(sa.true(), *conditions)


def counts(kind: Kind, definition: Definition, *, of: Of) -> sa.ColumnElement[bool]:
    """Tell whether a record is one of those behind a figure.

    A record that lies in another counts only where none of those around it
    does: parts are never added to their whole.
    """
    alone = matches(kind, definition)
    if kind.ancestors is None:
        return alone
    inside = sa.func.coalesce(matches_around(kind, [definition], of=of)[1], sa.false())
    return sa.and_(alone, sa.or_(lies_in_none(kind), sa.not_(inside)))


def lies_in_none(kind: Kind) -> sa.ColumnElement[bool]:
    """Tell whether a record lies in no other."""
    # Written out, so that the planner sees how very many there are.
    return sa.type_coerce(kind.ancestors, _IDS) == sa.literal_column("'{}'")


def matches_around(
    kind: Kind, definitions: Sequence[Definition], *, of: Of
) -> sa.ColumnElement[Any]:
    """Tell, definition by definition, whether a record lies in one that counts towards it."""
    around = sa.select(
        kind.model.__table__.c.result_id,
        *(matches(kind, each).label(f"match_{n}") for n, each in enumerate(definitions)),
    ).subquery("around")
    result = orm.aliased(Result)
    return (
        sa.select(array([sa.func.bool_or(match) for match in around.c[1:]]))
        .select_from(around)
        .join(result, result.id == around.c.result_id)
        .where(
            around.c.result_id == sa.any_(sa.type_coerce(kind.ancestors, _IDS)),
            is_counted(result, of=of),
        )
        .correlate(kind.model)
        .scalar_subquery()
    )
