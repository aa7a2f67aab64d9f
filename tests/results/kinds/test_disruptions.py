"""Disruptions: claimed by one, assessed by another, looked at again at 3, 6 and 12 months."""

import datetime as dt

import marshmallow as ma
import pytest
import sqlalchemy as sa

from ops import db
from ops.db import APPLICATION
from ops.results.kinds import KINDS
from ops.results.kinds.disruptions import remarks

NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
DISRUPTION = KINDS["disruption"]
CLAIM = {"four_p": "pursue", "level_claimed": "major", "target": "group"}
ASSESSED = {"on": "2026-11-10", "level": "moderate", "reasons": "Rivals took over within a month."}


def disruption(**detail):
    return DISRUPTION.complete(DISRUPTION.schema.load(CLAIM | detail), NOON)


def patch(client, record, **detail):
    there = f"/api/v1/results/{record['id']}"
    etag = client.get(there).headers["ETag"]
    body = {"reason": "Looked at", "detail": detail}
    return client.patch(there, json=body, headers={"If-Match": etag})


def figures(client, operation):
    reply = client.get(f"/api/v1/operations/{operation.id}/outcomes").json
    return {
        each["code"]: (each["value"], each["provisional"])
        for each in reply["measures"]
        if each["code"].startswith("disruptions")
    }


def test_until_it_is_assessed_the_level_is_as_claimed():
    assert (disruption()["level"], disruption()["level_assessed"]) == ("major", None)


def test_the_latest_assessment_is_the_level_that_counts():
    later = {"on": "2026-11-19", "level": "minor"}

    detail = disruption(assessments=[later, ASSESSED])

    assert [each["level"] for each in detail["assessments"]] == ["moderate", "minor"]
    assert detail["level"] == "minor"


@pytest.mark.parametrize(
    ("done", "due"),
    [
        ([], dt.date(2027, 2, 2)),
        (["3"], dt.date(2027, 5, 2)),
        (["6"], dt.date(2027, 11, 2)),
        (["3", "6", "12"], None),
    ],
)
def test_the_next_review_is_due_three_six_or_twelve_months_on(done, due):
    reviews = [{"after": m, "on": "2026-11-20", "outcome": "still_disrupted"} for m in done]

    assert disruption(reviews=reviews)["review_due"] == due


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (dt.date(2027, 2, 2), []),
        (dt.date(2027, 2, 3), ["The review after 3 months was due on 2 Feb 2027."]),
        (dt.date(2027, 6, 1), ["The review after 6 months was due on 2 May 2027."]),
    ],
)
def test_a_review_that_is_overdue_is_said(on, said):
    assert remarks(disruption(), on) == said


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ({"impact": "minimal", "duration": "long"}, "significant impact and long duration"),
        (
            {"reviews": [{"after": "3", "on": "2026-11-01", "outcome": "recovered"}]},
            "after it was looked at on 1 Nov 2026",
        ),
        ({"assessments": [ASSESSED]}, "Claimed as major, assessed as moderate."),
    ],
)
def test_what_does_not_go_together_is_said_and_not_refused(detail, words):
    [said] = remarks(disruption(**detail), dt.date(2026, 11, 20))

    assert words in said


@pytest.mark.parametrize(
    ("detail", "field"),
    [
        ({"level_claimed": "huge"}, "level_claimed"),
        ({"level_claimed": "none"}, "level_claimed"),
        ({"four_p": None}, "four_p"),
        ({"review_due": "2027-02-02"}, "review_due"),
        ({"assessments": [{"level": "major"}]}, "assessments"),
        (
            {"reviews": [{"after": "3", "on": "2026-11-20", "outcome": "recovered"}] * 2},
            "reviews",
        ),
    ],
)
def test_refuses_what_does_not_agree(detail, field):
    with pytest.raises(ma.ValidationError) as refused:
        disruption(**detail)

    assert field in refused.value.normalized_messages()


def test_who_claims_a_disruption_can_not_assess_it_as_they_log_it(lead, operation):
    body = {
        "kind": "disruption",
        "occurred_at": NOON.isoformat(),
        "detail": CLAIM | {"assessments": [ASSESSED]},
    }

    reply = lead.post(f"/api/v1/operations/{operation.id}/results", json=body)

    assert reply.status_code == 403
    assert "somebody else must write this" in reply.json["detail"]


def test_who_claimed_a_disruption_can_not_assess_it_later(log, lead):
    record = log("disruption")

    reply = patch(lead, record, assessments=[ASSESSED])

    assert reply.status_code == 403


def test_who_claimed_it_can_correct_the_rest_of_an_assessed_one(log, lead, second):
    record = log("disruption")
    patch(second, record, assessments=[ASSESSED])

    reply = patch(lead, record, evidence="Log 44/26")

    assert reply.status_code == 200
    assert reply.json["detail"]["assessments"][0]["level"] == "moderate"


