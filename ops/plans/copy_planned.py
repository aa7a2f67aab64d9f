"""What is copied of an operation beside its deployments: areas, phases, plan and targets."""

import datetime as dt
import uuid
from typing import Any

from ops import db
from ops.access.models import Person
from ops.geo.models import Area
from ops.ledger.consultation import saw
from ops.operations.models import Operation, Phase
from ops.outcomes.models import Target
from ops.plans import copy_queries, guided
from ops.plans.copy_rules import moved, moved_window
from ops.plans.models import ExitCriterion, GuidedPlan, PlanAction


class Planned:
    """Copies all of a plan that is no deployment, and keeps what became of it."""

    def __init__(self, source: Operation, made: Operation, days: int, by: uuid.UUID) -> None:
        self.source, self.made, self.days, self.by = source, made, days, by
        self.later = dt.timedelta(days=days)
        self.copied: dict[str, int] = {}
        self.left_off: list[str] = []
        self.changed: list[str] = []
        # The new part of each old one.
        self.areas: dict[uuid.UUID, uuid.UUID] = {}
        self.phases: dict[uuid.UUID, uuid.UUID] = {}

    def copy(self) -> None:
        """Copy it, in the caller's transaction."""
        self._areas()
        self._phases()
        self._guided_plan()
        self._actions()
        self._targets()
        db.session.flush()

    def _parts(self, model: Any, kind: str) -> list[Any]:
        found = list(db.session.scalars(copy_queries.parts(model, self.source.id)))
        saw(kind, [each.id for each in found], self.source.id)
        return found

    def _areas(self) -> None:
        for area in self._parts(Area, "area"):
            valid_from, valid_to = self._times(area.valid_from, area.valid_to)
            self.areas[area.id] = new_id = db.new_id()
            db.session.add(
                Area(
                    id=new_id,
                    operation_id=self.made.id,
                    name=area.name,
                    purpose=area.purpose,
                    geom=area.geom,
                    valid_from=valid_from,
                    valid_to=valid_to,
                    created_by=self.by,
                )
            )
        self.copied["areas"] = len(self.areas)

    def _phases(self) -> None:
        for phase in self._parts(Phase, "phase"):
            starts_at, ends_at = self._times(phase.starts_at, phase.ends_at)
            self.phases[phase.id] = new_id = db.new_id()
            db.session.add(
                Phase(
                    id=new_id,
                    operation_id=self.made.id,
                    kind=phase.kind,
                    starts_at=starts_at,
                    ends_at=ends_at,
                    aim=phase.aim,
                    note=phase.note,
                )
            )
        db.session.flush()
        criteria = self._parts(ExitCriterion, "exit_criterion")
        for each in criteria:
            # Whether it holds is judged anew.
            db.session.add(
                ExitCriterion(
                    operation_id=self.made.id,
                    phase_id=self.phases[each.phase_id],
                    text=each.text,
                    created_by=self.by,
                )
            )
        self.copied |= {"phases": len(self.phases), "exit_criteria": len(criteria)}

    def _guided_plan(self) -> None:
        kept = db.session.get(GuidedPlan, self.source.id)
        self.copied["guided_plan"] = int(kept is not None)
        if kept is None:
            return
        saw("guided_plan", [self.source.id], self.source.id)
        said = {name: getattr(kept, name) for name in guided.FIELDS}
        # What was known then, and which national week that was, is no part of another plan.
        said |= {
            "intelligence_logs": [],
            "is_national": None if kept.is_national else kept.is_national,
        }
        said["sites_by_day"] = [
            row | {"on": str(dt.date.fromisoformat(row["on"]) + self.later)}
            for row in kept.sites_by_day
        ]
        said["meetings"] = [
            {k: v for k, v in row.items() if k != "outcome"} | {"at": self._meeting(row["at"])}
            for row in kept.meetings
        ]
        db.session.add(GuidedPlan(operation_id=self.made.id, changed_by=self.by, **said))

    def _meeting(self, at: str) -> str:
        return str(guided.plain(moved(dt.datetime.fromisoformat(at), self.days)))

    def _actions(self) -> None:
        found = self._parts(PlanAction, "plan_action")
        kept = [each for each in found if each.status != "dropped"]
        for each in kept:
            db.session.add(
                PlanAction(
                    operation_id=self.made.id,
                    phase_id=each.phase_id and self.phases[each.phase_id],
                    four_p=each.four_p,
                    what=each.what,
                    organisation_id=each.organisation_id,
                    person_id=self._answers(each),
                    partner_id=each.partner_id,
                    due_on=each.due_on + self.later,
                    review_on=each.review_on + self.later,
                    created_by=self.by,
                )
            )
        self.copied["actions"] = len(kept)
        self.left_off += [f"{each.what}: it was dropped." for each in found if each not in kept]

    def _answers(self, action: PlanAction) -> uuid.UUID | None:
        """Give who answers for an action, unless they have left since."""
        if action.person_id is None:
            return None
        person = db.find(Person, action.person_id, "person")
        if person.disabled_at is None and person.organisation_id == action.organisation_id:
            return person.id
        self.left_off.append(f"{action.what}: {person.name} can answer for it no more.")
        return None

    def _targets(self) -> None:
        first, last = guided.days(self.source)
        rows = db.session.execute(copy_queries.targets(self.source.id)).all()
        saw("target", [row.Target.id for row in rows], self.source.id)
        within = [
            row
            for row in rows
            if row.Target.starts_on >= first and (last is None or row.Target.ends_on <= last)
        ]
        counted = [row.Target for row in within if row.counts]
        for each in counted:
            db.session.add(
                Target(
                    measure=each.measure,
                    operation_id=self.made.id,
                    starts_on=each.starts_on + self.later,
                    ends_on=each.ends_on + self.later,
                    value=each.value,
                    created_by=self.by,
                )
            )
        self.copied["targets"] = len(counted)
        for left, why in (
            (len(rows) - len(within), "of other periods than the operation’s"),
            (len(within) - len(counted), "of measures that count no more"),
        ):
            if left:
                self.left_off.append(f"Targets {why}: {left}.")

    def _times(
        self, starts_at: dt.datetime | None, ends_at: dt.datetime | None
    ) -> tuple[dt.datetime | None, dt.datetime | None]:
        if starts_at is not None and ends_at is not None:
            return moved_window(starts_at, ends_at, self.days)
        return (
            starts_at and moved(starts_at, self.days),
            ends_at and moved(ends_at, self.days),
        )
