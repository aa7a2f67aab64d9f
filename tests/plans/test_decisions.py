"""The decision log: written once, never changed, corrected by another entry, seen with its part."""

import datetime as dt
import io

import psycopg
import pypdf
import pytest
import sqlalchemy as sa

from ops import db
from ops.plans.models import Decision
from tests import factories
from tests.wellformed import faults

TAKEN = {"what": "Search the second floor too.", "why": "Voices were heard there."}
ATTACK = "</script><script>alert(1)</script>"


@pytest.fixture
def operation(session):
    return factories.operation(name="Lantern")


@pytest.fixture
def log(operation):
    return f"/api/v1/operations/{operation.id}/decisions"


def test_an_entry_says_who_when_what_and_why(client_as, log):
    officer = client_as("officer", name="Olive Officer")
    colleague = factories.person("lead", name="Gold Commander")
    sent = TAKEN | {
        "alternatives": "Wait for the dog.",
        "decided_at": "2026-11-02T06:10:00Z",
        "decided_by": str(colleague.id),
    }

    made = officer.post(log, json=sent)
    [entry] = officer.get(log).json

    assert made.status_code == 201
    assert entry == made.json
    assert entry["decided_by"] == "Gold Commander"
    assert entry["recorded_by"] == "Olive Officer"
    assert entry["decided_at"] == "2026-11-02T06:10:00+00:00"
    assert entry["recorded_at"] > entry["decided_at"]
    assert {name: entry[name] for name in ("what", "why", "alternatives")} == {
        name: sent[name] for name in ("what", "why", "alternatives")
    }


def test_a_correction_is_an_entry_that_names_the_one_it_corrects(client_as, log):
    client = client_as()
    wrong = client.post(log, json=TAKEN).json

    right = client.post(log, json=TAKEN | {"what": "The third floor.", "corrects": wrong["id"]})
    later, earlier = client.get(log).json

    assert right.status_code == 201
    assert (later["corrects"]["id"], later["corrects"]["what"]) == (wrong["id"], TAKEN["what"])
    assert earlier["what"] == TAKEN["what"]
    assert earlier["corrected_by"] == [later["id"]]


def test_the_database_lets_nobody_change_or_remove_an_entry(client_as, log, session):
    client = client_as("admin")
    client.post(log, json=TAKEN)

    session.execute(
        sa.select(
            sa.func.set_config("ops.actor", str(client.person.id), True),
            sa.func.set_config("role", db.APPLICATION, True),
        )
    )
    for statement in ("update decision set what = 'Never said'", "delete from decision"):
        with pytest.raises(sa.exc.ProgrammingError) as refused, session.begin_nested():
            session.execute(sa.text(statement))
        assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)
    session.execute(sa.text("reset role"))
    assert client.patch(log, json=TAKEN).status_code == 405
    assert client.delete(log).status_code == 405


