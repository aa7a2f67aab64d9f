"""Logging: what is kept, exactly once, however often and however at once it is sent."""

import threading
import uuid

import pytest
import sqlalchemy as sa

from ops import db
from ops.operations.models import STATUSES
from ops.results import logging, rules
from ops.results.kinds import KINDS
from ops.results.models import Credit, Result
from ops.results.schemas import ResultSchema
from tests import factories
from tests.results.conftest import SMALLEST, payload

ID = "0193e9a0-1111-7222-8333-444455556666"
INSIDE = {"type": "Point", "coordinates": [-2.2441, 53.4856]}
OUTSIDE = {"type": "Point", "coordinates": [-2.5, 53.6]}
NEAR_THE_EDGE = {"type": "Point", "coordinates": [-2.2499, 53.485]}


def address(operation):
    return f"/api/v1/operations/{operation.id}/results"


def how_many():
    return db.session.scalar(sa.select(sa.func.count()).select_from(Result))


@pytest.mark.parametrize("kind", SMALLEST)
def test_the_smallest_log_of_each_kind_reads_back_as_it_was_answered(log, lead, kind):
    record = log(kind)

    shown = lead.get(f"/api/v1/results/{record['id']}")

    assert shown.json == record
    assert record["status"] == "recorded"


def test_every_kind_has_a_smallest_log():
    assert SMALLEST.keys() == KINDS.keys()


def test_the_same_again_is_answered_with_its_record(lead, operation):
    first = lead.post(address(operation), json=payload(id=ID))

    again = lead.post(address(operation), json=payload(id=ID))

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert how_many() == 1


@pytest.mark.parametrize(
    ("sent", "written_otherwise"),
    [
        ({"occurred_at": "2026-11-02T12:00:00Z"}, {"occurred_at": "2026-11-02T12:00:00.000+00:00"}),
        ({"occurred_at": "2026-07-02T12:00:00+01:00"}, {"occurred_at": "2026-07-02T11:00:00Z"}),
        ({"accuracy_m": 12}, {"accuracy_m": "12.00"}),
        ({"note": None}, {}),
        ({"credits": []}, {}),
        ({"note": "Rear door"}, {"note": " Rear door "}),
    ],
)
def test_the_same_content_written_otherwise_is_the_same(lead, operation, sent, written_otherwise):
    lead.post(address(operation), json=payload(id=ID, **sent))

    again = lead.post(address(operation), json=payload(id=ID, **written_otherwise))

    assert again.status_code == 200


@pytest.mark.parametrize(
    "other",
    [
        {"detail": {"reason": "theft"}},
        {"kind": "warrant"},
        {"note": "Another"},
        {"occurred_at": "2026-11-02T12:00:01Z"},
        {"position": INSIDE},
    ],
)
def test_other_content_under_the_same_id_is_a_conflict_that_tells_nothing(lead, operation, other):
    lead.post(address(operation), json=payload(id=ID, note="The first"))

    again = lead.post(address(operation), json=payload(id=ID, **other))

    assert again.status_code == 409
    assert "The first" not in again.text
    assert how_many() == 1


def test_the_same_content_for_another_operation_is_a_conflict(lead, operation):
    lead.post(address(operation), json=payload(id=ID))

    again = lead.post(address(factories.operation()), json=payload(id=ID))

    assert again.status_code == 409


def test_a_replay_gets_the_record_as_it_stands_now(lead, operation):
    first = lead.post(address(operation), json=payload(id=ID))
    lead.post(f"/api/v1/results/{ID}/strike", json={"reason": "Logged twice"})

    again = lead.post(address(operation), json=payload(id=ID))

    assert first.json["status"] == "recorded"
    assert (again.status_code, again.json["status"]) == (200, "struck")


def test_without_an_id_each_is_a_record_of_its_own(lead, operation):
    one = lead.post(address(operation), json=payload())
    other = lead.post(address(operation), json=payload())

    assert one.json["id"] != other.json["id"]


def test_a_replay_is_a_replay_also_once_the_operation_takes_no_more(lead, operation, session):
    lead.post(address(operation), json=payload(id=ID))
    session.execute(sa.text("update operation set status = 'draft'"))

    assert lead.post(address(operation), json=payload(id=ID)).status_code == 200


