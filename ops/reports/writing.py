"""Write a report and its case notes, issue it, withdraw it; whoever calls commits."""

import datetime as dt
import decimal
import hashlib
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import sqlalchemy as sa

from ops import db
from ops.access import guard
from ops.errors import Missing, Refused
from ops.operations.models import MARKINGS
from ops.outcomes.summaries import Ask
from ops.releases import freezing
from ops.releases.models import Snapshot
from ops.reports import document, figures, queries, rules, stored
from ops.reports.models import Report, ReportNote
from ops.wording import first_moment

FORMAT = 1
# What the next issue begins with.
_CARRIED = (
    "title", "summary", "operations", "starts_on", "ends_on", "against", "is_of_organisation",
    "chart_measure", "map_measure", "marking",
)  # fmt: skip
_OF_NOTE = ("operation_id", "title", "text", "marking")
_TRIES = 3


def draft(sent: Mapping[str, Any]) -> Report:
    """Begin a report of these operations and days."""
    actor = guard.actor()
    written = _checked(dict(sent))
    made = db.new_id()
    operations = written["operations"]
    report = Report(
        id=made,
        series_id=made,
        number=1,
        organisation_id=actor.organisation_id,
        state="draft",
        made_by=actor.id,
        changed_by=actor.id,
        **{"marking": _marking(operations), **written},
    )
    figures.check_measures(report.chart_measure, report.map_measure, report.ends_on)
    db.session.add(report)
    return report


def change(report: Report, sent: Mapping[str, Any]) -> None:
    """Change what is written of a draft, and of what it tells."""
    rules.check_written(report)
    checked = _checked(dict(sent), report)
    # First of all: what is asked below sends what was written so far.
    sign(report)
    for name, value in checked.items():
        setattr(report, name, value)
    notes = stored.notes_of(report)
    rules.check_marking(report.marking, notes)
    for note in notes:
        if note.struck_at is None and note.operation_id not in report.operations:
            raise Refused(
                f"The case note “{note.title}” is of an operation that you take away; strike the"
                " note first."
            )
    if {"chart_measure", "map_measure", "ends_on"} & sent.keys():
        figures.check_measures(report.chart_measure, report.map_measure, report.ends_on)


def follow(report: Report) -> Report:
    """Begin the next issue of a report, with what is written in this one."""
    rules.check_next(report)
    actor = guard.actor()
    # Which other operations led what was credited is found out anew when it is issued.
    begun = {name: getattr(report, name) for name in _CARRIED}
    begun["operations"] = chosen_of(report)
    made = Report(
        id=db.new_id(),
        series_id=report.series_id,
        number=(db.session.scalar(queries.last_number(report.series_id)) or 0) + 1,
        organisation_id=report.organisation_id,
        state="draft",
        made_by=actor.id,
        changed_by=actor.id,
        **begun,
    )
    db.session.add(made)
    db.session.flush()
    standing = [each for each in stored.notes_of(report) if each.struck_at is None]
    for position, note in enumerate(standing, 1):
        carried = {name: getattr(note, name) for name in _OF_NOTE}
        _add(made, position, carried)
    return made


def chosen_of(report: Report) -> list[uuid.UUID]:
    """Give the operations that were chosen, without those that only led what was credited."""
    told = orjson.loads(report.content or b"")
    return sorted(uuid.UUID(each["id"]) for each in told["figures"]["operations"])


def add_note(report: Report, sent: Mapping[str, Any]) -> ReportNote:
    """Add a case note at the end."""
    rules.check_written(report)
    rules.check_note_of(sent["operation"], report.operations)
    last = max((each.position for each in stored.notes_of(report)), default=0)
    written = {"operation_id": sent["operation"]} | {name: sent[name] for name in ("title", "text")}
    note = _add(report, last + 1, {**written, "marking": sent.get("marking") or report.marking})
    rules.check_marking(report.marking, [note])
    sign(report)
    return note


def change_note(report: Report, note: ReportNote, sent: Mapping[str, Any]) -> None:
    """Change a case note."""
    rules.check_written(report)
    rules.check_unstruck(note)
    written = dict(sent)
    if "operation" in written:
        rules.check_note_of(written["operation"], report.operations)
        note.operation_id = written.pop("operation")
    for name, value in written.items():
        setattr(note, name, value)
    rules.check_marking(report.marking, [note])
    note.changed_by, note.changed_at = guard.actor().id, sa.func.now()
    sign(report)


def strike_note(report: Report, note: ReportNote, why: str) -> None:
    """Strike a case note: it stays, and is left out."""
    rules.check_written(report)
    rules.check_unstruck(note)
    me = guard.actor().id
    note.struck_at, note.struck_by, note.struck_why = sa.func.now(), me, why
    note.changed_by = me
    sign(report)


def order_notes(report: Report, wanted: Sequence[uuid.UUID]) -> None:
    """Put the case notes in another order."""
    rules.check_written(report)
    notes = {each.id: each for each in stored.notes_of(report)}
    rules.check_order(wanted, notes)
    for position, each in enumerate(wanted, 1):
        if notes[each].position != position:
            notes[each].position = position
            notes[each].changed_by = guard.actor().id
    sign(report)


