"""From what is asked for to the tables of a file, and to words that say what was asked for."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import marshmallow as ma
import sqlalchemy as sa

from ops import db, wording
from ops.errors import Invalid
from ops.exports import tables
from ops.exports.reading import Contents
from ops.exports.tables import Table
from ops.geo.grid import GridBox
from ops.results.kinds import KINDS
from ops.results.kinds.base import Kind
from ops.results.models import Measure
from ops.results.schemas import AllResultsFilterSchema

_FIELDS = AllResultsFilterSchema().fields
_NAMES = {"from_": "from", "to": "before"}


def one_table(filters: Mapping[str, Any], rows: str | None, found: sa.FromClause) -> list[Table]:
    """Give the one table of a file that has but one: of a kind, where only one is asked for."""
    kind = _only_kind(filters)
    if rows is not None:
        return [tables.of_list(_with(rows, kind), rows, found)]
    return [tables.of_kind(kind, found) if kind else tables.common(found)]


def each_table(contents: Contents, found: sa.FromClause, *, lists: bool) -> list[Table]:
    """Give a table of each kind that there is, and with `lists` those inside its records."""
    there = [each for each in tables.every(found) if each.kind in contents.kinds]
    some = [each for each in there if lists or not each.is_list]
    return some or [tables.common(found)]


def in_words(filters: Mapping[str, Any], references: Mapping[uuid.UUID, str]) -> dict[str, str]:
    """Say by which filters a file was made, codes by their labels."""
    said = {}
    for name, value in filters.items():
        if value in (None, False, []):
            continue
        values = value if isinstance(value, list) else [value]
        field = _FIELDS.get({"from_": "from"}.get(name, name)) or _FIELDS.get(name)
        texts = [_text(each, field, references) for each in values]
        said[wording.words(_NAMES.get(name, name))] = ", ".join(texts)
    return said


def _only_kind(filters: Mapping[str, Any]) -> Kind | None:
    """Give the kind that alone can be in a file, by its filters and not by what there is."""
    if len(kinds := filters.get("kind", ())) == 1:
        return KINDS[kinds[0]]
    if "measure" in filters:
        query = sa.select(Measure.definition["kind"].astext).where(
            Measure.code == filters["measure"], Measure.definition.has_key("kind")
        )
        return KINDS.get(db.session.scalar(query.limit(1)) or "")
    return None


def _with(rows: str, kind: Kind | None) -> Kind:
    if kind is None:
        raise _refused("Name one kind, whose records these rows are in.", "kind")
    if rows not in tables.lists(kind):
        there = ", ".join(tables.lists(kind)) or "none"
        raise _refused(f"Records of this kind have other lists: {there}.", "rows")
    return kind


def _refused(said: str, field: str) -> Invalid:
    return Invalid(said, {field: [said]})


def _text(value: Any, field: ma.fields.Field | None, references: Mapping[uuid.UUID, str]) -> str:
    if isinstance(value, dt.datetime):
        return wording.moment(value)
    if isinstance(value, GridBox):
        return value.in_words
    if isinstance(value, bool):
        return "Yes"
    if isinstance(value, uuid.UUID):
        return references.get(value, str(value))
    codes: Mapping[str, Any] = getattr(getattr(field, "inner", field), "codes", {})
    return str(getattr(codes.get(value), "label", codes.get(value, value)))
