"""How secrets are sealed that have to be opened again: for one purpose, bound to one record."""

import secrets
import uuid

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12


def seal(key: str, purpose: bytes, secret: str, owner_id: uuid.UUID) -> bytes:
    """Seal a secret, so that it is of no use in a stolen copy of the database or to another."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher(key, purpose).encrypt(nonce, secret.encode(), owner_id.bytes)


def unseal(key: str, purpose: bytes, sealed: bytes, owner_id: uuid.UUID) -> str | None:
    """Open a sealed secret; None where the key is another, or the secret another's."""
    try:
        opened = _cipher(key, purpose).decrypt(sealed[:_NONCE], sealed[_NONCE:], owner_id.bytes)
    except InvalidTag:
        return None
    return opened.decode()


def _cipher(key: str, purpose: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), length=32, salt=None, info=purpose).derive(key.encode()))
