"""Signing in and out, in a browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.seed import PASSWORD

pytestmark = pytest.mark.browser


def sign_in(page, email, password=PASSWORD):
    """Fill the form in, and send it."""
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_reader_is_led_to_sign_in_and_back(open_as, seeded):
    page = open_as(role=None)
    page.goto("/log")

    sign_in(page, seeded["people"]["officer"])

    expect(page.get_by_role("heading", name="Which operation is it for?")).to_be_visible()


def test_a_wrong_password_says_so_above_the_form(open_as):
    page = open_as(role=None)
    page.goto("/sign-in")

    sign_in(page, "nobody@example.test", "not this")

    expect(page.get_by_role("alert")).to_contain_text("or the password is not right")
    expect(page).to_have_title("Error: Sign in – Operations tracker")
    expect(page.get_by_label("E-mail address")).to_have_value("nobody@example.test")


def test_signing_out_ends_the_session_for_good(open_as, seeded):
    page = open_as(role=None)
    page.goto("/sign-in")
    sign_in(page, seeded["people"]["admin"])
    cookies = page.context.cookies()

    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.context.add_cookies(cookies)
    page.goto("/operations")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
