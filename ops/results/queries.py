"""Results as they stand, found by their ids or by what they are."""

import dataclasses
import functools
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import ARRAY

from ops import db
from ops.access.models import Organisation, Person
from ops.access.queries import below
from ops.ledger.models import Change
from ops.operations.models import Operation
from ops.results import counting, grouping, matching, places, records
from ops.results.definitions import Definition
from ops.results.kinds import KINDS
from ops.results.kinds.base import Kind
from ops.results.kinds.seizures import Seizure
from ops.results.models import Confirmation, Credit, LikelyDouble, Result

# The tables of a result itself; what is decided about it has tables of its own.
PARTS = (
    Result.__tablename__,
    Credit.__tablename__,
    Confirmation.__tablename__,
    *(
        model.__tablename__
        for kind in KINDS.values()
        for model in (kind.model, *kind.children.values())
    ),
)
# How many others that may be the same are told beside a record.
DOUBLES_SHOWN = 5


def whole(ids: Sequence[uuid.UUID]) -> db.Query:
    """Give results with all that is shown of one."""
    return _whole().params(ids=list(ids))


@functools.cache
def _whole() -> db.Query:
    """Write the results of some ids; kept, for to build it takes longer than to run it."""
    asked = sa.bindparam("ids", type_=ARRAY(sa.Uuid()))
    results = sa.select(*Result.__table__.columns).where(Result.id == sa.any_(asked))
    found = results.subquery("found")
    return sa.select(
        found.c.id,
        found.c.version,
        records.one(found, None, *places.relations(found)).label("record"),
    ).order_by(found.c.id)


def results(
    filters: Mapping[str, Any], facets: Mapping[str, Sequence[str]], measure: Definition | None
) -> tuple[db.Query, list[sa.ColumnElement[Any]]]:
    """List results, the newest first, by what they are; give the keys of that order too.

    With a measure, exactly the records behind its figure.
    """
    scope = counting.Scope(
        filters.get("operation"),
        filters.get("from_"),
        filters.get("to"),
        filters.get("as_at"),
        late=filters.get("late", False),
        period_ends_at=filters.get("period_ends_at"),
        within=filters.get("within"),
    )
    if measure is not None:
        begun, ended = scope.begun(measure.period), scope.ended(measure.period)
        scope = dataclasses.replace(scope, starts_at=begun, ends_at=ended)
    struck = filters.get("struck", False) or "struck" in filters.get("status", ())
    found, query = _every(scope.of, struck=struck)
    for condition in _conditions(found, filters, scope):
        query = query.where(condition)
    for facet, codes in facets.items():
        query = query.where(
            sa.or_(
                *(
                    _of_kind(kind, found, matching.has(kind.facets[facet], codes, of=scope.of))
                    for kind in KINDS.values()
                    if facet in kind.facets
                )
            )
        )
    if measure is not None:
        query = query.where(*_behind(measure, found, scope, filters))
    keys: list[sa.ColumnElement[Any]] = [found.c.occurred_at, found.c.id]
    return query.params(**scope.parameters()), keys


@functools.cache
def _every(of: counting.Of, *, struck: bool) -> tuple[sa.FromClause, db.Query]:
    """Write every result that counts; kept, for to build it takes longer than to run it."""
    found = counting.counted(of=of, struck=struck)
    return found, sa.select(
        records.one(found).label("record"), found.c.operation_id, found.c.id
    ).select_from(found)


def operations(filters: Mapping[str, Any]) -> sa.ScalarSelect[Any]:
    """Give the ids of the operations of kinds, themes, an organisation, as one array."""
    query = sa.select(Operation.id).order_by(Operation.id)
    if "operation" in filters:
        query = query.where(Operation.id.in_(filters["operation"]))
    if "operation_kind" in filters:
        query = query.where(Operation.kind.in_(filters["operation_kind"]))
    if "theme" in filters:
        query = query.where(Operation.theme.in_(filters["theme"]))
    if "operation_organisation" in filters:
        mine = below(filters["operation_organisation"])
        query = query.where(Operation.organisation_id.in_(mine))
    return sa.select(
        sa.func.array(query.scalar_subquery(), type_=ARRAY(sa.Uuid()))
    ).scalar_subquery()


def credit(result_id: uuid.UUID, operation_id: uuid.UUID) -> sa.Select[Credit]:
    """Find the credit that an operation has for a result, unless it was taken back."""
    return sa.select(Credit).where(
        Credit.result_id == result_id,
        Credit.operation_id == operation_id,
        Credit.withdrawn_at.is_(None),
    )


