"""Keep all of it out of the house: photos each minute, everything with each base backup."""

import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ops.backup import photos
from ops.backup.state import COPIED, MADE, note
from ops.backup.vault import Vault
from ops.cluster import Archive, BaseBackup, Cluster
from ops.cluster.archive import FULL_DAYS
from ops.config import Settings
from ops.errors import Refused, Unavailable
from ops.results.attachment_models import Attachment
from ops.retention.models import Retention

# How often `ops serve` copies what came since.
MINUTES = 1
# What is kept sealed beside the database and the photos.
PASSWORDS, SECRET_KEY, ERASURES = "passwords", "secret_key", "erasures"
# Who commits nothing for a while would look as if the archive stood still, and no moment in that
# while could be restored: a restore ends at a commit.
_SIGN_OF_LIFE = "select pg_current_xact_id()"


@dataclasses.dataclass(frozen=True)
class Folder:
    """The folder of the backups: the database, the photos, and what else a restore needs."""

    at: Path
    photos: Vault
    kept: Vault


@dataclasses.dataclass(frozen=True)
class Copied:
    """What a copy did."""

    photos: int
    erasures: int


def folder(settings: Settings) -> Folder:
    """Give the folder of the backups, which has to be there."""
    if not settings.backup:
        raise Refused("Say in OPS_BACKUP which folder is for the backups.")
    at, key = Path(settings.backup), settings.backup_key
    if not at.is_dir():
        # Made here, it would be on this disk, and not on the one that is not mounted.
        raise Refused(f"OPS_BACKUP names no folder: {at}. Make it, or mount what it is on.")
    return Folder(at, Vault(at / "photos", key), Vault(at / "kept", key))


def archive(settings: Settings, user: str) -> Archive | None:
    """Give the archive of the private cluster, if there are backups."""
    if not settings.backup:
        return None
    at = Path(settings.backup) / "database"
    return Archive(at, settings.backup_key, settings.backup_days, user)


def copy(engine: sa.Engine, settings: Settings) -> Copied:
    """Copy what is new of all that the database's archive does not hold."""
    to = folder(settings)
    with engine.begin() as connection:
        connection.execute(sa.text(_SIGN_OF_LIFE))
        hashes = hashes_of(connection)
        erased = erased_in(connection)
    copied, lost = photos.copy(settings, to.photos, hashes)
    known = erasures(to)
    if new := erased.keys() - known.keys():
        to.kept.put(ERASURES, json.dumps(known | erased).encode())
    if lost:
        raise Unavailable(
            f"{len(lost)} photos can't be read where they are kept, so they are in no backup: "
            f"{', '.join(lost[:10])}"
        )
    note(settings, COPIED)
    return Copied(copied, len(new))


def back_up(
    engine: sa.Engine, settings: Settings, cluster: Cluster | None
) -> tuple[BaseBackup | None, Copied, int]:
    """Back up everything; give the base backup, what was copied, and how many photos expired."""
    to = folder(settings)
    made = None
    if cluster is not None:
        cluster.check_own()
        # The roles with what is in them: nobody can sign in to a restored cluster without.
        to.kept.put(PASSWORDS, cluster.passwords().encode())
        made = cluster.back_up()
    if settings.secret_key:
        to.kept.put(SECRET_KEY, settings.secret_key.encode())
    copied = copy(engine, settings)
    with engine.begin() as connection:
        hashes = hashes_of(connection)
    # The oldest base backup is one that held everything when the days began.
    expired = photos.expire(to.photos, hashes, settings.backup_days + FULL_DAYS + 1)
    note(settings, MADE)
    return made, copied, expired


def erasures(of: Folder) -> dict[str, dict[str, Any]]:
    """Give what was erased, by the ids, as the last copy knew it."""
    kept = of.kept.get(ERASURES)
    return dict(json.loads(kept)) if kept else {}


def hashes_of(connection: sa.Connection) -> list[str]:
    query = sa.select(Attachment.sha256).distinct().order_by(Attachment.sha256)
    return [each.hex() for each in connection.scalars(query)]


def erased_in(connection: sa.Connection) -> dict[str, dict[str, str]]:
    rows = connection.execute(
        sa.select(Retention.object, Retention.object_id, Retention.erased_at).where(
            Retention.erased_at.is_not(None)
        )
    )
    return {
        str(row.object_id): {
            "object": row.object,
            "erased_at": row.erased_at.astimezone(dt.UTC).isoformat(),
        }
        for row in rows
    }
