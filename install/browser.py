"""A browser for the tests that drive one, found as `chromium` in .local/bin or on the path."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from install import typeset
from install.step import LOCAL, UNPACKED, VENV, StepError, run, say

PACKAGES = ("chromium", typeset.FONTS)
OTHER_NAMES = ("google-chrome", "google-chrome-stable")
OWN = LOCAL / "bin/chromium"
IN_PACKAGE = UNPACKED / "usr/lib/chromium/chromium"


def is_there() -> bool:
    """Tell whether there is a browser, by whatever name."""
    here = OWN.exists() or IN_PACKAGE.exists()
    return here or any(map(shutil.which, ("chromium", *OTHER_NAMES)))


def install() -> None:
    """Have the browser under its name, wherever it comes from."""
    if OWN.exists() or shutil.which("chromium"):
        return
    if other := next(filter(None, map(shutil.which, OTHER_NAMES)), None):
        _write(other)
    elif IN_PACKAGE.exists():
        _write(IN_PACKAGE, _environment())
    else:
        _fetch()


def _write(program: Path | str, environment: Mapping[str, str] | None = None) -> None:
    variables = [
        f"export {name}={shlex.quote(value)}\n" for name, value in (environment or {}).items()
    ]
    OWN.parent.mkdir(exist_ok=True)
    OWN.write_text(f'#!/bin/sh\n{"".join(variables)}exec {shlex.quote(str(program))} "$@"\n')
    OWN.chmod(0o755)


def _environment() -> dict[str, str]:
    """Say where the libraries and fonts of unpacked packages are."""
    fonts = typeset.fonts()
    folders = [
        folder for base in ("usr/lib", "lib") for folder in UNPACKED.glob(f"{base}/*-linux-*")
    ]
    libraries = [
        str(folder / beneath) for folder in folders for beneath in ("", "nss", "pulseaudio")
    ]
    return {"LD_LIBRARY_PATH": ":".join(libraries), "FONTCONFIG_FILE": str(fonts)}


def _fetch() -> None:
    """Let Playwright bring its own, as on Ubuntu, where Chromium is no ordinary package."""
    say("fetching Chromium with Playwright")
    browsers = LOCAL / "browsers"
    needs = ["--with-deps"] if os.geteuid() == 0 else []
    try:
        run(
            [VENV / "bin/playwright", "install", *needs, "chromium"],
            {"PLAYWRIGHT_BROWSERS_PATH": str(browsers)},
        )
        [program, *_] = browsers.glob("chromium-*/chrome-linux*/chrome")
    except (subprocess.CalledProcessError, ValueError) as error:
        raise StepError(
            "No Chromium could be fetched for the tests that drive a browser: "
            "install Chromium or Google Chrome, then run make again."
        ) from error
    _write(program)
