"""A fixed sample of `make fuzz`: no fault in it, and each grammar draws what is taken too."""

import os
from unittest.mock import patch

import pytest

from tests.fuzz import grammar, house, running

SEED, COUNT = 20261130, 6_000


@pytest.mark.parametrize("name", grammar.SHARES)
def test_an_input_is_the_same_bytes_for_the_same_seed(name):
    assert grammar.draw(name, SEED, 7) == grammar.draw(name, SEED, 7)
    assert grammar.draw(name, SEED, 7) != grammar.draw(name, SEED, 8)


def test_no_input_of_a_sample_is_a_fault(database_url, tmp_path):
    run = running.Run(tmp_path)

    with patch.dict(os.environ, {house.URL: database_url}):
        run.go(running.chunks(SEED, COUNT, list(grammar.SHARES)))

    told = running.report(run)
    assert run.faults == {}, told
    assert run.tallies.keys() == grammar.SHARES.keys()
    assert all(tally.taken and tally.refused for tally in run.tallies.values()), told
