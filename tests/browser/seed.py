"""Fills the database of the browser tests; run by their conftest in a process of its own."""

import datetime as dt
import json

from ops import create_app, db
from ops.access import passwords
from ops.access.models import Credential
from tests import factories

NOW = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)
PASSWORD = "correct horse battery staple"


def account(role):
    """Make somebody who can sign in."""
    person = factories.person(role=role, name=f"{role.capitalize()} Example")
    hashed = passwords.hash_password(PASSWORD)
    with db.transaction():
        db.session.add(Credential(person_id=person.id, password_hash=hashed))
    return person


def main():
    """Make the force, one person a role, and a live operation; print what tests need to know."""
    with create_app().app_context():
        factories.boundary()
        people = {role: account(role) for role in ("lead", "officer", "analyst")}
        operation = factories.operation(
            name="Operation Lantern",
            created_by=people["lead"].id,
            starts_at=NOW - dt.timedelta(days=1),
            ends_at=NOW + dt.timedelta(days=6),
        )
        factories.area(operation, name="Cheetham Hill")
        factories.site(name="HMP Test")
        factories.deployment(operation, starts_at=NOW, name="Visit to Moulton Street")
        print(  # noqa: T201 - read by the conftest
            json.dumps(
                {
                    "operation": str(operation.id),
                    "people": {role: person.email for role, person in people.items()},
                }
            )
        )


if __name__ == "__main__":
    main()
