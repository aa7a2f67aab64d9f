"""What the database itself holds back, whatever a view forgets: roles, grants and policies."""

import re

import psycopg
import pytest
import sqlalchemy as sa

from ops import db
from ops.access import guard, queries
from ops.db import APPLICATION
from tests import factories
from tests.access import matrix_world
from tests.access.matrix_world import PARTS, VISIBILITIES, World
from tests.conftest import empty

# Every table that belongs to an operation: those that name one, and all that hang on these.
OF_OPERATIONS = """
with recursive owned as (
    select 'operation'::regclass::oid as id
    union
    select attrelid from pg_attribute join pg_class on pg_class.oid = attrelid
    where attname in ('operation_id', 'lead_id') and relkind in ('r', 'p')
        and relnamespace = 'public'::regnamespace
    union
    select conrelid from pg_constraint join owned on owned.id = confrelid
    where contype = 'f'
)
select id::regclass::text from owned order by 1
"""
COMMANDS = {"select": "r", "insert": "a", "update": "w", "delete": "d"}


@pytest.fixture(scope="module")
def filled(app):
    """A world that is really stored, so that other connections see it; emptied in the end."""
    with app.app_context():
        db.session.remove()
        world = World()
        for visibility in VISIBILITIES:
            world.fill(visibility)
        world.people = {
            "officer": factories.person("officer"),
            "stranger": factories.person("lead", organisation=world.organisations["other"]),
            "member": factories.person("desk", organisation=world.organisations["other"]),
            "partner": factories.person("desk", organisation=world.organisations["partner"]),
        }
        for operation in world.operations.values():
            factories.member(operation, world.people["member"], "analyst")
            factories.member(operation, world.people["partner"], "partner")
        yield world
        # Whoever asked last is no longer the actor.
        db.session.remove()
        empty()


@pytest.fixture(scope="module")
def owner(app):
    """The owner's own connections."""
    return app.extensions["engine"]


@pytest.fixture(scope="module")
def application(cluster, database_url):
    """Connections of whoever signs in as the application itself, as the server does."""
    name = sa.make_url(database_url).database
    engine = sa.create_engine(cluster.url(name, role=APPLICATION), pool_size=1, max_overflow=0)
    yield engine
    engine.dispose()


def tables(connection):
    """Name every table that belongs to an operation."""
    return connection.scalars(sa.text(OF_OPERATIONS)).all()


def may(connection, table, command):
    """Tell whether the application's role has this right on a table."""
    return connection.scalar(
        sa.text("select has_table_privilege(:role, :table, :command)"),
        {"role": APPLICATION, "table": table, "command": command},
    )


def rows(table):
    """Count the rows of a table, as far as they are seen."""
    return sa.select(sa.func.count()).select_from(sa.table(table))


def act_as(connection, person):
    """Name the actor of the running transaction."""
    connection.execute(sa.text("select set_config('ops.actor', :id, true)"), {"id": str(person.id)})


def test_the_tables_of_operations_are_found_in_the_catalogue(owner):
    with owner.connect() as connection:
        found = set(tables(connection))

    assert {"operation", "area", "assignment", "team_member", "seizure", "valuation"} <= found
    assert not found & {"person", "organisation", "token", "site", "boundary", "measure"}


def test_row_level_security_holds_on_every_table_of_an_operation_also_for_its_owner(owner):
    with owner.connect() as connection:
        held = {
            row.name: (row.relrowsecurity, row.relforcerowsecurity)
            for row in connection.execute(
                sa.text(
                    "select oid::regclass::text as name, relrowsecurity, relforcerowsecurity"
                    " from pg_class where oid = any(cast(:names as regclass[]))"
                ),
                {"names": list(tables(connection))},
            )
        }

    assert {name for name, both in held.items() if both != (True, True)} == set()


def test_each_right_of_the_application_is_narrowed_by_a_policy(owner):
    open_wide = []
    with owner.connect() as connection:
        for table in tables(connection):
            policies = connection.execute(
                sa.text(
                    "select polcmd, pg_get_expr(polqual, polrelid) as seen,"
                    " pg_get_expr(polwithcheck, polrelid) as made"
                    " from pg_policy where polrelid = cast(:table as regclass)"
                    " and (polroles = '{0}' or cast(:role as regrole) = any(polroles))"
                ),
                {"table": table, "role": APPLICATION},
            ).all()
            for command, letter in COMMANDS.items():
                found = [each for each in policies if each.polcmd in {letter, "*"}]
                says = {each.made if command == "insert" else each.seen for each in found}
                if may(connection, table, command) and (not found or says & {None, "true"}):
                    open_wide.append((table, command))

    assert open_wide == []


def test_the_application_owns_nothing_and_stands_above_nobody(owner):
    with owner.connect() as connection:
        role = connection.execute(
            sa.text(
                "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
                " from pg_roles where rolname = :role"
            ),
            {"role": APPLICATION},
        ).one()
        owned = connection.scalar(
            sa.text(
                "select (select count(*) from pg_class where relowner = cast(:role as regrole))"
                " + (select count(*) from pg_proc where proowner = cast(:role as regrole))"
                " + (select count(*) from pg_namespace where nspowner = cast(:role as regrole))"
            ),
            {"role": APPLICATION},
        )
        is_more = connection.scalars(
            sa.text(
                "select rolname from pg_roles where rolname <> :role"
                " and pg_has_role(:role, oid, 'member')"
            ),
            {"role": APPLICATION},
        ).all()

    assert not any(role)
    assert owned == 0
    assert is_more == []


