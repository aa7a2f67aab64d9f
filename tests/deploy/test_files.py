"""What is laid out on a server agrees with the tracker, and with its book."""

import configparser
import re
import shlex

import pytest
import yaml

from deploy import places, settings, system
from deploy.__main__ import parser
from install.step import StepError
from ops import headers, intake
from ops.config import Settings
from tests.conftest import ROOT
from tests.deploy import book

FILES = ROOT / "deploy/files"
NAME = "ops.example.police.uk"


@pytest.fixture
def site(tmp_path):
    """The site of nginx for that name."""
    return system.site(ROOT, NAME, tmp_path / "ops.pem", tmp_path / "ops.key", "127.0.0.1:8000")


def unit(name):
    """Read a unit; where a setting stands twice, the last holds."""
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str
    read.read(FILES / name)
    return read


def test_the_proxy_takes_as_much_and_waits_as_long_as_the_tracker(site):
    assert f"client_max_body_size {intake.LARGEST_BODY // 2**20}m;" in site
    waited = int(re.search(r"proxy_read_timeout (\d+)s", site)[1])
    assert waited > Settings().statement_seconds_export
    assert set(re.findall(r'Strict-Transport-Security "(.*?)"', site)) == {headers._HTTPS_ONLY}


def test_the_proxy_writes_what_is_believed_and_passes_on_nothing_else(site):
    sent = dict(re.findall(r'proxy_set_header (\S+) "?(.*?)"?;', site))

    assert sent["X-Forwarded-For"] == "$remote_addr"
    assert (sent["X-Forwarded-Proto"], sent["X-Forwarded-Host"]) == ("https", "$host")
    assert sent["Forwarded"] == sent["X-Forwarded-Prefix"] == ""
    assert "@" not in re.sub(r"@away(_api)?\b", "", site)


def test_the_service_is_given_time_to_finish_what_it_began():
    service = unit("ops.service")["Service"]

    assert int(service["TimeoutStopSec"]) > Settings().stop_seconds
    assert (service["KillMode"], service["Restart"]) == ("mixed", "always")


def test_every_service_and_timer_is_laid_out_in_its_sandbox(tmp_path):
    system.lay_units(ROOT, ["/mnt/backup/ops"], tmp_path)

    laid = {file.name for file in tmp_path.glob("ops*") if file.is_file()}
    assert laid == {*places.SERVICES, *places.TIMERS}
    for name in places.SERVICES:
        beside = tmp_path / f"{name}.d"
        assert "NoNewPrivileges=yes" in (beside / "sandbox.conf").read_text()
        assert "ReadWritePaths=-/mnt/backup/ops\n" in (beside / "places.conf").read_text()


def test_settings_are_read_as_they_were_written(tmp_path, monkeypatch):
    file = tmp_path / "ops" / "ops.env"
    monkeypatch.setattr(settings, "SETTINGS", file)
    monkeypatch.setattr(settings, "do", lambda *_: None)
    monkeypatch.setenv("OPS_OIDC_NAME", "the Force; $HOME & co")

    written = settings.keep(NAME)

    assert settings.read() == written == settings.keep("other.example")
    assert file.stat().st_mode & 0o777 == 0o640
    made = Settings.from_env(written)
    assert (made.demo, made.proxies, made.second_factor) == (False, 1, "required")
    assert (made.public_url, made.oidc_name) == (f"https://{NAME}", "the Force; $HOME & co")


@pytest.mark.parametrize("name", ["", "Ops.Example", "ops_x.example", "a;b", "ops.example/"])
def test_a_name_that_is_none_is_refused(tmp_path, name):
    with pytest.raises(StepError, match="--name needs a name"):
        system.check_site(name, tmp_path, tmp_path)


def test_the_book_gives_only_commands_that_there_are():
    words = [
        shlex.split(line)
        for section in ("Install on a server", "Upgrade and rollback")
        for block in book.commands(section)
        for line in block.splitlines()
        if line.startswith("python3 -m deploy")
    ]

    assert {each[3] for each in words} == {"install", "upgrade", "rollback"}
    for each in words:
        assert parser().parse_args(each[3:]).run


def test_a_database_in_a_container_is_told_what_the_book_says():
    section = book.BOOK.read_text().partition("\n## A server of your own\n")[2]
    told = re.search(r"```sql\n(.*?)```", section, re.DOTALL)[1]
    roles = (FILES / "roles.sh").read_text()

    # The passwords come from outside.
    assert {re.sub(r"'.*?'", "…", line) for line in told.splitlines()} <= {
        re.sub(r":'.*?'", "…", line) for line in roles.splitlines()
    }


def test_containers_may_do_next_to_nothing_and_hold_no_secret():
    composed = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())
    image = (ROOT / "deploy/Containerfile").read_text()

    for service in composed["services"].values():
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"]
    given = composed["services"]["tracker"]["environment"]
    assert all("${" in value for value in given.values())
    assert composed["networks"]["inside"]["internal"]
    assert re.search(r"^USER (?!0|root)", image.rpartition("FROM ")[2], re.MULTILINE)
    assert not re.search(r"(KEY|PASSWORD|SECRET)\w*=", image)
