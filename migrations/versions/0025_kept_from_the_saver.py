"""What whoever saves may not know is found after the save, so that a save takes as long without it.

A save finds at once what its side is told of. For the rest it leaves a note, the same each time,
and what it notes is looked through soon after, in a transaction of its own.
"""

import sqlalchemy as sa
from alembic import op

from migrations import conflict_reading, deconflicting

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

FIND = "find_conflicts(ids uuid[])"
FIND_NOW = "find_conflicts(ids uuid[], told_only boolean default false)"
DECONFLICT = "deconflict(ids uuid[])"
DECONFLICT_NOW = "deconflict(ids uuid[], told_only boolean default false)"
# What a side knows of already is looked at again with the save, whatever tells of it.
FIND_TOLD = (
    deconflicting.FIND.replace(FIND, FIND_NOW)
    .replace(
        "theirs.counts\n",
        "theirs.counts\n"
        "            and (not told_only or theirs.tells or theirs.deployment_id = any (known))\n",
    )
    .replace(
        "    longest interval;\n",
        """    longest interval;
    known uuid[] := array(
        select conflict.other_id from conflict
            where conflict.one_id = any (ids) and one_told_at is not null
        union all
        select conflict.one_id from conflict
            where conflict.other_id = any (ids) and other_told_at is not null);
""",
    )
)
DECONFLICT_TOLD = (
    deconflicting.DECONFLICT.replace(DECONFLICT, DECONFLICT_NOW)
    .replace("find_conflicts(ids) loop", "find_conflicts(ids, told_only) loop")
    .replace(
        "            and id <> all (found_ids)\n",
        """            and id <> all (found_ids)
            and (not told_only or one_id = any (ids) and one_told_at is not null
                or other_id = any (ids) and other_told_at is not null)
""",
    )
)
# A site, a line and a rule are of many operations: who writes them is told of none.
CHANGED = """
create or replace function deconflict_changed() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    ids uuid[];
    written uuid;
begin
    case tg_table_name
        when 'deployment' then ids := array[new.id];
        when 'area' then ids := array(select id from deployment where area_id = new.id);
        when 'operation' then
            ids := array(select id from deployment where operation_id = new.id);
        else null;
    end case;
    if cardinality(ids) > 0 then
        perform deconflict(ids, true);
    end if;
    if tg_table_name = 'line_number' then
        written := new.result_id;
    else
        written := new.id;
    end if;
    insert into conflict_due (object, object_id) values (tg_table_name, written);
    return null;
end
$$
"""
SETTLE = """
create function settle_conflicts() returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    ids uuid[];
begin
    if not exists (select from conflict_due) then
        return 0;
    end if;
    perform pg_advisory_xact_lock(LOCK);
    with due as (delete from conflict_due returning object, object_id)
    select array_agg(distinct id) into ids from (
        select deployment.id from due join deployment on deployment.id = object_id
            where object = 'deployment'
        union all
        select deployment.id from due join deployment on area_id = object_id
            where object = 'area'
        union all
        select deployment.id from due join deployment on site_id = object_id
            where object = 'site'
        union all
        select deployment.id from due join deployment on line_id = object_id
            where object = 'line_number'
        union all
        select deployment.id from due join deployment on operation_id = object_id
            where object = 'operation'
        union all
        -- Of all that is still to come.
        select deployment_id from footprint
            where counts and exists (select from due where object = 'deconfliction_rule')
    ) touched;
    if ids is not null then
        perform deconflict(ids);
    end if;
    return coalesce(cardinality(ids), 0);
end
$$
""".replace("LOCK", str(deconflicting.LOCK))
# What a side is not told of is looked at no further, unless who asks may see the other by name.
READ = conflict_reading.ACTOR_CONFLICTS.replace("create function", "create or replace function")
# And each by itself, by its key: a join of all deployments at once is made only where there is a
# conflict, and takes the longer the more deployments there are.
READ_BRIEFLY = READ.replace(
    "join deployment theirs on theirs.id = side.theirs_id\n",
    "cross join lateral (select * from deployment where deployment.id = side.theirs_id offset 0)"
    " theirs\n"
    "        where side.told_at is not null or theirs.operation_id = any (member_of)\n",
)
OWNERS = (
    "find_conflicts(uuid[], boolean)",
    "deconflict(uuid[], boolean)",
    "settle_conflicts()",
)


def upgrade() -> None:
    op.create_table(
        "conflict_due",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conflict_due"),
    )
    op.execute("revoke all on conflict_due from ops_application")
    op.execute("alter table conflict_due enable row level security")
    op.execute("alter table conflict_due force row level security")
    op.execute("create policy owner on conflict_due to current_user using (true)")
    _replace("find_conflicts(uuid[])", FIND_TOLD)
    _replace("deconflict(uuid[])", DECONFLICT_TOLD)
    op.execute(CHANGED)
    op.execute(SETTLE)
    op.execute(READ_BRIEFLY)
    for function in OWNERS:
        op.execute(f"revoke execute on function {function} from public")


def downgrade() -> None:
    op.execute(READ)
    op.execute("drop function settle_conflicts()")
    op.execute(deconflicting.CHANGED.replace("create function", "create or replace function"))
    _replace("deconflict(uuid[], boolean)", deconflicting.DECONFLICT)
    _replace("find_conflicts(uuid[], boolean)", deconflicting.FIND)
    for function in ("find_conflicts(uuid[])", "deconflict(uuid[])"):
        op.execute(f"revoke execute on function {function} from public")
    op.drop_table("conflict_due")


def _replace(was: str, now: str) -> None:
    op.execute(f"drop function {was}")
    op.execute(now)
