"""The API of deconfliction: what each side may know, and the desk that sees both."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from flask.views import MethodView
from sqlalchemy.dialects import postgresql

from ops import api, db
from ops.access import guard
from ops.api import Blueprint
from ops.deconfliction import checking, queries, rules, schemas
from ops.deconfliction.models import MINUTES, RADIUS_M, SAME_DAYS, DeconflictionRule
from ops.errors import Missing
from ops.ledger.consultation import saw_each
from ops.operations.models import Deployment, Operation

blp = Blueprint("deconfliction", __name__, description="Deployments in each other's way")
# Whose log shows it is nobody, where neither side knows of it yet.
NOBODYS = uuid.UUID(int=0)


@blp.route("/deployments/<uuid:deployment_id>/conflicts")
class DeploymentConflicts(MethodView):
    @blp.arguments(schemas.ConflictFilterSchema, location="query")
    @blp.response(200, schemas.ConflictSchema(many=True))
    def get(self, filters: dict[str, Any], deployment_id: uuid.UUID) -> Any:
        """List a deployment's conflicts: the other side, or whom to contact about it"""
        db.find(Deployment, deployment_id, "deployment")
        return _page(filters, deployment=deployment_id)


@blp.route("/operations/<uuid:operation_id>/conflicts")
class OperationConflicts(MethodView):
    @blp.arguments(schemas.ConflictFilterSchema, location="query")
    @blp.response(200, schemas.ConflictSchema(many=True))
    def get(self, filters: dict[str, Any], operation_id: uuid.UUID) -> Any:
        """List the conflicts of an operation's deployments"""
        db.find(Operation, operation_id, "operation")
        return _page(filters, operation=operation_id)


@blp.route("/conflicts")
class Conflicts(MethodView):
    @blp.arguments(schemas.ConflictFilterSchema, location="query")
    @blp.response(200, schemas.ConflictSchema(many=True))
    def get(self, filters: dict[str, Any]) -> Any:
        """List the conflicts of all deployments that you see, the first to begin first"""
        return _page(filters)


@blp.route("/conflicts/<string:reference>/tell")
class ConflictTold(MethodView):
    @blp.response(204)
    def post(self, reference: str) -> None:
        """Let the other side of a covert operation's conflict be told that there is one

        It gets a reference and learns nothing else.
        """
        _settle(sa.func.tell_of_conflict(reference))


@blp.route("/deconfliction/checks")
class Checks(MethodView):
    @blp.arguments(schemas.DryCheckSchema)
    @blp.response(200, schemas.DryCheckedSchema)
    def post(self, asked: dict[str, Any]) -> Any:
        """Look at a place and a window without planning anything

        It shows what you may see anyway, and says the same words whatever else there is.
        """
        guard.require_anywhere("plan")
        return {"seen": checking.look(asked), "said": rules.CHECKED}


@blp.route("/deconfliction/conflicts")
class DeskConflicts(MethodView):
    @blp.arguments(schemas.DeskConflictFilterSchema, location="query")
    @blp.response(200, schemas.DeskConflictSchema(many=True))
    def get(self, filters: dict[str, Any]) -> Any:
        """List the conflicts that your desk looks after, with both their sides"""
        guard.require("deconflict")
        page = {"limit": filters.pop("limit"), "cursor": filters.pop("cursor", None)}
        query, keys = queries.desk(filters)
        rows, headers = api.page(query, keys, **page)
        return _seen_whole(rows), headers


@blp.route("/deconfliction/conflicts/<string:reference>")
class DeskConflictByReference(MethodView):
    @blp.response(200, schemas.DeskConflictSchema)
    def get(self, reference: str) -> Any:
        """Show a conflict with both its sides"""
        guard.require("deconflict")
        return _one(reference)


@blp.route("/deconfliction/conflicts/<string:reference>/owner")
class ConflictOwner(MethodView):
    @blp.arguments(schemas.ConflictOwnerSchema)
    @blp.response(200, schemas.DeskConflictSchema)
    def post(self, sent: dict[str, bool], reference: str) -> Any:
        """Take a conflict, or give it back"""
        guard.require("deconflict")
        _settle(sa.func.own_conflict(reference, sent["mine"]))
        return _one(reference)


