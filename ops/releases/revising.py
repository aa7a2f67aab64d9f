"""Propose another figure in the place of a published one, and approve it; whoever calls commits."""

import dataclasses
import datetime as dt
import decimal
import uuid
from collections.abc import Mapping
from typing import Any

from ops import db
from ops.access import guard
from ops.errors import Invalid, Refused
from ops.outcomes import summaries
from ops.outcomes.models import ReportedFigure
from ops.releases import changes, queries, rules
from ops.releases.models import Release
from ops.releases.pack import part_of

Frozen = Mapping[str, Any]
# All else is as it was published.
_ANEW = {
    "id", "value", "qualifier", "note", "supersedes_id", "created_at", "created_by", "proposed_by",
}  # fmt: skip


def propose(release: Release, sent: Mapping[str, Any], frozen: Frozen, now: dt.datetime) -> None:
    """Propose a figure; it takes the place of one that was proposed before."""
    if release.state != "published":
        raise Refused("This is not published yet, so change the release itself.")
    row = _current(release, sent["figure"])
    value, qualifier = sent["value"], _checked(release, row, sent, frozen, now)
    if (row.value, row.qualifier) == (value, qualifier):
        said = "This is the figure that was published; give the one that takes its place."
        raise Invalid(said, {"value": [said]})
    release.revision = {
        "figure": str(row.id),
        "value": format(value, "f"),
        "said_as": sent["said_as"],
        "qualifier": qualifier,
        "note": sent["note"],
    }
    release.revision_at, release.revision_by = now, guard.actor().id


def approve(release: Release, frozen: Frozen, now: dt.datetime) -> None:
    """Stand for what somebody else proposed: it is published, beside the figure that it revises."""
    proposed = rules.approve_revision(release, guard.actor().id)
    row = _current(release, uuid.UUID(proposed["figure"]))
    value = decimal.Decimal(proposed["value"])
    _checked(release, row, {**proposed, "value": value}, frozen, now)
    before = db.find(ReportedFigure, row.id, "figure")
    kept = set(ReportedFigure.__table__.columns.keys()) - _ANEW
    db.session.add(
        ReportedFigure(
            **{name: getattr(before, name) for name in kept},
            value=value,
            qualifier=proposed["qualifier"],
            note=proposed["note"],
            supersedes_id=before.id,
            created_by=guard.actor().id,
            proposed_by=release.revision_by,
        )
    )
    # The database compares it with what was proposed, which must still stand.
    db.session.flush()
    _close(release)


def withdraw(release: Release) -> None:
    """Let what was proposed wait no more; whoever reports may take it back."""
    rules.proposed(release)
    _close(release)


def _close(release: Release) -> None:
    release.revision = release.revision_at = release.revision_by = None


def _current(release: Release, figure_id: uuid.UUID) -> Any:
    figures = {row.id: row for row in db.session.execute(queries.published(release.id))}
    if figure_id not in figures:
        said = "There is no such figure in this release."
        raise Invalid(said, {"figure": [said]})
    if figures[figure_id].superseded_by:
        raise Refused("This figure was revised already; revise the one in its place.")
    return figures[figure_id]


def _checked(
    release: Release, row: Any, sent: Mapping[str, Any], frozen: Frozen, now: dt.datetime
) -> str:
    """Give the qualifier of a revised figure, which says no more than the records do by now."""
    headline = release.headlines[row.position]
    ask = dataclasses.replace(changes.asked(frozen), by=frozen["by"])
    definitions = [{**each, "targets": [], "reported": []} for each in frozen["definitions"]]
    operations = [uuid.UUID(each) for each in frozen["operations"]]
    body = summaries.of_measures(definitions, operations, ask, now)
    [measure] = [each for each in body["measures"] if each["code"] == headline["measure"]]
    # A group without records is left out of a breakdown.
    nothing = {"value": "0", "qualifier": "exact"}
    figure = part_of(measure, headline["part"]) or nothing
    return rules.revise(row.label, {**figure, "unit": row.unit}, sent["value"], sent["said_as"])
