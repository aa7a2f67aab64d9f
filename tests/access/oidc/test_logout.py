"""The provider's word that sessions are over (OpenID Connect Back-Channel Logout 1.0)."""

import http.server
import threading
import time
from urllib.parse import parse_qs, urlencode

import pytest
import requests
import sqlalchemy as sa
from joserfc.jwk import RSAKey

from ops import create_app, db
from ops.access.models import WebSession
from ops.access.oidc_models import SpentLogout
from ops.config import Settings
from tests import factories, oidc_provider
from tests.access.oidc.conftest import BACK, HERE, asked_of, begin, lines
from tests.conftest import undone
from tests.oidc_provider.fake import ABSENT, LOGOUT

OUT = "/sign-in/oidc/logout"
NOBODYS = RSAKey.generate_key(2048, {"kid": "one"})


def sign_in(client, fake, sid, sub="ada"):
    """Begin a session in this browser that the provider calls `sid`."""
    asked = asked_of(client)
    fake.hand_out(fake.id_token(asked["nonce"], sid=sid, sub=sub, email=f"{sub}@force.test"))
    reply = client.get(f"{BACK}?{urlencode({'state': asked['state'], 'code': 'c'})}")
    assert reply.status_code == 303, reply.text
    return client


def is_in(client):
    """Tell whether somebody is signed in here."""
    return client.get("/account").status_code == 200


@pytest.fixture
def browsers(visitor, fake):
    """Ada in two browsers, and Eve in one."""
    app = visitor.application
    return [
        sign_in(app.test_client(), fake, sid, sub)
        for sid, sub in (("one", "ada"), ("two", "ada"), ("three", "eve"))
    ]


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ({"sid": "one", "sub": ABSENT}, [False, True, True]),
        ({"sid": "one"}, [False, True, True]),
        ({"sub": "ada"}, [False, False, True]),
        ({"sid": "one", "sub": "eve"}, [True, True, True]),
        ({"sid": "unknown"}, [True, True, True]),
    ],
)
def test_the_sessions_that_are_meant_end_and_no_other(browsers, visitor, fake, said, left):
    reply = visitor.post(OUT, data={"logout_token": fake.logout_token(**said)})

    assert reply.status_code == 200
    assert reply.headers["Cache-Control"] == "no-store"
    assert [is_in(each) for each in browsers] == left


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"nonce": "n"}, "InvalidClaimError nonce"),
        ({"events": ABSENT}, "InvalidClaimError events"),
        ({"events": {}}, "InvalidClaimError events"),
        ({"events": {LOGOUT: None}}, "InvalidClaimError events"),
        ({"events": [LOGOUT]}, "InvalidClaimError events"),
        ({"sub": ABSENT}, "InvalidClaimError sid"),
        ({"sid": 7}, "InvalidClaimError sid"),
        ({"sid": "\ud800"}, "InvalidClaimError sid"),
        ({"jti": 7}, "InvalidClaimError jti"),
        ({"jti": ABSENT}, "MissingClaimError jti"),
        ({"iat": ABSENT}, "MissingClaimError iat"),
        ({"exp": ABSENT}, "MissingClaimError exp"),
        ({"exp": int(time.time()) - 61}, "ExpiredTokenError exp"),
        ({"iat": int(time.time()) - 601}, "logout token too old"),
        # Ahead for as long as the tests may take.
        ({"iat": int(time.time()) + 86_400}, "InvalidClaimError iat"),
        ({"aud": "another"}, "InvalidClaimError aud"),
        ({"iss": "https://elsewhere.test"}, "InvalidClaimError iss"),
        ({"key": NOBODYS}, "BadSignatureError"),
    ],
)
def test_a_word_that_is_not_right_ends_nothing(browsers, visitor, fake, caplog, changes, why):
    token = fake.logout_token(**({"sub": "ada"} | changes))

    reply = visitor.post(OUT, data={"logout_token": token})

    assert (reply.status_code, reply.json["error"]) == (400, "invalid_request")
    assert [line["oidc"] for line in lines(caplog)] == [why]
    assert all(is_in(each) for each in browsers)


@pytest.mark.parametrize("sent", [{}, {"logout_token": ""}, {"logout_token": "a.b.c"}])
def test_what_is_no_token_is_refused(visitor, fake, sent):
    assert visitor.post(OUT, data=sent).status_code == 400


def test_an_id_token_is_no_word_to_sign_out(browsers, visitor, fake):
    reply = visitor.post(OUT, data={"logout_token": fake.id_token("n", sid="one")})

    assert reply.status_code == 400
    assert is_in(browsers[0])


def test_a_word_to_sign_out_signs_nobody_in(visitor, fake):
    asked = asked_of(visitor)
    fake.hand_out(fake.logout_token(sub="ada"))

    reply = visitor.get(f"{BACK}?{urlencode({'state': asked['state'], 'code': 'c'})}")

    assert reply.status_code == 401


def test_the_same_word_sent_again_ends_nothing_more(browsers, visitor, fake):
    token = fake.logout_token(sub="ada")
    assert visitor.post(OUT, data={"logout_token": token}).status_code == 200
    again = sign_in(visitor, fake, "four")

    assert visitor.post(OUT, data={"logout_token": token}).status_code == 400
    assert is_in(again)


def test_words_that_hold_no_more_are_swept(visitor, fake):
    visitor.post(OUT, data={"logout_token": fake.logout_token(sub="ada")})
    earlier = sa.func.now() - sa.text("interval '1 second'")
    db.session.execute(sa.update(SpentLogout).values(expires_at=earlier))
    db.session.commit()

    begin(visitor)

    assert db.session.query(SpentLogout).count() == 0


def test_the_ledger_says_why_a_session_ended(browsers, visitor, fake):
    visitor.post(OUT, data={"logout_token": fake.logout_token(sid="one")})

    ended = sa.text("select reason from change where object = 'session' and before ? 'revoked_at'")
    assert db.session.scalars(ended).all() == ["signed out by the sign-in of their organisation"]
    assert db.session.query(WebSession).filter(WebSession.revoked_at.is_not(None)).count() == 1


@pytest.fixture
def words():
    """Somewhere for a real provider to send its word, and what came."""
    came = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            came.append(parse_qs(sent)["logout_token"][0])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", came
        server.shutdown()
        thread.join()


def test_the_word_of_a_real_provider_is_understood(database_url, words):
    there, came = words
    with oidc_provider.running() as provider:
        provider.register(HERE, there)
        settings = Settings(
            database_url=database_url, demo=False, rate_limit="off", **provider.settings()
        )
        app = create_app(settings)
        with undone(app):
            factories.organisation()
            client, browser = app.test_client(), requests.Session()
            client.get(provider.visit(begin(client), "ada", browser))
            assert is_in(client)
            provider.sign_out(f"{provider.issuer}/session/end", browser)

            reply = client.post(OUT, data={"logout_token": came[0]})

            assert reply.status_code == 200
            assert not is_in(client)
        app.extensions["engine"].dispose()
