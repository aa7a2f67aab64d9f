"""Premises that were closed: by whom, how, for how long, and whether they opened again."""

import datetime as dt
import re
import uuid

import marshmallow as ma
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model
from ops.results.fields import Code, Day, Named, Text, not_ahead
from ops.results.kinds.base import Detail, Facet, Key, Kind, Measure, Scoped
from ops.wording import LONDON, short_day, today

# Kept apart: a shop that was emptied is not one that a court closed.
CLOSURES = {
    "emptied_and_closed": "Emptied and closed",
    "landlord_action": "Closed by its landlord",
    "fire_service": "Closed or prohibited by the fire service",
    "closure_notice": "Closure notice",
    "closure_order": "Closure order",
    "licence_revoked": "Licence revoked",
    "licence_suspended": "Licence suspended",
    "voluntary": "Closed by its owner’s own choice",
    "other": "Closed in another way",
}
TRADES = {
    "counterfeit": "Counterfeit goods",
    "drugs": "Drugs",
    "tobacco_vapes": "Illicit tobacco or vapes",
    "food_drink": "Food or drink",
    "alcohol": "Alcohol",
    "phones": "Phones and repairs",
    "hair_beauty": "Hair, nails or beauty",
    "vehicles": "Car wash, sales or repairs",
    "sexual_services": "Sexual services",
    "money": "Money transfer or exchange",
    "storage": "Storage or warehouse",
    "accommodation": "Hotel or letting",
    "dwelling": "A dwelling",
    "other": "Another trade",
}
AUTHORITIES = {
    "police": "Police",
    "council": "Council",
    "court": "Court",
    "fire_service": "Fire and rescue service",
    "trading_standards": "Trading Standards",
    "licensing": "Licensing committee",
    "landlord": "Landlord",
    "owner": "The owner or tenant",
    "other": "Somebody else",
}
REOPENED = {"yes": "Reopened", "no": "Not reopened"}
_UPRN = re.compile(r"\d{1,12}")


class PremisesClosure(Scoped, Model):
    """The closure of one premises.

    `premises_key` is the same for the same premises however they were written.
    """

    __tablename__ = "premises_closure"
    __table_args__ = (
        sa.CheckConstraint("closed_until >= closed_on", name="ends_after_it_starts"),
        sa.CheckConstraint("reopened_on >= closed_on", name="reopened_after_it_closed"),
    )

    result_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    closure: Mapped[str]
    premises_name: Mapped[str | None]
    address: Mapped[str | None]
    uprn: Mapped[str | None]
    premises_key: Mapped[str | None] = mapped_column(index=True, info={"wire": False})
    trade: Mapped[str | None]
    authority: Mapped[str | None]
    order_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("court_order.result_id"), index=True
    )
    closed_on: Mapped[dt.date]
    closed_until: Mapped[dt.date | None]
    reopened_on: Mapped[dt.date | None]


class PremisesClosureSchema(ma.Schema):
    """Premises that were closed; `order` is the id of a closure order's own record"""

    closure = Code(CLOSURES, required=True)
    premises_name = Text(allow_none=True)
    address = Text(300, allow_none=True)
    uprn = Text(12, allow_none=True)
    trade = Code(TRADES, allow_none=True)
    authority = Code(AUTHORITIES, allow_none=True)
    order = Named("court_order", allow_none=True)
    closed_on = Day(validate=not_ahead)
    closed_until = Day(allow_none=True)
    reopened_on = Day(allow_none=True, validate=not_ahead)

    @ma.validates_schema(skip_on_field_errors=True)
    def _agrees(self, detail: Detail, **_kwargs: object) -> None:
        if (uprn := detail.get("uprn")) and not _UPRN.fullmatch(uprn):
            raise ma.ValidationError("A UPRN is up to 12 digits.", "uprn")
        if closed := detail.get("closed_on"):
            if detail.get("closed_until") and detail["closed_until"] < closed:
                raise ma.ValidationError("A closure can't end before it starts.", "closed_until")
            if detail.get("reopened_on") and detail["reopened_on"] < closed:
                raise ma.ValidationError("They can't reopen before they closed.", "reopened_on")


def premises_key(uprn: str | None, *said: str | None) -> str | None:
    """Tell premises by their UPRN, or by the first of what is said of them, written one way."""
    if uprn:
        return f"uprn {int(uprn)}"
    for text in said:
        if text and (words := re.findall(r"\w+", re.sub("['’]", "", text.casefold()))):
            return " ".join(words)
    return None


def complete(detail: Detail, occurred_at: dt.datetime) -> Detail:
    """Date a closure by its record where nothing else is said, and tell which premises."""
    key = premises_key(detail.get("uprn"), detail.get("address"), detail.get("premises_name"))
    closed = occurred_at.astimezone(LONDON).date()
    return {"closed_on": closed} | detail | {"premises_key": key}


def missing_to_confirm(detail: Detail) -> str | None:
    """Say what a closure needs before it stands as checked."""
    if detail["premises_key"] is None:
        return "Say which premises were closed: give a name, an address or a UPRN."
    return None


def remarks(detail: Detail, on: dt.date | None = None) -> list[str]:
    """Say that premises opened again, or ask whether they did."""
    if reopened := detail.get("reopened_on"):
        return [f"The premises reopened on {short_day(reopened)}."]
    until = detail.get("closed_until")
    if until and until < (on or today()):
        return [f"The closure ended on {short_day(until)}; say whether the premises reopened."]
    return []


KINDS = (
    Kind(
        name="premises_closure",
        label="Premises closed",
        model=PremisesClosure,
        schema=PremisesClosureSchema(),
        facets={
            "closure": Facet("How it was closed", PremisesClosure.closure, CLOSURES),
            "trade": Facet("Trade", PremisesClosure.trade, TRADES),
            "authority": Facet("Authority", PremisesClosure.authority, AUTHORITIES),
            "reopened": Facet(
                "Reopened",
                sa.case((PremisesClosure.reopened_on.is_not(None), "yes"), else_="no"),
                REOPENED,
            ),
        },
        keys={"premises": Key("Premises", PremisesClosure.premises_key)},
        measures=(
            Measure("premises_closed", "Premises closed", "pursue", distinct="premises"),
            Measure("closures_of_premises", "Closures of premises", "pursue"),
            Measure(
                "closure_orders_on_premises",
                "Premises closed by order",
                "protect",
                where={"closure": ("closure_order",)},
            ),
        ),
        complete=complete,
        missing_to_confirm=missing_to_confirm,
        remarks=remarks,
        afterwards={"reopened_on"},
    ),
)
