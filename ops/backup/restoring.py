"""Bring everything back as it was at a moment, in a place of its own, and look at what came."""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from ops.backup import keeping, photos
from ops.cluster import BaseBackup, Cluster
from ops.config import Settings
from ops.errors import Refused
from ops.ledger import checking

# What people ask for first.
COUNTED = ("operation", "deployment", "result", "attachment", "person", "change", "log_entry")


@dataclasses.dataclass(frozen=True)
class Found:
    """What was restored, as it was found."""

    used: BaseBackup
    revision: str
    last_written_at: dt.datetime | None
    rows: Mapping[str, int]
    verdict: checking.Verdict
    photos_came: int
    photos_missing: list[str]
    # What the original had erased, and what is there again.
    to_erase: list[str]
    before: Path | None = None
    secret_key: str = ""

    @property
    def is_whole(self) -> bool:
        """Tell whether all of it is there, as it was written."""
        return self.verdict.fault is None and not self.photos_missing


def restore(
    settings: Settings, cluster: Cluster, to: dt.datetime | None, *, replace: bool
) -> Found:
    """Restore into the home of a cluster; what is there already is moved aside, if at all."""
    source = keeping.folder(settings)
    if to is not None and to > dt.datetime.now(dt.UTC):
        raise Refused("This moment is still to come.")
    if cluster.postmaster.process():
        raise Refused("The database of this OPS_HOME runs; stop the tracker and `ops db stop`.")
    if cluster.postmaster.data.exists() and not replace:
        raise Refused(
            "There is a database in this OPS_HOME. Choose another OPS_HOME, or say --replace: "
            "then it is moved aside."
        )
    passwords = source.kept.get(keeping.PASSWORDS)
    if passwords is None:
        raise Refused(f"There is no backup in {source.at} that OPS_BACKUP_KEY opens.")
    with _staged(cluster) as staged:
        used = staged.restore(to, passwords.decode())
        with staged.lease():
            engine = sa.create_engine(staged.url(), poolclass=sa.NullPool)
            found = _look(engine, settings, source, used)
        before = cluster.take_in(staged)
    secret_key = _bring_secret_key(settings, source)
    return dataclasses.replace(found, before=before, secret_key=secret_key)


@contextmanager
def _staged(cluster: Cluster) -> Iterator[Cluster]:
    """Have a place that nobody takes for a cluster before all is there."""
    staged = Cluster(cluster.home.with_name(f"{cluster.home.name}.restoring"), cluster.archive)
    if staged.postmaster.process():
        raise Refused("Another restore is at work here.")
    staged.discard()
    staged = Cluster(staged.home, cluster.archive)
    try:
        yield staged
    finally:
        staged.discard()


def _look(engine: sa.Engine, settings: Settings, source: keeping.Folder, used: BaseBackup) -> Found:
    with engine.connect() as connection:
        revision: str = connection.scalar(sa.text("select version_num from alembic_version")) or ""
        rows = {
            table: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(table))) or 0
            for table in COUNTED
        }
        last = connection.scalar(
            sa.text(
                "select greatest((select max(at) from change), (select max(at) from log_entry))"
            )
        )
        hashes = keeping.hashes_of(connection)
        here = keeping.erased_in(connection)
    came, missing = photos.bring_back(settings, source.photos, hashes)
    known = keeping.erasures(source)
    return Found(
        used=used,
        revision=revision,
        last_written_at=last,
        rows=rows,
        verdict=checking.verify(engine),
        photos_came=came,
        photos_missing=missing,
        to_erase=[
            f"{each['object']} {id_}, erased {each['erased_at']}"
            for id_, each in known.items()
            if id_ not in here
        ],
    )


def _bring_secret_key(settings: Settings, source: keeping.Folder) -> str:
    """Write the key that sealed people's second factors, where none is; say what came of it."""
    kept = source.kept.get(keeping.SECRET_KEY)
    file = settings.home_at() / "secret_key"
    here = settings.secret_key or (file.read_text().strip() if file.exists() else "")
    if kept is None:
        return "is not in the backup"
    if here:
        return "is the one that is here" if here == kept.decode() else "is another than here"
    file.touch(mode=0o600)
    file.write_bytes(kept)
    return "came back"
