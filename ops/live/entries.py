"""What happened in a live operation, in words."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from ops import wording
from ops.operations.models import DEPLOYMENT_STATUSES, STATUSES
from ops.results.kinds import KINDS as RESULT_KINDS

KINDS = {
    "result_logged": "Result logged",
    "result_corrected": "Result corrected",
    "result_confirmed": "Result confirmed",
    "result_struck": "Result struck",
    "deployment_added": "Deployment added",
    "deployment_status": "Deployment moved on",
    "deployment_changed": "Deployment changed",
    "assigned": "Put on a deployment",
    "released": "Taken off a deployment",
    "checked_in": "Checked in",
    "assistance": "Assistance needed",
    "timer_set": "Check-in timer set",
    "stood_down": "Stood down from check-ins",
    "overdue_dealt_with": "Missed check-in dealt with",
    "nothing_to_report": "Nothing to report",
    "operation_status": "Operation moved on",
    "decided": "Decision written",
    "briefed": "Briefing issued or withdrawn",
}
# What a result's new status is told as; any other change is a correction.
_OF_STATUS = {"confirmed": "result_confirmed", "struck": "result_struck"}
# What a deployment that is overdue should be by now.
_MISSING = {
    "acknowledged": "should have been acknowledged by",
    "started": "should have started at",
    "finished": "should have finished at",
}
_DONE = {
    "result_logged": "Logged",
    "result_corrected": "Corrected",
    "result_confirmed": "Confirmed",
    "result_struck": "Struck",
}


def entries(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Tell changes; of a record that one act wrote several times, the first."""
    once: dict[Any, Any] = {}
    for row in rows:
        once.setdefault((row.txid, row.object_id) if row.object == "result" else row.id, row)
    return [_entry(row) for row in once.values()]


def _entry(row: Any) -> dict[str, Any]:
    kind, said = _TELL[row.object](row)
    return {
        "id": row.id,
        "at": row.at,
        "kind": kind,
        "said": said,
        "by": row.by,
        "href": _href(row),
        "place": row.deployment,
        "position": row.position,
    }


def late(row: Mapping[str, Any], operation_id: Any) -> dict[str, Any]:
    """Say since when a deployment is overdue, and for what."""
    missing = row["missing"]
    since = dt.datetime.fromisoformat(row[missing])
    return {
        "deployment": row["id"],
        "name": row["name"],
        "since": since,
        "said": f"{row['name']} {_MISSING[missing]} {wording.short_moment(since)}",
        "href": _progress(operation_id, row["id"]),
    }


def missed(row: Mapping[str, Any], operation_id: Any) -> dict[str, Any]:
    """Say who did not check in, and since when they are overdue."""
    since = dt.datetime.fromisoformat(row["due_at"])
    return {
        "person": row["person"],
        "since": since,
        "said": f"{row['person_name']} is overdue to check in since {wording.clock(since)}"
        f" on {row['deployment_name']}",
        "href": f"/operations/{operation_id}/welfare/{row['person']}",
    }


def in_conflict(row: Any) -> dict[str, Any]:
    """Say that a deployment is in conflict, and no more than its own page tells of it."""
    return {
        "reference": row.reference,
        "deployment": row.deployment,
        "said": f"{row.deployment_name} is in conflict, reference {row.reference}",
        "href": f"/operations/{row.operation}/deployments/{row.deployment}",
    }


def _result(row: Any) -> tuple[str, str]:
    is_new, status = row.before is None, row.after.get("status")
    kind = "result_logged" if is_new else _OF_STATUS.get(status, "result_corrected")
    return kind, f"{_DONE[kind]}: {RESULT_KINDS[row.kind].label.lower()}"


def _deployment(row: Any) -> tuple[str, str]:
    if row.before is None:
        return "deployment_added", f"Deployment added: {row.deployment}"
    if status := row.after.get("status"):
        return "deployment_status", f"{row.deployment}: {DEPLOYMENT_STATUSES[status].lower()}"
    return "deployment_changed", f"Deployment changed: {row.deployment}"


def _assignment(row: Any) -> tuple[str, str]:
    if row.before is None:
        return "assigned", f"{row.person} put on {row.deployment}"
    return "released", f"{row.person} taken off {row.deployment}"


def _check_in(row: Any) -> tuple[str, str]:
    if row.needs_assistance:
        return "assistance", f"{row.person} needs assistance on {row.deployment}"
    return "checked_in", f"{row.person} checked in on {row.deployment}"


def _timer(row: Any) -> tuple[str, str]:
    if row.every_minutes is None:
        return "stood_down", f"{row.person} stood down from check-ins on {row.deployment}"
    every = f"every {row.every_minutes} minutes"
    return "timer_set", f"{row.person} is to check in {every} on {row.deployment}"


def _answer(row: Any) -> tuple[str, str]:
    return "overdue_dealt_with", f"The missed check-in of {row.person} was dealt with"


def _nil_return(row: Any) -> tuple[str, str]:
    taken_back = " is taken back" if row.before is not None else ""
    return "nothing_to_report", f"{row.deployment}: nothing to report{taken_back}"


def _transition(row: Any) -> tuple[str, str]:
    return "operation_status", f"The operation is {STATUSES[row.after['to_status']].lower()}"


def _decision(_row: Any) -> tuple[str, str]:
    return "decided", "A decision is written in the log"


def _briefing(row: Any) -> tuple[str, str]:
    return "briefed", f"Version {row.briefing} of the briefing is {row.after['state']}"


_TELL = {
    "result": _result,
    "deployment": _deployment,
    "assignment": _assignment,
    "check_in": _check_in,
    "welfare_timer": _timer,
    "welfare_answer": _answer,
    "nil_return": _nil_return,
    "transition": _transition,
    "decision": _decision,
    "briefing": _briefing,
}


def _href(row: Any) -> str:
    if row.object == "result":
        return f"/results/{row.object_id}"
    here = f"/operations/{row.operation_id}"
    if row.object == "decision":
        return f"{here}/decisions"
    if row.object == "briefing":
        return f"{here}/briefings/{row.briefing}"
    return here if row.deployment_id is None else _progress(row.operation_id, row.deployment_id)


def _progress(operation_id: Any, deployment_id: Any) -> str:
    return f"/operations/{operation_id}/deployments/{deployment_id}/progress"
