"""The operations of the programme: weeks of action, Gatehouse, Vulcan and the rest."""

import datetime as dt
from collections.abc import Iterator

from geoalchemy2.shape import from_shape
from shapely.geometry import MultiPolygon, Point
from sqlalchemy.dialects.postgresql import Range

from ops.db import Model
from ops.demo import places
from ops.demo.identity import id_of
from ops.demo.people import OFFICERS, email_of, officer_email
from ops.fields import first_moment
from ops.geo.models import Area
from ops.operations.models import Assignment, Deployment, Operation, Phase, Team, TeamMember

SPRING = "WOA-SPRING23"
AUTUMN = "WOA-AUTUMN23"
GATEHOUSE = "GATEHOUSE"
MAGPIE = "MAGPIE"
VULCAN = "VULCAN"
ORDERS = "ORDERS"
PRACTICE = "WOA-PRACTICE"
WEEK = dt.timedelta(days=7)
TEAMS = ("Team North", "Team South")


def day(text: str) -> dt.datetime:
    """Give the start of a day in Europe/London."""
    return first_moment(dt.date.fromisoformat(text))


def everything(today: dt.date) -> Iterator[Model]:
    """Give the whole plan, each thing after what it refers to."""
    yield from operations(today)
    yield from areas()
    yield from phases()
    yield from teams()
    yield from deployments(today)


def operations(today: dt.date) -> Iterator[Operation]:
    """Give the operations, parents and predecessors first."""
    yield operation(
        "COUNTY-LINES",
        "County lines programme",
        "place_based",
        "2022-04-01",
        None,
        theme="county_lines",
        aim="Close the lines, bring those who run them to justice, safeguard those they exploit.",
    )
    for reference, name, start in (
        (SPRING, "County lines week of action, spring 2023", "2023-02-27"),
        (AUTUMN, "County lines week of action, autumn 2023", "2023-10-09"),
    ):
        yield operation(
            reference,
            name,
            "week_of_action",
            start,
            day(start) + WEEK,
            theme="county_lines",
            status="closed",
            parent="COUNTY-LINES",
            aim="Demonstration records. Together the two weeks of 2023 add up to what the panel"
            " report of 20 November 2023 says of them; which force release each came from is not"
            " known.",
        )
    monday = today - dt.timedelta(days=today.weekday())
    yield operation(
        PRACTICE,
        "Practice week of action",
        "week_of_action",
        monday.isoformat(),
        first_moment(monday + dt.timedelta(days=14)),
        theme="county_lines",
        parent="COUNTY-LINES",
        aim="A live operation to try things on: draw, deploy and log as you like.",
    )
    yield operation(
        GATEHOUSE,
        "Operation Gatehouse",
        "prison_search",
        "2023-04-01",
        day("2027-04-01"),
        theme="drugs",
        aim="Regular deployments at prisons: searches, help for prison staff with seizures and"
        " training to recognise exploitation.",
    )
    yield operation(
        MAGPIE,
        "Operation Magpie",
        "place_based",
        "2021-01-01",
        day("2022-11-02"),
        theme="drugs",
        status="closed",
        aim="Counterfeit trade and serious crime in Cheetham Hill; continued as Operation Vulcan."
        " Its period here is for demonstration.",
    )
    yield operation(
        VULCAN,
        "Operation Vulcan",
        "place_based",
        "2022-11-02",
        None,
        theme="drugs",
        predecessor=MAGPIE,
        aim="Clear, hold and build: Cheetham Hill and Strangeways, then Piccadilly Gardens and"
        " Derker.",
    )
    yield operation(
        "RUNNER",
        "Operation Runner",
        "place_based",
        "2022-04-01",
        None,
        theme="modern_slavery",
        aim="Find those likely to be criminally exploited early, and safeguard them.",
    )
    yield operation(
        ORDERS,
        "Offender management",
        "place_based",
        "2022-04-01",
        None,
        theme="modern_slavery",
        aim="Orders through the sentence and after it: conditions watched, breaches acted on.",
    )
    yield operation(
        "PREVENT",
        "Prevent programmes",
        "place_based",
        "2022-04-01",
        None,
        theme="homicide_prevention",
        aim="School sessions, training for practitioners, campaigns, mentoring, community funds.",
    )


def areas() -> Iterator[Area]:
    """Give Vulcan's three areas, and an area for each week of action and for Gatehouse."""
    yield area(VULCAN, "Cheetham Hill and Strangeways", places.CHEETHAM_HILL, "2022-11-02")
    yield area(VULCAN, "Piccadilly Gardens", places.PICCADILLY_GARDENS, "2023-09-01")
    yield area(VULCAN, "Derker", places.DERKER, "2025-03-01")
    yield area(MAGPIE, "Cheetham Hill", places.CHEETHAM_HILL, "2021-01-01")
    for reference in (SPRING, AUTUMN, PRACTICE):
        yield area(reference, "Cheetham Hill and Strangeways", places.CHEETHAM_HILL)
        yield area(reference, "Piccadilly Gardens", places.PICCADILLY_GARDENS)
        yield area(reference, "Derker", places.DERKER)


