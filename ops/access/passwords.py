"""Passwords: which will do, and their argon2 hashes."""

import functools
import secrets

import argon2

from ops.errors import Invalid

SHORTEST = 12
# More than anybody types; a limit, so that no request hashes megabytes.
LONGEST = 200
# What is tried first everywhere, of those long enough to pass otherwise. Compared without
# case, digits and signs, so that Password2026! is the same as password.
_COMMON = frozenset(
    {
        "",
        "abcdefghijkl",
        "abcdefghijklmnopqrstuvwxyz",
        "administrator",
        "changeme",
        "correcthorsebatterystaple",
        "football",
        "greatermanchester",
        "iloveyou",
        "letmein",
        "liverpool",
        "manchester",
        "manchestercity",
        "manchesterpolice",
        "manchesterunited",
        "operations",
        "passphrase",
        "password",
        "passwordpassword",
        "policeofficer",
        "qazwsxedcrfv",
        "qwerty",
        "qwertyqwerty",
        "qwertyuiop",
        "qwertyuiopasdf",
        "sunshine",
        "trustno",
        "welcome",
        "zaqxswcdevfr",
    }
)
# The library's defaults: the second recommendation of RFC 9106, 64 MiB a hash.
_hasher = argon2.PasswordHasher()


def hash_password(password: str) -> str:
    """Give what is kept of a password."""
    return _hasher.hash(password)


def is_right(password_hash: str | None, password: str) -> bool:
    """Tell whether this is the password; with no hash it takes as long and is wrong."""
    try:
        _hasher.verify(password_hash or _nobodys(), password)
    except argon2.exceptions.VerifyMismatchError:
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Tell whether a hash was made with other parameters than new ones are."""
    return _hasher.check_needs_rehash(password_hash)


def generate() -> str:
    """Make a password that nobody can guess."""
    return secrets.token_urlsafe(16)


def check(password: str, email: str) -> None:
    """Refuse a password that is short, common, or the person's own e-mail address."""
    if (sentence := _objection(password, email)) is not None:
        raise Invalid(sentence, {"password": [sentence]})


def _objection(password: str, email: str) -> str | None:
    if len(password) < SHORTEST:
        return f"A password needs {SHORTEST} characters or more; three random words are good."
    if len(password) > LONGEST:
        return f"A password can have {LONGEST} characters at most."
    plain = password.casefold()
    letters = "".join(letter for letter in plain if letter.isalpha())
    if plain in {email.casefold(), email.casefold().partition("@")[0]}:
        return "A password can't be the e-mail address; three random words are good."
    if letters in _COMMON or len(set(plain)) <= 2:
        return "This password is among the first that are guessed; three random words are good."
    return None


@functools.cache
def _nobodys() -> str:
    return hash_password(generate())
