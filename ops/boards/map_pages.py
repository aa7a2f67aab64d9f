"""The map of analysis: where and when, by district, ward or square, from sums alone."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import flask

from ops import replica
from ops.access import people
from ops.boards import marking
from ops.boards.map_drawing import PLACES, drawn
from ops.calls import call
from ops.forms import Form
from ops.operations.models import KINDS, THEMES
from ops.outcomes.schemas import MOST_FINE_KM2

blp = flask.Blueprint("analysis_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
FILTERS = ("measure", "place", "shown", "organisation", "kind", "theme", "from", "to",
           *marking.SIDES)  # fmt: skip
SHOWN = {"cells": "Shaded", "density": "Shaded, per km²", "dots": "Dots"}
ASKED = ("measure", "organisation", "kind", "theme", "from", "to")

FINEST = "square_100m"
TOO_FINE = (
    f"For squares of 100 m, mark an area of at most {MOST_FINE_KM2} km² first, or choose larger"
    " squares."
)


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
    within = marking.area(form)
    if form.value("place") == FINEST and (within is None or within.square_km > MOST_FINE_KM2):
        form.errors.setdefault("place", TOO_FINE)
        form.status = HTTPStatus.UNPROCESSABLE_ENTITY
    asked: dict[str, Any] = {name: form.value(name) for name in ASKED if form.value(name)}
    asked["measure"] = [form.value("measure")]
    if within is not None:
        asked["within"] = str(within)
    told: Mapping[str, Any] | None = None
    if not form.errors:
        place, shown_as = form.value("place"), form.value("shown")
        with form.catching():
            told = replica.read(lambda now: drawn(asked, place, shown_as, within, now))
    typed = {name: value for name, [value] in form.values.items() if value}
    measures = call("GET", "/measures", query={"limit": 500}).body
    shown = flask.render_template(
        "boards/map.html",
        form=form,
        told=told,
        address=f"{flask.request.path}?{urlencode(typed)}",
        taken_away=list(marking.taken_away(flask.request.path, typed)),
        sides=marking.SIDES,
        is_marked=any(map(form.value, marking.SIDES)),
        measures={each["code"]: each["label"] for each in measures if "kind" in each["definition"]},
        places=PLACES,
        ways=SHOWN,
        organisations=people.organisation_names(),
        kinds=KINDS,
        themes=THEMES,
    )
    return shown, form.status
