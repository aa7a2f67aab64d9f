"""What may become of a report, what a period is set against, and how a change is said."""

import datetime as dt
import decimal
import uuid
from collections.abc import Collection, Iterable, Sequence

from ops import wording
from ops.errors import Invalid, Refused
from ops.operations.models import MARKINGS
from ops.reports.models import Report, ReportNote

Period = tuple[dt.date, dt.date]
# A share of fewer than these says more than it knows.
LEAST_FOR_SHARE = 20
# Beyond a century nothing is recorded, and calendars end.
_LONGEST = dt.timedelta(days=36_525)
_NEXT_DAY = dt.timedelta(days=1)


def check_period(starts_on: dt.date, ends_on: dt.date) -> None:
    """Refuse a period that ends before it starts, or that nobody could have meant."""
    if ends_on < starts_on:
        said = "The last day is before the first; give them in order."
        raise Invalid(said, {"ends_on": [said]})
    if ends_on - starts_on > _LONGEST:
        said = "This is more than a hundred years; check both days."
        raise Invalid(said, {"ends_on": [said]})


def set_against(starts_on: dt.date, ends_on: dt.date, against: str) -> Period | None:
    """Give the period that another is set against.

    Whole months have as many whole months before them, so that one financial year has the
    other; any other period has as many days.
    """
    if against == "nothing":
        return None
    if against == "year_before":
        return _years_before(starts_on, 1), _years_before(ends_on, 1)
    last = starts_on - _NEXT_DAY
    if starts_on.day == 1 and (ends_on + _NEXT_DAY).day == 1:
        months = (ends_on.year - starts_on.year) * 12 + ends_on.month - starts_on.month + 1
        year, month = divmod(starts_on.year * 12 + starts_on.month - 1 - months, 12)
        return dt.date(year, month + 1, 1), last
    return last - (ends_on - starts_on), last


def check_written(report: Report) -> None:
    """Refuse to change what was issued."""
    if report.state != "draft":
        raise Refused("This report is issued, so it stays as it is; begin a new issue of it.")


def check_marking(marking: str, notes: Iterable[ReportNote]) -> None:
    """Refuse a marking below that of a case note: the highest of its contents holds."""
    for note in notes:
        if note.struck_at is None and MARKINGS.index(marking) < MARKINGS.index(note.marking):
            said = (
                f"The case note “{note.title}” is {note.marking}, so the report can't be"
                f" {marking}. Mark the report higher, or strike the note."
            )
            raise Invalid(said, {"marking": [said]})


def check_note_of(operation: uuid.UUID, chosen: Collection[uuid.UUID]) -> None:
    """Refuse a case of an operation that the report does not tell of."""
    if operation not in chosen:
        said = "This report does not tell of that operation; choose one of its own."
        raise Invalid(said, {"operation": [said]})


def check_covert(
    chosen: Collection[uuid.UUID], covert: Collection[uuid.UUID], before: Collection[uuid.UUID]
) -> None:
    """Refuse a report that would vanish for some of its readers, or that mixes what would.

    `before` is what was covert of what was chosen before.
    """
    if set(covert) != set(before) or (covert and set(covert) != set(chosen)):
        said = "A covert operation has a report of its own, from its first draft on."
        raise Invalid(said, {"operations": [said]})


def check_unstruck(note: ReportNote) -> None:
    """Refuse to change what was struck."""
    if note.struck_at is not None:
        raise Refused("This case note is struck, so it stays as it is; write another.")


def check_order(sent: Sequence[uuid.UUID], there: Collection[uuid.UUID]) -> None:
    """Refuse an order that leaves a note out, or names one twice or one of another report."""
    if len(sent) != len(there) or set(sent) != set(there):
        said = "Name each case note of this report once, in the order in which they should stand."
        raise Invalid(said, {"notes": [said]})


def check_issue(report: Report, by: uuid.UUID) -> None:
    """Refuse to issue twice, by whoever wrote it, or without what a reader needs first."""
    if report.state != "draft":
        raise Refused("This report is issued already.")
    if by in {report.made_by, report.changed_by}:
        raise Refused("Whoever wrote a report can't issue it; somebody else must.")
    if not report.summary:
        raise Refused("Nothing is written in the summary yet; write what the panel should know.")
    if report.number > 1 and not report.changes:
        raise Refused("Say what changed since the issue before; a reader of that one must know.")


def check_withdrawal(report: Report) -> None:
    """Refuse to withdraw what nobody was given, or twice."""
    if report.state == "draft":
        raise Refused("A draft was never issued, so there is nothing to withdraw.")
    if report.state == "withdrawn":
        raise Refused("This report is withdrawn already.")


def check_next(report: Report) -> None:
    """Refuse to follow what is not issued yet."""
    if report.state == "draft":
        raise Refused("This is a draft; change it as it is. A new issue follows one that is out.")


def change(now: decimal.Decimal, before: decimal.Decimal, unit: str) -> str:
    """Say how a figure moved: up 6 (18%)."""
    difference = now - before
    if not difference:
        return "No change"
    way = "Up" if difference > 0 else "Down"
    if unit in {"%", "percent"}:
        points = wording.number(abs(difference))
        return f"{way} {points} point{'' if abs(difference) == 1 else 's'}"
    share = f" ({whole_percent(abs(difference) / before)})" if before >= LEAST_FOR_SHARE else ""
    return f"{way} {wording.quantity(abs(difference), unit)}{share}"


def whole_percent(fraction: decimal.Decimal) -> str:
    """Write a fraction as a whole percentage, as a paper does; what is not all is never 100%."""
    percent = (fraction * 100).quantize(decimal.Decimal(1), decimal.ROUND_HALF_UP)
    if fraction < 1 and percent == 100:
        return "over 99%"
    if fraction > 0 and percent == 0:
        return "under 1%"
    return f"{percent:,f}%"


def _years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
