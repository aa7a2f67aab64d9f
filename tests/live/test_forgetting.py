"""Positions go after some days, unless they are held, and the log says that they did."""

import datetime as dt

import pytest
import sqlalchemy as sa
from geoalchemy2.shape import from_shape
from shapely.geometry import Point

from ops import db
from ops.live import forgetting
from ops.live.models import CheckIn
from ops.retention.models import RetentionHold
from tests import factories

DAYS = 31
NOW = dt.datetime.now(dt.UTC)


@pytest.fixture
def engine(committed):
    return committed.extensions["engine"]


def check_in(operation, days_ago):
    """Check in so many days ago, as it came."""
    at = NOW - dt.timedelta(days=days_ago)
    made = CheckIn(
        operation_id=operation.id,
        deployment_id=factories.deployment(operation).id,
        person_id=operation.created_by,
        at=at,
        received_at=at,
        point=from_shape(Point(-2.24, 53.485), 4326),
        content_hash=b"x",
    )
    return factories._save(made).id


def left():
    """List what is left, on a look of its own."""
    db.session.rollback()
    return set(db.session.scalars(sa.select(CheckIn.id)))


def test_what_is_old_goes_and_what_is_not_stays(engine):
    operation = factories.operation()
    old, young = check_in(operation, DAYS + 1), check_in(operation, DAYS - 1)

    assert forgetting.forget(engine, DAYS) == 1

    assert left() == {young}
    [(act, seen, count)] = db.session.execute(
        sa.text("select act, seen, count from log_entry where endpoint = 'live.forget'")
    )
    assert (act, count) == ("erasure", 1)
    assert seen == [{"kind": "check_in", "operation": str(operation.id), "ids": [str(old)]}]


def test_what_is_held_stays_until_the_hold_is_lifted(engine):
    operation = factories.operation()
    old = check_in(operation, DAYS + 1)
    hold = factories._save(
        RetentionHold(
            object="operation",
            object_id=operation.id,
            operation_id=operation.id,
            reason="A court asks.",
            placed_by=operation.created_by,
        )
    )

    assert forgetting.forget(engine, DAYS) == 0
    assert left() == {old}

    hold = db.session.get(RetentionHold, hold.id)
    hold.lifted_at, hold.lifted_by = NOW, operation.created_by
    factories._save(hold)
    assert forgetting.forget(engine, DAYS) == 1
    assert left() == set()


def test_where_nothing_is_old_nothing_is_logged(engine):
    check_in(factories.operation(), 1)

    assert forgetting.forget(engine, DAYS) == 0

    assert db.session.scalar(sa.text("select count(*) from log_entry")) == 0
