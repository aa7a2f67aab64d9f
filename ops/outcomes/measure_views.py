"""The API of measures: their definitions, and the framework of the strategy."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import flask
import sqlalchemy as sa
from flask.views import MethodView

from ops import api, db
from ops.access import guard
from ops.access.models import Organisation
from ops.api import Blueprint
from ops.errors import Forbidden
from ops.ledger.consultation import saw, saw_each
from ops.outcomes import defining, measure_queries, measure_schemas, rules, trials
from ops.outcomes.measure_rules import members
from ops.outcomes.measure_text import words
from ops.outcomes.models import FrameworkLine
from ops.results.models import Measure

blp = Blueprint("measures", __name__)

# Whose people may say what counts: a definition is everybody's.
DEFINE = {"force", "district"}
# Whoever puts the framework anew waits for this lock: two at once could both have read the same.
PUTTING = 7_065_118


@blp.route("/measures")
class Measures(MethodView):
    @blp.arguments(measure_schemas.MeasureFilterSchema, location="query")
    @blp.response(200, measure_schemas.MeasureSchema(many=True))
    def get(self, filters):
        """List the definitions of the measures, every version of each"""
        found, headers = api.page(
            measure_queries.versions(filters),
            [Measure.code, Measure.version],
            limit=filters.pop("limit"),
            cursor=filters.pop("cursor", None),
        )
        saw("measure", [measure.id for measure, *_ in found])
        names_others = any(list(members(measure.definition)) for measure, *_ in found)
        labels = _labels() if names_others else {}
        return [shown(measure, maker, labels) for measure, maker, *_ in found], headers

    @blp.arguments(measure_schemas.NewMeasureSchema)
    @blp.response(201, measure_schemas.MeasureSchema)
    def post(self, sent):
        """Define a measure; with a code that is there, a new version that ends the one before"""
        require_define()
        with db.transaction():
            made = defining.make(sent, guard.actor().id)
        return _made(made)


@blp.route("/measures/preview")
class Preview(MethodView):
    @blp.arguments(measure_schemas.TrialSchema)
    @blp.response(200, measure_schemas.TriedSchema)
    def post(self, sent):
        """Try a definition that is not kept yet: its figure, and the newest records behind it"""
        require_define()
        definition, limit = sent.pop("definition"), sent.pop("limit")
        db.read_one_state()
        return flask.jsonify(trials.run(definition, sent, limit, dt.datetime.now(dt.UTC)))


@blp.route("/measures/<code>/withdraw")
class MeasureWithdraw(MethodView):
    @blp.arguments(measure_schemas.WithdrawalSchema)
    @blp.response(200, measure_schemas.MeasureSchema)
    def post(self, sent, code):
        """End a measure, which then counts no more; all its versions stay"""
        require_define()
        with db.transaction():
            ended = defining.withdraw(code, sent["reason"], sent.get("valid_to"))
        return _made(ended)


@blp.route("/measures/<code>/restore")
class MeasureRestore(MethodView):
    @blp.arguments(measure_schemas.RestorationSchema)
    @blp.response(201, measure_schemas.MeasureSchema)
    def post(self, sent, code):
        """Let the definition that the program brought count again, as a new version"""
        require_define()
        with db.transaction():
            made = defining.restore(code, sent["reason"], guard.actor().id)
        return _made(made)


@blp.route("/framework")
class Framework(MethodView):
    @blp.arguments(measure_schemas.FrameworkFilterSchema, location="query")
    @blp.response(200, measure_schemas.FrameworkSchema)
    def get(self, filters):
        """List the measures that the strategy is held to, with what others reported of each"""
        return _framework(filters)

    @blp.doc(**api.AS_READ)
    @blp.arguments(measure_schemas.FrameworkSchema)
    @blp.response(200, measure_schemas.FrameworkSchema)
    def put(self, sent):
        """Put the framework anew, in its order"""
        require_define()
        with db.transaction():
            db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(PUTTING)))
            there = db.session.scalars(measure_queries.framework()).all()
            blp.check_read(_said(there))
            if sent.get("reason"):
                db.give_reason(sent["reason"])
            _put(there, sent["lines"])
        return _framework({})


def require_define() -> None:
    """Refuse whoever may not say what everybody counts."""
    guard.require("define")
    if not may_define():
        raise Forbidden("Only police organisations define measures; ask the force's analysts.")


def may_define() -> bool:
    """Tell whether whoever is asking may say what everybody counts."""
    organisation = Organisation.id == guard.actor().organisation_id
    kind = db.session.scalar(sa.select(Organisation.kind).where(organisation))
    return guard.may("define") and kind in DEFINE


def shown(measure: Measure, maker: str | None, labels: Mapping[str, str]) -> dict[str, Any]:
    """Write a version as it is shown."""
    columns = {name: getattr(measure, name) for name in Measure.__table__.columns.keys()}  # noqa: SIM118 (columns, by name)
    return columns | {"made_by": maker, "words": words(measure.definition, labels)}


def _labels() -> dict[str, str]:
    return dict(db.session.execute(measure_queries.labels()).all())


def _made(measure: Measure) -> dict[str, Any]:
    saw("measure", [measure.id])
    labels = _labels()
    return shown(measure, guard.actor().name, labels)


def _framework(filters: Mapping[str, Any]) -> Any:
    """Write the framework, tagged by what it says itself."""
    lines = db.session.scalars(measure_queries.framework()).all()
    codes = [line.measure for line in lines]
    found = db.session.execute(measure_queries.reported_of(codes, filters)).all()
    reported = [row for row in found if _is_told_of(row, filters)]
    saw("framework_line", [line.id for line in lines])
    saw_each("reported_figure", [(row.operation, row.id) for row in reported])
    in_force = defining.in_force().definitions
    shown = [
        {
            "measure": line.measure,
            "label": line.label,
            "four_p": line.four_p,
            "is_measured": line.measure in in_force,
            "reported": [row._mapping for row in reported if row.measure == line.measure],
        }
        for line in lines
    ]
    return {"lines": shown}, 200, blp.version_tag(_said(lines))


def _said(lines: Sequence[FrameworkLine]) -> list[list[str]]:
    return [[line.measure, line.four_p, line.label] for line in lines]


def _is_told_of(row: sa.Row[Any], filters: Mapping[str, Any]) -> bool:
    days = {n: getattr(row, n) and str(getattr(row, n)) for n in ("starts_on", "ends_on", "as_at")}
    return rules.is_told_of(days, filters.get("from_"), filters.get("to"), None)


def _put(lines: Sequence[FrameworkLine], anew: list[dict[str, Any]]) -> None:
    """Keep a line that stays as the row it is, so that its history goes on."""
    there = {line.measure: line for line in lines}
    for position, sent in enumerate(anew):
        line = there.pop(sent["measure"], None) or FrameworkLine(measure=sent["measure"])
        line.position, line.four_p, line.label = position, sent["four_p"], sent["label"]
        db.session.add(line)
    for gone in there.values():
        db.session.delete(gone)
