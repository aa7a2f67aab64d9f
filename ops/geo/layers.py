"""What a map shows: layers of features, the same for a page and for the offline file."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict


class Feature(TypedDict):
    """One thing on a map: GeoJSON, with the words that go with it."""

    type: str
    geometry: Mapping[str, Any]
    properties: dict[str, str]


class Layer(TypedDict):
    """Things of one sort, drawn in one style; a background layer does not decide the view."""

    name: str
    style: str
    background: bool
    features: dict[str, Any]


def feature(
    id: uuid.UUID | str,  # noqa: A002 - GeoJSON's own word
    geometry: Mapping[str, Any],
    name: str,
    text: str = "",
    href: str = "",
) -> Feature:
    """Put a thing on a map; `href` is where to read more."""
    words = {"id": str(id), "name": name, "text": text, "href": href}
    return {"type": "Feature", "geometry": geometry, "properties": words}


def layer(name: str, style: str, features: Iterable[Feature], *, background: bool = False) -> Layer:
    """Collect things of one sort."""
    return {
        "name": name,
        "style": style,
        "background": background,
        "features": {"type": "FeatureCollection", "features": list(features)},
    }
