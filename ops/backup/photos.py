"""Photos in the backup: each sealed once under its hash, kept until no restore can ask for it."""

import datetime as dt
import hashlib
from collections.abc import Iterable

from ops.backup.vault import Vault
from ops.config import Settings
from ops.errors import Unavailable
from ops.results import attachments

# Beside a photo that no record names any more; its time says since when.
_GONE = ".gone"


def copy(settings: Settings, vault: Vault, hashes: Iterable[str]) -> tuple[int, list[str]]:
    """Seal the photos that are not in the vault yet; count them, and name those lost already."""
    there = {each.name for each in vault.files()}
    copied, lost = 0, []
    for sha256 in hashes:
        if vault.name(sha256) in there:
            continue
        try:
            content = attachments.read(settings, sha256)
        except Unavailable:
            lost.append(sha256)
            continue
        vault.put(sha256, content)
        copied += 1
    return copied, lost


def expire(vault: Vault, hashes: Iterable[str], days: int) -> int:
    """Drop the photos that no record has named for so many days, and count them."""
    named = {vault.name(each) for each in hashes}
    before = dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
    dropped = 0
    for file in [each for each in vault.files() if each.suffix != _GONE]:
        gone = file.with_suffix(_GONE)
        if file.name in named:
            gone.unlink(missing_ok=True)
        elif not gone.exists():
            gone.touch(mode=0o600)
        elif dt.datetime.fromtimestamp(gone.stat().st_mtime, dt.UTC) < before:
            file.unlink()
            gone.unlink()
            dropped += 1
    return dropped


def bring_back(settings: Settings, vault: Vault, hashes: Iterable[str]) -> tuple[int, list[str]]:
    """Have these photos where they are kept; count those that came, and name those missing."""
    came, missing = 0, []
    for sha256 in hashes:
        if _is_there(settings, sha256):
            continue
        content = vault.get(sha256)
        if content is None or hashlib.sha256(content).hexdigest() != sha256:
            missing.append(sha256)
            continue
        attachments.keep(settings.attachments_at(), sha256, content)
        came += 1
    return came, missing


def _is_there(settings: Settings, sha256: str) -> bool:
    try:
        attachments.read(settings, sha256)
    except Unavailable:
        return False
    return True
