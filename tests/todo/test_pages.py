"""What waits is shown to whoever may act on it, and to nobody who may not see it."""

import html
import re

import pytest
import sqlalchemy as sa

from ops import db
from ops.ledger.models import LogEntry
from tests import factories

LATE = {"occurred_at": "2026-11-01T12:00:00Z"}
WAITING = "What waits for you"


def to_do(client):
    """Give the page as text, without its tags."""
    reply = client.get("/to-do")
    assert reply.status_code == 200, reply.text
    main = reply.text.partition("<main")[2]
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", main).split()))


def entry(client, title):
    """Give what is said of one list: up to the next one."""
    text = to_do(client)
    return text[text.index(title) + len(title) :][:120]


def test_with_nothing_logged_nothing_waits_and_every_list_is_a_press_away(lead):
    page = lead.get("/to-do").text

    assert "Nothing waits for you." in page
    for href in (
        "/cash-detentions",
        "/warrants/returns",
        "/nil-returns/missing",
        "/doubles",
        "/lines/check-backs",
        "/lines#unnamed",
        "/disruptions/reviews",
        "/releases?state=draft",
        "/releases?state=revision",
        "/reports?state=draft",
        "/reviews",
        "/reconciliation",
    ):
        assert f'href="{href}"' in page


@pytest.mark.parametrize("role", ["lead", "analyst"])
def test_every_list_and_figure_is_two_presses_away_from_any_page(client_as, role):
    client = client_as(role)
    menu = client.get("/operations").text.partition("</nav>")[0]

    reached = {
        href
        for first in re.findall(r'href="(/[a-z-]+)"', menu)
        for href in [first, *re.findall(r'href="(/[^"]+)"', client.get(first).text)]
    }

    assert reached >= {
        "/lines",
        "/targets/board",
        "/measures",
        "/snapshots",
        "/releases",
        "/reconciliation",
        "/doubles",
        "/warrants/returns",
        "/nil-returns/missing",
        "/cash-detentions",
        "/disruptions/reviews",
        "/lines/check-backs",
    }


@pytest.mark.parametrize(
    ("path", "name"), [("/to-do", "To do"), ("/doubles", "To do"), ("/lines", "Lines")]
)
def test_the_menu_says_which_section_it_is(lead, path, name):
    [current] = re.findall(r'aria-current="true">(.*?)</a>', lead.get(path).text, re.S)

    assert re.sub(r"<[^>]+>", "", current).strip() == name


def test_a_warrant_that_is_not_back_waits_until_it_is(lead, log):
    warrant = log("warrant", {"granted_on": "2026-10-30"}, **LATE)
    late = entry(lead, "Warrants to return to court")

    detail = {"detail": {"returned_on": "2026-11-03"}, "reason": "It is back."}
    tag = {"If-Match": lead.get(f"/api/v1/results/{warrant['id']}").headers["ETag"]}
    back = lead.patch(f"/api/v1/results/{warrant['id']}", json=detail, headers=tag)

    assert late.startswith(" 1 overdue 1 warrant The first is due on 1 Nov 2026")
    assert back.status_code == 200, back.text
    assert WAITING not in to_do(lead)


@pytest.mark.parametrize(
    ("kind", "detail", "title", "said"),
    [
        ("seizure", {"category": "cash", "quantity": "1250"}, "Cash detained", "1 sum of cash"),
        ("line_closure", {}, "Closures that name no line", "1 closure The first was on 1 Nov 2026"),
        ("disruption", {}, "Disruptions to review", "1 disruption The first is due on 1 Feb 2027"),
    ],
)
def test_what_is_logged_waits_in_its_list(lead, log, kind, detail, title, said):
    log(kind, detail, **LATE)

    assert said in entry(lead, title)


def test_a_closed_line_waits_to_be_looked_at(lead, second, log):
    line = log("line")["id"]
    detail = {"line": line, "line_name": None, "deactivated_on": "2026-11-02"}
    closure = log("line_closure", detail | {"closed_on": "2026-11-02"})
    assert second.post(f"/api/v1/results/{closure['id']}/confirm").status_code == 200

    assert " 1 line The first is due on" in entry(lead, "Closed lines to look at again")


