"""Targets and reported figures over the API: kept exactly, refused in sentences."""

import uuid

import pytest

from ops import db
from ops.outcomes import published, published_file
from ops.results.models import Measure
from tests import factories
from tests.outcomes.test_published import FILE

FIGURE = {
    "measure": "lines_closed",
    "value": "115",
    "unit": "count",
    "as_at": "2023-11-20",
    "source": "Panel report, 20 Nov 2023",
}


@pytest.fixture
def lead(client_as):
    return client_as("lead")


@pytest.fixture
def sets(session):
    """The published sets, loaded."""
    with db.transaction():
        published.load(published_file.read(FILE.read_text()))


@pytest.fixture
def target(session):
    """A target that can be sent."""
    factories.organisation()
    if not session.query(Measure).filter_by(code="lines_closed").first():
        session.add(
            Measure(
                code="lines_closed",
                version=1,
                label="Lines closed",
                four_p="pursue",
                unit="count",
                definition={},
            )
        )
        session.commit()
    return {
        "measure": "lines_closed",
        "period": "2023/24",
        "organisation": "GMP",
        "value": "120",
    }


def test_a_target_for_a_financial_year_is_kept_with_its_days(lead, target):
    made = lead.post("/api/v1/targets", json=target)

    assert made.status_code == 201
    listed = lead.get("/api/v1/targets?organisation=GMP&measure=lines_closed").json
    assert listed == [
        {
            "id": made.json["id"],
            "measure": "lines_closed",
            "period": "2023/24",
            "starts_on": "2023-04-01",
            "ends_on": "2024-03-31",
            "organisation": "GMP",
            "operation": None,
            "value": "120",
            "version": 1,
        }
    ]


def test_a_target_for_an_operation_and_other_days_is_kept(lead, target):
    operation = factories.operation()
    del target["organisation"], target["period"]
    days = {"starts_on": "2026-11-01", "ends_on": "2026-11-07"}

    made = lead.post("/api/v1/targets", json=target | days | {"operation": str(operation.id)})

    assert made.json["period"] is None
    [listed] = lead.get(f"/api/v1/targets?operation={operation.id}").json
    assert listed["starts_on"] == "2026-11-01"


def test_a_target_can_be_sent_as_it_is_shown(lead, target):
    days = {"period": None, "starts_on": "2026-11-01", "ends_on": "2026-11-07", "operation": None}

    made = lead.post("/api/v1/targets", json=target | days)

    assert made.status_code == 201
    assert made.json["period"] is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"measure": "rainbows"}, "measure"),
        ({"organisation": "NOBODY"}, "organisation"),
        ({"period": None}, "period"),
        ({"organisation": None}, "organisation"),
        ({"operation": str(uuid.uuid4())}, "organisation"),
        ({"period": "2023/25"}, "period"),
        ({"period": "2023/24", "starts_on": "2023-04-01"}, "period"),
        ({"value": "0"}, "value"),
        ({"value": "-1"}, "value"),
        ({"value": "many"}, "value"),
        ({"value": "1e999"}, "value"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_refuses_a_target_that_can_not_be_one(lead, target, change, field):
    refused = lead.post("/api/v1/targets", json=target | change)

    assert refused.status_code == 422
    assert field in refused.json["errors"]


def test_refuses_a_period_back_to_front(lead, target):
    del target["period"]
    days = {"starts_on": "2024-03-31", "ends_on": "2023-04-01"}

    refused = lead.post("/api/v1/targets", json=target | days)

    assert refused.json["errors"] == {"ends_on": ["Must not be before the first day."]}


def test_refuses_a_second_target_for_the_same(lead, target):
    lead.post("/api/v1/targets", json=target)

    refused = lead.post("/api/v1/targets", json=target | {"value": "130"})

    assert refused.status_code == 409
    assert refused.json["detail"] == "There is already a target for this measure and period."


@pytest.mark.parametrize("path", ["/api/v1/targets", "/api/v1/reported-figures"])
def test_an_officer_may_read_but_not_set_them(client_as, target, path):
    officer = client_as("officer")

    body = target if path.endswith("targets") else FIGURE

    assert officer.post(path, json=body).status_code == 403
    assert officer.get(path).status_code == 200


def test_a_reported_figure_is_kept_as_reported(lead):
    sent = FIGURE | {
        "value": "17687.36",
        "unit": "GBP",
        "qualifier": "more_than",
        "facets": {"basis": "tax evaded"},
        "note": "So far",
        "starts_on": "2023-04-01",
        "ends_on": "2024-03-31",
        "organisation": "GMP",
    }

    made = lead.post("/api/v1/reported-figures", json=sent)

    assert made.status_code == 201
    [kept] = lead.get("/api/v1/reported-figures?measure=lines_closed&organisation=GMP").json
    assert {name: kept[name] for name in sent} == sent
    assert kept["id"] == made.json["id"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"source": ""}, "source"),
        ({"as_at": None}, "as_at"),
        ({"qualifier": "roughly"}, "qualifier"),
        ({"value": "NaN"}, "value"),
        ({"facets": {"drug": ""}}, "facets"),
        ({"organisation": "NOBODY"}, "organisation"),
        ({"operation": str(uuid.uuid4())}, "operation"),
        ({"starts_on": "2024-01-01", "ends_on": "2023-01-01"}, "ends_on"),
        ({"note": "\u0000"}, "note"),
    ],
)
def test_refuses_a_reported_figure_that_can_not_be_one(lead, change, field):
    refused = lead.post("/api/v1/reported-figures", json=FIGURE | change)

    assert refused.status_code == 422
    assert field in refused.json["errors"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("from=2023-01-01", {"2023", "no period"}),
        ("to=2022-12-31", {"2022", "no period"}),
        ("from=2022-12-31&to=2023-01-01", {"2022", "2023", "no period"}),
        ("measure=arrests", {"2023"}),
    ],
)
def test_a_figure_is_found_by_a_period_that_its_own_touches(lead, query, found):
    for note, measure, days in (
        ("2022", "lines_closed", ("2022-01-01", "2022-12-31")),
        ("2023", "arrests", ("2023-01-01", "2023-12-31")),
        ("no period", "lines_closed", (None, None)),
    ):
        period = dict(zip(("starts_on", "ends_on"), days, strict=True))
        sent = FIGURE | period | {"note": note, "measure": measure}
        assert lead.post("/api/v1/reported-figures", json=sent).status_code == 201

    listed = lead.get(f"/api/v1/reported-figures?{query}").json

    assert {figure["note"] for figure in listed} == found


