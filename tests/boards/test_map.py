"""Where and when: by place and hour, from sums alone, each with the way to its records."""

import datetime as dt
import re
from html import unescape

import pytest
from shapely.geometry import MultiPolygon, box

from ops import db
from ops.boards import map_drawing, marking
from ops.boards.rules import Span
from tests import factories
from tests.outcomes import records

HERE = "SRID=4326;POINT(-2.241 53.485)"


@pytest.fixture
def lead(client_as):
    return client_as("lead")


MARKED = "west=384&south=398&east=385.5&north=399"


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


def test_a_ward_that_is_no_more_is_said_with_what_is_in_it(lead, session):
    ward = factories.boundary("E05000650", layer="ward", name="Old Ward")
    records.arrest(factories.operation(), point=HERE)
    with db.transaction():
        ward.valid_to = dt.date(2026, 11, 20)

    page = lead.get("/boards/map?place=ward&measure=arrests").text

    figure = r'by=ward&amp;key=E05000650" data-figure="1">'
    assert re.search(f"{figure}.*</a> in Old Ward, which is not on this map", page)


@pytest.mark.parametrize(
    "query",
    ["place=moon", "shown=loudly", "measure=none", "from=2026-11-05&to=2026-11-01", "from=soon",
     "west=384", "west=384&south=398&east=here&north=399", "west=385&south=398&east=384&north=399",
     "west=384&south=398&east=385&north=1301", "place=square_100m",
     "place=square_100m&west=380&south=380&east=400&north=401"],
)  # fmt: skip
def test_what_can_not_be_drawn_is_refused_in_a_sentence(lead, query):
    reply = lead.get(f"/boards/map?{query}")

    assert reply.status_code == 422
    assert "There is a problem" in reply.text


def test_a_map_of_nothing_says_so(lead):
    assert "Nothing has a place on this map." in lead.get("/boards/map?place=square").text
    assert "No ward is known here. Choose squares" in lead.get("/boards/map?place=ward").text


def test_what_is_marked_narrows_every_figure_is_said_and_taken_away_one_by_one(lead, session):
    factories.boundary()
    operation = factories.operation()
    records.arrest(operation, point=HERE)
    records.arrest(operation, point=HERE, occurred_at=factories.NOON + dt.timedelta(days=5))
    records.arrest(operation, point="SRID=4326;POINT(-2.3 53.5)")
    records.arrest(operation)
    days = "from=2026-11-01&to=2026-11-03"
    api = "/api/v1/outcomes?measure=arrests&within=384000,398000,385500,399000"

    page = unescape(lead.get(f"/boards/map?place=square_500m&{MARKED}&{days}").text)
    [marked] = lead.get(f"{api}&from=2026-11-01&to=2026-11-03").json["measures"]
    [anywhen] = lead.get(api).json["measures"]

    said = "Within the marked area (SJ 840 980 to SJ 854 989, 1.5 by 1 km), 1 to 3 November 2026"
    assert said in page
    assert "SJ 8 8 SW" not in page
    assert (marked["value"], anywhen["value"]) == ("1", "2")
    for figure in (marked, anywhen):
        assert len(lead.get(figure["records"]).json) == int(figure["value"])
    # Of everything that can be pressed, no figure is of more than what is marked.
    assert set(re.findall(r'data-figure="([^"]+)"', page)) == {"1"}
    for gone, left in (("area", days), ("days", MARKED)):
        [way] = re.findall(rf'href="([^"]+)">Take away the(?: marked)? {gone}<', page)
        assert left in way
        assert MARKED not in way or days not in way
    listing = lead.get(marked["records"].removeprefix("/api/v1")).text
    assert "in the marked area, from Sunday 1 November 2026" in listing


def test_a_view_that_was_kept_opens_with_the_same_figures_and_the_same_marks(lead, session):
    factories.boundary()
    operation = factories.operation()
    for days, point in ((0, HERE), (5, HERE), (0, "SRID=4326;POINT(-2.3 53.5)")):
        moment = factories.NOON + dt.timedelta(days=days)
        records.arrest(operation, point=point, occurred_at=moment)
    days = "from=2026-11-01&to=2026-11-03"

    first = lead.get(f"/boards/map?place=square_500m&shown=density&{MARKED}&{days}").text
    [to_keep] = re.findall(r'href="(/boards\?address=[^"]+)#keep"', first)
    [address] = re.findall(r'name="address" value="([^"]+)"', lead.get(unescape(to_keep)).text)
    sent = {"name": "The corner", "address": unescape(address)}
    assert lead.post("/boards", data=sent).status_code == 303
    [kept] = re.findall(r'href="([^"]+)">The corner<', lead.get("/boards").text)
    again = lead.get(unescape(kept)).text

    assert _shown(again) == _shown(first)
    assert "SJ 840 980 to SJ 854 989, 1.5 by 1 km), 1 to 3 November 2026" in again
    assert set(re.findall(r'data-figure="([^"]+)"', again)) == {"1"}


def _shown(page):
    """Give the form, the figures and the drawings of a page, whenever it was asked for."""
    return re.sub(r"As known on [^.<]*", "", page[page.index('<form method="get"') :])


def test_each_step_that_can_be_marked_begins_before_it_ends_also_outside_the_span():
    span = Span(dt.datetime(2026, 11, 2, tzinfo=dt.UTC), dt.datetime(2026, 12, 11, tzinfo=dt.UTC))

    steps = marking.steps(["2026-10", "2026-11", "2026-12", "2027-01"], span)

    assert steps == [
        ["2026-10-01", "2026-10-31"],
        ["2026-11-02", "2026-11-30"],
        ["2026-12-01", "2026-12-10"],
        ["2027-01-01", "2027-01-31"],
    ]


def test_density_is_of_what_of_a_place_is_marked(lead, session):
    factories.boundary(layer="ward", shape=MultiPolygon([box(-2.4, 53.4, -2.1, 53.6)]))
    records.arrest(factories.operation(), point=HERE)

    for place in ("ward", "square"):
        page = lead.get(f"/boards/map?shown=density&place={place}&{MARKED}").text
        assert re.search(r'data-figure="1">(0.67|1) \(1 in all\)', page), place


def test_of_more_squares_than_can_be_told_apart_those_with_most_are_drawn(lead, monkeypatch):
    monkeypatch.setattr(map_drawing, "MOST_SQUARES", 1)
    operation = factories.operation()
    for point in (HERE, HERE, "SRID=4326;POINT(-2.3 53.5)"):
        records.arrest(operation, point=point)

    page = lead.get("/boards/map?place=square").text

    assert "Drawn are the 1 squares with the most; 1 more have something." in page
