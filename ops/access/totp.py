"""Codes of authenticator apps (RFC 6238), and how their secrets are sealed."""

import datetime as dt
import hmac
import secrets
import uuid

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ISSUER = "Operations tracker"
# The step of now, the one before for slow fingers, the one after for a clock that is fast.
DRIFT = (0, -1, 1)
_NONCE = 12


def new_secret() -> str:
    """Make the secret of an app: 160 bits, as RFC 4226 advises."""
    return pyotp.random_base32()


def uri(secret: str, email: str) -> str:
    """Give what the app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def step_of(secret: str, code: str, now: dt.datetime) -> int | None:
    """Tell of which time step a code is, near enough to now; None if of none."""
    app = pyotp.TOTP(secret)
    step = app.timecode(now)
    found = None
    for drift in DRIFT:
        if hmac.compare_digest(app.generate_otp(step + drift).encode(), code.encode()):
            found = step + drift
    return found


def seal(key: str, secret: str, person_id: uuid.UUID) -> bytes:
    """Seal a secret, so that it is of no use in a stolen copy of the database or to another."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher(key).encrypt(nonce, secret.encode(), person_id.bytes)


def unseal(key: str, sealed: bytes, person_id: uuid.UUID) -> str | None:
    """Open a sealed secret; None where the key is another, or the secret another person's."""
    try:
        opened = _cipher(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], person_id.bytes)
    except InvalidTag:
        return None
    return opened.decode()


def _cipher(key: str) -> AESGCM:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"ops totp").derive(key.encode())
    return AESGCM(derived)