def test_who_claimed_it_can_not_take_an_assessment_away(log, lead, second):
    record = log("disruption")
    patch(second, record, assessments=[ASSESSED])

    reply = patch(lead, record, assessments=[])

    assert reply.status_code == 403


def test_an_assessment_names_who_made_it_and_can_be_sent_back_as_read(log, second):
    record = log("disruption")

    assessed = patch(second, record, assessments=[ASSESSED]).json
    again = patch(second, record, assessments=assessed["detail"]["assessments"]).json

    for each in (assessed, again):
        [row] = each["detail"]["assessments"]
        assert row == ASSESSED | {"assessed_by": second.person.name}


def _as_claimant(session, record):
    session.execute(
        sa.select(
            sa.func.set_config("ops.actor", record["recorded_by"]["id"], True),
            sa.func.set_config("role", APPLICATION, True),
        )
    )


@pytest.mark.parametrize(
    "statement",
    [
        (
            'insert into disruption_assessment (result_id, position, "on", level)'
            " values (:id, 1, '2026-11-11', 'major')"
        ),
        (
            'insert into disruption_assessment (result_id, position, "on", level, assessed_by)'
            " values (:id, 1, '2026-11-11', 'major', :other)"
        ),
        "update disruption_assessment set level = 'major' where result_id = :id",
        "delete from disruption_assessment where result_id = :id",
    ],
)
def test_the_database_too_lets_nobody_assess_what_they_claimed(log, second, session, statement):
    record = log("disruption")
    patch(second, record, assessments=[ASSESSED])
    _as_claimant(session, record)

    with pytest.raises(sa.exc.IntegrityError) as refused:
        session.execute(sa.text(statement), {"id": record["id"], "other": second.person.id})

    assert db.broken(refused.value) == "ck_disruption_assessment_by_somebody_else"


def test_figures_count_the_assessed_level_once_it_is_confirmed(log, lead, second, operation):
    record = log("disruption")
    claimed = figures(lead, operation)
    refused = second.post(f"/api/v1/results/{record['id']}/confirm")

    patch(second, record, assessments=[ASSESSED])
    second.post(f"/api/v1/results/{record['id']}/confirm")

    assert claimed == {
        "disruptions_claimed": ("1", "0"),
        "disruptions": ("0", "1"),
        "disruptions_major": ("0", "1"),
        "disruptions_moderate": ("0", "0"),
        "disruptions_minor": ("0", "0"),
    }
    assert refused.status_code == 409
    assert "add the assessment" in refused.json["detail"]
    assert figures(lead, operation) == claimed | {
        "disruptions": ("1", "0"),
        "disruptions_major": ("0", "0"),
        "disruptions_moderate": ("1", "0"),
    }


def test_what_is_assessed_as_no_disruption_counts_as_none(log, lead, second, operation):
    record = log("disruption")
    patch(second, record, assessments=[ASSESSED | {"level": "none"}])

    second.post(f"/api/v1/results/{record['id']}/confirm")

    counted = {code: value for code, (value, _) in figures(lead, operation).items()}
    assert counted.pop("disruptions_claimed") == "1"
    assert set(counted.values()) == {"0"}


def test_a_new_assessment_must_be_confirmed_anew_and_a_review_must_not(log, second):
    record = log("disruption")
    patch(second, record, assessments=[ASSESSED])
    second.post(f"/api/v1/results/{record['id']}/confirm")
    review = {"after": "3", "on": "2026-11-20", "outcome": "partly_recovered"}

    reviewed = patch(second, record, reviews=[review]).json
    assessed = patch(second, record, assessments=[ASSESSED | {"level": "minor"}]).json

    assert (reviewed["status"], assessed["status"]) == ("confirmed", "recorded")


def test_disruptions_are_told_apart_by_target_and_by_their_latest_review(log, lead, operation):
    review = {"after": "3", "on": "2026-11-20", "outcome": "recovered"}
    log("disruption", {"target": "vulnerability", "reviews": [review]})
    log("disruption")
    here = f"/api/v1/operations/{operation.id}/results"

    for query in ("target=vulnerability", "review_outcome=recovered"):
        [found] = lead.get(f"{here}?{query}").json
        assert found["detail"]["target"] == "vulnerability"


def test_the_page_says_who_assessed_it_and_shows_no_id(log, lead, second):
    record = log("disruption")
    patch(second, record, assessments=[ASSESSED])

    page = lead.get(f"/results/{record['id']}").text

    assert f"Assessed by: {second.person.name}" in page
    assert str(second.person.id) not in page.partition("<main")[2]
