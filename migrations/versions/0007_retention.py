"""Review and erase records by rule.

What is kept how long is decided by groups, which are data. An erasure is done by one function
alone, which looks at the decision itself and leaves what figures count.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# The Code of Practice of 2023 and what was practice before it. The numbers of years and which
# themes fall to which group are general knowledge: an administrator changes them, and from when.
GROUPS = (
    ("1", "Public protection", "Until the person would be 100 years old", 10, []),
    (
        "2",
        "Serious, violent or sexual",
        "As long as there is a risk",
        10,
        ["modern_slavery", "firearms", "homicide_prevention"],
    ),
    ("3", "Other offences", "Six years without anything new", 6, None),
    ("4", "Undetected and other", "Six years", 6, []),
)
# What stays of a row whose content was erased, beside its key and whom it belongs to: what a
# figure counts, and the fact itself. A time that stays keeps its day alone. Of a table that is
# not named here, nothing stays; so a new one loses what it does not say that it keeps.
KEEPS = {
    "result": "kind district status confirmed_by struck_by",
    "warrant": "power premises several_entries executed outcome_codes",
    "warrant_entry": "entry outcomes",
    "arrest": "reason age_band sex disposal_codes",
    "disposal": "code",
    "seizure": (
        "parent_id ancestors category quantity unit qualifier weight_g grams value"
        " value_qualifier basis_codes drug drug_class weapon firearm_section vehicle currency"
        " counterfeit found_in conveyed_by held_by list power"
    ),
    "valuation": "basis value qualifier principal",
    "deal_line": "result_id",
    "line_closure": "type closed_on",
    "check_back": "on out_of_use",
    "credit": "lead_id",
    "operation": (
        "reference kind theme parent_id predecessor_id organisation_id starts_at ends_at status"
        " marking visibility created_by"
    ),
    "phase": "kind starts_at ends_at",
    "transition": "from_status to_status made_by",
    "membership": (
        "person_id role during granted_by granted_at is_break_glass revoked_at revoked_by"
    ),
    "alert": "person_id opened_by at seen_at",
    "target": "measure starts_on ends_on organisation_id value created_at created_by",
    "reported_figure": (
        "measure value unit qualifier four_p starts_on ends_on as_at set_id position"
        " organisation_id created_at created_by"
    ),
}
KEEPS_DAY = {
    "result": "occurred_at recorded_at confirmed_at struck_at",
    "warrant_entry": "at",
    "disposal": "at",
    "valuation": "at",
    "operation": "created_at",
    "transition": "at",
}

IN_CHARGE = "actor_roles(operation_id) && '{admin,lead}'"
# A partner is told of their own part alone.
SEEN = (
    "exists (select from operation where operation.id = {table}.operation_id)"
    " and ({table}.operation_id not in (select actor_parts())"
    " or exists (select from result where result.id = {table}.object_id))"
)
OF_OPERATION = (
    "(object_id = operation_id or exists (select from result where result.id = object_id"
    " and result.operation_id = {table}.operation_id))"
)

# When an operation is closed it is known how long it is kept; when it is reopened, no more.
SCHEDULE = """
create function schedule_review() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
    if new.status in ('closed', 'reviewed') then
        insert into retention (object_id, object, operation_id, group_code, review_on)
        select new.id, 'operation', new.id, found_group.code, review_date(found_group.code,
            coalesce(new.ends_at, now()))
        from default_group(new.theme) found_group (code)
        on conflict (object_id) do update
            set review_on = review_date(retention.group_code, coalesce(new.ends_at, now()))
            where retention.review_on is null and retention.erased_at is null;
    else
        update retention set review_on = null where object_id = new.id and erased_at is null;
    end if;
    return null;
end
$$
"""
GROUP_OF = """
create function default_group(asked_theme text) returns text
language sql stable security definer set search_path = public, pg_temp as $$
    select coalesce((
        select code from retention_group
        where (themes is null or asked_theme = any (themes))
            and valid_from <= current_date and (valid_to is null or valid_to > current_date)
        order by themes is null, code limit 1
    ), '3')
$$
"""
REVIEW_DATE = """
create function review_date(asked_group text, since timestamptz) returns date
language sql stable security definer set search_path = public, pg_temp as $$
    select (timezone('Europe/London', since) + make_interval(years => retention_group.years))::date
    from retention_group
    where code = asked_group and valid_from <= current_date
    order by valid_from desc limit 1
