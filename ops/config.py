"""Settings, all of them, from OPS_* environment variables."""

import dataclasses
import datetime as dt
import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

# 128 random bits, written in hexadecimal.
SHORTEST_KEY = 32
_KEY = re.compile(rf"[!-~]{{{SHORTEST_KEY},}}")
_RATE = re.compile(r"off|[1-9]\d*/(second|minute|hour|day)")
# The third version of the format, the one that readers still know.
_PMTILES = b"PMTiles\x03"
# One host, and nothing in it that could add another to the pages' policy.
_TILES = re.compile(r"https?://[A-Za-z0-9.\-:\[\]]+/(?=.*\{z\})(?=.*\{x\})(?=.*\{y\})[^\s;,'\"<>]*")
_TAK = re.compile(r"(tcp|tls)://([A-Za-z0-9.\-]+|\[[0-9A-Fa-f:.]+\]):[1-9][0-9]{0,4}")
# Where nobody can listen in between, http will do.
_THIS_MACHINE = {"127.0.0.1", "::1", "localhost"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """What an operator can set.

    A field `name` is read from `OPS_NAME`. Every field is described in
    docs/operating.md; a test compares the two.
    """

    database_url: str = ""
    owner_database_url: str = dataclasses.field(default="", repr=False)
    database_prepare: bool = True
    replica_database_url: str = dataclasses.field(default="", repr=False)
    replica_lag_seconds: int = 60
    statement_seconds: int = 30
    statement_seconds_export: int = 600
    home: Path = Path(".local")
    bind: str = "127.0.0.1:8000"
    workers: int = 0
    stop_seconds: int = 30
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
    seal_minutes: int = 60
    rollup_minutes: int = 5
    position_days: int = 31
    second_factor: str = "optional"
    secret_key: str = dataclasses.field(default="", repr=False)
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = dataclasses.field(default="", repr=False)
    oidc_name: str = "your organisation"
    oidc_scope: str = "openid profile email"
    oidc_groups_claim: str = "groups"
    oidc_roles: str = ""

    line_check_backs: str = "28,90,180"
    basemap_file: str = ""
    basemap_url: str = ""
    basemap_credit: str = ""
    overdue_minutes: str = "60,15,60"
    attachments: str = ""
    backup: str = ""
    backup_key: str = dataclasses.field(default="", repr=False)
    backup_days: int = 28
    deliver_seconds: int = 5
    webhook_networks: str = ""
    webhook_http: bool = False
    tak_url: str = ""
    tak_ca: str = ""
    tak_certificate: str = ""
    tak_key: str = ""
    tak_marking: str = "OFFICIAL"
    tak_stale_minutes: int = 240
    disk_least_mb: int = 256
    metrics_bind: str = ""
    access_log: bool = False

    def __post_init__(self) -> None:
        """Refuse what is of the right type and still no good."""
        for name in ("rate_limit", "rate_limit_export", "rate_limit_sign_in"):
            if not _RATE.fullmatch(getattr(self, name)):
                raise ValueError(f"OPS_{name.upper()} needs a rate such as 600/minute, or off.")
        if self.second_factor not in {"optional", "required"}:
            raise ValueError("OPS_SECOND_FACTOR can be optional or required.")
        if 0 < len(self.secret_key) < SHORTEST_KEY:
            raise ValueError(f"OPS_SECRET_KEY needs {SHORTEST_KEY} characters or more.")
        try:
            days = self.check_back_days()
        except ValueError:
            days = []
        if not days or days != sorted(set(days)) or days[0] < 1:
            raise ValueError("OPS_LINE_CHECK_BACKS needs days that grow, such as 28,90,180.")
        try:
            minutes = [int(each) for each in self.overdue_minutes.split(",")]
        except ValueError:
            minutes = []
        if len(minutes) != 3 or min(minutes) < 0:
            raise ValueError("OPS_OVERDUE_MINUTES needs three numbers of minutes: 60,15,60.")
        if self.oidc_issuer:
            self._check_oidc()
        self._check_basemap()
        self._check_subscriptions()
        self._check_statements()
        self._check_backup()

    def check_back_days(self) -> list[int]:
        """Give how many days after its closure a line is looked at again, each time."""
        return [int(day) for day in self.line_check_backs.split(",")]

    def _check_statements(self) -> None:
        for name in ("statement_seconds", "statement_seconds_export"):
            if getattr(self, name) < 0:
                raise ValueError(f"OPS_{name.upper()} needs seconds, or 0 for no limit.")
        if self.replica_lag_seconds < 1:
            raise ValueError("OPS_REPLICA_LAG_SECONDS needs 1 second or more.")

    def _check_backup(self) -> None:
        if self.backup and not self.backup.startswith("/"):
            raise ValueError("OPS_BACKUP needs the whole path of a folder, such as /mnt/backup.")
        if self.backup and not _KEY.fullmatch(self.backup_key):
            raise ValueError(
                f"OPS_BACKUP needs OPS_BACKUP_KEY: {SHORTEST_KEY} letters, digits or signs or "
                "more, without a space. `openssl rand -hex 32` makes one; keep it elsewhere too."
            )
        if self.backup_days < 1:
            raise ValueError("OPS_BACKUP_DAYS needs 1 day or more.")

    def _check_basemap(self) -> None:
        if self.basemap_file and self.basemap_url:
            raise ValueError("Set OPS_BASEMAP_FILE or OPS_BASEMAP_URL, not both.")
        if self.basemap_file and not _is_pmtiles(Path(self.basemap_file)):
            raise ValueError("OPS_BASEMAP_FILE needs the path of a readable .pmtiles file.")
        if self.basemap_url and not (
            _TILES.fullmatch(self.basemap_url) and is_private(self.basemap_url)
        ):
            raise ValueError(
                "OPS_BASEMAP_URL needs an address such as https://tiles.example/{z}/{x}/{y}.png."
            )

    def _check_subscriptions(self) -> None:
        try:
            for each in filter(None, self.webhook_networks.split(",")):
                ipaddress.ip_network(each.strip())
        except ValueError:
            raise ValueError(
                "OPS_WEBHOOK_NETWORKS needs networks such as 10.20.0.0/16,fd00:20::/32."
            ) from None
        if self.tak_url and not _TAK.fullmatch(self.tak_url):
            raise ValueError("OPS_TAK_URL needs an address such as tls://tak.example:8089.")
        if bool(self.tak_certificate) != bool(self.tak_key):
            raise ValueError("OPS_TAK_CERTIFICATE and OPS_TAK_KEY need each other.")
        for name in ("tak_ca", "tak_certificate", "tak_key"):
            if (path := getattr(self, name)) and not os.access(path, os.R_OK):
                raise ValueError(f"OPS_{name.upper()} needs the path of a readable file.")
        if self.tak_marking not in {"OFFICIAL", "OFFICIAL-SENSITIVE"}:
            raise ValueError("OPS_TAK_MARKING can be OFFICIAL or OFFICIAL-SENSITIVE.")
        if self.tak_stale_minutes < 10:
            raise ValueError("OPS_TAK_STALE_MINUTES needs 10 minutes or more.")

    def overdue(self) -> list[dt.timedelta]:
        """Give when a deployment should be acknowledged before it starts, started after that,
        and finished after it ends.
        """
        return [dt.timedelta(minutes=int(each)) for each in self.overdue_minutes.split(",")]

    def attachments_at(self) -> str:
        """Give where photos are kept: a folder, or an address of object storage."""
        return self.attachments or str(self.home_at() / "attachments")

    def home_at(self) -> Path:
        """Give the folder of what this installation keeps on this machine."""
        return Path(__file__).parents[1] / self.home

    def _check_oidc(self) -> None:
        if not is_private(self.oidc_issuer):
            raise ValueError("OPS_OIDC_ISSUER needs an address that begins with https://.")
        for name in ("oidc_client_id", "oidc_client_secret", "oidc_roles"):
            if not getattr(self, name):
                raise ValueError(f"OPS_OIDC_ISSUER needs OPS_{name.upper()} too.")

    def as_owner(self) -> "Settings":
        """Give the settings of a command, which acts as the owner of the tables."""
        return dataclasses.replace(
            self, database_url=self.owner_database_url or self.database_url, owner_database_url=""
        )

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


def _is_pmtiles(path: Path) -> bool:
    """Tell whether this is a file of tiles, by its first bytes."""
    try:
        with path.open("rb") as file:
            return file.read(len(_PMTILES)) == _PMTILES
    except OSError:
        return False


def is_private(address: str) -> bool:
    """Tell whether nobody can listen in on the way to this address."""
    try:
        there = urlsplit(address)
        host = there.hostname
    except ValueError:
        return False
    return bool(host) and (
        there.scheme == "https" or (there.scheme == "http" and host in _THIS_MACHINE)
    )


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
