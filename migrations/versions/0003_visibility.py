"""Decide in the database who sees what.

Requests run as a role that owns nothing. Policies on every table that belongs to an
operation let it see and write what the actor of the transaction may, and no more.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KINDS = ("warrant", "arrest", "seizure", "deal_line", "line_closure")
CHILDREN = ("warrant_entry", "disposal", "valuation", "line_number", "check_back")
SCOPE = ("operation_id", "audience_id", "recorded_by")
# A credit's own operation is the one in support.
LED = ("lead_id", "audience_id", "recorded_by")
NOT_APART = "00000000-0000-0000-0000-000000000000"

# Roles belong to the whole server, so another database may have made it already.
ROLE = """
do $$ begin
    if not exists (select from pg_roles where rolname = 'ops_application') then
        create role ops_application nologin;
    end if;
    if not pg_has_role(current_user, 'ops_application', 'member') then
        execute format('grant ops_application to %I', current_user);
    end if;
exception when insufficient_privilege then
    raise exception using message = format(
        'a superuser must first run: create role ops_application nologin;'
        ' grant ops_application to %I', current_user);
end $$
"""
GRANTS = """
grant usage on schema public to ops_application;
grant select, insert, update, delete on all tables in schema public to ops_application;
grant usage on all sequences in schema public to ops_application;
revoke all on alembic_version from ops_application;
alter default privileges in schema public
    grant select, insert, update, delete on tables to ops_application;
alter default privileges in schema public grant usage on sequences to ops_application
"""
UNGRANTS = """
alter default privileges in schema public revoke all on tables from ops_application;
alter default privileges in schema public revoke all on sequences from ops_application;
revoke all on all tables in schema public from ops_application;
revoke all on all sequences in schema public from ops_application;
revoke usage on schema public from ops_application
"""
# What is corrected, struck, disabled or ended, but never gone.
NEVER_DELETED = (
    "boundary",
    "deployment",
    "measure",
    "membership",
    "operation",
    "organisation",
    "person",
    "result",
    "site",
    "transition",
    *KINDS,
)
# With row-level security, an index serves a condition only if its function can betray no row.
# This one compares two boxes. To say so takes a superuser; without it, searching areas by
# place is slower, and as right.
LEAKPROOF = """
do $$ begin
    alter function geometry_overlaps(geometry, geometry) leakproof;
exception when insufficient_privilege then
    if not (select proleakproof from pg_proc
            where oid = 'geometry_overlaps(geometry, geometry)'::regprocedure) then
        raise warning 'a superuser should run: '
            'alter function geometry_overlaps(geometry, geometry) leakproof';
    end if;
end $$
"""
# A figure is a long statement over few rows: compiling it takes far longer than running it.
DATABASE_SETTING = """
do $$ begin
    execute format('alter database %I {}', current_database());
