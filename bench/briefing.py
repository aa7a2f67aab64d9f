"""How long a briefing of twenty pages takes: asked for as an officer asks, in one process."""

import datetime as dt
import re
import statistics
import time
import zlib

from geoalchemy2.shape import from_shape
from shapely.geometry import MultiPolygon, Point, box
from sqlalchemy.dialects.postgresql import Range

from ops import create_app, db
from ops.access import guard
from ops.access.models import Organisation, Person, Token
from ops.config import Settings
from ops.geo.models import Area, Boundary
from ops.operations.asset_models import Asset, Reservation
from ops.operations.models import Assignment, Deployment, Operation
from ops.operations.skill_models import Certificate

# What a week of action with a door every few streets comes to: twenty pages, a few more or less.
DEPLOYMENTS = 28
PEOPLE = 60
TURNS = 5
MOST_S = 5.0
MONDAY = dt.datetime(2026, 11, 2, 5, tzinfo=dt.UTC)
TOKEN = "bench-of-a-briefing"  # noqa: S105  (of a database that is gone afterwards)
_PAGES = re.compile(rb"/Type\s*/Page[^s]")
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


def measure(url: str) -> tuple[int, float, float]:
    """Give the pages of the document, and the seconds it takes by the clock and the processor's.

    Each is the median of some turns; they differ by what else the machine does.
    """
    app = create_app(Settings(database_url=url, demo=False, rate_limit="off"))
    with app.app_context():
        operation = _plan()
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    here = f"/api/v1/operations/{operation}/briefings"
    tag = {"If-Match": client.post(here).headers["ETag"]}
    client.post(f"{here}/1/issue", headers=tag)
    took, worked = [], []
    made = b""
    for _ in range(TURNS):
        begun, busy = time.perf_counter(), time.process_time()
        reply = client.get(f"{here}/1.pdf")
        took.append(time.perf_counter() - begun)
        worked.append(time.process_time() - busy)
        if reply.status_code != 200:
            raise RuntimeError(reply.text)
        made = reply.data
    app.extensions["engine"].dispose()
    return pages(made), statistics.median(took), statistics.median(worked)


def pages(document: bytes) -> int:
    """Count the pages of a PDF, whose objects may be packed."""
    parts = [document]
    for packed in _STREAM.findall(document):
        try:
            parts.append(zlib.decompress(packed))
        except zlib.error:
            continue
    return sum(len(_PAGES.findall(part)) for part in parts)


def told(found: int, took: float, worked: float) -> str:
    """Say what was measured."""
    return (
        f"briefing: {found} pages in {took:.2f} s, of which the processor took {worked:.2f} s"
        f" (the median of {TURNS}; {MOST_S} s allowed)"
    )


def _plan() -> object:
    """Store an operation with its people, its ground and its deployments; give its id."""
    with db.transaction():
        force = Organisation(code="GMP", name="Force", kind="force")
        db.session.add(force)
        db.session.flush()
        people = [
            Person(
                organisation_id=force.id,
                name=f"Person {number}",
                email=f"p{number}@example.test",
                role="lead" if number == 0 else "officer",
            )
            for number in range(PEOPLE)
        ]
        db.session.add_all(people)
        db.session.flush()
        lead = people[0]
        db.session.add_all(
            Certificate(
                person_id=person.id,
                skill=skill,
                from_on=MONDAY.date(),
                expires_on=MONDAY.date() + dt.timedelta(days=90),
                given_by=lead.id,
            )
            for person in people
            for skill in ("search", "method_of_entry")
        )
        db.session.add(Token(person_id=lead.id, token_hash=guard.hash_of(TOKEN)))
        operation = Operation(
            reference="BENCH-1",
            kind="week_of_action",
            name="Week of action",
            theme="county_lines",
            aim="Close the lines of the district.",
            organisation_id=force.id,
            starts_at=MONDAY,
            ends_at=MONDAY + dt.timedelta(days=7),
            status="approved",
            created_by=lead.id,
        )
        db.session.add(operation)
        db.session.flush()
        for number in range(8):
            west, south = -2.3 + number * 0.03, 53.45 + number % 3 * 0.02
            square = MultiPolygon([box(west, south, west + 0.02, south + 0.015).segmentize(0.0002)])
            db.session.add(
                Boundary(
                    layer="district",
                    code=f"D{number}",
                    name=f"District {number}",
                    geom=from_shape(square, 4326),
                )
            )
            db.session.add(
                Area(
                    operation_id=operation.id,
                    name=f"Area {number + 1}",
                    purpose="target",
                    geom=from_shape(square, 4326),
                    created_by=lead.id,
                )
            )
        for number in range(DEPLOYMENTS):
            _deploy(operation, number, people)
    return operation.id


def _deploy(operation: Operation, number: int, people: list[Person]) -> None:
    starts_at = MONDAY + dt.timedelta(days=number % 5, hours=number // 5)
    window = Range(starts_at, starts_at + dt.timedelta(minutes=55))
    deployed = Deployment(
        operation_id=operation.id,
        kind="warrant",
        name=f"Door {number + 1}",
        during=window,
        point=from_shape(Point(-2.29 + number * 0.009, 53.455 + number % 4 * 0.01), 4326),
        address=f"{number + 1} Example Street",
        method_of_entry="hydraulic",
        power="mda_23",
        note="Two dogs at the address were seen by the reconnaissance of last week.",
        created_by=operation.created_by,
    )
    db.session.add(deployed)
    db.session.flush()
    van = Asset(organisation_id=people[0].organisation_id, kind="vehicle", name=f"Van {number}")
    db.session.add(van)
    db.session.flush()
    db.session.add(
        Reservation(
            operation_id=operation.id,
            deployment_id=deployed.id,
            during=window,
            asset_id=van.id,
            kind="vehicle",
        )
    )
    for person in (people[(number * 5 + place) % PEOPLE] for place in range(5)):
        db.session.add(Assignment(deployment_id=deployed.id, during=window, person_id=person.id))
