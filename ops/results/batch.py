"""Many results at once, each judged alone: one that is wrong never spoils the rest."""

import dataclasses
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import marshmallow as ma
import sqlalchemy as sa

from ops import db
from ops.errors import Invalid, OpsError, Refused
from ops.results import exhibits, logging
from ops.results.logging import Item, Logged
from ops.results.schemas import ResultBatchItemSchema

SCHEMA = ResultBatchItemSchema()
# Results of one statement; where one of them is bad, it is written in halves.
MOST = 500


@dataclasses.dataclass(frozen=True)
class _Waiting:
    number: int
    item: Item


def log(
    sent: Sequence[Any], recorded_by: uuid.UUID, check: Callable[[uuid.UUID], None]
) -> list[Logged]:
    """Log what can be logged, in the order sent; whoever calls commits.

    `check` refuses an operation that nothing may be logged for.
    """
    judged: dict[int, Logged] = {}
    waiting: list[_Waiting] = []
    for number, each in enumerate(sent):
        try:
            loaded = SCHEMA.load(each)
            check(loaded["operation"])
            waiting.append(_Waiting(number, logging.prepare(loaded["operation"], loaded)))
        except ma.ValidationError as error:
            wrong = Invalid("Some of what was sent is not right.", error.normalized_messages())
            judged[number] = Logged("refused", refusal=wrong)
        except OpsError as error:
            judged[number] = Logged("refused", refusal=error)
    return _log(waiting, judged, recorded_by)


def log_items(items: Sequence[Item], recorded_by: uuid.UUID) -> list[Logged]:
    """Log results that are ready, of any kinds."""
    return _log([_Waiting(*pair) for pair in enumerate(items)], {}, recorded_by)


def _log(
    waiting: Sequence[_Waiting], judged: dict[int, Logged], recorded_by: uuid.UUID
) -> list[Logged]:
    for group in _groups(waiting):
        items = [each.item for each in group]
        for each, logged in zip(group, _log_group(items, recorded_by), strict=True):
            judged[each.number] = logged
    return [judged[number] for number in sorted(judged)]


def _groups(waiting: Sequence[_Waiting]) -> Iterator[list[_Waiting]]:
    """Part results by kind, each id once, and what a record refers to before the record."""
    left = list(waiting)
    while left:
        ids = {each.item.id for each in left}
        ready = [each for each in left if not (_named(each.item) & ids - {each.item.id})] or left
        first: dict[uuid.UUID, _Waiting] = {}
        for each in ready:
            first.setdefault(each.item.id, each)
        # In one order for everybody, so that two batches never wait for each other.
        kinds: dict[str, list[_Waiting]] = {}
        for each in sorted(first.values(), key=lambda each: each.item.id):
            kinds.setdefault(each.item.kind.name, []).append(each)
        for _name, group in sorted(kinds.items()):
            yield from (group[start : start + MOST] for start in range(0, len(group), MOST))
        numbers = {each.number for each in first.values()}
        left = [each for each in left if each.number not in numbers]


def _named(item: Item) -> set[uuid.UUID]:
    return {value for value in item.row["detail"].values() if isinstance(value, uuid.UUID)}


def _log_group(items: Sequence[Item], recorded_by: uuid.UUID) -> list[Logged]:
    """Log together; where the database refuses, in halves, until what is wrong stands alone."""
    try:
        with db.session.begin_nested():
            return logging.log(items, recorded_by)
    except (sa.exc.IntegrityError, sa.exc.DataError, sa.exc.ProgrammingError) as error:
        if not isinstance(error, sa.exc.DataError) and db.broken(error) is None:
            raise
        if len(items) == 1:
            return [Logged("refused", refusal=_refusal(error, items[0]))]
    half = len(items) // 2
    return [
        logged for part in (items[:half], items[half:]) for logged in _log_group(part, recorded_by)
    ]


def _refusal(error: sa.exc.DBAPIError, item: Item) -> OpsError:
    if isinstance(error, sa.exc.DataError):
        return Invalid("Something in it can't be stored: a character or a number out of range.")
    if db.broken(error) == exhibits.TAKEN:
        return exhibits.refusal(item.row["operation_id"], item.row["detail"])
    return Refused(db.said(error))
