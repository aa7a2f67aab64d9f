"""Search warrants: the power, its clock, each entry, and the return to court."""

import calendar
import dataclasses
import datetime as dt
import uuid

import marshmallow as ma
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model
from ops.fields import Moment
from ops.operations.deployment_codes import POWERS as LABELS
from ops.results.fields import Code, Codes, Day, Steps, Text, not_ahead
from ops.results.kinds.base import Detail, Facet, Kind, Measure, Scoped
from ops.wording import LONDON, short_day


@dataclasses.dataclass(frozen=True)
class Power:
    """A power to enter under a warrant, and how long the warrant lives."""

    label: str
    months: int = 0
    days: int = 0


# The period runs from the day of issue. Those marked [K] are general knowledge,
# not checked against the statute book: check before relying on a due date.
POWERS = {
    "pace_8": Power(LABELS["pace_8"], months=3),
    "mda_23": Power(LABELS["mda_23"], months=1),  # [K]
    "firearms_46": Power(LABELS["firearms_46"], months=3),  # [K]
    "theft_26": Power(LABELS["theft_26"], months=3),  # [K]
    "poca_352": Power(LABELS["poca_352"], months=1),  # [K]
    "psychoactive_39": Power(LABELS["psychoactive_39"], months=1),
    "serious_crime_52": Power(LABELS["serious_crime_52"], months=3),  # [K] by PACE s.16
    "trade_marks_92c": Power(LABELS["trade_marks_92c"], days=28),  # [K]
    "other": Power(LABELS["other"]),
}
PREMISES = {"specific": "Specific premises", "all": "All premises"}
ENTRIES = {"forced": "Forced", "opened": "Opened by somebody", "open": "Found open"}
OUTCOMES = {
    "sought_found": "What was sought was found",
    "other_found": "Other articles found",
    "nil": "Nothing found",
    "arrest": "Arrest",
    "safeguarding_concern": "Safeguarding concern",
    "damage": "Damage",
    "wrong_address": "Wrong address, or entered before",
    "abandoned": "Abandoned",
}


class Warrant(Scoped, Model):
    """A warrant; `expires_on` and `return_due` are worked out, never typed.

    `outcome_codes` are those of its entries, kept so that a total is one scan.
    """

    __tablename__ = "warrant"
    __table_args__ = (
        sa.Index(None, "return_due", postgresql_where=sa.text("returned_on is null")),
    )

    result_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    power: Mapped[str]
    granted_on: Mapped[dt.date | None]
    court: Mapped[str | None]
    reference: Mapped[str | None] = mapped_column(index=True)
    premises: Mapped[str]
    several_entries: Mapped[bool]
    executed: Mapped[bool]
    expires_on: Mapped[dt.date | None]
    return_due: Mapped[dt.date | None]
    returned_on: Mapped[dt.date | None]
    outcome_codes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()), info={"wire": False})


class WarrantEntry(Scoped, Model):
    """One time that the premises were entered."""

    __tablename__ = "warrant_entry"

    result_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("warrant.result_id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    entry: Mapped[str | None]
    nobody_present: Mapped[bool | None]
    outcomes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))


class EntrySchema(ma.Schema):
    """An entry under a warrant"""

    at = Moment(validate=not_ahead)
    entry = Code(ENTRIES, allow_none=True)
    nobody_present = ma.fields.Boolean(allow_none=True)
    outcomes = Codes(OUTCOMES)


class WarrantSchema(ma.Schema):
    """A warrant; without `entries`, an executed one was entered once, at `occurred_at`"""

    power = Code(POWERS, required=True)
    granted_on = Day(allow_none=True, validate=not_ahead)
    court = Text(allow_none=True)
    reference = Text(allow_none=True)
    premises = Code(PREMISES)
    several_entries = ma.fields.Boolean()
    executed = ma.fields.Boolean()
    entries = Steps(ma.fields.Nested(EntrySchema))
    entry = Code(ENTRIES, load_only=True)
    nobody_present = ma.fields.Boolean(load_only=True)
    outcomes = Codes(OUTCOMES, load_only=True)
    returned_on = Day(allow_none=True, validate=not_ahead)
    expires_on = ma.fields.Date(dump_only=True)
    return_due = ma.fields.Date(dump_only=True)

    @ma.validates_schema
    def _entries_agree(self, detail: Detail, **_kwargs: object) -> None:
        single = detail.keys() & {"entry", "nobody_present", "outcomes"}
        if detail.get("entries") and single:
            raise ma.ValidationError("Give this inside the entries.", min(single))
        if detail.get("executed") is False and (detail.get("entries") or single):
            raise ma.ValidationError(
                "A warrant that was entered is executed; leave the entries out, or say so.",
                "executed",
            )


