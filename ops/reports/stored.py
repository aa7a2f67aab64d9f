"""Reports as they are fetched, each look noted, and what each says."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

import orjson

from ops import db, wording
from ops.access import guard
from ops.errors import Missing
from ops.ledger.consultation import saw, saw_each
from ops.releases.stored import SEVERAL
from ops.reports import document, figures, queries
from ops.reports.models import Report, ReportNote

NONE = "There is no such report."
NO_NOTE = "There is no such case note."
Told = dict[str, Any]


def report(report_id: uuid.UUID) -> Told:
    """Fetch a report that whoever asks may see, with its case notes."""
    found = db.session.execute(queries.report(report_id)).mappings().one_or_none()
    if found is None:
        raise Missing(NONE)
    notes = [dict(row) for row in db.session.execute(queries.notes(report_id)).mappings()]
    saw("report", [report_id], SEVERAL)
    saw("operation", found["operations"])
    saw_each("report_note", [(each["operation"], each["id"]) for each in notes])
    return {**found, "notes": notes}


def note(report_id: uuid.UUID, note_id: uuid.UUID) -> Told:
    """Fetch one case note of a report that whoever asks may see."""
    for each in report(report_id)["notes"]:
        if each["id"] == note_id:
            found: Told = each
            return found
    raise Missing(NO_NOTE)


def said(told: Told) -> Told:
    """Give what a report says: what was issued as it was issued, a draft by the figures of now."""
    if content := told["content"]:
        frozen: Told = orjson.loads(content)
    else:
        db.read_one_state()
        now = dt.datetime.now(dt.UTC)
        frozen = {"figures": figures.take(told, now)}
        frozen["document"] = document.compose(told, told["notes"], frozen["figures"], before(told))
    return frozen


def in_words(told: Told) -> Told:
    """Put a report in words for its page and its files, with what it is said to be by now."""
    return {
        **said(told)["document"],
        "publisher": told["publisher"],
        "warning": _warning(told),
        "hash": told["hash"],
    }


def before(told: Told) -> Told | None:
    """Give what the issue before said; nothing where there is none."""
    row = db.session.execute(queries.before(told)).one_or_none()
    if row is None:
        return None
    return {**orjson.loads(row.content), "number": row.number, "operations": row.operations}


def to_change(action: str, report_id: uuid.UUID) -> Report:
    """Fetch a report to change it, one at a time."""
    found = db.session.get(Report, report_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise Missing(NONE)
    guard.require_in_each(action, found.operations)
    return found


def notes_of(found: Report) -> Sequence[ReportNote]:
    """Fetch the case notes of a report to change them, in their order."""
    return db.session.scalars(queries.rows_of(found.id)).all()


def note_of(found: Report, note_id: uuid.UUID) -> ReportNote:
    """Fetch one case note of a report to change it."""
    for each in notes_of(found):
        if each.id == note_id:
            return each
    raise Missing(NO_NOTE)


def _warning(told: Told) -> str:
    if told["state"] == "withdrawn":
        on = wording.day(told["withdrawn_at"])
        return f"WITHDRAWN on {on}: {told['withdrawn_why']} Do not use it."
    if told["state"] == "draft":
        return "DRAFT: not issued, and its figures still change. Do not pass it on."
    return ""
