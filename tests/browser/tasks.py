"""Reads a page of tasks and does what it says, so that no page tells of what is not there.

In a page, **bold** is what stands on the screen: it is looked for, and pressed, ticked, written
into or chosen from, as it is. `Code` is what is written into the field before it. “Quoted” is what
the screen says once the step is done. A picture is of the screen after the step before it.
"""

import dataclasses
import re

from playwright.sync_api import Error, expect

from tests.conftest import ROOT

FOLDER = ROOT / "docs" / "tasks"
PATIENCE_MS = 30_000
# What stands in a step and means something.
_MARKS = (r"\*\*(.+?)\*\*", r"`(.+?)`", r"“(.+?)”")
_PICTURE = re.compile(r"!\[.+\]\(pictures/(.+)\.png\)")
# What says that the names at the top of every page are meant, and not those below them.
BAR = "In the bar at the top"
_TICKED = {"checkbox", "radio"}
_WEEKDAY = "(Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
# What differs from day to day: moments, lengths of time, and what is made by chance.
_VARIES = (
    (
        rf"\b({_WEEKDAY}[a-z]* )?\d{{1,2}} {_MONTH}[a-z]*( \d{{4}})?\b",
        "WHEN",
    ),
    (r"\b\d{1,2}:\d{2}(:\d{2})?\b", "WHEN"),
    (r"WHEN((,| to| at)? WHEN)+", "WHEN"),
    (r"\b\d+ (second|minute|hour|day)s?\b", "SOME TIME"),
    (r"\b[A-Z]{2,3}-[0-9A-Z]{4,6}(-[0-9A-Z]{4})?\b", "REFERENCE"),
)


@dataclasses.dataclass
class Step:
    """One numbered line of a task, and the pictures below it."""

    text: str
    pictures: list[str]


def tasks(role):
    """Read the page of a role: the steps of each task, by its name."""
    found: dict[str, list[Step]] = {}
    for line in (FOLDER / f"{role}.md").read_text().splitlines():
        if line.startswith("## "):
            steps = found.setdefault(line[3:], [])
        elif re.match(r"\d+\. ", line):
            steps.append(Step(line.partition(" ")[2], []))
        elif picture := _PICTURE.fullmatch(line.strip()):
            steps[-1].pictures.append(picture[1])
    return found


class Walk:
    """Somebody before a screen, who does as they read."""

    def __init__(self, page, camera, values=None, by_hand=None):
        self.page, self.camera = page, camera
        # What is written where the page leaves it open, by the field.
        self.values = values or {}
        # What has no name on the screen, by the words that ask for it.
        self.by_hand = by_hand or {}
        words = "|".join(re.escape(each) for each in self.by_hand) or "$^"
        self.marks = re.compile("|".join((*_MARKS, f"({words})")))

    def do(self, steps):
        """Do one step after another."""
        for step in steps:
            try:
                self._do(step)
            except (AssertionError, Error) as error:
                error.add_note(f"The page of tasks says: {step.text}")
                raise
            for name in step.pictures:
                self.camera.take(self.page, name)

    def _do(self, step):
        field = None
        for label, text, said, words in self.marks.findall(step.text):
            if words:
                self.by_hand[words](self.page)
            elif text:
                field.fill(text)
            elif said:
                expect(self._saying(said)).to_be_visible(timeout=PATIENCE_MS)
            elif field is not None and self._choose(field, label):
                field = None
            else:
                field = self._press(label, BAR in step.text)

    def _saying(self, text):
        return self.page.get_by_text(text).filter(visible=True).first

    def _choose(self, field, option):
        if field.evaluate("e => e.tagName") != "SELECT":
            return False
        field.select_option(label=option)
        return True

    def _press(self, label, in_bar):
        """Find what is called so, do what is done with it, and give it where more may follow."""
        target = self._find(label, ".govuk-service-navigation" if in_bar else "main")
        tag, type_ = target.evaluate("e => [e.tagName, e.type]")
        if tag == "SELECT":
            return target
        if tag == "TEXTAREA" or (tag == "INPUT" and type_ not in _TICKED):
            if label in self.values:
                target.fill(self.values[label])
            return target
        if tag == "INPUT":
            target.check()
        elif tag in {"A", "BUTTON", "SUMMARY", "LABEL"}:
            target.click()
        elif re.match(r"H\d", tag):
            target.evaluate("e => e.scrollIntoView()")
        return None

    def _find(self, label, first):
        """Look in one part of the page first, and for what can be pressed before what is read."""
        ways = [self._ways(each, label) for each in (self.page.locator(first), self.page)]
        several = [way for pair in zip(*ways, strict=True) for way in pair]
        anything = several[0]
        for way in several[1:]:
            anything = anything.or_(way)
        expect(anything.filter(visible=True).first, label).to_be_visible(timeout=PATIENCE_MS)
        found = (way.filter(visible=True).first for way in several)
        return next(each for each in found if each.count())

    def _ways(self, where, label):
        named = {"name": label, "exact": True}
        shown = re.compile(rf"^\s*{re.escape(label)}\s*$")
        return (
            where.get_by_role("button", **named),
            where.get_by_role("link", **named),
            where.locator("input, select, textarea").and_(where.get_by_label(label, exact=True)),
            where.locator("a, button, summary, label").filter(has_text=shown),
            where.get_by_text(label, exact=True),
        )


# What can be chosen, but is not, is a matter of lists and not of the screen.
_TELL = """
() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('select { display: none !important }');
  document.adoptedStyleSheets = [sheet];
  const text = document.querySelector('main').innerText;
  document.adoptedStyleSheets = [];
  return text;
}
"""


def told(page):
    """Give what a screen says, without what differs from day to day."""
    text = page.evaluate(_TELL)
    for pattern, word in _VARIES:
        text = re.sub(pattern, word, text)
    return "".join(f"{line.strip()}\n" for line in text.splitlines() if line.strip())
