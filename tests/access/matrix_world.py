"""A small world for tests of who sees what: every kind of thing in every sort of operation.

Each thing carries a mark, in its name and in its id, that tells which operation it belongs to
and whether it is of the plan, of a partner organisation's own part, or of the rest. So one look
at a reply says what of which operation is in it.
"""

import dataclasses
import datetime as dt
import hashlib
import itertools
import secrets
import uuid

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range

from ops import db
from ops.access.models import Person
from ops.briefings.models import BriefingCopy, BriefingReading
from ops.db import Model
from ops.evaluation.models import Comparison, CountFile, MonthlyCount
from ops.live.models import CheckIn
from ops.live.welfare_models import WelfareAnswer, WelfareTimer
from ops.operations.asset_models import Asset, Reservation
from ops.operations.models import Assignment, Phase, Team, TeamMember, Transition
from ops.operations.progress_models import DeploymentStep
from ops.outcomes.models import PublishedSet, ReportedFigure, Target
from ops.outcomes.reconciliation_models import FigureMapping, FigureReason, SetScope
from ops.plans.copy_models import OperationCopy
from ops.plans.models import Decision, ExitCriterion, GuidedPlan, PlanAction
from ops.releases.models import Release, Snapshot
from ops.reports.models import Report, ReportNote
from ops.results import attachments, batch, confirmations
from ops.results.attachment_models import Attachment
from ops.results.custody_models import CustodyEvent
from ops.results.kinds.disruptions import DisruptionAssessment
from ops.results.models import LikelyDouble, Result
from ops.retention.models import Retention, RetentionHold, Review
from ops.subscriptions.models import Delivery, Subscription, SubscriptionOperation
from ops.subscriptions.tak_models import TakFeed, TakObject
from tests import factories
from tests.conftest import PHOTOS

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


HEADLINE = {"measure": "arrests", "part": None, "rounded": None, "said_as": None}
# A snapshot of two arrests of which nothing is kept but the number.
FROZEN = {
    "format": 1,
    "taken_at": NOW,
    "taken_by": {"id": None, "name": "Pat Planner", "organisation": "GMP"},
    "as_at": NOW,
    "from": None,
    "to": None,
    "zone": "Europe/London",
    "by": None,
    "filters": dict.fromkeys(("kind", "theme", "organisation", "four_p")) | {"operation": []},
    "definitions": [
        {
            "code": "arrests",
            "version": 1,
            "label": "Arrests",
            "four_p": "pursue",
            "unit": "count",
            "definition": {
                "kind": "arrest", "where": {}, "sum": None, "counts_when": "recorded"
            },
            "says": "Counts arrest records.",
        }
    ],
    "measures": [
        {
            "code": "arrests",
            "label": "Arrests",
            "four_p": "pursue",
            "unit": "count",
            "definition": 1,
            "value": "2",
            "provisional": "0",
            "qualifier": "exact",
            "target": None,
            "attainment": None,
            "reported": None,
            "records": [],
            "provisional_records": [],
        }
    ],
    "records": [],
}  # fmt: skip


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
    site_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    area_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    deployment_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    assignment_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    reservation_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    team_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    phase_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    membership_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    snapshot_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    release_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    report_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    report_note_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    result_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    hold_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    custody_event_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    photo: str = dataclasses.field(default_factory=lambda: secrets.token_hex(32))
    nil_return_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    double_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    # The record that may be the same as `result_id`.
    other_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    figure_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    target_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    comparison_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    criterion_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
    action_id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)
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
    "line_change": {"change": "dormant", "line_name": "Ricky"},
    "search": {
        "type": "prison",
        "searched": [{"what": ["cells"], "number": "5"}],
        "finds": [{"category": "drugs", "number": "2"}],
        "outcomes": [{"outcome": "warned"}],
    },
    "safeguarding": {
        "actions": ["nrm"],
        "people": [{"age_group": "child", "sex": "female"}],
        "authority_told_at": "2026-11-02T11:00:00Z",
        "decisions": [{"decision": "reasonable_positive", "on": "2026-11-05"}],
        "referrals": [{"to": "housing", "outcome": "waiting"}],
    },
    "engagement": {
        "activity": "training",
        "audience": ["gps"],
        "counts": [{"what": "people", "number": "390"}],
    },
    "resource": {"counts": [{"what": "officer_hours", "number": "7.5"}]},
    "court_order": {"order_type": "cbo", "conditions": [{"text": "Not to enter"}]},
    "order_breach": {"order_type": "cbo", "followed": [{"code": "charged"}]},
    "disruption": {
        "four_p": "pursue",
        "level_claimed": "major",
        "target": "group",
        "reviews": [{"after": "3", "on": "2026-11-03", "outcome": "recovered"}],
    },
    "premises_closure": {"closure": "landlord_action", "premises_name": "Shop"},
    "partner_action": {"action": "visit", "partner": "council"},
}


