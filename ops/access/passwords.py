"""Passwords: which will do, and their argon2 hashes."""

import functools
import importlib
import re
import secrets
from typing import Any

import argon2

from ops.errors import Invalid

SHORTEST = 12
# More than anybody types; a limit, so that no request hashes megabytes.
LONGEST = 200
# Who steals the hashes tries so many guesses on one machine within days, at 64 MiB a guess.
FEWEST_GUESSES = 10**8
# If its beginning is good enough, the whole is; the estimate takes seconds for a long one.
_LOOKED_AT = 32
# What a stranger would try here and nowhere else.
_OURS = ("operations", "tracker", "police", "policeofficer", "constable", "manchester")
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
    name = email.casefold().partition("@")[0]
    if password.casefold() in {email.casefold(), name}:
        return "A password can't be the e-mail address; three random words are good."
    # Against the words, names and passwords that are guessed first, and the patterns of keys.
    known = [name, *re.split(r"[^a-z]+", name), *_OURS]
    if _zxcvbn().zxcvbn(password[:_LOOKED_AT], known)["guesses"] < FEWEST_GUESSES:
        return "This password is among the first that are guessed; three random words are good."
    return None


@functools.cache
def _nobodys() -> str:
    return hash_password(generate())


@functools.cache
def _zxcvbn() -> Any:
    """Import it when the first password is chosen: its lists of words stay in memory."""
    return importlib.import_module("zxcvbn")
