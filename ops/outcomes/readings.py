"""What a reported figure is here: which measure, narrowed how, of which operations."""

import dataclasses
import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.operations.models import KINDS as OPERATION_KINDS
from ops.operations.models import THEMES
from ops.outcomes import reconciliation_queries as queries
from ops.outcomes.reconciliation_models import FigureMapping
from ops.results import measures
from ops.results.counting import Scope
from ops.results.definitions import PERIODS, Definition, Derived, Terms
from ops.results.kinds import KINDS
from ops.results.kinds.base import Kind
from ops.wording import first_moment, short_day

# Facets that say which operations, rather than which records.
OF_OPERATIONS = {"operation_kind": OPERATION_KINDS, "theme": THEMES}

Where = Mapping[str, Sequence[str]]
A_DAY = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True)
class Whose:
    """Whose a figure is: one operation's, or an organisation's; neither where nobody has said."""

    operation: uuid.UUID | None = None
    organisation: str | None = None
    name: str | None = None
    kinds: tuple[str, ...] | None = None
    themes: tuple[str, ...] | None = None


@dataclasses.dataclass(frozen=True)
class Reading:
    """A figure as it is read here; with a sentence in `because`, it can't be compared.

    `definition` is that of our measure, narrowed to the part that the figure is of; a measure
    that is worked out from others has none.
    """

    whose: Whose
    measure: Definition | Derived | None = None
    definition: Definition | None = None
    where: Where = dataclasses.field(default_factory=dict)
    because: str | None = None
    mapping: Any = None


class Reader:
    """Reads figures by the measures in force and by what people have said of them."""

    def __init__(self) -> None:
        self._in_force: dict[dt.date | None, dict[str, Definition | Derived]] = {}
        self.mappings: dict[tuple[str, str, uuid.UUID | None], Any] = {}
        for row in db.session.execute(queries.mappings()):
            said = row.FigureMapping
            self.mappings.setdefault((said.measure, _key(said.facets), said.operation_id), row)
        self.scopes = {row.SetScope.set_id: row for row in db.session.execute(queries.set_scopes())}
        self._operations: dict[Whose, tuple[uuid.UUID, ...]] = {}

    def in_force(self, on: dt.date | None = None) -> Mapping[str, Definition | Derived]:
        """Give the measures in force on a day, by their codes; without one, today."""
        if on not in self._in_force:
            self._in_force[on] = {
                row.code: found
                for row in db.session.scalars(measures.current(on))
                if (found := measures.read(row))
            }
        return self._in_force[on]

    def sets_of(self, operation: uuid.UUID) -> list[uuid.UUID]:
        """List the published sets that speak of an operation."""
        return [
            set_id for set_id, row in self.scopes.items() if row.SetScope.operation_id == operation
        ]

    def operations(self, whose: Whose) -> tuple[uuid.UUID, ...]:
        """List the operations that a figure is of, as far as they are seen."""
        if whose.operation is not None:
            return (whose.operation,)
        if whose.organisation is None:
            return ()
        if whose not in self._operations:
            found = queries.operations_of(whose.organisation, whose.kinds, whose.themes)
            self._operations[whose] = tuple(db.session.scalars(found))
        return self._operations[whose]

    def read(self, figure: sa.Row[Any]) -> Reading:
        """Say what a figure is, or why that isn't known."""
        whose = self._whose(figure)
        own = (figure.measure, _key(figure.facets))
        mapping = self.mappings.get((*own, whose.operation)) or self.mappings.get((*own, None))
        if mapping is not None and mapping.FigureMapping.code is None:
            return Reading(whose, because="Somebody said that it is none of ours.", mapping=mapping)
        said: FigureMapping | None = mapping and mapping.FigureMapping
        code = said.code if said and said.code else figure.measure
        # As the list of the records behind it takes them.
        definition = self.in_force(figure.ends_on or figure.as_at).get(code)
        if definition is None:
            return Reading(whose, because="It is none of our measures.", mapping=mapping)
        if isinstance(definition, Derived):
            sentence = f"It is worked out from {definition.members}; compare the figures of those."
            return Reading(whose, definition, because=sentence, mapping=mapping)
        facets = said.where if said else {n: [str(v)] for n, v in figure.facets.items()}
        for name in facets:
            if not _is_known(definition, name, facets[name]):
                told = ", ".join(facets[name])
                sentence = f"“{name}: {told}” is no part that our records are split by."
                return Reading(whose, because=sentence, mapping=mapping)
        narrowed = narrow(definition, facets)
        if narrowed is None:
            sentence = "Our measure has no such part: it is defined as another."
            return Reading(whose, because=sentence, mapping=mapping)
        whose = dataclasses.replace(
            whose, kinds=_codes(facets, "operation_kind"), themes=_codes(facets, "theme")
        )
        where = {name: codes for name, codes in facets.items() if name not in OF_OPERATIONS}
        reading = Reading(whose, definition, narrowed, where, mapping=mapping)
        if another := _of_another_time(definition, figure):
            return dataclasses.replace(reading, because=another)
        if whose.operation is None and whose.organisation is None:
            sentence = "Nobody has said whose figure it is."
            return dataclasses.replace(reading, because=sentence)
        if not self.operations(whose):
            sentence = "You see none of the operations that it is about."
            return dataclasses.replace(reading, because=sentence)
        return reading

    def _whose(self, figure: sa.Row[Any]) -> Whose:
        if figure.operation is not None:
            return Whose(operation=figure.operation, name=figure.of)
        if figure.organisation is not None:
            return Whose(organisation=figure.organisation)
        scope = self.scopes.get(figure.set_id)
        if scope is None:
            return Whose()
        operation = scope.SetScope.operation_id
        return Whose(operation=operation, organisation=scope.organisation, name=scope.of)


