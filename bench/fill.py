"""The data that is measured: a force's operations, their areas, and a million results."""

import dataclasses
import datetime as dt
import secrets

import psycopg
import sqlalchemy as sa

from ops.access.guard import hash_of
from ops.results import rollup

AREAS_AN_OPERATION = 20
RESULTS_AN_OPERATION = 5_000
STARTS_AT = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)


@dataclasses.dataclass(frozen=True)
class Size:
    """How much of each."""

    areas: int = 100_000
    results: int = 1_000_000

    @property
    def operations(self) -> int:
        """Give how many operations the areas are in."""
        return self.areas // AREAS_AN_OPERATION

    @property
    def busy(self) -> int:
        """Give how many of them, the first ones, have results."""
        return self.results // RESULTS_AN_OPERATION


QUICK = Size(areas=10_000, results=50_000)

# Ids are ordered by time, as those that clients make are; a prefix keeps tables apart.
ID = """
create function pg_temp.id(prefix text, n bigint) returns uuid immutable language sql as $$
    select (prefix || lpad(to_hex(n), 8, '0') || '70008' || substr(md5(n::text), 1, 15))::uuid
$$
"""
# Blobs of 18 corners, about a kilometre across, all over Greater Manchester.
AREA = """
insert into area (id, operation_id, name, purpose, geom, version, created_by)
select pg_temp.id('0200', n), pg_temp.id('0100', 1 + n %% %(operations)s), 'Area ' || n,
    'target', st_multi(st_buffer(st_setsrid(st_makepoint(
        -2.7 + 0.9 * (hashint8(n)::bigint + 2147483648) / 4294967296.0,
        53.35 + 0.35 * (hashint8(n + 1000000)::bigint + 2147483648) / 4294967296.0
    ), 4326), 0.002 + 0.004 * (n %% 7) / 7.0, 'quad_segs=4')), 1, %(person)s
from generate_series(1, %(areas)s) n
"""
OPERATION = """
insert into operation (id, reference, kind, name, theme, organisation_id, starts_at, ends_at,
    status, version, created_by)
select pg_temp.id('0100', n), 'BENCH-' || n, 'week_of_action', 'Operation ' || n,
    (array['county_lines', 'drugs', 'firearms', 'modern_slavery'])[1 + n %% 4],
    %(organisation)s, starts_at, starts_at + interval '7 days', 'live', 1,
    %(person)s
from (select n, %(starts_at)s + n %% 360 * interval '1 day' as starts_at
    from generate_series(1, %(operations)s) n) each
"""
# In the ward and the square of the National Grid that its point is in.
RESULT = """
insert into result (id, operation_id, kind, occurred_at, point, accuracy_m, district, ward, square,
    status, confirmed_at, recorded_by, content_hash, version)
select pg_temp.id('0300', n), pg_temp.id('0100', 1 + n / %(each)s),
    (array['warrant', 'arrest', 'seizure', 'seizure', 'line_closure'])[1 + n %% 5],
    %(starts_at)s + (n / %(each)s) %% 360 * interval '1 day' + n %% 600000 * interval '1 second',
    point, 10, 'E0800000' || 1 + n %% 9,
    'E05' || lpad((floor(east * 18) * 12 + floor(north * 12))::text, 6, '0'),
    floor(st_x(metres) / 100)::integer * 100000 + floor(st_y(metres) / 100)::integer,
    case n %% 3 when 0 then 'confirmed' else 'recorded' end,
    case n %% 3 when 0 then now() end, %(person)s, '\\x00', 1
from generate_series(0, %(results)s - 1) n,
    lateral (select (hashint8(n)::bigint + 2147483648) / 4294967296.0 as east,
        (hashint8(n + 1000000)::bigint + 2147483648) / 4294967296.0 as north offset 0) part,
    lateral (select st_setsrid(st_makepoint(-2.7 + 0.9 * east, 53.35 + 0.35 * north), 4326) as point
        offset 0) at,
    lateral (select st_transform(point, 27700) as metres offset 0) on_grid
"""
KINDS = (
    """
    insert into warrant (result_id, power, premises, several_entries,
        executed, outcome_codes)
    select pg_temp.id('0300', n), 'pace_8',
        'specific', false, true, '{sought_found}'
    from generate_series(0, %(results)s - 1, 5) n
    """,
    """
    insert into warrant_entry (result_id, position, at, outcomes)
    select pg_temp.id('0300', n), 0,
        %(starts_at)s, '{sought_found}'
    from generate_series(0, %(results)s - 1, 5) n
    """,
    """
    insert into arrest (result_id, reason, age_band, sex, necessity,
        disposal_codes)
    select pg_temp.id('0300', n),
        'supply_class_a', '18-24',
        (array['male', 'female'])[1 + n / 5 %% 2], '{}',
        case n %% 10 when 1 then '{charged}' else '{}' end::text[]
    from generate_series(1, %(results)s - 1, 5) n
    """,
    """
    insert into disposal (result_id, position, code, at)
    select pg_temp.id('0300', n), 0,
        'charged', %(starts_at)s
    from generate_series(1, %(results)s - 1, 10) n
    """,
    """
    insert into seizure (result_id, category, quantity, unit, qualifier,
        drug, drug_class, grams, value, value_qualifier, basis_codes)
    select pg_temp.id('0300', n), 'drugs',
        n %% 500, 'g', 'exact',
        (array['heroin', 'crack', 'cannabis'])[1 + n / 5 %% 3],
        (array['A', 'A', 'B'])[1 + n / 5 %% 3], n %% 500, n %% 5000, 'estimate',
        '{}'
    from generate_series(2, %(results)s - 1, 5) n
    """,
    """
    insert into seizure (result_id, category, quantity, unit, qualifier,
        currency, value, value_qualifier, basis_codes)
    select pg_temp.id('0300', n), 'cash',
        n %% 900 + 0.5, 'GBP', 'exact', 'GBP', n %% 900 + 0.5,
        'exact', '{}'
    from generate_series(3, %(results)s - 1, 5) n
    """,
    """
    insert into line_closure (result_id, type, line_name, closed_on)
    select pg_temp.id('0300', n),
        (array['type_1', 'type_2'])[1 + n / 5 %% 2], 'Line ' || n,
        %(starts_at)s
    from generate_series(4, %(results)s - 1, 5) n
    """,
)
DISTRICT = """
insert into boundary (id, layer, code, name, geom)
select pg_temp.id('0400', n), 'district', 'E0800000' || n, 'District ' || n,
    st_multi(st_makeenvelope(-2.8 + n * 0.1, 53.3, -2.7 + n * 0.1, 53.8, 4326))
from generate_series(1, 9) n
"""
WARD = """
insert into boundary (id, layer, code, name, geom)
select pg_temp.id('0401', n), 'ward', 'E05' || lpad(n::text, 6, '0'), 'Ward ' || n,
    st_multi(st_makeenvelope(-2.7 + n / 12 * 0.05, 53.35 + n %% 12 * 0.35 / 12,
        -2.65 + n / 12 * 0.05, 53.35 + (n %% 12 + 1) * 0.35 / 12, 4326))
from generate_series(0, 215) n
"""
# One result in fifty is also credited to the next operation.
CREDIT = """
insert into credit (result_id, operation_id)
select pg_temp.id('0300', n),
    pg_temp.id('0100', 1 + (n / %(each)s + 1) %% %(busy)s)
from generate_series(0, %(results)s - 1, 50) n
where %(busy)s > 1
"""

