"""Three database servers, two app servers, a proxy: each goes, and nothing acknowledged is lost.

`make drill-failover` runs it, as often as OPS_DRILL_ROUNDS says.
"""

import hashlib
import time

import pytest

from tests.faults.conftest import World, until
from tests.faults.drilled import ROUNDS
from tests.faults.site import Site, program
from tests.faults.writers import Readers, Writers

pytestmark = pytest.mark.drill

SAMPLE = 20


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    if not all(map(program, ("nginx", "pgbouncer"))):
        pytest.skip("nginx and PgBouncer are not here: make drill-failover unpacks them.")
    with (tmp_path_factory.mktemp("site") / "log").open("w") as log:
        made = Site(log)
        try:
            yield made
        finally:
            made.close()


@pytest.fixture
def loaded(site):
    """Load on the proxy: programs that write and photograph, and boards that are looked at."""
    operation = site.told["operation"]
    boards = (f"/api/v1/operations/{operation}/outcomes/board", "/api/v1/outcomes")
    until(lambda: all(app.is_ready() for app in site.apps), 60)
    site.until_followed()
    # Whoever writes reads what they wrote, on the primary; so somebody else looks.
    cookie = World(site.told, site.engine.url).cookie("second", site.url)
    with (
        Writers(site.url, site.told, photos=True) as writers,
        Readers(site.url, cookie, boards) as readers,
    ):
        writers.until_acknowledged()
        readers.until_answered()
        yield writers, readers


def holds_true(site, loaded, what, seconds):
    """Compare what was acknowledged with what is there, and look at every answer."""
    writers, readers = loaded
    writers.finish()
    readers.__exit__()
    print(f"\n{what}: acknowledged again after {seconds:.1f} s")  # noqa: T201
    writers.holds_true(site.engine)
    read = {by: sum(app.told()["ops_replica_reads_total"][by] for app in site.apps) for by in BY}
    print(f"boards: {dict(readers.counts)}, longest {readers.longest_s:.1f} s, {read}")  # noqa: T201
    assert readers.wrong == []
    # Whoever asks gets an answer, if only that it is too early.
    assert set(writers.counts) <= {"200", "201", "207", "503"}
    assert [app.faults() for app in site.apps] == [[], []]
    # Both app servers count there.
    with site.redis() as counted:
        assert counted.dbsize() > 0
    files = site.storage()
    for sha256 in sorted(writers.photographed)[:SAMPLE]:
        content = files.cat_file(f"ops/photos/{sha256[:2]}/{sha256}")
        assert hashlib.sha256(content).hexdigest() == sha256


BY = ("replica", "primary")


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_standby_takes_the_place_of_a_primary_that_is_killed(_round, site, loaded):
    writers, readers = loaded
    before = site.primary()

    site.kill(before)
    began = time.monotonic()
    after = site.fail_over(before)
    promoted = time.monotonic() - began
    writers.until_acknowledged()
    took = time.monotonic() - began
    readers.until_answered()
    site.rejoin(before)
    writers.until_acknowledged()

    holds_true(site, loaded, f"{before} killed, {after} promoted in {promoted:.1f} s", took)


@pytest.mark.parametrize("_round", ROUNDS)
def test_boards_are_answered_while_a_replica_stands_still_and_when_it_dies(_round, site, loaded):
    writers, readers = loaded
    replica = site.standbys()[-1]

    with site.servers[replica].standing_still():
        readers.until_answered(20)
        took = writers.until_acknowledged()
    site.kill(replica)
    readers.until_answered(20)
    writers.until_acknowledged()
    site.start(replica)
    readers.until_answered()

    assert set(readers.counts) <= {"200", "behind"}
    holds_true(site, loaded, f"{replica} stood still, then died", took)


@pytest.mark.parametrize("_round", ROUNDS)
def test_the_proxy_goes_on_with_one_app_server(_round, site, loaded):
    writers, readers = loaded
    [first, _] = site.apps

    first.kill()
    took = writers.until_acknowledged()
    readers.until_answered()
    first.start()
    until(first.is_ready, 60)
    writers.until_acknowledged()

    holds_true(site, loaded, "an app server was killed", took)
