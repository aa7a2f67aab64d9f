"""Lines with the state they are in, what happened to each, and which to look at again."""

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import aggregate_order_by

from ops import db
from ops.lines.states import SORTS
from ops.operations.models import Operation
from ops.results import erased
from ops.results.kinds.lines import CheckBack, DealLine, LineChange, LineClosure, LineNumber
from ops.results.models import Result

# The digits of a number that are the same with and without its country.
_DIGITS = 9
# Fewer find too much.
_FEWEST = 4
_TEXT: Any = sa.cast(sa.null(), sa.Text)
NONE: Any = sa.text("'[]'::json")


def lines(filters: Mapping[str, Any]) -> db.Query:
    """List lines by their names."""
    known = filters.get("id")
    last = _states(lambda line: line.is_not(None) if known is None else line == known)
    query = (
        sa.select(
            DealLine.result_id.label("id"),
            DealLine.name,
            DealLine.exporter_area,
            DealLine.importer_areas,
            DealLine.line_holder_ref,
            _numbers().label("numbers"),
            _names().label("names"),
            last.c.state,
            last.c.since,
            Result.operation_id.label("operation"),
            Operation.name.label("operation_name"),
            Result.version,
        )
        .select_from(DealLine)
        .join(Result, Result.id == DealLine.result_id)
        .join(Operation, Operation.id == Result.operation_id)
        .join(last, last.c.line == DealLine.result_id)
        .where(Result.status != "struck", ~erased.is_erased(Result))
        .order_by(DealLine.name, DealLine.result_id)
    )
    if "id" in filters:
        query = query.where(DealLine.result_id == filters["id"])
    if "operation" in filters:
        query = query.where(_belongs_to(filters["operation"]))
    if "state" in filters:
        query = query.where(last.c.state.in_(filters["state"]))
    if "type" in filters:
        closed = sa.exists().where(
            LineClosure.line_id == DealLine.result_id,
            LineClosure.type == filters["type"],
            status_of(LineClosure) == "confirmed",
        )
        query = query.where(closed)
    if "q" in filters:
        query = query.where(_called(filters["q"]))
    return query


def events(line_ids: Sequence[uuid.UUID]) -> db.Query:
    """List what happened to lines, as `ops.lines.rules.Event` has it."""
    found = _events(lambda line: line.in_(line_ids)).subquery("event")
    return sa.select(found).order_by(found.c.line, found.c.on, found.c.at, found.c.record)


def closures(line_id: uuid.UUID) -> db.Query:
    """List the closures of a line that were not struck, the newest first."""
    return (
        sa.select(
            LineClosure.result_id.label("id"),
            LineClosure.type,
            LineClosure.closed_on,
            Result.status,
            Result.operation_id.label("operation"),
            LineClosure.evidence,
            _looks(LineClosure).label("check_backs"),
        )
        .join(Result, Result.id == LineClosure.result_id)
        .where(LineClosure.line_id == line_id, Result.status != "struck")
        .order_by(LineClosure.closed_on.desc(), LineClosure.result_id)
    )


def _events(of_line: Callable[[Any], sa.ColumnElement[bool]]) -> sa.CompoundSelect[Any]:
    """Write what happened to lines as rows of one shape; what was struck is left out."""
    london = sa.func.timezone("Europe/London", Result.occurred_at)
    identified = _rows(DealLine.result_id, "identified", sa.cast(london, sa.Date), _TEXT, _TEXT)
    closed = _rows(LineClosure.line_id, "closure", LineClosure.closed_on, LineClosure.type, _TEXT)
    looked = _rows(
        LineClosure.line_id,
        "check_back",
        CheckBack.on,
        sa.case((CheckBack.out_of_use, "out_of_use"), else_="in_use"),
        _TEXT,
    )
    changed = _rows(LineChange.line_id, "change", LineChange.on, LineChange.change, LineChange.name)
    return sa.union_all(
        identified.join(DealLine, DealLine.result_id == Result.id).where(
            of_line(DealLine.result_id)
        ),
        closed.join(LineClosure, LineClosure.result_id == Result.id).where(
            of_line(LineClosure.line_id)
        ),
        looked.join(LineClosure, LineClosure.result_id == Result.id)
        .join(CheckBack, CheckBack.result_id == Result.id)
        .where(of_line(LineClosure.line_id)),
        changed.join(LineChange, LineChange.result_id == Result.id).where(
            of_line(LineChange.line_id)
        ),
    )