@pytest.mark.parametrize(("note", "expected"), [(None, 200), ("Another", 409)])
def test_the_same_id_at_the_same_time_is_one_row(committed, note, expected):
    operation = factories.operation()
    token = factories.token(factories.person())
    replies = []

    def send():
        client = committed.test_client()
        body = payload(id=ID) | ({"note": note} if note else {})
        headers = {"Authorization": f"Bearer {token}"}
        replies.append(client.post(address(operation), json=body, headers=headers))

    item = logging.prepare(operation.id, ResultSchema().load(payload(id=ID)))
    [first] = logging.log([item], operation.created_by)
    second = threading.Thread(target=send)
    second.start()
    _wait_until_somebody_waits(committed)
    db.session.commit()
    second.join(30)

    assert first.outcome == "created"
    assert [reply.status_code for reply in replies] == [expected]
    assert how_many() == 1


def _wait_until_somebody_waits(app):
    waiting = sa.text("select count(*) from pg_locks where not granted")
    with app.extensions["engine"].connect() as connection:
        for _ in range(20_000):
            if connection.scalar(waiting):
                return
            connection.rollback()
    pytest.fail("Nobody waited for the first of the two.")


def test_many_at_the_same_time_are_one_row(committed):
    operation = factories.operation()
    tokens = [factories.token(factories.person()) for _ in range(4)]
    together = threading.Barrier(4)
    statuses = []

    def send(token):
        client = committed.test_client()
        headers = {"Authorization": f"Bearer {token}"}
        together.wait()
        body = payload("seizure", id=ID)
        statuses.append(client.post(address(operation), json=body, headers=headers).status_code)

    threads = [threading.Thread(target=send, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(statuses) == [200, 200, 200, 201]
    assert how_many() == 1


def test_one_result_is_logged_in_four_statements(lead, operation, statements):
    lead.post(address(operation), json=payload("warrant"))

    with statements.counted() as seen:
        reply = lead.post(address(operation), json=payload("warrant", position=INSIDE))

    assert reply.status_code == 201
    # The person, their rights, the result, its likely doubles.
    assert len(seen) <= 4


@pytest.mark.parametrize("status", STATUSES)
def test_an_operation_takes_results_once_it_is_approved(lead, status):
    operation = factories.operation(status=status)

    reply = lead.post(address(operation), json=payload())

    assert (reply.status_code == 201) is (status in rules.LOGGABLE)
    if reply.status_code != 201:
        assert reply.status_code == 409
        assert "approved first" in reply.json["detail"]


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"occurred_at": "2099-01-01T00:00:00Z"}, 422, "occurred_at"),
        ({"occurred_at": "2019-01-01T00:00:00Z"}, 422, "occurred_at"),
        ({"occurred_at": "yesterday"}, 422, "occurred_at"),
        ({"occurred_at": "2026-11-02T12:00:00"}, 422, "occurred_at"),
        ({"kind": "rumour"}, 422, "kind"),
        ({"surprise": 1}, 422, "surprise"),
        ({"position": {"type": "Point", "coordinates": [200, 10]}}, 422, "position"),
        ({"accuracy_m": -1}, 422, "accuracy_m"),
        ({"deployment": ID}, 422, "deployment"),
        ({"detail": {"reason": "none"}}, 422, "detail"),
        ({"detail": {"surname": "Smith"}}, 422, "detail"),
        ({"note": "x" * 2001}, 422, "note"),
        ({"id": "1"}, 422, "id"),
    ],
)
def test_refuses_in_a_sentence_by_field(lead, operation, change, status, field):
    reply = lead.post(address(operation), json=payload(**change))

    assert reply.status_code == status
    assert field in reply.json["errors"]
    assert how_many() == 0


@pytest.mark.parametrize("body", [[], "arrest", 1, {"detail": 1}, {"kind": ["arrest"]}])
def test_nonsense_is_refused(lead, operation, body):
    assert lead.post(address(operation), json=body).status_code == 422


def test_a_deployment_of_another_operation_is_refused(lead, operation):
    elsewhere = factories.deployment(factories.operation())

    reply = lead.post(address(operation), json=payload(deployment=str(elsewhere.id)))

    assert reply.json["errors"].keys() == {"deployment"}


def test_a_deployment_of_the_operation_is_kept(log, operation):
    deployment = factories.deployment(operation)

    assert log(deployment=str(deployment.id))["deployment"] == str(deployment.id)


