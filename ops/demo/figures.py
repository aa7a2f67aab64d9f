"""What the panel report of 20 November 2023 says, as reported figures and targets."""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal

from ops.db import Model
from ops.demo.identity import id_of
from ops.demo.people import email_of
from ops.demo.programme import AUTUMN, SPRING
from ops.outcomes.models import ReportedFigure, Target
from ops.outcomes.reconciliation_models import FigureReason

SOURCE = "Greater Manchester Police, Fire and Crime Panel, report of 20 November 2023"
AS_AT = dt.date(2023, 11, 20)
YEAR_2022 = (dt.date(2022, 4, 1), dt.date(2023, 3, 31))
YEAR_2023 = (dt.date(2023, 4, 1), dt.date(2024, 3, 31))
CALENDAR_2023 = (dt.date(2023, 1, 1), dt.date(2023, 12, 31))
IN_SPRING = (dt.date(2023, 2, 27), dt.date(2023, 3, 5))
IN_AUTUMN = (dt.date(2023, 10, 9), dt.date(2023, 10, 15))
# The force's own releases, which the report can't be matched with.
SPRING_RELEASE = "Greater Manchester Police, release on the week of action of spring 2023"
AUTUMN_RELEASE = "Greater Manchester Police, release on the week of action of October 2023"
# Part of a year's work: that of its weeks of action.
WEEKS = {"operation_kind": "week_of_action"}
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
    # Which part of the measure it is; none: the whole.
    facets: Mapping[str, str] = dataclasses.field(default_factory=dict)
    source: str = SOURCE
    as_at: dt.date = AS_AT


# "115 of 120 by the end of March 2024 (96%)" is a figure and a target: the share is derived.
FIGURES = (
    Figure(
        "lines_closed",
        "Lines closed, financial year 2022/23",
        "85",
        "pursue",
        YEAR_2022,
        note="Target exceeded; the report does not say what the target was.",
    ),
    Figure("lines_closed", "Lines closed, financial year 2023/24", "115", "pursue", YEAR_2023),
    Figure(
        "warrants_executed",
        "Warrants executed in two weeks of action",
        "33",
        "pursue",
        CALENDAR_2023,
        facets=WEEKS,
        note="The force's own releases cannot be matched with this figure.",
    ),
    Figure(
        "arrests",
        "Arrests in two weeks of action",
        "39",
        "pursue",
        CALENDAR_2023,
        facets=WEEKS,
        note="The force's own releases say 43 in February and March and 39 in October 2023.",
    ),
    Figure(
        "lines_closed",
        "Lines closed in two weeks of action",
        "13",
        "pursue",
        CALENDAR_2023,
        facets=WEEKS,
    ),
    Figure(
        "sessions_delivered",
        "School sessions, Years 5 and 6",
        "98",
        "prevent",
        UNDATED,
        operation="PREVENT",
        facets={"audience": "years_5_and_6"},
    ),
    Figure(
        "people_reached",
        "Pupils at school sessions, Years 5 and 6",
        "4500",
        "prevent",
        UNDATED,
        qualifier="more_than",
        operation="PREVENT",
        facets={"audience": "years_5_and_6"},
    ),
    Figure(
        "sessions_delivered",
        "Modern slavery awareness sessions",
        "40",
        "prepare",
        CALENDAR_2023,
        qualifier="more_than",
        operation="PREVENT",
    ),
    Figure(
        "people_trained",
        "People at modern slavery awareness sessions",
        "1600",
        "prepare",
        CALENDAR_2023,
        qualifier="more_than",
        operation="PREVENT",
    ),
    Figure(
        "people_trained",
        "Of them general practitioners",
        "390",
        "prepare",
        CALENDAR_2023,
        operation="PREVENT",
        facets={"audience": "general_practitioners"},
    ),
    Figure(
        "people_reached",
        "At-risk engagement",
        "51",
        "prevent",
        UNDATED,
        operation="PREVENT",
        facets={"audience": "at_risk"},
    ),
    Figure(
        "people_reached",
        "Focused deterrence, ages 14 to 25, potential participants",
        "250",
        "prevent",
        UNDATED,
        qualifier="almost",
        operation="PREVENT",
        facets={"audience": "ages_14_to_25"},
    ),
    Figure(
        "temporary_firearms_licences",
        "Temporary firearms licences, before",
        "570",
        "protect",
        UNDATED,
        facets={"when": "before"},
    ),
    Figure(
        "temporary_firearms_licences",
        "Temporary firearms licences, now",
        "0",
        "protect",
        UNDATED,
        facets={"when": "now"},
    ),
    Figure(
        "treatment_continuity",
        "Drug treatment continued after release",
        "64",
        "prevent",
        UNDATED,
        unit="percent",
    ),
    Figure(
        "arrests",
        "Arrests in the week of action",
        "43",
        "pursue",
        IN_SPRING,
        operation=SPRING,
        source=SPRING_RELEASE,
        as_at=IN_SPRING[1],
    ),
    Figure(
        "arrests",
        "Arrests in the week of action",
        "39",
        "pursue",
        IN_AUTUMN,
        operation=AUTUMN,
        source=AUTUMN_RELEASE,
        as_at=IN_AUTUMN[1],
    ),
)
# What is said of the two releases, in the demonstration.
REASONS = {
    SPRING_RELEASE: (
        "not_recorded_here",
        "The demonstration’s records add up to what the panel report says of both weeks.",
    ),
    AUTUMN_RELEASE: (
        "under_enquiry",
        "The panel report has 39 for both weeks, this release 39 for one of them.",
    ),
}


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
            as_at=figure.as_at,
            source=figure.source,
            note=figure.note,
            facets=dict(figure.facets),
            organisation_id=id_of("organisation", "GMP"),
            operation_id=figure.operation and id_of("operation", figure.operation),
        )
        if figure.source in REASONS:
            code, note = REASONS[figure.source]
            yield FigureReason(
                id=id_of("figure reason", position),
                figure_id=id_of("reported figure", position),
                code=code,
                note=note,
                operation_id=figure.operation and id_of("operation", figure.operation),
                organisation_id=id_of("organisation", "GMP"),
                made_by=id_of("person", email_of("analyst")),
            )
    yield Target(
        id=id_of("target", "lines_closed", "2023/24"),
        measure="lines_closed",
        starts_on=YEAR_2023[0],
        ends_on=YEAR_2023[1],
        organisation_id=id_of("organisation", "GMP"),
        value=Decimal(120),
    )
