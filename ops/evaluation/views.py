"""The API of before and after."""

import collections
import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask.views import MethodView

from ops import db
from ops.access import guard
from ops.api import Blueprint
from ops.errors import Missing
from ops.evaluation import comparing, importing, queries, schemas
from ops.evaluation.importing import Sent
from ops.evaluation.models import Comparison, CountFile
from ops.evaluation.schemas import SIDE, SIDES
from ops.ledger.consultation import saw
from ops.operations.models import Operation
from ops.outcomes.models import ReportedFigure

blp = Blueprint("evaluation", __name__, description="Before and after, in places")


@blp.route("/operations/<uuid:operation_id>/evaluation")
class Evaluation(MethodView):
    @blp.response(200, schemas.EvaluationSchema)
    def get(self, operation_id):
        """Show what changed where an operation works, and what may be said of it"""
        db.read_one_state()
        db.find(Operation, operation_id, "operation")
        files = db.session.execute(queries.files(operation_id)).all()
        found = db.session.scalars(queries.comparisons(operation_id)).all()
        saw("count_file", [file.id for file, _by in files], operation_id)
        saw("comparison", [each.id for each in found], operation_id)
        return {
            "files": [importing.told(file) | {"by": by} for file, by in files],
            "on_offer": db.session.execute(queries.on_offer(operation_id)).all(),
            "comparisons": [comparing.worked_out(each) for each in found if not each.is_withdrawn],
            "said": _said(operation_id),
        }


@blp.route("/operations/<uuid:operation_id>/monthly-counts")
class MonthlyCounts(MethodView):
    @blp.arguments(schemas.CountsSentSchema)
    @blp.response(201, schemas.CountFileSchema)
    @blp.alt_response(200, schema=schemas.CountFileSchema)
    def post(self, sent, operation_id):
        """Import a file of monthly counts; the same file again adds nothing

        With bad rows nothing is taken, unless `good_rows` asks for the rest. A corrected file
        of the same source is its next version, and the reply says what it changed.
        """
        guard.require("report", operation_id)
        with db.transaction():
            file, is_new = importing.load(operation_id, Sent(**sent), guard.actor().id)
        saw("count_file", [file.id], operation_id)
        told = importing.told(_fresh(CountFile, file.id)) | {"by": None}
        return told, 201 if is_new else 200


@blp.route("/operations/<uuid:operation_id>/comparisons")
class Comparisons(MethodView):
    @blp.etag
    @blp.arguments(schemas.ComparisonSchema)
    @blp.response(201, schemas.ComparisonSchema)
    def post(self, sent, operation_id):
        """Set up a comparison"""
        guard.require("report", operation_id)
        row = Comparison(operation_id=operation_id, created_by=guard.actor().id, **_stored(sent))
        with db.transaction():
            db.session.add(row)
        blp.set_etag(row.version)
        return comparing.written(row)


@blp.route("/comparisons/<uuid:comparison_id>")
@blp.etag
class ComparisonById(MethodView):
    @blp.response(200, schemas.WorkedOutSchema)
    def get(self, comparison_id):
        """Show a comparison with what came of it"""
        db.read_one_state()
        row = db.find(Comparison, comparison_id, "comparison")
        saw("comparison", [row.id], row.operation_id)
        blp.set_etag(row.version)
        return comparing.worked_out(row)

    @blp.arguments(schemas.ComparisonSchema)
    @blp.response(200, schemas.ComparisonSchema)
    def put(self, sent, comparison_id):
        """Change what is compared, or withdraw it"""
        operation_id = db.session.scalar(
            sa.select(Comparison.operation_id).where(Comparison.id == comparison_id)
        )
        if operation_id is None:
            raise Missing("There is no such comparison.")
        guard.require("report", operation_id)
        with db.transaction():
            row = db.find(Comparison, comparison_id, "comparison")
            blp.check_etag(row.version)
            for name, value in _stored(sent).items():
                setattr(row, name, value)
        blp.set_etag(row.version)
        return comparing.written(row)


def _stored(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Give the columns of a comparison as it was sent."""
    same = ("name", "source", "categories", "target_area", "comparison_areas")
    baseline = {end: dt.date.fromisoformat(f"{sent['baseline'][end]}-01") for end in ("from", "to")}
    return {
        **{name: sent[name] for name in same},
        "displacement_area": sent["displacement_area"],
        "baseline_from": baseline["from"],
        "baseline_to": baseline["to"],
        "periods": sent["after"],
        "is_withdrawn": sent["is_withdrawn"],
    }


def _fresh(model: type[db.T], key: uuid.UUID) -> db.T:
    """Read a row as the database has it, with what it fills in."""
    return db.session.get_one(model, key, populate_existing=True)


def _said(operation_id: uuid.UUID) -> list[dict[str, Any]]:
    """Set what others reported of before and after side by side, measure by measure."""
    figures = db.session.scalars(
        sa.select(ReportedFigure)
        .where(
            ReportedFigure.operation_id == operation_id,
            ReportedFigure.facets[SIDE].astext.in_(SIDES),
        )
        .order_by(ReportedFigure.measure, ReportedFigure.as_at, ReportedFigure.id)
    ).all()
    saw("reported_figure", [figure.id for figure in figures], operation_id)
    found: dict[str, dict[str, Any]] = collections.defaultdict(
        lambda: {"label": None, "before": [], "after": []}
    )
    for figure in figures:
        of = found[figure.measure]
        of["label"] = of["label"] or figure.label
        told = {name: getattr(figure, name) for name in ("id", "unit", "qualifier", "source")}
        told |= {"as_at": figure.as_at, "note": figure.note, "value": format(figure.value, "f")}
        of[figure.facets[SIDE]].append(told)
    return [{"measure": measure, **of} for measure, of in found.items()]
