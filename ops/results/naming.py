"""Records that name other records: what there is to choose from, and the way to what was chosen."""

import uuid
from collections.abc import Mapping
from typing import Any

from ops import wording
from ops.calls import call
from ops.errors import OpsError
from ops.operations.models import PHASES
from ops.results.fields import Named
from ops.results.kinds.base import Kind
from ops.results.log_fields import labels
from ops.results.map_layers import title
from ops.results.words import QUESTIONS

# As many as a list to choose from can hold.
MOST = 50
PHASE = "phase"
# What lives longer than an operation: those of others come after its own.
OF_ALL = ("line",)
# Where else than among the results a record of a kind is shown.
PLACES = {"line": "/lines"}
_UNSEEN = "A record that you can’t see"


def choices(
    kind: Kind, operation_id: uuid.UUID | str, detail: Mapping[str, Any] | None = None
) -> dict[str, dict[str, str]]:
    """Give what each field of a kind can name in an operation, and what it names already."""
    offered = {}
    for name, field in _named(kind):
        found = _phases(operation_id) if field.of == PHASE else _records(operation_id, field.of)
        if named := (detail or {}).get(name):
            found = {named: found.get(named) or _titled(named)} | found
        offered[name] = found
    return offered


def links(kind: Kind, record: Mapping[str, Any]) -> list[tuple[str, str, str | None]]:
    """Give, of each record that this one names, its label, its title and its address."""
    said: list[tuple[str, str, str | None]] = []
    asked = labels(kind)
    for name, field in _named(kind):
        if (named := record["detail"].get(name)) is None:
            continue
        label = asked[name].words.label
        if field.of == PHASE:
            said.append((label, _phases(record["operation"]).get(named, _UNSEEN), None))
        else:
            known, there = _titled(named), PLACES.get(field.of, "/results")
            said.append((label, known, None if known == _UNSEEN else f"{there}/{named}"))
    return said


def followers(kind: Kind, record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give the lists of what followed from a record, by their names and addresses."""
    followed = QUESTIONS[kind.name].followed_by if kind.name in QUESTIONS else {}
    return [
        (label, f"/results?kind={other}&{facet}={record['id']}")
        for label, (other, facet) in followed.items()
    ]


def _named(kind: Kind) -> list[tuple[str, Named]]:
    fields = kind.schema.load_fields.items()
    return [(name, field) for name, field in fields if isinstance(field, Named)]


def _records(operation_id: uuid.UUID | str, kind: str) -> dict[str, str]:
    query = {"kind": kind, "limit": MOST}
    found = call("GET", f"/operations/{operation_id}/results", query=query).body
    if kind in OF_ALL:
        found = [*found, *call("GET", "/results", query=query).body]
    return {
        each["id"]: f"{title(each)}, {wording.short_day(each['occurred_at'])}" for each in found
    }


def _phases(operation_id: uuid.UUID | str) -> dict[str, str]:
    found = call("GET", f"/operations/{operation_id}/phases").body
    return {
        each["id"]: f"{PHASES[each['kind']]}, from {wording.short_day(each['starts_at'])}"
        for each in found
    }


def _titled(result_id: str) -> str:
    try:
        return title(call("GET", f"/results/{result_id}").body)
    except OpsError:
        return _UNSEEN
