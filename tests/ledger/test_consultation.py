"""Each look is in the log, once, with what was seen, and nothing is shown without it."""

import pytest
import sqlalchemy as sa

from ops.access import guard
from ops.ledger import consultation
from ops.ledger.models import LogEntry
from tests import factories

API = "/api/v1"


def entries(session):
    session.execute(sa.text("reset role"))
    return session.scalars(sa.select(LogEntry).order_by(LogEntry.at)).all()


def test_a_look_at_an_operation_is_one_entry(client_as, session):
    lead = client_as()
    operation = factories.operation()

    reply = lead.get(f"{API}/operations/{operation.id}")

    [entry] = entries(session)
    assert reply.status_code == 200
    assert (entry.act, entry.endpoint, entry.count) == (
        "consultation",
        "operations.OperationById",
        1,
    )
    assert entry.operations == [operation.id]


def test_a_list_is_one_entry_with_the_records_by_operation(client_as, session):
    lead = client_as()
    operation = factories.operation()
    area = factories.area(operation)

    lead.get(f"{API}/operations/{operation.id}/areas")

    [entry] = entries(session)
    assert entry.seen == [
        {"kind": "area", "operation": str(operation.id), "ids": [str(area.id)]},
        {"kind": "operation", "operation": None, "ids": [str(operation.id)]},
    ]


def test_a_search_is_kept_by_its_class_and_never_by_its_words(client_as, session):
    client_as().get(f"{API}/operations?q=Hawkins&status=live&limit=5")

    [entry] = entries(session)
    assert entry.asked == ["name", "status"]
    assert "Hawkins" not in str(vars(entry))


def test_a_name_in_the_address_that_is_none_of_ours_is_not_kept(client_as, session):
    client_as().get("/operations?John+Smith=1&x1=2")

    [entry] = entries(session)
    assert entry.asked == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/operations/00000000-0000-0000-0000-000000000000", 404),
        ("/api/v1/operations?kind=none", 422),
        ("/operations/new", 403),
        ("/api/v1/me", 200),
        ("/api/openapi.json", 200),
        ("/healthz", 200),
        ("/sign-in", 200),
        ("/", 302),
    ],
)
def test_what_shows_no_record_is_no_entry(client_as, session, path, status):
    reply = client_as("officer").get(path)

    assert (reply.status_code, entries(session)) == (status, [])


def test_whoever_has_it_already_is_shown_nothing_and_logged_for_nothing(client_as, session):
    lead, operation = client_as(), factories.operation()
    address = f"{API}/operations/{operation.id}/areas"
    tag = lead.get(address).headers["ETag"]

    assert lead.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert len(entries(session)) == 1


def test_a_form_that_comes_back_with_errors_shows_records_too(client_as, session):
    lead, operation = client_as("lead"), factories.operation()
    lead.post(f"/operations/{operation.id}/transitions", data={"to": "nowhere"})

    assert [each.endpoint for each in entries(session)] == ["operations_pages.move"]


def test_a_write_alone_is_no_look(client_as, session):
    lead, operation = client_as(), factories.operation()

    reply = lead.post(f"{API}/operations/{operation.id}/teams", json={"name": "A", "members": []})

    assert (reply.status_code, entries(session)) == (201, [])


@pytest.mark.parametrize("path", ["/api/v1/operations", "/operations"])
def test_nothing_is_shown_where_the_look_can_not_be_written(client_as, session, path):
    lead = client_as()
    operation = factories.operation(name="Not To Be Shown")
    session.execute(sa.text("alter table log_entry add constraint never check (false) not valid"))

    reply = lead.get(path)

    assert reply.status_code == 503
    assert reply.headers["Retry-After"]
    assert operation.name not in reply.text
    if path.startswith("/api/"):
        assert reply.mimetype == "application/problem+json"


def test_a_look_costs_one_statement(client_as, app, session):
    lead, operation = client_as(), factories.operation()
    seen = []
    listen = (app.extensions["engine"], "before_cursor_execute", lambda *a: seen.append(a[2]))
    sa.event.listen(*listen)

    lead.get(f"{API}/operations/{operation.id}/areas")

    sa.event.remove(*listen)
    written = [each for each in seen if "log_access" in each]
    others = [each for each in seen if each.lower().startswith(("insert", "update"))]
    assert (len(written), others) == (1, [])


def test_figures_are_kept_as_operations_and_measures(client_as, session):
    lead, operation = client_as(), factories.operation()

    lead.get(f"{API}/outcomes")

    [entry] = entries(session)
    kinds = {part["kind"]: part["ids"] for part in entry.seen}
    assert kinds["operation"] == [str(operation.id)]
    assert "arrests" in kinds["measure"]
    assert set(kinds) == {"operation", "measure"}


def test_results_are_kept_under_the_operation_that_led_them(client_as, session):
    lead, operation = client_as(), factories.operation()
    made = lead.post(
        f"{API}/operations/{operation.id}/results",
        json={
            "kind": "arrest",
            "occurred_at": "2026-11-02T05:42:00Z",
            "detail": {"reason": "supply_class_a"},
        },
    )
    assert made.status_code == 201, made.text

    lead.get(f"{API}/results")

    [entry] = entries(session)
    assert entry.seen == [
        {"kind": "result", "operation": str(operation.id), "ids": [made.json["id"]]}
    ]


def test_a_view_that_says_nothing_is_logged_by_its_address(client_as, session):
    lead, operation = client_as(), factories.operation()
    deployment = factories.deployment(operation)

    lead.get(f"{API}/deployments/{deployment.id}")

    [entry] = entries(session)
    assert entry.operations == [operation.id]
    assert entry.seen == [
        {"kind": "deployment", "operation": str(operation.id), "ids": [str(deployment.id)]}
    ]


def test_every_address_that_can_be_read_is_logged_or_says_why_not(app, client_as, session):
    lead, operation = client_as("lead"), factories.operation()
    deployment, area = factories.deployment(operation), factories.area(operation)
    lead.get("/")
    named = {"operation_id": operation.id, "deployment_id": deployment.id, "area_id": area.id}
    read, silent = [], []
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and not rule.arguments - named.keys():
            reply = lead.get(rule.build({n: named[n] for n in rule.arguments})[1])
            found = [each.endpoint for each in entries(session)]
            session.execute(sa.text("delete from log_entry"))
            session.commit()
            if reply.status_code == 200:
                (read if found == [rule.endpoint] else silent).append(rule.endpoint)

    known = consultation.EXEMPT | guard._OPEN
    assert len(read) > 25
    assert [each for each in silent if each not in known] == []


def test_what_is_exempt_is_there(app):
    assert {rule.endpoint for rule in app.url_map.iter_rules()} >= consultation.EXEMPT


def test_a_page_is_logged_with_what_it_asked_for_inside(client_as, session):
    lead, operation = client_as("lead"), factories.operation()
    deployment, area = factories.deployment(operation), factories.area(operation)

    reply = lead.get(f"/operations/{operation.id}/deployments/{deployment.id}")

    [entry] = entries(session)
    assert reply.status_code == 200
    assert entry.endpoint == "deployment_pages.edit"
    assert {part["kind"]: part["ids"] for part in entry.seen if part["ids"]} == {
        "area": [str(area.id)],
        "deployment": [str(deployment.id)],
        "operation": [str(operation.id)],
    }
    assert entry.operations == [operation.id]
