"""Passkeys and authenticator apps, in a real browser: added, used, and every step looked at."""

import datetime as dt

import pyotp
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, serving, watch
from tests.browser.test_every_page import assert_whole
from tests.browser.test_sign_in import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def strict_url(seeded):
    """A server where nobody gets in by a password alone."""
    with serving(seeded["env"] | {"OPS_SECOND_FACTOR": "required"}) as url:
        yield url


@pytest.fixture
def open_at(browser):
    """Open a browser window at a server, which is known as localhost: passkeys need a name."""
    faults, contexts = [], []

    def make(url, **options):
        address = url.replace("127.0.0.1", "localhost")
        context = browser.new_context(base_url=address, viewport=DESK, locale="en-GB", **options)
        contexts.append(context)
        context.on("page", lambda page: watch(page, address, faults))
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
    assert faults == []


def with_authenticator(page):
    """Give the browser a fingerprint reader that knows its owner."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools, made["authenticatorId"]


def sign_out(page):
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def is_in(page):
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()


def code_of(page, ahead=0):
    """Do as an app does that was told the key of this page."""
    app = pyotp.TOTP(page.locator("main code").first.inner_text().replace(" ", ""))
    return app.at(dt.datetime.now(dt.UTC), counter_offset=ahead)


def test_a_passkey_is_added_and_opens_alone_and_after_the_password(open_at, base_url, seeded):
    page = open_at(base_url)
    with_authenticator(page)
    page.goto("/sign-in")
    sign_in(page, seeded["people"]["first"])

    page.get_by_role("link", name="First Example").click()
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_label("Name").fill("This laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("[data-recovery-codes] li")).to_have_count(10)
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("link", name="This laptop").click()
    assert_whole(page, "account_pages.change_factor")
    page.goto("/account")
    assert_whole(page, "account with a passkey")
    sign_out(page)

    page.get_by_role("button", name="Use a passkey").click()
    is_in(page)
    sign_out(page)

    sign_in(page, seeded["people"]["first"])
    expect(page.get_by_role("heading", name="Show that it is you")).to_be_visible()
    assert_whole(page, "access_pages.second_factor")
    page.get_by_role("button", name="Use a passkey").click()
    is_in(page)


def test_a_passkey_that_is_not_given_is_said_on_the_page(open_at, base_url):
    page = open_at(base_url)
    devtools, authenticator = with_authenticator(page)
    devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": authenticator})
    page.goto("/sign-in")
    page.evaluate("void (navigator.credentials.get = () => Promise.reject(new DOMException()))")

    page.get_by_role("button", name="Use a passkey").click()

    expect(page.locator("[data-passkey-fault]")).to_contain_text("No passkey was used.")


def test_where_it_is_required_an_app_is_set_up_on_the_way_in(open_at, strict_url, seeded):
    page = open_at(strict_url)
    page.goto("/sign-in?next=/map")
    sign_in(page, seeded["people"]["second"])
    expect(page.get_by_role("heading", name="Add a second factor")).to_be_visible()
    assert_whole(page, "access_pages.set_up")
    app = pyotp.TOTP(page.locator("main code").first.inner_text().replace(" ", ""))

    page.get_by_label("Code").fill(app.now())
    page.get_by_role("button", name="Add this app").click()
    expect(page.locator("[data-recovery-codes] li")).to_have_count(10)
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/map")
    page.goto("/account")
    page.get_by_role("button", name="Add an authenticator app").click()
    assert_whole(page, "account_pages.add_app")
    page.goto("/account")
    sign_out(page)

    sign_in(page, seeded["people"]["second"])
    page.get_by_label("Code").fill(app.at(dt.datetime.now(dt.UTC), counter_offset=1))
    page.get_by_role("button", name="Continue").click()
    is_in(page)


def test_all_but_passkeys_works_without_scripts(open_at, base_url, seeded):
    page = open_at(base_url, java_script_enabled=False)
    page.goto("/sign-in")
    expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()
    sign_in(page, seeded["people"]["third"])
    page.goto("/account")

    page.get_by_role("button", name="Add an authenticator app").click()
    page.get_by_label("Code").fill(code_of(page))
    page.get_by_role("button", name="Add this app").click()
    code = page.locator("[data-recovery-codes] li").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    sign_out(page)
    sign_in(page, seeded["people"]["third"])
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Continue").click()

    page.goto("/account")
    expect(page.get_by_text("9 of your codes")).to_be_visible()