end $$
"""

# Policies ask these once a statement and keep the answer in a hash. They read what the
# actor may not, so they run as the owner. They are called cheap and short, since the planner
# takes a policy for something that is done anew for each row of a join.
FUNCTIONS = (
    """
    create function actor_id() returns uuid language sql stable parallel safe
    return nullif(current_setting('ops.actor', true), '')::uuid
    """,
    # The actor's own organisation, those it is part of, and its parts. In plpgsql, which keeps
    # the plan of its query for the next statement.
    """
    create function actor_organisations() returns uuid[]
    language plpgsql stable parallel safe security definer set search_path = public, pg_temp as $$
    begin
        return array(
            select organisation_line.sees_id
            from person join organisation_line using (organisation_id)
            where person.id = actor_id() and person.disabled_at is null
        );
    end
    $$
    """,
    """
    create function actor_memberships() returns setof uuid
    language plpgsql stable parallel safe security definer cost 1 rows 1
    set search_path = public, pg_temp as $$
    begin
        return query select membership.operation_id from membership
        where membership.person_id = actor_id()
            and membership.during @> now() and membership.revoked_at is null;
    end
    $$
    """,
    # The operations of which the actor, as a partner, sees only their organisation's own part.
    """
    create function actor_parts() returns setof uuid
    language plpgsql stable parallel safe security definer cost 1 rows 1
    set search_path = public, pg_temp as $$
    begin
        return query select mine.operation_id
        from membership mine join operation on operation.id = mine.operation_id
        where mine.person_id = actor_id() and mine.role = 'partner'
            and mine.during @> now() and mine.revoked_at is null
            and not (
                operation.visibility = 'open'
                and operation.organisation_id = any (actor_organisations())
            )
            and not exists (
                select from membership more
                where more.person_id = mine.person_id and more.operation_id = mine.operation_id
                    and more.role <> 'partner'
                    and more.during @> now() and more.revoked_at is null
            );
    end
    $$
    """,
    """
    create function actor_colleagues() returns setof uuid
    language plpgsql stable parallel safe security definer cost 1 rows 1
    set search_path = public, pg_temp as $$
    begin
        return query select colleague.id
        from person me join person colleague on colleague.organisation_id = me.organisation_id
        where me.id = actor_id();
    end
    $$
    """,
    """
    create function actor_part_deployments() returns setof uuid
    language plpgsql stable parallel safe security definer cost 1 rows 1
    set search_path = public, pg_temp as $$
    begin
        return query select assignment.deployment_id from assignment
        where assignment.person_id in (select actor_colleagues());
    end
    $$
    """,
    """
    create function actor_part_teams() returns setof uuid
    language plpgsql stable parallel safe security definer cost 1 rows 1
    set search_path = public, pg_temp as $$
    begin
        return query select team_member.team_id from team_member
        where team_member.person_id in (select actor_colleagues());
    end
    $$
    """,
    # What the actor is in one operation: their roles as a member, and in an open operation of
    # their organisation, or of a part of it, the role they have there. In one of an organisation
    # that theirs is part of, they are not in charge.
    """
    create function actor_roles(asked uuid) returns text[]
    language sql stable security definer
    begin atomic
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
        ) every_role;
    end
    """,
    # For what runs as the owner on behalf of the actor; a policy asks the table itself.
    """
    create function visible_operations() returns setof uuid
    language sql stable parallel safe security definer
    begin atomic
        select operation.id from operation
        where (operation.visibility = 'open'
                and operation.organisation_id = any (actor_organisations()))
            or operation.id in (select actor_memberships());
    end
    """,
)
# Whom an operation is open to, carried by each row that is read in great numbers: mostly it
# decides alone, by a list that is made once a statement.
OPEN = "{table}.audience_id = any ((select actor_organisations())::uuid[])"
MEMBER = "{table}.operation_id in (select actor_memberships())"
# A partner sees their own organisation's part.
IN_SCOPE = (
    f"{OPEN} or ({MEMBER} and ({{table}}.operation_id not in (select actor_parts()) or {{own}}))"
)
IN_OPERATION = "exists (select from operation where operation.id = {table}.operation_id)"
IN_WHOLE = IN_OPERATION + " and {table}.operation_id not in (select actor_parts())"
IN_RESULT = IN_SCOPE.replace("{own}", "{table}.recorded_by in (select actor_colleagues())")

# What a row must meet to be seen, changed, or made, by table.
POLICIES = {
    # Whoever plans an operation must see it before they are its member, which the same
    # transaction makes them.
    "operation": (
        f"{OPEN} or operation.id in (select actor_memberships())"
        " or (created_by = actor_id() and created_at = now())"
    ),
    "transition": IN_WHOLE,
    "phase": IN_OPERATION,
    "deployment": IN_SCOPE.replace(
        "{own}",
        "deployment.created_by in (select actor_colleagues())"
        " or deployment.id in (select actor_part_deployments())",
    ),
    "area": IN_SCOPE.replace(
        "{own}",
        "area.created_by in (select actor_colleagues())"
        " or exists (select from deployment where deployment.area_id = area.id)",
    ),
    "team": (
        IN_OPERATION + " and (team.operation_id not in (select actor_parts())"
        " or team.id in (select actor_part_teams()))"
    ),
    "team_member": "exists (select from team where team.id = team_member.team_id)",
    "assignment": (
        "exists (select from deployment where deployment.id = assignment.deployment_id"
        " and (deployment.operation_id not in (select actor_parts())"
        " or assignment.person_id in (select actor_colleagues())))"
    ),
    "result": IN_RESULT,
    **dict.fromkeys(KINDS + CHILDREN, IN_RESULT),
    # Both the operation that led and the one in support.
    "credit": f"({IN_RESULT.replace('operation_id', 'lead_id')}) and {IN_OPERATION}",
    "target": (
        f"({OPEN.replace('audience_id', 'organisation_id')} and target.operation_id is null)"
        f" or ({IN_WHOLE})"
    ),
    # Without an operation it is what somebody published.
    "reported_figure": "reported_figure.operation_id is null or (" + IN_WHOLE + ")",
    "membership": "membership.person_id = actor_id() or (" + IN_WHOLE + ")",
    "alert": "alert.person_id = actor_id()",
}
IN_CHARGE = "actor_roles(operation_id) && '{lead,admin}'"
# What must hold of a new row beside that.
MADE_BY = {
    "operation": "created_by = actor_id()",
    "transition": "made_by = actor_id()",
    "deployment": "created_by = actor_id()",
    "area": "created_by = actor_id()",
    "result": "recorded_by = actor_id()",
    "line_closure": (
        "(line_id is null or exists (select from deal_line line where line.result_id = line_id))"
        " and (arrest_id is null or"
        " exists (select from arrest proof where proof.result_id = arrest_id))"
    ),
    "membership": f"{IN_CHARGE} and not is_break_glass",
}
CHANGED_BY = {"membership": IN_CHARGE}

# Whose open operations the people of an organisation see; kept, for it is asked all the time.
KEEP_LINES = """
create function keep_lines() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
    lock table organisation_line in exclusive mode;
    delete from organisation_line;
    insert into organisation_line (organisation_id, sees_id)
    with recursive below as (
        select id as top, id from organisation
        union
        select below.top, organisation.id
        from below join organisation on organisation.parent_id = below.id
    )
    select top, id from below union select id, top from below;
    return null;
