"""Inputs that do what none may, for the tests of who watches."""

import os
import random
import re

from tests.fuzz.grammar import Grammar

VERBS = ("take", "refuse", "raise", "grow", "hang", "abort", "take", "bomb")
HELD = []


def make(r: random.Random) -> bytes:
    """Draw one of them."""
    return r.choice(VERBS).encode()


def take(content: bytes) -> bool:
    """Do what it says."""
    match content:
        case b"raise":
            raise ZeroDivisionError
        case b"grow":
            HELD.append(b"x" * (400 * 2**20))
            HELD.clear()
        case b"bomb":
            HELD.append(bytearray(3 * 2**30))
        case b"hang":
            # All of it within one call of C.
            re.fullmatch("(a+)+b", "a" * 60)
        case b"abort":
            os.abort()
    return content == b"take"


GRAMMAR = Grammar(make, take)
