"""Every page, on phone and desk: axe finds nothing, the HTML is whole, nothing sticks out."""

import os
from pathlib import Path

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.conftest import ROOT
from tests.wellformed import faults

pytestmark = pytest.mark.browser

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
# What is held in sight lies over what scrolls beneath it, which is whole at another scroll.
ASK_AXE = """
rules => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('.save { position: static !important }');
  document.adoptedStyleSheets = [sheet];
  return axe.run(document, {runOnly: rules}).finally(() => { document.adoptedStyleSheets = []; });
}
"""
# WCAG 2.2 AA, and what axe thinks good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Swagger numbers its headings as it likes, and ties no label to its list of servers.
UNRULED = {"docs": {"heading-order", "region", "select-name"}}
# Where to put pictures of the pages, for a person to look at.
SHOTS = os.environ.get("OPS_SHOTS")

PATHS = {
    "access_pages.sign_in": "/sign-in",
    "account_pages.add_passkey": "/account/passkeys/new",
    "account_pages.change_password": "/account/password",
    "account_pages.confirm": "/account/confirm",
    "account_pages.show": "/account",
    "phone_pages.show": "/phone",
    "decision_pages.show": "/operations/{operation}/decisions",
    "action_pages.due": "/actions/due",
    "action_pages.edit": "/operations/{operation}/four-p/{action}",
    "action_pages.index": "/operations/{operation}/four-p",
    "briefing_pages.edit": "/operations/{operation}/briefings/3/edit",
    "briefing_pages.index": "/operations/{operation}/briefings",
    "briefing_pages.readers": "/operations/{operation}/briefings/2/readers",
    "briefing_pages.show": "/operations/{operation}/briefings/2",
    "briefing_pages.waiting": "/briefings",
    "plan_pages.index": "/operations/{operation}/plan",
    "plan_pages.show": "/operations/{operation}/plan/phases",
    "plan_pages.weeks": "/national-weeks",
    "deployment_pages.edit": "/operations/{operation}/deployments/{deployment}",
    "deployment_pages.edit_team": "/operations/{operation}/teams/{team}",
    "progress_pages.overdue": "/deployments/overdue",
    "progress_pages.show": "/operations/{operation}/deployments/{deployment}/progress",
    "progress_pages.choose_move": (
        "/operations/{operation}/deployments/{deployment}/move?assignment={assignment}"
    ),
    "asset_pages.index": "/assets",
    "asset_pages.reserve": "/operations/{operation}/deployments/{deployment}/reservations",
    "skill_pages.index": "/skills",
    "day_pages.show": "/operations/{operation}/board",
    "many_pages.paste": "/operations/{operation}/deployments/list",
    "many_pages.repeat": "/operations/{operation}/deployments/{deployment}/repeat",
    "deployment_pages.plan": "/operations/{operation}/deployments/new",
    "deployment_pages.plan_team": "/operations/{operation}/teams/new",
    "deconfliction_pages.check": "/deconfliction/check",
    "deconfliction_pages.desk": "/deconfliction",
    "deconfliction_pages.index": "/conflicts",
    "deconfliction_pages.rules": "/deconfliction/rules",
    "deconfliction_pages.show": "/deconfliction/{conflict}",
    "doubles_pages.index": "/doubles",
    "doubles_pages.show": "/doubles/{double}",
    "docs.interactive": "/api/docs",
    "evaluation_pages.counts": "/operations/{operation}/evaluation/counts",
    "evaluation_pages.edit": "/operations/{operation}/evaluation/{comparison}",
    "evaluation_pages.plan": "/operations/{operation}/evaluation/new",
    "evaluation_pages.show": "/operations/{operation}/evaluation",
    "help_pages.show": "/help/lead",
    "ledger_pages.index": "/access-log",
    "board_pages.show": "/targets/board?organisation=GMP&year=2026/27",
    "analysis_pages.show": "/boards/map?measure=warrants_executed",
    "view_pages.index": "/boards?address=/targets/board",
    "view_pages.of_operation": "/operations/{operation}/outcomes/board",
    "view_pages.view": "/boards/views/{board_view}",
    "live_pages.board": "/operations/{operation}/live",
    "welfare_pages.answer": "/operations/{operation}/welfare/{watched}",
    "live_pages.check_in": "/deployments/{deployment}/check-in",
    "lines_pages.check_backs": "/lines/check-backs",
    "lines_pages.index": "/lines",
    "lines_pages.show": "/lines/{line}",
    "return_pages.disruptions": "/disruptions/reviews",
    "return_pages.of_operation": "/operations/{operation}/nil-returns",
    "return_pages.unreported": "/nil-returns/missing",
    "return_pages.warrants": "/warrants/returns",
    "map_pages.show": "/operations/{operation}/map",
    "measure_pages.index": "/measures",
    "measure_pages.new": "/measures/new?way=arrest",
    "measure_pages.show": "/measures/arrests",
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
    "copy_pages.make": "/operations/{operation}/copy",
    "copy_pages.show": "/operations/{copy}/copied",
    "outcomes_pages.target": "/targets/{target}",
    "outcomes_pages.targets": "/targets",
    "reconciliation_pages.figure": "/reconciliation/{figure}",
    "reconciliation_pages.index": "/reconciliation",
    "dictionary_pages.show": "/dictionary",
    "result_export_pages.choose": "/results/take?operation={operation}",
    "return_profile_pages.show": "/operations/{operation}/returns",
    "return_profile_pages.profile": "/return-profiles/county_lines_week",
    "release_pages.edit": "/releases/{draft}/edit",
    "release_pages.index": "/releases",
    "release_pages.show": "/releases/{release}",
    "release_pages.write": "/snapshots/{snapshot}/releases/new",
    "report_pages.edit": "/reports/{report_draft}/edit",
    "report_pages.index": "/reports",
    "report_pages.new": "/reports/new?starts_on=2026-11-01&ends_on=2026-12-31",
    "report_pages.note": "/reports/{report_draft}/notes/{report_note}",
    "report_pages.show": "/reports/{report}",
    "report_pages.tell": "/reports/{report_draft}/notes/new",
    "results_pages.choose": "/log",
    "results_pages.correct": "/results/{warrant}/correct",
    "results_pages.index": "/results",
    "results_pages.log": "/operations/{operation}/log",
    "results_pages.of_operation": "/operations/{operation}/results?measure=arrests",
    "results_pages.show": "/results/{line_closure}",
    "retention_pages.index": "/reviews",
    "retention_pages.operation": "/operations/{operation}/review",
    "retention_pages.result": "/results/{to_erase}/review",
    "seizure_pages.cash": "/cash-detentions",
    "seizure_pages.custody": "/results/{seizure}/custody",
    "site_pages.add": "/sites/new",
    "site_pages.edit": "/sites/{site}/edit",
    "site_pages.index": "/sites",
    "site_pages.show": "/sites/{site}",
    "snapshot_pages.changes": "/snapshots/{snapshot}/changes",
    "snapshot_pages.index": "/snapshots",
    "snapshot_pages.new": "/snapshots/new?operation={operation}",
    "snapshot_pages.records": "/snapshots/{snapshot}/records?figure=arrests",
    "snapshot_pages.show": "/snapshots/{snapshot}",
    "subscription_pages.add": "/subscriptions/new",
    "subscription_pages.edit": "/subscriptions/{subscription}/edit",
    "subscription_pages.index": "/subscriptions",
    "subscription_pages.show": "/subscriptions/{subscription}",
    "tak_pages.show": "/operations/{operation}/tak",
    "todo_pages.index": "/to-do",
    "token_pages.make": "/account/tokens/new",
}
# Steps on the way in, which test_second_factor.py takes and looks at.
STEPS = {
    "access_pages.second_factor",
    "access_pages.set_up",
    "account_pages.add_app",
    "account_pages.change_factor",
}
DOWNLOADS = {
    "calendar_pages.feed",
    "basemap.file",
    "decision_pages.as_pdf",
    "help_pages.index",
    "help_pages.picture",
    "map_pages.take_along",
    "phone_pages.manifest",
    "phone_pages.session",
    "phone_pages.signed_out",
    "phone_pages.worker",
    "release_pages.as_markdown",
    "release_pages.as_pdf",
}
# Nobody else is shown these.
OF_DESK = {
    "conflict resolved",
    "deconfliction_pages.desk",
    "deconfliction_pages.rules",
    "deconfliction_pages.show",
}
WEEK_TASKS = ("week", "priorities", "targets", "districts", "sites", "leads")
PRISON_TASKS = (
    "establishments", "contacts", "areas", "asked", "training", "intelligence",
)  # fmt: skip
MORE = {
    "help for officers": "/help/officer",
    "help for analysts": "/help/analyst",
    "plan of a week": "/operations/{week}/plan",
    "plan of a search": "/operations/{prison_search}/plan",
    "overview of a draft": "/operations/{week}",
    **{f"plan {task}": f"/operations/{{week}}/plan/{task}" for task in WEEK_TASKS},
    **{f"plan {task}": f"/operations/{{prison_search}}/plan/{task}" for task in PRISON_TASKS},
    **{
        f"plan {task}": f"/operations/{{operation}}/plan/{task}"
        for task in ("partners", "baseline", "meetings")
    },
    "features landing": "/ogc?f=html",
    "features conformance": "/ogc/conformance?f=html",
    "docs.features": "/ogc/api?f=html",
    "features collections": "/ogc/collections?f=html",
    "features collection": "/ogc/collections/results?f=html",
    "features queryables": "/ogc/collections/results/queryables?f=html",
    "features items": "/ogc/collections/areas/items?f=html",
    "features item": "/ogc/collections/areas/items/{area}?f=html",
    "measure what": "/measures/new",
    "measure change": "/measures/arrests?change=yes",
    "measure rate": "/measures/new?way=ratio",
    "outcomes by sex": "/outcomes?by=sex",
    "board of a week": "/operations/{week}/outcomes/board",
    "board of a prison": "/operations/{prison_search}/outcomes/board",
    "map of squares": "/boards/map?place=square&shown=dots&west=370&south=380&east=400&north=410",
    "board beside another": "/operations/{operation}/outcomes/board?against={week}&by=sex",
    "area new": "/operations/{operation}/map?edit=new",
    "area edit": "/operations/{operation}/map?edit={area}",
    "log warrant": "/operations/{operation}/log?kind=warrant",
    "log arrest": "/operations/{operation}/log?kind=arrest",
    "log seizure": "/operations/{operation}/log?kind=seizure",
    "log line closure": "/operations/{operation}/log?kind=line_closure",
    "log search": "/operations/{operation}/log?kind=search",
    "log safeguarding": "/operations/{operation}/log?kind=safeguarding",
    "log engagement": "/operations/{operation}/log?kind=engagement",
    "log resources": "/operations/{operation}/log?kind=resource",
    "log line change": "/operations/{operation}/log?kind=line_change",
    "record line closure": "/results/{closed_line}",
    "conflict resolved": "/deconfliction/{resolved}",
    "missing": "/nothing-here",
    "mapping": "/reconciliation/{figure}?measure=arrests",
    "log what was inside": "/operations/{operation}/log?kind=seizure&parent={package}",
    "record": "/results/{seizure}",
    "log court order": "/operations/{operation}/log?kind=court_order",
    "log breach of an order": "/operations/{operation}/log?kind=order_breach",
    "log disruption": "/operations/{operation}/log?kind=disruption",
    "log premises closed": "/operations/{operation}/log?kind=premises_closure",
    "log partner action": "/operations/{operation}/log?kind=partner_action",
    "record with a likely double": "/results/{doubted}",
    "record of an order": "/results/{court_order}",
    "correct an order": "/results/{court_order}/correct",
    "record of a disruption": "/results/{disruption}",
    "correct a disruption": "/results/{disruption}/correct",
    "record of a search": "/results/{search}",
    "record of safeguarding": "/results/{safeguarding}",
    "correct safeguarding": "/results/{safeguarding}/correct",
    "record of an arrest": "/results/{arrest}",
    "record of a package": "/results/{package}",
    "record inside a package": "/results/{inside}",
    "record erased": "/results/{erased}",
    "briefing draft": "/operations/{operation}/briefings/3",
    "briefing withdrawn": "/operations/{operation}/briefings/1",
    "release draft": "/releases/{draft}",
    "report days": "/reports/new",
    "report draft": "/reports/{report_draft}",
    "review held": "/operations/{ended}/review",
}


def test_no_page_is_left_out(app):
    """Hold this list to the pages there are; a download and the health checks are none."""
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and "_pages." in rule.endpoint
    } | {"docs.interactive", "operations_map.show"}

    assert pages - DOWNLOADS - STEPS == PATHS.keys()


@pytest.mark.parametrize("name", [*PATHS, *MORE])
def test_page_is_whole(open_as, seeded, name):
    page = open_as("desk" if name in OF_DESK else "lead", viewport=PHONE)
    page.goto((PATHS | MORE)[name].format(**seeded), wait_until="networkidle")
    assert_whole(page, name)


def test_an_address_that_is_shown_once_fits_a_phone(open_as):
    page = open_as("officer", viewport=PHONE)
    page.goto("/account")
    page.get_by_role("button", name="Make an address").click()

    page.get_by_text("/calendar/").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


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
    found = page.evaluate(ASK_AXE, RULES)
    left_out = UNRULED.get(name.split(".")[0], set())
    return [
        (each["id"], each["nodes"][0]["html"])
        for each in found["violations"]
        if each["id"] not in left_out
    ]
