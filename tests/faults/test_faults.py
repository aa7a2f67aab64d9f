"""Whatever happens on the way: what was seen as saved is there once, or still on the phone."""

import json
import zipfile

import pytest
from playwright.sync_api import expect

from tests.faults.conftest import opened, until
from tests.faults.phone import ONLINE, PATIENCE_MS, Phone
from tests.faults.test_in_hand import HERE, png

pytestmark = pytest.mark.browser

PICTURE = {"name": "a.png", "mimeType": "image/png", "buffer": png(30, 20)}


@pytest.fixture
def phone(phone_of, network, world):
    return Phone(phone_of(), world)


def test_a_reply_that_is_lost_after_the_commit_makes_no_second_record(phone, network, world):
    # Within its body: where no header came, the browser itself may send again.
    network.cut = ("reply body", 60)
    network.is_refusing_batches = True

    saved = phone.log()
    phone.send()

    until(lambda: saved in world.ids())
    line = phone.page.locator(f"[data-id='{saved}']")
    expect(line).to_contain_text("it was on its way, and is sent again", timeout=PATIENCE_MS)
    network.is_refusing_batches = False
    phone.sends_all()
    phone.holds_true()


def test_a_reply_that_is_lost_makes_no_second_one_of_any_kind(phone_of, network, world):
    for deployment in (world.deployment, world.other):
        world.begin_anew(deployment)
    world.run("delete from briefing_reading")
    phone = Phone(phone_of(geolocation=HERE, permissions=["geolocation"]), world)
    here = f"deployments/{world.deployment}"
    kinds = (
        ("deployment_step", f"{here}/steps", lambda: phone.press("Acknowledged")),
        ("check_in", f"{here}/check-ins", lambda: phone.press("Check in")),
        ("check_in", f"{here}/assistance", phone.ask),
        ("welfare_timer", f"{here}/welfare-timer", lambda: phone.check_in_every(15)),
        ("attachment", "attachments", lambda: phone.log(PICTURE)),
        ("briefing_reading", f"operations/{world.operation}/briefings", phone.read_briefing),
        # Of the deployment that has no results.
        ("nil_return", f"deployments/{world.other}/nil-return", phone.report_nothing),
    )
    for number, (table, path, act) in enumerate(kinds, start=1):
        count = f"select count(*) from {table}"  # noqa: S608 - a name of ours
        before = world.run(count).scalar_one()
        network.cut, network.cut_of = ("reply body", 1), f"POST /api/v1/{path}".encode()

        act()
        phone.send()

        until(lambda number=number: network.cuts == number)
        phone.sends_all()
        assert world.run(count).scalar_one() == before + 1, path
    phone.holds_true()


