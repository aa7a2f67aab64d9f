"""Odd numbers, texts and trees, and right ones bent a little: what most grammars are made of."""

import json
import random
from typing import Any

NUMBERS = (
    *(0, -0.0, 1, -1, 0.1, 90, -90, 180, -180, 180.0000001, 360, 2**31, 2**53 + 1, 2**63, -(2**63)),
    *(10**30, 1e-320, 1e22, 1e308, -1e308, float("inf"), float("-inf"), float("nan")),
)
TEXTS = (
    *("", " ", "0", "-1", "1e400", "NaN", "null", "None", "\x00", "a\x00b", "\r\n", "\u202e", "é"),
    *("🚔", "e\u0301" * 40, "\ufeff", "\ud7ff", "%00", "%s%n", "../../etc/passwd", "=1+1", "'--"),
    *('"', "'", "\\", "{{7*7}}", "${x}", "<b>", "&amp;", "&#0;", "]]>", "A" * 3000, "9" * 400),
    *("0001-01-01", "9999-12-31", "2026-02-30", "2026-11-02T12:00:00Z", "24:00", "٣", "１２"),
)
KEYS = ("", "type", "coordinates", "id", "__class__", "\x00", "a" * 300, "é")
# What parsers of bytes stumble over.
BYTES = (
    *(b"\x00", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"\xed\xa0\x80"),
    *(b"\xff\xfe", b"\xef\xbb\xbf", b"PK\x03\x04", b"\r\n\r\n", b"--", b"\x1b", b'"', b"<", b"&"),
)


def number(r: random.Random) -> Any:
    """Draw a number that somebody should have looked at."""
    kind = r.random()
    if kind < 0.5:
        return r.choice(NUMBERS)
    return r.uniform(-400, 400) if kind < 0.8 else r.randint(-(10**6), 10**9)


def text(r: random.Random) -> str:
    """Draw a text that somebody should have looked at."""
    if r.random() < 0.7:
        return r.choice(TEXTS)
    return "".join(chr(r.choice((r.randint(1, 127), r.randint(128, 0xD7FF)))) for _ in range(8))


def tree(r: random.Random, depth: int = 3) -> Any:
    """Draw any JSON."""
    kind = r.random()
    if depth == 0 or kind < 0.5:
        return r.choice((None, True, False, number(r), text(r), text(r)))
    if kind < 0.75:
        return [tree(r, depth - 1) for _ in range(r.randint(0, 3))]
    return {r.choice(KEYS): tree(r, depth - 1) for _ in range(r.randint(0, 3))}


def bent(r: random.Random, right: Any) -> Any:
    """Put something else in one place of a right tree, or take that out, or have it twice."""
    if isinstance(right, dict) and right and r.random() < 0.9:
        key = r.choice(list(right))
        if (how := r.random()) < 0.1:
            return {name: value for name, value in right.items() if name != key}
        if how < 0.15:
            return right | {text(r): right[key]}
        return right | {key: bent(r, right[key])}
    if isinstance(right, list) and right and r.random() < 0.9:
        at = r.randrange(len(right))
        if (how := r.random()) < 0.1:
            return right[:at] + right[at + 1 :]
        if how < 0.2:
            return right + [right[at]] * r.choice((1, 2, 30))
        return [*right[:at], bent(r, right[at]), *right[at + 1 :]]
    return tree(r)


def maybe_bent(r: random.Random, right: Any) -> Any:
    """Leave a third of them right, so that what comes after the first check is reached."""
    for _ in range(r.choice((0, 1, 1, 1, 2, 4))):
        right = bent(r, right)
    return right


def json_text(value: Any) -> bytes:
    """Write JSON as programs do that know no better: NaN, and numbers of any length."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def mutated(r: random.Random, content: bytes, often: float = 0.5) -> bytes:
    """Change some bytes: turned, cut off, taken out, put in, repeated."""
    if r.random() > often:
        return content
    changed = bytearray(content)
    for _ in range(r.choice((1, 1, 2, 4, 16))):
        at = r.randrange(len(changed) + 1)
        match r.randrange(6):
            case 0 if at < len(changed):
                changed[at] ^= 1 << r.randrange(8)
            case 1 if at < len(changed):
                changed[at] = r.randrange(256)
            case 2:
                changed[at:at] = r.choice(BYTES)
            case 3:
                del changed[at : at + r.choice((1, 2, 8, 64))]
            case 4:
                changed[at:at] = changed[at : at + r.choice((4, 32))] * r.choice((1, 2, 50))
            case _ if r.random() < 0.2:
                del changed[at:]
    return bytes(changed)
