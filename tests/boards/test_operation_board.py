"""The board of an operation: target, pace, time and place, what waits, what is beside it."""

import datetime as dt
from decimal import Decimal

import pytest

from ops.boards.addresses import is_of_board
from ops.boards.rules import Span
from ops.outcomes.models import Target
from ops.wording import first_moment, today
from tests import factories
from tests.outcomes import records

DAY = dt.timedelta(days=1)


@pytest.fixture
def lead(client_as):
    return client_as("lead")


@pytest.fixture
def week(session):
    """A week that is half over, its seventh day still to come."""
    monday = first_moment(today() - 3 * DAY)
    return factories.operation(starts_at=monday, ends_at=first_moment(today() + 4 * DAY))


def noon(days):
    return first_moment(today() + days * DAY) + dt.timedelta(hours=12)


def aim(operation, measure, value):
    days = {"starts_on": today() - 3 * DAY, "ends_on": today() + 3 * DAY}
    factories._save(Target(measure=measure, value=value, operation_id=operation.id, **days))


def board(client, operation, **query):
    reply = client.get(f"/api/v1/operations/{operation.id}/outcomes/board", query_string=query)
    assert reply.status_code == 200, reply.text
    return reply.json | {"measures": {each["code"]: each for each in reply.json["measures"]}}


def test_a_measure_stands_against_its_target_and_an_even_course(lead, week):
    aim(week, "arrests", 7)
    aim(week, "cash_seized", 700)
    for days in (-3, -3, -2, -1, -1):
        records.arrest(week, occurred_at=noon(days))
    records.cash(week, "100", occurred_at=noon(-1))

    found = board(lead, week)

    arrests, cash = (found["measures"][code] for code in ("arrests", "cash_seized"))
    assert (arrests["value"], arrests["target"]) == ("5", "7")
    assert arrests["expected"] == {"value": "4.0", "is": "ahead"}
    assert cash["expected"] == {"value": "400.0", "is": "behind"}
    assert found["share"] == "0.5714"
    assert found["measures"]["warrants_executed"]["expected"] is None


def test_every_day_has_its_place_and_every_district_that_had_something(lead, week):
    factories.boundary("E08000003")
    records.arrest(week, occurred_at=noon(-3), district="E08000003")
    records.arrest(week, occurred_at=noon(-1))
    records.arrest(week, occurred_at=noon(-90))

    found = board(lead, week)

    by_day, by_district = found["breakdowns"]
    assert [each["key"] for each in by_day["groups"]] == sorted(
        [str(today() - 90 * DAY), *(str(today() + n * DAY) for n in range(-3, 4))]
    )
    assert [(each["key"], each["label"]) for each in by_district["groups"]] == [
        ("E08000003", "Manchester"),
        (None, "Not recorded"),
    ]
    groups = found["measures"]["arrests"]["groups"]
    assert sum(Decimal(each["value"]) for each in groups["day"]) == 3
    assert [each["value"] for each in groups["district"]] == ["1", "2"]


def test_who_has_not_reported_and_what_is_late_is_counted_and_listed(lead, week):
    factories.deployment(week, starts_at=noon(-2))
    factories.deployment(factories.operation(), starts_at=noon(-2))

    found = board(lead, week)

    assert found["unreported"]["number"] == 1
    assert len(lead.get(found["unreported"]["records"]).json) == 1
    late = {each["name"]: each for each in found["late"]}
    assert late["overdue"]["number"] == 1
    assert len(lead.get(late["overdue"]["records"]).json) == 1


def test_two_operations_and_two_periods_stand_beside_each_other(lead, week):
    other = factories.operation(name="The other week")
    records.arrest(week, occurred_at=noon(-1))
    for _ in range(3):
        records.arrest(other)

    beside = board(lead, week, against=other.id)
    before = board(lead, week, against_from=today() - 30 * DAY, against_to=today() - 20 * DAY)

    assert beside["measures"]["arrests"]["against"] | {"records": ""} == {
        "value": "3", "provisional": "0", "qualifier": "exact", "target": None, "change": "-2",
        "records": "",
    }  # fmt: skip
    assert beside["against"]["operation"]["name"] == "The other week"
    assert before["measures"]["arrests"]["against"]["value"] == "0"
    page = lead.get(f"/operations/{week.id}/outcomes/board?against={other.id}").text
    assert "The other week" in page
    assert "−2" in page


def test_small_counts_of_people_are_hidden_by_the_one_rule(lead, week):
    for sex, number in (("male", 6), ("female", 2)):
        for _ in range(number):
            records.arrest(week, sex=sex, occurred_at=noon(-1))

    found = board(lead, week, by="sex")["measures"]["arrests"]["groups"]["sex"]
    page = lead.get(f"/operations/{week.id}/outcomes/board?by=sex").text

    hidden = [each for each in found if each.get("suppressed")]
    assert {each["key"] for each in hidden} >= {"female"}
    assert all(each["value"] is None and each["records"] is None for each in hidden)
    assert "Hidden" in page
    assert "key=female" not in page


