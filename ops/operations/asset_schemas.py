"""The wire of vehicles, dogs, equipment and custody suites."""

import marshmallow as ma

from ops.api import PageSchema
from ops.fields import Code, Text
from ops.operations.asset_models import ASSET_KINDS


class Cells(ma.fields.Integer):
    """How many cells."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(validate=ma.validate.Range(1, 1000), **kwargs)  # type: ignore[arg-type]


class AssetPlanSchema(ma.Schema):
    """A new vehicle, dog, piece of equipment or custody suite of one's own organisation"""

    kind = Code(ASSET_KINDS, required=True)
    name = Text(80, required=True)
    note = Text(500, allow_none=True)
    cells = Cells(metadata={"description": "Of a custody suite: how many it has"})


class AssetChangeSchema(ma.Schema):
    """What of it can be changed"""

    name = Text(80)
    note = Text(500, allow_none=True)
    cells = Cells()
    withdrawn = ma.fields.Boolean()


class AssetSchema(ma.Schema):
    """A vehicle, a dog, a piece of equipment or a custody suite"""

    id = ma.fields.UUID()
    kind = ma.fields.String()
    name = ma.fields.String()
    note = ma.fields.String(allow_none=True)
    cells = ma.fields.Integer(allow_none=True)
    withdrawn_at = ma.fields.AwareDateTime(allow_none=True)
    organisation = ma.fields.String()


class AssetFilterSchema(PageSchema):
    """Which of them"""

    kind = Code(ASSET_KINDS)
    organisation = Text(metadata={"description": "The code of an organisation"})
    withdrawn = ma.fields.Boolean(metadata={"description": "Those out of use too"})


class ReserveSchema(ma.Schema):
    """What to set aside; of a custody suite, how many cells may be needed"""

    asset = ma.fields.UUID(required=True)
    cells = Cells()


class ReservationSchema(ma.Schema):
    """Something set aside for a deployment; once released, only as history"""

    id = ma.fields.UUID()
    asset = ma.fields.UUID()
    name = ma.fields.String()
    kind = ma.fields.String()
    cells = ma.fields.Integer(allow_none=True)
    released_at = ma.fields.AwareDateTime(allow_none=True)
