"""A small world for tests of who sees what: every kind of thing in every sort of operation.

Each thing carries a mark, in its name and in its id, that tells which operation it belongs to
and whether it is of the plan, of a partner organisation's own part, or of the rest. So one look
at a reply says what of which operation is in it.
"""

import dataclasses
import datetime as dt
import itertools
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range

from ops import db
from ops.access.models import Person
from ops.db import Model
from ops.operations.models import Assignment, Phase, Team, TeamMember, Transition
from ops.outcomes.models import ReportedFigure, Target
from ops.results import batch
from ops.retention.models import Retention, RetentionHold, Review
from tests import factories

VISIBILITIES = ("open", "restricted", "covert")
# The plan itself; what of it no partner sees; what the force does; what the partner does.
PARTS = ("plan", "whole", "rest", "part")
DEEDS = PARTS[2:]
NUMBERS = itertools.count(1)
NOW = dt.datetime.now(dt.UTC)
HERE = {"type": "Point", "coordinates": [-2.24, 53.485]}
# Pounds seized: a total tells which of these were added up.
POUNDS = {
    (visibility, part): 10**power
    for power, (visibility, part) in enumerate(itertools.product(VISIBILITIES, DEEDS))
}


def prefix(visibility: str, part: str) -> str:
    """Begin the ids of what belongs to an operation, of this part."""
    return f"{'abcd'[PARTS.index(part)]}{VISIBILITIES.index(visibility) + 1:07d}"


def word(visibility: str, part: str) -> str:
    """Name what belongs to an operation, of this part."""
    return f"zq{part}{visibility}"


def marks(visibility: str, part: str) -> tuple[str, str]:
    """Give what shows that a reply holds something of this part of an operation."""
    return prefix(visibility, part), word(visibility, part)


def new_id(visibility: str, part: str) -> uuid.UUID:
    """Make an id that carries the mark."""
    return uuid.UUID(f"{prefix(visibility, part)}-{next(NUMBERS):04x}-7000-8000-000000000000")


@dataclasses.dataclass
class Ids:
    """What a request may name, as it stands in addresses; by default what nobody ever had."""

    operation_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    reference: str = "NOWHERE-1"
    hub_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    area_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    deployment_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    assignment_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    team_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    phase_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    membership_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    result_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    hold_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    results: dict[str, uuid.UUID] = dataclasses.field(
        default_factory=lambda: {kind: uuid.uuid4() for kind in DETAILS}
    )
    person_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)

    def all(self) -> list[str]:
        """List them as text."""
        values = [getattr(self, field.name) for field in dataclasses.fields(self)]
        return [str(each) for each in [*values, *self.results.values()] if each != self.results]


DETAILS = {
    "warrant": {"power": "mda_23", "outcomes": ["nil"]},
    "arrest": {"reason": "supply_class_a", "disposals": [{"code": "charged"}]},
    "seizure": {"category": "cash"},
    "line": {"name": "Ricky", "numbers": [{"number": "07700900123"}]},
    "line_closure": {
        "type": "type_2",
        "line_name": "Ricky",
        "check_backs": [{"on": "2026-11-03", "out_of_use": True}],
    },
}


