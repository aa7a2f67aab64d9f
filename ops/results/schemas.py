"""The wire of results."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from ops.api import OptionalSchema, PageSchema
from ops.fields import Moment
from ops.geo.fields import OnGrid, Point
from ops.operations.models import KINDS as OPERATION_KINDS
from ops.operations.models import THEMES
from ops.operations.schemas import ClockedSchema, StampedSchema
from ops.results.fields import Code, Metres, Text
from ops.results.grouping import groupings
from ops.results.kinds import KINDS
from ops.results.models import HOW, STATUSES

KIND_LABELS = {name: kind.label for name, kind in KINDS.items()}
MOST_AT_ONCE = 200
WITHIN = "Only what happened in this rectangle of the National Grid"
LATE = "With as_at: what had happened by then as it is known now, whenever it was written down"


class Detail(ma.fields.Dict):
    """What a kind says beyond the common record; each kind has a schema of its own."""

    def __init__(self, **kwargs: Any) -> None:
        described = {"anyOf": [{"$ref": f"#/components/schemas/{component(k)}"} for k in KINDS]}
        super().__init__(metadata=described, **kwargs)


def component(kind: str) -> str:
    """Give the name of a kind's detail in the OpenAPI document."""
    return "".join(word.capitalize() for word in kind.split("_")) + "Detail"


