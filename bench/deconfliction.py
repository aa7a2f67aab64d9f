"""How long it takes to find what a deployment is in conflict with, past the wall of visibility."""

import dataclasses
import statistics
import time

import sqlalchemy as sa

ORGANISATIONS, OPERATIONS, DEPLOYMENTS, DAYS = 40, 400, 50_000, 28
# How often one deployment is asked about and saved anew, each time another one.
ROUNDS = 200
# Many organisations whose deployments fall over a month, within 60 km of one town.
FILL = (
    "set constraints all deferred",
    """
    insert into organisation (id, code, name, kind)
    select gen_random_uuid(), 'BENCH-' || n, 'Force ' || n, 'force'
    from generate_series(1, {organisations}) n
    """,
    """
    insert into person (id, organisation_id, name, email, role)
    select gen_random_uuid(), id, code, lower(code) || '@example.test', 'lead' from organisation
    where code like 'BENCH-%%'
    """,
    """
    insert into operation (id, reference, kind, name, organisation_id, starts_at, ends_at,
        status, visibility, version, created_by)
    select gen_random_uuid(), 'BENCH-' || n, 'week_of_action', 'Operation ' || n,
        whose.organisation_id, '2026-11-01Z', '2026-12-15Z', 'planned',
        (array['open', 'restricted', 'covert'])[1 + n %% 3], 1, whose.id
    from generate_series(1, {operations}) n
    join (select row_number() over (order by email) as place, * from person
        where email like 'bench-%%') whose on whose.place = 1 + n %% {organisations}
    """,
    "alter table deployment disable trigger user",
    """
    insert into deployment (id, operation_id, audience_id, kind, name, during, point, status,
        version, created_by)
    select gen_random_uuid(), of.id, of.audience_id, 'warrant', 'Deployment ' || n,
        tstzrange(start, start + interval '2 hours'),
        st_setsrid(st_makepoint(-2.24 + (random() - 0.5) * 1.8,
            53.48 + (random() - 0.5) * 1.08), 4326), 'planned', 1, of.created_by
    from generate_series(1, {deployments}) n
    join (select row_number() over (order by reference) as place, * from operation
        where reference like 'BENCH-%%') of on of.place = 1 + n %% {operations}
    cross join lateral (select timestamptz '2026-11-02 05:00Z'
        + (n %% {days}) * interval '1 day' + random() * interval '16 hours' as start) at
    """,
    "alter table deployment enable trigger user",
    "select keep_footprints(array(select id from deployment))",
)
SETTLE = ("analyze deployment", "analyze footprint", "analyze operation")
ONE = sa.text("select count(*) from find_conflicts(array[cast(:id as uuid)])")
DAY = sa.text(
    "select count(*), (select count(*) from deployment where during && tstzrange("
    "'2026-11-10Z', '2026-11-11Z')) from find_conflicts(array(select id from deployment"
    " where during && tstzrange('2026-11-10Z', '2026-11-11Z')))"
)
SAVE = sa.text(
    "update deployment set point = st_translate(point, 0.00001, 0) where id = cast(:id as uuid)"
)


@dataclasses.dataclass(frozen=True)
class Found:
    """How long each took, in milliseconds, and how many conflicts a day holds."""

    one: list[float]
    saved: list[float]
    day: float
    of_day: int
    conflicts: int

    def told(self) -> str:
        """Write it as a Markdown table."""
        against = f"one deployment against {DEPLOYMENTS:,} of {ORGANISATIONS} organisations"
        day = f"all pairs of a day: {self.of_day:,} deployments, {self.conflicts:,} conflicts"
        rows = [
            f"| {against}: find | {_spread(self.one)} |",
            f"| the same: save it, with all that a save writes | {_spread(self.saved)} |",
            f"| {day} | {self.day:,.0f} ms |",
        ]
        return "\n".join(["| what | p50 / p99 |", "|---|---|", *rows])


def measure(url: str) -> Found:
    """Fill a database, and time each in turn."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    numbers = {
        "organisations": ORGANISATIONS,
        "operations": OPERATIONS,
        "deployments": DEPLOYMENTS,
        "days": DAYS,
    }
    with engine.begin() as connection:
        for statement in FILL:
            connection.exec_driver_sql(statement.format(**numbers))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in SETTLE:
            connection.exec_driver_sql(statement)
        ids = connection.scalars(
            sa.text("select id from deployment order by id limit :rounds"), {"rounds": ROUNDS}
        ).all()
        one = [_timed(connection, ONE, id=each) for each in ids]
        began = time.perf_counter()
        conflicts, of_day = connection.execute(DAY).one()
        day = (time.perf_counter() - began) * 1000
        saved = [_timed(connection, SAVE, id=each) for each in ids]
    return Found(one, saved, day, of_day, conflicts)


def _timed(connection: sa.Connection, statement: sa.TextClause, **values: object) -> float:
    began = time.perf_counter()
    connection.execute(statement, values)
    return (time.perf_counter() - began) * 1000


def _spread(times: list[float]) -> str:
    hundredths = statistics.quantiles(times, n=100)
    return f"{hundredths[49]:.2f} / {hundredths[98]:.2f} ms"
