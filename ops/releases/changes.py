"""What has changed since a snapshot was taken: figures, definitions, and each record with why."""

import dataclasses
import datetime as dt
import decimal
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.outcomes import summaries
from ops.outcomes.measure_text import words
from ops.outcomes.summaries import Ask
from ops.releases import queries
from ops.releases.freezing import Body, behind_figures, figures
from ops.results import history, history_text
from ops.results.kinds import KINDS
from ops.wording import first_moment

REASONS = {
    "added": "Recorded late",
    "corrected": "Corrected",
    "confirmed": "Confirmed",
    "credited": "Credit given or taken back",
    "struck": "Struck",
    "erased": "Erased",
    "other": "Counted otherwise",
}
MEMBERS = {"numerator", "denominator"}
_BESIDE = {"version", "ward", "square"}
_SURE = {"value": "records", "provisional": "provisional_records"}


@dataclasses.dataclass
class Since:
    """What a snapshot said and what would be said now, by the same definitions."""

    frozen: Mapping[str, Any]
    now: dt.datetime
    figures: list[Body] = dataclasses.field(default_factory=list)
    # By record: the figures that it came to, and those that it went from.
    came: dict[uuid.UUID, list[str]] = dataclasses.field(default_factory=lambda: defaultdict(list))
    went: dict[uuid.UUID, list[str]] = dataclasses.field(default_factory=lambda: defaultdict(list))
    changed: set[uuid.UUID] = dataclasses.field(default_factory=set)
    others: int = 0


def since(frozen: Mapping[str, Any]) -> Since:
    """Add up again what a snapshot added up, and compare the records behind each figure."""
    now: dt.datetime = db.session.scalars(sa.select(sa.func.clock_timestamp())).one()
    ask = asked(frozen)
    operations = [uuid.UUID(each) for each in frozen["operations"]]
    definitions = [{**each, "targets": [], "reported": []} for each in frozen["definitions"]]
    body = summaries.of_measures(definitions, operations, ask, now)
    versions = {each["code"]: each["version"] for each in definitions}
    behind = behind_figures(body, operations, ask, versions)
    found = Since(frozen, now)
    known = [uuid.UUID(each) for each, *_ in frozen["records"]]
    today = {path: figure for path, figure, whole in figures(body) if whole is None}
    labels = {each["code"]: each["label"] for each in frozen["measures"]}
    for path, then, whole in figures(frozen):
        # What a rate is worked out from is a measure of its own.
        if whole is None and path.rpartition("/")[2] not in MEMBERS and path in today:
            code, _, part = path.partition("/")
            label = f"{labels[code]}: {then['label']}" if part else then["label"]
            _compare(found, path, {**then, "label": label}, today[path], known, behind.figures)
    _find_changed(found, known)
    return found


def asked(frozen: Mapping[str, Any]) -> Ask:
    """Give what a snapshot asked for, as it would be asked now: a period ends where it ended."""
    first, last = (
        None if frozen[name] is None else dt.date.fromisoformat(frozen[name])
        for name in ("from", "to")
    )
    return Ask(
        from_=None if first is None else first_moment(first),
        to=None if last is None else first_moment(last + dt.timedelta(days=1)),
        period_ends_at=dt.datetime.fromisoformat(frozen["as_at"]),
        four_p=frozen["filters"]["four_p"],
    )


def definitions(frozen: Mapping[str, Any]) -> Iterator[Body]:
    """List the definitions that are no longer those in force."""
    used = {each["code"]: each for each in frozen["definitions"]}
    rows = {row.code: row for row in db.session.scalars(queries.in_force(list(used)))}
    labels = {code: row.label for code, row in rows.items()}
    for code, then in used.items():
        row = rows.get(code)
        if row is None or row.version != then["version"]:
            yield {
                "code": code,
                "label": then["label"],
                "then": then["version"],
                "now": row and row.version,
                "said_then": then["says"],
                "says_now": row and words(row.definition, labels),
            }


def explained(found: Since, rows: Sequence[Any]) -> list[Body]:
    """Say of each of these records what it came to or went from, and what was done to it."""
    as_at, taken_at = (dt.datetime.fromisoformat(found.frozen[n]) for n in ("as_at", "taken_at"))
    by_record: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for change in db.session.execute(queries.changes([row.id for row in rows], as_at)):
        # What was corrected before the snapshot was taken is in it, whenever it was known.
        if change.at > taken_at or _step(change):
            by_record[change.object_id].append(change)
    versions = {uuid.UUID(each): version for each, version, *_ in found.frozen["records"]}
    return [_explained(found, row, by_record[row.id], versions.get(row.id)) for row in rows]


