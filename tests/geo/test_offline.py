"""The map as one file."""

import base64
import hashlib
import html
import re
from pathlib import Path

import pytest
from shapely.geometry import Point, box, mapping

from ops.geo.layers import feature, layer
from ops.geo.offline import offline_map

BUILT = Path(__file__).parents[2] / "static" / "build"
ATTACK = "</script><script>alert(1)</script>"


@pytest.fixture
def written():
    """A map of a district, an area and a site, whose words are hostile."""
    shape = mapping(box(-2.25, 53.48, -2.235, 53.49))
    layers = [
        layer("Districts", "district", [feature("d", shape, "Manchester")], background=True),
        layer("Areas", "area", [feature("a", shape, ATTACK, "`${alert(2)}` <b>bold</b>")]),
        layer("Sites", "site", [feature("s", mapping(Point(-2.24, 53.49)), "HMP Test")]),
    ]
    return offline_map(ATTACK, "OFFICIAL-SENSITIVE", layers, BUILT)


def test_names_no_other_host(written):
    references = re.findall(r"""(?:src|href)=["']?(https?:[^"'>\s]*)""", written)

    # Leaflet names its own site in a line that links, and loads nothing.
    assert set(references) <= {"https://leafletjs.com"}
    assert "@import" not in written


def test_words_of_a_record_stay_words(written):
    assert ATTACK not in written
    assert "<b>bold" not in written


@pytest.mark.parametrize("typed", ["{{ 6 * 7 }}", "{% if %}", "{# half", "{{ cycler.__init__ }}"])
def test_nothing_that_was_typed_is_run_as_a_template(typed):
    point = mapping(Point(-2.24, 53.49))
    layers = [layer("Sites", "site", [feature("s", point, typed, typed)])]

    written = offline_map(typed, "OFFICIAL", layers, BUILT)

    assert f"<h1>{typed}</h1>" in written
    assert typed.replace("{", r"\u007b") in written


def test_carries_the_marking_at_both_ends(written):
    assert written.count("OFFICIAL-SENSITIVE") == 2


def test_an_operation_without_shapes_has_a_map_all_the_same():
    empty = offline_map("Operation", "OFFICIAL", [layer("Areas", "area", [])], BUILT)

    assert "[[49.9, -8.2], [58.7, 1.8]]" in empty


def test_runs_the_scripts_it_was_written_with_and_no_other(written):
    [policy] = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', written)
    scripts = re.findall(r"<script>(.*?)</script>", written, re.DOTALL)

    hashes = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts}

    said = html.unescape(policy)
    assert "default-src 'none'" in said
    assert "unsafe" not in said
    assert hashes == set(
        re.findall(r"sha256-([^']+)", said.partition("script-src")[2].partition(";")[0])
    )
