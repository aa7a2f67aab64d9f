"""Briefings as they are read, who has read them, and what of the plan goes into one."""

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from ops import db
from ops.access.models import Organisation, Person
from ops.briefings.models import SECTIONS, Briefing, BriefingCopy, BriefingReading
from ops.geo.models import Area, Boundary
from ops.operations import progress
from ops.operations.asset_models import Asset, Reservation
from ops.operations.models import Assignment, Deployment, Operation, Phase
from ops.operations.rules import DEPLOYMENT_OVER
from ops.operations.skill_models import Certificate
from ops.results.kinds.warrants import Warrant
from ops.results.models import Result


def briefings(operation_id: uuid.UUID) -> db.Query:
    """List an operation's briefings, the newest first."""
    return _briefings().where(Briefing.operation_id == operation_id)


def briefing(operation_id: uuid.UUID, version: int) -> db.Query:
    """Fetch one version with all that it says."""
    texts = [getattr(Briefing, name) for name in SECTIONS]
    return (
        briefings(operation_id)
        .add_columns(*texts, Briefing.plan, Briefing.filled, Briefing.content)
        .where(Briefing.version == version)
    )


def last(operation_id: uuid.UUID) -> sa.Select[Briefing]:
    """Fetch the newest version there is, to begin the next one from."""
    return (
        sa.select(Briefing)
        .where(Briefing.operation_id == operation_id)
        .order_by(Briefing.version.desc())
        .limit(1)
    )


def read_before(operation_id: uuid.UUID, version: int, person_id: uuid.UUID) -> db.Query:
    """Fetch the version before this one that somebody read last."""
    return (
        sa.select(Briefing.version, Briefing.content, BriefingReading.read_at)
        .join(BriefingReading, BriefingReading.briefing_id == Briefing.id)
        .where(
            Briefing.operation_id == operation_id,
            Briefing.version < version,
            BriefingReading.person_id == person_id,
        )
        .order_by(Briefing.version.desc())
        .limit(1)
    )


def reading(briefing_id: uuid.UUID, person_id: uuid.UUID) -> sa.Select[dt.datetime]:
    """Tell when somebody read a version."""
    return sa.select(BriefingReading.read_at).where(
        BriefingReading.briefing_id == briefing_id, BriefingReading.person_id == person_id
    )


def readers(operation_id: uuid.UUID, briefing_id: uuid.UUID) -> db.Query:
    """List those deployed and those who read this version, with what each has read, by name."""
    sent = progress.sent()
    deployed = (
        sa.select(
            sent.c.person_id,
            sa.func.min(sa.func.lower(sent.c.during)).label("starts_at"),
            sa.func.array_agg(sa.distinct(Deployment.name)).label("deployments"),
        )
        .join(Deployment, Deployment.id == sent.c.deployment_id)
        .where(Deployment.operation_id == operation_id, Deployment.status != "cancelled")
        .group_by(sent.c.person_id)
        .subquery()
    )
    mine = orm.aliased(BriefingReading)
    latest = (
        sa.select(sa.func.max(Briefing.version))
        .join(BriefingReading, BriefingReading.briefing_id == Briefing.id)
        .where(Briefing.operation_id == operation_id, BriefingReading.person_id == Person.id)
        .correlate(Person)
        .scalar_subquery()
    )
    return (
        sa.select(
            Person.id,
            Person.name,
            Organisation.code.label("organisation"),
            deployed.c.person_id.is_not(None).label("is_deployed"),
            deployed.c.deployments,
            deployed.c.starts_at,
            mine.read_at,
            latest.label("last_version"),
        )
        .join(Organisation, Organisation.id == Person.organisation_id)
        .outerjoin(deployed, deployed.c.person_id == Person.id)
        .outerjoin(mine, sa.and_(mine.person_id == Person.id, mine.briefing_id == briefing_id))
        .where(sa.or_(deployed.c.person_id.is_not(None), mine.read_at.is_not(None)))
        .order_by(Person.name, Person.id)
    )


def copies(briefing_id: uuid.UUID) -> db.Query:
    """List the copies that were taken away, by number."""
    return (
        sa.select(
            BriefingCopy.id,
            BriefingCopy.number,
            BriefingCopy.form,
            BriefingCopy.recipient,
            BriefingCopy.made_at,
            Person.name.label("made_by"),
        )
        .join(Person, Person.id == BriefingCopy.made_by)
        .where(BriefingCopy.briefing_id == briefing_id)
        .order_by(BriefingCopy.number)
    )