def test_what_runs_as_the_owner_looks_up_no_name_where_others_could_put_one(owner):
    """A temporary table of the caller's would else be taken for ours."""
    with owner.connect() as connection:
        told = connection.scalars(
            sa.text(
                "select proname from pg_proc where prosecdef and prosqlbody is null"
                " and pronamespace = 'public'::regnamespace"
                " and not coalesce('search_path=public, pg_temp' = any(proconfig), false)"
                " and not exists (select from pg_depend where objid = pg_proc.oid"
                " and deptype = 'e')"
            )
        ).all()

    assert told == []


@pytest.mark.parametrize(
    "statement",
    [
        "set role ops",
        "set session authorization ops",
        "create function public.x() returns int language sql return 1",
        "create table public.x ()",
        "alter table operation disable row level security",
        "alter table operation no force row level security",
        "drop policy seen on operation",
        "create policy x on operation using (true)",
        "alter role ops_application bypassrls",
        "truncate operation cascade",
        "copy operation to program 'true'",
        "create trigger x after insert on operation execute function lead_it()",
        "delete from change",
        "insert into change (object, object_id) values ('x', gen_random_uuid())",
        "select from log_entry",
        "select from seal",
        "delete from operation",
        "delete from result",
        "select from alembic_version",
    ],
)
def test_whoever_signs_in_as_the_application_gets_no_further(application, statement):
    with (
        application.connect() as connection,
        pytest.raises(sa.exc.ProgrammingError) as refused,
    ):
        connection.execute(sa.text(statement))

    assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)


def test_without_an_actor_no_row_of_any_operation_is_seen(filled, owner, application):
    with owner.connect() as connection:
        names = tables(connection)
        lacking = {name for name in names if not connection.scalar(rows(name))}
        readable = [name for name in names if may(connection, name, "select")]

    with application.connect() as connection:
        seen = {name: connection.scalar(rows(name)) for name in readable}

    assert lacking <= {"alert", "valuation"}
    assert {name for name, count in seen.items() if count} == set()


def test_somebody_who_is_nobody_sees_no_more_than_no_actor(filled, owner, application):
    with application.connect() as connection:
        connection.execute(sa.text("select set_config('ops.actor', gen_random_uuid()::text, true)"))

        seen = connection.scalar(sa.text("select count(*) from operation"))

    assert seen == 0


def test_an_actor_does_not_outlive_the_transaction(filled, application):
    token = factories.token(filled.people["member"])

    with application.connect() as connection:
        with connection.begin():
            values = {"token_hash": guard.hash_of(token), "patience": "30s", "operation": None}
            found = connection.execute(queries.BEARER, values).one()
            during = connection.scalar(sa.text("select count(*) from operation"))
        with connection.begin():
            after = connection.execute(
                sa.text("select actor_id(), (select count(*) from operation)")
            ).one()

    assert found.id == filled.people["member"].id
    assert during == len(VISIBILITIES)
    assert tuple(after) == (None, 0)


def test_a_request_leaves_nothing_behind_on_its_connection(app, filled):
    """A pooler in transaction mode gives the connection to somebody else at once."""
    said = []
    engine = app.extensions["engine"]
    sa.event.listen(engine, "before_cursor_execute", lambda *call: said.append((call[2], call[3])))
    client = app.test_client()
    token = factories.token(filled.people["member"])
    operation = filled.operations["open"]

    for address in ("/api/v1/operations", f"/operations/{operation.id}", "/api/v1/outcomes"):
        reply = client.get(address, headers={"Authorization": f"Bearer {token}"})
        assert reply.status_code == 200

    lasting = ("set ", "listen", "prepare", "declare", "create temp", "select pg_advisory_lock")
    assert [text for text, _ in said if text.lower().lstrip().startswith(lasting)] == []
    settings = [text % dict(values) for text, values in said if "set_config" in text]
    assert settings
    for text in settings:
        are_local = re.findall(r"set_config\([^,]+, [^,]+, (\w+)\)", text)
        assert [each.lower() for each in are_local] == ["true"] * text.count("set_config(")


@pytest.mark.parametrize("who", ["officer", "stranger", "member", "partner"])
def test_raw_sql_shows_no_more_than_the_api(app, filled, owner, application, who):
    person = filled.people[who]
    client = app.test_client()
    headers = {"Authorization": f"Bearer {factories.token(person)}"}
    listed = client.get("/api/v1/operations?limit=500", headers=headers).text
    visible = {each for each in VISIBILITIES if matrix_world.word(each, "plan") in listed}
    parts = {"plan", "part"} if who == "partner" else set(PARTS)
    allowed = {(visibility, part) for visibility in visible for part in parts}
    with owner.connect() as connection:
        readable = connection.scalars(
            sa.text(
                "select oid::regclass::text from pg_class where relkind in ('r', 'v')"
                " and relnamespace = 'public'::regnamespace"
                " and has_table_privilege(:role, oid, 'select')"
            ),
            {"role": APPLICATION},
        ).all()

    shown, leaked = set(), {}
    with application.connect() as connection:
        act_as(connection, person)
        for table in readable:
            text = " ".join(
                connection.scalars(
                    sa.select(sa.cast(sa.literal_column(table), sa.Text)).select_from(
                        sa.table(table)
                    )
                )
            )
            found = {
                (visibility, part)
                for visibility in VISIBILITIES
                for part in PARTS
                if any(mark in text for mark in matrix_world.marks(visibility, part))
            }
            shown |= found
            if found - allowed:
                leaked[table] = found - allowed

    assert leaked == {}
    assert shown == allowed
