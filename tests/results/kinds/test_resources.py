"""Resources: officers, hours, vehicles, and the partners who were there."""

import datetime as dt

import marshmallow as ma
import pytest

from ops.results.kinds import KINDS

NOON = dt.datetime(2023, 10, 10, 12, tzinfo=dt.UTC)
RESOURCE = KINDS["resource"]


def completed(**detail):
    return RESOURCE.complete(RESOURCE.schema.load(detail), NOON)


def count(what, number, **more):
    return {"what": what, "number": str(number)} | more


def test_partners_that_are_named_are_counted():
    detail = completed(partners=["council", "fire_service"])

    assert detail["numbers"] == {"partners": "2"}


def test_hours_may_be_parts_of_an_hour():
    assert completed(counts=[count("officer_hours", "7.5")])["numbers"] == {"officer_hours": "7.5"}


@pytest.mark.parametrize(
    ("detail", "field"),
    [
        ({}, "counts"),
        ({"counts": [count("officers", "7.5")]}, "counts"),
        ({"counts": [count("officers", "-1")]}, "counts"),
        ({"counts": [count("officers", 7), count("officers", 8)]}, "counts"),
        ({"counts": [count("cavalry", 7)]}, "counts"),
        ({"counts": [count("officers", 7)], "role": "cavalry"}, "role"),
    ],
)
def test_refuses_what_does_not_agree(detail, field):
    with pytest.raises(ma.ValidationError) as refused:
        completed(**detail)

    assert field in refused.value.normalized_messages()


def test_more_hours_than_there_are_in_a_day_are_asked_about():
    many = completed(counts=[count("officers", 5), count("officer_hours", 140)])
    fine = completed(counts=[count("officers", 6), count("officer_hours", 140)])

    assert "24 hours" in RESOURCE.remarks(many)[0]
    assert RESOURCE.remarks(fine) == []


def test_what_was_deployed_adds_up_with_its_units(log, lead, operation):
    log("resource", {"counts": [count("officers", 60, qualifier="more_than")],
                     "partners": ["community_payback", "trading_standards"]})  # fmt: skip
    log("resource", {"role": "checkpoint", "counts": [
        count("officers", 7), count("vehicles", 4), count("officer_hours", "140")]})  # fmt: skip

    reply = lead.get(f"/api/v1/operations/{operation.id}/outcomes")

    found = {each["code"]: each for each in reply.json["measures"]}
    assert found["officers_deployed"]["value"] == "67"
    assert found["officers_deployed"]["qualifier"] == "more_than"
    assert found["police_vehicles"]["value"] == "4"
    assert (found["officer_hours"]["value"], found["officer_hours"]["unit"]) == ("140", "hour")
    assert found["partners_present"]["value"] == "2"


def test_officers_are_told_apart_by_unit_and_supplier(log, lead, operation):
    log("resource", {"role": "checkpoint", "supplied_by": "Kent", "counts": [
        count("officers", 71)]})  # fmt: skip
    log("resource", {"role": "search", "supplied_by": "South Yorkshire", "counts": [
        count("officers", 68)]})  # fmt: skip

    reply = lead.get(f"/api/v1/operations/{operation.id}/outcomes?by=supplied_by")

    [officers] = [each for each in reply.json["measures"] if each["code"] == "officers_deployed"]
    assert {part["key"]: part["value"] for part in officers["groups"]} == {
        "Kent": "71",
        "South Yorkshire": "68",
    }
