"""A definition in plain English, from the definition itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from ops import wording
from ops.outcomes.measure_rules import PERIODS
from ops.results.kinds import KINDS
from ops.results.kinds.base import Kind

# One sentence each, behind what is counted.
_ENDS = {
    "financial_year": "It runs from 1 April to the end of the period that is asked for.",
    "last_12_months": "It runs over the 12 months up to the end of the period that is asked for.",
}


def words(definition: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """Say what a measure counts; `labels` are those of other measures by their codes."""
    if "ratio" in definition:
        of, to = (_named(definition["ratio"][end], labels) for end in ("of", "to"))
        how = {100: ", as a percentage", 1000: ", for each thousand"}
        return f"{of} divided by {to}{how.get(definition.get('times', 1), '')}."
    if "attainment" in definition:
        return f"How much of its target {_named(definition['attainment'], labels)} has reached."
    kind = KINDS.get(definition.get("kind", ""))
    if kind is None:
        return "Counts a kind of result that is no longer recorded."
    sentences = [_counted(kind, definition)]
    if definition.get("counts_when") == "confirmed":
        sentences.append("A record counts once it is confirmed; until then it is provisional.")
    if definition.get("period") in PERIODS:
        sentences.append(_ENDS[definition["period"]])
    if parts := definition.get("parts"):
        named = _listed([_named(part, labels) for part in parts], "and")
        sentences.append(f"Its parts are {named}; the rest is shown as what is left.")
    return " ".join(sentences)


def _counted(kind: Kind, definition: Mapping[str, Any]) -> str:
    records = f"{kind.label.lower()} records"
    quantity = kind.quantities.get(definition.get("sum") or "")
    key = kind.keys.get(definition.get("distinct") or "")
    if quantity is not None:
        what = f"Adds up the {_lower(quantity.label)} of {records}"
    elif key is not None:
        what = f"Counts each {_lower(key.label)} once over {records}"
    else:
        what = f"Counts {records}"
    if where := _asked(kind, definition.get("where", {}), "and"):
        what += f" with {where}"
    if unless := [_asked(kind, each, "and") for each in definition.get("unless", ())]:
        what += f", leaving out those with {_listed(unless, 'or')}"
    return f"{what}."


def _asked(kind: Kind, where: Mapping[str, Sequence[str]], joined: str) -> str:
    said = []
    for facet, codes in where.items():
        known = kind.facets.get(facet)
        label = _lower(known.label) if known else facet
        names = (known and known.codes) or {}
        said.append(f"“{label}: {_listed([_lower(names.get(c, c)) for c in codes], 'or')}”")
    return _listed(said, joined)


def _listed(parts: Sequence[str], joined: str) -> str:
    *first, last = parts or ("",)
    return f"{', '.join(first)} {joined} {last}" if first else last


def _named(code: str, labels: Mapping[str, str]) -> str:
    return f"“{labels.get(code, wording.words(code))}”"


def _lower(label: str) -> str:
    """Write a label within a sentence; what is all capitals or a name stays as it is."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label
