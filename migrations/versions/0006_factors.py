"""Second factors, devices, and tokens with limits."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Writes who changed what of somebody's sign-in. Its arguments are the column that names
# the record, then what the ledger must never hold (secrets and their hashes) or need not
# hold (when something was last used). It runs as the owner, whatever requests may write.
RECORD_ACCESS_CHANGE = """
create function record_access_change() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    left_out text[] := tg_argv[1:];
    old_row jsonb;
    new_row jsonb;
    was jsonb;
    is_now jsonb;
begin
    if tg_op <> 'INSERT' then
        old_row := to_jsonb(old) - left_out;
    end if;
    if tg_op <> 'DELETE' then
        new_row := to_jsonb(new) - left_out;
    end if;
    if tg_op = 'UPDATE' then
        select jsonb_object_agg(key, value) into was
            from jsonb_each(old_row) where new_row -> key is distinct from value;
        select jsonb_object_agg(key, value) into is_now
            from jsonb_each(new_row) where old_row -> key is distinct from value;
        if is_now is null then
            return null;
        end if;
    else
        was := old_row;
        is_now := new_row;
    end if;
    insert into change (actor, object, object_id, before, after, reason) values (
        nullif(current_setting('ops.actor', true), '')::uuid,
        tg_table_name,
        (coalesce(to_jsonb(new), to_jsonb(old)) ->> tg_argv[0])::uuid,
        was,
        is_now,
        nullif(current_setting('ops.reason', true), '')
    );
    return null;
end
$$
"""
# Per table: on what, the column that names the record, and what is left out. A person has the
# trigger that every record has.
LEDGERED = {
    "credential": ("insert or update or delete", "person_id", "password_hash"),
    "factor": (
        "insert or update or delete",
        *("id", "secret", "last_step", "credential_id", "public_key", "sign_count"),
        "last_used_at",
    ),
    "recovery_code": ("update or delete", "id", "code_hash"),
    "session": (
        "insert or update",
        *("id", "token_hash", "csrf_token", "last_seen_at", "expires_at"),
    ),
    "token": ("insert or update", "id", "token_hash", "last_used_at"),
}


def upgrade() -> None:
    op.create_table(
        "device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.Column(
            "last_used_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id", "token_hash"),
    )
    op.create_table(
        "factor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.Column("credential_id", sa.LargeBinary(), nullable=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=True),
        sa.Column("sign_count", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind in ('totp', 'passkey')", name="kind_known"),
        sa.CheckConstraint("kind <> 'totp' or num_nulls(secret, last_step) = 0", name="totp_whole"),
        sa.CheckConstraint(
            "kind <> 'passkey' or num_nulls(credential_id, public_key, sign_count) = 0",
            name="passkey_whole",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("credential_id"),
    )
    op.create_index(None, "factor", ["person_id"])
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id", "code_hash"),
    )
    op.create_table(
        "pending",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("challenge", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "purpose in ('factor', 'set_up', 'passkey', 'enrol')", name="purpose_known"
        ),
        sa.CheckConstraint("(purpose = 'passkey') = (person_id is null)", name="of_somebody"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index(None, "pending", ["expires_at"])
    op.create_index(None, "pending", ["person_id"])
    op.alter_column("failed_sign_in", "email_hash", new_column_name="key_hash")
    _widen_session()
    _widen_token()
    op.execute(RECORD_ACCESS_CHANGE)
    for table, (events, *arguments) in LEDGERED.items():
        words = ", ".join(f"'{argument}'" for argument in arguments)
        op.execute(
            f"create trigger record_access_change after {events} on {table}"
            f" for each row execute function record_access_change({words})"
        )


def _widen_session() -> None:
    op.add_column("session", sa.Column("device_id", sa.Uuid(), nullable=True))
    op.add_column(
        "session", sa.Column("signed_in_by", sa.Text(), server_default="password", nullable=False)
    )
    op.add_column(
        "session",
        sa.Column(
            "confirmed_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
    )
    op.create_foreign_key(None, "session", "device", ["device_id"], ["id"], ondelete="SET NULL")
    op.create_check_constraint(
        "signed_in_by_known",
        "session",
        "signed_in_by in ('password', 'totp', 'passkey', 'recovery_code', 'provider')",
    )
    op.create_index(None, "session", ["device_id"])


def _widen_token() -> None:
    op.add_column("token", sa.Column("label", sa.Text(), server_default="Token", nullable=False))
    op.add_column("token", sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=True))
    op.add_column(
        "token",
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now() + interval '90 days'"),
            nullable=False,
        ),
    )
    op.add_column("token", sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("token", sa.Column("parent_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(None, "token", "token", ["parent_id"], ["id"], ondelete="SET NULL")
    op.create_check_constraint("scopes_some", "token", "cardinality(scopes) > 0")
    op.create_index(None, "token", ["parent_id"])


def downgrade() -> None:
    for table in LEDGERED:
        if table not in {"factor", "recovery_code"}:
            op.execute(f"drop trigger record_access_change on {table}")
    for name in ("parent_id", "last_used_at", "expires_at", "scopes", "label"):
        op.drop_column("token", name)
    for name in ("confirmed_at", "signed_in_by", "device_id"):
        op.drop_column("session", name)
    op.alter_column("failed_sign_in", "key_hash", new_column_name="email_hash")
    for table in ("pending", "recovery_code", "factor", "device"):
        op.drop_table(table)
    op.execute("drop function record_access_change")
