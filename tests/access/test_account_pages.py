"""A person's own account: what changes how they sign in asks for the password again."""

import datetime as dt

import pytest
import sqlalchemy as sa

from ops import db
from ops.access import browser, factors, guard, passwords, sessions
from ops.access.factor_models import Device, Factor
from ops.access.models import Credential, Token, WebSession
from tests import factories
from tests.access.conftest import (
    PASSWORD,
    Window,
    code_of,
    token_in,
    with_app,
    with_password,
)
from tests.wellformed import faults

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)
OTHER = "another three random words"


@pytest.fixture
def window(window, somebody):
    """A browser window in which somebody has just signed in."""
    window.sign_in(somebody)
    return window


def grow_old():
    """Let the password have been given a while ago, in every session."""
    long_ago = sa.func.now() - dt.timedelta(minutes=16)
    db.session.execute(sa.update(WebSession).values(confirmed_at=long_ago))
    db.session.commit()


def test_a_program_in_a_browser_lets_nothing_out_without_the_password_either(window):
    """The API of subscriptions asks for what its pages ask for."""
    csrf = {"X-CSRF-Token": token_in(window.client.get("/account").text)}
    content = {"label": "A board", "address": "https://hooks.example.org/", "all_operations": True}
    content["events"] = ["area.created"]
    there = "/api/v1/subscriptions"
    here = f"{there}/{window.client.post(there, json=content, headers=csrf).json['id']}"

    def send():
        etag = {"If-Match": window.client.get(here).headers["ETag"]}
        return [
            window.client.post(there, json=content, headers=csrf).status_code,
            window.client.patch(here, json={"label": "Ours"}, headers=csrf | etag).status_code,
            window.client.post(f"{here}/secret", headers=csrf).status_code,
        ]

    assert send() == [201, 200, 201]
    grow_old()
    assert send() == [403, 403, 403]


def test_the_account_is_under_the_persons_name(window):
    assert '<a class="govuk-link" href="/account">' in window.client.get("/operations").text

    page = window.client.get("/account").text

    assert "You have no second factor." in page
    assert "this one" in page
    assert faults(page) == []


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("/account/apps", {}),
        ("/account/passkeys/new", {}),
        ("/account/recovery-codes", {}),
        ("/account/tokens/new", {"label": "x", "days": "7"}),
        ("/account/factors/{factor}", {"act": "remove"}),
    ],
)
def test_what_changes_the_way_in_asks_for_the_password_again(app, window, somebody, address, sent):
    with_app(app, somebody)
    [factor] = factors.of(somebody.id)
    grow_old()

    reply = window.send(address.format(factor=factor.id), **sent)

    assert (reply.status_code, reply.location) == (303, "/account/confirm?next=%2Faccount")
    assert len(factors.of(somebody.id)) == 1
    assert db.session.scalars(sa.select(Token)).all() == []


def test_the_password_confirms_and_brings_a_new_cookie(window):
    grow_old()
    before = window.client.get_cookie(guard.COOKIE).value

    reply = window.send("/account/confirm", password=PASSWORD, next="/account/passkeys/new")

    after = window.client.get_cookie(guard.COOKIE).value
    assert reply.location == "/account/passkeys/new"
    assert window.client.get("/account/passkeys/new").status_code == 200
    assert before != after
    window.client.set_cookie(guard.COOKIE, before)
    assert not window.is_in()


def test_a_wrong_password_confirms_nothing(window):
    grow_old()

    reply = window.send("/account/confirm", password="not this")

    assert reply.status_code == 401
    assert "The password is not right." in reply.text
    assert faults(reply.text) == []
    assert window.client.get("/account/passkeys/new").status_code == 303


def test_confirming_leads_to_no_other_site(window):
    reply = window.send("/account/confirm", password=PASSWORD, next="//elsewhere.test")

    assert reply.location == "/"


def test_an_app_is_added_and_asked_for_from_then_on(window, somebody):
    page = window.client.get(window.send("/account/apps").location).text
    secret = page.partition("Key: <code>")[2].partition("<")[0].replace(" ", "")
    assert faults(page) == []
    before = window.client.get_cookie(guard.COOKIE).value

    wrong = window.send("/account/apps/new", code="000000")
    right = window.send("/account/apps/new", code=code_of(secret), label="Work phone")

    assert (wrong.status_code, right.status_code) == (422, 200)
    assert right.text.count("<li><code>") == factors.CODES
    assert faults(right.text) == []
    assert window.client.get_cookie(guard.COOKIE).value != before
    assert "Work phone" in window.client.get("/account").text
    assert window.sign_in(somebody).location.startswith("/sign-in/second-factor")


def test_without_a_key_no_app_can_be_added(window, settings):
    settings(secret_key="")

    page = window.client.get("/account").text

    assert "Add an authenticator app" not in page
    assert window.client.get(window.send("/account/apps").location).location == "/account"