def complete(detail: Detail, occurred_at: dt.datetime) -> Detail:
    """Make the one entry of a short log, and work out the warrant's dates."""
    defaults: Detail = {"premises": "specific", "several_entries": False, "executed": True}
    detail = defaults | detail
    single = {key: detail.pop(key, None) for key in ("entry", "nobody_present", "outcomes")}
    entries = detail.get("entries") or ([single] if detail["executed"] else [])
    detail["entries"] = [
        {
            "at": entry.get("at") or occurred_at,
            "entry": entry.get("entry"),
            "nobody_present": entry.get("nobody_present"),
            "outcomes": entry.get("outcomes") or [],
        }
        for entry in entries
    ]
    outcomes = {code for entry in detail["entries"] for code in entry["outcomes"]}
    detail["outcome_codes"] = sorted(outcomes)
    detail["expires_on"] = expires_on(detail["power"], detail.get("granted_on"))
    detail["return_due"] = _return_due(detail)
    return detail


def expires_on(power: str, granted_on: dt.date | None) -> dt.date | None:
    """Give the last day on which premises may be entered under a warrant."""
    lives = POWERS[power]
    if granted_on is None or not (lives.months or lives.days):
        return None
    years, month = divmod(granted_on.month - 1 + lives.months, 12)
    year = granted_on.year + years
    day = min(granted_on.day, calendar.monthrange(year, month + 1)[1])
    return dt.date(year, month + 1, day) + dt.timedelta(days=lives.days)


def _return_due(detail: Detail) -> dt.date | None:
    """Give the day a warrant goes back to court: once executed, or else when it expires.

    One for all premises, or for several entries, goes back when it expires (PACE s.16(10)).
    """
    lasts = detail["premises"] == "all" or detail["several_entries"]
    if detail["entries"] and not lasts:
        return max(entry["at"] for entry in detail["entries"]).astimezone(LONDON).date()
    expiry: dt.date | None = detail["expires_on"]
    return expiry


def without_a_clock(granted_on: dt.date | None, return_due: dt.date | None) -> str | None:
    """Say why no clock can run for a warrant, or what it leaves open."""
    if granted_on is None and return_due is None:
        return "Without the day it was granted no clock can run: add it."
    if granted_on is None:
        return "Without the day it was granted nobody can tell whether it was still in force."
    if return_due is None:
        return "How long a warrant under this power lasts is not known here: no clock can run."
    return None


def remarks(detail: Detail) -> list[str]:
    """Say where premises were entered outside the warrant's days."""
    said = []
    for entry in detail["entries"]:
        on = entry["at"].astimezone(LONDON).date()
        if detail["expires_on"] and on > detail["expires_on"]:
            said.append(
                f"The warrant expired on {short_day(detail['expires_on'])}, before the entry on "
                f"{short_day(on)}; ask the person in charge of the case."
            )
        if detail.get("granted_on") and on < detail["granted_on"]:
            said.append(
                f"The warrant was granted on {short_day(detail['granted_on'])}, after the entry "
                f"on {short_day(on)}; check both dates."
            )
    return said


KINDS = (
    Kind(
        name="warrant",
        label="Warrant",
        model=Warrant,
        schema=WarrantSchema(),
        children={"entries": WarrantEntry},
        facets={
            "power": Facet(
                "Power", Warrant.power, {code: power.label for code, power in POWERS.items()}
            ),
            "premises": Facet("Premises", Warrant.premises, PREMISES),
            "executed": Facet(
                "Executed",
                sa.case((Warrant.executed, "yes"), else_="no"),
                {"yes": "Executed", "no": "Not executed"},
            ),
            "outcome": Facet("Outcome", Warrant.outcome_codes, OUTCOMES, is_many=True),
        },
        measures=(
            Measure(
                "warrants_executed", "Warrants executed", "pursue", where={"executed": ("yes",)}
            ),
        ),
        complete=complete,
        remarks=remarks,
        afterwards={"returned_on"},
    ),
)
