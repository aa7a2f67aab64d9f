"""A place in the feed: what it holds, and what is no place of ours."""

import datetime as dt
import re
import types
import uuid

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from ops import api
from ops.errors import Invalid
from ops.ledger import feed
from ops.ledger.feed import Place, Snapshot

NOW = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
AT = int(NOW.timestamp())
ROW = uuid.UUID(int=7)


@st.composite
def snapshots(draw):
    first = draw(st.integers(3, 50))
    end = draw(st.integers(first, 60))
    inner = range(first, end)
    running = draw(st.sets(st.sampled_from(inner))) if inner else set()
    return Snapshot(first, end, tuple(sorted(running)))


@given(
    st.builds(Place, cluster=st.integers(1, 2**62), read_at=st.integers(0, 2**40),
              since=snapshots()),
    st.none() | snapshots(),
    st.integers(0, 2**62),
)  # fmt: skip
def test_a_place_is_read_as_it_was_written(place, until, txid):
    place = Place(
        cluster=place.cluster,
        read_at=place.read_at,
        since=place.since,
        until=until,
        last=(txid, ROW) if until else None,
    )

    assert feed.read(str(place)) == place


@given(snapshots(), st.integers(0, 70))
def test_a_snapshot_holds_what_had_ended(snapshot, txid):
    had_ended = txid < snapshot.end and txid not in snapshot.running

    assert snapshot.holds(txid) == had_ended


PARTS = ["1", str(AT), "3:9:4,7", "", "", ""]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "AAAA",
        "é" * 20,
        api.write_cursor(["2026-11-02", str(ROW)]),
        *(
            api.write_cursor([*PARTS[:number], wrong, *PARTS[number + 1 :]])
            for number, wrong in (
                (0, "x"),
                (0, ""),
                (1, "1e9"),
                (2, ""),
                (2, "3:2:"),
                (2, "3:9:9"),
                (2, "3:9:4,4"),
                (2, "3:9:7,4"),
                (2, "3:9:2"),
                (2, "3:9:4,"),
                (2, "-3:9:"),
                (2, "3:" + "9" * 30 + ":"),
                (3, "x"),
                (3, "3:9:"),
            )
        ),
        api.write_cursor([*PARTS[:3], "3:9:", "9" * 30, str(ROW)]),
        api.write_cursor([*PARTS[:3], "3:9:", "-1", str(ROW)]),
        api.write_cursor([*PARTS[:3], "3:9:", "4", "x"]),
    ],
)
def test_what_is_no_place_of_ours_is_refused_in_a_sentence(text):
    with pytest.raises(Invalid) as refused:
        feed.read(text)

    assert "read it again from the start" in refused.value.sentence


def place(**fields):
    return Place(**{"cluster": 1, "read_at": AT, "since": Snapshot(3, 9, (4,))} | fields)


def now(snapshot="3:12:", cluster=1):
    return types.SimpleNamespace(snapshot=snapshot, cluster=cluster)


def rows(*txids):
    return [types.SimpleNamespace(txid=txid, id=uuid.UUID(int=txid)) for txid in txids]


@pytest.mark.parametrize(
    ("snapshot", "cluster"),
    [("3:8:", 1), ("3:12:", 2)],
    ids=["from the future", "from another server"],
)
def test_a_place_that_this_server_has_not_reached_is_refused(snapshot, cluster):
    with pytest.raises(Invalid):
        feed.turn(place(), [], 5, now(snapshot, cluster), NOW)


def test_the_end_of_a_stretch_may_not_lie_in_the_future_either():
    forged = place(until=Snapshot(3, 99), last=(4, ROW))

    with pytest.raises(Invalid):
        feed.turn(forged, [], 5, now(), NOW)


def test_where_nothing_is_new_the_place_stays():
    assert feed.turn(place(), [], 5, now(), NOW) == ([], place(), False)


def test_a_place_that_stayed_for_long_moves_on_although_nothing_is_new():
    later = NOW + dt.timedelta(seconds=feed.STALE_S)

    found, moved, more = feed.turn(place(), [], 5, now(), later)

    assert (found, moved.since, more) == ([], Snapshot.of("3:12:"), False)


def test_what_is_more_than_a_page_is_told_up_to_the_same_snapshot():
    found, onward, more = feed.turn(place(), rows(4, 9, 10), 2, now("10:12:10"), NOW)
    rest, done, is_more = feed.turn(onward, rows(10), 2, now("11:20:"), NOW)

    assert ([row.txid for row in found], more) == ([4, 9], True)
    assert onward.since == place().since
    assert (onward.until, onward.last) == (Snapshot.of("10:12:10"), (9, uuid.UUID(int=9)))
    assert ([row.txid for row in rest], is_more) == ([10], False)
    assert (done.since, done.until, done.last) == (Snapshot.of("10:12:10"), None, None)


def test_the_latest_come_in_the_order_of_the_others():
    found, here, more = feed.turn(None, rows(9, 4), 2, now(), NOW)

    assert ([row.txid for row in found], more) == ([4, 9], False)
    assert here.since == Snapshot.of("3:12:")


def test_reading_on_begins_at_the_place_and_not_at_the_start_of_the_ledger(session):
    since = Snapshot(2000, 2005, (2001,))
    place = Place(cluster=1, read_at=0, since=since)
    for name in ("enable_seqscan", "enable_bitmapscan"):
        session.execute(sa.select(sa.func.set_config(name, "off", True)))

    text = feed.changes(sa.true(), place, 10).compile(
        session.get_bind(), compile_kwargs={"literal_binds": True}
    )
    plan = "\n".join(session.scalars(sa.text(f"explain {text}".replace(":", "\\:"))))

    assert re.search(r"Index Cond: \(\(txid >= '?2001'?", plan), plan
