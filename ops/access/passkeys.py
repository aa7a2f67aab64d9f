"""Passkeys (WebAuthn): what a browser is asked, and whether its answer holds."""

import dataclasses
import logging
from collections.abc import Sequence

import webauthn
from webauthn.helpers import (
    exceptions,
    parse_authentication_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from ops.access.factor_models import Factor
from ops.access.models import Person
from ops.errors import Invalid, Unauthenticated

log = logging.getLogger(__name__)

NAME = "Operations tracker"
# What the library raises at an answer that is none, beside its own exceptions.
_MALFORMED = (exceptions.WebAuthnException, ValueError, TypeError, KeyError, IndexError)
_REFUSED = "That passkey was not accepted. Try again, or use another way."


@dataclasses.dataclass(frozen=True)
class Party:
    """Us, as a browser sees us: a passkey belongs to one domain and answers to no other."""

    id: str
    origin: str


@dataclasses.dataclass(frozen=True)
class Made:
    """A new passkey."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def enrol_options(person: Person, held: Sequence[bytes], challenge: bytes, party: Party) -> str:
    """Ask the browser to make a passkey, on an authenticator that has none of ours yet."""
    return webauthn.options_to_json(
        webauthn.generate_registration_options(
            rp_id=party.id,
            rp_name=NAME,
            user_name=person.email,
            user_id=person.id.bytes,
            user_display_name=person.name,
            challenge=challenge,
            exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in held],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED,
                user_verification=UserVerificationRequirement.PREFERRED,
            ),
        )
    )


def made(answer: str, challenge: bytes | None, party: Party) -> Made:
    """Read a new passkey from the browser's answer."""
    try:
        found = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge or b"",
            expected_rp_id=party.id,
            expected_origin=party.origin,
        )
    except _MALFORMED as error:
        log.info("a new passkey was refused: %s", _said(error))
        sentence = "The passkey could not be added. Try again."
        raise Invalid(sentence, {"passkey": [sentence]}) from error
    return Made(found.credential_id, found.credential_public_key, found.sign_count)


def ask_options(
    held: Sequence[bytes] | None, challenge: bytes, party: Party, *, verified: bool
) -> str:
    """Ask the browser for a passkey: one of these, or whichever it has for us.

    `verified` wants a fingerprint, a face or a PIN with it: alone, a passkey
    must say who holds it and not only that somebody does.
    """
    wanted = UserVerificationRequirement.REQUIRED if verified else None
    return webauthn.options_to_json(
        webauthn.generate_authentication_options(
            rp_id=party.id,
            challenge=challenge,
            allow_credentials=[PublicKeyCredentialDescriptor(id=each) for each in held or ()],
            user_verification=wanted or UserVerificationRequirement.PREFERRED,
        )
    )


def credential_of(answer: str) -> bytes:
    """Read which passkey the browser answered with."""
    try:
        return parse_authentication_credential_json(answer).raw_id
    except _MALFORMED as error:
        raise Unauthenticated(_REFUSED) from error


def check(
    factor: Factor | None, answer: str, challenge: bytes | None, party: Party, *, verified: bool
) -> int:
    """Refuse an answer that does not hold; give how often the passkey has signed.

    The library refuses a count that went back, which two copies of one
    authenticator would show.
    """
    if factor is None or not challenge:
        raise Unauthenticated(_REFUSED)
    try:
        found = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=factor.public_key or b"",
            credential_current_sign_count=factor.sign_count or 0,
            require_user_verification=verified,
        )
    except _MALFORMED as error:
        log.warning("passkey %s was refused: %s", factor.id, _said(error))
        raise Unauthenticated(_REFUSED) from error
    return found.new_sign_count


def _said(error: Exception) -> str:
    """Give what the library says on one line: it repeats what a stranger sent."""
    return ascii(str(error)[:200])
