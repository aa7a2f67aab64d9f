"""The settings of a server, in one file that systemd, the shell and we read alike."""

import os
import re
import secrets
import shlex
from collections.abc import Mapping

from deploy.places import SETTINGS, STATE, USER, do, say
from install.step import StepError

HEAD = """\
# The settings of the tracker; docs/operating.md explains each. After a change:
# systemctl restart ops. What has blanks or signs in it stands in single quotes.
"""


def keep(name: str) -> dict[str, str]:
    """Write the settings of a server by this name, unless there are some; give what holds."""
    if SETTINGS.exists():
        say(f"{SETTINGS} stays as it is")
        return read()
    say(f"writing {SETTINGS}, with a secret key of its own")
    settings = {
        "OPS_HOME": str(STATE),
        "OPS_BIND": "127.0.0.1:8000",
        "OPS_PUBLIC_URL": f"https://{name}",
        "OPS_PROXIES": "1",
        "OPS_DEMO": "false",
        "OPS_SECOND_FACTOR": "required",
        "OPS_SECRET_KEY": secrets.token_hex(32),
        **{key: value for key, value in os.environ.items() if key.startswith("OPS_") and value},
    }
    SETTINGS.parent.mkdir(mode=0o750, exist_ok=True)
    do("chown", f"root:{USER}", SETTINGS.parent)
    fresh = SETTINGS.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "w") as file:
        file.write(HEAD + "".join(f"{key}={_quoted(key, settings[key])}\n" for key in settings))
    do("chown", f"root:{USER}", fresh)
    fresh.replace(SETTINGS)
    return settings


def read() -> dict[str, str]:
    """Read the settings as the service will."""
    lines = (line.strip() for line in SETTINGS.read_text().splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {key: "".join(shlex.split(value)) for key, _, value in pairs}


def writable(settings: Mapping[str, str]) -> list[str]:
    """List the folders beside its home that the service writes to."""
    folders = (settings.get("OPS_BACKUP", ""), settings.get("OPS_ATTACHMENTS", ""))
    return [folder for folder in folders if folder.startswith("/")]


def _quoted(key: str, value: str) -> str:
    if re.search(r"['\\\n]", value):
        raise StepError(f"{key} can't have a quote, a backslash or a new line in it.")
    return shlex.quote(value)
