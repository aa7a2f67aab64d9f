"""Sign-in, the session it begins, and its end."""

import dataclasses
import datetime as dt
import secrets
import uuid

import flask
import sqlalchemy as sa

from ops import db
from ops.access import devices, factors, guard, passwords, pending, queries, tries
from ops.access.devices import Browser
from ops.access.factor_models import Pending
from ops.access.models import Credential, Person, WebSession
from ops.access.passkeys import Party
from ops.config import Settings
from ops.errors import Forbidden, Unauthenticated


@dataclasses.dataclass(frozen=True)
class Step:
    """What a sign-in came to: a session and the device's cookie, or a step that is to come.

    `then` is `factor` or `set_up` where the secret is that of a pending step.
    """

    secret: str
    device: str | None = None
    then: str | None = None


_NOBODYS = Browser()


def sign_in(email: str, password: str, browser: Browser = _NOBODYS) -> Step:
    """Take a password, and begin a session or ask for the second factor.

    An unknown address, a wrong password and a disabled person get the same
    answer after the same work.
    """
    address = normal(email)
    key = _key_of_password(address, browser.device)
    tries.count(key, "e-mail address")
    found = db.session.execute(queries.credential(address)).one_or_none()
    if not passwords.is_right(found and found.password_hash, password) or found is None:
        raise Unauthenticated("The e-mail address or the password is not right.")
    with db.transaction():
        tries.forget(key)
        if passwords.is_outdated(found.password_hash):
            _rehash(found.person_id, found.password_hash, password)
        if factors.of(found.person_id):
            return Step(pending.begin("factor", found.person_id), then="factor")
        if factors.are_required():
            sealed = factors.new_app(found.person_id)
            step = pending.begin("set_up", found.person_id, secret=sealed)
            return Step(step, then="set_up")
        return begin(found.person_id, "password", browser)


def finish_by_code(step: Pending, code: str, browser: Browser, now: dt.datetime) -> Step:
    """Begin the session that waited for a code."""
    key = tries.key("factor", step.person_id, _known_device(step.person_id, browser.device))
    tries.count(key, "account")
    with db.transaction():
        by = factors.spend_code(_person_of(step), code, now)
        tries.forget(key)
        return finish(step, by, browser)


def finish_by_passkey(step: Pending, answer: str, browser: Browser, party: Party) -> Step:
    """Begin the session that waited for a passkey, of somebody known or of whoever has it."""
    challenge = pending.spend_challenge(step)
    with db.transaction():
        person_id = factors.spend_passkey(answer, challenge, party, step.person_id)
        return finish(step, "passkey", browser, person_id)


def finish(step: Pending, by: str, browser: Browser, person_id: uuid.UUID | None = None) -> Step:
    """Turn a step into a session, once, as part of the caller's transaction."""
    if not pending.end(step):
        raise Unauthenticated("This sign-in is finished already; sign in again.")
    return begin(person_id or _person_of(step), by, browser)


def begin(person_id: uuid.UUID, by: str, browser: Browser = _NOBODYS) -> Step:
    """Begin a session as part of the caller's transaction; end the one of the cookie before."""
    settings: Settings = flask.current_app.config["SETTINGS"]
    if by != "provider" and db.session.scalar(queries.is_provided(person_id, settings.oidc_issuer)):
        raise Unauthenticated(f"Sign in with {settings.oidc_name}, which decides who comes in.")
    # So that the ledger says who signed in.
    db.session.execute(sa.select(sa.func.set_config("ops.actor", str(person_id), True)))
    if browser.session is not None:
        devices.end_sessions(WebSession.token_hash == guard.hash_of(browser.session))
    device_id, device = devices.remember(person_id, browser)
    secret = secrets.token_urlsafe(32)
    hours = settings.session_hours
    db.session.execute(
        sa.insert(WebSession).values(
            person_id=person_id,
            token_hash=guard.hash_of(secret),
            csrf_token=secrets.token_urlsafe(32),
            expires_at=sa.func.now() + dt.timedelta(hours=hours),
            device_id=device_id,
            signed_in_by=by,
        )
    )
    return Step(secret, device)