def test_every_figure_of_the_published_sets_is_listed_once_page_by_page(lead, sets):
    seen, path = [], "/api/v1/reported-figures?limit=70"

    while path:
        reply = lead.get(path)
        seen += [figure["id"] for figure in reply.json]
        path = reply.headers["Link"].split(">")[0][1:] if "Link" in reply.headers else None

    assert len(seen) == len(set(seen)) == 200


def test_a_published_set_shows_its_figures_in_order_and_its_checks(lead, sets):
    listed = lead.get("/api/v1/published-sets").json
    shown = lead.get("/api/v1/published-sets/avro-tameside-2023-11").json
    panel = lead.get("/api/v1/published-sets/cl-gmp-fy2022-23").json
    gatehouse = lead.get("/api/v1/published-sets/pri-dragonfire-2021-09").json

    assert len(listed) == 26
    assert [f["value"] for f in shown["figures"]][-6:] == [
        "35660",
        "23179",
        "17687.36",
        "8.95",
        "5012",
        "4763.3",
    ]
    assert shown["figures"][-5]["facets"] == {"basis": "street"}
    assert {f["as_at"] for f in panel["figures"]} == {"2023-11-20"}
    assert gatehouse["checks"] == [
        {"text": "7 + 3 == 10 phones", "holds": True, "because": None},
        {"text": "1 + 6 == 7 packages", "holds": True, "because": None},
    ]


def test_there_is_no_set_by_another_name(lead):
    assert lead.get("/api/v1/published-sets/nothing").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["targets?colour=1", "reported-figures?from=soon", "measures?four_p=x", "published-sets?q=1"],
)
def test_a_misspelt_filter_is_refused(lead, path):
    assert lead.get(f"/api/v1/{path}").status_code == 422


@pytest.mark.parametrize(
    "path", ["targets", "reported-figures", "measures", "published-sets", "published-sets/x"]
)
def test_nobody_reads_without_signing_in(client, path):
    assert client.get(f"/api/v1/{path}").status_code == 401


@pytest.mark.parametrize(
    # Measures name one another: their labels are read once, for all of a page.
    ("path", "number"),
    [("targets", 2), ("reported-figures", 2), ("measures", 3), ("published-sets", 2)],
)
def test_a_list_takes_as_many_statements_however_long_it_is(lead, statements, path, number):
    with statements.counted() as seen:
        lead.get(f"/api/v1/{path}")

    assert len(seen) == number
