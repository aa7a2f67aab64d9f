"""What a grammar is, which there are, and how many inputs of a million each has."""

import importlib
import random
from collections.abc import Callable
from typing import NamedTuple

import marshmallow as ma

from ops.errors import OpsError
from ops.geo.shapes import BadShape

# What stands for a clear sentence to whoever sent it; anything else that is raised is a fault.
REFUSALS = (BadShape, OpsError, ma.ValidationError)
# Where a process finds the address of its database.
DATABASE = "OPS_FUZZ_DATABASE_URL"
# By how much an input costs: what opens a file or asks the database has fewer.
SHARES = {
    "shapes": 300_000,
    "cursors": 185_000,
    "addresses": 185_000,
    "tables": 150_000,
    "filters": 100_000,
    "photos": 38_000,
    "xml_files": 30_000,
    "requests": 5_000,
    "geo_files": 5_000,
    "imports": 2_000,
}


class Grammar(NamedTuple):
    """How an input is drawn, and how it is tried: `take` tells whether it was taken."""

    make: Callable[[random.Random], bytes]
    take: Callable[[bytes], bool]


def load(name: str) -> Grammar:
    """Give the grammar of a module, imported where it is used alone."""
    grammar: Grammar = importlib.import_module(f"tests.fuzz.{name}").GRAMMAR
    return grammar


def draw(name: str, seed: int, number: int) -> bytes:
    """Draw one input: the same for the same three, everywhere."""
    return load(name).make(random.Random(f"{seed}/{name}/{number}"))
