"""Codes of authenticator apps, against RFC 6238, and the seal on their secrets."""

import base64
import datetime as dt
import uuid

import pytest

from ops.access import totp

KEY = "k" * 32
# The shared secret of the RFC's appendix B; its codes have eight digits, ours the last six.
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(seconds, code):
    now = dt.datetime.fromtimestamp(seconds, dt.UTC)

    assert totp.step_of(RFC_SECRET, code, now) == seconds // 30


@pytest.mark.parametrize(
    ("late_s", "holds"), [(-31, False), (-30, True), (0, True), (59, True), (60, False)]
)
def test_a_code_holds_one_step_early_and_one_late(late_s, holds):
    begins = 1111111080
    now = dt.datetime.fromtimestamp(begins + late_s, dt.UTC)

    assert totp.step_of(RFC_SECRET, "081804", now) == (begins // 30 if holds else None)


@pytest.mark.parametrize("code", ["", "28708", "2870822", "٢٨٧٠٨٢", "abcdef"])
def test_what_is_no_code_matches_nothing(code):
    assert totp.step_of(RFC_SECRET, code, dt.datetime.fromtimestamp(59, dt.UTC)) is None


def test_a_sealed_secret_is_open_to_its_key_and_person_alone():
    person, other = uuid.uuid4(), uuid.uuid4()
    sealed = totp.seal(KEY, RFC_SECRET, person)

    assert RFC_SECRET.encode() not in sealed
    assert totp.unseal(KEY, sealed, person) == RFC_SECRET
    assert totp.unseal("x" * 32, sealed, person) is None
    assert totp.unseal(KEY, sealed, other) is None
    assert totp.unseal(KEY, sealed[:-1], person) is None


def test_no_two_seals_are_alike():
    person = uuid.uuid4()

    assert totp.seal(KEY, RFC_SECRET, person) != totp.seal(KEY, RFC_SECRET, person)
