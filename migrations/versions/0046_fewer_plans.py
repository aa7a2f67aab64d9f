"""Answer with fewer plans made anew, and find the newest of an operation's results by an index.

What these functions say is the same. An SQL function is planned at each use, and the look for
doubles was too: by how many there are, which its plan does not depend on.
"""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

INDEX = "ix_result_operation_id_occurred_at_id"
# Of whatever finds doubles, for each kind.
PLANNED_ONCE = """
do $$
declare
    each regprocedure;
begin
    for each in
        select oid from pg_proc
        where pronamespace = 'public'::regnamespace and proname ~ '^find_doubles_'
    loop
        execute format('alter function %s {}', each);
    end loop;
end $$
"""
# As refuse_erased() does for any table, without writing the whole row as JSON to read two columns.
REFUSE = """
create function refuse_erased_result() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
    perform from operation where id = new.operation_id for key share;
    if exists (select from retention where erased_at is not null
            and object_id in (new.operation_id, new.id)) then
        raise check_violation using
            constraint = 'ck_retention_not_erased', message = 'this was erased';
    end if;
    return new;
end
$$
"""
REFUSES = (
    "create or replace trigger refuse_erased_insert before insert on result for each row"
    " execute function {}"
)
ROLES = """
with recursive below as (
    select person.organisation_id as id from person where person.id = actor_id()
    union
    select organisation.id
    from organisation join below on organisation.parent_id = below.id
)
select coalesce(array_agg(every_role.role), '{}') from (
    select membership.role from membership
    where membership.operation_id = asked and membership.person_id = actor_id()
        and membership.during @> now() and membership.revoked_at is null
    union
    select case
        when operation.organisation_id in (select below.id from below) then person.role
        when person.role in ('admin', 'lead') then 'officer'
        else person.role
    end
    from person join operation on operation.id = asked
    where person.id = actor_id() and operation.visibility = 'open'
        and operation.organisation_id = any (actor_organisations())
) every_role
"""
ACTOR_ROLES = f"""
create or replace function actor_roles(asked uuid) returns text[]
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return ({ROLES});
end
$$
"""
ACTOR_ROLES_BEFORE = f"""
create or replace function actor_roles(asked uuid) returns text[]
language sql stable security definer
begin atomic
    {ROLES};
end
"""
UUID = """(
    lpad(to_hex(us / 1000), 12, '0') || '7' || lpad(to_hex(us % 1000 * 4096 / 1000), 3, '0')
    || substr(gen_random_uuid()::text, 20)
)::uuid"""
UUID7 = f"""
create or replace function uuid7(moment timestamptz) returns uuid
language plpgsql volatile parallel safe as $$
declare
    us bigint := extract(epoch from moment) * 1000000;
begin
    return {UUID};
end
$$
"""
UUID7_BEFORE = f"""
create or replace function uuid7(moment timestamptz) returns uuid
language sql volatile parallel safe as $$
    select {UUID} from (select (extract(epoch from moment) * 1000000)::bigint) as clock (us)
$$
"""  # noqa: S608 - our own words


def upgrade() -> None:
    op.create_index(INDEX, "result", ["operation_id", "occurred_at", "id"])
    op.execute(PLANNED_ONCE.format("set plan_cache_mode = force_generic_plan"))
    op.execute(ACTOR_ROLES)
    op.execute(UUID7)
    op.execute(REFUSE)
    op.execute(REFUSES.format("refuse_erased_result()"))


def downgrade() -> None:
    op.execute(REFUSES.format("refuse_erased('operation_id', 'id')"))
    op.execute("drop function refuse_erased_result()")
    op.execute(UUID7_BEFORE)
    op.execute("alter function actor_roles(uuid) reset all")
    op.execute(ACTOR_ROLES_BEFORE)
    op.execute(PLANNED_ONCE.format("reset plan_cache_mode"))
    op.drop_index(INDEX, "result")
