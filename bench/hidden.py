"""Whether the time of a save tells that something hidden is near: in turns, here and there."""

import dataclasses
import random
import statistics
import time
from collections.abc import Sequence
from typing import Any

import flask
import sqlalchemy as sa

from ops import create_app, db
from ops.access import guard
from ops.access.models import Token
from ops.config import Settings
from ops.deconfliction import settling

# Places far from all else and from each other; beside every second one something is hidden.
ACROSS, UP = 20, 20
TOKEN = "bench-of-what-is-hidden"  # noqa: S105  (of a database that is gone afterwards)
WINDOW = {"starts_at": "2026-11-20T10:00:00Z", "ends_at": "2026-11-20T12:00:00Z"}
HIDE = (
    "alter table deployment disable trigger user",
    """
    insert into deployment (id, operation_id, audience_id, kind, name, during, point, status,
        version, created_by)
    select gen_random_uuid(), whole.id, whole.audience_id, 'warrant', 'Hidden',
        tstzrange(:starts_at, :ends_at), st_setsrid(st_makepoint(place.lon, place.lat), 4326),
        'planned', 1, whole.created_by
    from unnest(cast(:lons as float[]), cast(:lats as float[])) as place (lon, lat)
    join operation whole on whole.reference = :hidden
    """,
    "alter table deployment enable trigger user",
    "select keep_footprints(array(select id from deployment where name = 'Hidden'))",
)
# The first of each visibility, and who leads it.
OF = """
select id, reference, created_by from operation where visibility = :visibility
order by reference limit 1
"""


@dataclasses.dataclass(frozen=True)
class Turns:
    """How long saves took alone and beside what is hidden, in milliseconds."""

    what: str
    alone: list[float]
    beside: list[float]

    def told(self) -> str:
        """Write it as a row of a Markdown table."""
        one, other = (statistics.median(each) for each in (self.alone, self.beside))
        return (
            f"| {self.what} | {one:.2f} ms | {other:.2f} ms | {other - one:+.2f} ms"
            f" | {likelihood(self.alone, self.beside):.0%} |"
        )


def likelihood(alone: Sequence[float], beside: Sequence[float]) -> float:
    """Tell how often of one of each the one beside takes longer: half is as good as a coin."""
    longer = sum(b > a for a in alone for b in beside)
    even = sum(b == a for a in alone for b in beside)
    return (longer + even / 2) / (len(alone) * len(beside))


def measure(url: str) -> str:
    """Save deployments in turns in a filled database, through the whole application."""
    places = [(0.4 + x * 0.04, 52.2 + y * 0.03) for x in range(ACROSS) for y in range(UP)]
    chance = random.Random(11)
    chance.shuffle(places)
    half = len(places) // 2
    turns = [(place, index < half) for index, place in enumerate(places)]
    app = create_app(Settings(database_url=url, demo=False, rate_limit="off"))
    with app.app_context():
        operation = _prepare([place for place, is_hidden in turns if is_hidden])
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    here = f"/api/v1/operations/{operation}/deployments"
    chance.shuffle(turns)
    plans: list[Any] = []
    first = Turns("a deployment is planned", [], [])
    again = Turns("it is moved by a metre", [], [])
    for number, ((lon, lat), is_hidden) in enumerate(turns):
        point = {"type": "Point", "coordinates": [lon, lat]}
        sent = WINDOW | {"kind": "warrant", "name": f"Door {number}", "point": point}
        took, reply = _timed(client.post, here, json=sent)
        (first.beside if is_hidden else first.alone).append(took)
        _settle(app)
        plans.append((f"/api/v1/deployments/{reply.json['id']}", point, is_hidden))
    looked = Turns("its conflicts are read", [], [])
    for _ in range(2):
        chance.shuffle(plans)
        for address, point, is_hidden in plans:
            tag = {"If-Match": client.get(address).headers["ETag"]}
            point["coordinates"][0] += 0.00001
            took, _reply = _timed(client.patch, address, json={"point": point}, headers=tag)
            (again.beside if is_hidden else again.alone).append(took)
            _settle(app)
            took, _reply = _timed(client.get, f"{address}/conflicts")
            (looked.beside if is_hidden else looked.alone).append(took)
    app.extensions["engine"].dispose()
    head = "| what | alone | beside a covert one | apart | the one beside is the slower |"
    return "\n".join(
        [head, "|---|---|---|---|---|", *(each.told() for each in (first, again, looked))]
    )


def _prepare(places: Sequence[tuple[float, float]]) -> object:
    """Hide deployments at these places; give the operation of somebody who plans beside them."""
    with db.transaction():
        hidden, seen = (
            db.session.execute(sa.text(OF), {"visibility": each}).one()
            for each in ("covert", "open")
        )
        values = WINDOW | {
            "hidden": hidden.reference,
            "lons": [lon for lon, _ in places],
            "lats": [lat for _, lat in places],
        }
        for statement in HIDE:
            db.session.execute(sa.text(statement), values if ":" in statement else {})
        db.session.add(Token(person_id=seen.created_by, token_hash=guard.hash_of(TOKEN)))
    return seen.id


def _settle(app: flask.Flask) -> None:
    """Find what the save left, as the server does every second."""
    settling.settle(app.extensions["engine"])


def _timed(send: Any, address: str, **sent: Any) -> tuple[float, Any]:
    began = time.perf_counter()
    reply = send(address, **sent)
    took = (time.perf_counter() - began) * 1000
    if reply.status_code >= 300:
        raise RuntimeError(reply.text)
    return took, reply
