"""The wire of deconfliction."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from ops.api import PageSchema
from ops.deconfliction.models import OUTCOMES, REASONS, STATES
from ops.fields import Code, Moment, Text
from ops.geo.fields import Area, Point
from ops.operations.deployment_codes import DEPLOYMENT_KINDS
from ops.operations.models import MARKINGS
from ops.operations.schemas import NamedSchema, OperationPointerSchema, OwnerSchema, Postcode

WHICH = {"open": "Open", "mine": "Mine", "resolved": "Resolved", "gone": "No longer there"}
_MARKINGS = {marking: marking for marking in MARKINGS}


class ConflictFilterSchema(PageSchema):
    """Which conflicts"""

    state = Code(STATES, load_default="open")


class DeskConflictFilterSchema(PageSchema):
    """Which conflicts of the desk"""

    which = Code(WHICH, load_default="open")


class DeployedSchema(ma.Schema):
    """A deployment of a conflict"""

    id = ma.fields.UUID()
    name = ma.fields.String()
    kind = ma.fields.String()
    status = ma.fields.String()
    starts_at = ma.fields.String(metadata={"format": "date-time"})
    ends_at = ma.fields.String(metadata={"format": "date-time"})


class ConflictPlaceSchema(ma.Schema):
    """Where a deployment of a conflict is"""

    name = ma.fields.String(allow_none=True)
    point = ma.fields.Dict()


class ConflictContactSchema(ma.Schema):
    """Whom to ring: a lead of the operation"""

    name = ma.fields.String()
    email = ma.fields.String()


class ConflictPartySchema(ma.Schema):
    """One side of a conflict"""

    deployment = ma.fields.Nested(DeployedSchema)
    operation = ma.fields.Nested(OperationPointerSchema)
    organisation = ma.fields.Nested(OwnerSchema)
    place = ma.fields.Nested(ConflictPlaceSchema)
    contacts = ma.fields.List(ma.fields.Nested(ConflictContactSchema))


class ConflictSideSchema(ConflictPartySchema):
    """One side of a conflict, as the desk sees it"""

    is_covert = ma.fields.Boolean()
    is_told = ma.fields.Boolean(
        metadata={"description": "Whether this side knows that there is a conflict"}
    )


class OwnDeploymentSchema(ma.Schema):
    """Your deployment"""

    id = ma.fields.UUID()
    name = ma.fields.String()
    starts_at = ma.fields.AwareDateTime()
    ends_at = ma.fields.AwareDateTime()


class ConflictOutcomeSchema(ma.Schema):
    """How the desk resolved it"""

    outcome = ma.fields.String(metadata={"enum": list(OUTCOMES)})
    told = ma.fields.String(allow_none=True)


class ConflictSchema(ma.Schema):
    """A conflict of one of your deployments; the other side where you may see it"""

    reference = ma.fields.String()
    state = ma.fields.String(metadata={"enum": list(STATES)})
    said = ma.fields.String()
    operation = ma.fields.UUID()
    deployment = ma.fields.Nested(OwnDeploymentSchema)
    reasons = ma.fields.List(ma.fields.String(metadata={"enum": list(REASONS)}), allow_none=True)
    distance_m = ma.fields.Integer(allow_none=True)
    gap_minutes = ma.fields.Integer(allow_none=True)
    other = ma.fields.Nested(ConflictPartySchema, allow_none=True)
    resolution = ma.fields.Nested(ConflictOutcomeSchema, allow_none=True)
    may_tell = ma.fields.Boolean(
        metadata={"description": "The other side does not know of it, and you may let it be told"}
    )


class DeskConflictSchema(ma.Schema):
    """A conflict with both its sides, for the deconfliction desk"""

    reference = ma.fields.String()
    state = ma.fields.String(metadata={"enum": list(STATES)})
    reasons = ma.fields.List(ma.fields.String(metadata={"enum": list(REASONS)}))
    distance_m = ma.fields.Integer(allow_none=True)
    gap_minutes = ma.fields.Integer()
    found_at = ma.fields.AwareDateTime()
    changed_at = ma.fields.AwareDateTime()
    owner = ma.fields.Nested(NamedSchema, allow_none=True)
    is_mine = ma.fields.Boolean()
    sides = ma.fields.List(ma.fields.Nested(ConflictSideSchema))
    outcome = ma.fields.String(allow_none=True, metadata={"enum": [*OUTCOMES, None]})
    told = ma.fields.String(allow_none=True)
    note = ma.fields.String(allow_none=True)
    resolved_at = ma.fields.AwareDateTime(allow_none=True)


class ConflictOwnerSchema(ma.Schema):
    """Whether you take a conflict or give it back"""

    mine = ma.fields.Boolean(required=True)


class ConflictResolutionSchema(ma.Schema):
    """How a conflict is resolved"""

    outcome = Code(OUTCOMES, required=True)
    told = Text(
        1000,
        allow_none=True,
        metadata={"description": "What both sides read; say nothing of either that is kept"},
    )
    note = Text(2000, allow_none=True, metadata={"description": "For the desk alone"})


class DeconflictionRuleSchema(ma.Schema):
    """How near and how soon is a conflict; of any kind or marking where none is said"""

    kind = Code(DEPLOYMENT_KINDS, allow_none=True, load_default=None)
    marking = Code(_MARKINGS, allow_none=True, load_default=None)
    radius_m = ma.fields.Integer(
        required=True,
        validate=ma.validate.Range(0, 5000, error="Give metres from 0 to 5,000."),
    )
    minutes = ma.fields.Integer(
        required=True,
        validate=ma.validate.Range(0, 2880, error="Give minutes from 0 to 2,880, two days."),
    )
    same_days = ma.fields.Integer(
        required=True,
        validate=ma.validate.Range(0, 366, error="Give days from 0 to 366."),
        metadata={"description": "Within how many days the same site, line or address conflicts"},
    )
    tells_of_covert = ma.fields.Boolean(
        load_default=False,
        metadata={"description": "Whether those outside a covert operation get a reference"},
    )


class SetDeconflictionRuleSchema(DeconflictionRuleSchema):
    """A rule, and who set it"""

    changed_at = ma.fields.AwareDateTime(allow_none=True)
    changed_by = ma.fields.Nested(NamedSchema, allow_none=True)


class DryCheckSchema(ma.Schema):
    """A place and a window to look at before anything is planned"""

    kind = Code(DEPLOYMENT_KINDS, required=True)
    starts_at = Moment(required=True)
    ends_at = Moment(required=True, end=True)
    point = Point(allow_none=True, in_uk=True)
    shape = Area(allow_none=True)
    site = ma.fields.UUID(allow_none=True)
    address = Text(300, allow_none=True)
    postcode = Postcode(allow_none=True)

    @ma.validates_schema(skip_on_field_errors=True)
    def _can_be_meant(self, sent: Mapping[str, Any], **_kwargs: object) -> None:
        if sent["ends_at"] <= sent["starts_at"]:
            raise ma.ValidationError("Must be after the start.", "ends_at")
        if (sent["ends_at"] - sent["starts_at"]).days > 31:
            raise ma.ValidationError("Ask about a month at most.", "ends_at")
        if sum(sent.get(name) is not None for name in ("point", "shape", "site")) != 1:
            raise ma.ValidationError("Give one place: a site, an outline or a point.", "site")


class SeenNearSchema(ma.Schema):
    """A deployment that you see, in the way of what you asked about"""

    deployment = ma.fields.Nested(DeployedSchema)
    operation = ma.fields.Nested(OperationPointerSchema)
    reasons = ma.fields.List(ma.fields.String(metadata={"enum": list(REASONS)}))
    distance_m = ma.fields.Integer(allow_none=True)


class DryCheckedSchema(ma.Schema):
    """What you see there; the sentence is the same whatever else there is"""

    seen = ma.fields.List(ma.fields.Nested(SeenNearSchema))
    said = ma.fields.String()
