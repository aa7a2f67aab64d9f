"""What is changed reaches its address: all of it, in order, signed, and again until it does."""

import socket
import threading

import pytest
import sqlalchemy as sa

from ops import db
from ops.ledger.models import LogEntry
from ops.subscriptions import delivering, keeping, rules
from ops.subscriptions.models import Delivery, Subscription, SubscriptionPlace
from tests import factories


@pytest.fixture
def lead(house):
    """Somebody who leads."""
    return factories.person("lead")


def test_an_event_holds_ids_and_its_kind_and_no_more(house, receiver, lead):
    _, secret = house.subscribe(lead, receiver.address)
    operation = factories.operation()
    area = factories.area(operation, name="Moulton Street")

    house.deliver()

    first, second = receiver.told(secret)
    assert first["type"] == "operation.created"
    assert second == {
        "type": "area.created",
        "timestamp": second["timestamp"],
        "data": {"id": str(area.id), "kind": "area", "operation": str(operation.id)},
    }
    headers, body = receiver.deliveries[1]
    assert b"Moulton" not in body
    assert headers["Content-Type"] == "application/json"
    assert receiver.ids == [str(each.id) for each in house.deliveries()]
    assert house.states() == ["sent", "sent"]
    assert house.deliver() == 0


def test_what_was_changed_before_one_subscribed_is_not_told(house, receiver, lead):
    factories.operation()
    house.subscribe(lead, receiver.address)

    house.deliver()

    assert receiver.deliveries == []


def test_only_the_chosen_events_of_the_chosen_operations_are_told(house, receiver, lead):
    chosen, other = factories.operation(), factories.operation()
    _, secret = house.subscribe(
        lead, receiver.address, events=["area.created"], operations=[chosen.id]
    )
    factories.area(other)
    area = factories.area(chosen)
    factories.deployment(chosen)

    house.deliver()

    assert [each["data"]["id"] for each in receiver.told(secret)] == [str(area.id)]


def test_events_of_an_operation_keep_their_order_and_hold_up_no_other(house, receiver, lead):
    _, secret = house.subscribe(lead, receiver.address, events=["area.created"])
    stuck, free = factories.operation(), factories.operation()
    areas = [factories.area(each) for each in (stuck, stuck, free)]
    receiver.answers = [(500,)]

    house.deliver()

    assert house.states() == ["waiting", "waiting", "sent"]
    assert [each["data"]["id"] for each in receiver.told(secret)] == [
        str(areas[0].id),
        str(areas[2].id),
    ]
    house.be_due()
    house.deliver()
    assert [each["data"]["id"] for each in receiver.told(secret)[2:]] == [
        str(each.id) for each in areas[:2]
    ]
    assert receiver.ids[0] == receiver.ids[2]
    assert house.states() == ["sent"] * 3


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((500,), "answered 500"),
        ((302, ("Location", "http://127.0.0.1:1/")), "elsewhere (302)"),
        (("hang up",), "broke"),
    ],
)
def test_what_fails_waits_and_says_why(house, receiver, lead, answer, said):
    house.subscribe(lead, receiver.address)
    factories.operation()
    receiver.answers = [answer]

    house.deliver()

    [kept] = house.deliveries()
    assert (kept.state, kept.attempts) == ("waiting", 1)
    assert said in kept.error
    assert kept.next_at > kept.tried_at
    assert len(receiver.deliveries) == 1


def test_a_receiver_that_is_down_is_asked_once_and_gets_it_all_later(house, receiver, lead):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    house.subscribe(lead, f"http://127.0.0.1:{port}/")
    for _ in range(3):
        factories.operation()

    assert house.deliver() == 1

    refused, *others = house.deliveries()
    assert refused.error == "The receiver refused the connection."
    assert {each.attempts for each in others} == {0}
    with house.engine.begin() as connection:
        connection.execute(sa.update(Subscription).values(address=receiver.address))
    house.be_due()
    house.deliver()
    assert receiver.ids == [str(each.id) for each in house.deliveries()]


