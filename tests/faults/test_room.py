"""A phone whose storage is full, for real: the browser itself refuses to write."""

import hashlib
import json
import os
import zipfile

import pytest
from playwright.sync_api import expect

from tests.faults.conftest import opened, stores_of, until
from tests.faults.phone import Phone
from tests.faults.test_in_hand import png

pytestmark = pytest.mark.browser

ENOUGH = 4_000_000


class Room:
    """How much this browser lets a page store."""

    def __init__(self, origin):
        self.origin = origin
        self.session = None

    def __call__(self, page):
        """Limit it before the first write: the browser allows ahead, and by what there is."""
        self.session = page.context.new_cdp_session(page)
        self.page = page
        self._limit(ENOUGH)

    def fill(self):
        """Leave no room but for what is there."""
        self._limit(
            int(self.session.send("Storage.getUsageAndQuota", {"origin": self.origin})["usage"])
        )
        # More than was allowed ahead, so that the browser looks again.
        assert self.page.evaluate(WRITE, ENOUGH) == "QuotaExceededError"
        assert self.page.evaluate(WRITE, 1) == "QuotaExceededError"

    def free(self):
        self._limit(10 * ENOUGH)

    def _limit(self, size):
        limits = {"origin": self.origin, "quotaSize": size}
        self.session.send("Storage.overrideQuotaForOrigin", limits)


@pytest.fixture
def room(network):
    return Room(network.url)


@pytest.fixture
def phone(phone_of, world, network, room):
    """A phone without room, on which one record with its photo waits."""
    phone = Phone(phone_of(room=room), world)
    network.is_refusing_batches = True
    phone.log(PHOTO)
    expect(phone.page.locator("#count")).to_contain_text("2 waiting")
    room.fill()
    return phone


def test_a_full_phone_says_so_before_it_says_saved_and_keeps_form_and_all_that_waits(phone, room):
    page = phone.page
    waiting = phone.left()
    page.evaluate("location.hash = ''")
    page.locator("button.step").click()
    expect(page.locator("#said")).to_contain_text("no room left, so nothing was saved")

    page.get_by_role("link", name="Arrest", exact=True).click()
    page.get_by_label("Custody reference").fill("06CD/1/26")
    page.locator(".chip").first.click()
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_role("alert")).to_contain_text("no room left, so nothing was saved")
    expect(page.get_by_label("Custody reference")).to_have_value("06CD/1/26")
    assert page.locator(f"[data-saved]:not([data-saved='{phone.last}'])").count() == 0
    room.free()
    phone.press_save()
    assert phone.left() == [*waiting, phone.last]


def test_a_full_phone_sends_what_waits_and_has_room_again(phone, network, world):
    network.is_refusing_batches = False

    phone.sends_all()
    phone.log()

    phone.sends_all()
    phone.holds_true()
    assert set(phone.saved) <= set(world.ids())


def test_a_full_phone_that_is_opened_anew_shows_and_sends_what_waits(phone, network, room):
    waiting = phone.left()
    phone.page = opened(phone.page)

    expect(phone.page.locator("#count")).to_contain_text("2 waiting")
    assert phone.left() == waiting
    network.is_refusing_batches = False
    phone.sends_all()
    phone.holds_true()


def test_a_full_phone_that_is_signed_out_from_elsewhere_keeps_nothing(phone, world, network):
    world.sign_out()

    phone.page.reload()

    expect(phone.page.get_by_role("link", name="Sign in")).to_be_visible()
    until(lambda: stores_of(phone.page) == ["ballast", "ops-phone"])
    phone.sign_in()
    expect(phone.page.get_by_text("2 records that were not sent were wiped")).to_be_visible()


def test_what_a_full_phone_has_not_sent_can_be_taken_out(phone):
    [saved, _photo] = phone.left()
    phone.page.get_by_text("Take out what is not sent").click()

    with phone.page.expect_download() as download:
        phone.page.get_by_role("button", name="Save the file").click()

    assert download.value.suggested_filename.startswith("OFFICIAL-SENSITIVE-not-sent-")
    with zipfile.ZipFile(download.value.path()) as file:
        told = json.loads(file.read("not-sent.json"))
        warning = file.read("READ ME.txt").decode()
        [record, photo] = told["items"]
        picture = file.read(photo["photo"])
    assert warning.startswith("OFFICIAL-SENSITIVE\n")
    assert "IT HOLDS CASE DATA" in warning
    assert record["body"]["id"] == saved
    assert record["body"]["detail"]["reason"]
    # Byte for byte what the server would have been sent.
    sha256 = hashlib.sha256(picture).hexdigest()
    assert photo["path"] == f"/api/v1/attachments?result={saved}&sha256={sha256}"


# Random, so that it can't be made small.
WRITE = """size => new Promise(done => {
  const asked = indexedDB.open('ballast', 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore('ballast');
  asked.onerror = () => done(asked.error.name);
  asked.onsuccess = () => {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
    const change = asked.result.transaction('ballast', 'readwrite');
    change.objectStore('ballast').put(bytes, 'ballast');
    change.oncomplete = () => done('written');
    change.onabort = () => done(change.error.name);
  };
})"""
PHOTO = {"name": "a.png", "mimeType": "image/png", "buffer": png(1_200, 900, os.urandom(1_200))}
