"""Places by what was typed: sites, boundaries and gazetteers in one list, the likest first."""

from typing import Any

import sqlalchemy as sa

from ops.geo import queries
from ops.geo.models import Boundary, Place, Site
from ops.geo.shapes import SRID

# Before the nearest of equally like names are chosen: a high street is in every town.
_CANDIDATES = 500
SOURCES = ("site", "boundary", "place")
# How like a name must be at first, and where too few are: by less, every street is like another.
LIKENESS = (0.6, 0.5)
Near = tuple[float, float]


def go_by(likeness: float) -> sa.Select[str]:
    """Say how like a name must be, to the index, for the running transaction alone."""
    name = "pg_trgm.word_similarity_threshold"
    return sa.select(sa.func.set_config(name, str(likeness), True))


def named(
    q: str, limit: int, near: Near | None = None, *, begun: bool = False
) -> sa.Select[*tuple[Any, ...]]:
    """List the places with a name like this; of those equally like, the nearest first.

    With `begun`, of a gazetteer only those whose names begin so.
    """
    begins = sa.func.lower(Place.name).startswith(q.lower(), autoescape=True)
    sites = _like(q, Site, 0, Site.point, near, Site.address)
    boundaries = _like(q, Boundary, 1, Boundary.geom, near)
    places = _like(q, Place, 2, Place.point, near, only=begins if begun else None)
    return _told(sa.union_all(sites, boundaries, places).subquery("found"), limit)


def at_postcode(start: str, limit: int, near: Near | None = None) -> sa.Select[*tuple[Any, ...]]:
    """List the places whose postcode is this or begins with it, the whole ones first."""
    whole = sa.cast(sa.case((Place.postcode == start, 0), else_=1), sa.Numeric(5, 4))
    found = (
        _columns(Place, 2, whole, Place.point, near)
        .add_columns(sa.literal(0).label("other"))
        .where(Place.postcode.startswith(start, autoescape=True))
        .order_by(whole, Place.postcode, Place.name, Place.id)
        .limit(_CANDIDATES)
        .subquery("found")
    )
    return _told(found, limit)


def _like(
    q: str,
    table: Any,
    rank: int,
    shape: Any,
    near: Near | None,
    *more: Any,
    only: sa.ColumnElement[bool] | None = None,
) -> sa.Select[*tuple[Any, ...]]:
    """Choose what is like what was typed, by the index where there is one."""
    words = [table.name, *more]
    unlike = queries.unlike(q, table.name, *(sa.func.coalesce(each, "") for each in more))
    is_like = sa.or_(*(sa.literal(q).op("<%", is_comparison=True)(each) for each in words))
    # A name that is the words typed comes before one that has them among others.
    other = sa.cast(sa.func.lower(table.name) != q.lower(), sa.Integer)
    columns = _columns(table, rank, unlike, shape, near).add_columns(other.label("other"))
    order = (unlike, other, *([sa.column("away")] if near else []), table.name, table.id)
    chosen = columns.where(is_like if only is None else only).order_by(*order).limit(_CANDIDATES)
    return sa.select(chosen.subquery())


def _columns(
    table: Any, rank: int, unlike: Any, shape: Any, near: Near | None
) -> sa.Select[*tuple[Any, ...]]:
    away: Any = sa.literal(0.0)
    if near:
        here = sa.func.ST_SetSRID(sa.func.ST_MakePoint(*near), SRID)
        # By the box, in degrees: near enough to put the nearer of two first.
        away = shape.op("<#>")(here)
    return sa.select(
        table.id,
        sa.literal(rank).label("rank"),
        unlike.label("unlike"),
        sa.cast(away, sa.Double).label("away"),
        table.name.label("name"),
    )


def _told(found: Any, limit: int) -> sa.Select[*tuple[Any, ...]]:
    """Say of the best what there is to say: only of these, for a shape's middle takes its time."""
    order = ("unlike", "other", "away", "rank", "name", "id")
    best = sa.select(found).order_by(*(found.c[key] for key in order)).limit(limit).subquery("best")
    b = best.c
    point = sa.func.coalesce(
        Site.point, Place.point, sa.func.ST_PointOnSurface(Boundary.geom), type_=Site.point.type
    )
    shape = sa.func.coalesce(Place.bbox, Boundary.geom, type_=Site.point.type)
    return (
        sa.select(
            b.id,
            b.name,
            b.rank,
            Site.kind.label("site_kind"),
            Site.address,
            Boundary.layer,
            Place.kind.label("place_kind"),
            Place.postcode,
            Place.source,
            sa.func.ST_X(point).label("lon"),
            sa.func.ST_Y(point).label("lat"),
            *(getattr(sa.func, f"ST_{side}")(shape).label(side) for side in SIDES),
        )
        .select_from(best)
        .outerjoin(Site, sa.and_(b.rank == 0, Site.id == b.id))
        .outerjoin(Boundary, sa.and_(b.rank == 1, Boundary.id == b.id))
        .outerjoin(Place, sa.and_(b.rank == 2, Place.id == b.id))
        .order_by(*(b[key] for key in order))
    )


# Of a box: west, south, east, north, as PostGIS calls them.
SIDES = ("XMin", "YMin", "XMax", "YMax")
