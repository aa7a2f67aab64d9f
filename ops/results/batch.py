"""Many results at once, each judged alone: one that is wrong never spoils the rest."""

import dataclasses
import datetime as dt
import functools
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import marshmallow as ma
import sqlalchemy as sa

from ops import db
from ops.errors import Invalid, Missing, OpsError, Refused
from ops.operations import clocks
from ops.results import exhibits, logging, records
from ops.results.fields import Named
from ops.results.kinds import KINDS
from ops.results.logging import Item, Logged
from ops.results.models import Result
from ops.results.schemas import ResultBatchItemSchema

SCHEMA = ResultBatchItemSchema()
# Results of one statement; where one of them is bad, it is written in halves.
MOST = 500
EARLY = (
    "This names a record that is not here, or that you may not see; keep it, and send it again"
    " once that one has come."
)
# Whoever was removed from a hidden operation is told no more than whoever never belonged to it.
NOT_THEIRS = (
    "There is no such operation, or you do not belong to it any more; if you did when this"
    " happened, ask its lead to log it."
)


@dataclasses.dataclass(frozen=True)
class _Waiting:
    number: int
    item: Item


def log(
    sent: Sequence[Any],
    recorded_by: uuid.UUID,
    check: Callable[[uuid.UUID], None],
    sent_at: dt.datetime | None = None,
) -> list[Logged]:
    """Log what can be logged, in the order sent; whoever calls commits.

    `check` refuses an operation that nothing may be logged for; `sent_at` is what the clock of
    whoever sends says.
    """
    fast = None if sent_at is None else clocks.offset(sent_at, dt.datetime.now(dt.UTC))
    # Most are of one operation; one that is refused is asked about anew.
    check = functools.cache(check)
    judged: dict[int, Logged] = {}
    waiting: list[_Waiting] = []
    for number, each in enumerate(sent):
        try:
            loaded = SCHEMA.load(each)
            check(loaded["operation"])
            ready = _prepared(loaded, fast)
            if isinstance(ready, Item):
                waiting.append(_Waiting(number, ready))
            else:
                judged[number] = ready
        except ma.ValidationError as error:
            wrong = Invalid("Some of what was sent is not right.", error.normalized_messages())
            judged[number] = Logged("refused", refusal=wrong)
        except Missing:
            judged[number] = Logged("refused", refusal=Missing(NOT_THEIRS))
        except OpsError as error:
            judged[number] = Logged("refused", refusal=error)
    return _log(waiting, judged, recorded_by)


def _prepared(loaded: Mapping[str, Any], fast: dt.timedelta | None) -> Item | Logged:
    """Make an item ready; one that was logged before is not judged anew, by another clock."""
    try:
        return logging.prepare(loaded["operation"], loaded, fast=fast)
    except OpsError:
        if (there := logging.again(loaded["operation"], loaded)) is None:
            raise
        return there


def log_items(items: Sequence[Item], recorded_by: uuid.UUID) -> list[Logged]:
    """Log results that are ready, of any kinds."""
    return _log([_Waiting(*pair) for pair in enumerate(items)], {}, recorded_by)


def _log(
    waiting: Sequence[_Waiting], judged: dict[int, Logged], recorded_by: uuid.UUID
) -> list[Logged]:
    for group in _groups(waiting):
        absent = _absent(group)
        for each in group:
            if waits := sorted(_named(each.item) & absent):
                judged[each.number] = Logged("waiting", refusal=Refused(EARLY), waits_for=waits)
        ready = [each for each in group if each.number not in judged]
        items = [each.item for each in ready]
        for each, logged in zip(ready, _log_group(items, recorded_by), strict=True):
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
    """Give the ids of the records that an item hangs on."""
    names = _naming(item.kind.name)
    return {value for name in names if (value := item.row["detail"].get(name)) is not None}


@functools.cache
def _naming(kind_name: str) -> Sequence[str]:
    """List the columns of a kind that name another result."""
    kind = KINDS[kind_name]
    columns = records.columns_of(kind.model)
    return [
        columns[name].name
        for name, field in kind.schema.load_fields.items()
        if isinstance(field, Named) and field.of in KINDS
    ]


def _absent(group: Sequence[_Waiting]) -> set[uuid.UUID]:
    """Give the records that items of a group hang on and that are not there to whoever asks.

    What was logged before hangs on nothing any more.
    """
    by_id = {each.item.id: _named(each.item) for each in group}
    named = set().union(*by_id.values())
    if not named:
        return set()
    query = sa.select(Result.id).where(Result.id.in_([*named, *by_id]))
    there = set(db.session.scalars(query.order_by(Result.id)))
    return set().union(*(ids for key, ids in by_id.items() if key not in there)) - there


def _log_group(items: Sequence[Item], recorded_by: uuid.UUID) -> list[Logged]:
    """Log together; where the database refuses, in halves, until what is wrong stands alone."""
    if not items:
        return []
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