@blp.route("/deconfliction/conflicts/<string:reference>/resolution")
class ConflictResolution(MethodView):
    @blp.arguments(schemas.ConflictResolutionSchema)
    @blp.response(200, schemas.DeskConflictSchema)
    def post(self, sent: dict[str, Any], reference: str) -> Any:
        """Write how a conflict is resolved; the leads of both sides are told"""
        guard.require("deconflict")
        texts = (sa.cast(sent.get(name), sa.Text) for name in ("told", "note"))
        _settle(sa.func.resolve_conflict(reference, sent["outcome"], *texts))
        return _one(reference)


@blp.route("/deconfliction/rules")
class Rules(MethodView):
    @blp.response(200, schemas.SetDeconflictionRuleSchema(many=True))
    def get(self) -> Any:
        """List how near and how soon is a conflict, the general rule first"""
        guard.require("deconflict")
        return _rules()

    @blp.arguments(schemas.DeconflictionRuleSchema)
    @blp.response(200, schemas.SetDeconflictionRuleSchema(many=True))
    def put(self, sent: dict[str, Any]) -> Any:
        """Set a rule, for a kind and a marking or for any; what is planned is compared anew"""
        guard.require("deconflict")
        values = sent | {"changed_by": guard.actor().id, "changed_at": dt.datetime.now(dt.UTC)}
        written = postgresql.insert(DeconflictionRule).values(id=db.new_id(), **values)
        with db.transaction():
            db.session.execute(
                written.on_conflict_do_update(
                    constraint="uq_deconfliction_rule_kind_marking", set_=values
                )
            )
        return _rules()


_GENERAL: Mapping[str, Any] = {
    "kind": None,
    "marking": None,
    "radius_m": RADIUS_M,
    "minutes": MINUTES,
    "same_days": SAME_DAYS,
    "tells_of_covert": False,
    "changed_at": None,
    "changed_by": None,
}


def _rules() -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = [
        dict(row._mapping) for row in db.session.execute(queries.rules())
    ]
    if not any(row["kind"] is None and row["marking"] is None for row in found):
        found.insert(0, _GENERAL)
    return found


def _page(filters: Mapping[str, Any], **of: uuid.UUID) -> Any:
    query, keys = queries.conflicts(**of, states=(filters["state"],))
    rows, headers = api.page(query, keys, limit=filters["limit"], cursor=filters.get("cursor"))
    saw_each("conflict", [(row.operation, row.id) for row in rows])
    saw_each(
        "deployment",
        [(row.other_operation, row.other_deployment) for row in rows if row.other_deployment],
    )
    return [_side(row) for row in rows], headers


def _side(row: sa.Row[Any]) -> dict[str, Any]:
    """Write a conflict as one side may know it."""
    found = row._asdict()
    return found | {
        "said": rules.said(found),
        "deployment": {
            "id": row.deployment,
            "name": row.deployment_name,
            "starts_at": row.starts_at,
            "ends_at": row.ends_at,
        },
        "resolution": row.outcome and {"outcome": row.outcome, "told": row.told},
    }


def _one(reference: str) -> Any:
    query, _ = queries.desk({"reference": reference})
    found = _seen_whole(db.session.execute(query).all())
    if not found:
        raise Missing("There is no such conflict.")
    return found[0]


def _seen_whole(rows: Iterable[sa.Row[Any]]) -> list[Any]:
    """Note what the desk sees, in the log of those alone who know of it."""
    found = list(rows)
    saw_each("conflict", [(each, row.id) for row in found for each in row.logged or [NOBODYS]])
    return [row._mapping for row in found]


def _settle(act: sa.Function[Any]) -> None:
    """Have the database do this to a conflict; there is none that is not the asker's to settle."""
    with db.transaction():
        state = db.session.scalar(sa.select(act))
        if state is None:
            raise Missing("There is no such conflict.")
        rules.check_open(state)
