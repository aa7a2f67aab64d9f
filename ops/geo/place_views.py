"""The API of the search for places."""

from typing import Any

import flask
from flask.typing import ResponseReturnValue
from flask.views import MethodView

from ops.api import Blueprint
from ops.geo import places
from ops.geo.place_schemas import FoundPlaceSchema, PlaceFilterSchema
from ops.ledger.consultation import saw

blp = Blueprint("places", __name__, description="Places by name, postcode or position")


@blp.route("/places")
class Places(MethodView):
    @blp.arguments(PlaceFilterSchema(), location="query")
    @blp.response(200, FoundPlaceSchema(many=True))
    def get(self, sent: dict[str, Any]) -> ResponseReturnValue:
        """Find a place in spite of a slip: a site, a boundary, a street, a postcode, a position"""
        found = places.find(**sent)
        saw("site", [place["id"] for place in found if place["source"] == "site"])
        return flask.jsonify(found)
