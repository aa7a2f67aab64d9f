"""The pages of outcomes, as the server writes them."""

import re

import pytest

from ops.outcomes.figure_text import card, groups
from tests import factories
from tests.wellformed import faults

MEASURE = {
    "code": "lines_closed",
    "label": "Lines closed",
    "four_p": "pursue",
    "unit": "count",
    "value": "6",
    "provisional": "1",
    "qualifier": "exact",
    "reported": None,
    "target": None,
    "attainment": None,
    "records": "/api/v1/results?measure=lines_closed",
}


def test_what_is_provisional_stands_apart_and_opens_its_own_records():
    said = card(MEASURE)

    assert (said["amount"], said["provisional_text"]) == ("6", "1")
    assert said["href"] == "/results?measure=lines_closed"
    assert said["provisional_href"] == "/results?measure=lines_closed&provisional=true"


def test_a_value_reads_with_its_unit_and_how_sure_it_is():
    said = card(MEASURE | {"unit": "g", "value": "734.40", "qualifier": "approx"})

    assert (said["sure"], said["amount"], said["unit"]) == ("about", "734.4", "g")


def test_a_target_beaten_fills_its_bar_and_no_more():
    said = card(MEASURE | {"target": "5", "attainment": "1.2"})

    assert said["attainment_text"] == "120%"
    assert said["attainment_bar"] == "100"


def test_what_others_reported_stands_beside_with_its_source_and_day():
    told = {
        "value": "115",
        "unit": "count",
        "qualifier": "exact",
        "source": "Panel report",
        "as_at": "2023-11-20",
        "facets": {},
        "attainment": "0.9583",
    }

    said = card(MEASURE | {"value": "0", "provisional": "0", "reported": [told]})

    assert said["reported_texts"] == [
        {"text": "115, 95.8% of the target", "source": "Panel report, as at 20 Nov 2023"}
    ]
    assert said["says_something"]


def test_a_measure_with_nothing_in_it_says_nothing():
    assert not card(MEASURE | {"value": "0", "provisional": "0"})["says_something"]


@pytest.mark.parametrize(
    ("by", "key", "label", "text"),
    [
        ("day", "2023-10-09", "2023-10-09", "9 Oct 2023"),
        ("month", "2023-10", "2023-10", "October 2023"),
        ("district", "E08000004", "Oldham", "Oldham"),
        ("day", None, "Not recorded", "Not recorded"),
    ],
)
def test_a_group_reads_by_its_name(by, key, label, text):
    figure = {"value": "3", "provisional": "0", "qualifier": "exact", "records": "/r"}
    part = {"key": key, "label": label, **figure}

    [said] = groups(MEASURE | {"groups": [part]}, by)

    assert said["label"] == text


def test_every_figure_of_a_summary_leads_to_a_page_that_is_there(client_as):
    operation = factories.operation()
    client = client_as()
    form = {"kind": "arrest", "occurred_at": "2026-11-02T05:42", "detail.reason": "fraud"}
    client.post(f"/operations/{operation.id}/log", data=form)

    page = client.get(f"/operations/{operation.id}/outcomes?by=day&from=2026-11-01&to=2026-11-08")
    links = re.findall(r'href="(/operations/[^"]*/results\?[^"]*)"', page.text)

    assert links
    for link in links:
        records = client.get(link.replace("&amp;", "&"))
        assert records.status_code == 200
        assert records.text.count("app-records__item") == 1
        assert faults(records.text) == []


def test_figures_of_many_operations_lead_to_their_records_too(client_as):
    operation = factories.operation()
    client = client_as()
    form = {"kind": "arrest", "occurred_at": "2026-11-02T05:42", "detail.reason": "fraud"}
    client.post(f"/operations/{operation.id}/log", data=form)

    page = client.get("/outcomes?organisation=GMP&kind=week_of_action&by=reason").text
    links = re.findall(r'href="(/results\?[^"]*)"', page)

    assert links
    for link in links:
        assert client.get(link.replace("&amp;", "&")).text.count("app-records__item") == 1


@pytest.mark.parametrize("query", ["by=nothing", "from=soon", "from=2026-02-01&to=2026-01-01"])
def test_a_filter_that_cannot_be_meant_is_said(client_as, query):
    reply = client_as().get(f"/outcomes?{query}")

    assert reply.status_code == 422
    assert "There is a problem" in reply.text
    assert faults(reply.text) == []


def test_a_target_that_is_there_already_is_refused_in_words(client_as):
    client = client_as("analyst")
    form = {"measure": "arrests", "period": "2026/27", "organisation": "GMP", "value": "40"}
    client.post("/targets", data=form)

    again = client.post("/targets", data=form)

    assert again.status_code == 409
    assert "There is already a target for this measure and period." in again.text
