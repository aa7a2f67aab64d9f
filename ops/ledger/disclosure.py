"""What leaves in parts, too much for one entry: each part is in the log before it is sent."""

import uuid
from collections.abc import Iterable
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import orm

from ops.ledger.consultation import WRITE


class Disclosure:
    """Writes entries in the name of one person, each in a transaction of its own."""

    def __init__(
        self,
        bind: sa.Engine | sa.Connection,
        *,
        actor: uuid.UUID,
        endpoint: str,
        asked: Iterable[str],
        recipient: str | None,
        reason: str | None,
    ) -> None:
        self._make = orm.sessionmaker(
            bind, join_transaction_mode="create_savepoint", info={"actor": actor}
        )
        self._said: dict[str, Any] = {
            "act": "disclosure",
            "endpoint": endpoint,
            "asked": sorted(asked),
            "recipient": recipient,
            "reason": reason,
        }

    def of(self, kind: str, found: Iterable[tuple[Any, Any]]) -> None:
        """Say which records leave: pairs of an operation and an id."""
        groups: dict[Any, list[Any]] = {}
        for operation, record_id in found:
            groups.setdefault(operation, []).append(record_id)
        self._write([{"kind": kind, "operation": each, "ids": ids} for each, ids in groups.items()])

    def ended_early(self, operations: Iterable[Any], sent: int, of: int) -> None:
        """Say that the rest never left: whoever asked for it was gone, or something broke."""
        said = f"Cut short: {sent} of {of} records had left at most."
        reason = " ".join(filter(None, (self._said["reason"], said)))
        ids = [str(each) for each in operations]
        self._write([{"kind": "operation", "operation": None, "ids": ids}], reason=reason)

    def _write(self, groups: list[dict[str, Any]], **instead: Any) -> None:
        with self._make() as session, session.begin():
            seen = {"seen": orjson.dumps(groups).decode()}
            session.connection().exec_driver_sql(WRITE, {**self._said, **seen, **instead})
