"""Log what is looked at and handed out, and seal the ledger.

Only functions that run as the owner write the ledger; the application's role reads what
its policies show, and changes nothing.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Each ledgered table: the column that names the record, and how a row's operation is found.
OWN = ("area", "deployment", "phase", "result", "target", "team", "transition", "membership",
       "reported_figure", "measure", "organisation", "person", "published_set",
       "site")  # fmt: skip
OF_RESULT = ("warrant", "arrest", "seizure", "deal_line", "line_closure", "warrant_entry",
             "disposal", "valuation", "line_number", "check_back", "credit")  # fmt: skip
LEDGERED = {
    **dict.fromkeys(OWN, ("id", "row")),
    **dict.fromkeys(OF_RESULT, ("result_id", "row")),
    "operation": ("id", "itself"),
    "assignment": ("id", "deployment"),
    "team_member": ("team_id", "team"),
}
# Tables that had the trigger of changes before, and that of added rows.
CHANGES_BEFORE = {
    table: column
    for table, (column, _) in LEDGERED.items()
    if table not in {"measure", "team_member", "transition"}
}
ADDED_BEFORE = ("warrant_entry", "disposal", "valuation", "line_number", "check_back", "credit")

# A UUIDv7 with the microseconds of the moment, so that ids order as times do.
UUID7 = """
create function uuid7(moment timestamptz) returns uuid language sql volatile parallel safe as $$
    select (
        lpad(to_hex(us / 1000), 12, '0') || '7' || lpad(to_hex(us % 1000 * 4096 / 1000), 3, '0')
        || substr(gen_random_uuid()::text, 20)
    )::uuid
    from (select (extract(epoch from moment) * 1000000)::bigint) as clock (us)
$$
"""
# What a seal keeps of a content: without the salt, nobody can guess the content from it.
DIGEST = """
create function digest_of(salt uuid, content jsonb) returns bytea
language sql stable parallel safe as $$
    select sha256(uuid_send(salt) || convert_to(content::text, 'UTF8'))
$$
"""
# Whoever writes a change, its id follows its time, and its digest its content.
DIGEST_CHANGE = """
create function digest_change() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    new.id := uuid7(new.at);
    new.salt := gen_random_uuid();
    new.content_digest := digest_of(new.salt, jsonb_build_array(new.before, new.after, new.reason));
    return new;
end
$$
"""
# The operation that a row belongs to, when it does not say so itself.
OPERATION_OF = """
create function operation_of(asked_kind text, asked_id uuid) returns uuid
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return case asked_kind
        when 'operation' then asked_id
        when 'area' then (select operation_id from area where id = asked_id)
        when 'assignment' then (
            select deployment.operation_id from assignment
            join deployment on deployment.id = assignment.deployment_id
            where assignment.id = asked_id)
        when 'deployment' then (select operation_id from deployment where id = asked_id)
        when 'membership' then (select operation_id from membership where id = asked_id)
        when 'phase' then (select operation_id from phase where id = asked_id)
        when 'result' then (select operation_id from result where id = asked_id)
        when 'team' then (select operation_id from team where id = asked_id)
    end;
end
$$
"""
# What no ledger keeps: secrets, and hashes from which a content could be guessed.
SECRET = (  # and what a trigger repeats from the operation, which says it itself
    "'{apart,audience_id,content_hash,csrf_token,password_hash,secret,token_hash}'::text[]"  # noqa: S105
)
WHO = "nullif(current_setting('ops.actor', true), '')::uuid"
WHY = "nullif(current_setting('ops.reason', true), '')"
# Writes what a statement changed in a row, in the same transaction. Its arguments are the
# column that names the record the row belongs to, and how the row's operation is found.
RECORD_CHANGE = f"""
create or replace function record_change() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    old_row jsonb := to_jsonb(old) - {SECRET};
    new_row jsonb;
    was jsonb;
    is_now jsonb;
    record_id uuid := (old_row ->> tg_argv[0])::uuid;
begin
    if tg_op = 'DELETE' then
        was := old_row;
    else
        new_row := to_jsonb(new) - {SECRET};
        select jsonb_object_agg(key, value) into was
            from jsonb_each(old_row) where new_row -> key is distinct from value;
        select jsonb_object_agg(key, value) into is_now
            from jsonb_each(new_row) where old_row -> key is distinct from value;
        if is_now is null then
            return null;
        end if;
    end if;
    insert into change (actor, operation_id, object, object_id, before, after, reason) values (
        {WHO},
        case tg_argv[1]
            when 'itself' then record_id::text
            when 'row' then coalesce(new_row, old_row) ->> 'operation_id'
            else operation_of(tg_argv[1], (old_row ->> (tg_argv[1] || '_id'))::uuid)::text
        end::uuid,
        tg_table_name, record_id, was, is_now, {WHY}
    );
    return null;