class World:
    """Organisations, people, and an operation of each visibility with everything in it."""

    def __init__(self) -> None:
        region = factories.organisation("REGION", kind="force")
        force = factories.organisation("GMP", parent_id=region.id)
        self.organisations = {
            "own": force,
            "above": region,
            "below": factories.organisation("GMP-BOLTON", kind="district", parent_id=force.id),
            "other": factories.organisation("LANCS"),
            "partner": factories.organisation("SALFORD", kind="council"),
        }
        self.planner = factories.person("lead", name="Pat Planner")
        # What others published is for whoever is signed in; whose it is is said by operation.
        published = PublishedSet(code="set open", title="A set", publisher="Us")
        self.published = factories._save(published).id
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
        self.site = factories.site(name="HMP World")
        self.ids: dict[tuple[str, str], Ids] = {}
        self.operations = {}

    def made(self) -> list[Model]:
        """List whoever and whatever there is beside the operations of each visibility."""
        people = [self.planner, self.recorder, self.colleague, self.free, *self.officers.values()]
        doubles = [each for several in self.doubles.values() for each in several.values()]
        return [*self.organisations.values(), *people, *doubles, self.hub, self.site]

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
        self._doubt(visibility)
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
        target = factories._save(
            Target(id=new_id(visibility, "whole"), measure="arrests", value=7,
                   operation_id=operation.id, created_by=self.planner.id, **year)
        )  # fmt: skip
        account = {"copied": {}, "left_off": [mark], "changed": []}
        factories._save(OperationCopy(operation_id=operation.id, source_id=self.hub.id,
                                      account=account, made_by=self.planner.id))  # fmt: skip
        figure = factories._save(
            ReportedFigure(id=new_id(visibility, "whole"), measure="arrests", value=5,
                           unit="count", qualifier="exact", source=mark,
                           operation_id=operation.id, as_at=dt.date(2026, 11, 1),
                           created_by=self.planner.id, **year)
        )  # fmt: skip
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
        snapshot, release = self._freeze(visibility, operation)
        self._brief(visibility, operation)
        self._tell(visibility, operation)
        return {
            "phase_id": phase,
            "membership_id": member.id,
            "hold_id": hold.id,
            "figure_id": figure.id,
            "target_id": target.id,
            "comparison_id": self._evaluate(visibility, operation, figure, mark),
            "criterion_id": self._guide(visibility, operation, phase),
            "snapshot_id": snapshot,
            "release_id": release,
            **self._report(visibility, operation),
        }

    def _evaluate(
        self, visibility: str, operation: object, figure: ReportedFigure, mark: str
    ) -> uuid.UUID:
        """Say something of the reported figure, and compare before with after."""
        key = lambda: new_id(visibility, "whole")  # noqa: E731
        said = {
            "operation_id": operation.id,
            "organisation_id": self.organisations["own"].id,
            "made_by": self.planner.id,
        }
        factories._save(
            FigureReason(id=key(), figure_id=figure.id, code="other", note=mark, **said)
        )
        factories._save(FigureMapping(id=key(), measure=mark, facets={}, code="arrests", **said))
        factories._save(SetScope(id=key(), set_id=self.published, **said))
        file = factories._save(
            CountFile(id=key(), operation_id=operation.id, source=mark, publisher="Us",
                      obtained_on=dt.date(2026, 11, 1), file_name=mark, sha256=b"", version=1,
                      rows_read=1, rows_added=1, rows_changed=0, rows_there=0,
                      imported_by=self.planner.id)
        )  # fmt: skip
        factories._save(
            MonthlyCount(id=key(), operation_id=operation.id, file_id=file.id, source=mark,
                         area=mark, category="Theft", month=dt.date(2026, 1, 1), count=3)
        )  # fmt: skip
        compared = factories._save(
            Comparison(id=key(), operation_id=operation.id, name=mark, source=mark,
                       target_area=mark, baseline_from=dt.date(2026, 1, 1),
                       baseline_to=dt.date(2026, 3, 1), created_by=self.planner.id,
                       periods=[{"label": "After", "from": "2026-04", "to": "2026-06"}])
        )  # fmt: skip
        return compared.id

    def _guide(self, visibility: str, operation: object, phase: uuid.UUID) -> uuid.UUID:
        """Begin the guided plan, and say what must hold before the phase is left."""
        mark, key = word(visibility, "whole"), new_id(visibility, "whole")
        whole = {"operation_id": operation.id}
        factories._save(GuidedPlan(priorities=[mark], changed_by=self.planner.id, **whole))
        factories._save(ExitCriterion(id=key, phase_id=phase, text=mark,
                                      created_by=self.planner.id, **whole))  # fmt: skip
        return key

    def _brief(self, visibility: str, operation: object) -> None:
        """Issue a briefing that somebody has read and taken along."""
        issued = factories.briefing(
            operation, word(visibility, "whole"), id=new_id(visibility, "whole")
        )
        of = {"briefing_id": issued.id, "operation_id": operation.id}
        factories._save(BriefingReading(person_id=self.planner.id, **of))
        factories._save(BriefingCopy(id=new_id(visibility, "whole"), number=1, form="pdf",
                                     recipient=word(visibility, "whole"),
                                     made_by=self.planner.id, **of))  # fmt: skip

    def _tell(self, visibility: str, operation: object) -> None:
        """Tell another system of it, and a TAK server."""
        mark, of = word(visibility, "whole"), {"operation_id": operation.id}
        told = factories._save(
            Subscription(person_id=self.planner.id, label="Board",
                         address="https://hooks.example.org/", events=["area.created"],
                         all_operations=False)
        )  # fmt: skip
        factories._save(SubscriptionOperation(subscription_id=told.id, **of))
        factories._save(Delivery(id=new_id(visibility, "whole"), subscription_id=told.id,
                                 event="area.created", error=mark, **of))  # fmt: skip
        factories._save(TakFeed(is_on=True, with_areas=True, kinds=["arrest"],
                                switched_by=self.planner.id, **of))  # fmt: skip
        factories._save(TakObject(uid=mark, object_id=operation.id, cot_type="u-d-f",
                                  content_hash=b"", sent_at=NOW, stale_at=NOW, **of))  # fmt: skip

    def _report(self, visibility: str, operation: object) -> dict[str, uuid.UUID]:
        """Write a report for the panel, with a case of the operation."""
        mark, report = word(visibility, "whole"), new_id(visibility, "whole")
        by = {"made_by": self.planner.id, "changed_by": self.planner.id, "marking": "OFFICIAL"}
        factories._save(Report(id=report, series_id=report, title=mark, summary=mark,
                               organisation_id=self.organisations["own"].id,
                               operations=[operation.id], starts_on=dt.date(2026, 11, 1),
                               ends_on=dt.date(2026, 11, 30), against="nothing",
                               is_of_organisation=False, chart_measure="arrests",
                               map_measure="warrants_executed", state="draft", **by))  # fmt: skip
        note = factories._save(ReportNote(id=new_id(visibility, "whole"), report_id=report,
                                          operation_id=operation.id, position=1, title=mark,
                                          text=mark, **by))  # fmt: skip
        return {"report_id": report, "report_note_id": note.id}

    def _freeze(self, visibility: str, operation: object) -> tuple[uuid.UUID, uuid.UUID]:
        mark, snapshot, release = (
            word(visibility, "whole"),
            new_id(visibility, "whole"),
            new_id(visibility, "whole"),
        )
        content = orjson.dumps(
            FROZEN | {"id": snapshot, "operations": [operation.id]}, option=orjson.OPT_SORT_KEYS
        )
        factories._save(Snapshot(id=snapshot, title=mark, operations=[operation.id],
                                 subject_id=operation.id, as_at=NOW, taken_at=NOW,
                                 taken_by=self.planner.id, content=content,
                                 hash=hashlib.sha256(content).digest()))  # fmt: skip
        factories._save(Release(id=release, snapshot_id=snapshot, title=mark, marking="OFFICIAL",
                                organisation_id=self.organisations["own"].id,
                                headlines=[HEADLINE], made_by=self.planner.id,
                                changed_by=self.planner.id, state="draft"))  # fmt: skip
        factories._save(PublishedSet(id=new_id(visibility, "whole"), code=mark, title=mark,
                                     publisher="GMP", release_id=release))  # fmt: skip
        return snapshot, release

    def _doubt(self, visibility: str) -> None:
        """Name the pair that the force's arrest and the partner's make: they look like one."""
        pair = [self.ids[visibility, part] for part in DEEDS]
        first, second = sorted(ids.result_id for ids in pair)
        double = db.session.scalar(
            sa.select(LikelyDouble.id).where(
                LikelyDouble.result_id == first, LikelyDouble.other_id == second
            )
        )
        for ids, other in zip(pair, reversed(pair), strict=True):
            ids.double_id, ids.other_id = double, other.result_id

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
        factories._save(
            CheckIn(
                id=key(),
                operation_id=operation.id,
                deployment_id=deployment.id,
                person_id=assignment.person_id,
                at=NOW,
                point=deployment.point,
                note=name,
                content_hash=b"x",
            )
        )
        factories._save(
            WelfareTimer(
                id=key(),
                operation_id=operation.id,
                deployment_id=deployment.id,
                person_id=assignment.person_id,
                every_minutes=30,
                at=NOW,
                content_hash=b"x",
            )
        )
        factories._save(
            WelfareAnswer(
                id=key(),
                operation_id=operation.id,
                deployment_id=deployment.id,
                person_id=assignment.person_id,
                due_at=NOW,
                remark=name,
                made_by=self.planner.id,
                content_hash=b"x",
            )
        )
        # What an organisation has says nothing of what it is for.
        van = f"Van {next(factories.NUMBERS)}"
        asset = factories._save(
            Asset(organisation_id=person.organisation_id, kind="vehicle", name=van)
        )
        reservation = factories._save(
            Reservation(
                id=key(),
                operation_id=operation.id,
                deployment_id=deployment.id,
                during=deployment.during,
                asset_id=asset.id,
                kind="vehicle",
            )
        )
        factories._save(
            DeploymentStep(
                id=key(),
                operation_id=operation.id,
                deployment_id=deployment.id,
                status="acknowledged",
                at=NOW,
                made_by=person.id,
            )
        )
        returned = factories.nil_return(deployment, id=key(), made_by=person.id, note=name)
        action = factories._save(
            PlanAction(id=key(), operation_id=operation.id, four_p="protect", what=name,
                       organisation_id=person.organisation_id, created_by=person.id,
                       due_on=dt.date(2026, 1, 1), review_on=dt.date(2026, 1, 1))
        )  # fmt: skip
        factories._save(
            Decision(id=key(), operation_id=operation.id, decided_at=NOW, decided_by=person.id,
                     what=name, why=name, recorded_by=person.id)
        )  # fmt: skip
        results = {kind: key() for kind in DETAILS}
        self._log(visibility, part, operation, person, results)
        event = factories._save(
            CustodyEvent(
                id=key(),
                result_id=results["seizure"],
                step="seized",
                at=factories.NOON,
                to_holder=name,
                entered_by=person.id,
            )
        )
        photo = hashlib.sha256(name.encode())
        attachments.keep(PHOTOS, photo.hexdigest(), name.encode())
        factories._save(
            Attachment(id=key(), result_id=results["arrest"], sha256=photo.digest(),
                       media_type="image/png", size_bytes=1, width=1, height=1, added_by=person.id)
        )  # fmt: skip
        return Ids(
            operation_id=operation.id,
            reference=operation.reference,
            hub_id=self.hub.id,
            site_id=self.site.id,
            area_id=area.id,
            deployment_id=deployment.id,
            assignment_id=assignment.id,
            reservation_id=reservation.id,
            team_id=team.id,
            result_id=results["arrest"],
            nil_return_id=returned.id,
            action_id=action.id,
            custody_event_id=event.id,
            photo=photo.hexdigest(),
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
        assessment = DisruptionAssessment(
            result_id=results["disruption"],
            position=0,
            on=dt.date(2026, 11, 4),
            level="minor",
            assessed_by=self.planner.id,
        )
        with db.transaction():
            db.session.add(assessment)
            action = db.find(Result, results["partner_action"], "result")
            confirmations.confirm(action, None, self.planner.id, dt.datetime.now(dt.UTC))


def between(starts_in: int, ends_in: int) -> Range:
    """Give a stretch of time by the hours from now to its start and to its end."""
    hour = dt.timedelta(hours=1)
    return Range(NOW + starts_in * hour, NOW + ends_in * hour)
