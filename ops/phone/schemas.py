"""The wire of a phone's shift."""

import marshmallow as ma

from ops.briefings.schemas import BriefingTextsSchema
from ops.fields import Code
from ops.geo.models import AREA_PURPOSES, SITE_KINDS
from ops.operations.deployment_codes import DEPLOYMENT_KINDS, DEPLOYMENT_STATUSES
from ops.operations.models import KINDS, STATUSES
from ops.operations.schemas import OwnerSchema

_SHAPE = {"description": "GeoJSON, to the metre"}


class BundleFilterSchema(ma.Schema):
    """What the phone has already"""

    forms = ma.fields.String(
        validate=ma.validate.Length(1, 64),
        metadata={"description": "The edition of forms and code lists that it has"},
    )


class ChangesFilterSchema(ma.Schema):
    """From where on"""

    after = ma.fields.String(required=True, validate=ma.validate.Length(1, 8000))


class WhoseShiftSchema(ma.Schema):
    """Whose shift it is"""

    id = ma.fields.UUID(required=True)


class ShiftPersonSchema(WhoseShiftSchema):
    """Whose shift it is, in words"""

    name = ma.fields.String(required=True)
    organisation = ma.fields.Nested(OwnerSchema, required=True)


class ShiftAreaSchema(ma.Schema):
    """An area of an operation"""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    purpose = Code(AREA_PURPOSES, required=True)
    valid_from = ma.fields.AwareDateTime(required=True, allow_none=True)
    valid_to = ma.fields.AwareDateTime(required=True, allow_none=True)
    geometry = ma.fields.Dict(required=True, metadata=_SHAPE)


class ShiftDeploymentSchema(ma.Schema):
    """A deployment, and whether whoever asks is on it"""

    id = ma.fields.UUID(required=True)
    kind = Code(DEPLOYMENT_KINDS, required=True)
    name = ma.fields.String(required=True)
    starts_at = ma.fields.AwareDateTime(required=True)
    ends_at = ma.fields.AwareDateTime(required=True)
    status = Code(DEPLOYMENT_STATUSES, required=True)
    teams = ma.fields.List(ma.fields.String(), required=True)
    place = ma.fields.String(required=True, metadata={"description": "In words"})
    position = ma.fields.Dict(required=True, allow_none=True, metadata=_SHAPE)
    site = ma.fields.UUID(required=True, allow_none=True)
    area = ma.fields.UUID(required=True, allow_none=True)
    power = ma.fields.String(required=True, allow_none=True)
    method_of_entry = ma.fields.String(required=True, allow_none=True)
    note = ma.fields.String(required=True, allow_none=True)
    version = ma.fields.Integer(required=True)
    mine = ma.fields.Boolean(required=True)


class ShiftSiteSchema(ma.Schema):
    """A site that somebody is deployed at"""

    id = ma.fields.UUID(required=True)
    kind = Code(SITE_KINDS, required=True)
    name = ma.fields.String(required=True)
    address = ma.fields.String(required=True, allow_none=True)
    position = ma.fields.Dict(required=True, metadata=_SHAPE)


class ShiftBriefingSchema(ma.Schema):
    """The briefing in force, and when whoever asks confirmed to have read it"""

    id = ma.fields.UUID(required=True)
    version = ma.fields.Integer(required=True)
    marking = ma.fields.String(required=True)
    issued_at = ma.fields.AwareDateTime(required=True)
    sections = ma.fields.Nested(BriefingTextsSchema, required=True)
    read_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class ShiftOperationSchema(ma.Schema):
    """An operation of a shift"""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    kind = Code(KINDS, required=True)
    reference = ma.fields.String(required=True)
    marking = ma.fields.String(required=True)
    status = Code(STATUSES, required=True)
    starts_at = ma.fields.AwareDateTime(required=True)
    ends_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    expects = ma.fields.List(
        ma.fields.String(),
        required=True,
        metadata={"description": "The kinds of result to show first, the likeliest first"},
    )
    areas = ma.fields.List(ma.fields.Nested(ShiftAreaSchema), required=True)
    deployments = ma.fields.List(ma.fields.Nested(ShiftDeploymentSchema), required=True)
    sites = ma.fields.List(ma.fields.Nested(ShiftSiteSchema), required=True)
    briefing = ma.fields.Nested(
        ShiftBriefingSchema,
        allow_none=True,
        metadata={"description": "Of changes: left out where it is as it was"},
    )


class PartsGoneSchema(ma.Schema):
    """What is not there any more, or not for this person"""

    areas = ma.fields.List(ma.fields.UUID(), required=True)
    deployments = ma.fields.List(ma.fields.UUID(), required=True)


class ChangedOperationSchema(ShiftOperationSchema):
    """An operation of which something changed: the parts that did, to be put over the old ones"""

    whole = ma.fields.Boolean(
        required=True,
        metadata={"description": "All there is of it: drop what was there before"},
    )
    gone = ma.fields.Nested(PartsGoneSchema, required=True)


class BundleSchema(ma.Schema):
    """What a phone needs for a shift"""

    as_at = ma.fields.AwareDateTime(required=True)
    after = ma.fields.String(
        required=True, metadata={"description": "Ask `/changes` with it for what followed"}
    )
    person = ma.fields.Nested(ShiftPersonSchema, required=True)
    operations = ma.fields.List(ma.fields.Nested(ShiftOperationSchema), required=True)
    forms = ma.fields.String(
        required=True, metadata={"description": "The edition of `kinds` and `code_lists`"}
    )
    kinds = ma.fields.Dict(
        required=True,
        allow_none=True,
        metadata={"description": "What each kind of result asks; null where the phone has them"},
    )
    code_lists = ma.fields.Dict(
        required=True,
        allow_none=True,
        metadata={"description": "Codes and labels in order; null where the phone has them"},
    )


class ShiftChangesSchema(ma.Schema):
    """What changed since a place"""

    person = ma.fields.Nested(WhoseShiftSchema, required=True)
    as_at = ma.fields.AwareDateTime(required=True)
    after = ma.fields.String(required=True)
    more = ma.fields.Boolean(
        required=True, metadata={"description": "There is more already; ask again at once"}
    )
    operations = ma.fields.List(ma.fields.Nested(ChangedOperationSchema), required=True)
    gone = ma.fields.List(
        ma.fields.UUID(),
        required=True,
        metadata={"description": "Operations to drop: over, or not this person's any more"},
    )
    forms = ma.fields.String(
        required=True, metadata={"description": "Where it is another, take the bundle again"}
    )
