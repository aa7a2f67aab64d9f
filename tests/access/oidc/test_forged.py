"""Replies that are forged, replayed, late or broken: each refused, once, and never a fault."""

import base64
import json
import time
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import sqlalchemy as sa
from joserfc.jwk import OctKey, RSAKey

from ops import create_app, db
from ops.access import oidc_provider
from ops.access.models import WebSession
from ops.access.oidc_models import ProviderSession
from ops.config import Settings
from tests.access.oidc.conftest import BACK, asked_of, begin, lines
from tests.conftest import undone
from tests.oidc_provider import CLIENT, SECRET
from tests.oidc_provider import fake as fakes

NOBODYS = RSAKey.generate_key(2048, {"kid": "one"})


def refused(client, reply, status, caplog):
    """Hold a reply to be a refusal with a sentence, noted once, and that begins no session."""
    assert reply.status_code == status, reply.text
    noted = lines(caplog)
    assert [line["status"] for line in noted] == [status]
    assert not any(
        cookie.startswith("ops_session") for cookie in reply.headers.getlist("Set-Cookie")
    )
    assert db.session.query(WebSession).count() == 0
    return noted[0].get("oidc")


def test_an_honest_reply_is_taken(visitor, fake):
    asked = asked_of(visitor)
    fake.hand_out(fake.id_token(asked["nonce"], acr="gold", amr=["pwd", "otp"], sid="one"))

    reply = visitor.get(f"{BACK}?{urlencode({'state': asked['state'], 'code': 'c'})}")

    assert (reply.status_code, reply.location) == (303, "/map")
    kept = db.session.execute(sa.select(ProviderSession.acr, ProviderSession.amr)).one()
    assert kept == ("gold", ["pwd", "otp"])


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"nonce": "another"}, "InvalidClaimError nonce"),
        ({"nonce": fakes.ABSENT}, "MissingClaimError nonce"),
        ({"nonce": 7}, "InvalidClaimError nonce"),
        ({"iss": "https://elsewhere.test"}, "InvalidClaimError iss"),
        ({"iss": fakes.ABSENT}, "MissingClaimError iss"),
        ({"aud": "another"}, "InvalidClaimError aud"),
        ({"aud": []}, "InvalidClaimError aud"),
        ({"aud": [CLIENT, "another"]}, "MissingClaimError azp"),
        ({"aud": [CLIENT, "another"], "azp": "another"}, "InvalidClaimError azp"),
        ({"aud": fakes.ABSENT}, "MissingClaimError aud"),
        ({"exp": int(time.time()) - 61}, "ExpiredTokenError exp"),
        ({"exp": fakes.ABSENT}, "MissingClaimError exp"),
        ({"exp": "tomorrow"}, "InvalidClaimError exp"),
        ({"iat": int(time.time()) + 3600}, "InvalidClaimError iat"),
        ({"sub": fakes.ABSENT}, "MissingClaimError sub"),
        ({"sub": ""}, "no subject"),
        ({"sub": "x" * 256}, "no subject"),
        ({"sub": ["ada"]}, "InvalidClaimError sub"),
        ({"at_hash": "bm90IHRoaXM"}, "InvalidClaimError at_hash"),
        ({"amr": "pwd"}, "InvalidClaimError amr"),
        ({"key": NOBODYS}, "BadSignatureError"),
        ({"header": {"kid": "two"}}, "InvalidKeyIdError"),
        (
            {"header": {"alg": "HS256"}, "key": OctKey.import_key(SECRET)},
            "UnsupportedAlgorithmError",
        ),
    ],
)
def test_a_token_that_is_not_right_lets_nobody_in(visitor, fake, caplog, changes, why):
    asked = asked_of(visitor)
    fake.hand_out(fake.id_token(asked["nonce"], **changes), access_token="a")

    reply = visitor.get(f"{BACK}?{urlencode({'state': asked['state'], 'code': 'c'})}")

    assert refused(visitor, reply, 401, caplog) == why
    assert "could not be trusted" in reply.text


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "e30.e30.", "ée.ée.ée", "." * 9, "x" * 200_000])
def test_what_is_no_token_lets_nobody_in(visitor, fake, caplog, text):
    asked = asked_of(visitor)
    fake.hand_out(text)

    reply = visitor.get(f"{BACK}?{urlencode({'state': asked['state'], 'code': 'c'})}")

    assert refused(visitor, reply, 401, caplog)


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "RS256", "kid": "one", "crit": ["x"]}])
def test_a_token_without_a_signature_lets_nobody_in(visitor, fake, caplog, header):
    asked = asked_of(visitor)
    head, payload, _ = fake.id_token(asked["nonce"]).split(".")
    head = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
    fake.hand_out(f"{head}.{payload}.")

    reply = visitor.get(f"{BACK}?{urlencode({'state': asked['state'], 'code': 'c'})}")

    assert refused(visitor, reply, 401, caplog)


