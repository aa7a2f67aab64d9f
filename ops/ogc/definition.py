"""The OpenAPI 3.0 document of this API: every address, what it takes, and what it gives."""

from collections.abc import Mapping, Sequence
from typing import Any

import flask

from ops.ogc import asked, crs, documents, tiles
from ops.ogc.collections import COLLECTIONS, Collection, Property, Question


def whole() -> dict[str, Any]:
    """Describe everything."""
    paths: dict[str, Any] = {
        "/": _get("landing", "Say where everything is"),
        "/conformance": _get("conformance", "Say which classes of the standards hold"),
        "/api": _get("definition", "This document", type_=documents.OPENAPI),
        "/collections": _get("collections", "List the collections"),
    }
    for which in COLLECTIONS.values():
        paths |= _of(which)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": documents.TITLE,
            "version": "1.0.0",
            "description": (
                "OGC API – Features 1.0 with CRS and filtering (CQL2 text), and vector tiles."
                " Everything is what its reader may see, and no more."
            ),
        },
        "servers": [{"url": f"{flask.request.host_url.rstrip('/')}{documents.ROOT}"}],
        "security": [{"bearer": []}, {"cookie": []}],
        "paths": paths,
        "components": {
            "securitySchemes": _schemes(),
            "parameters": _PARAMETERS,
            "schemas": _SCHEMAS,
            "responses": {"Problem": _answer(_PROBLEM, {"application/problem+json": "Problem"})},
        },
    }


def _of(which: Collection) -> dict[str, Any]:
    """Describe the addresses of a collection."""
    here, what = f"/collections/{which.id}", which.title
    asked_by: dict[str, Property | Question] = {**which.properties, **which.questions}
    own = [
        {
            "name": name,
            "in": "query",
            "description": found.title,
            "schema": documents.schema_of(found),
        }
        for name, found in asked_by.items()
    ]
    shared = ("limit", "cursor", "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang",
              "filter-crs")  # fmt: skip
    of_tile = ("properties", "datetime", "filter", "filter-lang", "filter-crs")
    grid = f"{here}/tiles/{tiles.GRID}"
    square = [_in_path(name, {"type": "integer", "minimum": 0}) for name in ("z", "y", "x")]
    return {
        here: _get(f"{which.id}.describe", f"Describe {what}", which.id),
        f"{here}/queryables": _get(
            f"{which.id}.queryables", "By which properties to ask", which.id, documents.SCHEMA
        ),
        f"{here}/items": _get(
            f"{which.id}.items",
            f"Give features of {what}",
            which.id,
            documents.GEOJSON,
            "FeatureCollection",
            [*map(_reference, shared), *own],
        ),
        f"{here}/items/{{featureId}}": _get(
            f"{which.id}.item",
            f"Give one feature of {what}",
            which.id,
            documents.GEOJSON,
            "Feature",
            [_in_path("featureId", {"type": "string"}), _reference("crs")],
        ),
        f"{here}/tiles": _get(f"{which.id}.tilesets", "List the sets of tiles", which.id),
        grid: _get(f"{which.id}.tileset", "Describe the tiles", which.id),
        f"{grid}/{{z}}/{{y}}/{{x}}": {
            "get": {
                "operationId": f"{which.id}.tile",
                "summary": "Give one vector tile",
                "tags": [which.id],
                "parameters": [*square, *map(_reference, of_tile), *own],
                "responses": {
                    "200": _answer("The tile", {documents.TILE: "Tile"}),
                    "204": {"description": "Nothing is seen there"},
                    "304": {"description": "It is as it was"},
                    **_refusals(),
                },
            }
        },
    }


def _get(
    name: str,
    summary: str,
    tag: str = "Service",
    type_: str = documents.JSON,
    schema: str = "Document",
    parameters: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    shown = {type_: schema, documents.HTML: "Page"}
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "tags": [tag],
            "parameters": [_reference("f"), *parameters],
            "responses": {"200": _answer(summary, shown), **_refusals()},
        }
    }


def _answer(description: str, contents: Mapping[str, str]) -> dict[str, Any]:
    return {
        "description": description,
        "content": {
            type_: {"schema": {"$ref": f"#/components/schemas/{name}"}}
            for type_, name in contents.items()
        },
    }


def _refusals() -> dict[str, Any]:
    problem = {"$ref": "#/components/responses/Problem"}
    return dict.fromkeys(("400", "401", "403", "404", "429", "503"), problem)


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/parameters/{name}"}


def _in_path(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _schemes() -> dict[str, Any]:
    options = flask.current_app.config["API_SPEC_OPTIONS"]
    schemes: dict[str, Any] = options["components"]["securitySchemes"]
    return schemes


def _parameter(name: str, description: str, schema: Mapping[str, Any], **more: Any) -> Any:
    return {"name": name, "in": "query", "description": description, "schema": schema, **more}


_PROBLEM = "What was asked can't be answered, and why"
_CRS = {"type": "string", "format": "uri", "enum": list(crs.ALL), "default": crs.CRS84}
_TEXT = {"type": "string"}
_BOX = {
    "type": "array",
    "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
    "items": {"type": "number"},
}
_LIMIT = {"type": "integer", "minimum": 1, "maximum": asked.MOST, "default": asked.USUAL}
_AS_LIST = {"style": "form", "explode": False}
_PARAMETERS = {
    each["name"]: each
    for each in (
        _parameter("f", "In which form", {"type": "string", "enum": list(asked.FORMATS)}),
        _parameter("limit", "How many features a page has at most", _LIMIT, **_AS_LIST),
        _parameter("cursor", "Where the list goes on; from the link to the next page", _TEXT),
        _parameter("bbox", "The box that features meet; over the date line too", _BOX, **_AS_LIST),
        _parameter("bbox-crs", "In which coordinates the box is", _CRS),
        _parameter("crs", "In which coordinates the features are", _CRS),
        _parameter(
            "datetime", "A moment, or a span with a slash; .. is without an end", _TEXT, **_AS_LIST
        ),
        _parameter("filter", "A condition in CQL2 text", _TEXT),
        _parameter(
            "filter-lang",
            "In which language the filter is",
            {"type": "string", "enum": ["cql2-text"], "default": "cql2-text"},
        ),
        _parameter(
            "properties",
            "Which properties a tile carries, all unless said",
            {"type": "array", "items": _TEXT},
            **_AS_LIST,
        ),
        _parameter("filter-crs", "In which coordinates the filter's shapes are", _CRS),
    )
}
_FEATURE = {
    "type": "object",
    "required": ["type", "geometry", "properties"],
    "properties": {
        "type": {"type": "string", "enum": ["Feature"]},
        "id": {"type": "string", "format": "uuid"},
        "geometry": {"type": "object"},
        "properties": {"type": "object", "nullable": True},
        "links": {"type": "array", "items": {"type": "object"}},
    },
}
_COUNT = {"type": "integer", "minimum": 0}
_SCHEMAS = {
    "Document": {"type": "object"},
    "Page": {"type": "string"},
    "Tile": {"type": "string", "format": "binary"},
    "Feature": _FEATURE,
    "FeatureCollection": {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "timeStamp": {"type": "string", "format": "date-time"},
            "numberMatched": _COUNT,
            "numberReturned": _COUNT,
            "links": {"type": "array", "items": {"type": "object"}},
            "features": {"type": "array", "items": {"$ref": "#/components/schemas/Feature"}},
        },
    },
    "Problem": {
        "type": "object",
        "required": ["type", "title", "status"],
        "properties": {
            "type": _TEXT,
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "errors": {"type": "object"},
        },
    },
}