def of_figure(found: Since, code: str) -> set[uuid.UUID]:
    """Give the records that were behind a figure, or are now; counted or provisional."""
    moved = {
        each
        for where in (found.came, found.went)
        for each, paths in where.items()
        if any(path.partition("/")[0] == code for path in paths)
    }
    return moved | {
        uuid.UUID(found.frozen["records"][place][0])
        for path, figure, whole in figures(found.frozen)
        if whole is None and path.partition("/")[0] == code
        for name in _SURE.values()
        for place in figure[name]
    }


def _compare(
    found: Since,
    path: str,
    then: Body,
    today: Body,
    known: Sequence[uuid.UUID],
    behind: Mapping[str, Sequence[uuid.UUID]],
) -> None:
    counts = {"came": 0, "went": 0}
    for sure, name in _SURE.items():
        before = {known[place] for place in then[name]}
        after = set(behind.get(f"{path}:{name}", ()))
        said = path if sure == "value" else f"{path}/{sure}"
        for verb, ids, where in (
            ("came", after - before, found.came),
            ("went", before - after, found.went),
        ):
            counts[verb] += len(ids) if sure == "value" else 0
            for each in ids:
                where[each].append(said)
    values = {name: (then.get(name), today.get(name)) for name in ("value", *_SURE, "qualifier")}
    found.figures.append(
        {
            "code": path,
            "label": then["label"],
            "unit": then.get("unit", "count"),
            "then": {name: value for name, (value, _) in values.items()},
            "now": {name: value for name, (_, value) in values.items()},
            "difference": _difference(*values["value"]),
            **counts,
        }
    )


def _difference(then: str | None, now: str | None) -> str | None:
    if then is None or now is None:
        return None
    return format(decimal.Decimal(now) - decimal.Decimal(then), "f")


def _find_changed(found: Since, known: Sequence[uuid.UUID]) -> None:
    rows = {row.id: row for row in db.session.execute(queries.there(known))}
    found.others = len(known) - len(rows)
    versions = {uuid.UUID(each): version for each, version, *_ in found.frozen["records"]}
    found.changed = {row.id for row in rows.values() if row.version != versions[row.id]}
    found.changed |= {each for each in (*found.came, *found.went) if each in rows}
    found.changed |= found.came.keys() - versions.keys()


def _explained(found: Since, row: Any, changes: Sequence[Any], version: int | None) -> Body:
    births = {change.txid for change in changes if _is_birth(change)}
    if births:
        changes = [each for each in changes if each.before is not None or each.txid not in births]
    reasons = {reason for each in changes if (reason := _reason(each))}
    acts: list[Body] = []
    if births or (version is None and not reasons):
        reasons.add("added")
        acts.append(_act("Recorded", row.recorded_at, row.recorded_by))
    if row.erased_at and row.version != version:
        reasons = {"erased"}
        acts.append(_act("Erased", row.erased_at, None))
    else:
        acts += _acts(row, changes)
    return {
        "id": row.id,
        "kind": row.kind,
        "operation": row.operation,
        "occurred_at": row.occurred_at,
        "came_to": sorted(found.came.get(row.id, ())),
        "went_from": sorted(found.went.get(row.id, ())),
        "reasons": [name for name in REASONS if name in reasons] or ["other"],
        "acts": acts,
    }


def _acts(row: Any, changes: Sequence[Any]) -> Iterator[Body]:
    born = {"recorded_at": row.recorded_at, "recorded_by": {"name": row.recorded_by}}
    entries = [history.entry(change) for change in changes]
    for each in history_text.acts(KINDS[row.kind], born, entries)[1:]:
        yield _act(each["title"], each["at"], each["by"], each["reason"], each["changes"])


def _act(
    title: str, at: Any, by: str | None, reason: str | None = None, lines: Sequence[str] = ()
) -> Body:
    return {"act": title, "at": at, "by": by, "reason": reason, "changes": list(lines)}


def _is_birth(change: Any) -> bool:
    is_new: bool = change.object == "result" and change.before is None
    return is_new and change.after is not None


def _step(change: Any) -> str | None:
    """Tell whether a change recorded, confirmed or struck: what "known then" is about."""
    if change.object != "result":
        return None
    status: str | None = (change.after or {}).get("status")
    return status or ("recorded" if change.before is None else None)


def _reason(change: Any) -> str | None:
    if change.object == "credit":
        return "credited"
    if change.object == "confirmation" and change.before is None:
        return "confirmed"
    if (step := _step(change)) in REASONS:
        return step
    # A new version alone says that something beside the record changed; where its point lies on
    # other maps is none of its own.
    is_silent = change.object == "result" and (change.after or {}).keys() <= _BESIDE
    return None if is_silent else "corrected"
