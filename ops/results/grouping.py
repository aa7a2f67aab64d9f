"""What figures can be broken down by: time, place, who, and the facets of each kind."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from ops.access.models import Organisation, Person
from ops.geo.models import Area, Boundary
from ops.geo.queries import DISTRICTS
from ops.operations.models import THEMES, Deployment, Operation
from ops.results.counting import Of
from ops.results.kinds import KINDS
from ops.results.kinds.base import Kind
from ops.results.models import Credit
from ops.results.places import NORTHINGS, SQUARE_M, areas_of

# Beside these, a kind's own facets.
COMMON = {
    "day": "Day",
    "month": "Month",
    "area": "Area",
    "district": "District",
    "district_month": "District and month",
    "organisation": "Organisation that recorded it",
    "deployment": "Deployment",
    "operation": "Operation",
    "theme": "Theme of the operation that led it",
    "hour": "Hour of the day",
    "ward": "Ward",
    "square": "Square kilometre",
    "square_100m": "Square of 100 metres",
    "square_500m": "Square of 500 metres",
    "square_5km": "Square of 5 kilometres",
}
# How long the sides of each square of the National Grid are, in metres: those with a reference.
SQUARES = {"square_5km": 5000, "square": 1000, "square_500m": 500, "square_100m": 100}
# Of a whole county these would be so many that nobody sees one: they are of a marked area alone.
FINE = {"square_500m", "square_100m"}
# What an erasure takes, and could not take from where it stands beside the id of a record.
ERASED = {*SQUARES, "ward", "hour"}
# By whom it is open to, day, district and theme: what is kept added up, and nobody asks for.
CELL = "cell"
# By whom it is open to, month, and each of these: what is kept by months alone, likewise.
BY_MONTH = {f"{CELL}_{name}": name for name in ("ward", "square", "hour")}
# Between the names of several breakdowns that one statement gives beside each other.
BESIDE = "+"
_LONDON = "Europe/London"


def groupings(without: Collection[str] = ()) -> dict[str, str]:
    """Give everything that figures can be broken down by, with its label."""
    facets = {name: facet.label for kind in KINDS.values() for name, facet in kind.facets.items()}
    return {name: label for name, label in (COMMON | facets).items() if name not in without}


def several(by: str | None) -> list[str]:
    """Name the breakdowns that are asked for beside each other; one alone is none of several."""
    names = (by or "").split(BESIDE)
    return names if len(names) > 1 else []


def keys_of(
    by: str | None, kind: Kind, results: sa.FromClause, *, of: Of
) -> dict[str, sa.SQLColumnExpression[Any]]:
    """Give what each record of a kind is grouped by, by each of several; each has one key."""
    keys = {name: key_of(name, kind, results, of=of) for name in several(by)}
    if any(isinstance(key, sa.Select) for key in keys.values()):
        raise ValueError(by)
    return {name: key for name, key in keys.items() if key is not None}  # type: ignore[misc]


def key_of(
    by: str | None, kind: Kind, results: sa.FromClause, *, of: Of
) -> sa.SQLColumnExpression[Any] | sa.Select[Any] | None:
    """Give what each record of a kind is grouped by: one key, or a `Select` of any number."""
    if by is None or (by not in {*COMMON, CELL, *BY_MONTH} and by not in kind.facets):
        return None
    if by in BY_MONTH:
        return _in_month(BY_MONTH[by], kind, results, of=of)
    if by in kind.facets:
        facet = kind.facets[by]
        value = facet.at(is_past=of.is_past)
        return _each(kind, value) if facet.is_many else value
    if by == "area":
        return areas_of(results, of=of)
    if by == "operation":
        return _operations_of(results, of=of)
    day = sa.cast(sa.func.timezone(_LONDON, results.c.occurred_at), sa.Date)
    month = sa.cast(sa.func.date_trunc("month", day), sa.Date)
    district = results.c.district
    written = sa.cast(month, sa.Text)
    return {
        "day": day,
        "month": month,
        "district": district,
        "district_month": district + " " + sa.func.left(written, len("YYYY-MM")),
        CELL: sa.func.concat_ws(
            "|", results.c.audience_id, day, sa.func.coalesce(district, ""), results.c.operation_id
        ),
        # Which theme it has follows from the operation, once there are few cells.
        "theme": results.c.operation_id,
        "hour": sa.func.to_char(sa.func.timezone(_LONDON, results.c.occurred_at), "HH24"),
        "ward": results.c.ward,
        **{name: _square(results, side_m) for name, side_m in SQUARES.items()},
        # Whose it is follows from who recorded it, once there are few cells.
        "organisation": results.c.recorded_by,
        "deployment": results.c.deployment_id,
    }[by]


def _in_month(
    by: str, kind: Kind, results: sa.FromClause, *, of: Of
) -> sa.SQLColumnExpression[Any]:
    """Write to whom a result is open, its month, and its key in a breakdown, blank where none."""
    month, key = (key_of(name, kind, results, of=of) for name in ("month", by))
    written = sa.func.coalesce(text_of(by, key), "")  # type: ignore[arg-type]
    return sa.func.concat_ws("|", results.c.audience_id, month, written)


def _square(results: sa.FromClause, side_m: int) -> sa.ColumnElement[Any]:
    """Number the square of the National Grid that a result is in, by its column and row."""
    square, across = results.c.square, side_m // SQUARE_M
    west, south = square // NORTHINGS, sa.func.mod(square, NORTHINGS, type_=sa.Integer)
    return west // across * NORTHINGS + south // across


def is_in_group(
    by: str, key: str | None, kind: Kind, results: sa.FromClause, *, of: Of
) -> sa.ColumnElement[bool]:
    """Tell whether a record is in one group of a breakdown; no key: in none of them."""
    value = key_of(by, kind, results, of=of)
    if value is None:
        return sa.false()
    if isinstance(value, sa.Select):
        [each] = value.selected_columns
        if key is None:
            return sa.not_(value.exists())
        return value.where(text_of(by, each) == key).exists()
    written = text_of(by, value)  # type: ignore[arg-type]
    return written.is_(None) if key is None else written == key


def text_of(by: str, key: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """Write a cell's key as it goes over the wire."""
    if by == "month":
        return sa.func.to_char(key, "YYYY-MM")
    if by == "organisation":
        return (
            sa.select(Organisation.code)
            .join(Person, Person.organisation_id == Organisation.id)
            .where(Person.id == key)
            .scalar_subquery()
        )
    if by == "theme":
        return _theme(key)
    if by in SQUARES:
        # By how many of them lie west and south of it.
        west, south = key // NORTHINGS, sa.func.mod(key, NORTHINGS, type_=sa.Integer)
        return sa.cast(west, sa.Text) + " " + sa.cast(south, sa.Text)
    if by == CELL:
        operation = sa.func.split_part(key, "|", 4)
        cell = sa.func.regexp_replace(key, "[^|]*$", "")
        return cell + sa.func.coalesce(_theme(sa.cast(operation, sa.Uuid)), "")
    return sa.cast(key, sa.Text)


