"""What an analyst's measure can ask for, and that its records are those behind its figure."""

import datetime as dt

import pytest
import sqlalchemy as sa

from ops import wording
from ops.results import measures
from ops.results.models import Measure
from tests import factories
from tests.outcomes.records import arrest, closure

PEOPLE = {"kind": "safeguarding", "distinct": "person"}
SMALLEST = {
    "arrest": {"reason": "theft"},
    "seizure": {"category": "drugs"},
    "safeguarding": {"actions": ["safeguarded"]},
}


@pytest.fixture
def operation(session):
    """A live operation."""
    return factories.operation()


@pytest.fixture
def lead(client_as):
    """An operational lead's client."""
    return client_as("lead")


@pytest.fixture
def log(lead, operation):
    """Log a result of the operation."""

    def send(kind="arrest", at="2026-11-02T12:00:00Z", **detail):
        body = {"kind": kind, "occurred_at": at, "detail": SMALLEST[kind] | detail}
        reply = lead.post(f"/api/v1/operations/{operation.id}/results", json=body)
        assert reply.status_code == 201, reply.text
        return reply.json

    return send


@pytest.fixture
def define(session):
    """Store a version of a measure."""

    def store(code, version=1, unit="count", **fields):
        definition = fields.pop("definition", None)
        days = {name: fields.pop(name, None) for name in ("valid_from", "valid_to")}
        asked = definition or {"kind": "arrest", **fields}
        assert measures.problems(asked) == {}
        said = {"label": code, "four_p": "pursue", "unit": unit, "definition": asked}
        session.add(Measure(code=code, version=version, **said, **days))
        session.flush()

    return store


@pytest.fixture
def figure(lead, operation):
    """Give a measure of the summary."""

    def read(code, **query):
        body = lead.get(f"/api/v1/operations/{operation.id}/outcomes", query_string=query).json
        return next((each for each in body["measures"] if each["code"] == code), None)

    return read


@pytest.fixture
def listed(lead):
    """List the records behind a figure, as ids."""
    return lambda address: {each["id"] for each in lead.get(address).json}


def test_what_meets_an_exception_is_left_out_and_what_says_nothing_is_not(
    log, define, figure, listed
):
    define("others", unless=[{"reason": ["theft"], "sex": ["male"]}, {"age_band": ["10-17"]}])
    log(sex="male")
    log(age_band="10-17", sex="female")
    counted = {log()["id"], log(sex="female")["id"], log(reason="fraud", sex="male")["id"]}

    found = figure("others")

    assert found["value"] == "3"
    assert listed(found["records"]) == counted


def test_what_is_told_apart_counts_once_and_without_its_key_each_by_itself(
    log, define, figure, listed
):
    define("people", definition=PEOPLE)
    refs = ({"person_ref": "A/1"}, {"person_ref": "A/1"}, {"person_ref": "B/2"}, {})
    every = [log("safeguarding", **ref)["id"] for ref in refs]

    found = figure("people", by="day")

    assert found["value"] == "3"
    assert listed(found["records"]) == set(every)
    assert [each["value"] for each in found["groups"]] == ["3"]


def test_one_person_on_two_days_is_in_both_and_counts_once(log, define, figure):
    define("people", definition=PEOPLE)
    log("safeguarding", person_ref="A/1")
    log("safeguarding", person_ref="A/1", at="2026-11-03T12:00:00Z")

    found = figure("people", by="day")

    assert (found["value"], [each["value"] for each in found["groups"]]) == ("1", ["1", "1"])


def test_parts_and_what_is_in_none_of_them_make_the_whole(log, define, figure, listed):
    define("women", where={"sex": ["female"]})
    define("men", where={"sex": ["male"]})
    define("detained", parts=["women", "men"])
    women = {log(sex="female")["id"], log(sex="female")["id"]}
    rest = {log()["id"], log(sex="unknown")["id"]}
    log(sex="male")

    found = figure("detained")

    assert [(part["code"], part["value"]) for part in found["parts"]] == [
        ("women", "2"),
        ("men", "1"),
    ]
    assert (found["value"], found["residual"]["value"], found["overlap"]) == ("5", "2", False)
    assert listed(found["parts"][0]["records"]) == women
    assert listed(found["residual"]["records"]) == rest


def test_parts_that_overlap_say_so(log, define, figure):
    define("women", where={"sex": ["female"]})
    define("young", where={"age_band": ["18-24"]})
    define("detained", parts=["women", "young"])
    log(sex="female", age_band="18-24")

    assert figure("detained")["overlap"] is True


