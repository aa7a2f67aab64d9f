"""Settings, all of them, from OPS_* environment variables."""

import dataclasses
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

# 128 random bits, written in hexadecimal.
SHORTEST_KEY = 32
_RATE = re.compile(r"off|[1-9]\d*/(second|minute|hour|day)")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """What an operator can set.

    A field `name` is read from `OPS_NAME`. Every field is described in
    docs/operating.md; a test compares the two.
    """

    database_url: str = ""
    home: Path = Path(".local")
    bind: str = "127.0.0.1:8000"
    workers: int = 0
    demo: bool = True
    public_url: str = ""
    trusted_hosts: str = ""
    proxies: int = 0
    rate_limit: str = "600/minute"
    rate_limit_export: str = "30/minute"
    rate_limit_sign_in: str = "20/minute"
    rate_limit_url: str = dataclasses.field(default="memory://", repr=False)
    session_idle_minutes: int = 60
    session_hours: int = 12
    second_factor: str = "optional"
    secret_key: str = dataclasses.field(default="", repr=False)

    def __post_init__(self) -> None:
        """Refuse what is of the right type and still no good."""
        for name in ("rate_limit", "rate_limit_export", "rate_limit_sign_in"):
            if not _RATE.fullmatch(getattr(self, name)):
                raise ValueError(f"OPS_{name.upper()} needs a rate such as 600/minute, or off.")
        if self.second_factor not in {"optional", "required"}:
            raise ValueError("OPS_SECOND_FACTOR can be optional or required.")
        if 0 < len(self.secret_key) < SHORTEST_KEY:
            raise ValueError(f"OPS_SECRET_KEY needs {SHORTEST_KEY} characters or more.")

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings; refuse a value of the wrong type by name."""
        values: dict[str, object] = {}
        for field in dataclasses.fields(cls):
            name = f"OPS_{field.name.upper()}"
            if (text := env.get(name, "")) == "":
                continue
            try:
                values[field.name] = _READ[type(field.default)](text)
            except (KeyError, ValueError) as error:
                raise ValueError(f"{name} cannot be {text!r}.") from error
        return cls(**values)  # type: ignore[arg-type]


def _read_bool(text: str) -> bool:
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
        text.lower()
    ]


_READ: dict[type, Callable[[str], object]] = {
    str: str,
    int: int,
    bool: _read_bool,
    type(Path()): Path,
}
