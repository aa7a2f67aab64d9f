"""A map as one HTML file that asks no server for anything."""

import base64
import hashlib
import html
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import folium
from branca.element import Element, MacroElement
from jinja2 import Template
from jinja2.utils import htmlsafe_json_dumps

from ops.geo.layers import Layer

# The middle of the United Kingdom, for a map that has nothing to show yet.
_NOWHERE = [[49.9, -8.2], [58.7, 1.8]]
_LINES: dict[str, dict[str, Any]] = {
    "district": {"color": "#8796a5", "weight": 1, "fillOpacity": 0},
    "area": {"color": "#1d5fa8", "weight": 3, "fillOpacity": 0.12},
    "zone": {"color": "#942514", "weight": 3, "dashArray": "3 5", "fillOpacity": 0.08},
}
_POINTS = {"site": "#54319f", "deployment": "#b04a00", "result": "#00703c"}
# Stands for the policy until it is known what it allows: no random name and no record has it.
_POLICY = "policy-of-this-file"
_OWN_PART = re.compile(r"<(script|style)[^>]*>(.*?)</\1>", re.DOTALL)
_STYLE = """
html, body { height: 100%; margin: 0; font-family: arial, sans-serif; }
body { display: flex; flex-direction: column; }
.last { order: 1; }
.marking { margin: 0; padding: 4px; background: #14273f; color: #fff; text-align: center; font-weight: bold; }
h1 { margin: 8px 12px; font-size: 20px; }
.folium-map { position: relative !important; flex: 1; width: 100% !important; height: auto !important; }
"""  # noqa: E501 - a style sheet reads better a rule a line

# Of a page to read: it scrolls, its marking stays in sight, and the map is as high as most of it.
_READ = """
html, body { height: auto; }
.marking { position: sticky; top: 0; z-index: 2000; }
.folium-map { flex: none; height: 75vh !important; }
main { max-width: 50rem; margin: 0 12px; line-height: 1.45; overflow-wrap: anywhere; }
main img { width: 100%; height: auto; }
main figure { margin: 12px 0; }
main table { border-collapse: collapse; width: 100%; }
main caption { text-align: left; font-weight: bold; padding: 8px 0; }
main th, main td { border-bottom: 1px solid #b1b4b6; padding: 4px 8px 4px 0; text-align: left; vertical-align: top; }
main dl div { display: flex; flex-wrap: wrap; gap: 8px; }
main dt { font-weight: bold; min-width: 9rem; }
main dd { margin: 0; }
.app-scroll { overflow-x: auto; }
.contents { list-style: none; padding: 0; }
.warning, .copy { border: 2px solid #0b0c0c; padding: 8px 12px; font-weight: bold; }
@media print { .folium-map, #map { display: none; } .marking { position: static; } }
"""  # noqa: E501 - as above


class _Map(folium.Map):
    """A Leaflet map whose code travels in the file."""

    default_js: list[tuple[str, str]] = []
    default_css: list[tuple[str, str]] = []


class _Plain(Element):
    """Text as it is. The library's own element runs its text as a Jinja template."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def render(self, **_kwargs: Any) -> str:
        """Give the text."""
        return self._text


class _Words(MacroElement):
    """What a thing says when it is pressed. Folium's own popup needs jQuery."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "{{ this._parent.get_name() }}.bindPopup({{ this.words }});"
        "{% endmacro %}"
    )

    def __init__(self, name: str, text: str) -> None:
        super().__init__()
        words = f"<strong>{html.escape(name)}</strong><br>{html.escape(text)}"
        # What the macro gives is run as a template once more, so no brace may be left in it.
        self.words = htmlsafe_json_dumps(words).replace("{", r"\u007b")


def offline_map(
    title: str, marking: str, layers: Sequence[Layer], built: Path, text: str = ""
) -> str:
    """Write the layers as one HTML file, with Leaflet from the folder of built assets.

    `text` is HTML of our own that goes before the map, which then is one part of a page to read.
    """
    chart = _Map(tiles=None)
    for layer in layers:
        group = folium.FeatureGroup(layer["name"])
        group.add_to(chart)
        for feature in layer["features"]["features"]:
            _draw(feature, layer["style"], group)
    folium.LayerControl(collapsed=False).add_to(chart)
    chart.fit_bounds(_bounds(layers))
    figure: Any = chart.get_root()
    _head(figure, title, built, _READ if text else "")
    for line in (
        f'<p class="marking">{html.escape(marking)}</p>',
        f"<h1>{html.escape(title)}</h1>",
        text,
        f'<p class="marking last">{html.escape(marking)}</p>',
    ):
        figure.html.add_child(_Plain(line))
    rendered: str = figure.render()
    rendered = rendered.replace("<html>", '<html lang="en">', 1)
    return rendered.replace(_POLICY, html.escape(_policy(rendered)), 1)


def _policy(rendered: str) -> str:
    """Allow the scripts and styles that are in the file, each by its hash, and nothing else."""
    allowed: dict[str, list[str]] = {"script": [], "style": []}
    for part, text in _OWN_PART.findall(rendered):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        allowed[part].append(f"'sha256-{digest}'")
    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; "
        f"script-src {' '.join(allowed['script'])}; style-src {' '.join(allowed['style'])}"
    )


def _head(figure: Any, title: str, built: Path, more: str) -> None:
    """Put the policy, the title, Leaflet and the styles at the top of the file."""
    names = json.loads((built / "manifest.json").read_bytes())
    script = (built / names["offline-map.js"]).read_text()
    style = (built / names["offline-map.css"]).read_text()
    for index, part in enumerate(
        (
            # Whatever a record's words may try, this file asks nobody for anything.
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            f"<title>{html.escape(title)}</title>",
            f"<script>{script}</script>",
            f"<style>{style}{_STYLE}{more}</style>",
        )
    ):
        figure.header.add_child(_Plain(part), name=f"own_{index}", index=index)


def _draw(feature: Any, style: str, group: folium.FeatureGroup) -> None:
    """Draw one thing with its words."""
    words = feature["properties"]
    if style in _POINTS:
        lon, lat = feature["geometry"]["coordinates"]
        thing: Any = folium.CircleMarker(
            (lat, lon),
            radius=7,
            weight=2,
            color="#ffffff",
            fill_color=_POINTS[style],
            fill_opacity=1,
        )
    else:
        line = _LINES[style]
        thing = folium.GeoJson(feature["geometry"], style_function=lambda _feature: line)
    thing.add_child(_Words(words["name"], words["text"]))
    thing.add_to(group)


def _bounds(layers: Sequence[Layer]) -> list[list[float]]:
    """Find the view: what is in the foreground, else all there is."""
    for wanted in ([la for la in layers if not la["background"]], layers):
        corners = [
            corner
            for layer in wanted
            for feature in layer["features"]["features"]
            for corner in _corners(feature["geometry"]["coordinates"])
        ]
        if corners:
            lons, lats = zip(*corners, strict=True)
            return [[min(lats), min(lons)], [max(lats), max(lons)]]
    return _NOWHERE


def _corners(coordinates: Any) -> list[tuple[float, float]]:
    if isinstance(coordinates[0], int | float):
        return [(coordinates[0], coordinates[1])]
    return [corner for part in coordinates for corner in _corners(part)]