def test_the_worker_sends_what_waits_once_its_page_is_closed(phone, network, world):
    context = phone.page.context
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    # A page of nobody, from which the browser is told what it finds by itself: a network.
    browser = context.new_cdp_session(context.new_page())
    found = []
    browser.on("ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(told.values()))
    browser.send("ServiceWorker.enable")
    network.go_down()
    # Of all kinds the one that nobody waits to take back.
    saved = phone.ask()
    phone.page.close()
    network.come_up()
    [worker] = found[0]

    browser.send(
        "ServiceWorker.dispatchSyncEvent",
        {
            "origin": network.url,
            "registrationId": worker["registrationId"],
            "tag": "outbox",
            "lastChance": False,
        },
    )

    until(lambda: saved in world.ids())
    phone.page = opened(context.new_page())
    phone.sends_all()
    assert world.ids().count(saved) == 1
    phone.holds_true()


# Where a batch breaks off, and so many bytes behind.
CUTS = {
    "before it": ("request", 0),
    "within the head of the request": ("request", 40),
    "within the body of the request": ("request body", 60),
    "within the head of the reply": ("reply", 60),
    "within the body of the reply": ("reply body", 60),
}


def test_a_batch_that_is_cut_off_at_any_stage_arrives_once(phone, network, world):
    for number, (stage, cut) in enumerate(CUTS.items(), start=1):
        saved = phone.log()
        network.cut = cut

        phone.send()

        until(lambda number=number: network.cuts == number)
        assert saved in world.ids() or "reply" not in stage
        phone.sends_all()
        phone.holds_true()


def test_a_server_that_is_killed_while_it_writes_loses_nothing(phone, server, world):
    saved = phone.log()
    with world.engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("lock table result in share mode")
        phone.send()
        until(world.is_waited_for)
        server.kill()

    server.start()

    phone.sends_all()
    assert world.ids().count(saved) == 1
    phone.holds_true()


def test_a_database_that_hangs_up_while_it_writes_loses_nothing(phone, world):
    saved = phone.log()
    with world.engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("lock table result in share mode")
        phone.send()
        until(world.is_waited_for)
        world.hang_up()

    phone.sends_all()
    assert world.ids().count(saved) == 1
    phone.holds_true()


def test_a_tab_that_is_closed_while_it_sends_leaves_the_rest_to_the_next(phone, world):
    saved = phone.log()
    with world.engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("lock table result in share mode")
        phone.send()
        until(world.is_waited_for)
        context = phone.page.context
        phone.page.close()

    phone.page = opened(context.new_page())

    phone.sends_all()
    assert world.ids().count(saved) == 1
    phone.holds_true()


def test_a_phone_that_is_killed_while_it_sends_goes_on_when_it_is_started(own_phone, world):
    phone = own_phone()
    saved = phone.log()
    with world.engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("lock table result in share mode")
        phone.send()
        until(world.is_waited_for)
        phone.kill()

    phone.restart()

    phone.sends_all()
    assert world.ids().count(saved) == 1
    phone.holds_true()


def test_two_tabs_send_once(phone, world, network):
    other = Phone(opened(phone.page.context.new_page()), world, phone)
    network.go_down()
    saved = [phone.log(), other.log(), phone.log()]
    network.come_up()
    before = network.batches

    for tab in (phone, other, phone):
        tab.send()

    phone.sends_all()
    other.sends_all()
    assert sorted(each for each in world.ids() if each in saved) == sorted(saved)
    assert network.batches - before <= len(saved)
    phone.holds_true()


def test_a_store_that_is_closed_behind_the_page_is_opened_again(phone):
    phone.log()
    assert phone.close_stores() > 0

    phone.log()

    phone.sends_all()
    phone.holds_true()


def test_a_phone_whose_browser_keeps_nothing_says_so(phone):
    phone.page.evaluate("IDBObjectStore.prototype.add = null")
    phone.page.locator("button.step").click()
    expect(phone.page.locator("#said")).to_contain_text("could not save it")
    broken = "IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError') }"
    phone.page.add_init_script(broken)

    phone.page.reload()

    expect(phone.page.get_by_role("alert")).to_contain_text("lets the page keep nothing")
    expect(phone.page.locator("#count")).to_have_text("This page can’t be opened here.")


def test_what_the_browser_deletes_under_an_open_page_is_kept_anew(phone, network):
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    saved = phone.log()
    network.go_down()
    clear_stores(phone.page, network)
    expect(phone.page.get_by_text("One record that was not sent is in this page")).to_be_visible()
    expect(phone.page.get_by_role("link", name="Arrest", exact=True)).to_have_count(0)
    phone._go("kept")
    phone.page.get_by_text("Take out what is not sent").click()
    with phone.page.expect_download() as download:
        phone.page.get_by_role("button", name="Save the file").click()
    with zipfile.ZipFile(download.value.path()) as file:
        [item] = json.loads(file.read("not-sent.json"))["items"]
    assert item["body"]["id"] == saved

    network.is_refusing_batches = True
    network.come_up()
    phone.page.evaluate(ONLINE)

    expect(phone.page.locator("#count")).to_contain_text("1 waiting", timeout=PATIENCE_MS)
    assert phone.left() == [saved]
    network.is_refusing_batches = False
    phone.sends_all()
    phone.holds_true()


def clear_stores(page, network):
    """Delete all that is kept, as whoever clears the site's data does."""
    session = page.context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": network.url, "storageTypes": "indexeddb"})


def test_what_was_saved_without_a_signal_can_be_thrown_away_and_is_sent_by_itself(phone, world):
    phone.page.context.set_offline(True)
    thrown, saved = phone.log(), phone.log()
    phone.send()
    expect(phone.page.get_by_text("There is no contact with the server.")).to_be_visible()
    line = phone.page.locator(f"[data-id='{thrown}']")
    line.get_by_text("Throw away").click()
    line.get_by_role("button", name="Throw it away").click()
    expect(line).to_have_count(0)
    # Nor is the next one under the same finger, or the same key.
    other = phone.page.locator(f"[data-id='{saved}']").get_by_role("button", name="Throw it away")
    expect(other).to_be_hidden()
    expect(phone.page.get_by_role("heading", name="What is kept")).to_be_focused()

    phone.page.context.set_offline(False)

    until(lambda: saved in world.ids())
    expect(phone.page.locator("#count")).to_contain_text("Nothing is waiting")
    assert thrown not in world.ids()


def test_one_item_from_two_devices_is_one_record(phone, phone_of, network, server, world):
    network.is_refusing_batches = True
    saved = phone.log()
    with phone.page.expect_request("**/results/batch") as sent:
        phone.send()
    other = phone_of(base_url=server.url)

    assert other.evaluate(SEND, sent.value.post_data) == ["created"]
    network.is_refusing_batches = False

    phone.sends_all()
    assert world.ids().count(saved) == 1
    phone.holds_true()


def test_another_content_under_a_taken_id_is_refused_and_mended_with_its_photo(
    phone, phone_of, network, server, world
):
    network.is_refusing_batches = True
    saved = phone.log(PICTURE)
    with phone.page.expect_request("**/results/batch") as sent:
        phone.send()
    # Without a position, what the deployment says of the place is told in words.
    told = '"note":"Place: Cheetham Hill"'
    assert told in sent.value.post_data
    another = sent.value.post_data.replace(told, '"note":"Another."')
    phone_of(base_url=server.url).evaluate(SEND, another)
    network.is_refusing_batches = False

    phone.send()
    expect(phone.page.locator("#count")).to_contain_text("1 refused")
    first, photo = phone.left()
    assert first == saved

    network.is_refusing_batches = True
    phone.page.get_by_role("link", name="Mend it").click()
    phone.page.get_by_role("button", name="Save and send again").click()
    phone.page.locator("main[data-view='kept']").wait_for()
    # What it holds is another record, under an id of its own, with the photo of the first.
    [mended] = {*phone.left()} - {photo}
    assert mended != saved
    phone.saved.append(mended)
    network.is_refusing_batches = False
    phone.sends_all()
    phone.holds_true()
    there = "select 1 from attachment where result_id = :id"
    assert len(world.run(there, id=mended).all()) == 1


def test_a_clock_that_is_set_back_holds_nothing_up(phone):
    phone.log()
    phone.page.evaluate(SET_CLOCK, -3)

    phone.log()

    phone.sends_all()
    phone.holds_true()


def test_what_waits_for_more_than_a_day_nags(phone, network):
    network.is_refusing_batches = True
    saved = phone.log()

    phone.page.evaluate(SET_CLOCK, 25)
    phone.page.evaluate(ONLINE)

    expect(phone.page.locator("#count")).to_contain_text("1 older than a day: find a signal")
    assert phone.left() == [saved]
    network.is_refusing_batches = False
    phone.sends_all()
    phone.holds_true()


def test_one_that_is_refused_stays_with_its_reason_and_the_rest_go(phone, world):
    phone.page.get_by_role("link", name="Arrest", exact=True).click()
    phone.page.locator(".chip").first.click()
    phone.page.get_by_text("When, where, note").click()
    phone.page.get_by_role("textbox", name="When", exact=True).fill("2031-01-01T10:00")
    refused = phone.press_save()
    sent = phone.log()

    phone.send()

    until(lambda: sent in world.ids())
    expect(phone.page.locator("#count")).to_contain_text("1 refused: mend it")
    assert phone.left() == [refused]
    phone.holds_true()


def test_nothing_that_is_kept_can_be_read_on_the_disk(phone, network):
    network.is_refusing_batches = True
    phone.page.get_by_role("link", name="Arrest", exact=True).click()
    phone.page.locator(".chip").first.click()
    phone.page.get_by_label("Custody reference").fill("06CD/9999/26")
    phone.press_save()

    kept = phone.page.evaluate(DUMP)

    network.is_refusing_batches = False
    assert "ops-phone" in kept
    assert not any(word in kept for word in ("06CD/9999/26", "arrest", "Lantern", "Cheetham"))
    phone.sends_all()


SET_CLOCK = """hours => {
  const Real = Date;
  window.Date = class extends Real {
    constructor(...asked) {
      super(...(asked.length ? asked : [Real.now() + hours * 3600 * 1000]));
    }
    static now() { return Real.now() + hours * 3600 * 1000; }
  };
}"""
# Sends a batch as another device of the same person would.
SEND = """async body => {
  const {csrf_token} = await (await fetch('/phone/session')).json();
  const headers = {'Content-Type': 'application/json', 'X-CSRF-Token': csrf_token};
  const reply = await fetch('/api/v1/results/batch', {method: 'POST', headers, body});
  return (await reply.json()).items.map(({outcome}) => outcome);
}"""
# Writes out all that this origin stores, as far as a script can read it.
DUMP = """async () => {
  const text = [];
  const bytes = buffer => new TextDecoder('latin1').decode(buffer);
  const walk = (key, value) => value instanceof ArrayBuffer ? bytes(value)
    : ArrayBuffer.isView(value) ? bytes(value.buffer) : value;
  for (const {name} of await indexedDB.databases()) {
    const db = await new Promise(done => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => done(asked.result);
    });
    for (const store of db.objectStoreNames) {
      const all = await new Promise(done => {
        const asked = db.transaction(store).objectStore(store).getAll();
        asked.onsuccess = () => done(asked.result);
      });
      text.push(name, store, JSON.stringify(all, walk));
    }
    db.close();
  }
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) {
      text.push(request.url);
      if (request.url.endsWith('/phone')) text.push(await (await caches.match(request)).text());
    }
  }
  return text.concat(JSON.stringify(localStorage), JSON.stringify(sessionStorage)).join('\\n');
}"""
