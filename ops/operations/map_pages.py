"""The map of every operation."""

import datetime as dt
from urllib.parse import urlencode

import flask

from ops import db, wording
from ops.geo.fields import geojson
from ops.geo.layers import MOST, cut_at, districts, feature, layer, outlines, sites
from ops.geo.models import AREA_PURPOSES
from ops.geo.queries import DISTRICTS
from ops.ledger.consultation import saw_each
from ops.operations import map_queries
from ops.operations.deployment_codes import DEPLOYMENT_KINDS

TILES = "/ogc/collections/areas/tiles/WebMercatorQuad/{z}/{y}/{x}"
blp = flask.Blueprint("operations_map", __name__, template_folder="templates")


@blp.get("/map")
def show() -> flask.typing.ResponseReturnValue:
    """Show every operation's areas and coming deployments, on the districts"""
    over = flask.request.args.get("over") == "true"
    areas = db.session.execute(map_queries.areas(over=over).limit(MOST + 1)).all()
    is_crowded = len(areas) > MOST
    areas = areas[:MOST]
    coming = db.session.execute(
        map_queries.deployments(dt.datetime.now(dt.UTC)).limit(MOST + 1)
    ).all()
    deployments = coming[:MOST]
    saw_each("area", [(row.operation_id, row.id) for row in areas])
    saw_each("deployment", [(row.operation_id, row.id) for row in deployments])
    layers = [
        districts(),
        layer(
            "Areas",
            "area",
            (
                feature(
                    row.id,
                    None if is_crowded else geojson(row.geom),
                    f"{row.operation_name}: {row.name}",
                    AREA_PURPOSES[row.purpose],
                    f"/operations/{row.operation_id}/map",
                )
                for row in areas
            ),
            tiles=_tiles(over=over) if is_crowded else None,
        ),
        sites(),
        layer(
            cut_at(MOST, "Deployments to come", is_cut=len(coming) > MOST),
            "deployment",
            (
                feature(
                    row.id,
                    geojson(row.point),
                    f"{row.operation_name}: {row.name}",
                    f"{DEPLOYMENT_KINDS[row.kind]}, {wording.window(row.starts_at, row.ends_at)}",
                    f"/operations/{row.operation_id}",
                )
                for row in deployments
            ),
        ),
    ]
    more = [each for each in outlines() if each[0] != DISTRICTS]
    return flask.render_template(
        "operations/map.html",
        layers=layers,
        outlines=more,
        over=over,
        most=MOST if is_crowded else None,
    )


def _tiles(*, over: bool) -> dict[str, object]:
    """Say where all areas are, when they are too many for a page."""
    asked = {"properties": "operation,name,purpose"} | ({} if over else {"is_over": "false"})
    return {
        "address": f"{TILES}?{urlencode(asked)}",
        "layer": "areas",
        "href": "/operations/{operation}/map",
        "purposes": AREA_PURPOSES,
    }
