"""The libraries and fonts that documents are laid out with."""

import ctypes.util
from pathlib import Path

from install.step import LOCAL, UNPACKED

FONTS = "fonts-liberation"
PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", FONTS)
NAMES = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")
CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
<dir>{root}/usr/share/fonts</dir>
<cachedir>{cache}</cachedir>
<include>{root}/usr/share/fontconfig/conf.avail/30-metric-aliases.conf</include>
</fontconfig>
"""


def is_there() -> bool:
    """Tell whether documents can be laid out: every library, and a font."""
    return all(map(_has_library, NAMES)) and any(map(_has_font, (Path("/"), UNPACKED)))


def fonts() -> Path:
    """Say where the fonts are that were unpacked, in a file of fontconfig's."""
    file = LOCAL / "fonts.conf"
    file.write_text(CONFIGURATION.format(root=UNPACKED, cache=LOCAL / "fonts"))
    return file


def install() -> None:
    """Have the fonts found where they were unpacked."""
    if (UNPACKED / "usr/share/fonts").exists():
        fonts()


def _has_library(name: str) -> bool:
    return bool(ctypes.util.find_library(name)) or any(UNPACKED.glob(f"**/lib{name}.so.0"))


def _has_font(root: Path) -> bool:
    return any((root / "usr/share/fonts").glob("**/*.ttf"))
