"""Definitions of measures: data, versioned; the kinds bring the first of each."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql

from ops import db, wording
from ops.results import versions
from ops.results.definitions import Definition, Derived, problems, read
from ops.results.kinds import KINDS, base
from ops.results.models import Measure

__all__ = [
    "Definition",
    "Derived",
    "built_ins",
    "current",
    "problems",
    "publish_built_ins",
    "read",
]


def current(on: dt.date | sa.ColumnElement[dt.date] | None = None) -> sa.Select[Measure]:
    """List the version of each measure that is in force on a day; without one, today.

    Of a measure that did not exist yet, it is the first: what is thought of
    today can be asked of last year.
    """
    today: sa.ColumnElement[dt.date] = sa.cast(
        sa.func.timezone("Europe/London", sa.func.now()), sa.Date
    )
    day = today if on is None else sa.cast(on, sa.Date)
    before = orm.aliased(Measure)
    existed = sa.exists().where(
        before.code == Measure.code, sa.func.coalesce(before.valid_from, day) <= day
    )
    begins_on, ends_on = Measure.valid_from, Measure.valid_to
    in_force = sa.and_(
        sa.func.coalesce(begins_on, day) <= day, sa.func.coalesce(ends_on, day) >= day
    )
    is_first = sa.and_(begins_on.between(day, today), sa.func.coalesce(ends_on, today) >= begins_on)
    return (
        sa.select(Measure)
        .ext(postgresql.distinct_on(Measure.code))
        .where(sa.or_(in_force, sa.and_(is_first, sa.not_(existed))))
        .order_by(Measure.code, sa.case((sa.not_(in_force), begins_on)), Measure.version.desc())
    )


def built_ins() -> Sequence[tuple[base.Kind, base.Measure]]:
    """List the measures that the kinds bring."""
    return [(kind, measure) for kind in KINDS.values() for measure in kind.measures]


def said_of(kind: base.Kind, measure: base.Measure) -> dict[str, Any]:
    """Give what a built-in measure says, as it is stored."""
    return {
        "label": measure.label,
        "four_p": measure.four_p,
        "unit": measure.unit,
        "definition": _written(kind, measure),
    }


def _written(kind: base.Kind, measure: base.Measure) -> dict[str, Any]:
    """Write a definition; what is as by default and was not always there is left out."""
    later = {
        "unless": [_listed(each) for each in measure.unless],
        "distinct": measure.distinct,
        "period": measure.period,
        "parts": list(measure.parts),
    }
    return {
        "kind": kind.name,
        "where": _listed(measure.where),
        "sum": measure.sum,
        "counts_when": measure.counts_when,
        **{name: value for name, value in later.items() if value},
    }


def _listed(where: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {facet: list(codes) for facet, codes in where.items()}


def publish_built_ins(connection: sa.Connection) -> None:
    """Write the kinds' measures where they are new; one that changed becomes a new version.

    A definition that stood once is not published again, and one that follows a
    version that somebody made here holds on no day: so that theirs stays the
    one that counts, and this one can be restored.
    """
    published: dict[str, list[Any]] = {}
    for row in connection.execute(sa.select(Measure.__table__)):
        published.setdefault(row.code, []).append(row)
    for kind, measure in built_ins():
        said = said_of(kind, measure)
        known = published.get(measure.code, [])
        if any(all(getattr(row, name) == each for name, each in said.items()) for row in known):
            continue
        place = versions.place_of_release(known, wording.today())
        if place.follows is not None:
            before = sa.update(Measure).where(Measure.id == place.follows.id)
            connection.execute(before.values(valid_to=place.ends_on))
        # Two starts at once may both find it missing.
        connection.execute(
            postgresql.insert(Measure)
            .values(
                id=db.new_id(),
                code=measure.code,
                version=1 + max((row.version for row in known), default=0),
                valid_from=place.valid_from,
                valid_to=place.valid_to,
                is_built_in=True,
                **said,
            )
            .on_conflict_do_nothing()
        )