def test_what_lies_in_a_part_of_another_is_no_part_of_the_whole_again(log, define, figure, listed):
    drugs = {"kind": "seizure", "sum": "weight"}
    define("heroin", unit="g", definition=drugs | {"where": {"drug": ["heroin"]}})
    define("weighed", unit="g", definition=drugs | {"parts": ["heroin"]})
    bag = log("seizure", quantity="100", unit="g")
    log("seizure", drug="heroin", quantity="60", unit="g", parent=bag["id"])
    apart = log("seizure", drug="heroin", quantity="5", unit="g")

    found = figure("weighed")

    assert (found["value"], found["parts"][0]["value"]) == ("105", "5")
    assert (found["residual"]["value"], found["overlap"]) == ("100", False)
    assert listed(found["parts"][0]["records"]) == {apart["id"]}
    assert figure("heroin")["value"] == "65"


def test_a_measure_that_is_not_narrower_is_no_part(log, define, figure):
    define("seized", definition={"kind": "seizure"})
    define("women", where={"sex": ["female"]}, parts=["arrests", "seized", "nothing"])

    assert "parts" not in figure("women")


@pytest.mark.parametrize(
    ("to", "value"), [("2026-11-30", "3"), ("2026-03-31", "1"), ("2027-04-01", "0")]
)
def test_a_measure_of_the_financial_year_begins_on_1_april(
    session, define, lead, to, value, listed
):
    year = factories.operation(starts_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    define("this_year", definition={"kind": "line_closure", "period": "financial_year"})
    for at in ("2026-03-31T22:59:00", "2026-03-31T23:00:00", "2026-06-01T12:00:00"):
        closure(year, occurred_at=dt.datetime.fromisoformat(f"{at}+00:00"))
    closure(year, occurred_at=dt.datetime(2026, 11, 15, tzinfo=dt.UTC))

    query = {"from": "2026-03-01", "to": to}
    if to == "2027-04-01":
        query["from"] = to
    body = lead.get(f"/api/v1/operations/{year.id}/outcomes", query_string=query).json
    found = {each["code"]: each for each in body["measures"]}

    assert found["this_year"]["value"] == value
    assert len(listed(found["this_year"]["records"])) == int(value)


def test_a_measure_of_twelve_months_ends_where_the_asked_period_does(define, lead, listed):
    year = factories.operation(starts_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    define("twelve", definition={"kind": "line_closure", "period": "last_12_months"})
    for day in ("2025-11-05", "2025-11-06", "2026-11-05", "2026-11-06"):
        closure(year, occurred_at=dt.datetime.fromisoformat(f"{day}T12:00:00+00:00"))

    query = {"from": "2026-11-02", "to": "2026-11-05"}
    body = lead.get(f"/api/v1/operations/{year.id}/outcomes", query_string=query).json
    [found] = [each for each in body["measures"] if each["code"] == "twelve"]

    assert found["value"] == "2"
    assert len(listed(found["records"])) == 2


def test_a_measure_of_its_own_period_leaves_those_of_other_kinds_theirs(define, lead, listed):
    year = factories.operation(starts_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    define("this_year", definition={"kind": "line_closure", "period": "financial_year"})
    for day in ("2026-03-05", "2026-06-05", "2026-11-05"):
        at = dt.datetime.fromisoformat(f"{day}T12:00:00+00:00")
        closure(year, occurred_at=at)
        arrest(year, occurred_at=at)

    path = f"/api/v1/operations/{year.id}/outcomes"
    bodies = [lead.get(path, query_string=q).json for q in ({"from": "2026-11-01"}, {})]
    found = [{each["code"]: each for each in body["measures"]} for body in bodies]

    for values, (arrests, closed) in zip(found, (("1", "2"), ("3", "2")), strict=True):
        assert (values["arrests"]["value"], values["this_year"]["value"]) == (arrests, closed)
        for code in ("arrests", "this_year"):
            assert len(listed(values[code]["records"])) == int(values[code]["value"])


def test_a_rate_keeps_what_it_is_worked_out_from(log, define, figure, listed):
    define("women", where={"sex": ["female"]})
    define(
        "share",
        unit="percent",
        definition={"ratio": {"of": "women", "to": "arrests"}, "times": 100},
    )
    woman = log(sex="female")["id"]
    others = [log(at="2026-11-03T12:00:00Z")["id"] for _ in range(2)]
    every = {woman, *others}

    found = figure("share", by="day")

    assert found["value"] == "33.3333"
    assert (found["numerator"]["value"], found["denominator"]["value"]) == ("1", "3")
    assert listed(found["numerator"]["records"]) == {woman}
    assert listed(found["denominator"]["records"]) == every
    assert [(each["key"], each["value"]) for each in found["groups"]] == [
        ("2026-11-02", "100"),
        ("2026-11-03", "0"),
    ]


def test_a_rate_of_a_group_that_is_hidden_is_hidden_with_it(log, define, figure):
    define("rate", definition={"ratio": {"of": "people_charged", "to": "arrests"}})
    for _ in range(6):
        log(sex="male")
    log(sex="female", disposals=[{"code": "charged", "at": "2026-11-02T13:00:00Z"}])

    groups = {each["key"]: each for each in figure("rate", by="sex")["groups"]}

    assert (groups["female"]["value"], groups["female"]["suppressed"]) == (None, True)


def test_a_rate_of_rates_is_worked_out_to_the_end(log, define, figure):
    define("women", where={"sex": ["female"]})
    define("share", definition={"ratio": {"of": "women", "to": "arrests"}})
    define("in_a_thousand", definition={"ratio": {"of": "share", "to": "arrests"}, "times": 1000})
    log(sex="female")
    log()

    found = figure("in_a_thousand")

    assert (found["value"], found["numerator"]["records"]) == ("250", None)


def test_a_rate_without_a_denominator_has_no_value(define, figure, lead, operation):
    define("share", definition={"ratio": {"of": "arrests", "to": "people_charged"}})

    assert figure("share")["value"] is None
    assert lead.get(f"/operations/{operation.id}/outcomes").status_code == 200


def test_an_attainment_is_against_the_target_of_its_measure(log, define, figure, lead, operation):
    define("attained", unit="percent", definition={"attainment": "arrests", "times": 100})
    without = figure("attained")
    target = {
        "measure": "arrests",
        "period": "2026/27",
        "value": "4",
        "operation": str(operation.id),
    }
    lead.post("/api/v1/targets", json=target)
    log()

    found = figure("attained")

    assert (without["value"], without["denominator"]["value"]) == (None, None)
    assert found["value"] == "25"
    assert (found["numerator"]["value"], found["denominator"]["value"]) == ("1", "4")
    assert found["denominator"]["records"] is None
    page = lead.get(f"/operations/{operation.id}/outcomes").text
    assert "Worked out from" in page


def test_the_records_of_a_rate_are_those_of_its_members(define, lead, operation):
    define("share", definition={"ratio": {"of": "people_charged", "to": "arrests"}})

    refused = lead.get(f"/api/v1/operations/{operation.id}/results?measure=share")

    assert refused.status_code == 422
    assert "people_charged and arrests" in refused.json["errors"]["measure"][0]


def test_the_version_in_force_is_that_of_the_end_of_the_period(
    log, define, figure, listed, session
):
    session.execute(
        sa.update(Measure).where(Measure.code == "arrests").values(valid_to=dt.date(2026, 11, 4))
    )
    define("arrests", version=2, where={"sex": ["female"]}, valid_from=dt.date(2026, 11, 5))
    log()
    log(sex="female")

    before, after = figure("arrests", to="2026-11-04"), figure("arrests", to="2026-11-05")

    assert [(each["definition"], each["value"]) for each in (before, after)] == [(1, "2"), (2, "1")]
    assert (before["valid_to"], after["valid_from"]) == ("2026-11-04", "2026-11-05")
    assert [len(listed(each["records"])) for each in (before, after)] == [2, 1]


def test_before_its_first_version_a_measure_is_as_that_has_it_and_once_withdrawn_it_is_gone(
    session, define, figure
):
    today = wording.today()
    define("newer", valid_from=today)
    define("planned", valid_from=today + dt.timedelta(days=1))
    define("ended", valid_from=dt.date(2026, 1, 1), valid_to=dt.date(2026, 2, 1))
    define("ended", version=2, valid_from=today)
    define("never", valid_from=today, valid_to=today - dt.timedelta(days=1))

    shown = {code: figure(code, to="2026-11-04") for code in ("newer", "planned", "ended", "never")}

    assert [code for code, each in shown.items() if each] == ["newer"]
    assert figure("ended", to="2026-01-31")["definition"] == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"unless": [{"shoe_size": ["9"]}]}, "unless.0.shoe_size"),
        ({"unless": [{}]}, "unless.0"),
        ({"where": {"sex": []}}, "where.sex"),
        ({"distinct": "shoe"}, "distinct"),
        ({"period": "a fortnight"}, "period"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_says_what_a_definition_asks_for_in_vain(change, field):
    assert measures.problems({"kind": "arrest", "parts": ["women"]}) == {}
    assert field in measures.problems({"kind": "arrest"} | change)


@pytest.mark.parametrize(
    ("definition", "field"),
    [
        ({"ratio": {"of": "arrests"}}, "ratio"),
        ({"attainment": "arrests", "times": 7}, "times"),
        ({"times": 100}, "ratio"),
        ({"attainment": "arrests", "kind": "arrest"}, "kind"),
    ],
)
def test_says_what_a_measure_over_measures_lacks(definition, field):
    assert measures.problems({"ratio": {"of": "people_charged", "to": "arrests"}}) == {}
    assert field in measures.problems(definition)
