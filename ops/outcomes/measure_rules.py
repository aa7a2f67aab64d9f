"""What a definition must be before it may count: whole, known, and in no circle."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ops.results import measures
from ops.results.kinds import KINDS

Stored = Mapping[str, Any]
# What a measure can be made of; each definition is just one of them.
WAYS = ("kind", "ratio", "attainment")
PERIODS = {"financial_year": "The financial year so far", "last_12_months": "The last 12 months"}
TIMES = {1: "As it is", 100: "As a percentage", 1000: "For each thousand"}
# Long enough for any label, short enough to be read in an address.
LONGEST_CODE = 60
_NOT_IN_A_CODE = re.compile(r"[^a-z0-9]+")
_OF_RECORDS = ("where", "unless", "sum", "distinct", "counts_when", "period", "parts")


def code_of(label: str) -> str:
    """Make a code of a label: `Arrests of adults` is arrests_of_adults."""
    return _NOT_IN_A_CODE.sub("_", label.lower()).strip("_")[:LONGEST_CODE].strip("_")


def stored(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Write a definition as it is kept: what says nothing is left out."""
    if sent.get("ratio"):
        return {"ratio": dict(sent["ratio"]), "times": sent.get("times") or 1}
    if sent.get("attainment"):
        return {"attainment": sent["attainment"]}
    unless = [narrowed for each in sent.get("unless") or () if (narrowed := _asked(each))]
    beside = {
        "unless": unless,
        "distinct": sent.get("distinct"),
        "period": sent.get("period"),
        "parts": list(dict.fromkeys(sent.get("parts") or ())),
    }
    return {
        "kind": sent.get("kind"),
        "where": _asked(sent.get("where") or {}),
        "sum": sent.get("sum"),
        "counts_when": sent.get("counts_when") or "recorded",
        **{name: value for name, value in beside.items() if value},
    }


def ways_of(sent: Mapping[str, Any]) -> dict[str, str]:
    """Refuse what is made of nothing, or of two things at once."""
    chosen = [way for way in WAYS if sent.get(way)]
    if not chosen:
        return {"kind": "Choose a kind of result to count, or measures to work this one out from."}
    if len(chosen) > 1:
        return {chosen[1]: "Count a kind of result, or work it out from measures: not both."}
    if chosen == ["kind"]:
        return {}
    wrong = [name for name in _OF_RECORDS if sent.get(name)]
    sentence = "Only a measure that counts records has this; leave it out."
    return dict.fromkeys(wrong, sentence)


def problems(definition: Stored, code: str, others: Mapping[str, Stored]) -> dict[str, str]:
    """Say, by part, what is wrong with a definition among the others in force."""
    unknown = {
        field: f"There is no measure {member} in force."
        for field, member in members(definition)
        if member not in others and member != code
    }
    if "kind" not in definition:
        return unknown or _circle(definition, code, others)
    found = measures.problems(definition)
    if definition["sum"] and definition.get("distinct"):
        found["distinct"] = "Add up a quantity or count each thing once: not both."
    return found | (unknown or _wide_parts(definition, code, others))


def members(definition: Stored) -> Iterator[tuple[str, str]]:
    """Give each measure that a definition names, with the part of it that does."""
    if "ratio" in definition:
        yield from ((f"ratio.{end}", definition["ratio"][end]) for end in ("of", "to"))
    if "attainment" in definition:
        yield "attainment", definition["attainment"]
    for part in definition.get("parts", ()):
        yield "parts", part


def resting_on(code: str, others: Mapping[str, Stored]) -> list[str]:
    """List the measures that name this one."""
    return sorted(
        other
        for other, definition in others.items()
        if other != code and any(member == code for _, member in members(definition))
    )


def narrows(part: Stored, whole: Stored) -> bool:
    """Tell whether every record of a part is one of its whole, and not just the same records."""
    if "kind" not in part or "kind" not in whole:
        return False
    alike = ("kind", "sum", "distinct", "counts_when", "period")
    if any(part.get(name) != whole.get(name) for name in alike):
        return False
    wide, narrow = whole.get("where", {}), part.get("where", {})
    kept = all(set(narrow.get(facet, ())) <= set(codes) for facet, codes in wide.items())
    # No codes are all codes.
    kept = kept and all(narrow.get(facet) for facet, codes in wide.items() if codes)
    left_out = all(each in part.get("unless", ()) for each in whole.get("unless", ()))
    same = wide == narrow and whole.get("unless", ()) == part.get("unless", ())
    return kept and left_out and not same


def unit_of(definition: Stored, units: Mapping[str, str]) -> str | None:
    """Give the unit that follows from what is worked out; none where it has to be said."""
    if "attainment" in definition or definition.get("times") == 100:
        return "percent"
    if "ratio" in definition:
        of, to = (units.get(definition["ratio"][end]) for end in ("of", "to"))
        return "count" if of == to else of if to == "count" else None
    return unit_summed(definition) or "count"


def unit_summed(definition: Stored) -> str | None:
    """Give the unit of the quantity that is added up, if one is."""
    kind = KINDS.get(definition.get("kind", ""))
    quantity = kind.quantities.get(definition.get("sum") or "") if kind else None
    return quantity.unit if quantity else None


def _asked(where: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {facet: list(codes) for facet, codes in where.items() if codes}


def _wide_parts(definition: Stored, code: str, others: Mapping[str, Stored]) -> dict[str, str]:
    for part in definition.get("parts", ()):
        if part == code or not narrows(others[part], definition):
            return {
                "parts": f"{part} isn't narrower than this measure. A part counts the same kind"
                " in the same way, and asks for more."
            }
    return {}


def _circle(definition: Stored, code: str, others: Mapping[str, Stored]) -> dict[str, str]:
    """Refuse what would be worked out from itself, by whatever way round."""
    for field, member in members(definition):
        met, ahead = set[str](), [member]
        while ahead:
            each = ahead.pop()
            if each == code:
                return {field: f"{member} is itself worked out from this measure; choose another."}
            if each not in met:
                met.add(each)
                ahead += [inner for _, inner in members(others.get(each, {}))]
    return {}
