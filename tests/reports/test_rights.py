"""A report over operations that its reader may not see never shows its figures."""

import pytest
import sqlalchemy as sa

from tests import factories
from tests.outcomes.records import arrest
from tests.reports.conftest import REPORTS, act

FILES = (".pdf", ".docx", ".md")
REFUSED = (sa.exc.IntegrityError, sa.exc.ProgrammingError)


@pytest.fixture
def covert(session):
    """An operation that nobody else can tell exists."""
    return factories.operation(visibility="covert", theme="drugs")


def looks(client, here):
    page = here.removeprefix("/api/v1")
    addresses = [here, f"{here}/document", f"{here}.pdf", f"{here}.docx", f"{here}.md", page]
    said = {"recipient": "The panel", "reason": "Its meeting"}
    return {
        client.get(each, query_string=said if each.endswith(FILES) else None).status_code
        for each in addresses
    }


def test_who_does_not_see_every_operation_of_it_sees_no_report(
    client_as, body, covert, analyst, lead
):
    for client in (analyst, lead):
        factories.member(covert, client.person, client.person.role)
    outside = client_as("lead")
    arrest(covert)
    sent = body | {"operations": [*body["operations"], str(covert.id)]}
    here = f"{REPORTS}/{analyst.post(REPORTS, json=sent).json['id']}"

    draft = looks(outside, here)
    assert act(lead, here, "issue").status_code == 200
    issued = looks(outside, here)
    listed = outside.get(REPORTS).json

    assert (draft, issued, listed) == ({404}, {404}, [])
    assert looks(lead, here) == {200}


def test_what_a_hidden_operation_led_is_in_no_report_of_those_outside_it(
    client_as, here, covert, operations, lead
):
    """Issued by somebody who sees it, it counts, and the report is hidden with it."""
    arrest(covert, shared=[operations[0]])
    factories.member(covert, lead.person, "lead")
    outside = client_as("analyst")
    count = "/document"
    before = outside.get(f"{here}{count}").json["figures"]["groups"][0]["figures"]

    assert act(lead, here, "issue").status_code == 200

    arrests = {each["code"]: each["value"] for each in before}["arrests"]
    assert arrests == "3"
    assert str(covert.id) in lead.get(here).json["operations"]
    assert looks(outside, here) == {404}


def test_the_next_issue_tells_of_what_was_chosen_and_not_of_what_led(
    here, covert, operations, lead
):
    arrest(covert, shared=[operations[0]])
    factories.member(covert, lead.person, "lead")
    assert act(lead, here, "issue").status_code == 200

    begun = lead.post(f"{here}/next").json

    assert begun["operations"] == sorted(str(each.id) for each in operations)


def test_the_next_issue_tells_no_figure_of_a_first_that_its_readers_may_not_see(
    client_as, here, covert, operations, lead, analyst, session
):
    led = arrest(covert, shared=[operations[0]])
    factories.member(covert, lead.person, "lead")
    assert act(lead, here, "issue").status_code == 200
    there = f"{REPORTS}/{lead.post(f'{here}/next').json['id']}"
    session.execute(
        sa.text("update credit set withdrawn_at = now() where result_id = :id"), {"id": led}
    )
    session.commit()
    said = {"changes": "An arrest is another operation’s."}
    written = lead.patch(there, json=said, headers={"If-Match": lead.get(there).headers["ETag"]})
    assert written.status_code == 200, written.text

    assert act(client_as("lead"), there, "issue").status_code == 200

    shown = analyst.get(f"{there}.md").text
    assert "An arrest is another operation’s." in shown
    assert "its figures are not set beside these" in shown or "Issue 1" not in shown
    assert "| Arrests | 4" not in shown


def test_targets_of_an_organisation_are_for_its_own_people(client_as, begin, operations):
    elsewhere = factories.organisation(code="COUNCIL")
    partner = client_as("analyst", organisation=elsewhere)
    for each in operations:
        factories.member(each, partner.person, "analyst")
    whole, own = (f"{REPORTS}/{begin(of_organisation=asked).json['id']}" for asked in (True, False))

    assert looks(partner, whole) == {404}
    assert looks(partner, own) == {200}


@pytest.mark.parametrize(
    ("role", "status"), [("officer", 403), ("auditor", 403), ("desk", 403), ("analyst", 201)]
)
def test_who_may_report_may_begin_one(client_as, begin, role, status):
    assert begin(client_as(role)).status_code == status


def test_the_database_holds_what_is_issued_and_in_whose_name(session, lead, analyst, here):
    report = here.rpartition("/")[2]

    def run(client, statement):
        session.execute(sa.text("set local role ops_application"))
        named = sa.text("select set_config('ops.actor', :me, true)")
        session.execute(named, {"me": str(client.person.id)})
        try:
            with session.begin_nested():
                values = {"id": report, "me": client.person.id}
                return session.execute(sa.text(statement), values).rowcount
        finally:
            session.execute(sa.text("reset role"))

    change = "update report set title = 'Other' where id = :id and :me is not null"
    with pytest.raises(REFUSED):
        run(lead, change)
    assert run(analyst, change) == 1
    assert act(lead, here, "issue").status_code == 200
    for statement in (
        f"{change}",
        "update report set content = 'x', hash = sha256('x') where id = :id and :me is not null",
        "update report set state = 'draft' where id = :id and :me is not null",
        "delete from report where id = :id and :me is not null",
        (
            "update report set state = 'withdrawn', withdrawn_at = now(), withdrawn_why = 'x',"
            " withdrawn_by = (select id from person where id <> :me limit 1) where id = :id"
        ),
    ):
        with pytest.raises(REFUSED):
            run(lead, statement)
