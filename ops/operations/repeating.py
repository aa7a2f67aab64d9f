"""Repeat a deployment: every second Tuesday at the same time by the clock on the wall."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from dateutil import rrule

from ops import db
from ops.errors import Invalid
from ops.operations import clock
from ops.operations.many import Draft
from ops.operations.models import Deployment
from ops.wording import local

FREQUENCIES = {"daily": rrule.DAILY, "weekly": rrule.WEEKLY, "monthly": rrule.MONTHLY}
WEEKDAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
# A year of weeks.
MOST = 52
_COPIED = (
    "kind", "name", "site_id", "area_id", "point", "address", "postcode", "line_id",
    "method_of_entry", "power", "note",
)  # fmt: skip
_WIRE = {"site_id": "site", "area_id": "area", "line_id": "line"}


def drafts(
    deployment_id: uuid.UUID, rule: Mapping[str, Any], team: uuid.UUID | None
) -> list[Draft]:
    """Draft each repeat of a deployment; what falls in the hour that is skipped is refused."""
    deployment = db.find(Deployment, deployment_id, "deployment")
    starts_at, ends_at = deployment.during.lower, deployment.during.upper
    if starts_at is None or ends_at is None:
        raise Invalid("A deployment without a window can’t be repeated.")
    # Before the clock goes back and after, a shift from 22:00 to 06:00 is one from 22:00 to 06:00.
    first, last = (local(moment).replace(tzinfo=None) for moment in (starts_at, ends_at))
    content = {_WIRE.get(name, name): getattr(deployment, name) for name in _COPIED}
    content = {name: value for name, value in content.items() if value is not None}
    found = []
    for number, start in enumerate(occurrences(first, rule), 1):
        draft = Draft(number, content=dict(content), team=team)
        for name, column, wall in (
            ("starts_at", "start", start),
            ("ends_at", "end", start + (last - first)),
        ):
            try:
                draft.content[name] = clock.local(wall).astimezone(dt.UTC)
            except ValueError as error:
                draft.errors[column] = str(error)
        found.append(draft)
    return found


def occurrences(first: dt.datetime, rule: Mapping[str, Any]) -> list[dt.datetime]:
    """List the times by the clock on the wall, the first one left out: it is there already."""
    said = {}
    if "count" in rule:
        said["count"] = rule["count"] + 1
    elif "until" in rule:
        said["until"] = dt.datetime.combine(rule["until"], dt.time.max)
    else:
        raise Invalid("Say how often, or until when.", {"count": ["Say how often."]})
    days = [getattr(rrule, code) for code in rule.get("weekdays", [])]
    nth = rule.get("nth")
    found = rrule.rrule(
        FREQUENCIES[rule["frequency"]],
        dtstart=first,
        interval=rule.get("interval", 1),
        byweekday=[day(nth) for day in days] if nth and days else days or None,
        **said,
    )
    times = []
    for each in found:
        if each > first:
            times.append(each)
        if len(times) > MOST:
            raise Invalid(
                f"That is more than {MOST} repeats; choose an earlier last day.",
                {"until": [f"Repeat it {MOST} times at most."]},
            )
    if not times:
        late = "No repeat falls on or before that day; choose a later one."
        raise Invalid(late, {"until": [late]})
    return times[: rule.get("count", MOST)]
