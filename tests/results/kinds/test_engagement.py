"""Engagement: sessions and people by audience, homes, visits, partner days."""

import datetime as dt

import marshmallow as ma
import pytest

from ops.results.kinds import KINDS

NOON = dt.datetime(2023, 10, 10, 12, tzinfo=dt.UTC)
ENGAGEMENT = KINDS["engagement"]


def completed(**detail):
    loaded = ENGAGEMENT.schema.load({"activity": "school_session"} | detail)
    return ENGAGEMENT.complete(loaded, NOON)


def count(what, number, **more):
    return {"what": what, "number": str(number)} | more


@pytest.mark.parametrize(
    ("activity", "numbers"),
    [
        ("school_session", {"sessions": "1"}),
        ("training", {"sessions": "1"}),
        ("partner_day", {"days": "1"}),
        ("campaign", {"campaigns": "1"}),
        ("leafleting", {}),
    ],
)
def test_a_short_log_is_one_session_day_or_campaign(activity, numbers):
    assert completed(activity=activity)["numbers"] == numbers


def test_a_count_that_is_given_stands_for_the_one_session():
    detail = completed(counts=[count("people", 60), count("sessions", 2)])

    assert detail["numbers"] == {"sessions": "2", "people": "60"}


def test_visits_of_any_sort_are_visits():
    detail = completed(
        activity="visit", counts=[count("homes_visited", 3), count("businesses_visited", 9)]
    )

    assert detail["numbers"] == {"homes_visited": "3", "businesses_visited": "9", "visits": "12"}


@pytest.mark.parametrize(
    ("detail", "field"),
    [
        ({"activity": "tea"}, "activity"),
        ({"audience": ["ghosts"]}, "audience"),
        ({"counts": [count("people", "2.5")]}, "counts"),
        ({"counts": [count("people", 2), count("people", 3)]}, "counts"),
        ({"school_years": ["year_14"]}, "school_years"),
    ],
)
def test_refuses_what_does_not_agree(detail, field):
    with pytest.raises(ma.ValidationError) as refused:
        completed(**detail)

    assert field in refused.value.normalized_messages()


def test_a_session_that_reached_nobody_is_asked_about():
    [remark] = ENGAGEMENT.remarks(completed())

    assert "how many people" in remark
    assert ENGAGEMENT.remarks(completed(counts=[count("people", 30)])) == []


def test_the_panel_papers_year_adds_up(log, lead, operation):
    log("engagement", {"audience": ["pupils"], "school_years": ["year_5", "year_6"], "counts": [
        count("sessions", 98), count("people", 4500, qualifier="more_than")]})  # fmt: skip
    log("engagement", {"activity": "training", "audience": ["gps"], "counts": [
        count("sessions", 10), count("people", 390)]})  # fmt: skip
    log("engagement", {"activity": "awareness_session", "counts": [
        count("sessions", 30, qualifier="more_than"),
        count("people", 1210, qualifier="more_than")]})  # fmt: skip
    log("engagement", {"activity": "leafleting", "counts": [count("homes", 10_000)]})
    log("engagement", {"activity": "partner_day", "partners": ["crimestoppers"]})

    reply = lead.get(f"/api/v1/operations/{operation.id}/outcomes")

    found = {each["code"]: (each["value"], each["qualifier"]) for each in reply.json["measures"]}
    expected = {
        "sessions_delivered": ("138", "more_than"),
        "school_sessions_delivered": ("98", "exact"),
        "training_sessions_delivered": ("40", "more_than"),
        "pupils_reached": ("4500", "more_than"),
        "people_trained": ("1600", "more_than"),
        "gps_trained": ("390", "exact"),
        "people_reached": ("6100", "more_than"),
        "homes_leafleted": ("10000", "exact"),
        "partner_days_of_action": ("1", "exact"),
    }
    assert {code: found[code] for code in expected} == expected


def test_people_trained_are_found_by_their_audience(log, lead, operation):
    log("engagement", {"activity": "training", "audience": ["hoteliers"], "counts": [
        count("people", 12)]})  # fmt: skip
    log("engagement", {"activity": "training", "audience": ["gps"], "counts": [
        count("people", 390)]})  # fmt: skip

    reply = lead.get(f"/api/v1/operations/{operation.id}/outcomes?by=audience")

    [trained] = [each for each in reply.json["measures"] if each["code"] == "people_trained"]
    assert {part["key"]: part["value"] for part in trained["groups"]} == {
        "hoteliers": "12",
        "gps": "390",
    }
