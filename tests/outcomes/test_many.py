"""Many operations together: each result counts once, whatever it is credited to."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops import db
from ops.results.counting import Scope
from ops.results.figures import add_up
from ops.results.measures import current, read
from tests import factories
from tests.outcomes.records import arrest, cash, closure
from tests.outcomes.test_summaries import by_code, reported, target

YEAR = "from=2023-04-01&to=2024-03-31"
IN_YEAR = dt.datetime(2023, 10, 10, tzinfo=dt.UTC)


@pytest.fixture
def reader(client_as):
    return client_as("analyst")


def together(reader, *operations, query=""):
    """Give the summary of these operations, its measures by their code."""
    named = "&".join(f"operation={each.id}" for each in operations)
    return by_code(reader.get(f"/api/v1/outcomes?{named}&{query}".rstrip("&").rstrip("?")))


def arrests(summary):
    return summary["measures"]["arrests"]["value"]


def test_a_result_credited_to_both_counts_once(reader):
    one, other = factories.operation(), factories.operation()
    arrest(one, shared=[other])
    arrest(other)

    assert arrests(together(reader, one)) == "1"
    assert arrests(together(reader, other)) == "2"
    assert arrests(together(reader, one, other)) == "2"


def test_a_result_led_elsewhere_counts_for_those_that_supported_it(reader):
    lead, one, other = (factories.operation() for _ in range(3))
    arrest(lead, shared=[one, other])

    assert arrests(together(reader, one, other)) == "1"


def test_an_operation_named_twice_is_one(reader):
    operation = factories.operation()
    arrest(operation)

    found = together(reader, operation, operation)

    assert (found["operations"], arrests(found)) == (1, "1")


def test_without_a_choice_all_operations_are_added_up(reader):
    arrest(factories.operation())
    arrest(factories.operation())

    assert arrests(together(reader)) == "2"


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("kind=prison_search", "1"),
        ("theme=county_lines", "1"),
        ("kind=prison_search&theme=county_lines", "0"),
        ("organisation=GMP", "2"),
        ("organisation=LANCS", "1"),
        ("organisation=GMP-D1", "1"),
    ],
)
def test_operations_are_chosen_by_what_they_are_and_whose(reader, query, number):
    force = factories.organisation()
    district = factories.organisation("GMP-D1", kind="district", parent_id=force.id)
    arrest(factories.operation(kind="prison_search", organisation=force))
    arrest(factories.operation(theme="county_lines", organisation=district))
    theirs, unseen = (
        factories.operation(organisation=factories.organisation("LANCS")) for _ in range(2)
    )
    factories.member(theirs, reader.person, "analyst")
    arrest(theirs)
    arrest(unseen)

    assert arrests(together(reader, query=query)) == number


def test_only_the_measures_of_one_p_are_told(reader):
    found = together(reader, query="four_p=protect")["measures"]

    assert {measure["four_p"] for measure in found.values()} <= {"protect"}


def test_a_years_target_of_an_organisation_stands_against_what_it_recorded_and_reported(reader):
    force = factories.organisation()
    week = factories.operation()
    for _ in range(13):
        closure(week, occurred_at=IN_YEAR, status="confirmed", confirmed_at=IN_YEAR)
    days = {"starts_on": dt.date(2023, 4, 1), "ends_on": dt.date(2024, 3, 31)}
    target("lines_closed", 120, **days, organisation_id=force.id)
    as_at = dt.date(2023, 11, 20)
    reported("lines_closed", 115, **days, as_at=as_at, organisation_id=force.id)

    year = together(reader, query=f"organisation=GMP&{YEAR}")["measures"]["lines_closed"]
    so_far = together(reader, query="organisation=GMP&from=2023-04-01&to=2023-11-20")
    next_year = together(reader, query="organisation=GMP&from=2024-04-01&to=2025-03-31")
    a_theme = together(reader, query=f"organisation=GMP&theme=drugs&{YEAR}")

    assert (year["value"], year["target"], year["attainment"]) == ("13", "120", "0.1083")
    assert [(r["value"], r["as_at"], r["attainment"]) for r in year["reported"]] == [
        ("115", "2023-11-20", "0.9583")
    ]
    assert so_far["measures"]["lines_closed"]["target"] == "120"
    assert so_far["measures"]["lines_closed"]["reported"] == year["reported"]
    for other in (next_year, a_theme):
        assert other["measures"]["lines_closed"]["target"] is None
        assert other["measures"]["lines_closed"]["reported"] is None


def test_a_single_operations_target_applies_among_many_too(reader):
    operation = factories.operation()
    target("arrests", 40, operation_id=operation.id)

    assert together(reader, operation)["measures"]["arrests"]["target"] == "40"


def test_refuses_an_organisation_or_operation_that_there_is_none_of(reader):
    organisation = reader.get("/api/v1/outcomes?organisation=NOBODY")
    operation = reader.get(f"/api/v1/outcomes?operation={uuid.uuid4()}")

    assert (organisation.status_code, list(organisation.json["errors"])) == (422, ["organisation"])
    assert operation.status_code == 404


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("by=square_100m", "by"),
        ("by=square_500m&within=380000,380000,400000,401000", "by"),
        ("by=sex&within=384000,398000,385000,398999", "within"),
    ],
)
def test_refuses_a_breakdown_that_does_not_fit_its_area(reader, query, field):
    refused = reader.get(f"/api/v1/outcomes?{query}")

    assert (refused.status_code, list(refused.json["errors"])) == (422, [field])


# A result: which of three operations leads it, which support it, what it is.
RESULTS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sets(st.integers(0, 2)),
        st.sampled_from([("arrest", None), ("cash", "0.01"), ("cash", "1234.56"), ("line", None)]),
    ),
    max_size=6,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(results=RESULTS)
def test_a_total_is_at_most_the_sum_of_its_parts_and_equal_where_nothing_is_shared(
    session, results
):
    operations = [factories.operation() for _ in range(3)]
    for lead, support, (kind, pounds) in results:
        shared = [operations[number] for number in support - {lead}]
        match kind:
            case "arrest":
                arrest(operations[lead], shared)
            case "cash":
                cash(operations[lead], pounds, shared)
            case _:
                closure(operations[lead], shared=shared)
    definitions = [d for d in map(read, db.session.scalars(current())) if d]

    total = add_up(definitions, Scope([each.id for each in operations])).figures
    parts = [add_up(definitions, Scope([each.id])).figures for each in operations]

    once = {
        "arrests": sum(kind == "arrest" for _, _, (kind, _) in results),
        "cash_seized": sum(Decimal(pounds or 0) for _, _, (_, pounds) in results),
    }
    is_shared = any(support - {lead} for lead, support, _ in results)
    for code, figure in total.items():
        summed = sum(part[code].value for part in parts)
        provisional = sum(part[code].provisional for part in parts)
        assert figure.value == summed or (is_shared and figure.value < summed)
        assert figure.provisional == provisional or (is_shared and figure.provisional < provisional)
        assert figure.value == once.get(code, figure.value)


def test_all_that_one_sees_is_added_up_alike_with_a_filter_and_without(reader):
    arrest(factories.operation())
    elsewhere = factories.operation(organisation=factories.organisation("CHESHIRE"))
    factories.member(elsewhere, reader.person, "analyst")

    def values(query=""):
        found = together(reader, query=query)["measures"]
        return {code: (each["value"], each["provisional"]) for code, each in found.items()}

    assert values("organisation=GMP") == values()
    arrest(elsewhere)
    assert values()["arrests"][0] == "2"
    assert values("organisation=GMP")["arrests"][0] == "1"
