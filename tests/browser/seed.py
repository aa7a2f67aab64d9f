"""Fills the database of the browser tests; run by their conftest in a process of its own."""

import datetime as dt
import json

from ops import create_app
from tests import factories

NOW = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)
PASSWORD = "correct horse battery staple"


def main():
    """Make the force, one person a role, and a live operation; print what tests need to know."""
    with create_app().app_context():
        factories.boundary()
        people = {role: factories.account(role, PASSWORD) for role in ("lead", "officer", "analyst")}
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
