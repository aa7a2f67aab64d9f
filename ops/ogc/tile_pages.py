"""OGC API – Tiles: the collections as vector tiles, for maps of many features."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import flask

from ops.errors import Missing
from ops.ledger.consultation import saw_packed
from ops.ogc import asked, documents, kept, tiles
from ops.ogc.collections import Collection
from ops.ogc.pages import Reply, find

blp = flask.Blueprint("ogc_tiles", __name__, url_prefix=f"{documents.ROOT}/collections")

# Said of a tile that holds as many as fit, perhaps not all; its four quarters have more of them.
FULL = "X-Left-Out"
_TILE = "/<collection_id>/tiles/WebMercatorQuad/<int:z>/<int:y>/<int:x>"


@blp.get("/<collection_id>/tiles")
def tilesets(collection_id: str) -> Reply:
    """List the sets of tiles of a collection"""
    which = find(collection_id)
    asked.only({"f"})
    here = documents.address("collections", which.id, "tiles")
    told = {"links": [documents.link("self", here)], "tilesets": [_tileset(which)]}
    return flask.jsonify(told)


@blp.get("/<collection_id>/tiles/WebMercatorQuad")
def tileset(collection_id: str) -> Reply:
    """Describe the tiles of a collection; as TileJSON with f=tilejson"""
    which = find(collection_id)
    if asked.only({"f"}).get("f") == "tilejson":
        return flask.jsonify(_tilejson(which))
    return flask.jsonify(_tileset(which))


@blp.get(_TILE)
def tile(collection_id: str, z: int, y: int, x: int) -> Reply:
    """Give one vector tile"""
    which = find(collection_id)
    wanted = asked.of_tile(which)
    if not tiles.is_there(z, y, x):
        raise Missing("The grid has no such tile.")
    found = kept.once(
        ("tile", which.id, z, y, x, wanted.text),
        lambda: tiles.drawn(which, z, y, x, wanted),
        size=lambda made: len(made.content) + len(made.seen),
        is_read=True,
    )
    tags = flask.request.if_none_match
    # A star knows no tile, so that it would be told of one that is not written down.
    if not tags.star_tag and tags.contains(found.tag):
        return _tagged(flask.Response(status=HTTPStatus.NOT_MODIFIED), found)
    if found.seen and which.record:
        saw_packed(which.record, found.seen)
    if not found.content:
        return _tagged(flask.Response(status=HTTPStatus.NO_CONTENT), found)
    return _tagged(flask.Response(found.content, content_type=documents.TILE), found)


def _tagged(reply: flask.Response, found: tiles.Tile) -> flask.Response:
    reply.set_etag(found.tag)
    if found.is_full:
        reply.headers[FULL] = "true"
    return reply


def _tileset(which: Collection) -> Mapping[str, Any]:
    here = ("collections", which.id, "tiles", tiles.GRID)
    return {
        "title": which.title,
        "dataType": "vector",
        "crs": "http://www.opengis.net/def/crs/EPSG/0/3857",
        "tileMatrixSetURI": tiles.GRID_URI,
        "layers": [
            {
                "id": which.id,
                "title": which.title,
                "dataType": "vector",
                "geometryDimension": 0 if which.is_of_points else 2,
                "propertiesSchema": {
                    "type": "object",
                    "properties": {
                        name: documents.schema_of(each) for name, each in which.drawn_with.items()
                    },
                },
            }
        ],
        "links": [
            documents.link("self", documents.address(*here)),
            documents.link("describedby", documents.address(*here, f="tilejson"), title="TileJSON"),
            documents.link(
                "item", _template(which), documents.TILE, "Vector tiles", templated=True
            ),
            documents.link("http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme", tiles.GRID_URI),
        ],
    }


def _tilejson(which: Collection) -> Mapping[str, Any]:
    return {
        "tilejson": "3.0.0",
        "name": which.title,
        "description": which.description,
        "scheme": "xyz",
        "tiles": [
            _template(which).format(tileMatrix="{z}", tileRow="{y}", tileCol="{x}"),
        ],
        "minzoom": 0,
        "maxzoom": tiles.DEEPEST,
        "vector_layers": [
            {
                "id": which.id,
                "fields": {name: each.title for name, each in which.drawn_with.items()},
            }
        ],
    }


def _template(which: Collection) -> str:
    here = documents.address("collections", which.id, "tiles", tiles.GRID)
    return f"{here}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"
