"""Adds and changes subscriptions; each is its owner's, whose administrator can only stop it."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from typing import Any

import flask
import sqlalchemy as sa
from sqlalchemy import orm

from ops import db
from ops.access import guard
from ops.config import Settings
from ops.errors import Conflict, Forbidden, Invalid, Missing, Refused
from ops.ledger import feed
from ops.subscriptions import queries, rules, signing
from ops.subscriptions.models import (
    Delivery,
    Subscription,
    SubscriptionOperation,
    SubscriptionPlace,
    SubscriptionSecret,
)

# Each is looked at in every pass.
MOST_OF_ONE = 20
OWN_HAND = "Its owner paused it."
ADMINISTRATOR = "An administrator paused it."


def add(content: Mapping[str, Any]) -> tuple[uuid.UUID, str]:
    """Make a subscription, told what is changed from now on, and give its secret, this once."""
    me = guard.actor()
    told = {**content, "operations": content.get("operations", [])}
    operations = _checked(told)
    with db.transaction():
        mine = sa.select(sa.func.count()).where(
            Subscription.person_id == me.id, Subscription.removed_at.is_(None)
        )
        if (db.session.scalar(mine) or 0) >= MOST_OF_ONE:
            raise Conflict(f"Nobody has more than {MOST_OF_ONE} subscriptions; remove one first.")
        made = Subscription(id=db.new_id(), person_id=me.id, **told)
        db.session.add(made)
        db.session.flush()
        _name(made.id, operations)
        [here] = db.session.execute(queries.NOW)
        place = feed.turn(None, [], 0, here, dt.datetime.now(dt.UTC))[1]
        db.session.add(SubscriptionPlace(subscription_id=made.id, place=str(place)))
        secret = _make_secret(made.id)
    return made.id, secret


def own(subscription_id: uuid.UUID) -> Subscription:
    """Fetch a subscription of whoever asks, to change it."""
    found = _seen(subscription_id)
    if found.person_id != guard.actor().id:
        raise Forbidden("This is somebody else's; you can pause or remove it.")
    return found


def change(found: Subscription, content: Mapping[str, Any]) -> None:
    """Change a subscription, as part of the caller's transaction."""
    now_of = db.session.scalars(
        sa.select(SubscriptionOperation.operation_id).where(
            SubscriptionOperation.subscription_id == found.id
        )
    ).all()
    kept = {
        name: getattr(found, name)
        for name in ("address", "all_operations", "with_records", "recipient", "reason")
    }
    told = {**kept, "operations": now_of, **content}
    operations = _checked(told)
    for name, value in told.items():
        setattr(found, name, value)
    if set(operations) != set(now_of):
        db.session.execute(
            sa.delete(SubscriptionOperation).where(
                SubscriptionOperation.subscription_id == found.id
            )
        )
        _name(found.id, operations)
        # What it is of is part of it, so that nobody changes it from an older reading.
        orm.attributes.flag_modified(found, "all_operations")


def pause(subscription_id: uuid.UUID) -> None:
    """Send nothing more until it is resumed; what is changed meanwhile is told then."""
    with db.transaction():
        found = _seen(subscription_id)
        if found.paused_at is None:
            found.paused_at = dt.datetime.now(dt.UTC)
            is_own = found.person_id == guard.actor().id
            found.paused_because = OWN_HAND if is_own else ADMINISTRATOR


def resume(subscription_id: uuid.UUID) -> None:
    """Go on from where it was paused."""
    with db.transaction():
        found = _seen(subscription_id)
        is_own = found.person_id == guard.actor().id
        if found.paused_because == ADMINISTRATOR and not guard.may("administer"):
            raise Refused("An administrator paused it; ask them to resume it.")
        if not is_own and found.paused_because != ADMINISTRATOR:
            raise Forbidden("This is somebody else's; they resume it themselves.")
        found.paused_at = found.paused_because = None


def remove(subscription_id: uuid.UUID) -> None:
    """End a subscription for good; that it was there stays in the ledger."""
    with db.transaction():
        _seen(subscription_id).removed_at = dt.datetime.now(dt.UTC)


