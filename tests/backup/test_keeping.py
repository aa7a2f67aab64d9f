"""What is kept outside opens with its key alone, and is dropped when no restore can ask for it."""

import datetime as dt
import hashlib
import os

import pytest

from ops import backup
from ops.backup import keeping, photos
from ops.backup.state import COPIED, MADE, note
from ops.backup.vault import Vault
from ops.config import Settings
from ops.errors import Refused, Unavailable
from ops.results import attachments
from ops.retention.models import Retention
from tests import factories

KEY = "k" * 32
CONTENT = b"a photo"
HASH = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "out").mkdir()
    return Settings(
        home=tmp_path,
        backup=str(tmp_path / "out"),
        backup_key=KEY,
        attachments=str(tmp_path / "attachments"),
    )


@pytest.fixture
def vault(settings):
    return keeping.folder(settings).photos


def test_what_is_sealed_opens_with_its_key_under_its_name_alone(vault):
    vault.put("this", CONTENT)
    [file] = vault.files()

    assert vault.get("this") == CONTENT
    assert vault.get("that") is None
    assert CONTENT not in file.read_bytes()
    assert "this" not in file.name
    assert Vault(vault.folder, "z" * 32).get("this") is None
    # One put in another's place is noticed.
    file.rename(vault.folder / vault.name("that"))
    with pytest.raises(Unavailable, match="OPS_BACKUP_KEY is another"):
        vault.get("that")


def test_a_photo_is_sealed_once_and_comes_back_as_it_was(settings, vault):
    attachments.keep(settings.attachments_at(), HASH, CONTENT)

    assert photos.copy(settings, vault, [HASH]) == (1, [])
    assert photos.copy(settings, vault, [HASH]) == (0, [])
    assert photos.bring_back(settings, vault, [HASH]) == (0, [])
    os.remove(attachments._path(settings.attachments_at(), HASH))
    assert photos.bring_back(settings, vault, [HASH]) == (1, [])
    assert attachments.read(settings, HASH) == CONTENT


def test_a_photo_that_is_nowhere_is_named(settings, vault):
    assert photos.copy(settings, vault, [HASH]) == (0, [HASH])
    assert photos.bring_back(settings, vault, [HASH]) == (0, [HASH])


def test_a_photo_is_dropped_once_nothing_has_named_it_for_long_enough(vault):
    vault.put(HASH, CONTENT)
    file = vault.folder / vault.name(HASH)
    gone = file.with_suffix(".gone")

    assert photos.expire(vault, [HASH], 28) == 0
    assert not gone.exists()
    assert photos.expire(vault, [], 28) == 0
    for days in (27, 29):
        before = (dt.datetime.now(dt.UTC) - dt.timedelta(days=days)).timestamp()
        os.utime(gone, (before, before))
        assert photos.expire(vault, [], 28) == (days > 28)
    assert list(vault.files()) == []


def test_a_photo_that_is_named_again_is_kept(vault):
    vault.put(HASH, CONTENT)
    photos.expire(vault, [], 28)
    photos.expire(vault, [HASH], 28)

    assert [each.name for each in vault.files()] == [vault.name(HASH)]


def test_a_folder_that_is_not_there_is_never_made(settings):
    os.rmdir(settings.backup)

    with pytest.raises(Refused, match="mount what it is on"):
        keeping.folder(settings)
    with pytest.raises(Refused, match="Say in OPS_BACKUP"):
        keeping.folder(Settings())


def test_what_was_erased_stays_known_although_the_database_has_forgotten(settings, session):
    operation = factories.operation()
    retention = Retention(
        object="operation",
        object_id=operation.id,
        operation_id=operation.id,
        group_code="other",
        erased_at=factories.NOON,
        erased_by=operation.created_by,
    )
    session.add(retention)
    session.flush()
    engine = Borrowed(session.connection())

    assert keeping.copy(engine, settings).erasures == 1
    session.delete(retention)
    session.flush()
    assert keeping.copy(engine, settings).erasures == 0

    assert keeping.erasures(keeping.folder(settings)) == {
        str(operation.id): {"object": "operation", "erased_at": factories.NOON.isoformat()}
    }


def test_the_state_says_what_fails(settings, session):
    connection = session.connection()
    assert backup.state(Settings(), connection) is None

    # The tests' own server archives nothing.
    told = backup.state(settings, connection)
    assert (told.why(), told.last_backup_at) == ("What is written is not archived.", None)
    note(settings, MADE)
    note(settings, COPIED)
    told = backup.state(settings, connection)
    assert told.backup_age_s < 60 > (told.last_copied_at - told.last_backup_at).total_seconds()


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, None),
        ({"archive_lag_s": 301}, "What is written does not get to the archive."),
        ({"archive_lag_s": None}, "What is written does not get to the archive."),
        ({"is_refused": True}, "What is written does not get to the archive."),
        ({"copy_lag_s": 301}, "Photos are not copied to the backup."),
        ({"copy_lag_s": None}, "Photos are not copied to the backup."),
        ({"backup_age_s": 3 * 24 * 60 * 60}, "The last base backup is too old."),
        ({"backup_age_s": None}, "The last base backup is too old."),
        ({"is_archiving": False}, "What is written is not archived."),
    ],
)
def test_each_fault_has_its_sentence(changed, why):
    well = {
        "last_backup_at": factories.NOON,
        "last_copied_at": factories.NOON,
        "copy_lag_s": 70,
        "archived_at": factories.NOON,
        "archive_lag_s": 70,
        "backup_age_s": 3600,
        "is_archiving": True,
        "is_refused": False,
    }

    told = backup.State(**well | changed)

    assert (told.why(), told.is_failing) == (why, why is not None)


class Borrowed:
    """The connection of a test in place of an engine."""

    def __init__(self, connection):
        self.connection = connection

    def begin(self):
        return self

    def __enter__(self):
        return self.connection

    def __exit__(self, *_):
        return None
