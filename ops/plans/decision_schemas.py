"""The wire of the decision log."""

import marshmallow as ma

from ops.fields import Moment, Text
from ops.results.fields import not_ahead


class DecisionPointerSchema(ma.Schema):
    """Another entry of the log"""

    id = ma.fields.UUID()
    # The database has written it already.
    decided_at = ma.fields.String(metadata={"format": "date-time"})
    what = ma.fields.String()


class DecisionSchema(ma.Schema):
    """An entry: what was decided, when and by whom, why, and what else was thought of"""

    id = ma.fields.UUID()
    operation = ma.fields.UUID()
    decided_at = ma.fields.AwareDateTime()
    decided_by = ma.fields.String()
    what = ma.fields.String()
    why = ma.fields.String()
    alternatives = ma.fields.String(allow_none=True)
    recorded_at = ma.fields.AwareDateTime()
    recorded_by = ma.fields.String()
    corrects = ma.fields.Nested(DecisionPointerSchema, allow_none=True)
    corrected_by = ma.fields.List(ma.fields.UUID())


class DecisionTakenSchema(ma.Schema):
    """A new entry; without a time it was decided now, without a person by whoever sends it

    An entry is never changed. What was written wrongly is corrected by another entry that names
    it as `corrects`. The same sent again under the same `id` is the same entry.
    """

    id = ma.fields.UUID()
    decided_at = Moment(validate=not_ahead)
    decided_by = ma.fields.UUID(metadata={"description": "The id of whoever decided"})
    what = Text(2000, required=True)
    why = Text(2000, required=True)
    alternatives = Text(2000, allow_none=True)
    corrects = ma.fields.UUID(allow_none=True)
