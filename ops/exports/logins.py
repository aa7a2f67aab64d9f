"""Logins of analysts: each is bound to a person, and has what that person may see, to read."""

import dataclasses
import datetime as dt
import secrets
from collections.abc import Iterator
from typing import Any

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
    # By which the server knows the password; the password itself would stand in its log.
    verifier: str

    def statements(self) -> Iterator[str]:
        """Say what a superuser of the server does to let it in."""
        yield (
            f"create role {self.name} login password '{self.verifier}'"
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
    name, password = f"{ROLE}_{secrets.token_hex(6)}", secrets.token_urlsafe(24)
    login = Login(name, password, _verifier(name, password))
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


def _verifier(name: str, password: str) -> str:
    driver: Any = db.session.connection().connection.dbapi_connection
    made: bytes = driver.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256")
    return made.decode()


def _person(email: str) -> Person:
    found = db.session.scalar(sa.select(Person).where(Person.email == email))
    if found is None:
        raise Missing("There is nobody with this e-mail address.")
    return found
