"""The API of subscriptions: who is told what was changed, and what became of it."""

import uuid
from http import HTTPStatus
from typing import Any

from flask.views import MethodView

from ops import api, db
from ops.access import guard, sessions
from ops.api import Blueprint
from ops.errors import Missing
from ops.ledger.consultation import saw, saw_each
from ops.subscriptions import keeping, queries, schemas
from ops.subscriptions.models import Subscription

blp = Blueprint("subscriptions", __name__, description="Webhooks on what is changed")


@blp.route("/subscriptions")
class Subscriptions(MethodView):
    @blp.arguments(api.PageSchema, location="query")
    @blp.response(200, schemas.SubscriptionSchema(many=True))
    def get(self, asked: dict[str, Any]) -> Any:
        """List one's own subscriptions, and for an administrator that others have some"""
        guard.require("subscribe")
        rows, headers = api.page(
            queries.subscriptions(guard.actor().id, {}),
            [Subscription.created_at, Subscription.id],
            limit=asked["limit"],
            cursor=asked.get("cursor"),
            descending=True,
        )
        saw("subscription", [row.id for row in rows])
        return [_told(row) for row in rows], headers

    @blp.arguments(schemas.SubscriptionPlanSchema)
    @blp.response(201, schemas.NewSubscriptionSchema)
    @blp.alt_response(404, schema=api.ProblemSchema, content_type=api.PROBLEM)
    def post(self, content: dict[str, Any]) -> Any:
        """Subscribe an address to what is changed from now on

        In a browser, the password must have been given within a quarter of an hour. The reply
        has the secret that deliveries are signed with; it is not shown again.
        """
        _require_proof()
        subscription_id, secret = keeping.add(content)
        return _shown(subscription_id) | {"secret": secret}


@blp.route("/subscriptions/<uuid:subscription_id>")
class SubscriptionById(MethodView):
    @blp.response(200, schemas.SubscriptionSchema)
    def get(self, subscription_id: uuid.UUID) -> Any:
        """Show a subscription"""
        guard.require("subscribe")
        found = _shown(subscription_id)
        return found, HTTPStatus.OK, blp.version_tag(found["version"])

    @blp.etag
    @blp.arguments(schemas.SubscriptionChangeSchema)
    @blp.response(200, schemas.SubscriptionSchema)
    def patch(self, content: dict[str, Any], subscription_id: uuid.UUID) -> Any:
        """Change where it is sent, what it is of, or how much it tells

        In a browser, the password must have been given within a quarter of an hour.
        """
        _require_proof()
        with db.transaction():
            found = keeping.own(subscription_id)
            blp.check_etag(found.version)
            keeping.change(found, content)
        blp.set_etag(found.version)
        return _shown(subscription_id)

    @blp.response(204)
    def delete(self, subscription_id: uuid.UUID) -> None:
        """Remove a subscription: nothing more is sent, not even what waits"""
        guard.require("subscribe")
        keeping.remove(subscription_id)


@blp.route("/subscriptions/<uuid:subscription_id>/pause")
class SubscriptionPause(MethodView):
    @blp.response(200, schemas.SubscriptionSchema)
    def post(self, subscription_id: uuid.UUID) -> Any:
        """Send nothing until it is resumed"""
        guard.require("subscribe")
        keeping.pause(subscription_id)
        return _shown(subscription_id)


@blp.route("/subscriptions/<uuid:subscription_id>/resume")
class SubscriptionResume(MethodView):
    @blp.response(200, schemas.SubscriptionSchema)
    def post(self, subscription_id: uuid.UUID) -> Any:
        """Go on from where it was paused; nothing that its owner may see is left out

        What an administrator paused, an administrator resumes.
        """
        guard.require("subscribe")
        keeping.resume(subscription_id)
        return _shown(subscription_id)


@blp.route("/subscriptions/<uuid:subscription_id>/secret")
class SubscriptionNewSecret(MethodView):
    @blp.response(201, schemas.SecretSchema)
    def post(self, subscription_id: uuid.UUID) -> Any:
        """Make a new secret; for a day deliveries are signed with the one before too

        In a browser, the password must have been given within a quarter of an hour.
        """
        _require_proof()
        return {"secret": keeping.rotate(subscription_id)}


@blp.route("/subscriptions/<uuid:subscription_id>/test")
class SubscriptionTest(MethodView):
    @blp.response(202, schemas.DeliverySchema)
    def post(self, subscription_id: uuid.UUID) -> Any:
        """Send an event that tells nothing, to see whether it arrives"""
        guard.require("subscribe")
        return _delivery(subscription_id, keeping.test(subscription_id))


@blp.route("/subscriptions/<uuid:subscription_id>/deliveries")
class Deliveries(MethodView):
    @blp.arguments(schemas.DeliveryFilterSchema, location="query")
    @blp.response(200, schemas.DeliverySchema(many=True))
    def get(self, filters: dict[str, Any], subscription_id: uuid.UUID) -> Any:
        """List the deliveries of one's own subscription, the newest first"""
        guard.require("subscribe")
        keeping.own(subscription_id)
        rows, headers = api.page(
            queries.deliveries(subscription_id, filters),
            queries.DELIVERY_KEYS,
            limit=filters["limit"],
            cursor=filters.get("cursor"),
            descending=True,
        )
        saw_each("delivery", [(row.operation_id, row.id) for row in rows])
        return [row._mapping for row in rows], headers


@blp.route("/deliveries/<uuid:delivery_id>/redeliver")
class DeliveryAgain(MethodView):
    @blp.response(202, schemas.DeliverySchema)
    def post(self, delivery_id: uuid.UUID) -> Any:
        """Send once more what was delivered or given up, under the same id"""
        guard.require("subscribe")
        return _delivery(keeping.redeliver(delivery_id), delivery_id)


def _require_proof() -> None:
    """Refuse whoever may not subscribe, or did not prove lately who they are."""
    guard.require("subscribe")
    sessions.require_confirmed_in_browser(guard.actor())


def _delivery(subscription_id: uuid.UUID, delivery_id: uuid.UUID) -> Any:
    query = queries.deliveries(subscription_id, {"id": delivery_id})
    return db.session.execute(query).one()._mapping


def _shown(subscription_id: uuid.UUID) -> dict[str, Any]:
    query = queries.subscriptions(guard.actor().id, {"id": subscription_id})
    found = db.session.execute(query).one_or_none()
    if found is None:
        raise Missing("There is no such subscription.")
    return _told(found)


def _told(row: Any) -> dict[str, Any]:
    """Tell of somebody else's subscription whose it is, where it goes and how it stands."""
    told = dict(row._mapping)
    if not row.is_own:
        told |= {"events": [], "operations": [], "recipient": None, "reason": None}
        told |= {"waiting": 0, "dead": 0, "sent_at": None}
    return told
