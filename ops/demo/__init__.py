"""The demonstration programme: Greater Manchester's operations, on invented records.

Every id is made from a name, so that loading twice adds nothing and removing
takes away exactly what was loaded.
"""

import datetime as dt
import itertools
from collections.abc import Iterator

import sqlalchemy as sa

from ops import db
from ops.access import passwords
from ops.access.member_models import Alert, Membership
from ops.access.models import Credential, Token, WebSession
from ops.access.oidc_models import ExternalIdentity
from ops.db import Model
from ops.demo import (
    before_after,
    briefings,
    figures,
    guided,
    live,
    logbook,
    need_to_know,
    people,
    places,
    programme,
    reports,
)
from ops.errors import Conflict, Refused
from ops.geo.models import Boundary
from ops.ledger.models import Change
from ops.operations.models import Operation
from ops.wording import LONDON

# How somebody signs in and is known; a second factor and its like go with the person.
SIGN_IN = (Token, WebSession, Credential, ExternalIdentity)


def load(now: dt.datetime | None = None) -> dict[str, str]:
    """Load what is not there yet; give the passwords of the accounts that were made."""
    made: dict[str, str] = {}
    with db.transaction():
        for thing in _everything(now):
            if not _is_there(thing):
                db.session.add(thing)
                # A parent must be there before its child of the same table.
                db.session.flush()
        for account in people.ACCOUNTS:
            email = people.email_of(account)
            person_id = people.id_of("person", email)
            if db.session.get(Credential, person_id) is None:
                made[email] = passwords.generate()
                hashed = passwords.hash_password(made[email])
                db.session.add(Credential(person_id=person_id, password_hash=hashed))
        briefings.load(now or dt.datetime.now(LONDON))
        logbook.load()
    return made


def remove() -> None:
    """Take away all that was loaded, and nothing else.

    Refused where somebody has added to it or changed it: what people wrote is never lost.
    """
    try:
        with db.transaction():
            _check_untouched()
            briefings.remove()
            logbook.remove()
            for thing in reversed(list(_everything(None))):
                model = type(thing)
                if isinstance(thing, people.Person):
                    for table in SIGN_IN:
                        db.session.execute(sa.delete(table).where(table.person_id == thing.id))
                elif isinstance(thing, Operation):
                    # What came of its deployments' conflicts, which go with them.
                    told = (Alert.operation_id == thing.id, Alert.kind != "break_glass")
                    db.session.execute(sa.delete(Alert).where(*told))
                    db.session.execute(sa.delete(Membership).where(_leads(thing)))
                db.session.execute(sa.delete(model).where(*_same(thing)))
    except Conflict as error:
        raise Refused(
            "People have added to the demonstration or changed it, so it stays as it is."
            " To be without it, start with an empty database and OPS_DEMO=false."
        ) from error


def is_loaded() -> bool:
    """Tell whether the demonstration is there."""
    return db.session.get(people.Organisation, people.id_of("organisation", "GMP")) is not None


def _everything(now: dt.datetime | None) -> Iterator[Model]:
    now = (now or dt.datetime.now(LONDON)).astimezone(LONDON)
    today = now.date()
    return itertools.chain(
        people.organisations(),
        people.people(),
        places.boundaries(),
        places.sites(),
        programme.everything(today),
        guided.everything(today),
        need_to_know.everything(today),
        figures.everything(),
        before_after.everything(),
        live.everything(now),
        reports.everything(),
    )


def _is_there(thing: Model) -> bool:
    if isinstance(thing, Boundary):
        # A real outline under the same code is better than one of ours.
        mine = (Boundary.layer == thing.layer, Boundary.code == thing.code)
        return bool(db.session.scalar(sa.select(sa.exists().where(*mine))))
    return db.session.get(type(thing), _key(thing)) is not None


def _same(thing: Model) -> Iterator[sa.ColumnElement[bool]]:
    """Give what finds a thing as it was loaded; a boundary imported over ours is ours no more."""
    for column, value in zip(sa.inspect(type(thing)).primary_key, _key(thing), strict=True):
        yield column == value
    if isinstance(thing, Boundary):
        yield sa.func.ST_OrderingEquals(Boundary.geom, thing.geom)


def _leads(operation: Operation) -> sa.ColumnElement[bool]:
    """Tell the membership that came with an operation: whoever plans it leads it."""
    return sa.and_(
        Membership.operation_id == operation.id,
        Membership.person_id == operation.created_by,
        Membership.granted_by == operation.created_by,
        Membership.role == "lead",
        ~Membership.is_break_glass,
    )


def _check_untouched() -> None:
    """Refuse where somebody has changed what was loaded."""
    things = list(_everything(None))
    leads = [_leads(thing) for thing in things if isinstance(thing, Operation)]
    ids = [
        *(thing.id for thing in things if hasattr(thing, "id")),
        *db.session.scalars(sa.select(Membership.id).where(sa.or_(*leads))),
    ]
    changed = sa.exists().where(
        Change.object_id.in_([*ids, *briefings.ids(), *logbook.result_ids()]),
        Change.actor.is_not(None),
        Change.after.is_not(None),
    )
    if db.session.scalar(sa.select(changed)):
        raise Conflict("Somebody has changed the demonstration.")


def _key(thing: Model) -> tuple[object, ...]:
    mapper = sa.inspect(type(thing))
    return tuple(mapper.primary_key_from_instance(thing))