class ResultSchema(ma.Schema):
    """A result as it is sent; without an `id`, it gets one"""

    id = ma.fields.UUID()
    kind = Code(KIND_LABELS, required=True)
    occurred_at = Moment(required=True)
    position = Point(allow_none=True)
    accuracy_m = Metres(allow_none=True)
    deployment = ma.fields.UUID(allow_none=True)
    note = Text(2000, allow_none=True)
    credits = ma.fields.List(
        ma.fields.UUID(),
        validate=ma.validate.Length(max=20),
        metadata={"description": "Further operations that it is credited to, in support"},
    )
    detail = Detail(required=True)

    @ma.post_load
    def load_detail(self, sent: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Check the detail by the schema of its kind."""
        return sent | {"detail": load_detail(sent["kind"], sent["detail"])}


def load_detail(kind: str, detail: Mapping[str, Any]) -> dict[str, Any]:
    """Check a detail; what is wrong with it is said by field."""
    try:
        loaded: dict[str, Any] = KINDS[kind].schema.load(detail)
    except ma.ValidationError as error:
        raise ma.ValidationError({"detail": error.normalized_messages()}) from error
    return loaded


class ResultBatchItemSchema(ResultSchema):
    """A result of a batch, with its operation"""

    operation = ma.fields.UUID(required=True)


class ResultBatchSchema(StampedSchema):
    """Up to 200 results, each judged alone"""

    # Checked one by one, so that one that is wrong never spoils the rest.
    items = ma.fields.List(
        ma.fields.Raw(
            allow_none=True, metadata={"allOf": [{"$ref": "#/components/schemas/ResultBatchItem"}]}
        ),
        required=True,
        validate=ma.validate.Length(
            1, MOST_AT_ONCE, error=f"Send 1 to {MOST_AT_ONCE} results at once, and the rest after."
        ),
    )


class RecorderSchema(ma.Schema):
    """Who did it"""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)


class RecordSchema(ClockedSchema):
    """A result as it stands"""

    id = ma.fields.UUID(required=True)
    operation = ma.fields.UUID(required=True)
    kind = ma.fields.String(required=True)
    occurred_at = ma.fields.AwareDateTime(required=True)
    position = Point(required=True, allow_none=True)
    accuracy_m = Metres(required=True, allow_none=True)
    district = ma.fields.String(required=True, allow_none=True)
    deployment = ma.fields.UUID(required=True, allow_none=True)
    note = ma.fields.String(required=True, allow_none=True)
    detail = Detail(required=True)
    status = Code(STATUSES, required=True)
    recorded_at = ma.fields.AwareDateTime(required=True)
    recorded_by = ma.fields.Nested(RecorderSchema, required=True)
    confirmed_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    confirmed_by = ma.fields.Nested(RecorderSchema, required=True, allow_none=True)
    struck_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    struck_by = ma.fields.Nested(RecorderSchema, required=True, allow_none=True)
    struck_reason = ma.fields.String(required=True, allow_none=True)
    credits = ma.fields.List(ma.fields.UUID(), required=True)
    outside_period = ma.fields.Boolean(
        required=True, metadata={"description": "It happened outside the operation's period"}
    )
    late = ma.fields.Boolean(
        required=True,
        metadata={
            "description": "It was recorded after the operation's end, or once it was closed"
        },
    )
    version = ma.fields.Integer(required=True)


class AreaRelationSchema(ma.Schema):
    """How a result lies to an area of its operation"""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    purpose = ma.fields.String(required=True)
    relation = ma.fields.String(required=True, validate=ma.validate.OneOf(["inside", "uncertain"]))


class WholeRecordSchema(RecordSchema):
    """A result as it stands, and how it lies to its operation's areas"""

    areas = ma.fields.List(ma.fields.Nested(AreaRelationSchema), required=True)
    relation = ma.fields.String(
        required=True,
        allow_none=True,
        validate=ma.validate.OneOf(["inside", "uncertain", "outside"]),
        metadata={"description": "Null without a position; a check, never a gate"},
    )
    remarks = ma.fields.List(
        ma.fields.String(),
        required=True,
        metadata={"description": "What a reader should know; nothing is refused for it"},
    )


class ResultReasonSchema(ma.Schema):
    """Why"""

    reason = Text(1000, required=True)


class ResultVersionSchema(ma.Schema):
    """Which version was seen; without one, the result as it stands"""

    version = ma.fields.Integer()


class ResultConfirmSchema(OptionalSchema):
    """How it was confirmed; without a word, it was checked"""

    how = Code(HOW)
    note = Text(1000)


class ConfirmationSchema(ma.Schema):
    """That somebody confirmed a result; one that was taken back says when and why"""

    id = ma.fields.UUID(required=True)
    how = Code(HOW, required=True)
    note = ma.fields.String(required=True, allow_none=True)
    confirmed_at = ma.fields.AwareDateTime(required=True)
    confirmed_by = ma.fields.Nested(RecorderSchema, required=True)
    withdrawn_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    withdrawn_because = ma.fields.String(required=True, allow_none=True)


class ResultCorrectionSchema(ResultReasonSchema):
    """What to change, and why; of the detail, the fields that are given"""

    occurred_at = Moment()
    position = Point(allow_none=True)
    accuracy_m = Metres(allow_none=True)
    deployment = ma.fields.UUID(allow_none=True)
    note = Text(2000, allow_none=True)
    detail = Detail()

    @ma.validates_schema(skip_on_field_errors=True)
    def _changes_something(self, sent: dict[str, Any], **_kwargs: Any) -> None:
        if sent.keys() <= {"reason"}:
            raise ma.ValidationError("Say what to change.")


class ResultCreditSchema(ma.Schema):
    """A further operation to credit a result to"""

    operation = ma.fields.UUID(required=True)


class BatchOutcomeSchema(ma.Schema):
    """What became of one item of a batch"""

    id = ma.fields.UUID(allow_none=True)
    outcome = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(["created", "replayed", "conflict", "refused", "waiting"]),
        metadata={"description": "`waiting` is kept nowhere: send it again once the rest has come"},
    )
    waits_for = ma.fields.List(
        ma.fields.UUID(),
        metadata={"description": "The records that it names and that are not here"},
    )
    result = ma.fields.Nested(WholeRecordSchema)
    problem = ma.fields.Dict(metadata={"description": "Problem details, as a single one gets"})


class BatchOutcomesSchema(ma.Schema):
    """What became of each item of a batch, in its order"""

    items = ma.fields.List(ma.fields.Nested(BatchOutcomeSchema), required=True)


class ResultChangeSchema(ma.Schema):
    """What one change did to a result"""

    id = ma.fields.UUID(required=True)
    at = ma.fields.AwareDateTime(required=True)
    by = ma.fields.Nested(RecorderSchema, allow_none=True)
    part = ma.fields.String(required=True)
    before = ma.fields.Dict(allow_none=True)
    after = ma.fields.Dict(allow_none=True)
    reason = ma.fields.String(allow_none=True)


