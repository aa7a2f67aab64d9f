"""The figures of a report: added up by theme, set against the period before and against targets."""

import dataclasses
import datetime as dt
import decimal
import itertools
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ops import db
from ops.errors import Invalid
from ops.ledger.consultation import saw
from ops.operations.models import THEMES
from ops.outcomes import rules as outcome_rules
from ops.outcomes import summaries, suppression
from ops.outcomes.boards import months as months_of
from ops.outcomes.measure_text import words
from ops.outcomes.summaries import Ask
from ops.reports import queries, rules
from ops.results.kinds import KINDS
from ops.wording import first_moment

Row = Mapping[str, Any]
Body = dict[str, Any]
# What is told of people, as far as the rule for small counts lets it.
PEOPLE = "arrests"
PEOPLE_BY = ("age_band", "sex")
_NEXT_DAY = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True)
class _Taking:
    """What is being told, as known at one moment, and by which definitions."""

    report: Row
    as_at: dt.datetime
    measures: Sequence[Row]

    def add_up(
        self,
        operations: Sequence[uuid.UUID],
        days: rules.Period,
        by: str | None = None,
        codes: Sequence[str] | None = None,
    ) -> list[Body]:
        """Add up operations over days, all measures or these alone."""
        ask = Ask(
            from_=first_moment(days[0]),
            to=first_moment(days[1] + _NEXT_DAY),
            as_at=self.as_at,
            by=by,
            operation=operations,
        )
        chosen = [each for each in self.measures if codes is None or each["code"] in codes]
        found: list[Body] = summaries.of_measures(chosen, operations, ask, self.as_at)["measures"]
        places = {each["code"]: each["place"] for each in self.measures}
        return sorted(found, key=lambda each: places[each["code"]])

    def in_days(self, days: rules.Period, **more: Any) -> list[Body]:
        """Add up every operation of the report."""
        return self.add_up(self.report["operations"], days, **more)


def take(report: Row, as_at: dt.datetime) -> Body:
    """Take all figures of a report as they are known at a moment; refuse what is not seen."""
    ids = report["operations"]
    lines = {row.measure: row.position for row in db.session.execute(queries.framework())}
    ask = Ask(operation=ids, to=first_moment(report["ends_on"] + _NEXT_DAY))
    found = summaries.fitting(ask, as_at)
    saw("operation", ids)
    # Targets and reported figures are of operations and organisations, and told by themselves.
    # What has a target comes first, then what the strategy is held to.
    lines |= {row.measure: -1 for row in db.session.execute(queries.targets(report))}
    measures = [
        dict(each) | {"targets": [], "reported": [], "place": lines.get(each["code"], len(lines))}
        for each in found.measures
    ]
    taking = _Taking(report, as_at, measures)
    days = (report["starts_on"], report["ends_on"])
    before = rules.set_against(*days, report["against"])
    operations = [dict(row) for row in db.session.execute(queries.operations(ids)).mappings()]
    groups = list(_groups(taking, operations, days, before))
    labels = {each["code"]: each for each in measures}
    targets = list(_targets(taking, labels))
    reported, others = _reported(report, as_at, labels, targets)
    recorded = set(db.session.scalars(queries.recorded_in(ids, *days)))
    return {
        "as_at": as_at,
        "days": days,
        "before": before,
        "has_before": any(each["was"] for group in groups for each in group["figures"]),
        "operations": [
            {name: each[name] for name in ("id", "name", "theme")}
            | {"is_silent": each["id"] not in recorded}
            for each in operations
        ],
        "groups": groups,
        "silent": [
            each["label"]
            for each in groups[0]["all"]
            if not _is_some(each["value"]) and not _is_some(each["provisional"])
        ],
        "targets": targets,
        "reported": reported,
        "other_periods": others,
        "months": _months(taking, days, report["chart_measure"]),
        "districts": _districts(taking, days, report["map_measure"]),
        "people": list(_people(taking, days)),
        "definitions": [
            {
                "code": each["code"],
                "label": each["label"],
                "version": each["version"],
                "says": words(each["definition"], {c: m["label"] for c, m in labels.items()}),
            }
            for each in measures
        ],
    }


