"""Freeze a summary: its figures, their definitions, and the records behind each, as one text."""

import dataclasses
import datetime as dt
import decimal
import hashlib
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson
import sqlalchemy as sa

from ops import db, wording
from ops.access import guard
from ops.errors import Invalid, Refused
from ops.outcomes import summaries
from ops.outcomes.measure_text import words
from ops.outcomes.summaries import Ask
from ops.releases.models import Snapshot
from ops.results import listing
from ops.results.counting import Scope
from ops.results.kinds import KINDS

FORMAT = 1
# A text of some megabytes; more is no summary that anybody can stand behind.
MOST_RECORDS = 100_000
# Names that an erasure takes: they are looked up when they are shown, and not frozen.
NAMED_ELSEWHERE = {"area", "deployment", "operation"}
_TRIES = 3
# What is in none of the parts of a measure.
REST = "In none of the parts"

Body = dict[str, Any]
# Version, kind, operation, and whether it was confirmed.
Records = dict[uuid.UUID, tuple[int, str, uuid.UUID, bool]]


@dataclasses.dataclass
class Behind:
    """The records behind the figures of a summary, each once, and which figure has which."""

    records: Records = dataclasses.field(default_factory=dict)
    figures: dict[str, Sequence[uuid.UUID]] = dataclasses.field(default_factory=dict)


def freeze(ask: Ask, title: str | None, *, may_be_empty: bool = False) -> Snapshot:
    """Take a snapshot of a summary as it is known at a time; whoever calls commits.

    One without a record says nothing by itself; `may_be_empty` is for what says so in words.
    """
    now: dt.datetime = db.session.scalars(sa.select(sa.func.clock_timestamp())).one()
    ask = dataclasses.replace(ask, as_at=min(ask.as_at or now, now))
    found = summaries.fitting(ask, now)
    if not found.operations:
        raise Invalid("No operation fits, so there is nothing to freeze. Take a filter away.")
    body, behind = _at_rest(found, ask, now)
    if not body["measures"]:
        raise Invalid("No measure is in force, so there is nothing to freeze.")
    if not (behind.records or may_be_empty):
        raise Invalid(
            "Nothing is recorded here, so there is nothing to freeze. Choose another period."
        )
    subject = found.operations[0] if list(ask.operation) == found.operations[:1] else None
    made = db.new_id()
    content = canonical(_document(made, found, body, behind, ask, now))
    led = {operation for _, _, operation, _ in behind.records.values()}
    return Snapshot(
        id=made,
        title=title,
        operations=sorted({*found.operations, *led}),
        subject_id=subject,
        organisation_id=_whose_targets(found.organisation),
        starts_at=ask.from_,
        ends_at=ask.to,
        as_at=ask.as_at,
        taken_at=now,
        taken_by=guard.actor().id,
        hash=hashlib.sha256(content).digest(),
        content=content,
    )


def canonical(document: Mapping[str, Any]) -> bytes:
    """Write a document in the one way that it is written."""
    return orjson.dumps(document, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)


def figures(body: Mapping[str, Any]) -> Iterator[tuple[str, Body, Body | None]]:
    """Walk every figure of a summary: its path, itself, and of a group the figure it is part of."""
    for each in body["measures"]:
        yield from _within(each, each["code"])


def behind_figures(
    body: Body, operations: Sequence[uuid.UUID], ask: Ask, versions: Mapping[str, int]
) -> Behind:
    """Find the records behind each figure by the list that the figure itself leads to."""
    found = Behind()
    keys: dict[uuid.UUID, set[str | None]] = {}
    scope = Scope(operations, ask.from_, ask.to, ask.as_at)
    for path, figure, whole in figures(body):
        for name, is_there in (("records", "value"), ("provisional_records", "provisional")):
            if figure.get("records") is None or not decimal.Decimal(figure.get(is_there) or 0):
                # Worked out from others, too small to be shown, or nothing.
                continue
            if whole is None:
                given = {"operation": operations, "period_ends_at": ask.period_ends_at}
                ids = _listed(found.records, figure, given, versions, name)
                _learn_keys(keys, found.records, ids, body["by"], scope)
            else:
                of_whole = found.figures.get(f"{path.rpartition('/by/')[0]}:{name}", ())
                ids = [each for each in of_whole if figure["key"] in keys[each]]
            found.figures[f"{path}:{name}"] = ids
    return found


def _within(figure: Body, path: str) -> Iterator[tuple[str, Body, Body | None]]:
    yield path, figure, None
    for group in figure.get("groups") or []:
        yield f"{path}/by/{group['key']}", group, figure
    for name, part in figure.items():
        if isinstance(part, dict) and "records" in part:
            yield from _within(part, f"{path}/{name}")
        elif isinstance(part, list) and name != "groups":
            for place, each in enumerate(part):
                if isinstance(each, dict) and "records" in each:
                    yield from _within(each, f"{path}/{name}/{each.get('code', place)}")