def late_needs_a_moment(asked: Mapping[str, Any]) -> None:
    """Refuse to look at what was written down late without a moment to have happened by."""
    if asked.get("late") and "as_at" not in asked:
        raise ma.ValidationError("Give the moment too, as as_at.", "late")


class _FilterSchema(PageSchema):
    kind = ma.fields.List(Code(KIND_LABELS))
    status = ma.fields.List(Code(STATUSES))
    from_ = Moment(data_key="from")
    to = Moment(end=True)
    as_at = Moment(end=True, metadata={"description": "As it was known then"})
    late = ma.fields.Boolean(metadata={"description": LATE})
    within = OnGrid(metadata={"description": WITHIN})
    measure = Text(metadata={"description": "Exactly the records behind this figure"})
    measure_version = ma.fields.Integer(
        metadata={"description": "Of the measure's definitions; left out, the one in force"}
    )
    part = Text(metadata={"description": "With a measure: of its parts, the one with this code"})
    residual = ma.fields.Boolean(
        metadata={"description": "With a measure: what is in none of its parts"}
    )
    provisional = ma.fields.Boolean(
        metadata={"description": "With a measure: those that do not count before confirmation"}
    )
    by = ma.fields.String(
        validate=ma.validate.OneOf(list(groupings())),
        metadata={"description": "With a measure: of this breakdown, the group with this key"},
    )
    key = ma.fields.String(metadata={"description": "Left out: the records in no group"})
    deployment = ma.fields.UUID()
    area = ma.fields.UUID()
    district = Text()
    organisation = Text(metadata={"description": "The organisation of who recorded it"})
    struck = ma.fields.Boolean(
        load_default=False, metadata={"description": "Also those that were struck"}
    )

    @ma.validates_schema
    def _group_of_a_figure(self, filters: Mapping[str, Any], **_kwargs: object) -> None:
        if "by" in filters and "measure" not in filters:
            raise ma.ValidationError("Name the measure that is broken down.", "measure")
        if ("part" in filters or filters.get("residual")) and "measure" not in filters:
            raise ma.ValidationError("Name the measure whose part this is.", "measure")
        if "key" in filters and "by" not in filters:
            raise ma.ValidationError("Say what the measure is broken down by.", "by")

    @ma.validates_schema(skip_on_field_errors=True)
    def _late_needs_a_moment(self, filters: Mapping[str, Any], **_kwargs: object) -> None:
        late_needs_a_moment(filters)


def _facets() -> dict[str, ma.fields.Field]:
    """Make a filter of each facet of any kind."""
    codes: dict[str, dict[str, str] | None] = {}
    for kind in KINDS.values():
        for facet, described in kind.facets.items():
            known = {**(codes.get(facet) or {}), **(described.codes or {})}
            codes[facet] = known or None
    return {
        facet: ma.fields.List(Text() if known is None else Code(known))
        for facet, known in codes.items()
    }


FACETS = _facets()
ResultFilterSchema = _FilterSchema.from_dict(FACETS, name="ResultFilterSchema")


class AllResultsFilterSchema(ResultFilterSchema):  # type: ignore[misc, valid-type]
    """Which results, of which operations; none named, of all"""

    operation = ma.fields.List(ma.fields.UUID(), validate=ma.validate.Length(max=500))
    operation_kind = ma.fields.List(Code(OPERATION_KINDS))
    theme = ma.fields.List(Code(THEMES))
    operation_organisation = Text(
        metadata={"description": "The organisation whose operations, with all below it"}
    )


# What says which operations, short of naming them.
DESCRIBES_OPERATIONS = {"operation_kind", "theme", "operation_organisation"}

# Named in the OpenAPI document by what refers to them.
COMPONENTS: dict[str, ma.Schema] = {
    "ResultBatchItem": ResultBatchItemSchema(),
    **{component(kind): described.schema for kind, described in KINDS.items()},
}
