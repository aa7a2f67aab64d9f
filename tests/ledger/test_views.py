"""Who may read the log, and what of it."""

import pytest
import sqlalchemy as sa

from ops.access.member_models import Membership
from ops.ledger.models import LogEntry
from tests import factories

API = "/api/v1"


def lead_of(operation, person, session):
    """Make somebody a lead of an operation."""
    session.execute(
        sa.insert(Membership).values(
            id=sa.func.gen_random_uuid(),
            operation_id=operation.id,
            person_id=person.id,
            role="lead",
            during=sa.text("tstzrange(now() - interval '1 hour', null)"),
            granted_by=person.id,
        )
    )
    session.commit()


@pytest.fixture
def client_of(app, session):
    """A client of a person."""

    def make(person):
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {factories.token(person)}"
        return client

    return make


@pytest.fixture
def covert(session):
    """A covert operation and somebody who leads it."""
    lead = factories.person()
    return factories.operation(visibility="covert", created_by=lead.id), lead


def test_an_auditor_reads_what_their_organisation_looked_at(client_as):
    operation = factories.operation()
    client_as("officer").get(f"{API}/operations/{operation.id}")

    [entry] = client_as("auditor").get(f"{API}/log").json

    assert entry["act"] == "consultation"
    assert entry["by"]["name"].startswith("Person")
    assert entry["seen"] == [{"kind": "operation", "operation": None, "ids": [str(operation.id)]}]


def test_an_auditor_reads_nothing_of_another_organisation(client_as):
    client_as("officer").get(f"{API}/operations")
    other = factories.organisation("LANCS")

    assert client_as("auditor", organisation=other).get(f"{API}/log").json == []


@pytest.mark.parametrize("role", ["admin", "lead", "officer", "analyst", "desk"])
def test_nobody_else_reads_the_log(client_as, role):
    operation = factories.operation()
    client_as("officer").get(f"{API}/operations/{operation.id}")

    assert client_as(role).get(f"{API}/log").json == []


def test_a_lead_reads_the_looks_at_their_operation_alone(client_as, client_of, session):
    mine, other = factories.operation(), factories.operation()
    lead = factories.person()
    lead_of(mine, lead, session)
    client_as("officer").get(f"{API}/operations")

    [entry] = client_of(lead).get(f"{API}/log").json

    assert entry["seen"] == [{"kind": "operation", "operation": None, "ids": [str(mine.id)]}]
    assert entry["count"] == 1
    assert str(other.id) not in str(entry)


def test_of_a_covert_operation_an_auditor_is_told_nothing(client_as, client_of, covert):
    operation, lead = covert
    area = factories.area(operation)
    cleared = client_of(lead)
    for path in (
        f"operations/{operation.id}",
        f"operations/{operation.id}/areas",
        f"areas/{area.id}",
        f"operations/{operation.id}/outcomes",
        f"operations/{operation.id}/transitions",
    ):
        assert cleared.get(f"{API}/{path}").status_code == 200
    auditor = client_as("auditor")

    entries = auditor.get(f"{API}/log").json

    told = str(entries)
    assert str(operation.id) not in told
    assert str(area.id) not in told
    # The summary also showed measures, which are no secret.
    assert [each["endpoint"] for each in entries] == ["outcomes.OperationOutcomes"]


def test_what_is_left_of_a_list_counts_what_is_left(client_as, client_of, covert):
    _, lead = covert
    known = factories.operation()
    client_of(lead).get(f"{API}/operations")

    [entry] = client_as("auditor").get(f"{API}/log").json

    assert entry["count"] == 1
    assert entry["seen"][0]["ids"] == [str(known.id)]


def test_of_features_by_the_thousand_too_each_reader_is_told_what_they_see(
    client_as, client_of, covert, session
):
    operation, lead = covert
    known, site = factories.operation(), factories.site()
    hidden, shown = factories.area(operation), factories.area(known)
    lead_of(known, (other := factories.person()), session)
    for collection in ("areas", "sites"):
        client_of(lead).get(f"/ogc/collections/{collection}/items")

    logs = [client.get(f"{API}/log").json for client in (client_as("auditor"), client_of(other))]
    found = client_as("auditor").get(f"{API}/log", query_string={"operation": str(known.id)})

    looks = [
        [(each["seen"], each["count"]) for each in log if each["endpoint"] == "ogc.items"]
        for log in logs
    ]
    area = {"kind": "area", "operation": str(known.id), "ids": [str(shown.id)]}
    of_sites = ([{"kind": "site", "operation": None, "ids": [str(site.id)]}], 1)
    assert looks == [[of_sites, ([area], 1)], [([area], 1)]]
    assert str(hidden.id) not in str(logs)
    assert "ogc.items" in [each["endpoint"] for each in found.json]


def test_asking_by_an_operation_that_is_hidden_finds_nothing(client_as, client_of, covert):
    operation, lead = covert
    factories.operation()
    client_of(lead).get(f"{API}/operations")

    found = client_as("auditor").get(f"{API}/log", query_string={"operation": str(operation.id)})

    assert found.json == []


def test_who_reads_the_log_of_a_covert_operation_does_not_betray_it(client_as, client_of, covert):
    operation, lead = covert
    client_of(lead).get(f"{API}/operations/{operation.id}")
    assert len(client_of(lead).get(f"{API}/log").json) == 1

    assert client_as("auditor").get(f"{API}/log").json == []


def test_reading_the_log_is_in_the_log(client_as):
    operation = factories.operation()
    client_as("officer").get(f"{API}/operations/{operation.id}")
    auditor = client_as("auditor")
    [first] = auditor.get(f"{API}/log").json

    second = auditor.get(f"{API}/log").json[0]

    assert second["endpoint"] == "ledger.Log"
    assert second["seen"] == [
        {"kind": "log_entry", "operation": str(operation.id), "ids": [first["id"]]}
    ]


def test_filters_and_pages_of_the_log_are_whole(client_as):
    operation, other = factories.operation(), factories.operation()
    officer = client_as("officer")
    for _ in range(3):
        officer.get(f"{API}/operations/{operation.id}")
    officer.get(f"{API}/operations/{other.id}")
    auditor = client_as("auditor")
    by = {"operation": str(operation.id), "act": "consultation", "limit": 2}

    first = auditor.get(f"{API}/log", query_string=by)
    link = first.headers["Link"].partition("<")[2].partition(">")[0]
    second = auditor.get(link)

    times = [each["at"] for each in first.json + second.json if each["endpoint"] != "ledger.Log"]
    assert len(times) == 3
    assert times == sorted(times, reverse=True)
    assert auditor.get(f"{API}/log", query_string={"act": "erasure"}).json == []
    assert auditor.get(f"{API}/log", query_string={"to": "2020-01-01"}).json == []
    assert auditor.get(f"{API}/log", query_string={"from": "yesterday"}).status_code == 422


def test_the_page_says_it_in_words(client_as):
    operation = factories.operation()
    taken = client_as("officer").get(f"/operations/{operation.id}/map.html")

    page = client_as("auditor").get("/access-log").text

    assert taken.status_code == 200
    assert "<span>Handed out</span>" in page
    assert "as one file that needs no connection" in page


def test_a_page_is_one_entry_whatever_it_asks_the_api(client_as, session):
    operation = factories.operation()
    client_as("officer").get(f"/operations/{operation.id}")

    [entry] = session.scalars(sa.select(LogEntry)).all()

    assert entry.endpoint == "operations_pages.show"