end
$$
"""  # noqa: S608 - our own words
# Writes all the rows that a statement added at once.
RECORD_ADDED = f"""
create or replace function record_added() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into change (actor, operation_id, object, object_id, after, reason)
    select
        {WHO},
        case tg_argv[1]
            when 'itself' then fields ->> 'id'
            when 'row' then fields ->> 'operation_id'
            else operation_of(tg_argv[1], (fields ->> (tg_argv[1] || '_id'))::uuid)::text
        end::uuid,
        tg_table_name, (fields ->> tg_argv[0])::uuid, fields, {WHY}
    from (select to_jsonb(added) - {SECRET} as fields from added offset 0) each_row;
    return null;
end
$$
"""  # noqa: S608 - our own words
# Who may read the change of a record: whoever sees the record's operation, and as a partner
# only of their own part. What belongs to no operation is for those who look after the house.
CHANGE_SEEN = """
case when operation_id is not null then
    exists (select from operation where operation.id = change.operation_id)
    and (object <> 'credit' or exists (select from result where result.id = object_id))
    and (operation_id not in (select actor_parts())
        or object in ('operation', 'phase')
        or object not in ('credit', 'membership', 'transition', 'target', 'reported_figure')
        and (exists (select from result where result.id = object_id)
            or exists (select from deployment where deployment.id = object_id)
            or exists (select from area where area.id = object_id)
            or exists (select from team where team.id = object_id)))
else
    object = 'site' and actor_id() is not null
    or exists (select from person
        where person.id = actor_id() and person.role in ('admin', 'auditor'))
end
"""
# The one way to write the log: the actor and the time are not the caller's to say.
LOG_ACCESS = """
create function log_access(
    asked_act text, asked_endpoint text, groups jsonb, terms text[],
    given_recipient text default null, given_reason text default null
) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
    who uuid := actor_id();
    moment timestamptz := clock_timestamp();
    grain uuid := gen_random_uuid();
begin
    if who is null and current_setting('role') = 'ops_application' then
        raise insufficient_privilege using message = 'nobody is named who looked';
    end if;
    if exists (select from jsonb_array_elements(groups) part where not part ? 'operation') then
        -- An operation that can't be found is nobody's to see.
        select jsonb_agg(
            case when part ? 'operation' then part
            else part || jsonb_build_object('operation', coalesce(
                operation_of(part ->> 'kind', (part -> 'ids' ->> 0)::uuid),
                '00000000-0000-0000-0000-000000000000'))
            end)
        into groups from jsonb_array_elements(groups) part;
    end if;
    insert into log_entry (id, at, actor, act, endpoint, operations, seen, count, asked,
        recipient, reason, salt, content_digest)
    select uuid7(moment), moment, who, asked_act, asked_endpoint,
        array(
            select (each_part ->> 'operation')::uuid from jsonb_array_elements(groups) each_part
            where each_part ->> 'operation' is not null
            union
            select named::uuid from jsonb_array_elements(groups) each_part,
                jsonb_array_elements_text(each_part -> 'ids') as ids (named)
            where each_part ->> 'kind' = 'operation'),
        groups, coalesce(sum(jsonb_array_length(part -> 'ids')), 0), terms,
        given_recipient, given_reason, grain,
        digest_of(grain, jsonb_build_array(groups, terms, given_recipient, given_reason))
    from jsonb_array_elements(groups) part;
