"""The wire of exports."""

import marshmallow as ma

from ops.exports.tables import lists
from ops.fields import Text
from ops.results.kinds import KINDS
from ops.results.schemas import AllResultsFilterSchema

ROWS = sorted({name for kind in KINDS.values() for name in lists(kind)})


class ExportSchema(AllResultsFilterSchema):
    """Which results, as their list asks for them; and who gets the file"""

    class Meta:
        """A file is no page of a list"""

        exclude = ("limit", "cursor")

    rows = ma.fields.String(
        validate=ma.validate.OneOf(ROWS),
        metadata={"description": "Of one kind: not its records, but the rows of this list in them"},
    )
    to_whom = Text(
        200, metadata={"description": "Who gets it; required where not all of it is open"}
    )
    what_for = Text(
        500, metadata={"description": "For what purpose; required where not all of it is open"}
    )
