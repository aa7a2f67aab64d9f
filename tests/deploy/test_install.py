"""The operator's book, followed on an empty Debian: from nothing to a page over TLS, and back."""

import json
import re
import subprocess
import sys

import pytest

from deploy.places import SERVICES, TIMERS
from tests.deploy import authority, book, machine

pytestmark = pytest.mark.deploy

NAME = "ops.example.police.uk"
SOURCE = "/usr/local/src/ops"
# What `systemd-analyze security` may say at most, of 10: what keeps it from 0 is the network.
MOST_EXPOSED = 2.0
STATE = "/proc/$(systemctl show --property=MainPID --value ops)"
# What the libraries with machine code of their own do, tried under the same sandbox.
TRIED = """
import io, argon2, numpy, pyarrow, pyarrow.parquet, shapely, weasyprint
assert weasyprint.HTML(string="<p>text").write_pdf().startswith(b"%PDF")
pyarrow.parquet.write_table(pyarrow.table({"a": [1]}), io.BytesIO())
assert numpy.linalg.svd(numpy.eye(300))[1].sum() == 300
assert argon2.PasswordHasher().hash("x") and shapely.Point(0, 0).buffer(1).is_valid
"""


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """An authority of the test's own, and what it gave to the server."""
    return authority.make(tmp_path_factory.mktemp("authority"), NAME)


@pytest.fixture(scope="module")
def debian(tmp_path_factory, certificates):
    """An empty Debian on which nothing of the book has been done but to bring the source."""
    assert machine.DEBIAN.exists(), "make test-deploy fetches it first"
    with machine.booted(tmp_path_factory.mktemp("machine") / "root") as booted:
        booted.put_source(SOURCE)
        here = booted.root / "etc/ssl/ops"
        here.mkdir(mode=0o700)
        for name in ("ops.pem", "ops.key"):
            (here / name).write_bytes((certificates / name).read_bytes())
        # As the network's names and the force's own authority would be known.
        trusted = booted.root / machine.TRUSTED / "test.crt"
        trusted.write_bytes((certificates / "ca.pem").read_bytes())
        booted.run(f"echo 127.0.0.1 {NAME} >> /etc/hosts; update-ca-certificates")
        yield booted


@pytest.fixture(scope="module")
def installed(debian):
    """What the book's commands printed, one after another."""
    (debian.root / "mnt/backup").mkdir()
    return [debian.run(each) for each in book.commands("Install on a server")]


@pytest.fixture
def visit(debian, certificates):
    """See the service as somebody on the network does."""

    def see(*person, password=""):
        words = [sys.executable, "-m", "tests.deploy.visitor", NAME, certificates / "ca.pem"]
        inside = ["nsenter", f"--target={debian.leader}", "--net", *words, *person]
        told = subprocess.run(inside, input=password, capture_output=True, text=True, check=True)
        return json.loads(told.stdout)

    return see


def test_the_book_leads_from_nothing_to_a_page_over_tls(installed, visit):
    seen = visit()

    assert [seen[each]["status"] for each in ("healthz", "readyz", "sign-in")] == [200, 200, 200]
    assert json.loads(seen["readyz"]["text"])["status"] == "ready"
    assert "Sign in" in seen["sign-in"]["text"]
    assert seen["plain"]["status"] == 301
    assert seen["plain"]["headers"]["Location"] == f"https://{NAME}/sign-in?next=%2Fmap"
    assert all(
        "max-age=31536000" in seen[each]["headers"]["Strict-Transport-Security"]
        for each in ("healthz", "sign-in", "api")
    )


def test_the_first_administrator_signs_in_with_a_second_factor(installed, visit):
    password = re.search(r"Password \(shown this once\): (\S+)", "".join(installed))[1]

    seen = visit("ada@example.police.uk", password=password)

    assert (seen["signed in"]["status"], "Ada Example" in seen["signed in"]["text"]) == (200, True)


def test_it_may_do_next_to_nothing(installed, debian):
    services, timers = " ".join(SERVICES), " ".join(TIMERS)
    exposed = debian.run(f"systemd-analyze security --offline=yes {services} | grep Overall")
    verified = debian.run(f"systemd-analyze verify {services} {timers} 2>&1")
    status = debian.run(f"cat {STATE}/status")
    mounts = debian.run(f"cat {STATE}/mounts")
    (debian.root / "opt/ops/tried.py").write_text(TRIED)
    units = debian.root / "etc/systemd/system"
    (units / "tried.service").write_text(
        "[Service]\nType=oneshot\nExecStart=/opt/ops/current/.venv/bin/python /opt/ops/tried.py\n"
    )
    debian.run("cd /etc/systemd/system; cp -r ops.service.d tried.service.d")
    debian.run("systemctl daemon-reload; systemctl start tried || journalctl -u tried")
    tried = debian.run("systemctl show --property=Result tried")

    scores = [float(each) for each in re.findall(r": (\d+\.\d)", exposed)]
    assert (len(scores), max(scores) <= MOST_EXPOSED) == (3, True)
    assert verified.strip() == ""
    said = dict(re.findall(r"^(\w+):\s+(\S+)", status, re.MULTILINE))
    assert (said["NoNewPrivs"], said["Seccomp"], int(said["CapBnd"], 16)) == ("1", "2", 0)
    assert said["Uid"] != "0"
    options = {
        where: how.split(",") for _, where, _, how, *_ in map(str.split, mounts.splitlines())
    }
    written = {where for where, how in options.items() if "rw" in how and where.startswith("/")}
    assert "ro" in options["/"]
    assert {"/var/lib/ops", "/mnt/backup/ops"} <= written
    assert not any(where.startswith(("/etc", "/opt", "/usr", "/home")) for where in written)
    assert tried.strip() == "Result=success"


