"""A national picture: what `deploy/shards` makes, beside one database with everything."""

import contextlib
import dataclasses
import datetime as dt
import re
import secrets

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from ops import db, upgrading
from ops.cluster import ADMINISTRATOR, Cluster
from ops.config import Settings
from ops.exports import logins
from tests import factories
from tests.clusters import fresh_home, remove
from tests.conftest import ROOT, empty
from tests.results.conftest import payload
from tests.test_migrations import run

SCRIPTS = ROOT / "deploy/shards"
FORCES = {"gmp": "GMP", "lancs": "LANCS"}
# What the views of the coordinator add up, of one database: by the month, as people read a clock.
BY_MONTH = {
    "results_by_month": """
        select kind, date_trunc('month', occurred_at at time zone 'Europe/London')::date, count(*)
        from analysis.result where status <> 'struck' group by 1, 2
    """,
    "seizures_by_month": """
        select category, date_trunc('month', occurred_at at time zone 'Europe/London')::date,
            count(*), sum(value), sum(weight_g)
        from analysis.seizure where status <> 'struck' group by 1, 2
    """,
}
IN_BOX = """
select id, kind, led_by from {}.result
where point && st_makeenvelope(-2.3, 53.4, -2.2, 53.9, 4326)
    and st_intersects(point, st_makeenvelope(-2.3, 53.4, -2.2, 53.9, 4326))
"""
# Of each force: when it seized how much and where, in the box and beside it. The first was in
# October in London.
SEIZED = (
    ("gmp", "2026-09-30T23:30:00Z", [-2.2441, 53.4936], "1240.50"),
    ("gmp", "2026-11-03T12:00:00Z", [-2.2441, 53.4936], "60"),
    ("gmp", "2026-11-04T12:00:00Z", [-2.1, 53.4936], "1"),
    ("lancs", "2026-11-04T12:00:00Z", [-2.25, 53.8], "20.25"),
    ("lancs", "2026-11-05T12:00:00Z", [-2.7, 53.76], "7"),
)


@dataclasses.dataclass(frozen=True)
class Nation:
    """One database with everything, the coordinator, and who asks both."""

    whole: str
    coordinator: str
    analysts: dict[str, logins.Login]

    def ask(self, database, statement, person="national"):
        with contextlib.closing(self.connect(database, person)) as connection:
            return sorted(connection.execute(statement).fetchall())

    def connect(self, database, person):
        login = self.analysts[person]
        url = sa.make_url(database).set(
            drivername="postgresql", username=login.name, password=login.password
        )
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)

    def plan(self, statement):
        with contextlib.closing(self.connect(self.coordinator, "national")) as connection:
            found = connection.execute(f"explain (verbose, costs off) {statement}")
            return "\n".join(line for (line,) in found)


@pytest.fixture(scope="module")
def nation(app, cluster, tmp_path_factory):
    """Two forces in one database, and each again in one of its own, on two servers."""
    home, dump = fresh_home(), str(tmp_path_factory.mktemp("shards") / "ops.dump")
    whole = app.config["DATABASE_URL"]
    with contextlib.ExitStack() as after:
        after.callback(remove, home)
        other = after.enter_context(Cluster(home).lease())
        after.enter_context(app.app_context())
        after.callback(empty)
        analysts = {name: logins.bind(email) for name, email in _filled(app).items()}
        for login in analysts.values():
            after.callback(cluster.administer, [f"drop role if exists {login.name}"])
            for server in (cluster, other):
                server.administer(login.statements())
        run("pg_dump", whole, "--format=custom", "--enable-row-security", f"--file={dump}",
            "--exclude-table-data=spatial_ref_sys")  # fmt: skip
        at = {}
        for each, server in (("gmp", cluster), ("lancs", other), ("coordinator", cluster)):
            at[each] = server, f"test_{each}_{secrets.token_hex(4)}"
            server.create_database(at[each][1])
            after.callback(server.drop_database, at[each][1])
        for shard in FORCES:
            _restore(*at[shard], dump, FORCES[shard])
        _coordinate(at, analysts)
        yield Nation(whole, _administration(*at["coordinator"]), analysts)


def _filled(app):
    """Have two forces log what they seize, openly and not, and give who looks at it."""
    top = factories.organisation("NW", kind="partner")
    forces = {each: factories.organisation(code, parent_id=top.id) for each, code in FORCES.items()}
    for each, force in forces.items():
        lead = factories.person("lead", organisation=force)
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {factories.token(lead)}"
        for visibility in ("open", "covert"):
            operation = factories.operation(
                organisation=force, created_by=lead.id, visibility=visibility
            )
            sent = [
                payload(
                    "seizure",
                    {"category": "cash", "quantity": quantity},
                    occurred_at=at,
                    position={"type": "Point", "coordinates": place},
                )
                for of, at, place, quantity in SEIZED
                if of == each
            ]
            for body in (*sent, payload("arrest")):
                reply = client.post(f"/api/v1/operations/{operation.id}/results", json=body)
                assert reply.status_code == 201, reply.text
            # Whoever asked last is no longer the actor.
            db.session.remove()
    who = {"national": top, "local": forces["gmp"]}
    return {
        each: factories.person("analyst", organisation=organisation).email
        for each, organisation in who.items()
    }


def _administration(server, name):
    return server.url(name, ADMINISTRATOR).replace("+psycopg", "")