def _at_rest(found: sa.Row[Any], ask: Ask, now: dt.datetime) -> tuple[Body, Behind]:
    """Read figures and records until nothing moved between: then they are of one moment.

    A record that is changed has another version, so that two like lists of records
    with their versions hold also for the figures that were read between them.
    """
    versions = {each["code"]: each["version"] for each in found.measures}

    def behind(body: Body) -> Behind:
        return behind_figures(body, found.operations, ask, versions)

    before = behind(summaries.of_measures(found.measures, found.operations, ask, now))
    for _ in range(_TRIES):
        body = summaries.of_measures(found.measures, found.operations, ask, now)
        after = behind(body)
        if after == before:
            return body, after
        before = after
    raise Refused("Records keep changing just now; freeze it again in a moment.")


def _listed(
    records: Records,
    figure: Body,
    given: Mapping[str, Any],
    versions: Mapping[str, int],
    name: str,
) -> list[uuid.UUID]:
    if name == "provisional_records":
        given = {**given, "provisional": True}
    query = listing.behind(figure["records"], versions, **given).limit(MOST_RECORDS + 1)
    ids = []
    for row in db.session.execute(query):
        records[row.id] = (row.version, row.kind, row.operation_id, row.is_confirmed)
        ids.append(row.id)
    if len(records) > MOST_RECORDS:
        raise Invalid(
            f"More than {wording.number(MOST_RECORDS)} records are behind these figures, too many"
            " to freeze at once. Choose a shorter period or fewer operations."
        )
    return ids


def _learn_keys(
    keys: dict[uuid.UUID, set[str | None]],
    records: Records,
    ids: Sequence[uuid.UUID],
    by: str | None,
    scope: Scope,
) -> None:
    """Find out which groups of the breakdown records are in that are not known yet."""
    unknown: dict[str, list[uuid.UUID]] = {}
    for each in ids:
        if by and each not in keys:
            keys[each] = set()
            unknown.setdefault(records[each][1], []).append(each)
    for kind, theirs in unknown.items():
        query = listing.keys(by or "", KINDS[kind], theirs, scope)
        for row in db.session.execute(query) if query is not None else ():
            keys[row.id].add(row.key)


def _document(
    made: uuid.UUID,
    found: sa.Row[Any],
    body: Body,
    behind: Behind,
    ask: Ask,
    now: dt.datetime,
) -> Body:
    actor = guard.actor()
    known = sorted(behind.records)
    places = {each: place for place, each in enumerate(known)}
    wholes = {each["code"]: each for each in body["measures"]}
    for path, figure, whole in list(figures(body)):
        if whole is None and "/" in path:
            figure.setdefault("label", REST)
            figure.setdefault("unit", wholes[path.partition("/")[0]]["unit"])
        for part in (figure, figure.get("numerator"), figure.get("denominator")):
            # The way to records as they are by now; here are those that were.
            if part is not None and isinstance(part.get("records"), str):
                del part["records"]
        for name in ("records", "provisional_records"):
            ids = behind.figures.get(f"{path}:{name}", ())
            figure[name] = sorted(places[each] for each in ids)
        if whole is not None and body["by"] in NAMED_ELSEWHERE and figure["key"]:
            figure["label"] = None
        if len(ask.operation) == 1:
            # What was typed of an operation goes with it, should it be erased.
            for told in figure.get("reported") or []:
                del told["source"], told["note"]
    labels = {each["code"]: each["label"] for each in found.measures}
    return {
        "format": FORMAT,
        "id": made,
        "taken_at": now,
        "taken_by": {
            "id": actor.id,
            "name": actor.name,
            "organisation": actor.organisation_code,
        },
        "as_at": ask.as_at,
        "from": ask.from_ and wording.local(ask.from_).date(),
        "to": ask.to and wording.local(ask.to - dt.timedelta(microseconds=1)).date(),
        "zone": wording.LONDON.key,
        "by": ask.by,
        "filters": {
            "operation": list(ask.operation),
            "kind": ask.kind,
            "theme": ask.theme,
            "organisation": ask.organisation,
            "four_p": ask.four_p,
        },
        "operations": found.operations,
        "definitions": [
            {name: value for name, value in each.items() if name not in {"targets", "reported"}}
            | {"says": words(each["definition"], labels)}
            for each in _used(wholes, found.measures)
        ],
        "measures": body["measures"],
        "records": [[each, *behind.records[each]] for each in known],
    }


def _used(codes: Iterable[str], measures: Iterable[Body]) -> list[Body]:
    """Give the definitions of these measures, and of those that they are worked out from."""
    known = {each["code"]: each for each in measures}
    used, left = set(), list(codes)
    while left:
        code = left.pop()
        if code in known and code not in used:
            used.add(code)
            said = known[code]["definition"]
            left += said.get("parts") or []
            left += filter(None, (said.get("ratio") or {}).values())
            left += filter(None, [said.get("attainment")])
    return [each for code, each in known.items() if code in used]


def _whose_targets(organisation_id: uuid.UUID | None) -> uuid.UUID | None:
    """Give the organisation whose targets stand in the summary: its own people alone see them."""
    seen = db.session.scalars(
        sa.select(sa.func.unnest(sa.func.actor_organisations(type_=sa.ARRAY(sa.Uuid()))))
    ).all()
    return organisation_id if organisation_id in seen else None


def _plain(value: object) -> str:
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    raise TypeError(type(value))
