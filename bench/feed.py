"""What reading on in the change feed costs over a large ledger: `python -m bench.feed`.

For the board of one operation and for subscriptions, at the end of the feed, far behind and with
few rights: the database's time, and how much of the ledger was looked at for what was given.
"""

import dataclasses
import datetime as dt
import json
import statistics
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ops import create_app, db
from ops.cluster import Cluster
from ops.config import Settings
from ops.ledger import feed
from ops.live import queries as live
from ops.operations.progress import Patience
from ops.subscriptions import queries
from ops.subscriptions.collecting import MOST
from tests import databases, factories

ROOT = Path(__file__).parents[1]
CHANGES, OPERATIONS, RESULTS, NAMED, TIMES = 1_000_000, 100, 20_000, 20, 5
# Results of all operations, and their changes, a hundred a transaction, of those that have ended.
_FILL = """
insert into result (id, operation_id, kind, occurred_at, status, recorded_by, content_hash, version)
select gen_random_uuid(), (array[{operations}]::uuid[])[1 + n % {count}], 'arrest', now(),
    'recorded', '{person}', '', 1
from generate_series(1, {results}) n;
insert into arrest (result_id, reason, necessity, disposal_codes)
select id, 'theft', '{{}}', '{{}}' from result;
create temporary table numbered as
    select row_number() over () as place, id, operation_id from result;
insert into change (txid, operation_id, object, object_id, before, after)
select 3 + n * (pg_current_xact_id()::text::bigint - 3) / {changes}, operation_id, 'result', id,
    '{{"version": 1}}', '{{"version": 2}}'
from generate_series(0, {changes} - 1) n join numbered on place = 1 + n % {results};
insert into subscription (id, person_id, label, address, events, all_operations, version)
select id, person, name, 'https://example.test', '{{result.logged}}', name <> 'named', 1
from (values ('{all}'::uuid, '{person}'::uuid, 'all'), ('{named}', '{person}', 'named'),
    ('{guest}', '{partner}', 'few')) as each (id, person, name);
insert into subscription_operation (subscription_id, operation_id)
select '{named}', unnest((array[{operations}]::uuid[])[:{named_count}])
"""


@dataclasses.dataclass(frozen=True)
class Reader:
    """Somebody who reads on, and the statement that they read by."""

    said: str
    person: uuid.UUID
    query: Any


def main() -> None:
    """Fill a database of its own, read, and take it away."""
    with (
        Cluster(ROOT / ".local" / "postgres").lease() as cluster,
        databases.own(cluster, "bench_feed") as name,
    ):
        _measure(cluster.url(name))


def _measure(url: str) -> None:
    app = create_app(Settings(database_url=url, demo=False, rate_limit="off"))
    engine = app.extensions["engine"]
    with app.app_context():
        readers = list(_readers())
        db.session.remove()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("vacuum analyze"))
    for reader in readers:
        print(f"{reader.said}: {_cost(engine, reader)}", flush=True)
    engine.dispose()


def _readers() -> Iterator[Reader]:
    """Fill the ledger, and give each of those who read it."""
    lead = factories.person("lead")
    guest = factories.person("lead", organisation=factories.organisation("LANCS"))
    operations = [factories.operation(created_by=lead.id) for _ in range(OPERATIONS)]
    factories.member(operations[0], guest, "lead")
    ids = {name: uuid.uuid4() for name in ("all", "named", "guest")}
    said = {"person": lead.id, "partner": guest.id, **ids}
    said |= {"operations": ", ".join(f"'{each.id}'" for each in operations), "count": OPERATIONS}
    said |= {"changes": CHANGES, "results": RESULTS, "named_count": NAMED}
    db.session.execute(sa.text(_FILL.format(**said).replace(":", "\\:")))
    db.session.commit()
    now = db.session.execute(sa.select(*feed.NOW)).one()
    patience = Patience(*Settings(database_url="").overdue())
    end = feed.Snapshot.of(now.snapshot)
    middle = feed.Snapshot(end.first // 2, end.first // 2)
    for where, since in (
        ("at the end", end),
        ("far behind, from the start", feed.Snapshot(3, 3)),
        ("half of it behind", middle),
    ):
        place = feed.Place(cluster=now.cluster, read_at=0, since=since)
        for what, person, named in (
            ("all operations", lead.id, "all"),
            (f"{NAMED} of {OPERATIONS} operations", lead.id, "named"),
            ("all one sees, which is one operation", guest.id, "guest"),
        ):
            news = queries.news(ids[named], named != "named", place, MOST, apart=named != "all")
            yield Reader(f"a subscription of {what}, {where}", person, news)
        at = dt.datetime.now(dt.UTC)
        board = live.entries(operations[0].id, place, 50, at, patience)
        yield Reader(f"the board of an operation, {where}", lead.id, board)


def _cost(engine: sa.Engine, reader: Reader) -> str:
    """Tell the time and how many rows of the ledger were looked at, by the database itself."""
    compiled: Any = reader.query.compile(dialect=engine.dialect)
    state = compiled.construct_expanded_state(compiled.params)
    asked = f"explain (analyze, buffers, format json) {state.statement}"
    plans = []
    with engine.connect() as connection:
        for _ in range(TIMES):
            with connection.begin():
                connection.execute(queries.as_owner(reader.person))
                found = connection.exec_driver_sql(asked, state.parameters).scalar_one()
            plans.append((json.loads(found) if isinstance(found, str) else found)[0])
    plan = plans[-1]["Plan"]
    took = statistics.median(each["Execution Time"] for each in plans)
    pages = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    looked = sum(_looked_at(plan))
    return f"{plan['Actual Rows']:,} given, {looked:,} looked at, {pages:,} pages, {took:,.1f} ms"


def _looked_at(plan: Mapping[str, Any]) -> Iterator[int]:
    """Give how many rows each part of a plan took from the ledger, those it left out too."""
    if plan.get("Relation Name") == "change":
        left_out = plan.get("Rows Removed by Filter", 0)
        left_out += plan.get("Rows Removed by Index Recheck", 0)
        yield (plan["Actual Rows"] + left_out) * plan["Actual Loops"]
    for part in plan.get("Plans", ()):
        yield from _looked_at(part)


if __name__ == "__main__":
    main()
