"""The phone's page in one hand: how many taps, how large, what it says, and without a signal."""

import io
import re
import struct
import urllib.request
import zlib

import pytest
from PIL import ExifTags, Image
from playwright.sync_api import expect

from tests.browser.conftest import watch
from tests.faults.conftest import OPTIONS, opened, until
from tests.faults.phone import Phone

pytestmark = pytest.mark.browser

HERE = {"longitude": -2.24, "latitude": 53.485, "accuracy": 12}


@pytest.fixture
def phone_at_the_place(phone_of, network, world):
    """Give a phone at the place; the test fails on any fault that its page reports."""
    faults = []

    def make(name="first", **elsewhere):
        page = phone_of(name, geolocation=HERE | elsewhere, permissions=["geolocation"])
        watch(page, network.url, faults)
        return Phone(page, world)

    yield make
    # The browser itself says so of each request that finds no network.
    assert [each for each in faults if "net::ERR_" not in each] == []


@pytest.fixture
def phone(phone_at_the_place):
    return phone_at_the_place()


def tap(page, *names):
    """Tap what is called so, one after another."""
    for name in names:
        pressed = page.locator("main").locator("a, button, label.chip, summary")
        pressed.filter(has_text=re.compile(f"^{name}$"), visible=True).first.tap()
    return len(names)


def detail(world, table, result):
    statement = f"select * from {table} where result_id = :id"  # noqa: S608 - a name of ours
    return world.run(statement, id=result).mappings().one()


def test_an_arrest_takes_two_taps_and_its_two_facets(phone, world):
    taps = tap(phone.page, "Arrest", "Supply of class A drugs", "18 to 24")
    saved = phone.press_save()

    phone.sends_all()
    found = detail(world, "arrest", saved)
    assert taps + 1 == 4
    assert (found["reason"], found["age_band"]) == ("supply_class_a", "18-24")
    result = world.run("select * from result where id = :id", id=saved).mappings().one()
    assert str(result["deployment_id"]) == world.deployment
    assert result["accuracy_m"] == 12


def test_a_warrant_with_nothing_found_takes_three_taps(phone, world):
    taps = tap(phone.page, "Warrant", "Nothing found")
    saved = phone.press_save()

    phone.sends_all()
    found = detail(world, "warrant", saved)
    assert taps + 1 == 3
    assert (found["power"], found["outcome_codes"]) == ("mda_23", ["nil"])


def test_cash_takes_three_taps_and_its_amount_and_a_doubtful_comma_is_asked_about(phone, world):
    taps = tap(phone.page, "Seizure", "Cash")
    amount = phone.page.get_by_label("How much")
    amount.fill("1250,50")
    phone.page.get_by_role("button", name="Save", exact=True).tap()
    expect(phone.page.get_by_role("alert")).to_contain_text("Did you mean 1250.50 or 125050?")
    assert amount.input_value() == "1250,50"

    amount.fill("£1,250.50")
    phone.page.get_by_text("When, where, note").tap()
    # By a finger in the middle of the one area, and not where the phone is.
    phone.page.locator("svg.map").tap()
    expect(phone.page.locator(".place")).to_have_text("The place on the map. Inside Cheetham Hill.")
    saved = phone.press_save()

    phone.sends_all()
    assert taps + 1 == 3
    assert str(detail(world, "seizure", saved)["quantity"]).startswith("1250.50")
    where = "select st_x(point), st_y(point) from result where id = :id"
    assert tuple(world.run(where, id=saved).one()) == pytest.approx((-2.2425, 53.485), abs=1e-3)


def test_what_an_officer_is_on_goes_by_time_and_place_and_stays_as_they_choose(
    phone_at_the_place, world
):
    phone = phone_at_the_place("third", longitude=-2.2206)
    page = phone.page
    here = page.get_by_label("What you are on").first
    expect(here).to_contain_text("Patrol at Test Lane")
    expect(here).to_contain_text("Now, 40 m from here; not yours.")
    tap(page, "Warrant")
    expect(
        page.get_by_text("For Patrol at Test Lane · Operation Lantern · 3 Test Lane")
    ).to_be_visible()

    # Nothing changes under their thumb, but what they change themselves.
    page.context.set_geolocation(HERE)
    expect(page.locator(".place")).to_contain_text("Inside Cheetham Hill.")
    page.get_by_text("For Patrol at Test Lane").tap()
    page.get_by_label("What you are on").select_option(world.deployment)
    told = "For Warrant at Test Street · Operation Lantern · Team North · Cheetham Hill"
    expect(page.get_by_text(told)).to_be_visible()
    tap(page, "Nothing found")
    saved = phone.press_save()

    expect(here).to_contain_text("You chose this.")
    phone.sends_all()
    assert detail(world, "warrant", saved)["power"] == "mda_23"
    result = world.run("select * from result where id = :id", id=saved).mappings().one()
    assert (str(result["deployment_id"]), result["note"]) == (world.deployment, None)
    opened(page)
    expect(here).to_contain_text("Warrant at Test Street")
    tap(page, "Change what I am on")
    here.get_by_label("What you are on").select_option("No deployment")
    expect(here.locator(".here-name")).to_have_text("Operation Lantern")
    expect(page.get_by_role("button", name="Nothing to report")).to_have_count(0)


