"""The pages of tasks lead through the product as it is, and their pictures are of it."""

import datetime as dt
import io
import itertools
import json
import os
import secrets
import subprocess
import sys

import pytest
from PIL import Image
from playwright.sync_api import expect

from ops.demo.people import email_of
from ops.wording import LONDON
from tests import databases
from tests.browser import tasks
from tests.browser.conftest import DESK, PHONE, serving, watch
from tests.conftest import ROOT

pytestmark = pytest.mark.browser

PICTURES = tasks.FOLDER / "pictures"
IS_MAKING = "OPS_PICTURES" in os.environ
# So few that a picture is some tens of kilobytes, and no edge is seen to suffer.
COLOURS = 64
# Where the lead draws the area.
HERE = {"longitude": -2.2458, "latitude": 53.4919, "accuracy": 12}
NOW = dt.datetime.now(LONDON).replace(minute=0, second=0, microsecond=0)
# The pages leave open when. The operation has three days, and what is deployed is under way.
DAYS, HOURS = (
    {"Starts": f"{start:%Y-%m-%dT%H:%M}", "Ends": f"{end:%Y-%m-%dT%H:%M}"}
    for start, end in (
        (NOW.replace(hour=0) - dt.timedelta(days=1), NOW.replace(hour=0) + dt.timedelta(days=2)),
        (NOW - dt.timedelta(hours=1), NOW + dt.timedelta(hours=4)),
    )
)
# Up to here the lead goes before the officer, and from here on after.
SPLIT = "Follow it live"


class Camera:
    """Makes pictures, or holds those there are to what the screen says now."""

    def __init__(self):
        self.taken, self.stale = set(), []

    def take(self, page, name):
        self.taken.add(name)
        picture, text = (PICTURES / f"{name}.{ending}" for ending in ("png", "txt"))
        # What the phone says of the last thing that was saved lies over its page for some seconds.
        expect(page.locator("#said .undo")).to_have_count(0, timeout=tasks.PATIENCE_MS)
        page.mouse.move(0, 0)
        told = tasks.told(page)
        if IS_MAKING:
            shot = Image.open(io.BytesIO(page.screenshot(caret="hide")))
            shot.convert("RGB").quantize(COLOURS).save(picture, optimize=True)
            text.write_text(told)
        # What is sent at once stands in any order.
        elif not picture.exists() or sorted(text.read_text().split("\n")) != sorted(
            told.split("\n")
        ):
            self.stale.append(name)


@pytest.fixture
def demonstration(cluster, tmp_path):
    """The demonstration in a database of its own, served: the address, and who signs in how."""
    with databases.own(cluster, "tasks") as name:
        env = os.environ | {
            "OPS_DATABASE_URL": cluster.url(name),
            "OPS_DEMO": "no",
            "OPS_ATTACHMENTS": str(tmp_path),
            "OPS_SECRET_KEY": secrets.token_hex(32),
        }
        command = [sys.executable, "-m", "tests.browser.programme"]
        filled = subprocess.run(
            command, cwd=ROOT, env=env, check=True, capture_output=True, text=True
        )
        with serving(env) as url:
            yield url, json.loads(filled.stdout)


@pytest.fixture
def sign_in(browser, demonstration):
    """Open a window of somebody who signs in; the test fails on any fault the page reports."""
    url, passwords = demonstration
    faults, contexts = [], []

    def make(role, **options):
        context = browser.new_context(
            **{"base_url": url, "viewport": DESK, "locale": "en-GB"} | options
        )
        contexts.append(context)
        page = context.new_page()
        watch(page, url, faults)
        page.goto("/sign-in")
        page.get_by_label("E-mail address").fill(email_of(role))
        page.get_by_label("Password", exact=True).fill(passwords[email_of(role)])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/operations")
        return page

    yield make
    for context in contexts:
        context.close()
    assert faults == []


def test_each_task_is_done_as_its_page_says_and_looks_as_its_pictures(sign_in):
    camera, found = Camera(), {role: tasks.tasks(role) for role in ("lead", "officer", "analyst")}
    lead = sign_in("lead")

    def approve(_page):
        """Approve it as somebody else, and come back."""
        other = sign_in("admin")
        other.goto(lead.url)
        other.get_by_role("button", name="Approve", exact=True).click()
        expect(other.locator(".govuk-tag").first).to_have_text("Approved")
        lead.reload()

    by_hand = BY_HAND | {"approves it on the same page": approve}

    def walk(page, steps, values=HOURS):
        tasks.Walk(page, camera, values, by_hand).do(itertools.chain(*steps))

    planned, *others = found["lead"].values()
    split = list(found["lead"]).index(SPLIT) - 1
    there = {"viewport": PHONE, "has_touch": True, "geolocation": HERE}
    walk(lead, [planned], DAYS)
    walk(lead, others[:split])
    walk(sign_in("officer", permissions=["geolocation"], **there), found["officer"].values())
    walk(lead, others[split:])
    walk(sign_in("analyst"), found["analyst"].values())

    assert camera.stale == [], "These say something else by now: look at them after `make pictures`"
    kept = {path.stem for path in PICTURES.iterdir()}
    assert kept == camera.taken, "No page has these pictures, or they are missing"


def outline(page):
    """Press the map at four corners."""
    around = page.locator(".app-map")
    around.scroll_into_view_if_needed()
    box = around.bounding_box()
    for x, y in ((0.3, 0.3), (0.6, 0.25), (0.65, 0.7), (0.35, 0.75)):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])


def lose_signal(page):
    """Take the network away once all that was logged before is sent."""
    count = page.locator("a.count")
    count.tap()
    # Not by the finger: it goes away as soon as all is sent.
    send = page.get_by_role("button", name="Try to send now")
    send.evaluate_all("found => found.forEach(each => each.click())")
    expect(count).to_contain_text("Nothing is waiting", timeout=tasks.PATIENCE_MS)
    page.get_by_role("link", name="Back", exact=True).tap()
    page.context.set_offline(True)


def press_figure(page):
    """Press what the board says of arrests."""
    page.get_by_role("row").filter(has_text="Arrests").locator("[data-figure]").first.click()


BY_HAND = {
    "Press its name in the list": lambda page: page.locator(".app-find li button").first.click(),
    "press the map at each corner": outline,
    "press the figure beside it": press_figure,
    "Press a record": lambda page: page.locator(".app-records__name a").first.click(),
    "Tap that line": lambda page: page.locator("a.count").tap(),
    "Without a signal": lose_signal,
    "once there is a signal": lambda page: page.context.set_offline(False),
}
