"""A report over operations that its reader may not see never shows its figures."""

import datetime as dt

import pytest
import sqlalchemy as sa

from ops.outcomes.models import Target
from tests import factories
from tests.factories import NOON
from tests.outcomes.records import arrest
from tests.reports.conftest import REPORTS, act, figures

FILES = (".pdf", ".docx", ".md")
REFUSED = (sa.exc.IntegrityError, sa.exc.ProgrammingError)


@pytest.fixture
def covert(session):
    """An operation that nobody else can tell exists."""
    return factories.operation(visibility="covert", theme="drugs")


@pytest.fixture
def restricted(session):
    """An operation that others may know of, and nothing more."""
    return factories.operation(visibility="restricted", theme="drugs")


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
    sent = body | {"operations": [str(covert.id)]}
    here = f"{REPORTS}/{analyst.post(REPORTS, json=sent).json['id']}"

    draft = looks(outside, here)
    assert act(lead, here, "issue").status_code == 200
    issued = looks(outside, here)
    listed = outside.get(REPORTS).json

    assert (draft, issued, listed) == ({404}, {404}, [])
    assert looks(lead, here) == {200}


@pytest.mark.parametrize("occurred_at", [NOON, NOON - dt.timedelta(days=30)])
def test_what_a_covert_operation_led_is_issued_by_nobody_who_counts_it(
    client_as, here, covert, operations, lead, occurred_at
):
    """Nor in the period before: the others would miss the report, or read of a record too many."""
    arrest(covert, shared=[operations[0]], occurred_at=occurred_at)
    factories.member(covert, lead.person, "lead")
    outside = client_as("lead")

    refused = act(lead, here, "issue")
    issued = act(outside, here, "issue")

    assert (refused.status_code, issued.status_code) == (409, 200)
    assert "Let somebody issue it who is no member" in refused.json["detail"]
    arrests = figures(lead, here)["arrests"]
    assert (arrests["value"], arrests["was"]["value"]) == ("3", "1")
    assert looks(outside, here) == {200}


def test_a_report_never_begins_or_ceases_to_tell_of_a_covert_operation(
    begin, here, covert, operations, lead
):
    """Else an issue of it would vanish for its readers, and its number would tell them why."""
    other = factories.operation(visibility="covert")
    for each in (covert, other):
        factories.member(each, lead.person, "lead")
    of_it = f"{REPORTS}/{begin(lead, operations=[str(covert.id)]).json['id']}"
    some = operations[0]

    replies = [begin(lead, operations=[str(covert.id), str(some.id)])]
    for there, chosen in (
        (here, [some, covert]),
        (here, [covert]),
        (of_it, [some]),
        (of_it, [covert, other]),
    ):
        etag = {"If-Match": lead.get(there).headers["ETag"]}
        sent = {"operations": [str(each.id) for each in chosen]}
        replies.append(lead.patch(there, json=sent, headers=etag))

    assert {each.status_code for each in replies} == {422}
    assert {each.json["errors"]["operations"][0] for each in replies} == {
        "A covert operation has a report of its own, from its first draft on."
    }


def test_a_draft_of_what_turned_covert_is_written_on_by_those_who_see_it(
    here, body, operations, lead, session
):
    factories.member(operations[1], lead.person, "lead")
    turn = sa.text("update operation set visibility = 'covert' where id = :id")
    session.execute(turn, {"id": operations[1].id})
    session.commit()
    etag = {"If-Match": lead.get(here).headers["ETag"]}

    written = lead.patch(here, json={**body, "title": "Ours"}, headers=etag)

    assert written.status_code == 200, written.text


def test_that_it_is_of_all_operations_tells_of_no_other(body, covert, lead, analyst, session):
    """A member of a covert operation says of every open one what anybody would."""
    session.add(
        Target(
            measure="arrests", value=40, organisation_id=lead.person.organisation_id,
            starts_on=dt.date(2026, 11, 1), ends_on=dt.date(2026, 11, 30),
        )
    )  # fmt: skip
    session.commit()
    factories.member(covert, lead.person, "lead")
    here = f"{REPORTS}/{lead.post(REPORTS, json=body | {'of_organisation': True}).json['id']}"

    told = [client.get(f"{here}/document").json["figures"] for client in (lead, analyst)]

    assert [each["targets"][0]["is_whole"] for each in told] == [True, True]


def test_the_next_issue_tells_of_what_was_chosen_and_not_of_what_led(
    client_as, here, restricted, operations, lead
):
    arrest(restricted, shared=[operations[0]])
    factories.member(restricted, lead.person, "lead")
    assert act(lead, here, "issue").status_code == 200

    begun = lead.post(f"{here}/next").json

    assert begun["operations"] == sorted(str(each.id) for each in operations)
    assert str(restricted.id) in lead.get(here).json["operations"]
    assert looks(client_as("analyst"), here) == {404}


def test_the_next_issue_tells_nothing_of_a_first_that_its_readers_may_not_see(
    client_as, here, restricted, operations, lead, analyst, session
):
    led = arrest(restricted, shared=[operations[0]])
    factories.member(restricted, lead.person, "lead")
    assert act(lead, here, "issue").status_code == 200
    there = f"{REPORTS}/{lead.post(f'{here}/next').json['id']}"
    session.execute(
        sa.text("update credit set withdrawn_at = now() where result_id = :id"), {"id": led}
    )
    session.commit()
    said = {"changes": "An arrest is another operation’s."}
    written = lead.patch(there, json=said, headers={"If-Match": lead.get(there).headers["ETag"]})
    assert written.status_code == 200, written.text

    second = client_as("lead")
    factories.member(restricted, second.person, "lead")

    assert act(second, there, "issue").status_code == 200

    shown = analyst.get(f"{there}.md").text
    assert "An arrest is another operation’s." in shown
    assert "Issue 1" not in shown
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
