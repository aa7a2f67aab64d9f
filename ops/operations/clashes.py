"""Nobody and nothing is in two places at once: turns for whoever plans, the clash in a sentence."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import Range

from ops import db
from ops.access.models import Person
from ops.errors import Conflict
from ops.operations.asset_models import SHARED, Asset, Reservation
from ops.operations.models import Assignment, Deployment, Operation


# Each is itself alone: two conditions of SQL can't be compared.
@dataclasses.dataclass(frozen=True, eq=False)
class Sort:
    """People or things: what keeps each of them in one place, and what is said where it can't."""

    model: type[Person] | type[Asset]
    taken: type[Assignment] | type[Reservation]
    field: str
    verb: str
    constraint: str
    # Which of them are in one place at a time.
    which: Any

    @property
    def key(self) -> Any:
        """Give the column that says who or what is taken."""
        return getattr(self.taken, f"{self.field}_id")


PEOPLE = Sort(
    Person, Assignment, "person", "deployed", "ex_assignment_nobody_in_two_places", sa.true()
)
THINGS = Sort(
    Asset,
    Reservation,
    "asset",
    "reserved",
    "ex_reservation_nothing_in_two_places",
    Asset.kind != SHARED,
)
SORTS = (PEOPLE, THINGS)


class Claim:
    """Who and what is to be at one deployment, and when."""

    def __init__(self, deployment_id: uuid.UUID) -> None:
        self.deployment_id = deployment_id
        self.during: Range[Any] | None = None
        self.ids: dict[Sort, Collection[uuid.UUID]] = {}

    def of(self, sort: Sort, ids: Collection[uuid.UUID], during: Range[Any] | None) -> None:
        """Claim these for a window, once whoever else plans with them is done."""
        self.ids[sort], self.during = ids, during
        take_turns(sort, ids)

    def check(self) -> None:
        """Refuse the clashes that whoever is planning may know of, each named."""
        for sort, ids in self.ids.items():
            said = told(sort, ids, self.during, self.deployment_id)
            if said:
                raise Conflict(" ".join(said.values()), {sort.field: list(said.values())})


@contextmanager
def named(deployment_id: uuid.UUID) -> Iterator[Claim]:
    """Say who or what is in two places at once where the database refuses it; of an operation
    that not everybody may see, not even its name.
    """
    claim = Claim(deployment_id)
    try:
        yield claim
    except Conflict as conflict:
        if conflict.constraint in {sort.constraint for sort in SORTS}:
            claim.check()
        raise


def take_turns(sort: Sort, ids: Collection[uuid.UUID]) -> None:
    """Wait for whoever else plans with these.

    Two at once would each find the other's row, wait for it, and be ended by
    the database as deadlocked, instead of one of them being told of the clash.
    """
    db.session.execute(
        sa.select(sort.model.id)
        .where(sort.model.id.in_(ids))
        .order_by(sort.model.id)
        .with_for_update(key_share=True)
    )


def told(
    sort: Sort, ids: Collection[uuid.UUID], during: Range[Any] | None, but: uuid.UUID
) -> dict[uuid.UUID, str]:
    """Say who or what of these is elsewhere in a window, one deployment left out.

    The database alone can't tell of clashes with a covert operation the asker is a member of.
    """
    said: dict[uuid.UUID, str] = {}
    if during is None:
        return said
    for row in db.session.execute(clashes(sort, ids, during, but)):
        where = f": {row.deployment}." if row.is_told else " elsewhere."
        sentence = f"{row.name} is already {sort.verb} at that time{where}"
        said[row.id] = f"{said[row.id]} {sentence}" if row.id in said else sentence
    return said


def clashes(sort: Sort, ids: Collection[uuid.UUID], during: Range[Any], but: uuid.UUID) -> db.Query:
    """List who or what is taken in a window, and where; one deployment left out.

    `is_told` says whether the place may be named: the operation is open, or the same.
    """
    this = orm.aliased(Deployment)
    own = sa.select(this.operation_id).where(this.id == but).scalar_subquery()
    return (
        sa.select(
            sort.model.id,
            sort.model.name,
            Deployment.name.label("deployment"),
            sa.or_(Operation.visibility == "open", Operation.id == own).label("is_told"),
        )
        .join(sort.taken, sort.key == sort.model.id)
        .join(Deployment, Deployment.id == sort.taken.deployment_id)
        .join(Operation, Operation.id == Deployment.operation_id)
        .where(
            sort.model.id.in_(ids),
            sort.which,
            sort.taken.during.overlaps(during),
            sort.taken.released_at.is_(None),
            Deployment.id != but,
        )
        .order_by(sort.model.name, Deployment.name, sort.taken.id)
    )


def at(sort: Sort, deployment_id: uuid.UUID) -> list[uuid.UUID]:
    """List who or what is at a deployment."""
    return list(
        db.session.scalars(
            sa.select(sort.key)
            .where(sort.taken.deployment_id == deployment_id, sort.taken.released_at.is_(None))
            .order_by(sort.taken.id)
        )
    )


def release(sort: Sort, which: sa.ColumnElement[bool], now: dt.datetime) -> None:
    """Set free who or what was taken, in the caller's transaction; that it was stays."""
    db.session.execute(
        sa.update(sort.taken)
        .where(which, sort.taken.released_at.is_(None))
        .values(released_at=now)
        .execution_options(synchronize_session=False)
    )
