"""The figures of the panel report of 20 November 2023, each from its records or as reported.

They are read through the API from the demonstration programme, as an analyst would.
"""

import html
import re

import pytest

from ops import demo
from ops.demo import figures, programme
from ops.demo.identity import id_of
from tests import factories
from tests.conftest import undone

WEEKS = [id_of("operation", reference) for reference in (programme.SPRING, programme.AUTUMN)]


@pytest.fixture(scope="module")
def analyst(app):
    """An analyst, beside the demonstration programme."""
    with undone(app):
        demo.load()
        client = app.test_client()
        token = factories.token(factories.person("analyst"))
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        yield client


def measures(reply):
    return {measure["code"]: measure for measure in reply.json["measures"]}


@pytest.mark.parametrize(
    ("code", "value"), [("warrants_executed", "33"), ("arrests", "39"), ("lines_closed", "13")]
)
def test_the_two_weeks_of_2023_add_up_to_the_report(analyst, code, value):
    query = "&".join(f"operation={week}" for week in WEEKS)

    found = measures(analyst.get(f"/api/v1/outcomes?{query}"))[code]
    records = analyst.get(f"{found['records']}&limit=500").json

    assert found["value"] == value
    assert len(records) == int(value)


def test_closures_that_wait_for_confirmation_stand_apart(analyst):
    query = "&".join(f"operation={week}" for week in WEEKS)

    assert measures(analyst.get(f"/api/v1/outcomes?{query}"))["lines_closed"]["provisional"] == "2"


def test_both_weeks_one_by_one_add_up_to_the_two_together(analyst):
    together = measures(
        analyst.get("/api/v1/outcomes?" + "&".join(f"operation={week}" for week in WEEKS))
    )
    alone = [measures(analyst.get(f"/api/v1/operations/{week}/outcomes")) for week in WEEKS]

    for code in ("warrants_executed", "arrests", "lines_closed", "phones_seized"):
        assert sum(int(week[code]["value"]) for week in alone) == int(together[code]["value"])


def test_an_arrest_credited_to_two_operations_counts_once_over_both(analyst):
    vulcan = id_of("operation", programme.VULCAN)

    both = measures(analyst.get(f"/api/v1/outcomes?operation={WEEKS[0]}&operation={vulcan}"))
    vulcan_alone = measures(analyst.get(f"/api/v1/operations/{vulcan}/outcomes"))
    week_alone = measures(analyst.get(f"/api/v1/operations/{WEEKS[0]}/outcomes"))

    assert vulcan_alone["arrests"]["value"] == "4"
    assert week_alone["arrests"]["value"] == "21"
    assert both["arrests"]["value"] == "23"


def test_the_target_of_2023_24_is_120_and_115_of_it_is_96_percent(analyst):
    [target] = analyst.get("/api/v1/targets?measure=lines_closed").json
    reported = analyst.get("/api/v1/reported-figures?measure=lines_closed").json
    [closed] = [each for each in reported if each["starts_on"] == target["starts_on"]]

    assert (target["value"], closed["value"]) == ("120", "115")
    assert round(100 * int(closed["value"]) / int(target["value"])) == 96


@pytest.mark.parametrize(
    ("from_", "to", "reported", "target", "attainment"),
    [
        ("2022-04-01", "2023-03-31", "85", None, None),
        ("2023-04-01", "2024-03-31", "115", "120", "0.9583"),
    ],
)
def test_a_financial_year_shows_what_was_reported_beside_what_is_recorded(
    analyst, from_, to, reported, target, attainment
):
    query = f"organisation=GMP&from={from_}&to={to}"

    found = measures(analyst.get(f"/api/v1/outcomes?{query}"))["lines_closed"]

    [figure] = found["reported"]
    assert (figure["value"], figure["attainment"]) == (reported, attainment)
    assert found["target"] == target
    assert int(found["value"]) < int(reported)


@pytest.mark.parametrize("figure", figures.FIGURES, ids=lambda figure: figure.label)
def test_each_figure_of_the_report_is_there_as_it_was_reported(analyst, figure):
    shown = analyst.get(f"/api/v1/reported-figures?measure={figure.measure}&limit=500").json

    key = (figure.label, figure.source)
    [found] = [each for each in shown if (each["label"], each["source"]) == key]
    assert (found["value"], found["unit"], found["qualifier"]) == (
        figure.value,
        figure.unit,
        figure.qualifier,
    )
    assert found["as_at"] == figure.as_at.isoformat()


def test_vulcan_follows_magpie_with_three_areas_and_its_phases(analyst):
    vulcan = id_of("operation", programme.VULCAN)

    shown = analyst.get(f"/api/v1/operations/{vulcan}").json
    areas = analyst.get(f"/api/v1/operations/{vulcan}/areas").json["features"]
    phases = analyst.get(f"/api/v1/operations/{vulcan}/phases").json

    assert shown["predecessor"]["name"] == "Operation Magpie"
    assert len(areas) == 3
    assert [phase["kind"] for phase in phases] == ["clear", "hold", "build"]


def test_the_prison_lies_in_vulcans_first_area(analyst):
    """So Vulcan and Gatehouse meet there."""
    covering = analyst.get("/api/v1/areas/covering?lon=-2.24579&lat=53.49195&accuracy_m=10").json

    assert "Operation Vulcan" in {each["operation"]["name"] for each in covering}


def test_gatehouse_goes_to_real_prisons_from_april_2023(analyst):
    gatehouse = id_of("operation", programme.GATEHOUSE)

    deployments = analyst.get(f"/api/v1/operations/{gatehouse}/deployments").json

    assert deployments[0]["starts_at"].startswith("2023-04-11")
    assert {each["place"]["name"] for each in deployments} == {
        "HMP Manchester",
        "HMP Forest Bank",
        "HMP Hindley",
        "HMP Buckley Hall",
    }


def test_a_years_target_stands_against_that_years_figures_alone(analyst):
    """All years together, or another year's figure, are no part of the target of 2023/24."""
    found = measures(analyst.get("/api/v1/outcomes?organisation=GMP"))["lines_closed"]

    attained = {told["value"]: told["attainment"] for told in found["reported"]}
    assert (found["target"], found["attainment"]) == (None, None)
    assert attained == {"85": None, "13": None, "115": "0.9583"}


def test_the_page_of_outcomes_shows_what_the_two_weeks_add_up_to(analyst):
    pages = [analyst.get(f"/operations/{week}/outcomes").text for week in WEEKS]

    shown = [
        [int(value) for value in re.findall(rf"results\?measure={code}[^>]*>\s*(\d+)", page)]
        for code in ("warrants_executed", "arrests", "lines_closed")
        for page in pages
    ]
    assert [sum(found[0] for found in shown[n : n + 2]) for n in (0, 2, 4)] == [33, 39, 13]


def test_the_page_of_reported_figures_shows_each_figure_of_the_report(analyst):
    page = html.unescape(analyst.get("/reported-figures").text)

    assert [figure.label for figure in figures.FIGURES if figure.label not in page] == []
    assert [
        each for each in ("85", "115", "4,500", "1,600", "390", "98", "570") if each not in page
    ] == []
