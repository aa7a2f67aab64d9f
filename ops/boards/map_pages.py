"""The map of analysis: where and when, by district, ward or square kilometre, from sums alone."""

import datetime as dt
import decimal
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import flask
from osbng.indexing import xy_to_bng

from ops import charts, db, wording
from ops.access import people
from ops.boards import queries, texts
from ops.boards.rules import Span
from ops.calls import call
from ops.charts import Chart, Mark, Place, Series
from ops.forms import Form
from ops.operations.models import KINDS, THEMES

blp = flask.Blueprint("analysis_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
FILTERS = ("measure", "place", "shown", "organisation", "kind", "theme", "from", "to")
PLACES = {"district": "District", "ward": "Ward", "square": "Square kilometre"}
SHOWN = {"cells": "Shaded", "density": "Shaded, by square kilometre", "dots": "Dots"}
ASKED = ("measure", "organisation", "kind", "theme", "from", "to")
# Corners finer than this are not seen on a page.
FINEST_M = 120.0
KM = 1000.0
HOURS = [f"{hour:02}" for hour in range(24)]
NOTHING = {"value": "0", "qualifier": "exact", "records": None}


@blp.get("/boards/map")
def show() -> Page:
    """Show where and when something was, by place, day and hour"""
    form = Form({name: [flask.request.args.get(name, "").strip()] for name in FILTERS})
    for name, blank in (("measure", "arrests"), ("place", "district"), ("shown", "cells")):
        form.values[name] = [form.value(name) or blank]
    for name, choices in (("place", PLACES), ("shown", SHOWN)):
        if form.value(name) not in choices:
            form.errors[name] = "Choose one from the list."
            form.status = HTTPStatus.UNPROCESSABLE_ENTITY
    asked = {name: form.value(name) for name in ASKED if form.value(name)}
    told: Mapping[str, Any] | None = None
    if not form.errors:
        with form.catching():
            told = _told(asked, form.value("place"), form.value("shown"))
    measures = call("GET", "/measures", query={"limit": 500}).body
    shown = flask.render_template(
        "boards/map.html",
        form=form,
        told=told,
        address=f"{flask.request.path}?{urlencode({n: v for n, (v,) in form.values.items() if v})}",
        measures={each["code"]: each["label"] for each in measures if "kind" in each["definition"]},
        places=PLACES,
        ways=SHOWN,
        organisations=people.organisation_names(),
        kinds=KINDS,
        themes=THEMES,
    )
    return shown, form.status


def _told(asked: Mapping[str, str], place: str, shown: str) -> dict[str, Any]:
    """Add up by place, by day or month, and by hour; draw each."""
    body = call("GET", "/outcomes", query={**asked, "by": place}).body
    [by_place] = body["measures"]
    # As the API read the days or moments that were asked for.
    span = Span(*(body[name] and dt.datetime.fromisoformat(body[name]) for name in ("from", "to")))
    steps = span.steps(dt.datetime.now(dt.UTC))
    ground = list(_shapes(queries.outlines("district", FINEST_M)))
    places = list(_places(by_place, place, shown))
    marks = [each.mark for each in places]
    unit = by_place["unit"]
    return {
        "label": by_place["label"],
        "ground": [rings for _, _, rings, _ in ground],
        "places": places,
        "is_shaded": shown != "dots",
        "map": Chart(
            id="map",
            title=f"{by_place['label']} by {PLACES[place].lower()}",
            description=texts.described(
                by_place["label"], PLACES[place], [each.label for each in places], marks
            ),
            of=PLACES[place],
            categories=[each.label for each in places],
            series=[
                Series("By square kilometre" if shown == "density" else by_place["label"], marks)
            ],
        ),
        "nowhere": [texts.mark(each, unit) for each in by_place["groups"] if each["key"] is None],
        "time": _chart(_measure(asked, steps), steps, span),
        "hours": _chart(_measure(asked, "hour"), "hour", span),
        "whole": texts.mark(by_place, unit),
    }


def _measure(asked: Mapping[str, str], by: str) -> Mapping[str, Any]:
    [found] = call("GET", "/outcomes", query={**asked, "by": by}).body["measures"]
    measure: Mapping[str, Any] = found
    return measure


def _chart(measure: Mapping[str, Any], by: str, span: Span) -> Chart:
    """Draw each day, month or hour, also those in which nothing was."""
    found = {each["key"]: each for each in measure["groups"] if each["key"] is not None}
    keys = HOURS if by == "hour" else span.keys(dt.datetime.now(dt.UTC), list(found))
    groups = [found.get(key, NOTHING | {"key": key, "label": f"{key}:00"}) for key in keys]
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


def _places(measure: Mapping[str, Any], place: str, shown: str) -> Iterator[Place]:
    """Give the places that anything was in, each with its shape and where its middle is."""
    found = {each["key"]: each for each in measure["groups"] if each["key"] is not None}
    unit = measure["unit"]
    if place == "square":
        for key in sorted(found):
            east, north = (int(text) * KM for text in key.split(" "))
            ring = [(east, north), (east, north + KM), (east + KM, north + KM), (east + KM, north)]
            name = xy_to_bng(east + 1, north + 1, "1km").bng_ref_formatted
            yield Place(name, texts.mark(found[key], unit), (east + KM / 2, north + KM / 2), [ring])
        return
    for code, name, rings, square_km in _shapes(queries.outlines(place, FINEST_M)):
        nothing = Mark(decimal.Decimal(0), wording.quantity("0", unit))
        mark = texts.mark(found[code], unit) if code in found else nothing
        if shown == "density" and mark.value is not None and square_km:
            dense = round(float(mark.value) / square_km, 2)
            text = f"{wording.number(dense)} ({mark.text} in all)"
            mark = Mark(dense, text, mark.href, adds_up_to=mark.value)
        yield Place(name, mark, _middle(rings), rings)


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