end
$$
"""
# What is written without its scope gets it from its operation or its result.
FIND_SCOPE = (
    """
    create function find_audience() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    begin
        -- Of an operation that is not there, the foreign key speaks.
        new.audience_id := coalesce(
            (select audience_id from operation where id = new.operation_id), new.operation_id);
        return new;
    end
    $$
    """,
    """
    create function find_lead() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    begin
        select operation_id, audience_id, recorded_by
            into new.lead_id, new.audience_id, new.recorded_by
            from result where id = new.result_id;
        return new;
    end
    $$
    """,
    """
    create function find_scope() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    begin
        select operation_id, audience_id, recorded_by
            into new.operation_id, new.audience_id, new.recorded_by
            from result where id = new.result_id;
        return new;
    end
    $$
    """,
)
# Whoever plans an operation leads it.
LEAD_IT = """
create function lead_it() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
    insert into membership (id, operation_id, person_id, role, during, granted_by)
    values (gen_random_uuid(), new.id, new.created_by, 'lead', tstzrange(now(), null),
        new.created_by);
    return null;
end
$$
"""
# Opens a restricted operation of the actor's own organisation for eight hours, and tells
# those who lead it and those who audit it. Of one that is covert, or not there, it says nothing.
BREAK_GLASS = """
create function break_glass(asked text, why text) returns uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    me person;
    found_operation operation;
    made uuid := gen_random_uuid();
begin
    select * into me from person
        where id = actor_id() and role in ('lead', 'desk') and disabled_at is null;
    select * into found_operation from operation
        where upper(reference) = upper(trim(asked)) and visibility = 'restricted'
            and organisation_id = any (actor_organisations());
    if me.id is null or found_operation.id is null
            or found_operation.id in (select actor_memberships()) then
        return null;
    end if;
    insert into membership
        (id, operation_id, person_id, role, during, granted_by, reason, is_break_glass)
    -- Enough to act in the emergency, and not to let others in or stay.
    values (made, found_operation.id, me.id,
        case me.role when 'lead' then 'officer' else 'analyst' end,
        tstzrange(now(), now() + interval '8 hours'), me.id, why, true);
    insert into alert (id, person_id, operation_id, reference, opened_by, reason)
    select gen_random_uuid(), told.person_id, found_operation.id, found_operation.reference,
        me.id, why
    from (
        select person_id from membership
        where operation_id = found_operation.id and role = 'lead' and not is_break_glass
            and during @> now() and revoked_at is null
        union
        select person.id from person
        where person.role = 'auditor' and person.disabled_at is null and person.organisation_id in (
            with recursive above as (
                select id, parent_id from organisation where id = found_operation.organisation_id
                union
                select organisation.id, organisation.parent_id
                from organisation join above on organisation.id = above.parent_id
            )
            select id from above
        )
    ) told;
    return found_operation.id;
