"""A summary's figures in words, ready for a card or a table."""

import decimal
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypedDict

from ops import wording

# The wire says where the records behind a figure are; a page of the same address shows them.
_API = "/api/v1"
# How the groups of a breakdown are called that are no names already.
_NAMES: Mapping[str, Callable[[str], str]] = {"day": wording.short_day, "month": wording.month}


class Reported(TypedDict):
    """A figure of somebody else, beside ours."""

    text: str
    source: str


class Card(TypedDict):
    """One measure as it is shown."""

    code: str
    label: str
    four_p: str
    sure: str
    amount: str
    unit: str
    href: str
    provisional_text: str
    provisional_href: str
    target_text: str
    attainment_text: str
    attainment_bar: str
    reported_texts: list[Reported]
    # What it is made of: its parts and the rest, or both that a rate rests on.
    made_of: list[dict[str, str]]
    made_of_title: str
    says_something: bool


def card(measure: Mapping[str, Any]) -> Card:
    """Write one measure: its value, what is provisional, its target, what others reported."""
    unit = measure["unit"]
    provisional = _is_some(measure["provisional"])
    reported = list(_reported(measure))
    has_target = measure["target"] is not None
    attainment = decimal.Decimal(measure["attainment"] or 0)
    href = page(measure["records"]) if measure["records"] else ""
    sure, amount, of = "", "No figure", ""
    if measure["value"] is not None:
        sure, amount, of = wording.quantity_parts(measure["value"], unit, measure["qualifier"])
    return {
        "code": measure["code"],
        "label": measure["label"],
        "four_p": measure["four_p"],
        "sure": sure,
        "amount": amount,
        "unit": of,
        "href": href,
        "provisional_text": wording.quantity(measure["provisional"], unit) if provisional else "",
        "provisional_href": f"{href}&provisional=true" if provisional else "",
        "target_text": wording.quantity(measure["target"], unit) if has_target else "",
        "attainment_text": wording.percent(attainment) if has_target else "",
        "attainment_bar": str(min(attainment * 100, decimal.Decimal(100))),
        "reported_texts": reported,
        "made_of": list(_made_of(measure)),
        "made_of_title": _title(measure),
        "says_something": bool(_is_some(measure["value"]) or provisional or has_target or reported),
    }


def _made_of(measure: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    unit = measure["unit"]
    for part in measure.get("parts", []):
        yield _row(part["label"], part, wording.quantity(part["value"], unit, part["qualifier"]))
    if rest := measure.get("residual"):
        yield _row("None of these", rest, wording.quantity(rest["value"], unit, rest["qualifier"]))
    for name in ("numerator", "denominator"):
        if member := measure.get(name):
            known = member["value"] is not None
            yield _row(
                member["label"], member, wording.number(member["value"]) if known else "None"
            )


def _row(label: str, found: Mapping[str, Any], text: str) -> dict[str, str]:
    return {"label": label, "text": text, "href": page(found["records"] or "")}


def _title(measure: Mapping[str, Any]) -> str:
    if "numerator" in measure:
        return "Worked out from"
    return "Parts, which overlap" if measure.get("overlap") else "Parts"


def groups(measure: Mapping[str, Any], by: str | None) -> list[dict[str, str]]:
    """Write the parts of a measure, each with the way to its records; a hidden one has none."""
    unit = measure["unit"]
    name = _NAMES.get(by or "")
    return [
        {
            "label": name(part["key"]) if name and part["key"] else part["label"],
            "text": "",
            "href": "",
            "provisional_text": "",
        }
        | ({} if part.get("suppressed") else _part(part, unit))
        for part in measure.get("groups", [])
    ]


def _part(part: Mapping[str, Any], unit: str) -> dict[str, str]:
    provisional = (
        wording.quantity(part["provisional"], unit) if _is_some(part["provisional"]) else ""
    )
    return {
        "text": wording.quantity(part["value"], unit, part["qualifier"]),
        "href": page(part["records"] or ""),
        "provisional_text": provisional,
    }


def page(address: str) -> str:
    """Turn the API's address of a list of records to that of its page."""
    return address.removeprefix(_API)


def figure(found: Mapping[str, Any]) -> str:
    """Write a reported figure, its unit and how sure it is."""
    return wording.quantity(found["value"], found["unit"], found["qualifier"])


def _reported(measure: Mapping[str, Any]) -> Iterator[Reported]:
    for told in measure["reported"] or []:
        share = (
            f", {wording.percent(told['attainment'])} of the target" if told["attainment"] else ""
        )
        on = f", as at {wording.short_day(told['as_at'])}" if told["as_at"] else ""
        parts = [f"{wording.words(name)}: {value}" for name, value in told["facets"].items()]
        part = f" ({', '.join(parts)})" if parts else ""
        yield {"text": f"{figure(told)}{part}{share}", "source": f"{told['source']}{on}"}


def _is_some(value: str | None) -> bool:
    return value is not None and decimal.Decimal(value) != 0
