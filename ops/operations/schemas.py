"""The wire of plans."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from ops.api import PageSchema
from ops.fields import Code, Moment, Postcode, Text
from ops.geo.fields import BBox, Point
from ops.operations.deployment_codes import (
    DEPLOYMENT_KINDS,
    DEPLOYMENT_STATUSES,
    METHODS_OF_ENTRY,
    POWERS,
)
from ops.operations.models import (
    KINDS,
    PHASES,
    STATUSES,
    THEMES,
    VISIBILITIES,
)


class StampedSchema(ma.Schema):
    """What a phone sends, with what its clock says as it does"""

    sent_at = Moment(
        metadata={
            "description": "What the sender's own clock says now, so that a wrong one is told"
        }
    )


class ClockedSchema(ma.Schema):
    """What is told of a phone's clock"""

    claimed_at = ma.fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "The time that a phone gave, where its clock made it impossible"},
    )
    clock_offset_s = ma.fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "By how many seconds the phone's clock was fast, as it came here"},
    )


class OwnerSchema(ma.Schema):
    """The organisation that leads"""

    code = ma.fields.String()
    name = ma.fields.String()


class OperationPointerSchema(ma.Schema):
    """Another operation"""

    id = ma.fields.UUID()
    name = ma.fields.String()
    reference = ma.fields.String()


class StepSchema(ma.Schema):
    """A step the operation could take, and what it lacks for it"""

    to = ma.fields.String()
    label = ma.fields.String()
    back = ma.fields.Boolean()
    missing = ma.fields.List(ma.fields.String())


class OperationSchema(ma.Schema):
    """An operation"""

    id = ma.fields.UUID()
    reference = ma.fields.String()
    kind = ma.fields.String()
    name = ma.fields.String()
    theme = ma.fields.String(allow_none=True)
    aim = ma.fields.String(allow_none=True)
    starts_at = ma.fields.AwareDateTime()
    ends_at = ma.fields.AwareDateTime(allow_none=True)
    status = ma.fields.String()
    marking = ma.fields.String()
    visibility = ma.fields.String()
    version = ma.fields.Integer()
    created_at = ma.fields.AwareDateTime()
    organisation = ma.fields.Nested(OwnerSchema)


class OperationInFullSchema(OperationSchema):
    """An operation, its relatives, and the steps it could take"""

    parent = ma.fields.Nested(OperationPointerSchema, allow_none=True)
    predecessor = ma.fields.Nested(OperationPointerSchema, allow_none=True)
    children = ma.fields.List(ma.fields.Nested(OperationPointerSchema))
    successors = ma.fields.List(ma.fields.Nested(OperationPointerSchema))
    steps = ma.fields.List(ma.fields.Nested(StepSchema))


class OperationChangeSchema(ma.Schema):
    """What of an operation can be changed"""

    name = Text(120)
    theme = Code(THEMES, allow_none=True)
    aim = Text(2000, allow_none=True)
    starts_at = Moment()
    ends_at = Moment(end=True, allow_none=True)
    organisation = Text(metadata={"description": "The code of the organisation that leads"})
    visibility = Code(VISIBILITIES)
    parent = ma.fields.UUID(allow_none=True)
    predecessor = ma.fields.UUID(allow_none=True)
    marking = ma.fields.String()


class OperationPlanSchema(OperationChangeSchema):
    """A new operation; without an organisation, it is your own that leads"""

    id = ma.fields.UUID()
    kind = Code(KINDS, required=True)
    name = Text(120, required=True)
    reference = Text(40)
    starts_at = Moment(required=True)


class OperationFilterSchema(PageSchema):
    """Which operations"""

    kind = Code(KINDS)
    status = Code(STATUSES)
    theme = Code(THEMES)
    organisation = Text(metadata={"description": "The code of an organisation, with all below it"})
    from_ = Moment(data_key="from", metadata={"description": "Running then or later"})
    to = Moment(end=True, metadata={"description": "Running before then"})
    bbox = BBox()
    q = Text(metadata={"description": "Part of the name or reference; typing errors are forgiven"})


class MoveSchema(ma.Schema):
    """A step to take"""

    to = Code(STATUSES, required=True)
    reason = Text(1000, allow_none=True)


class TransitionSchema(ma.Schema):
    """A step that was taken"""

    from_status = ma.fields.String(data_key="from")
    to_status = ma.fields.String(data_key="to")
    reason = ma.fields.String(allow_none=True)
    at = ma.fields.AwareDateTime()
    by = ma.fields.String()


class PhaseChangeSchema(ma.Schema):
    """What of a phase can be changed"""

    starts_at = Moment()
    ends_at = Moment(end=True, allow_none=True)
    aim = Text(1000, allow_none=True)
    note = Text(1000, allow_none=True)


class PhaseSchema(PhaseChangeSchema):
    """A phase of a place-based operation"""

    id = ma.fields.UUID(dump_only=True)
    kind = Code(PHASES, required=True)
    starts_at = Moment(required=True)


