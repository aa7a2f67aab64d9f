"""Passkeys, made and shown by an authenticator in software: what holds, and what is refused."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops import db
from ops.access import factors, passkeys, pending, sessions
from ops.access.devices import Browser
from ops.access.factor_models import Factor
from ops.access.models import Person, WebSession
from ops.access.passkeys import Party
from ops.errors import Invalid, OpsError, Unauthenticated
from tests import factories
from tests.access.authenticator import Authenticator, encode
from tests.access.conftest import PASSWORD, Window, token_in, with_password

PARTY = Party("localhost", "http://localhost")


def ask(window, address, **headers):
    """Ask the server what the authenticator is to be asked."""
    reply = window.client.post(address, headers=headers)
    assert reply.status_code == 200, reply.text
    return reply.json


def enrol(window, key, label="Blue key", **wrong):
    """Add the key on the account's page."""
    csrf = token_in(window.client.get("/account").text)
    options = ask(window, "/account/passkeys/options", **{"X-CSRF-Token": csrf})
    answer = key.make(options, **wrong)
    sent = {"csrf_token": csrf, "passkey": answer, "label": label}
    return window.client.post("/account/passkeys/new", data=sent)


@pytest.fixture
def key(window, somebody):
    """A key that somebody has added; they are signed out again."""
    window.sign_in(somebody)
    found = Authenticator()
    assert "Your recovery codes" in enrol(window, found).text
    window.send("/sign-out")
    return found


def by_passkey(window, key, **how):
    options = ask(window, "/sign-in/passkey/options")
    return window.client.post("/sign-in/passkey", data={"passkey": key.sign(options, **how)})


def after_password(window, person, key, **how):
    window.sign_in(person)
    options = ask(window, "/sign-in/second-factor/options")
    return window.client.post("/sign-in/second-factor", data={"passkey": key.sign(options, **how)})


def test_a_passkey_alone_opens_a_session(window, key):
    assert by_passkey(window, key).status_code == 303
    assert window.is_in()
    assert "passkey" in db.session.scalars(sa.select(WebSession.signed_in_by)).all()


def test_a_passkey_that_does_not_count_opens_as_often_as_asked(window, key):
    for _ in range(2):
        assert by_passkey(window, key, counts=False).status_code == 303
        window.send("/sign-out")


def test_a_passkey_comes_after_the_password(window, somebody, key):
    window.sign_in(somebody)
    assert not window.is_in()

    assert after_password(window, somebody, key).status_code == 303
    assert window.is_in()


def test_a_passkey_alone_must_say_who_holds_it(window, somebody, key):
    assert by_passkey(window, key, verified=False).status_code == 401
    # After the password it need only be there.
    assert after_password(window, somebody, key, verified=False).status_code == 303


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://localhost.evil.example"},
        {"origin": "http://localhost:81"},
        {"challenge": encode(b"x" * 32)},
        {"challenge": "AA"},
        {"counts": False},
    ],
)
def test_an_answer_to_another_question_opens_nothing(window, somebody, key, wrong):
    by_passkey(window, key)
    window.send("/sign-out")

    assert by_passkey(window, key, **wrong).status_code == 401
    assert after_password(window, somebody, key, **wrong).status_code == 401
    assert not window.is_in()


def test_an_answer_given_before_opens_nothing(app, window, key):
    options = ask(window, "/sign-in/passkey/options")
    answer = key.sign(options)
    window.client.post("/sign-in/passkey", data={"passkey": answer})
    thief = Window(app)
    ask(thief, "/sign-in/passkey/options")

    assert thief.client.post("/sign-in/passkey", data={"passkey": answer}).status_code == 401
    assert not thief.is_in()


def test_a_challenge_belongs_to_the_browser_that_was_asked(app, window, key):
    answer = key.sign(ask(window, "/sign-in/passkey/options"))
    thief = Window(app)

    assert thief.client.post("/sign-in/passkey", data={"passkey": answer}).status_code == 401


def test_a_challenge_is_good_for_one_answer_right_or_wrong(window, key):
    options = ask(window, "/sign-in/passkey/options")
    wrong = key.sign(options, origin="http://evil.example")
    window.client.post("/sign-in/passkey", data={"passkey": wrong})

    reply = window.client.post("/sign-in/passkey", data={"passkey": key.sign(options)})

    assert reply.status_code == 401


def test_the_key_of_somebody_else_is_no_second_factor(app, window, somebody, key):
    other = with_password(factories.person())
    thief = Window(app)
    thief.sign_in(other)
    theirs = Authenticator()
    enrol(thief, theirs)
    thief.send("/sign-out")

    assert after_password(thief, somebody, theirs).status_code == 401
    assert not thief.is_in()


