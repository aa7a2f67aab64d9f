"""The API of the register of lines."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import flask
from flask.views import MethodView

from ops import api, db, wording
from ops.api import Blueprint
from ops.config import Settings
from ops.errors import Missing
from ops.ledger.consultation import saw_each
from ops.lines import closures, naming, queries, rules, schemas
from ops.results.kinds.lines import DealLine, LineClosure

blp = Blueprint("lines", __name__, description="Deal lines over the years")


@blp.route("/lines")
class Lines(MethodView):
    @blp.arguments(schemas.LineFilterSchema, location="query")
    @blp.response(200, schemas.LineRowSchema(many=True))
    def get(self, filters):
        """List lines by name, with the state each is in, over all operations one sees"""
        return _page(queries.lines(filters), [DealLine.name, DealLine.result_id], filters)


@blp.route("/lines/<uuid:line_id>")
class LineById(MethodView):
    @blp.response(200, schemas.WholeLineSchema)
    def get(self, line_id):
        """Show a line with its closures and all that happened to it"""
        found = db.session.execute(queries.lines({"id": line_id})).first()
        if found is None:
            raise Missing("There is no such line.")
        happened = [
            rules.Event(**{name: value for name, value in row.items() if name != "line"})
            for row in db.session.execute(queries.events([line_id])).mappings()
        ]
        saw_each("result", {(each.operation, each.record) for each in happened})
        return {
            **_written(found._mapping),
            "closures": [_closure(row) for row in db.session.execute(queries.closures(line_id))],
            "history": rules.in_order(happened),
            "closed_twice": rules.closed_twice(happened),
        }


@blp.route("/lines/check-backs")
class CheckBacks(MethodView):
    @blp.arguments(schemas.CheckBackFilterSchema, location="query")
    @blp.response(200, schemas.CheckBackRowSchema(many=True))
    def get(self, filters):
        """List closed lines to look at again, by the day the look is due"""
        today = wording.today()
        if filters.pop("overdue", False):
            filters["before"] = today
        found, headers = _page(
            closures.check_backs(filters, days()),
            [closures.due_on(days()), LineClosure.result_id],
            filters,
        )
        return [{**row, "is_overdue": row["due_on"] < today} for row in found], headers


@blp.route("/line-closures/unnamed")
class UnnamedClosures(MethodView):
    @blp.arguments(schemas.UnnamedFilterSchema, location="query")
    @blp.response(200, schemas.UnnamedClosureSchema(many=True))
    def get(self, filters):
        """List closures that name no line of the register, with lines that are called alike"""
        keys = [LineClosure.closed_on, LineClosure.result_id]
        found, headers = _page(closures.unnamed(filters), keys, filters)
        alike = [line for row in found for line in row["likely"]]
        saw_each("result", {(line["operation"], line["id"]) for line in alike})
        return found, headers


@blp.route("/line-closures/<uuid:result_id>/line")
class ClosureLine(MethodView):
    @blp.arguments(schemas.ClosureLineSchema)
    @blp.response(201, schemas.NamedLineSchema)
    def post(self, sent, result_id):
        """Say which line a closure closed; without one, a line is made of its name"""
        with db.transaction():
            line, is_new = naming.name(result_id, sent.get("line"))
        return {"line": line, "is_new": is_new}


def days() -> list[int]:
    """Give the days after a closure on which to look again."""
    settings: Settings = flask.current_app.config["SETTINGS"]
    return settings.check_back_days()


def _closure(row: Any) -> dict[str, Any]:
    looks = row.check_backs
    is_done = row.status != "confirmed" or any(not look["out_of_use"] for look in looks)
    again = None if is_done else rules.check_back_on(row.closed_on, len(looks), days())
    return {
        **row._mapping,
        "check_backs": [look | {"on": dt.date.fromisoformat(look["on"])} for look in looks],
        "check_back_on": again,
    }


def _page(
    query: db.Query, keys: Sequence[db.Key], filters: dict[str, Any]
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Run a page of a list of results, and note which were seen."""
    limit, cursor = filters["limit"], filters.get("cursor")
    found, headers = api.page(query, keys, limit=limit, cursor=cursor)
    saw_each("result", [(row.operation, row.id) for row in found])
    return [_written(row._mapping) for row in found], headers


def _written(row: Any) -> dict[str, Any]:
    numbers = [
        {**each, **{edge: _day(each[edge]) for edge in ("from_on", "to_on")}}
        for each in row.get("numbers", [])
    ]
    return {**row, "numbers": numbers}


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)
