"""Places by what is asked of them; shapes leave as GeoJSON text, written by the database."""

import datetime as dt
import math
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import aggregate_order_by

from ops.access.models import Organisation
from ops.access.queries import named
from ops.geo.models import OVER, Area, Boundary, Site, operation
from ops.geo.shapes import SRID

Column = sa.ColumnElement[Any]
# A column, or anything made of columns.
Expression = sa.SQLColumnExpression[Any]
BBox = tuple[float, float, float, float]

# The British National Grid, in metres.
GRID = 27700
# Of whatever could be near the United Kingdom, where every area lies.
_FURTHEST_SOUTH = 40.0
# The sixth digit of a degree is a tenth of a metre.
DIGITS = 6
# A degree of latitude is 110.6 to 111.7 km; less here, so that a search box is never too small.
_DEGREE_M = 109_000.0
# The most of any degree, so that what is left out of an outline is never more than was allowed.
_LONGEST_DEGREE_M = 111_700.0
# No point is in so many areas; a bound all the same.
_MOST_COVERING = 500


def in_box(column: Expression, bbox: BBox) -> Column:
    """Tell whether a place meets a bounding box."""
    box = sa.func.ST_MakeEnvelope(*bbox, SRID)
    return column.op("&&")(box) & sa.func.ST_Intersects(column, box)


def coarse(geom: Expression, within_m: float) -> Column:
    """Leave out corners of an outline where it stays within so many metres of what it was."""
    degrees = within_m / _LONGEST_DEGREE_M
    return sa.func.ST_Multi(sa.func.ST_SimplifyPreserveTopology(geom, degrees))


def in_force(on: Expression | dt.date) -> Column:
    """Tell whether a boundary is in force on a day."""
    begun = sa.func.coalesce(Boundary.valid_from <= on, True)
    return begun & sa.func.coalesce(Boundary.valid_to > on, True)


def unlike(q: str, *names: Expression) -> Column:
    """Measure how far names are from what was typed, 0 where the words are the same."""
    likeness = sa.func.greatest(*(sa.func.word_similarity(q, name) for name in names))
    # Exact, so that a page's cursor finds its place again.
    return sa.cast(1 - likeness, sa.Numeric(5, 4))


def lock_operation(operation_id: uuid.UUID) -> sa.Select[str]:
    """Read where an operation stands, and keep it there until the transaction ends."""
    return (
        sa.select(operation.c.status)
        .where(operation.c.id == operation_id)
        .with_for_update(read=True)
        .order_by(operation.c.id)
    )


def _text(*parts: Any) -> Column:
    return sa.func.concat(*parts)


def _geojson(geom: Expression) -> Column:
    return sa.func.ST_AsGeoJSON(geom, DIGITS)


AREA_FEATURE = _text(
    '{"type":"Feature","id":"',
    Area.id,
    '","geometry":',
    _geojson(Area.geom),
    ',"properties":',
    sa.func.json_build_object(
        "operation",
        Area.operation_id,
        "name",
        Area.name,
        "purpose",
        Area.purpose,
        "valid_from",
        Area.valid_from,
        "valid_to",
        Area.valid_to,
    ),
    "}",
)


def area_feature(area_id: uuid.UUID) -> sa.Select[int, str]:
    """Give one area as a Feature, and its version."""
    return sa.select(Area.version, AREA_FEATURE.label("feature")).where(Area.id == area_id)


def _joined(text: Expression, *order: Expression) -> Column:
    """Join texts of an operation's areas; empty where it has none."""
    in_order = aggregate_order_by(sa.literal_column("','", sa.Text), *order)
    texts = sa.func.string_agg(text, in_order).filter(Area.id.is_not(None))
    return sa.func.coalesce(texts, "")


def _of_operation(*columns: Column) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(*columns)
        .select_from(operation)
        # An outer join, so that an operation without areas is told from none at all.
        .outerjoin(Area, Area.operation_id == operation.c.id)
        .where(operation.c.id == sa.bindparam("operation_id"))
        .group_by(operation.c.id)
        .order_by(operation.c.id)
    )


