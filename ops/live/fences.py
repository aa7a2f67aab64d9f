"""Where results happened and where people are, against the areas of their operation."""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ops import db, wording
from ops.access.models import Person
from ops.geo.models import Area
from ops.geo.queries import GRID
from ops.live import rules
from ops.live.models import CheckIn
from ops.live.rules import INSIDE, OUTSIDE, UNCERTAIN, Fix, Visit
from ops.operations.models import Deployment
from ops.results.kinds import KINDS
from ops.results.models import Result

# What is older than this no longer tells how a live operation goes.
SINCE = dt.timedelta(hours=24)
# The latest of each sort, so that one long day can't hold the page up.
MOST = 300
# A degree of latitude, less than it is, so that a search box is never too small.
_DEGREE_M = 109_000.0


def fixes(operation_id: uuid.UUID, since: dt.datetime) -> db.Query:
    """List where somebody was or something happened, by time, with each area that may hold it."""
    found = sa.union_all(
        _latest(CheckIn, "check_in", CheckIn.person_id, CheckIn.at, operation_id, since),
        _latest(Result, "result", Result.recorded_by, Result.occurred_at, operation_id, since),
    ).cte("found")
    areas = (
        sa.select(
            Area.id,
            Area.name,
            Area.geom,
            Area.valid_from,
            Area.valid_to,
            sa.func.ST_Boundary(sa.func.ST_Transform(Area.geom, GRID)).label("edge"),
        )
        .where(Area.operation_id == operation_id)
        .cte("areas")
        # Each shape is put on the grid once.
        .prefix_with("MATERIALIZED")
    )
    here, area = found.c, areas.c
    accuracy = sa.func.coalesce(here.accuracy_m, 0)
    up = accuracy / _DEGREE_M
    across = up / sa.func.greatest(sa.func.cos(sa.func.radians(sa.func.ST_Y(here.point))), 0.01)
    holds = sa.func.ST_Covers(area.geom, here.point, type_=sa.Boolean())
    edge_m = sa.func.ST_Distance(area.edge, sa.func.ST_Transform(here.point, GRID))
    near = sa.and_(
        area.geom.op("&&")(sa.func.ST_Expand(here.point, across, up)),
        sa.func.coalesce(area.valid_from <= here.at, True),
        sa.func.coalesce(area.valid_to > here.at, True),
        sa.or_(holds, edge_m <= accuracy),
    )
    return (
        sa.select(
            here.what,
            here.id,
            here.at,
            here.accuracy_m,
            here.person_id,
            here.point.label("position"),
            Person.name.label("person"),
            Deployment.name.label("deployment"),
            here.kind,
            area.id.label("area_id"),
            area.name.label("area"),
            sa.case(
                (sa.and_(holds, edge_m >= accuracy), INSIDE),
                (area.id.is_not(None), UNCERTAIN),
                else_=OUTSIDE,
            ).label("relation"),
        )
        .join(Person, Person.id == here.person_id)
        .outerjoin(Deployment, Deployment.id == here.deployment_id)
        .outerjoin(areas, near)
        .order_by(here.at, here.id, area.name, area.id)
    )


def _latest(
    model: Any, what: str, person: Any, at: Any, operation_id: uuid.UUID, since: dt.datetime
) -> Any:
    kind: Any = Result.kind if model is Result else sa.null()
    query = (
        sa.select(
            sa.literal(what).label("what"),
            model.id.label("id"),
            person.label("person_id"),
            at.label("at"),
            model.point.label("point"),
            model.accuracy_m.label("accuracy_m"),
            model.deployment_id.label("deployment_id"),
            sa.cast(kind, sa.Text()).label("kind"),
        )
        .where(model.operation_id == operation_id, at >= since, model.point.is_not(None))
        .order_by(at.desc(), model.id.desc())
        .limit(MOST)
    )
    return query.where(Result.status != "struck") if model is Result else query


def told(rows: Sequence[Any]) -> dict[str, list[dict[str, Any]]]:
    """Tell of each result how it lies to the areas, and of each person where they are and were."""
    return {
        "results": list(_results(row for row in rows if row.what == "result"))[::-1],
        "people": sorted(
            _people([row for row in rows if row.what == "check_in"]),
            key=lambda each: (each["at"], each["name"]),
            reverse=True,
        ),
    }


def _results(rows: Iterable[Any]) -> Iterator[dict[str, Any]]:
    for lines in _grouped(rows, "id").values():
        row = lines[0]
        yield {
            "id": row.id,
            "at": row.at,
            "name": KINDS[row.kind].label,
            "position": row.position,
            "relation": _best(lines),
            "said": where(lines),
        }


def _people(rows: Sequence[Any]) -> Iterator[dict[str, Any]]:
    for lines in _grouped(rows, "person_id").values():
        last = lines[-1]
        latest = [row for row in lines if row.id == last.id]
        yield {
            "person": last.person_id,
            "name": last.person,
            "deployment": last.deployment,
            "at": last.at,
            "accuracy_m": last.accuracy_m,
            "position": last.position,
            "relation": _best(latest),
            "said": where(latest),
            "stays": list(_stays(lines)),
        }


def _stays(lines: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Tell one person's stays in each area, from all their fixes in order."""
    at_each = {row.id: row.at for row in lines}
    areas = {row.area_id: row.area for row in lines if row.area_id is not None}
    relations = {(row.id, row.area_id): row.relation for row in lines}
    for area_id, name in areas.items():
        own = (Fix(at, relations.get((key, area_id), OUTSIDE)) for key, at in at_each.items())
        for visit in rules.visits(own):
            yield {"area": area_id, "name": name, "said": stay(name, visit)}


def where(lines: Sequence[Any]) -> str:
    """Say in which areas a fix lies, or may lie."""
    inside = [row.area for row in lines if row.relation == INSIDE]
    if inside:
        return f"Inside {_list(inside)}"
    unsure = [row.area for row in lines if row.relation == UNCERTAIN]
    if unsure:
        known = lines[0].accuracy_m
        sure = f", known to within {wording.number(known)} metres" if known else ""
        return f"At the edge of {_list(unsure)}{sure}: inside or outside can’t be told"
    return "Outside every area"


def stay(name: str, visit: Visit) -> str:
    """Say when somebody came, when they went, and how long they stayed."""
    long = rules.dwell(visit)
    if visit.first is None or visit.last is None:
        return f"Perhaps in {name}, {long}"
    came = f"there by {wording.clock(visit.first)}"
    went = f"still there at {wording.clock(visit.last)}"
    if visit.left_by is not None:
        went = f"gone by {wording.clock(visit.left_by)}"
    return f"In {name} {long}: {came}, {went}"


def _best(lines: Sequence[Any]) -> str:
    found = {row.relation for row in lines}
    return next(each for each in (INSIDE, UNCERTAIN, OUTSIDE) if each in found)


def _grouped(rows: Iterable[Any], name: str) -> Mapping[Any, list[Any]]:
    groups: dict[Any, list[Any]] = {}
    for row in rows:
        groups.setdefault(getattr(row, name), []).append(row)
    return groups


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
