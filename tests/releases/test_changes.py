"""What has changed since a snapshot: each figure then and now, and each record with its reason."""

import datetime as dt

import pytest
import sqlalchemy as sa

from ops import db
from ops.geo import boundaries
from ops.results.models import Measure
from tests import factories
from tests.outcomes.records import arrest, cash
from tests.releases.conftest import figure, redefine
from tests.results.conftest import payload

API = "/api/v1"


@pytest.fixture
def log(lead, operation):
    """Log a result through the API, as real life does; give its record."""

    def send(kind="arrest", detail=None, **fields):
        reply = lead.post(
            f"{API}/operations/{operation.id}/results", json=payload(kind, detail, **fields)
        )
        assert reply.status_code == 201, reply.text
        return reply.json

    return send


@pytest.fixture
def since(analyst):
    """Give what has changed since, with the records by their id."""

    def ask(frozen, query=""):
        there = f"{API}/snapshots/{frozen['id']}/changes"
        reply, records = analyst.get(there), analyst.get(f"{there}/records{query}")
        assert (reply.status_code, records.status_code) == (200, 200), reply.text + records.text
        return reply.json, {each["id"]: each for each in records.json}

    return ask


def change(client, record, act, sent=None):
    """Do something to a record; give the reply."""
    where = f"{API}/results/{record['id']}"
    tag = {"If-Match": client.get(where).headers["ETag"]}
    if act == "correct":
        reply = client.patch(where, json=sent, headers=tag)
    else:
        reply = client.post(f"{where}/{act}", json=sent or {}, headers=tag)
    assert reply.status_code == 200, reply.text


def of(changes, code):
    [found] = [each for each in changes["figures"] if each["code"] == code]
    return found


def test_where_nothing_changed_it_says_so(freeze, log, since):
    log()
    frozen = freeze().json

    changes, records = since(frozen)

    assert {each["difference"] for each in changes["figures"]} == {"0", "0.00"}
    assert (changes["records"], changes["others"], changes["definitions"]) == (0, 0, [])
    assert records == {}


def test_where_a_record_lies_on_a_new_map_of_wards_is_no_correction(freeze, log, since, client_as):
    record = log(position={"type": "Point", "coordinates": [-2.241, 53.485]})
    frozen = freeze().json
    factories.boundary("E05000650", layer="ward")
    with db.transaction():
        placed = boundaries.assign("ward")
    change(client_as("lead"), record, "confirm")

    _, records = since(frozen)

    assert placed == 1
    assert records[record["id"]]["reasons"] == ["confirmed"]


def test_a_record_that_came_late(freeze, log, since, lead):
    log()
    frozen = freeze().json
    late = log(detail={"reason": "supply_class_a", "disposals": [{"code": "charged"}]})

    changes, records = since(frozen)

    arrests = of(changes, "arrests")
    assert (arrests["then"]["value"], arrests["now"]["value"]) == ("1", "2")
    assert (arrests["difference"], arrests["came"], arrests["went"]) == ("1", 1, 0)
    [found] = records.values()
    assert found["id"] == late["id"]
    assert found["reasons"] == ["added"]
    assert {"arrests", "people_charged"} <= set(found["came_to"])
    assert [(act["act"], act["by"]) for act in found["acts"]] == [("Recorded", lead.person.name)]


def test_a_correction_says_what_from_to_why_by_whom_and_when(freeze, log, since, lead):
    seized = log("seizure", {"category": "cash", "quantity": "100"})
    frozen = freeze().json
    sent = {"detail": {"quantity": "250"}, "reason": "Counted again at the bank."}
    change(lead, seized, "correct", sent)

    changes, records = since(frozen)

    assert of(changes, "cash_seized")["difference"] == "150.00"
    [act] = records[seized["id"]]["acts"]
    assert records[seized["id"]]["reasons"] == ["corrected"]
    assert (act["act"], act["by"], act["reason"]) == (
        "Corrected",
        lead.person.name,
        "Counted again at the bank.",
    )
    assert any("250" in line and "100" in line for line in act["changes"])
    assert dt.datetime.fromisoformat(act["at"]) > dt.datetime.fromisoformat(frozen["taken_at"])


def test_what_was_corrected_before_is_in_the_snapshot_and_no_change_since(freeze, log, since, lead):
    seized = log("seizure", {"category": "cash", "quantity": "100"})
    sent = {"detail": {"quantity": "250"}, "reason": "Counted again at the bank."}
    change(lead, seized, "correct", sent)
    frozen = freeze().json

    changes, records = since(frozen)

    assert figure(frozen, "cash_seized")["value"] == "250.00"
    assert (changes["records"], records) == (0, {})


def test_a_struck_record_went_with_its_reason(freeze, log, since, lead):
    record = log()
    frozen = freeze().json
    change(lead, record, "strike", {"reason": "Logged twice."})

    changes, records = since(frozen)

    assert of(changes, "arrests")["went"] == 1
    found = records[record["id"]]
    assert found["reasons"] == ["struck"]
    assert "arrests" in found["went_from"]
    assert found["acts"][-1]["reason"] == "Logged twice."


def test_what_was_confirmed_moves_from_provisional(freeze, log, since, client_as):
    line = log(
        "line_closure", {"type": "type_2", "line_name": "Ricky", "deactivated_on": "2026-11-02"}
    )
    frozen = freeze().json
    change(client_as("lead"), line, "confirm")

    changes, records = since(frozen)

    lines = of(changes, "lines_closed")
    assert (lines["then"]["value"], lines["then"]["provisional"]) == ("0", "1")
    assert (lines["now"]["value"], lines["now"]["provisional"]) == ("1", "0")
    found = records[line["id"]]
    assert found["reasons"] == ["confirmed"]
    assert "lines_closed" in found["came_to"]
    assert "lines_closed/provisional" in found["went_from"]


