"""Keep who looked at thousands of records at once as bytes: read, sealed and stored with less work.

For each record the 16 bytes of its operation's id and the 16 of its own; of no operation, the
highest id there is. Whoever reads the log finds them as groups, as before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

# It is a whole value before it is cut up, for each cut of one that is stored elsewhere fetches it.
UNPACKED = """
create function unpacked_looks(kind text, packed bytea) returns jsonb
language sql immutable parallel safe as $$
    with whole as materialized (select packed || ''::bytea as bytes)
    select coalesce(jsonb_agg(
        jsonb_build_object(
            'kind', kind,
            'operation', nullif(operation, 'ffffffff-ffff-ffff-ffff-ffffffffffff'),
            'ids', ids)
        order by first), '[]')
    from (
        select operation, jsonb_agg(id order by place) as ids, min(place) as first
        from whole
        cross join generate_series(1, octet_length(bytes), 32) place
        cross join lateral (
            select encode(substr(bytes, place, 16), 'hex')::uuid as operation,
                encode(substr(bytes, place + 16, 16), 'hex')::uuid as id
        ) part
        group by operation
    ) groups
$$
"""
ARGUMENTS = "text, text, text, bytea, uuid[], text[], text, text"
# The other way to write the log. Whoever packs names the operations too: to find them here would
# take longer than all the rest.
LOG_PACKED = """
create function log_packed(
    asked_act text, asked_endpoint text, given_kind text, given bytea, given_operations uuid[],
    terms text[], given_recipient text, given_reason text
) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
    who uuid := actor_id();
    moment timestamptz := clock_timestamp();
    grain uuid := gen_random_uuid();
begin
    if who is null and current_setting('role') = 'ops_application' then
        raise insufficient_privilege using message = 'nobody is named who looked';
    end if;
    insert into log_entry (id, at, actor, act, endpoint, operations, seen, count, asked,
        recipient, reason, salt, packed_kind, packed, content_digest)
    values (uuid7(moment), moment, who, asked_act, asked_endpoint, given_operations, '[]',
        octet_length(given) / 32, terms, given_recipient, given_reason, grain, given_kind, given,
        sha256(uuid_send(grain)
            || convert_to(jsonb_build_array('[]'::jsonb, terms, given_recipient, given_reason)::text
                || given_kind, 'UTF8')
            || given));
end
$$
"""
# As it was, but for what comes packed.
READABLE_LOG = """
create or replace view readable_log with (security_barrier) as
select entry.id, entry.at, entry.actor, entry.act, entry.endpoint, entry.asked, entry.recipient,
    entry.reason, coalesce(shown.groups, '[]') as seen, shown.count
from log_entry entry
cross join lateral (
    select jsonb_agg(part || jsonb_build_object('ids', left_in.ids)) as groups,
        coalesce(sum(jsonb_array_length(left_in.ids)), 0)::integer as count
    from jsonb_array_elements({seen}) part
    cross join lateral (
        select case when part ->> 'kind' <> 'operation' then part -> 'ids'
            else (
                select jsonb_agg(id) from jsonb_array_elements_text(part -> 'ids') each_id (id)
                where id::uuid in (select actor_leads())
                    or entry.actor in (select actor_audits())
                    and id::uuid in (select visible_operations()))
            end as ids
    ) left_in
    where left_in.ids is not null
        and (part ->> 'kind' = 'operation'
            or (part ->> 'operation')::uuid in (select actor_leads())
            or entry.actor in (select actor_audits())
            and (part ->> 'operation' is null
                or (part ->> 'operation')::uuid in (select visible_operations())))
) shown
where shown.groups is not null
    or {shows_nothing} and entry.actor in (select actor_audits())
order by entry.at desc, entry.id desc
"""
SEEN = """case when entry.packed is null then entry.seen
        else entry.seen || unpacked_looks(entry.packed_kind, entry.packed) end"""
# Entries of before are looked at by the next migration, under a lock that stops nobody.
WHOLE = """
alter table log_entry add constraint ck_log_entry_packed_whole check (
    num_nulls(packed_kind, packed) in (0, 2) and octet_length(packed) % 32 = 0
) not valid
"""
# PostgreSQL can be built without it.
LZ4 = """
do $$ begin
    alter table log_entry alter column packed set compression lz4;
exception when feature_not_supported then
    null;
end $$
"""


def upgrade() -> None:
    op.add_column("log_entry", sa.Column("packed_kind", sa.Text(), nullable=True))
    op.add_column("log_entry", sa.Column("packed", sa.LargeBinary(), nullable=True))
    op.execute(WHOLE)
    op.execute(LZ4)
    op.execute(UNPACKED)
    op.execute(LOG_PACKED)
    op.execute(f"revoke execute on function log_packed({ARGUMENTS}) from public")
    op.execute(f"grant execute on function log_packed({ARGUMENTS}) to ops_application")
    shows_nothing = "entry.seen = '[]' and entry.packed is null"
    op.execute(READABLE_LOG.format(seen=SEEN, shows_nothing=shows_nothing))


def downgrade() -> None:
    # Who looked at what stays, and the seals over it; that one such entry is as it was written can
    # be told no more, which the ledger takes for tampering unless an entry says so.
    op.execute(
        "select log_access('erasure', 'migrations.0049', jsonb_build_array(jsonb_build_object("
        "'kind', 'log_entry', 'operation', null, 'ids', jsonb_agg(id))), null)"
        " from log_entry where packed is not null having count(*) > 0"
    )
    op.execute(
        "update log_entry set seen = seen || unpacked_looks(packed_kind, packed), salt = null"
        " where packed is not null"
    )
    op.execute(f"drop function log_packed({ARGUMENTS})")
    op.execute(READABLE_LOG.format(seen="entry.seen", shows_nothing="entry.seen = '[]'"))
    op.execute("drop function unpacked_looks(text, bytea)")
    op.drop_column("log_entry", "packed")
    op.drop_column("log_entry", "packed_kind")
