"""Fills a database with the demonstration for the task pages; run in a process of its own."""

import datetime as dt
import json

from geoalchemy2.shape import from_shape
from shapely.geometry import Point

from ops import create_app, db, demo
from ops.demo.identity import id_of
from ops.demo.programme import PRACTICE
from ops.operations.models import Operation
from ops.results import measures
from tests import factories

NOW = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)
# So long ago that none of its days is today, whatever the hour: then no page depends on it.
AGO = dt.timedelta(days=21)


def main():
    """Load it, and plan something now where the lead is about to; print the passwords."""
    app = create_app()
    with app.app_context():
        with app.extensions["engine"].begin() as connection:
            measures.publish_built_ins(connection)
        passwords = demo.load(NOW - AGO)
        practice = db.session.get_one(Operation, id_of("operation", PRACTICE))
        here = from_shape(Point(-2.2440, 53.4936), 4326)
        factories.deployment(
            practice, starts_at=NOW, hours=3, name="Visit to a shop", kind="visit", point=here
        )
        print(json.dumps(passwords))  # noqa: T201
        db.session.remove()


if __name__ == "__main__":
    main()