def phases() -> Iterator[Phase]:
    """Give the phases of the place-based operations that have them."""
    for reference, kind, start, end in (
        (MAGPIE, "clear", "2021-01-01", "2022-11-02"),
        (VULCAN, "clear", "2022-11-02", "2023-11-02"),
        (VULCAN, "hold", "2023-06-01", "2024-11-02"),
        (VULCAN, "build", "2024-01-01", None),
        ("COUNTY-LINES", "hold", "2022-04-01", None),
        ("RUNNER", "build", "2022-04-01", None),
        (ORDERS, "hold", "2022-04-01", None),
        ("PREVENT", "build", "2022-04-01", None),
    ):
        yield Phase(
            id=id_of("phase", reference, kind, start),
            operation_id=id_of("operation", reference),
            kind=kind,
            starts_at=day(start),
            ends_at=end and day(end),
        )


def teams() -> Iterator[Model]:
    """Give two teams to the practice week and to Gatehouse, half of the officers on each."""
    for reference in (PRACTICE, GATEHOUSE):
        for number, name in enumerate(TEAMS):
            team = id_of("team", reference, name)
            yield Team(id=team, operation_id=id_of("operation", reference), name=name)
            for officer in OFFICERS[number::2]:
                yield TeamMember(team_id=team, person_id=id_of("person", officer_email(officer)))
    yield TeamMember(
        team_id=id_of("team", PRACTICE, TEAMS[0]),
        person_id=id_of("person", email_of("officer")),
    )


def deployments(today: dt.date) -> Iterator[Model]:
    """Give Gatehouse a visit a month since April 2023, and the practice week its days."""
    prisons = places.PRISONS[:4]
    for month in range(24):
        prison = prisons[month % len(prisons)]
        first = dt.date(2023 + (3 + month) // 12, (3 + month) % 12 + 1, 11)
        yield deployment(
            GATEHOUSE,
            f"{prison.name}, {first:%B %Y}",
            "prison_search" if month % 6 else "training",
            first,
            status="finished",
            site_id=id_of("site", prison.code),
        )
    for number in range(5):
        deployed = deployment(
            PRACTICE,
            f"Warrants, day {number + 1}",
            "warrant",
            today + dt.timedelta(days=number),
            status="planned" if number else "started",
            point=from_shape(Point(-2.2440 + number * 0.001, 53.4936), 4326),
        )
        yield deployed
        yield from _assigned(deployed)


def _assigned(deployment: Deployment) -> Iterator[Assignment]:
    team = id_of("team", PRACTICE, TEAMS[0])
    emails = [officer_email(name) for name in OFFICERS[0::2]] + [email_of("officer")]
    for email in emails:
        yield Assignment(
            id=id_of("assignment", deployment.id, email),
            deployment_id=deployment.id,
            during=deployment.during,
            person_id=id_of("person", email),
            team_id=team,
        )


def operation(
    reference: str,
    name: str,
    kind: str,
    start: str,
    end: dt.datetime | None,
    *,
    theme: str,
    aim: str,
    status: str = "live",
    parent: str | None = None,
    predecessor: str | None = None,
    visibility: str = "open",
) -> Operation:
    """Give an operation of the force, planned by its lead."""
    return Operation(
        id=id_of("operation", reference),
        reference=reference,
        name=name,
        kind=kind,
        theme=theme,
        aim=aim,
        status=status,
        starts_at=day(start),
        ends_at=end,
        parent_id=parent and id_of("operation", parent),
        predecessor_id=predecessor and id_of("operation", predecessor),
        organisation_id=id_of("organisation", "GMP"),
        created_by=id_of("person", email_of("lead")),
        visibility=visibility,
        marking="OFFICIAL-SENSITIVE",
    )


def area(reference: str, name: str, shape: MultiPolygon, valid_from: str | None = None) -> Area:
    """Give a target area of an operation."""
    return Area(
        id=id_of("area", reference, name),
        operation_id=id_of("operation", reference),
        name=name,
        purpose="target",
        geom=from_shape(shape, 4326),
        valid_from=valid_from and day(valid_from),
        created_by=id_of("person", email_of("lead")),
    )


def deployment(
    reference: str, name: str, kind: str, on: dt.date, *, status: str = "planned", **place: object
) -> Deployment:
    """Give a deployment of one morning."""
    start = first_moment(on) + dt.timedelta(hours=6)
    return Deployment(
        id=id_of("deployment", reference, name),
        operation_id=id_of("operation", reference),
        kind=kind,
        name=name,
        during=Range(start, start + dt.timedelta(hours=6)),
        status=status,
        created_by=id_of("person", email_of("lead")),
        **place,
    )
