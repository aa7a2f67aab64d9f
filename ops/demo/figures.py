"""What the panel report of 20 November 2023 says, as reported figures and targets."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from ops.db import Model
from ops.demo.identity import id_of
from ops.outcomes.models import ReportedFigure, Target

SOURCE = "Greater Manchester Police, Fire and Crime Panel, report of 20 November 2023"
AS_AT = dt.date(2023, 11, 20)
YEAR_2022 = (dt.date(2022, 4, 1), dt.date(2023, 3, 31))
YEAR_2023 = (dt.date(2023, 4, 1), dt.date(2024, 3, 31))
CALENDAR_2023 = (dt.date(2023, 1, 1), dt.date(2023, 12, 31))
# The report gives these no period of their own.
UNDATED = (None, None)


@dataclasses.dataclass(frozen=True)
class Figure:
    """One figure of the report, in its own words."""

    measure: str
    label: str
    value: str
    four_p: str
    period: tuple[dt.date | None, dt.date | None]
    unit: str = "count"
    qualifier: str = "exact"
    operation: str | None = None
    note: str | None = None


# "115 of 120 by the end of March 2024 (96%)" is a figure and a target: the share is derived.
FIGURES = (
    Figure("lines_closed", "Lines closed, financial year 2022/23", "85", "pursue", YEAR_2022,
           note="Target exceeded; the report does not say what the target was."),
    Figure("lines_closed", "Lines closed, financial year 2023/24", "115", "pursue", YEAR_2023),
    Figure("warrants_executed", "Warrants executed in two weeks of action", "33", "pursue",
           CALENDAR_2023, note="The force's own releases cannot be matched with this figure."),
    Figure("arrests", "Arrests in two weeks of action", "39", "pursue", CALENDAR_2023,
           note="The force's own releases say 43 in February and March and 39 in October 2023."),
    Figure("lines_closed", "Lines closed in two weeks of action", "13", "pursue", CALENDAR_2023),
    Figure("sessions_delivered", "School sessions, Years 5 and 6", "98", "prevent", UNDATED,
           operation="PREVENT"),
    Figure("people_reached", "Pupils at school sessions, Years 5 and 6", "4500", "prevent",
           UNDATED, qualifier="more_than", operation="PREVENT"),
    Figure("sessions_delivered", "Modern slavery awareness sessions", "40", "prepare",
           CALENDAR_2023, qualifier="more_than", operation="PREVENT"),
    Figure("people_trained", "People at modern slavery awareness sessions", "1600", "prepare",
           CALENDAR_2023, qualifier="more_than", operation="PREVENT"),
    Figure("people_trained", "Of them general practitioners", "390", "prepare", CALENDAR_2023,
           operation="PREVENT"),
    Figure("people_reached", "At-risk engagement", "51", "prevent", UNDATED, operation="PREVENT"),
    Figure("people_reached", "Focused deterrence, ages 14 to 25, potential participants", "250",
           "prevent", UNDATED, qualifier="almost", operation="PREVENT"),
    Figure("temporary_firearms_licences", "Temporary firearms licences, before", "570", "protect",
           UNDATED),
    Figure("temporary_firearms_licences", "Temporary firearms licences, now", "0", "protect",
           UNDATED),
    Figure("treatment_continuity", "Drug treatment continued after release", "64", "prevent",
           UNDATED, unit="percent"),
)  # fmt: skip


def everything() -> Iterator[Model]:
    """Give the reported figures, and the target for line closures in 2023/24."""
    for position, figure in enumerate(FIGURES):
        starts_on, ends_on = figure.period
        yield ReportedFigure(
            id=id_of("reported figure", position),
            measure=figure.measure,
            label=figure.label,
            value=Decimal(figure.value),
            unit=figure.unit,
            qualifier=figure.qualifier,
            four_p=figure.four_p,
            starts_on=starts_on,
            ends_on=ends_on,
            as_at=AS_AT,
            source=SOURCE,
            note=figure.note,
            organisation_id=id_of("organisation", "GMP"),
            operation_id=figure.operation and id_of("operation", figure.operation),
        )
    yield Target(
        id=id_of("target", "lines_closed", "2023/24"),
        measure="lines_closed",
        starts_on=YEAR_2023[0],
        ends_on=YEAR_2023[1],
        organisation_id=id_of("organisation", "GMP"),
        value=Decimal(120),
    )
