"""Sign-in by a force's own provider: there and back, and the end of it from either side."""

import dataclasses
import datetime as dt
import secrets
import uuid
from http import HTTPStatus

import flask
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from ops import db, logs
from ops.access import devices, guard, oidc_people, oidc_roles, sessions
from ops.access.devices import Browser
from ops.access.models import WebSession
from ops.access.oidc_models import ExternalIdentity, ProviderSession, SignInAttempt, SpentLogout
from ops.access.oidc_provider import LOGOUT_HOLDS_S, Provider, text
from ops.access.pending import LASTS
from ops.access.sessions import Step
from ops.config import Settings
from ops.errors import Forbidden, Missing, OpsError, Unavailable


class Stray(OpsError):
    """The reply belongs to no attempt of this browser that is still open."""

    status = HTTPStatus.BAD_REQUEST
    type = "stray-reply"


@dataclasses.dataclass(frozen=True)
class Answer:
    """What the provider sends the browser back with."""

    state: str
    code: str
    error: str
    issuer: str | None


def init_app(app: flask.Flask) -> None:
    """Have the provider that the settings name, if they name one."""
    settings: Settings = app.config["SETTINGS"]
    app.extensions["oidc"] = Provider(settings) if settings.oidc_issuer else None
    app.extensions["oidc_roles"] = oidc_roles.read(settings.oidc_roles)


def offered() -> str | None:
    """Give what to call the provider on a button, if there is one."""
    found: Provider | None = flask.current_app.extensions["oidc"]
    return None if found is None else found.name


def provider() -> Provider:
    """Give the provider, or say that there is none."""
    found: Provider | None = flask.current_app.extensions["oidc"]
    if found is None:
        raise Missing("There is no sign-in by an organisation here.")
    return found


def begin(there: str, redirect_uri: str, browser_secret: str | None) -> tuple[str, str]:
    """Begin an attempt; give the address to go to, and the secret for the browser's cookie."""
    state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
    address = provider().authorization(state, nonce, verifier, redirect_uri)
    secret = browser_secret or secrets.token_urlsafe(32)
    with db.transaction():
        _sweep()
        db.session.execute(
            sa.insert(SignInAttempt).values(
                state_hash=guard.hash_of(state),
                browser_hash=guard.hash_of(secret),
                nonce=nonce,
                code_verifier=verifier,
                next=there,
                expires_at=sa.func.now() + LASTS,
            )
        )
    return address, secret


def finish(
    answer: Answer, redirect_uri: str, browser_secret: str | None, browser: Browser
) -> tuple[Step, str]:
    """Take the provider's reply, once; give the session it begins, and where to go."""
    by = provider()
    attempt = _spend(answer.state, browser_secret)
    _check_sender(by, answer)
    if answer.error:
        raise _declined(by, answer.error)
    if not answer.code:
        raise by.untrusted("neither a code nor an error")
    tokens = by.tokens(answer.code, attempt.code_verifier, redirect_uri)
    signed = by.claims(tokens, attempt.nonce)
    groups_claim = _settings().oidc_groups_claim
    claims = signed
    if not signed.keys() >= {"email", groups_claim}:
        claims = by.more_claims(tokens, signed["sub"]) | signed
    who = oidc_people.described(by.issuer, claims, groups_claim)
    place = oidc_roles.place_of(who.groups, flask.current_app.extensions["oidc_roles"])
    with db.transaction():
        identity = oidc_people.admit(who, place, by.name)
        step = sessions.begin(identity.person_id, "provider", browser)
        began = sa.select(WebSession.id).where(WebSession.token_hash == guard.hash_of(step.secret))
        db.session.execute(
            sa.insert(ProviderSession).values(
                session_id=began.scalar_subquery(),
                identity_id=identity.id,
                sid=text(signed.get("sid")),
                id_token=tokens["id_token"],
                acr=text(signed.get("acr")),
                amr=list(filter(text, signed.get("amr") or [])) or None,
            )
        )
    return step, attempt.next