@pytest.mark.parametrize(
    "change",
    [
        {"state": None},
        {"state": ""},
        {"state": "another"},
        {"state": "é\x00\u202e"},
        {"state": None, "code": None, "error": "access_denied"},
    ],
)
def test_a_reply_that_nobody_waits_for_is_not_looked_at(visitor, fake, caplog, change):
    asked = asked_of(visitor)
    fake.asked.clear()
    given = {"state": asked["state"], "code": "c"} | change
    sent = {name: text for name, text in given.items() if text is not None}

    reply = visitor.get(f"{BACK}?{urlencode(sent)}")

    assert refused(visitor, reply, 400, caplog) == "unknown state"
    assert fake.asked == []


def test_a_reply_is_for_the_browser_that_asked(visitor, fake, caplog):
    asked = asked_of(visitor)
    fake.hand_out(fake.id_token(asked["nonce"]))
    other = visitor.application.test_client()
    begin(other)

    reply = other.get(f"{BACK}?{urlencode({'state': asked['state'], 'code': 'c'})}")

    assert refused(other, reply, 400, caplog) == "unknown state"


def test_a_reply_is_taken_once(visitor, fake):
    asked = asked_of(visitor)
    fake.hand_out(fake.id_token(asked["nonce"]))
    there = f"{BACK}?{urlencode({'state': asked['state'], 'code': 'c'})}"
    visitor.get(there)

    assert visitor.get(there).status_code == 400


def test_a_refused_reply_uses_the_attempt_up(visitor, fake):
    asked = asked_of(visitor)
    there = f"{BACK}?{urlencode({'state': asked['state'], 'code': 'c'})}"
    assert visitor.get(there).status_code == 401
    fake.hand_out(fake.id_token(asked["nonce"]))

    assert visitor.get(there).status_code == 400


@pytest.mark.parametrize(
    ("more", "status", "why"),
    [
        ({"iss": "https://elsewhere.test"}, 401, "reply from another issuer"),
        ({"iss": ""}, 401, "reply from another issuer"),
        ({"code": ""}, 401, "neither a code nor an error"),
        ({"error": "access_denied"}, 403, "access_denied"),
        ({"error": "login_required"}, 403, "another error"),
        ({"error": "<b>\x00"}, 403, "another error"),
        ({"error": "temporarily_unavailable"}, 503, "temporarily_unavailable"),
        ({"code": "c\x00\n&state=x"}, 401, "code refused"),
    ],
)
def test_a_reply_that_is_no_sign_in_says_what_it_is(visitor, caplog, more, status, why):
    asked = asked_of(visitor)

    reply = visitor.get(f"{BACK}?{urlencode({'state': asked['state'], 'code': 'c'} | more)}")

    assert refused(visitor, reply, status, caplog) == why


def test_a_provider_that_names_itself_must_do_so_each_time(visitor, fake, caplog):
    told = fake.answers["/.well-known/openid-configuration"][1]
    told["authorization_response_iss_parameter_supported"] = True
    asked = asked_of(visitor)
    fake.hand_out(fake.id_token(asked["nonce"]))

    reply = visitor.get(f"{BACK}?{urlencode({'state': asked['state'], 'code': 'c'})}")

    assert refused(visitor, reply, 401, caplog) == "reply from another issuer"


def test_a_code_of_another_attempt_is_refused_by_the_real_provider(client, provider, caplog):
    mine, theirs = begin(client), begin(client)
    stolen = parse_qs(urlsplit(provider.visit(theirs, "ada")).query)
    state = parse_qs(urlsplit(mine).query)["state"][0]

    sent = {"state": state, "code": stolen["code"][0], "iss": stolen["iss"][0]}
    reply = client.get(f"{BACK}?{urlencode(sent)}")

    assert refused(client, reply, 401, caplog) == "code refused"


def test_the_claims_of_another_person_are_not_mixed_in(visitor, fake, caplog):
    asked = asked_of(visitor)
    fake.hand_out(fake.id_token(asked["nonce"], groups=fakes.ABSENT), access_token="a")
    fake.answers["/me"] = 200, {"sub": "eve", "groups": ["gmp-leads"]}

    reply = visitor.get(f"{BACK}?{urlencode({'state': asked['state'], 'code': 'c'})}")

    assert refused(visitor, reply, 401, caplog) == "userinfo of another subject"


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


def test_the_log_holds_no_secret_and_nothing_that_was_sent(visitor, fake, caplog):
    asked = asked_of(visitor)
    token = fake.id_token(asked["nonce"], aud="another")
    fake.hand_out(token, access_token="an-access-token")

    visitor.get(f"{BACK}?{urlencode({'state': asked['state'], 'code': 'the-code'})}")

    for secret in (asked["state"], asked["nonce"], "the-code", token, "an-access-token", SECRET):
        assert secret not in caplog.text
