"""What the service says of itself: where things are, what it can do, what each collection has."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import flask

from ops import db
from ops.ogc import crs, kept, queries
from ops.ogc.collections import (
    BOOLEAN,
    COLLECTIONS,
    DAY,
    ID,
    MOMENT,
    NUMBER,
    TEXT,
    Collection,
    Property,
    Question,
)

JSON, GEOJSON, HTML = "application/json", "application/geo+json", "text/html"
SCHEMA = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
TILE = "application/vnd.mapbox-vector-tile"
ROOT = "/ogc"
TITLE = "Operations tracker: features and tiles"
# The standard's words for what is beside a page.
_TILESETS = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
_QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
_CONFORMANCE = "http://www.opengis.net/spec"
CONFORMS_TO = tuple(
    f"{_CONFORMANCE}/{part}/conf/{name}"
    for part, names in {
        "ogcapi-common-1/1.0": ("core", "html", "json", "oas30"),
        "ogcapi-common-2/1.0": ("collections",),
        "ogcapi-features-1/1.0": ("core", "geojson", "html", "oas30"),
        "ogcapi-features-2/1.0": ("crs",),
        "ogcapi-features-3/1.0": (
            "queryables",
            "queryables-query-parameters",
            "filter",
            "features-filter",
        ),
        "cql2/1.0": (
            "cql2-text",
            "basic-cql2",
            "advanced-comparison-operators",
            "case-insensitive-comparison",
            "basic-spatial-functions",
            "basic-spatial-functions-plus",
            "temporal-functions",
        ),
        "ogcapi-tiles-1/1.0": ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt"),
    }.items()
    for name in names
)
_TYPES: Mapping[str, Mapping[str, Any]] = {
    TEXT: {"type": "string"},
    ID: {"type": "string", "format": "uuid"},
    NUMBER: {"type": "number"},
    BOOLEAN: {"type": "boolean"},
    MOMENT: {"type": "string", "format": "date-time"},
    DAY: {"type": "string", "format": "date"},
}


def address(*parts: object, **query: object) -> str:
    """Give the address of something here, whole, as a client far away needs it."""
    path = "/".join((ROOT, *(quote(str(part), safe="") for part in parts)))
    names = urlencode({k: v for k, v in query.items() if v is not None})
    return f"{flask.request.host_url.rstrip('/')}{path}{'?' if names else ''}{names}"


def link(rel: str, href: str, type_: str = JSON, title: str = "", **more: object) -> dict[str, Any]:
    """Write a link as the standard has it."""
    return {"rel": rel, "href": href, "type": type_, **({"title": title} if title else {}), **more}


def both(*parts: object, type_: str = JSON, title: str = "") -> list[dict[str, Any]]:
    """Link to a document itself, and to its page for people."""
    return [
        link("self", address(*parts, f="json"), type_, title),
        link("alternate", address(*parts, f="html"), HTML, f"{title} as a page".strip()),
    ]


def landing() -> dict[str, Any]:
    """Say where everything is."""
    definition = address("api", f="json")
    return {
        "title": TITLE,
        "description": "The records that you may see, as OGC API Features and vector tiles.",
        "links": [
            *both(title="This document"),
            link("service-desc", definition, OPENAPI, "The API as OpenAPI 3.0"),
            link("service-doc", address("api", f="html"), HTML, "The API, to read and try"),
            link("conformance", address("conformance"), title="What it conforms to"),
            link("data", address("collections"), title="The collections"),
        ],
    }


def conformance() -> dict[str, Any]:
    """Say which classes of the standards hold."""
    return {"conformsTo": list(CONFORMS_TO), "links": both("conformance")}


def all_collections() -> dict[str, Any]:
    """List the collections."""
    return {
        "links": both("collections", title="The collections"),
        "crs": list(crs.ALL),
        "collections": [collection(each) for each in COLLECTIONS.values()],
    }


def collection(which: Collection) -> dict[str, Any]:
    """Describe a collection, with the extent of what its reader sees of it."""
    here = ("collections", which.id)
    items = (*here, "items")
    return {
        "id": which.id,
        "title": which.title,
        "description": which.description,
        "itemType": "feature",
        "extent": _extent(COLLECTIONS[which.part_of or which.id]),
        "crs": list(crs.ALL),
        "storageCrs": crs.CRS84,
        "links": [
            *both(*here, title=which.title),
            link("items", address(*items, f="json"), GEOJSON, f"{which.title} as GeoJSON"),
            link("items", address(*items, f="html"), HTML, f"{which.title} as a page"),
            link(_QUERYABLES, address(*here, "queryables"), SCHEMA, "What can be asked for"),
            link(_TILESETS, address(*here, "tiles"), title="Vector tiles"),
        ],
    }


def _extent(which: Collection) -> dict[str, Any]:
    found = kept.once(("extent", which.id), lambda: db.session.execute(queries.extent(which)).one())
    box = list(found[:4])
    # Nothing is seen, so nothing is told but that it is on earth.
    told: dict[str, Any] = {
        "spatial": {"bbox": [[-180, -90, 180, 90] if None in box else box], "crs": crs.CRS84}
    }
    if which.begins is not None:
        told["temporal"] = {
            "interval": [[each and each.isoformat() for each in found[4:]]],
            "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
        }
    return told


def queryables(which: Collection) -> dict[str, Any]:
    """Say by which properties a collection can be asked, as JSON Schema."""
    place = {
        "title": "Where it is",
        "format": f"geometry-{which.shape}",
        "x-ogc-role": "primary-geometry",
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address("collections", which.id, "queryables"),
        "type": "object",
        "title": which.title,
        "description": which.description,
        "properties": {
            "geometry": place,
            **{name: schema_of(each) for name, each in which.properties.items()},
        },
        "additionalProperties": False,
    }


def schema_of(found: Property | Question) -> dict[str, Any]:
    """Describe a property; its codes are the same whoever asks, and whatever is there."""
    told = {"title": found.title, **_TYPES[found.type]}
    return told | ({"enum": list(found.codes)} if found.codes else {})


def items(which: Collection, matched: int, returned: int, following: str | None) -> dict[str, Any]:
    """Say of a page of features what it is part of, but for the features themselves."""
    here = dict(flask.request.args.items())
    parts = ("collections", which.id, "items")
    links = [
        link("self", address(*parts, **here), GEOJSON, "This page"),
        link("alternate", address(*parts, **here | {"f": "html"}), HTML, "This page for people"),
        link("collection", address("collections", which.id), title=which.title),
    ]
    if following is not None:
        there = address(*parts, **here | {"cursor": following})
        links.append(link("next", there, GEOJSON, "The next page"))
    return {"numberMatched": matched, "numberReturned": returned, "links": links}


def item(which: Collection, feature_id: str) -> list[dict[str, Any]]:
    """Link a feature to where it stands."""
    parts = ("collections", which.id, "items", feature_id)
    return [
        link("self", address(*parts, f="json"), GEOJSON, "This feature"),
        link("alternate", address(*parts, f="html"), HTML, "This feature for people"),
        link("collection", address("collections", which.id), title=which.title),
    ]
