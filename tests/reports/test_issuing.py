"""A report from its first draft to its second issue: what is frozen stays, whatever comes after."""

import sqlalchemy as sa

from ops.ledger.models import LogEntry
from tests import factories
from tests.outcomes.records import arrest
from tests.reports.conftest import REPORTS, act, figures


def blocks(client, here, kind):
    found = client.get(f"{here}/document").json["document"]["blocks"]
    return [each for each in found if each["is"] == kind]


def test_each_result_counts_once_over_all_and_in_each_theme_that_has_it(analyst, here):
    whole, lines, drugs = (figures(analyst, here, place) for place in range(3))

    assert whole["arrests"]["value"] == "3"
    assert lines["arrests"]["value"] == "3"
    assert drugs["arrests"]["value"] == "1"
    # A closure that nobody confirmed is told apart.
    assert (drugs["lines_closed"]["value"], drugs["lines_closed"]["provisional"]) == ("0", "1")


def test_it_is_set_against_as_long_a_period_before(analyst, here):
    [recorded] = [
        each
        for each in blocks(analyst, here, "table")
        if each["caption"] == "Pursue, county lines: recorded here"
    ]
    rows = {row[0]: row[1:] for row in recorded["rows"]}

    assert recorded["columns"] == ["Measure", "This period", "Period before", "Change"]
    assert rows["Arrests"] == ["3", "1", "Up 2"]


def test_later_records_never_alter_what_was_issued(analyst, lead, here, operations):
    issued = act(lead, here, "issue")
    assert issued.status_code == 200, issued.text
    before = lead.get(f"{here}/document")
    files = [lead.get(f"{here}.{ending}").data for ending in ("pdf", "docx", "md")]

    arrest(operations[0])

    after = lead.get(f"{here}/document")
    assert after.data == before.data
    assert after.headers["ETag"] == f'"{issued.json["hash"]}"'
    assert [lead.get(f"{here}.{ending}").data for ending in ("pdf", "docx", "md")] == files


def test_its_figures_are_those_of_the_snapshot_it_is_issued_on(lead, here):
    issued = act(lead, here, "issue").json

    frozen = lead.get(f"/api/v1/snapshots/{issued['snapshot']}").json

    values = {each["code"]: each["value"] for each in frozen["measures"]}
    ours = figures(lead, here)
    assert {code: each["value"] for code, each in ours.items()} == {
        code: values[code] for code in ours
    }


def test_a_period_in_which_nothing_is_recorded_is_issued_and_says_so(begin, lead):
    here = f"{REPORTS}/{begin(starts_on='2020-01-01', ends_on='2020-01-31').json['id']}"

    issued = act(lead, here, "issue")

    assert issued.status_code == 200, issued.text
    assert "Nothing is recorded in these operations in this period." in lead.get(f"{here}.md").text
    assert lead.get(f"/snapshots/{issued.json['snapshot']}").status_code == 200


def test_whoever_wrote_it_cannot_issue_it_and_nobody_twice(begin, client_as, lead):
    writer = client_as("lead")
    here = f"{REPORTS}/{begin(writer).json['id']}"

    own = act(writer, here, "issue")
    other = act(lead, here, "issue")
    again = act(lead, here, "issue")

    assert (own.status_code, other.status_code, again.status_code) == (409, 200, 409)
    assert "somebody else must" in own.json["detail"]
    assert again.json["detail"] == "This report is issued already."


def test_a_draft_is_changed_by_others_than_who_wrote_it(lead, here):
    etag = lead.get(here).headers["ETag"]

    changed = lead.patch(here, json={"title": "Winter update"}, headers={"If-Match": etag})

    assert changed.status_code == 200, changed.text
    assert changed.json["title"] == "Winter update"


def test_what_somebody_edits_meanwhile_is_not_issued_unread(analyst, lead, here, operations):
    read = lead.get(here).headers["ETag"]
    note = {"operation": str(operations[0].id), "title": "A door", "text": "It was open."}
    written = analyst.post(f"{here}/notes", json=note)
    assert written.status_code == 201

    stale = act(lead, here, "issue", etag=read)
    unread = lead.post(f"{here}/issue")

    assert stale.status_code == 412
    assert stale.json["detail"] == "Somebody else changed this first; read it again."
    assert unread.status_code == 428
    assert lead.get(here).json["state"] == "draft"


