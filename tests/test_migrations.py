"""The migrations make exactly the tables that the models describe, and can be undone."""

import bisect
import datetime as dt
import lzma
import re
import secrets
import subprocess
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import alembic.command
import alembic.config
import pytest
import sqlalchemy as sa

from ops import upgrading
from ops.cluster.programs import find_server
from ops.config import Settings
from ops.errors import Refused
from ops.ledger import checking, sealing
from tests.clusters import until


@pytest.fixture
def configuration(cluster):
    name = f"test_migrations_{secrets.token_hex(4)}"
    cluster.create_database(name)
    configuration = alembic.config.Config(Path(__file__).parent.parent / "alembic.ini")
    configuration.attributes["url"] = cluster.url(name)
    yield configuration
    cluster.drop_database(name)


def test_looks_that_are_unpacked_by_an_undoing_stay_and_their_seals_hold(configuration):
    alembic.command.upgrade(configuration, "head")
    engine = sa.create_engine(configuration.attributes["url"], poolclass=sa.NullPool)
    look = (
        "select log_packed('consultation', 'x', 'area', decode(repeat('cd', 64), 'hex'), '{}',"
        " null, null, null)"
    )
    with engine.begin() as connection:
        connection.execute(sa.text(look))
    sealing.seal(engine)

    alembic.command.downgrade(configuration, "0048")

    with engine.begin() as connection:
        seen = "select seen from log_entry where act = 'consultation'"
        [[group]] = connection.execute(sa.text(seen)).scalars()
    assert (group["kind"], group["ids"]) == ("area", [str(uuid.UUID("cd" * 16))] * 2)
    alembic.command.upgrade(configuration, "head")
    assert checking.verify(engine).fault is None


def test_the_models_and_the_migrations_agree(configuration):
    alembic.command.upgrade(configuration, "head")

    alembic.command.check(configuration)


def test_each_migration_can_be_undone_and_done_again(configuration):
    alembic.command.upgrade(configuration, "head")

    alembic.command.downgrade(configuration, "base")
    alembic.command.upgrade(configuration, "head")

    alembic.command.check(configuration)


# As records were before they had dates of their own: one that was logged, credited, confirmed,
# corrected, confirmed again and charged, each in a transaction of its own.
BEFORE_0008 = """
insert into organisation (id, code, name, kind) values ('{o}', 'F', 'F', 'force');
insert into person (id, organisation_id, name, email, role) values
    ('{p}', '{o}', 'A', 'a@example.test', 'lead'), ('{q}', '{o}', 'B', 'b@example.test', 'lead');
insert into operation (id, reference, kind, name, organisation_id, starts_at, ends_at, status,
    version, created_by)
select id::uuid, id, 'week_of_action', id, '{o}', now(), now() + interval '1 day', 'live', 1, '{p}'
from unnest('{{{a},{b},{c}}}'::text[]) id;
---
insert into result (id, operation_id, kind, occurred_at, recorded_at, status, recorded_by,
    content_hash, version)
values ('{r}', '{a}', 'arrest', now(), now() - interval '1 year', 'recorded', '{p}', '', 1);
insert into arrest (result_id, reason, necessity, disposal_codes)
values ('{r}', 'theft', '{{}}', '{{}}');
insert into disposal (result_id, position, code, at) values ('{r}', 0, 'bailed', now());
insert into credit (result_id, operation_id) values ('{r}', '{b}');
---
update result set status = 'confirmed', confirmed_at = now(), confirmed_by = '{q}', version = 2;
---
select set_config('ops.reason', 'Misread', true);
update result set status = 'recorded', confirmed_at = null, confirmed_by = null, version = 3;
insert into disposal (result_id, position, code, at) values ('{r}', 1, 'charged', now());
insert into credit (result_id, operation_id) values ('{r}', '{c}');
---
delete from credit where operation_id = '{b}';
update result set status = 'confirmed', confirmed_at = now(), confirmed_by = '{q}', version = 4;
"""


