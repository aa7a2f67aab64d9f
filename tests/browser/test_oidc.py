"""The force's own sign-in in a browser: there, back, and the end of it from either side."""

import os
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests import oidc_provider
from tests.browser.conftest import DESK, PHONE, serving

pytestmark = pytest.mark.browser

SHOTS = os.environ.get("OPS_SHOTS")


@pytest.fixture(scope="module")
def provider():
    """A provider that puts all it tells in the ID token."""
    with oidc_provider.running() as running:
        yield running


@pytest.fixture(scope="module")
def tracker(seeded, cluster, provider):
    """A server with that provider, which requests reach as the role that owns nothing."""
    settings = {f"OPS_{name.upper()}": text for name, text in provider.settings().items()}
    owner = seeded["env"]["OPS_DATABASE_URL"]
    name = owner.partition("@/")[2].partition("?")[0]
    env = seeded["env"] | settings
    env |= {
        "OPS_DATABASE_URL": cluster.url(name, role="ops_application"),
        "OPS_OWNER_DATABASE_URL": owner,
    }
    with serving(env) as url:
        provider.register(url, tells_all_at_once=True)
        yield url


@pytest.fixture
def page(browser, tracker):
    """A window in which nobody is signed in."""
    context = browser.new_context(base_url=tracker, viewport=DESK, locale="en-GB")
    faults = []
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda line: faults.append(line.text) if "Content Security" in line.text else None,
    )
    yield page
    context.close()
    assert faults == []


def look(page, name):
    """Take pictures for a person to look at, if one asked for them."""
    for viewport in (PHONE, DESK) if SHOTS else ():
        page.set_viewport_size(viewport)
        page.screenshot(path=Path(SHOTS) / f"oidc-{name}-{viewport['width']}.png", full_page=True)


def sign_in(page, name, there="/map"):
    """Ask for a page, and sign in at the provider on the way."""
    page.goto(there)
    look(page, "sign-in")
    page.get_by_role("button", name="Sign in with GMP").click()
    expect(page.get_by_role("heading", name="Sign in to the force")).to_be_visible()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Continue").click()


def test_the_provider_leads_back_to_the_page_that_was_asked_for(page, tracker):
    sign_in(page, "ada", "/operations?status=live")

    page.wait_for_url(f"{tracker}/operations?status=live")
    expect(page.get_by_text("Ada Example")).to_be_visible()
    names = {cookie["name"]: cookie for cookie in page.context.cookies(tracker)}
    assert names["ops_session"]["httpOnly"]
    assert names["ops_session"]["sameSite"] == "Lax"


def test_whoever_turns_back_there_can_try_again(page):
    page.goto("/map")
    page.get_by_role("button", name="Sign in with GMP").click()

    page.get_by_role("button", name="Cancel").click()

    expect(page.get_by_role("alert")).to_contain_text("did not let you in, or you left it")
    look(page, "turned-back")
    expect(page.get_by_role("button", name="Sign in with GMP")).to_be_visible()


def test_whoever_is_in_no_group_is_told_whom_to_ask(page, provider, tracker):
    provider.describe("zoe", groups=["somewhere-else"])

    sign_in(page, "zoe")

    expect(page.get_by_role("alert")).to_contain_text("None of your groups at GMP")
    look(page, "no-group")
    page.goto("/operations")
    assert page.url == f"{tracker}/sign-in?next={quote('/operations', safe='')}"


def test_signing_out_ends_the_session_at_the_provider_too(page, tracker):
    sign_in(page, "ada")
    page.wait_for_url(f"{tracker}/map")
    cookies = page.context.cookies(tracker)

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Yes, sign me out").click()

    expect(page.get_by_text("You are signed out.")).to_be_visible()
    # Nobody is let in again without a word, neither here nor there.
    page.get_by_role("button", name="Sign in with GMP").click()
    expect(page.get_by_label("Name")).to_be_visible()
    page.context.add_cookies(cookies)
    page.goto("/operations")
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


def test_who_signs_out_elsewhere_is_signed_out_here(page, provider, tracker):
    sign_in(page, "ben")
    page.wait_for_url(f"{tracker}/map")

    # As another service would, which shares the provider.
    page.goto(f"{provider.issuer}/session/end")
    page.get_by_role("button", name="Yes, sign me out").click()
    expect(page.get_by_role("heading", name="Signed out")).to_be_visible()

    page.goto("/operations")
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


def test_the_page_on_the_way_out_can_be_read_and_left_by_its_button(page, provider, tracker):
    sign_in(page, "ada")
    page.wait_for_url(f"{tracker}/map")
    # The browser stays where it is when there is nothing to show.
    ending = f"{provider.issuer}/session/end?*"
    page.route(ending, lambda route: route.fulfill(status=204))

    with page.expect_response(ending):
        page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("heading", name="You are signed out here")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
    look(page, "leaving")
    page.unroute(ending)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Yes, sign me out")).to_be_visible()