def issue(report: Report) -> None:
    """Freeze a report: its figures on a snapshot, and every word of it."""
    actor = guard.actor()
    rules.check_issue(report, actor.id)
    rules.check_marking(report.marking, stored.notes_of(report))
    told = stored.report(report.id)
    snapshot, taken = _at_rest(told)
    _check_leading(report, snapshot, taken)
    guard.require_in_each("approve", snapshot.operations)
    provenance = (
        f"The figures of all operations together are those of the frozen summary {snapshot.id},"
        f" whose SHA-256 is {snapshot.hash.hex()}. Issued by {actor.name}."
    )
    content = freezing.canonical(
        {
            "format": FORMAT,
            "id": report.id,
            "number": report.number,
            "snapshot": snapshot.id,
            "figures": taken,
            "document": document.compose(
                {**told, "operations": snapshot.operations},
                told["notes"],
                taken,
                stored.before(told),
                provenance,
            ),
        }
    )
    report.operations = snapshot.operations
    report.snapshot_id = snapshot.id
    report.content, report.hash = content, hashlib.sha256(content).digest()
    report.state, report.issued_at, report.issued_by = "issued", snapshot.taken_at, actor.id


def withdraw(report: Report, why: str, now: dt.datetime) -> None:
    """Withdraw what was issued; it stays to be read, and says so first."""
    rules.check_withdrawal(report)
    report.state, report.withdrawn_why = "withdrawn", why
    report.withdrawn_at, report.withdrawn_by = now, guard.actor().id


def sign(report: Report) -> None:
    """Say who changed a report last, also in its notes: whoever read it before must look again."""
    report.changed_by, report.changed_at = guard.actor().id, sa.func.now()


def _at_rest(told: Mapping[str, Any]) -> tuple[Snapshot, dict[str, Any]]:
    """Freeze a summary and take the other figures of the same moment.

    They are taken before and after, until both are alike and say what the summary says: then
    nothing that counts changed between.
    """
    ask = Ask(
        operation=sorted(told["operations"]),
        from_=first_moment(told["starts_on"]),
        to=first_moment(told["ends_on"] + dt.timedelta(days=1)),
    )
    for _ in range(_TRIES):
        snapshot = freezing.freeze(ask, told["title"], may_be_empty=True)
        taken = figures.take(told, snapshot.as_at)
        if taken == figures.take(told, snapshot.as_at) and _agrees(taken, snapshot):
            db.session.add(snapshot)
            db.session.flush()
            return snapshot, taken
    raise Refused("Records keep changing just now; issue it again in a moment.")


def _agrees(taken: Mapping[str, Any], snapshot: Snapshot) -> bool:
    """Tell whether the figures of all operations together are those of the snapshot."""
    frozen = orjson.loads(snapshot.content)
    values = {each["code"]: each["value"] for each in frozen["measures"]}
    return all(
        (each["value"] is None) == (values[each["code"]] is None)
        and decimal.Decimal(each["value"] or 0) == decimal.Decimal(values[each["code"]] or 0)
        for each in taken["groups"][0]["figures"]
    )


def _add(report: Report, position: int, written: Mapping[str, Any]) -> ReportNote:
    me = guard.actor().id
    note = ReportNote(
        id=db.new_id(), report_id=report.id, position=position, made_by=me, changed_by=me, **written
    )
    db.session.add(note)
    return note


def _checked(sent: dict[str, Any], report: Report | None = None) -> dict[str, Any]:
    """Check what is sent against what is there already; give it by the names of the table."""
    if "of_organisation" in sent:
        sent["is_of_organisation"] = sent.pop("of_organisation")
    days = [sent.get(name) or getattr(report, name) for name in ("starts_on", "ends_on")]
    rules.check_period(*days)
    if "operations" in sent:
        sent["operations"] = sorted(set(sent["operations"]))
        seen = db.session.scalars(queries.operations(sent["operations"])).all()
        if len(seen) < len(sent["operations"]):
            said = "There is no such operation."
            raise Missing(said, {"operations": [said]})
        guard.require_in_each("report", sent["operations"])
        if report is None or sent["operations"] != sorted(report.operations):
            covert = _covert(sent["operations"])
            before = covert if report is None else _covert(report.operations)
            rules.check_covert(sent["operations"], covert, before)
    return sent


def _covert(operations: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    return set(db.session.scalars(queries.covert(operations)))


def _check_leading(report: Report, snapshot: Snapshot, taken: Mapping[str, Any]) -> None:
    """Refuse to tell what a covert operation led in a report that does not name it."""
    days = [taken["days"][0], *(each["starts_on"] for each in taken["targets"])]
    if taken["before"]:
        days.append(taken["before"][0])
    query = queries.leading(report.operations, min(days), report.ends_on)
    led = [*snapshot.operations, *db.session.scalars(query)]
    if _covert(led) - set(report.operations):
        raise Refused(
            "Something counted here was led by a covert operation of yours, so this report would"
            " vanish for others. Let somebody issue it who is no member of that one."
        )


def _marking(operations: Sequence[uuid.UUID]) -> str:
    """Give the highest marking of these operations."""
    rows = db.session.execute(queries.operations(operations))
    return max((row.marking for row in rows), key=MARKINGS.index, default=MARKINGS[-1])