def test_its_secrets_are_read_by_it_alone(installed, debian):
    told = debian.run("stat --format='%a %U %G' /etc/ops/ops.env /var/lib/ops /opt/ops/current/ops")

    assert told.splitlines() == ["640 root ops", "750 ops ops", "755 root root"]
    assert "OPS_SECOND_FACTOR=required" in debian.run("grep FACTOR /etc/ops/ops.env")


def test_what_must_not_reach_it_stops_at_the_proxy(installed, debian):
    ask = f"curl --silent --output /dev/null --write-out '%{{http_code}}\\n' https://{NAME}"
    large = debian.run(f"truncate -s 11M /tmp/large; {ask}/sign-in --data-binary @/tmp/large")
    other = debian.run(
        "curl --insecure --show-error --silent --resolve other.test:443:127.0.0.1"
        " https://other.test/healthz",
        check=False,
    )
    old = debian.run(f"curl --silent --tls-max 1.1 https://{NAME}/healthz", check=False)
    debian.run(f"{ask}/healthz?secret=seen -H 'X-Forwarded-For: 192.0.2.1' -H 'X-Request-ID: abc'")
    log = debian.run("cat /var/log/nginx/ops.log /var/log/nginx/ops-error.log")

    assert large.strip() == "413"
    assert "unrecognized name" in other
    assert "ok" not in old
    assert not re.search(r"secret|sign-in|127\.0\.0\.1|192\.0\.2\.1", log)


def test_each_night_the_ledger_is_verified_and_a_backup_made(installed, debian):
    debian.run("systemctl start ops-ledger ops-backup")
    timers = debian.run("systemctl list-timers --no-pager")
    seals = debian.run("ls /var/lib/ops/seals")
    debian.run("ops backup --state")

    assert ("ops-ledger.timer" in timers, "ops-backup.timer" in timers) == (True, True)
    assert "seals-" in seals


def test_who_comes_while_it_is_away_is_told_when_to_come_again(installed, debian, visit):
    debian.run("systemctl stop ops")
    away = visit()
    debian.run("systemctl start ops")
    back = visit()

    for label, kind in {"sign-in": "text/html", "api": "application/problem+json"}.items():
        assert (away[label]["status"], away[label]["headers"]["Retry-After"]) == (503, "5")
        assert away[label]["headers"]["Content-Type"] == kind
        assert "Strict-Transport-Security" in away[label]["headers"]
    assert back["readyz"]["status"] == 200


def test_what_is_killed_is_begun_anew(installed, debian, visit):
    debian.run("systemctl kill --signal=KILL ops")
    # It is ready again before this returns: `start` waits for what is starting.
    debian.run("while systemctl is-active --quiet ops; do sleep 0.1; done; systemctl start ops")

    assert visit()["readyz"]["status"] == 200


def test_an_upgrade_goes_and_comes_back_with_what_was_recorded(installed, debian, visit):
    fresh = debian.put_source(f"{SOURCE}-new")
    setup = fresh / "setup.cfg"
    setup.write_text(re.sub(r"(?m)^version = .*", "version = 99.0", setup.read_text()))
    newest = sorted((fresh / "migrations/versions").glob("0*.py"))[-1].name.partition("_")[0]
    (fresh / "migrations/versions/9999_later.py").write_text(
        f'from alembic import op\nrevision = "9999"\ndown_revision = "{newest}"\n'
        'def upgrade():\n    op.execute("create table later ()")\n'
        'def downgrade():\n    op.execute("drop table later")\n'
    )
    upgrade, back, *_ = book.commands("Upgrade and rollback")

    debian.run(upgrade)
    above = debian.run("readlink /opt/ops/current; ops db upgrade"), visit()
    debian.run(back, given="y\n")
    below = debian.run("readlink /opt/ops/current; ops db upgrade"), visit()
    people = debian.run("ops user password ada@example.police.uk")

    assert ("99.0-" in above[0], "they were of 9999" in above[0]) == (True, True)
    assert ("99.0-" in below[0], f"they were of {newest}" in below[0]) == (False, True)
    assert [each[1]["readyz"]["status"] for each in (above, below)] == [200, 200]
    assert "Password" in people


def test_to_remove_it_leaves_what_was_recorded(installed, debian):
    debian.run(f"cd {SOURCE}; python3 -m deploy uninstall")
    left = debian.run("ls /var/lib/ops /etc/ops; systemctl list-unit-files --no-legend")

    assert {"postgres", "ops.env"} <= set(left.split())
    assert "ops.service" not in left
    assert not (debian.root / "opt/ops").exists()
