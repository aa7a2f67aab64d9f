"""What an analyst's login may read, and every way we know to read more."""

import contextlib
import secrets
import warnings

import psycopg
import psycopg.sql
import pytest
import sqlalchemy as sa

from ops import db
from ops.exports import analysis, logins, tables
from ops.exports.models import AnalystLogin
from ops.results.models import Result
from tests import factories
from tests.results.conftest import payload


@pytest.fixture
def there(committed, cluster):
    """An open and a covert operation with an arrest each, and who leads the covert one."""
    lead, colleague = factories.person("lead"), factories.person("analyst")
    seen = factories.operation(created_by=lead.id)
    hidden = factories.operation(visibility="covert", created_by=lead.id, name="Under cover")
    client = committed.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {factories.token(lead)}"
    for operation in (seen, hidden):
        body = payload("arrest", note=f"Of {operation.reference}")
        reply = client.post(f"/api/v1/operations/{operation.id}/results", json=body)
        assert reply.status_code == 201, reply.text
    # Whoever asked last is no longer the actor.
    db.session.remove()
    said = {"seen": seen.reference, "hidden": hidden.reference, "hidden_id": str(hidden.id)}
    return {**said, "lead": lead.email, "colleague": colleague.email, "lead_id": str(lead.id)}


@pytest.fixture
def sign_in(committed, cluster, there):
    """Make the login of somebody and connect with it; taken away at the end."""
    made, opened = [], []
    url = sa.make_url(committed.config["DATABASE_URL"])

    def connect(email):
        login = logins.bind(email)
        cluster.administer(login.statements())
        made.append(login)
        address = url.set(drivername="postgresql", username=login.name, password=login.password)
        opened.append(psycopg.connect(address.render_as_string(False), autocommit=True))
        return opened[-1]

    yield connect
    for connection in opened:
        connection.close()
    cluster.administer(f"drop role {login.name}" for login in made)


def references(connection):
    """Give the operations of the arrests that a login reads."""
    return {row[0] for row in connection.execute("select operation from analysis.arrest")}


def test_a_login_reads_what_its_person_sees_with_labels_and_no_more(sign_in, there):
    lead, colleague = sign_in(there["lead"]), sign_in(there["colleague"])

    assert references(lead) == {there["seen"], there["hidden"]}
    assert references(colleague) == {there["seen"]}
    row = colleague.execute("select reason_label, kind_label, marking from arrest").fetchone()
    assert row == ("Supply of class A drugs", "Arrest", "OFFICIAL-SENSITIVE")
    assert colleague.execute("select count(*) from operation").fetchone() == (1,)


# Each is tried by somebody who does not see the covert operation, and must not come to.
TRIES = (
    "set ops.actor = '{lead_id}'",
    "select set_config('ops.actor', '{lead_id}', false)",
    "set role ops_application",
    "set role ops",
    "set session authorization ops",
    "reset session authorization",
    "select public.break_glass('{hidden}', 'x')",
    "select public.visible_operations()",
    "select public.actor_roles('{hidden_id}')",
    "select public.log_access('erasure', 'x', '[]', null)",
    "select * from public.result",
    "select * from public.analyst_login",
    "update public.analyst_login set person_id = '{lead_id}'",
    "update analysis.arrest set note = 'x'",
    "create function analysis.actor_id() returns uuid language sql return '{lead_id}'::uuid",
    "create function public.actor_id() returns uuid language sql return '{lead_id}'::uuid",
    "create view public.mine as select * from analysis.arrest",
    "create temp table person (id uuid); set search_path = pg_temp, analysis, public",
    "alter function analysis.read_arrest() security invoker",
    "alter role current_user set ops.actor = '{lead_id}'",
    "copy public.result to stdout",
    "lock table public.result in access exclusive mode",
)


def test_no_way_to_become_somebody_else_is_open(sign_in, there):
    connection = sign_in(there["colleague"])
    # A habit for the careful, and no lock.
    connection.execute("set default_transaction_read_only = off")

    for statement in TRIES:
        with contextlib.suppress(psycopg.Error):
            connection.execute(statement.format(**there))

        assert references(connection) == {there["seen"]}, statement
        assert connection.execute("select count(*) from analysis.operation").fetchone() == (1,)


def test_a_setting_of_the_login_changes_nothing_even_from_the_start(sign_in, there, committed):
    connection = sign_in(there["colleague"])
    again = psycopg.connect(
        connection.info.dsn,
        password=connection.info.password,
        options=f"-c ops.actor={there['lead_id']}",
    )
    with again:
        assert references(again) == {there["seen"]}
    again.close()


def test_a_condition_is_never_asked_of_what_is_hidden(sign_in, there):
    connection = sign_in(there["colleague"])

    # It would break at the hidden row, if it were asked of it.
    found = connection.execute(
        "select 1 / (case when operation = %s then 0 else 1 end) from analysis.arrest",
        [there["hidden"]],
    ).fetchall()

    assert found == [(1,)]


