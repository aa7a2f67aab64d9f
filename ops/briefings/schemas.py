"""The wire of briefings."""

from typing import Any

import marshmallow as ma

from ops.api import FormQuerySchema, OptionalSchema, PageSchema
from ops.briefings.models import FORMS, SECTIONS, STATES
from ops.fields import Text
from ops.operations.models import MARKINGS

# Some twenty pages of one section: more is no briefing.
LONGEST = 40_000
_TEXTS: dict[str, ma.fields.Field[Any]] = {
    name: Text(LONGEST, allow_none=True) for name in SECTIONS
}

BriefingTextsSchema = ma.Schema.from_dict(
    {name: ma.fields.String(required=True) for name in SECTIONS}, name="BriefingTexts"
)
_BriefingChangeTexts = ma.Schema.from_dict(_TEXTS, name="BriefingChangeTexts")


class BriefingChangeSchema(_BriefingChangeTexts):  # type: ignore[misc, valid-type]
    """What somebody writes in the sections of a draft; null empties one"""

    marking = ma.fields.String(validate=ma.validate.OneOf(MARKINGS))


class BriefingSchema(ma.Schema):
    """One version of an operation's briefing"""

    id = ma.fields.UUID(required=True)
    operation = ma.fields.UUID(required=True)
    version = ma.fields.Integer(required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(STATES))
    marking = ma.fields.String(required=True)
    is_shared = ma.fields.Boolean(
        required=True,
        metadata={"description": "Partners who see only their part of the operation read it too"},
    )
    made_at = ma.fields.AwareDateTime(required=True)
    made_by = ma.fields.String(required=True)
    changed_at = ma.fields.AwareDateTime(required=True)
    changed_by = ma.fields.String(required=True)
    issued_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    issued_by = ma.fields.String(required=True, allow_none=True)
    withdrawn_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    withdrawn_by = ma.fields.String(required=True, allow_none=True)
    withdrawn_why = ma.fields.String(required=True, allow_none=True)
    hash = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "SHA-256 of what was issued"}
    )


class WholeBriefingSchema(BriefingSchema):
    """A version with all that it says"""

    sections = ma.fields.Nested(BriefingTextsSchema, required=True)
    plan = ma.fields.Dict(
        required=True, metadata={"description": "The plan as it was taken into this version"}
    )
    read_at = ma.fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "When whoever asks read it"}
    )


class BriefingIssueSchema(OptionalSchema):
    """Whether partners who see only their own part read it too"""

    shared = ma.fields.Boolean(load_default=False)


class BriefingWithdrawalSchema(ma.Schema):
    """Why nobody is briefed by it any more"""

    reason = Text(1000, required=True)


class BriefingTakeSchema(OptionalSchema):
    """Which sections take what the plan says by now; left out, all of them"""

    sections = ma.fields.List(
        ma.fields.String(validate=ma.validate.OneOf(SECTIONS)),
        load_default=list(SECTIONS),
        validate=ma.validate.Length(max=len(SECTIONS)),
    )


class DifferingWordsSchema(ma.Schema):
    """Words that stayed, were added or were removed"""

    act = ma.fields.String(required=True, validate=ma.validate.OneOf(["same", "added", "removed"]))
    text = ma.fields.String(required=True)


class SectionDifferenceSchema(ma.Schema):
    """A section that differs"""

    section = ma.fields.String(required=True)
    label = ma.fields.String(required=True)
    parts = ma.fields.List(ma.fields.Nested(DifferingWordsSchema), required=True)


class DeploymentDifferenceSchema(ma.Schema):
    """A deployment that differs, and in what"""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    act = ma.fields.String(
        required=True, validate=ma.validate.OneOf(["added", "cancelled", "moved", "changed"])
    )
    lines = ma.fields.List(ma.fields.String(), required=True)


class BriefingDifferencesSchema(ma.Schema):
    """What differs from an earlier version, or from the plan as it is"""

    since = ma.fields.Integer(
        required=True, allow_none=True, metadata={"description": "The version read last, if any"}
    )
    sections = ma.fields.List(ma.fields.Nested(SectionDifferenceSchema), required=True)
    deployments = ma.fields.List(ma.fields.Nested(DeploymentDifferenceSchema), required=True)
    other = ma.fields.List(
        ma.fields.String(),
        required=True,
        metadata={"description": "Areas, teams and warrants that differ, a sentence each"},
    )


class BriefingReaderSchema(ma.Schema):
    """Somebody deployed, or who read it, and what they have read"""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    organisation = ma.fields.String(required=True)
    is_deployed = ma.fields.Boolean(required=True)
    deployments = ma.fields.List(ma.fields.String(), required=True, allow_none=True)
    starts_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    read_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    last_version = ma.fields.Integer(required=True, allow_none=True)


class BriefingCopySchema(ma.Schema):
    """A numbered copy, and for whom"""

    id = ma.fields.UUID(required=True)
    number = ma.fields.Integer(required=True)
    form = ma.fields.String(required=True, validate=ma.validate.OneOf(FORMS))
    recipient = ma.fields.String(required=True)
    made_at = ma.fields.AwareDateTime(required=True)
    made_by = ma.fields.String(required=True)


class BriefingReadersSchema(ma.Schema):
    """Who has read it, who has not, and which copies were taken away"""

    readers = ma.fields.List(ma.fields.Nested(BriefingReaderSchema), required=True)
    copies = ma.fields.List(ma.fields.Nested(BriefingCopySchema), required=True)


class BriefingFilterSchema(PageSchema):
    """Which part of the list"""


class BriefingCopyForSchema(FormQuerySchema):
    """For whom a copy is"""

    recipient = Text(100, metadata={"description": "Left out, it is for whoever takes the copy"})