def test_a_key_of_another_signature_is_refused(window, key):
    forged = Authenticator()
    forged.id = key.id

    assert by_passkey(window, forged).status_code == 401


def test_a_disabled_person_has_no_way_in_by_passkey(window, key):
    db.session.execute(sa.update(Person).values(disabled_at=sa.func.now()))
    db.session.commit()

    assert by_passkey(window, key).status_code == 401


def test_one_key_is_added_once_and_to_one_person(app, window, somebody, key):
    with_password_only = Window(app)
    other = with_password(factories.person())
    with_password_only.sign_in(other)

    reply = enrol(with_password_only, key)

    assert reply.status_code == 409
    assert "already" in reply.text


@pytest.mark.parametrize("wrong", [{"origin": "http://evil.example"}, {"challenge": encode(b"x")}])
def test_a_key_made_elsewhere_is_not_added(window, somebody, wrong):
    window.sign_in(somebody)

    reply = enrol(window, Authenticator(), **wrong)

    assert reply.status_code == 422
    assert factors.of(somebody.id) == []


def test_behind_a_proxy_a_passkey_belongs_to_the_public_address(window, somebody, settings):
    settings(public_url="http://ops.example.test")
    window.sign_in(somebody)
    key = Authenticator("http://ops.example.test")

    assert enrol(window, key).status_code == 200
    assert enrol(window, Authenticator()).status_code == 422


def test_a_form_of_another_site_gets_no_challenge(window):
    reply = window.client.post("/sign-in/passkey/options", headers={"Sec-Fetch-Site": "cross-site"})

    assert reply.status_code == 403


def test_the_first_factor_can_be_a_passkey(window, somebody, settings):
    settings(second_factor="required")
    window.sign_in(somebody)
    key = Authenticator()
    options = ask(window, "/sign-in/set-up/options")

    reply = window.client.post("/sign-in/set-up", data={"passkey": key.make(options)})

    assert "Your recovery codes" in reply.text
    assert window.is_in()


def test_without_a_password_before_it_nothing_is_asked(window):
    assert window.client.post("/sign-in/second-factor/options").status_code == 401
    assert window.client.post("/sign-in/set-up/options").status_code == 401


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=50),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON"]), inner
                )
            ),
        ).map(json.dumps),
    )
)
def test_nonsense_is_refused_and_never_a_fault(text):
    with pytest.raises(Unauthenticated):
        passkeys.credential_of(text)
    with pytest.raises(Invalid):
        passkeys.made(text, b"x" * 32, PARTY)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    field=st.sampled_from(["clientDataJSON", "authenticatorData", "signature"]),
    content=st.binary(max_size=80),
)
def test_a_garbled_answer_is_refused_and_never_a_fault(field, content):
    key = Authenticator()
    answer = json.loads(key.sign({"rpId": "localhost", "challenge": encode(b"x" * 32)}))
    answer["response"][field] = encode(content)
    factor = Factor(public_key=content, sign_count=0)

    with pytest.raises(Unauthenticated):
        passkeys.check(factor, json.dumps(answer), b"x" * 32, PARTY, verified=True)


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=200))
def test_a_garbled_attestation_is_refused_and_never_a_fault(content):
    key = Authenticator()
    options = {"rp": {"id": "localhost"}, "challenge": encode(b"x" * 32)}
    answer = json.loads(key.make(options))
    answer["response"]["attestationObject"] = encode(content)

    with pytest.raises(Invalid):
        passkeys.made(json.dumps(answer), b"x" * 32, PARTY)


def test_of_two_answers_with_one_count_at_once_one_gets_in(committed):
    person = with_password(factories.person())
    key = Authenticator()
    made = json.loads(key.make({"rp": {"id": "localhost"}, "challenge": encode(b"x" * 32)}))
    found = passkeys.made(json.dumps(made), b"x" * 32, PARTY)
    with db.transaction():
        db.session.add(
            Factor(
                person_id=person.id,
                kind="passkey",
                label="Key",
                credential_id=found.credential_id,
                public_key=found.public_key,
                sign_count=0,
            )
        )
    tries = []
    for _ in range(2):
        text = sessions.sign_in(person.email, PASSWORD).secret
        challenge = pending.challenge(pending.find(text, "factor"))
        # A copied key would sign with the same count.
        key.count = 0
        tries.append((text, key.sign({"rpId": "localhost", "challenge": encode(challenge)})))

    def finish(one):
        text, answer = one
        with committed.app_context():
            try:
                step = pending.find(text, "factor")
                sessions.finish_by_passkey(step, answer, Browser(), PARTY)
            except OpsError:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        got_in = list(pool.map(finish, tries))

    assert sorted(got_in) == [False, True]
