"""What was refused is sent after all, each kind in its own way, and nothing of it twice."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_every_page import AXE
from tests.faults.phone import ONLINE, Phone
from tests.faults.test_every_view import looks_right
from tests.faults.test_in_hand import HERE, png

pytestmark = pytest.mark.browser


@pytest.fixture
def phone_at_the_place(phone_of, world):
    return lambda name: Phone(phone_of(name, geolocation=HERE, permissions=["geolocation"]), world)


def test_what_a_deployment_refused_is_sent_again_or_said_otherwise(
    phone_at_the_place, network, world
):
    world.begin_anew(world.other)
    phone = phone_at_the_place("second")
    page, count = phone.page, phone.page.locator("#count")
    tables = ("check_in", "nil_return", "welfare_timer", "deployment_step")
    before = {table: counted(world, table) for table in tables}
    network.go_down()
    step = phone.press("Acknowledged")
    phone.press("Check in")
    phone.press("Nothing to report")
    phone.check_in_every(60)
    be(world, "cancelled")
    network.come_up()
    phone.send()
    expect(count).to_contain_text("4 refused: mend them")

    # Nobody is told that a step was taken which was refused.
    page.evaluate(ONLINE)
    phone._go(f"deployment/{world.other}")
    expect(page.locator("main")).to_contain_text("StatusCancelled")
    phone._go(f"mend/{step}")
    expect(page.get_by_role("heading", name="Mend: Acknowledged")).to_be_focused()
    expect(page.get_by_text("so it stays so; add another")).to_be_visible()
    expect(page.get_by_text("Status of Visit to Test Road now: Cancelled.")).to_be_visible()
    page.evaluate(AXE)
    looks_right(page, "mend-step")

    # Its lead puts it back, which the view learns as it is opened.
    be(world, "on_the_way")
    phone._go("kept")
    phone._go(f"mend/{step}")
    expect(page.get_by_text("Status of Visit to Test Road now: On the way.")).to_be_visible()
    page.get_by_role("button", name="Say instead: Started, now").tap()
    expect(page.locator("#said")).to_contain_text(re.compile("Started, .*: sent again"))
    for left in (3, 2, 1):
        expect(page.get_by_role("link", name="Mend it")).to_have_count(left)
        page.get_by_role("link", name="Mend it").first.tap()
        page.get_by_role("button", name="Send it again as it is").tap()
    phone.sends_all()

    assert phone.left() == []
    assert {table: counted(world, table) for table in tables} == {
        table: count + 1 for table, count in before.items()
    }
    taken = "select status from deployment_step where id = :id"
    assert world.run(taken, id=step).scalar_one() == "started"
    phone.holds_true()


def test_a_photo_that_was_refused_has_another_in_its_place(phone_at_the_place, network, world):
    phone = phone_at_the_place("first")
    page = phone.page
    network.is_refusing_batches = True
    saved = phone.log(picture(40, 20))
    # As a browser does that is short of room.
    assert page.evaluate(LOSE_PHOTOS) == 1
    network.is_refusing_batches = False
    phone.send()
    expect(page.locator("#count")).to_contain_text("1 refused: mend it")

    page.get_by_role("link", name="Mend it").tap()
    page.get_by_role("button", name="Send the other photo").tap()
    expect(page.get_by_text("Take a photo first.")).to_be_visible()
    for width in (60, 80):
        page.get_by_label("Photo", exact=True).set_input_files(picture(width, 20))
    expect(page.get_by_role("img", name="The photo as it is sent")).to_have_count(2)
    page.evaluate(AXE)
    looks_right(page, "mend-photo")
    page.get_by_role("button", name="Send the other photo").tap()
    page.locator("main[data-view='kept']").wait_for()
    phone.sends_all()

    sizes = "select width from attachment where result_id = :id order by width"
    assert world.run(sizes, id=saved).scalars().all() == [60, 80]
    assert phone.left() == []


def be(world, status):
    statement = "update deployment set status = :status where id = :id"
    world.run(statement, status=status, id=world.other)


def counted(world, table):
    return world.run(f"select count(*) from {table}").scalar_one()  # noqa: S608 - a name of ours


def picture(width, height):
    return {"name": "a.png", "mimeType": "image/png", "buffer": png(width, height)}


# Takes every photo out of what is kept here, and counts them.
LOSE_PHOTOS = """async () => {
  let lost = 0;
  for (const {name} of await indexedDB.databases()) {
    if (!name.startsWith('ops-phone-')) continue;
    const asked = indexedDB.open(name);
    const db = await new Promise(done => { asked.onsuccess = () => done(asked.result); });
    lost += await new Promise(done => {
      const change = db.transaction('kept', 'readwrite');
      const asked = change.objectStore('kept').getAllKeys();
      let found = [];
      asked.onsuccess = () => {
        found = asked.result.filter(key => key.startsWith('photo '));
        for (const key of found) change.objectStore('kept').delete(key);
      };
      change.oncomplete = () => done(found.length);
    });
    db.close();
  }
  return lost;
}"""
