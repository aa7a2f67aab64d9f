"""QGIS with its Python, for the one test that reads our features with it: `-m install.qgis`."""

from pathlib import Path

from install import apt
from install.step import say

PACKAGES = ("python3-qgis", "qgis-providers")
# Debian's own Python knows it from here.
HERE = Path("/usr/lib/python3/dist-packages/qgis/core")


def install() -> None:
    """Install QGIS, unless it is there."""
    if HERE.exists():
        return
    say("QGIS takes more than a gigabyte")
    apt.add(PACKAGES, "QGIS comes from Debian or Ubuntu; install python3-qgis yourself.")


if __name__ == "__main__":
    install()
