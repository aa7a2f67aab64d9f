"""Import boundaries of one layer from a file, all or none."""

import dataclasses
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely
import sqlalchemy as sa
from geoalchemy2.shape import from_shape
from shapely.geometry import MultiPolygon
from sqlalchemy.dialects import postgresql

from ops import db
from ops.errors import Invalid
from ops.geo import files, queries, shapes
from ops.geo.models import Boundary

_LAYER = re.compile(r"[a-z][a-z0-9_]{0,39}")
# Rows a statement: few enough that full-resolution outlines fit in memory twice.
_AT_ONCE = 50
# The layers of which a result keeps the code of the part that holds it, each in a column of its
# name. The table belongs to a layer above.
_KEPT = (queries.DISTRICTS, queries.WARDS)
_result = sa.table(
    "result",
    sa.column("id", sa.Uuid),
    sa.column("point"),
    *(sa.column(layer, sa.Text) for layer in _KEPT),
    sa.column("occurred_at", sa.DateTime(timezone=True)),
)


@dataclasses.dataclass
class Report:
    """What an import did."""

    code_field: str
    name_field: str
    read: int = 0
    added: int = 0
    changed: int = 0
    there: int = 0
    results: int = 0
    repaired: list[str] = dataclasses.field(default_factory=list)
    refused: list[str] = dataclasses.field(default_factory=list)


def load(
    path: Path,
    layer: str,
    code_field: str | None = None,
    name_field: str | None = None,
    *,
    source_layer: str | None = None,
    good_rows: bool = False,
) -> Report:
    """Import a file's outlines; with a bad row none of them, unless `good_rows` will do."""
    if not _LAYER.fullmatch(layer):
        raise Invalid("A layer's name is small letters, digits and underscores, such as district.")
    outlines = files.read(path, source_layer)
    report = Report(code_field or outlines.code_field(), name_field or outlines.name_field())
    rows = list(_rows(outlines, layer, report))
    if report.refused and not good_rows:
        return report
    with db.transaction():
        db.give_reason(f"Boundaries of the layer {layer} imported")
        for start in range(0, len(rows), _AT_ONCE):
            _write(rows[start : start + _AT_ONCE], report)
        if layer in _KEPT:
            report.results = assign(layer)
    return report


def assign(layer: str) -> int:
    """Give each result that has a point the part of a layer that holds it; count what changes."""
    day = sa.cast(sa.func.timezone("Europe/London", _result.c.occurred_at), sa.Date)
    fresh = queries.part(layer, _result.c.point, day)
    placed = (
        sa.select(_result.c.id, fresh.label("code"))
        .where(_result.c.point.is_not(None))
        .subquery("placed")
    )
    moved = (
        sa.update(_result)
        .where(_result.c.id == placed.c.id, _result.c[layer].is_distinct_from(placed.c.code))
        .values({layer: placed.c.code})
    )
    return db.session.connection().execute(moved).rowcount


def _rows(outlines: files.Outlines, layer: str, report: Report) -> Iterator[dict[str, object]]:
    """Give the rows that will do; note what is wrong with the others."""
    codes = outlines.column(report.code_field)
    names = outlines.column(report.name_field)
    first: dict[str, int] = {}
    for number, (code, name, shape) in enumerate(
        zip(codes, names, outlines.shapes, strict=True), start=1
    ):
        report.read += 1
        where = f"Row {number}" + (f" ({code})" if code else "")
        try:
            if not code or not name:
                missing = report.name_field if code else report.code_field
                raise shapes.BadShape(f"it has no {missing}.")
            if first.setdefault(code, number) != number:
                raise shapes.BadShape(f"its code is that of row {first[code]} too.")
            outline, fault = _outline(shape)
        except shapes.BadShape as error:
            report.refused.append(f"{where}: {error}")
            continue
        if fault:
            report.repaired.append(f"{where}: {fault}.")
        yield {
            "layer": layer,
            "code": code,
            "name": name,
            "geom": from_shape(outline, shapes.SRID),
        }


def _outline(shape: Any) -> tuple[MultiPolygon, str | None]:
    """Give a shape as a valid MultiPolygon, and what had to be repaired."""
    if shape is None or shapely.is_empty(shape):
        raise shapes.BadShape("it has no shape.")
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise shapes.BadShape(f"it is a {shape.geom_type}, and a boundary is an outline.")
    # A position that its projection can't place has come out as infinity.
    placed = all(map(math.isfinite, shape.bounds))
    if not (placed and shapes.UNITED_KINGDOM.intersects(shape)):
        raise shapes.BadShape(
            "it lies outside the United Kingdom; check the file's coordinate system."
        )
    fault = None
    if not shapely.is_valid(shape):
        fault = shapes.fault(shape)
        shape = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    parts = [
        part
        for part in shapely.get_parts(shape)
        if part.geom_type == "Polygon" and not part.is_empty
    ]
    if not parts:
        raise shapes.BadShape("nothing is left of its shape once repaired.")
    return shapes.rewound(MultiPolygon(parts)), fault


def _write(rows: list[dict[str, object]], report: Report) -> None:
    sent = [{**row, "id": db.new_id()} for row in rows]
    insert = postgresql.insert(Boundary).values(sent)
    fresh = insert.excluded
    differs = sa.or_(
        Boundary.name != fresh.name,
        sa.not_(sa.func.ST_OrderingEquals(Boundary.geom, fresh.geom)),
    )
    written = db.session.scalars(
        insert.on_conflict_do_update(
            constraint="uq_boundary_layer_code_valid_from",
            set_={"name": fresh.name, "geom": fresh.geom},
            where=differs,
        ).returning(sa.literal_column("xmax = 0", sa.Boolean))
    ).all()
    added = sum(written)
    report.added += added
    report.changed += len(written) - added
    report.there += len(rows) - len(written)
