"""Everything a fresh Debian or Ubuntu lacks, one step after another, by the system's own Python.

A step that is done already costs a look at a file; so each `make` begins here.
"""

import fcntl
import os
import subprocess
import sys
from collections.abc import Sequence

from install import browser, node, python, system, typeset
from install.step import LOCAL, StepError, say


def main(words: Sequence[str]) -> None:
    """Install for `run`, or for `test` and whatever else a developer does."""
    if list(words) not in (["run"], ["test"]):
        sys.exit("Say what for: python3 -m install run, or python3 -m install test.")
    for_tests = words[0] == "test"
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / "install.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another make to install")
            fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            system.install(for_tests=for_tests, own_database=not os.environ.get("OPS_DATABASE_URL"))
            typeset.install()
            python.install(for_tests=for_tests)
            if for_tests:
                browser.install()
            node.install()
        except StepError as error:
            sys.exit(str(error))
        except subprocess.CalledProcessError as error:
            sys.exit(f"This failed, with code {error.returncode}: {' '.join(map(str, error.cmd))}")
