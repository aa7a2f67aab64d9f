"""The wire of snapshots and releases."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from ops.api import MOST, PageSchema
from ops.fields import Code, Moment, Quantity, Text
from ops.operations.models import KINDS, MARKINGS, THEMES
from ops.outcomes.schemas import By
from ops.releases.models import NARROWED, SAID_AS, STATES
from ops.results.fields import Day
from ops.results.grouping import ERASED
from ops.results.kinds.base import FOUR_PS


class SnapshotFilterSchema(PageSchema):
    """Which snapshots"""

    operation = ma.fields.UUID(metadata={"description": "Those in which it is added up"})


class SnapshotSentSchema(ma.Schema):
    """What to freeze: what an outcome summary is asked for, of whole days in Europe/London"""

    title = Text(allow_none=True, load_default=None)
    operation = ma.fields.List(
        ma.fields.UUID(), validate=ma.validate.Length(max=MOST), load_default=list
    )
    kind = ma.fields.String(validate=ma.validate.OneOf(KINDS), load_default=None, allow_none=True)
    theme = ma.fields.String(validate=ma.validate.OneOf(THEMES), load_default=None, allow_none=True)
    organisation = Text(
        load_default=None,
        allow_none=True,
        metadata={"description": "The code of an organisation, with all below it"},
    )
    four_p = ma.fields.String(
        validate=ma.validate.OneOf(FOUR_PS), load_default=None, allow_none=True
    )
    from_ = Day(data_key="from", load_default=None, allow_none=True)
    to = Day(load_default=None, allow_none=True)
    as_at = Moment(
        end=True,
        load_default=None,
        allow_none=True,
        metadata={"description": "When it was known; left out, now"},
    )
    by = By(ERASED, load_default=None, allow_none=True)

    @ma.validates_schema(skip_on_field_errors=True)
    def starts_before_it_ends(self, sent: Mapping[str, Any], **_kwargs: Any) -> None:
        """Refuse a period that ends before it starts."""
        if sent["from_"] and sent["to"] and sent["to"] < sent["from_"]:
            raise ma.ValidationError("Must not be before the first day.", "to")


class SnapshotSchema(ma.Schema):
    """What is frozen, without its content"""

    id = ma.fields.UUID(required=True)
    title = ma.fields.String(required=True, allow_none=True)
    operation = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "The one that it is of"}
    )
    starts_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    ends_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    as_at = ma.fields.AwareDateTime(required=True)
    taken_at = ma.fields.AwareDateTime(required=True)
    taken_by = ma.fields.String(required=True)
    hash = ma.fields.String(required=True, metadata={"description": "SHA-256 of its bytes"})


class FrozenSchema(ma.Schema):
    """A snapshot: the bytes that were stored, whatever has changed since

    Each figure names the records behind it by their places in `records`, a list of their id,
    version, kind and operation, and whether they were confirmed. What an erasure would take (the
    names of operations, areas and deployments) is not in it.
    """

    format = ma.fields.Integer(required=True)
    id = ma.fields.UUID(required=True)
    taken_at = ma.fields.AwareDateTime(required=True)
    taken_by = ma.fields.Dict(required=True)
    as_at = ma.fields.AwareDateTime(required=True)
    from_ = ma.fields.Date(required=True, allow_none=True, data_key="from")
    to = ma.fields.Date(required=True, allow_none=True)
    zone = ma.fields.String(required=True)
    by = ma.fields.String(required=True, allow_none=True)
    filters = ma.fields.Dict(required=True)
    operations = ma.fields.List(ma.fields.UUID(), required=True)
    definitions = ma.fields.List(ma.fields.Dict(), required=True)
    measures = ma.fields.List(ma.fields.Dict(), required=True)
    records = ma.fields.List(ma.fields.List(ma.fields.Raw()), required=True)


class ValueSchema(ma.Schema):
    """A figure at one time"""

    value = Quantity(required=True, allow_none=True)
    provisional = Quantity(required=True, allow_none=True)
    qualifier = ma.fields.String(required=True, allow_none=True)


class FigureChangeSchema(ma.Schema):
    """A figure then and now, by the definition that was frozen"""

    code = ma.fields.String(required=True)
    label = ma.fields.String(required=True)
    unit = ma.fields.String(required=True)
    then = ma.fields.Nested(ValueSchema, required=True)
    now = ma.fields.Nested(ValueSchema, required=True)
    difference = Quantity(required=True, allow_none=True)
    came = ma.fields.Integer(required=True, metadata={"description": "Records that count since"})
    went = ma.fields.Integer(required=True, metadata={"description": "Records that did, and don't"})


class DefinitionChangeSchema(ma.Schema):
    """A definition that is no longer the one in force"""

    code = ma.fields.String(required=True)
    label = ma.fields.String(required=True)
    then = ma.fields.Integer(required=True, metadata={"description": "The version that was used"})
    now = ma.fields.Integer(required=True, allow_none=True)
    said_then = ma.fields.String(required=True)
    says_now = ma.fields.String(required=True, allow_none=True)


class ChangesSchema(ma.Schema):
    """What has changed since a snapshot was taken"""

    as_at = ma.fields.AwareDateTime(required=True)
    now = ma.fields.AwareDateTime(required=True)
    figures = ma.fields.List(ma.fields.Nested(FigureChangeSchema), required=True)
    definitions = ma.fields.List(ma.fields.Nested(DefinitionChangeSchema), required=True)
    records = ma.fields.Integer(required=True, metadata={"description": "How many changed"})
    others = ma.fields.Integer(
        required=True, metadata={"description": "Records that whoever asks does not see"}
    )


class ActSchema(ma.Schema):
    """One thing somebody did to a record since"""

    act = ma.fields.String(required=True)
    at = ma.fields.AwareDateTime(required=True)
    by = ma.fields.String(required=True, allow_none=True)
    reason = ma.fields.String(required=True, allow_none=True)
    changes = ma.fields.List(ma.fields.String(), required=True)


class ChangedRecordSchema(ma.Schema):
    """A record that changed since, what it came to or went from, and why"""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.String(required=True)
    operation = ma.fields.UUID(required=True)
    occurred_at = ma.fields.AwareDateTime(required=True)
    came_to = ma.fields.List(ma.fields.String(), required=True)
    went_from = ma.fields.List(ma.fields.String(), required=True)
    reasons = ma.fields.List(ma.fields.String(), required=True)
    acts = ma.fields.List(ma.fields.Nested(ActSchema), required=True)


class ChangedRecordFilterSchema(PageSchema):
    """Of which figure"""

    measure = Text()


class HeadlineSchema(ma.Schema):
    """A figure to lead with; rounded only where it says so"""

    measure = Text(required=True)
    part = ma.fields.String(
        load_default=None, allow_none=True, metadata={"description": "The key of a group"}
    )
    rounded = Quantity(load_default=None, allow_none=True)
    said_as = ma.fields.String(
        validate=ma.validate.OneOf(SAID_AS), load_default=None, allow_none=True
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def is_rounded_whole(self, headline: Mapping[str, Any], **_kwargs: Any) -> None:
        """Refuse a rounding without its word, or a word without its rounding."""
        if (headline["rounded"] is None) != (headline["said_as"] is None):
            said = "Give the rounded figure and the word for it, or neither."
            raise ma.ValidationError(said, "rounded" if headline["said_as"] else "said_as")


class ReleaseChangeSchema(ma.Schema):
    """What is written of a snapshot"""

    title = Text()
    introduction = Text(4000, allow_none=True)
    notes = Text(4000, allow_none=True)
    headlines = ma.fields.List(ma.fields.Nested(HeadlineSchema), validate=ma.validate.Length(1, 50))
    marking = ma.fields.String(validate=ma.validate.OneOf(MARKINGS))


class ReleaseSentSchema(ReleaseChangeSchema):
    """A release to be made from a snapshot"""

    snapshot = ma.fields.UUID(required=True)
    title = Text(required=True)
    headlines = ma.fields.List(
        ma.fields.Nested(HeadlineSchema), required=True, validate=ma.validate.Length(1, 50)
    )


class PublishedFigureSchema(ma.Schema):
    """A figure as it was published; one that a revision supersedes stays beside it"""

    id = ma.fields.UUID(required=True)
    measure = ma.fields.String(required=True)
    label = ma.fields.String(required=True)
    value = Quantity(required=True)
    unit = ma.fields.String(required=True)
    qualifier = ma.fields.String(required=True)
    note = ma.fields.String(required=True, allow_none=True)
    created_at = ma.fields.AwareDateTime(required=True)
    by = ma.fields.String(required=True, allow_none=True)
    proposed_by = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "Of a revision"}
    )
    supersedes = ma.fields.UUID(required=True, allow_none=True)
    superseded_by = ma.fields.UUID(required=True, allow_none=True)


class ReleaseSchema(ma.Schema):
    """What is said of a snapshot, and who stands for it"""

    id = ma.fields.UUID(required=True)
    snapshot = ma.fields.UUID(required=True)
    operation = ma.fields.UUID(required=True, allow_none=True)
    title = ma.fields.String(required=True)
    introduction = ma.fields.String(required=True, allow_none=True)
    notes = ma.fields.String(required=True, allow_none=True)
    headlines = ma.fields.List(ma.fields.Nested(HeadlineSchema), required=True)
    marking = ma.fields.String(required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(STATES))
    publisher = ma.fields.String(required=True)
    made_at = ma.fields.AwareDateTime(required=True)
    made_by = ma.fields.String(required=True)
    approved_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    approved_by = ma.fields.String(required=True, allow_none=True)
    published_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    published_by = ma.fields.String(required=True, allow_none=True)
    set = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "Code of its published set"}
    )


class ProposedRevisionSchema(ma.Schema):
    """A revision that nobody has approved yet: no part of what is published"""

    figure = ma.fields.UUID(required=True)
    value = Quantity(required=True)
    qualifier = ma.fields.String(required=True)
    note = ma.fields.String(required=True)
    at = ma.fields.AwareDateTime(required=True)
    by = ma.fields.String(required=True)


class WholeReleaseSchema(ReleaseSchema):
    """A release with its figures as they were published"""

    revision = ma.fields.Nested(ProposedRevisionSchema, required=True, allow_none=True)
    figures = ma.fields.List(ma.fields.Nested(PublishedFigureSchema), required=True)


class ReleaseFilterSchema(PageSchema):
    """Which releases"""

    snapshot = ma.fields.UUID()
    state = Code(NARROWED)


class RevisionSchema(ma.Schema):
    """A figure in the place of one that was published, and why"""

    figure = ma.fields.UUID(required=True)
    value = Quantity(required=True)
    said_as = ma.fields.String(
        validate=ma.validate.OneOf(SAID_AS),
        load_default=None,
        allow_none=True,
        metadata={"description": "Of a rounded figure; left out, it is as the records say"},
    )
    note = Text(2000, required=True)
