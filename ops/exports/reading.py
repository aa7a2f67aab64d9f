"""Reads what a file is of: one snapshot of the database, under the rights of who takes it."""

import contextlib
import dataclasses
import datetime as dt
import itertools
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import ARRAY

from ops import db, replica
from ops.exports.tables import FORMULA, Column, Table
from ops.operations.models import MARKINGS, Operation

# Large enough that the round trip is nothing, small enough that the memory is.
BATCH = 2_000
# The two columns that a row begins with: the ids of the operation and of the record.
KEYS = 2
_ID = len(str(uuid.UUID(int=0)))
# Whoever takes nothing for so long has left; the database then ends what is open.
PATIENCE = "120s"
# A copy is one statement, which waits for whoever takes it and is never idle: it ends by this.
LONGEST = "1h"

Batch = Sequence[Any]


@dataclasses.dataclass(frozen=True)
class Contents:
    """What there is to take: how many records of each kind, of which operations."""

    kinds: Mapping[str, int]
    operations: Mapping[uuid.UUID, str]
    marking: str
    # Whether all of it is open to an organisation, or some is for members alone.
    is_open: bool
    as_at: dt.datetime

    @property
    def records(self) -> int:
        """Give how many records there are in all."""
        return sum(self.kinds.values())


class Reading:
    """One read transaction, apart from the request's own, which ends before a file has left."""

    def __init__(
        self,
        session: orm.Session,
        query: db.Query,
        found: sa.FromClause,
        at: dt.datetime | None = None,
    ) -> None:
        self._session, self._query, self._found, self._at = session, query, found, at

    def contents(self) -> Contents:
        """Count what there is."""
        by = (self._found.c.kind, self._found.c.operation_id)
        of = (Operation.reference, Operation.marking, Operation.visibility)
        rows = self._session.execute(
            self._query.with_only_columns(*by, *of, sa.func.count().label("records"))
            .outerjoin(Operation, Operation.id == self._found.c.operation_id)
            .group_by(*by, *of)
            .order_by(None)
        ).all()
        kinds: dict[str, int] = {}
        for row in rows:
            kinds[row.kind] = kinds.get(row.kind, 0) + row.records
        return Contents(
            kinds,
            {row.operation_id: row.reference for row in rows},
            # Of nothing at all the least is true; of what is not said, the most.
            max(
                (row.marking or MARKINGS[-1] for row in rows),
                key=MARKINGS.index,
                default=MARKINGS[0],
            ),
            all(row.visibility == "open" for row in rows),
            self._at or self._session.scalar(sa.select(sa.func.now())) or dt.datetime.now(dt.UTC),
        )

    def batches(self, table: Table) -> Iterator[Batch]:
        """Give the rows of a table, some thousands at a time, from a cursor on the server."""
        query = table.select(self._query, self._found)
        found = self._session.execute(query.execution_options(yield_per=BATCH))
        with contextlib.closing(found):
            yield from found.partitions()

    def lines(self, table: Table) -> Iterator[tuple[list[tuple[str, str]], bytes]]:
        """Give the rows of a table as CSV that the database wrote, each part with its keys."""
        query = table.select(self._query, self._found, _written)
        copied = f"copy ({db.written(query)}) to stdout (format csv)"
        values = query.compile(dialect=self._session.get_bind().dialect).params
        connection: Any = self._session.connection().connection.dbapi_connection
        with connection.cursor() as cursor, cursor.copy(copied, values) as rows:
            while part := [bytes(row) for row in itertools.islice(rows, BATCH)]:
                # Ids need no quotes, so their places are known.
                keys = [(row[:_ID].decode(), row[_ID + 1 : 2 * _ID + 1].decode()) for row in part]
                yield keys, b"".join(row[2 * (_ID + 1) :] for row in part)


def _written(column: Column) -> Any:
    """Write a column so that a spreadsheet takes none of it for a formula."""
    if column.sort == "yes_no":
        return sa.cast(column.value, sa.Text)
    if column.sort != "text" or column.is_ours or column.codes:
        return column.value
    value: Any = column.value
    is_formula = sa.func.left(value, 1) == sa.any_(sa.literal(list(FORMULA), ARRAY(sa.Text())))
    return sa.case((is_formula, sa.literal("'", sa.Text()).concat(value)), else_=value)


@contextlib.contextmanager
def reading(actor: uuid.UUID, query: db.Query, found: sa.FromClause) -> Iterator[Reading]:
    """Read for somebody, from the replica where one serves; at the end nothing is left open."""
    state = replica.opened()
    bind = db.session.get_bind() if state is None else state.connection
    if isinstance(bind, sa.Engine):
        bind = bind.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    session = orm.Session(
        bind, join_transaction_mode="create_savepoint", info={"actor": actor}, autoflush=False
    )
    with contextlib.ExitStack() as stack:
        if state is not None:
            stack.enter_context(contextlib.closing(state))
        stack.enter_context(contextlib.closing(session))
        session.execute(
            sa.select(
                sa.func.set_config("timezone", "UTC", True),
                sa.func.set_config("idle_in_transaction_session_timeout", PATIENCE, True),
                sa.func.set_config("statement_timeout", LONGEST, True),
            )
        )
        yield Reading(session, query, found, state.at if state else None)
        session.commit()