def confirm(actor: guard.Actor, password: str, browser: Browser) -> str:
    """Take the password again, and give the session a new secret for its cookie."""
    check_password(actor, password, browser)
    with db.transaction():
        return renew(actor)


def check_password(actor: guard.Actor, password: str, browser: Browser) -> None:
    """Refuse where this is not the password of whoever is asking."""
    key = _key_of_password(actor.email, browser.device)
    tries.count(key, "e-mail address")
    found = db.session.execute(queries.credential(actor.email)).one_or_none()
    if not passwords.is_right(found and found.password_hash, password):
        raise Unauthenticated("The password is not right.")
    with db.transaction():
        tries.forget(key)


def renew(actor: guard.Actor, by: str | None = None) -> str:
    """Give a session another secret, as part of the caller's transaction.

    Whoever has proved who they are gets a cookie that nobody saw before.
    """
    secret = secrets.token_urlsafe(32)
    values = {
        "token_hash": guard.hash_of(secret),
        "csrf_token": secrets.token_urlsafe(32),
        "confirmed_at": sa.func.now(),
    }
    kept = sa.update(WebSession).where(WebSession.id == actor.session_id)
    db.session.execute(kept.values(values | ({"signed_in_by": by} if by else {})))
    return secret


def require_confirmed(actor: guard.Actor) -> None:
    """Refuse from a browser in which nobody proved lately who they are, and from a program."""
    if not actor.is_confirmed:
        raise Forbidden("Enter your password again first, at /account/confirm.")


def require_confirmed_in_browser(actor: guard.Actor) -> None:
    """Refuse from a browser in which nobody proved lately who they are; a token is a proof."""
    if actor.token_id is None:
        require_confirmed(actor)


def sign_out(session_id: uuid.UUID) -> None:
    """End a session; its cookie is no good from now on."""
    with db.transaction():
        devices.end_sessions(WebSession.id == session_id)


def ended_elsewhere(secret: str | None) -> uuid.UUID | None:
    """Name whose session a cookie was of, where it was ended from elsewhere.

    Its device is forgotten then; that of one that ran out, was signed out of, or made way for
    another is not.
    """
    if secret is None:
        return None
    return db.session.scalar(
        sa.select(WebSession.person_id)
        .where(
            WebSession.token_hash == guard.hash_of(secret),
            WebSession.revoked_at.is_not(None),
            WebSession.device_id.is_(None),
        )
        .order_by(WebSession.id)
    )


def revoke_all(person_id: uuid.UUID) -> None:
    """End every session of somebody, and every step of theirs, within the caller's transaction."""
    devices.forget_all(person_id)
    pending.forget_all(person_id)


def person_of(step: Pending) -> Person:
    """Find whoever a step is about."""
    return db.find(Person, _person_of(step), "person")


def normal(email: str) -> str:
    """Write an e-mail address as it is kept."""
    return email.strip().lower()


def _key_of_password(address: str, device: str | None) -> bytes:
    return tries.key(address, _known_device(address, device))


def _known_device(person: uuid.UUID | str | None, device: str | None) -> str | None:
    if person is None or device is None or not devices.is_known(person, device):
        return None
    return guard.hash_of(device).hex()


def _person_of(step: Pending) -> uuid.UUID:
    if step.person_id is None:
        raise Unauthenticated("Sign in again.")
    return step.person_id


def _rehash(person_id: uuid.UUID, old_hash: str, password: str) -> None:
    db.session.execute(
        sa.update(Credential)
        # Unless it was changed meanwhile.
        .where(Credential.person_id == person_id, Credential.password_hash == old_hash)
        .values(password_hash=passwords.hash_password(password))
    )
