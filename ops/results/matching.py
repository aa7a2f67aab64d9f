"""Which records a definition matches, and which of those stand for what lies in them."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import ARRAY, array

from ops import db
from ops.results.counting import Of, begins, ends, is_counted
from ops.results.definitions import Definition, Terms
from ops.results.kinds.base import Facet, Kind
from ops.results.models import Result

_CODES = ARRAY(sa.Text())
_IDS = ARRAY(sa.Uuid())


def has(facet: Facet, codes: Sequence[str], *, of: Of) -> sa.ColumnElement[bool]:
    """Tell whether a record of the kind has one of these codes."""
    value = facet.at(is_past=of.is_past)
    if facet.is_many:
        return value.op("&&", is_comparison=True)(sa.literal(list(codes), _CODES))
    return value.in_(codes)


def fits(
    terms: Terms, has_one: Callable[[str, tuple[str, ...]], sa.ColumnElement[bool]]
) -> sa.ColumnElement[bool]:
    """Tell whether a record is what the terms ask for, by how one tells of a facet's codes."""
    asked = [has_one(facet, codes) for facet, codes in terms.where]
    # What a record doesn't say, it doesn't meet.
    met = [sa.func.coalesce(fits(each, has_one), sa.false()) for each in terms.unless]
    return sa.and_(sa.true(), *asked, *(sa.not_(each) for each in met))


def matches(kind: Kind, definition: Definition, terms: Terms, *, of: Of) -> sa.ColumnElement[bool]:
    """Tell whether a record, looked at by itself, is what terms of a definition ask for."""
    fit = fits(terms, lambda facet, codes: has(kind.facets[facet], codes, of=of))
    if definition.sum:
        return sa.and_(fit, kind.quantities[definition.sum].value.is_not(None))
    return fit


def counts(kind: Kind, definition: Definition, *, of: Of) -> sa.ColumnElement[bool]:
    """Tell whether a record is one of those behind a figure.

    A record that lies in another counts only where none of those around it
    does: parts are never added to their whole.
    """
    alone = matches(kind, definition, definition.terms, of=of)
    if kind.ancestors is None:
        return alone
    inside = sa.func.coalesce(matches_around(kind, [definition], of=of)[1], sa.false())
    return sa.and_(alone, sa.or_(lies_in_none(kind), sa.not_(inside)))


def in_own_period(definition: Definition, at: db.Key, *, of: Of) -> list[sa.ColumnElement[bool]]:
    """Tell whether something is in a definition's own period, where not all have the same."""
    if not of.is_mixed:
        return []
    return [sa.and_(at >= begins(definition.period), at < ends(definition.period))]


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
        *(
            matches(kind, each, each.around, of=of).label(f"match_{n}")
            for n, each in enumerate(definitions)
        ),
    ).subquery("around")
    result = orm.aliased(Result)
    found = [
        sa.func.bool_or(sa.and_(match, *in_own_period(each, result.occurred_at, of=of)))
        for each, match in zip(definitions, around.c[1:], strict=True)
    ]
    return (
        sa.select(array(found))
        .select_from(around)
        .join(result, result.id == around.c.result_id)
        .where(
            around.c.result_id == sa.any_(sa.type_coerce(kind.ancestors, _IDS)),
            is_counted(result, of=of),
        )
        .correlate(kind.model)
        .scalar_subquery()
    )
