"""What follows from what is said of a seizure, what can't be, and what a reader should know."""

import datetime as dt
import decimal
from collections.abc import Sequence

import marshmallow as ma

from ops import wording
from ops.results import proceeds
from ops.results.drug_codes import DRUGS
from ops.results.kinds.base import Detail
from ops.results.seizure_codes import COUNTED, CURRENCIES, GRAMS


def check(detail: Detail, occurred_at: dt.datetime) -> None:
    """Refuse what was done with a thing before it was seized."""
    # A day alone begins before what was seized on it.
    day = wording.first_moment(wording.local(occurred_at).date())
    wrong = {
        name: ["This is before it was seized; check the day and the time."]
        for name in ("opened_at", "drug_tested_at", "fiu_informed_at", "detention_order_at")
        if (at := detail.get(name)) is not None and at < occurred_at and at != day
    }
    if wrong:
        raise ma.ValidationError(wrong)


def complete(detail: Detail, occurred_at: dt.datetime) -> Detail:
    """Fill in the unit, the class of the drug, the weight in grams and the values."""
    defaults: Detail = {"qualifier": "exact"}
    detail = defaults | detail
    category = detail["category"]
    if detail.get("quantity") is None and category in COUNTED:
        detail["quantity"] = decimal.Decimal(1)
    if detail.get("quantity") is not None and not detail.get("unit"):
        money = (detail.get("currency") or "GBP") if category == "cash" else None
        detail["unit"] = money or "count"
    if detail.get("unit") in CURRENCIES:
        detail["currency"] = detail["unit"]
    if category == "package":
        detail["opened"] = bool(detail.get("opened") or detail.get("opened_at"))
    detail["drug_class"] = _drug_class(detail)
    detail["grams"] = _grams(detail)
    plain: Detail = {"qualifier": "estimate", "at": occurred_at, "principal": False}
    valuations = [plain | valuation for valuation in detail.get("valuations") or []]
    if valuations and not any(valuation["principal"] for valuation in valuations):
        valuations[0]["principal"] = True
    detail["valuations"] = valuations
    # The first of each basis; the principal one comes before another of its own.
    by_basis: dict[str, Detail] = {}
    for valuation in sorted(valuations, key=lambda each: not each["principal"]):
        by_basis.setdefault(valuation["basis"], valuation)
    detail["basis_codes"] = sorted(by_basis)
    detail["basis_values"] = [by_basis[basis]["value"] for basis in sorted(by_basis)]
    detail["basis_qualifiers"] = [by_basis[basis]["qualifier"] for basis in sorted(by_basis)]
    detail["value"], detail["value_qualifier"] = _value(detail)
    detail["poca_due_at"] = proceeds.clock(detail, occurred_at)
    return detail


def missing_to_confirm(detail: Detail) -> str | None:
    """Say what a seizure needs before it stands as weighed, counted or valued."""
    if detail.get("quantity") is None and detail.get("weight_g") is None:
        return "Give the quantity as it was counted or weighed."
    if detail["qualifier"] == "estimate":
        return "Give the quantity as it was counted or weighed, in place of the estimate."
    return None


def remarks(detail: Detail) -> Sequence[str]:
    """Say what a reader of a seizure should know."""
    said = list(proceeds.remarks(detail))
    tested, claimed = detail.get("drug_tested"), detail.get("drug")
    if tested and claimed and tested != claimed:
        said.append(
            f"Seized as {DRUGS[claimed].label.lower()}, and tested as"
            f" {DRUGS[tested].label.lower()}; figures go by the test."
        )
    return said


def _drug_class(detail: Detail) -> str | None:
    """Give the class that was chosen, or else that of the drug: as tested, or as claimed."""
    given: str | None = detail.get("drug_class")
    tested = detail.get("drug_tested")
    if tested and given in {None, "unknown"}:
        return DRUGS[tested].drug_class
    drug = detail.get("drug")
    return given or (DRUGS[drug].drug_class if drug else None)


def _grams(detail: Detail) -> decimal.Decimal | None:
    if detail.get("unit") in GRAMS:
        grams: decimal.Decimal = detail["quantity"] * GRAMS[detail["unit"]]
        return grams
    return detail.get("weight_g")


def _value(detail: Detail) -> tuple[decimal.Decimal | None, str | None]:
    """Give the principal valuation, or what the pounds themselves are worth, and how sure it is."""
    for valuation in detail["valuations"]:
        if valuation["principal"]:
            return valuation["value"], valuation["qualifier"]
    if detail.get("unit") == "GBP":
        return detail["quantity"], detail["qualifier"]
    return None, None
