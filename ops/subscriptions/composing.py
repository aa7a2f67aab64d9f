"""What is told of an event: ids and its kind, and the record itself only where that is allowed."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import orjson
import sqlalchemy as sa

from ops.geo import queries as geo
from ops.operations import deployment_queries, schemas
from ops.operations import queries as operations
from ops.operations.models import Operation
from ops.results import queries as results
from ops.subscriptions import queries, rules

Told = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Event:
    """What is sent, and which record it shows; none where it has ids alone."""

    body: bytes
    seen: list[Mapping[str, Any]] | None = None


def test(now: dt.datetime) -> Event:
    """Make an event that tells nothing, to try an address with."""
    return Event(_written({"type": rules.TEST, "timestamp": now, "data": {}}))


def event(connection: sa.Connection, delivery: Any, *, with_record: bool) -> Event | None:
    """Put an event together with the rights of whom the transaction acts for.

    None where they don't see the record any more.
    """
    change = connection.execute(
        queries.change(delivery.subscription_id, delivery.all_operations, delivery.change_id)
    ).one_or_none()
    if change is None:
        return None
    data: Told = {
        "id": change.object_id,
        "kind": change.object,
        "operation": change.operation_id,
    }
    told = {"type": delivery.event, "timestamp": change.at, "data": data}
    record = _record(connection, change) if with_record and change.may_share else None
    if record is None:
        return Event(_written(told))
    data |= {"marking": change.marking, "record": record}
    of = None if change.object == "operation" else str(change.operation_id)
    seen = {"kind": change.object, "operation": of, "ids": [str(change.object_id)]}
    return Event(_written(told), [seen])


def _record(connection: sa.Connection, change: Any) -> Any:
    """Give a record as the API shows it; None where it is gone, or never told."""
    read = _READ.get(change.object)
    return read and read(connection, change.object_id)


def _operation(connection: sa.Connection, key: Any) -> Any:
    query = operations.operations({}).where(Operation.id == key)
    return _dumped(connection, query, schemas.OperationSchema())


def _deployment(connection: sa.Connection, key: Any) -> Any:
    return _dumped(connection, deployment_queries.deployment(key), schemas.DeploymentSchema())


def _dumped(connection: sa.Connection, query: Any, schema: Any) -> Any:
    found = connection.execute(query).mappings().one_or_none()
    return found and schema.dump(dict(found))


def _area(connection: sa.Connection, key: Any) -> Any:
    found = connection.execute(geo.area_feature(key)).one_or_none()
    return found and orjson.Fragment(found.feature)


def _result(connection: sa.Connection, key: Any) -> Any:
    found = connection.execute(results.whole([key])).one_or_none()
    return found and orjson.Fragment(found.record)


# A briefing is read where it is confirmed that it was, and nowhere else.
_READ: Mapping[str, Callable[[sa.Connection, Any], Any]] = {
    "operation": _operation,
    "area": _area,
    "deployment": _deployment,
    "result": _result,
}


def _written(told: Told) -> bytes:
    return orjson.dumps(told, default=str, option=orjson.OPT_UTC_Z)