def leave(session_id: uuid.UUID, there: str) -> str | None:
    """Give the address that signs this browser out at the provider too, if one began the session.

    A provider that does not answer keeps nobody from leaving here.
    """
    found = db.session.get(ProviderSession, session_id)
    if found is None or flask.current_app.extensions["oidc"] is None:
        return None
    try:
        return provider().end_session(found.id_token, there)
    except Unavailable:
        return None


def log_out(token: str) -> None:
    """End the sessions that the provider says are over; an order sent again is refused."""
    by = provider()
    claims = by.logout_claims(token)
    which = [ExternalIdentity.issuer == by.issuer]
    if "sid" in claims:
        which.append(ProviderSession.sid == claims["sid"])
    if "sub" in claims:
        which.append(ExternalIdentity.subject == claims["sub"])
    over = (
        sa.select(ProviderSession.session_id)
        .join(ExternalIdentity, ExternalIdentity.id == ProviderSession.identity_id)
        .where(*which)
    )
    with db.transaction():
        _sweep()
        spent = (
            postgresql.insert(SpentLogout)
            .values(
                id_hash=guard.hash_of(f"{by.issuer}\n{claims['jti']}"),
                # No order holds longer than this from when it was signed, clocks apart or not.
                expires_at=sa.func.now() + dt.timedelta(seconds=2 * LOGOUT_HOLDS_S),
            )
            .on_conflict_do_nothing()
            .returning(SpentLogout.id_hash)
        )
        if db.session.scalar(spent) is None:
            raise by.untrusted("logout token sent again")
        db.give_reason("signed out by the sign-in of their organisation")
        devices.end_sessions(WebSession.id.in_(over))


def _spend(state: str, browser_secret: str | None) -> SignInAttempt:
    """Take the attempt out, so that no reply to it is taken twice, whatever comes of this one."""
    spent = (
        sa.delete(SignInAttempt)
        .where(
            SignInAttempt.state_hash == guard.hash_of(state),
            SignInAttempt.browser_hash == guard.hash_of(browser_secret or ""),
            SignInAttempt.expires_at > sa.func.now(),
        )
        .returning(SignInAttempt)
    )
    with db.transaction():
        found = db.session.scalar(spent, execution_options={"synchronize_session": False})
    if found is None:
        logs.explain(oidc="unknown state")
        raise Stray(
            "This sign-in was begun in another browser, took too long, or is finished already. "
            "Sign in again."
        )
    return found


def _check_sender(by: Provider, answer: Answer) -> None:
    """Refuse a reply that says it is from another provider, or should say so and does not."""
    if answer.issuer is None and not by.names_itself():
        return
    if answer.issuer != by.issuer:
        raise by.untrusted("reply from another issuer")


def _declined(by: Provider, error: str) -> OpsError:
    if error in {"server_error", "temporarily_unavailable"}:
        logs.explain(oidc=error)
        return Unavailable(f"The sign-in of {by.name} is not available just now. Try again.")
    logs.explain(oidc="access_denied" if error == "access_denied" else "another error")
    return Forbidden(f"The sign-in of {by.name} did not let you in, or you left it. Try again.")


def _sweep() -> None:
    """Take away what is over, as part of the caller's transaction."""
    for model, key in (
        (SignInAttempt, SignInAttempt.state_hash),
        (SpentLogout, SpentLogout.id_hash),
    ):
        over = sa.select(key).where(model.expires_at < sa.func.now())
        gone = sa.delete(model).where(key.in_(over.with_for_update(skip_locked=True)))
        db.session.execute(gone, execution_options={"synchronize_session": False})
    ended = sa.select(WebSession.id).where(
        WebSession.id == ProviderSession.session_id,
        WebSession.revoked_at.is_not(None) | (WebSession.expires_at < sa.func.now()),
    )
    forgotten = sa.update(ProviderSession).where(
        ProviderSession.id_token.is_not(None), ended.exists()
    )
    db.session.execute(
        forgotten.values(id_token=None), execution_options={"synchronize_session": False}
    )


def _settings() -> Settings:
    settings: Settings = flask.current_app.config["SETTINGS"]
    return settings