def rotate(subscription_id: uuid.UUID) -> str:
    """Make a new secret and give it, this once; the one before signs too for a day."""
    with db.transaction():
        found = own(subscription_id)
        now = dt.datetime.now(dt.UTC)
        standing = SubscriptionSecret.__table__.c
        db.session.execute(
            sa.update(SubscriptionSecret)
            .where(standing.subscription_id == found.id, standing.ends_at.is_(None))
            .values(ends_at=now + rules.SECRET_OVERLAP)
            .execution_options(synchronize_session=False)
        )
        return _make_secret(found.id)


def test(subscription_id: uuid.UUID) -> uuid.UUID:
    """Send something that tells nothing, to see whether it arrives."""
    with db.transaction():
        found = own(subscription_id)
        made = Delivery(id=db.new_id(), subscription_id=found.id, event=rules.TEST)
        db.session.add(made)
    return made.id


def redeliver(delivery_id: uuid.UUID) -> uuid.UUID:
    """Send once more what was delivered or given up, under its id; give its subscription."""
    with db.transaction():
        held = sa.select(Delivery).where(Delivery.id == delivery_id)
        if db.session.scalar(held) is None:
            raise Missing("There is no such delivery.")
        found = db.session.scalar(held.with_for_update(skip_locked=True))
        if found is None:
            raise Refused("It is on its way right now; look again in a moment.")
        own(found.subscription_id)
        if found.state == "withheld":
            raise Refused("It was not sent, since you did not see what it is of any more.")
        if found.state != "waiting":
            found.state, found.attempts = "waiting", 0
        found.next_at = dt.datetime.now(dt.UTC)
    return found.subscription_id


def _seen(subscription_id: uuid.UUID) -> Subscription:
    found = db.session.scalar(queries.to_change(subscription_id))
    if found is None:
        raise Missing("There is no such subscription.")
    return found


def _checked(told: dict[str, Any]) -> list[uuid.UUID]:
    """Refuse what a subscription can't be, and take the operations that it names out of it."""
    settings = _settings()
    networks = rules.read_networks(settings.webhook_networks)
    rules.check_address(told["address"], networks, with_http=settings.webhook_http)
    operations = list(dict.fromkeys(told.pop("operations")))
    if bool(operations) == told["all_operations"]:
        said = "Name the operations it is of, or choose all that you see."
        raise Invalid(said, {"operations": [said]})
    hidden = set(operations) - set(db.session.scalars(queries.seen(operations)))
    if hidden:
        said = "There is no such operation."
        raise Invalid(said, {"operations": [said]})
    if not told.get("with_records"):
        told["recipient"] = told["reason"] = None
    elif not guard.may("share"):
        raise Forbidden("Your role allows ids and kinds alone; ask a lead or an administrator.")
    else:
        _require(told, {"recipient": "Say who gets the records.", "reason": "Say what for."})
    return operations


def _require(told: Mapping[str, Any], fields: Mapping[str, str]) -> None:
    if errors := {name: [said] for name, said in fields.items() if not told.get(name)}:
        raise Invalid("Records are handed out to somebody, for a reason.", errors)


def _name(subscription_id: uuid.UUID, operations: Collection[uuid.UUID]) -> None:
    db.session.add_all(
        SubscriptionOperation(subscription_id=subscription_id, operation_id=each)
        for each in operations
    )


def _make_secret(subscription_id: uuid.UUID) -> str:
    key = _settings().secret_key
    if not key:
        raise Refused(
            "This server has no secret key, so it can't keep what deliveries are signed with."
        )
    secret = signing.new_secret()
    sealed = signing.seal(key, secret, subscription_id)
    db.session.execute(
        sa.insert(SubscriptionSecret).values(
            id=db.new_id(), subscription_id=subscription_id, secret=sealed
        )
    )
    return secret


def _settings() -> Settings:
    settings: Settings = flask.current_app.config["SETTINGS"]
    return settings
