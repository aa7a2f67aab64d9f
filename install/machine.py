"""What boots an empty Debian beside this system, for one of the drills: `-m install.machine`."""

import shutil

from install import apt
from install.step import LOCAL, run, say

PROGRAMS = {
    "mmdebstrap": "mmdebstrap",
    "systemd-nspawn": "systemd-container",
    "slirp4netns": "slirp4netns",
}
# Nothing that the book installs is in it.
INCLUDED = "systemd-sysv,dbus,ca-certificates"
RELEASE = "bookworm"
DEBIAN = LOCAL / "machine/debian.tar"


def install() -> None:
    """Have the programs, and an empty Debian in a file."""
    if missing := [package for program, package in PROGRAMS.items() if not shutil.which(program)]:
        apt.add(missing, "This drill needs Debian or Ubuntu.")
    if not DEBIAN.exists():
        say("fetching an empty Debian, once")
        DEBIAN.parent.mkdir(parents=True, exist_ok=True)
        unfinished = DEBIAN.with_suffix(".unfinished.tar")
        words = ("--variant=minbase", f"--include={INCLUDED}", RELEASE, unfinished)
        run(["mmdebstrap", *words])
        unfinished.replace(DEBIAN)


if __name__ == "__main__":
    install()
