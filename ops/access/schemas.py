"""The wire of access."""

import marshmallow as ma

from ops.access.factor_models import LONGEST_LABEL
from ops.access.models import MOST_TOKEN_DAYS, ORGANISATION_KINDS, ROLES, TOKEN_DAYS
from ops.api import PageSchema


class OrganisationSchema(ma.Schema):
    """A force, a district of it, a council, a prison or another partner"""

    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, metadata={"enum": list(ORGANISATION_KINDS)})


class OrganisationInTreeSchema(OrganisationSchema):
    """An organisation, and the code of the one it is part of"""

    parent = ma.fields.String(required=True, allow_none=True)


class MeSchema(ma.Schema):
    """Who is asking, and what they may do"""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    email = ma.fields.String(required=True)
    role = ma.fields.String(required=True, metadata={"enum": list(ROLES)})
    role_label = ma.fields.String(required=True)
    organisation = ma.fields.Nested(OrganisationSchema, required=True)
    may = ma.fields.List(ma.fields.String(), required=True)


class PersonSchema(ma.Schema):
    """Somebody who can be put on a team"""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    role = ma.fields.String(required=True, metadata={"enum": list(ROLES)})
    organisation = ma.fields.String(required=True)


class PeopleFilterSchema(PageSchema):
    """Which people"""

    q = ma.fields.String(validate=ma.validate.Length(1, 100))
    organisation = ma.fields.String(validate=ma.validate.Length(1, 40))


class NewTokenSchema(ma.Schema):
    """A token to be made"""

    label = ma.fields.String(required=True, validate=ma.validate.Length(1, LONGEST_LABEL))
    scopes = ma.fields.List(
        ma.fields.String(),
        metadata={"description": "What it may do; without, all that the one who asks may."},
        validate=ma.validate.Length(min=1),
    )
    days = ma.fields.Integer(
        load_default=TOKEN_DAYS, validate=ma.validate.Range(1, MOST_TOKEN_DAYS)
    )


class TokenSchema(ma.Schema):
    """A token: what it is for, and until when; its text is never shown again"""

    id = ma.fields.UUID(required=True)
    label = ma.fields.String(required=True)
    scopes = ma.fields.List(
        ma.fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "What it may do; null is all that its person may."},
    )
    created_at = ma.fields.AwareDateTime(required=True)
    expires_at = ma.fields.AwareDateTime(required=True)
    last_used_at = ma.fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "Kept to the hour."}
    )


class MadeTokenSchema(TokenSchema):
    """A new token, with its text, which is kept nowhere"""

    token = ma.fields.String(required=True)
