"""Who and what goes where, on other days; whoever is elsewhere then is left off, and named."""

import collections
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ops import db, wording
from ops.access.models import Person
from ops.errors import OpsError
from ops.ledger.consultation import saw
from ops.operations import clashes, deployments, member_queries, members
from ops.operations.clashes import PEOPLE, THINGS, Sort
from ops.operations.models import Deployment, Operation, Team
from ops.plans import copy_queries
from ops.plans.copy_rules import moved_window

# What of a deployment is its plan; its place and its window come beside it.
_COPIED = ("kind", "name", "address", "postcode", "method_of_entry", "power", "note")


class Deployed:
    """Copies teams, deployments, who is on them and what they take along."""

    def __init__(
        self,
        source: Operation,
        made: Operation,
        days: int,
        by: uuid.UUID,
        areas: Mapping[uuid.UUID, uuid.UUID],
    ) -> None:
        self.source, self.made, self.days, self.by, self.areas = source, made, days, by, areas
        self.copied: dict[str, int] = {}
        self.changed: list[str] = []
        # What could not come along, by what it was part of.
        self._left: dict[str, list[str]] = collections.defaultdict(list)
        # The new part of each old one.
        self.teams: dict[uuid.UUID, uuid.UUID] = {}
        self.deployments: dict[uuid.UUID, Deployment] = {}

    @property
    def left_off(self) -> list[str]:
        """Say what was left off, a line for each deployment or team."""
        return [f"{what}: {' '.join(said)}" for what, said in self._left.items()]

    def copy(self) -> None:
        """Copy it, in the caller's transaction."""
        assigned = db.session.execute(copy_queries.assignments(self.source.id)).all()
        reserved = db.session.execute(copy_queries.reservations(self.source.id)).all()
        # Before a deployment is written, as whoever moves one does: so that no two wait for
        # each other, the one for people and the other for the search for conflicts.
        clashes.take_turns(PEOPLE, [row.person_id for row in assigned])
        clashes.take_turns(THINGS, [row.asset_id for row in reserved])
        teams = db.session.scalars(copy_queries.parts(Team, self.source.id)).all()
        ids = [row.person_id for row in assigned]
        strangers = db.session.execute(member_queries.strangers(self.source, ids))
        self._strangers = {row.id for row in strangers}
        self._teams(teams)
        self._deployments()
        people = [
            (
                row.deployment_id,
                {"person_id": row.person_id, "team_id": self.teams.get(row.team_id)},
                self._unfit(row),
            )
            for row in assigned
        ]
        went = self._take(PEOPLE, people)
        members.admit_deployed(self.made, {each["person_id"] for each in went}, self.by)
        things = [
            (
                row.deployment_id,
                {
                    "operation_id": self.made.id,
                    "asset_id": row.asset_id,
                    "kind": row.kind,
                    "cells": row.cells,
                },
                row.withdrawn_at and f"{row.name} is out of use.",
            )
            for row in reserved
        ]
        self.copied |= {"people": len(went), "things": len(self._take(THINGS, things))}

    def _unfit(self, row: Any) -> str | None:
        """Say why somebody can't be sent again."""
        if row.disabled_at is not None:
            return f"{row.name} may no longer sign in."
        # What only members see is shown to nobody who was taken out of it.
        if row.person_id in self._strangers:
            return f"{row.name} no longer belongs to the operation that is copied."
        return None

    def _teams(self, found: Iterable[Team]) -> None:
        for team in found:
            fit: list[Person] = []
            for person in team.members:
                if person.disabled_at is None:
                    fit.append(person)
                else:
                    self._left[team.name].append(f"{person.name} may no longer sign in.")
            self.teams[team.id] = new_id = db.new_id()
            db.session.add(Team(id=new_id, operation_id=self.made.id, name=team.name, members=fit))
        saw("team", self.teams, self.source.id)
        self.copied["teams"] = len(self.teams)

    def _deployments(self) -> None:
        rows = db.session.execute(copy_queries.deployments(self.source.id)).all()
        saw("deployment", [row.Deployment.id for row in rows], self.source.id)
        placed: dict[uuid.UUID, uuid.UUID] = {}
        for row in rows:
            old, new_id = row.Deployment, db.new_id()
            if old.status == "cancelled":
                self._left[_label(old)].append("It was cancelled.")
                continue
            try:
                deployments.place(self.made, self._content(row) | {"id": new_id}, self.by)
            except OpsError as error:
                self._left[_label(old)].append(error.sentence)
            else:
                placed[old.id] = new_id
        db.session.flush()
        self.deployments = {
            old: db.find(Deployment, new, "deployment") for old, new in placed.items()
        }
        self.copied["deployments"] = len(placed)

    def _content(self, row: Any) -> dict[str, Any]:
        """Give a deployment as it would be sent, on its new day."""
        old = row.Deployment
        starts_at, ends_at = moved_window(row.starts_at, row.ends_at, self.days)
        for was, comes, verb in (
            (row.starts_at, starts_at, "begins"),
            (row.ends_at, ends_at, "ends"),
        ):
            if wording.clock(was) != wording.clock(comes):
                self.changed.append(
                    f"{old.name} {verb} at {wording.clock(comes)} on"
                    f" {wording.short_day(comes)}: the clocks change that night."
                )
        content = {name: getattr(old, name) for name in _COPIED} | {
            "starts_at": starts_at,
            "ends_at": ends_at,
            "site": old.site_id,
            "area": old.area_id and self.areas.get(old.area_id),
            "point": old.point,
            "line": row.line,
        }
        return {name: value for name, value in content.items() if value is not None}

    def _take(
        self, sort: Sort, asked: Sequence[tuple[uuid.UUID, dict[str, Any], str | None]]
    ) -> list[dict[str, Any]]:
        """Put people or things where they were; name whoever can't go, and give who went."""
        field = f"{sort.field}_id"
        rows: dict[Deployment, list[dict[str, Any]]] = collections.defaultdict(list)
        for old_id, values, unfit in asked:
            if (deployment := self.deployments.get(old_id)) is None:
                continue
            if unfit:
                self._left[_label(deployment)].append(unfit)
            else:
                rows[deployment].append(values)
        free = []
        for deployment, several in rows.items():
            ids = [each[field] for each in several]
            told = clashes.told(sort, ids, deployment.during, deployment.id)
            for said in told.values():
                self._left[_label(deployment)].append(said)
            free += [(deployment, each) for each in several if each[field] not in told]
        if self._put(sort, free):
            return [values for _deployment, values in free]
        # Somebody is where whoever asks may not look: one by one, that one is found.
        went = []
        for deployment, values in free:
            if self._put(sort, [(deployment, values)]):
                went.append(values)
            else:
                name = db.find(sort.model, values[field], sort.field).name
                said = f"{name} is already {sort.verb} at that time elsewhere."
                self._left[_label(deployment)].append(said)
        return went

    def _put(self, sort: Sort, rows: Sequence[tuple[Deployment, dict[str, Any]]]) -> bool:
        try:
            with db.session.begin_nested():
                for deployment, values in rows:
                    of = {"deployment_id": deployment.id, "during": deployment.during}
                    db.session.add(sort.taken(**of, **values))
        except sa.exc.IntegrityError as error:
            if db.broken(error) != sort.constraint:
                raise
            return False
        return True


def _label(deployment: Deployment) -> str:
    """Tell a deployment from others of its name by its day."""
    begins = deployment.during.lower
    return f"{deployment.name}, {wording.short_day(begins)}" if begins else deployment.name