def test_the_same_sent_again_is_one_entry_and_other_content_is_refused(client_as, log, session):
    client = client_as()
    sent = TAKEN | {"id": "01890000-0000-7000-8000-0000000000d1"}
    statuses = [client.post(log, json=sent).status_code for _ in range(2)]

    other = client.post(log, json=sent | {"why": "Another reason."})

    assert statuses == [201, 200]
    assert other.status_code == 409
    assert session.scalar(sa.select(sa.func.count(Decision.id))) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"what": ""}, "what"),
        ({"why": None}, "why"),
        ({"why": "x" * 2001}, "why"),
        ({"decided_at": "2026-11-02T06:10:00"}, "decided_at"),
        ({"decided_at": (dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)).isoformat()},
         "decided_at"),
        ({"corrects": "01890000-0000-7000-8000-0000000000d9"}, "corrects"),
        ({"decided_by": "somebody"}, "decided_by"),
        ({"status": "approved"}, "status"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_a_sentence(client_as, log, change, field):
    reply = client_as().post(log, json=TAKEN | change)

    assert reply.status_code == 422
    assert list(reply.json["errors"]) == [field]


def test_nobody_decides_who_is_not_there(client_as, log):
    unknown = {"decided_by": "01890000-0000-7000-8000-0000000000d9"}

    reply = client_as().post(log, json=TAKEN | unknown)

    assert (reply.status_code, reply.json["detail"]) == (
        409,
        "There is no such person; name somebody who is here.",
    )


def test_an_entry_of_another_log_is_not_corrected_here(client_as, log):
    client, other = client_as(), factories.operation()
    theirs = client.post(f"/api/v1/operations/{other.id}/decisions", json=TAKEN).json["id"]

    reply = client.post(log, json=TAKEN | {"corrects": theirs})

    assert reply.status_code == 422
    assert "no such entry" in reply.json["detail"]


@pytest.mark.parametrize("role", ["analyst", "desk", "auditor"])
def test_whoever_may_not_log_reads_and_writes_nothing(client_as, log, operation, role):
    client_as().post(log, json=TAKEN)
    client = client_as(role)

    refused = client.post(log, json=TAKEN)

    assert refused.status_code == 403
    assert len(client.get(log).json) == 1
    assert "Write a decision down" not in client.get(f"/operations/{operation.id}/decisions").text


def test_a_partner_sees_and_corrects_their_own_organisations_entries_alone(
    client_as, log, operation
):
    council = factories.organisation("SALFORD", kind="council")
    partner = client_as("officer", organisation=council)
    factories.member(operation, partner.person, "partner")
    lead = client_as()
    hidden = lead.post(log, json=TAKEN | {"what": "Nothing for partners."}).json["id"]

    mine = partner.post(log, json=TAKEN)
    refused = partner.post(log, json=TAKEN | {"corrects": hidden})
    nothing = partner.post(log, json=TAKEN | {"corrects": "01890000-0000-7000-8000-0000000000d9"})
    lead.post(log, json=TAKEN | {"what": "Told you so.", "corrects": mine.json["id"]})

    [seen] = partner.get(log).json
    assert (seen["id"], seen["corrected_by"]) == (mine.json["id"], [])
    assert refused.status_code == nothing.status_code == 422
    assert refused.json == nothing.json
    assert len(lead.get(log).json) == 3


def test_a_closed_operation_still_takes_decisions_and_an_erased_one_none(
    client_as, log, operation, session, close
):
    client = client_as()
    close(operation.id)

    debrief = client.post(log, json=TAKEN)
    session.execute(
        sa.text(
            "insert into retention (object_id, object, operation_id, group_code, erased_at)"
            " values (:id, 'operation', :id, '3', now())"
            " on conflict (object_id) do update set erased_at = now(), review_on = null"
        ),
        {"id": operation.id},
    )
    session.commit()
    after = client.post(log, json=TAKEN)

    assert debrief.status_code == 201
    assert (after.status_code, after.json["detail"]) == (
        409,
        "This was erased, so nothing more can be written to it.",
    )


def test_the_page_writes_shows_and_corrects(client_as, operation):
    client = client_as()
    here = f"/operations/{operation.id}/decisions"
    first = client.get(here)
    client.post(here, data=TAKEN | {"alternatives": ATTACK})
    [entry] = client.get(f"/api/v1{here}").json

    empty = client.post(here, data={"what": "", "why": ""})
    sent = client.post(here, data=TAKEN | {"corrects": entry["id"]})
    page = client.get(here).text
    overview = client.get(f"/operations/{operation.id}").text

    assert "Nothing is decided yet." in first.text
    assert (empty.status_code, sent.status_code) == (422, 303)
    assert "Enter what was decided." in empty.text
    assert "Corrects the entry of" in page
    assert ATTACK not in page
    assert faults(page) == faults(overview) == []
    assert "Latest decisions" in overview


def test_the_log_is_handed_out_as_a_document_and_that_is_written_down(client_as, log, operation):
    client = client_as()
    first = client.post(log, json=TAKEN).json["id"]
    client.post(log, json=TAKEN | {"what": "The third floor.", "corrects": first})

    reply = client.get(f"/operations/{operation.id}/decisions.pdf")

    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(reply.data)).pages)
    assert reply.content_type == "application/pdf"
    assert text.index("Search the second floor too.") < text.index("The third floor.")
    assert "Corrects entry 1." in text
    assert "Corrected by entry 2." in text
    assert text.count("OFFICIAL-SENSITIVE") == 2
    [entry] = client_as("auditor").get("/api/v1/log?act=disclosure").json
    seen = {each["kind"]: each["ids"] for each in entry["seen"]}
    assert first in seen["decision"]


def test_a_list_of_any_length_takes_as_many_statements(client_as, log, statements):
    client = client_as()
    client.post(log, json=TAKEN)
    with statements.counted() as one:
        client.get(log)
    before = len(one)
    for _ in range(5):
        client.post(log, json=TAKEN)

    with statements.counted() as many:
        client.get(log)

    assert len(many) == before
