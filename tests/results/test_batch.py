"""Batches: each item is judged alone, and one that is wrong never spoils the rest."""

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops import db
from ops.results.models import Result
from tests import factories
from tests.results.conftest import SMALLEST, payload

IDS = [f"0193e9a0-1111-7222-8333-44445555000{number}" for number in range(6)]


def send(client, *items):
    reply = client.post("/api/v1/results/batch", json={"items": items})
    assert reply.status_code == 207, reply.text
    return reply.json["items"]


def outcomes(items):
    return [item["outcome"] for item in items]


@pytest.fixture
def item(operation):
    """Give an item for the operation."""

    def make(kind="arrest", detail=None, **fields):
        return payload(kind, detail, **({"operation": str(operation.id)} | fields))

    return make


def test_results_of_every_kind_and_of_several_operations_go_together(lead, item):
    other = factories.operation()

    judged = send(lead, *(item(kind) for kind in SMALLEST), item(operation=str(other.id)))

    assert outcomes(judged) == ["created"] * (len(SMALLEST) + 1)
    assert [each["result"]["kind"] for each in judged] == [*SMALLEST, "arrest"]
    assert judged[-1]["result"]["operation"] == str(other.id)


def test_each_item_is_judged_alone(lead, item, operation):
    closed = factories.operation(status="draft")
    send(lead, item(id=IDS[0]), item(id=IDS[1]))

    judged = send(
        lead,
        item(id=IDS[0]),
        item(id=IDS[1], note="Other content"),
        item(id=IDS[2]),
        item(id=IDS[3], detail={"reason": "nonsense"}),
        item(id=IDS[4], operation=str(closed.id)),
        item(id=IDS[5], operation=str(uuid.uuid4())),
        {"kind": "arrest"},
        item("seizure", {"parent": str(uuid.uuid4())}),
        item(occurred_at="2099-01-01T00:00:00Z"),
        item(credits=[str(uuid.uuid4())]),
    )

    assert outcomes(judged) == [
        "replayed",
        "conflict",
        "created",
        *["refused"] * 4,
        "waiting",
        *["refused"] * 2,
    ]
    assert "errors" in judged[3]["problem"]
    assert judged[5]["problem"]["status"] == 404
    assert "ask its lead to log it" in judged[5]["problem"]["detail"]
    assert all(each["problem"]["detail"] for each in judged[3:])


def test_the_same_item_twice_is_created_and_replayed(lead, item):
    judged = send(lead, item(id=IDS[0]), item(id=IDS[0]), item(id=IDS[0], note="Other"))

    assert outcomes(judged) == ["created", "replayed", "conflict"]
    assert judged[0]["result"] == judged[1]["result"]


def test_a_second_try_under_an_id_stands_where_the_first_was_refused(lead, item):
    wrong = item("seizure", {"parent": str(uuid.uuid4())}, id=IDS[0])

    judged = send(lead, wrong, item(id=IDS[0]))

    assert outcomes(judged) == ["waiting", "created"]


def test_what_came_too_early_is_logged_once_the_other_has_come(lead, item, session):
    early = item("seizure", {"parent": IDS[1]}, id=IDS[0])

    [first] = send(lead, early)
    [again] = send(lead, early)
    judged = send(lead, early, item("seizure", {"category": "package"}, id=IDS[1]))
    repeated = send(lead, early)

    assert (first["outcome"], first["waits_for"]) == ("waiting", [IDS[1]])
    assert "send it again once that one has come" in first["problem"]["detail"]
    assert again == first
    assert outcomes(judged) == ["created", "created"]
    assert outcomes(repeated) == ["replayed"]
    assert session.scalar(sa.select(sa.func.count()).select_from(Result)) == 2


def test_what_hangs_on_one_that_is_refused_waits_and_the_rest_is_logged(lead, item):
    judged = send(
        lead,
        item("seizure", {"parent": IDS[1]}, id=IDS[0]),
        item("seizure", {"category": "nonsense"}, id=IDS[1]),
        item("line_closure", {"type": "type_1", "arrest": IDS[4]}, id=IDS[2]),
        item(id=IDS[3]),
    )

    assert outcomes(judged) == ["waiting", "refused", "waiting", "created"]


