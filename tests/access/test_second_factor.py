"""After the password: a code or a passkey, each once, and nothing opens before."""

import contextlib
import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from ops import db
from ops.access import browser, factors, guard, pending, sessions, tries
from ops.access.devices import Browser
from ops.access.factor_models import Factor, Pending, RecoveryCode
from ops.access.models import FailedSignIn, Person, WebSession
from ops.errors import OpsError, TooMany
from tests import factories
from tests.access.conftest import NOW, PASSWORD, Window, code_of, with_app, with_password
from tests.wellformed import faults

HERE = "/sign-in/second-factor"


@pytest.fixture
def secret(app, somebody):
    """The secret of somebody's authenticator app."""
    return with_app(app, somebody)


def give(window, code):
    return window.client.post(HERE, data={"code": code, "next": "/map"})


def test_the_password_alone_opens_nothing(window, somebody, secret):
    reply = window.sign_in(somebody, next="/map")

    assert reply.location == "/sign-in/second-factor?next=%2Fmap"
    assert not window.is_in()
    assert db.session.scalars(sa.select(WebSession)).all() == []
    assert faults(window.client.get(HERE).text) == []


def test_the_cookie_of_a_pending_sign_in_is_no_session(window, somebody, secret):
    window.sign_in(somebody)
    pending_secret = window.client.get_cookie(browser.PENDING).value

    window.client.set_cookie(guard.COOKIE, pending_secret)

    assert not window.is_in()
    bearer = {"Authorization": f"Bearer {pending_secret}"}
    assert window.client.get("/api/v1/me", headers=bearer).status_code == 401


def test_the_cookie_of_a_session_is_no_pending_sign_in(app, window, session):
    person = with_password(factories.person())
    window.sign_in(person)

    window.client.set_cookie(browser.PENDING, window.client.get_cookie(guard.COOKIE).value)

    assert window.client.get(HERE).location.startswith("/sign-in?")


@pytest.mark.parametrize("drift", [-1, 0, 1])
def test_the_code_of_the_app_opens_the_session(window, somebody, secret, drift):
    window.sign_in(somebody)

    reply = give(window, code_of(secret, drift))

    assert (reply.status_code, reply.location) == (303, "/map")
    assert window.is_in()
    assert db.session.scalar(sa.select(WebSession.signed_in_by)) == "totp"
    assert db.session.scalars(sa.select(Pending)).all() == []


def test_a_code_is_read_with_a_blank_in_it(window, somebody, secret):
    window.sign_in(somebody)
    code = code_of(secret)

    assert give(window, f" {code[:3]} {code[3:]} ").status_code == 303


@pytest.mark.parametrize("code", ["", "000000", "1", "x" * 5000, "٢٨٧٠٨٢", "\x00", "'; --"])
def test_a_wrong_code_opens_nothing(window, somebody, secret, code):
    window.sign_in(somebody)

    reply = give(window, code)

    assert reply.status_code == 401
    assert not window.is_in()
    assert faults(reply.text) == []


def test_a_code_that_was_used_is_no_good_again(app, window, somebody, secret):
    code = code_of(secret)
    window.sign_in(somebody)
    give(window, code)
    thief = Window(app)
    thief.sign_in(somebody)

    assert give(thief, code).status_code == 401
    # Nor is the one before it, which the drift would still allow.
    assert give(thief, code_of(secret, -1)).status_code == 401
    assert not thief.is_in()


def test_the_code_of_another_person_is_no_good(app, window, somebody, secret):
    other = with_app(app, with_password(factories.person()))
    window.sign_in(somebody)

    assert give(window, code_of(other)).status_code == 401


def test_a_code_is_no_good_once_the_secret_is_another_persons(app, window, somebody, secret):
    thief = with_password(factories.person())
    with_app(app, thief)
    stolen = sa.select(Factor.secret).where(Factor.person_id == somebody.id).scalar_subquery()
    db.session.execute(
        sa.update(Factor).where(Factor.person_id == thief.id).values(secret=stolen),
        execution_options={"synchronize_session": False},
    )
    db.session.commit()
    window.sign_in(thief)

    assert give(window, code_of(secret)).status_code == 401


def test_a_recovery_code_opens_once(app, window, somebody, secret):
    with db.transaction():
        codes = factors.new_codes(somebody.id)
    window.sign_in(somebody)

    assert give(window, codes[3].upper().replace("-", " ")).status_code == 303
    again = Window(app)
    again.sign_in(somebody)
    assert give(again, codes[3]).status_code == 401
    assert factors.codes_left(somebody.id) == 9


def test_new_recovery_codes_end_the_old(window, somebody, secret):
    with db.transaction():
        old = factors.new_codes(somebody.id)
        new = factors.new_codes(somebody.id)
    window.sign_in(somebody)

    assert give(window, old[0]).status_code == 401
    assert give(window, new[0]).status_code == 303
    assert len(set(old + new)) == 20


