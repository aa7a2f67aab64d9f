"""Fills the database of the fault tests; run by their conftest in a process of its own."""

import datetime as dt
import json

from geoalchemy2.shape import from_shape
from shapely.geometry import Point

from ops import create_app, db
from ops.operations.models import Assignment, Team
from ops.results import measures
from tests import factories
from tests.browser.seed import account

NOW = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)


def main():
    """Put two officers on deployments of a live operation, a third on none; print who they are."""
    app = create_app()
    with app.app_context():
        with app.extensions["engine"].begin() as connection:
            measures.publish_built_ins(connection)
        people = {name: account("officer", name) for name in ("first", "second", "third")}
        operation = factories.operation(
            name="Operation Lantern",
            kind="day_of_action",
            starts_at=NOW - dt.timedelta(days=1),
            ends_at=NOW + dt.timedelta(days=1),
        )
        area = factories.area(operation, name="Cheetham Hill")
        visit = factories.deployment(
            operation,
            starts_at=NOW - dt.timedelta(hours=1),
            hours=6,
            name="Warrant at Test Street",
            kind="warrant",
            power="mda_23",
            area_id=area.id,
        )
        # The other one reports nothing, which only a deployment without results can.
        other = factories.deployment(
            operation, starts_at=NOW, hours=5, name="Visit to Test Road", kind="visit"
        )
        factories.deployment(
            operation,
            starts_at=NOW - dt.timedelta(hours=1),
            hours=6,
            name="Patrol at Test Lane",
            kind="patrol",
            point=from_shape(Point(-2.22, 53.485), 4326),
            address="3 Test Lane",
        )
        team = factories._save(Team(operation_id=operation.id, name="Team North"))
        for name, there, team_id in (("first", visit, team.id), ("second", other, None)):
            on_it = {"person_id": people[name].id, "team_id": team_id}
            factories._save(Assignment(deployment_id=there.id, during=there.during, **on_it))
        factories.briefing(operation)
        emails = {name: person.email for name, person in people.items()}
        ids = {"operation": operation.id, "deployment": visit.id, "other": other.id}
        told = {"people": emails, "token": factories.token(people["first"])} | ids
        print(json.dumps(told, default=str))  # noqa: T201
        db.session.remove()


if __name__ == "__main__":
    main()