def scope(operations: Sequence[uuid.UUID], figure: sa.Row[Any], *, is_late: bool = False) -> Scope:
    """Give what a figure is about, as it was known when it was told; late, as it is known now."""
    return Scope(
        operations,
        figure.starts_on and first_moment(figure.starts_on),
        figure.ends_on and first_moment(figure.ends_on + A_DAY),
        figure.as_at and first_moment(figure.as_at + A_DAY),
        late=is_late,
    )


def narrow(definition: Definition, facets: Where) -> Definition | None:
    """Give the definition of a part of a measure; none where nothing could be in it.

    It asks what the measure asks and the facets too, each by itself: a record may have several
    codes of a facet. It counts as its whole does, as the list of the same records has it.
    """
    more = {name: tuple(sorted(set(each))) for name, each in facets.items()}
    parts = tuple(each for each in sorted(more.items()) if each[0] not in OF_OPERATIONS)
    terms = Terms((*definition.where, *parts), definition.terms.unless)
    if not _could_hold(KINDS[definition.kind], terms):
        return None
    # Named by what it is, so that the same part is the same statement each time.
    code = f"{definition.code} {_key(more)}"
    return dataclasses.replace(definition, code=code, terms=terms)


def _could_hold(kind: Kind, terms: Terms) -> bool:
    """Tell whether a record could have all that is asked, and not what leaves it out."""

    def is_apart(name: str, codes: Sequence[str]) -> bool:
        return any(f == name and set(each).isdisjoint(codes) for f, each in terms.where)

    def is_met(name: str, codes: Sequence[str]) -> bool:
        return any(f == name and set(each) <= set(codes) for f, each in terms.where)

    single = [asked for asked in terms.where if not kind.facets[asked[0]].is_many]
    if any(is_apart(*asked) for asked in single):
        return False
    return not any(all(is_met(*asked) for asked in each.where) for each in terms.unless)


def _of_another_time(definition: Definition, figure: sa.Row[Any]) -> str | None:
    """Say so where a measure has a period of its own, and the figure is of another."""
    if definition.period is None or figure.starts_on is None:
        return None
    begun = scope([], figure).begun(definition.period).date()
    if begun == figure.starts_on:
        return None
    return (
        f"Our measure is of {PERIODS[definition.period].lower()}, from {short_day(begun)};"
        f" this figure is from {short_day(figure.starts_on)}."
    )


def problems(definition: Definition, where: Where) -> dict[str, list[str]]:
    """Say, by facet, what a mapping narrows a measure by that is not there."""
    return {
        f"where.{name}": ["Our records of this measure are not split so."]
        for name, codes in where.items()
        if not _is_known(definition, name, codes)
    }


def _is_known(definition: Definition, name: str, codes: Sequence[str]) -> bool:
    if name in OF_OPERATIONS:
        return set(codes) <= set(OF_OPERATIONS[name])
    facet = KINDS[definition.kind].facets.get(name)
    return facet is not None and bool(facet.codes) and set(codes) <= set(facet.codes or ())


def _codes(facets: Where, name: str) -> tuple[str, ...] | None:
    return tuple(facets[name]) if name in facets else None


def _key(facets: Mapping[str, Any]) -> str:
    return json.dumps(facets, sort_keys=True)
