"""What an operation adds up to: every figure, its target, its records."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from ops import db
from ops.outcomes.models import ReportedFigure, Target
from ops.results.measures import built_ins
from tests import factories
from tests.factories import NOON
from tests.outcomes.records import arrest, cash, closure, warrant

DAY = dt.timedelta(days=1)


@pytest.fixture
def reader(client_as):
    return client_as("analyst")


@pytest.fixture
def operation(session):
    return factories.operation(name="Week of action")


def add(*rows):
    with db.transaction():
        db.session.add_all(rows)


def target(measure, value, starts_on=dt.date(2026, 11, 1), ends_on=dt.date(2026, 11, 7), **scope):
    add(Target(measure=measure, starts_on=starts_on, ends_on=ends_on, value=value, **scope))


def reported(measure, value, **fields):
    fields = {
        "unit": "count",
        "qualifier": "exact",
        "source": "Panel report",
        "facets": {},
    } | fields
    add(ReportedFigure(measure=measure, value=value, **fields))


def outcomes(reader, operation, query=""):
    """Give an operation's summary, its measures by their code."""
    return by_code(reader.get(f"/api/v1/operations/{operation.id}/outcomes?{query}"))


def by_code(reply):
    assert reply.status_code == 200, reply.text
    return reply.json | {"measures": {each["code"]: each for each in reply.json["measures"]}}


def test_a_measure_says_all_that_is_known_of_it(reader, operation):
    for _ in range(39):
        arrest(operation)
    target("arrests", 40, operation_id=operation.id)

    found = outcomes(reader, operation)

    assert found["operation"] == {
        "id": str(operation.id),
        "name": "Week of action",
        "reference": operation.reference,
    }
    assert found["measures"]["arrests"] == {
        "code": "arrests",
        "label": "Arrests",
        "four_p": "pursue",
        "unit": "count",
        "definition": 1,
        "value": "39",
        "provisional": "0",
        "qualifier": "exact",
        "reported": None,
        "target": "40",
        "attainment": "0.975",
        "records": f"/api/v1/operations/{operation.id}/results?measure=arrests",
    }


def test_every_measure_in_force_is_listed_with_zero_where_there_is_nothing(reader, operation):
    found = outcomes(reader, operation)["measures"]

    assert set(found) == {measure.code for _, measure in built_ins()}
    assert {Decimal(each["value"]) for each in found.values()} == {0}
    assert found["arrests"]["value"] == "0"
    assert found["cash_seized"]["value"] == "0.00"


def test_money_has_its_pence_and_counts_have_no_point(reader, operation):
    cash(operation, "4999.90")
    cash(operation, "0.10")
    warrant(operation)

    found = outcomes(reader, operation)["measures"]

    assert found["cash_seized"]["value"] == "5000.00"
    assert found["warrants_executed"]["value"] == "1"


def test_a_sum_is_as_sure_as_its_parts(reader, operation):
    cash(operation, 100, qualifier="more_than")

    assert outcomes(reader, operation)["measures"]["cash_seized"]["qualifier"] == "more_than"


def test_a_line_closure_stands_apart_until_it_is_confirmed(reader, operation):
    closure(operation)
    closure(operation, confirmed_at=NOON, status="confirmed")

    found = outcomes(reader, operation)["measures"]

    assert (found["lines_closed"]["value"], found["lines_closed"]["provisional"]) == ("1", "1")
    assert found["lines_closed_type_1"]["value"] == "0"


def test_what_was_struck_does_not_count(reader, operation):
    arrest(operation)
    arrest(operation, status="struck", struck_at=NOON, struck_reason="twice")

    assert outcomes(reader, operation)["measures"]["arrests"]["value"] == "1"


def test_what_was_recorded_struck_or_confirmed_later_was_not_known_then(reader, operation):
    arrest(operation)
    arrest(operation, recorded_at=NOON + DAY)
    arrest(operation, status="struck", struck_at=NOON + DAY)
    closure(operation, status="confirmed", confirmed_at=NOON + DAY)

    then = outcomes(reader, operation, f"as_at={NOON:%Y-%m-%d}")
    now = outcomes(reader, operation)

    assert then["as_at"] == f"{NOON + DAY:%Y-%m-%d}T00:00:00Z"
    assert [f["measures"]["arrests"]["value"] for f in (then, now)] == ["2", "2"]
    assert [f["measures"]["lines_closed"]["value"] for f in (then, now)] == ["0", "1"]


def test_a_day_is_a_day_in_london_also_when_the_clocks_change(reader, operation):
    # 29 March 2026 begins at 00:00 GMT and ends at 00:00 BST, which is 23:00 UTC.
    for at in ("2026-03-28T23:59:59Z", "2026-03-29T00:00:00Z", "2026-03-29T22:59:59Z"):
        arrest(operation, occurred_at=dt.datetime.fromisoformat(at))
    arrest(operation, occurred_at=dt.datetime.fromisoformat("2026-03-29T23:00:00Z"))

    day = outcomes(reader, operation, "from=2026-03-29&to=2026-03-29")
    instants = outcomes(
        reader, operation, "from=2026-03-29T00:00:00Z&to=2026-03-30T00:00:00%2B01:00"
    )
    groups = outcomes(reader, operation, "by=day")["measures"]["arrests"]["groups"]

    assert day["measures"]["arrests"]["value"] == "2"
    assert (day["from"], day["to"]) == ("2026-03-29T00:00:00Z", "2026-03-29T23:00:00Z")
    assert instants["measures"] == day["measures"]
    assert {group["key"]: group["value"] for group in groups} == {
        "2026-03-28": "1",
        "2026-03-29": "2",
        "2026-03-30": "1",
    }


