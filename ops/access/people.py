"""Who may come in: people, their passwords and tokens, and their organisations."""

import re
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from ops import db
from ops.access import (
    devices,
    factors,
    guard,
    passwords,
    pending,
    queries,
    sessions,
    tokens,
    tries,
)
from ops.access.models import (
    ORGANISATION_KINDS,
    ROLES,
    Credential,
    Organisation,
    Person,
)
from ops.errors import Conflict, Invalid, Missing

# One @, and something with a dot or a name of the house after it; the rest is the mail's affair.
_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+")
# RFC 5321, 4.5.3.1.3.
LONGEST_EMAIL = 254
_CODE = re.compile(r"[A-Z0-9][A-Z0-9 _-]{0,39}")


def add(email: str, name: str, organisation: str, role: str, password: str) -> Person:
    """Add somebody who may sign in with this password."""
    address = sessions.normal(email)
    if not is_address(address):
        raise Invalid(f"{email!r} is no e-mail address.", {"email": ["Not an e-mail address."]})
    if role not in ROLES:
        raise Invalid(f"There is no role {role!r}; the roles are {', '.join(ROLES)}.")
    passwords.check(password, address)
    place = organisation_by_code(organisation)
    if db.session.scalar(sa.select(Person.id).where(Person.email == address)) is not None:
        raise Conflict(f"Somebody already has the e-mail address {address}.")
    person = Person(email=address, name=name.strip(), role=role, organisation_id=place.id)
    with db.transaction():
        db.session.add(person)
        db.session.flush()
        _set_password(person.id, password)
    return person


def change_password(email: str, password: str) -> None:
    """Give somebody another password; whoever is signed in by the old one is signed out."""
    person = by_email(email)
    passwords.check(password, person.email)
    with db.transaction():
        _set_password(person.id, password)
        sessions.revoke_all(person.id)
        # Whoever guessed the old one keeps its owner waiting no longer.
        tries.forget(tries.key(person.email))


def disable(email: str) -> None:
    """Shut somebody out: every session and token ends now. What they wrote stays theirs."""
    person = by_email(email)
    with db.transaction():
        person.disabled_at = sa.func.coalesce(Person.disabled_at, sa.func.now())
        sessions.revoke_all(person.id)
        tokens.revoke_all(person.id)


def reset_factors(email: str) -> int:
    """Take away every second factor of somebody who has lost them, and count them.

    Whoever found the lost phone is signed out by it.
    """
    person = by_email(email)
    with db.transaction():
        gone = factors.remove_all(person.id)
        sessions.revoke_all(person.id)
    return gone


def change_own_password(actor: guard.Actor, password: str) -> str:
    """Give whoever is asking another password; give the new secret of the one session left."""
    passwords.check(password, actor.email)
    with db.transaction():
        _set_password(actor.id, password)
        devices.forget_all(actor.id, but=actor)
        pending.forget_all(actor.id)
        return sessions.renew(actor)


def add_organisation(code: str, name: str, kind: str, parent: str | None = None) -> Organisation:
    """Add a force, a district, a council, a prison or another partner."""
    if not _CODE.fullmatch(code):
        raise Invalid("A code is capital letters, digits, spaces and hyphens, such as GMP-BOLTON.")
    if kind not in ORGANISATION_KINDS:
        raise Invalid(f"There is no kind {kind!r}; they are {', '.join(ORGANISATION_KINDS)}.")
    above = organisation_by_code(parent).id if parent else None
    made = Organisation(code=code, name=name.strip(), kind=kind, parent_id=above)
    with db.transaction():
        db.session.add(made)
    return made


def is_address(text: str) -> bool:
    """Tell whether this could be an e-mail address, written as it is kept."""
    return len(text) <= LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


def by_email(email: str) -> Person:
    """Find somebody by their address."""
    address = sessions.normal(email)
    found = db.session.scalar(sa.select(Person).where(Person.email == address))
    if found is None:
        raise Missing(f"Nobody has the e-mail address {address}.")
    return found


def organisation_by_code(code: str) -> Organisation:
    """Find an organisation by its code."""
    found = db.session.scalar(sa.select(Organisation).where(Organisation.code == code))
    if found is None:
        raise Missing(f"There is no organisation with the code {code}; add it first.")
    return found


def _set_password(person_id: uuid.UUID, password: str) -> None:
    kept = {
        "password_hash": passwords.hash_password(password),
        "changed_at": sa.func.clock_timestamp(),
    }
    db.session.execute(
        postgresql.insert(Credential)
        .values(person_id=person_id, **kept)
        .on_conflict_do_update(index_elements=[Credential.person_id], set_=kept)
    )


def organisation_names() -> dict[str, str]:
    """Give every organisation's name by its code, to choose from."""
    return {row.code: row.name for row in db.session.execute(queries.organisations())}