def test_what_was_there_before_is_dated_from_the_ledger(configuration):
    ids = {name: uuid.UUID(int=number) for number, name in enumerate("oapqbcr", 1)}
    alembic.command.upgrade(configuration, "0007")
    engine = sa.create_engine(configuration.attributes["url"], poolclass=sa.NullPool)
    ends = []
    for step in BEFORE_0008.format(**ids).split("---"):
        with engine.begin() as connection:
            connection.exec_driver_sql(step)
            ends.append(connection.scalar(sa.text("select clock_timestamp()")))

    alembic.command.upgrade(configuration, "0008")

    def rows(statement):
        """Give the rows, with the number of the step that a time falls in."""
        with engine.begin() as connection:
            found = connection.execute(sa.text(statement)).all()
        return [
            tuple(
                bisect.bisect(ends, each) if isinstance(each, dt.datetime) else each for each in row
            )
            for row in found
        ]

    assert rows("select recorded_at from result") == [(0,)]
    assert rows(
        "select how, confirmed_by, confirmed_at, withdrawn_at, withdrawn_because"
        " from confirmation order by confirmed_at"
    ) == [("checked", ids["q"], 2, 3, "Misread"), ("checked", ids["q"], 4, None, None)]
    assert rows("select operation_id, credited_at, withdrawn_at from credit order by 2") == [
        (ids["b"], 0, 4),
        (ids["c"], 3, None),
    ]
    assert rows("select code, recorded_at from disposal order by position") == [
        ("bailed", 0),
        ("charged", 3),
    ]
    # What is filled in is no change of a record.
    assert rows("select 1 from change where object = 'confirmation'") == []


# As one was logged before its ward and its square were kept beside it.
BEFORE_0040 = """
insert into organisation (id, code, name, kind) values ('{o}', 'F', 'F', 'force');
insert into person (id, organisation_id, name, email, role)
values ('{p}', '{o}', 'A', 'a@example.test', 'lead');
insert into operation (id, reference, kind, name, organisation_id, starts_at, ends_at, status,
    version, created_by, content_hash)
values ('{a}', 'A', 'week_of_action', 'A', '{o}', now(), now() + interval '1 day', 'live', 1, '{p}',
    '');
insert into boundary (id, layer, code, name, geom) values ('{b}', 'ward', 'E05000650', 'A Ward',
    st_multi(st_makeenvelope(-2.3, 53.4, -2.2, 53.5, 4326)));
insert into result (id, operation_id, kind, occurred_at, recorded_at, status, recorded_by,
    content_hash, version, point)
select id::uuid, '{a}', 'arrest', now(), now(), 'recorded', '{p}', '', 1,
    st_setsrid(st_makepoint(lon, lat), 4326)
from (values ('{r}', -2.241, 53.485), ('{t}', -2.0, 49.85), ('{u}', null, null)) at (id, lon, lat);
"""


