"""The API of the log: who looked at what."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask.views import MethodView

from ops import api
from ops.api import Blueprint
from ops.ledger import queries, schemas
from ops.ledger.consultation import saw_each

blp = Blueprint("ledger", __name__, description="Who looked at what")


@blp.route("/log")
class Log(MethodView):
    @blp.arguments(schemas.LogFilterSchema, location="query")
    @blp.response(200, schemas.LogEntrySchema(many=True))
    def get(self, filters):
        """List who looked at what, the newest first

        An auditor reads what their organisation did, who leads an operation the looks at it. Of an
        operation that the reader may not see, nothing is told. Reading the log is logged too.
        """
        limit, cursor = filters.pop("limit"), filters.pop("cursor", None)
        rows, headers = api.page(
            queries.entries(filters),
            queries.ENTRY_KEYS,
            limit=limit,
            cursor=cursor,
            descending=True,
        )
        saw_each("log_entry", [(_operation(row.seen), row.id) for row in rows])
        return [_entry(row) for row in rows], headers


def _entry(row: Any) -> Mapping[str, Any]:
    by = row.actor and {"id": row.actor, "name": row.actor_name}
    return {**row._mapping, "by": by}


def _operation(seen: Sequence[Mapping[str, Any]]) -> str | None:
    """Name an operation that an entry is about: who may not see it is not told of the entry."""
    return next(_operations(seen), None)


def _operations(seen: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for part in seen:
        if part["kind"] == "operation":
            yield from part["ids"]
        elif part["operation"]:
            yield part["operation"]