def _rows(line: Any, sort: str, on: Any, code: Any, name: Any) -> sa.Select[Any]:
    return (
        sa.select(
            line.label("line"),
            sa.literal(sort).label("sort"),
            on.label("on"),
            Result.occurred_at.label("at"),
            code.label("code"),
            Result.id.label("record"),
            Result.operation_id.label("operation"),
            Result.status.label("status"),
            name.label("name"),
        )
        .select_from(Result)
        .where(Result.status != "struck")
    )


def _states(of_line: Callable[[Any], sa.ColumnElement[bool]]) -> sa.Subquery:
    """Find what state each line is in and since when, as `ops.lines.rules.state` does."""
    happened = _events(of_line).subquery("happened")
    is_confirmed = happened.c.status == "confirmed"
    found_in_use = sa.and_(happened.c.sort == "check_back", happened.c.code == "in_use")
    brings = sa.case(
        (happened.c.sort == "identified", "identified"),
        (sa.and_(happened.c.sort == "closure", is_confirmed), "closed"),
        (sa.and_(found_in_use, is_confirmed), "reopened"),
        (happened.c.sort == "change", happened.c.code),
    )
    place = sa.case({name: number for number, name in enumerate(SORTS)}, value=happened.c.sort)
    return (
        sa.select(happened.c.line, brings.label("state"), happened.c.on.label("since"))
        .ext(postgresql.distinct_on(happened.c.line))
        .where(brings.is_not(None))
        .order_by(
            happened.c.line,
            (happened.c.sort == "identified").asc(),
            happened.c.on.desc(),
            happened.c.at.desc(),
            place.desc(),
        )
        .subquery("state_of_line")
    )


def _numbers() -> sa.ScalarSelect[Any]:
    number = sa.func.json_build_object(
        "number", LineNumber.number, "from_on", LineNumber.from_on, "to_on", LineNumber.to_on
    )
    every = sa.func.json_agg(aggregate_order_by(number, LineNumber.position), type_=sa.JSON())
    return (
        sa.select(sa.func.coalesce(every, NONE))
        .where(LineNumber.result_id == DealLine.result_id)
        .correlate(DealLine)
        .scalar_subquery()
    )


def _names() -> sa.ScalarSelect[Any]:
    """List the names that a line took later, the oldest first."""
    every = sa.func.json_agg(
        aggregate_order_by(LineChange.name, LineChange.on, LineChange.result_id), type_=sa.JSON()
    )
    return (
        sa.select(sa.func.coalesce(every, NONE))
        .where(
            LineChange.line_id == DealLine.result_id,
            LineChange.name.is_not(None),
            status_of(LineChange) != "struck",
        )
        .correlate(DealLine)
        .scalar_subquery()
    )


def _looks(closure: type[LineClosure]) -> sa.ScalarSelect[Any]:
    look = sa.func.json_build_object("on", CheckBack.on, "out_of_use", CheckBack.out_of_use)
    every = sa.func.json_agg(aggregate_order_by(look, CheckBack.position), type_=sa.JSON())
    return (
        sa.select(sa.func.coalesce(every, NONE))
        .where(CheckBack.result_id == closure.result_id)
        .correlate(closure)
        .scalar_subquery()
    )


def _belongs_to(operation_id: uuid.UUID) -> sa.ColumnElement[bool]:
    """Tell whether an operation identified a line, closed it, or said what became of it."""
    of_it = [
        sa.exists().where(
            detail.line_id == DealLine.result_id,
            detail.operation_id == operation_id,
            status_of(detail) != "struck",
        )
        for detail in (LineClosure, LineChange)
    ]
    return sa.or_(Result.operation_id == operation_id, *of_it)


def _called(text: str) -> sa.ColumnElement[bool]:
    """Tell whether a line has, or had, a name or number with these characters in it."""
    renamed = sa.exists().where(
        LineChange.line_id == DealLine.result_id,
        LineChange.name.icontains(text, autoescape=True),
        status_of(LineChange) != "struck",
    )
    found = [DealLine.name.icontains(text, autoescape=True), renamed]
    digits = re.sub(r"\D", "", text)
    if len(digits) >= _FEWEST:
        numbered = sa.exists().where(
            LineNumber.result_id == DealLine.result_id,
            LineNumber.number.contains(digits[-_DIGITS:]),
        )
        found.append(numbered)
    return sa.or_(*found)


def status_of(detail: Any) -> Any:
    """Give the status of the record that a detail belongs to."""
    record = orm.aliased(Result)
    return (
        sa.select(record.status)
        .where(record.id == detail.result_id)
        .correlate(detail)
        .scalar_subquery()
    )
