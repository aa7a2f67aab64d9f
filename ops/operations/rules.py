"""When an operation may move on, and what a plan must hold."""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from ops.errors import Conflict, Forbidden, Invalid, Refused
from ops.geo.models import OVER
from ops.operations.models import MARKINGS, STATUSES

FORWARD = {
    "draft": "planned",
    "planned": "approved",
    "approved": "live",
    "live": "closed",
    "closed": "reviewed",
}
# Going back undoes what others relied on, so it needs a reason.
BACK = {"planned": "draft", "approved": "planned", "closed": "live"}
STEP_LABELS = {
    ("draft", "planned"): "Mark as planned",
    ("planned", "approved"): "Approve",
    ("approved", "live"): "Go live",
    ("live", "closed"): "Close",
    ("closed", "reviewed"): "Mark as reviewed",
    ("planned", "draft"): "Back to draft",
    ("approved", "planned"): "Take the approval back",
    ("closed", "live"): "Reopen",
}
FOUR_EYES = "Somebody else must approve it: you said that the plan is complete."
ENDLESS = ("place_based",)
# The steps of a deployment; its team may leave some out, and it can be cancelled before its end.
DEPLOYMENT_ORDER = ("planned", "acknowledged", "on_the_way", "started", "finished")
DEPLOYMENT_OVER = ("finished", "cancelled")
# A deployment may begin a little before its operation, or end a little after.
LEEWAY = dt.timedelta(days=1)
LONGEST_DEPLOYMENT = dt.timedelta(days=31)


@dataclasses.dataclass(frozen=True)
class Plan:
    """What the gates look at, of one operation."""

    kind: str
    theme: str | None
    aim: str | None
    starts_at: dt.datetime
    areas: int
    deployments: int
    deployments_at_prisons: int
    deployments_under_way: int
    phases: int


@dataclasses.dataclass(frozen=True)
class Step:
    """A step an operation could take, and what it still lacks for it."""

    to: str
    label: str
    back: bool
    missing: Sequence[str]


def steps(
    status: str, plan: Plan, now: dt.datetime, *, called_complete: bool = False
) -> list[Step]:
    """List the steps an operation in this status could take: forward first.

    Whoever called its plan complete is told that somebody else approves it.
    """
    found = []
    for back, ways in ((False, FORWARD), (True, BACK)):
        if to := ways.get(status):
            lacks = [] if back else missing(to, plan, now)
            if to == "approved" and called_complete:
                lacks.append(FOUR_EYES)
            found.append(Step(to, STEP_LABELS[status, to], back, lacks))
    return found


def missing(to: str, plan: Plan, now: dt.datetime) -> list[str]:
    """Say everything a plan lacks for a status, at once."""
    gates: dict[str, list[tuple[object, str]]] = {
        "planned": [
            (plan.aim, "Say what the operation is to achieve."),
            (plan.theme, "Choose its theme."),
        ],
        "approved": [
            (plan.areas or plan.deployments, "Draw an area, or add a deployment."),
            (
                plan.kind != "prison_search" or plan.deployments_at_prisons,
                "Add a deployment at a prison.",
            ),
            (plan.kind != "place_based" or plan.phases, "Add its first phase."),
        ],
        "live": [
            (
                plan.starts_at <= now + LEEWAY,
                "Wait until the day before it starts, or change its period.",
            ),
        ],
        "closed": [
            (
                not plan.deployments_under_way,
                "Finish or cancel the deployments that are under way.",
            ),
        ],
    }
    return [sentence for held, sentence in gates.get(to, []) if not held]


def check_step(status: str, to: str, reason: str | None, plan: Plan, now: dt.datetime) -> None:
    """Refuse a step that does not follow, lacks something, or goes back without a reason."""
    step = next((step for step in steps(status, plan, now) if step.to == to), None)
    if step is None:
        possible = " or ".join(
            STATUSES[way[status]].lower() for way in (FORWARD, BACK) if status in way
        )
        now_is = STATUSES[status].lower()
        raise Refused(
            f"An operation that is {now_is} can become {possible}."
            if possible
            else f"An operation that is {now_is} stays so."
        )
    if step.missing:
        raise Refused(
            f"Before it can be {STATUSES[to].lower()}: {' '.join(step.missing)}",
            {"missing": list(step.missing)},
        )
    if step.back and not reason:
        raise Invalid("Say why it goes back.", {"reason": ["Say why it goes back."]})


def check_four_eyes(planned_by: object, by: object) -> None:
    """Refuse the approval of a plan by whoever called it complete."""
    if planned_by == by:
        raise Forbidden(FOUR_EYES)


def check_open(status: str) -> None:
    """Refuse to change the plan of an operation that is over."""
    if status in OVER:
        raise Refused(f"This operation is {STATUSES[status].lower()}, so its plan stays as it is.")


def check_marking(marking: str) -> None:
    """Refuse what must not be kept here at all (Government Security Classifications)."""
    if marking not in MARKINGS:
        said = (
            "Nothing above OFFICIAL-SENSITIVE may be entered here: leave out whatever is SECRET "
            "or above, sources and intelligence; give an intelligence log number instead."
        )
        raise Invalid(said, {"marking": [said]})


def check_period(kind: str, starts_at: dt.datetime, ends_at: dt.datetime | None) -> None:
    """Refuse a period without an end, where the kind needs one, or one that ends too soon."""
    if ends_at is None and kind not in ENDLESS:
        said = "Say when it ends; only a place-based operation may stay open."
        raise Invalid(said, {"ends_at": [said]})
    if ends_at is not None and ends_at <= starts_at:
        said = "Must be after the start."
        raise Invalid(said, {"ends_at": [said]})


def check_window(
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    within: tuple[dt.datetime, dt.datetime | None],
) -> None:
    """Refuse a deployment's window that can't be meant."""
    said = None
    if ends_at <= starts_at:
        said = "Must be after the start."
    elif ends_at - starts_at > LONGEST_DEPLOYMENT:
        said = "A deployment lasts a month at most; add one for each day or shift."
    elif ends_at <= within[0] - LEEWAY or (within[1] and starts_at >= within[1] + LEEWAY):
        said = "This lies outside the operation's period; change the one or the other."
    if said:
        raise Invalid(said, {"ends_at": [said]})


def check_deployment_step(status: str, to: str) -> None:
    """Refuse a step back, or any step of a deployment that is over."""
    if status == to:
        return
    if status in DEPLOYMENT_OVER:
        raise Refused(f"This deployment is {status}, so it stays so; add another.")
    if to != "cancelled" and DEPLOYMENT_ORDER.index(to) < DEPLOYMENT_ORDER.index(status):
        raise Refused("A deployment's status only goes forward.")


def check_one_place(place: Mapping[str, Any]) -> None:
    """Refuse a deployment at no place, or at several."""
    if sum(value is not None for value in place.values()) != 1:
        said = "Give one place: a site, an area or a point."
        raise Invalid(said, {"site": [said]})


def check_replay(kept: bytes | None, sent: bytes, called: str) -> None:
    """Refuse other content under an id that is there already."""
    if kept != sent:
        raise Conflict(f"There is already {called} with this id, and it is not the same.")


def hash_of(content: Mapping[str, Any]) -> bytes:
    """Give what tells one content from another, however it was written and whenever sent."""
    digest = hashlib.sha256()
    for name, value in sorted(content.items()):
        if name == "sent_at":
            continue
        is_moment = isinstance(value, dt.datetime)
        plain = value.astimezone(dt.UTC).isoformat() if is_moment else value
        digest.update(f"{name}\0{plain}\0".encode())
    return digest.digest()
