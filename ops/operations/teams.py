"""Keep an operation's teams."""

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.access.models import Person
from ops.errors import Invalid
from ops.operations import planning
from ops.operations.models import Team


def add(operation_id: uuid.UUID, content: Mapping[str, Any]) -> uuid.UUID:
    """Add a team, with its members where they are known."""
    with db.transaction():
        planning.to_change(operation_id)
        team = Team(
            id=db.new_id(),
            operation_id=operation_id,
            name=content["name"],
            members=_people(content.get("members", [])),
        )
        db.session.add(team)
    return team.id


def change(team_id: uuid.UUID, content: Mapping[str, Any]) -> None:
    """Name a team anew, or say anew who is on it; who is deployed already stays so."""
    with db.transaction():
        team = db.find(Team, team_id, "team")
        planning.to_change(team.operation_id)
        team.name = content.get("name", team.name)
        if "members" in content:
            team.members = _people(content["members"])


def _people(ids: list[uuid.UUID]) -> list[Person]:
    found = list(
        db.session.scalars(
            sa.select(Person)
            .where(Person.id.in_(ids), Person.disabled_at.is_(None))
            .order_by(Person.name, Person.id)
        )
    )
    if len(found) != len(set(ids)):
        said = "One of these people is not there, or may no longer sign in."
        raise Invalid(said, {"members": [said]})
    return found
