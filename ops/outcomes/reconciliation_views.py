"""The API of reconciling: reported beside recorded, and what people say of it."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask.views import MethodView

from ops import api, db
from ops.access import guard
from ops.access.models import Organisation
from ops.api import Blueprint, PageSchema
from ops.errors import Invalid, Missing
from ops.ledger.consultation import saw, saw_each
from ops.outcomes import readings, reconciliation
from ops.outcomes import reconciliation_queries as queries
from ops.outcomes import reconciliation_schemas as schemas
from ops.outcomes.models import PublishedSet
from ops.outcomes.reconciliation_models import FigureMapping, FigureReason, SetScope
from ops.results.definitions import Definition

blp = Blueprint("reconciliation", __name__, description="Reported beside recorded")


@blp.route("/reconciliation")
class Reconciliation(MethodView):
    @blp.arguments(schemas.ReconciliationFilterSchema, location="query")
    @blp.response(200, schemas.ReconciliationSchema)
    def get(self, filters):
        """Set what others reported beside what is recorded, open differences first"""
        db.read_one_state()
        return reconciliation.reconcile(filters)


@blp.route("/reported-figures/<uuid:figure_id>/reasons")
class FigureReasons(MethodView):
    @blp.arguments(schemas.ReasonSentSchema)
    @blp.response(201, schemas.ReasonSchema)
    def post(self, sent, figure_id):
        """Say why a reported figure differs; it stands until somebody says otherwise"""
        found = db.session.execute(queries.figure(figure_id)).first()
        if found is None:
            guard.require("report")
            raise Missing("There is no such figure.")
        _, operation_id = found
        guard.require("report", operation_id)
        row = FigureReason(
            figure_id=figure_id,
            code=sent["code"],
            note=sent.get("note"),
            operation_id=operation_id,
            **_said(),
        )
        with db.transaction():
            db.session.add(row)
        db.session.refresh(row)
        return reconciliation.reason(row, guard.actor().name)


@blp.route("/figure-mappings")
class FigureMappings(MethodView):
    @blp.arguments(PageSchema, location="query")
    @blp.response(200, schemas.MappingSchema(many=True))
    def get(self, filters):
        """List what publishers' measures are here, what was said last first"""
        keys = [FigureMapping.made_at, FigureMapping.id]
        found, headers = api.page(queries.mappings(), keys, descending=True, **filters)
        saw_each(
            "figure_mapping",
            [(row.FigureMapping.operation_id, row.FigureMapping.id) for row in found],
        )
        return [reconciliation.mapping(row) for row in found], headers

    @blp.arguments(schemas.MappingSentSchema)
    @blp.response(201, schemas.MappingSchema)
    @blp.alt_response(404, schema=api.ProblemSchema, content_type=api.PROBLEM)
    def post(self, sent):
        """Say which of our measures a publisher's measure with its facets is, or that it is none"""
        operation_id = sent.pop("operation")
        guard.require("report", operation_id)
        if sent["code"] is None and sent["where"]:
            raise Invalid("Name the measure that is narrowed.", {"code": ["Name the measure."]})
        if sent["code"] is not None:
            _check(sent)
        row = FigureMapping(operation_id=operation_id, **sent, **_said())
        with db.transaction():
            db.session.add(row)
        saw("figure_mapping", [row.id], operation_id)
        found = db.session.execute(queries.mappings().where(FigureMapping.id == row.id)).one()
        return reconciliation.mapping(found)


@blp.route("/published-sets/<code>/scope")
class SetScopes(MethodView):
    @blp.arguments(schemas.SetScopeSchema)
    @blp.response(200, schemas.SetScopeSchema)
    def put(self, sent, code):
        """Say whose figures a published set gives"""
        guard.require("report", sent["operation"])
        set_id = db.session.scalar(sa.select(PublishedSet.id).where(PublishedSet.code == code))
        if set_id is None:
            raise Missing("There is no such published set.")
        about = None
        if sent["organisation"]:
            wanted = Organisation.code == sent["organisation"]
            about = db.session.scalar(sa.select(Organisation.id).where(wanted))
            if about is None:
                said = "There is no organisation with this code."
                raise Invalid(said, {"organisation": [said]})
        row = SetScope(set_id=set_id, operation_id=sent["operation"], about_id=about, **_said())
        with db.transaction():
            db.session.add(row)
        return sent


def _said() -> dict[str, object]:
    """Give who says it, and whose people may read it."""
    actor = guard.actor()
    return {"made_by": actor.id, "organisation_id": actor.organisation_id}


def _check(sent: Mapping[str, Any]) -> None:
    definition = readings.Reader().in_force().get(sent["code"])
    if not isinstance(definition, Definition):
        said = "There is no such measure; see /api/v1/measures."
        if definition is not None:
            said = f"This is worked out from {definition.members}; name the one that it is."
        raise Invalid(said, {"code": [said]})
    wrong = readings.problems(definition, sent["where"])
    if not wrong and readings.narrow(definition, sent["where"]) is None:
        wrong = {"where": ["The measure is defined otherwise: nothing could be in this part."]}
    if wrong:
        raise Invalid("Some of what was sent is not right.", wrong)
