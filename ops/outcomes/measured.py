"""One measure as a summary says it: its figure, its parts, what it is set against, its records."""

import dataclasses
import datetime as dt
import decimal
import functools
import uuid
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any
from urllib.parse import urlencode

from ops.geo.grid import GridBox
from ops.outcomes import rules, suppression
from ops.results.definitions import Definition, Derived, beneath
from ops.results.figures import NOTHING, Figure, Part, Summary

# How a group is called whose records say nothing of what they are grouped by.
NONE_OF_THEM = {"area": "Outside the areas", "deployment": "No deployment"}
PENCE = decimal.Decimal("0.01")

Known = Mapping[str, Definition | Derived]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ask:
    """What a summary is asked for: of when, known when, by what, and of which operations.

    `period_ends_at` is where a measure's own period ends while `to` is not asked.
    """

    from_: dt.datetime | None = None
    to: dt.datetime | None = None
    as_at: dt.datetime | None = None
    late: bool = False
    period_ends_at: dt.datetime | None = None
    by: str | None = None
    four_p: str | None = None
    # Of the measures these alone; none named: all.
    measure: Sequence[str] = ()
    operation: Sequence[uuid.UUID] = ()
    kind: str | None = None
    theme: str | None = None
    organisation: str | None = None
    within: GridBox | None = None


def needed(chosen: Iterable[Definition | Derived], known: Known) -> list[Definition]:
    """Give what must be added up for these measures: also their parts, and what they rest on."""
    wanted: dict[str, Definition] = {}
    ahead, met = list(chosen), set[str]()
    while ahead:
        each = ahead.pop(0)
        if isinstance(each, Definition):
            wanted |= {one.code: one for one in (each, *beneath(each, known))}
        elif each.code not in met:
            met.add(each.code)
            ahead += [known[code] for code in (each.of, each.to) if code and code in known]
    return list(wanted.values())


