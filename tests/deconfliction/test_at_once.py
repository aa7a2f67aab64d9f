"""Two deployments that are saved at once find each other, once; nobody is left waiting."""

import threading

import sqlalchemy as sa
from geoalchemy2.shape import from_shape
from shapely.geometry import Point
from sqlalchemy.dialects.postgresql import Range

from ops import db
from ops.deconfliction.models import Conflict
from ops.operations.models import Deployment
from tests import factories
from tests.races import until_somebody_waits

HERE = from_shape(Point(-2.24, 53.485), 4326)
FAR = from_shape(Point(-2.34, 53.485), 4326)


def planned(operation, point=HERE):
    """Give the statement that plans a deployment."""
    window = Range(factories.NOON, factories.NOON.replace(hour=14))
    return sa.insert(Deployment).values(
        id=db.new_id(), operation_id=operation.id, kind="visit", name="At once", during=window,
        point=point, version=1, created_by=operation.created_by,
    )  # fmt: skip


def conflicts():
    """List the states of the conflicts there are."""
    db.session.rollback()
    return db.session.scalars(sa.select(Conflict.state)).all()


def test_two_saved_at_once_are_one_conflict(committed):
    operations = [factories.operation() for _ in range(2)]
    statements = [planned(each) for each in operations]
    engine = committed.extensions["engine"]

    def save_second():
        with engine.begin() as second:
            second.execute(statements[1])

    with engine.connect() as first:
        first.execute(statements[0])
        # As the commit does, which then keeps the lock until it is done.
        first.execute(sa.text("set constraints all immediate"))
        other = threading.Thread(target=save_second)
        other.start()
        until_somebody_waits(committed)
        first.commit()
    other.join()

    assert conflicts() == ["open"]


def test_neither_sees_the_other_until_both_are_committed(committed):
    """Both have written before either commits: the later commit finds the earlier."""
    operations = [factories.operation() for _ in range(2)]
    engine = committed.extensions["engine"]

    with engine.connect() as first, engine.connect() as second:
        first.execute(planned(operations[0]))
        second.execute(planned(operations[1]))
        first.commit()
        second.commit()

    assert conflicts() == ["open"]


def test_one_moves_away_while_the_other_is_saved(committed):
    operations = [factories.operation() for _ in range(2)]
    there = factories.deployment(operations[0], kind="visit", point=HERE)
    engine = committed.extensions["engine"]
    moved = sa.update(Deployment).where(Deployment.id == there.id).values(point=FAR)

    with engine.connect() as first, engine.connect() as second:
        first.execute(moved)
        second.execute(planned(operations[1]))
        second.commit()
        assert conflicts() == ["open"]
        first.commit()

    assert conflicts() == ["gone"]


def test_many_at_once_find_every_pair_and_deadlock_nowhere(committed):
    operations = [factories.operation() for _ in range(6)]
    engine = committed.extensions["engine"]
    start, failed = threading.Barrier(3), []

    def save(mine):
        try:
            start.wait()
            for operation in mine:
                with engine.begin() as connection:
                    connection.execute(planned(operation))
        except sa.exc.DBAPIError as error:
            failed.append(error)

    threads = [
        threading.Thread(target=save, args=(mine,))
        for mine in (operations[:2], operations[2:4], operations[4:])
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert failed == []
    assert conflicts() == ["open"] * 15
