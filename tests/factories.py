"""The smallest valid thing of each sort; a test names only what it is about."""

import contextlib
import datetime as dt
import hashlib
import itertools
import secrets

import orjson
import sqlalchemy as sa
from geoalchemy2.shape import from_shape
from shapely.geometry import MultiPolygon, Point, box
from sqlalchemy.dialects.postgresql import Range

from ops import db
from ops.access import guard
from ops.access.member_models import Membership
from ops.access.models import Organisation, Person, Token
from ops.briefings.models import SECTIONS, Briefing
from ops.geo.models import Area, Boundary, Site
from ops.operations.models import Deployment, Operation
from ops.results.models import NilReturn

NUMBERS = itertools.count(1)
NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
# A square of about 1 km in the middle of Manchester.
SQUARE = MultiPolygon([box(-2.25, 53.48, -2.235, 53.49)])


def _save(thing):
    db.session.add(thing)
    with db.transaction():
        pass
    return thing


def organisation(code="GMP", **fields):
    """Give the organisation with this code, made if need be."""
    found = db.session.scalar(sa.select(Organisation).where(Organisation.code == code))
    return found or _save(Organisation(**{"code": code, "name": code, "kind": "force"} | fields))


def person(role="lead", **fields):
    """Make somebody of the force."""
    number = next(NUMBERS)
    fields = {"email": f"person{number}@example.test", "name": f"Person {number}"} | fields
    if "organisation" not in fields:
        fields["organisation"] = organisation()
    return _save(Person(role=role, **fields))


def token(person):
    """Issue a bearer token, used before, and give its text."""
    text = secrets.token_urlsafe(32)
    _save(Token(person_id=person.id, token_hash=guard.hash_of(text), last_used_at=sa.func.now()))
    return text


def operation(**fields):
    """Make a live week of action."""
    number = next(NUMBERS)
    fields = {
        "reference": f"TEST-{number}",
        "kind": "week_of_action",
        "name": f"Operation {number}",
        "starts_at": NOON - dt.timedelta(days=1),
        "ends_at": NOON + dt.timedelta(days=6),
        "status": "live",
    } | fields
    if "organisation" not in fields:
        fields["organisation"] = organisation()
    if "created_by" not in fields:
        fields["created_by"] = person().id
    return _save(Operation(**fields))


def area(operation, shape=SQUARE, **fields):
    """Make a target area."""
    fields = {"name": f"Area {next(NUMBERS)}", "purpose": "target"} | fields
    fields.setdefault("created_by", operation.created_by)
    return _save(Area(operation_id=operation.id, geom=from_shape(shape, 4326), **fields))


def site(**fields):
    """Make a prison."""
    fields = {"name": f"HMP Test {next(NUMBERS)}", "kind": "prison"} | fields
    fields.setdefault("point", from_shape(Point(-2.2458, 53.4920), 4326))
    return _save(Site(**fields))


def boundary(code="E08000003", shape=SQUARE, **fields):
    """Make a district."""
    fields = {"layer": "district", "name": "Manchester"} | fields
    return _save(Boundary(code=code, geom=from_shape(shape, 4326), **fields))


def deployment(operation, starts_at=NOON, hours=2, **fields):
    """Make a deployment at a point."""
    fields = {"kind": "warrant", "name": f"Deployment {next(NUMBERS)}"} | fields
    if not fields.keys() & {"site_id", "area_id", "point"}:
        fields["point"] = from_shape(Point(-2.24, 53.485), 4326)
    window = Range(starts_at, starts_at + dt.timedelta(hours=hours))
    fields.setdefault("created_by", operation.created_by)
    return _save(Deployment(operation_id=operation.id, during=window, **fields))


def briefing(operation, text="Said.", **fields):
    """Issue a briefing of an operation without a plan, the same text in each section."""
    by = operation.created_by
    sections = dict.fromkeys(SECTIONS, text)
    told = {
        "name": text,
        "reference": text,
        "kind": operation.kind,
        "theme": None,
        "aim": text,
        "starts_at": NOON.isoformat(),
        "ends_at": None,
        "organisation": "GMP",
        "parent": None,
        "marking": "OFFICIAL-SENSITIVE",
    }
    parts = ("phases", "areas", "deployments", "teams", "warrants", "certificates")
    plan = {"operation": told, **{name: [] for name in parts}}
    content = orjson.dumps({"sections": sections, "plan": plan, "copies": 1})
    fields = {
        "version": 1,
        "state": "issued",
        "marking": "OFFICIAL-SENSITIVE",
        "plan": plan,
        "filled": sections,
        "made_by": by,
        "changed_by": by,
        "issued_by": by,
        "issued_at": NOON,
        "content": content,
        "hash": hashlib.sha256(content).digest(),
        **sections,
    } | fields
    return _save(Briefing(operation_id=operation.id, **fields))


def nil_return(deployment, **fields):
    """Say of a deployment that there was nothing to report."""
    fields = {"at": NOON, "reason": "nobody_there", "content_hash": b"x"} | fields
    fields.setdefault("made_by", deployment.created_by)
    return _save(
        NilReturn(operation_id=deployment.operation_id, deployment_id=deployment.id, **fields)
    )


def member(operation, person, role="officer", **fields):
    """Make somebody a member of an operation, from now on."""
    now = dt.datetime.now(dt.UTC)
    fields.setdefault("during", Range(now - dt.timedelta(minutes=1), None))
    fields.setdefault("granted_by", operation.created_by)
    return _save(Membership(operation_id=operation.id, person_id=person.id, role=role, **fields))


class Statements:
    """Counts the SQL statements of a block, transaction control and the log of looks left out."""

    def __init__(self, engine):
        self.engine = engine
        self.seen = []

    @contextlib.contextmanager
    def counted(self):
        """Collect what runs in the block, and give the list."""
        self.seen = []
        sa.event.listen(self.engine, "before_cursor_execute", self._note)
        try:
            yield self.seen
        finally:
            sa.event.remove(self.engine, "before_cursor_execute", self._note)

    def _note(self, _connection, _cursor, statement, *_rest):
        left_out = ("savepoint", "release", "rollback", "reset role", "select log_access")
        if not statement.lower().startswith(left_out):
            self.seen.append(statement)