@pytest.mark.parametrize("says", [b"", b"HTTP/1.1 200 OK\r\nX: "])
def test_a_receiver_that_is_silent_or_dribbles_is_cut_off(house, lead, monkeypatch, says):
    monkeypatch.setattr(delivering.sending.Reach, "__init__", _hasty(delivering.sending.Reach))
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        dribbling = threading.Thread(target=_dribble, args=(server, says, over))
        dribbling.start()
        house.subscribe(lead, f"http://127.0.0.1:{server.getsockname()[1]}/")
        factories.operation()

        house.deliver()
        over.set()
        dribbling.join()

    [kept] = house.deliveries()
    assert kept.error == "The receiver did not answer in time."


def _hasty(reach):
    whole = reach.__init__

    def init(self, *words, **named):
        whole(self, *words, **named, deadline_s=0.3)

    return init


def _dribble(server, says, over):
    connection, _ = server.accept()
    with connection:
        connection.sendall(says)
        while not over.wait(0.05):
            if says:
                try:
                    connection.sendall(b"x")
                except OSError:
                    break


def test_who_is_killed_in_the_middle_sends_it_again_under_the_same_id(house, receiver, lead):
    house.subscribe(lead, receiver.address)
    factories.operation()
    receiver.answers = [("hold",)]
    sending = threading.Thread(target=_killed, args=(house,))
    sending.start()
    receiver.is_held.wait(30)

    with house.engine.begin() as connection:
        connection.execute(
            sa.text(
                "select pg_terminate_backend(pid) from pg_locks"
                " where relation = 'delivery'::regclass and mode = 'RowShareLock'"
                " and pid <> pg_backend_pid()"
            )
        )
    receiver.go_on.set()
    sending.join()
    house.engine.dispose()
    assert house.states() == ["waiting"]
    house.deliver()

    assert house.states() == ["sent"]
    assert len(receiver.ids) == 2
    assert len(set(receiver.ids)) == 1


def _killed(house):
    with pytest.raises(sa.exc.DBAPIError):
        house.deliver()


def test_many_at_once_send_each_once(house, receiver, lead):
    house.subscribe(lead, receiver.address, events=["area.created"])
    for _ in range(3):
        operation = factories.operation()
        for _ in range(3):
            factories.area(operation)
    several = [threading.Thread(target=house.deliver) for _ in range(4)]

    for each in several:
        each.start()
    for each in several:
        each.join()
    house.deliver()

    assert len(receiver.ids) == len(set(receiver.ids)) == 9
    assert set(house.states()) == {"sent"}


def test_while_one_is_on_its_way_nobody_else_sends_it_nor_what_follows(house, receiver, lead):
    house.subscribe(lead, receiver.address, events=["area.created"])
    operation = factories.operation()
    for _ in range(2):
        factories.area(operation)
    receiver.answers = [("hold",)]
    slow = threading.Thread(target=house.deliver)
    slow.start()
    receiver.is_held.wait(30)

    assert house.deliver() == 0
    receiver.go_on.set()
    slow.join()

    assert len(receiver.ids) == len(set(receiver.ids)) == 2


def test_the_place_moves_only_with_what_was_stored(house, receiver, lead, monkeypatch):
    house.subscribe(lead, receiver.address)
    factories.operation()
    before = db.session.scalar(sa.select(SubscriptionPlace.place))
    db.session.rollback()
    monkeypatch.setattr(delivering.collecting.rules, "event_of", _broken)

    with pytest.raises(RuntimeError):
        house.deliver()
    monkeypatch.undo()

    assert db.session.scalar(sa.select(SubscriptionPlace.place)) == before
    db.session.rollback()
    house.deliver()
    assert len(receiver.deliveries) == 1


def _broken(*_):
    raise RuntimeError("killed")


