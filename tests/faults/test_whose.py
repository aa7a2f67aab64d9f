"""Whose phone it is: signed out, locked, signed in again, or somebody else's by now."""

import time

import pytest
from playwright.sync_api import expect

from tests.faults.conftest import opened, stores_of, until
from tests.faults.phone import ONLINE, Phone

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(phone_of, world):
    return Phone(phone_of(), world)


def test_a_session_that_ran_out_keeps_all_and_asks_to_sign_in(phone, world, network):
    saved = phone.log()
    world.run("update session set expires_at = now()")
    phone.send()

    sign_in = phone.page.get_by_role("link", name="Sign in")
    expect(sign_in).to_be_visible()
    assert phone.left() == [saved]

    phone.sign_in()
    phone.sends_all()
    phone.holds_true()


def test_a_locked_phone_stays_so_until_its_person_signs_in_again(phone, world, network):
    page, context = phone.page, phone.page.context
    sign_in = page.get_by_role("link", name="Sign in")
    arrest = page.get_by_role("link", name="Arrest", exact=True)
    page.get_by_label("Check-in timer").select_option("Every 15 minutes")
    network.is_refusing_batches = True
    saved = phone.log()
    phone._go("kept")
    network.go_down()
    lock = page.get_by_role("button", name="Lock this phone")
    lock.click()
    expect(lock).to_have_count(0)

    # Its session is still good, and can't be ended yet.
    context.route("**/sign-out", lambda route: route.abort())
    network.come_up()
    with page.expect_event("requestfailed", lambda request: "/sign-out" in request.url):
        page.evaluate(ONLINE)
    phone._go("")
    expect(sign_in).to_be_visible()
    expect(arrest).to_have_count(0)
    context.unroute("**/sign-out")
    ended = "select count(*) from session where revoked_at is not null"
    before = world.run(ended).scalar_one()
    page.evaluate(ONLINE)
    until(lambda: world.run(ended).scalar_one() == before + 1)
    expect(sign_in).to_be_visible()

    context.add_cookies([world.cookie("first", network.url)])
    page.evaluate(ONLINE)

    expect(arrest).to_be_visible()
    expect(page.get_by_label("Check-in timer")).to_have_value("15")
    expect(page.locator("#count")).to_contain_text("1 waiting")
    assert saved in phone.left()
    network.is_refusing_batches = False
    phone.sends_all()
    phone.holds_true()


def test_who_signs_out_takes_the_key_wherever_that_leads(phone):
    beside = opened(phone.page.context.new_page())
    typed = type_in_a_form(beside)
    phone.page.goto("/operations")
    phone.page.route("**/sign-out", lambda route: route.fulfill(body="Elsewhere"))

    phone.page.locator("form[action='/sign-out']").evaluate("form => form.requestSubmit()")

    expect(phone.page.get_by_text("Elsewhere")).to_be_visible()
    assert phone.page.evaluate("localStorage.getItem('ops-phone')") is None
    expect(typed).to_have_count(0)
    expect(beside.locator("#count")).to_have_text("Nothing is open on this phone.")


def type_in_a_form(page):
    """Leave a form open with something in it; give where that is."""
    page.get_by_role("link", name="Arrest", exact=True).click()
    reference = page.get_by_label("Custody reference", exact=True)
    reference.fill("06CD/1/26")
    return reference


# All that the page says of what waits, one after the other.
SEEN = """
window.seen = '';
new MutationObserver(() => { seen += document.querySelector('#count')?.textContent ?? ''; })
  .observe(document, {childList: true, subtree: true, characterData: true});
"""


def slowly(route):
    """Answer as on a bad link: long after a page would show what it knows."""
    time.sleep(1.5)
    route.continue_()


def test_another_person_neither_sees_nor_sends_what_is_the_firsts(phone, world, network):
    network.is_refusing_batches = True
    saved = phone.log()
    reference = type_in_a_form(phone.page)
    beside = Phone(phone.page.context.new_page(), world, phone)
    beside.page.add_init_script(SEEN)
    beside.page.route("**/phone/session", slowly)
    beside.sign_in("second")
    assert "1 waiting" not in beside.page.evaluate("seen")
    network.is_refusing_batches = False
    phone.page.evaluate(ONLINE)

    # Nor what was still being typed.
    expect(reference).to_have_value("")
    expect(phone.page.locator("#count")).to_contain_text("Nothing is waiting")
    assert phone.left() == []
    assert saved not in world.ids()

    phone.sign_in("first")
    phone.sends_all()
    phone.holds_true()


def test_a_page_that_stays_open_goes_over_to_who_signed_in_meanwhile(phone, world, network):
    world.begin_anew(world.other)
    page, here = phone.page, phone.page.locator(".here-name")
    timer = page.get_by_label("Check-in timer")
    phone.check_in_every(15)
    network.is_refusing_batches = True
    phone.log()

    page.context.add_cookies([world.cookie("second", network.url)])
    page.evaluate(ONLINE)

    expect(here).to_have_text("Visit to Test Road")
    expect(timer).to_have_value("0")
    assert phone.left() == []
    expect(page.get_by_text("Open for Second")).to_be_visible()
    taken = phone.press("Acknowledged")
    phone.sends_all()
    whose = (
        "select email from person where id = (select made_by from deployment_step where id = :id)"
    )
    assert world.run(whose, id=taken).scalar_one() == world.people["second"]

    network.is_refusing_batches = False
    page.context.add_cookies([world.cookie("first", network.url)])
    phone._go("")
    page.evaluate(ONLINE)
    expect(here).to_have_text("Warrant at Test Street")
    expect(timer).to_have_value("15")
    phone.sends_all()
    phone.holds_true()

    # In another tab: what lies behind it shows nothing of the first any more.
    phone._go("")
    page.context.add_cookies([world.cookie("second", network.url)])
    opened(page.context.new_page())
    expect(here).to_have_text("Visit to Test Road")


def test_a_phone_that_is_signed_out_from_elsewhere_keeps_nothing(phone, world, network):
    network.is_refusing_batches = True
    phone.log()
    typed = type_in_a_form(phone.page)
    world.sign_out()

    phone.page.evaluate(ONLINE)
    expect(typed).to_have_count(0)
    phone.page.reload()

    expect(phone.page.get_by_role("link", name="Sign in")).to_be_visible()
    until(lambda: stores_of(phone.page) == ["ops-phone"])
    network.is_refusing_batches = False
    phone.sign_in()
    expect(phone.page.get_by_text("one record that was not sent was wiped")).to_be_visible()
