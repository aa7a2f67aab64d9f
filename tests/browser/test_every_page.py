"""Every page, on phone and desk: axe finds nothing, the HTML is whole, nothing sticks out."""

import os
from pathlib import Path

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.conftest import ROOT
from tests.wellformed import faults

pytestmark = pytest.mark.browser

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
# WCAG 2.2 AA, and what axe thinks good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Swagger numbers its headings as it likes.
UNRULED = {"docs": {"heading-order", "region"}}
# Where to put pictures of the pages, for a person to look at.
SHOTS = os.environ.get("OPS_SHOTS")

PATHS = {
    "access_pages.sign_in": "/sign-in",
    "account_pages.add_passkey": "/account/passkeys/new",
    "account_pages.change_password": "/account/password",
    "account_pages.confirm": "/account/confirm",
    "account_pages.show": "/account",
    "deployment_pages.edit": "/operations/{operation}/deployments/{deployment}",
    "deployment_pages.edit_team": "/operations/{operation}/teams/{team}",
    "deployment_pages.plan": "/operations/{operation}/deployments/new",
    "deployment_pages.plan_team": "/operations/{operation}/teams/new",
    "docs.interactive": "/api/docs",
    "ledger_pages.index": "/access-log",
    "map_pages.show": "/operations/{operation}/map",
    "member_pages.alerts": "/alerts",
    "member_pages.break_glass": "/break-glass",
    "member_pages.members": "/operations/{operation}/members",
    "operations_map.show": "/map",
    "operations_pages.edit": "/operations/{operation}/edit",
    "operations_pages.home": "/",
    "operations_pages.index": "/operations",
    "operations_pages.plan": "/operations/new",
    "operations_pages.show": "/operations/{operation}",
    "outcomes_pages.index": "/outcomes",
    "outcomes_pages.of_operation": "/operations/{operation}/outcomes?by=day",
    "outcomes_pages.published": "/published-sets/week",
    "outcomes_pages.reported": "/reported-figures",
    "outcomes_pages.targets": "/targets",
    "results_pages.choose": "/log",
    "results_pages.correct": "/results/{warrant}/correct",
    "results_pages.index": "/results",
    "results_pages.log": "/operations/{operation}/log",
    "results_pages.of_operation": "/operations/{operation}/results?measure=arrests",
    "results_pages.show": "/results/{line_closure}",
    "retention_pages.index": "/reviews",
    "retention_pages.operation": "/operations/{operation}/review",
    "retention_pages.result": "/results/{to_erase}/review",
    "token_pages.make": "/account/tokens/new",
}
# Steps on the way in, which test_second_factor.py takes and looks at.
STEPS = {
    "access_pages.second_factor",
    "access_pages.set_up",
    "account_pages.add_app",
    "account_pages.change_factor",
}
MORE = {
    "area new": "/operations/{operation}/map?edit=new",
    "area edit": "/operations/{operation}/map?edit={area}",
    "log warrant": "/operations/{operation}/log?kind=warrant",
    "log arrest": "/operations/{operation}/log?kind=arrest",
    "log seizure": "/operations/{operation}/log?kind=seizure",
    "log line closure": "/operations/{operation}/log?kind=line_closure",
    "missing": "/nothing-here",
    "record": "/results/{seizure}",
    "record erased": "/results/{erased}",
    "review held": "/operations/{ended}/review",
}


def test_no_page_is_left_out(app):
    """Hold this list to the pages there are; a download and the health checks are none."""
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and "_pages." in rule.endpoint
    } | {"docs.interactive", "operations_map.show"}

    assert pages - {"map_pages.take_along"} - STEPS == PATHS.keys()


@pytest.mark.parametrize("name", [*PATHS, *MORE])
def test_page_is_whole(open_as, seeded, name):
    page = open_as(viewport=PHONE)
    page.goto((PATHS | MORE)[name].format(**seeded), wait_until="networkidle")
    assert_whole(page, name)


def assert_whole(page, name):
    """Look at the page that is open, at both widths."""
    sent = page.request.get(page.url).text()
    # What is folded away must be as good as what is not.
    page.locator("main details").evaluate_all("folds => folds.forEach(f => { f.open = true })")
    page.evaluate(AXE)

    assert faults(sent) == []
    assert sent.count('class="app-marking"') == 2
    for viewport in (PHONE, DESK):
        page.set_viewport_size(viewport)
        if SHOTS:
            shot = f"{name}-{viewport['width']}.png".replace(" ", "-")
            page.screenshot(path=Path(SHOTS) / shot, full_page=True)
        assert _violations(page, name) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def _violations(page, name):
    """Ask axe; give the rules that are broken, each with the first piece of the page that does."""
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    left_out = UNRULED.get(name.split(".")[0], set())
    return [
        (each["id"], each["nodes"][0]["html"])
        for each in found["violations"]
        if each["id"] not in left_out
    ]