def test_what_the_planner_expects_tells_nothing_of_what_is_hidden(sign_in, there):
    connection = sign_in(there["colleague"])

    def planned(value):
        asked = psycopg.sql.SQL("explain select * from analysis.arrest where operation = {}")
        return [row[0] for row in connection.execute(asked.format(value))]

    hidden, nothing = planned(there["hidden"]), planned("X" * len(there["hidden"]))

    assert [line.replace(there["hidden"], "X" * len(there["hidden"])) for line in hidden] == nothing
    assert "Function Scan" in hidden[0]


COUNTS = (
    "select reltuples from pg_class where relname = 'result'",
    "select * from pg_class where relname = 'result'",
    "select n_live_tup, n_tup_ins from pg_stat_all_tables where relname = 'result'",
    "select seq_scan from pg_stat_user_tables where relname = 'result'",
    "select pg_stat_get_live_tuples(oid) from pg_class where relname = 'result'",
    "select pg_relation_size(oid) from pg_class where relname = 'result'",
    "select pg_total_relation_size('public.result')",
    "select heap_blks_read from pg_statio_all_tables where relname = 'result'",
    "select st_estimatedextent('area', 'geom')",
    "select st_estimatedextent('public', 'area', 'geom')",
    "select st_estimatedextent('public', 'area', 'geom', true)",
    "select _postgis_index_extent('public.area', 'geom')",
    "select _postgis_stats('public.area', 'geom')",
    "select _postgis_selectivity('public.area', 'geom', 'POINT(-2.2 53.5)')",
    "select _postgis_join_selectivity('public.area', 'geom', 'public.area', 'geom')",
)


def test_the_catalogue_counts_nothing_for_an_analyst(sign_in, there):
    connection = sign_in(there["colleague"])

    for asked in COUNTS:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(asked).fetchall()


def test_statistics_of_the_tables_are_not_shown(sign_in, there, committed):
    db.session.execute(sa.text("analyze result"))
    db.session.commit()

    found = sign_in(there["colleague"]).execute(
        "select count(*) from pg_stats where schemaname = 'public' and tablename = 'result'"
    )

    assert found.fetchone() == (0,)


def test_an_analyst_may_call_no_function_of_ours_but_those_of_the_views(sign_in, there):
    found = sign_in(there["colleague"]).execute(
        "select pg_proc.oid::regprocedure::text from pg_proc"
        " where pronamespace = 'public'::regnamespace"
        " and has_function_privilege(pg_proc.oid, 'execute')"
        " and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')"
    )

    assert {row[0] for row in found} == {"analyst_within_limits()"}


def test_who_gives_themselves_too_much_time_reads_nothing(sign_in, there):
    connection = sign_in(there["colleague"])

    for time in ("0", "'1h'"):
        connection.execute(f"set statement_timeout = {time}")
        with pytest.raises(psycopg.errors.RaiseException, match="Set statement_timeout"):
            references(connection)


def test_a_login_ends_at_once_and_with_its_person(sign_in, there, committed):
    lead, colleague = sign_in(there["lead"]), sign_in(there["colleague"])
    logins.end(there["lead"])
    with db.transaction():
        db.session.execute(
            sa.text("update person set disabled_at = now() where email = :e"),
            {"e": there["colleague"]},
        )

    assert (references(lead), references(colleague)) == (set(), set())


def test_the_server_is_never_sent_a_password_that_it_could_log(session):
    login = logins.bind(factories.person("analyst").email)

    assert not any(login.password in statement for statement in login.statements())


def test_who_is_no_analyst_is_nobody_here(committed, cluster, there):
    name = f"ops_analyst_{secrets.token_hex(6)}"
    cluster.administer([f"create role {name} login password 'x' in role ops_analyst"])
    url = sa.make_url(committed.config["DATABASE_URL"])
    address = url.set(drivername="postgresql", username=name, password="x")

    with psycopg.connect(address.render_as_string(False)) as connection:
        connection.execute("set statement_timeout = '1min'")
        assert references(connection) == set()
    connection.close()
    cluster.administer([f"drop role {name}"])


def test_every_view_and_every_column_is_described(session):
    undescribed = session.scalars(
        sa.text(
            "select attrelid::regclass || '.' || attname from pg_attribute"
            " join pg_class on pg_class.oid = attrelid"
            " where relnamespace = 'analysis'::regnamespace and relkind = 'v' and attnum > 0"
            " and coalesce(col_description(attrelid, attnum), '') = ''"
        )
    ).all()

    assert undescribed == []
    views = {table.name for table, _ in analysis.every()}
    assert {each.name for each in tables.every(Result.__table__)} < views
    assert AnalystLogin.__tablename__ not in views


def test_python_reads_it_into_frames(sign_in, there):
    geopandas = pytest.importorskip("geopandas")
    connection = sign_in(there["lead"])
    info = connection.info
    engine = sa.create_engine(
        sa.URL.create(
            "postgresql+psycopg",
            info.user,
            info.password,
            database=info.dbname,
            query={"host": info.host, "port": str(info.port)},
        )
    )
    with warnings.catch_warnings(), engine.connect() as opened:
        warnings.simplefilter("ignore")
        frame = geopandas.read_postgis(
            "select * from analysis.arrest", opened, geom_col="point", crs="EPSG:4326"
        )

    engine.dispose()
    assert set(frame["operation"]) == {there["seen"], there["hidden"]}
