"""The API of the target board."""

import datetime as dt

from flask.views import MethodView

from ops import db, wording
from ops.api import Blueprint
from ops.ledger.consultation import saw
from ops.outcomes import board_schemas, boards, queries, years
from ops.outcomes.models import Target

blp = Blueprint("boards", __name__, description="Targets against what was reached")


@blp.route("/targets/board")
class TargetBoard(MethodView):
    @blp.arguments(board_schemas.TargetBoardFilterSchema, location="query")
    @blp.response(200, board_schemas.TargetBoardSchema)
    def get(self, asked):
        """Show an organisation's targets of a financial year, and what was reached of each"""
        year = asked.get("year") or years.year_of_day(wording.today())
        starts_on, ends_on = years.financial_year(year) or (None, None)
        query = queries.targets({"organisation": asked["organisation"]}).where(
            Target.starts_on == starts_on, Target.ends_on == ends_on
        )
        targets = [dict(row._mapping) for row in db.session.execute(query)]
        saw("target", [target["id"] for target in targets])
        return boards.of_year(asked["organisation"], year, targets, dt.datetime.now(dt.UTC))
