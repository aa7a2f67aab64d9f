"""The briefings of the demonstration: one issued for the practice week, and a newer draft."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping

import sqlalchemy as sa

from ops import db
from ops.access.models import Person
from ops.briefings import sections, writing
from ops.briefings.composing import read
from ops.briefings.models import SECTIONS, Briefing
from ops.demo.identity import id_of
from ops.demo.people import email_of
from ops.demo.programme import PRACTICE

# Invented, as all of it.
WRITTEN = {
    "method": "Meet at the yard of the station at 04:30. Doors open together at 05:00.",
    "administration": "Exhibits go to the store at the station; custody holds eight places.",
    "communications": "Radio: channel 4, call sign Practice. Nobody speaks to the press.",
}
DRAFTED = {"method": "From the third day on, meet at 05:00, and doors open at 05:30."}


def load(now: dt.datetime) -> None:
    """Write what is not there yet, from the plan as it was loaded."""
    operation_id = id_of("operation", PRACTICE)
    if db.session.get(Briefing, _key(1)) is not None:
        return
    lead = db.find(Person, id_of("person", email_of("lead")), "person")
    plan = read(operation_id)
    filled = sections.filled(plan)
    texts: Mapping[str, str] = filled
    for version, added in enumerate((WRITTEN, DRAFTED), 1):
        texts = {name: "\n".join(filter(None, (texts[name], added.get(name)))) for name in SECTIONS}
        made = Briefing(
            id=_key(version),
            operation_id=operation_id,
            version=version,
            state="draft",
            marking=plan["operation"]["marking"],
            is_shared=False,
            plan=plan,
            filled=filled,
            made_by=lead.id,
            made_at=now,
            changed_by=lead.id,
            changed_at=now,
            **texts,
        )
        if version == 1:
            made.content = writing.frozen(made, now, lead.name)
            made.hash = hashlib.sha256(made.content).digest()
            made.state, made.issued_at, made.issued_by = "issued", now, lead.id
        db.session.add(made)
        db.session.flush()


def remove() -> None:
    """Take them away again, with their copies."""
    db.session.execute(sa.delete(Briefing).where(Briefing.id.in_(ids())))


def ids() -> list[uuid.UUID]:
    """Give the id of each."""
    return [_key(version) for version in (1, 2)]


def _key(version: int) -> uuid.UUID:
    return id_of("briefing", PRACTICE, str(version))
