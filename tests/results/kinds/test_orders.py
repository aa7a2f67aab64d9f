"""Court orders: how long, on which conditions, and their breaches wherever they happen."""

import datetime as dt
import uuid

import marshmallow as ma
import pytest

from ops.results.kinds import KINDS
from ops.results.kinds.orders import remarks
from ops.wording import today
from tests import factories

NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
ORDER, BREACH = KINDS["court_order"], KINDS["order_breach"]
ZONE = {
    "type": "Polygon",
    "coordinates": [[[-2.24, 53.48], [-2.23, 53.48], [-2.23, 53.485], [-2.24, 53.48]]],
}


def order(**detail):
    return ORDER.complete(ORDER.schema.load({"order_type": "cbo"} | detail), NOON)


def breach(**detail):
    return BREACH.complete(BREACH.schema.load({"order_type": "stpo"} | detail), NOON)


def test_an_order_begins_when_it_is_made_and_that_is_the_day_of_its_record():
    detail = order()

    assert (detail["made_on"], detail["starts_on"]) == (dt.date(2026, 11, 2),) * 2
    assert detail["expires_on"] is None


@pytest.mark.parametrize(
    ("dates", "expires_on"),
    [
        ({"ends_on": "2027-02-01"}, dt.date(2027, 2, 1)),
        ({"ends_on": "2027-02-01", "extended_to": "2027-05-01"}, dt.date(2027, 5, 1)),
        ({"ends_on": "2027-02-01", "discharged_on": "2026-11-09"}, dt.date(2026, 11, 9)),
    ],
)
def test_its_last_day_is_as_things_stand(dates, expires_on):
    assert order(**dates)["expires_on"] == expires_on


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ({"order_type": "closure_notice", "made_by": "inspector", "hours": 48}, "24 hours"),
        ({"order_type": "closure_notice", "made_by": "council", "hours": 25}, "by a council"),
        ({"order_type": "closure_notice", "made_by": "superintendent", "hours": 49}, "48 hours"),
        ({"order_type": "closure_order", "ends_on": "2027-02-03"}, "3 months at most"),
        (
            {
                "order_type": "closure_order",
                "ends_on": "2027-02-02",
                "extended_to": "2027-05-03",
            },
            "6 months in all at most",
        ),
        ({"order_type": "stpo", "ends_on": "2031-10-31"}, "5 years at least"),
        ({"order_type": "scpo", "ends_on": "2031-11-03"}, "5 years at most"),
        ({"order_type": "cbo", "ends_on": "2027-11-01"}, "2 years at least"),
        ({"order_type": "cbo", "ends_on": "2030-11-01", "age_group": "child"}, "3 years at most"),
        ({"order_type": "cbo", "ends_on": "2027-08-01", "age_group": "child"}, "1 year at least"),
        ({"order_type": "stpo", "discharged_on": "2026-11-10"}, "in its first five years"),
    ],
)
def test_a_length_that_the_law_does_not_give_is_asked_about_and_not_changed(detail, words):
    completed = order(**detail)

    said = " ".join(remarks(completed, dt.date(2026, 11, 10)))

    assert words in said
    assert str(completed.get("ends_on") or "") == detail.get("ends_on", "")


@pytest.mark.parametrize(
    "detail",
    [
        {"order_type": "closure_notice", "made_by": "superintendent", "hours": 48},
        {"order_type": "closure_order", "ends_on": "2027-02-02"},
        {"order_type": "closure_order", "ends_on": "2027-02-02", "extended_to": "2027-05-02"},
        {"order_type": "stpo", "ends_on": "2031-11-01"},
        {"order_type": "stpo"},
        {"order_type": "stpo", "interim": True, "ends_on": "2027-02-02"},
        {"order_type": "cbo", "ends_on": "2027-11-02", "age_group": "child"},
        {"order_type": "gang_injunction", "ends_on": "2026-12-30"},
    ],
)
def test_a_length_within_the_law_gets_no_remark(detail):
    assert remarks(order(**detail), dt.date(2026, 11, 2)) == []


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (dt.date(2028, 10, 30), []),
        (
            dt.date(2028, 10, 31),
            ["The order ends on 28 Nov 2028; decide whether to apply for more."],
        ),
        (dt.date(2028, 11, 29), ["The order ended on 28 Nov 2028."]),
    ],
)
def test_it_says_when_an_order_ends(on, words):
    assert remarks(order(ends_on="2028-11-28"), on) == words