def check_measures(chart: str, on_map: str, day: dt.date) -> None:
    """Refuse to draw what is no measure, or what is no count on a map."""
    known = {row.code: row for row in db.session.execute(queries.measures_on(day))}
    if chart not in known:
        said = "There is no such measure in force; choose one from the list."
        raise Invalid(said, {"chart_measure": [said]})
    if on_map not in known or known[on_map].unit != "count":
        said = "The map shows counts; choose a measure that counts records or people."
        raise Invalid(said, {"map_measure": [said]})


def _groups(
    taking: _Taking, operations: Sequence[Row], days: rules.Period, before: rules.Period | None
) -> Iterator[Body]:
    """Add up all operations, then those of each theme, where there are several."""
    themes: list[tuple[str | None, list[uuid.UUID]]] = [
        (theme, [each["id"] for each in operations if each["theme"] == theme]) for theme in THEMES
    ]
    themes.append((None, [each["id"] for each in operations if each["theme"] not in THEMES]))
    present = [(theme, ids) for theme, ids in themes if ids]
    for theme, ids in [("", taking.report["operations"]), *present]:
        now = taking.add_up(ids, days)
        was = {each["code"]: each for each in taking.add_up(ids, before)} if before else {}
        yield {
            "theme": theme,
            "operations": ids,
            "all": [{n: each[n] for n in ("label", "value", "provisional")} for each in now],
            "figures": [
                {
                    name: each[name]
                    for name in (
                        "code", "label", "four_p", "unit", "value", "qualifier", "provisional",
                    )
                }
                | {"was": _was(was.get(each["code"]))}
                for each in now
                if _is_some(each["value"])
                or _is_some(each["provisional"])
                or _was(was.get(each["code"]))
            ],
        }  # fmt: skip


def _was(figure: Row | None) -> Body | None:
    """Give what a figure was in the period before; nothing where nothing was."""
    if figure is None or not _is_some(figure["value"]):
        return None
    return {"value": figure["value"], "qualifier": figure["qualifier"]}


def _targets(taking: _Taking, labels: Mapping[str, Row]) -> Iterator[Body]:
    """Set what is recorded against each target, over the days of the target."""
    report = taking.report
    rows = db.session.execute(queries.targets(report)).mappings().all()
    key = lambda row: (row["starts_on"], row["ends_on"], str(row["operation_id"] or ""))  # noqa: E731
    everything: set[uuid.UUID] | None = None
    for (starts_on, ends_on, _), several in itertools.groupby(sorted(rows, key=key), key):
        chosen = list(several)
        of = chosen[0]["operation_id"]
        last = min(ends_on, report["ends_on"])
        codes = [each["measure"] for each in chosen if each["measure"] in labels]
        ids = [of] if of else report["operations"]
        parts = {part for code in codes for part in _made_of(labels, code)}
        found = {
            each["code"]: each
            for each in taking.add_up(ids, (starts_on, last), codes=[*codes, *parts])
        }
        if of is None and everything is None:
            query = queries.all_of(report["organisation_code"])
            everything = set(db.session.scalars(query))
        # A part of an organisation's work is not set against the target for all of it.
        is_whole = of is not None or (everything or set()) <= set(report["operations"])
        for each in chosen:
            figure = found.get(each["measure"])
            value = figure["value"] if figure else None
            target = decimal.Decimal(each["value"])
            share = (
                outcome_rules.attainment(decimal.Decimal(value), target)
                if value is not None and is_whole
                else None
            )
            yield {
                "measure": each["measure"],
                "label": figure["label"] if figure else each["measure"],
                "unit": figure["unit"] if figure else "count",
                "starts_on": starts_on,
                "ends_on": ends_on,
                "operation": each["operation"],
                "operation_id": of,
                "target": target,
                "value": value,
                "qualifier": figure["qualifier"] if figure else None,
                "is_whole": is_whole,
                "attainment": share,
            }


def _made_of(labels: Mapping[str, Row], code: str) -> Iterator[str]:
    """Name what a measure is worked out from."""
    said = labels[code]["definition"]
    yield from said.get("parts") or []
    yield from filter(None, (said.get("ratio") or {}).values())
    yield from filter(None, [said.get("attainment")])


