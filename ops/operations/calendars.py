"""One's own deployments as a calendar, at a private address that can be taken back."""

import datetime as dt
import secrets
import uuid
from typing import Any

import icalendar
import sqlalchemy as sa

from ops import db
from ops.access import guard
from ops.access.models import Person
from ops.geo.models import Area, Site
from ops.operations.calendar_models import CalendarAddress
from ops.operations.models import Assignment, Deployment, Operation

# What a calendar shows: what is long past is in the records.
BEFORE, AFTER = dt.timedelta(days=31), dt.timedelta(days=366)
# How often a calendar program may ask again.
REFRESH = "PT1H"


def make(person_id: uuid.UUID, now: dt.datetime) -> str:
    """Make an address in the place of the one before, and give its secret, this once."""
    secret = secrets.token_urlsafe(32)
    with db.transaction():
        # Of two at once the second waits, and its address is the one that holds.
        db.session.execute(
            sa.select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)
        )
        _revoke(person_id, now)
        db.session.add(CalendarAddress(person_id=person_id, token_hash=guard.hash_of(secret)))
    return secret


def revoke(person_id: uuid.UUID, now: dt.datetime) -> None:
    """Take the address back; whoever asks it from then on is told of nothing there."""
    with db.transaction():
        _revoke(person_id, now)


def made_at(person_id: uuid.UUID) -> dt.datetime | None:
    """Tell since when somebody has an address."""
    return db.session.scalar(
        sa.select(CalendarAddress.made_at).where(
            CalendarAddress.person_id == person_id, CalendarAddress.revoked_at.is_(None)
        )
    )


def owner(secret: str) -> uuid.UUID | None:
    """Find whose calendar an address is."""
    return db.session.scalar(
        sa.select(CalendarAddress.person_id)
        .join(Person, Person.id == CalendarAddress.person_id)
        .where(
            CalendarAddress.token_hash == guard.hash_of(secret),
            CalendarAddress.revoked_at.is_(None),
            Person.disabled_at.is_(None),
        )
    )


def deployments(person_id: uuid.UUID, now: dt.datetime) -> db.Query:
    """List somebody's own deployments round about now, by the start of their windows."""
    around = sa.func.tstzrange(now - BEFORE, now + AFTER)
    return (
        sa.select(
            Deployment.id,
            Deployment.operation_id.label("operation"),
            Deployment.name,
            Deployment.status,
            Deployment.address,
            Deployment.postcode,
            Deployment.version,
            sa.func.lower(Deployment.during).label("starts_at"),
            sa.func.upper(Deployment.during).label("ends_at"),
            sa.func.coalesce(Site.name, Area.name).label("place"),
            Operation.name.label("operation_name"),
            Operation.marking,
            (Operation.visibility == "covert").label("is_covert"),
        )
        .join(Assignment, Assignment.deployment_id == Deployment.id)
        .join(Operation, Operation.id == Deployment.operation_id)
        .outerjoin(Site, Site.id == Deployment.site_id)
        .outerjoin(Area, Area.id == Deployment.area_id)
        .where(
            Assignment.person_id == person_id,
            Assignment.released_at.is_(None),
            Deployment.during.op("&&")(around),
        )
        .order_by(sa.func.lower(Deployment.during), Deployment.id)
    )


def written(rows: list[Any], now: dt.datetime) -> bytes:
    """Write deployments as a calendar; of a covert operation nothing but when and where."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Operations tracker//Deployments//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Deployments")
    calendar.add("x-published-ttl", REFRESH)
    for row in rows:
        event = icalendar.Event()
        event.add("uid", f"{row.id}@operations-tracker")
        event.add("dtstamp", now)
        event.add("sequence", row.version)
        event.add("dtstart", row.starts_at.astimezone(dt.UTC))
        event.add("dtend", row.ends_at.astimezone(dt.UTC))
        event.add("class", "PRIVATE")
        event.add("status", "CANCELLED" if row.status == "cancelled" else "CONFIRMED")
        event.add("summary", "Deployment" if row.is_covert else row.name)
        if where := ", ".join(filter(None, (row.place, row.address, row.postcode))):
            event.add("location", where)
        said = row.marking if row.is_covert else f"{row.marking}\n{row.operation_name}"
        event.add("description", said)
        calendar.add_component(event)
    return calendar.to_ical()


def _revoke(person_id: uuid.UUID, now: dt.datetime) -> None:
    db.session.execute(
        sa.update(CalendarAddress)
        .where(CalendarAddress.person_id == person_id, CalendarAddress.revoked_at.is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