# Changes with each area added, changed or removed, and with nothing else.
_TAG = sa.func.md5(_joined(_text(Area.id, ":", Area.version), Area.id)).label("tag")
# An operation's areas as the text of a collection's features, and what tells one state of them
# from another; no row without such an operation. Built once: they are asked for often.
AREAS_TAG = _of_operation(_TAG)
AREAS = _of_operation(
    _TAG,
    _joined(AREA_FEATURE, Area.name, Area.id).label("features"),
    sa.func.array_remove(sa.func.array_agg(Area.id), None).label("ids"),
)


def areas_to_take(operation_id: uuid.UUID) -> sa.Select[*tuple[Any, ...]]:
    """List an operation's areas with their shapes as they are kept, to the last digit."""
    columns = (Area.id, Area.name, Area.purpose, Area.valid_from, Area.valid_to, Area.geom)
    return sa.select(*columns).where(Area.operation_id == operation_id).order_by(Area.name, Area.id)


def operation_named(operation_id: uuid.UUID) -> sa.Select[*tuple[Any, ...]]:
    """Give what an operation is called and how it is marked; no row where it is not seen."""
    return (
        sa.select(operation.c.name, operation.c.reference, operation.c.marking)
        .where(operation.c.id == operation_id)
        .order_by(operation.c.id)
    )


def _covering() -> sa.Select[*tuple[Any, ...]]:
    lon, lat, accuracy_m, across, up = (
        sa.bindparam(name, type_=sa.Double) for name in ("lon", "lat", "accuracy_m", "across", "up")
    )
    at = sa.bindparam("at", type_=sa.DateTime(timezone=True))
    centre = sa.func.ST_SetSRID(sa.func.ST_MakePoint(lon, lat), SRID)
    edge = sa.func.ST_Boundary(sa.func.ST_Transform(Area.geom, GRID))
    # Far off, by the equator, the grid has no place for some points; nor is there any area.
    on_grid = sa.case((lat > _FURTHEST_SOUTH, sa.func.ST_Transform(centre, GRID)))
    # Materialised, so that each shape is put on the grid once.
    near = (
        sa.select(
            Area.id,
            Area.name,
            Area.purpose,
            operation.c.id.label("operation_id"),
            operation.c.name.label("operation_name"),
            operation.c.reference,
            sa.func.ST_Covers(Area.geom, centre).label("holds"),
            sa.func.ST_Distance(edge, on_grid).label("edge_m"),
        )
        .join(operation, operation.c.id == Area.operation_id)
        .where(
            Area.geom.op("&&")(sa.func.ST_Expand(centre, across, up)),
            *(operation.c.status != status for status in OVER),
            sa.func.coalesce(Area.valid_from <= at, True),
            sa.func.coalesce(Area.valid_to > at, True),
        )
        .cte("near")
        .prefix_with("MATERIALIZED")
    ).c
    inside = near.holds & (near.edge_m >= accuracy_m)
    distance = sa.case((near.holds, 0.0), else_=near.edge_m)
    return (
        sa.select(
            near.id,
            near.name,
            near.purpose,
            near.operation_id,
            near.operation_name,
            near.reference,
            sa.case((inside, "inside"), else_="uncertain").label("relation"),
            distance.label("distance_m"),
        )
        .where(sa.or_(near.holds, near.edge_m <= accuracy_m))
        .order_by(sa.not_(inside), distance, near.operation_name, near.name, near.id)
        .limit(_MOST_COVERING)
    )


# Which areas of operations not yet over hold a fix, given what `fix` makes of it. `inside`: its
# whole circle; `uncertain`: a part of it. Built once: it is asked often.
COVERING = _covering()


def fix(lon: float, lat: float, accuracy_m: float, at: dt.datetime) -> dict[str, Any]:
    """Give a fix as `COVERING` takes it, with the half-width and half-height of its box."""
    return {
        "lon": lon,
        "lat": lat,
        "accuracy_m": accuracy_m,
        "at": at,
        "across": accuracy_m / (_DEGREE_M * max(math.cos(math.radians(lat)), 0.01)),
        "up": accuracy_m / _DEGREE_M,
    }


