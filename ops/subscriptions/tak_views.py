"""The API of the TAK feed of an operation."""

import datetime as dt
import uuid
from typing import Any

import flask
from flask.views import MethodView

from ops import db
from ops.access import guard
from ops.api import Blueprint
from ops.errors import Refused
from ops.ledger.consultation import saw
from ops.operations.models import Operation
from ops.subscriptions import cot, schemas
from ops.subscriptions.tak_models import TakFeed

blp = Blueprint("tak", __name__, description="Operations on a TAK server")


@blp.route("/operations/<uuid:operation_id>/tak")
@blp.etag
class OperationTak(MethodView):
    @blp.response(200, schemas.TakFeedSchema)
    def get(self, operation_id: uuid.UUID) -> Any:
        """Show whether an operation is fed to the TAK server, and what of it"""
        guard.require("share", operation_id)
        return _shown(operation_id)

    @blp.arguments(schemas.TakSwitchSchema)
    @blp.response(200, schemas.TakFeedSchema)
    def put(self, content: dict[str, Any], operation_id: uuid.UUID) -> Any:
        """Switch the feed of an operation on, off, or to other things

        It shows what whoever switched it last sees, and nothing once they don't lead any more.
        """
        guard.require("share", operation_id)
        with db.transaction():
            operation = db.find(Operation, operation_id, "operation")
            found = db.session.get(TakFeed, operation_id)
            blp.check_etag(_version(found))
            if content["is_on"] and operation.visibility == "covert":
                raise Refused("A covert operation is never fed to a TAK server.")
            if found is None:
                found = TakFeed(operation_id=operation_id)
                db.session.add(found)
            for name, value in content.items():
                setattr(found, name, value)
            found.switched_by = guard.actor().id
            found.switched_at = dt.datetime.now(dt.UTC)
        return _shown(operation_id)


def _version(found: TakFeed | None) -> int:
    return 0 if found is None else found.version


def _shown(operation_id: uuid.UUID) -> dict[str, Any]:
    operation = db.find(Operation, operation_id, "operation")
    found = db.session.get(TakFeed, operation_id)
    settings = flask.current_app.config["SETTINGS"]
    saw("operation", [operation_id])
    blp.set_etag(_version(found))
    return {
        "is_on": found is not None and found.is_on,
        "with_areas": True if found is None else found.with_areas,
        "kinds": list(cot.TYPES) if found is None else found.kinds,
        "switched_at": found and found.switched_at,
        "has_server": bool(settings.tak_url),
        "marking_allowed": operation.marking == "OFFICIAL"
        or operation.marking == settings.tak_marking,
    }