$$
"""
# A decision to keep sets the next date; one to erase makes it due until it is carried out.
APPLY = """
create function apply_review() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
    insert into retention (object_id, object, operation_id, group_code, review_on)
    select new.object_id, new.object, new.operation_id,
        coalesce(new.group_code, whole.group_code),
        coalesce(new.next_review_on, current_date)
    from retention whole where whole.object_id = new.operation_id
    on conflict (object_id) do update set
        group_code = coalesce(new.group_code, retention.group_code),
        review_on = coalesce(new.next_review_on, least(retention.review_on, current_date));
    return null;
end
$$
"""
# Nothing is written to what was erased, not even by whoever began before. The lock waits for
# an erasure that runs.
REFUSE = """
create function refuse_erased() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
declare
    row_of jsonb := to_jsonb(new);
    whole uuid := row_of ->> tg_argv[0];
begin
    perform from operation where id = whole for key share;
    if exists (select from retention where erased_at is not null
            and object_id in (whole, (row_of ->> tg_argv[1])::uuid)) then
        raise check_violation using
            constraint = 'ck_retention_not_erased', message = 'this was erased';
    end if;
    return new;
end
$$
"""
# Empties rows of a table but for what it keeps, or takes them away where it keeps nothing.
HOLLOW = """
create function hollow(target name, by_column name, ids uuid[]) returns bigint
language plpgsql set search_path = public, pg_temp as $$
declare
    empty text;
    emptied bigint;
begin
    if not exists (select from erasure_keeps where table_name = target) then
        execute format('delete from %I where %I = any ($1)', target, by_column) using ids;
        get diagnostics emptied = row_count;
        return emptied;
    end if;
    select string_agg(format('%I = ', attname) || case
            when attname = 'version' then 'version + 1'
            when keeps.as_day
                then format('date_trunc(''day'', %I, ''Europe/London'')', attname)
            when not attnotnull then 'null'
            when atttypid = 'text'::regtype then '''erased'''
            when atttypid = 'bytea'::regtype then '''\\x'''
            when atttypid = 'jsonb'::regtype then '''{}'''
            when typcategory = 'A' then '''{}'''
            -- Of such a column a migration must say that it stays: this fails.
            else 'null'
        end, ', ') into empty
    from pg_attribute
    join pg_type on pg_type.oid = atttypid
    left join erasure_keeps keeps on table_name = target and column_name = attname
    where attrelid = target::text::regclass and attnum > 0 and not attisdropped
        and attgenerated = ''
        and attname not in ('operation_id', 'audience_id', 'recorded_by', 'result_id')
        and not coalesce(not keeps.as_day, false)
        and not exists (select from pg_index
            where indrelid = attrelid and indisprimary and attnum = any (indkey));
    if empty is null then
        return 0;
    end if;
    execute format('update %I set %s where %I = any ($1)', target, empty, by_column) using ids;
    get diagnostics emptied = row_count;
    return emptied;
end
$$
"""
# Takes the content of results with all that belongs to them, and says how much of each table.
ERASE_RESULTS = """
create function erase_results(ids uuid[]) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
declare
    gone jsonb := '{}';
    part name;
begin
    for part in
        select relname from pg_class join pg_attribute on attrelid = pg_class.oid
        where relnamespace = 'public'::regnamespace and relkind = 'r' and attname = 'result_id'
        order by relname
    loop
        gone := gone || jsonb_build_object(part, hollow(part, 'result_id', ids));
    end loop;
    return gone || jsonb_build_object('result', hollow('result', 'id', ids));
end
$$
"""
# Takes the plan of an operation and all that was said in it.
ERASE_PLAN = """
create function erase_plan(asked uuid) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
declare
    gone jsonb := '{}';
    part name;
    deployments uuid[] := array(select id from deployment where operation_id = asked);
    teams uuid[] := array(select id from team where operation_id = asked);
