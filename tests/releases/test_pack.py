"""A release says of each headline how much of it is confirmed, and claims nothing else."""

import pytest

from tests.factories import NOON
from tests.outcomes.records import arrest, cash, closure
from tests.releases.conftest import act

API = "/api/v1"
CONFIRMED = {"confirmed_at": NOON, "status": "confirmed"}


@pytest.fixture
def pack(analyst, freeze, operation):
    """Give the Markdown of a release of some headlines, and the release."""

    def write(*headlines, **filters):
        body = {"snapshot": freeze(**filters).json["id"], "title": "A week"}
        made = analyst.post(f"{API}/releases", json=body | {"headlines": headlines})
        assert made.status_code == 201, made.text
        return analyst.get(f"/releases/{made.json['id']}/pack.md").text

    return write


def test_what_is_counted_when_recorded_says_how_much_is_not_confirmed(pack, operation):
    cash(operation, 100)
    cash(operation, 50, **CONFIRMED)
    arrest(operation, **CONFIRMED)

    text = pack({"measure": "cash_seized"}, {"measure": "arrests"})

    assert "Counted when recorded; 1 of 2 records behind it not confirmed yet." in text
    assert "Counted when recorded; all of it is confirmed." in text
    assert "What is provisional is not in them" not in text


def test_what_is_counted_once_confirmed_says_so_and_what_waits(pack, operation):
    closure(operation)
    closure(operation, **CONFIRMED)

    text = pack({"measure": "lines_closed"})

    assert "Counted once confirmed." in text
    assert "Provisional, and not counted above: 1 to be confirmed." in text


def test_it_is_as_it_was_frozen(pack, operation, analyst, client_as, freeze):
    made = arrest(operation)
    body = {"snapshot": freeze().json["id"], "title": "A", "headlines": [{"measure": "arrests"}]}
    release = analyst.post(f"{API}/releases", json=body).json
    assert client_as("lead").post(f"{API}/results/{made}/confirm", json={}).status_code == 200

    text = analyst.get(f"/releases/{release['id']}/pack.md").text

    assert "1 of 1 records behind it not confirmed yet." in text


def test_a_rounded_headline_is_told_by_no_number_of_records(pack, operation):
    for _ in range(7):
        arrest(operation)

    text = pack({"measure": "arrests", "rounded": "5", "said_as": "more_than"})

    assert "Counted when recorded; some of it is not confirmed yet." in text
    assert "7" not in text.partition("## What the figures count")[0].partition("## Headline")[2]


def test_a_breakdown_says_what_is_provisional_only_where_that_is_told_apart(pack, operation):
    arrest(operation)
    closure(operation)
    closure(operation, **CONFIRMED)

    text = pack({"measure": "arrests"}, {"measure": "lines_closed"}, by="day")

    assert "| Day | Recorded |\n|---|---:|\n| 2 Nov 2026 | 1 |" in text
    assert "| Day | Confirmed | Provisional |\n|---|---:|---:|\n| 2 Nov 2026 | 1 | 1 |" in text


def test_of_a_revised_figure_nothing_is_said_that_was_frozen_beside_the_first(
    published, analyst, lead, operation
):
    arrest(operation)
    where = f"{API}/releases/{published['id']}"
    read = analyst.get(where)
    sent = {"figure": read.json["figures"][0]["id"], "value": "3", "note": "Late."}
    analyst.post(f"{where}/revisions", json=sent, headers={"If-Match": read.headers["ETag"]})
    before = analyst.get(f"/releases/{published['id']}/pack.md").text
    act(lead, published, "approve")

    after = analyst.get(f"/releases/{published['id']}/pack.md").text

    assert "2 of 2 records" in before
    assert "2 of 2 records" not in after
