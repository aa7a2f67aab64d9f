"""The update to the panel of 20 November 2023, a draft that the demonstration's lead may issue."""

import datetime as dt
from collections.abc import Iterator

from ops.db import Model
from ops.demo.figures import AS_AT, YEAR_2022
from ops.demo.identity import id_of
from ops.demo.people import email_of
from ops.demo.programme import AUTUMN, GATEHOUSE, ORDERS, SPRING, VULCAN
from ops.reports.models import Report, ReportNote
from ops.wording import first_moment

REPORT = id_of("report", "panel")
OPERATIONS = (
    "COUNTY-LINES",
    SPRING,
    AUTUMN,
    GATEHOUSE,
    VULCAN,
    "RUNNER",
    ORDERS,
    "PREVENT",
)
SUMMARY = """\
Two focused weeks of action in 2023 brought 33 warrants, 39 arrests and 13 lines closed. Over the \
financial year so far 115 lines are closed, of a target of 120 by the end of March 2024.

Operation Gatehouse has searched prisons with their staff since April 2023. Operation Vulcan moved \
on from Cheetham Hill to Piccadilly Gardens.

Figures of the weeks of action come from demonstration records. What the paper of 20 November 2023 \
says stands beside them as reported."""
# A case that the programme's own talks tell, and one that is invented.
CASES = (
    (
        ORDERS,
        "An order breached in another force’s area",
        (
            "A man under a slavery and trafficking prevention order of ten years hired a car and"
            " held a phone, both against its conditions, in the area of another force. He was"
            " found, charged with the breach, and sentenced to six years."
        ),
    ),
    (
        SPRING,
        "A home given back",
        (
            "Officers who came for a deal line found a tenant whose home had been taken over."
            " The council changed the locks the same day, and a support worker still visits."
        ),
    ),
)


def everything() -> Iterator[Model]:
    """Give the draft with its cases, written by the analyst."""
    written_at = first_moment(AS_AT) + dt.timedelta(hours=9)
    by = {
        "made_by": id_of("person", email_of("analyst")),
        "made_at": written_at,
        "changed_by": id_of("person", email_of("analyst")),
        "changed_at": written_at,
        "marking": "OFFICIAL-SENSITIVE",
    }
    yield Report(
        id=REPORT,
        series_id=REPORT,
        number=1,
        organisation_id=id_of("organisation", "GMP"),
        title="Programme Challenger: update for the Police, Fire and Crime Panel",
        summary=SUMMARY,
        operations=sorted(id_of("operation", each) for each in OPERATIONS),
        starts_on=YEAR_2022[0],
        ends_on=AS_AT,
        against="before",
        is_of_organisation=True,
        chart_measure="arrests",
        map_measure="warrants_executed",
        state="draft",
        **by,
    )
    for position, (operation, title, text) in enumerate(CASES, 1):
        yield ReportNote(
            id=id_of("report note", title),
            report_id=REPORT,
            operation_id=id_of("operation", operation),
            position=position,
            title=title,
            text=text,
            **by,
        )
