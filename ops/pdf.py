"""Documents for print: HTML made a PDF, with nothing fetched from anywhere.

The libraries that lay out the text are the system's own; where they could not be installed,
`make` has unpacked them into the project.
"""

import contextlib
import ctypes
import functools
import importlib
import os
import re
from pathlib import Path
from typing import Any

LOCAL = Path(__file__).parents[1] / ".local"
UNPACKED = LOCAL / "debian"
# What WeasyPrint looks for by name; a library that is loaded already is found by it.
LIBRARIES = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libharfbuzz.so.0",
    "libharfbuzz-subset.so.0",
    "libfontconfig.so.1",
    "libpangoft2-1.0.so.0",
)
_MISSING = re.compile(r"^(\S+): cannot open shared object file")


def _load(name: str) -> None:
    """Load a library, of the system or unpacked, and before it those that it needs."""
    with contextlib.suppress(OSError):
        ctypes.CDLL(name)
        return
    file = next(UNPACKED.glob(f"**/{name}"), None)
    while file:
        try:
            ctypes.CDLL(str(file))
        except OSError as error:
            needed = _MISSING.match(str(error))
            if needed is None or needed[1] == name:
                return
            _load(needed[1])
            if not _is_loaded(needed[1]):
                return
        else:
            return


def _is_loaded(name: str) -> bool:
    with contextlib.suppress(OSError):
        return bool(ctypes.CDLL(name, os.RTLD_NOLOAD | os.RTLD_NOW))
    return False


@functools.cache
def _weasyprint() -> Any:
    """Import it when the first document is asked for: it looks for the libraries at once."""
    if UNPACKED.exists():
        for library in LIBRARIES:
            _load(library)
        if (LOCAL / "fonts.conf").exists():
            os.environ.setdefault("FONTCONFIG_FILE", str(LOCAL / "fonts.conf"))
    return importlib.import_module("weasyprint")


def render(html: str) -> bytes:
    """Make a tagged PDF (PDF/UA-1) of a whole HTML page; the same page gives the same bytes."""
    weasyprint = _weasyprint()
    # A document has its style and its pictures within; anything else is left out, unasked for.
    within = weasyprint.urls.URLFetcher(allowed_protocols=("data",))
    document = weasyprint.HTML(string=html, url_fetcher=within)
    made: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    return made
