"""Logins of analysts: each is bound to a person, and has what that person may see, to read."""

import dataclasses
import datetime as dt
import secrets
from collections.abc import Iterator

import sqlalchemy as sa

from ops import db
from ops.access.models import Person
from ops.errors import Missing
from ops.exports.analysis import ROLE
from ops.exports.models import AnalystLogin

# How long a statement may take, unless the analyst says otherwise (and never over ten minutes).
TIMEOUT = "5min"
AT_ONCE = 3


@dataclasses.dataclass(frozen=True)
class Login:
    """A name and a password that is shown once."""

    name: str
    password: str

    def statements(self) -> Iterator[str]:
        """Say what a superuser of the server does to let it in."""
        yield (
            f"create role {self.name} login password '{self.password}'"
            f" connection limit {AT_ONCE} in role {ROLE}"
        )
        for name, value in (
            ("statement_timeout", TIMEOUT),
            ("idle_in_transaction_session_timeout", TIMEOUT),
            ("default_transaction_read_only", "on"),
            ("search_path", "analysis, public"),
        ):
            yield f"alter role {self.name} set {name} = {value if ',' in value else repr(value)}"


def bind(email: str) -> Login:
    """Make up a login for a person; whoever calls lets it into the server."""
    person = _person(email)
    login = Login(f"{ROLE}_{secrets.token_hex(6)}", secrets.token_urlsafe(24))
    with db.transaction():
        db.session.add(AnalystLogin(name=login.name, person_id=person.id))
    return login


def end(email: str) -> list[str]:
    """End the logins of a person: from now on they read nothing. Give what a superuser drops."""
    person = _person(email)
    with db.transaction():
        found = db.session.scalars(
            sa.select(AnalystLogin).where(
                AnalystLogin.person_id == person.id, AnalystLogin.ended_at.is_(None)
            )
        ).all()
        for login in found:
            login.ended_at = dt.datetime.now(dt.UTC)
    return [f"drop role if exists {login.name}" for login in found]


def _person(email: str) -> Person:
    found = db.session.scalar(sa.select(Person).where(Person.email == email))
    if found is None:
        raise Missing("There is nobody with this e-mail address.")
    return found