end
$$
"""
READERS = (
    # Whose looks the actor may read as an auditor: those of their organisation and its parts.
    """
    create function actor_audits() returns setof uuid
    language sql stable parallel safe security definer rows 1000
    begin atomic
        with recursive below as (
            select person.organisation_id as id from person
            where person.id = actor_id() and person.role = 'auditor'
                and person.disabled_at is null
            union
            select organisation.id
            from organisation join below on organisation.parent_id = below.id
        )
        select person.id from person join below on below.id = person.organisation_id;
    end
    """,
    # The operations whose log the actor may read, as one who leads or audits them.
    """
    create function actor_leads() returns setof uuid
    language sql stable parallel safe security definer rows 20
    begin atomic
        select membership.operation_id from membership
        where membership.person_id = actor_id() and membership.role in ('lead', 'auditor')
            and not membership.is_break_glass
            and membership.during @> now() and membership.revoked_at is null;
    end
    """,
)
# The log as the actor may read it: of what somebody saw, only the operations that the reader
# sees too; an entry of which nothing is left is not there. In order within, since what is asked
# of the view from without can't choose an index for it.
READABLE_LOG = """
create view readable_log with (security_barrier) as
select entry.id, entry.at, entry.actor, entry.act, entry.endpoint, entry.asked, entry.recipient,
    entry.reason, coalesce(shown.groups, '[]') as seen, shown.count
