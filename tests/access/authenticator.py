"""An authenticator in software: makes passkeys and answers with them, or wrongly if told to."""

import base64
import hashlib
import json
import secrets

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

# Flags of the authenticator's data: somebody was there, who proved it, a new key is attached.
PRESENT, VERIFIED, ATTACHED = 0x01, 0x04, 0x40


def encode(content):
    """Write base64url without padding, as WebAuthn does."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Authenticator:
    """A security key with one passkey on it."""

    def __init__(self, origin="http://localhost"):
        self.origin = origin
        self.id = secrets.token_bytes(32)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.count = 0

    def make(self, options, **wrong):
        """Answer a request to make the passkey."""
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        attached = bytes(16) + len(self.id).to_bytes(2) + self.id + cbor2.dumps(cose)
        data = self._data(options["rp"]["id"], PRESENT | VERIFIED | ATTACHED) + attached
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": encode(self._client("webauthn.create", options, **wrong)),
            "attestationObject": encode(attestation),
        }
        return self._answer(response)

    def sign(self, options, *, verified=True, counts=True, **wrong):
        """Answer a request to show the passkey."""
        self.count += counts
        data = self._data(options["rpId"], PRESENT | (VERIFIED if verified else 0))
        client = self._client("webauthn.get", options, **wrong)
        signed = data + hashlib.sha256(client).digest()
        response = {
            "clientDataJSON": encode(client),
            "authenticatorData": encode(data),
            "signature": encode(self.key.sign(signed, ec.ECDSA(SHA256()))),
        }
        return self._answer(response)

    def _data(self, rp_id, flags):
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _client(self, kind, options, origin=None, challenge=None):
        told = {
            "type": kind,
            "challenge": challenge or options["challenge"],
            "origin": origin or self.origin,
            "crossOrigin": False,
        }
        return json.dumps(told).encode()

    def _answer(self, response):
        return json.dumps(
            {
                "id": encode(self.id),
                "rawId": encode(self.id),
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )
