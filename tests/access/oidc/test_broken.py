"""A provider that is down, broken or describes itself wrongly: said so, and never a fault."""

from urllib.parse import urlencode

import pytest
from joserfc.jwk import RSAKey

from ops import create_app
from ops.access import oidc_provider
from ops.config import Settings
from tests.access.oidc.conftest import BACK, asked_of, refused
from tests.conftest import undone
from tests.oidc_provider import fake as fakes


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/token", (500, b"down")),
        ("/token", (200, b"<html>")),
        ("/token", (200, b"[]")),
        ("/token", (401, {"error": "invalid_client"})),
        ("/token", (302, b"")),
        ("/keys", (500, b"")),
        ("/keys", (200, b"[]")),
        ("/keys", (200, {})),
        ("/keys", (200, {"keys": [{}]})),
        ("/keys", (200, {"keys": 7})),
        ("/keys", (302, b"")),
        ("/me", (503, b"")),
    ],
)
def test_a_provider_that_is_broken_on_the_way_back_is_said_to_be(
    visitor, fake, caplog, path, answer
):
    asked = asked_of(visitor)
    fake.hand_out(fake.id_token(asked["nonce"], groups=fakes.ABSENT), access_token="a")
    fake.answers[path] = answer

    reply = visitor.get(f"{BACK}?{urlencode({'state': asked['state'], 'code': 'c'})}")

    assert refused(visitor, reply, 503, caplog)
    assert "does not answer as it should" in reply.text
    assert reply.headers["Retry-After"]


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://elsewhere.test"},
        {"authorization_endpoint": None},
        {"authorization_endpoint": "http://elsewhere.test/auth"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "http://[x"},
    ],
)
def test_a_provider_that_describes_itself_wrongly_is_not_gone_to(visitor, fake, caplog, change):
    fake.answers["/.well-known/openid-configuration"][1].update(change)

    reply = visitor.get("/sign-in/oidc")

    assert refused(visitor, reply, 503, caplog)
    assert "Location" not in reply.headers


@pytest.mark.parametrize("answer", [(500, b""), (200, b"x"), (200, b"[]"), (301, b"")])
def test_a_provider_that_is_down_is_said_to_be_and_left_alone(visitor, fake, answer):
    fake.answers["/.well-known/openid-configuration"] = answer
    assert visitor.get("/sign-in/oidc").status_code == 503
    asked = len(fake.asked)

    for _ in range(3):
        assert visitor.get("/sign-in/oidc").status_code == 503

    assert len(fake.asked) <= asked + (3 if answer == (200, b"[]") else 0)


def test_a_provider_that_is_not_there_is_said_to_be(database_url, fake):
    settings = fake.settings() | {"oidc_issuer": "http://127.0.0.1:9"}
    app = create_app(Settings(database_url=database_url, demo=False, rate_limit="off", **settings))
    with undone(app):
        reply = app.test_client().get("/sign-in/oidc")
    app.extensions["engine"].dispose()

    assert reply.status_code == 503
    assert "The sign-in of GMP does not answer" in reply.text


def test_new_keys_are_fetched_when_a_token_needs_them(visitor, fake, monkeypatch):
    monkeypatch.setattr(oidc_provider, "_FRESH_KEYS_S", -1)
    first = asked_of(visitor)
    fake.hand_out(fake.id_token(first["nonce"]))
    visitor.get(f"{BACK}?{urlencode({'state': first['state'], 'code': 'c'})}")
    second = RSAKey.generate_key(2048, {"kid": "two"})
    fake.answers["/keys"] = 200, {"keys": [second.as_dict(private=False)]}
    asked = asked_of(visitor)
    fake.hand_out(fake.id_token(asked["nonce"], key=second, header={"kid": "two"}))

    reply = visitor.get(f"{BACK}?{urlencode({'state': asked['state'], 'code': 'c'})}")

    assert reply.status_code == 303
