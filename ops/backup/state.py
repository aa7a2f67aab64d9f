"""How the backups stand: what is out of the house already, and whether anything fails."""

import dataclasses
import datetime as dt
from pathlib import Path

import sqlalchemy as sa

from ops.config import Settings

# An archive that is so far behind fails, whether it says so or not: it takes a minute and a bit.
LATE_S = 300
# Two days without a base backup, for one that is made each night.
OLD_S = 2 * 24 * 60 * 60
# What is noted: a base backup, and the minute's copy of photos.
MADE, COPIED = "made", "copied"
_ARCHIVER = """
select last_archived_time, last_failed_time, current_setting('archive_mode') <> 'off' as is_on,
    clock_timestamp() as now
from pg_stat_archiver
"""


@dataclasses.dataclass(frozen=True)
class State:
    """How the backups of this installation stand; times that are not known are none."""

    last_backup_at: dt.datetime | None
    last_copied_at: dt.datetime | None
    copy_lag_s: float | None
    archived_at: dt.datetime | None
    archive_lag_s: float | None
    backup_age_s: float | None
    is_archiving: bool
    # The last try to archive failed.
    is_refused: bool

    @property
    def is_failing(self) -> bool:
        """Tell whether something is to be done."""
        return self.why() is not None

    def why(self) -> str | None:
        """Say what is wrong, if anything is."""
        if not self.is_archiving:
            return "What is written is not archived."
        if self.is_refused or self.archive_lag_s is None or self.archive_lag_s > LATE_S:
            return "What is written does not get to the archive."
        if self.copy_lag_s is None or self.copy_lag_s > LATE_S:
            return "Photos are not copied to the backup."
        if self.backup_age_s is None or self.backup_age_s > OLD_S:
            return "The last base backup is too old."
        return None


def state(settings: Settings, connection: sa.Connection) -> State | None:
    """Tell how the backups stand; without OPS_BACKUP there are none of ours."""
    if not settings.backup:
        return None
    archiver = connection.execute(sa.text(_ARCHIVER)).one()

    def age(at: dt.datetime | None) -> float | None:
        return (archiver.now - at).total_seconds() if at else None

    backup_at, copied_at = _noted(settings, MADE), _noted(settings, COPIED)
    archived_at, failed_at = archiver.last_archived_time, archiver.last_failed_time
    return State(
        last_backup_at=backup_at,
        last_copied_at=copied_at,
        copy_lag_s=age(copied_at),
        archived_at=archived_at,
        archive_lag_s=age(archived_at),
        backup_age_s=age(backup_at),
        is_archiving=archiver.is_on,
        is_refused=failed_at is not None and (archived_at is None or failed_at > archived_at),
    )


def note(settings: Settings, what: str) -> None:
    """Note that something was done just now."""
    file = _file(settings, what)
    file.parent.mkdir(exist_ok=True)
    file.touch()


def _noted(settings: Settings, what: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromtimestamp(_file(settings, what).stat().st_mtime, dt.UTC)
    except FileNotFoundError:
        return None


def _file(settings: Settings, what: str) -> Path:
    return settings.home_at() / "backup" / what
