"""Where a result lies: in which district, and how to the areas of its operation."""

from typing import Any

import sqlalchemy as sa
from geoalchemy2 import Geography
from sqlalchemy.dialects.postgresql import aggregate_order_by

from ops.geo.models import Area, Boundary
from ops.geo.queries import DISTRICTS, GRID
from ops.geo.shapes import SRID
from ops.results.counting import Of

# A degree of longitude at 60 degrees north, a little less: a safe width for a first look.
LEAST_METRES_A_DEGREE = 55_000
# A square's number is that of its column times so many, and that of its row.
SQUARE_M, NORTHINGS = 100, 100_000
# In degrees: all but some sea in the south is on the National Grid; anything else is in no square.
_ON_GRID = (-7.5, 49.8, 2.0, 61.2)
# Distances between these are in metres.
_METRES = Geography("GEOMETRY", srid=4326)
_NONE: sa.ColumnElement[Any] = sa.literal_column("'[]'::json")


def district_of(
    point: sa.ColumnElement[Any], occurred_at: sa.ColumnElement[Any], layer: str = DISTRICTS
) -> sa.Select[Any]:
    """Give the code of the district, or of another layer's part, that holds a point on a day."""
    # As boundaries have it when they are imported: a day in London, and the last one is out.
    on = sa.cast(sa.func.timezone("Europe/London", occurred_at), sa.Date)
    return (
        sa.select(Boundary.code)
        .where(
            Boundary.layer == layer,
            sa.func.ST_Covers(Boundary.geom, point),
            sa.func.coalesce(Boundary.valid_from <= on, True),
            sa.func.coalesce(Boundary.valid_to > on, True),
        )
        .order_by(Boundary.code, Boundary.id)
        .limit(1)
    )


def square_of(point: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """Number the square of 100 metres of the National Grid that holds a point, if any does."""
    metres = sa.func.ST_Transform(point, GRID)
    on_grid = point.op("&&")(sa.func.ST_MakeEnvelope(*_ON_GRID, SRID))
    east, north = (
        sa.cast(sa.func.floor(axis(metres) / SQUARE_M), sa.Integer)
        for axis in (sa.func.ST_X, sa.func.ST_Y)
    )
    return sa.case((sa.and_(on_grid, north >= 0), east * NORTHINGS + north))


def areas_of(results: sa.FromClause, *, of: Of) -> sa.Select[Any]:
    """Give the areas that hold a result's point then: of its operation, or of the chosen."""
    owner = Area.operation_id == results.c.operation_id if of.is_all else of.has(Area.operation_id)
    return (
        sa.select(Area.id)
        .where(
            owner,
            sa.func.ST_Covers(Area.geom, results.c.point),
            *_valid(results.c.occurred_at),
        )
        .correlate(results)
    )


def relations(results: sa.FromClause) -> list[sa.ColumnElement[Any]]:
    """Relate a result to the areas of its operation: a check, never a gate.

    Nearer to an edge than the fix is accurate, it can't be told on which side it lies.
    """
    at = results.c
    within = sa.func.coalesce(at.accuracy_m, 0)
    covers = sa.func.ST_Covers(Area.geom, at.point)
    on_edge = sa.and_(
        within > 0,
        sa.func.ST_DWithin(
            sa.cast(sa.func.ST_Boundary(Area.geom), _METRES),
            sa.cast(at.point, _METRES),
            within,
        ),
    )
    relation = sa.case((on_edge, "uncertain"), (covers, "inside"), else_="outside")
    near = (
        sa.select(Area.id, Area.name, Area.purpose, relation.label("relation"))
        .where(
            Area.operation_id == at.operation_id,
            Area.geom.intersects(sa.func.ST_Expand(at.point, within / LEAST_METRES_A_DEGREE)),
            *_valid(at.occurred_at),
        )
        .correlate(results)
        .subquery("area_near")
    )
    found = near.c.relation != "outside"
    listed = sa.func.json_agg(aggregate_order_by(near.table_valued(), near.c.name, near.c.id))
    best = sa.func.min(near.c.relation).filter(found)
    return [
        sa.select(sa.func.coalesce(listed.filter(found), _NONE))
        .correlate(results)
        .scalar_subquery()
        .label("areas"),
        # Of the two words, "inside" comes first in the alphabet too.
        sa.case(
            (
                at.point.is_not(None),
                sa.select(sa.func.coalesce(best, "outside")).correlate(results).scalar_subquery(),
            )
        ).label("relation"),
    ]


def _valid(at: sa.ColumnElement[Any]) -> list[sa.ColumnElement[bool]]:
    return [
        sa.func.coalesce(Area.valid_from, at) <= at,
        sa.or_(Area.valid_to.is_(None), Area.valid_to > at),
    ]
