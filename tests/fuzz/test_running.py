"""Whoever watches ends what hangs, grows or dies, tells it, and goes on behind it."""

from tests.fuzz import grammar, running

# Of this seed, the inputs that do each for the first time; behind what hangs something is right.
SEED = 4
FIRST = {"bomb": 0, "raise": 1, "hang": 2, "refuse": 4, "grow": 10, "abort": 13}


def test_what_no_input_may_do_is_told_and_the_rest_is_tried(tmp_path):
    run = running.Run(tmp_path)
    tried = [
        running.Chunk("hostile", SEED, number, number + (2 if verb == "hang" else 1))
        for verb, number in FIRST.items()
    ]

    run.go(iter(tried))

    drawn = {number: verb for verb, number in FIRST.items()}
    told = {drawn[each.number]: where for where, faults in run.faults.items() for each in faults}
    assert told.keys() == {"raise", "grow", "bomb", "hang", "abort"}
    assert "ZeroDivisionError" in told["raise"]
    assert "256 MB" in told["grow"]
    assert "MemoryError" in told["bomb"]
    assert "hangs: more than 2 s" in told["hang"]
    assert "ends the process" in told["abort"]
    tally = run.tallies["hostile"]
    assert (tally.taken, tally.refused) == (1, 1)
    kept = tmp_path / f"hostile-{SEED}-{FIRST['raise']}"
    assert kept.read_bytes() == b"raise"


def test_a_million_is_shared_out_whole():
    counts = dict.fromkeys(grammar.SHARES, 0)
    for chunk in running.chunks(1, 1_000_000, list(grammar.SHARES)):
        counts[chunk.name] += chunk.stop - chunk.start

    assert counts == grammar.SHARES
    assert sum(counts.values()) == 1_000_000
