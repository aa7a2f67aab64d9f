"""Clusters of tests' own: where they are kept, and how one waits for their processes."""

import contextlib
import shutil
import tempfile
import threading
from pathlib import Path

from ops.cluster import Cluster, ClusterError


def until(is_so):
    """Wait for another process, which tells nobody when it is done."""
    pause = threading.Event()
    while not is_so():
        pause.wait(0.02)


def fresh_home():
    """A home that the cluster's own user may enter, as pytest's directories are not."""
    parent = Path(tempfile.mkdtemp(prefix="cluster-"))
    parent.chmod(0o755)
    return parent / "postgres"


def remove(home):
    with contextlib.suppress(ClusterError):
        Cluster(home).stop()
    pointer = home / "place"
    if pointer.exists():
        shutil.rmtree(pointer.read_text().strip())
    shutil.rmtree(home.parent)
