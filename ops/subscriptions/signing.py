"""How a receiver knows that a delivery is ours: the signature of Standard Webhooks."""

import base64
import datetime as dt
import hashlib
import hmac
import secrets
import uuid
from collections.abc import Sequence

from ops.access import sealing

_PURPOSE = b"ops webhook"
_PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    """Make a secret in the form that receivers' libraries read."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def seal(key: str, secret: str, subscription_id: uuid.UUID) -> bytes:
    """Seal the secret of a subscription."""
    return sealing.seal(key, _PURPOSE, secret, subscription_id)


def unseal(key: str, sealed: bytes, subscription_id: uuid.UUID) -> str | None:
    """Open the secret of a subscription; None where the key is another."""
    return sealing.unseal(key, _PURPOSE, sealed, subscription_id)


def headers(
    delivery_id: uuid.UUID, now: dt.datetime, body: bytes, signed_with: Sequence[str]
) -> dict[str, str]:
    """Give the headers of a delivery, with a signature by each secret that holds."""
    stamp = str(int(now.timestamp()))
    signed = f"{delivery_id}.{stamp}.".encode() + body
    return {
        "webhook-id": str(delivery_id),
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(_signature(each, signed) for each in signed_with),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
