"""The file of published result sets: its shape, and all that can be wrong with one."""

import collections
import json
from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from ops.errors import Invalid
from ops.fields import Quantity
from ops.outcomes.models import QUALIFIERS
from ops.results.fields import Day

WORDS = ma.validate.Length(1, 2000)
NAME = ma.validate.Length(1, 200)
# What the file calls a thing, where it is called otherwise here.
OF_SETS = {"id": "code", "operation": "title", "start": "starts_on", "end": "ends_on"}
OF_FIGURES = {"group": "heading", "start": "starts_on", "end": "ends_on"}


class PublishedFigureSchema(ma.Schema):
    """One figure of a set; every other name is a facet: which part of the measure it is"""

    class Meta:
        unknown = ma.INCLUDE

    measure = ma.fields.String(required=True, validate=NAME)
    label = ma.fields.String(validate=WORDS)
    value = Quantity(required=True)
    unit = ma.fields.String(required=True, validate=NAME)
    qualifier = ma.fields.String(required=True, validate=ma.validate.OneOf(QUALIFIERS))
    group = ma.fields.String(validate=NAME)
    note = ma.fields.String(validate=WORDS)
    start = Day()
    end = Day()
    as_at = Day()
    source = ma.fields.String(validate=WORDS)

    @ma.post_load
    def gather_facets(self, figure: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Set the facets apart from what every figure has."""
        facets = {name: value for name, value in figure.items() if name not in self.fields}
        for name, value in facets.items():
            if not isinstance(value, str | int) or value == "":
                raise ma.ValidationError("A facet is a text or a number.", name)
        own = {OF_FIGURES.get(n, n): v for n, v in figure.items() if n in self.fields}
        return own | {"facets": facets}


class PublishedSetSchema(ma.Schema):
    """One set; names that are not known here are kept as they are"""

    class Meta:
        unknown = ma.INCLUDE

    id = ma.fields.String(required=True, validate=NAME)
    operation = ma.fields.String(required=True, validate=WORDS)
    publisher = ma.fields.String(required=True, validate=WORDS)
    area = ma.fields.String(validate=WORDS, allow_none=True)
    start = Day(allow_none=True)
    end = Day(allow_none=True)
    as_at = Day()
    source_url = ma.fields.String(validate=WORDS, allow_none=True)
    measures = ma.fields.List(ma.fields.Nested(PublishedFigureSchema), required=True)
    checks = ma.fields.List(ma.fields.String(validate=WORDS))

    @ma.validates_schema
    def starts_before_it_ends(self, given: Mapping[str, Any], **_kwargs: Any) -> None:
        """Refuse a period that ends before it starts."""
        start, end = given.get("start"), given.get("end")
        if start and end and end < start:
            raise ma.ValidationError("Must not be before the start.", "end")

    @ma.post_load
    def name_as_here(self, given: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Call things what they are called here, and set apart what is only kept."""
        own = {OF_SETS.get(n, n): v for n, v in given.items() if n in self.fields}
        return own | {"remainder": {n: v for n, v in given.items() if n not in self.fields}}


def read(text: str) -> list[dict[str, Any]]:
    """Read the sets of a file, or say by set and measure all that is wrong with it."""
    try:
        # Numbers with a point stay the text they are, so that no digit of them changes.
        file = json.loads(text, parse_float=str, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"This is no JSON file: {error}.") from error
    sets = file.get("result_sets") if isinstance(file, dict) else None
    if not isinstance(sets, list) or not sets:
        raise Invalid('This file has no "result_sets": give it a list of sets, each with measures.')
    if not _storable(file):
        raise Invalid("This file has characters in it that are no text (NUL, or half of a pair).")
    read_sets = []
    wrong: dict[str, list[str]] = {}
    schema = PublishedSetSchema()
    for number, given in enumerate(sets, 1):
        called = _called(given, "id", f"set {number}")
        try:
            read_sets.append(schema.load(given))
        except ma.ValidationError as error:
            wrong |= {called + where: said for where, said in _flat(error.messages, given)}
    codes = collections.Counter(one["code"] for one in read_sets)
    wrong |= {code: ["It is in the file twice."] for code, count in codes.items() if count > 1}
    if wrong:
        lines = "".join(f"\n{where}: {' '.join(said)}" for where, said in wrong.items())
        raise Invalid(f"Nothing was loaded, for some of this file is not right:{lines}", wrong)
    return read_sets


def _called(given: Any, key: str, otherwise: str) -> str:
    name = given.get(key) if isinstance(given, dict) else None
    return name if isinstance(name, str) and name else otherwise


def _flat(messages: Any, given: Any) -> list[tuple[str, list[str]]]:
    """Say where in a set each message belongs: `, measure 3 (arrests), value`."""
    found = []
    for name, said in messages.items():
        if name != "measures" or not isinstance(said, dict):
            found.append(("" if name == "_schema" else f", {name}", _sentences(said)))
            continue
        for index, fields in said.items():
            measure = _called(given["measures"][index], "measure", "without a name")
            where = f", measure {index + 1} ({measure})"
            by_field = fields if isinstance(fields, dict) else {"_schema": fields}
            found += [
                (where if field == "_schema" else f"{where}, {field}", _sentences(sentences))
                for field, sentences in by_field.items()
            ]
    return found


def _sentences(said: Any) -> list[str]:
    if isinstance(said, dict):
        return [sentence for inner in said.values() for sentence in _sentences(inner)]
    return [said] if isinstance(said, str) else [str(sentence) for sentence in said]


def _storable(file: Any) -> bool:
    text = json.dumps(file, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\\u0000" not in text


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")
