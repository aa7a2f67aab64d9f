"""What of an operation waits for somebody, counted; and the views that somebody kept."""

import dataclasses
import functools
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.boards.models import BoardView
from ops.geo.grid import GridBox
from ops.geo.models import Boundary
from ops.geo.queries import GRID
from ops.lines import closures
from ops.operations import progress_queries
from ops.operations.models import Operation, Phase
from ops.operations.progress import Patience
from ops.plans import action_queries as actions
from ops.results import custody_queries, disruption_reviews, nil_returns, warrant_returns

UNREPORTED = "unreported"
# What is left where a shape only touches a rectangle are points and lines; these are wanted.
POLYGONS = 3

# Open in the statement, so that it is written once.
OPERATION = sa.bindparam("operation", type_=sa.Uuid())
NOW: Any = sa.bindparam("now", type_=sa.DateTime(timezone=True))
TODAY: Any = sa.bindparam("today", type_=sa.Date())


@dataclasses.dataclass(frozen=True)
class Late:
    """What of a list is late: its words, where it is listed, and the query that lists it."""

    title: str
    address: str
    query: db.Query


@functools.lru_cache(maxsize=8)
def late(check_back_days: tuple[int, ...], patience: Patience) -> dict[str, Late]:
    """Give what is late of an operation, each as its own list has it."""
    of = {"operation": OPERATION}
    only = of | {"overdue": True}
    return {
        "overdue": Late(
            "Deployments overdue",
            "/deployments/overdue?",
            progress_queries.overdue(NOW, patience, of),
        ),
        "cash": Late(
            "Cash detained past its time without a court’s order",
            "/cash-detentions?overdue=true&",
            custody_queries.clocks(NOW, operation=OPERATION, overdue=True),  # type: ignore[arg-type]
        ),
        "warrants": Late(
            "Warrants to return to court",
            "/warrants/returns?overdue=true&",
            warrant_returns.returns(only, TODAY),
        ),
        "actions": Late(
            "Actions of the 4P plan", "/actions/due?overdue=true&", actions.due(only, TODAY)
        ),
        "check_backs": Late(
            "Closed lines to look at again",
            "/lines/check-backs?overdue=true&",
            closures.check_backs(of | {"before": TODAY}, check_back_days),
        ),
        "disruptions": Late(
            "Disruptions to review",
            "/disruptions/reviews?overdue=true&",
            disruption_reviews.reviews(only, TODAY),
        ),
    }


@functools.lru_cache(maxsize=8)
def waiting(check_back_days: tuple[int, ...], patience: Patience) -> str:
    """Count what is late of an operation, list by list, and who has not reported yet."""
    listed = {UNREPORTED: nil_returns.missing({"operation": OPERATION}, NOW)}
    listed |= {name: each.query for name, each in late(check_back_days, patience).items()}
    counts = (
        sa.select(sa.literal(name).label("name"), sa.func.count().label("number")).select_from(
            query.order_by(None).subquery()
        )
        for name, query in listed.items()
    )
    return db.written(sa.union_all(*counts))  # type: ignore[arg-type]


def others(operation_id: uuid.UUID, kind: str, most: int) -> db.Query:
    """List other operations of a kind to compare with, the latest first."""
    return (
        sa.select(Operation.id, Operation.name)
        .where(Operation.kind == kind, Operation.id != operation_id)
        .order_by(Operation.starts_at.desc(), Operation.id)
        .limit(most)
    )


def head(operation_id: uuid.UUID) -> db.Query:
    """Find an operation with its phases, the earliest first."""
    phases = (
        sa.select(Phase.kind, Phase.starts_at, Phase.ends_at)
        .where(Phase.operation_id == Operation.id)
        .order_by(Phase.starts_at, Phase.kind)
        .correlate(Operation)
        .subquery()
    )
    listed = sa.func.json_agg(phases.table_valued(), type_=sa.JSON())
    return sa.select(
        Operation.id,
        Operation.name,
        Operation.reference,
        Operation.kind,
        Operation.status,
        Operation.marking,
        Operation.starts_at,
        Operation.ends_at,
        sa.select(listed).scalar_subquery().label("phases"),
    ).where(Operation.id == operation_id)


def outlines(layer: str, finest_m: float, within: GridBox | None = None) -> db.Query:
    """Give the outlines of a layer on the National Grid, their corners as fine as is asked.

    Of those that reach out of a rectangle, what lies within.
    """
    on_grid = sa.func.ST_Transform(Boundary.geom, GRID)
    if within is not None:
        box = sa.func.ST_MakeEnvelope(*dataclasses.astuple(within), GRID)
        on_grid = sa.func.ST_CollectionExtract(sa.func.ST_ClipByBox2D(on_grid, box), POLYGONS)
    simple = sa.func.ST_SimplifyPreserveTopology(on_grid, finest_m)
    return (
        sa.select(
            Boundary.code,
            Boundary.name,
            sa.cast(sa.func.ST_AsGeoJSON(simple, 0), sa.JSON).label("shape"),
            (sa.func.ST_Area(on_grid) / 1e6).label("square_km"),
        )
        .where(
            Boundary.layer == layer,
            Boundary.valid_to.is_(None),
            sa.true() if within is None else sa.not_(sa.func.ST_IsEmpty(on_grid)),
        )
        .order_by(Boundary.code, Boundary.id)
    )


def views() -> db.Query:
    """List the views that whoever asks kept, by their names."""
    columns: Sequence[Any] = (BoardView.id, BoardView.name, BoardView.address, BoardView.made_at)
    return sa.select(*columns).order_by(BoardView.name, BoardView.id)