def test_what_keeps_failing_is_given_up_after_days_and_told(house, receiver, lead):
    house.subscribe(lead, receiver.address)
    factories.operation()
    receiver.answers = [(500,)]
    house.deliver()
    with house.engine.begin() as connection:
        connection.execute(sa.update(Delivery).values(created_at=sa.func.now() - rules.GIVE_UP))
    receiver.answers = [(500,)]

    house.be_due()
    house.deliver()

    assert house.states() == ["dead"]
    client = house.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {factories.token(lead)}"
    told = client.get("/to-do").text
    db.session.remove()
    assert "Deliveries given up" in told


def test_a_receiver_that_is_gone_for_good_is_left_alone(house, receiver, lead):
    house.subscribe(lead, receiver.address)
    factories.operation()
    receiver.answers = [(410,)]

    house.deliver()
    house.be_due()
    house.deliver()

    assert len(receiver.deliveries) == 1
    with house.engine.begin() as connection:
        assert "410" in connection.scalar(sa.select(Subscription.paused_because))


def test_records_are_told_where_that_is_allowed_and_each_is_a_disclosure(house, receiver, lead):
    operation = factories.operation(marking="OFFICIAL-SENSITIVE")
    _, secret = house.subscribe(
        lead,
        receiver.address,
        operations=[operation.id],
        events=["area.created"],
        with_records=True,
        recipient="The council",
        reason="Its duty board",
    )
    area = factories.area(operation, name="Moulton Street")

    house.deliver()

    [told] = receiver.told(secret)
    assert told["data"]["marking"] == "OFFICIAL-SENSITIVE"
    assert told["data"]["record"]["properties"]["name"] == "Moulton Street"
    [entry] = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == "disclosure"))
    assert (entry.actor, entry.recipient, entry.reason) == (
        lead.id,
        "The council",
        "Its duty board",
    )
    assert entry.seen == [{"kind": "area", "operation": str(operation.id), "ids": [str(area.id)]}]


def test_ids_alone_are_no_disclosure(house, receiver, lead):
    house.subscribe(lead, receiver.address)
    factories.operation()

    house.deliver()

    assert db.session.scalar(sa.select(LogEntry).where(LogEntry.act == "disclosure")) is None


def test_a_disclosure_stands_in_the_log_before_anything_has_left(house, receiver, lead):
    house.subscribe(
        lead, receiver.address, with_records=True, recipient="The council", reason="Its board"
    )
    factories.operation()
    receiver.answers = [("hold",)]
    slow = threading.Thread(target=house.deliver)
    slow.start()
    receiver.is_held.wait(30)

    logged = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == "disclosure")).all()
    receiver.go_on.set()
    slow.join()

    assert len(logged) == 1


def test_a_secret_that_was_replaced_signs_beside_the_new_one(house, receiver, lead):
    subscription, before = house.subscribe(lead, receiver.address)
    with house.as_person(lead):
        after = keeping.rotate(subscription)
    factories.operation()

    house.deliver()

    assert receiver.told(before) == receiver.told(after)
    with house.engine.begin() as connection:
        kept = connection.scalars(sa.text("select secret from subscription_secret")).all()
        told = connection.scalars(sa.text("select change::text from change")).all()
    assert not [each for each in kept if before.encode() in each or after.encode() in each]
    assert not [each for each in told if before in each or after in each]


def test_of_one_whose_turn_is_over_the_rest_waits(house, receiver, lead, monkeypatch):
    house.subscribe(lead, receiver.address)
    for _ in range(2):
        factories.operation()
    monkeypatch.setattr(delivering, "A_TURN_S", 0)

    assert [house.deliver() for _ in range(3)] == [1, 1, 0]


def test_what_was_settled_a_month_ago_is_forgotten_and_what_waits_is_not(house, receiver, lead):
    house.subscribe(lead, receiver.address, events=["area.created"])
    for _ in range(2):
        factories.area(factories.operation())
    receiver.answers = [(500,)]
    house.deliver()
    long_ago = sa.func.now() - delivering.KEPT - delivering.KEPT
    with house.engine.begin() as connection:
        connection.execute(sa.update(Delivery).values(created_at=long_ago))

    assert delivering.forget(house.engine) == 1

    assert house.states() == ["waiting"]
