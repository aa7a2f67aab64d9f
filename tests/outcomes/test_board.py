"""The target board: each target of a year against what was reached, and on what that rests."""

import datetime as dt
from decimal import Decimal

import pytest

from ops.outcomes import boards
from ops.outcomes.models import ReportedFigure, Target
from tests import factories
from tests.outcomes import records

YEAR = (dt.date(2026, 4, 1), dt.date(2027, 3, 31))


@pytest.fixture
def lead(client_as):
    return client_as("lead")


def target(value, year=2026, measure="lines_closed", **fields):
    fields.setdefault("organisation_id", factories.organisation().id)
    days = {"starts_on": dt.date(year, 4, 1), "ends_on": dt.date(year + 1, 3, 31)}
    return factories._save(Target(measure=measure, value=value, **days, **fields))


def reported(value, as_at, year=2026, measure="lines_closed"):
    return factories._save(
        ReportedFigure(
            measure=measure,
            value=value,
            unit="count",
            qualifier="exact",
            source="Report to the panel",
            as_at=as_at,
            starts_on=dt.date(year, 4, 1),
            ends_on=dt.date(year + 1, 3, 31),
            organisation_id=factories.organisation().id,
        )
    )


def board(client, year="2026/27"):
    reply = client.get("/api/v1/targets/board", query_string={"organisation": "GMP", "year": year})
    assert reply.status_code == 200, reply.text
    return reply.json


def test_what_was_reported_stands_for_a_year_before_records(lead):
    target(120, 2023)
    reported(115, dt.date(2023, 11, 20), 2023)
    reported(85, dt.date(2023, 3, 31), 2022)

    [row] = board(lead, "2023/24")["rows"]

    assert (row["basis"], row["value"], row["target"]) == ("reported", "115", "120")
    assert row["attainment"] == "0.9583"
    assert row["pace"] == {"expected": "76.7", "on": "2023-11-20", "is": "ahead"}
    assert [each["value"] for each in row["last_year"]["reported"]] == ["85"]
    assert row["recorded"]["value"] == "0"


def test_what_is_recorded_comes_first_and_opens_its_records(lead, session):
    operation = factories.operation()
    target(4, measure="arrests")
    reported(9, dt.date(2026, 11, 1), measure="arrests")
    for month in (10, 11):
        records.arrest(operation, occurred_at=dt.datetime(2026, month, 2, 12, tzinfo=dt.UTC))

    [row] = board(lead)["rows"]

    assert (row["basis"], row["value"], row["attainment"]) == ("recorded", "2", "0.5")
    assert len(lead.get(row["recorded"]["records"]).json) == 2
    assert [each["value"] for each in row["reported"]] == ["9"]
    by_month = {each["month"]: each for each in row["months"]}
    assert len(by_month) == 12
    assert by_month["2026-11"]["value"] == "1"
    assert len(lead.get(by_month["2026-11"]["records"]).json) == 1
    assert by_month["2027-03"] == {"month": "2027-03", "value": "0", "records": None}


def test_the_provisional_stands_apart(lead, session):
    records.closure(factories.operation())
    target(4)

    [row] = board(lead)["rows"]

    assert (row["recorded"]["value"], row["recorded"]["provisional"]) == ("0", "1")
    assert row["attainment"] == "0"


def test_the_year_before_stands_beside(lead, session):
    target(4, measure="arrests")
    target(2, 2025, measure="arrests")
    long_ago = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
    records.arrest(factories.operation(starts_at=long_ago), occurred_at=long_ago)

    [row] = board(lead)["rows"]

    last = row["last_year"]
    assert (last["value"], last["target"], last["attainment"]) == ("1", "2", "0.5")


def test_targets_of_other_years_periods_and_organisations_are_not_on_it(lead, session):
    target(4, 2025)
    target(4, organisation_id=None, operation_id=factories.operation().id)
    target(4, organisation_id=factories.organisation("LANCS").id, measure="arrests")

    assert board(lead)["rows"] == []
    assert "No target is set for 2026/27." in lead.get("/targets/board?year=2026/27").text


def test_an_even_pace_is_by_days():
    on = dt.date(2026, 9, 29)

    over = boards.share(*YEAR, on)

    assert boards.pace(Decimal(61), Decimal(120), over) == (Decimal("59.8"), "ahead")
    assert boards.share(*YEAR, dt.date(2026, 3, 31)) == 0
    assert boards.share(*YEAR, dt.date(2030, 1, 1)) == 1


@pytest.mark.parametrize("query", ["year=2026/28", "year=soon"])
def test_a_year_that_is_none_is_refused(lead, query):
    reply = lead.get(f"/api/v1/targets/board?organisation=GMP&{query}")

    assert reply.status_code == 422
    assert "2026/27" in str(reply.json["errors"])


def test_the_page_says_which_figure_is_recorded_and_which_reported(lead):
    target(120, 2023)
    reported(115, dt.date(2023, 11, 20), 2023)

    page = lead.get("/targets/board?organisation=GMP&year=2023/24").text

    assert "115</strong> of 120, 95.8%" in page
    assert "Ahead of an even pace" in page
    assert "Report to the panel, as at 20 Nov 2023" in page