from log_entry entry
cross join lateral (
    select jsonb_agg(part || jsonb_build_object('ids', left_in.ids)) as groups,
        coalesce(sum(jsonb_array_length(left_in.ids)), 0)::integer as count
    from jsonb_array_elements(entry.seen) part
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
    or entry.seen = '[]' and entry.actor in (select actor_audits())
order by entry.at desc, entry.id desc
"""


def upgrade() -> None:
    for function in (UUID7, DIGEST, OPERATION_OF):
        op.execute(function)
    _extend_changes()
    _make_log()
    _make_seals()


def _extend_changes() -> None:
    op.execute("alter table change alter column id drop identity")
    op.execute("alter table change alter column id type uuid using uuid7(at)")
    op.add_column("change", sa.Column("operation_id", sa.Uuid(), nullable=True))
    op.add_column(
        "change",
        sa.Column(
            "txid",
            sa.BigInteger(),
            server_default=sa.text("pg_current_xact_id()::text::bigint"),
            nullable=False,
        ),
    )
    op.add_column(
        "change",
        sa.Column("salt", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=True),
    )
    op.execute("alter table change alter column salt drop default")
    op.add_column("change", sa.Column("content_digest", sa.LargeBinary(), nullable=True))
    op.execute(
        "update change set content_digest ="
        " digest_of(salt, jsonb_build_array(before, after, reason)),"
        " operation_id = case when object = 'assignment' then operation_of(object, object_id)"
        " when object = 'operation' then object_id"
        " when object in ('credit', 'target', 'reported_figure') then"
        " (coalesce(after, before) ->> 'operation_id')::uuid"
        " else coalesce((coalesce(after, before) ->> 'operation_id')::uuid,"
        " operation_of(object, object_id), operation_of('result', object_id)) end"
    )
    op.alter_column("change", "content_digest", nullable=False)
    op.create_index("ix_change_txid", "change", ["txid"], postgresql_using="brin")
    op.execute("drop function record_added cascade")
    for table in CHANGES_BEFORE:
        op.execute(f"drop trigger record_change on {table}")
    op.execute(DIGEST_CHANGE)
    op.execute(
        "create trigger digest_change before insert on change"
        " for each row execute function digest_change()"
    )
    op.execute(RECORD_CHANGE)
    op.execute(RECORD_ADDED)
    for table, (column, path) in LEDGERED.items():
        op.execute(
            f"create trigger record_change after update or delete on {table}"
            f" for each row execute function record_change('{column}', '{path}')"
        )
        op.execute(
            f"create trigger record_added after insert on {table} referencing new table as added"
            f" for each statement execute function record_added('{column}', '{path}')"
        )
    op.execute("revoke all on change from ops_application")
    op.execute("grant select on change to ops_application")
    op.execute("alter table change enable row level security")
    op.execute("alter table change force row level security")
    op.execute("create policy owner on change to current_user using (true)")
    op.execute(f"create policy seen on change for select to ops_application using ({CHANGE_SEEN})")


def _make_log() -> None:
    op.create_table(
        "log_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "txid",
            sa.BigInteger(),
            server_default=sa.text("pg_current_xact_id()::text::bigint"),
            nullable=False,
        ),
        sa.Column("actor", sa.Uuid(), nullable=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("operations", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("seen", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("asked", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("salt", sa.Uuid(), nullable=True),
        sa.Column("content_digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "act IN ('consultation', 'disclosure', 'combination', 'erasure')",
            name=op.f("ck_log_entry_act_known"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_log_entry"),
    )
    op.create_index("ix_log_entry_at_id", "log_entry", ["at", "id"])
    op.create_index("ix_log_entry_txid", "log_entry", ["txid"], postgresql_using="brin")
    op.execute("revoke all on log_entry from ops_application")
    op.execute(LOG_ACCESS)
    for function in READERS:
        op.execute(function)
    op.execute(READABLE_LOG)
    op.execute("revoke all on readable_log from ops_application")
    op.execute("grant select on readable_log to ops_application")
    op.execute(
        "revoke execute on function log_access(text, text, jsonb, text[], text, text) from public"
    )
    op.execute(
        "grant execute on function log_access(text, text, jsonb, text[], text, text)"
        " to ops_application"
    )


def _make_seals() -> None:
    op.create_table(
        "seal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_position", sa.BigInteger(), nullable=False),
        sa.Column("last_position", sa.BigInteger(), nullable=False),
        sa.Column("horizon", sa.BigInteger(), nullable=False),
        sa.Column("next_txid", sa.BigInteger(), nullable=False),
        sa.Column("cluster", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_seal"),
        sa.UniqueConstraint("first_position", name="uq_seal_first_position"),
    )
    op.create_table(
        "sealed",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_sealed"),
        sa.UniqueConstraint("source", "row_id", name="uq_sealed_source_row_id"),
    )
    op.execute("revoke all on seal, sealed from ops_application")


# As 0001 and 0002 made them.
RECORD_CHANGE_BEFORE = """
create or replace function record_change() returns trigger language plpgsql as $$
declare
    old_row jsonb := to_jsonb(old);
    new_row jsonb;
    was jsonb;
    is_now jsonb;
begin
    if tg_op = 'DELETE' then
        was := old_row;
    else
        new_row := to_jsonb(new);
        select jsonb_object_agg(key, value) into was
            from jsonb_each(old_row) where new_row -> key is distinct from value;
        select jsonb_object_agg(key, value) into is_now
            from jsonb_each(new_row) where old_row -> key is distinct from value;
        if is_now is null then
            return null;
        end if;
    end if;
    insert into change (actor, object, object_id, before, after, reason) values (
        nullif(current_setting('ops.actor', true), '')::uuid,
        tg_table_name,
        (old_row ->> tg_argv[0])::uuid,
        was,
        is_now,
        nullif(current_setting('ops.reason', true), '')
    );
    return null;
end
$$
"""
RECORD_ADDED_BEFORE = """
create function record_added() returns trigger language plpgsql as $$
begin
    if (select version from result where id = new.result_id) > 1 then
        insert into change (actor, object, object_id, after, reason) values (
            nullif(current_setting('ops.actor', true), '')::uuid,
            tg_table_name,
            new.result_id,
            to_jsonb(new),
            nullif(current_setting('ops.reason', true), '')
        );
    end if;
    return null;
end
$$
"""


def downgrade() -> None:
    op.drop_table("sealed")
    op.drop_table("seal")
    op.execute("drop view readable_log")
    op.execute("drop function actor_leads()")
    op.execute("drop function actor_audits()")
    op.execute("drop function log_access(text, text, jsonb, text[], text, text)")
    op.drop_table("log_entry")
    op.execute("drop policy owner on change")
    op.execute("drop policy seen on change")
    op.execute("alter table change no force row level security")
    op.execute("alter table change disable row level security")
    op.execute("grant insert, update, delete on change to ops_application")
    op.execute("drop function record_added cascade")
    op.execute("drop function record_change cascade")
    op.execute("drop function digest_change cascade")
    op.drop_index("ix_change_txid", "change")
    for column in ("content_digest", "salt", "txid", "operation_id"):
        op.drop_column("change", column)
    op.execute("alter table change add column number bigint generated always as identity")
    op.execute("alter table change drop column id")
    op.execute("alter table change rename column number to id")
    op.execute("alter table change add constraint pk_change primary key (id)")
    op.create_index("ix_change_object_id_id", "change", ["object_id", "id"])
    op.execute("drop function operation_of(text, uuid)")
    op.execute("drop function digest_of(uuid, jsonb)")
    op.execute("drop function uuid7(timestamptz)")
    op.execute(RECORD_CHANGE_BEFORE)
    op.execute(RECORD_ADDED_BEFORE)
    for table, column in CHANGES_BEFORE.items():
        op.execute(
            f"create trigger record_change after update or delete on {table}"
            f" for each row execute function record_change('{column}')"
        )
    for table in ADDED_BEFORE:
        op.execute(
            f"create trigger record_added after insert on {table}"
            " for each row execute function record_added()"
        )