def _theme(operation: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
    return sa.select(Operation.theme).where(Operation.id == operation).scalar_subquery()


def label_of(by: str | None, key: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """Name a group; the labels of codes are known without asking."""
    if names := several(by):
        # Of several breakdowns, each key begins with the name of its own.
        return sa.case(
            *(
                (key.startswith(f"{name} "), label_of(name, sa.func.substr(key, len(name) + 2)))
                for name in names
            )
        )
    match by:
        case "district" | "ward":
            return _district(key, by)
        case "district_month":
            return (
                _district(sa.func.split_part(key, " ", 1)) + ", " + sa.func.split_part(key, " ", 2)
            )
        case "organisation":
            return sa.select(Organisation.name).where(Organisation.code == key).scalar_subquery()
        case "area" | "deployment" | "operation":
            model: Any = {"area": Area, "deployment": Deployment, "operation": Operation}[by]
            known = model.id == sa.cast(key, sa.Uuid)
            return sa.select(model.name).where(known).scalar_subquery()
        case _:
            return sa.null()


def _district(code: sa.ColumnElement[Any], layer: str = DISTRICTS) -> sa.ScalarSelect[Any]:
    name = sa.select(Boundary.name).where(Boundary.layer == layer, Boundary.code == code)
    return name.order_by(Boundary.valid_from.desc()).limit(1).scalar_subquery()


def code_labels(by: str) -> dict[str, str]:
    """Give the labels of a facet's codes."""
    if names := several(by):
        return {
            f"{name} {code}": label for name in names for code, label in code_labels(name).items()
        }
    if by == "theme":
        return THEMES
    if by == "hour":
        return {f"{hour:02}": f"{hour:02}:00 to {hour:02}:59" for hour in range(24)}
    return {
        code: label
        for kind in KINDS.values()
        if by in kind.facets
        for code, label in (kind.facets[by].codes or {}).items()
    }


def _each(kind: Kind, codes: sa.SQLColumnExpression[Any]) -> sa.Select[Any]:
    """Give each code of a facet that can have several."""
    return sa.select(sa.func.unnest(codes).column_valued("code")).correlate(kind.model)


def _operations_of(results: sa.FromClause, *, of: Of) -> sa.Select[Any]:
    """Give the operations that a result is credited to, among the chosen."""
    supported = sa.select(Credit.operation_id).where(of.credits(Credit.result_id == results.c.id))
    credited = sa.union_all(
        sa.select(results.c.operation_id).correlate(results), supported.correlate(results)
    ).subquery("credited")
    query = sa.select(credited.c.operation_id).correlate(results)
    return query.where(of.has(credited.c.operation_id))
