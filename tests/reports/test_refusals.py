"""What a report refuses, each time with a sentence that says what to do."""

import pytest

from tests import factories

NOWHERE = "0193f5a0-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends_on": "2026-10-01"}, "ends_on"),
        ({"starts_on": "1901-01-01", "ends_on": "2150-01-01"}, "ends_on"),
        ({"starts_on": "soon"}, "starts_on"),
        ({"operations": []}, "operations"),
        ({"operations": ["x"]}, "operations"),
        ({"title": " "}, "title"),
        ({"against": "last_week"}, "against"),
        ({"chart_measure": "nonsense"}, "chart_measure"),
        ({"map_measure": "cash_seized"}, "map_measure"),
        ({"summary": "x" * 20_001}, "summary"),
    ],
)
def test_refuses_what_is_no_report(begin, change, field):
    reply = begin(**change)

    assert reply.status_code == 422
    assert field in reply.json["errors"]


def test_a_period_that_ends_before_it_starts_is_refused_in_a_change_too(analyst, here):
    etag = {"If-Match": analyst.get(here).headers["ETag"]}

    reply = analyst.patch(here, json={"ends_on": "2026-10-01"}, headers=etag)

    assert reply.status_code == 422
    assert reply.json["errors"]["ends_on"] == [
        "The last day is before the first; give them in order."
    ]


def test_a_hidden_operation_is_refused_as_one_that_never_was(begin, body):
    hidden = factories.operation(visibility="covert")

    replies = [begin(operations=[*body["operations"], each]) for each in (str(hidden.id), NOWHERE)]

    assert [each.status_code for each in replies] == [404, 404]
    assert replies[0].json == replies[1].json


def test_an_operation_with_a_case_is_not_taken_away_from_under_it(analyst, here, operations):
    case = {"operation": str(operations[0].id), "title": "A door", "text": "It was open."}
    analyst.post(f"{here}/notes", json=case)
    etag = {"If-Match": analyst.get(here).headers["ETag"]}

    reply = analyst.patch(here, json={"operations": [str(operations[1].id)]}, headers=etag)

    assert reply.status_code == 409
    assert "strike the note first" in reply.json["detail"]
