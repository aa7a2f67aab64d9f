"""The API of likely doubles."""

import datetime as dt
import uuid
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import flask
import orjson
import sqlalchemy as sa
from flask.views import MethodView

from ops import api, db
from ops.access import guard
from ops.api import Blueprint
from ops.doubles import merging, queries, rules, schemas
from ops.errors import Missing
from ops.ledger.consultation import saw_each
from ops.results import logging
from ops.results import queries as result_queries
from ops.results.models import LikelyDouble, Result

blp = Blueprint("doubles", __name__, description="Records that may be one thing logged twice")


@blp.route("/doubles")
class Doubles(MethodView):
    @blp.arguments(schemas.DoubleFilterSchema, location="query")
    @blp.response(200, schemas.DoubleSchema(many=True))
    def get(self, filters: dict[str, Any]) -> Any:
        """List pairs of records that may be one thing, the longest waiting first"""
        page = {"limit": filters.pop("limit"), "cursor": filters.pop("cursor", None)}
        found, headers = api.page(queries.pairs(filters), queries.KEYS, **page)
        return flask.jsonify(_shown(found)), headers

    @blp.arguments(schemas.DoubleSentSchema)
    @blp.response(201, schemas.DoubleSchema)
    @blp.alt_response(200, schema=schemas.DoubleSchema)
    @blp.alt_response(404, schema=api.ProblemSchema, content_type=api.PROBLEM)
    def post(self, sent: dict[str, Any]) -> Any:
        """Name two records that are one thing; a pair that is there already is answered as it is"""
        one, other = (db.find(Result, each, "result") for each in sent["records"])
        for result in (one, other):
            guard.require("log", result.operation_id)
        rules.check_pair(one, other)
        found = db.session.scalar(queries.pair_of(one.id, other.id))
        if found is not None:
            return flask.jsonify(_one(found.id)), HTTPStatus.OK
        first, second = sorted((one.id, other.id))
        made = db.new_id()
        with db.transaction():
            db.session.execute(
                sa.insert(LikelyDouble).values(
                    id=made, result_id=first, other_id=second, reasons=["named"]
                )
            )
        return flask.jsonify(_one(made)), HTTPStatus.CREATED


@blp.route("/doubles/<uuid:double_id>")
class DoubleById(MethodView):
    @blp.response(200, schemas.DoubleSchema)
    def get(self, double_id: uuid.UUID) -> Any:
        """Show two records that may be one thing"""
        return flask.jsonify(_one(double_id))


@blp.route("/doubles/<uuid:double_id>/decision")
class DoubleDecision(MethodView):
    @blp.arguments(schemas.DoubleDecisionSchema)
    @blp.response(200, schemas.DoubleSchema)
    def post(self, sent: dict[str, Any], double_id: uuid.UUID) -> Any:
        """Decide whether two records are one thing

        Of the same thing one record stays, takes over what it lacks, and is credited to
        whatever the other counted for; the other is struck and stays to be seen.
        """
        now = dt.datetime.now(dt.UTC)
        with db.transaction():
            double = db.session.get(LikelyDouble, double_id, with_for_update=True)
            if double is None:
                raise Missing("There is no such pair.")
            # In the order of ids, as everybody locks.
            pair = [_locked(each) for each in (double.result_id, double.other_id)]
            rules.check_open(double)
            if sent["decision"] == "same":
                kept, gone = sorted(pair, key=lambda each: each.id != sent["keep"])
                is_wider = db.session.scalar(queries.may_stay(kept.id, gone.id))
                rules.check_kept(double, sent["keep"], may_stay=bool(is_wider))
                merging.merge(kept, gone, sent["reason"], guard.actor().id, now)
                double.kept_id = kept.id
            double.decision, double.why = sent["decision"], sent["reason"]
            double.decided_by, double.decided_at = guard.actor().id, now
        return flask.jsonify(_one(double_id))


def _locked(result_id: uuid.UUID) -> Result:
    found = db.session.get(Result, result_id, with_for_update=True)
    if found is None:
        raise Missing("There is no such pair.")
    for action in ("log", "confirm"):
        guard.require(action, found.operation_id)
    return found


def _one(double_id: uuid.UUID) -> dict[str, Any]:
    found = db.session.execute(queries.pairs({"id": double_id})).all()
    if not found:
        raise Missing("There is no such pair.")
    return _shown(found)[0]


def _shown(found: Sequence[sa.Row[Any]]) -> list[dict[str, Any]]:
    """Write pairs with both records of each."""
    ids = [each for row in found for each in (row.result_id, row.other_id)]
    records = {
        row.id: logging.remarked(orjson.loads(row.record))
        for row in db.session.execute(result_queries.whole(ids))
    }
    saw_each(
        "result",
        [
            pair
            for row in found
            for pair in ((row.operation_id, row.result_id), (row.other_operation_id, row.other_id))
        ],
    )
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "reasons": row.reasons,
            "found_at": row.found_at,
            "records": [records[row.result_id], records[row.other_id]],
            "may_stay": [
                each
                for each, may in (
                    (row.result_id, row.result_may_stay),
                    (row.other_id, row.other_may_stay),
                )
                if may
            ],
            "decision": row.decision,
            "kept": row.kept,
            "decided_by": row.person_id and {"id": row.person_id, "name": row.person_name},
            "decided_at": row.decided_at,
            "reason": row.reason,
        }
        for row in found
    ]
