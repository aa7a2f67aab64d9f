"""`python3 -m deploy install`, `upgrade`, `rollback` or `uninstall`, as root; `site` as anybody."""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from deploy import releases, settings, system
from deploy.places import CURRENT, RELEASES, SETTINGS, STATE, run_ops, say
from install import apt
from install.step import PROJECT, StepError

ABOUT = {
    "install": "Install this source on this machine and serve it over TLS. Again, it changes what "
    "differs. OPS_… settings of the environment go into the settings when they are first written: "
    "OPS_DATABASE_URL and OPS_OWNER_DATABASE_URL for a server of your own, for example.",
    "upgrade": "Put this source beside what serves, bring the tables up to date, and switch.",
    "rollback": "Take the tables back to what the release of before knows, and switch to it.",
    "site": "Print the site for an nginx that runs elsewhere, such as in a container.",
    "uninstall": "Remove all but the settings, what was recorded, and the user.",
}


def main() -> None:
    """Do what was asked for, or say in a sentence why not."""
    asked = parser().parse_args()
    try:
        if asked.run is not _print_site:
            _check()
        asked.run(asked)
    except StepError as error:
        sys.exit(str(error))
    except subprocess.CalledProcessError as error:
        sys.exit(f"This failed, with code {error.returncode}: {' '.join(map(str, error.cmd))}")


def _check() -> None:
    if os.geteuid() != 0:
        raise StepError("Run this as root: it adds a user and services.")
    if not apt.is_here():
        raise StepError("This is for Debian and Ubuntu; docs/operating.md has other ways.")
    os.umask(0o022)


def parser() -> argparse.ArgumentParser:
    """Know the commands."""
    parser = argparse.ArgumentParser(prog="python3 -m deploy", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = {
        "install": _install,
        "upgrade": _upgrade,
        "rollback": _roll_back,
        "site": _print_site,
        "uninstall": _remove,
    }
    for name, about in ABOUT.items():
        command = commands.add_parser(name, help=about.partition(".")[0], description=about)
        command.set_defaults(run=run[name])
        if name in {"install", "site"}:
            command.add_argument("--name", required=True, help="the name that people type")
            command.add_argument("--certificate", required=True, type=Path, help="with its chain")
            command.add_argument("--key", required=True, type=Path, help="readable by root alone")
        if name == "site":
            command.add_argument("--bind", required=True, help="where the tracker answers")
        if name == "rollback":
            command.add_argument("--yes", action="store_true", help="do not ask")
    return parser


def _install(asked: argparse.Namespace) -> None:
    system.check_site(asked.name, asked.certificate, asked.key)
    system.add_user()
    chosen = settings.keep(asked.name)
    system.add_packages(chosen)
    release = _prepare(chosen)
    system.lay_site(release, asked.name, asked.certificate, asked.key)
    system.start()
    say(f"served at https://{asked.name}")


def _upgrade(_: argparse.Namespace) -> None:
    if not SETTINGS.exists():
        raise StepError("Nothing is installed here yet: python3 -m deploy install.")
    _prepare(settings.read())
    system.start()


def _prepare(chosen: dict[str, str]) -> Path:
    """Have the release built, its tables up to date, and switch to it."""
    release = releases.make(chosen)
    # While what is there still serves: it knows newer tables to be well.
    say("bringing the tables up to date")
    run_ops(release, chosen, "db", "upgrade")
    releases.switch(release)
    _lay(release, chosen)
    return release


def _lay(release: Path, chosen: dict[str, str]) -> None:
    system.lay_units(release, settings.writable(chosen))
    system.lay_command(release)


def _roll_back(asked: argparse.Namespace) -> None:
    of_before, chosen = releases.previous(), settings.read()
    back_to = releases.revision(of_before)
    system.stop()
    if back_to != releases.revision(CURRENT.resolve()):
        say(f"taking the tables back to {back_to}")
        words = ["db", "downgrade", *(["--yes"] if asked.yes else []), back_to]
        try:
            run_ops(CURRENT, chosen, *words)
        except subprocess.CalledProcessError:
            # Nothing is changed, so it goes on as it was.
            system.start()
            raise
    releases.back()
    _lay(of_before, chosen)
    system.start()


def _print_site(asked: argparse.Namespace) -> None:
    print(system.site(PROJECT, asked.name, asked.certificate, asked.key, asked.bind), end="")


def _remove(_: argparse.Namespace) -> None:
    system.remove()
    shutil.rmtree(RELEASES.parent, ignore_errors=True)
    say(f"removed; {SETTINGS.parent} and {STATE} are as they were")


if __name__ == "__main__":
    main()
