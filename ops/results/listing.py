"""From what a list of results is asked for to its statement."""

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import marshmallow as ma
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ops import db
from ops.errors import Invalid
from ops.results import counting, grouping, measures, queries, schemas
from ops.results.counting import Scope
from ops.results.definitions import Definition, Derived, parts_of, residual_of
from ops.results.kinds.base import Kind
from ops.results.models import Measure, Result

_SCHEMA = schemas.AllResultsFilterSchema()
_OF_OPERATION = re.compile(r"/operations/([0-9a-f-]{36})/results$")


def listed(filters: dict[str, Any]) -> tuple[db.Query, list[sa.ColumnElement[Any]]]:
    """Write the list that is asked for, and give the keys of its order."""
    facets = {name: filters.pop(name) for name in schemas.FACETS if name in filters}
    measure = _looked_up(filters)
    return queries.results(filters, facets, measure)


def behind(address: str, versions: Mapping[str, int], **instead: Any) -> db.Query:
    """Write the list at an address in short; what is given `instead` overrides it.

    `versions` says by which version of each measure's definition, its parts' too.
    """
    there = urlsplit(address)
    sent = {
        name: values if isinstance(_SCHEMA.fields.get(name), ma.fields.List) else values[0]
        for name, values in parse_qs(there.query, keep_blank_values=True).items()
    }
    filters: dict[str, Any] = _SCHEMA.load(sent)
    filters["versions"] = versions
    if owner := _OF_OPERATION.search(there.path):
        filters["operation"] = [uuid.UUID(owner[1])]
    if "operation" in instead:
        filters = {n: v for n, v in filters.items() if n not in schemas.DESCRIBES_OPERATIONS}
    of = Scope(as_at=filters.get("as_at")).of
    query, [_, key] = listed(filters | instead)
    found: Any = key.table
    return query.with_only_columns(
        found.c.id,
        found.c.version,
        found.c.kind,
        found.c.operation_id,
        counting.is_confirmed(found, of=of).label("is_confirmed"),
    ).order_by(found.c.id)


def keys(by: str, kind: Kind, ids: Sequence[uuid.UUID], scope: Scope) -> db.Query | None:
    """Give the key of each group of a breakdown that each of these records of a kind is in."""
    chosen = sa.select(*Result.__table__.columns).where(Result.id == among(ids)).subquery("chosen")
    key = grouping.key_of(by, kind, chosen, of=scope.of)
    if key is None:
        return None
    source = chosen.join(kind.model, kind.model.__table__.c.result_id == chosen.c.id)
    if isinstance(key, sa.Select):
        each = key.distinct().lateral("keys")
        source, [key] = source.outerjoin(each, sa.true()), list(each.c)
    written = grouping.text_of(by, key)  # type: ignore[arg-type]
    query = sa.select(chosen.c.id, written.label("key")).select_from(source)
    return query.params(**scope.parameters())


def among(ids: Sequence[uuid.UUID]) -> Any:
    """Compare with any of these ids, however many: as one array."""
    return sa.any_(sa.literal(list(ids), ARRAY(sa.Uuid())))


def _looked_up(filters: dict[str, Any]) -> Definition | None:
    """Find the measure that is named, and the operations that are described, in one statement."""
    described = filters.keys() & schemas.DESCRIBES_OPERATIONS
    operations = queries.operations(filters) if described else sa.null()
    if "measure" not in filters:
        if described:
            filters["operation"] = db.session.scalar(sa.select(operations))
        return None
    found = db.session.execute(_named(filters).add_columns(operations)).all()
    if described and found:
        filters["operation"] = found[0][1]
    return _chosen(filters, {row[0].code: measures.read(row[0]) for row in found})


def _named(filters: dict[str, Any]) -> sa.Select[Measure]:
    """Write how to find a measure in the version that is meant; with its parts, if need be."""
    current = measures.current(counting.day_of(filters.get("to") or filters.get("as_at")))
    is_named = Measure.code == filters["measure"]
    is_whole = "part" in filters or filters.get("residual")
    if "versions" in filters:
        known = sa.tuple_(Measure.code, Measure.version).in_(list(filters["versions"].items()))
        return sa.select(Measure).where(known, sa.true() if is_whole else is_named)
    if (version := filters.get("measure_version")) is None:
        return current if is_whole else current.where(is_named)
    exact = sa.select(Measure).where(is_named, Measure.version == version)
    if not is_whole:
        return exact
    others = current.where(sa.not_(is_named)).cte("others")
    return sa.select(Measure).where(
        sa.or_(
            Measure.id.in_(sa.select(others.c.id)),
            sa.and_(is_named, Measure.version == version),
        )
    )


def _chosen(filters: dict[str, Any], known: dict[str, Definition | Derived | None]) -> Definition:
    """Give the measure that is named, or of it the part, or what is in none of its parts."""
    whole = known.get(filters["measure"])
    if whole is None:
        raise _no_measure("There is no such measure; see /api/v1/measures.")
    if isinstance(whole, Derived):
        said = f"This is worked out from {whole.members}; ask for the records of those."
        raise _no_measure(said)
    parts = parts_of(whole, known)
    if filters.get("residual"):
        return residual_of(whole, parts)
    if "part" not in filters:
        return whole
    for part in parts:
        if part.code == filters["part"]:
            return part
    said = "This is no part of the measure; see /api/v1/measures."
    raise Invalid(said, {"part": [said]})


def _no_measure(said: str) -> Invalid:
    return Invalid(said, {"measure": [said]})
