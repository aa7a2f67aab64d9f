"""The board of a day: who goes where, when, team by team, and as a line of time."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import flask

from ops import db, wording
from ops.access import guard
from ops.calls import call
from ops.forms import Form
from ops.operations import progress_queries, skill_queries
from ops.operations.progress import Patience
from ops.operations.progress_pages import MISSING

blp = flask.Blueprint("day_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
# More than a day has; the rest is in the list of the plan.
MOST = 500
NO_TEAM = "No team yet"
# The drawing: where the hours begin, how wide they are, and how high a line is.
_LEFT, _WIDTH, _LINE, _TOP = 250, 740, 30, 30


@blp.get("/operations/<uuid:operation_id>/board")
def show(operation_id: uuid.UUID) -> Page:
    """Show the deployments of a day, by team"""
    operation = call("GET", f"/operations/{operation_id}").body
    form = Form({"day": [flask.request.args.get("day", "").strip() or _first_day(operation)]})
    found: list[Any] = []
    day = wording.today()
    with form.catching():
        query = {"from": form.value("day"), "to": form.value("day"), "limit": MOST}
        found = call("GET", f"/operations/{operation_id}/deployments", query=query).body
        day = dt.date.fromisoformat(form.value("day")[:10])
    page = flask.render_template(
        "operations/board.html",
        operation=operation,
        form=form,
        day=day,
        before=day - dt.timedelta(days=1),
        after=day + dt.timedelta(days=1),
        teams=by_team(found),
        late=_late(operation_id),
        warnings=_warnings(operation_id, found),
        line=timeline(found, day),
    )
    return page, form.status


def by_team(found: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Sort deployments to their teams, by name; one of two teams stands with both."""
    names = sorted({name for each in found for name in each["teams"]})
    sorted_to = {name: [each for each in found if name in each["teams"]] for name in names}
    if rest := [each for each in found if not each["teams"]]:
        sorted_to[NO_TEAM] = rest
    return sorted_to


def timeline(found: Sequence[Mapping[str, Any]], day: dt.date) -> dict[str, Any]:
    """Say where each deployment is drawn; a day may have 23 hours or 25."""
    start, end = wording.first_moment(day), wording.first_moment(day + dt.timedelta(days=1))
    start, end = start.astimezone(dt.UTC), end.astimezone(dt.UTC)

    def x(moment: dt.datetime) -> int:
        return _LEFT + round(_WIDTH * ((moment - start) / (end - start)))

    bars = []
    shown = [each for each in found if each["status"] != "cancelled"]
    for number, each in enumerate(shown):
        first, last = (dt.datetime.fromisoformat(each[name]) for name in ("starts_at", "ends_at"))
        left, right = x(max(first, start)), x(min(last, end))
        bars.append(
            {
                "name": each["name"],
                "status": each["status"],
                "x": left,
                "width": max(right - left, 4),
                "y": _TOP + number * _LINE,
            }
        )
    hours = [start + dt.timedelta(hours=h) for h in range(0, (end - start) // _HOUR + 1, 3)]
    marks = [{"x": x(each), "text": wording.clock(each)} for each in hours]
    return {"bars": bars, "marks": marks, "height": _TOP + len(bars) * _LINE + 10}


_HOUR = dt.timedelta(hours=1)


def _first_day(operation: Mapping[str, Any]) -> str:
    """Give today while the operation runs, or else its first day."""
    today = wording.today()
    first = wording.local(operation["starts_at"]).date()
    last = operation["ends_at"] and wording.local(operation["ends_at"]).date()
    return str(today if first <= today and (last is None or today <= last) else first)


def _late(operation_id: uuid.UUID) -> dict[str, str]:
    patience = Patience(*flask.current_app.config["SETTINGS"].overdue())
    query = progress_queries.overdue(dt.datetime.now(dt.UTC), patience, {"operation": operation_id})
    return {str(row.id): MISSING[row.missing] for row in db.session.execute(query)}


def _warnings(operation_id: uuid.UUID, found: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    if not guard.may("plan", operation_id):
        return {}
    ids = [uuid.UUID(each["id"]) for each in found]
    return {str(key): said for key, said in skill_queries.warnings(ids).items()}
