"""Follow warrants back to court, lines over years, and deployments that ended with nothing."""

import sqlalchemy as sa
from alembic import op

from migrations import scoped

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KNOWN_LINE = "line_id is null or exists (select from deal_line line where line.result_id = line_id)"
# A line closed twice is refused, unless something says that it was in use in between. Of two
# confirmations at once the second waits for the first, and then sees it. What is covert and
# unseen by whoever acts is left out, for a refusal would tell of it; the day is told to those alone
# who see the closure.
CHECK_CLOSED_ONCE = """
create function check_closed_once(asked_line uuid, asked_closure uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    found_on date;
    is_seen boolean;
begin
    if asked_closure is null
            or (select status from result where id = asked_closure) = 'confirmed' then
        perform from deal_line where result_id = asked_line for no key update;
    end if;
    select other.closed_on, standing.is_seen into found_on, is_seen
    from line_closure mine
    join result own on own.id = mine.result_id
    join line_closure other on other.line_id = asked_line and other.result_id <> mine.result_id
    join lateral (
        select result.operation_id, actor_id() is null
            or result.audience_id = any (actor_organisations())
            or result.operation_id in (select actor_memberships())
                and (result.operation_id not in (select actor_parts())
                    or result.recorded_by in (select actor_colleagues())) as is_seen
        from result where result.id = other.result_id and result.status = 'confirmed'
    ) standing on true
    join operation on operation.id = standing.operation_id
    where mine.line_id = asked_line
        and (mine.result_id = asked_closure and own.status <> 'struck'
            or asked_closure is null and own.status = 'confirmed')
        and (operation.visibility <> 'covert' or standing.is_seen)
        and not exists (
            select from line_change
            join result on result.id = line_change.result_id and result.status <> 'struck'
            where line_change.line_id = asked_line
                and line_change.change in ('active', 'reopened', 'rebranded')
                and line_change.on between least(mine.closed_on, other.closed_on)
                    and greatest(mine.closed_on, other.closed_on)
        )
        and not exists (
            select from check_back
            join line_closure looked on looked.result_id = check_back.result_id
            join result on result.id = looked.result_id and result.status = 'confirmed'
            where looked.line_id = asked_line and not check_back.out_of_use
                and check_back.on between least(mine.closed_on, other.closed_on)
                    and greatest(mine.closed_on, other.closed_on)
        )
    order by standing.is_seen desc, other.closed_on desc
    limit 1;
    if found then
        raise exclusion_violation using
            constraint = 'ex_line_closure_once',
            message = 'this line is closed already',
            hint = case when is_seen
                then 'It was closed on ' || to_char(found_on, 'FMDD FMMonth YYYY') || '.'
                else '' end;
    end if;
end
$$
"""
# Each asks the same, of what was written: a closure, its confirmation, or what stood between two.
TRIGGERS = (
    """
    create function check_closure() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    begin
        perform check_closed_once(new.line_id, new.result_id);
        return null;
    end
    $$
    """,
    (
        "create trigger check_closure after insert or update of line_id, closed_on on line_closure"
        " for each row when (new.line_id is not null) execute function check_closure()"
    ),
    """
    create function check_closure_confirmed() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    begin
        perform check_closed_once(line_id, new.id)
            from line_closure where result_id = new.id and line_id is not null;
        return null;
    end
    $$
    """,
    (
        "create trigger check_closure_confirmed after update of status on result for each row"
        " when (new.kind = 'line_closure' and new.status = 'confirmed' and old.status <> 'confirmed')"
        " execute function check_closure_confirmed()"
    ),
    """
    create function check_change_struck() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    begin
        perform check_closed_once(line_id, null)
            from line_change where result_id = new.id and line_id is not null;
        return null;
    end
    $$
    """,
    (
        "create trigger check_change_struck after update of status on result for each row"
        " when (new.kind = 'line_change' and new.status = 'struck' and old.status <> 'struck')"
        " execute function check_change_struck()"
    ),
    # An erasure takes the line's id and name with the rest, and is no reason to look again.
    """
    create function check_change() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    begin
        perform check_closed_once(old.line_id, null);
        return null;
    end
    $$
    """,
    (
        "create trigger check_change after update on line_change for each row"
        " when (old.line_id is not null and num_nonnulls(new.line_id, new.line_name) > 0)"
        " execute function check_change()"
    ),
    """
    create function check_check_back() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    begin
        perform check_closed_once(line_id, null)
            from line_closure where result_id = old.result_id and line_id is not null;
        return null;
    end
    $$
    """,
    # At the end of the transaction: a correction moves rows one after another.
    (
        "create constraint trigger check_check_back after update or delete on check_back"
        " deferrable initially deferred for each row when (not old.out_of_use)"
        " execute function check_check_back()"
    ),
    # As the actor: a line that they don't see is as one that is not there. A foreign key sees all.
    """
    create function find_named_line() returns trigger language plpgsql
    set search_path = public, pg_temp as $$
    begin
        if not exists (select from deal_line where result_id = new.line_id) then
            raise foreign_key_violation using
                constraint = 'fk_' || tg_table_name || '_line_id_deal_line',
                message = 'there is no such line';
        end if;
        return new;
    end
    $$
    """,
    *(
        f"create trigger find_named_line before update of line_id on {table} for each row"
        " when (new.line_id is not null and new.line_id is distinct from old.line_id)"
        " execute function find_named_line()"
        for table in ("line_closure", "line_change")
    ),
    """
    create function find_named_arrest() returns trigger language plpgsql
    set search_path = public, pg_temp as $$
    begin
        if not exists (select from arrest where result_id = new.arrest_id) then
            raise foreign_key_violation using
                constraint = 'fk_line_closure_arrest_id_arrest',
                message = 'there is no such arrest';
        end if;
        return new;
    end
    $$
    """,
    (
        "create trigger find_named_arrest before update of arrest_id on line_closure for each row"
        " when (new.arrest_id is not null and new.arrest_id is distinct from old.arrest_id)"
        " execute function find_named_arrest()"
    ),
)
TRIGGERED = (
    ("line_closure", "check_closure"),
    ("result", "check_closure_confirmed"),
    ("result", "check_change_struck"),
    ("check_back", "check_check_back"),
    ("line_closure", "find_named_line"),
    ("line_closure", "find_named_arrest"),
)
FUNCTIONS = (
    "check_closure()", "check_closure_confirmed()", "check_change_struck()", "check_change()",
    "check_check_back()", "find_named_line()", "find_named_arrest()",
    "check_closed_once(uuid, uuid)",
)  # fmt: skip
# It is taken back once and for all; nothing else of it ever changes.
TAKE_BACK_ONCE = """
create function take_back_once() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    raise check_violation using
        constraint = 'ck_nil_return_taken_back_once', message = 'this was taken back already';
end
$$
"""
# Whoever sees a deployment sees that it ended with nothing.
SEEN = "exists (select from deployment where deployment.id = {table}.deployment_id)"