# Twenty targets each for the operations that have results, and as many for the force's year.
TARGET = """
insert into target (id, measure, starts_on, ends_on, operation_id, value, created_by)
select gen_random_uuid(), aimed.measure, operation.starts_at::date,
    operation.starts_at::date + 6, operation.id, 1000, %(person)s
from operation, unnest(%(aimed)s::text[]) aimed(measure)
where operation.id in (select pg_temp.id('0100', n) from generate_series(1, %(busy)s) n)
"""
YEAR = """
insert into target (id, measure, starts_on, ends_on, organisation_id, value, created_by)
select gen_random_uuid(), measure, '2025-04-01', '2026-03-31', %(organisation)s, 1000000, %(person)s
from unnest(%(aimed)s::text[]) measure
"""
AIMED = (
    "warrants_executed", "arrests", "people_charged", "people_arrested", "lines_closed",
    "lines_closed_type_1", "lines_closed_type_2", "cash_seized", "drugs_weight_seized",
    "drugs_value_seized", "wraps_seized", "weapons_seized", "firearms_seized", "phones_seized",
    "sim_cards_seized", "vehicles_seized", "people_safeguarded", "orders_made",
    "premises_closed", "officers_deployed",
)  # fmt: skip


def fill(url: str, size: Size) -> str:
    """Fill an empty database, and give the token of somebody in the force."""
    token = secrets.token_urlsafe(32)
    with psycopg.connect(url.replace("+psycopg", "", 1)) as connection:
        cursor = connection.cursor()
        cursor.execute(ID)
        [organisation] = (
            cursor.execute(
                "insert into organisation (id, code, name, kind)"
                " values (pg_temp.id('0500', 1), 'GMP', 'Force', 'force') returning id"
            ).fetchone()
            or ()
        )
        [person] = (
            cursor.execute(
                "insert into person (id, email, name, role, organisation_id)"
                " values (pg_temp.id('0600', 1), 'lead@example.test', 'Lead', 'lead', %s)"
                " returning id",
                [organisation],
            ).fetchone()
            or ()
        )
        cursor.execute(
            "insert into token (id, person_id, token_hash) values (gen_random_uuid(), %s, %s)",
            [person, hash_of(token)],
        )
        [planner] = (
            cursor.execute(
                "insert into person (id, email, name, role, organisation_id)"
                " values (pg_temp.id('0600', 2), 'planner@example.test', 'Planner', 'lead', %s)"
                " returning id",
                [organisation],
            ).fetchone()
            or ()
        )
        values = {
            "organisation": organisation,
            "person": planner,
            "areas": size.areas,
            "operations": size.operations,
            "results": size.results,
            "busy": size.busy,
            "each": RESULTS_AN_OPERATION,
            "starts_at": STARTS_AT,
            "aimed": list(AIMED),
        }
        for statement in (DISTRICT, WARD, OPERATION, AREA, RESULT, *KINDS, CREDIT, TARGET, YEAR):
            cursor.execute(statement, values)
    # As the server does by itself: statistics, and the figures that are kept.
    with psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True) as connection:
        connection.execute("analyze")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    rollup.refresh(engine)
    with psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True) as connection:
        connection.execute("vacuum analyze")
    return token
