"""Where and when: by place and hour, from sums alone, each with the way to its records."""

import datetime as dt
import re

import pytest

from tests import factories
from tests.outcomes import records

HERE = "SRID=4326;POINT(-2.241 53.485)"


@pytest.fixture
def lead(client_as):
    return client_as("lead")


def test_a_square_a_ward_and_an_hour_open_their_records(lead, session):
    factories.boundary("E05000650", layer="ward", name="Test Ward")
    operation = factories.operation()
    for hours in (0, 0, 3):
        moment = factories.NOON + dt.timedelta(hours=hours)
        records.arrest(operation, point=HERE, occurred_at=moment)
    records.arrest(operation)

    squares = lead.get("/api/v1/outcomes?by=square&measure=arrests").json["measures"][0]["groups"]
    page = lead.get("/boards/map?place=ward&measure=arrests").text

    assert [(each["key"], each["value"]) for each in squares] == [("384 398", "3"), (None, "1")]
    for each in squares:
        assert len(lead.get(each["records"]).json) == int(each["value"])
    assert re.search(r'by=ward&amp;key=E05000650" data-figure="3">', page)
    assert re.search(r'by=hour&amp;key=15" data-figure="1">', page)
    assert "in none of these places" in page


@pytest.mark.parametrize(
    "query",
    ["place=moon", "shown=loudly", "measure=none", "from=2026-11-05&to=2026-11-01", "from=soon"],
)
def test_what_can_not_be_drawn_is_refused_in_a_sentence(lead, query):
    reply = lead.get(f"/boards/map?{query}")

    assert reply.status_code == 422
    assert "There is a problem" in reply.text


def test_a_map_of_nothing_says_so(lead):
    assert "Nothing to draw yet." in lead.get("/boards/map?place=square").text
