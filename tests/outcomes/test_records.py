"""Every figure opens exactly the records behind it, and they add up to it."""

import datetime as dt
from decimal import Decimal

import pytest

from ops.results.grouping import COMMON, FINE
from tests import factories
from tests.factories import NOON
from tests.outcomes.records import arrest, cash, closure, warrant

DAY = dt.timedelta(days=1)
# A measure that nothing was recorded for: its list is empty, and no refusal.
EMPTY = "lines_identified"
# What a record adds to a figure; by default it adds one.
ADDS = {"cash_seized": lambda record: Decimal(record["detail"]["value"])}


@pytest.fixture
def reader(client_as):
    return client_as("analyst")


HERE = "SRID=4326;POINT(-2.241 53.485)"


@pytest.fixture
def operations(session):
    """Two operations that share some of their results."""
    force = factories.organisation()
    place = factories.operation(kind="place_based", theme="drugs")
    week = factories.operation(theme="county_lines", organisation=force)
    factories.boundary("E08000003")
    factories.area(week)
    raid = factories.deployment(week)
    arrest(week, [place], disposals=["bailed", "charged"], district="E08000003", point=HERE)
    arrest(week, sex="female", deployment_id=raid.id, occurred_at=NOON + DAY)
    arrest(place, [week], recorded_at=NOON + 3 * DAY)
    arrest(week, status="struck", struck_at=NOON)
    warrant(week)
    warrant(place, executed=False)
    cash(week, "4999.90", [place], qualifier="approx")
    cash(place, "0.10", occurred_at=NOON + DAY)
    closure(week, status="confirmed", confirmed_at=NOON)
    closure(week, "type_1", [place])
    return week, place


def listed(reader, path):
    """Give all the records of a list, page by page."""
    records, path = [], f"{path}&limit=3"
    while path:
        reply = reader.get(path)
        assert reply.status_code == 200, reply.text
        records += reply.json
        path = reply.headers["Link"].split(">")[0][1:] if "Link" in reply.headers else None
    return records


def added_up(code, records):
    assert len({record["id"] for record in records}) == len(records)
    return sum((ADDS.get(code, lambda _record: 1)(record) for record in records), Decimal(0))


def check(reader, path):
    """Compare each figure, and each of its groups, with the records that it opens."""
    seen = 0
    for measure in reader.get(path).json["measures"]:
        if not (Decimal(measure["value"]) or measure.get("groups")) and measure["code"] != EMPTY:
            continue
        records = listed(reader, measure["records"])
        provisional = listed(reader, f"{measure['records']}&provisional=true")
        assert added_up(measure["code"], records) == Decimal(measure["value"])
        assert added_up(measure["code"], provisional) == Decimal(measure["provisional"])
        seen += len(records)
        for group in measure.get("groups", []):
            if group.get("suppressed"):
                continue
            inside = listed(reader, group["records"])
            assert added_up(measure["code"], inside) == Decimal(group["value"])
            assert {each["id"] for each in inside} <= {each["id"] for each in records}
    return seen


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/operations/{week.id}/outcomes?",
        "/api/v1/operations/{place.id}/outcomes?from=2026-11-02&to=2026-11-02",
        "/api/v1/operations/{week.id}/outcomes?as_at=2026-11-03",
        "/api/v1/outcomes?",
        "/api/v1/outcomes?operation={week.id}&operation={place.id}",
        "/api/v1/outcomes?organisation=GMP&theme=drugs",
        "/api/v1/outcomes?kind=week_of_action&to=2026-11-02",
        "/api/v1/outcomes?within=384000,398000,385000,399000&as_at=2026-11-03",
        "/api/v1/outcomes?within=380000,390000,400000,410000&by=square_100m",
        "/api/v1/outcomes?within=380000,390000,400000,410000&by=square_500m",
    ],
)
def test_a_figure_equals_the_records_it_opens(reader, operations, path):
    week, place = operations

    assert check(reader, path.format(week=week, place=place))


ANYWHERE = [by for by in COMMON if by not in FINE]


@pytest.mark.parametrize("by", [*ANYWHERE, "sex", "disposal", "category", "type", "executed"])
def test_a_group_of_a_figure_equals_the_records_it_opens(reader, operations, by):
    assert check(reader, f"/api/v1/operations/{operations[0].id}/outcomes?by={by}")


def test_a_list_behind_a_described_figure_takes_three_statements(reader, operations, statements):
    [arrests] = (
        each
        for each in reader.get("/api/v1/outcomes?organisation=GMP&theme=drugs").json["measures"]
        if each["code"] == "arrests"
    )

    with statements.counted() as seen:
        reader.get(arrests["records"])

    assert len(seen) == 3


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("by=sex", "measure"),
        ("measure=arrests&key=male", "by"),
        ("measure=arrests&by=colour", "by"),
        ("measure=rainbows", "measure"),
        ("theme=gardening", "theme"),
        ("within=384000,398000,385000", "within"),
        ("within=384000,398000,383000,399000", "within"),
    ],
)
def test_refuses_to_list_what_it_does_not_understand(reader, query, field):
    refused = reader.get(f"/api/v1/results?{query}")

    assert refused.status_code == 422
    assert list(refused.json["errors"]) == [field]
