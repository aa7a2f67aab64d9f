"""The measures that seizures bring: what is summed, over which of them."""

from collections.abc import Sequence

from ops.results.kinds.base import Measure
from ops.results.seizure_codes import FIREARMS


def _seized(
    code: str, label: str, unit: str, quantity: str, category: str, **where: Sequence[str]
) -> Measure:
    """Define the sum of a quantity over the seizures of one category."""
    facets = {"category": (category,)} | where
    return Measure(code, label, "pursue", unit, facets, quantity)


MEASURES = (
    _seized("cash_seized", "Cash seized", "GBP", "value", "cash"),
    _seized("drugs_weight_seized", "Drugs seized, by weight", "g", "weight", "drugs"),
    _seized("drugs_value_seized", "Drugs seized, by value", "GBP", "value", "drugs"),
    _seized("wraps_seized", "Wraps seized", "wrap", "wraps", "drugs"),
    _seized(
        "cannabis_plants_seized",
        "Cannabis plants seized",
        "plant",
        "plants",
        "drugs",
        drug=("cannabis",),
    ),
    _seized("weapons_seized", "Weapons seized", "count", "items", "weapons"),
    _seized(
        "firearms_seized", "Firearms seized", "count", "items", "weapons", weapon=tuple(FIREARMS)
    ),
    _seized("phones_seized", "Phones seized", "count", "items", "phones"),
    _seized("sim_cards_seized", "SIM cards seized", "count", "items", "sim_cards"),
    _seized("vehicles_seized", "Vehicles seized", "count", "items", "vehicles"),
    _seized(
        "counterfeit_weight_seized", "Counterfeit goods, by weight", "g", "weight", "counterfeit"
    ),
    _seized(
        "counterfeit_value_seized", "Counterfeit goods, by value", "GBP", "value", "counterfeit"
    ),
    _seized("packages_intercepted", "Packages intercepted", "count", "items", "package"),
    _seized("packages_opened", "Packages opened", "count", "items", "package", opened=("opened",)),
    _seized(
        "packages_awaiting",
        "Packages still to be opened",
        "count",
        "items",
        "package",
        opened=("awaiting",),
    ),
)
