"""What a publisher's figures are among ours: data, read from `readings.json`."""

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from ops.results.kinds import KINDS
from tests.outcomes.generator import RECORDS, Figure

READINGS = json.loads((Path(__file__).parent / "readings.json").read_text())


@dataclasses.dataclass(frozen=True)
class Reading:
    """A published figure in our terms: a definition, what it is of, and the total it should be."""

    published: Mapping[str, Any]
    definition: Mapping[str, Any]
    value: Decimal
    scopes: frozenset[str]
    period: tuple[dt.date, dt.date] | None
    inside: str | None
    # The measure of which it is a share, in per cent.
    share_of: str | None
    # A target is no total of records.
    target: str | None

    def figure(self, whole: Decimal) -> Figure:
        """Say it as an equation; a share as what of the whole rounds to it."""
        value, within = self.value, Decimal(0)
        if self.share_of:
            digit = Decimal(1).scaleb(self.value.as_tuple().exponent) / 2
            value, within = self.value * whole / 100, digit * whole / 100
        return Figure(
            kind=self.definition["kind"],
            where={n: frozenset(codes) for n, codes in self.definition["where"].items()},
            value=value,
            within=within,
            adds=self.definition.get("sum")
            or (f"distinct {key}" if (key := self.definition.get("distinct")) else RECORDS),
            qualifier=self.published["qualifier"],
            scopes=self.scopes,
            inside=self.inside,
        )


def read(published: Mapping[str, Any], built_in: Mapping[str, Mapping[str, Any]]) -> Reading | None:
    """Read a figure; none where it is not one that records of ours can give."""
    name = published["measure"]
    if name in READINGS["reported"]:
        return None
    said = READINGS["measures"].get(name, {"code": name})
    if "target" in said:
        definition = {"kind": None, "where": {}}
    elif "code" in said:
        if said["code"] not in built_in:
            return None
        definition = dict(built_in[said["code"]])
    else:
        definition = {"where": {}, "sum": None, "counts_when": "recorded"} | {
            key: said[key] for key in ("kind", "where", "sum", "distinct") if key in said
        }
    for facet, value in published.items():
        for code, codes in READINGS["facets"].get(facet, {}).get(value, {}).items():
            definition["where"] = {**definition["where"], code: codes}
    if basis := READINGS["basis"].get(published.get("basis")):
        definition["sum"] = basis
    if definition["kind"] and _is_unknown(definition):
        return None
    places = [f"{n}: {published[n]}" for n in READINGS["scopes"] if n in published]
    inside = next(
        (names[published[n]] for n, names in READINGS["inside"].items()
         if published.get(n) in names), None
    )  # fmt: skip
    edges = [dt.date.fromisoformat(said[edge]) for edge in ("from", "to") if edge in said]
    return Reading(
        published=published,
        definition=definition,
        value=_in_our_unit(published, definition),
        scopes=frozenset(places),
        period=(edges[0], edges[1]) if edges else None,
        inside=inside,
        share_of=said.get("share_of"),
        target=said.get("target"),
    )


def _in_our_unit(published: Mapping[str, Any], definition: Mapping[str, Any]) -> Decimal:
    value = Decimal(str(published["value"]))
    if not definition.get("sum"):
        return value
    ours = KINDS[definition["kind"]].quantities[definition["sum"]].unit
    grams = {unit: Decimal(number) for unit, number in READINGS["grams"].items()}
    if ours not in grams or published["unit"] not in grams:
        return value
    return (value * grams[published["unit"]] / grams[ours]).normalize()


def _is_unknown(definition: Mapping[str, Any]) -> bool:
    """Tell whether a definition asks for what none of our kinds has."""
    kind = KINDS.get(definition["kind"])
    return (
        kind is None
        or not definition["where"].keys() <= kind.facets.keys()
        or definition.get("sum") not in {None, *kind.quantities}
        or definition.get("distinct") not in {None, *kind.keys}
    )
