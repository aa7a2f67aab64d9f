"""An officer logs what happened, on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser

HERE = {"latitude": 53.485, "longitude": -2.2425, "accuracy": 12}


@pytest.fixture
def phone(open_as):
    """A phone whose owner let it say where it is."""
    return open_as("officer", PHONE, has_touch=True, geolocation=HERE, permissions=["geolocation"])


def begin(page, seeded, kind):
    """Open the form of a kind as an officer does."""
    page.goto(f"/operations/{seeded['operation']}/log")
    page.get_by_role("link", name=kind, exact=True).tap()


def test_the_form_finds_its_place_and_area_by_itself(phone, seeded):
    begin(phone, seeded, "Arrest")

    expect(phone.get_by_role("status")).to_contain_text(
        "Your place is known to within 12 metres. Inside Cheetham Hill (Operation Lantern)"
    )
    expect(phone.locator("[name='position.lat']")).to_have_value("53.485")


def test_each_kind_is_logged_with_the_fields_that_matter(phone, seeded):
    begin(phone, seeded, "Warrant")
    phone.get_by_label("Power").select_option("PACE 1984 s.8")
    phone.get_by_label("Forced").check()
    phone.get_by_label("What was sought was found").check()
    phone.get_by_role("button", name="Log it").tap()
    expect(phone.get_by_role("heading", name="Warrant: PACE 1984 s.8")).to_be_visible()
    expect(phone.get_by_text("Inside Cheetham Hill.")).to_be_visible()

    begin(phone, seeded, "Arrest")
    phone.get_by_label("Reason for the arrest").select_option("Money laundering")
    phone.get_by_label("Age", exact=True).select_option("25 to 34")
    phone.get_by_label("Female").check()
    phone.get_by_label("Custody reference").fill("06CD/1234/26")
    phone.get_by_role("button", name="Log it").tap()
    expect(phone.get_by_role("heading", name="Arrest: Money laundering")).to_be_visible()

    begin(phone, seeded, "Seizure")
    phone.get_by_label("What was seized").select_option("Drugs")
    phone.get_by_label("Drug", exact=True).select_option("Heroin")
    phone.get_by_label("How much").fill("12")
    phone.get_by_label("Unit", exact=True).select_option("Wraps")
    phone.get_by_role("button", name="Log it").tap()
    expect(phone.get_by_role("heading", name="Seizure: Drugs, Heroin, 12 wraps")).to_be_visible()

    begin(phone, seeded, "Line closure")
    phone.get_by_label("Type 2: the number is deactivated").check()
    phone.get_by_label("Name of the line").fill("The Sunny line")
    phone.get_by_role("button", name="Log it").tap()
    expect(phone.get_by_role("heading", name="Line closure: The Sunny line")).to_be_visible()


def test_what_does_not_belong_to_a_category_is_not_asked(phone, seeded):
    begin(phone, seeded, "Seizure")

    phone.get_by_label("What was seized").select_option("Vehicles")

    expect(phone.get_by_label("Vehicle", exact=True)).to_be_visible()
    expect(phone.get_by_label("Drug", exact=True)).to_be_hidden()


def test_the_same_form_sent_twice_is_one_record(phone, seeded):
    begin(phone, seeded, "Arrest")
    phone.get_by_label("Reason for the arrest").select_option("Fraud")
    phone.get_by_label("Custody reference").fill("TWICE/1")
    form = phone.url
    phone.get_by_role("button", name="Log it").tap()
    expect(phone.get_by_role("heading", name="Arrest: Fraud")).to_be_visible()
    first = phone.url.partition("?")[0]

    phone.go_back()
    expect(phone).to_have_url(form)
    phone.get_by_role("button", name="Log it").tap()

    expect(phone.get_by_text("There is still one record of it.")).to_be_visible()
    assert phone.url.partition("?")[0] == first


def test_a_form_that_lacks_something_says_so_and_keeps_the_rest(phone, seeded):
    begin(phone, seeded, "Arrest")
    phone.get_by_label("Custody reference").fill("KEPT/1")

    phone.get_by_role("button", name="Log it").tap()

    expect(phone.get_by_role("alert")).to_contain_text("Choose reason for the arrest.")
    expect(phone.get_by_label("Custody reference")).to_have_value("KEPT/1")


def test_a_phone_that_may_not_say_where_it_is_can_log_all_the_same(open_as, seeded):
    page = open_as("officer", PHONE, has_touch=True, permissions=[])
    begin(page, seeded, "Arrest")

    page.get_by_role("button", name="Use where I am").tap()

    expect(page.get_by_role("status")).to_contain_text("go on without a place")
    page.get_by_label("Reason for the arrest").select_option("Robbery")
    page.get_by_role("button", name="Log it").tap()
    expect(page.get_by_role("heading", name="Arrest: Robbery")).to_be_visible()


def test_a_result_is_logged_without_scripts(open_as, seeded):
    page = open_as("officer", PHONE, has_touch=True, java_script_enabled=False)
    begin(page, seeded, "Arrest")
    page.get_by_label("Reason for the arrest").select_option("Burglary")
    page.get_by_label("Longitude").fill("-2.2425")
    page.get_by_label("Latitude").fill("53.485")

    page.get_by_role("button", name="Log it").tap()

    expect(page.get_by_role("heading", name="Arrest: Burglary")).to_be_visible()


def test_a_record_is_corrected_confirmed_and_struck_with_its_history(open_as, seeded):
    page = open_as("lead")
    page.goto(f"/operations/{seeded['operation']}/log?kind=line_closure")
    page.get_by_label("Type 2: the number is deactivated").check()
    page.get_by_label("Name of the line").fill("The Moon line")
    page.get_by_role("button", name="Log it").click()
    expect(page.get_by_text("give the day it was")).to_be_visible()

    page.get_by_role("link", name="Correct this record").click()
    page.get_by_label("Reason for the correction").fill("The provider has told us.")
    page.get_by_label("Day the number was deactivated").fill("2026-11-20")
    page.get_by_role("button", name="Save the correction").click()
    expect(page.get_by_text("somebody else must confirm it")).to_be_visible()
    expect(page.get_by_role("button", name="Confirm the record")).to_have_count(0)
    here = page.url.partition("?")[0]

    page = open_as("admin")
    page.goto(here)
    page.get_by_role("button", name="Confirm the record").click()
    expect(page.locator(".govuk-tag").first).to_have_text("Confirmed")
    page.get_by_text("Strike this record").click()
    page.get_by_label("Reason for striking it").fill("Logged for another line.")
    page.get_by_role("button", name="Strike the record").click()

    expect(page.locator(".govuk-tag").first).to_have_text("Struck")
    titles = page.locator(".moj-timeline__title")
    expect(titles).to_have_text(["Struck", "Confirmed", "Corrected", "Logged"])
    expect(page.locator(".moj-timeline")).to_contain_text(
        re.compile("Day the number was deactivated: Friday 20 November 2026, before: nothing")
    )