def _reported(
    report: Row, as_at: dt.datetime, labels: Mapping[str, Row], targets: Iterable[Body]
) -> tuple[list[Body], list[Body]]:
    """Give what others reported of the period, and apart what they reported of other days."""
    aims = {
        (each["measure"], each["operation_id"], each["starts_on"], each["ends_on"]): each
        for each in targets
    }
    told: list[Body] = []
    others: list[Body] = []
    start = first_moment(report["starts_on"])
    end = first_moment(report["ends_on"] + _NEXT_DAY)
    for row in db.session.execute(queries.reported(report)).mappings():
        each = dict(row)
        measure = labels.get(each["measure"])
        days = {n: each[n] and each[n].isoformat() for n in ("starts_on", "ends_on", "as_at")}
        each["label"] = each["label"] or (measure["label"] if measure else None)
        each["four_p"] = each["four_p"] or (measure["four_p"] if measure else None)
        scope = (each["measure"], each["operation_id"], each["starts_on"], each["ends_on"])
        aim = None if each["facets"] else aims.get(scope)
        each["target"] = aim and aim["target"]
        each["attainment"] = aim and outcome_rules.attainment(each["value"], aim["target"])
        fits = outcome_rules.is_told_of(days, start, end, as_at)
        (told if fits else others).append(each)
    return told, others


def _months(taking: _Taking, days: rules.Period, code: str) -> Body | None:
    """Add up a measure by month, every month of the period named."""
    found = taking.in_days(days, by="month", codes=[code])
    if not found:
        return None
    [measure] = found
    values = {each["key"]: each["value"] for each in measure.get("groups", [])}
    rows = [{"month": each, "value": values.get(each) or "0"} for each in months_of(*days)]
    return {"label": measure["label"], "unit": measure["unit"], "rows": rows}


def _districts(taking: _Taking, days: rules.Period, code: str) -> Body | None:
    """Add up a measure by district; few people in a place are hidden by the rule for small counts.

    Inside the house a breakdown by place is shown in full. A report leaves it.
    """
    found = taking.in_days(days, by="district", codes=[code])
    if not found or found[0]["unit"] != "count":
        return None
    [measure] = found
    values = {each["key"]: each["value"] for each in measure.get("groups", [])}
    rows = db.session.execute(queries.districts(days[1])).mappings().all()
    known = [row["code"] for row in rows]
    nowhere = sum(decimal.Decimal(value) for key, value in values.items() if key not in known)
    counts: dict[str | None, Sequence[decimal.Decimal]] = {
        code: [decimal.Decimal(values.get(code) or 0)] for code in known
    }
    counts[None] = [decimal.Decimal(nowhere)]
    hidden = suppression.hidden(counts) if _tells_of_people(taking, code) else frozenset()
    return {
        "label": measure["label"],
        "rows": [
            {
                "name": row["name"],
                "geometry": row["geometry"],
                "value": None if row["code"] in hidden else str(counts[row["code"]][0]),
            }
            for row in rows
        ],
        "nowhere": None if None in hidden else str(nowhere),
        "is_hidden": bool(hidden),
    }


def _people(taking: _Taking, days: rules.Period) -> Iterator[Body]:
    """Break arrests down by what tells of people; small counts are hidden already."""
    for by in PEOPLE_BY:
        found = taking.in_days(days, by=by, codes=[PEOPLE])
        for measure in found:
            if decimal.Decimal(measure["value"]) >= suppression.THRESHOLD:
                yield {
                    "by": by,
                    "label": measure["label"],
                    "rows": [
                        {"label": each["label"], "value": each["value"]}
                        for each in measure["groups"]
                    ],
                }


def _tells_of_people(taking: _Taking, code: str) -> bool:
    [definition] = [each["definition"] for each in taking.measures if each["code"] == code]
    kind = KINDS.get(definition.get("kind", ""))
    return kind is not None and any(facet.is_personal for facet in kind.facets.values())


def _is_some(value: str | None) -> bool:
    return value is not None and decimal.Decimal(value) != 0