def test_a_hidden_record_is_waited_for_like_one_that_is_not_there(lead, client_as, item):
    hidden = factories.operation(visibility="covert")
    insider = client_as("officer")
    factories.member(hidden, insider.person)
    send(insider, item("seizure", {"category": "package"}, id=IDS[1], operation=str(hidden.id)))

    judged = send(
        lead,
        item("seizure", {"parent": IDS[1]}, id=IDS[0]),
        item("seizure", {"parent": IDS[2]}, id=IDS[3]),
    )

    assert outcomes(judged) == ["waiting", "waiting"]
    assert judged[0]["problem"] == judged[1]["problem"]


def test_a_replay_is_answered_whatever_became_of_what_it_hangs_on(lead, client_as, item, session):
    closure = item("line_closure", {"line": IDS[1]}, id=IDS[0])
    send(lead, item("line", id=IDS[1]), closure)
    hidden = factories.operation(visibility="covert")
    move = "update result set operation_id = :to, audience_id = :to where id = :id"
    session.execute(sa.text(move), {"to": hidden.id, "id": uuid.UUID(IDS[1])})
    session.commit()

    assert outcomes(send(lead, closure)) == ["replayed"]


def test_what_happened_before_an_operation_was_closed_is_taken_late_and_says_so(lead, item):
    early_end = factories.operation(status="closed", ends_at=dt.datetime(2199, 1, 1, tzinfo=dt.UTC))
    live = factories.operation(ends_at=dt.datetime(2199, 1, 1, tzinfo=dt.UTC))

    judged = send(lead, item(operation=str(early_end.id)), item(operation=str(live.id)))

    assert outcomes(judged) == ["created", "created"]
    assert [each["result"]["late"] for each in judged] == [True, False]


def test_whoever_was_removed_from_an_operation_is_told_what_to_do(client_as, item):
    officer = client_as("officer")
    closed_to_them = factories.operation(visibility="restricted")
    now = dt.datetime.now(dt.UTC)
    factories.member(closed_to_them, officer.person, revoked_at=now)

    [judged] = send(officer, item(operation=str(closed_to_them.id)))

    assert judged["outcome"] == "refused"
    assert "do not belong to it any more" in judged["problem"]["detail"]


def clocked(client, fast, *items):
    """Send with a clock that is so fast."""
    sent_at = dt.datetime.now(dt.UTC) + fast
    sent = {"items": items, "sent_at": sent_at.isoformat()}
    reply = client.post("/api/v1/results/batch", json=sent)
    assert reply.status_code == 207, reply.text
    return reply.json["items"]


HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("fast", "claimed", "moved", "said"),
    [
        (0 * HOUR, -HOUR, 0 * HOUR, None),
        (3 * HOUR, -HOUR, 0 * HOUR, "was 3 hours fast; check the time."),
        (3 * HOUR, 2 * HOUR, -3 * HOUR, "was 3 hours fast. It gave "),
        (-3 * HOUR, -4 * HOUR, 0 * HOUR, "was 3 hours slow; check the time."),
        (-9000 * HOUR, -9001 * HOUR, 9000 * HOUR, "was 375 days slow. It gave "),
    ],
)
def test_a_clock_that_is_wrong_is_put_right_where_it_must_and_told(
    lead, item, fast, claimed, moved, said
):
    then = dt.datetime.now(dt.UTC) + claimed
    sent = item(occurred_at=then.isoformat(), id=IDS[0])

    [judged] = clocked(lead, fast, sent)

    assert judged["outcome"] == "created", judged
    record = judged["result"]
    assert abs(record["clock_offset_s"] - fast.total_seconds()) <= 60
    there = dt.datetime.fromisoformat(record["occurred_at"])
    assert abs(there - (then + moved)) <= dt.timedelta(minutes=1)
    kept = record["claimed_at"] and dt.datetime.fromisoformat(record["claimed_at"])
    assert kept == (then if moved else None)
    assert [each for each in record["remarks"] if "clock" in each] == (
        [each for each in record["remarks"] if said in each] if said else []
    )
    assert (said is None) == (not any("clock" in each for each in record["remarks"]))
    # Sent again by a clock that was put right, it is the same.
    assert outcomes(clocked(lead, 0 * HOUR, sent)) == ["replayed"]