def test_a_deployment_with_nothing_known_waits(lead, operation):
    factories.deployment(operation)

    assert " 1 deployment The first ended on" in entry(lead, "Deployments with nothing reported")


def test_likely_doubles_wait_for_those_who_may_confirm_both(lead, log, operation, client_as):
    other = factories.operation(visibility="restricted")
    member = client_as("lead")
    factories.member(other, member.person, role="officer")
    for to in (operation, other):
        log("arrest", {"custody_ref": "06CD/1/26"}, to=to, client=member)

    assert "Likely doubles : 1 for others to do" in to_do(member)
    # Of the other one nobody else knows, so there is no pair.
    assert "Likely doubles : nothing waits" in to_do(lead)


def test_who_may_not_act_is_told_that_it_is_for_others(client_as, log):
    log("warrant")

    assert "Warrants to return to court : 1 for others to do" in to_do(client_as("analyst"))


def test_a_release_waits_for_anybody_but_its_writer(client_as, log, operation):
    writer, lead, officer = client_as("lead"), client_as("lead"), client_as("officer")
    log("arrest")
    frozen = writer.post("/api/v1/snapshots", json={"operation": [str(operation.id)]}).json
    sent = {"snapshot": frozen["id"], "title": "A week", "headlines": [{"measure": "arrests"}]}
    assert writer.post("/api/v1/releases", json=sent).status_code == 201

    assert "Releases to approve : nothing waits" in to_do(writer)
    assert entry(lead, "Releases to approve").startswith(" 1 release The first was written on")
    assert "Releases to approve : 1 for others to do" in to_do(officer)


def test_a_panel_report_waits_for_anybody_but_its_writer_once_it_has_a_summary(
    client_as, operation
):
    writer, lead, analyst = client_as("lead"), client_as("lead"), client_as("analyst")
    days = {"starts_on": "2026-11-01", "ends_on": "2026-11-30"}
    sent = {"title": "Autumn", "operations": [str(operation.id)], **days}
    for summary in ({}, {"summary": "Three arrests."}):
        assert writer.post("/api/v1/reports", json=sent | summary).status_code == 201

    assert "Panel reports to issue : nothing waits" in to_do(writer)
    assert entry(lead, "Panel reports to issue").startswith(" 1 report The first was begun on")
    assert "Panel reports to issue : 1 for others to do" in to_do(analyst)


def test_nothing_of_a_covert_operation_is_counted(lead, log, client_as):
    covert = factories.operation(visibility="covert")
    member = client_as("officer")
    factories.member(covert, member.person)
    factories.deployment(covert)
    log("warrant", to=covert, client=member)
    log("seizure", {"category": "cash", "quantity": "1250"}, to=covert, client=member)

    assert WAITING in to_do(member)
    assert to_do(lead) == to_do(client_as("lead", organisation=factories.organisation("NOBODY")))


def test_a_program_that_only_reads_has_nothing_to_do(app, log, lead):
    log("warrant")
    made = lead.post("/api/v1/tokens", json={"label": "Board", "scopes": ["read"]})
    program = app.test_client()
    program.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {made.json['token']}"

    assert "1 for others to do" in to_do(program)


def test_all_of_it_is_counted_in_one_statement_and_noted(lead, log, operation, statements):
    log("warrant")
    log("seizure", {"category": "cash", "quantity": "1250"})

    with statements.counted() as ran:
        to_do(lead)

    # Who asks is found with their roles where they write, beside it.
    assert len([each for each in ran if "actor_roles" in each and "token_hash" not in each]) == 1
    db.session.execute(sa.text("reset role"))
    seen = db.session.scalars(
        sa.select(LogEntry.seen).where(LogEntry.endpoint == "todo_pages.index")
    ).one()
    assert [(each["kind"], each["ids"]) for each in seen] == [("operation", [str(operation.id)])]
