"""The browsers in which a person has signed in, and their end."""

import dataclasses
import datetime as dt
import re
import secrets
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from ops import db
from ops.access import guard, queries
from ops.access.factor_models import Device
from ops.access.models import WebSession
from ops.errors import Missing

# Longer ones tell nothing more.
LONGEST_USER_AGENT = 300
# The first that is found names it: each browser below also claims to be those after it.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox|FxiOS", "Firefox"),
    ("Chrome|CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


@dataclasses.dataclass(frozen=True)
class Browser:
    """What a browser brings to a sign-in: the cookies it has, and what it calls itself."""

    session: str | None = None
    device: str | None = None
    user_agent: str = ""


@dataclasses.dataclass(frozen=True)
class Line:
    """A line of a person's list of devices."""

    id: uuid.UUID
    name: str
    first_seen_at: dt.datetime
    last_used_at: dt.datetime
    is_signed_in: bool


def words(user_agent: str) -> str:
    """Say in words what a browser calls itself, such as Firefox on Windows."""

    def first(names: tuple[tuple[str, str], ...]) -> str | None:
        return next((name for part, name in names if re.search(part, user_agent)), None)

    return f"{first(_BROWSERS) or 'A browser'} on {first(_SYSTEMS) or 'another system'}"


def is_known(person: uuid.UUID | str, device: str | None) -> bool:
    """Tell whether this person, or the one with this address, has signed in there before."""
    if device is None:
        return False
    return db.session.scalar(queries.known_device(person, guard.hash_of(device))) is not None


def remember(person_id: uuid.UUID, browser: Browser) -> tuple[uuid.UUID, str]:
    """Keep that somebody signed in here; give the device and its secret, for the cookie.

    Several people may share a browser, and it is known to each by the one cookie.
    """
    secret = browser.device
    if secret is None or not _is_ours(secret):
        secret = secrets.token_urlsafe(32)
    fresh = {
        "user_agent": browser.user_agent[:LONGEST_USER_AGENT],
        "last_used_at": sa.func.now(),
    }
    kept = (
        postgresql.insert(Device)
        .values(person_id=person_id, token_hash=guard.hash_of(secret), **fresh)
        .on_conflict_do_update(index_elements=[Device.person_id, Device.token_hash], set_=fresh)
        .returning(Device.id)
    )
    return db.session.execute(kept).scalar_one(), secret


def of(person_id: uuid.UUID, idle: dt.timedelta) -> list[Line]:
    """List where somebody has signed in, the last used first."""
    return [
        Line(row.id, words(row.user_agent), row.created_at, row.last_used_at, row.is_signed_in)
        for row in db.session.execute(queries.devices(person_id, idle))
    ]


def forget(person_id: uuid.UUID, device_id: uuid.UUID) -> None:
    """Sign somebody out on a device of theirs, which is a stranger from now on."""
    with db.transaction():
        if not _end(person_id, Device.id == device_id):
            raise Missing("There is no such device.")


def forget_all(person_id: uuid.UUID, but: guard.Actor | None = None) -> None:
    """Sign somebody out everywhere, but perhaps here, as part of the caller's transaction."""
    others = sa.true() if but is None else WebSession.id != but.session_id
    end_sessions(WebSession.person_id == person_id, others)
    here = sa.true() if but is None else Device.id.is_distinct_from(but.device_id)
    _end(person_id, here)


def end_sessions(*which: sa.ColumnElement[bool]) -> None:
    """End sessions, as part of the caller's transaction."""
    db.session.execute(
        sa.update(WebSession)
        .where(*which, WebSession.revoked_at.is_(None))
        .values(revoked_at=sa.func.now())
    )


def _end(person_id: uuid.UUID, which: sa.ColumnElement[bool]) -> bool:
    mine = sa.select(Device.id).where(Device.person_id == person_id, which)
    end_sessions(WebSession.device_id.in_(mine))
    gone = db.session.scalars(sa.delete(Device).where(Device.id.in_(mine)).returning(Device.id))
    return bool(gone.all())


def _is_ours(secret: str) -> bool:
    known = sa.exists().where(Device.token_hash == guard.hash_of(secret))
    return bool(db.session.scalar(sa.select(known)))
