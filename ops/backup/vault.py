"""Files that are sealed with the key of the backups; without it they are noise, names too."""

import contextlib
import hashlib
import hmac
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ops.errors import Unavailable

_NONCE = 12


class Vault:
    """A folder of sealed files."""

    def __init__(self, folder: Path, key: str) -> None:
        self.folder = folder
        self._cipher = AESGCM(_derived(key, "content"))
        self._names = _derived(key, "names")

    def name(self, called: str) -> str:
        """Give the name of the file: whoever only sees the folder learns nothing of a hash."""
        return hmac.new(self._names, called.encode(), hashlib.sha256).hexdigest()

    def put(self, called: str, content: bytes) -> None:
        """Seal content under a name, all at once."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        nonce = os.urandom(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, content, called.encode())
        unfinished = self.folder / f".{uuid.uuid4().hex}"
        try:
            with unfinished.open("xb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self.folder / self.name(called))
        finally:
            unfinished.unlink(missing_ok=True)

    def get(self, called: str) -> bytes | None:
        """Open what was sealed under this name, if there is such a file."""
        try:
            sealed = (self.folder / self.name(called)).read_bytes()
        except FileNotFoundError:
            return None
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], called.encode())
        except (InvalidTag, ValueError) as error:
            raise Unavailable(
                f"A file in {self.folder} can't be opened: OPS_BACKUP_KEY is another than it was "
                "sealed with, or the file is damaged."
            ) from error

    def files(self) -> Iterator[Path]:
        """List what is sealed here, by the names of the files."""
        with contextlib.suppress(FileNotFoundError):
            yield from (each for each in self.folder.iterdir() if not each.name.startswith("."))


def _derived(key: str, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"ops backup {purpose}".encode()).derive(key.encode())
