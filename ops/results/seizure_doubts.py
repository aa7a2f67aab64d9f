"""Quantities that are hardly right: asked about, never refused, for the largest finds are real."""

import decimal
from collections.abc import Mapping, Sequence
from typing import Any

from ops import wording
from ops.results.kinds.base import Doubt

# The most of a category that one record is likely to hold, in this unit: beyond it, somebody may
# have taken one unit for the next. Rough by purpose; a new bound is a new line.
LIKELY: Mapping[tuple[str, str], int] = {
    ("drugs", "tonne"): 1,
    ("drugs", "kg"): 10,
    ("drugs", "g"): 10_000,
    ("drugs", "litre"): 100,
    ("drugs", "tablet"): 1_000_000,
    ("drugs", "wrap"): 5_000,
    ("drugs", "bag"): 5_000,
    ("drugs", "plant"): 5_000,
    ("cutting_agents", "tonne"): 1,
    ("cutting_agents", "kg"): 250,
    ("tobacco", "tonne"): 10,
    ("tobacco", "kg"): 5_000,
    ("tobacco", "stick"): 10_000_000,
    ("counterfeit", "tonne"): 600,
    ("counterfeit", "kg"): 600_000,
    ("alcohol", "litre"): 10_000,
    ("alcohol", "ml"): 1_000_000,
    ("cash", "GBP"): 1_000_000,
    ("cash", "EUR"): 1_000_000,
    ("cash", "USD"): 1_000_000,
    ("ammunition", "round"): 10_000,
    ("ammunition", "count"): 10_000,
    ("weapons", "count"): 500,
    ("phones", "count"): 1_000,
    ("sim_cards", "count"): 5_000,
    ("vehicles", "count"): 200,
    ("package", "count"): 200,
    ("watches", "count"): 1_000,
    ("drones", "count"): 100,
    ("dogs", "count"): 50,
}
# What the next smaller unit is, which was probably meant.
SMALLER = {"tonne": "kg", "kg": "g", "g": "mg", "litre": "ml"}
# A weight beside a count is in grams.
MOST_GRAMS = 250_000


def doubts(detail: Mapping[str, Any]) -> Sequence[Doubt]:
    """Ask about a quantity or a weight beyond what one record is likely to hold."""
    quantity, unit, category = detail.get("quantity"), detail.get("unit"), detail["category"]
    found = []
    likely = LIKELY.get((category, unit or ""))
    if quantity is not None and likely is not None and quantity > likely:
        found.append(_doubt(quantity, unit or ""))
    weight = detail.get("weight_g")
    if weight is not None and category == "drugs" and weight > MOST_GRAMS:
        thousandth = weight / 1000
        found.append(
            Doubt(
                f"{wording.quantity(weight, 'g')} is unlikely for one record.",
                f"Did you mean {wording.quantity(thousandth, 'g')}?",
                {"weight_g": _plain(thousandth)},
            )
        )
    return found


def _doubt(quantity: decimal.Decimal, unit: str) -> Doubt:
    sentence = f"{wording.quantity(quantity, unit)} is unlikely for one record."
    smaller = SMALLER.get(unit)
    if smaller is None:
        return Doubt(sentence, "Is the number right?", {})
    return Doubt(
        sentence, f"Did you mean {wording.quantity(quantity, smaller)}?", {"unit": smaller}
    )


def _plain(number: decimal.Decimal) -> str:
    return format(number.normalize(), "f")