begin
    gone := jsonb_build_object('assignment', hollow('assignment', 'deployment_id', deployments))
        || jsonb_build_object('team_member', hollow('team_member', 'team_id', teams))
        || jsonb_build_object('deployment', hollow('deployment', 'id', deployments));
    for part in
        select relname from pg_class join pg_attribute on attrelid = pg_class.oid
        where relnamespace = 'public'::regnamespace and relkind = 'r'
            and attname = 'operation_id' and not attisdropped
            and relname not in ('result', 'deployment', 'change', 'retention', 'review',
                'retention_hold')
            and not exists (select from pg_attribute own
                where own.attrelid = pg_class.oid and own.attname = 'result_id')
        order by relname
    loop
        gone := gone || jsonb_build_object(part, hollow(part, 'operation_id', array[asked]));
    end loop;
    gone := gone || jsonb_build_object('operation', hollow('operation', 'id', array[asked]));
    update operation set
        name = 'Erased operation',
        reference = 'ERASED-' || upper(right(asked::text, 12)),
        starts_at = date_trunc('day', starts_at, 'Europe/London'),
        ends_at = date_trunc('day', ends_at, 'Europe/London') + interval '1 day'
    where id = asked;
    return gone;
end
$$
"""
# The only way to erase: it looks at the decision, the hold and who asks, and does nothing unless
# it is given the token of the very list of what goes, which it answers with otherwise.
ERASE = """
create function erase_record(asked_kind text, asked_id uuid, shown text) returns jsonb
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    me uuid := actor_id();
    whole operation;
    state retention;
    decided review;
    results uuid[];
    changes uuid[];
    told jsonb;
    gone jsonb := '{}';
    token text;
begin
    select operation.* into whole from operation
        where operation.id = case asked_kind when 'operation' then asked_id
            else (select operation_id from result where id = asked_id) end
        for update;
    if whole.id is null or me is null
            or not coalesce(actor_roles(whole.id) && '{admin,lead}', false) then
        return null;
    end if;
    if exists (select from retention
            where erased_at is not null and object_id in (asked_id, whole.id)) then
        return jsonb_build_object('is_erased', true, 'gone', '{}'::jsonb, 'token', null);
    end if;
    select retention.* into state from retention where object_id = asked_id for update;
    select review.* into decided from review
        where object_id = asked_id order by at desc, id desc limit 1;
    if decided.decision is distinct from 'erase' or decided.decided_by = me
            or whole.status not in ('closed', 'reviewed')
            -- An emergency opens an operation to look and to act, not to make it disappear.
            or exists (select from membership
                where operation_id = whole.id and person_id = me and is_break_glass
                    and during @> now() and revoked_at is null)
            or exists (select from retention_hold held where held.lifted_at is null
                and held.operation_id = whole.id
                and (asked_kind = 'operation' or held.object_id in (asked_id, whole.id))) then
        raise check_violation using
            constraint = 'ck_retention_erasable', message = 'this can not be erased now';
    end if;
    begin
        select coalesce(array_agg(id), '{}') into results from (
            select id from result
            where (id = asked_id or asked_kind = 'operation' and operation_id = whole.id)
                and id not in (select object_id from retention where erased_at is not null)
            order by id for update
        ) locked;
        gone := erase_results(results);
        if asked_kind = 'operation' then
            gone := gone || erase_plan(whole.id);
        end if;
        with emptied as (
            update change set before = null, after = null, reason = null, salt = null
            where (object_id = any (results)
                    or asked_kind = 'operation' and operation_id = whole.id)
                and object not in ('retention', 'review', 'retention_hold')
                and salt is not null
            returning id
        )
        select coalesce(array_agg(id order by id), '{}') into changes from emptied;
        gone := gone || jsonb_build_object('change', cardinality(changes));
        select coalesce(jsonb_object_agg(key, value), '{}') into gone
            from jsonb_each(gone) where value <> '0';
        token := encode(sha256(convert_to(asked_id || gone::text, 'UTF8')), 'hex');
        if token is distinct from shown then
            raise sqlstate 'OP001';
        end if;
    exception when sqlstate 'OP001' then
        return jsonb_build_object('is_erased', false, 'gone', gone, 'token', token);
    end;
    insert into retention (object_id, object, operation_id, group_code, erased_at, erased_by)
    values (asked_id, asked_kind, whole.id, state.group_code, now(), me)
    on conflict (object_id) do update
        set erased_at = now(), erased_by = me, review_on = null;
    update retention set review_on = null
        where asked_kind = 'operation' and operation_id = whole.id;
    told := jsonb_build_array(
        jsonb_build_object('kind', 'result', 'operation', whole.id, 'ids', to_jsonb(results)),
        jsonb_build_object('kind', 'change', 'operation', whole.id, 'ids', to_jsonb(changes)));
    if asked_kind = 'operation' then
        told := told || jsonb_build_object(
            'kind', 'operation', 'operation', null, 'ids', jsonb_build_array(whole.id));
    end if;
    perform log_access('erasure', 'retention.' || initcap(asked_kind) || 'Erase', told, null, null,
        'Review group ' || state.group_code || ', decision ' || decided.id);
    return jsonb_build_object('is_erased', true, 'gone', gone, 'token', token);
