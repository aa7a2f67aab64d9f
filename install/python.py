"""The Python environment in .venv, from the hashed lock files."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from install.step import PROJECT, UNPACKED, VENV, Stamp, StepError, digest, run, say

PYTHON = VENV / "bin/python"
VERSION = "{}.{}".format(*sys.version_info[:2])

RUN, TEST = "requirements.lock", "requirements-test.lock"


def can_get_pip() -> bool:
    """Tell whether an environment made by this Python can have pip."""
    return importlib.util.find_spec("ensurepip") is not None or _wheel() is not None


def install(*, for_tests: bool) -> None:
    """Make the environment, and put in it what the lock file names."""
    if not _is_sound():
        say(f"making a Python {VERSION} environment in .venv")
        _make()
    stamp = Stamp("python")
    made_from = {
        lock: digest([PROJECT / name for name in (lock, "setup.cfg", "pyproject.toml")], VERSION)
        for lock in (RUN, TEST)
    }
    # What the tests need includes all that a run needs, in the same versions.
    enough = [made_from[TEST]] if for_tests else made_from.values()
    if any(map(stamp.is_, enough)):
        return
    lock = TEST if for_tests else RUN
    say(f"installing the Python packages of {lock}")
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
    run([*pip, "--only-binary=:all:", "--require-hashes", f"--requirement={lock}"])
    run([*pip, "--no-index", "--no-build-isolation", "--editable", "."])
    stamp.put(made_from[lock])


def _is_sound() -> bool:
    """Tell whether .venv was made here, by this version, and still runs."""
    try:
        if str(VENV) not in (VENV / "pyvenv.cfg").read_text():
            return False
        told = subprocess.run(
            [PYTHON, "-c", "import pip, sys; print('{}.{}'.format(*sys.version_info[:2]))"],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return False
    return told.stdout.strip() == VERSION


def _make() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    Stamp("python").put("")
    if importlib.util.find_spec("ensurepip") is not None:
        run([sys.executable, "-m", "venv", VENV])
    elif wheel := _wheel():
        run([sys.executable, "-m", "venv", "--without-pip", VENV])
        run([PYTHON, wheel / "pip", "install", "--quiet", "--no-index", wheel])
    else:
        raise StepError(f"Python {VERSION} has no pip for new environments: install python3-venv.")


def _wheel() -> Path | None:
    """Find Debian's own wheel of pip, installed or unpacked."""
    wheels = (
        wheel
        for root in (Path("/"), UNPACKED)
        for wheel in root.glob("usr/share/python-wheels/pip-*.whl")
    )
    return next(wheels, None)
