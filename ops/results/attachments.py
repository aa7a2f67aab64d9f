"""Keep photos: the bytes by their hash in a folder or on object storage, what they are in a table.

The bytes are there before the row is, so no row is without them. Bytes without a row, of what was
rolled back or erased, are swept up after a day.
"""

import contextlib
import datetime as dt
import hashlib
import io
import os
import uuid

import fsspec
import sqlalchemy as sa

from ops import db
from ops.access.models import Person
from ops.config import Settings
from ops.errors import Invalid, Refused, Unavailable
from ops.results import photos
from ops.results.attachment_models import Attachment
from ops.results.models import Result

# More is no record of one thing any more.
MOST = 20
# Bytes that are older have no row still to come.
UNKNOWN_FOR = dt.timedelta(days=1)
# Whoever adds a photo holds this with others, whoever sweeps alone.
_SWEEPING = 7_065_127


def add(settings: Settings, result: Result, content: bytes, sha256: str, by: uuid.UUID) -> bool:
    """Add a photo to a result, in the caller's transaction; tell whether it is new.

    The same bytes again are the same photo.
    """
    told = hashlib.sha256(content)
    if told.hexdigest() != sha256.lower():
        said = "What came here is not what was sent; send it again."
        raise Invalid(said, {"sha256": [said]})
    photo = photos.look(content)
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(_SWEEPING)))
    there = set(
        db.session.scalars(sa.select(Attachment.sha256).where(Attachment.result_id == result.id))
    )
    if told.digest() in there:
        return False
    if len(there) >= MOST:
        raise Refused(f"This record has {MOST} photos already; log what they show beside it.")
    try:
        keep(settings.attachments_at(), told.hexdigest(), content)
    except Exception as error:
        # Each sort of storage fails in its own way.
        raise Unavailable("The photo can't be kept just now; send it again later.") from error
    db.session.add(
        Attachment(
            result_id=result.id,
            sha256=told.digest(),
            media_type=photo.media_type,
            size_bytes=len(content),
            width=photo.width,
            height=photo.height,
            added_by=by,
        )
    )
    return True


def attachments(result_id: uuid.UUID) -> db.Query:
    """List the photos of a result, the oldest first."""
    return (
        sa.select(
            Attachment.id,
            Attachment.result_id.label("result"),
            sa.func.encode(Attachment.sha256, "hex").label("sha256"),
            Attachment.media_type,
            Attachment.size_bytes,
            Attachment.width,
            Attachment.height,
            Attachment.added_at,
            Person.name.label("added_by"),
        )
        .join(Person, Person.id == Attachment.added_by)
        .where(Attachment.result_id == result_id)
        .order_by(Attachment.added_at, Attachment.id)
    )


def by_hash(sha256: bytes) -> db.Query:
    """Find the photos with these bytes that whoever asks may see."""
    return (
        sa.select(Attachment.id, Attachment.operation_id, Attachment.media_type)
        .where(Attachment.sha256 == sha256)
        .order_by(Attachment.id)
    )


def read(settings: Settings, sha256: str) -> bytes:
    """Read the bytes of a photo, and make sure that they are its own."""
    files, root = fsspec.url_to_fs(settings.attachments_at())
    try:
        content: bytes = files.cat_file(_path(root, sha256))
    except Exception as error:
        raise Unavailable("The photo can't be read just now; try again later.") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Unavailable("What is kept is not this photo any more; tell your administrator.")
    return content


def sweep(engine: sa.Engine, url: str) -> int:
    """Take away bytes that no row names, and count them."""
    files, root = fsspec.url_to_fs(url)
    if not files.exists(root):
        return 0
    before = dt.datetime.now(dt.UTC) - UNKNOWN_FOR
    swept = 0
    with engine.begin() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_SWEEPING)))
        known = {each.hex() for each in connection.scalars(sa.select(Attachment.sha256))}
        for path in files.find(root):
            if path.rpartition("/")[2] not in known and _changed_at(files, path) < before:
                files.rm_file(path)
                swept += 1
    return swept


def keep(url: str, sha256: str, content: bytes) -> None:
    """Write bytes where their hash says, all at once, also over the same."""
    files, root = fsspec.url_to_fs(url)
    path = _path(root, sha256)
    files.makedirs(path.rpartition("/")[0], exist_ok=True)
    unfinished = f"{path}.{uuid.uuid4().hex}"
    with files.open(unfinished, "wb") as file:
        file.write(content)
        file.flush()
        with contextlib.suppress(io.UnsupportedOperation):
            os.fsync(file.fileno())
    files.mv(unfinished, path)


def probe(url: str) -> None:
    """Write something and take it away again; fail where photos could not be kept."""
    files, root = fsspec.url_to_fs(url)
    files.makedirs(root, exist_ok=True)
    path = f"{root}/{uuid.uuid4().hex}"
    files.pipe_file(path, b"?")
    files.rm_file(path)


def _path(root: str, sha256: str) -> str:
    return f"{root}/{sha256[:2]}/{sha256}"


def _changed_at(files: fsspec.AbstractFileSystem, path: str) -> dt.datetime:
    found: dt.datetime = files.modified(path)
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)