def test_what_is_issued_is_changed_no_more(analyst, lead, here, operations):
    note = {"operation": str(operations[0].id), "title": "A door", "text": "It was open."}
    told = analyst.post(f"{here}/notes", json=note)
    assert act(lead, here, "issue").status_code == 200
    where = f"{here}/notes/{told.json['id']}"
    etags = {at: {"If-Match": analyst.get(at).headers["ETag"]} for at in (here, where)}

    replies = [
        analyst.patch(here, json={"title": "Other"}, headers=etags[here]),
        analyst.post(f"{here}/notes", json=note),
        analyst.patch(where, json={"title": "Other"}, headers=etags[where]),
        act(analyst, where, "strike", {"reason": "Wrong."}),
        act(analyst, here, "notes/order", {"notes": [told.json["id"]]}, etags[here]["If-Match"]),
    ]

    assert [each.status_code for each in replies] == [409] * 5
    assert {each.json["detail"] for each in replies} == {
        "This report is issued, so it stays as it is; begin a new issue of it."
    }


def test_the_next_issue_says_what_changed_and_the_first_stays(analyst, lead, here, operations):
    note = {"operation": str(operations[0].id), "title": "A door", "text": "It was open."}
    analyst.post(f"{here}/notes", json=note)
    first = act(lead, here, "issue").json
    arrest(operations[0])

    begun = analyst.post(f"{here}/next")
    twice = analyst.post(f"{here}/next")
    there = f"{REPORTS}/{begun.json['id']}"
    unsaid = act(lead, there, "issue")
    said = {"changes": "An arrest came in late."}
    etag = {"If-Match": analyst.get(there).headers["ETag"]}
    assert analyst.patch(there, json=said, headers=etag).status_code == 200
    second = act(lead, there, "issue")

    assert (begun.status_code, twice.status_code, unsaid.status_code) == (201, 409, 409)
    assert begun.json["number"] == 2
    assert [each["title"] for each in begun.json["notes"]] == ["A door"]
    assert "draft of the next issue already" in twice.json["detail"]
    assert "Say what changed" in unsaid.json["detail"]
    assert second.status_code == 200, second.text
    [different] = [
        each["rows"]
        for each in blocks(lead, there, "table")
        if each["caption"] == "Recorded figures that are different"
    ]
    assert ["Arrests", "3", "4"] in different
    assert lead.get(here).json["superseded_by"] == begun.json["id"]
    assert lead.get(here).json["hash"] == first["hash"]


def test_a_withdrawn_report_says_so_first_and_is_withdrawn_once(lead, here):
    early = act(lead, here, "withdraw", {"reason": "Wrong."})
    act(lead, here, "issue")

    done = act(lead, here, "withdraw", {"reason": "A figure was wrong."})
    again = act(lead, here, "withdraw", {"reason": "Again."})

    assert (early.status_code, done.status_code, again.status_code) == (409, 200, 409)
    assert lead.get(f"{here}.md").text.splitlines()[4].startswith("**WITHDRAWN on")
    page = lead.get(here.removeprefix("/api/v1")).text
    assert page.index("A figure was wrong.") < page.index("<h1")


def test_each_copy_is_a_disclosure_to_whom_it_is_for(lead, here, session):
    act(lead, here, "issue")

    lead.get(f"{here}.docx", query_string={"recipient": "The panel", "reason": "Asked for it"})

    entry = session.scalars(sa.select(LogEntry).order_by(LogEntry.id.desc()).limit(1)).one()
    assert (entry.act, entry.recipient, entry.reason) == (
        "disclosure",
        "The panel",
        "Asked for it",
    )


def test_a_copy_of_what_is_not_open_says_whom_it_is_for_and_why(begin, analyst, operations):
    alone = factories.operation(visibility="restricted")
    factories.member(alone, analyst.person, "analyst")
    sent = [str(each.id) for each in (*operations, alone)]
    of_all, of_open = (
        f"{REPORTS}/{begin(**asked).json['id']}" for asked in ({"operations": sent}, {})
    )
    blank = {"recipient": " ", "reason": ""}

    refused = analyst.get(f"{of_all}.md", query_string=blank | {"recipient": "The panel"})
    page = analyst.get(of_all.removeprefix("/api/v1")).text
    said = {"recipient": "The panel", "reason": "Its meeting"}

    assert (refused.status_code, list(refused.json["errors"])) == (422, ["reason"])
    assert page.count('required="required"') == 2
    assert analyst.get(f"{of_all}.md", query_string=said).status_code == 200
    assert analyst.get(f"{of_open}.md", query_string=blank).status_code == 200


def test_few_people_in_a_place_are_not_shown_on_its_map(analyst, begin, operations):
    factories.boundary()
    arrest(operations[0], district="E08000003")
    of_people, of_lines = (
        f"{REPORTS}/{begin(map_measure=each).json['id']}" for each in ("arrests", "lines_closed")
    )

    found = [
        analyst.get(f"{here}/document").json["figures"]["districts"]
        for here in (of_people, of_lines)
    ]

    assert [each["rows"][0]["value"] for each in found] == [None, "0"]
    assert "too few are in each district" in analyst.get(f"{of_people}.md").text
