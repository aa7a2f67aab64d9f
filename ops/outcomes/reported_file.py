"""Reported figures from a spreadsheet: one a row, all of them or none."""

import collections
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import marshmallow as ma
import sqlalchemy as sa

from ops import db
from ops.access.models import Organisation
from ops.errors import Invalid
from ops.operations.models import Operation
from ops.outcomes.models import ReportedFigure
from ops.outcomes.schemas import ReportedFigureSchema
from ops.results.fields import Text

FACET = "facets."
# The same measure, part, period, scope, source and day is the same figure; its value may change.
IDENTITY = (
    "measure",
    "starts_on",
    "ends_on",
    "as_at",
    "source",
    "organisation_id",
    "operation_id",
)


class ReportedRowSchema(ReportedFigureSchema):
    """A row of the file: an operation is named by its reference"""

    operation = Text(allow_none=True)  # type: ignore[assignment]


SCHEMA = ReportedRowSchema()
BLANK = dict.fromkeys(("label", "four_p", "heading", "starts_on", "ends_on", "note"))
COLUMNS = [name for name, field in SCHEMA.fields.items() if not field.dump_only]
TEMPLATE = ",".join([*(name for name in COLUMNS if name != "facets"), f"{FACET}drug"])


def read(text: str) -> list[dict[str, Any]]:
    """Read the figures of a file, or say by line and column all that is wrong with it."""
    reader = csv.DictReader(io.StringIO(text), strict=True)
    wrong: dict[str, list[str]] = {}
    figures, lines = [], []
    try:
        unknown = [n for n in reader.fieldnames or [] if n not in COLUMNS and FACET not in n]
        if unknown or not reader.fieldnames:
            raise Invalid(
                f"There is no column {unknown[0]!r}." if unknown else "The file is empty.",
                {"line 1": [f"The columns are {TEMPLATE}."]},
            )
        for row in reader:
            line = f"line {reader.line_num}"
            if None in row or None in row.values():
                wrong[line] = ["It has more or fewer cells than the first line has columns."]
                continue
            try:
                figures.append(BLANK | SCHEMA.load(_payload(row)))
                lines.append(line)
            except ma.ValidationError as error:
                wrong |= {f"{line}, {name}": said for name, said in _by_column(error)}
    except csv.Error as error:
        raise Invalid(f"This is no CSV file: line {reader.line_num}: {error}.") from error
    wrong |= _place(figures, lines)
    if wrong:
        told = "".join(f"\n{where}: {' '.join(said)}" for where, said in wrong.items())
        raise Invalid(f"Nothing was loaded, for some of this file is not right:{told}", wrong)
    return figures


def load(figures: Sequence[dict[str, Any]]) -> collections.Counter[str]:
    """Keep what is new, change what changed; the caller's transaction decides."""
    held = {
        _identity(vars(row)): row
        for row in db.session.scalars(
            sa.select(ReportedFigure)
            .where(
                ReportedFigure.set_id.is_(None),
                ReportedFigure.source.in_({figure["source"] for figure in figures}),
            )
            .order_by(ReportedFigure.id)
            .with_for_update()
        )
    }
    did: collections.Counter[str] = collections.Counter()
    for figure in figures:
        row = held.get(_identity(figure))
        if row is None:
            held[_identity(figure)] = row = ReportedFigure(**figure)
            db.session.add(row)
            did["added"] += 1
            continue
        new = {name: value for name, value in figure.items() if getattr(row, name) != value}
        for name, value in new.items():
            setattr(row, name, value)
        did["changed" if new else "already there"] += 1
    return did


def _payload(row: Mapping[str, str]) -> dict[str, Any]:
    """Give a row as the API would take it; a blank cell says nothing."""
    filled = {name: text.strip() for name, text in row.items() if text.strip()}
    facets = {n.removeprefix(FACET): v for n, v in filled.items() if n.startswith(FACET)}
    plain = {name: value for name, value in filled.items() if not name.startswith(FACET)}
    return plain | ({"facets": facets} if facets else {})


def _by_column(error: ma.ValidationError) -> Iterator[tuple[str, list[str]]]:
    for name, said in error.normalized_messages().items():
        yield name, said if isinstance(said, list) else [str(said)]


def _place(figures: Sequence[dict[str, Any]], lines: Sequence[str]) -> dict[str, list[str]]:
    """Turn codes and references to ids, in two look-ups, and say where there is none."""
    wrong = {}
    for name, model, key in (
        ("organisation", Organisation, Organisation.code),
        ("operation", Operation, Operation.reference),
    ):
        named = {figure[name] for figure in figures if figure.get(name)}
        found = dict(db.session.execute(sa.select(key, model.id).where(key.in_(named))).all())
        for figure, line in zip(figures, lines, strict=True):
            text = figure.pop(name, None)
            figure[f"{name}_id"] = found.get(text)
            if text and text not in found:
                wrong[f"{line}, {name}"] = [f"There is no {name} {text!r}."]
    return wrong


def _identity(figure: Mapping[str, Any]) -> tuple[Any, ...]:
    facets = tuple(sorted(figure["facets"].items()))
    return (*(figure.get(name) for name in IDENTITY), facets)
