"""The wire of the search for places."""

from typing import Any

import marshmallow as ma

from ops.fields import Text
from ops.geo import fields

# A list under a search box; whoever wants more types more.
MOST_PLACES = 50


class Near(ma.fields.Field[tuple[float, float]]):
    """A position in a query string: longitude,latitude"""

    default_error_messages = {"invalid": "Give longitude,latitude, such as -2.24,53.48."}

    def __init__(self, **kwargs: Any) -> None:
        described = {"type": "string", "example": "-2.24,53.48"}
        super().__init__(metadata=kwargs.pop("metadata", {}) | described, **kwargs)

    def _deserialize(self, value: Any, *_rest: Any, **_kwargs: Any) -> tuple[float, float]:
        try:
            lon, lat = map(float, value.split(","))
        except (ValueError, AttributeError) as error:
            raise self.make_error("invalid") from error
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            raise self.make_error("invalid")
        return lon, lat


class PlaceFilterSchema(ma.Schema):
    """What is looked for: a name, a postcode, a grid reference or a position"""

    q = Text(longest=100, required=True)
    limit = ma.fields.Integer(load_default=10, validate=ma.validate.Range(1, MOST_PLACES))
    near = Near()


class FoundPlaceSchema(ma.Schema):
    """A place that was found, and in which list"""

    source = ma.fields.String(
        required=True, metadata={"enum": ["site", "boundary", "place", "grid", "position"]}
    )
    id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    text = ma.fields.String(required=True)
    point = fields.Point(required=True)
    bbox = ma.fields.List(ma.fields.Float(), required=True, allow_none=True)
