"""What was sent is corrected on the phone itself, with a reason, with a signal or without."""

import pytest
from playwright.sync_api import expect

from tests.faults.phone import Phone
from tests.faults.test_in_hand import HERE, detail, tap

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(phone_of, world):
    return Phone(phone_of(geolocation=HERE, permissions=["geolocation"]), world)


def correct(phone, **changes):
    """Open the correction of what was sent last, or the one that waits, and press its button."""
    phone._go("kept")
    links = phone.page.locator("main").get_by_role("link")
    links.filter(has_text="orrect").first.tap()
    save = phone.page.get_by_role("button", name="Save the correction")
    save.wait_for()
    for label, text in changes.items():
        field = phone.page.get_by_label(label.replace("_", " "), exact=True)
        if not field.is_visible():
            phone.page.get_by_text("When, where, note").tap()
        field.fill(text)
    save.tap()


def correct_and_save(phone, **changes):
    correct(phone, **changes)
    is_saved(phone)


def is_saved(phone):
    """Wait for the form to be left: until then its correction is not among what waits."""
    expect(phone.page.get_by_role("button", name="Save the correction")).to_have_count(0)


def reasons(phone, saved):
    """Give why the detail of an arrest was changed, each time that it was."""
    history = phone.page.request.get(f"/api/v1/results/{saved}/history").json()
    return sorted(each["reason"] for each in history if each["part"] == "arrest")


def test_what_was_sent_is_corrected_without_a_signal_and_once(phone, network, world):
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    saved = phone.log()
    phone.sends_all()
    network.go_down()

    correct(phone, Custody_reference="06CD/7/26")
    expect(phone.page.get_by_role("alert")).to_contain_text("Say why it is corrected.")
    phone.page.get_by_label("Why it is corrected").fill("Misread the label")
    phone.page.get_by_role("button", name="Save the correction").tap()
    expect(phone.page.locator("#said")).to_contain_text("saved on this phone")
    expect(phone.page.locator("#count")).to_contain_text("1 waiting")
    # While it waits it is changed itself, and is no second one.
    correct_and_save(phone, Custody_reference="06CD/8/26")
    expect(phone.page.locator("#count")).to_contain_text("1 waiting")
    network.come_up()
    phone.sends_all()

    found = detail(world, "arrest", saved)
    assert found["custody_ref"] == "06CD/8/26"
    assert reasons(phone, saved) == ["Misread the label"]
    # The next one is upon what this one made of it.
    correct_and_save(phone, Custody_reference="06CD/9/26", Why_it_is_corrected="Misread again")
    phone.sends_all()
    assert detail(world, "arrest", saved)["custody_ref"] == "06CD/9/26"
    assert reasons(phone, saved) == ["Misread again", "Misread the label"]


def test_a_correction_whose_reply_is_lost_is_made_once(phone, world):
    saved = phone.log()
    phone.sends_all()
    lost = []

    def lose(route):
        if route.request.method != "PATCH" or lost:
            return route.fallback()
        lost.append(route.fetch().status)
        return route.abort()

    phone.page.context.route("**/api/v1/results/*", lose)

    correct_and_save(phone, Custody_reference="06CD/7/26", Why_it_is_corrected="Misread")
    phone.sends_all()

    assert lost == [200]
    assert detail(world, "arrest", saved)["custody_ref"] == "06CD/7/26"
    assert reasons(phone, saved) == ["Misread"]


def test_what_was_changed_meanwhile_is_told_in_words_and_mended(phone, world):
    saved = phone.log()
    phone.sends_all()
    world.run("update result set note = 'Roof', version = version + 1 where id = :id", id=saved)

    correct_and_save(phone, Custody_reference="06CD/7/26", Why_it_is_corrected="Misread")
    phone.send()
    expect(phone.page.locator("#count")).to_contain_text("1 refused")
    expect(phone.page.get_by_text("This record was changed meanwhile").first).to_be_visible()
    assert detail(world, "arrest", saved)["custody_ref"] is None

    phone.page.get_by_role("link", name="Mend its correction").tap()
    expect(phone.page.get_by_text("Note: it says Roof.")).to_be_visible()
    # It is said of the whole, and leads to no field.
    expect(phone.page.locator(".problem a")).to_have_count(0)
    expect(phone.page.get_by_label("Custody reference")).to_have_value("06CD/7/26")
    phone.page.get_by_role("button", name="Save the correction").tap()
    is_saved(phone)
    phone.sends_all()

    result = world.run("select note from result where id = :id", id=saved).scalar_one()
    assert (result, detail(world, "arrest", saved)["custody_ref"]) == ("Roof", "06CD/7/26")


def test_the_one_entry_of_a_warrant_is_corrected_as_an_entry(phone, world):
    tap(phone.page, "Warrant", "Nothing found")
    saved = phone.press_save()
    phone.sends_all()
    before = world.run("select at from warrant_entry where result_id = :id", id=saved).scalar_one()

    phone._go("kept")
    phone.page.get_by_role("link", name="Correct it").first.tap()
    entry = phone.page.get_by_role("group", name="Entries 1")
    entry.locator("label.chip", has_text="Forced").tap()
    phone.page.get_by_label("Why it is corrected").fill("The door was forced")
    phone.page.get_by_role("button", name="Save the correction").tap()
    is_saved(phone)
    phone.sends_all()

    query = "select at, entry, outcomes from warrant_entry where result_id = :id"
    [row] = world.run(query, id=saved).all()
    assert (row.at, row.entry, row.outcomes) == (before, "forced", ["nil"])
