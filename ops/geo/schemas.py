"""The wire of places."""

import datetime as dt
from typing import Any

import marshmallow as ma

from ops.api import PageSchema
from ops.fields import Moment
from ops.geo import fields, shapes
from ops.geo.models import AREA_PURPOSES, SITE_KINDS

# A fix less certain than this could be anywhere in a borough.
LEAST_CERTAIN_M = 10_000


class Name(ma.fields.String):
    """A name: something that can be read, without blanks around it."""

    def __init__(self, longest: int = 120, **kwargs: Any) -> None:
        super().__init__(validate=ma.validate.Length(1, longest), **kwargs)

    def _deserialize(self, *args: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(*args, **kwargs)
        return text.strip()


def _feature() -> ma.fields.String:
    return ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(["Feature"], error='Send a GeoJSON Feature: "type": "Feature".'),
        metadata={"enum": ["Feature"]},
    )


class AreaPropertiesSchema(ma.Schema):
    """What an area is for, and when it holds"""

    operation = ma.fields.UUID()
    name = Name(required=True)
    purpose = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(
            AREA_PURPOSES, AREA_PURPOSES.values(), error="Choose one of: {choices}."
        ),
    )
    valid_from = Moment(load_default=None, allow_none=True)
    valid_to = Moment(end=True, load_default=None, allow_none=True)

    @ma.validates_schema
    def _ends_after_it_starts(self, data: dict[str, Any], **_kwargs: Any) -> None:
        start, end = data.get("valid_from"), data.get("valid_to")
        if start and end and end <= start:
            raise ma.ValidationError("An area must stop being valid after it starts.", "valid_to")


class AreaSchema(ma.Schema):
    """An area as a GeoJSON Feature; the client may choose its id, so that a repeat adds nothing"""

    type = _feature()
    id = ma.fields.UUID()
    geometry = fields.Area(required=True)
    properties = ma.fields.Nested(AreaPropertiesSchema(), required=True)

    @ma.post_load
    def _flat(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        properties = dict(data["properties"])
        operation = properties.pop("operation", None)
        content = {**properties, "geom": data["geometry"]}
        return {"id": data.get("id"), "operation": operation, "content": content}


class AreaFeatureSchema(ma.Schema):
    """An area as it is kept"""

    type = _feature()
    id = ma.fields.UUID(required=True)
    geometry = fields.Area(required=True)
    properties = ma.fields.Nested(AreaPropertiesSchema(), required=True)


class AreaCollectionSchema(ma.Schema):
    """An operation's areas as a GeoJSON FeatureCollection"""

    type = ma.fields.String(required=True, metadata={"enum": ["FeatureCollection"]})
    features = ma.fields.List(ma.fields.Nested(AreaFeatureSchema()), required=True)


class FixSchema(ma.Schema):
    """Where somebody is, how sure that is, and when"""

    lon = ma.fields.Float(required=True, validate=ma.validate.Range(-180, 180))
    lat = ma.fields.Float(required=True, validate=ma.validate.Range(-90, 90))
    accuracy_m = ma.fields.Float(
        load_default=0.0,
        validate=ma.validate.Range(
            0,
            LEAST_CERTAIN_M,
            error=f"Accuracy is 0 to {LEAST_CERTAIN_M:,} metres; wait for a better fix.",
        ),
    )
    at = Moment(load_default=lambda: dt.datetime.now(dt.UTC))

    @ma.validates_schema
    def _longitude_first(self, data: dict[str, Any], **_kwargs: Any) -> None:
        try:
            shapes.point({"type": "Point", "coordinates": [data["lon"], data["lat"]]})
        except shapes.BadShape as error:
            raise ma.ValidationError(str(error), "lon") from error


class AreaNameSchema(ma.Schema):
    """An area by name"""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    purpose = ma.fields.String(required=True, metadata={"enum": list(AREA_PURPOSES)})


class OperationNameSchema(ma.Schema):
    """An operation by name"""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    reference = ma.fields.String(required=True)


class CoveringSchema(ma.Schema):
    """An area that holds a fix, wholly or perhaps"""

    area = ma.fields.Nested(AreaNameSchema(), required=True)
    operation = ma.fields.Nested(OperationNameSchema(), required=True)
    relation = ma.fields.String(required=True, metadata={"enum": ["inside", "uncertain"]})
    distance_m = ma.fields.Float(required=True)


def _kind(**more: Any) -> ma.fields.String:
    known = ma.validate.OneOf(SITE_KINDS, SITE_KINDS.values(), error="Choose one of: {choices}.")
    return ma.fields.String(validate=known, **more)


class SiteChangeSchema(ma.Schema):
    """What of a site can be changed"""

    kind = _kind()
    name = Name()
    address = Name(longest=300, allow_none=True)
    organisation = Name(longest=40, allow_none=True)
    operator = Name(allow_none=True)
    category = Name(allow_none=True)
    position = fields.Point(in_uk=True)


class SiteSchema(SiteChangeSchema):
    """A named place: a prison, premises, a school"""

    id = ma.fields.UUID(dump_only=True)
    kind = _kind(required=True)
    name = Name(required=True)
    position = fields.Point(in_uk=True, required=True)
    version = ma.fields.Integer(dump_only=True)


class SiteFilterSchema(PageSchema):
    """Which sites"""

    q = ma.fields.String(validate=ma.validate.Length(1, 100))
    bbox = fields.BBox()
    kind = _kind()


class BoundaryFilterSchema(PageSchema):
    """Which boundaries, and whether with their shapes"""

    q = ma.fields.String(validate=ma.validate.Length(1, 100))
    bbox = fields.BBox()
    layer = ma.fields.String(validate=ma.validate.Length(1, 40))
    on = ma.fields.Date(metadata={"description": "Only what is in force on this day"})
    geometry = ma.fields.Boolean(load_default=False)
    accurate_to_m = ma.fields.Float(
        validate=ma.validate.Range(0, 1_000),
        metadata={
            "description": "Leave out corners where the outline stays within so many metres"
            " of what it is; for drawing, not for measuring"
        },
    )


class BoundaryPropertiesSchema(ma.Schema):
    """What a boundary is"""

    layer = ma.fields.String(required=True)
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    valid_from = ma.fields.Date(required=True, allow_none=True)
    valid_to = ma.fields.Date(required=True, allow_none=True)


class BoundaryFeatureSchema(ma.Schema):
    """A boundary as a GeoJSON Feature; its geometry is null unless asked for"""

    type = _feature()
    id = ma.fields.UUID(required=True)
    geometry = fields.Area(required=True, allow_none=True)
    properties = ma.fields.Nested(BoundaryPropertiesSchema(), required=True)


class BoundaryCollectionSchema(ma.Schema):
    """Boundaries as a GeoJSON FeatureCollection"""

    type = ma.fields.String(required=True, metadata={"enum": ["FeatureCollection"]})
    features = ma.fields.List(ma.fields.Nested(BoundaryFeatureSchema()), required=True)
