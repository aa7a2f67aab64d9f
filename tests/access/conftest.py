"""Somebody with a password, and one cheap hash for every test that needs one."""

import argon2
import pytest

from ops import db
from ops.access import passwords
from ops.access.models import Credential
from tests import factories

PASSWORD = "three random words"


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch):
    """Hash with the least that argon2 allows; the cost itself is the library's affair."""
    monkeypatch.setattr(passwords, "_hasher", argon2.PasswordHasher(1, 8, 1))
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


@pytest.fixture
def somebody(session):
    """A lead who can sign in with PASSWORD."""
    person = factories.person(email="lee@example.test")
    with db.transaction():
        hashed = passwords.hash_password(PASSWORD)
        db.session.add(Credential(person_id=person.id, password_hash=hashed))
    return person
