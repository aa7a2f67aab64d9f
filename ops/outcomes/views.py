"""The API of outcomes."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import flask
from flask.views import MethodView

from ops import api, db, replica
from ops.access import guard
from ops.api import Blueprint
from ops.errors import Invalid, Missing
from ops.ledger.consultation import saw, saw_each
from ops.outcomes import queries, schemas, summaries, years
from ops.outcomes.checks import Figure, verdict
from ops.outcomes.models import PublishedSet, ReportedFigure, Target
from ops.outcomes.summaries import Ask

blp = Blueprint("outcomes", __name__)


@blp.route("/operations/<uuid:operation_id>/outcomes")
class OperationOutcomes(MethodView):
    @blp.arguments(schemas.PeriodSchema, location="query")
    @blp.response(200, schemas.OperationOutcomesSchema)
    def get(self, asked, operation_id):
        """Show what an operation adds up to, against its targets and what others reported"""
        now = dt.datetime.now(dt.UTC)
        db.read_one_state()
        return flask.jsonify(summaries.of_operation(operation_id, Ask(**asked), now))


@blp.route("/outcomes")
class Outcomes(MethodView):
    @blp.arguments(schemas.MeasuredOperationsSchema, location="query")
    @blp.response(200, schemas.OutcomesSchema)
    def get(self, asked):
        """Show what many operations add up to, each result counted once"""
        return flask.jsonify(replica.read(lambda now: summaries.of_many(Ask(**asked), now)))


@blp.route("/targets")
class Targets(MethodView):
    @blp.arguments(schemas.TargetFilterSchema, location="query")
    @blp.response(200, schemas.TargetSchema(many=True))
    def get(self, filters):
        """List targets"""
        found, headers = api.page(
            queries.targets(filters),
            [Target.starts_on, Target.measure, Target.id],
            limit=filters.pop("limit"),
            cursor=filters.pop("cursor", None),
        )
        saw_each("target", [(row.operation, row.id) for row in found])
        return [_with_year(row._mapping) for row in found], headers

    @blp.arguments(schemas.TargetSchema)
    @blp.response(201, schemas.TargetSchema)
    def post(self, target):
        """Set a target for a financial year or any other period"""
        scope = _scope(target, measured_here=True)
        row = Target(
            measure=target["measure"],
            starts_on=target["starts_on"],
            ends_on=target["ends_on"],
            value=target["value"],
            created_by=guard.actor().id,
            **scope,
        )
        with db.transaction():
            db.session.add(row)
        return _target(row.id)


@blp.route("/targets/<uuid:target_id>")
@blp.etag
class TargetById(MethodView):
    @blp.response(200, schemas.TargetSchema)
    def get(self, target_id):
        """Show a target"""
        return _target(target_id)

    @blp.arguments(schemas.TargetChangeSchema)
    @blp.response(200, schemas.TargetSchema)
    def patch(self, content, target_id):
        """Put a target right, and say why; what it was stays in its history"""
        with db.transaction():
            target = db.find(Target, target_id, "target")
            guard.require("report", target.operation_id)
            blp.check_etag(target.version)
            db.give_reason(content.pop("reason"))
            if "measure" in content:
                _check_measured(content["measure"])
            for name, value in content.items():
                setattr(target, name, value)
        return _target(target_id)


@blp.route("/reported-figures")
class ReportedFigures(MethodView):
    @blp.arguments(schemas.ReportedFigureFilterSchema, location="query")
    @blp.response(200, schemas.ReportedFigureSchema(many=True))
    def get(self, filters):
        """List the figures that others reported"""
        found, headers = api.page(
            queries.reported_figures(filters),
            [queries.FIGURE_STARTS_ON, ReportedFigure.measure, ReportedFigure.id],
            limit=filters.pop("limit"),
            cursor=filters.pop("cursor", None),
        )
        saw_each("reported_figure", [(row.operation, row.id) for row in found])
        return found, headers

    @blp.arguments(schemas.ReportedFigureSchema)
    @blp.response(201, schemas.ReportedFigureSchema)
    def post(self, figure):
        """Keep a figure as somebody else reported it, apart from what is recorded here"""
        scope = _scope(figure)
        own = {name: value for name, value in figure.items() if name not in _SCOPE}
        row = ReportedFigure(**own, **scope, created_by=guard.actor().id)
        with db.transaction():
            db.session.add(row)
        return figure | {"id": row.id}


@blp.route("/published-sets")
class PublishedSets(MethodView):
    @blp.arguments(api.PageSchema, location="query")
    @blp.response(200, schemas.PublishedSetSchema(many=True))
    def get(self, filters):
        """List the sets of figures that others published"""
        found, headers = api.page(queries.published_sets(), [PublishedSet.code], **filters)
        saw("published_set", [row.id for row, *_ in found])
        return [row for row, *_ in found], headers


@blp.route("/published-sets/<code>")
class PublishedSetByCode(MethodView):
    @blp.response(200, schemas.WholePublishedSetSchema)
    def get(self, code):
        """Show a published set with its figures, and whether its arithmetic holds"""
        found = db.session.scalar(queries.published_sets().where(PublishedSet.code == code))
        if found is None:
            raise Missing("There is no such published set.")
        figures = db.session.execute(queries.figures_of_set(code)).all()
        saw("published_set", [found.id])
        saw_each("reported_figure", [(row.operation, row.id) for row in figures])
        spoken = [Figure(row.measure, row.facets, row.value) for row in figures]
        shown = {name: getattr(found, name) for name in schemas.PublishedSetSchema().fields}
        return shown | {
            "figures": figures,
            "checks": [verdict(text, spoken) for text in found.checks],
        }


_SCOPE = {"organisation", "operation"}
UNMEASURED = "There is no such measure; see /api/v1/measures."


def _target(target_id: uuid.UUID) -> dict[str, Any]:
    found = db.session.execute(queries.targets({"id": target_id})).mappings().one_or_none()
    if found is None:
        raise Missing("There is no such target.")
    saw("target", [target_id], found["operation"])
    blp.set_etag(found["version"])
    return _with_year(dict(found))


def _check_measured(measure: str) -> None:
    """Refuse a measure that there is none of."""
    if not db.session.execute(queries.known(measure, None, None)).one().measure:
        raise Invalid(UNMEASURED, {"measure": [UNMEASURED]})


def _scope(sent: Mapping[str, Any], *, measured_here: bool = False) -> dict[str, Any]:
    """Find the organisation and operation that a body names; refuse what there is none of."""
    wanted = {name: sent.get(name) for name in ("measure", *_SCOPE)}
    found = db.session.execute(queries.known(**wanted)).one()
    errors = {
        name: [f"There is no such {name}."]
        for name in _SCOPE
        if wanted[name] is not None and getattr(found, name) is None
    }
    if measured_here and not found.measure:
        errors["measure"] = [UNMEASURED]
    if found.operation is None:
        guard.require("report")
    if errors:
        raise Invalid("Some of what was sent refers to nothing here.", errors)
    if found.operation is not None:
        guard.require("report", found.operation)
    return {"organisation_id": found.organisation, "operation_id": found.operation}


def _with_year(target: Mapping[str, Any]) -> dict[str, Any]:
    """Say a target's period as a financial year too, where it is one."""
    return {**target, "period": years.year_of(target["starts_on"], target["ends_on"])}
