"""Replies that are forged, replayed, late or broken: each refused, once, and never a fault."""

import base64
import json
import time
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import sqlalchemy as sa
from joserfc.jwk import OctKey, RSAKey

from ops import create_app, db
from ops.access.models import Person
from ops.access.oidc_models import ProviderSession, SignInAttempt
from ops.config import Settings
from tests import factories
from tests.access.oidc.conftest import BACK, asked_of, begin, refused
from tests.conftest import undone
from tests.oidc_provider import CLIENT, SECRET
from tests.oidc_provider import fake as fakes

NOBODYS = RSAKey.generate_key(2048, {"kid": "one"})


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
        ({"sub": "a\x00"}, "no subject"),
        ({"sub": "a\ud800"}, "no subject"),
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


def test_claims_that_are_odd_but_signed_are_made_the_best_of(visitor, fake):
    asked = asked_of(visitor)
    odd = {"name": "Ada\x00\ud800", "sid": "\x00", "acr": 7, "amr": ["pwd", 1, "\ud800"]}
    fake.hand_out(fake.id_token(asked["nonce"], groups="gmp-leads", **odd))

    reply = visitor.get(f"{BACK}?{urlencode({'state': asked['state'], 'code': 'c'})}")

    assert reply.status_code == 303
    kept = db.session.query(ProviderSession).one()
    assert (kept.sid, kept.acr, kept.amr) == (None, None, ["pwd"])
    assert db.session.query(Person).one().name == "Ada"


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


def test_a_reply_that_comes_too_late_is_not_looked_at(visitor, fake, caplog):
    asked = asked_of(visitor)
    fake.hand_out(fake.id_token(asked["nonce"]))
    db.session.execute(sa.update(SignInAttempt).values(expires_at=sa.func.now()))
    db.session.commit()

    reply = visitor.get(f"{BACK}?{urlencode({'state': asked['state'], 'code': 'c'})}")

    assert refused(visitor, reply, 400, caplog) == "unknown state"


def test_a_reply_is_taken_once(visitor, fake):
    asked = asked_of(visitor)
    fake.hand_out(fake.id_token(asked["nonce"]))
    there = f"{BACK}?{urlencode({'state': asked['state'], 'code': 'c'})}"
    visitor.get(there)

    assert visitor.get(there).status_code == 400


def test_replies_that_fail_are_counted_and_those_that_succeed_are_not(database_url, fake):
    rate = {"rate_limit_sign_in": "3/minute", "demo": False}
    app = create_app(Settings(database_url=database_url, **rate, **fake.settings()))
    with undone(app):
        factories.organisation()
        client = app.test_client()
        for _ in range(4):
            asked = asked_of(client)
            fake.hand_out(fake.id_token(asked["nonce"]))
            good = client.get(f"{BACK}?{urlencode({'state': asked['state'], 'code': 'c'})}")
            assert good.status_code == 303

        answers = [client.get(f"{BACK}?state=guess").status_code for _ in range(4)]
    app.extensions["engine"].dispose()

    assert answers == [400, 400, 400, 429]


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


def test_the_log_holds_no_secret_and_nothing_that_was_sent(visitor, fake, caplog):
    asked = asked_of(visitor)
    token = fake.id_token(asked["nonce"], aud="another")
    fake.hand_out(token, access_token="an-access-token")

    visitor.get(f"{BACK}?{urlencode({'state': asked['state'], 'code': 'the-code'})}")

    for secret in (asked["state"], asked["nonce"], "the-code", token, "an-access-token", SECRET):
        assert secret not in caplog.text
