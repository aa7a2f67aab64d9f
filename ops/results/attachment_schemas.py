"""The wire of photos."""

import marshmallow as ma

_SHA256 = ma.validate.Regexp(
    "^[0-9a-fA-F]{64}$", error="Give the SHA-256 in 64 hexadecimal digits."
)


class AttachmentFilterSchema(ma.Schema):
    """Of which result"""

    result = ma.fields.UUID(required=True)


class AttachmentSentSchema(AttachmentFilterSchema):
    """Of which result, and what was sent"""

    sha256 = ma.fields.String(
        required=True,
        validate=_SHA256,
        metadata={"description": "Of the bytes that are sent, in hexadecimal"},
    )


class AttachmentSchema(ma.Schema):
    """A photo of a result"""

    id = ma.fields.UUID(required=True)
    result = ma.fields.UUID(required=True)
    sha256 = ma.fields.String(required=True)
    media_type = ma.fields.String(required=True)
    size_bytes = ma.fields.Integer(required=True)
    width = ma.fields.Integer(required=True)
    height = ma.fields.Integer(required=True)
    added_at = ma.fields.AwareDateTime(required=True)
    added_by = ma.fields.String(required=True)
