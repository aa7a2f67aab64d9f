"""The pages of briefings say first what matters, and who has still to read waits on To do."""

import html
import re

import pytest

from tests import factories
from tests.briefings.conftest import join, put_on


def text(reply):
    """Give a page as text, without its tags."""
    assert reply.status_code == 200, reply.text
    main = reply.text.partition("<main")[2]
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", main).split()))


@pytest.fixture
def pages(operation):
    """The address of the pages of the operation's briefings."""
    return f"/operations/{operation.id}/briefings"


def test_a_withdrawn_version_says_so_before_anything_else(issue, lead, here, pages):
    issue()
    lead.post(f"{here}/1/withdraw", json={"reason": "Wrong door."})

    shown = text(lead.get(f"{pages}/1"))

    assert shown.index("Withdrawn Do not act on this version.") < shown.index("Operation Lantern")
    assert "Wrong door." in shown


def test_a_lead_writes_issues_and_withdraws_by_forms(lead, pages):
    begun = lead.post(pages)
    form = {"information": "Known.", "intention": "Close two.", "method": "# Go\n- First\n- Then",
            "administration": "None.", "risk_assessment": "None.", "communications": "Channel 4.",
            "legal": "**Lawful**"}  # fmt: skip
    etag = re.search(r'name="etag" value="([^"]+)"', lead.get(f"{pages}/1/edit").text)[1]
    saved = lead.post(f"{pages}/1/edit", data=form | {"etag": html.unescape(etag)})
    etag = re.search(r'name="etag" value="([^"]+)"', lead.get(f"{pages}/1").text)[1]
    issued = lead.post(f"{pages}/1", data={"act": "issue", "etag": html.unescape(etag)})
    unsaid = lead.post(f"{pages}/1", data={"act": "withdraw", "reason": ""})

    assert [reply.status_code for reply in (begun, saved, issued, unsaid)] == [303, 303, 303, 422]
    page = lead.get(f"{pages}/1").text
    assert "<strong>Lawful</strong>" in page
    assert "<li>First</li><li>Then</li>" in page
    assert "Enter why it is withdrawn." in unsaid.text


def test_the_plan_is_taken_by_a_form(begin, lead, operation, pages):
    begin()
    factories.area(operation, name="Derker")
    page = lead.get(f"{pages}/1/edit").text
    etag = html.unescape(re.search(r'name="etag" value="([^"]+)"', page)[1])

    taken = lead.post(
        f"{pages}/1/edit", data={"act": "take", "etag": etag, "sections[]": "information"}
    )

    assert "The plan has changed" in page
    assert taken.status_code == 303
    after = lead.get(f"{pages}/1/edit").text
    assert "Derker" in after
    assert "The plan has changed" not in after


def test_what_somebody_typed_is_text_on_the_page(issue, lead, pages):
    issue(communications="<script>alert(1)</script>")

    page = lead.get(f"{pages}/1").text

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_differences_are_told_in_words_beside_their_form(issue, officer, here, pages):
    issue()
    officer.post(f"{here}/1/read")
    issue(intention="Close three lines.")

    page = officer.get(f"{pages}/2").text

    assert "What changed since version 1, which you read" in page
    assert '<ins><span class="govuk-visually-hidden">[added: </span>three' in page
    assert '<del><span class="govuk-visually-hidden">[removed: </span>two' in page


def test_those_deployed_find_the_version_in_force_among_what_they_have_to_do(
    issue, officer, here, pages
):
    issue()
    issue(intention="Close three lines.")

    before = text(officer.get("/briefings"))
    to_do = text(officer.get("/to-do"))
    officer.post(f"{pages}/2", data={"act": "read"})

    assert "Operation Lantern, version 2" in before
    assert "version 1" not in before
    assert "Briefings to read 1 briefing" in to_do
    assert "You have read every briefing" in text(officer.get("/briefings"))


def test_the_lead_finds_who_of_those_deployed_has_not_read_it(
    issue, lead, officer, visit, here, client_as
):
    sent = put_on(visit, factories.person("officer", name="Never Read"), "Team South")
    with_team = client_as("officer", name="Late Comer")
    join(sent, with_team.person)
    issue()
    officer.post(f"{here}/1/read")

    page = text(lead.get("/briefings"))
    to_do = text(lead.get("/to-do"))

    assert "Never Read" in page
    assert "Late Comer" in page
    assert officer.person.name not in page
    assert "Deployed people who have not read their briefing 2 people" in to_do
    assert "Briefings to read 1 briefing" in text(with_team.get("/to-do"))


def test_the_list_of_readers_has_room_to_sign(issue, lead, officer, here, pages):
    issue()
    officer.post(f"{here}/1/read")

    shown = text(lead.get(f"{pages}/1/readers"))

    assert "1 of 1 deployed have read this version" in shown
    assert "Signature" in shown
    assert officer.get(f"{pages}/1/readers").status_code == 403
