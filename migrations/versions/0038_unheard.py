"""What turns covert is told to no subscription; what people keep for themselves is theirs alone.

A covert operation has to be named by a member who knows that it is covert. And the ledger is read by
administrators and auditors, who do not see these rows themselves.
"""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

# Nobody changes a subscription from a reading in which it was still of that operation.
END_SUBSCRIPTIONS = """
create function end_subscriptions() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    with ended as (
        delete from subscription_operation where operation_id = new.id returning subscription_id
    )
    update subscription set version = version + 1
        where id in (select subscription_id from ended);
    return null;
end
$$
"""
PRIVATE = (
    "object not in ('board_view', 'subscription', 'subscription_secret') or actor = actor_id()"
)


def upgrade() -> None:
    op.execute(END_SUBSCRIPTIONS)
    op.execute("revoke execute on function end_subscriptions() from public")
    op.execute(
        "create trigger end_subscriptions after update of visibility on operation for each row"
        " when (new.visibility = 'covert' and old.visibility <> 'covert')"
        " execute function end_subscriptions()"
    )
    op.execute(
        "create policy private on change as restrictive for select to ops_application"
        f" using ({PRIVATE})"
    )


def downgrade() -> None:
    op.execute("drop policy private on change")
    op.execute("drop trigger end_subscriptions on operation")
    op.execute("drop function end_subscriptions()")
