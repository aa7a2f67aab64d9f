"""Read CQL2 text; what is too long or too deep is refused before anything looks into it."""

import itertools
import re
from typing import Any

import cql2

from ops.ogc.expressions import BadFilter

LONGEST = 8_000
# The library tries both of two readings at each bracket that stays wrong to the end, so it reads
# a character again for each way to come to it: a million times are half a second.
DEEPEST, MOST_TRIED = 10, 500_000
# Conditions in one filter, and how deep they go without brackets, as NOT NOT does.
MOST, MOST_WITHIN = 200, 40
# Where a bracket is content and no bracket.
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def read(text: str) -> Any:
    """Give what a CQL2 text says, in the standard's JSON."""
    if len(text) > LONGEST:
        raise BadFilter(f"A filter has at most {LONGEST:,} characters; ask for less at once.")
    if _NOT_TEXT.search(text):
        raise BadFilter("A filter is text without control characters.")
    _refuse_deep(_QUOTED.sub("''", text))
    try:
        said = cql2.parse_text(text).to_json()
    except Exception as error:
        # Of its own faults, such as an empty shape's, the library raises the plainest there is.
        raise BadFilter(f"This filter can't be read: {_where(str(error))}") from None
    _refuse_many(said)
    return said


def _refuse_deep(plain: str) -> None:
    depths = list(itertools.accumulate((c == "(") - (c == ")") for c in plain))
    if not depths:
        raise BadFilter("The filter is empty; leave it out, or write one.")
    if max(depths) > DEEPEST:
        raise BadFilter(f"Brackets go at most {DEEPEST} deep in a filter; write it flatter.")
    if min(depths) < 0 or depths[-1] != 0:
        raise BadFilter("Each bracket of a filter needs its other half.")
    if sum(2**depth for depth in depths) > MOST_TRIED:
        raise BadFilter("This filter has too much in brackets within brackets; write it flatter.")


def _refuse_many(said: Any) -> None:
    """Refuse an expression of too many parts, without going down into them by recursion."""
    waiting, parts = [(said, 0)], 0
    while waiting:
        node, depth = waiting.pop()
        if not isinstance(node, dict) or "op" not in node:
            continue
        parts += 1
        if parts > MOST or depth > MOST_WITHIN:
            raise BadFilter(f"A filter has at most {MOST} conditions; ask for less at once.")
        waiting += [(each, depth + 1) for each in node.get("args", []) if isinstance(each, dict)]


def _where(error: str) -> str:
    """Say in one sentence where the library gave up."""
    found = re.search(r"--> \d+:(\d+)", error)
    return f"it makes no sense from character {found[1]} on." if found else "it makes no sense."
