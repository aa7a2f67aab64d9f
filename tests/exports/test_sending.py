"""A file that is sent bit by bit: nothing leaves before the ledger has it, and nothing stays."""

import pytest
import sqlalchemy as sa

from ops import db
from ops.errors import Unavailable
from ops.exports import reading, sending
from ops.ledger.models import LogEntry
from tests import factories
from tests.exports.conftest import ADDRESS
from tests.results.conftest import payload

RECORDS, A_PART = 8, 2
# What a transaction or a cursor of a file would show as.
OPEN = """
select count(*) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null
"""


@pytest.fixture
def client(committed, monkeypatch):
    """Somebody whose operation has a few results, which are read two at a time."""
    monkeypatch.setattr(reading, "BATCH", A_PART)
    person = factories.person("lead")
    operation = factories.operation(created_by=person.id)
    client = committed.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {factories.token(person)}"
    items = [payload("arrest", operation=str(operation.id)) for _ in range(RECORDS)]
    reply = client.post("/api/v1/results/batch", json={"items": items})
    assert reply.status_code == 207, reply.text
    db.session.remove()
    return client


def entries():
    """Give what the ledger has of files: how many records an entry names, and its reason."""
    db.session.remove()
    found = db.session.scalars(
        sa.select(LogEntry).where(LogEntry.act == "disclosure").order_by(LogEntry.id)
    ).all()
    return [
        (
            sum(len(part["ids"]) for part in each.seen if part["kind"] == "result"),
            each.reason,
        )
        for each in found
    ]


def is_closed():
    """Tell whether no transaction is open and every place is free."""
    db.session.remove()
    found = db.session.scalar(sa.text(OPEN)), sending._PLACES._value
    db.session.remove()
    return found == (0, sending.AT_ONCE)


def test_the_ledger_has_each_part_before_it_is_sent(client):
    reply = client.get(f"{ADDRESS}csv")
    parts = iter(reply.response)

    sent, told = 0, []
    for part in parts:
        sent += part.count(b"\n")
        told.append(sum(count for count, _ in entries()) >= sent - 1)
    reply.close()

    assert all(told)
    assert sent == RECORDS + 1
    assert sum(count for count, _ in entries()) == RECORDS
    assert not any(reason and "Cut short" in reason for _, reason in entries())
    assert is_closed()


@pytest.mark.parametrize("form", ["csv", "geojson", "parquet", "xlsx", "gpkg"])
def test_who_leaves_leaves_nothing_behind_but_a_line_in_the_ledger(
    form, client, tmp_path, monkeypatch
):
    monkeypatch.setattr(sending.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(sending, "_BLOCK", 1)

    reply = client.get(f"{ADDRESS}{form}")
    next(iter(reply.response))
    reply.close()

    [(_, said)] = [each for each in entries() if each[1]]
    assert said.startswith("Cut short: ")
    assert said.endswith(f" of {RECORDS} records had left at most.")
    assert list(tmp_path.iterdir()) == []
    assert is_closed()


def test_who_takes_a_file_for_too_long_gets_no_more_of_it(client, monkeypatch):
    reply = client.get(f"{ADDRESS}csv")
    parts = iter(reply.response)
    next(parts)

    monkeypatch.setattr(sending, "MOST_S", -1)
    with pytest.raises(TimeoutError):
        next(parts)
    reply.close()

    [(_, said)] = [each for each in entries() if each[1]]
    assert said.startswith("Cut short: ")
    assert is_closed()


def test_a_file_is_one_snapshot_whatever_is_written_meanwhile(client):
    reply = client.get(f"{ADDRESS}csv")
    parts = iter(reply.response)
    next(parts)
    db.session.remove()
    with db.transaction():
        db.session.execute(sa.text("update result set note = 'Changed meanwhile'"))
    db.session.remove()

    rest = b"".join(parts)
    reply.close()

    assert b"Changed meanwhile" not in rest


def test_more_than_a_worker_sends_at_once_are_asked_to_wait(client):
    sent = [client.get(f"{ADDRESS}csv") for _ in range(sending.AT_ONCE)]

    refused = client.get(f"{ADDRESS}csv")

    assert refused.status_code == Unavailable.status
    assert refused.headers["Retry-After"] == "60"
    for each in sent:
        each.close()
    assert client.get(f"{ADDRESS}csv", buffered=True).status_code == 200
    assert is_closed()
