"""Codes of authenticator apps (RFC 6238), and how their secrets are sealed."""

import datetime as dt
import hmac
import uuid

import pyotp

from ops.access import sealing

ISSUER = "Operations tracker"
# The step of now, the one before for slow fingers, the one after for a clock that is fast.
DRIFT = (0, -1, 1)
_PURPOSE = b"ops totp"


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
    """Seal the secret of somebody's app."""
    return sealing.seal(key, _PURPOSE, secret, person_id)


def unseal(key: str, sealed: bytes, person_id: uuid.UUID) -> str | None:
    """Open the secret of somebody's app; None where the key is another, or the secret another's."""
    return sealing.unseal(key, _PURPOSE, sealed, person_id)