def upgrade() -> None:
    op.create_table(
        "line_change",
        *scoped.scope("line_change"),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("line_name", sa.Text(), nullable=True),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["line_id"], ["deal_line.result_id"], name="fk_line_change_line_id_deal_line"
        ),
        sa.PrimaryKeyConstraint("result_id", name="pk_line_change"),
    )
    op.create_index("ix_line_change_line_id", "line_change", ["line_id"])
    scoped.follow_result("line_change", keeps="change on", made=KNOWN_LINE)
    op.execute(CHECK_CLOSED_ONCE)
    for statement in TRIGGERS:
        op.execute(statement)
    op.create_index(
        "ix_deal_line_name_words",
        "deal_line",
        ["name"],
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.create_table(
        "nil_return",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("taken_back_by", sa.Uuid(), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_reason", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_nil_return_operation_id_operation"
        ),
        # At the end of the transaction: an erasure takes the deployment first.
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployment.id"],
            name="fk_nil_return_deployment_id_deployment",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name="fk_nil_return_made_by_person"),
        sa.ForeignKeyConstraint(
            ["taken_back_by"], ["person.id"], name="fk_nil_return_taken_back_by_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_nil_return"),
    )
    op.create_index("ix_nil_return_operation_id", "nil_return", ["operation_id"])
    # One stands at a time.
    op.create_index(
        "uq_nil_return_deployment_id",
        "nil_return",
        ["deployment_id"],
        unique=True,
        postgresql_where=sa.text("taken_back_at is null"),
    )
    scoped.belong_to_operation(
        "nil_return", seen=SEEN, made="made_by = actor_id()", ledgered_by="deployment_id"
    )
    op.execute("revoke update on nil_return from ops_application")
    op.execute(
        "grant update (taken_back_at, taken_back_by, taken_back_reason) on nil_return"
        " to ops_application"
    )
    op.execute("alter policy changed on nil_return with check (taken_back_by = actor_id())")
    op.execute(TAKE_BACK_ONCE)
    op.execute(
        "create trigger take_back_once before update on nil_return for each row when ("
        "old.taken_back_at is not null"
        " and (new.taken_back_at, new.taken_back_by, new.taken_back_reason)"
        " is distinct from (old.taken_back_at, old.taken_back_by, old.taken_back_reason))"
        " execute function take_back_once()"
    )
    op.execute(
        "create trigger refuse_erased before insert or update on nil_return for each row"
        " execute function refuse_erased('operation_id', 'deployment_id')"
    )


def downgrade() -> None:
    scoped.forget(["nil_return", "line_change"])
    op.execute("drop function take_back_once")
    op.drop_index("ix_deal_line_name_words", "deal_line")
    for table, trigger in TRIGGERED:
        op.execute(f"drop trigger {trigger} on {table}")
    for function in FUNCTIONS:
        op.execute(f"drop function {function}")
