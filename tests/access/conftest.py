"""Somebody with a password, and one cheap hash for every test that needs one."""

import dataclasses
import datetime as dt
import secrets
import types

import argon2
import pyotp
import pytest

from ops import db
from ops.access import enrolment, pages, passwords, totp
from ops.access.factor_models import Factor
from ops.access.models import Credential
from tests import factories

PASSWORD = "three random words"
NOW = dt.datetime.now(dt.UTC)


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch):
    """Hash with the least that argon2 allows; the cost itself is the library's affair."""
    monkeypatch.setattr(passwords, "_hasher", argon2.PasswordHasher(1, 8, 1))
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


@pytest.fixture(autouse=True)
def settings(app, monkeypatch):
    """Change the settings of the app; it has a key to seal secrets with."""

    def change(**values):
        changed = dataclasses.replace(app.config["SETTINGS"], **values)
        monkeypatch.setitem(app.config, "SETTINGS", changed)

    change(secret_key=secrets.token_hex(32))
    return change


@pytest.fixture(autouse=True)
def still(monkeypatch):
    """Let the clock of authenticator apps stand still, or a code could run out on the way."""
    clock = types.SimpleNamespace(now=lambda _zone: NOW)
    for module in (pages, enrolment):
        monkeypatch.setattr(module, "dt", types.SimpleNamespace(datetime=clock, UTC=dt.UTC))


@pytest.fixture
def somebody(session):
    """A lead who can sign in with PASSWORD."""
    return with_password(factories.person(email="lee@example.test"))


def with_password(person):
    """Let somebody sign in with PASSWORD."""
    with db.transaction():
        hashed = passwords.hash_password(PASSWORD)
        db.session.add(Credential(person_id=person.id, password_hash=hashed))
    return person


def with_app(app, person):
    """Give somebody an authenticator app that was never used; give its secret."""
    secret = totp.new_secret()
    sealed = totp.seal(app.config["SETTINGS"].secret_key, secret, person.id)
    with db.transaction():
        db.session.add(
            Factor(person_id=person.id, kind="totp", label="Phone", secret=sealed, last_step=0)
        )
    return secret


def code_of(secret, drift=0):
    """Give what the app shows now, or some steps away from now."""
    return pyotp.TOTP(secret).at(NOW, counter_offset=drift)


class Window:
    """A browser window: sends forms as a person does."""

    def __init__(self, app):
        self.client = app.test_client()

    def sign_in(self, person, password=PASSWORD, **more):
        """Send the first form."""
        sent = {"email": person.email, "password": password, **more}
        return self.client.post("/sign-in", data=sent)

    def send(self, address, **fields):
        """Send a form of a page that is open, with the session's CSRF token."""
        csrf = token_in(self.client.get("/account").text)
        return self.client.post(address, data={"csrf_token": csrf, **fields})

    def is_in(self):
        """Tell whether somebody is signed in here."""
        return self.client.get("/api/v1/me").status_code == 200


def token_in(page):
    """Read the CSRF token of a page."""
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


@pytest.fixture
def window(app, session):
    """A browser window that is new here."""
    return Window(app)