end
$$
"""
TABLES = ("retention", "review", "retention_hold")
LEDGERED = {
    "retention": "object_id",
    "review": "object_id",
    "retention_hold": "object_id",
    "retention_group": "id",
}


def upgrade() -> None:
    _make_tables()
    for function in (GROUP_OF, REVIEW_DATE, SCHEDULE, APPLY, REFUSE, HOLLOW, ERASE_RESULTS,
                     ERASE_PLAN, ERASE):  # fmt: skip
        op.execute(function)
    for function in ("hollow(name, name, uuid[])", "erase_results(uuid[])", "erase_plan(uuid)",
                     "erase_record(text, uuid, text)"):  # fmt: skip
        op.execute(f"revoke execute on function {function} from public")
    op.execute("grant execute on function erase_record(text, uuid, text) to ops_application")
    _fill()
    _decide_who()
    op.execute(
        "create trigger schedule_review after insert or update of status on operation"
        " for each row execute function schedule_review()"
    )
    op.execute(
        "create trigger apply_review after insert on review"
        " for each row execute function apply_review()"
    )
    # A foreign key that moves a row with its operation makes no new version.
    for table, when, own in (
        ("result", "update", "id"),
        ("operation", "update", "id"),
        ("result", "insert", "id"),
        ("review", "insert", "object_id"),
        ("retention_hold", "insert", "object_id"),
    ):
        whole = "id" if table == "operation" else "operation_id"
        changed = " when (old.version <> new.version)" if when == "update" else ""
        op.execute(
            f"create trigger refuse_erased_{when} before {when} on {table} for each row{changed}"
            f" execute function refuse_erased('{whole}', '{own}')"
        )
    for table, column in LEDGERED.items():
        op.execute(
            f"create trigger record_change after update or delete on {table}"
            f" for each row execute function record_change('{column}', 'row')"
        )
        op.execute(
            f"create trigger record_added after insert on {table} referencing new table as added"
            f" for each statement execute function record_added('{column}', 'row')"
        )
    op.execute(
        "insert into retention (object_id, object, operation_id, group_code, review_on)"
        " select id, 'operation', id, default_group(theme),"
        " review_date(default_group(theme), coalesce(ends_at, now()))"
        " from operation where status in ('closed', 'reviewed')"
    )


def _make_tables() -> None:
    op.create_table(
        "retention_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("themes", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("years between 1 and 100", name=op.f("ck_retention_group_years_sane")),
        sa.CheckConstraint(
            "valid_from < valid_to", name=op.f("ck_retention_group_valid_from_before_to")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_retention_group"),
        sa.UniqueConstraint("code", "valid_from", name="uq_retention_group_code_valid_from"),
    )
    op.create_table(
        "erasure_keeps",
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("column_name", sa.Text(), nullable=False),
        sa.Column("as_day", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("table_name", "column_name", name="pk_erasure_keeps"),
    )
    op.create_table(
        "retention",
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("group_code", sa.Text(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "object IN ('operation', 'result')", name=op.f("ck_retention_object_known")
        ),
        sa.ForeignKeyConstraint(
            ["operation_id"],
            ["operation.id"],
            name="fk_retention_operation_id_operation",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["erased_by"], ["person.id"], name="fk_retention_erased_by_person"),
        sa.PrimaryKeyConstraint("object_id", name="pk_retention"),
    )
    op.create_index(
        "ix_retention_review_on_object_id",
        "retention",
        ["review_on", "object_id"],
        postgresql_where=sa.text("review_on is not null"),
    )
    op.create_index("ix_retention_operation_id", "retention", ["operation_id"])
    op.create_table(
        "review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("group_code", sa.Text(), nullable=True),
        sa.Column("next_review_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "object IN ('operation', 'result')", name=op.f("ck_review_object_known")
        ),
        sa.CheckConstraint("decision IN ('keep', 'erase')", name=op.f("ck_review_decision_known")),
        sa.CheckConstraint(
            "(decision = 'keep') = (next_review_on is not null)",
            name=op.f("ck_review_keep_has_a_date"),
        ),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_review_operation_id_operation"
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_review_decided_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_review"),
    )
    op.create_index("ix_review_object_id_at", "review", ["object_id", "at"])
    op.create_table(
        "retention_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.Uuid(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "object IN ('operation', 'result')", name=op.f("ck_retention_hold_object_known")
        ),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_retention_hold_operation_id_operation"
        ),
        sa.ForeignKeyConstraint(
            ["placed_by"], ["person.id"], name="fk_retention_hold_placed_by_person"
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by"], ["person.id"], name="fk_retention_hold_lifted_by_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_retention_hold"),
    )
    op.create_index(
        "ix_retention_hold_operation_id",
        "retention_hold",
        ["operation_id"],
        postgresql_where=sa.text("lifted_at is null"),
    )


def _fill() -> None:
    names = ("id", "code", "label", "rule", "years", "valid_from")
    themes_of = sa.column("themes", sa.ARRAY(sa.Text()))
    groups = sa.table("retention_group", *map(sa.column, names), themes_of)
    for code, label, rule, years, themes in GROUPS:
        op.execute(
            groups.insert().values(
                id=sa.text("gen_random_uuid()"),
                code=code,
                label=label,
                rule=rule,
                years=years,
                themes=themes,
                valid_from=sa.text("date '2023-01-01'"),
            )
        )
    keeps = sa.table(
        "erasure_keeps", sa.column("table_name"), sa.column("column_name"), sa.column("as_day")
    )
    for kept, as_day in ((KEEPS, False), (KEEPS_DAY, True)):
        for table, columns in kept.items():
            for column in columns.split():
                op.execute(
                    keeps.insert().values(table_name=table, column_name=column, as_day=as_day)
                )


def _decide_who() -> None:
    """Let whoever sees an operation see its reviews, and those in charge decide."""
    for table in TABLES:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy owner on {table} to current_user using (true)")
        seen = SEEN.replace("{table}", table)
        if table == "retention":
            # How long the whole is kept, and that it was erased, is no secret to them.
            seen = seen.replace(" and (", " and (object_id = retention.operation_id or ", 1)
        op.execute(f"create policy seen on {table} for select to ops_application using ({seen})")
        op.execute(f"revoke insert, update, delete on {table} from ops_application")
    for table, who in (("review", "decided_by"), ("retention_hold", "placed_by")):
        made = f"{IN_CHARGE} and {who} = actor_id() and {OF_OPERATION.replace('{table}', table)}"
        op.execute(f"grant insert on {table} to ops_application")
        op.execute(
            f"create policy made on {table} for insert to ops_application with check ({made})"
        )
    op.execute("grant update (lifted_at, lifted_by) on retention_hold to ops_application")
    op.execute(
        "create policy changed on retention_hold for update to ops_application"
        f" using ({IN_CHARGE}) with check (lifted_by = actor_id())"
    )
    op.execute(
        "revoke insert, update, delete on retention_group, erasure_keeps from ops_application"
    )


def downgrade() -> None:
    for table, when in (
        ("result", "update"),
        ("operation", "update"),
        ("result", "insert"),
    ):
        op.execute(f"drop trigger refuse_erased_{when} on {table}")
    op.execute("drop trigger schedule_review on operation")
    for table in (*TABLES, "erasure_keeps", "retention_group"):
        op.drop_table(table)
    for function in ("erase_record(text, uuid, text)", "erase_plan(uuid)", "erase_results(uuid[])",
                     "hollow(name, name, uuid[])", "refuse_erased()", "apply_review()",
                     "schedule_review()", "review_date(text, timestamptz)",
                     "default_group(text)"):  # fmt: skip
        op.execute(f"drop function {function}")
