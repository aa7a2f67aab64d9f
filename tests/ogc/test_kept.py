"""What was worked out for a reader is kept until something changes, and is nobody else's."""

import datetime as dt
import types

import flask
import pytest
import sqlalchemy as sa
from shapely.geometry import MultiPolygon, box
from sqlalchemy.dialects.postgresql import Range

from ops import db
from ops.geo.models import Area
from ops.ledger.models import LogEntry
from ops.ogc import kept, tiles
from tests import factories
from tests.live.conftest import client_of
from tests.ogc.test_tiles import HERE


class World:
    """Two readers, one of whom belongs to an operation that the other doesn't see."""

    def __init__(self, app):
        self.lead, self.stranger, self.guest = (
            client_of(app, factories.person("lead")) for _ in range(3)
        )
        lead = self.lead.person.id
        self.operation = factories.operation(visibility="covert", created_by=lead)
        self.drawn = []
        self.draw = tiles.drawn

    def note(self, *args):
        """Draw a tile, and note that it was drawn."""
        self.drawn.append(args)
        return self.draw(*args)


@pytest.fixture
def world(committed, monkeypatch):
    """That world, with commits as in real life: within a transaction nothing is kept."""
    made = World(committed)
    monkeypatch.setattr(tiles, "drawn", made.note)
    return made


def test_a_tile_is_drawn_once_until_something_is_changed(world):
    factories.area(world.operation, name="Ancoats")

    first, second = world.lead.get(HERE), world.lead.get(HERE)
    drawn_before = len(world.drawn)
    with db.transaction():
        db.session.execute(sa.update(Area).values(name="Beswick"))
    third = world.lead.get(HERE)

    assert drawn_before == 1
    assert first.data == second.data
    assert b"Beswick" in third.data
    looks = sa.select(sa.func.count()).where(LogEntry.endpoint == "ogc_tiles.tile")
    assert db.session.scalar(looks) == 3


def test_what_one_reader_was_drawn_is_never_given_to_another(world):
    factories.area(world.operation, name="Ancoats")

    theirs, none = world.lead.get(HERE), world.stranger.get(HERE)
    tagged = world.stranger.get(HERE, headers={"If-None-Match": theirs.headers["ETag"]})

    assert b"Ancoats" in theirs.data
    assert (none.status_code, none.data) == (204, b"")
    assert tagged.status_code == 204


def test_what_a_stranger_is_told_does_not_change_with_what_they_do_not_see(world):
    shown = factories.operation(created_by=world.stranger.person.id)
    factories.area(shown, name="Open")
    paths = (HERE, "/ogc/collections/areas", "/ogc/collections/areas/items?f=html")

    before = [world.stranger.get(path) for path in paths]
    factories.area(world.operation, MultiPolygon([box(-3, 53, -2, 54)]), name="Covert")
    after = [world.stranger.get(path) for path in paths]

    assert [reply.data for reply in after] == [reply.data for reply in before]
    assert after[0].headers["ETag"] == before[0].headers["ETag"]


def test_who_is_let_out_sees_no_tile_from_before(world):
    factories.area(world.operation, name="Ancoats")
    guest = world.guest
    now, hour = dt.datetime.now(dt.UTC), dt.timedelta(hours=1)
    soon = Range(now - hour, now + hour)
    membership = factories.member(world.operation, guest.person, during=soon)
    seen = guest.get(HERE)

    # Time alone ends it, and no change says so.
    with db.transaction():
        db.session.execute(sa.text("alter table membership disable trigger user"))
        over = {"id": membership.id, "ended": now - hour / 2}
        db.session.execute(
            sa.text(
                "update membership set during = tstzrange(lower(during), :ended) where id = :id"
            ),
            over,
        )
        db.session.execute(sa.text("alter table membership enable trigger user"))
    unseen = guest.get(HERE)

    assert b"Ancoats" in seen.data
    assert unseen.status_code == 204


def test_boundaries_that_were_put_right_are_drawn_anew(world):
    boundaries = HERE.replace("areas", "boundaries")
    first = factories.boundary(name="Ancoats")

    before = world.lead.get(boundaries)
    with db.transaction():
        db.session.merge(first).name = "Beswick"
    after = world.lead.get(boundaries)

    assert (b"Ancoats" in before.data, b"Beswick" in after.data) == (True, True)


def test_counts_and_extents_follow_every_change(world):
    factories.area(world.operation)
    items, about = "/ogc/collections/areas/items", "/ogc/collections/areas"

    told = [(world.lead.get(items).json["numberMatched"], extent(world.lead.get(about)))]
    factories.area(world.operation, MultiPolygon([box(-3, 53, -2.9, 53.1)]))
    told.append((world.lead.get(items).json["numberMatched"], extent(world.lead.get(about))))

    assert told == [(1, [-2.25, 53.48, -2.235, 53.49]), (2, [-3, 53, -2.235, 53.49])]


def extent(reply):
    """Give the box of a collection."""
    return reply.json["extent"]["spatial"]["bbox"][0]


def test_every_table_that_tiles_are_drawn_from_says_when_it_is_changed(session):
    tables = {
        "area", "boundary", "deployment", "membership", "operation", "organisation", "person",
        "result", "site", "arrest", "seizure", "warrant", "search", "assignment",
    }  # fmt: skip
    told = session.scalars(
        sa.text(
            "select distinct event_object_table from information_schema.triggers"
            " where trigger_name in ('record_added', 'record_change', 'note_boundaries')"
        )
    ).all()

    assert tables - set(told) == set()


def test_what_was_used_last_stays_longest(monkeypatch):
    monkeypatch.setattr(kept, "MOST_BYTES", 3 * 600)
    things = kept.Kept()

    for name in "abc":
        things.put(name, name, 100)
    things.get("a")
    things.put("d", "d", 100)
    things.put("whole", "x", 5_000)

    assert [things.get(name) for name in ("a", "b", "c", "d", "whole")] == [
        "a",
        None,
        "c",
        "d",
        None,
    ]


def test_a_long_question_takes_room_as_well(world, app):
    things, items = app.extensions["ogc_kept"], "/ogc/collections/areas/items"
    world.lead.get(items)
    before, text = things._bytes, "x" * 5_000

    world.lead.get(items, query_string={"filter": f"name = '{text}'"})

    assert things._bytes - before > len(text)


def test_a_look_that_another_one_overtook_keeps_nothing(app, lead):
    things = kept.Kept()
    known = things.known()
    found = types.SimpleNamespace(snapshot="9:9:", is_changed=True, rights="all")
    with app.test_request_context():
        flask.g.actor = lead.person

        first, overtaken = things.mark(known, found), things.mark(known, found)

    assert (first.generation, overtaken) == (1, None)


def test_a_mark_comes_with_what_is_read_and_is_not_asked_for_beside_it(world, statements):
    factories.area(world.operation)

    with statements.counted() as drawing:
        world.lead.get(HERE)
    with statements.counted() as reading:
        world.lead.get("/ogc/collections/areas/items")

    of_marks = [each for each in (*drawing, *reading) if "reader_mark" in each]
    assert ["ST_AsMVT(" in each for each in of_marks] == [True, False]
    assert ["ST_AsGeoJSON(" in each for each in of_marks] == [False, True]
