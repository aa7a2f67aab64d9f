"""Photos: JPEG, PNG and WebP with damaged headers, chunks that lie, a place where it was taken."""

import functools
import io
import random
import struct
import zlib
from collections.abc import Mapping

from PIL import Image

from ops.results import photos
from tests.fuzz import odd
from tests.fuzz.grammar import REFUSALS, Grammar

OTHERS = (b"", b"%PDF-1.7", b"\x00\x00\x00\x20ftypheic", b"GIF89a", b"BM", b"II*\x00", b"<svg/>")


@functools.cache
def right() -> Mapping[str, bytes]:
    """Draw a small photo of each format, once."""
    found = {}
    for name, options in {
        "JPEG": {}, "PNG": {}, "WEBP": {}, "progressive JPEG": {"progressive": True},
        "lossless WEBP": {"lossless": True},
    }.items():  # fmt: skip
        exif = Image.Exif()
        exif[0x0112] = 6
        written = io.BytesIO()
        Image.radial_gradient("L").resize((48, 32)).convert("RGB").save(
            written, name.split()[-1], exif=exif, **options
        )
        found[name] = written.getvalue()
    return found


BOMB = b"a\x00\x00" + zlib.compress(bytes(10**6))
DATA = tuple(zlib.compress(bytes(length)) for length in (0, 10, 10_000))
CHUNKS = (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"iCCP", b"PLTE", b"tRNS", b"acTL")
CONTENTS = (b"a\x00b", b"", BOMB, b"II*\x00\x08\x00\x00\x00")


def _chunk(name: bytes, content: bytes) -> bytes:
    checked = name + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


def _png(r: random.Random) -> bytes:
    """Draw a PNG whose checksums are right and whose content is not."""
    side = r.choice((0, 1, 5, 7071, 7072, 65535, 2**31 - 1, 2**32 - 1))
    depth, colour, laced = (
        r.choice((1, 8, 16, 3)),
        r.choice((0, 2, 3, 4, 6, 5)),
        r.choice((0, 1, 2)),
    )
    head = struct.pack(">IIBBBBB", side, r.choice((1, side)), depth, colour, 0, 0, laced)
    extra = _chunk(r.choice(CHUNKS), r.choice(CONTENTS)) if r.random() < 0.6 else b""
    rest = extra + _chunk(b"IDAT", r.choice(DATA)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + rest


def make(r: random.Random) -> bytes:
    """Draw a photo or something that is none."""
    kind = r.random()
    if kind < 0.25:
        return odd.mutated(r, _png(r), 0.2)
    if kind < 0.3:
        return odd.mutated(r, r.choice(OTHERS))
    whole = right()[r.choice(list(right()))]
    # The headers are where lengths and offsets are.
    head = r.choice((40, 200, len(whole)))
    return odd.mutated(r, whole[:head], 0.85) + whole[head:]


def take(content: bytes) -> bool:
    """Have it looked at as an upload is."""
    try:
        photos.look(content)
    except REFUSALS:
        return False
    return True


GRAMMAR = Grammar(make, take)
