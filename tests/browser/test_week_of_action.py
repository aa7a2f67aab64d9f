"""A week of action is planned whole: with the mouse, by keyboard alone, and on a phone.

Three areas, four teams, ten deployments, and a team on each.
"""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser

TEAMS = {
    "Team North": "Officer Example",
    "Team East": "Lead Example",
    "Team South": "Admin Example",
    "Team West": "Analyst Example",
}
AREAS = {"Strangeways": -2.26, "Harpurhey": -2.22, "Ancoats": -2.2}
DEPLOYMENTS = 10


class Mouse:
    """Points and clicks, and types what has to be typed."""

    def __init__(self, page):
        self.page = page

    def press(self, target):
        target.click()

    def write(self, target, text):
        target.fill(text)

    def choose(self, target, option):
        target.select_option(option)

    def tick(self, target):
        self.press(target)

    def moment(self, target, moment):
        target.fill(f"{moment:%Y-%m-%dT%H:%M}")

    def open(self, link):
        self.press(link)

    def outline(self, west):
        """Draw a square, each a little further on."""
        self.press(self.page.get_by_role("button", name="Draw an outline"))
        around = self.page.locator(".app-map")
        around.scroll_into_view_if_needed()
        box = around.bounding_box()
        shift = (west + 2.26) * 1000
        for x, y in ((60, 60), (150, 60), (150, 150), (60, 150)):
            self.at(box["x"] + x + shift, box["y"] + y)
        self.press(self.page.get_by_role("button", name="Finish"))

    def at(self, x, y):
        self.page.mouse.click(x, y)


class Finger(Mouse):
    """Taps."""

    def press(self, target):
        target.tap()

    def at(self, x, y):
        self.page.touchscreen.tap(x, y)


class Keys(Mouse):
    """Reaches everything with the Tab key, and types; never points."""

    def reach(self, target):
        """Go to something by Tab, as far round the page as it takes."""
        element = target.element_handle()
        for _ in range(150):
            if element.evaluate("e => e === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError("The Tab key does not lead there.")

    def press(self, target):
        self.reach(target)
        self.page.keyboard.press("Enter")

    def tick(self, target):
        self.reach(target)
        self.page.keyboard.press("Space")
        expect(target).to_be_checked()

    def write(self, target, text):
        self.reach(target)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def choose(self, target, option):
        self.reach(target)
        self.page.keyboard.type(option)
        expect(target.locator("option:checked")).to_have_text(option)

    def moment(self, target, moment):
        self.reach(target)
        # The field's parts stand in the order of the browser's own language.
        self.page.keyboard.type(f"{moment:%m%d%Y}")
        self.page.keyboard.press("ArrowRight")
        self.page.keyboard.type(f"{moment:%I%M%p}")
        expect(target).to_have_value(f"{moment:%Y-%m-%dT%H:%M}")

    def outline(self, west):
        corners = f"{west}, 53.49\n{west + 0.01}, 53.49\n{west + 0.01}, 53.496\n{west}, 53.496"
        field = self.page.get_by_label("Corners", exact=True)
        if not field.is_visible():
            self.press(self.page.locator("summary", has_text="Coordinates or GeoJSON"))
        self.write(field, corners)
        self.press(self.page.get_by_role("button", name="Use these coordinates"))


HANDS = {
    "mouse": (Mouse, {}, dt.datetime(2027, 2, 1, tzinfo=dt.UTC)),
    "keyboard": (Keys, {}, dt.datetime(2027, 2, 8, tzinfo=dt.UTC)),
    "phone": (
        Finger,
        {"viewport": PHONE, "has_touch": True},
        dt.datetime(2027, 2, 15, tzinfo=dt.UTC),
    ),
}


@pytest.mark.parametrize("way", HANDS)
def test_a_week_of_action_is_planned(open_as, way):
    hand_of, options, monday = HANDS[way]
    page = open_as(**options)
    hand = hand_of(page)
    page.goto("/operations/new")

    here = start(page, hand, f"Week by {way}", monday)
    for name, person in TEAMS.items():
        add_team(page, hand, here, name, person)
    page.goto(f"{here}/map")
    hand.open(page.get_by_role("button", name="Draw an area"))
    for number, (name, west) in enumerate(AREAS.items()):
        draw(page, hand, name, west, is_last=number == len(AREAS) - 1)
    for number in range(DEPLOYMENTS):
        deploy(page, hand, here, monday, number)

    page.goto(here)
    expect(page.locator(".app-records").get_by_role("link", name="Address")).to_have_count(
        DEPLOYMENTS
    )
    for name in TEAMS:
        expect(page.get_by_text(re.compile(f"1 person: {name}")).first).to_be_visible()
    page.goto(f"{here}/map")
    for name in AREAS:
        expect(page.locator(".app-map-list")).to_contain_text(name)


def start(page, hand, name, monday):
    """Begin the plan, and give its address."""
    hand.tick(page.get_by_label("Week of action"))
    hand.write(page.get_by_label("Name", exact=True), name)
    hand.moment(page.get_by_label("Starts"), monday)
    hand.moment(page.get_by_label("Ends"), monday + dt.timedelta(days=7))
    hand.press(page.get_by_role("button", name="Save and go on"))
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    return page.url.partition("?")[0]


def add_team(page, hand, here, name, person):
    page.goto(here)
    hand.open(page.get_by_role("link", name="Add a team"))
    hand.write(page.get_by_label("Name of the team"), name)
    hand.tick(page.get_by_label(person))
    hand.press(page.get_by_role("button", name="Save the team"))
    expect(page.get_by_text(name, exact=True).first).to_be_visible()


def draw(page, hand, name, west, *, is_last):
    hand.outline(west)
    hand.write(page.get_by_label("Name", exact=True), name)
    if is_last:
        hand.press(page.get_by_role("button", name="Save 3 areas"))
        expect(page.locator("[data-part=status]")).to_have_text(f"Saved: {', '.join(AREAS)}.")
    else:
        hand.press(page.get_by_role("button", name="Draw another area"))


def deploy(page, hand, here, monday, number):
    """Send a team through a door: two a day, in one of the areas, each team in its turn."""
    at = monday + dt.timedelta(days=number // 2, hours=6 + 4 * (number % 2))
    page.goto(here)
    hand.open(page.get_by_role("link", name="Add a deployment"))
    hand.write(page.get_by_label("Name", exact=True), f"Address {number + 1}")
    hand.choose(page.get_by_label("Kind"), "Warrant")
    hand.moment(page.get_by_label("Starts"), at)
    hand.moment(page.get_by_label("Ends"), at + dt.timedelta(hours=2))
    hand.choose(page.get_by_label("Area", exact=True), list(AREAS)[number % len(AREAS)])
    hand.press(page.get_by_role("button", name="Add the deployment"))
    team = page.get_by_label("Team", exact=True)
    hand.choose(team, list(TEAMS)[number % len(TEAMS)])
    hand.press(page.get_by_role("button", name="Put them on it"))
    expect(page.locator("#people ~ .app-records").first).to_contain_text("Example")