def test_recovery_codes_are_kept_as_hashes_of_128_bits(somebody):
    with db.transaction():
        codes = factors.new_codes(somebody.id)

    kept = b"".join(db.session.scalars(sa.select(RecoveryCode.code_hash)))
    assert all(len(code.replace("-", "")) == 26 for code in codes)
    assert not any(code.encode() in kept for code in codes)


def test_the_step_is_over_after_ten_minutes(window, somebody, secret):
    window.sign_in(somebody)
    db.session.execute(sa.update(Pending).values(expires_at=sa.func.now()))
    db.session.commit()

    assert give(window, code_of(secret)).location.startswith("/sign-in?")
    assert not window.is_in()


def test_a_disabled_person_gets_no_further(window, somebody, secret):
    window.sign_in(somebody)
    db.session.execute(sa.update(Person).values(disabled_at=sa.func.now()))
    db.session.commit()

    assert give(window, code_of(secret)).location.startswith("/sign-in?")


def test_wrong_codes_are_counted_like_wrong_passwords(app, window, somebody, secret):
    window.sign_in(somebody)
    for _ in range(tries.FREE_FAILURES):
        give(window, "000000")

    reply = give(window, code_of(secret))

    assert reply.status_code == 429
    assert "wait a minute" in reply.text


def test_wrong_codes_elsewhere_do_not_keep_a_known_device_waiting(app, window, somebody, secret):
    window.sign_in(somebody)
    give(window, code_of(secret, -1))
    thief = Window(app)
    thief.sign_in(somebody)
    for _ in range(tries.FREE_FAILURES + 1):
        last = give(thief, "000000")

    window.sign_in(somebody)
    reply = give(window, code_of(secret))

    assert (last.status_code, reply.status_code) == (429, 303)


def test_signing_in_again_makes_another_cookie(window, somebody, secret):
    window.sign_in(somebody)
    give(window, code_of(secret, -1))
    first = window.client.get_cookie(guard.COOKIE).value
    window.sign_in(somebody)
    give(window, code_of(secret))

    second = window.client.get_cookie(guard.COOKIE).value
    held = sa.select(WebSession.token_hash).where(WebSession.revoked_at.is_(None))
    assert first != second
    assert db.session.scalars(held).all() == [guard.hash_of(second)]


@pytest.fixture
def pair(committed):
    """Somebody with an app and codes, and two sign-ins of theirs that wait."""
    person = with_password(factories.person())
    secret = with_app(committed, person)
    with db.transaction():
        codes = factors.new_codes(person.id)
    waiting = [sessions.sign_in(person.email, PASSWORD).secret for _ in range(2)]
    return secret, codes, waiting


@pytest.mark.parametrize("kind", ["totp", "recovery"])
def test_of_two_uses_of_one_code_at_once_one_gets_in(committed, pair, kind):
    secret, codes, waiting = pair
    code = code_of(secret) if kind == "totp" else codes[0]

    def finish(text):
        with committed.app_context():
            step = pending.find(text, "factor")
            try:
                sessions.finish_by_code(step, code, Browser(), NOW)
            except OpsError:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        got_in = list(pool.map(finish, waiting))

    assert sorted(got_in) == [False, True]


def test_of_two_uses_of_one_step_at_once_one_gets_in(committed, pair):
    secret, codes, waiting = pair
    both_found_it = threading.Barrier(2)

    def finish(code):
        with committed.app_context():
            step = pending.find(waiting[0], "factor")
            both_found_it.wait(10)
            try:
                sessions.finish_by_code(step, code, Browser(), NOW)
            except OpsError:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        got_in = list(pool.map(finish, [codes[0], code_of(secret)]))

    assert sorted(got_in) == [False, True]


def test_many_guesses_by_strangers_shut_out_nobody_who_should_not_be(app, somebody, secret):
    """Hold 10,000 guesses by the first 300: the rest are refused the same way, unread."""
    colleague = with_password(factories.person())
    with app.app_context():
        known = sessions.sign_in(colleague.email, PASSWORD).device
        refused = 0
        for number in range(300):
            try:
                sessions.sign_in(colleague.email, f"guess {number}")
            except TooMany:
                refused += 1
            except OpsError:
                pass

        # The guesses reached no more than the free ones; their address waits, and no other does.
        assert refused == 300 - tries.FREE_FAILURES
        with pytest.raises(TooMany):
            sessions.sign_in(colleague.email, PASSWORD)
        assert sessions.sign_in(colleague.email, PASSWORD, Browser(device=known)).then is None
        assert sessions.sign_in(somebody.email, PASSWORD).then == "factor"
        longest = sa.select(sa.func.max(FailedSignIn.locked_until - FailedSignIn.last_at))
        assert db.session.scalar(longest) <= dt.timedelta(seconds=tries.LONGEST_DELAY_S)


