"""A comparison worked out: what changed where, how sure that is, and what may be said of it."""

import collections
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from ops import db
from ops.evaluation import queries, rules, sentences
from ops.evaluation.intervals import Change, rate_ratio, ratio_of_ratios
from ops.evaluation.models import Comparison
from ops.evaluation.rules import Period, Series
from ops.evaluation.sentences import Compared
from ops.wording import LONDON

# Four digits keep any percentage that is shown right.
_PLACES = 4


def worked_out(comparison: Comparison) -> dict[str, Any]:
    """Give a comparison with its months and what came of each period."""
    areas = [comparison.target_area, *comparison.comparison_areas]
    if comparison.displacement_area:
        areas.append(comparison.displacement_area)
    rows = db.session.execute(
        queries.of_areas(comparison.operation_id, comparison.source, areas)
    ).all()
    categories = comparison.categories or sorted({row.category for row in rows})
    counts: dict[str, dict[tuple[str, dt.date], int]] = collections.defaultdict(dict)
    for row in rows:
        counts[row.area][row.category, row.month] = row.counted
    series = {area: rules.series(counts[area], categories) for area in areas}
    baseline = Period("Baseline", comparison.baseline_from, comparison.baseline_to)
    periods = [period(each) for each in comparison.periods]
    began = queries.began_at(comparison.operation_id, comparison.target_area)
    began_on = db.session.scalars(began).one().astimezone(LONDON).date()
    return {
        **written(comparison),
        "counted": categories,
        "series": [_series(area, series[area], [baseline, *periods]) for area in areas],
        "periods": [_worked_out(comparison, each, baseline, series, began_on) for each in periods],
    }


def written(comparison: Comparison) -> dict[str, Any]:
    """Write a comparison as it was set up; months as on the wire."""
    names = ("id", "name", "source", "categories", "target_area", "comparison_areas")
    return {
        **{name: getattr(comparison, name) for name in names},
        "operation": comparison.operation_id,
        "displacement_area": comparison.displacement_area,
        "baseline": {
            "from": f"{comparison.baseline_from:%Y-%m}",
            "to": f"{comparison.baseline_to:%Y-%m}",
        },
        "after": comparison.periods,
        "is_withdrawn": comparison.is_withdrawn,
    }


def period(stored: Mapping[str, str]) -> Period:
    """Read a period as it is kept."""
    first, last = (dt.date.fromisoformat(f"{stored[end]}-01") for end in ("from", "to"))
    return Period(stored["label"], first, last)


def _worked_out(
    comparison: Comparison,
    after: Period,
    baseline: Period,
    series: Mapping[str, Series],
    began_on: dt.date,
) -> dict[str, Any]:
    both = (baseline, after)
    target_series = series[comparison.target_area]
    target = _compared(target_series, *both)
    others, difference = None, None
    together = rules.together([series[area] for area in comparison.comparison_areas])
    if comparison.comparison_areas:
        others = _compared(together, *both)
        difference = _difference(target, others)
    used = [target_series.used(each) for each in both]
    is_several = len(comparison.comparison_areas) > 1
    others_are = "the comparison areas" if is_several else "the comparison area"
    found = {
        "label": after.label,
        "from": f"{after.from_:%Y-%m}",
        "to": f"{after.to:%Y-%m}",
        "target": _written(comparison.target_area, target),
        "comparison": others and _written("Comparison areas together", others),
        "areas": [
            _written(area, _compared(series[area], *both)) for area in comparison.comparison_areas
        ],
        "difference": _ratio(difference),
        "displacement": None,
        "sentence": sentences.sentence(target, others, difference, others_are),
        "displacement_sentence": None,
        "cautions": list(
            sentences.cautions(
                [each for each in (target, others) if each],
                {area: each.missing(both) for area, each in series.items()},
                same_season=rules.same_season(*used),
                same_months=not others or used == [together.used(each) for each in both],
                began_on=began_on if began_on < rules.following(baseline.to) else None,
                periods=len(comparison.periods),
            )
        ),
    }
    if area := comparison.displacement_area:
        moved = _compared(series[area], *both)
        against = _difference(moved, others) if others else None
        found["displacement"] = _written(area, moved)
        found["displacement_sentence"] = sentences.displacement(area, moved, against)
    return found


def _compared(series: Series, baseline: Period, after: Period) -> Compared:
    before, then = series.side(baseline), series.side(after)
    return Compared(before, then, rate_ratio(before, then))


def _difference(here: Compared, there: Compared) -> Change | None:
    if not (here.says_something and there.says_something):
        return None
    return ratio_of_ratios((here.before, here.after), (there.before, there.after))


def _written(area: str, found: Compared) -> dict[str, Any]:
    return {
        "area": area,
        **{
            name: {"count": side.count, "months": len(side.months), "days": side.days}
            for name, side in (("before", found.before), ("after", found.after))
        },
        "change": _ratio(found.change),
    }


def _ratio(change: Change | None) -> dict[str, Any] | None:
    if change is None:
        return None
    return {
        "ratio": _number(change.value),
        "low": _number(change.low),
        "high": _number(change.high),
        "method": change.method,
        "dispersion": _number(change.dispersion),
        "is_told_from_chance": change.is_told_from_chance,
        "text": sentences.percent(change.value) if change.value is not None else None,
        "interval": sentences.interval(change),
    }


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.{_PLACES}f}"


def _series(area: str, found: Series, periods: Sequence[Period]) -> dict[str, Any]:
    """List an area's months from the first to the last that is compared; a gap has no count."""
    whole = Period("", min(p.from_ for p in periods), max(p.to for p in periods))
    return {
        "area": area,
        "months": [
            {"month": f"{month:%Y-%m}", "count": found.counts.get(month)} for month in whole.months
        ],
    }
