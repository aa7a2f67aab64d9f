"""The wire of members."""

from typing import Any

import marshmallow as ma

from ops.access.member_models import ALERT_KINDS, MEMBER_ROLES
from ops.fields import Code, Moment, Text
from ops.operations.schemas import NamedSchema

# Shorter than this is no reason that a lead or an auditor could judge.
SHORTEST_REASON = 10


class MembershipSchema(ma.Schema):
    """Somebody's role in an operation, between two times"""

    id = ma.fields.UUID()
    person = ma.fields.Nested(NamedSchema)
    organisation = ma.fields.String()
    role = ma.fields.String(metadata={"enum": list(MEMBER_ROLES)})
    from_ = ma.fields.AwareDateTime(data_key="from")
    to = ma.fields.AwareDateTime(allow_none=True)
    granted_by = ma.fields.Nested(NamedSchema)
    reason = ma.fields.String(allow_none=True)
    is_break_glass = ma.fields.Boolean()
    revoked_at = ma.fields.AwareDateTime(allow_none=True)
    stands = ma.fields.Boolean(metadata={"description": "Neither taken back nor over"})


class AdmissionSchema(ma.Schema):
    """Whom to let into an operation, as what, and until when"""

    person = ma.fields.UUID(required=True)
    role = Code(MEMBER_ROLES, required=True)
    from_ = Moment(data_key="from")
    to = Moment(end=True, allow_none=True)
    reason = Text(500, allow_none=True)


class BreakGlassSchema(ma.Schema):
    """Which restricted operation to open in an emergency, and why"""

    reference = Text(40, required=True)
    reason = Text(500, required=True)

    @ma.validates("reason")
    def _say_it(self, reason: str, **_kwargs: Any) -> None:
        if len(reason) < SHORTEST_REASON:
            raise ma.ValidationError("Say in a sentence why it can't wait.")


class OpenedSchema(ma.Schema):
    """The operation that was opened"""

    id = ma.fields.UUID()
    name = ma.fields.String()
    reference = ma.fields.String()


class AlertSchema(ma.Schema):
    """What you were told: that an operation was opened in an emergency, or of a conflict"""

    id = ma.fields.UUID()
    at = ma.fields.AwareDateTime()
    kind = ma.fields.String(metadata={"enum": list(ALERT_KINDS)})
    person = ma.fields.Nested(
        NamedSchema, allow_none=True, metadata={"description": "Who opened the operation"}
    )
    reference = ma.fields.String(
        metadata={"description": "The operation's that was opened, or the conflict's"}
    )
    said = ma.fields.String(
        allow_none=True, metadata={"description": "Your deployment that is in conflict"}
    )
    reason = ma.fields.String(
        allow_none=True,
        metadata={"description": "Why it was opened, or what the deconfliction desk says"},
    )
    seen_at = ma.fields.AwareDateTime(allow_none=True)
