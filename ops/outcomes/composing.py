"""The composer's form and what the API takes: a facet is a list of ticks, a sum is a choice."""

from collections.abc import Mapping
from typing import Any

from ops.forms import Form
from ops.results.kinds.base import Kind

# What is counted is one choice in the form, and three names in a definition.
RECORDS = "records"
# A period of no kind of its own.
ANY = "any"
_SAID = ("label", "four_p", "unit", "notes", "valid_from", "reason")
_SCOPE = ("organisation", "from", "to", "by")

# What is chosen before anybody chose.
_UNSAID = {"counts_when": "recorded", "period": ANY, "times": "1"}

Stored = Mapping[str, Any]


def blank() -> Form:
    """Give an empty composer: records count as they are recorded, over whatever is asked for."""
    return Form.of({"aggregate": RECORDS, "definition": _UNSAID})


def filled(measure: Stored) -> Form:
    """Give a composer that says what a measure says."""
    stored = measure["definition"]
    aggregate = next((f"{n}.{stored[n]}" for n in ("sum", "distinct") if stored.get(n)), RECORDS)
    names = ("label", "four_p", "unit", "notes")
    return Form.of(
        {name: measure[name] for name in names}
        | {
            "aggregate": aggregate,
            "definition": _UNSAID | {name: value for name, value in stored.items() if value},
            "leave": {facet: codes for each in _single(stored) for facet, codes in each.items()},
            "replaces": measure["version"],
        }
    )


def way_of(definition: Stored) -> str:
    """Say what a measure is made of: a kind, or how it is worked out."""
    kind: str | None = definition.get("kind")
    return kind or ("ratio" if "ratio" in definition else "attainment")


def aggregates(kind: Kind) -> dict[str, str]:
    """Give the ways to count a kind's records."""
    return {
        RECORDS: "Count the records",
        **{f"distinct.{n}": f"Count each once: {k.label.lower()}" for n, k in kind.keys.items()},
        **{f"sum.{n}": f"Add up: {q.label.lower()}" for n, q in kind.quantities.items()},
    }


def measure(form: Form, way: str, newest: Stored | None = None) -> dict[str, Any]:
    """Give what was composed as the API takes it."""
    sent = form.payload()
    said = {name: sent[name] for name in _SAID if name in sent}
    if newest is not None:
        said |= {"code": newest["code"], "replaces": sent.get("replaces")}
        said = {name: value for name, value in said.items() if value is not None}
    return said | {"definition": _definition(sent, way, newest)}


def trial(form: Form, way: str, newest: Stored | None = None) -> dict[str, Any]:
    """Give what was composed, and over what to try it."""
    sent = form.payload()
    scope = {name: sent[name] for name in _SCOPE if name in sent}
    if "operation" in sent:
        scope["operation"] = [sent["operation"]]
    return scope | {"definition": _definition(sent, way, newest)}


def _definition(sent: Stored, way: str, newest: Stored | None) -> dict[str, Any]:
    typed = sent.get("definition") or {}
    if way in {"ratio", "attainment"}:
        names = ("ratio", "times") if way == "ratio" else ("attainment",)
        return {name: typed[name] for name in names if name in typed} or {way: None}
    how, _, name = sent.get("aggregate", RECORDS).partition(".")
    kept = newest["definition"].get("unless", ()) if newest else ()
    # Ticks say one facet each; what leaves out a combination stays as it was defined.
    unless = [each for each in kept if len(each) > 1]
    unless += [{facet: codes} for facet, codes in (sent.get("leave") or {}).items()]
    shown = ("where", "counts_when", "period", "parts")
    definition = {each: typed[each] for each in shown if typed.get(each) and typed[each] != ANY}
    return {"kind": way, "unless": unless} | definition | ({how: name} if name else {})


def _single(stored: Stored) -> list[Stored]:
    return [each for each in stored.get("unless", ()) if len(each) == 1]
