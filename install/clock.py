"""A clock that can be made to jump, for one of the drills: `-m install.clock`."""

from pathlib import Path

from install import apt

PACKAGES = ("libfaketime",)


def install() -> None:
    """Install it, unless it is there."""
    if any(Path("/usr/lib").glob("*/faketime")):
        return
    apt.add(PACKAGES, "libfaketime comes from Debian or Ubuntu; install it yourself.")


if __name__ == "__main__":
    install()
