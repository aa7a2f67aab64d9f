"""Merging two records of one thing: one stays and takes over, the other is struck."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import orjson
import sqlalchemy as sa

from ops import db
from ops.doubles import rules
from ops.errors import Invalid
from ops.results import confirming, corrections, logging
from ops.results import queries as result_queries
from ops.results import rules as result_rules
from ops.results.fields import Steps
from ops.results.kinds import KINDS
from ops.results.kinds.base import Kind
from ops.results.models import Result
from ops.results.schemas import ResultCorrectionSchema


def merge(kept: Result, gone: Result, reason: str, by: uuid.UUID, now: dt.datetime) -> None:
    """Leave one record of two; whoever calls commits, and has locked both.

    What only the other says is taken over where whoever sees the one that stays sees the other.
    """
    for result in (kept, gone):
        result_rules.check_standing(result, "merged")
    why = f"Merged with the same thing logged again: {reason}"
    db.give_reason(why)
    other = _whole(gone)
    # First, so that its references are free.
    result_rules.strike(gone, why, by, now)
    db.session.flush()
    is_confirmed = False
    if db.session.scalar(sa.select(sa.func.may_tell(kept.id, gone.id))):
        _take_over(kept, other, why, by)
        is_confirmed = _says_all(kept, other)
    db.session.execute(sa.select(sa.func.merge_records(kept.id, gone.id, is_confirmed)))
    db.session.expire(kept)


def _whole(result: Result) -> Any:
    return orjson.loads(db.session.execute(result_queries.whole([result.id])).one().record)


def _take_over(kept: Result, other: Mapping[str, Any], why: str, by: uuid.UUID) -> None:
    """Fill in what a record lacks, but for what does not fit what it says."""
    kind, mine = KINDS[kept.kind], _whole(kept)
    taken = rules.taken_over(mine, other, _taken(kind, mine, other), _steps(kind))
    while taken:
        try:
            sent = ResultCorrectionSchema().load({**taken, "reason": "A merge"})
            return corrections.correct(kept, mine, sent | {"reason": why}, by)
        except Invalid as error:
            wrong: Any = error.errors.get("detail") or {}
            taken = rules.without(taken, wrong)
    return None


def _says_all(kept: Result, other: Mapping[str, Any]) -> bool:
    """Tell whether a record says all that its double says, so that it can stand for it."""
    kind, mine = KINDS[kept.kind], _whole(kept)
    names = _taken(kind, mine, other) - set(kind.afterwards)
    is_same = rules.says_all(mine, other, names, _steps(kind))
    return is_same and confirming.missing(kind, logging.typed(kind, mine)) is None


def _steps(kind: Kind) -> dict[str, str | None]:
    """Name the lists of what happened, each with what no more than one of its rows may be."""
    fields = kind.schema.load_fields
    return {name: field.only_one for name, field in fields.items() if isinstance(field, Steps)}


def _taken(kind: Kind, *records: Mapping[str, Any]) -> set[str]:
    """Name the fields that can be taken over.

    Not those by which one of the two would lie in itself, nor what others have to write: that
    is theirs, and would be in the name of whoever merges.
    """
    ids = {record["id"] for record in records}
    own = {
        name
        for record in records
        for name, value in record["detail"].items()
        if isinstance(value, str) and value in ids
    }
    return set(kind.schema.load_fields) - set(kind.by_others) - own