def test_what_somebody_else_began_is_not_gone_on_with(app, window):
    window.send("/account/apps")
    begun = window.client.get_cookie(browser.PENDING).value
    other = Window(app)
    other.sign_in(with_password(factories.person()))

    other.client.set_cookie(browser.PENDING, begun)

    assert other.client.get("/account/apps/new").location == "/account"


def test_a_factor_is_named_and_taken_away(app, window, somebody):
    with_app(app, somebody)
    [factor] = factors.of(somebody.id)
    with db.transaction():
        factors.new_codes(somebody.id)

    named = window.send(f"/account/factors/{factor.id}", label="Old phone")
    assert named.location == "/account?done=factor-named"
    assert "Old phone" in window.client.get("/account").text
    window.send(f"/account/factors/{factor.id}", act="remove")

    assert factors.of(somebody.id) == []
    assert factors.codes_left(somebody.id) == 0


@pytest.mark.parametrize("label", ["", "x" * 61])
def test_a_name_that_will_not_do_is_said(app, window, somebody, label):
    with_app(app, somebody)
    [factor] = factors.of(somebody.id)

    reply = window.send(f"/account/factors/{factor.id}", label=label)

    assert reply.status_code == 422
    assert "up to 60 characters" in reply.text


def test_the_factor_of_somebody_else_is_not_there(app, window):
    other = factories.person()
    with_app(app, other)
    theirs = db.session.scalars(sa.select(Factor.id)).one()

    assert window.client.get(f"/account/factors/{theirs}").status_code == 404
    assert window.send(f"/account/factors/{theirs}", act="remove").status_code == 404
    assert db.session.scalars(sa.select(Factor.id)).all() == [theirs]


def test_markup_in_a_name_is_shown_as_typed(app, window, somebody):
    with_app(app, somebody)
    db.session.execute(sa.update(Factor).values(label="<script>alert(1)</script>"))
    db.session.commit()

    page = window.client.get("/account").text

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_another_password_ends_every_other_session(app, window, somebody):
    other = Window(app)
    other.sign_in(somebody)

    reply = window.send("/account/password", current=PASSWORD, password=OTHER)

    assert reply.location == "/account?done=password-changed"
    assert (window.is_in(), other.is_in()) == (True, False)
    kept = db.session.scalar(sa.select(Credential.password_hash))
    assert passwords.is_right(kept, OTHER)


@pytest.mark.parametrize(
    ("current", "password", "status", "sentence"),
    [
        ("wrong", OTHER, 401, "The password is not right."),
        ("", OTHER, 401, "The password is not right."),
        (PASSWORD, "short", 422, "12 characters or more"),
        (PASSWORD, "Password12345!", 422, "among the first that are guessed"),
        (PASSWORD, "lee@example.test", 422, "be the e-mail address"),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(window, current, password, status, sentence):
    reply = window.send("/account/password", current=current, password=password)

    assert reply.status_code == status
    assert sentence in reply.text
    assert faults(reply.text) == []
    assert passwords.is_right(db.session.scalar(sa.select(Credential.password_hash)), PASSWORD)


def test_a_password_manager_knows_the_fields(window):
    page = window.client.get("/account/password").text

    for purpose in ("username", "current-password", "new-password"):
        assert f'autocomplete="{purpose}"' in page


def test_a_password_is_taken_with_the_blanks_around_it(window, somebody):
    window.send("/account/password", current=PASSWORD, password=f" {OTHER} ")

    assert window.sign_in(somebody, OTHER).status_code == 401
    assert window.sign_in(somebody, f" {OTHER} ").status_code == 303


@pytest.fixture
def phone(app, window, somebody):
    """A phone on which somebody is signed in as well."""
    found = Window(app)
    found.client.environ_base["HTTP_USER_AGENT"] = PHONE
    found.sign_in(somebody)
    return found


def test_devices_are_listed_in_words_and_signed_out_from_afar(window, phone):
    page = window.client.get("/account").text
    assert "Safari on iPhone" in page
    there = page.partition('action="/account/devices/')[2].partition("/sign-out")[0]

    reply = window.send(f"/account/devices/{there}/sign-out")

    assert reply.location == "/account?done=signed-out-there"
    assert (window.is_in(), phone.is_in()) == (True, False)
    assert "Safari on iPhone" not in window.client.get("/account").text


def test_signing_out_everywhere_else_leaves_this_one(window, phone):
    window.send("/account/devices/sign-out-others")

    assert (window.is_in(), phone.is_in()) == (True, False)
    assert len(db.session.scalars(sa.select(Device)).all()) == 1


def test_the_device_of_somebody_else_is_not_there(app, window, phone):
    stranger = Window(app)
    stranger.sign_in(with_password(factories.person()))
    theirs = db.session.scalars(sa.select(Device.id).where(Device.user_agent == PHONE)).one()

    assert stranger.send(f"/account/devices/{theirs}/sign-out").status_code == 404
    assert phone.is_in()


def test_a_browser_that_signs_in_again_is_the_same_device(window, somebody):
    window.send("/sign-out")
    window.sign_in(somebody)

    assert len(db.session.scalars(sa.select(Device)).all()) == 1


def test_two_people_share_a_browser_and_each_knows_it(window, somebody):
    other = with_password(factories.person())
    window.send("/sign-out")
    window.sign_in(other)

    kept = db.session.scalars(sa.select(Device)).all()
    assert {device.person_id for device in kept} == {somebody.id, other.id}
    assert len({device.token_hash for device in kept}) == 1
    assert window.client.get("/account").text.count("this one") == 1


def test_a_token_is_made_on_the_page_and_shown_once(app, window):
    empty = window.client.get("/account/tokens/new").text
    sent = {"label": "Board", "scopes[]": ["read", "report"], "days": "30"}

    page = window.send("/account/tokens/new", **sent).text

    text = page.partition('<code class="app-token">')[2].partition("<")[0]
    bearer = {"Authorization": f"Bearer {text}"}
    assert app.test_client().get("/api/v1/me", headers=bearer).status_code == 200
    assert [faults(each) for each in (empty, page)] == [[], []]
    account = window.client.get("/account").text
    assert "Board" in account
    assert "read, report" in account
    assert text not in account


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"label": "", "scopes[]": ["read"], "days": "7"}, "up to 60 characters"),
        ({"label": "x", "scopes[]": [""], "days": "7"}, "Choose what it is for."),
        ({"label": "x", "scopes[]": ["read"], "days": "9999"}, "from 1 to 365 days"),
        ({"label": "x", "scopes[]": ["read"]}, "from 1 to 365 days"),
        ({"label": "x", "scopes[]": ["root"], "days": "7"}, "be for"),
    ],
)
def test_a_token_that_can_not_be_is_refused_beside_its_field(window, sent, sentence):
    reply = window.send("/account/tokens/new", **sent)

    assert reply.status_code == 422
    assert sentence in reply.text
    assert faults(reply.text) == []


