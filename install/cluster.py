"""What stands between several machines, for the drill of failover: `-m install.cluster`."""

import os
import shutil

from install import apt
from install.step import UNPACKED

PACKAGES = ("nginx", "pgbouncer")


def install() -> None:
    """Unpack what is missing beside the project: installed, it would be started as a service."""
    if missing := [each for each in PACKAGES if not _is_there(each)]:
        said = "nginx and PgBouncer come from Debian or Ubuntu; install them yourself."
        apt.add(missing, said, apt.AptWithoutRoot())


def _is_there(program: str) -> bool:
    places = os.pathsep.join((os.defpath, "/usr/sbin", str(UNPACKED / "usr/sbin")))
    return shutil.which(program, path=places) is not None


if __name__ == "__main__":
    install()