end
$$
"""


# A covert operation deploys people apart: whoever plans another one is told of no clash with it.
# Once it is covert no more, its people are in one place at a time like all.
KEEP_APART = (
    """
    create function keep_apart() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    begin
        select case operation.visibility when 'covert' then operation.id else new.apart end
            into new.apart
            from deployment join operation on operation.id = deployment.operation_id
            where deployment.id = new.deployment_id;
        return new;
    end
    $$
    """,
    (
        "create trigger keep_apart before insert on assignment"
        " for each row execute function keep_apart()"
    ),
    """
    create function join_or_part() returns trigger language plpgsql security definer
    set search_path = public, pg_temp as $$
    begin
        update assignment
            set apart = case new.visibility when 'covert' then new.id else NOT_APART end
            from deployment
            where deployment.id = assignment.deployment_id and deployment.operation_id = new.id;
        return null;
    end
    $$
    """.replace("NOT_APART", f"'{NOT_APART}'"),
    (
        "create trigger join_or_part after update of visibility on operation for each row"
        " when ((old.visibility = 'covert') <> (new.visibility = 'covert'))"
        " execute function join_or_part()"
    ),
)


def upgrade() -> None:
    op.execute(ROLE)
    op.execute(LEAKPROOF)
    op.execute(DATABASE_SETTING.format("set jit = off"))
    _add_memberships()
    _carry_scope()
    op.execute("select set_config('ops.reason', 'Needs confirming by somebody else', true)")
    op.execute(
        "update result set status = case status when 'confirmed' then 'recorded' else status end,"
        " confirmed_at = null, confirmed_by = null, version = version + 1"
        " where confirmed_by = recorded_by"
    )
    op.create_check_constraint(op.f("ck_result_four_eyes"), "result", "confirmed_by <> recorded_by")
    _stay_covert()
    op.create_table(
        "organisation_line",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("sees_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_organisation_line_organisation_id_organisation",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["sees_id"],
            ["organisation.id"],
            name="fk_organisation_line_sees_id_organisation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "sees_id", name="pk_organisation_line"),
    )
    for function in FUNCTIONS:
        op.execute(function)
    for statement in (*KEEP_APART, KEEP_LINES, *FIND_SCOPE):
        op.execute(statement)
    op.execute(
        "create trigger keep_lines after insert or delete or update of parent_id on organisation"
        " for each statement execute function keep_lines()"
    )
    op.execute("update organisation set parent_id = parent_id")
    for table in ("result", "area", "deployment"):
        op.execute(
            f"create trigger find_audience before insert on {table}"
            " for each row when (new.audience_id is null) execute function find_audience()"
        )
    op.execute(
        "create trigger find_lead before insert on credit"
        " for each row when (new.audience_id is null) execute function find_lead()"
    )
    for table in KINDS + CHILDREN:
        op.execute(
            f"create trigger find_scope before insert on {table}"
            " for each row when (new.audience_id is null) execute function find_scope()"
        )
    op.execute(LEAD_IT)
    op.execute(BREAK_GLASS)
    op.execute(
        "create trigger lead_it after insert on operation for each row execute function lead_it()"
    )
    # What a seizure holds moves with it, whoever logged it.
    op.execute("alter function move_contents() security definer set search_path = public, pg_temp")
    op.execute(GRANTS)
    op.execute(f"revoke delete on {', '.join(NEVER_DELETED)} from ops_application")
    op.execute("revoke insert, update, delete on organisation_line from ops_application")
    for table, condition in POLICIES.items():
        seen = condition.replace("{table}", table)
        made = f"({seen}) and ({MADE_BY.get(table, 'true')})"
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy owner on {table} to current_user using (true)")
        op.execute(f"create policy seen on {table} for select to ops_application using ({seen})")
        op.execute(
            f"create policy made on {table} for insert to ops_application with check ({made})"
        )
        changed = f"({seen}) and ({CHANGED_BY.get(table, 'true')})"
        op.execute(
            f"create policy changed on {table} for update to ops_application using ({changed})"
        )
        op.execute(f"create policy removed on {table} for delete to ops_application using ({seen})")


def _add_memberships() -> None:
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=False),
        sa.Column(
            "granted_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("is_break_glass", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "role IN ('lead', 'officer', 'analyst', 'partner', 'auditor')",
            name=op.f("ck_membership_role_known"),
        ),
        sa.CheckConstraint("not isempty(during)", name=op.f("ck_membership_ends_after_it_starts")),
        postgresql.ExcludeConstraint(
            (sa.column("operation_id"), "="),
            (sa.column("person_id"), "="),
            (sa.column("during"), "&&"),
            where=sa.text("revoked_at is null and not is_break_glass"),
            using="gist",
            name="ex_membership_one_role_at_a_time",
        ),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_membership_operation_id_operation"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_membership_person_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["person.id"], name="fk_membership_granted_by_person"
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by"], ["person.id"], name="fk_membership_revoked_by_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_membership"),
    )
    op.create_index(
        "ix_membership_person_id_operation_id", "membership", ["person_id", "operation_id"]
    )
    op.create_index("ix_membership_operation_id", "membership", ["operation_id"])
    op.create_index(
        "ix_membership_partner",
        "membership",
        ["person_id"],
        postgresql_where=sa.text("role = 'partner'"),
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_alert_person_id_person"),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_alert_operation_id_operation"
        ),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name="fk_alert_opened_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
    )
    op.create_index("ix_alert_person_id_at", "alert", ["person_id", "at"])
    op.execute(
        "insert into membership (id, operation_id, person_id, role, during, granted_by)"
        " select gen_random_uuid(), id, created_by, 'lead', tstzrange(created_at, null), created_by"
        " from operation"
    )
    op.execute(
        "create trigger record_change after update or delete on membership"
        " for each row execute function record_change('id')"
    )


def _stay_covert() -> None:
    """Let no rule that holds across operations tell of a covert one."""
    op.add_column(
        "assignment", sa.Column("apart", sa.Uuid(), server_default=NOT_APART, nullable=False)
    )
    op.execute(
        "update assignment set apart = operation.id from deployment join operation"
        " on operation.id = deployment.operation_id and operation.visibility = 'covert'"
        " where deployment.id = deployment_id"
    )
    _nobody_in_two_places("person_id", "apart")
    op.drop_constraint("uq_operation_reference", "operation")
    op.create_index(
        "uq_operation_reference",
        "operation",
        ["reference"],
        unique=True,
        postgresql_where=sa.text("visibility <> 'covert'"),
    )


def _nobody_in_two_places(*same: str) -> None:
    name = "ex_assignment_nobody_in_two_places"
    op.drop_constraint(name, "assignment")
    op.create_exclude_constraint(
        name,
        "assignment",
        *((sa.column(column), "=") for column in same),
        (sa.column("during"), "&&"),
        where=sa.text("released_at is null"),
        using="gist",
    )


def _carry_scope() -> None:
    """Put beside each row what its policy asks for, so that none looks at its operation."""
    op.add_column(
        "operation",
        sa.Column(
            "audience_id",
            sa.Uuid(),
            sa.Computed(
                "case visibility when 'open' then organisation_id else id end", persisted=True
            ),
            nullable=False,
        ),
    )
    op.create_unique_constraint("uq_operation_id_audience_id", "operation", ["id", "audience_id"])
    for table in ("result", "area", "deployment"):
        _add_filled(table, {"audience_id": "audience_id"}, "operation", "operation_id")
        op.drop_constraint(f"fk_{table}_operation_id_operation", table)
        op.create_foreign_key(
            f"fk_{table}_operation_id_audience_id_operation",
            table,
            "operation",
            ["operation_id", "audience_id"],
            ["id", "audience_id"],
            onupdate="CASCADE",
        )
    op.create_unique_constraint("uq_result_id_scope", "result", ["id", *SCOPE])
    for table in KINDS + CHILDREN:
        _add_filled(table, {column: column for column in SCOPE}, "result", "result_id")
        if table in KINDS:
            op.drop_constraint(f"fk_{table}_result_id_result", table)
        op.create_foreign_key(
            f"fk_{table}_scope_result",
            table,
            "result",
            ["result_id", *SCOPE],
            ["id", *SCOPE],
            onupdate="CASCADE",
        )
    led = dict(zip(LED, SCOPE, strict=True))
    _add_filled("credit", led, "result", "result_id")
    op.drop_constraint("fk_credit_result_id_result", "credit")
    op.create_foreign_key(
        "fk_credit_scope_result",
        "credit",
        "result",
        ["result_id", *LED],
        ["id", *SCOPE],
        onupdate="CASCADE",
    )


def _add_filled(table: str, columns: dict[str, str], origin: str, by: str) -> None:
    """Add columns that repeat those of the row that `by` refers to."""
    op.execute(f"alter table {table} disable trigger user")
    for column, repeated in columns.items():
        op.add_column(table, sa.Column(column, sa.Uuid(), nullable=True))
        filled = f"update {table} set {column} = origin.{repeated}"  # noqa: S608  (our own names)
        op.execute(f"{filled} from {origin} origin where origin.id = {table}.{by}")
        op.alter_column(table, column, nullable=False)
    op.execute(f"alter table {table} enable trigger user")


def downgrade() -> None:
    for table in POLICIES:
        for policy in ("owner", "seen", "made", "changed", "removed"):
            op.execute(f"drop policy {policy} on {table}")
        op.execute(f"alter table {table} no force row level security")
        op.execute(f"alter table {table} disable row level security")
    op.execute(UNGRANTS)
    op.execute("alter function move_contents() security invoker reset search_path")
    op.execute("drop trigger lead_it on operation")
    for function in ("lead_it()", "break_glass(text, text)", "visible_operations()",
                     "actor_roles(uuid)", "actor_part_teams()", "actor_part_deployments()",
                     "actor_colleagues()", "actor_parts()", "actor_memberships()",
                     "actor_organisations()", "actor_id()"):  # fmt: skip
        op.execute(f"drop function {function}")
    op.execute("drop trigger keep_apart on assignment")
    op.execute("drop trigger join_or_part on operation")
    op.execute("drop function keep_apart()")
    op.execute("drop function join_or_part()")
    _nobody_in_two_places("person_id")
    op.drop_column("assignment", "apart")
    op.drop_index("uq_operation_reference", "operation")
    op.create_unique_constraint("uq_operation_reference", "operation", ["reference"])
    op.drop_constraint(op.f("ck_result_four_eyes"), "result")
    op.execute("drop trigger keep_lines on organisation")
    op.execute("drop function keep_lines()")
    op.drop_table("organisation_line")
    for table in ("result", "area", "deployment"):
        op.execute(f"drop trigger find_audience on {table}")
    op.execute("drop function find_audience()")
    for table in KINDS + CHILDREN:
        op.execute(f"drop trigger find_scope on {table}")
        op.drop_constraint(f"fk_{table}_scope_result", table)
        for column in SCOPE:
            op.drop_column(table, column)
    op.execute("drop function find_scope()")
    op.execute("drop trigger find_lead on credit")
    op.execute("drop function find_lead()")
    op.drop_constraint("fk_credit_scope_result", "credit")
    for column in LED:
        op.drop_column("credit", column)
    for table in (*KINDS, "credit"):
        op.create_foreign_key(
            f"fk_{table}_result_id_result", table, "result", ["result_id"], ["id"]
        )
    op.drop_constraint("uq_result_id_scope", "result")
    for table in ("result", "area", "deployment"):
        op.drop_constraint(f"fk_{table}_operation_id_audience_id_operation", table)
        op.drop_column(table, "audience_id")
        op.create_foreign_key(
            f"fk_{table}_operation_id_operation", table, "operation", ["operation_id"], ["id"]
        )
    op.drop_constraint("uq_operation_id_audience_id", "operation")
    op.drop_column("operation", "audience_id")
    op.drop_table("alert")
    op.drop_table("membership")
    op.execute(DATABASE_SETTING.format("reset jit"))
