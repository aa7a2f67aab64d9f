"""Say what people of one's organisation are trained for."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ops import db, wording
from ops.access import guard
from ops.access.models import Person
from ops.errors import Invalid, Missing
from ops.operations.skill_models import Certificate


def give(person_id: uuid.UUID, content: Mapping[str, Any], now: dt.datetime) -> None:
    """Write a certificate down; the one before it of the same skill stays as history."""
    person = of_ours(person_id)
    from_on = content.get("from_on") or wording.today()
    expires_on = content.get("expires_on")
    if expires_on is not None and expires_on < from_on:
        said = "It can’t expire before its first day."
        raise Invalid(said, {"expires_on": [said]})
    with db.transaction():
        # Of two at once the second waits, and takes the place of the first.
        db.session.execute(
            sa.select(Person.id).where(Person.id == person.id).with_for_update(key_share=True)
        )
        _withdraw(
            (Certificate.person_id == person.id) & (Certificate.skill == content["skill"]), now
        )
        db.session.add(
            Certificate(
                person_id=person.id,
                skill=content["skill"],
                from_on=from_on,
                expires_on=expires_on,
                given_by=guard.actor().id,
            )
        )


def withdraw(certificate_id: uuid.UUID, now: dt.datetime) -> uuid.UUID:
    """Take a certificate back; that it was given stays. Tells whose it is."""
    with db.transaction():
        certificate = db.find(Certificate, certificate_id, "certificate")
        of_ours(certificate.person_id, "certificate")
        _withdraw(Certificate.id == certificate_id, now)
    return certificate.person_id


def of_ours(person_id: uuid.UUID, called: str = "person") -> Person:
    """Find somebody of one's own organisation; nobody else's is anybody here."""
    person = db.session.get(Person, person_id)
    if person is None or person.organisation_id != guard.actor().organisation_id:
        raise Missing(f"There is no such {called}.")
    return person


def _withdraw(which: sa.ColumnElement[bool], now: dt.datetime) -> None:
    db.session.execute(
        sa.update(Certificate)
        .where(which, Certificate.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
        .execution_options(synchronize_session=False)
    )
