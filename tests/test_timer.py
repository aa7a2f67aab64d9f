"""Work beside the server: done again and again, and ended at a point of its own."""

import threading

import pytest

from ops.timer import Job, Timer

URL = "postgresql+psycopg://nobody@127.0.0.1:1/none"
OFTEN = 1 / 60_000


def test_what_is_under_way_is_waited_for_and_nothing_begins_after_it():
    begun, go_on, done = threading.Event(), threading.Event(), []

    def work(_engine):
        begun.set()
        go_on.wait()
        done.append(1)

    timer = Timer(URL, [Job("slow", "it", OFTEN, work)])
    timer.start()
    begun.wait()
    timer.stop()
    threading.Timer(0.1, go_on.set).start()
    timer.join(60)

    assert done == [1]
    assert timer.jobs[0].succeeded_at is not None


def test_what_takes_too_long_is_left():
    begun, never = threading.Event(), threading.Event()

    def work(_engine):
        begun.set()
        never.wait()

    timer = Timer(URL, [Job("endless", "it", OFTEN, work)])
    timer.start()
    begun.wait()
    timer.join(0)

    assert timer.jobs[0].succeeded_at is None
    never.set()


def test_a_turn_that_fails_is_counted_and_the_next_one_tries_again(caplog):
    again = threading.Event()
    turns = []

    def work(_engine):
        turns.append(1)
        if len(turns) == 1:
            raise ValueError("with a secret in it")
        again.set()

    timer = Timer(URL, [Job("failing", "the figures", OFTEN, work)])
    timer.start()
    again.wait()
    timer.join(60)

    assert timer.jobs[0].failures == 1
    assert timer.jobs[0].succeeded_at is not None
    assert "the figures could not be brought up to date: ValueError" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("minutes", [0, -1])
def test_what_is_never_done_is_not_begun(minutes):
    assert Timer(URL, [Job("never", "it", minutes, print)]).jobs == []
