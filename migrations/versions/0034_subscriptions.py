"""Tell other systems what was changed: subscriptions, their secrets, and what is to be delivered.

A subscription is its owner's. Whoever administers the owner's organisation sees that there is one
and can stop it, and sees nothing of what it is of. What moves with each delivery (the place in
the feed, the deliveries themselves) is not in the ledger: what was handed out is in its log.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

ADMINISTERED = """
create function actor_administered() returns setof uuid
language sql stable parallel safe security definer rows 1000
begin atomic
    with recursive below as (
        select person.organisation_id as id from person
        where person.id = actor_id() and person.role = 'admin' and person.disabled_at is null
        union
        select organisation.id
        from organisation join below on organisation.parent_id = below.id
    )
    select person.id from person join below on below.id = person.organisation_id;
end
"""
# Who administers the owner's organisation stops a subscription, and changes nothing else of it.
OWN_HAND = """
create function keep_own_hand() returns trigger language plpgsql as $$
begin
    if actor_id() <> old.person_id
            and (old.label, old.address, old.events, old.all_operations, old.with_records,
                old.recipient, old.reason) is distinct from
                (new.label, new.address, new.events, new.all_operations, new.with_records,
                new.recipient, new.reason) then
        raise check_violation using
            constraint = 'ck_subscription_own_hand', message = 'this is of somebody else';
    end if;
    return new;
end
$$
"""
OWN = (
    "exists (select from subscription where subscription.id = {table}.subscription_id"
    " and subscription.person_id = actor_id())"
)
IN_OPERATION = "exists (select from operation where operation.id = {table}.operation_id)"
# Of each table: what is seen of it, and what must hold of a row that a request makes.
POLICIES = {
    "subscription": (
        "person_id = actor_id() or person_id in (select actor_administered())",
        "person_id = actor_id()",
    ),
    "subscription_operation": (f"{OWN} and {IN_OPERATION}", "true"),
    "subscription_secret": (OWN, "true"),
    "subscription_place": (OWN, "true"),
    # A request makes none but to try the address; the rest is told from the feed.
    "delivery": (
        f"{OWN} and (operation_id is null or {IN_OPERATION})",
        "operation_id is null and event = 'test'",
    ),
}
# The columns by which the ledger names the record of a row.
LEDGERED = {
    "subscription": "id",
    "subscription_operation": "subscription_id",
    "subscription_secret": "subscription_id",
}


def upgrade() -> None:
    op.execute(ADMINISTERED)
    _make_subscriptions()
    _make_deliveries()
    for table, (seen, made) in POLICIES.items():
        _police(table, seen.replace("{table}", table), made)
    for table, column in LEDGERED.items():
        op.execute(
            f"create trigger record_change after update or delete on {table}"
            f" for each row execute function record_change('{column}', 'row')"
        )
        op.execute(
            f"create trigger record_added after insert on {table} referencing new table as added"
            f" for each statement execute function record_added('{column}', 'row')"
        )
    op.execute(OWN_HAND)
    op.execute(
        "create trigger keep_own_hand before update on subscription"
        " for each row execute function keep_own_hand()"
    )
    # Whose it is stays: it tells what its owner sees.
    op.execute("revoke update, delete on subscription from ops_application")
    op.execute(
        "grant update (label, address, events, all_operations, with_records, recipient, reason,"
        " paused_at, paused_because, removed_at, version) on subscription to ops_application"
    )
    op.execute("revoke update on subscription_operation from ops_application")
    # Whoever makes a secret is shown it then; no request reads it again.
    op.execute("revoke all on subscription_secret, subscription_place from ops_application")
    op.execute(
        "grant select (id, subscription_id, made_at, ends_at), insert, update (ends_at)"
        " on subscription_secret to ops_application"
    )
    op.execute("grant insert on subscription_place to ops_application")
    op.execute("revoke update, delete on delivery from ops_application")
    op.execute("grant update (state, attempts, next_at) on delivery to ops_application")


def _police(table: str, seen: str, made: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy owner on {table} to current_user using (true)")
    op.execute(f"create policy seen on {table} for select to ops_application using ({seen})")
    op.execute(
        f"create policy made on {table} for insert to ops_application"
        f" with check (({seen}) and ({made}))"
    )
    op.execute(f"create policy changed on {table} for update to ops_application using ({seen})")
    op.execute(f"create policy removed on {table} for delete to ops_application using ({seen})")


def _make_subscriptions() -> None:
    op.create_table(
        "subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("events", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("all_operations", sa.Boolean(), nullable=False),
        sa.Column("with_records", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_because", sa.Text(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("cardinality(events) > 0", name=op.f("ck_subscription_events_some")),
        sa.CheckConstraint(
            "not with_records or (recipient is not null and reason is not null)",
            name=op.f("ck_subscription_records_to_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_subscription_person_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_subscription"),
    )
    op.create_index("ix_subscription_person_id", "subscription", ["person_id"])
    op.create_table(
        "subscription_operation",
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        _of_subscription("subscription_operation"),
        sa.ForeignKeyConstraint(
            ["operation_id"],
            ["operation.id"],
            name="fk_subscription_operation_operation_id_operation",
        ),
        sa.PrimaryKeyConstraint(
            "subscription_id", "operation_id", name="pk_subscription_operation"
        ),
    )
    op.create_index(
        "ix_subscription_operation_operation_id", "subscription_operation", ["operation_id"]
    )
    op.create_table(
        "subscription_secret",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        # Named so that the ledger leaves it out.
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        _of_subscription("subscription_secret"),
        sa.PrimaryKeyConstraint("id", name="pk_subscription_secret"),
    )
    op.create_index(
        "ix_subscription_secret_subscription_id", "subscription_secret", ["subscription_id"]
    )
    op.create_table(
        "subscription_place",
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        _of_subscription("subscription_place"),
        sa.PrimaryKeyConstraint("subscription_id", name="pk_subscription_place"),
    )


def _make_deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=True),
        sa.Column("change_id", sa.Uuid(), nullable=True),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "next_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state in ('waiting', 'sent', 'dead', 'withheld')", name=op.f("ck_delivery_state_known")
        ),
        _of_subscription("delivery"),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_delivery_operation_id_operation"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint(
            "subscription_id", "change_id", name="uq_delivery_subscription_id_change_id"
        ),
    )
    op.create_index(
        "ix_delivery_subscription_id_position", "delivery", ["subscription_id", "position"]
    )
    op.create_index(
        "ix_delivery_waiting",
        "delivery",
        ["subscription_id", "operation_id", "position"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_delivery_operation_id", "delivery", ["operation_id"])


def _of_subscription(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["subscription_id"],
        ["subscription.id"],
        name=f"fk_{table}_subscription_id_subscription",
    )


def downgrade() -> None:
    for table in reversed(POLICIES):
        op.drop_table(table)
    op.execute("drop function keep_own_hand()")
    op.execute("drop function actor_administered()")
