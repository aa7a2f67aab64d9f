"""The forms and code lists that a phone keeps: made from the kinds, and the same until a release.

A list of codes stands once, by the name of the first field that has it.
"""

import functools
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from ops.geo.models import AREA_PURPOSES, SITE_KINDS
from ops.operations.deployment_codes import (
    DEPLOYMENT_KINDS,
    DEPLOYMENT_STATUSES,
    METHODS_OF_ENTRY,
    POWERS,
)
from ops.operations.models import KINDS as OPERATION_KINDS
from ops.results import log_fields
from ops.results.kinds import KINDS
from ops.results.kinds.base import Kind
from ops.results.log_fields import Asked
from ops.results.nil_reasons import REASONS

# What a phone says of the plan, beside what the kinds ask.
_OF_PLANS = {
    "operation_kind": OPERATION_KINDS,
    "deployment_kind": DEPLOYMENT_KINDS,
    "deployment_status": DEPLOYMENT_STATUSES,
    "deployment_power": POWERS,
    "method_of_entry": METHODS_OF_ENTRY,
    "area_purpose": AREA_PURPOSES,
    "site_kind": SITE_KINDS,
    "nil_return_reason": REASONS,
}
# What people log in each kind of operation, the likeliest first; the rest can be logged too.
_EXPECTED = {
    "week_of_action": (
        "arrest", "seizure", "warrant", "safeguarding", "line", "line_closure", "search",
        "engagement", "disruption",
    ),
    "day_of_action": (
        "warrant", "arrest", "seizure", "safeguarding", "search", "engagement", "disruption",
    ),
    "prison_search": ("search", "seizure", "arrest", "engagement", "disruption"),
    "place_based": (
        "engagement", "seizure", "search", "arrest", "partner_action", "premises_closure",
        "court_order", "order_breach", "safeguarding", "warrant",
    ),
}  # fmt: skip

Lists = dict[str, dict[str, str]]


def expected(operation_kind: str) -> tuple[str, ...]:
    """List the kinds of result that an operation's phones show first, the likeliest first."""
    return _EXPECTED[operation_kind]


@functools.cache
def forms() -> tuple[str, Mapping[str, Any]]:
    """Give all forms and code lists, and what tells one edition of them from another."""
    lists: Lists = {name: dict(codes) for name, codes in _OF_PLANS.items()}
    kinds = {name: _form(kind, lists) for name, kind in KINDS.items()}
    told = {
        "kinds": kinds,
        "code_lists": {name: _entries(codes) for name, codes in lists.items()},
    }
    return hashlib.sha256(orjson.dumps(told)).hexdigest()[:16], told


def _form(kind: Kind, lists: Lists) -> dict[str, Any]:
    """Tell the fields of a kind; those of new records alone, or of corrections, say so."""
    units = _units(kind)
    new = {each.name: each for each in log_fields.asked(kind, named=True)}
    old = {each.name: each for each in log_fields.asked(kind, named=True, correcting=True)}
    fields = []
    for name, each in (new | {name: each for name, each in old.items() if name not in new}).items():
        told = _field(each, f"{kind.name}.{name}", lists, units)
        told["matters"] = log_fields.is_first(kind, each)
        if not (name in new and name in old):
            told["when"] = "log" if name in new else "correction"
        fields.append(told)
    return {"label": kind.label, "fields": fields}


def _field(
    field: Asked, path: str, lists: Lists, units: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Tell one field; what it has not is left out, so that a phone takes less."""
    told: dict[str, Any] = {
        "name": field.name,
        "label": field.words.label,
        "type": field.sort,
        "required": field.is_required,
    }
    if field.words.hint:
        told["hint"] = field.words.hint
    if field.words.only:
        name, codes = field.words.only
        told["only"] = {"field": name, "codes": list(codes)}
    if field.options:
        told["list"] = _listed(path, dict(field.options), lists)
    if field.of:
        told["of"] = field.of
    if field.columns:
        told["columns"] = [_field(each, f"{path}.{each.name}", lists) for each in field.columns]
    if unit := (units or {}).get(field.name):
        told["unit"] = unit
    return told


def _listed(path: str, codes: dict[str, str], lists: Lists) -> str:
    """Find the list of these codes, in this order, or begin one."""
    for name, known in lists.items():
        if list(known.items()) == list(codes.items()):
            return name
    lists[path] = codes
    return path


def _units(kind: Kind) -> Mapping[str, str]:
    """Give the unit of each number that a figure sums as it was typed."""
    columns = {column.name for column in kind.model.__table__.columns}
    return {
        str(name): each.unit
        for each in kind.quantities.values()
        if (name := getattr(each.value, "key", None)) in columns
    }


def _entries(codes: Mapping[str, str]) -> Iterable[Mapping[str, str]]:
    # A list, for a reader may put the names of an object in an order of its own.
    return [{"code": code, "label": label} for code, label in codes.items()]
