"""The API of the target board."""

import datetime as dt
from typing import Any

from flask.views import MethodView

from ops import db, replica, wording
from ops.api import Blueprint
from ops.ledger.consultation import saw
from ops.outcomes import board_schemas, boards, queries, years
from ops.outcomes.models import Target
from ops.outcomes.summaries import Ask

blp = Blueprint("boards", __name__, description="Targets against what was reached")


@blp.route("/targets/board")
class TargetBoard(MethodView):
    @blp.arguments(board_schemas.TargetBoardFilterSchema, location="query")
    @blp.response(200, board_schemas.TargetBoardSchema)
    def get(self, asked):
        """Show an organisation's financial year against its targets, by month and by theme"""
        year = asked.get("year") or years.year_of_day(wording.today())
        starts_on, ends_on = years.financial_year(year) or (None, None)
        ask = Ask(
            organisation=asked["organisation"],
            four_p=asked.get("four_p"),
            measure=asked.get("measure", ()),
        )
        query = queries.targets({"organisation": ask.organisation}).where(
            Target.starts_on == starts_on, Target.ends_on == ends_on
        )

        def board(now: dt.datetime) -> dict[str, Any]:
            targets = [dict(row._mapping) for row in db.session.execute(query)]
            saw("target", [target["id"] for target in targets])
            return boards.of_year(ask, year, asked.get("against"), targets, now)

        return replica.read(board)
