"""The container image, built here: `-m install.container`.

Where no registry can be reached, its base is a Debian that is fetched as packages.
"""

import shutil
import subprocess
from pathlib import Path

from install import apt, machine
from install.step import PROJECT, run, say

PACKAGES = ("buildah", "podman", "runc")
BASE = "docker.io/library/debian:bookworm-slim"
OWN_BASE = "localhost/debian:bookworm"
IMAGE = "localhost/ops"
# What this system trusts, a base of our own does too, so that pip and npm get through.
BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")


def build() -> None:
    """Build the image of this source."""
    if not all(map(shutil.which, PACKAGES)):
        apt.add(PACKAGES, "Install buildah, podman and runc, then run make again.")
    base = BASE if _is_reached() else _own_base()
    say(f"building {IMAGE} on {base}")
    words = ["--isolation=chroot", "--format=docker", "--layers", f"--build-arg=BASE={base}"]
    run(["buildah", "build", *words, "--file=deploy/Containerfile", f"--tag={IMAGE}", PROJECT])


def _is_reached() -> bool:
    pulled = subprocess.run(["buildah", "pull", "--quiet", BASE], capture_output=True, check=False)
    return pulled.returncode == 0


def _own_base() -> str:
    """Make a base of Debian's packages, for want of a registry."""
    say("no registry can be reached; the base is made of Debian's packages")
    machine.install()
    begun = subprocess.check_output(["buildah", "from", "scratch"], text=True).strip()
    try:
        run(["buildah", "add", "--quiet", begun, machine.DEBIAN, "/"])
        if BUNDLE.exists():
            run(["buildah", "copy", "--quiet", begun, BUNDLE, str(BUNDLE)])
            for key in ("PIP_CERT", "NODE_EXTRA_CA_CERTS"):
                run(["buildah", "config", f"--env={key}={BUNDLE}", begun])
        run(["buildah", "commit", "--quiet", begun, OWN_BASE])
    finally:
        run(["buildah", "rm", begun])
    return OWN_BASE


if __name__ == "__main__":
    build()