@pytest.mark.parametrize(
    ("detail", "field"),
    [
        ({"order_type": "telling_off"}, "order_type"),
        ({"starts_on": "2026-11-02", "ends_on": "2026-11-01"}, "ends_on"),
        ({"extended_to": "2026-12-01"}, "ends_on"),
        ({"ends_on": "2026-12-02", "extended_to": "2026-12-01"}, "extended_to"),
        ({"made_on": str(today() + dt.timedelta(days=3))}, "made_on"),
        ({"hours": 0}, "hours"),
        ({"conditions": [{"hours": "22:00 to 06:00"}]}, "conditions"),
        ({"expires_on": "2026-12-01"}, "expires_on"),
    ],
)
def test_refuses_an_order_that_does_not_agree(detail, field):
    with pytest.raises(ma.ValidationError) as refused:
        order(**detail)

    assert field in refused.value.normalized_messages()


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ({"type": "Point", "coordinates": [-2.24, 53.48]}, "must be a Polygon"),
        (
            {
                "type": "Polygon",
                "coordinates": [[[-2.2, 53.4], [-2.1, 53.5], [-2.1, 53.4], [-2.2, 53.5]]],
            },
            "crosses itself",
        ),
        ({"type": "Polygon", "coordinates": [[[2.3, 48.8], [2.4, 48.8], [2.4, 48.9]]]}, "outside"),
        ({"type": "Polygon", "coordinates": [[[-3, 53], [-2, 53], [-2, 54]]]}, "the most is 500"),
        ("by the bridge", "is not a corner"),
    ],
)
def test_an_exclusion_zone_is_checked_as_an_area_is(zone, words):
    with pytest.raises(ma.ValidationError) as refused:
        order(conditions=[{"text": "Not to enter", "zone": zone}])

    assert words in str(refused.value.normalized_messages()["conditions"])


def test_a_zone_comes_back_as_it_was_drawn_and_a_correction_leaves_it(log, lead):
    record = log("court_order", {"conditions": [{"text": "Not to enter", "zone": ZONE}]})
    there = f"/api/v1/results/{record['id']}"
    etag = lead.get(there).headers["ETag"]

    corrected = lead.patch(
        there, json={"reason": "Misread", "detail": {"court": "Manchester"}},
        headers={"If-Match": etag},
    ).json  # fmt: skip

    for each in (record, corrected):
        zone = each["detail"]["conditions"][0]["zone"]
        assert zone == {"type": "MultiPolygon", "coordinates": [ZONE["coordinates"]]}
    changed = {change["part"] for change in lead.get(f"{there}/history").json}
    assert changed == {"result", "court_order"}


def test_a_zone_typed_as_corners_is_the_same_zone(log):
    typed = "-2.24, 53.48\n-2.23, 53.48\n-2.23, 53.485"

    record = log("court_order", {"conditions": [{"text": "Not to enter", "zone": typed}]})

    zone = record["detail"]["conditions"][0]["zone"]
    assert zone["coordinates"] == [ZONE["coordinates"]]


def test_orders_are_found_by_the_month_they_end_and_by_their_zones(log, lead, operation):
    for detail in (
        {"ends_on": "2028-12-05"},
        {"ends_on": "2029-01-05", "conditions": [{"text": "Not to enter", "zone": ZONE}]},
    ):
        log("court_order", detail)
    here = f"/api/v1/operations/{operation.id}/results?kind=court_order"

    ends = [each["detail"]["expires_on"] for each in lead.get(f"{here}&expires=2028-12").json]
    zoned = [each["detail"]["expires_on"] for each in lead.get(f"{here}&exclusion_zone=yes").json]

    assert ends == ["2028-12-05"]
    assert zoned == ["2029-01-05"]


def test_orders_in_force_today_are_told_from_those_that_ended(log, lead, operation):
    at = (dt.datetime.now(dt.UTC) - dt.timedelta(days=60)).isoformat()
    began = str(today() - dt.timedelta(days=60))
    for ends_on in (None, str(today()), str(today() - dt.timedelta(days=1))):
        detail = {"made_on": began, "ends_on": ends_on}
        log("court_order", detail, occurred_at=at)

    found = lead.get(f"/api/v1/operations/{operation.id}/results?in_force=in_force").json

    assert {each["detail"].get("expires_on") for each in found} == {None, str(today())}


def test_one_breach_is_of_several_conditions_in_another_forces_area_and_six_years_followed(
    log, lead, operation
):
    made = log("court_order", {"order_type": "stpo", "subject_ref": "N123"})
    detail = {
        "order_type": "stpo",
        "order": made["id"],
        "subject_ref": "N123",
        "breaches": ["vehicle", "phone"],
        "force": "05",
        "followed": [
            {"code": "imprisoned", "on": "2026-11-20", "months": 72},
            {"code": "charged", "on": "2026-11-03"},
        ],
    }

    record = log("order_breach", detail)

    assert record["detail"]["breaches"] == ["phone", "vehicle"]
    assert [step["code"] for step in record["detail"]["followed"]] == ["charged", "imprisoned"]
    here = f"/api/v1/operations/{operation.id}/results"
    for query in (f"order={made['id']}", "force_area=other", "force=05", "followed=imprisoned"):
        [found] = lead.get(f"{here}?kind=order_breach&{query}").json
        assert found["id"] == record["id"]


def test_breaches_count_though_the_order_is_nobodys_record_here(log, lead, operation):
    for number in range(3):
        kind = "bail_conditions" if number else "cbo"
        log("order_breach", {"order_type": kind, "breaches": ["exclusion_zone"]})
    log("court_order")

    reply = lead.get(f"/api/v1/operations/{operation.id}/outcomes?by=order_type").json

    figures = {each["code"]: each["value"] for each in reply["measures"]}
    assert (figures["order_breaches"], figures["orders_made"]) == ("3", "1")


