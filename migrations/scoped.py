"""What every table that belongs to a result or to an operation needs beside its columns.

A migration that used one of these stays as it was: a new need is a new function, never a change.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

SCOPE = ("operation_id", "audience_id", "recorded_by")
OPEN = "{table}.audience_id = any ((select actor_organisations())::uuid[])"
MEMBER = "{table}.operation_id in (select actor_memberships())"
OWN = "{table}.recorded_by in (select actor_colleagues())"
IN_RESULT = (
    f"{OPEN} or ({MEMBER} and ({{table}}.operation_id not in (select actor_parts()) or {OWN}))"
)
IN_OPERATION = "exists (select from operation where operation.id = {table}.operation_id)"
# A partner, who sees only their own part, does not see what is said of the whole.
IN_WHOLE = IN_OPERATION + " and {table}.operation_id not in (select actor_parts())"


def scope(table: str) -> list[sa.schema.SchemaItem]:
    """Give the columns that tie a kind's row to its result, for `op.create_table`."""
    return [
        sa.Column("result_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in SCOPE),
        sa.ForeignKeyConstraint(
            ["result_id", *SCOPE],
            ["result.id", *(f"result.{name}" for name in SCOPE)],
            onupdate="CASCADE",
            name=f"fk_{table}_scope_result",
        ),
    ]


def follow_result(
    table: str, *, keeps: str = "", keeps_day: str = "", is_child: bool = False, made: str = "true"
) -> None:
    """Let a table of a kind be seen, changed, ledgered and erased with its results.

    `keeps` names the columns that an erasure leaves (what a figure counts), `keeps_day` the
    times of which the day stays; `made` is what must hold of a new row beside being in scope.
    """
    op.execute(
        f"create trigger find_scope before insert on {table}"
        " for each row when (new.audience_id is null) execute function find_scope()"
    )
    _police(table, IN_RESULT, made)
    if not is_child:
        op.execute(f"revoke delete on {table} from ops_application")
    _ledger(table, "result_id")
    keep(table, keeps, keeps_day)


def belong_to_operation(
    table: str,
    *,
    seen: str = IN_WHOLE,
    made: str = "true",
    changed: str = "true",
    ledgered_by: str = "id",
    keeps: str = "",
    keeps_day: str = "",
) -> None:
    """Let a table with an `operation_id` be seen by whoever sees the operation, and ledgered."""
    _police(table, seen, made, changed)
    op.execute(f"revoke delete on {table} from ops_application")
    _ledger(table, ledgered_by)
    keep(table, keeps, keeps_day)


def belong_to_few(table: str, *, seen: str, made: str) -> None:
    """Let a table with an `operation_id` be seen by some of whoever sees the operation.

    It takes new rows alone, an erasure leaves nothing of it, and what the ledger keeps of it the
    migration says itself.
    """
    _police(table, seen, made)
    op.execute(f"revoke update, delete on {table} from ops_application")


def keep(table: str, columns: str, days: str = "") -> None:
    """Say which columns of a table an erasure leaves, and of which times the day."""
    keeps = sa.table(
        "erasure_keeps", sa.column("table_name"), sa.column("column_name"), sa.column("as_day")
    )
    rows = [(column, False) for column in columns.split()] + [(day, True) for day in days.split()]
    for column, as_day in rows:
        op.execute(keeps.insert().values(table_name=table, column_name=column, as_day=as_day))


def forget(tables: Sequence[str]) -> None:
    """Undo all this, with the tables themselves; name those first that refer to the others."""
    for table in tables:
        op.drop_table(table)
        op.execute(
            sa.text("delete from erasure_keeps where table_name = :name").bindparams(name=table)
        )


def _police(table: str, seen: str, made: str, changed: str = "true") -> None:
    seen, made, changed = (each.replace("{table}", table) for each in (seen, made, changed))
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy owner on {table} to current_user using (true)")
    op.execute(f"create policy seen on {table} for select to ops_application using ({seen})")
    op.execute(
        f"create policy made on {table} for insert to ops_application"
        f" with check (({seen}) and ({made}))"
    )
    op.execute(
        f"create policy changed on {table} for update to ops_application"
        f" using (({seen}) and ({changed}))"
    )
    op.execute(f"create policy removed on {table} for delete to ops_application using ({seen})")


def _ledger(table: str, by: str) -> None:
    op.execute(
        f"create trigger record_change after update or delete on {table}"
        f" for each row execute function record_change('{by}', 'row')"
    )
    op.execute(
        f"create trigger record_added after insert on {table} referencing new table as added"
        f" for each statement execute function record_added('{by}', 'row')"
    )
