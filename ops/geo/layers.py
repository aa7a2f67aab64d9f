"""What a map shows: layers of features, the same for a page and for the offline file."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, NotRequired, TypedDict

from ops import db
from ops.calls import call
from ops.geo.models import SITE_KINDS
from ops.geo.queries import DISTRICTS, boundary_layers
from ops.wording import today

# More than a reader can tell apart; the lists beside a map go on.
MOST = 500
# Less than a pixel of the view that shows a whole district.
COARSE_M = 20


class Feature(TypedDict):
    """One thing on a map: GeoJSON, with the words that go with it."""

    type: str
    geometry: Mapping[str, Any] | None
    properties: dict[str, str]


class Layer(TypedDict):
    """Things of one sort, drawn in one style; a background layer does not decide the view."""

    name: str
    style: str
    background: bool
    features: dict[str, Any]
    # Where all of them are, if they are too many for a page.
    tiles: NotRequired[Mapping[str, Any]]


def feature(
    id: uuid.UUID | str,  # noqa: A002 - GeoJSON's own word
    geometry: Mapping[str, Any] | None,
    name: str,
    text: str = "",
    href: str = "",
) -> Feature:
    """Put a thing on a map, or only in the list beside it; `href` is where to read more."""
    words = {"id": str(id), "name": name, "text": text, "href": href}
    return {"type": "Feature", "geometry": geometry, "properties": words}


def layer(
    name: str,
    style: str,
    features: Iterable[Feature],
    *,
    background: bool = False,
    tiles: Mapping[str, Any] | None = None,
) -> Layer:
    """Collect things of one sort."""
    made: Layer = {
        "name": name,
        "style": style,
        "background": background,
        "features": {"type": "FeatureCollection", "features": list(features)},
    }
    return made if tiles is None else {**made, "tiles": tiles}


def cut_at(most: int, name: str, *, is_cut: bool, which: str = "first") -> str:
    """Name a layer; one that does not hold all there are says so wherever its name is read."""
    return f"{name}, the {which} {most}" if is_cut else name


def outlines() -> list[tuple[str, str]]:
    """List the layers of boundaries in force today: the code of each, and what it is called."""
    codes = db.session.scalars(boundary_layers(today()))
    return [(code, f"{code.replace('_', ' ').capitalize()} boundaries") for code in codes]


def districts() -> Layer:
    """Outline the districts, as the quiet ground of every map."""
    query = {
        "layer": DISTRICTS,
        "on": today().isoformat(),
        "geometry": "true",
        "accurate_to_m": COARSE_M,
        "limit": MOST,
    }
    found = call("GET", "/boundaries", query=query).body["features"]
    outlines = [feature(f["id"], f["geometry"], f["properties"]["name"]) for f in found]
    return layer("Districts", "district", outlines, background=True)


def sites() -> Layer:
    """Show prisons and other named places."""
    found = call("GET", "/sites", query={"limit": MOST})
    places = [
        feature(s["id"], s["position"], s["name"], said_of(s), f"/sites/{s['id']}")
        for s in found.body
    ]
    name = cut_at(MOST, "Sites", is_cut=found.cursor is not None)
    return layer(name, "site", places, background=True)


def said_of(site: Mapping[str, Any]) -> str:
    """Say what a site is: its kind, and of a prison its category and who runs it."""
    category = site["category"] and f"category: {site['category']}"
    return ", ".join(filter(None, (SITE_KINDS[site["kind"]], category, site["operator"])))
