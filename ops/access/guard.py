"""The door: every endpoint needs a person, but for the few that say otherwise."""

import dataclasses
import datetime as dt
import functools
import hashlib
import hmac
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

import flask
import sqlalchemy as sa

from ops import api, db, intake
from ops.access import queries, rules
from ops.config import Settings
from ops.errors import Forbidden, Missing, Unauthenticated

COOKIE = "ops_session"
# Over https, a name that browsers let no other host and no plain connection set.
SECURE_COOKIE = f"__Host-{COOKIE}"
CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf_token"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
# The scope of a token that reads; every other is an action of the rules.
READ = "read"

View = TypeVar("View", bound=Callable[..., Any])
# What makes a file to take away: it is counted and may take longer.
FILES: set[str] = set()
# What changes or freezes so much at once that it may take as long, and can't be asked for less.
LONG: set[str] = set()
_OPEN = {"static", "health.healthz", "health.readyz", "access_pages.sign_in"}


@dataclasses.dataclass(frozen=True)
class Actor:
    """Who is asking, for the length of a request."""

    id: uuid.UUID
    name: str
    email: str
    role: str
    organisation_id: uuid.UUID
    organisation_code: str
    # Of a browser: its session, its device, and whether the person proved lately who they are.
    csrf_token: str | None = None
    session_id: uuid.UUID | None = None
    device_id: uuid.UUID | None = None
    is_confirmed: bool = False
    # Of a program: its token, and what that is for; None is whatever the person may do.
    token_id: uuid.UUID | None = None
    scopes: list[str] | None = None


def open_to_all(endpoint: str) -> None:
    """Let this endpoint answer without a person. Sign-in needs it; hardly anything else does."""
    _OPEN.add(endpoint)


def takes_long(endpoint: str) -> None:
    """Let what this endpoint writes take as long as a file: it is all of it or nothing."""
    LONG.add(endpoint)


def hash_of(secret: str) -> bytes:
    """Give what is kept of a token or cookie. It is random and long, so one SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).digest()


def actor() -> Actor:
    """Give whoever is asking; refuse where nobody is signed in."""
    found: Actor | None = flask.g.get("actor")
    if found is None:
        raise Unauthenticated("Sign in first.")
    return found


def in_scope(action: str) -> bool:
    """Tell whether the token of whoever is asking is for this; a browser is for everything."""
    scopes = actor().scopes
    return scopes is None or action in scopes


def may(action: str, operation_id: uuid.UUID | str | None = None) -> bool:
    """Tell whether whoever is asking may do this: in an operation, by what they are in it."""
    roles = {actor().role} if operation_id is None else roles_in(uuid.UUID(str(operation_id)))
    return in_scope(action) and any(rules.may(role, action) for role in roles)


def require(action: str, operation_id: uuid.UUID | None = None) -> None:
    """Refuse what the role or the token of whoever is asking does not allow.

    Who is nothing in an operation does not see it: to them there is none.
    """
    if not in_scope(action):
        raise Forbidden(_out_of_scope(action))
    if operation_id is not None and not roles_in(operation_id):
        raise Missing("There is no such operation.")
    if not may(action, operation_id):
        raise Forbidden("Your role does not allow this; ask an operational lead or administrator.")


def may_in_each(action: str, operation_ids: Sequence[uuid.UUID]) -> bool:
    """Tell whether whoever is asking may do this in every one of these operations."""
    _find_roles(operation_ids)
    return all(may(action, each) for each in operation_ids)


def require_in_each(action: str, operation_ids: Sequence[uuid.UUID]) -> None:
    """Refuse what whoever is asking may not do in every one of these operations, all seen."""
    if len(operation_ids) == 1:
        require(action, operation_ids[0])
    elif not may_in_each(action, operation_ids):
        raise Forbidden(
            "Your role does not allow this in each of these operations; choose those in which it"
            " does, or ask an operational lead or administrator."
        )


def require_anywhere(action: str) -> None:
    """Refuse whoever may do this neither by their role nor as a member of any operation."""
    if may(action):
        return
    roles = db.session.scalars(queries.member_roles(actor().id)) if in_scope(action) else ()
    if not any(rules.may(role, action) for role in roles):
        require(action)


def roles_in(operation_id: uuid.UUID) -> frozenset[str]:
    """Give what whoever is asking is in an operation; nothing where they don't see it."""
    return _find_roles([operation_id])[operation_id]


def csrf_token() -> str:
    """Give the token that a form of this browser session must send back."""
    found: Actor | None = flask.g.get("actor")
    return (found and found.csrf_token) or ""


def is_https() -> bool:
    """Tell whether a browser reaches this service over https, whatever a proxy makes of it."""
    public_url: str = flask.current_app.config["SETTINGS"].public_url
    return flask.request.is_secure or public_url.startswith("https:")


