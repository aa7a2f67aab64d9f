"""The practice week: who of its first deployment checked in just now, and who is overdue to."""

import datetime as dt
from collections.abc import Iterator

from geoalchemy2.shape import from_shape
from shapely.geometry import Point

from ops.demo.identity import id_of
from ops.demo.people import OFFICERS, email_of, officer_email
from ops.demo.programme import PRACTICE
from ops.live.models import CheckIn
from ops.live.welfare_models import WelfareTimer

DEPLOYMENT = "Warrants, day 1"
# In Cheetham Hill, at its edge, and a street beyond.
INSIDE, EDGE, BEYOND = (-2.2440, 53.4936), (-2.2416, 53.4890), (-2.2330, 53.4870)
# Who was where, how many minutes ago, known to within how many metres.
STEPS = (
    (email_of("officer"), 50, BEYOND, 12),
    (email_of("officer"), 46, INSIDE, 9),
    (email_of("officer"), 34, INSIDE, 15),
    (email_of("officer"), 30, BEYOND, 12),
    (officer_email(OFFICERS[0]), 40, INSIDE, 10),
    (officer_email(OFFICERS[0]), 12, INSIDE, 20),
    (officer_email(OFFICERS[2]), 8, EDGE, 60),
)


# Who is to check in every so many minutes, and since how many minutes ago: the first is overdue.
TIMERS = ((email_of("officer"), 15, 50), (officer_email(OFFICERS[0]), 30, 60))


def everything(now: dt.datetime) -> Iterator[CheckIn | WelfareTimer]:
    """Give each check-in, and each timer."""
    for email, every, minutes in TIMERS:
        yield WelfareTimer(
            id=id_of("welfare-timer", email, str(minutes)),
            operation_id=id_of("operation", PRACTICE),
            deployment_id=id_of("deployment", PRACTICE, DEPLOYMENT),
            person_id=id_of("person", email),
            every_minutes=every,
            at=now - dt.timedelta(minutes=minutes),
            content_hash=b"demonstration",
        )
    for email, minutes, place, accuracy_m in STEPS:
        yield CheckIn(
            id=id_of("check-in", email, str(minutes)),
            operation_id=id_of("operation", PRACTICE),
            deployment_id=id_of("deployment", PRACTICE, DEPLOYMENT),
            person_id=id_of("person", email),
            at=now - dt.timedelta(minutes=minutes),
            point=from_shape(Point(*place), 4326),
            accuracy_m=accuracy_m,
            content_hash=b"demonstration",
        )