def sites(
    q: str | None = None, bbox: BBox | None = None, kind: str | None = None
) -> tuple[sa.Select[*tuple[Any, ...]], list[Column]]:
    """List sites and the keys they are ordered by: the likest name first, or by name."""
    query = _sites()
    if bbox:
        query = query.where(in_box(Site.point, bbox))
    if kind:
        query = query.where(Site.kind == kind)
    keys: list[Any] = [Site.name, Site.id]
    if q:
        words = (Site.name, sa.func.coalesce(Site.address, ""))
        query = query.where(named(q, *words))
        keys = [unlike(q, *words), *keys]
    return query.order_by(*keys), keys


def site(site_id: uuid.UUID) -> sa.Select[*tuple[Any, ...]]:
    """Show one site."""
    return _sites().where(Site.id == site_id).order_by(Site.id)


def _sites() -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        Site.id,
        Site.kind,
        Site.name,
        Site.address,
        Organisation.code.label("organisation"),
        Site.operator,
        Site.category,
        Site.point.label("position"),
        Site.version,
    ).outerjoin(Organisation, Organisation.id == Site.organisation_id)


def boundaries(
    q: str | None = None,
    bbox: BBox | None = None,
    layer: str | None = None,
    on: dt.date | None = None,
    *,
    geometry: bool = False,
    accurate_to_m: float | None = None,
) -> tuple[sa.Select[*tuple[Any, ...]], list[Column]]:
    """List boundaries as the text of Features, with or without their shapes, and their keys."""
    shape = coarse(Boundary.geom, accurate_to_m) if accurate_to_m else Boundary.geom
    feature = _text(
        '{"type":"Feature","id":"',
        Boundary.id,
        '","geometry":',
        _geojson(shape) if geometry else "null",
        ',"properties":',
        sa.func.json_build_object(
            "layer",
            Boundary.layer,
            "code",
            Boundary.code,
            "name",
            Boundary.name,
            "valid_from",
            Boundary.valid_from,
            "valid_to",
            Boundary.valid_to,
        ),
        "}",
    )
    query = sa.select(feature.label("feature"))
    if bbox:
        query = query.where(in_box(Boundary.geom, bbox))
    if layer:
        query = query.where(Boundary.layer == layer)
    if on:
        query = query.where(in_force(on))
    keys: list[Any] = [Boundary.layer, Boundary.name, Boundary.id]
    if q:
        # A code with a slip in it is another code.
        is_code = Boundary.code.istartswith(q, autoescape=True)
        query = query.where(named(q, Boundary.name) | is_code)
        keys = [unlike(q, Boundary.name), *keys]
    return query.order_by(*keys), keys


def extent_of(layer: str) -> sa.Select[list[float]]:
    """Give the box round the boundaries of a layer: west, south, east, north."""
    box = sa.func.ST_Extent(Boundary.geom)
    sides = (sa.func.ST_XMin(box), sa.func.ST_YMin(box), sa.func.ST_XMax(box), sa.func.ST_YMax(box))
    whole = sa.case((sa.func.count() > 0, postgresql.array(sides)))
    return sa.select(whole).where(Boundary.layer == layer)


def part(layer: str, point: Expression, on: Expression) -> sa.ScalarSelect[str]:
    """Give the code of the part of a layer that holds a point on a day."""
    return (
        sa.select(Boundary.code)
        .where(
            Boundary.layer == layer,
            sa.func.ST_Covers(Boundary.geom, point),
            in_force(on),
        )
        # A point on a shared edge is in the first, always the same.
        .order_by(Boundary.code, Boundary.id)
        .limit(1)
        .scalar_subquery()
    )


def boundary_layers(on: dt.date) -> sa.Select[str]:
    """Name the layers that have a boundary in force on a day."""
    return sa.select(Boundary.layer).where(in_force(on)).distinct().order_by(Boundary.layer)


# The layers that results are totalled by.
DISTRICTS = "district"
WARDS = "ward"
