"""A fixed sample of `make fuzz`: no fault in it, and each grammar draws what is taken too."""

import pytest

from tests import databases
from tests.fuzz import grammar, running

SEED, COUNT = 20261130, 6_000


@pytest.mark.parametrize("name", grammar.SHARES)
def test_an_input_is_the_same_bytes_for_the_same_seed(name):
    assert grammar.draw(name, SEED, 7) == grammar.draw(name, SEED, 7)
    assert grammar.draw(name, SEED, 7) != grammar.draw(name, SEED, 8)


def test_no_input_of_a_sample_is_a_fault_and_each_is_counted(cluster, database_url, tmp_path):
    chunks = list(running.chunks(SEED, COUNT, list(grammar.SHARES)))

    with databases.own(cluster, "fuzz") as name:
        run = running.Run(tmp_path, [database_url, cluster.url(name)])
        run.go(iter(chunks))

    told = running.report(run)
    assert run.faults == {}, told
    assert run.tallies.keys() == grammar.SHARES.keys()
    assert all(tally.taken and tally.refused for tally in run.tallies.values()), told
    counted = sum(tally.inputs for tally in run.tallies.values())
    assert counted == sum(chunk.stop - chunk.start for chunk in chunks)