def cookie() -> str:
    """Give the name of a session's cookie."""
    return SECURE_COOKIE if is_https() else COOKIE


def is_open() -> bool:
    """Tell whether this request is for an endpoint that answers without a person."""
    return flask.request.endpoint in _OPEN


def init_app(app: flask.Flask) -> None:
    """Stand at the door of this app, and see who is coming."""
    app.before_request(_identify)
    app.jinja_env.globals.update(csrf_token=csrf_token, actor=lambda: flask.g.get("actor"))


def lock(app: flask.Flask) -> None:
    """Turn away whoever is nobody, after all that counts such requests."""
    app.before_request(_turn_away)


def _find_roles(operation_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, frozenset[str]]:
    """Find out what whoever is asking is in these operations, in one statement."""
    known: dict[uuid.UUID, frozenset[str]] = flask.g.setdefault("roles_in", {})
    if unknown := [each for each in operation_ids if each not in known]:
        for row in db.run(_written(queries.ROLES_IN), {"operations": unknown}):
            known[row.id] = frozenset(row.roles)
    return known


def _identify() -> None:
    """Find out who is asking."""
    if is_open():
        return
    flask.g.actor = found = _from_header() or _from_cookie()
    if found is not None:
        db.act_as(found.id, patience())


def patience() -> str:
    """Say how long one statement of this request may take, as the database reads it."""
    settings: Settings = flask.current_app.config["SETTINGS"]
    endpoint, is_writing = flask.request.endpoint, flask.request.method not in SAFE_METHODS
    is_long = endpoint in FILES or (is_writing and endpoint in LONG)
    return f"{settings.statement_seconds_export if is_long else settings.statement_seconds}s"


def _turn_away() -> flask.typing.ResponseReturnValue | None:
    if is_open():
        return None
    if flask.g.actor is not None:
        _check_scope(flask.g.actor)
        return None
    if api.is_for_programs() or flask.request.method not in SAFE_METHODS:
        raise Unauthenticated("Sign in first, or send a bearer token that still holds.")
    there = flask.request.full_path.rstrip("?")
    return flask.redirect(f"/sign-in?{urlencode({'next': there})}")


def _check_scope(found: Actor) -> None:
    """Refuse a program that may only write to read, or only read to write."""
    if flask.request.method in SAFE_METHODS:
        if not in_scope(READ):
            raise Forbidden(_out_of_scope(READ))
    elif found.scopes == [READ]:
        raise Forbidden("This token is for reading alone; make one that is for more.")


def _out_of_scope(action: str) -> str:
    return f"This token is not for {action!r}; make one that is."


def _from_header() -> Actor | None:
    given = flask.request.authorization
    if given is None or given.type != "bearer" or not given.token:
        return None
    row = _row(queries.BEARER, token_hash=hash_of(given.token))
    if row is None:
        return None
    if _is_unseen(row):
        with db.transaction():
            db.session.execute(queries.used(row["token_id"]))
    return _actor(row)


def _from_cookie() -> Actor | None:
    secret = flask.request.cookies.get(cookie())
    if not secret or flask.request.authorization is not None:
        return None
    settings: Settings = flask.current_app.config["SETTINGS"]
    row = _row(
        queries.COOKIE,
        token_hash=hash_of(secret),
        idle=dt.timedelta(minutes=settings.session_idle_minutes),
        factor_required=settings.second_factor == "required",
    )
    if row is None:
        return None
    if flask.request.method not in SAFE_METHODS:
        _check_csrf(row["csrf_token"])
    if _is_unseen(row):
        with db.transaction():
            db.session.execute(queries.seen(row["session_id"]))
    return _actor(row)


def _is_unseen(row: sa.RowMapping) -> bool:
    """Tell whether to note that somebody was here; what a page calls is part of its own visit."""
    return row["_unseen"] and not intake.is_inner()


def _row(query: db.Query, **values: object) -> sa.RowMapping | None:
    operation = _written_to()
    more = {"patience": patience(), "operation": operation}
    rows = db.run(_written(query), values | more)
    if not rows:
        return None
    row = rows[0]._mapping
    if operation is not None:
        # Whoever writes to an operation is asked about it: known here, that is no step of its own.
        flask.g.roles_in = {operation: frozenset(row["_roles"])}
    return row


def _written_to() -> uuid.UUID | None:
    named = flask.request.view_args or {}
    return None if flask.request.method in SAFE_METHODS else named.get("operation_id")


_written = functools.cache(db.written)


def _check_csrf(token: str) -> None:
    sent = flask.request.headers.get(CSRF_HEADER) or flask.request.form.get(CSRF_FIELD)
    if not sent or not hmac.compare_digest(sent.encode(), token.encode()):
        raise Forbidden("This form is out of date; open the page again and send it once more.")


def _actor(row: sa.RowMapping) -> Actor:
    return Actor(**{key: value for key, value in row.items() if not key.startswith("_")})
