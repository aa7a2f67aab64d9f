"""Definitions of measures: data, versioned; the kinds bring the first of each."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from ops import db
from ops.results.kinds import KINDS, base
from ops.results.models import Measure

COUNTS_WHEN = {"recorded": "When recorded", "confirmed": "When confirmed"}


@dataclasses.dataclass(frozen=True)
class Definition:
    """One version of a measure, as `ops.results.figures` compiles it."""

    code: str
    version: int
    label: str
    four_p: str
    unit: str
    kind: str
    where: tuple[tuple[str, tuple[str, ...]], ...]
    sum: str | None
    counts_when: str


def current(on: dt.date | None = None) -> sa.Select[Measure]:
    """List the version of each measure that holds on a day; without one, today."""
    day = sa.func.current_date() if on is None else sa.literal(on)
    return (
        sa.select(Measure)
        .ext(postgresql.distinct_on(Measure.code))
        .where(
            sa.func.coalesce(Measure.valid_from, day) <= day,
            sa.func.coalesce(Measure.valid_to, day) >= day,
        )
        .order_by(Measure.code, Measure.version.desc())
    )


def read(measure: Measure) -> Definition | None:
    """Give a stored definition as it is compiled; none for a kind that is no more."""
    stored = measure.definition
    if problems(stored):
        return None
    return Definition(
        measure.code,
        measure.version,
        measure.label,
        measure.four_p,
        measure.unit,
        stored["kind"],
        tuple((facet, tuple(codes)) for facet, codes in sorted(stored["where"].items())),
        stored["sum"],
        stored["counts_when"],
    )


def problems(definition: Mapping[str, Any]) -> dict[str, str]:
    """Say, by part, what a definition asks for that is not there."""
    kind = KINDS.get(definition.get("kind", ""))
    if kind is None:
        return {"kind": f"Name a kind of result: {', '.join(KINDS)}."}
    found = {}
    for facet, codes in definition.get("where", {}).items():
        if facet not in kind.facets:
            found[f"where.{facet}"] = f"This kind has only {', '.join(kind.facets)}."
        elif (known := kind.facets[facet].codes) and set(codes) - set(known):
            wrong = ", ".join(sorted(set(codes) - set(known)))
            found[f"where.{facet}"] = f"There is no code {wrong}."
    if definition.get("sum") not in {None, *kind.quantities}:
        found["sum"] = f"This kind has only {', '.join(kind.quantities) or 'nothing'} to sum."
    if definition.get("counts_when") not in COUNTS_WHEN:
        found["counts_when"] = f"Choose one of {', '.join(COUNTS_WHEN)}."
    return found


def built_ins() -> Sequence[tuple[base.Kind, base.Measure]]:
    """List the measures that the kinds bring."""
    return [(kind, measure) for kind in KINDS.values() for measure in kind.measures]


def publish_built_ins(connection: sa.Connection) -> None:
    """Write the kinds' measures where they are new; one that changed becomes a new version.

    A definition that stood once is not published again, so that a later version
    that somebody made here stays the one that counts.
    """
    versions: dict[str, list[sa.RowMapping]] = {}
    for row in connection.execute(sa.select(Measure.__table__)).mappings():
        versions.setdefault(row["code"], []).append(row)
    for kind, measure in built_ins():
        said = {
            "label": measure.label,
            "four_p": measure.four_p,
            "unit": measure.unit,
            "definition": {
                "kind": kind.name,
                "where": {facet: list(codes) for facet, codes in measure.where.items()},
                "sum": measure.sum,
                "counts_when": measure.counts_when,
            },
        }
        known = versions.get(measure.code, [])
        if any(all(row[name] == value for name, value in said.items()) for row in known):
            continue
        version = 1 + max((row["version"] for row in known), default=0)
        # Two starts at once may both find it missing.
        connection.execute(
            postgresql.insert(Measure)
            .values(id=db.new_id(), code=measure.code, version=version, **said)
            .on_conflict_do_nothing()
        )