class NamedSchema(ma.Schema):
    """Something with a name"""

    id = ma.fields.UUID()
    name = ma.fields.String()


class PlaceSchema(ma.Schema):
    """Where a deployment goes: a point has neither id nor name"""

    id = ma.fields.UUID(allow_none=True)
    name = ma.fields.String(allow_none=True)
    type = ma.fields.String()
    point = ma.fields.Dict(allow_none=True)


class DeploymentSchema(ma.Schema):
    """A deployment: people sent to one place for one window"""

    id = ma.fields.UUID()
    operation = ma.fields.UUID()
    kind = ma.fields.String()
    name = ma.fields.String()
    starts_at = ma.fields.AwareDateTime()
    ends_at = ma.fields.AwareDateTime()
    place = ma.fields.Nested(PlaceSchema)
    address = ma.fields.String(allow_none=True)
    postcode = ma.fields.String(allow_none=True)
    line = ma.fields.Nested(NamedSchema, allow_none=True)
    method_of_entry = ma.fields.String(allow_none=True)
    power = ma.fields.String(allow_none=True)
    status = ma.fields.String()
    note = ma.fields.String(allow_none=True)
    people = ma.fields.Integer()
    teams = ma.fields.List(ma.fields.String())
    version = ma.fields.Integer()


class DeploymentChangeSchema(ma.Schema):
    """What of a deployment can be changed; its place is one of a site, an area and a point"""

    kind = Code(DEPLOYMENT_KINDS)
    name = Text(120)
    starts_at = Moment()
    ends_at = Moment()
    site = ma.fields.UUID(allow_none=True)
    area = ma.fields.UUID(allow_none=True)
    point = Point(allow_none=True)
    address = Text(300, allow_none=True)
    postcode = Postcode(allow_none=True)
    line = ma.fields.UUID(
        allow_none=True, metadata={"description": "The deal line that it is about"}
    )
    method_of_entry = Code(METHODS_OF_ENTRY, allow_none=True)
    power = Code(POWERS, allow_none=True)
    status = Code(DEPLOYMENT_STATUSES)
    note = Text(2000, allow_none=True)


class DeploymentPlanSchema(DeploymentChangeSchema):
    """A new deployment"""

    class Meta:
        """A new deployment is planned."""

        exclude = ("status",)

    id = ma.fields.UUID()
    kind = Code(DEPLOYMENT_KINDS, required=True)
    name = Text(120, required=True)
    starts_at = Moment(required=True)
    ends_at = Moment(required=True)


class DeploymentFilterSchema(PageSchema):
    """Which deployments"""

    status = Code(DEPLOYMENT_STATUSES)
    from_ = Moment(data_key="from", metadata={"description": "Under way then or later"})
    to = Moment(end=True, metadata={"description": "Under way before then"})


class TeamSchema(ma.Schema):
    """A team and its members"""

    id = ma.fields.UUID()
    name = ma.fields.String()
    members = ma.fields.List(ma.fields.Nested(NamedSchema))


class TeamChangeSchema(ma.Schema):
    """What of a team can be changed; `members` are the ids of all its people"""

    name = Text(80)
    members = ma.fields.List(ma.fields.UUID(), validate=ma.validate.Length(max=200))


class TeamPlanSchema(TeamChangeSchema):
    """A new team"""

    name = Text(80, required=True)


class AssignSchema(ma.Schema):
    """Who to deploy: a whole team, or one person"""

    team = ma.fields.UUID()
    person = ma.fields.UUID()

    @ma.validates_schema
    def one_of_them(self, who: Mapping[str, Any], **_kwargs: Any) -> None:
        """Refuse neither, and both."""
        if len(who) != 1:
            raise ma.ValidationError("Name a team or a person, one of the two.", "team")


class MoveAssignmentSchema(ma.Schema):
    """Where somebody goes, alone or with their whole team, or who comes in their place"""

    to = ma.fields.UUID(metadata={"description": "The deployment to move to"})
    whole_team = ma.fields.Boolean(load_default=False)
    person = ma.fields.UUID(metadata={"description": "Who comes in their place"})

    @ma.validates_schema
    def one_of_them(self, content: Mapping[str, Any], **_kwargs: Any) -> None:
        """Refuse neither, and both."""
        if ("to" in content) == ("person" in content):
            raise ma.ValidationError("Name a deployment or a person, one of the two.", "to")


class FromSchema(ma.Schema):
    """Who was on which deployment before"""

    person = ma.fields.String()
    deployment = ma.fields.String()


class AssignmentSchema(ma.Schema):
    """One person on a deployment; once released, only as history"""

    id = ma.fields.UUID()
    person = ma.fields.Nested(NamedSchema)
    team = ma.fields.Nested(NamedSchema, allow_none=True)
    released_at = ma.fields.AwareDateTime(allow_none=True)
    in_place_of = ma.fields.Nested(FromSchema, allow_none=True)