class World:
    """Organisations, people, and an operation of each visibility with everything in it."""

    def __init__(self) -> None:
        region = factories.organisation("REGION", kind="partner")
        force = factories.organisation("GMP", parent_id=region.id)
        self.organisations = {
            "own": force,
            "above": region,
            "below": factories.organisation("GMP-BOLTON", kind="district", parent_id=force.id),
            "other": factories.organisation("LANCS"),
            "partner": factories.organisation("SALFORD", kind="council"),
        }
        self.planner = factories.person("lead", name="Pat Planner")
        self.recorder = factories.person("officer", name="Robin Recorder")
        self.colleague = factories.person(
            "officer", name="Chris Colleague", organisation=self.organisations["partner"]
        )
        # Who belongs to each operation, and the colleagues whom it deploys.
        self.officers = {visibility: factories.person("officer") for visibility in VISIBILITIES}
        self.doubles = {
            part: {
                visibility: factories.person("officer", organisation=each.organisation)
                for visibility in VISIBILITIES
            }
            for part, each in (("rest", self.recorder), ("part", self.colleague))
        }
        # Whom anybody may be asked to deploy; on nothing yet.
        self.free = factories.person("officer", name="Frankie Free")
        self.hub = factories.operation(
            name="Hub", reference="HUB-1", created_by=self.planner.id, kind="day_of_action"
        )
        self.ids: dict[tuple[str, str], Ids] = {}
        self.operations = {}

    def made(self) -> list[Model]:
        """List whoever and whatever there is beside the operations of each visibility."""
        people = [self.planner, self.recorder, self.colleague, self.free, *self.officers.values()]
        doubles = [each for several in self.doubles.values() for each in several.values()]
        return [*self.organisations.values(), *people, *doubles, self.hub]

    def fill(self, visibility: str, **fields: object) -> None:
        """Make an operation of this visibility, with something of every kind in it."""
        operation = factories.operation(
            id=new_id(visibility, "plan"),
            kind="place_based",
            name=f"Operation {word(visibility, 'plan')}",
            aim=f"{word(visibility, 'plan')} aim",
            reference=f"{word(visibility, 'plan')}-1",
            visibility=visibility,
            created_by=self.planner.id,
            **fields,
        )
        self.operations[visibility] = operation
        shared = self._plan(visibility, operation)
        for part, person in (("rest", self.recorder), ("part", self.colleague)):
            self.ids[visibility, part] = self._act(visibility, part, operation, person, shared)
        db.session.execute(
            sa.text(
                "select set_config('ops.actor', cast(:actor as text), true), log_access("
                "'consultation', 'geo.Areas', cast(:seen as jsonb), '{}')"
            ),
            {
                "actor": str(self.recorder.id),
                "seen": f'[{{"kind":"area","operation":"{operation.id}",'
                f'"ids":["{self.ids[visibility, "rest"].area_id}"]}}]',
            },
        )
        db.session.execute(sa.text("select set_config('ops.actor', '', true)"))
        db.session.commit()

    def _plan(self, visibility: str, operation: object) -> dict[str, uuid.UUID]:
        phase = new_id(visibility, "plan")
        mark = word(visibility, "whole")
        factories._save(Phase(id=phase, operation_id=operation.id, kind="clear",
                              starts_at=factories.NOON, note=word(visibility, "plan")))  # fmt: skip
        factories._save(Transition(operation_id=operation.id, from_status="approved",
                                   to_status="live", reason=mark, made_by=self.planner.id,
                                   id=new_id(visibility, "whole")))  # fmt: skip
        year = {"starts_on": dt.date(2026, 4, 1), "ends_on": dt.date(2027, 3, 31)}
        factories._save(Target(id=new_id(visibility, "whole"), measure="arrests", value=7,
                               operation_id=operation.id, created_by=self.planner.id,
                               **year))  # fmt: skip
        factories._save(ReportedFigure(id=new_id(visibility, "whole"), measure="arrests", value=5,
                                       unit="count", qualifier="exact", source=mark,
                                       operation_id=operation.id, as_at=dt.date(2026, 11, 1),
                                       created_by=self.planner.id, **year))  # fmt: skip
        member = factories.member(
            operation, self.officers[visibility], id=new_id(visibility, "whole"), reason=mark
        )
        kept = {"object": "operation", "object_id": operation.id, "operation_id": operation.id}
        factories._save(Review(id=new_id(visibility, "whole"), decision="keep", reason=mark,
                               next_review_on=dt.date(2040, 1, 1), decided_by=self.planner.id,
                               **kept))  # fmt: skip
        factories._save(Retention(group_code="3", review_on=dt.date(2026, 1, 1), **kept))
        hold = factories._save(RetentionHold(id=new_id(visibility, "whole"), reason=mark,
                                             placed_by=self.planner.id, **kept))  # fmt: skip
        return {"phase_id": phase, "membership_id": member.id, "hold_id": hold.id}

    def _act(
        self, visibility: str, part: str, operation: object, person: Person, shared: dict
    ) -> Ids:
        name, key = word(visibility, part), lambda: new_id(visibility, part)
        area = factories.area(operation, id=key(), name=name, created_by=person.id)
        to_come = NOW + dt.timedelta(days=1)
        deployment = factories.deployment(
            operation, to_come, id=key(), name=name, note=name, created_by=person.id
        )
        team = factories._save(Team(id=key(), operation_id=operation.id, name=name))
        factories._save(TeamMember(team_id=team.id, person_id=person.id))
        assignment = factories._save(
            Assignment(
                id=key(),
                deployment_id=deployment.id,
                during=deployment.during,
                person_id=self.doubles[part][visibility].id,
                team_id=team.id,
            )
        )
        results = {kind: key() for kind in DETAILS}
        self._log(visibility, part, operation, person, results)
        return Ids(
            operation_id=operation.id,
            reference=operation.reference,
            hub_id=self.hub.id,
            area_id=area.id,
            deployment_id=deployment.id,
            assignment_id=assignment.id,
            team_id=team.id,
            result_id=results["arrest"],
            results=results,
            person_id=self.free.id,
            **shared,
        )

    def _log(
        self,
        visibility: str,
        part: str,
        operation: object,
        person: Person,
        results: dict[str, uuid.UUID],
    ) -> None:
        items = [
            {
                "id": str(results[kind]),
                "operation": str(operation.id),
                "kind": kind,
                "occurred_at": "2026-11-02T12:00:00Z",
                "position": HERE,
                "note": word(visibility, part),
                "credits": [str(self.hub.id)] if kind == "arrest" else [],
                "detail": detail,
            }
            for kind, detail in DETAILS.items()
        ]
        items[2]["detail"] = {"category": "cash", "quantity": str(POUNDS[visibility, part])}
        with db.transaction():
            judged = batch.log(items, person.id, lambda _operation: None)
        refused = [each.refusal for each in judged if each.refusal is not None]
        assert not refused, [(each.sentence, each.errors) for each in refused]


def between(starts_in: int, ends_in: int) -> Range:
    """Give a stretch of time by the hours from now to its start and to its end."""
    hour = dt.timedelta(hours=1)
    return Range(NOW + starts_in * hour, NOW + ends_in * hour)
