"""What is laid out on the system around a release: its user, its services, its site."""

import pwd
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from deploy import settings as settings_file
from deploy.places import (
    COMMAND,
    ENABLED,
    SERVICES,
    SITE,
    STATE,
    TIMERS,
    UNITS,
    USER,
    do,
    say,
)
from install import apt
from install.step import StepError

PACKAGES = {"/usr/sbin/nginx": "nginx", "/usr/bin/curl": "curl"}
FOR_BACKUPS = {"/usr/bin/pgbackrest": "pgbackrest"}
# Debian's welcome page, which would answer to every name.
WELCOME = ENABLED / "default"
_NAME = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9-]{1,63}")


def add_packages(settings: Mapping[str, str]) -> None:
    """Install what stands around the tracker and is not here yet."""
    wanted = PACKAGES | (FOR_BACKUPS if settings.get("OPS_BACKUP") else {})
    if missing := [package for file, package in wanted.items() if not Path(file).exists()]:
        apt.add(missing, f"Install {' and '.join(missing)} first.")


def add_user() -> None:
    """Have a user of the tracker's own, who signs in nowhere, and a home for what it keeps."""
    try:
        pwd.getpwnam(USER)
    except KeyError:
        say(f"adding the user {USER}")
        words = ("--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin")
        do("useradd", *words, "--home-dir", STATE, USER)
    STATE.mkdir(mode=0o750, exist_ok=True)
    do("chown", f"{USER}:{USER}", STATE)


def lay_units(release: Path, folders: list[str], units: Path = UNITS) -> None:
    """Lay out the services and timers of this release, and its command line."""
    files = release / "deploy/files"
    for name in (*SERVICES, *TIMERS):
        shutil.copy(files / name, units / name)
    for name in SERVICES:
        beside = units / f"{name}.d"
        beside.mkdir(exist_ok=True)
        shutil.copy(files / "sandbox.conf", beside / "sandbox.conf")
        places = "".join(f"ReadWritePaths=-{folder}\n" for folder in folders)
        (beside / "places.conf").write_text(f"[Service]\n{places}")


def lay_command(release: Path) -> None:
    """Have `ops` on the path."""
    shutil.copy(release / "deploy/files/ops", COMMAND)
    COMMAND.chmod(0o755)


def lay_site(release: Path, name: str, certificate: Path, key: Path) -> None:
    """Write the site of nginx that speaks TLS for the tracker."""
    say(f"writing {SITE} for https://{name}")
    SITE.write_text(site(release, name, certificate, key, settings_file.read()["OPS_BIND"]))
    if WELCOME.is_symlink():
        say(f"removing nginx's welcome page, {WELCOME}")
        WELCOME.unlink()
    enabled = ENABLED / SITE.name
    if not enabled.exists():
        enabled.symlink_to(SITE)
    do("nginx", "-t", "-q")


def site(release: Path, name: str, certificate: Path, key: Path, bind: str) -> str:
    """Fill in the site."""
    text = (release / "deploy/files/nginx.conf").read_text()
    for mark, value in {"NAME": name, "CERTIFICATE": certificate, "KEY": key, "BIND": bind}.items():
        text = text.replace(f"@{mark}@", str(value))
    return text


def check_site(name: str, certificate: Path, key: Path) -> None:
    """Refuse what nginx could not serve, before anything is changed."""
    if not _NAME.fullmatch(name):
        raise StepError(f"--name needs a name such as ops.example.police.uk, and not {name!r}.")
    for option, file in {"--certificate": certificate, "--key": key}.items():
        if not (file.is_absolute() and file.is_file()):
            raise StepError(f"{option} needs the whole path of a file, and there is no {file}.")
        if re.search(r"[\s;{}\"'$]", str(file)):
            raise StepError(f"{option} needs a path without blanks and signs, and not {file}.")


def start() -> None:
    """Have systemd and nginx go by what was laid out, and wait until the tracker is ready."""
    if not is_booted():
        say("systemd does not run here: start ops.service and nginx.service yourself")
        return
    do("systemctl", "daemon-reload")
    do("systemctl", "enable", "--quiet", "nginx.service", "ops.service", *TIMERS)
    say("starting ops.service; ready means that /readyz says so")
    try:
        do("systemctl", "restart", "ops.service")
    except subprocess.CalledProcessError as error:
        raise StepError(
            "The tracker did not become ready: `journalctl -u ops` says why. What served before "
            "is brought back by `python3 -m deploy rollback`."
        ) from error
    do("systemctl", "start", *TIMERS)
    do("systemctl", "reload-or-restart", "nginx.service")


def stop() -> None:
    """Stop the tracker and its timers."""
    if is_booted():
        do("systemctl", "stop", *TIMERS, "ops.service")


def remove() -> None:
    """Take away all that was laid out."""
    if is_booted():
        do("systemctl", "disable", "--quiet", "--now", *TIMERS, "ops.service")
    for name in (*SERVICES, *TIMERS):
        (UNITS / name).unlink(missing_ok=True)
        shutil.rmtree(UNITS / f"{name}.d", ignore_errors=True)
    for file in (ENABLED / SITE.name, SITE, COMMAND):
        file.unlink(missing_ok=True)
    if is_booted():
        do("systemctl", "daemon-reload")
        do("systemctl", "reload-or-restart", "nginx.service")


def is_booted() -> bool:
    """Tell whether systemd runs this machine."""
    return Path("/run/systemd/system").exists()