def test_a_device_known_to_one_person_gives_no_free_guesses_at_another(app, somebody):
    colleague = with_password(factories.person())
    with app.app_context():
        device = sessions.sign_in(colleague.email, PASSWORD).device
        for number in range(tries.FREE_FAILURES):
            with pytest.raises(OpsError):
                sessions.sign_in(somebody.email, f"guess {number}", Browser(device=device))

        with pytest.raises(TooMany):
            sessions.sign_in(somebody.email, "another guess")


def test_guesses_on_a_known_device_are_counted_too(app, somebody):
    with app.app_context():
        device = Browser(device=sessions.sign_in(somebody.email, PASSWORD).device)
        for number in range(tries.FREE_FAILURES):
            with pytest.raises(OpsError):
                sessions.sign_in(somebody.email, f"guess {number}", device)

        with pytest.raises(TooMany):
            sessions.sign_in(somebody.email, PASSWORD, device)


@pytest.fixture
def required(settings):
    """Nobody gets in by a password alone."""
    settings(second_factor="required")


def test_where_it_is_required_a_factor_comes_before_anything_else(window, somebody, required):
    reply = window.sign_in(somebody, next="/map")

    assert reply.location == "/sign-in/set-up?next=%2Fmap"
    assert not window.is_in()
    page = window.client.get("/sign-in/set-up").text
    assert faults(page) == []

    secret = page.partition("Key: <code>")[2].partition("<")[0].replace(" ", "")
    wrong = window.client.post("/sign-in/set-up", data={"code": "000000"})
    assert (wrong.status_code, window.is_in()) == (422, False)
    right = window.client.post("/sign-in/set-up", data={"code": code_of(secret), "next": "/map"})

    assert "Your recovery codes" in right.text
    assert 'href="/map"' in right.text
    assert window.is_in()
    # The code that proved the app has been used.
    window.sign_in(somebody)
    assert give(window, code_of(secret)).status_code in {401, 303}


def test_where_it_is_required_a_session_without_one_is_over(window, somebody, settings):
    window.sign_in(somebody)
    before = window.is_in()

    settings(second_factor="required")

    assert (before, window.is_in()) == (True, False)


def test_where_it_is_required_the_last_one_stays(app, somebody, secret, required):
    [held] = factors.of(somebody.id)

    with app.app_context(), pytest.raises(OpsError, match="add another"):
        factors.remove(somebody.id, held.id)


def test_a_changed_key_is_said_in_the_log_and_opens_nothing(
    window, somebody, secret, settings, caplog
):
    settings(secret_key="another key, of more than 32 characters")
    window.sign_in(somebody)

    assert give(window, code_of(secret)).status_code == 401
    assert "OPS_SECRET_KEY" in caplog.text


def test_where_it_is_required_and_there_is_no_key_a_passkey_is_asked_for(
    window, somebody, settings
):
    settings(second_factor="required", secret_key="")
    window.sign_in(somebody)

    page = window.client.get("/sign-in/set-up").text

    assert "Add a passkey" in page
    assert "Add this app" not in page
    assert faults(page) == []
    assert window.client.post("/sign-in/set-up", data={"code": "000000"}).status_code == 409


def at_once(committed, do):
    """Do it twice, on connections of their own; tell how often it was refused."""

    def one(number):
        with committed.app_context():
            try:
                do(number)
            except OpsError:
                return 1
            return 0

    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(one, range(2)))


@pytest.fixture
def meet(monkeypatch):
    """Let two calls of a function end together, if nothing keeps the second one back."""

    def patch(name):
        both, real = threading.Barrier(2), getattr(factors, name)

        def call(*given):
            result = real(*given)
            with contextlib.suppress(threading.BrokenBarrierError):
                both.wait(0.5)
            return result

        monkeypatch.setattr(factors, name, call)

    return patch


def test_of_two_removals_at_once_one_factor_stays(committed, settings, meet):
    settings(second_factor="required")
    person = with_password(factories.person())
    for _ in range(2):
        with_app(committed, person)
    held = [factor.id for factor in factors.of(person.id)]
    meet("of")

    refused = at_once(committed, lambda number: factors.remove(person.id, held[number]))

    assert refused == 1
    assert len(factors.of(person.id)) == 1


def test_of_two_sets_of_codes_made_at_once_one_holds(committed, meet):
    person = with_password(factories.person())
    meet("_end_codes")

    def make(_number):
        with db.transaction():
            factors.new_codes(person.id)

    assert at_once(committed, make) == 0
    assert factors.codes_left(person.id) == factors.CODES