def test_a_credit_is_a_reason_of_its_own(freeze, log, since, client_as, operation):
    other = factories.operation()
    record = log()
    frozen = freeze(operation=[str(other.id), str(operation.id)]).json
    change(client_as("lead"), record, "credits", {"operation": str(other.id)})

    _, records = since(frozen)

    assert records[record["id"]]["reasons"] == ["credited"]


def test_an_erased_record_is_said_to_be_erased_and_nothing_of_it(
    freeze, log, since, client_as, operation, session
):
    record = log(note="Something about somebody")
    frozen = freeze().json
    session.execute(sa.text("reset role"))
    with db.transaction():
        session.execute(sa.text("update operation set status = 'closed'"))
    first, second = client_as("lead"), client_as("lead")
    where = f"{API}/results/{record['id']}"
    sent = {"decision": "erase", "reason": "It is no longer needed."}
    assert first.post(f"{where}/reviews", json=sent).status_code == 201
    shown = second.post(f"{where}/erase?dry_run=true", json={}).json
    assert second.post(f"{where}/erase", json={"token": shown["token"]}).json["is_erased"]

    changes, records = since(frozen)

    assert of(changes, "arrests")["difference"] == "0"
    assert records[record["id"]]["reasons"] == ["erased"]
    assert "Something about somebody" not in str(records)


def test_a_definition_that_changed_moves_no_figure_and_is_told_apart(freeze, log, since, session):
    log()
    frozen = freeze().json
    redefine(session)

    changes, _ = since(frozen)

    assert of(changes, "arrests")["difference"] == "0"
    [found] = changes["definitions"]
    assert (found["code"], found["then"], found["now"]) == ("arrests", 1, 2)
    assert found["said_then"].startswith("Counts arrest records")
    assert found["says_now"] == "Counts arrest records with “sex: female”."


def test_the_records_of_one_figure_can_be_asked_for(freeze, log, since, lead):
    arrest, seized = log(), log("seizure", {"category": "cash", "quantity": "100"})
    frozen = freeze().json
    for record in (arrest, seized):
        change(lead, record, "strike", {"reason": "Logged twice."})

    _, records = since(frozen, "?measure=cash_seized")

    assert records.keys() == {seized["id"]}


def test_work_of_other_operations_is_no_change(freeze, log, since):
    log()
    frozen = freeze().json
    cash(factories.operation(), 100)

    changes, _ = since(frozen)

    assert of(changes, "cash_seized")["difference"] == "0.00"


@pytest.mark.parametrize("period", ["financial_year", "last_12_months"])
@pytest.mark.parametrize("kind", ["arrest", "search"])
def test_a_period_of_its_own_ends_where_it_ended_when_it_was_frozen(
    freeze, since, session, period, kind
):
    year = factories.operation(starts_at=dt.datetime(2024, 1, 1, tzinfo=dt.UTC))
    days = [dt.datetime(2024, 6, 1, 12, tzinfo=dt.UTC), dt.datetime(2025, 5, 1, tzinfo=dt.UTC)]
    with db.transaction():
        for code, each in {
            "own": {"kind": "arrest", "period": period},
            "any": {"kind": kind},
        }.items():
            session.add(Measure(code=code, version=1, label=code, four_p="pursue", unit="count",
                                definition=each))  # fmt: skip
    before = arrest(year, occurred_at=days[0], recorded_at=days[0])
    frozen = freeze(operation=[str(year.id)], as_at="2025-03-01").json
    late = arrest(year, occurred_at=days[0] + dt.timedelta(days=1))
    arrest(year, occurred_at=days[1], recorded_at=days[1])

    changes, records = since(frozen)

    own = of(changes, "own")
    assert (own["then"]["value"], own["now"]["value"]) == ("1", "2")
    assert (own["came"], own["went"]) == (1, 0)
    assert "own" in records[str(late)]["came_to"]
    assert str(before) not in records


def test_parts_are_listed_by_the_definitions_that_were_frozen(freeze, since, session, operation):
    today = dt.datetime.now(dt.UTC).date()
    women, men = ({"kind": "arrest", "where": {"sex": [sex]}} for sex in ("female", "male"))
    told = {"four_p": "pursue", "unit": "count"}
    with db.transaction():
        for code, each in {"women": women, "all": {"kind": "arrest", "parts": ["women"]}}.items():
            session.add(Measure(code=code, version=1, label=code, definition=each, **told))
    arrest(operation, sex="female")
    arrest(operation)
    frozen = freeze().json
    session.execute(sa.text("reset role"))
    with db.transaction():
        session.execute(
            sa.update(Measure)
            .where(Measure.code == "women")
            .values(valid_to=today - dt.timedelta(days=1))
        )
        session.add(Measure(code="women", version=2, label="men", definition=men,
                            valid_from=today, **told))  # fmt: skip

    changes, records = since(frozen)

    moved = {each["code"]: (each["came"], each["went"]) for each in changes["figures"]}
    assert {each: moved[each] for each in moved if each.startswith("all")} == {
        "all": (0, 0),
        "all/parts/women": (0, 0),
        "all/residual": (0, 0),
    }
    assert (changes["records"], records) == (0, {})
