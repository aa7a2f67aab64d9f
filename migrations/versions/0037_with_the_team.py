"""Whoever is on a deployment with their team checks in there, and sets their timer.

Who joined the team later has no assignment of their own, and takes the same steps as those who do.
"""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

SEEN = (
    "exists (select from operation where operation.id = {table}.operation_id)"
    " and ({table}.person_id = actor_id() or actor_in_charge({table}.operation_id))"
)
MADE = (
    "person_id = actor_id() and {on_it}"
    " and exists (select from deployment where deployment.id = {table}.deployment_id"
    " and deployment.operation_id = {table}.operation_id)"
)
ON_IT = (
    "exists (select from assignment where assignment.deployment_id = {table}.deployment_id"
    " and {by} and {standing})"
)
ALONE = "assignment.person_id = actor_id()"
WITH_TEAM = (
    f"({ALONE} or exists (select from team_member member"
    " where member.team_id = assignment.team_id and member.person_id = actor_id()))"
)
STANDING = {
    "check_in": "assignment.released_at is null",
    # Also who was taken off a deployment can still end what they began there.
    "welfare_timer": "(assignment.released_at is null or welfare_timer.every_minutes is null)",
}
# So can who left the team, of which nothing else is left to tell; a policy can't ask its own table.
BEGAN = """
create function actor_began_timer(asked uuid) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return exists (
        select from welfare_timer where deployment_id = asked and person_id = actor_id());
end
$$
"""
STANDS_DOWN = "welfare_timer.every_minutes is null and actor_began_timer(deployment_id)"


def upgrade() -> None:
    op.execute(BEGAN)
    _police("check_in", _on_it("check_in", WITH_TEAM))
    _police("welfare_timer", f"({_on_it('welfare_timer', WITH_TEAM)} or {STANDS_DOWN})")


def downgrade() -> None:
    for table in STANDING:
        _police(table, _on_it(table, ALONE))
    op.execute("drop function actor_began_timer(uuid)")


def _on_it(table: str, by: str) -> str:
    return ON_IT.format(table=table, by=by, standing=STANDING[table])


def _police(table: str, on_it: str) -> None:
    seen, made = SEEN.format(table=table), MADE.format(table=table, on_it=on_it)
    op.execute(f"alter policy made on {table} with check (({seen}) and ({made}))")
