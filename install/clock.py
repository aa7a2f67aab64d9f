"""A clock that can be made to jump, for one of the drills: `-m install.clock`."""

from pathlib import Path

from install import apt
from install.step import StepError

PACKAGES = ("libfaketime",)


def install() -> None:
    """Install it, unless it is there."""
    if any(Path("/usr/lib").glob("*/faketime")):
        return
    if not apt.is_here():
        raise StepError("libfaketime comes from Debian or Ubuntu; install it yourself.")
    packages = apt.choose()
    packages.update()
    packages.install(PACKAGES)


if __name__ == "__main__":
    install()
