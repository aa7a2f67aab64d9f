"""Signing in and out, in a browser."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_reader_is_led_to_sign_in_and_back(open_as, seeded):
    page = open_as(role="nobody")
    page.goto("/log")

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label("E-mail address").fill("nobody@example.test")
    page.get_by_label("Password", exact=True).fill("not this")
    page.get_by_role("button", name="Sign in").click()

    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("The e-mail address or the password is not right.")
    expect(page).to_have_title("Error: Sign in – Operations tracker")


def test_signing_out_ends_the_session(open_as, states, browser, base_url):
    page = open_as(role="analyst")
    page.goto("/operations")
    cookies = page.context.cookies()

    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.context.add_cookies(cookies)
    page.goto("/operations")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
