"""What open boards of live operations cost: `python -m bench.live`.

In one process, without HTTP: the processor's time, of program and database together, that a poll
takes when nothing is new and when one result is, and that the board's page takes then.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flask
import sqlalchemy as sa

from ops import create_app, db
from ops.cluster import Cluster
from ops.config import Settings
from tests import databases, factories

ROOT = Path(__file__).parents[1]
RESULTS, ELSEWHERE, TIMES, BOARDS, EVERY_S = 5_000, 300_000, 200, 50, 2
# What the operation holds, and what the ledger holds of others; both ledgered as in real use.
_FILL = """
insert into result (id, operation_id, kind, occurred_at, status, recorded_by, content_hash, version)
select gen_random_uuid(), '{operation}', 'arrest', now(), 'recorded', '{person}', '', 1
from generate_series(1, {results});
insert into arrest (result_id, reason, necessity, disposal_codes)
select id, 'theft', '{{}}', '{{}}' from result;
insert into change (operation_id, object, object_id, after)
select ('0000000' || (number % 9) || '-0000-7000-8000-000000000000')::uuid, 'result',
    gen_random_uuid(), '{{"version": 1}}' from generate_series(1, {elsewhere}) number;
analyze
"""
ARREST = {"kind": "arrest", "occurred_at": "2026-11-02T12:00:00Z", "detail": {"reason": "theft"}}


def main() -> None:
    """Fill a database of its own, measure, and take it away."""
    with (
        Cluster(ROOT / ".local" / "postgres").lease() as cluster,
        databases.own(cluster, "bench_live") as name,
    ):
        _measure(cluster.url(name))


def _measure(url: str) -> None:
    app = create_app(Settings(database_url=url, demo=False, rate_limit="off"))
    with app.app_context():
        lead = factories.person("lead")
        operation = factories.operation(created_by=lead.id)
        token = factories.token(lead)
        said = {"operation": operation.id, "person": lead.id, "results": RESULTS}
        filled = _FILL.format(**said, elsewhere=ELSEWHERE)
        db.session.execute(sa.text(filled.replace(":", "\\:")))
        db.session.commit()
        here = f"/operations/{operation.id}"
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        db.session.remove()
        _report(client, here)
    app.extensions["engine"].dispose()


def _report(client: Any, here: str) -> None:
    feed = f"/api/v1{here}/feed"
    cursor = client.get(feed).json["cursor"]
    tag = client.get(feed, query_string={"after": cursor}).headers["ETag"]

    def quiet() -> None:
        headers = {"If-None-Match": tag}
        assert client.get(feed, query_string={"after": cursor}, headers=headers).status_code == 304

    poll = _mean(quiet, TIMES)
    assert client.post(f"/api/v1{here}/results", json=ARREST).status_code == 201

    def busy() -> None:
        assert len(client.get(feed, query_string={"after": cursor}).json["entries"]) == 1

    told = _mean(busy, TIMES)
    page = _mean(lambda: client.get(f"{here}/live"), 20)
    share = BOARDS / EVERY_S * poll
    print(f"{RESULTS:,} results, {ELSEWHERE:,} changes elsewhere")
    print(f"a poll with nothing new: {poll * 1000:.1f} ms; with one entry: {told * 1000:.1f} ms")
    print(f"the board's page: {page * 1000:.0f} ms")
    print(f"{BOARDS} boards with nothing new: {share:.0%} of one core, database and all")


def _mean(act: Callable[[], object], times: int) -> float:
    """Give the processor's time of an act, the database's with it, in seconds."""
    for _ in range(10):
        act()
    with flask.current_app.extensions["engine"].connect() as connection:
        # Requests one after another use one connection of the pool: the one that comes back.
        backend = Path(f"/proc/{connection.scalar(sa.text('select pg_backend_pid()'))}/stat")
    begun, there = time.process_time(), _ticks(backend)
    for _ in range(times):
        act()
    spent = time.process_time() - begun + (_ticks(backend) - there) / os.sysconf("SC_CLK_TCK")
    return spent / times


def _ticks(stat: Path) -> int:
    fields = stat.read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


if __name__ == "__main__":
    main()
