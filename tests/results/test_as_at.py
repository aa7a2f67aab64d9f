"""As known at a moment: what was confirmed, credited, charged or struck by then, and no more."""

import datetime as dt

import pytest

from ops.results import figures, measures
from ops.results.counting import Scope
from tests import factories

CHARGED = {"code": "charged", "at": "2026-11-05T09:00:00Z"}
DEACTIVATED = {"type": "type_2", "line_name": "Ricky", "deactivated_on": "2026-11-03"}


def now():
    """The time by the clock; in a test the database's own stands still."""
    return dt.datetime.now(dt.UTC)


@pytest.fixture
def value(lead, operation):
    """Give a figure of an operation, once it is sure that its records are as many."""

    def read(measure, to=operation, part="value", **query):
        there = f"/api/v1/operations/{to.id}/outcomes"
        body = lead.get(there, query_string=query).json
        [found] = [each for each in body["measures"] if each["code"] == measure]
        listed = lead.get(found["records"]).json
        assert len(listed) == int(found["value"])
        return int(found[part])

    return read


@pytest.fixture
def change(lead):
    """Correct a record as it stands."""

    def send(record, **detail):
        there = f"/api/v1/results/{record['id']}"
        etag = lead.get(there).headers["ETag"]
        body = {"reason": "Misread", "detail": detail}
        return lead.patch(there, json=body, headers={"If-Match": etag})

    return send


def test_a_confirmation_that_was_taken_back_later_stood_then(log, second, value, change):
    record = log("line_closure", DEACTIVATED)
    logged_at = now()
    second.post(f"/api/v1/results/{record['id']}/confirm")
    confirmed_at = now()
    change(record, deactivated_on="2026-11-04")
    corrected_at = now()
    second.post(f"/api/v1/results/{record['id']}/confirm")

    moments = (logged_at, confirmed_at, corrected_at, now())
    assert [value("lines_closed", as_at=at.isoformat()) for at in moments] == [0, 1, 0, 1]
    assert value("lines_closed", as_at=corrected_at.isoformat(), part="provisional") == 1
    assert value("lines_closed") == 1


def test_a_credit_counts_from_when_it_was_given_until_it_was_taken_back(log, lead, value):
    record, supporting = log(), factories.operation()
    there = f"/api/v1/results/{record['id']}"
    logged_at = now()
    given = lead.post(f"{there}/credits", json={"operation": str(supporting.id)})
    given_at = now()
    etag = {"If-Match": given.headers["ETag"]}
    lead.delete(f"{there}/credits/{supporting.id}", headers=etag)

    moments = (logged_at, given_at, now())
    assert [value("arrests", to=supporting, as_at=at.isoformat()) for at in moments] == [0, 1, 0]
    assert value("arrests", to=supporting) == 0


def test_a_strike_later_leaves_a_past_figure_as_it_was(log, lead, value):
    record = log()
    logged_at = now()
    lead.post(f"/api/v1/results/{record['id']}/strike", json={"reason": "Slip"})

    assert (value("arrests", as_at=logged_at.isoformat()), value("arrests")) == (1, 0)


def test_a_charge_counts_once_it_had_happened_and_was_written_down(log, value, change):
    arrest = log(detail={"disposals": [{"code": "bailed", "at": "2026-11-02T20:00:00Z"}]})
    before = now()
    change(arrest, disposals=[{"code": "bailed", "at": "2026-11-02T20:00:00Z"}, CHARGED])

    assert value("people_charged", as_at=before.isoformat()) == 0
    assert value("people_charged", as_at=now().isoformat()) == 1
    assert value("people_charged") == 1


@pytest.mark.parametrize(("day", "charged"), [("2026-11-04", 0), ("2026-11-05", 1)])
def test_who_was_charged_by_a_day_can_be_asked_of_what_was_written_down_later(
    log, value, change, day, charged
):
    change(log(), disposals=[CHARGED])

    assert value("people_charged", as_at=day) == 0
    assert value("people_charged", as_at=day, late="true") == charged
    assert value("arrests", as_at=day, late="true") == 1


def test_what_had_not_happened_by_then_is_left_out_though_it_is_known_now(log, value):
    log(occurred_at="2026-11-06T10:00:00Z")

    assert value("arrests", as_at="2026-11-05", late="true") == 0
    assert value("arrests", as_at="2026-11-06", late="true") == 1


def test_what_was_struck_since_is_no_part_of_what_had_happened(log, lead, value):
    record = log()
    lead.post(f"/api/v1/results/{record['id']}/strike", json={"reason": "Slip"})

    assert value("arrests", as_at="2026-11-05", late="true") == 0


@pytest.mark.parametrize("path", ["outcomes", "results"])
def test_late_needs_a_moment(lead, operation, path):
    there = f"/api/v1/operations/{operation.id}/{path}"

    refused = lead.get(there, query_string={"late": "true"})

    assert refused.status_code == 422
    assert refused.json["errors"] == {"late": ["Give the moment too, as as_at."]}


def test_a_list_by_disposal_is_of_the_same_moment(log, lead, operation, change):
    change(log(), disposals=[CHARGED])
    there = f"/api/v1/operations/{operation.id}/results"

    def listed(**query):
        return len(lead.get(there, query_string={"disposal": "charged", **query}).json)

    assert listed() == 1
    assert listed(as_at="2026-11-04", late="true") == 0
    assert listed(as_at="2026-11-05", late="true") == 1


def test_as_things_stand_nothing_past_is_looked_at(session):
    found = [measures.read(row) for row in session.scalars(measures.current())]
    definitions = tuple(each for each in found if isinstance(each, measures.Definition))
    past = Scope(None, as_at=now())

    def written(of):
        return str(figures.figures(definitions, of=of, by="operation"))

    for word in ("known_by", "happened_by", "confirmation", "disposal."):
        assert word not in written(Scope(None).of)
        assert word in written(past.of)


def test_pages_say_from_which_moment_they_look_back(log, lead, operation):
    log()
    there = f"/operations/{operation.id}"

    outcomes = lead.get(f"{there}/outcomes?as_at=2026-11-05&late=true").text
    results = lead.get(f"{there}/results?measure=arrests&as_at=2026-11-05&late=true").text

    assert "What had happened by Friday 6 November 2026, 00:00, as it is known now." in outcomes
    assert "as it had happened by Thursday 5 November 2026" in results
    assert "as_at=2026-11-06T00%3A00%3A00Z&amp;late=true" in outcomes
