"""A lead watches a live operation while officers log."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser

# Beyond what a board waits before it asks again, on a slow machine.
PATIENCE_MS = 20_000
LATEST = "#live-entries li:first-child a"


@pytest.fixture
def lead(open_as, seeded):
    """The lead's board."""
    page = open_as("lead")
    page.goto(f"/operations/{seeded['operation']}/live")
    expect(page.get_by_text("Up to date at")).to_be_visible()
    # Whatever loads the page anew loses this.
    page.evaluate("window.isTheSamePage = true")
    return page


@pytest.fixture
def log(open_as, seeded):
    """Log an arrest as an officer does, on a phone; give the address of its record."""
    phone = open_as("officer", PHONE)

    def log():
        phone.goto(f"/operations/{seeded['operation']}/log?kind=arrest")
        phone.get_by_label("Reason for the arrest").select_option("Money laundering")
        result = phone.locator("[name=id]").input_value()
        phone.get_by_role("button", name="Log it").click()
        expect(phone.get_by_role("heading", name="Arrest: Money laundering")).to_be_visible()
        return f"/results/{result}"

    return log


def test_the_board_shows_what_an_officer_logs_without_a_reload(lead, log):
    logged = log()

    expect(lead.locator(LATEST)).to_have_attribute("href", logged, timeout=PATIENCE_MS)
    expect(lead.locator(LATEST)).to_have_text("Logged: arrest")
    assert lead.evaluate("window.isTheSamePage")


def test_what_is_new_is_said_to_a_screen_reader_all_together(lead, log):
    log()

    expect(lead.get_by_role("status")).to_have_text("1 new result", timeout=PATIENCE_MS)


def test_neither_focus_nor_place_is_lost_when_the_board_changes(lead, log):
    visit = lead.locator("#live-deployments").get_by_role("link", name="Visit")
    visit.focus()
    lead.evaluate("scrollTo(0, 200)")

    logged = log()

    expect(lead.locator(LATEST)).to_have_attribute("href", logged, timeout=PATIENCE_MS)
    expect(visit).to_be_focused()
    assert lead.evaluate("scrollY") == 200


def test_one_request_is_on_its_way_at_a_time(lead, log):
    on_the_way, most = set(), []

    def begun(request):
        if "/feed" in request.url:
            on_the_way.add(request)
            most.append(len(on_the_way))

    def over(request):
        on_the_way.discard(request)

    lead.on("request", begun)
    # The browser tells later than the board knows that the last byte is there.
    lead.on("response", lambda response: over(response.request))
    lead.on("requestfailed", over)

    for _ in range(3):
        lead.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    logged = log()

    expect(lead.locator(LATEST)).to_have_attribute("href", logged, timeout=PATIENCE_MS)
    assert max(most) == 1


def test_a_board_that_lost_contact_says_since_when_and_finds_it_again(lead, log):
    lead.route("**/feed?*", lambda route: route.fulfill(status=503))
    lost = lead.get_by_role("alert")
    expect(lost).to_have_text(
        re.compile(r"No contact since \d\d:\d\d:\d\d\. Trying again\."), timeout=PATIENCE_MS
    )
    logged = log()

    lead.unroute("**/feed?*")

    expect(lead.locator(LATEST)).to_have_attribute("href", logged, timeout=PATIENCE_MS)
    expect(lost).to_be_empty()


def test_who_is_signed_out_is_told_so(lead):
    lead.route("**/feed?*", lambda route: route.fulfill(status=401))

    expect(lead.get_by_role("alert")).to_have_text(
        "You are signed out. Sign in again to go on.", timeout=PATIENCE_MS
    )


def test_a_board_is_read_without_scripts(open_as, seeded, log):
    logged = log()
    page = open_as("lead", java_script_enabled=False)

    page.goto(f"/operations/{seeded['operation']}/live")
    page.get_by_role("link", name="Read it again").click()

    expect(page.locator(LATEST)).to_have_attribute("href", logged)
    expect(page.get_by_role("heading", name="Who is where")).to_be_visible()
