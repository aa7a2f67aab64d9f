"""A target that is wrong is put right with a reason, and what it was stays in its history."""

import html
import re

import pytest

from tests import factories

API = "/api/v1/targets"


@pytest.fixture
def analyst(client_as):
    return client_as("analyst")


@pytest.fixture
def target(analyst):
    sent = {"measure": "arrests", "period": "2026/27", "organisation": "GMP", "value": "120"}
    return analyst.post(API, json=sent).json


def correct(client, target, **change):
    path = f"{API}/{target['id']}"
    tag = {"If-Match": client.get(path).headers["ETag"]}
    return client.patch(path, json=change, headers=tag)


def test_a_target_is_put_right_upon_the_version_that_was_read(analyst, target):
    path = f"{API}/{target['id']}"
    tag = {"If-Match": analyst.get(path).headers["ETag"]}
    change = {"value": "115", "reason": "The strategy says 115."}

    unread = analyst.patch(path, json=change)
    right = analyst.patch(path, json=change, headers=tag)
    stale = analyst.patch(path, json=change | {"value": "90"}, headers=tag)
    days = correct(analyst, target, period="2027/28", measure="lines_closed", reason="Of next year")

    assert (unread.status_code, right.status_code, stale.status_code) == (428, 200, 412)
    assert (right.json["value"], right.json["version"]) == ("115", 2)
    assert (days.json["measure"], days.json["period"]) == ("lines_closed", "2027/28")
    assert days.json["starts_on"] == "2027-04-01"
    assert analyst.get(API).json == [days.json]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": None}, "reason"),
        ({"value": "-3"}, "value"),
        ({"measure": "bravery"}, "measure"),
        ({"period": "2026"}, "period"),
        ({"starts_on": "2026-04-01"}, "period"),
        ({"starts_on": "2026-04-01", "ends_on": "2026-03-01"}, "ends_on"),
        ({"organisation": "LANCS"}, "organisation"),
    ],
)
def test_a_target_does_not_become_what_can_not_be(analyst, target, change, field):
    reply = correct(analyst, target, **{"reason": "It was wrong.", **change})

    assert reply.status_code == 422
    assert field in reply.json["errors"]


def test_two_targets_of_one_measure_and_period_stay_one(analyst, target):
    other = analyst.post(API, json={"measure": "lines_closed", "period": "2026/27",
                                    "organisation": "GMP", "value": "9"}).json  # fmt: skip

    reply = correct(analyst, other, measure="arrests", reason="It was of arrests.")

    assert reply.status_code == 409


def test_who_may_not_report_puts_nothing_right(client_as, target):
    reply = correct(client_as("officer"), target, value="1", reason="Less to do")

    assert reply.status_code == 403


def test_its_page_puts_it_right_and_tells_what_it_was(analyst, client_as, target):
    page = f"/targets/{target['id']}"
    shown = analyst.get(page).text
    [etag] = re.findall(r'name="etag" value="([^"]*)"', shown)
    sent = {"etag": html.unescape(etag), "value": "115", "measure": "arrests",
            "starts_on": "2026-04-01", "ends_on": "2027-03-31"}  # fmt: skip

    silent = analyst.post(page, data=sent)
    right = analyst.post(page, data=sent | {"reason": "The strategy says 115."})
    # Whoever sees the target sees what became of it.
    after = client_as("officer").get(page).text

    assert "Enter reason." in silent.text
    assert right.location == f"{page}?done=target-corrected"
    assert "Target: 115, before: 120" in after
    assert "The strategy says 115." in after
    assert "Put it right" not in after
    assert page in analyst.get("/targets").text


def test_what_became_of_a_target_is_told_to_nobody_who_does_not_see_it(client_as, target):
    stranger = client_as("analyst", organisation=factories.organisation("LANCS"))

    assert stranger.get(f"{API}/{target['id']}").status_code == 404
    assert stranger.get(f"/targets/{target['id']}").status_code == 404
