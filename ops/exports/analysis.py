"""What analysts read in SQL: a view for each kind, made from the kinds themselves.

A view reads from a function that has the rights of the application, so that row-level security
decides as it does for a request, and so that an analyst has no right to any table. A
function is a closed door to the planner too: EXPLAIN estimates a thousand rows of it,
whatever is asked and however many there are, hidden ones included.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from ops.access.models import Organisation
from ops.exports import tables
from ops.exports.tables import Column, Table
from ops.operations.models import KINDS, STATUSES, THEMES, Operation
from ops.results.models import Result

SCHEMA, ROLE = "analysis", "ops_analyst"
# As whom the views read: it may what the application may.
READER = "ops_reader"
_TYPES = {
    "text": "text",
    "whole": "bigint",
    "number": "numeric",
    "degrees": "double precision",
    "moment": "timestamptz",
    "day": "date",
    "yes_no": "boolean",
    "point": "geometry(Point, 4326)",
}
# What a national picture adds up by, and what it is partitioned by: see deploy/shards. A server
# that asks another can't have it work out a month, since that takes words, which have an order.
_MONTH = sa.cast(
    sa.func.date_trunc("month", sa.func.timezone("Europe/London", Result.occurred_at)), sa.Date
)
_LEADER = (
    sa.select(Organisation.code)
    .where(Organisation.id == tables.OPERATION.organisation_id)
    .scalar_subquery()
)
# Whatever anybody may call by default, the application alone may call from here on; what comes
# with an extension is everybody's.
_CLOSED = """
do $$
declare each regprocedure;
begin
    for each in
        select pg_proc.oid from pg_proc
        where pronamespace = 'public'::regnamespace
            and proowner = (select oid from pg_roles where rolname = current_user)
            and (proacl is null or exists (
                select from aclexplode(proacl) where grantee = 0 and privilege_type = 'EXECUTE'))
            and not exists (
                select from pg_depend where objid = pg_proc.oid and deptype = 'e')
    loop
        execute format('revoke execute on function %s from public', each);
        execute format('grant execute on function %s to ops_application', each);
    end loop;
end $$
"""


def every() -> Iterator[tuple[Table, sa.Select[*tuple[Any, ...]]]]:
    """Give each view: its table, and the statement behind it."""
    results = sa.select(Result.__table__)
    place = Column("point", "Position", "point", Result.point, says="WGS 84 (EPSG:4326)")
    month = Column("month", "Month", "day", _MONTH, says="In London, by its first day")
    leader = Column("led_by", "Organisation that leads the operation", "text", _LEADER)
    for table in (tables.common(Result.__table__), *tables.every(Result.__table__)):
        columns = [*table.columns, *([] if table.is_list else [month, leader, place])]
        shown = Table(table.name, table.label, columns, table.model, table.kind, table.rows)
        # Two columns that the ledger of files needs come first.
        query = shown.select(results, Result.__table__).order_by(None)
        yield shown, sa.select(*list(query.subquery("each").c)[2:])
    yield _operations()


def publish(connection: sa.Connection) -> None:
    """Make the views as the kinds are now, if they are not so already."""
    connection.execute(sa.text(_CLOSED))
    statements = list(_statements())
    digest = hashlib.sha256("\0".join(statements).encode()).hexdigest()
    known = sa.text("select obj_description(to_regnamespace(:schema), 'pg_namespace')")
    if connection.scalar(known, {"schema": SCHEMA}) == digest:
        return
    for statement in (*statements, f"comment on schema {SCHEMA} is '{digest}'"):
        connection.exec_driver_sql(statement)


def _operations() -> tuple[Table, sa.Select[*tuple[Any, ...]]]:
    at = Operation.__table__.c
    coded = (("kind", "Kind", KINDS), ("theme", "Theme", THEMES), ("status", "Status", STATUSES))
    columns = [
        Column("id", "Operation", "text", sa.cast(at.id, sa.Text), says="Its id"),
        Column("reference", "Reference", "text", at.reference),
        Column("name", "Name", "text", at.name),
        *(
            column
            for name, label, codes in coded
            for column in tables.coded(Column(name, label, "text", at[name], codes=dict(codes)))
        ),
        Column("starts_at", "From", "moment", at.starts_at),
        Column("ends_at", "To", "moment", at.ends_at),
        Column("marking", "Marking", "text", at.marking),
        Column("visibility", "Who sees it", "text", at.visibility),
    ]
    query = sa.select(*(column.value.label(column.name) for column in columns))
    return Table("operation", "Operations", columns), query


def _statements() -> Iterator[str]:
    yield f"drop schema if exists {SCHEMA} cascade"
    yield f"create schema {SCHEMA}"
    # An owner must be able to make what it is given; afterwards it no longer can.
    yield f"grant usage, create on schema {SCHEMA} to {READER}"
    for table, query in every():
        yield from _view(table, query)
    yield f"revoke create on schema {SCHEMA} from {READER}"
    yield f"grant usage on schema {SCHEMA} to {ROLE}"
    yield f"grant select on all tables in schema {SCHEMA} to {ROLE}"
    yield f"revoke execute on all functions in schema {SCHEMA} from public"
    yield f"grant execute on all functions in schema {SCHEMA} to {ROLE}"
    yield f"grant execute on function analyst_within_limits() to {ROLE}"


def _view(table: Table, query: sa.Select[*tuple[Any, ...]]) -> Iterator[str]:
    name = f"{SCHEMA}.{table.name}"
    read = f"{SCHEMA}.read_{table.name}"
    columns = ", ".join(f'"{column.name}" {_TYPES[column.sort]}' for column in table.columns)
    # Asked once, before the first row is read.
    limited = query.where(sa.select(sa.func.analyst_within_limits()).scalar_subquery())
    body = str(
        limited.compile(
            dialect=postgresql.dialect(paramstyle="named"),
            compile_kwargs={"literal_binds": True},
        )
    )
    # Of our own names and codes alone, so nothing here is anybody's to write.
    how = "language sql stable security definer rows 1000 set search_path = public, pg_temp"
    yield f"create function {read}() returns table ({columns}) {how} as $body$ {body} $body$"
    yield f"alter function {read}() owner to {READER}"
    yield f"create view {name} as select * from {read}()"  # noqa: S608  (our own names)
    yield f"comment on view {name} is {_quoted(table.label)}"
    for column in table.columns:
        unit = f" ({column.unit})" if column.unit else ""
        says = f". {column.says}" if column.says else ""
        said = _quoted(f"{column.label}{unit}{says}")
        yield f'comment on column {name}."{column.name}" is {said}'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
