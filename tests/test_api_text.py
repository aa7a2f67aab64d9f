"""What the text on the API says: its addresses are there, and its examples are taken."""

import json
import re
from pathlib import Path

import pytest
from werkzeug.exceptions import MethodNotAllowed, NotFound

from ops.evaluation.schemas import ComparisonSchema
from ops.outcomes.measure_schemas import NewMeasureSchema
from ops.results.definitions import problems
from ops.results.kinds import KINDS

TEXT = (Path(__file__).parents[1] / "docs/api.md").read_text()
AN_ID = "0193e9a0-1111-7222-8333-444455556666"
KIND = re.compile(r"^\| `(\w+)` \| `(\{.*\})` \| `(\w+)=(.+)` \|$", re.M)
CALL = re.compile(r"`(GET|POST|PUT|PATCH|DELETE) (/[^\s`?]+)")
CURL = re.compile(r'^curl (.*)"\$API(/[^"?]+)[^"]*"( -d)?', re.M)


def addresses():
    """Give the calls that the text names, in words and as commands."""
    called = [*CALL.findall(TEXT)]
    called += [
        ("POST" if sent or "-X POST" in asked else "GET", f"/api/v1{path}")
        for asked, path, sent in CURL.findall(TEXT)
    ]
    return sorted({(verb, re.sub(r"\b(ID|DEPLOYMENT)\b", AN_ID, path)) for verb, path in called})


def test_the_text_names_every_kind_once():
    assert sorted(found[0] for found in KIND.findall(TEXT)) == sorted(KINDS)


@pytest.mark.parametrize(("kind", "detail", "facet", "code"), KIND.findall(TEXT))
def test_an_example_of_a_kind_can_be_logged_and_found(kind, detail, facet, code):
    KINDS[kind].schema.load(json.loads(detail.replace('"ID"', f'"{AN_ID}"')))

    codes = KINDS[kind].facets[facet].codes
    assert codes is None or code in codes


@pytest.mark.parametrize(("verb", "path"), addresses())
def test_an_address_is_there(app, verb, path):
    try:
        app.url_map.bind("").match(path, verb)
    except (NotFound, MethodNotAllowed):
        pytest.fail(f"{verb} {path} is no address of ours")


def test_examples_in_blocks_are_taken():
    measure, comparison = (
        json.loads(block) for block in re.findall(r"```json\n(.*?)```", TEXT, re.S)
    )

    NewMeasureSchema().load(measure)
    ComparisonSchema().load(comparison)
    assert not problems(measure["definition"])


@pytest.mark.parametrize("definition", re.findall(r'`(\{"(?:ratio|attainment)".*?\})`', TEXT))
def test_examples_of_measures_over_measures_are_taken(definition):
    assert not problems(json.loads(definition))
