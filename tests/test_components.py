"""The macros of GOV.UK's components give the very HTML that GOV.UK Frontend's own give.

The two come as separate packages: this tells when an upgrade of the one has left the other behind.
"""

import html.parser
import json
import re

import jinja2
import pytest

from tests.conftest import ROOT

COMPONENTS = ROOT / "node_modules/govuk-frontend/dist/govuk/components"
USED = sorted(
    {
        name
        for template in ROOT.glob("ops/**/templates/**/*.html")
        for name in re.findall(r"govuk_frontend_jinja/components/([a-z-]+)/", template.read_text())
    }
)


class _Reader(html.parser.HTMLParser):
    """Reads HTML as a browser would see it: white space between tags says nothing."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, sorted((name, " ".join((v or "").split())) for name, v in attrs)))

    def handle_endtag(self, tag):
        self.seen.append(f"/{tag}")

    def handle_data(self, data):
        if text := " ".join(data.split()):
            self.seen.append(text)


def _read(text):
    reader = _Reader()
    reader.feed(text)
    return reader.seen


@pytest.fixture(scope="module")
def environment():
    """Macros as the app has them."""
    loader = jinja2.PackageLoader("govuk_frontend_jinja")
    prefixed = jinja2.PrefixLoader({"govuk_frontend_jinja": loader})
    return jinja2.Environment(
        loader=prefixed, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )


@pytest.mark.parametrize("name", USED)
def test_a_component_gives_the_html_of_its_fixtures(environment, name):
    macro = "govuk" + "".join(word.capitalize() for word in name.split("-"))
    template = environment.from_string(
        f'{{% from "govuk_frontend_jinja/components/{name}/macro.html" import {macro} %}}'
        f"{{{{ {macro}(options) }}}}"
    )
    fixtures = json.loads((COMPONENTS / name / "fixtures.json").read_text())["fixtures"]

    differing = [
        fixture["name"]
        for fixture in fixtures
        if _read(template.render(options=fixture["options"])) != _read(fixture["html"])
    ]

    assert fixtures
    assert differing == []


def test_every_component_that_is_used_is_looked_at():
    assert len(USED) > 10