def test_measures_can_be_chosen(lead, week):
    found = board(lead, week, measure=["arrests", "cash_seized"])

    assert set(found["measures"]) == {"arrests", "cash_seized"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("measure=no_such", "measure"),
        ("colour=red", "colour"),
        ("by=nonsense", "by"),
        ("by=square_500m", "by"),
        ("four_p=ponder", "four_p"),
        ("from=2026-11-05&to=2026-11-01", "to"),
        ("against_from=2026-11-05&against_to=2026-11-01", "against_to"),
        ("from=soon", "from"),
        ("against=none", "against"),
    ],
)
def test_what_can_not_be_asked_is_refused_in_a_sentence(lead, week, query, field):
    # A request that is refused leaves nothing of what was loaded.
    there, name = f"/operations/{week.id}/outcomes/board?{query}", week.name

    reply = lead.get(f"/api/v1{there}")
    page = lead.get(there)

    assert reply.status_code == 422
    assert field in reply.json["errors"]
    if field == "colour":
        return
    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert name in page.text


def test_comparing_an_operation_with_itself_is_refused(lead, week):
    reply = lead.get(f"/api/v1/operations/{week.id}/outcomes/board?against={week.id}")

    assert reply.status_code == 422
    assert "another" in reply.json["errors"]["against"][0]


def test_a_place_has_phases_before_and_after_and_who_does_what(lead, session):
    place = factories.operation(kind="place_based", ends_at=None)
    phase = {
        "kind": "clear",
        "starts_at": "2026-11-01T00:00:00Z",
        "ends_at": "2026-11-03T00:00:00Z",
    }
    assert lead.post(f"/api/v1/operations/{place.id}/phases", json=phase).status_code == 201
    records.arrest(place)
    records.arrest(place, occurred_at=factories.NOON + 5 * DAY)

    found = board(lead, place)
    page = lead.get(f"/operations/{place.id}/outcomes/board").text

    [clear] = found["phases"]
    assert clear["measures"]["arrests"]["value"] == "1"
    assert len(lead.get(clear["measures"]["arrests"]["records"]).json) == 1
    assert [each["by"] for each in found["breakdowns"]] == ["day", "district", "organisation"]
    for heading in ("Phases", "Before and after", "Partner actions"):
        assert f">{heading}</h2>" in page


def test_a_prison_board_tells_incidents_from_items_by_establishment_and_list(lead, session):
    gate = factories.operation(kind="prison_search")
    body = {
        "kind": "search", "occurred_at": factories.NOON.isoformat(),
        "detail": {"type": "prison", "establishment": "HMP Example", "lists": ["B"],
                   "finds": [{"category": "phones", "number": "3"}],
                   "searched": [{"what": ["cells"], "number": "5"}]},
    }  # fmt: skip
    reply = lead.post(f"/api/v1/operations/{gate.id}/results", json=body)
    assert reply.status_code == 201, reply.text

    found = board(lead, gate)

    groups = found["measures"]["find_incidents"]["groups"]
    assert [(each["key"], each["value"]) for each in groups["establishment"]] == [
        ("HMP Example", "1")
    ]
    assert {"establishment", "list", "found", "found_in"} <= {e["by"] for e in found["breakdowns"]}
    assert [each["key"] for each in groups["found"]] == ["phones"]


def test_a_long_time_is_told_by_months_and_none_of_them_is_to_come():
    now = first_moment(dt.date(2026, 11, 30))
    open_end = Span(first_moment(dt.date(2022, 11, 2)), None)

    assert open_end.steps(now) == "month"
    assert open_end.share(now) is None
    keys = open_end.keys(now, ["2026-01"])
    assert (keys[0], keys[-1], len(keys)) == ("2026-01", "2026-11", 11)
    assert open_end.keys(now, []) == []


def test_a_period_before_or_after_an_operation_is_a_period_like_any_other():
    def at(*days):
        return Span(*(day and first_moment(dt.date.fromisoformat(day)) for day in days))

    now, week = first_moment(dt.date(2026, 11, 30)), at("2026-11-01", "2026-11-08")

    assert Span.of(at(None, None), week) == week
    assert Span.of(at("2026-11-03", None), week) == at("2026-11-03", "2026-11-08")
    for asked in (at("2027-01-01", None), at(None, "2026-10-01")):
        assert Span.of(asked, week) == asked
        assert asked.share(now) is None
    far = at("2026-11-01", "2199-01-01")
    assert far.steps(now) == "month"
    assert far.keys(now, ["2026-11"]) == ["2026-11"]


def test_only_addresses_of_boards_are_kept():
    operation = "0193aaaa-0000-7000-8000-000000000001"

    assert is_of_board(f"/operations/{operation}/outcomes/board?by=sex")
    assert is_of_board("/targets/board?year=2026/27")
    for elsewhere in (
        "https://elsewhere.example/targets/board",
        "//elsewhere.example/targets/board",
        "/targets/board#x",
        "/account",
        "javascript:alert(1)",
        "http://[",
        "/targets/board\n",
        "/targets/board/../../account",
    ):
        assert not is_of_board(elsewhere)
