"""A phone in an officer's hand: what they do with it, what they see, and what must be so after."""

from playwright.sync_api import expect

from tests.browser.seed import PASSWORD

PATIENCE_MS = 30_000
# What a browser tells its pages when it finds a network.
ONLINE = "dispatchEvent(new Event('online'))"
# Kept by the page before anything else runs: the databases that it opens.
HOLD_STORES = """
window.openStores = [];
const open = IDBFactory.prototype.open;
IDBFactory.prototype.open = function (...asked) {
  const request = open.apply(this, asked);
  request.addEventListener('success', () => window.openStores.push(request.result));
  return request;
};
"""


class Phone:
    """One tab, and the ids of all that its officer saw as saved, also in the tab beside it."""

    def __init__(self, page, world, beside=None):
        self.page, self.world = page, world
        self.before = beside.before if beside else set(world.ids())
        self.saved = beside.saved if beside else []
        # What this tab said last; another may have said something since.
        self.last = ""

    def log(self, photo=None):
        """Log an arrest by its buttons; give its id, once the page says that it is saved."""
        self._go("")
        self.page.get_by_role("link", name="Arrest", exact=True).click()
        self.page.locator(".chip").first.click()
        if photo:
            self.page.get_by_label("Photo", exact=True).set_input_files(photo)
            ready = self.page.get_by_role("img", name="The photo as it is sent")
            ready.wait_for(timeout=PATIENCE_MS)
        return self.press_save()

    def ask(self):
        """Mark that assistance is needed; give its id, once the page says that it is saved."""
        self._go("assistance")
        self.page.get_by_role("button", name="Mark that I need assistance").click()
        return self._said()

    def step(self):
        """Take the step that follows, where one does."""
        self._go("")
        if self.page.locator("button.step").is_visible():
            self.page.locator("button.step").click()
            self._said()

    def press(self, name):
        """Press what saves by one tap."""
        self._go("")
        self.page.get_by_role("button", name=name, exact=True).click()
        return self._said()

    def check_in_every(self, minutes):
        """Set the check-in timer, and wait until it is kept."""
        self._go("")
        self.page.get_by_label("Check-in timer").select_option(str(minutes))
        chosen = self.page.locator(f"#welfare option[value='{minutes}'][selected]")
        chosen.wait_for(state="attached", timeout=PATIENCE_MS)

    def be_on(self, deployment):
        """Choose what the officer is on."""
        self._go(f"deployment/{deployment}")
        self.page.get_by_role("button", name="I am on this").click()
        self.page.locator("main[data-view='']").wait_for(timeout=PATIENCE_MS)

    def report_nothing(self):
        """Say so of the deployment that has no results."""
        self.be_on(self.world.other)
        self.press("Nothing to report")
        self.be_on(self.world.deployment)

    def read_briefing(self):
        self._go("briefing")
        self.page.get_by_role("button", name="I have read this").click()
        said = self.page.get_by_text("You have said that you read this version.")
        said.wait_for(timeout=PATIENCE_MS)

    def press_save(self):
        self.page.get_by_role("button", name="Save", exact=True).click()
        return self._said()

    def _said(self):
        said = self.page.locator(f"[data-saved]:not([data-saved='{self.last}'])")
        self.last = said.get_attribute("data-saved", timeout=PATIENCE_MS)
        self.saved.append(self.last)
        self.came_back()
        return self.last

    def came_back(self):
        """Wait for the page to leave the form: who goes elsewhere sooner is brought back to it."""
        elsewhere = self.page.locator("main:not([data-view^='log/'], [data-view='assistance'])")
        elsewhere.wait_for(timeout=PATIENCE_MS)

    def send(self):
        """Ask it to send now, without the seconds in which a record can be taken back."""
        self._go("kept")
        # Not by the mouse: it goes away as soon as all is sent.
        button = self.page.get_by_role("button", name="Try to send now")
        button.evaluate_all("found => found.forEach(each => each.click())")

    def sends_all(self):
        """Wait until nothing waits, asking again now and then as an officer would."""
        for _ in range(10):
            self.send()
            try:
                nothing = self.page.locator("#count", has_text="Nothing is waiting")
                expect(nothing).to_be_visible(timeout=PATIENCE_MS / 10)
            except AssertionError:
                continue
            return
        raise AssertionError(self.page.locator("main").inner_text())

    def left(self):
        """Give the ids of what is still on the phone."""
        self._go("kept")
        lines = self.page.locator("[data-id]")
        return [each.get_attribute("data-id") for each in lines.all()]

    def holds_true(self):
        """Hold it to what it said: each record is there, or still here; and none but these."""
        # First: what is sent between the two is then in both.
        left = self.left()
        there, saved = set(self.world.ids()), set(self.saved)
        assert saved - there - set(left) == set(), "These are lost."
        assert there - self.before - saved == set(), "Nobody saw these as saved."

    def close_stores(self):
        """Close what the page has open, as a browser short of memory does; tell how many."""
        return self.page.evaluate("openStores.splice(0).map(store => store.close()).length")

    def sign_in(self, name="first"):
        self.page.goto("/sign-in?next=/phone")
        self.page.get_by_label("E-mail address").fill(self.world.people[name])
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/phone")
        link = self.page.get_by_role("link", name="Arrest", exact=True)
        link.wait_for(timeout=PATIENCE_MS)

    def _go(self, view):
        # Whoever uses a tab has it in front of them: one that lies behind is given no position.
        self.page.bring_to_front()
        self.page.evaluate("view => { location.hash = view }", view)
        self.page.locator(f"main[data-view='{view}']").wait_for(timeout=PATIENCE_MS)