def unread(now: dt.datetime) -> db.Query:
    """List who is deployed and has not read the briefing in force, the oldest issue first."""
    later = orm.aliased(Briefing)
    sent = progress.sent()
    return (
        sa.select(
            Briefing.operation_id.label("operation"),
            Operation.name.label("operation_name"),
            Briefing.id,
            Briefing.version,
            Briefing.issued_at,
            Person.id.label("person_id"),
            Person.name.label("person_name"),
            sa.func.min(sa.func.lower(sent.c.during)).label("starts_at"),
        )
        .join(Operation, Operation.id == Briefing.operation_id)
        .join(Deployment, Deployment.operation_id == Briefing.operation_id)
        .join(sent, sent.c.deployment_id == Deployment.id)
        .join(Person, Person.id == sent.c.person_id)
        .where(
            Briefing.state == "issued",
            ~sa.exists().where(
                later.operation_id == Briefing.operation_id,
                later.state == "issued",
                later.version > Briefing.version,
            ),
            Deployment.status.not_in(DEPLOYMENT_OVER),
            sa.func.upper(Deployment.during) > now,
            ~sa.exists().where(
                BriefingReading.briefing_id == Briefing.id,
                BriefingReading.person_id == Person.id,
            ),
        )
        .group_by(Briefing.id, Operation.name, Person.id)
        .order_by(Briefing.issued_at, Briefing.id, Person.name, Person.id)
    )


def to_read(now: dt.datetime, person_id: uuid.UUID) -> db.Query:
    """List the briefings that wait for somebody to read them."""
    return unread(now).where(Person.id == person_id)


def unread_by_others(now: dt.datetime, person_id: uuid.UUID) -> db.Query:
    """List who else is deployed and has not read the briefing in force."""
    return unread(now).where(Person.id != person_id)


def operation(operation_id: uuid.UUID) -> db.Query:
    """Give what a briefing says of its operation: it is read by more than those who write it.

    So it names no operation that is kept to its members, as lines are not named either.
    """
    parent = orm.aliased(Operation)
    return (
        sa.select(
            Operation.name,
            Operation.reference,
            Operation.kind,
            Operation.theme,
            Operation.aim,
            Operation.starts_at,
            Operation.ends_at,
            Operation.status,
            Operation.marking,
            Organisation.name.label("organisation"),
            parent.name.label("parent"),
        )
        .join(Organisation, Organisation.id == Operation.organisation_id)
        .outerjoin(parent, sa.and_(parent.id == Operation.parent_id, parent.visibility == "open"))
        .where(Operation.id == operation_id)
    )


def phases(operation_id: uuid.UUID) -> db.Query:
    """List an operation's phases by their start."""
    return (
        sa.select(Phase.id, Phase.kind, Phase.starts_at, Phase.ends_at, Phase.note)
        .where(Phase.operation_id == operation_id)
        .order_by(Phase.starts_at, Phase.id)
    )


def areas(operation_id: uuid.UUID) -> db.Query:
    """List an operation's areas by name, each with its shape."""
    return (
        sa.select(Area.id, Area.name, Area.purpose, _geojson(Area.geom).label("geometry"))
        .where(Area.operation_id == operation_id)
        .order_by(Area.name, Area.id)
    )


def lines(operation_id: uuid.UUID) -> sa.Select[uuid.UUID]:
    """List the lines of an operation's deployments that are its own, or of an open operation."""
    return (
        sa.select(Result.id)
        .join(Operation, Operation.id == Result.operation_id)
        .join(Deployment, Deployment.line_id == Result.id)
        .where(
            Deployment.operation_id == operation_id,
            sa.or_(Operation.id == operation_id, Operation.visibility == "open"),
        )
        .order_by(Result.id)
    )


def people(operation_id: uuid.UUID) -> db.Query:
    """List who is on each of an operation's deployments, by name."""
    return (
        sa.select(Assignment.deployment_id, Person.id, Person.name)
        .join(Deployment, Deployment.id == Assignment.deployment_id)
        .join(Person, Person.id == Assignment.person_id)
        .where(Deployment.operation_id == operation_id, Assignment.released_at.is_(None))
        .order_by(Person.name, Person.id, Assignment.deployment_id)
    )


