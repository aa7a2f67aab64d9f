"""What partners did: numbers with their units, in a phase of the same operation."""

import datetime as dt
import decimal
import uuid

import marshmallow as ma
import pytest

from ops import db
from ops.operations.models import Phase
from ops.results.kinds import KINDS
from ops.results.kinds.partner_actions import remarks
from tests import factories

NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
ACTION = KINDS["partner_action"]


def done(**detail):
    return ACTION.complete(ACTION.schema.load({"action": "visit"} | detail), NOON)


def phase(operation, kind="clear"):
    added = Phase(operation_id=operation.id, kind=kind, starts_at=NOON)
    with db.transaction():
        db.session.add(added)
    return added


@pytest.fixture
def place(session):
    return factories.operation(kind="place_based")


def figures(client, operation, *codes):
    reply = client.get(f"/api/v1/operations/{operation.id}/outcomes").json
    found = {each["code"]: each for each in reply["measures"]}
    return [found[code]["value"] for code in codes]


@pytest.mark.parametrize(
    ("detail", "number", "unit"),
    [
        ({}, 1, "count"),
        ({"number": "62"}, 62, "count"),
        ({"action": "waste_removed", "number": "2"}, 2, "tonne"),
        ({"action": "waste_removed"}, None, "tonne"),
        ({"action": "grant", "number": "20000"}, 20000, "GBP"),
        ({"action": "training", "unit": "hour"}, None, "hour"),
    ],
)
def test_what_is_counted_is_one_and_the_rest_has_a_unit_of_its_own(detail, number, unit):
    completed = done(**detail)

    assert (completed.get("number"), completed["unit"]) == (number, unit)


@pytest.mark.parametrize(
    ("number", "unit", "tonnes"), [("2.5", "tonne", "2.5"), ("750", "kg", "0.750")]
)
def test_weight_is_kept_in_one_unit(number, unit, tonnes):
    assert done(number=number, unit=unit)["tonnes"] == decimal.Decimal(tonnes)


@pytest.mark.parametrize(
    ("detail", "field"),
    [
        ({"action": "handshake"}, "action"),
        ({"number": "-1"}, "number"),
        ({"unit": "lorry"}, "unit"),
        ({"partner": "mates"}, "partner"),
        ({"completed_on": "2199-01-01"}, "completed_on"),
    ],
)
def test_refuses_what_is_not_right(detail, field):
    with pytest.raises(ma.ValidationError) as refused:
        done(**detail)

    assert field in refused.value.normalized_messages()


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ({"due_on": "2026-11-10"}, []),
        ({"due_on": "2026-11-09", "completed_on": "2026-11-09"}, []),
        (
            {"due_on": "2026-11-09"},
            ["This was due on 9 Nov 2026; say when it was completed."],
        ),
        (
            {"action": "waste_removed", "number": "42000"},
            ["That is 42,000 tonnes; check the number and its unit."],
        ),
        ({"action": "waste_removed", "number": "42000", "unit": "kg"}, []),
    ],
)
def test_what_is_overdue_or_hardly_can_be_is_asked_about(detail, said):
    assert remarks(done(**detail), dt.date(2026, 11, 10)) == said


def test_a_phase_is_one_of_the_same_operation(lead, place):
    other = factories.operation(kind="place_based")
    here = f"/api/v1/operations/{place.id}/results"
    sent = {"kind": "partner_action", "occurred_at": NOON.isoformat()}
    phases = (phase(place).id, phase(other).id, uuid.uuid4())

    replies = [
        lead.post(here, json=sent | {"detail": {"action": "visit", "phase": str(each)}})
        for each in phases
    ]

    assert [reply.status_code for reply in replies] == [201, 409, 409]
    assert replies[1].json["detail"] == replies[2].json["detail"]
    assert "no such phase" in replies[1].json["detail"]


def test_actions_are_found_by_the_phase_they_were_done_in(log, lead, place):
    for kind in ("clear", "build"):
        detail = {"action": "environment", "phase": str(phase(place, kind).id)}
        log("partner_action", detail, to=place)

    found = lead.get(f"/api/v1/operations/{place.id}/results?phase=build").json
    outcomes = lead.get(f"/api/v1/operations/{place.id}/outcomes?by=phase").json

    assert len(found) == 1
    [figure] = [each for each in outcomes["measures"] if each["code"] == "partner_actions"]
    assert {group["key"]: group["value"] for group in figure["groups"]} == {
        "build": "1",
        "clear": "1",
    }


def test_a_phase_that_partners_acted_in_stays_in_the_plan(log, lead, place):
    planned = phase(place)
    log("partner_action", {"phase": str(planned.id)}, to=place)

    reply = lead.delete(f"/api/v1/phases/{planned.id}")

    assert reply.status_code == 409
    assert "a partner acted in it" in reply.json["detail"]


def test_measures_add_up_what_partners_did(log, lead, operation):
    for detail in (
        {"action": "waste_removed", "number": "2"},
        {"action": "waste_removed", "number": "500", "unit": "kg"},
        {"action": "grant", "number": "20000", "about": "proceeds_of_crime"},
        {"action": "grant", "number": "8000", "about": "proceeds_of_crime"},
        {"action": "visit", "number": "7", "partner": "trading_standards"},
        {"action": "traffic_offence", "number": "62"},
        {"action": "fixed_penalty", "number": "6", "about": "drugs"},
        {"action": "vehicle_prohibition", "number": "5"},
    ):
        log("partner_action", detail)

    found = figures(
        lead,
        operation,
        "partner_actions",
        "waste_removed",
        "grants_awarded",
        "premises_visited",
        "traffic_offences_recorded",
        "fixed_penalties_by_partners",
        "vehicles_prohibited_by_partners",
        "prohibitions",
    )

    assert found == ["8", "2.5", "28000.00", "7", "62", "6", "5", "0"]


def test_a_number_that_is_about_makes_the_figure_about(log, lead, operation):
    log("partner_action", {"action": "waste_removed", "number": "40", "qualifier": "approx"})

    reply = lead.get(f"/api/v1/operations/{operation.id}/outcomes").json

    [waste] = [each for each in reply["measures"] if each["code"] == "waste_removed"]
    assert (waste["value"], waste["unit"], waste["qualifier"]) == ("40", "tonne", "approx")


def test_it_is_confirmed_once_it_is_known_who_did_how_much(log, second):
    bare = log("partner_action", {"action": "waste_removed"})
    named = log("partner_action", {"action": "waste_removed", "partner": "council"})
    whole = log("partner_action", {"partner_name": "Anytown Housing", "number": "3"})

    replies = [
        second.post(f"/api/v1/results/{each['id']}/confirm") for each in (bare, named, whole)
    ]

    assert [reply.status_code for reply in replies] == [409, 409, 200]


def test_the_form_offers_the_phases_of_the_operation(log, lead, place):
    planned = phase(place)
    record = log("partner_action", {"phase": str(planned.id)}, to=place)

    form = lead.get(f"/results/{record['id']}/correct").text
    page = lead.get(f"/results/{record['id']}").text

    assert f'<option value="{planned.id}" selected>' in form
    assert "Clear, from 2 Nov 2026" in page
    assert str(planned.id) not in page
