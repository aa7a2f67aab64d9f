"""What not everybody sees: a restricted operation, a covert one, and a partner's part of Vulcan."""

import datetime as dt
from collections.abc import Iterator

from geoalchemy2.shape import from_shape
from shapely.geometry import Point
from sqlalchemy.dialects.postgresql import Range

from ops.access.member_models import Membership
from ops.db import Model
from ops.demo import places
from ops.demo.identity import id_of
from ops.demo.people import OFFICERS, email_of, officer_email
from ops.demo.programme import VULCAN, area, deployment, operation
from ops.operations.models import Assignment, Operation

RESTRICTED = "PRETEND"
COVERT = "MAKEBELIEVE"
# Beside the lead, who planned them. The desk may open the restricted one in an emergency.
MEMBERS = (
    (RESTRICTED, "officer", "officer"),
    (RESTRICTED, "analyst", "analyst"),
    (COVERT, "officer", "officer"),
    (VULCAN, "partner", "partner"),
)


def everything(today: dt.date) -> Iterator[Model]:
    """Give the operations with their areas, who is in them, and the partner's part."""
    yield from operations(today)
    yield area(RESTRICTED, "Derker", places.DERKER)
    yield area(COVERT, "Piccadilly Gardens", places.PICCADILLY_GARDENS)
    yield from memberships()
    yield from deployments(today)


def operations(today: dt.date) -> Iterator[Operation]:
    """Give an operation of each visibility that is not open; neither holds a result."""
    monday = today - dt.timedelta(days=today.weekday())
    for reference, name, visibility, aim in (
        (
            RESTRICTED,
            "Operation Pretend",
            "restricted",
            "Invented. Its members see it; the desk can open it in an emergency: its lead is told.",
        ),
        (
            COVERT,
            "Operation Makebelieve",
            "covert",
            "Invented. For all but its members it is not there.",
        ),
    ):
        yield operation(
            reference,
            name,
            "place_based",
            monday.isoformat(),
            None,
            theme="drugs",
            aim=aim,
            visibility=visibility,
        )


def memberships() -> Iterator[Membership]:
    """Give those who were let in by the lead."""
    for reference, account, role in MEMBERS:
        yield Membership(
            id=id_of("membership", reference, account),
            operation_id=id_of("operation", reference),
            person_id=id_of("person", email_of(account)),
            role=role,
            during=Range(dt.datetime(2022, 11, 2, tzinfo=dt.UTC), None),
            granted_by=id_of("person", email_of("lead")),
        )


def deployments(today: dt.date) -> Iterator[Model]:
    """Give a conflict; give Vulcan a visit that the partner sees, and a patrol that they don't."""
    # In the way of a day of the practice week, so that the deconfliction desk has something to do.
    yield deployment(
        RESTRICTED,
        "Observation before a warrant",
        "other",
        today + dt.timedelta(days=1),
        point=from_shape(Point(-2.2432, 53.4940), 4326),
    )
    for name, kind, email in (
        ("Visit to traders with the council", "visit", email_of("partner")),
        ("Patrol, Piccadilly Gardens", "patrol", officer_email(OFFICERS[1])),
    ):
        deployed = deployment(
            VULCAN,
            name,
            kind,
            today + dt.timedelta(days=1),
            point=from_shape(Point(-2.2365, 53.4808), 4326),
        )
        yield deployed
        yield Assignment(
            id=id_of("assignment", deployed.id, email),
            deployment_id=deployed.id,
            during=deployed.during,
            person_id=id_of("person", email),
        )