def test_what_was_saved_can_be_taken_back_for_some_seconds(phone, world):
    saved = phone.log()

    phone.page.get_by_role("button", name="Undo").tap()

    expect(phone.page.get_by_text("taken back")).to_be_visible()
    assert phone.left() == []
    assert saved not in world.ids()


def test_a_shift_without_a_signal(phone_at_the_place, network, world):
    """Start, read the briefing and confirm it, go on, check in, report nothing: all in a cellar."""
    world.begin_anew(world.other)
    before = {each: len(world.run(each).all()) for each in OF_A_SHIFT}
    phone = phone_at_the_place("second")
    page = phone.page
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    network.go_down()
    phone.page = page = opened(page)

    tap(page, "Briefing: not read yet")
    expect(page.get_by_role("heading", name="Intention")).to_be_visible()
    page.get_by_role("button", name="I have read this").tap()
    expect(page.get_by_text("You have said that you read this version.")).to_be_visible()
    tap(page, "Back")
    expect(page.get_by_role("link", name="Briefing", exact=True)).to_be_visible()
    page.locator("button.step", has_text="Acknowledged").evaluate(TAP_TWICE)
    expect(page.get_by_role("button", name="On the way").first).to_be_visible()
    tap(page, "Check in")
    expect(page.locator("#count")).to_contain_text("3 waiting")
    nothing = page.get_by_role("button", name="Nothing to report")
    nothing.evaluate("nothing => { nothing.click(); nothing.click(); }")
    expect(page.locator("#count")).to_contain_text("4 waiting")
    tap(page, "Assistance")
    expect(page.get_by_text("does not replace the radio or 999")).to_be_visible()
    expect(page.locator(".place")).to_have_text("Your place is known to within 12 metres.")
    mark = page.get_by_role("button", name="Mark that I need assistance")
    mark.evaluate("mark => { mark.click(); mark.click(); }")
    expect(page.locator("#count")).to_contain_text("5 waiting")
    page.get_by_label("Check-in timer").select_option("Every 30 minutes")
    expect(page.locator("#count")).to_contain_text("6 waiting")
    expect(page.locator("main")).to_contain_text("Only this phone knows until there is a signal.")

    network.come_up()
    phone.sends_all()

    for statement, count in before.items():
        assert len(world.run(statement).all()) == count + 1, statement
    expect(page.locator("#count")).to_contain_text("6 sent")
    tap(page, "Back")
    expect(page.locator("main")).to_contain_text("The control board knows.")


# Takes a step, and taps once more as soon as the next one is in its place.
TAP_TWICE = """step => new Promise(done => {
  new MutationObserver((_, seen) => {
    const next = document.querySelector('button.step');
    if (next === step) return;
    seen.disconnect();
    next.click();
    done();
  }).observe(document.querySelector('main'), {childList: true});
  step.click();
})"""
OF_A_SHIFT = (
    "select 1 from briefing_reading",
    "select 1 from deployment_step where status = 'acknowledged'",
    "select 1 from check_in where not needs_assistance",
    "select 1 from check_in where needs_assistance and point is not null",
    "select 1 from nil_return where reason = 'nobody_there'",
    "select 1 from welfare_timer where every_minutes = 30",
)


def test_where_the_phone_is_is_told_while_the_officer_types(phone):
    page = phone.page
    tap(page, "Arrest")
    place = page.locator(".place")

    expect(place).to_have_text("Your place is known to within 12 metres. Inside Cheetham Hill.")
    page.context.set_geolocation(HERE | {"longitude": -2.2})
    page.context.set_geolocation(HERE | {"longitude": -2.2, "accuracy": 10})
    expect(place).to_contain_text("Outside the operation’s areas. It counts all the same.")
    page.context.set_geolocation(HERE | {"longitude": -2.2351, "accuracy": 9})
    expect(place).to_contain_text("Can’t tell whether inside or outside Cheetham Hill.")


