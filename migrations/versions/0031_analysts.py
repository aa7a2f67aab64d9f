"""Let analysts ask in SQL: each by a login of their own, which is bound to a person.

Who asks is by which login they came, and no setting of theirs changes that. What they may read
is made anew from the kinds at each upgrade: see `ops.exports.analysis`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

ROLE = """
do $$ begin
    if not exists (select from pg_roles where rolname = 'ops_analyst') then
        create role ops_analyst nologin;
    end if;
    if not exists (select from pg_roles where rolname = 'ops_reader') then
        create role ops_reader nologin in role ops_application;
    end if;
    if not pg_has_role(current_user, 'ops_reader', 'member') then
        execute format('grant ops_reader to %I', current_user);
    end if;
exception when insufficient_privilege then
    raise exception using message = format(
        'a superuser must first run: create role ops_analyst nologin;'
        ' create role ops_reader nologin in role ops_application; grant ops_reader to %I',
        current_user);
end $$
"""
# Whose login this is. It reads what nobody else may, so it runs as the owner.
ANALYST = """
create function analyst_person() returns uuid
language sql stable parallel safe security definer set search_path = public, pg_temp
begin atomic
    select analyst_login.person_id
    from analyst_login join person on person.id = analyst_login.person_id
    where analyst_login.name = session_user and analyst_login.ended_at is null
        and person.disabled_at is null;
end
"""
# The name of a session's own user is the server's to say: neither SET ROLE nor a function that
# runs as somebody else changes it.
ACTOR = """
create or replace function actor_id() returns uuid language sql stable parallel safe
return case when starts_with(session_user::text, 'ops_analyst_') then analyst_person()
    else nullif(current_setting('ops.actor', true), '')::uuid end
"""
BEFORE = """
create or replace function actor_id() returns uuid language sql stable parallel safe
return nullif(current_setting('ops.actor', true), '')::uuid
"""
# Anybody may set the time a statement gets; who sets too much reads nothing.
LIMITS = """
create function analyst_within_limits() returns boolean
language plpgsql stable set search_path = public, pg_temp as $$
begin
    if not (select setting::integer between 1 and 600000
            from pg_settings where name = 'statement_timeout') then
        raise exception 'Set statement_timeout between 1 and 600000 milliseconds.';
    end if;
    return true;
end
$$
"""


def upgrade() -> None:
    op.execute(ROLE)
    op.create_table(
        "analyst_login",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "name ~ '^ops_analyst_[0-9a-f]{12}$'", name=op.f("ck_analyst_login_name")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_analyst_login_person_id_person"
        ),
        sa.PrimaryKeyConstraint("name", name="pk_analyst_login"),
    )
    op.execute("revoke all on analyst_login from ops_application")
    for function in (ANALYST, ACTOR, LIMITS):
        op.execute(function)


def downgrade() -> None:
    op.execute("drop schema if exists analysis cascade")
    op.execute(BEFORE)
    op.execute("drop function analyst_within_limits()")
    op.execute("drop function analyst_person()")
    op.drop_table("analyst_login")
