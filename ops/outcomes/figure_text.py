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
    says_something: bool


def card(measure: Mapping[str, Any]) -> Card:
    """Write one measure: its value, what is provisional, its target, what others reported."""
    unit = measure["unit"]
    provisional = _is_some(measure["provisional"])
    reported = list(_reported(measure))
    has_target = measure["target"] is not None
    attainment = decimal.Decimal(measure["attainment"] or 0)
    href = page(measure["records"])
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
        "says_something": bool(_is_some(measure["value"]) or provisional or has_target or reported),
    }


def groups(measure: Mapping[str, Any], by: str | None) -> list[dict[str, str]]:
    """Write the parts of a measure, each with the way to its records."""
    unit = measure["unit"]
    name = _NAMES.get(by or "")
    return [
        {
            "label": name(part["key"]) if name and part["key"] else part["label"],
            "text": wording.quantity(part["value"], unit, part["qualifier"]),
            "href": page(part["records"]),
            "provisional_text": (
                wording.quantity(part["provisional"], unit) if _is_some(part["provisional"]) else ""
            ),
        }
        for part in measure.get("groups", [])
    ]


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


def _is_some(value: str) -> bool:
    return decimal.Decimal(value) != 0
