"""The wire of access."""

import marshmallow as ma

from ops.access.models import ORGANISATION_KINDS, ROLES
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