@dataclasses.dataclass(frozen=True)
class Told:
    """What a summary knows when it says its measures."""

    ask: Ask
    # Where the records are listed.
    address: str
    known: Known
    # Targets and reported figures, by the code of their measure.
    against: Mapping[str, Mapping[str, Any]]
    summary: Summary
    # The groups that may not be told, by the code of their measure.
    hidden: Mapping[str, Set[str | None]]

    def measure(self, each: Definition | Derived) -> dict[str, Any]:
        """Say a measure."""
        said = self._derived(each) if isinstance(each, Derived) else self._counted(each)
        value = said["value"] and decimal.Decimal(said["value"])
        targets = self.against[each.code]["targets"]
        target = self._target(each.code)
        return {
            "code": each.code,
            "label": each.label,
            "four_p": each.four_p,
            "unit": each.unit,
            "definition": each.version,
            **_in_force(each),
            **said,
            "reported": self._reported(each, targets, target) or None,
            "target": target if target is None else written(target, each.unit),
            "attainment": None if value is None else rules.attainment(value, target),
        }

    def _counted(self, each: Definition) -> dict[str, Any]:
        said = {
            **_shown(self.summary.figures[each.code], each.unit),
            "records": self._records(each.code),
            **self._parts(each),
        }
        if self.ask.by is None:
            return said
        parts, hidden = self.summary.parts, self.hidden.get(each.code)
        if hidden is not None:
            parts = suppression.every_part(each, self.summary, self.ask.by)
        return said | {
            "groups": [
                self._group(part) | dict(suppression.NOTHING)
                if part.key in (hidden or ())
                else {
                    **self._group(part),
                    **_shown(part.figures[each.code], each.unit),
                    "records": self._records(each.code, by=self.ask.by, key=part.key),
                }
                for part in parts
                if hidden is not None or _has_something(part.figures.get(each.code))
            ]
        }

    def _parts(self, whole: Definition) -> dict[str, Any]:
        """Say the parts of a measure, and what is in none of them; overlapping ones add to more."""
        under = beneath(whole, self.known)
        if not under:
            return {}
        found = [self.summary.figures[each.code] for each in under]
        codes = [each.code.rpartition("/")[2] for each in under[:-1]]
        parts = [
            {
                "code": code,
                "label": each.label,
                **_shown(figure, whole.unit),
                "records": self._records(whole.code, part=code),
            }
            for code, each, figure in zip(codes, under[:-1], found[:-1], strict=True)
        ]
        residual = {
            **_shown(found[-1], whole.unit),
            "records": self._records(whole.code, residual="true"),
        }
        total = sum(figure.value for figure in found)
        overlap = total != self.summary.figures[whole.code].value
        return {"parts": parts, "residual": residual, "overlap": overlap}

    def _derived(self, each: Derived) -> dict[str, Any]:
        """Say a measure over measures; without a denominator it has no value."""
        whole = self.summary.figures
        said = {
            **_rate(self._over(each, whole), each.unit),
            "provisional": None,
            "records": None,
            "numerator": self._member(each.of, self._figure(each.of, whole)),
            "denominator": self._member(each.to, self._denominator(each, whole)),
        }
        if self.ask.by is None:
            return said
        return said | {"groups": list(self._groups_of(each)) if each.to else []}

    def _groups_of(self, each: Derived) -> Iterable[dict[str, Any]]:
        group = {"by": self.ask.by}
        for part in self.summary.parts:
            of, to = (self._figure(code, part.figures) for code in (each.of, each.to))
            if any(part.key in self.hidden.get(code or "", ()) for code in (each.of, each.to)):
                yield self._group(part) | dict(suppression.NOTHING)
            elif to is not None and to.value:
                yield {
                    **self._group(part),
                    **_rate(self._over(each, part.figures), each.unit),
                    "provisional": None,
                    "records": None,
                    "numerator": self._member(each.of, of, **group, key=part.key),
                    "denominator": self._member(each.to, to, **group, key=part.key),
                }

    def _over(self, each: Derived, figures: Mapping[str, Figure]) -> Figure | None:
        """Give one figure over another, which is as sure as both are."""
        of, to = self._figure(each.of, figures), self._denominator(each, figures)
        if of is None or to is None or not to.value:
            return None
        qualifier = of.qualifier if to.qualifier == "exact" else "approx"
        value = rules.rate(of.value, to.value, each.times)
        return dataclasses.replace(NOTHING, value=value, qualifier=qualifier)

    def _denominator(self, each: Derived, figures: Mapping[str, Figure]) -> Figure | None:
        if each.to is not None:
            return self._figure(each.to, figures)
        target = self._target(each.of)
        return None if target is None else dataclasses.replace(NOTHING, value=target)

    def _figure(self, code: str | None, figures: Mapping[str, Figure]) -> Figure | None:
        match self.known.get(code or ""):
            case Definition() as counted:
                return figures.get(counted.code, NOTHING)
            case Derived() as derived:
                return self._over(derived, figures)
        return None

    def _member(self, code: str | None, figure: Figure | None, **group: Any) -> dict[str, Any]:
        """Say the numerator or the denominator; one without a code is a target."""
        measure = self.known.get(code or "")
        unit = measure.unit if measure else ""
        return {
            "code": code,
            "label": measure.label if measure else "Target",
            "value": None if figure is None else written(figure.value, unit),
            "records": self._records(code, **group)
            if code and isinstance(measure, Definition)
            else None,
        }

    def _group(self, part: Part) -> dict[str, Any]:
        none = NONE_OF_THEM.get(self.ask.by or "", "Not recorded")
        return {"key": part.key, "label": part.label or part.key or none}

    def _target(self, code: str) -> decimal.Decimal | None:
        against = self.against.get(code)
        if against is None:
            return None
        return rules.target_for(
            against["targets"],
            self.ask.from_,
            self.ask.to,
            is_operation=self.ask.organisation is None,
        )

    def _reported(
        self,
        each: Definition | Derived,
        targets: Sequence[Mapping[str, Any]],
        target: decimal.Decimal | None,
    ) -> list[dict[str, Any]]:
        return [
            {
                **told,
                "attainment": rules.attainment(
                    decimal.Decimal(told["value"]), rules.target_of(told, targets, target)
                )
                if not told["facets"] and told["unit"] == each.unit
                else None,
            }
            for told in self.against[each.code]["reported"]
            if rules.is_told_of(told, self.ask.from_, self.ask.to, self.ask.as_at)
        ]

    def _records(self, measure: str, **more: str | None) -> str:
        """Write the address of the list of the records behind a figure."""
        part = urlencode({name: value for name, value in more.items() if value is not None})
        query = filter(None, (urlencode({"measure": measure}), self._asked, part))
        return f"{self.address}?{'&'.join(query)}"

    @functools.cached_property
    def _asked(self) -> str:
        """Write what the lists behind all figures ask alike."""
        moments = {"from": self.ask.from_, "to": self.ask.to, "as_at": self.ask.as_at}
        given: dict[str, object] = {
            "operation": self.ask.operation,
            "operation_kind": self.ask.kind,
            "theme": self.ask.theme,
            "operation_organisation": self.ask.organisation,
            **{name: at and moment(at) for name, at in moments.items()},
            "late": "true" if self.ask.late else None,
            "within": self.ask.within,
        }
        return urlencode({name: value for name, value in given.items() if value}, doseq=True)


def moment(at: dt.datetime) -> str:
    """Write a time in UTC."""
    return at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def written(value: decimal.Decimal, unit: str) -> str:
    """Write a value in full: pounds with their pence, anything else as it is."""
    if unit == "GBP" and value == value.quantize(PENCE):
        return format(value.quantize(PENCE), "f")
    return format(value, "f")


def _shown(figure: Figure, unit: str) -> dict[str, str]:
    return {
        "value": written(figure.value, unit),
        "provisional": written(figure.provisional, unit),
        "qualifier": figure.qualifier,
    }


def _rate(figure: Figure | None, unit: str) -> dict[str, str | None]:
    if figure is None:
        return {"value": None, "qualifier": "exact"}
    return {"value": written(figure.value, unit), "qualifier": figure.qualifier}


def _has_something(figure: Figure | None) -> bool:
    return figure is not None and bool(figure.records or figure.provisional)


def _in_force(each: Definition | Derived) -> dict[str, str]:
    """Say from when to when a version is in force, where it is not for ever."""
    days = {"valid_from": each.valid_from, "valid_to": each.valid_to}
    return {name: day.isoformat() for name, day in days.items() if day is not None}
