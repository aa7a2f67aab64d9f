"""Before and after in Operation Vulcan, on monthly counts that are invented from end to end."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from decimal import Decimal

from ops.db import Model
from ops.demo.identity import id_of
from ops.demo.people import email_of
from ops.demo.programme import VULCAN
from ops.evaluation.models import Comparison, CountFile, MonthlyCount
from ops.evaluation.schemas import SIDE
from ops.outcomes.models import ReportedFigure

SOURCE = "Invented counts, for demonstration"
PUBLISHER = "Nobody: made up for the demonstration"
OBTAINED_ON = dt.date(2025, 10, 1)
FIRST, MONTHS = dt.date(2022, 9, 1), 24
THEFT, ROBBERY = "Theft from the person", "Robbery"
TARGET, AROUND = "Piccadilly Gardens", "Streets around the gardens (invented)"
ALIKE = ("Comparable centre A (invented)", "Comparable centre B (invented)")
# What an area has of each category in a common month of the first year and of the second.
LEVELS = {
    TARGET: ((64, 49), (14, 11)),
    ALIKE[0]: ((52, 51), (11, 11)),
    ALIKE[1]: ((45, 43), (9, 9)),
    AROUND: ((30, 32), (6, 6)),
}
# More before Christmas and in summer; and no two months alike.
SEASON = (0, 1, 3, 5, -3, -3, -1, 0, 1, 2, 3, 2)
WOBBLE = (3, -4, 1, 5, -2, -5, 4, 0, -3, 2, 6, -1, -4, 3)
# A month that nobody counted, as happens.
LEFT_OUT = (AROUND, dt.date(2024, 3, 1))
SURVEY = "Invented survey of people at work in the gardens, for demonstration"


def everything() -> Iterator[Model]:
    """Give the file, its counts, the comparison, and a survey before and after."""
    operation, lead = id_of("operation", VULCAN), id_of("person", email_of("lead"))
    rows = list(_rows())
    text = "area,category,month,count\n" + "".join(
        f"{area},{category},{month:%Y-%m},{count}\n" for area, category, month, count in rows
    )
    file = id_of("count file", VULCAN)
    yield CountFile(
        id=file,
        operation_id=operation,
        source=SOURCE,
        publisher=PUBLISHER,
        obtained_on=OBTAINED_ON,
        file_name="invented-counts.csv",
        sha256=hashlib.sha256(text.encode()).digest(),
        version=1,
        rows_read=len(rows),
        rows_added=len(rows),
        rows_changed=0,
        rows_there=0,
        imported_by=lead,
    )
    for area, category, month, count in rows:
        yield MonthlyCount(
            id=id_of("monthly count", area, category, month),
            operation_id=operation,
            file_id=file,
            source=SOURCE,
            area=area,
            category=category,
            month=month,
            count=count,
        )
    yield Comparison(
        id=id_of("comparison", VULCAN),
        operation_id=operation,
        name="Theft and robbery in Piccadilly Gardens (invented counts)",
        source=SOURCE,
        categories=[THEFT, ROBBERY],
        target_area=TARGET,
        comparison_areas=list(ALIKE),
        displacement_area=AROUND,
        baseline_from=FIRST,
        baseline_to=dt.date(2023, 8, 1),
        periods=[{"label": "First year", "from": "2023-09", "to": "2024-08"}],
        created_by=lead,
    )
    for side, value, on in (
        ("before", "41", dt.date(2023, 8, 31)),
        ("after", "52", dt.date(2024, 8, 31)),
    ):
        yield ReportedFigure(
            id=id_of("reported figure", SURVEY, side),
            measure="feels_safe_after_dark",
            label="Feels safe after dark",
            value=Decimal(value),
            unit="percent",
            qualifier="exact",
            facets={SIDE: side},
            as_at=on,
            source=SURVEY,
            operation_id=operation,
        )


def _rows() -> Iterator[tuple[str, str, dt.date, int]]:
    for place, (area, levels) in enumerate(LEVELS.items()):
        for category, (before, after) in zip((THEFT, ROBBERY), levels, strict=True):
            for number in range(MONTHS):
                month = dt.date(2022 + (8 + number) // 12, (8 + number) % 12 + 1, 1)
                if (area, month) == LEFT_OUT:
                    continue
                level = before if number < 12 else after
                moved = SEASON[number % 12] + WOBBLE[(number * 3 + place * 5) % len(WOBBLE)]
                yield area, category, month, level + moved * level // 50
