"""Sends what is to be delivered: at least once, in the order of each operation.

A delivery is held by its row lock while it is on its way, so that however many do this, each is
on its way once; whoever is killed lets go of it, and it is sent again under its id.
"""

import dataclasses
import datetime as dt
import logging
import secrets
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

import orjson
import sqlalchemy as sa

from ops.access import rules as rights
from ops.config import Settings
from ops.subscriptions import collecting, composing, queries, rules, sending, signing
from ops.subscriptions.models import Delivery, Subscription

logger = logging.getLogger(__name__)

# Subscriptions that are served at once, so that a receiver that is slow keeps no other waiting.
AT_ONCE = 4
# And of one, before the others have their turn again: so many, or for so long.
A_TURN = 200
A_TURN_S = 30.0
# A receiver that is not there is asked for nothing else meanwhile.
UNREACHABLE = dt.timedelta(minutes=1)
# How long it can be looked up, and sent again, that something was delivered.
KEPT = dt.timedelta(days=31)
GONE = "The receiver answered that it is gone (410), so nothing more is sent to it."
UNTOLD = "It could not be put together here; ask whoever runs the tracker."
_LOG = sa.text(
    "select set_config('ops.actor', :actor, true), log_access('disclosure',"
    " 'subscriptions.deliver', cast(:seen as jsonb), '{}', :recipient, :reason)"
)
_RANDOM = secrets.SystemRandom()


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of one try; without an answer, `status` is None."""

    error: str | None = None
    status: int | None = None
    put_off: dt.timedelta = dt.timedelta()


def deliver(engine: sa.Engine, settings: Settings) -> int:
    """Store what is new, send what is due, and count what was tried."""
    collecting.collect(engine)
    with engine.begin() as connection:
        waiting = connection.scalars(queries.with_something_due(rights.MAY["subscribe"])).all()
    if not waiting:
        return 0
    with ThreadPoolExecutor(AT_ONCE) as several:
        return sum(several.map(lambda each: _take_turn(engine, settings, each), waiting))


def forget(engine: sa.Engine) -> int:
    """Forget what was settled long ago, and count it; what was handed out is in the log."""
    over = (Delivery.state.in_(("sent", "withheld")), Delivery.created_at < sa.func.now() - KEPT)
    with engine.begin() as connection:
        return connection.execute(sa.delete(Delivery).where(*over)).rowcount


def _take_turn(engine: sa.Engine, settings: Settings, subscription_id: uuid.UUID) -> int:
    until = time.monotonic() + A_TURN_S
    tried = 0
    while _try_next(engine, settings, subscription_id):
        tried += 1
        if tried == A_TURN or time.monotonic() >= until:
            break
    return tried


def _try_next(engine: sa.Engine, settings: Settings, subscription_id: uuid.UUID) -> bool:
    """Try the next delivery that is due; say whether there was one."""
    with engine.begin() as connection:
        held = connection.execute(
            queries.due(subscription_id, rights.MAY["subscribe"])
        ).one_or_none()
        if held is None:
            return False
        try:
            # Undone alone, so that what can't be told now is tried again like what can't be sent.
            with connection.begin_nested():
                event = _event(connection, held)
        except Exception as error:
            logger.error("delivery %s can't be put together: %s", held.id, type(error).__name__)
            _keep(connection, held, Outcome(UNTOLD))
            return True
        if event is None:
            _settle(connection, held, state="withheld", error=None)
            return True
        if event.seen is not None:
            # In a transaction of its own, which stands before anything has left.
            with engine.begin() as before:
                _log(before, held, event.seen)
        found = connection.scalars(queries.secrets(subscription_id)).all()
        _keep(connection, held, _send(held, event, found, settings))
    return True


def _event(connection: sa.Connection, held: Any) -> composing.Event | None:
    if held.change_id is None:
        return composing.test(held.created_at)
    connection.execute(queries.as_owner(held.person_id))
    # Whoever may not share any more tells ids alone.
    with_record = held.with_records and rights.may(held.role, "share")
    event = composing.event(connection, held, with_record=with_record)
    connection.execute(queries.AS_OURSELVES)
    return event


def _log(connection: sa.Connection, held: Any, seen: Sequence[Any]) -> None:
    connection.execute(
        _LOG,
        {
            "actor": str(held.person_id),
            "seen": orjson.dumps(seen).decode(),
            "recipient": held.recipient,
            "reason": held.reason,
        },
    )


def _send(
    held: Any, event: composing.Event, sealed: Sequence[bytes], settings: Settings
) -> Outcome:
    opened = [signing.unseal(settings.secret_key, each, held.subscription_id) for each in sealed]
    holding = [each for each in opened if each is not None]
    if not holding:
        return Outcome("Its secret can't be opened here; make a new one.")
    headers = signing.headers(held.id, dt.datetime.now(dt.UTC), event.body, holding)
    headers["Content-Type"] = "application/json"
    reach = sending.Reach(
        rules.read_networks(settings.webhook_networks), with_http=settings.webhook_http
    )
    try:
        reply = sending.post(held.address, headers, event.body, reach)
    except sending.Unsent as unsent:
        return Outcome(str(unsent))
    return Outcome(_fault(reply.status), reply.status, reply.put_off)


def _fault(status: int) -> str | None:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    if status == HTTPStatus.GONE:
        return GONE
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return f"The receiver sent us elsewhere ({status}), where we don't go."
    return f"The receiver answered {status}."


def _keep(connection: sa.Connection, held: Any, outcome: Outcome) -> None:
    """Write down what became of it, and when it is tried again."""
    now = dt.datetime.now(dt.UTC)
    said = {
        "attempts": held.attempts + 1,
        "tried_at": now,
        "status": outcome.status,
        "error": outcome.error,
    }
    if outcome.error is None:
        _settle(connection, held, state="sent", **said)
        return
    if outcome.status == HTTPStatus.GONE:
        _pause(connection, held.subscription_id)
    if rules.is_over(held.created_at, now):
        _settle(connection, held, state="dead", **said)
        logger.warning("delivery %s was given up after %d tries", held.id, said["attempts"])
        return
    again = rules.next_try(said["attempts"], now, _RANDOM.uniform(-1, 1), outcome.put_off)
    _settle(connection, held, next_at=again, **said)
    if outcome.status is None:
        connection.execute(queries.postponed(held.subscription_id, min(again, now + UNREACHABLE)))


def _settle(connection: sa.Connection, held: Any, **values: Any) -> None:
    connection.execute(sa.update(Delivery).where(Delivery.id == held.id).values(values))


def _pause(connection: sa.Connection, subscription_id: uuid.UUID) -> None:
    connection.execute(
        sa.update(Subscription)
        .where(Subscription.id == subscription_id, Subscription.paused_at.is_(None))
        .values(paused_at=sa.func.now(), paused_because=GONE, version=Subscription.version + 1)
    )