def test_a_token_is_ended_on_the_page(app, window, somebody):
    text = factories.token(somebody)
    kept = db.session.scalars(sa.select(Token.id)).one()

    window.send(f"/account/tokens/{kept}/revoke")

    bearer = {"Authorization": f"Bearer {text}"}
    assert app.test_client().get("/api/v1/me", headers=bearer).status_code == 401


def test_a_program_can_not_change_an_account(client_as):
    client = client_as("admin")

    for address in ("/account/apps", "/account/recovery-codes", "/account/devices/sign-out-others"):
        assert client.post(address).status_code == 403
    assert client.get("/account/tokens/new").status_code == 403


@pytest.mark.parametrize("address", ["/account/password", "/account/recovery-codes"])
def test_the_csrf_token_of_somebody_else_changes_nothing(app, window, address):
    thief = Window(app)
    thief.sign_in(with_password(factories.person()))
    theirs = token_in(thief.client.get("/account").text)

    reply = window.client.post(
        address, data={"csrf_token": theirs, "current": PASSWORD, "password": OTHER}
    )

    assert reply.status_code == 403


@pytest.mark.parametrize("change", [lambda s: s[:-1], lambda s: s[1:], str.swapcase, str.upper])
def test_a_tampered_cookie_opens_nothing(window, change):
    secret = window.client.get_cookie(guard.COOKIE).value

    window.client.set_cookie(guard.COOKIE, change(secret))

    assert not window.is_in()


def test_whom_their_force_signs_in_adds_no_way_in_of_their_own(app, session):
    person = factories.person()
    with app.app_context(), db.transaction():
        step = sessions.begin(person.id, "provider")
    window = Window(app)
    window.client.set_cookie(guard.COOKIE, step.secret)

    page = window.client.get("/account").text
    assert "Through your force." in page
    assert "Add a passkey" not in page
    assert faults(page) == []
    assert window.send("/account/apps").status_code == 403
    assert window.send("/account/passkeys/options").status_code == 403
    assert window.client.get("/account/passkeys/new").status_code == 403
    assert "have no password here" in window.client.get("/account/password").text
    assert window.send("/account/password", current="", password=OTHER).status_code == 401
    assert window.send("/account/confirm", password="").status_code == 401
    assert faults(window.client.get("/account/confirm").text) == []


def test_one_app_sent_twice_is_added_once(app, session, somebody):
    windows = [Window(app), Window(app)]
    windows[0].sign_in(somebody)
    page = windows[0].client.get(windows[0].send("/account/apps").location).text
    secret = page.partition("Key: <code>")[2].partition("<")[0].replace(" ", "")
    begun = windows[0].client.get_cookie(browser.PENDING).value
    windows[1].sign_in(somebody)
    windows[1].client.set_cookie(browser.PENDING, begun)

    replies = [window.send("/account/apps/new", code=code_of(secret)) for window in windows]

    assert [reply.status_code for reply in replies] == [200, 303]
    assert len(factors.of(somebody.id)) == 1