def test_what_was_there_before_has_its_ward_and_its_square_beside_it(configuration):
    ids = {name: uuid.UUID(int=number) for number, name in enumerate("oapbrtu", 1)}
    alembic.command.upgrade(configuration, "0039")
    engine = sa.create_engine(configuration.attributes["url"], poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(BEFORE_0040.format(**ids))

    alembic.command.upgrade(configuration, "0040")

    with engine.begin() as connection:
        kept = connection.execute(sa.text("select ward, square from result order by id")).all()
        changes = connection.scalar(sa.text("select count(*) from change where before is not null"))
    # The second lies in the Channel, where the National Grid has no squares.
    assert kept == [("E05000650", 384103987), (None, None), (None, None)]
    assert changes == 0


# The first release: nothing was in use before it, so no database is older. What follows is held
# against the demonstration as it was then, made with `pg_dump --enable-row-security --no-owner
# --no-comments --exclude-table-data=spatial_ref_sys`, with `public` as its search path.
FIRST = "0041"
FIRST_RELEASE = Path(__file__).with_name("first_release.sql.xz")


def run(program, url, *words, **more):
    """Run a program of PostgreSQL's on a database, and give what it printed."""
    server = find_server()
    words = [server.programs / program, *words, f"--dbname={url.replace('+psycopg', '')}"]
    done = subprocess.run(
        words, env=server.environment, check=False, capture_output=True, text=True, **more
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture
def filled(configuration):
    """A database as the first release left it, with the demonstration in it."""
    url = configuration.attributes["url"]
    text = lzma.decompress(FIRST_RELEASE.read_bytes()).decode()
    quietly = ("--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1")
    run("psql", url, *quietly, input=text)
    return configuration


def rows(url):
    """Give how many rows each table has, and what they come to, whatever their order."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        tables = set(sa.inspect(connection).get_table_names()) - {
            "alembic_version",
            "spatial_ref_sys",
        }
        return {
            table: connection.execute(
                sa.text(f"select count(*), sum(hashtextextended(t::text, 0)) from {table} t")  # noqa: S608
            ).one()
            for table in tables
        }


def test_what_the_first_release_held_is_there_after_each_newer_migration_and_its_undoing(filled):
    url = filled.attributes["url"]
    before = rows(url)

    alembic.command.upgrade(filled, "head")
    after = rows(url)
    alembic.command.check(filled)
    alembic.command.downgrade(filled, FIRST)

    assert sum(count for count, _ in before.values()) > 2_000
    assert {table: after[table][0] for table in before} == {
        table: count for table, (count, _) in before.items()
    }
    assert rows(url) == before


def schema(url):
    """Give the statements that make the tables and all that belongs to them."""
    # Rights are left out: some are given by each `ops db upgrade` anew.
    words = ("--schema-only", "--no-owner", "--no-privileges", "--schema=public")
    text = run("pg_dump", url, *words)
    # Each dump has a word of its own in it, and what was dumped once has other brackets.
    lines = [line for line in text.splitlines() if not line.startswith(("\\", "--"))]
    return [re.sub(r"[()\s]+", " ", line).strip() for line in lines]


def test_the_migrations_of_the_first_release_stay_as_they_were(filled):
    url = filled.attributes["url"]
    then = schema(url)
    alembic.command.downgrade(filled, "base")

    alembic.command.upgrade(filled, FIRST)

    assert schema(url) == then


def test_a_dump_can_be_restored_as_the_book_says(filled, cluster, tmp_path):
    url = filled.attributes["url"]
    alembic.command.upgrade(filled, "head")
    dump = str(tmp_path / "ops.dump")
    words = ("--format=custom", "--enable-row-security", "--exclude-table-data=spatial_ref_sys")
    run("pg_dump", url, *words, f"--file={dump}")
    name = f"test_restored_{secrets.token_hex(4)}"
    cluster.create_database(name)
    words = ("--no-owner", "--no-comments", "--single-transaction", "--exit-on-error")

    run("pg_restore", cluster.url(name), *words, dump)

    assert rows(cluster.url(name)) == rows(url)
    cluster.drop_database(name)


def test_a_migration_that_waits_for_a_table_stops_nobody_and_comes_again(filled):
    settings = Settings(database_url=filled.attributes["url"])
    upgrading.undo(settings, "0039")
    engine = sa.create_engine(settings.database_url, poolclass=sa.NullPool)
    with ThreadPoolExecutor() as pool, engine.connect() as reader, engine.connect() as other:
        reader.execute(sa.text("select count(*) from result"))
        upgrade = pool.submit(upgrading.migrate, settings)
        waiting = sa.text(
            "select count(*) from pg_locks where not granted and database = (select"
            " oid from pg_database where datname = current_database())"
        )
        until(lambda: other.scalar(waiting))

        other.execute(sa.text("set local lock_timeout = '60s'"))
        counted = other.scalar(sa.text("select count(*) from result"))
        other.rollback()
        is_done = upgrade.done()
        reader.rollback()
        upgrade.result()

    assert counted == 213
    assert not is_done
    assert upgrading.revision(settings) == upgrading.newest()


def test_tables_of_a_newer_version_are_left_alone(filled):
    settings = Settings(database_url=filled.attributes["url"])
    engine = sa.create_engine(settings.database_url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))

    with pytest.raises(Refused, match="of a newer version are taken back by that version"):
        upgrading.migrate(settings)