def test_a_photo_is_shrunk_and_stripped_and_known_by_its_hash(phone, world):
    tap(phone.page, "Arrest", "Supply of class A drugs")
    chooser = phone.page.get_by_label("Photo", exact=True)
    for name, content, said in (
        ("a.jpg", b"%PDF-1.7", "This is no photo that this phone can read"),
        ("a.mp4", b"\0\0\0\x18ftypmp42", "This is a video"),
    ):
        kind = "video/mp4" if name.endswith("mp4") else "image/jpeg"
        chooser.set_input_files({"name": name, "mimeType": kind, "buffer": content})
        expect(phone.page.locator(".wrong[role=alert]")).to_contain_text(said)
    ready = phone.page.get_by_role("img", name="The photo as it is sent")
    big = {"name": "a.png", "mimeType": "image/png", "buffer": png(3_000, 2_000)}
    chooser.set_input_files(big)
    expect(ready).to_have_count(1)
    phone.page.get_by_role("button", name="Turn").tap()
    held = {"name": "b.jpg", "mimeType": "image/jpeg", "buffer": on_its_side(3_000, 2_000)}
    chooser.set_input_files(held)
    expect(ready).to_have_count(2)
    saved = phone.press_save()

    phone.sends_all()

    hashes = "select sha256 from attachment where result_id = :id"
    until(lambda: len(world.run(hashes, id=saved).all()) == 2)
    light = []
    for found in world.run(hashes, id=saved):
        kept = phone.page.request.get(f"/api/v1/attachments/{found.sha256.hex()}").body()
        picture = Image.open(io.BytesIO(kept))
        assert (picture.format, picture.size) == ("JPEG", (1_067, 1_600))
        assert dict(picture.getexif()) == {}
        assert b"SECRET PLACE" not in kept
        grey = picture.convert("L")
        light.append([grey.getpixel((500, y)) > 128 for y in (200, 1_400)])
    # The left of what the camera wrote is at the top, as it was held.
    assert sorted(light) == [[False, False], [True, False]]
    # Delivered, it is nowhere on the phone any more; what everybody gets is all that is cached.
    kept = phone.page.evaluate(KEPT)
    assert kept["items"] == []
    assert not [name for name in kept["names"] if name.startswith(("photo ", "here "))]
    assert kept["names"]
    cached = re.compile("/(phone|phone[.]webmanifest|static/build/[^/]+)")
    assert all(cached.fullmatch(path) for path in kept["cached"])
    assert "Lantern" not in kept["page"]
    assert "/phone" in kept["cached"]


# What is in the stores of everybody who used this phone, and what is in its caches.
KEPT = """async () => {
  await navigator.serviceWorker.ready;
  const found = {items: [], names: [], cached: []};
  for (const {name} of await indexedDB.databases()) {
    if (!name.startsWith('ops-phone-')) continue;
    const asked = indexedDB.open(name);
    const db = await new Promise(done => { asked.onsuccess = () => done(asked.result); });
    const keys = store => new Promise(done => {
      const asked = db.transaction(store).objectStore(store).getAllKeys();
      asked.onsuccess = () => done(asked.result);
    });
    found.items.push(...await keys('items'));
    found.names.push(...await keys('kept'));
    db.close();
  }
  for (const name of await caches.keys()) {
    const requests = await (await caches.open(name)).keys();
    found.cached.push(...requests.map(({url}) => new URL(url).pathname));
  }
  return {...found, page: await (await caches.match('/phone')).text()};
}"""


def png(width, height, row=None):
    """Make a grey picture of one row, with a text in it, as a camera writes its place."""

    def chunk(name, content):
        body = name + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    made = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    made.seek(0, io.SEEK_END)
    made.write(chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)))
    made.write(chunk(b"tEXt", b"Comment\0SECRET PLACE"))
    made.write(chunk(b"IDAT", zlib.compress((b"\0" + (row or bytes(width))) * height)))
    made.write(chunk(b"IEND", b""))
    return made.getvalue()


def on_its_side(width, height):
    """Make a picture, white on its left, that notes where it was taken, and to be turned right."""
    picture = Image.new("L", (width, height))
    picture.paste(255, (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.IFD.GPSInfo] = {ExifTags.GPS.GPSLatitude: (53.0, 29.0, 6.0)}
    exif[ExifTags.Base.ImageDescription] = "SECRET PLACE"
    made = io.BytesIO()
    picture.save(made, "JPEG", exif=exif)
    return made.getvalue()


def test_the_page_can_be_installed(own_phone):
    page = own_phone().page
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    errors = page.context.new_cdp_session(page).send("Page.getInstallabilityErrors")

    assert errors["installabilityErrors"] == []


def test_a_shift_of_whoever_signed_in_meanwhile_is_not_taken(browser, network, world):
    other = world.cookie("second", network.url)
    context = browser.new_context(base_url=network.url, **OPTIONS)
    context.add_cookies([world.cookie("first", network.url)])
    page = context.new_page()

    def answer(route):
        asked = urllib.request.Request(  # noqa: S310 - our own server
            route.request.url, headers={"Cookie": f"{other['name']}={other['value']}"}
        )
        with urllib.request.urlopen(asked) as reply:  # noqa: S310 - our own server
            route.fulfill(body=reply.read(), content_type="application/json")

    page.route("**/api/v1/bundle", answer)
    page.goto("/phone")
    page.locator("html[data-ready]").wait_for()
    expect(page.get_by_text("Your shift has not arrived on this phone yet.")).to_be_visible()
    page.unroute("**/api/v1/bundle")
    opened(page)
    context.close()