def test_there_must_be_such_an_operation(lead, session):
    reply = lead.post(f"/api/v1/operations/{uuid.uuid4()}/results", json=payload())

    assert reply.status_code == 404


@pytest.mark.parametrize(("role", "status"), [("officer", 201), ("analyst", 403), ("desk", 403)])
def test_the_role_says_who_may_log(client_as, operation, role, status):
    assert client_as(role).post(address(operation), json=payload()).status_code == status


@pytest.mark.parametrize(
    ("fields", "relation", "areas"),
    [
        ({"position": INSIDE}, "inside", ["inside"]),
        ({"position": INSIDE, "accuracy_m": 30}, "inside", ["inside"]),
        ({"position": NEAR_THE_EDGE, "accuracy_m": 30}, "uncertain", ["uncertain"]),
        ({"position": NEAR_THE_EDGE, "accuracy_m": 2}, "inside", ["inside"]),
        ({"position": OUTSIDE, "accuracy_m": 30}, "outside", []),
        ({}, None, []),
    ],
)
def test_a_place_is_a_check_and_never_a_gate(log, operation, fields, relation, areas):
    factories.area(operation)

    record = log(**fields)

    assert record["relation"] == relation
    assert [area["relation"] for area in record["areas"]] == areas


def test_the_district_that_holds_the_point_is_kept(log, operation):
    factories.boundary("E08000003")

    assert log(position=INSIDE)["district"] == "E08000003"
    assert log(position=OUTSIDE)["district"] is None
    assert log()["district"] is None


@pytest.mark.parametrize(
    ("occurred_at", "outside"),
    [
        ("2026-11-02T12:00:00Z", False),
        ("2026-11-01T12:00:00Z", False),
        ("2026-10-02T12:00:00Z", True),
        ("2026-11-08T12:00:00Z", True),
    ],
)
def test_what_happened_outside_the_period_is_taken_and_told(log, occurred_at, outside):
    record = log(occurred_at=occurred_at)

    assert record["outside_period"] is outside
    assert record["late"] is True


def test_an_operation_without_an_end_has_no_late_results(log):
    record = log(to=factories.operation(kind="place_based", ends_at=None))

    assert (record["late"], record["outside_period"]) == (False, False)


def test_a_result_is_credited_to_those_that_supported_it_once(log, session):
    supporting = factories.operation()

    record = log(credits=[str(supporting.id), str(supporting.id)])

    assert record["credits"] == [str(supporting.id)]
    assert session.scalar(sa.select(sa.func.count()).select_from(Credit)) == 1


def test_the_leads_own_credit_is_no_row(log, operation):
    assert log(credits=[str(operation.id)])["credits"] == []


def test_a_credit_needs_an_operation(lead, operation):
    reply = lead.post(address(operation), json=payload(credits=[ID]))

    assert reply.status_code == 409
    assert "credit" in reply.json["detail"]
    assert how_many() == 0


@pytest.mark.parametrize(
    ("kind", "detail", "words"),
    [
        ("seizure", {"parent": ID}, "no such seizure"),
        ("line_closure", {"line": ID}, "no such line"),
        ("line_closure", {"arrest": ID}, "no such arrest"),
    ],
)
def test_what_a_record_refers_to_must_be_there(lead, operation, kind, detail, words):
    reply = lead.post(address(operation), json=payload(kind, detail))

    assert reply.status_code == 409
    assert words in reply.json["detail"].lower()


def test_a_warrant_entered_too_late_is_told(log):
    record = log("warrant", {"granted_on": "2026-09-01"})

    assert "expired" in record["remarks"][0]


def test_what_is_logged_carries_its_version(lead, operation):
    logged = lead.post(address(operation), json=payload())

    shown = lead.get(f"/api/v1/results/{logged.json['id']}")

    assert logged.headers["ETag"] == shown.headers["ETag"]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_that_can_not_be_right_is_refused(lead, operation, day):
    body = payload("warrant", {"granted_on": day})

    assert lead.post(address(operation), json=body).status_code == 422


def test_the_database_plans_what_logs_a_result_once(session, log):
    for _ in range(12):
        log()

    planned = sa.text(
        "select statement ~* 'insert into result ' as logs, generic_plans > 0 as once"
        " from pg_prepared_statements"
        " where statement ~* 'insert into result |from likely_double|actor_roles'"
    )
    assert {row.once for row in session.execute(planned)} == {True}