def history(result_id: uuid.UUID) -> db.Query:
    """List what was changed in a result since it was logged, the oldest first."""
    person, earlier = orm.aliased(Person), orm.aliased(Change)
    # Rows that came after the record had changed once were added to it, not logged with it.
    is_added = (
        sa.select(earlier.id)
        .where(
            earlier.object_id == result_id,
            earlier.object == Result.__tablename__,
            earlier.before.is_not(None),
            earlier.id < Change.id,
        )
        .exists()
    )
    return (
        sa.select(
            Change.id,
            Change.at,
            Change.object,
            Change.before,
            Change.after,
            Change.reason,
            person.id.label("person_id"),
            person.name.label("person_name"),
        )
        .outerjoin(person, person.id == Change.actor)
        .where(
            Change.object_id == result_id,
            Change.object.in_(PARTS),
            Change.before.is_not(None) | is_added,
            # A trigger's own: that a struck exhibit holds its reference no more.
            sa.func.coalesce(sa.not_(Change.before.has_key(Seizure.is_void.key)), sa.true()),
        )
        .order_by(Change.id)
    )


def _conditions(
    found: sa.FromClause, filters: Mapping[str, Any], scope: counting.Scope
) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if kinds := filters.get("kind"):
        conditions.append(found.c.kind.in_(kinds))
    if statuses := filters.get("status"):
        conditions.append(found.c.status.in_(statuses))
    if "deployment" in filters:
        conditions.append(found.c.deployment_id == filters["deployment"])
    if "district" in filters:
        conditions.append(found.c.district == filters["district"])
    if "organisation" in filters:
        recorder = (
            sa.select(Person.id)
            .join(Organisation, Organisation.id == Person.organisation_id)
            .where(Organisation.code == filters["organisation"])
        )
        conditions.append(found.c.recorded_by.in_(recorder))
    if "area" in filters:
        areas = places.areas_of(found, of=scope.of)
        [area] = areas.selected_columns
        conditions.append(areas.where(area == filters["area"]).exists())
    return conditions


def _behind(
    measure: Definition, found: sa.FromClause, scope: counting.Scope, filters: Mapping[str, Any]
) -> list[sa.ColumnElement[bool]]:
    kind, of = KINDS[measure.kind], scope.of
    counts = matching.counts(kind, measure, of=of)
    conditions = [found.c.kind == kind.name, _of_kind(kind, found, counts)]
    confirmed = counting.is_confirmed(found, of=of)
    if filters.get("provisional", False):
        waits = measure.counts_when == "confirmed"
        conditions.append(sa.not_(confirmed) if waits else sa.false())
    elif measure.counts_when == "confirmed":
        conditions.append(confirmed)
    if by := filters.get("by"):
        key = filters.get("key") or None
        group = grouping.is_in_group(by, key, kind, found, of=of)
        conditions.append(_of_kind(kind, found, group) if by in kind.facets else group)
    return conditions


def _of_kind(
    kind: Kind, found: sa.FromClause, condition: sa.ColumnElement[bool]
) -> sa.ColumnElement[bool]:
    return (
        sa.exists()
        .where(kind.model.__table__.c.result_id == found.c.id, condition)
        .correlate(found)
    )


def any_struck(result_ids: Sequence[uuid.UUID]) -> sa.Select[bool]:
    """Tell whether one of these results was struck."""
    return sa.select(sa.exists().where(Result.id.in_(result_ids), Result.status == "struck"))


def open_doubles() -> db.Query:
    """List, for each result of `ids`, others that may be the same and are not judged yet.

    A few of each say enough, however many there are.
    """
    # In a query of its own, or the database would plan anew each time by how many there are.
    given = sa.select(sa.bindparam("ids", type_=ARRAY(sa.Uuid()))).scalar_subquery()
    listed = sa.func.unnest(given)
    asked = listed.table_valued(sa.column("id", sa.Uuid()), name="asked").render_derived()
    other = orm.aliased(Result)
    found = sa.union_all(
        *(
            sa.select(LikelyDouble.reasons, other.id, other.kind, other.occurred_at)
            .add_columns(LikelyDouble.id.label("double"), Person.name.label("recorder"))
            .join(other, other.id == theirs)
            .join(Person, Person.id == other.recorded_by)
            .where(mine == asked.c.id, LikelyDouble.decision.is_(None), other.status != "struck")
            .limit(DOUBLES_SHOWN)
            for mine, theirs in (
                (LikelyDouble.result_id, LikelyDouble.other_id),
                (LikelyDouble.other_id, LikelyDouble.result_id),
            )
        )
    )
    each = found.limit(DOUBLES_SHOWN).lateral("each")
    return (
        sa.select(
            asked.c.id,
            each.c.double,
            each.c.reasons,
            each.c.kind,
            each.c.occurred_at,
            each.c.recorder,
        )
        .select_from(sa.join(asked, each, sa.true()))
        .order_by(each.c.occurred_at, each.c.id)
    )
