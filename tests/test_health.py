"""Whether this instance can do its work, said by name and without anything else."""

import dataclasses
import datetime as dt

import alembic.config
import alembic.script
import pytest
import sqlalchemy as sa

from ops import db, health
from ops.config import Settings
from ops.ledger.models import Seal
from tests import factories
from tests.conftest import ROOT

ALL = {"database": "ok", "migrations": "ok", "disk": "ok", "attachments": "ok"}


@pytest.fixture
def set_to(app, monkeypatch):
    """Change settings for one test, in which nothing was tried yet."""
    monkeypatch.setattr(health, "_storage", health._Storage())

    def change(**settings):
        changed = dataclasses.replace(app.config["SETTINGS"], **settings)
        monkeypatch.setitem(app.config, "SETTINGS", changed)

    return change


def test_what_is_ready_says_each_thing_by_name(client, set_to):
    set_to()
    reply = client.get("/readyz")

    assert (reply.status_code, reply.json) == (200, {"status": "ready", "checks": ALL})


def wrong_of(client):
    """Give what stands in the way, once it is sure that the process is taken for alive."""
    reply = client.get("/readyz")
    assert (reply.status_code, reply.headers["Retry-After"]) == (503, "5")
    assert client.get("/healthz").status_code == 200
    assert reply.json["checks"].keys() == ALL.keys()
    return {name: said for name, said in reply.json["checks"].items() if said != "ok"}


@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        ({"disk_least_mb": 2**40}, {"disk": f"less than {2**40} MB free: home"}),
        ({"attachments": "/dev/null/photos"}, {"attachments": "cannot be written"}),
        ({"attachments": "nosuch://photos"}, {"attachments": "cannot be written"}),
    ],
)
def test_what_stands_in_the_way_is_said_by_name(client, set_to, settings, wrong):
    set_to(**settings)

    assert wrong_of(client) == wrong


@pytest.mark.parametrize(("at", "is_ready"), [("0001", False), (None, False), ("9999", True)])
def test_tables_of_before_are_not_ready_and_those_of_a_later_release_are(
    client, session, set_to, at, is_ready
):
    set_to()
    session.execute(sa.text("delete from alembic_version"))
    if at:
        session.execute(sa.text("insert into alembic_version values (:at)"), {"at": at})
    session.commit()

    assert is_ready or wrong_of(client) == {"migrations": "not up to date"}
    assert (client.get("/readyz").status_code == 200) == is_ready


def test_a_database_that_does_not_answer_is_not_ready(client, set_to, monkeypatch):
    set_to()

    def fail(*_):
        raise sa.exc.OperationalError("select", {}, Exception("password=secret"))

    monkeypatch.setattr(health.db.session, "scalar", fail)

    assert wrong_of(client) == {"database": "does not answer", "migrations": "not known"}


def test_storage_is_not_tried_at_each_request(client, set_to, monkeypatch):
    tries = []
    monkeypatch.setattr(health.attachments, "probe", tries.append)
    set_to(attachments="memory://elsewhere")

    for _ in range(5):
        assert client.get("/readyz").status_code == 200

    assert tries == ["memory://elsewhere"]


def test_the_newest_migration_is_that_of_the_files():
    configuration = alembic.config.Config(ROOT / "alembic.ini")

    assert (
        health.newest()
        == alembic.script.ScriptDirectory.from_config(configuration).get_current_head()
    )


def test_work_that_waits_is_counted_without_what_is_covert(committed, database_url):
    work = health.Work(Settings(database_url=database_url, attachments="memory://photos"))
    before = counted(work)
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=2)
    for visibility in ("open", "restricted", "covert"):
        operation = factories.operation(visibility=visibility)
        factories.deployment(operation, starts_at=long_ago, status="started")
    after = counted(work)
    # One that covers all there is: a seal of now would wait for whoever else is at work.
    at = {"at": long_ago, "first_position": 1, "last_position": 9, "cluster": 1, "hash": b"x"}
    factories._save(Seal(id=db.new_id(), horizon=2**60, next_txid=2**60, **at))

    assert after["ops_deployments_overdue"] - before["ops_deployments_overdue"] == 2
    assert after["ops_ledger_unsealed_rows"] > before["ops_ledger_unsealed_rows"]
    assert counted(work)["ops_ledger_unsealed_rows"] == 0
    assert after["ops_database_up"] == 1


def test_backups_that_do_not_get_out_are_seen(database_url, tmp_path):
    here = {"database_url": database_url, "attachments": "memory://photos", "home": tmp_path}
    is_backed_up = Settings(backup=str(tmp_path), backup_key="k" * 32, **here)

    assert counted(health.Work(is_backed_up))["ops_backup_failing"] == 1
    assert "ops_backup_failing" not in counted(health.Work(Settings(**here)))


def test_a_database_that_is_down_is_counted_as_that():
    settings = Settings(database_url="postgresql+psycopg://nobody@127.0.0.1:1/none")

    told = counted(health.Work(settings))

    assert told["ops_database_up"] == 0
    assert "ops_ledger_unsealed_rows" not in told


def counted(work):
    """Give what is counted, by name."""
    return {metric.name: metric.samples[0].value for metric in work.collect() if metric.samples}
