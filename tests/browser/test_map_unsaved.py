"""What a lead has drawn is not lost: a reload, no network, no session, somebody else's change."""

import pytest
from playwright.sync_api import expect

from tests.browser.drawing import DRAFT, status, type_corners

pytestmark = pytest.mark.browser


def test_an_unsaved_drawing_survives_a_reload_and_can_be_discarded(draw):
    page = draw("Reload")
    page.get_by_label("Name", exact=True).fill("Unsaved")
    type_corners(page)

    page.reload()

    expect(page.get_by_text("Your unsaved drawing is back.")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Unsaved")
    expect(page.locator(DRAFT)).to_have_count(1)
    page.get_by_role("button", name="Discard it").click()
    expect(page.locator("[data-part=measure]")).to_have_text("Nothing is drawn yet.")


def test_an_unsaved_drawing_survives_a_lost_network_and_is_saved_when_it_is_back(draw):
    page = draw("Network")
    page.get_by_label("Name", exact=True).fill("Patient")
    type_corners(page)
    page.context.set_offline(True)

    page.get_by_role("button", name="Save the area").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no connection.")
    page.context.set_offline(False)

    expect(status(page)).to_have_text("Saved: Patient.")


def test_an_unsaved_drawing_survives_an_expired_session(draw, seeded):
    page = draw("Expired")
    page.get_by_label("Name", exact=True).fill("Signed out")
    type_corners(page)
    kept = page.context.cookies()
    page.context.clear_cookies()

    page.get_by_role("button", name="Save the area").click()
    expect(page.get_by_role("alert")).to_contain_text("You are signed out.")
    expect(page.get_by_role("link", name="Sign in and come back to it")).to_be_visible()
    page.context.add_cookies(kept)  # As signing in does.
    page.reload()

    expect(page.get_by_text("Your unsaved drawing is back.")).to_be_visible()
    page.get_by_role("button", name="Save the area").click()
    expect(status(page)).to_have_text("Saved: Signed out.")


def test_what_was_kept_is_gone_after_signing_out_and_for_anybody_else(draw):
    page = draw("Leaving")
    type_corners(page)
    kept = "Object.keys(sessionStorage).filter((name) => name.startsWith('drawing:')).length"
    assert page.evaluate(kept) == 1

    page.evaluate("sessionStorage.setItem('drawing:somebody-else:operation', '{}')")
    page.reload()
    assert page.evaluate(kept) == 1
    page.evaluate(
        "document.querySelector(\"form[action='/sign-out']\").addEventListener("
        "'submit', (event) => event.preventDefault())"
    )
    page.get_by_role("button", name="Sign out").click()

    assert page.evaluate(kept) == 0


def test_what_somebody_else_changed_first_is_not_overwritten(draw):
    page = draw("Twice")
    page.get_by_label("Name", exact=True).fill("Shared")
    type_corners(page)
    page.get_by_role("button", name="Save the area").click()
    expect(status(page)).to_have_text("Saved: Shared.")
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("Name", exact=True).fill("Theirs")
    other.get_by_role("button", name="Save the area").click()
    expect(status(other)).to_have_text("Saved: Theirs.")

    page.get_by_label("Name", exact=True).fill("Mine")
    page.get_by_role("button", name="Save the area").click()

    expect(page.get_by_role("alert")).to_contain_text("changed")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Mine")
