"""What the map of analysis draws: a measure by place, by day or month, and by hour."""

import datetime as dt
import decimal
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from osbng.indexing import xy_to_bng

from ops import charts, db, wording
from ops.boards import marking, queries, texts
from ops.boards.rules import Span
from ops.charts import Chart, Mark, Place, Series
from ops.geo.grid import GridBox
from ops.outcomes import summaries
from ops.outcomes.schemas import MeasuredOperationsSchema
from ops.outcomes.summaries import Ask
from ops.results.grouping import SQUARES, code_labels

KM = 1000
PLACES = {"district": "District", "ward": "Ward"} | {
    name: f"Square of {side_m // KM} km" if side_m >= KM else f"Square of {side_m} m"
    for name, side_m in SQUARES.items()
}
# Corners finer than this are not seen on a page.
FINEST_M = 120.0
# More squares than this can't be told apart on a page; it says how many there are.
MOST_SQUARES = 1500
HOURS = code_labels("hour")
NO_SQUARES = "Nothing has a place on this map."
NO_OUTLINES = "No {} is known here. Choose squares instead."
NOTHING = {"value": "0", "qualifier": "exact", "records": None}

Measure = Mapping[str, Any]
# A place, and how many square kilometres of it are looked at.
Found = tuple[Place, float]


def drawn(
    asked: Mapping[str, Any], place: str, shown: str, within: GridBox | None, now: dt.datetime
) -> dict[str, Any]:
    """Add up by place, by day or month, and by hour; draw each."""
    ask = Ask(**MeasuredOperationsSchema().load(asked))
    span = Span(ask.from_, ask.to)
    step = span.steps(now)
    ways = (place, step, "hour")
    bodies = summaries.of_many_by(ask, ways, now)
    by_place, by_time, by_hour = (bodies[by]["measures"][0] for by in ways)
    times = span.keys(now, list(_groups(by_time)))
    found = list((_squares if place in SQUARES else _outlined)(by_place, place, within))
    places = list(map(_dense, found)) if shown == "density" else [each for each, _ in found]
    shapes = _shapes(queries.outlines("district", FINEST_M))
    return {
        "label": by_place["label"],
        "as_at": now,
        "whole": texts.mark(by_place, by_place["unit"]),
        "elsewhere": _elsewhere(by_place, place, {each.mark.href for each in places}),
        "marked": marking.in_words(within, span),
        "corners": within.corners if within else (),
        "ground": [rings for _, _, rings, _ in shapes],
        "places": places,
        "left_out": len(_groups(by_place)) - len(places) if place in SQUARES else 0,
        "is_shaded": shown != "dots",
        "map": _map(by_place, place, places, is_dense=shown == "density"),
        "time": _chart(by_time, step, times),
        "steps": marking.steps(times, span),
        "hours": _chart(by_hour, "hour", list(HOURS)),
    }


def _groups(measure: Measure) -> dict[str, Mapping[str, Any]]:
    return {each["key"]: each for each in measure["groups"] if each["key"] is not None}


def _elsewhere(measure: Measure, place: str, drawn: Set[str | None]) -> Iterator[tuple[Mark, str]]:
    """Give what is in no place that is drawn, and where that is: outlines come and go."""
    for group in measure["groups"]:
        mark, code = texts.mark(group, measure["unit"]), group["key"]
        if code is None:
            yield mark, "none of these places"
        elif place not in SQUARES and mark.href not in drawn:
            yield mark, f"{group['label'] or code}, which is not on this map"


def _map(measure: Measure, place: str, places: Sequence[Place], *, is_dense: bool) -> Chart:
    names, marks = [each.label for each in places], [each.mark for each in places]
    label, of = measure["label"], PLACES[place]
    return Chart(
        id="map",
        title=f"{label} by {of.lower()}",
        description=texts.described(label, of, names, marks),
        of=of,
        categories=names,
        series=[Series(f"{label} per km²" if is_dense else label, marks)],
        empty=NO_SQUARES if place in SQUARES else NO_OUTLINES.format(of.lower()),
    )


def _chart(measure: Measure, by: str, keys: Sequence[str]) -> Chart:
    """Draw each day, month or hour, also those in which nothing was."""
    found = _groups(measure)
    labels = code_labels(by)
    groups = [found.get(key, NOTHING | {"key": key, "label": labels.get(key)}) for key in keys]
    breakdown = {"by": by, "label": by.capitalize(), "groups": groups}
    marks = [texts.mark(each, measure["unit"]) for each in groups]
    names = texts.names(breakdown)
    return Chart(
        id=f"by-{by}",
        title=f"{measure['label']} by {by}",
        description=texts.described(measure["label"], by, names, marks),
        of=by.capitalize(),
        categories=names,
        short=texts.short_names(breakdown),
        series=[Series(measure["label"], marks)],
    )


def _squares(measure: Measure, place: str, within: GridBox | None) -> Iterator[Found]:
    """Give the squares that anything was in; of too many, those with the most."""
    side_m = SQUARES[place]
    groups = sorted(_groups(measure).values(), key=lambda each: -decimal.Decimal(each["value"]))
    for group in sorted(groups[:MOST_SQUARES], key=lambda each: str(each["key"])):
        west, south = (int(number) * side_m for number in group["key"].split(" "))
        box = GridBox(west, south, west + side_m, south + side_m)
        name = xy_to_bng(west, south, side_m).bng_ref_formatted
        seen = box.clipped(within) if within else box
        mark = texts.mark(group, measure["unit"])
        yield Place(name, mark, seen.middle, [seen.corners]), seen.square_km


def _outlined(measure: Measure, place: str, within: GridBox | None) -> Iterator[Found]:
    """Give the districts or wards, also those in which nothing was."""
    found, unit = _groups(measure), measure["unit"]
    nothing = Mark(decimal.Decimal(0), wording.quantity("0", unit))
    for code, name, rings, square_km in _shapes(queries.outlines(place, FINEST_M, within)):
        mark = texts.mark(found[code], unit) if code in found else nothing
        yield Place(name, mark, _middle(rings), rings), square_km


def _dense(found: Found) -> Place:
    """Tell a place by how much there is of something in each of its square kilometres."""
    place, square_km = found
    if place.mark.value is None or square_km <= 0:
        return place
    dense = round(float(place.mark.value) / square_km, 2)
    text = f"{wording.number(dense)} ({place.mark.text} in all)"
    mark = Mark(dense, text, place.mark.href, adds_up_to=place.mark.value)
    return Place(place.label, mark, place.at, place.rings)


def _shapes(query: db.Query) -> Iterator[tuple[str, str, Sequence[charts.Ring], float]]:
    """Give each outline by its code and name, as rings in metres, and its square kilometres."""
    for row in db.session.execute(query):
        kind, parts = row.shape["type"], row.shape["coordinates"]
        polygons = parts if kind == "MultiPolygon" else [parts]
        rings = [[(x, y) for x, y in ring] for polygon in polygons for ring in polygon]
        yield row.code, row.name, rings, row.square_km


def _middle(rings: Sequence[charts.Ring]) -> tuple[float, float]:
    """Give about the middle of a shape: of its longest ring."""
    ring = max(rings, key=len, default=[(0.0, 0.0)])
    return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