def test_what_is_to_come_is_refused_where_the_clock_is_right(lead, item):
    then = (dt.datetime.now(dt.UTC) + 2 * HOUR).isoformat()

    [judged] = clocked(lead, 0 * HOUR, item(occurred_at=then))

    assert judged["outcome"] == "refused"


def test_what_a_record_refers_to_may_come_after_it(lead, item):
    judged = send(
        lead,
        item("seizure", {"parent": IDS[1]}, id=IDS[0]),
        item("seizure", {"parent": IDS[2], "category": "package"}, id=IDS[1]),
        item("seizure", {"category": "package"}, id=IDS[2]),
        item("line_closure", {"line": IDS[4], "arrest": IDS[5]}, id=IDS[3]),
        item("line", id=IDS[4]),
        item("arrest", id=IDS[5]),
    )

    assert outcomes(judged) == ["created"] * 6
    ancestors = sa.text("select ancestors from seizure where result_id = :id")
    assert db.session.scalar(ancestors, {"id": IDS[0]}) == [uuid.UUID(IDS[2]), uuid.UUID(IDS[1])]


def test_a_ring_of_references_is_never_logged(lead, item):
    judged = send(
        lead,
        item("seizure", {"parent": IDS[1]}, id=IDS[0]),
        item("seizure", {"parent": IDS[0]}, id=IDS[1]),
        item(id=IDS[2]),
    )

    assert outcomes(judged) == ["waiting", "waiting", "created"]


def test_a_batch_sent_again_adds_nothing(lead, item, session):
    items = [item(kind, id=key) for kind, key in zip(SMALLEST, IDS, strict=False)]
    send(lead, *items)

    judged = send(lead, *items)

    assert outcomes(judged) == ["replayed"] * len(items)
    assert session.scalar(sa.select(sa.func.count()).select_from(Result)) == len(items)


def test_two_hundred_results_take_a_few_statements(lead, item, statements):
    items = [item(kind) for kind in SMALLEST for _ in range(200 // len(SMALLEST))]

    with statements.counted() as seen:
        judged = send(lead, *items)

    assert set(outcomes(judged)) == {"created"}
    # A statement and a savepoint a kind, the person, and the names of the actor.
    assert len(seen) <= 3 * len(SMALLEST) + 3


@pytest.mark.parametrize("items", [[], [{}] * 201, "all", None])
def test_a_batch_has_one_to_two_hundred_items(lead, session, items):
    assert lead.post("/api/v1/results/batch", json={"items": items}).status_code == 422


@pytest.mark.parametrize("role", ["analyst", "auditor", "desk"])
def test_a_batch_adds_nothing_for_those_who_may_not_log(client_as, item, session, role):
    [judged] = send(client_as(role), item())

    assert (judged["outcome"], judged["problem"]["status"]) == ("refused", 403)
    assert session.scalar(sa.select(sa.func.count()).select_from(Result)) == 0


def test_each_item_is_judged_by_what_somebody_is_in_its_operation(client_as, item, session):
    desk = client_as("desk")
    of_theirs, of_others = factories.operation(), factories.operation(visibility="covert")
    factories.member(of_theirs, desk.person, "officer")

    judged = send(
        desk, item(), item(operation=str(of_theirs.id)), item(operation=str(of_others.id))
    )

    assert outcomes(judged) == ["refused", "created", "refused"]
    assert [each["problem"]["status"] for each in (judged[0], judged[2])] == [403, 404]
    assert session.scalars(sa.select(Result.operation_id)).all() == [of_theirs.id]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(plan=st.lists(st.tuples(st.sampled_from(IDS[:3]), st.booleans(), st.booleans()), max_size=8))
def test_any_batch_comes_out_as_its_items_would_one_by_one(lead, item, session, plan):
    items = [
        item(id=key, **({"note": "Other"} if is_other else {}))
        | ({"detail": {}} if is_broken else {})
        for key, is_other, is_broken in plan
    ]
    one_by_one = [send(lead, each)[0]["outcome"] for each in items]
    empty(session)

    together = outcomes(send(lead, *items)) if items else []
    empty(session)

    assert together == one_by_one


def empty(session):
    session.execute(sa.text("truncate result cascade"))
    session.commit()