def test_a_time_given_as_the_end_is_left_out(reader, operation):
    arrest(operation, occurred_at=NOON)

    until, after = (
        outcomes(reader, operation, f"to={at:%Y-%m-%dT%H:%M:%SZ}")["measures"]["arrests"]["value"]
        for at in (NOON, NOON + dt.timedelta(seconds=1))
    )

    assert (until, after) == ("0", "1")


def test_a_target_applies_to_its_own_period_and_to_the_year_so_far(reader, operation):
    target("arrests", 10, operation_id=operation.id)
    target("arrests", 50, ends_on=dt.date(2026, 11, 30), operation_id=operation.id)

    aims = {
        query: outcomes(reader, operation, query)["measures"]["arrests"]["target"]
        for query in (
            "from=2026-11-01&to=2026-11-07",
            "from=2026-11-01&to=2026-11-05",
            "from=2026-11-01&to=2026-11-20",
            "from=2026-11-02&to=2026-11-07",
            "from=2026-11-01&to=2026-12-01",
            "from=2026-11-01",
            "",
        )
    }

    assert list(aims.values()) == ["10", "10", "50", None, None, None, "50"]


def test_what_others_reported_stands_beside_and_is_never_added(reader, operation):
    arrest(operation)
    target("arrests", 4, operation_id=operation.id)
    reported("arrests", 3, operation_id=operation.id, as_at=dt.date(2026, 11, 3))
    reported("arrests", 2, operation_id=operation.id, facets={"sex": "male"})
    reported("arrests", 99)

    found = outcomes(reader, operation)["measures"]["arrests"]

    assert found["value"] == "1"
    whole, part = found["reported"]
    assert whole == {
        "value": "3",
        "unit": "count",
        "qualifier": "exact",
        "source": "Panel report",
        "as_at": "2026-11-03",
        "starts_on": None,
        "ends_on": None,
        "facets": {},
        "note": None,
        "attainment": "0.75",
    }
    assert (part["facets"], part["attainment"]) == ({"sex": "male"}, None)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("by=sex", {"male": None, "female": None, "unknown": None, None: None}),
        ("by=disposal", {"charged": "1", "bailed": "1", None: "2"}),
        ("by=month", {"2026-11": "3"}),
        ("by=drug", None),
    ],
)
def test_a_figure_breaks_down_by_a_facet_of_its_kind(reader, operation, query, found):
    arrest(operation, disposals=["bailed", "charged"])
    arrest(operation)
    arrest(operation, sex="female")

    measure = outcomes(reader, operation, query)["measures"]["arrests"]

    assert measure["value"] == "3"
    assert {g["key"]: g["value"] for g in measure["groups"]} == (found or {})


def test_a_figure_breaks_down_by_place_with_names(reader, operation):
    factories.boundary("E08000003")
    arrest(operation, district="E08000003")
    arrest(operation)

    groups = outcomes(reader, operation, "by=district")["measures"]["arrests"]["groups"]

    assert [(g["key"], g["label"], g["value"]) for g in groups] == [
        ("E08000003", "Manchester", "1"),
        (None, "Not recorded", "1"),
    ]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("colour=blue", "colour"),
        ("by=colour", "by"),
        ("by=square_100m", "by"),
        ("from=yesterday", "from"),
        ("from=2026-11-02&to=2026-11-01", "to"),
        ("from=2026-11-02T00:00:00", "from"),
        ("operation=1", "operation"),
    ],
)
def test_refuses_a_query_it_does_not_know(reader, operation, query, field):
    refused = reader.get(f"/api/v1/operations/{operation.id}/outcomes?{query}")

    assert refused.status_code == 422
    assert list(refused.json["errors"]) == [field]


def test_there_is_no_summary_of_no_operation(reader):
    assert reader.get(f"/api/v1/operations/{uuid.uuid4()}/outcomes").status_code == 404


def test_nobody_reads_a_summary_without_signing_in(client, operation):
    assert client.get(f"/api/v1/operations/{operation.id}/outcomes").status_code == 401
    assert client.get("/api/v1/outcomes").status_code == 401


@pytest.mark.parametrize("query", ["", "?by=sex", "?by=area", "?from=2026-11-01&to=2026-11-07"])
def test_a_summary_takes_three_statements_and_names_its_reader_again_to_hold_still(
    reader, operation, statements, query
):
    arrest(operation)

    with statements.counted() as seen:
        outcomes(reader, operation, query.removeprefix("?"))
        one = len(seen)
        by_code(reader.get(f"/api/v1/outcomes{query}"))

    assert (one, len(seen) - one) == (4, 4)
