"""Write the ledger of what a statement added with less work: its digests in the same statement.

What is written is the same. A trigger for each row took longer than all that it worked out.
"""

from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

_WHO = "nullif(current_setting('ops.actor', true), '')::uuid"
_WHY = "nullif(current_setting('ops.reason', true), '')"
_OF = """case tg_argv[1]
            when 'itself' then fields ->> 'id'
            when 'row' then fields ->> 'operation_id'
            else operation_of(tg_argv[1], (fields ->> (tg_argv[1] || '_id'))::uuid)::text
        end::uuid"""
_FIELDS = (
    "to_jsonb(added) - '{apart,audience_id,clearance,drawn,content_hash,csrf_token,password_hash,"
    "secret,token_hash}'::text[] as fields"
)
_FUNCTION = """
create or replace function record_added() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    {}
    return null;
end
$$
"""
BEFORE = _FUNCTION.format(
    f"""insert into change (actor, operation_id, object, object_id, after, reason)
    select
        {_WHO},
        {_OF},
        tg_table_name, (fields ->> tg_argv[0])::uuid, fields, {_WHY}
    from (select {_FIELDS} from added offset 0) each_row;"""  # noqa: S608 - our own words
)
SINCE = _FUNCTION.format(
    f"""insert into change
        (id, at, actor, operation_id, object, object_id, after, reason, salt, content_digest)
    select
        uuid7(moment), moment, {_WHO},
        {_OF},
        tg_table_name, (fields ->> tg_argv[0])::uuid, fields, said, grain,
        digest_of(grain, jsonb_build_array(null, fields, said))
    from (
        select {_FIELDS}, clock_timestamp() as moment, gen_random_uuid() as grain, {_WHY} as said
        from added offset 0
    ) each_row;"""  # noqa: S608 - our own words
)
# The trigger stays for all else that writes a change.
DIGESTS = (
    "create or replace trigger digest_change before insert on change for each row{}"
    " execute function digest_change()"
)


def upgrade() -> None:
    op.execute(DIGESTS.format(" when (new.content_digest is null)"))
    op.execute(SINCE)


def downgrade() -> None:
    op.execute(BEFORE)
    op.execute(DIGESTS.format(""))