def assets(operation_id: uuid.UUID) -> db.Query:
    """List what is reserved for each of an operation's deployments, by kind and name."""
    return (
        sa.select(
            Reservation.deployment_id,
            Asset.id,
            Asset.kind,
            Asset.name,
            Organisation.code.label("organisation"),
            Asset.note,
            Asset.cells.label("capacity"),
            Reservation.cells,
        )
        .join(Asset, Asset.id == Reservation.asset_id)
        .join(Organisation, Organisation.id == Asset.organisation_id)
        .where(Reservation.operation_id == operation_id, Reservation.released_at.is_(None))
        .order_by(Asset.kind, Asset.name, Asset.id, Reservation.deployment_id)
    )


def certificates(operation_id: uuid.UUID) -> db.Query:
    """List what those on an operation's deployments are trained for, and until when."""
    deployed = (
        sa.select(Assignment.person_id)
        .join(Deployment, Deployment.id == Assignment.deployment_id)
        .where(
            Deployment.operation_id == operation_id,
            Deployment.status != "cancelled",
            Assignment.released_at.is_(None),
        )
    )
    return (
        sa.select(
            Person.id.label("person"),
            Person.name,
            Certificate.skill,
            Certificate.from_on,
            Certificate.expires_on,
        )
        .join(Person, Person.id == Certificate.person_id)
        .where(Certificate.withdrawn_at.is_(None), Person.id.in_(deployed))
        .order_by(Person.name, Person.id, Certificate.skill)
    )


def warrants(operation_id: uuid.UUID) -> db.Query:
    """List the warrants that may still be executed, by the day they expire."""
    return (
        sa.select(
            Result.id,
            Result.deployment_id.label("deployment"),
            Warrant.power,
            Warrant.reference,
            Warrant.court,
            Warrant.granted_on,
            Warrant.expires_on,
            Warrant.premises,
            Warrant.several_entries,
        )
        .join(Warrant, Warrant.result_id == Result.id)
        .where(
            Result.operation_id == operation_id,
            Result.status != "struck",
            Warrant.returned_on.is_(None),
            sa.or_(~Warrant.executed, Warrant.several_entries),
        )
        .order_by(Warrant.expires_on.asc().nulls_last(), Result.id)
    )


def districts(west: float, south: float, east: float, north: float) -> db.Query:
    """List the districts of a view by name, cut to it: the ground of its drawing."""
    view = sa.func.ST_MakeEnvelope(west, south, east, north, 4326)
    cut = sa.func.ST_ClipByBox2D(sa.func.ST_MakeValid(Boundary.geom), view)
    return (
        sa.select(Boundary.id, Boundary.name, _geojson(cut).label("geometry"))
        .where(
            Boundary.layer == "district",
            Boundary.valid_to.is_(None),
            sa.func.ST_Intersects(Boundary.geom, view),
        )
        .order_by(Boundary.name, Boundary.id)
        .limit(20)
    )


def _geojson(shape: Any) -> sa.ColumnElement[Any]:
    return sa.cast(sa.func.ST_AsGeoJSON(shape, 6), sa.JSON)


def _briefings() -> sa.Select[*tuple[Any, ...]]:
    maker, changer, issuer, withdrawer = (orm.aliased(Person) for _ in range(4))
    return (
        sa.select(
            Briefing.id,
            Briefing.operation_id.label("operation"),
            Briefing.version,
            Briefing.state,
            Briefing.marking,
            Briefing.is_shared,
            Briefing.made_at,
            maker.name.label("made_by"),
            Briefing.changed_at,
            changer.name.label("changed_by"),
            Briefing.issued_at,
            issuer.name.label("issued_by"),
            Briefing.withdrawn_at,
            withdrawer.name.label("withdrawn_by"),
            Briefing.withdrawn_why,
            sa.func.encode(Briefing.hash, "hex").label("hash"),
            Briefing.revision,
            Operation.name.label("operation_name"),
        )
        .join(Operation, Operation.id == Briefing.operation_id)
        .join(maker, maker.id == Briefing.made_by)
        .join(changer, changer.id == Briefing.changed_by)
        .outerjoin(issuer, issuer.id == Briefing.issued_by)
        .outerjoin(withdrawer, withdrawer.id == Briefing.withdrawn_by)
        .order_by(Briefing.version.desc(), Briefing.id)
    )
