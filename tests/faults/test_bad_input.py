"""What goes wrong in an officer's hand is said in a sentence, and nothing of it is lost."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from ops.wording import LONDON
from tests.faults.conftest import opened, until
from tests.faults.phone import Phone
from tests.faults.seed import NOW
from tests.faults.test_faults import PICTURE, SET_CLOCK
from tests.faults.test_in_hand import HERE, detail, png, tap

pytestmark = pytest.mark.browser

IN_THE_SEA = HERE | {"longitude": -3.6, "latitude": 53.7}


@pytest.fixture
def phone(phone_of, world):
    return Phone(phone_of(geolocation=HERE, permissions=["geolocation"]), world)


def test_each_thing_that_can_not_be_sent_as_it_is_has_its_sentence(phone, world, tmp_path):
    page = phone.page
    tap(page, "Seizure", "Drugs")
    alert = page.locator(".problem")
    save = page.get_by_role("button", name="Save", exact=True)
    amount = page.get_by_label("How much", exact=True)
    for typed, said in (
        ("😀", "Type a number, such as 1250.50."),
        ("12,5", "Did you mean 12.5 or 125?"),
        ("2 fathoms", "“2 fathoms” has another unit in it."),
    ):
        amount.fill(typed)
        save.tap()
        expect(alert).to_contain_text(said)
        expect(amount).to_have_value(typed)
    tap(page, "Grams")
    amount.fill("2kg")
    save.tap()
    expect(alert).to_contain_text("in grams: “2kg” has another unit in it.")
    amount.fill("2")

    page.context.set_geolocation(IN_THE_SEA)
    expect(page.locator(".place")).to_contain_text("92 kilometres from the nearest")
    photo = page.get_by_label("Photo", exact=True)
    photo.set_input_files({"name": "a.mp4", "mimeType": "video/mp4", "buffer": b"\0\0\0\x18ftyp"})
    expect(page.locator(".wrong[role=alert]")).to_contain_text("This is a video.")
    photo.set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"%PDF-1.7"})
    expect(page.locator(".wrong[role=alert]")).to_contain_text("This is no photo")
    large = tmp_path / "large.png"
    large.write_bytes(png(3_000, 2_000).ljust(40_000_000, b"\0"))
    photo.set_input_files(large)
    expect(page.get_by_text("40 MB, sent as 0")).to_be_visible()
    expect(page.locator(".wrong[role=alert]")).to_be_hidden()

    page.locator("main details").evaluate_all("all => all.forEach(each => { each.open = true })")
    for field in page.locator(".form input:not([type]), .form textarea").all():
        if field.is_visible() and field.get_attribute("inputmode") is None:
            field.fill("😀")
    saved = phone.press_save()
    phone.sends_all()

    found = detail(world, "seizure", saved)
    assert (str(found["quantity"])[0], found["unit"], found["exhibit_ref"]) == ("2", "g", "😀")
    note = world.run("select note from result where id = :id", id=saved).scalar_one()
    assert note == "Place: 😀\n😀"
    until(lambda: world.run("select 1 from attachment where result_id = :id", id=saved).all())


def test_what_became_of_the_operation_meanwhile_is_told(phone, network, world):
    page = phone.page
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    network.go_down()
    opened(page)
    late = phone.log()
    try:
        operation(world, "status = 'closed'")
        network.come_up()
        phone.sends_all()
        phone._go("kept")
        expect(page.get_by_text("It counts, and is marked as late.")).to_have_count(1)
        assert late in world.ids()

        operation(world, "status = 'live'")
        opened(page)
        network.go_down()
        refused = phone.log()
        phone._go("briefing")
        tap(page, "I have read this")
        expect(page.get_by_text("You have said that you read this version.")).to_be_visible()
        operation(world, "visibility = 'restricted'")
        network.come_up()
        phone.send()
        expect(page.locator("#count")).to_contain_text("2 refused")
        expect(page.get_by_text("you do not belong to it any more")).to_be_visible()
        assert phone.left()[0] == refused
        assert refused not in world.ids()
    finally:
        operation(world, "status = 'live', visibility = 'open'")

    # Who belongs to it again sends what was kept.
    page.reload()
    page.get_by_role("link", name="Mend it: Arrest").tap()
    page.get_by_label("Photo", exact=True).set_input_files(PICTURE)
    page.get_by_role("img", name="The photo as it is sent").wait_for()
    page.get_by_role("button", name="Save and send again").tap()
    page.locator("main[data-view='kept']").wait_for()
    phone._go("briefing")
    expect(page.get_by_text("What you said before was refused")).to_be_visible()
    tap(page, "I have read this")
    phone.sends_all()
    assert refused in world.ids()
    assert world.run("select 1 from attachment where result_id = :id", id=refused).all()
    assert phone.left() == []


KEEP_DRAFT = """() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (value, key) {
    if (key === 'drafts') throw new Error('killed');
    return put.call(this, value, ...(key === undefined ? [] : [key]));
  };
}"""


FAIL_TO_READ = """() => {
  const get = IDBObjectStore.prototype.get;
  IDBObjectStore.prototype.get = function (key) {
    if (key !== 'used') return get.call(this, key);
    IDBObjectStore.prototype.get = get;
    throw new DOMException('unreadable', 'DataError');
  };
}"""


def operation(world, change):
    """Change the operation as its lead did meanwhile."""
    # A statement of ours.
    world.run(f"update operation set {change} where id = :id", id=world.operation)  # noqa: S608


def test_what_was_half_typed_survives_a_page_that_is_killed(phone, world):
    page = phone.page
    tap(page, "Arrest", "Supply of class A drugs", "18 to 24")
    page.get_by_label("Custody reference", exact=True).fill("06CD/77/26")
    page.get_by_text("When, where, note").tap()
    when = (NOW - dt.timedelta(minutes=50)).astimezone(LONDON).strftime("%Y-%m-%dT%H:%M")
    page.get_by_role("textbox", name="When", exact=True).fill(when)
    expect(page.locator(".place")).to_contain_text("Inside Cheetham Hill.")
    page.get_by_label("Note", exact=True).fill("Rear door")
    page.get_by_label("Photo", exact=True).set_input_files(PICTURE)
    page.get_by_role("img", name="The photo as it is sent").wait_for()
    page.locator(".form[data-draft=kept]").wait_for()
    killed = page
    page.context.set_geolocation(IN_THE_SEA)
    phone.page = page = page.context.new_page()
    # A tab that begins beside it is told. What it saves is another record, and leads home.
    page.goto("/phone#log/arrest")
    expect(page.get_by_text("This form is open in another tab")).to_be_visible()
    expect(page.get_by_label("Custody reference", exact=True)).to_have_value("")
    tap(page, "Supply of class A drugs")
    another = phone.press_save()
    killed.close()
    page.evaluate(FAIL_TO_READ)
    tap(page, "Arrest")
    expect(page.get_by_text("This phone could not read what it keeps.")).to_be_visible()
    tap(page, "Back")

    tap(page, "Arrest")

    told = f"with its time ({when[-5:]}) and place, for Warrant at Test Street. It is not saved"
    expect(page.locator(".notice")).to_contain_text(told)
    expect(page.locator(".notice")).to_contain_text("Its photos are not kept: take them again.")
    expect(page.get_by_label("Custody reference", exact=True)).to_have_value("06CD/77/26")
    page.get_by_text("When, where, note").tap()
    expect(page.get_by_role("textbox", name="When", exact=True)).to_have_value(when)
    expect(page.get_by_label("Note", exact=True)).to_have_value("Rear door")
    expect(page.locator(".place")).to_contain_text("The place as it was. Inside Cheetham Hill.")
    # A page that is killed once the record is saved, and before the draft of it is gone.
    page.evaluate(KEEP_DRAFT)
    saved = phone.press_save()
    phone.sends_all()
    found = detail(world, "arrest", saved)
    assert (found["reason"], found["age_band"]) == ("supply_class_a", "18-24")
    assert {saved, another} <= set(world.ids())
    # What is saved is no draft any more, and what is begun afresh is none either.
    opened(page)
    tap(page, "Arrest")
    expect(page.get_by_text("filled in again")).to_have_count(0)
    page.get_by_label("Custody reference", exact=True).fill("06CD/78/26")
    page.locator(".form[data-draft=kept]").wait_for()
    opened(page)
    # What is of another hour is not taken up without a question.
    page.evaluate(SET_CLOCK, 1)
    tap(page, "Arrest")
    expect(page.get_by_text("was not saved. It is kept with its time")).to_be_visible()
    tap(page, "Take it up")
    expect(page.get_by_label("Custody reference", exact=True)).to_have_value("06CD/78/26")
    page.get_by_role("button", name="Start afresh").tap()
    expect(page.get_by_label("Custody reference", exact=True)).to_have_value("")
    expect(page.get_by_role("heading", name="Arrest")).to_be_focused()
