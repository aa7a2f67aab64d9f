"""Finds what a browser would forgive in a page: tags left open, ids twice, dead references."""

import html.parser

VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
)
# A browser ends a paragraph where one of these begins.
BLOCKS = frozenset(
    {"details", "div", "dl", "fieldset", "form", "h1", "h2", "h3", "main", "nav", "ol", "p"}
    | {"section", "table", "ul"}
)
# Attributes that name the id of another element.
REFERENCES = {"for", "aria-controls", "aria-describedby", "aria-labelledby"}


class _Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.faults, self.ids, self.references = [], [], [], []

    def handle_starttag(self, tag, attrs):
        names = [name for name, _value in attrs]
        if len(names) != len(set(names)):
            self._fault(f"<{tag}> has an attribute twice")
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"])
        for name in REFERENCES & given.keys():
            self.references += (given[name] or "").split()
        if (given.get("href") or "").startswith("#"):
            self.references.append(given["href"][1:])
        if "style" in given or any(name.startswith("on") for name in names):
            self._fault(f"<{tag}> has a style or script of its own, which the policy forbids")
        if tag in BLOCKS and "p" in self.open:
            self._fault(f"<{tag}> stands in a <p>")
        if tag == "form" and "form" in self.open:
            self._fault("a <form> stands in another")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self._fault(f"</{tag}> closes {self.open[-1] if self.open else 'nothing'}")
        else:
            self.open.pop()

    def _fault(self, text):
        self.faults.append(f"line {self.getpos()[0]}: {text}")


def faults(page):
    """List what is wrong with the HTML of a page."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    twice = {each for each in reader.ids if reader.ids.count(each) > 1}
    dead = {each for each in reader.references if each and each not in reader.ids}
    return (
        reader.faults
        + [f"<{tag}> is left open" for tag in reader.open]
        + [f"id {each} is there twice" for each in sorted(twice)]
        + [f"there is no id {each}" for each in sorted(dead)]
    )
