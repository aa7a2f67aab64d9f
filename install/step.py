"""What the steps share: where things are, saying what is done, and knowing what was."""

import hashlib
import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

PROJECT = Path(__file__).parents[1]
LOCAL = PROJECT / ".local"
# Packages that may not be installed are unpacked here; ops.cluster looks here too.
UNPACKED = LOCAL / "debian"
VENV = PROJECT / ".venv"


# Of what a program that failed has said, the end tells why.
MOST_LINES = 40


class StepError(Exception):
    """A step that cannot be done here; the sentence says what to do instead."""


def say(sentence: str) -> None:
    """Tell what is being done, one line a step."""
    print(f"install: {sentence}", flush=True)


def run(
    command: Sequence[object], environment: Mapping[str, str] | None = None, cwd: Path = PROJECT
) -> None:
    """Run a command, quietly unless it fails."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        print(*done.stdout.splitlines()[-MOST_LINES:], sep="\n", flush=True)
        done.check_returncode()


def digest(files: Iterable[Path], *more: str) -> str:
    """Sum up what a step was made from."""
    total = hashlib.sha256("\0".join(more).encode())
    for file in sorted(files):
        total.update(str(file.relative_to(PROJECT)).encode() + b"\0" + file.read_bytes())
    return total.hexdigest()


class Stamp:
    """Remembers what a step was last made from."""

    def __init__(self, name: str) -> None:
        self.file = LOCAL / "installed" / name

    def is_(self, value: str) -> bool:
        """Tell whether the step was made from this."""
        return self.file.exists() and self.file.read_text() == value

    def put(self, value: str) -> None:
        """Remember that the step is done."""
        self.file.parent.mkdir(exist_ok=True)
        self.file.write_text(value)