def _restore(server, name, dump, force):
    """Have a database of one force alone, as its own tracker would have made it."""
    words = ("--no-owner", "--no-comments", "--single-transaction", "--exit-on-error")
    run("pg_restore", server.url(name), *words, dump)
    upgrading.migrate(Settings(database_url=server.url(name)))
    with psycopg.connect(_administration(server, name)) as connection:
        # So that what hangs on a record goes by itself alone, and no history is written of it.
        connection.execute("set session_replication_role = replica")
        connection.execute(
            "delete from result using operation, organisation where operation_id = operation.id"
            " and organisation_id = organisation.id and code <> %s",
            [force],
        )
        for kind in ("seizure", "arrest"):
            connection.execute(
                sql.SQL(
                    "delete from {} where not exists (select from result where id = result_id)"
                ).format(sql.Identifier(kind))
            )


def _coordinate(at, analysts):
    """Set the coordinator up with what an operator runs."""
    coordinator = _administration(*at["coordinator"])
    _script(coordinator, "coordinator")
    for shard, code in FORCES.items():
        server, name = at[shard]
        _, port = server.postmaster.address()
        here = {"host": "127.0.0.1", "port": port, "dbname": name, "sslmode": "prefer"}
        one = analysts["national"]
        _script(coordinator, "shard", one, shard=shard, organisations=code, **here)
        for login in analysts.values():
            _script(coordinator, "analyst", login, shard=shard, person=login.name)
    names = ", ".join(login.name for login in analysts.values())
    with psycopg.connect(coordinator) as connection:
        connection.execute(f"grant ops_national to {names}")


def _script(url, name, login=None, **variables):
    """Run a script as an operator does, with the password in the environment."""
    words = [f"--set={variable}={value}" for variable, value in variables.items()]
    lines = [f"\\include {SCRIPTS / name}.sql"]
    if login:
        words.append(f"--set=login={login.name}")
        lines.insert(0, f"\\setenv OPS_SHARD_PASSWORD {login.password}")
    quietly = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
    run("psql", url, *quietly, *words, input="\n".join(lines))


def test_a_national_summary_is_that_of_one_database_with_everything(nation):
    for view, statement in BY_MONTH.items():
        found = nation.ask(nation.coordinator, f"table national.{view}")

        assert found == nation.ask(nation.whole, statement)
        assert {month for _, month, *_ in found} == {dt.date(2026, 10, 1), dt.date(2026, 11, 1)}
        assert ("seizure" if view == "results_by_month" else "cash", dt.date(2026, 11, 1), 4) in [
            row[:3] for row in found
        ]


def test_each_shard_adds_up_its_own(nation):
    for view in BY_MONTH:
        plan = nation.plan(f"table national.{view}")

        assert len(re.findall(r"Relations: Aggregate on", plan)) == 2, plan
        assert len(re.findall(r"Remote SQL: SELECT .*count\(\*\).* GROUP BY", plan)) == 2, plan


def test_a_box_is_looked_into_on_both_shards_by_postgis(nation):
    asked = IN_BOX.format("national")
    plan = nation.plan(asked)

    found = nation.ask(nation.coordinator, asked)

    assert found == nation.ask(nation.whole, IN_BOX.format("analysis"))
    assert [led_by for *_, led_by in found].count("GMP") == 2
    assert [led_by for *_, led_by in found].count("LANCS") == 1
    assert plan.count("Async Foreign Scan") == 2, plan
    remote = re.findall(r"Remote SQL: .*", plan)
    assert all(
        "public.st_intersects(point" in each and "OPERATOR(public.&&)" in each for each in remote
    )
    assert "Filter:" not in plan


def test_who_asks_for_one_organisation_asks_its_shard_alone(nation):
    plan = nation.plan(
        "select kind, count(*) from national.result where led_by = 'LANCS' group by 1"
    )

    assert "lancs.result" in plan
    assert "gmp." not in plan


def test_the_coordinator_shows_what_somebody_sees_on_each_shard_and_no_more(nation):
    everything = "select id, led_by from {}.result"
    found = nation.ask(nation.coordinator, everything.format("national"), "local")

    assert found == nation.ask(nation.whole, everything.format("analysis"), "local")
    assert {led_by for _, led_by in found} == {"GMP"}
    with contextlib.closing(nation.connect(nation.coordinator, "local")) as connection:
        # A habit for the careful, and no lock.
        connection.execute("set default_transaction_read_only = off")
        for statement in (
            "table gmp.result",
            "create user mapping for current_user server lancs options (user 'x')",
            "alter server lancs options (set host 'elsewhere')",
            "create foreign table public.mine (id text) server lancs options (table_name 'x')",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
        shown = connection.execute("select umoptions from pg_user_mappings").fetchall()
    assert set(shown) == {(None,)}


def test_an_organisation_that_its_shard_was_not_told_of_is_named(nation):
    check = (SCRIPTS / "check.sql").read_text()
    before = nation.ask(nation.coordinator, check)

    with _told(nation, "gmp", "ELSE"):
        found = nation.ask(nation.coordinator, check)

    assert before == []
    assert [led_by for led_by, _ in found] == ["GMP"]


@contextlib.contextmanager
def _told(nation, shard, code):
    """Have a shard said to be another organisation's for the block."""
    with psycopg.connect(nation.coordinator, autocommit=True) as connection:
        for each in (code, FORCES[shard]):
            connection.execute(
                f"begin; alter table national.result detach partition {shard}.result; alter table"
                f" national.result attach partition {shard}.result for values in ('{each}'); commit"
            )
            if each == code:
                yield
