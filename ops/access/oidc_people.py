"""Whom a provider's reply is about: found, made at first sight, kept as the provider says."""

import dataclasses
import re
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ops import db, logs
from ops.access import people, sessions, tokens
from ops.access.models import Organisation, Person
from ops.access.oidc_models import ExternalIdentity
from ops.access.oidc_roles import Place
from ops.errors import Conflict, Forbidden, Invalid, Missing, OpsError, Refused, Unavailable

LONGEST_NAME = 200
# Control characters, and halves of what is no character.
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclasses.dataclass(frozen=True)
class Described:
    """Somebody, as their provider describes them."""

    issuer: str
    subject: str
    email: str
    name: str
    groups: tuple[str, ...]


def described(issuer: str, claims: Mapping[str, Any], groups_claim: str) -> Described:
    """Read who it is about from claims whose signature was checked."""
    email = sessions.normal(_text(claims, "email"))
    return Described(
        issuer=issuer,
        subject=claims["sub"],
        email="" if claims.get("email_verified") is False else email,
        name=_name(claims) or email,
        groups=_groups(claims.get(groups_claim)),
    )


def admit(who: Described, place: Place | None, provider: str) -> ExternalIdentity:
    """Let somebody in as their groups say, as part of the caller's transaction.

    Who has left all the groups is signed out everywhere, tokens included.
    """
    # Two first sign-ins at once take turns, and the second finds what the first made.
    whose = sa.func.hashtextextended(f"{who.issuer}\n{who.subject}", 0)
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(whose)))
    found = _identity(who)
    person = db.session.get(Person, found.person_id) if found is not None else None
    if person is not None and person.disabled_at is not None:
        raise Forbidden("Your account here is closed; ask your administrator.")
    db.give_reason("as the sign-in of their organisation says")
    if place is None:
        raise _turned_away(person, provider)
    if not people.is_address(who.email):
        raise Forbidden(
            f"The sign-in of {provider} gives no e-mail address of yours that it has checked. "
            "Ask your administrator."
        )
    organisation = _organisation(place)
    if found is None or person is None:
        return _add(who, place, organisation, provider)
    person.name, person.email = who.name, who.email
    person.role, person.organisation_id = place.role, organisation.id
    db.session.flush()
    return found


def link(email: str, issuer: str, subject: str) -> Person:
    """Let somebody who has an account here sign in by the provider, and from then on only there."""
    person = people.by_email(email)
    if not subject.strip():
        raise Invalid("Give the subject by which the provider knows them.")
    taken = sa.select(ExternalIdentity.id).where(
        ExternalIdentity.issuer == issuer,
        (ExternalIdentity.subject == subject) | (ExternalIdentity.person_id == person.id),
    )
    if db.session.scalar(taken.limit(1)) is not None:
        raise Conflict("This account, or this subject, is linked already; unlink it first.")
    with db.transaction():
        db.session.add(ExternalIdentity(person_id=person.id, issuer=issuer, subject=subject))
        sessions.revoke_all(person.id)
    return person


def unlink(email: str) -> Person:
    """Take away what lets somebody sign in by a provider; a password opens their account again."""
    person = people.by_email(email)
    with db.transaction():
        gone = sa.delete(ExternalIdentity).where(ExternalIdentity.person_id == person.id)
        if not db.session.scalars(gone.returning(ExternalIdentity.id)).all():
            raise Missing(f"{person.email} is linked to no provider.")
        sessions.revoke_all(person.id)
    return person


def _identity(who: Described) -> ExternalIdentity | None:
    return db.session.scalar(
        sa.select(ExternalIdentity).where(
            ExternalIdentity.issuer == who.issuer, ExternalIdentity.subject == who.subject
        )
    )


def _turned_away(person: Person | None, provider: str) -> OpsError:
    """End all that somebody has open, whatever becomes of this sign-in."""
    if person is not None:
        _end_everything(person.id)
    logs.explain(oidc="no group of the setting")
    return Forbidden(
        f"None of your groups at {provider} may use this service. Ask your administrator."
    )


def _end_everything(person_id: uuid.UUID) -> None:
    with db.transaction():
        sessions.revoke_all(person_id)
        tokens.revoke_all(person_id)


def _organisation(place: Place) -> Organisation:
    try:
        return people.organisation_by_code(place.organisation)
    except Missing as error:
        logs.explain(oidc="OPS_OIDC_ROLES names an organisation that is not there")
        raise Unavailable(
            "Your organisation is not known here yet. Tell whoever runs this service."
        ) from error


def _add(
    who: Described, place: Place, organisation: Organisation, provider: str
) -> ExternalIdentity:
    if db.session.scalar(sa.select(Person.id).where(Person.email == who.email)) is not None:
        logs.explain(oidc="an account with this address is there already")
        raise Refused(
            f"There is an account with the e-mail address {who.email} already, which the sign-in "
            f"of {provider} does not open. Ask your administrator to link it to the subject "
            f"{who.subject}."
        )
    person = Person(
        email=who.email, name=who.name, role=place.role, organisation_id=organisation.id
    )
    db.session.add(person)
    db.session.flush()
    made = ExternalIdentity(person_id=person.id, issuer=who.issuer, subject=who.subject)
    db.session.add(made)
    db.session.flush()
    return made


def _name(claims: Mapping[str, Any]) -> str:
    parts = f"{_text(claims, 'given_name')} {_text(claims, 'family_name')}".strip()
    return (_text(claims, "name") or parts or _text(claims, "preferred_username"))[:LONGEST_NAME]


def _groups(claim: object) -> tuple[str, ...]:
    if isinstance(claim, str):
        return (claim,)
    if isinstance(claim, list):
        return tuple(each for each in claim if isinstance(each, str))
    return ()


def _text(claims: Mapping[str, Any], name: str) -> str:
    """Read a claim that should be text; control characters are no part of any."""
    claim = claims.get(name)
    return _CONTROL.sub("", claim).strip() if isinstance(claim, str) else ""
