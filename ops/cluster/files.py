"""The files of a cluster that are not the server's: its passwords, and the locks of its leases."""

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path


def keep_passwords(file: Path, passwords: Mapping[str, str]) -> None:
    """Write the passwords, for this user alone, whole or not at all."""
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
        json.dump(passwords, written)
    fresh.replace(file)


def is_last(leases: int) -> bool:
    """Tell whether nobody else holds a lease."""
    try:
        fcntl.flock(leases, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