def test_what_follows_a_breach_leaves_its_confirmation_standing(log, lead, second):
    record = log("order_breach")
    there = f"/api/v1/results/{record['id']}"
    second.post(f"{there}/confirm")
    etag = lead.get(there).headers["ETag"]

    body = {"reason": "Sentenced", "detail": {"followed": [{"code": "imprisoned", "months": 72}]}}
    corrected = lead.patch(there, json=body, headers={"If-Match": etag}).json

    assert corrected["status"] == "confirmed"
    assert corrected["detail"]["followed"][0]["months"] == 72


@pytest.mark.parametrize("kind", ["order_breach", "premises_closure"])
def test_an_order_that_is_hidden_answers_as_one_that_is_missing(
    log, client_as, operation, lead, kind
):
    hidden = factories.operation(visibility="covert")
    factories.member(hidden, lead.person, role="lead")
    order_id = log("court_order", to=hidden)["id"]
    officer = client_as("officer")
    detail = {"order_breach": {"order_type": "cbo"}, "premises_closure": {"closure": "other"}}[kind]
    here = f"/api/v1/operations/{operation.id}/results"

    replies = [
        officer.post(
            here,
            json={
                "kind": kind,
                "occurred_at": "2026-11-02T12:00:00Z",
                "detail": detail | {"order": named},
            },
        )
        for named in (order_id, str(uuid.uuid4()))
    ]

    assert [reply.status_code for reply in replies] == [409, 409]
    assert replies[0].json["detail"].startswith("There is no such order")
    assert replies[1].json["detail"].startswith("There is no such order")


def test_a_correction_can_name_no_hidden_order(log, client_as, operation, lead):
    hidden = factories.operation(visibility="covert")
    factories.member(hidden, lead.person, role="lead")
    order_id = log("court_order", to=hidden)["id"]
    officer = client_as("officer")
    record = log("order_breach", client=officer)
    there = f"/api/v1/results/{record['id']}"
    etag = officer.get(there).headers["ETag"]

    replies = [
        officer.patch(
            there,
            json={"reason": "Trying", "detail": {"order": named}},
            headers={"If-Match": etag},
        )
        for named in (order_id, str(uuid.uuid4()))
    ]

    assert [reply.status_code for reply in replies] == [409, 409]


def test_a_breach_can_be_no_longer_than_a_life():
    with pytest.raises(ma.ValidationError):
        breach(followed=[{"code": "imprisoned", "months": 1201}])


def test_the_map_shows_the_zones_of_orders_that_have_not_ended(log, lead, operation):
    ended = str(today() - dt.timedelta(days=1))
    for ends_on, text in ((None, "Not to enter the gardens"), (ended, "Not to enter the mall")):
        conditions = [{"text": text, "zone": ZONE}]
        log("court_order", {"made_on": "2026-01-02", "ends_on": ends_on, "conditions": conditions})

    page = lead.get(f"/operations/{operation.id}/map").text

    assert "Exclusion zones of orders" in page
    assert "Not to enter the gardens" in page
    assert "Not to enter the mall" not in page


def test_the_page_of_an_order_leads_to_its_breaches_and_back(log, lead):
    made = log("court_order", {"conditions": [{"text": "Not to enter", "zone": ZONE}]})
    breached = log("order_breach", {"order_type": "cbo", "order": made["id"]})

    order_page = lead.get(f"/results/{made['id']}").text
    breach_page = lead.get(f"/results/{breached['id']}").text

    assert f"order={made['id']}" in order_page
    assert "km², on the map" in order_page
    assert f'href="/results/{made["id"]}"' in breach_page
    assert made["id"] not in breach_page.replace(f'href="/results/{made["id"]}"', "")


def test_a_page_corrects_an_order_and_its_zone_stays(log, lead):
    record = log("court_order", {"conditions": [{"text": "Not to enter", "zone": ZONE}]})
    there = f"/results/{record['id']}"
    etag = lead.get(f"/api/v1{there}").headers["ETag"]
    field = lead.get(f"{there}/correct").text.partition('name="detail.conditions.0.zone"')[2]
    zone = field.partition("</textarea>")[0].partition(">")[2]
    assert zone.splitlines()[:2] == ["-2.24, 53.48", "-2.23, 53.48"]
    form = {
        "etag": etag,
        "reason": "Misread",
        "occurred_at": "2026-11-02T12:00",
        "detail.order_type": "cbo",
        "detail.conditions.0.text": "Never to enter",
        "detail.conditions.0.zone": zone,
    }

    reply = lead.post(f"{there}/correct", data=form)

    assert reply.status_code == 303, reply.text
    [condition] = lead.get(f"/api/v1{there}").json["detail"]["conditions"]
    assert condition["text"] == "Never to enter"
    assert condition["zone"]["coordinates"] == [ZONE["coordinates"]]
