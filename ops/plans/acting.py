"""Writes the 4P plan: who does what by when."""

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.access import guard
from ops.access.models import Organisation, Person
from ops.errors import Forbidden, Invalid
from ops.operations import planning
from ops.operations.models import Phase
from ops.plans.models import PlanAction

NAMED = {"organisation": "organisation_id", "partner": "partner_id"}


def add(operation_id: uuid.UUID, content: Mapping[str, Any]) -> PlanAction:
    """Add an action to an operation's plan, as part of the caller's transaction."""
    guard.require("contribute", operation_id)
    planning.to_change(operation_id)
    who = guard.actor()
    values = {"organisation_id": who.organisation_id} | _columns(content)
    action = PlanAction(operation_id=operation_id, created_by=who.id, **values)
    _check(action)
    db.session.add(action)
    db.session.flush()
    return action


def change(action: PlanAction, content: Mapping[str, Any]) -> None:
    """Change an action, or say that it is done or dropped, as part of the caller's transaction."""
    guard.require("contribute", action.operation_id)
    planning.to_change(action.operation_id)
    _check_own(action)
    with db.session.no_autoflush:
        for name, value in _columns(content).items():
            setattr(action, name, value)
        _check(action)
    db.session.flush()


def _columns(content: Mapping[str, Any]) -> dict[str, Any]:
    """Turn what was sent to columns: the codes of organisations to their ids."""
    values = {k: v for k, v in content.items() if k not in {*NAMED, "person", "phase"}}
    values |= {f"{name}_id": content[name] for name in ("person", "phase") if name in content}
    for name, column in NAMED.items():
        if name in content:
            values[column] = _organisation(name, content[name])
    return values


def _organisation(field: str, code: str | None) -> uuid.UUID | None:
    if code is None:
        return None
    found = db.session.scalar(sa.select(Organisation.id).where(Organisation.code == code))
    if found is None:
        said = f"There is no organisation with the code {code}."
        raise Invalid(said, {field: [said]})
    return found


def _check(action: PlanAction) -> None:
    """Refuse what the row can't say."""
    _check_own(action)
    said: dict[str, str] = {}
    if action.partner_id == action.organisation_id:
        said["partner"] = "The partner is another organisation than the one that does it."
    if action.person_id is not None:
        person = db.session.get(Person, action.person_id)
        if person is None or person.organisation_id != action.organisation_id:
            said["person"] = "Name somebody of the organisation that does it."
    if action.phase_id is not None:
        phase = db.session.get(Phase, action.phase_id)
        if phase is None or phase.operation_id != action.operation_id:
            said["phase"] = "This operation has no such phase."
    if action.status == "dropped" and not action.reason:
        said["reason"] = "Say why it is dropped."
    if said:
        raise Invalid(next(iter(said.values())), {name: [text] for name, text in said.items()})


def _check_own(action: PlanAction) -> None:
    """Let a partner plan what their own organisation does, and no more."""
    if guard.may("plan", action.operation_id):
        return
    if action.organisation_id != guard.actor().organisation_id:
        raise Forbidden(
            "You can plan what your own organisation does; a lead plans what others do."
        )
