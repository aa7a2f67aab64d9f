"""The feed of a live operation: everything once, whoever is slow, and only what one may see."""

import contextlib
import datetime as dt
import uuid

import pytest
import sqlalchemy as sa

from ops import api, db
from ops.ledger.models import Change
from ops.live import welfare_queries
from tests import factories
from tests.live.conftest import HERE, Reader, assign, client_of

SLOW = """
insert into result (id, operation_id, kind, occurred_at, status, recorded_by, content_hash, version)
values (:id, :operation, 'arrest', now(), 'recorded', :person, '', 1)
"""


@contextlib.contextmanager
def slowly(app, operation, person):
    """Write a result on a connection of its own, which commits at the end of the block."""
    with app.extensions["engine"].begin() as connection:
        said = {"id": uuid.uuid4(), "operation": operation.id, "person": person.id}
        connection.execute(sa.text(SLOW), said)
        yield str(said["id"])


def test_a_transaction_that_ends_late_is_told_when_it_ends(committed, lead, operation, log, reader):
    with slowly(committed, operation, lead.person):
        quick = log()
        before = reader.read()
        nothing = reader.read()

    after = reader.read()

    assert [entry["href"] for entry in before] == [f"/results/{quick}"]
    assert nothing == []
    assert [entry["kind"] for entry in after] == ["result_logged"]
    assert after[0]["href"] != before[0]["href"]
    assert reader.read() == []


def test_one_that_runs_from_page_to_page_is_not_left_out(committed, lead, operation, log):
    reader = Reader(lead, operation, limit=2)
    reader.read()
    with slowly(committed, operation, lead.person) as slow:
        logged = [log() for _ in range(5)]
        pages = [reader.read()]
        reader.read()

    pages = [*pages, *(reader.read() for _ in range(3))]

    told = [entry["href"].removeprefix("/results/") for page in pages for entry in page]
    assert slow in told
    assert len(told) == len(set(told)) == len(logged) + 1 - 2
    assert reader.read() == []


def test_many_writers_at_once_are_told_each_once(committed, lead, operation, reader):
    with contextlib.ExitStack() as stack:
        running = [stack.enter_context(contextlib.ExitStack()) for _ in range(4)]
        slow = [each.enter_context(slowly(committed, operation, lead.person)) for each in running]
        told = []
        for each in (2, 0, 3, 1):
            running[each].close()
            told += [entry["href"].removeprefix("/results/") for entry in reader.read()]

    # Each as soon as it had ended, in the order in which they did.
    assert told == [slow[each] for each in (2, 0, 3, 1)]


def test_what_is_rolled_back_is_never_told(committed, lead, operation, reader):
    with committed.extensions["engine"].connect() as connection:
        said = {"id": uuid.uuid4(), "operation": operation.id, "person": lead.person.id}
        connection.execute(sa.text(SLOW), said)
        connection.rollback()

    assert reader.read() == []


def test_each_sort_of_thing_is_told_in_words(committed, lead, operation, log, reader):
    second = client_of(committed, factories.person("lead", name="Sam Second"))
    deployment = factories.deployment(operation, name="Visit")
    assign(deployment, second.person)
    result = log(deployment=str(deployment.id), position=HERE)
    v1 = "/api/v1"
    tag = lead.get(f"{v1}/results/{result}").headers["ETag"]
    changed = {"note": "Another", "reason": "It was another."}
    assert (
        lead.patch(f"{v1}/results/{result}", json=changed, headers={"If-Match": tag}).status_code
        == 200
    )
    assert second.post(f"{v1}/results/{result}/confirm").status_code == 200
    assert lead.post(f"{v1}/results/{result}/strike", json={"reason": "Twice"}).status_code == 200
    tag = lead.get(f"{v1}/deployments/{deployment.id}").headers["ETag"]
    started = lead.patch(
        f"{v1}/deployments/{deployment.id}", json={"status": "started"}, headers={"If-Match": tag}
    )
    assert started.status_code == 200
    checked_in = second.post(f"{v1}/deployments/{deployment.id}/check-ins", json={"position": HERE})
    assert checked_in.status_code == 201, checked_in.text

    entries = reader.read()

    assert [(entry["kind"], entry["said"]) for entry in entries] == [
        ("deployment_added", "Deployment added: Visit"),
        ("assigned", "Sam Second put on Visit"),
        ("result_logged", "Logged: arrest"),
        ("result_corrected", "Corrected: arrest"),
        ("result_confirmed", "Confirmed: arrest"),
        ("result_struck", "Struck: arrest"),
        ("deployment_status", "Visit: started"),
        ("checked_in", "Sam Second checked in on Visit"),
    ]
    assert entries[2] | {"id": None, "at": None} == {
        "id": None,
        "at": None,
        "kind": "result_logged",
        "said": "Logged: arrest",
        "by": "Pat Planner",
        "href": f"/results/{result}",
        "place": "Visit",
        "position": HERE,
    }


def test_nothing_new_is_not_modified_and_leaves_no_look_behind(
    committed, lead, operation, log, reader
):
    log()
    reader.read()
    reader.read()
    looks = sa.text("select count(*) from log_entry")
    before = db.session.scalar(looks)
    db.session.rollback()

    reply = lead.get(
        reader.address,
        query_string={"after": reader.cursor},
        headers={"If-None-Match": reader.etag},
    )

    assert reply.status_code == 304
    assert db.session.scalar(looks) == before


def test_what_others_do_elsewhere_moves_nothing(committed, lead, operation, log, reader):
    reader.read()
    log(to=factories.operation(created_by=lead.person.id))

    before = reader.cursor
    assert (reader.read(), reader.cursor) == ([], before)


def test_a_poll_reads_in_two_statements(committed, lead, operation, log, reader):
    counted = factories.Statements(committed.extensions["engine"])
    reader.read()

    with counted.counted() as statements:
        reader.read()

    # The first finds out who asks, the second keeps the plan of the third, the last asks for
    # conflicts.
    assert len(statements) == 4, statements


def test_what_is_overdue_is_said_and_makes_the_reply_anew(committed, lead, operation, reader):
    reader.read()
    deployment = factories.deployment(operation, name="Visit")

    reply = lead.get(reader.address, query_string={"after": reader.cursor})

    [late] = reply.json["overdue"]
    assert late["deployment"] == str(deployment.id)
    assert late["said"] == "Visit should have started at 2 Nov 2026, 12:00"


def test_what_is_overdue_is_told_once(committed, lead, operation, reader):
    factories.deployment(operation, name="Visit")
    reader.read()
    reader.read()

    reader.read()

    assert reader.reply.status_code == 304


def test_who_becomes_overdue_to_check_in_is_told_by_the_clock_alone(
    committed, lead, operation, reader, monkeypatch
):
    officer = client_of(committed, factories.person("officer", name="Olly Officer"))
    deployment = factories.deployment(operation, name="Visit")
    assign(deployment, officer.person)
    reader.read()
    here = f"/api/v1/deployments/{deployment.id}/welfare-timer"
    due = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=2)
    begun = {"every_minutes": 30, "at": (due - dt.timedelta(minutes=30)).isoformat()}
    assert officer.post(here, json=begun).status_code == 201
    said = reader.said()
    nothing = [*reader.said(), *reader.said()]
    before = reader.reply.status_code
    monkeypatch.setattr(welfare_queries, "GRACE", dt.timedelta(minutes=1))

    nothing += reader.said()

    [missed] = reader.reply.json["missed"]
    assert missed["said"].startswith("Olly Officer is overdue to check in since ")
    done = {"person": missed["person"], "due_at": missed["since"], "remark": "Safe and well."}
    answers = f"/api/v1/operations/{operation.id}/welfare/answers"
    assert lead.post(answers, json=done).status_code == 201
    assert officer.post(here, json={"every_minutes": None}).status_code == 201
    said += reader.said()
    assert reader.reply.json["missed"] == []
    assert (nothing, before) == ([], 304)
    assert said == [
        "Olly Officer is to check in every 30 minutes on Visit",
        "The missed check-in of Olly Officer was dealt with",
        "Olly Officer stood down from check-ins on Visit",
    ]
    stranger = client_of(committed, factories.person("officer"))
    assert not any("check" in each for each in Reader(stranger, operation).said())


def partner_of(app, operation):
    """Give a partner of another organisation, who is let in."""
    council = factories.organisation("SALFORD", kind="council")
    person = factories.person("lead", organisation=council, name="Chris Council")
    factories.member(operation, person, "partner")
    return client_of(app, person)


def test_a_partner_is_told_of_their_own_part_alone(committed, lead, operation, log):
    partner = partner_of(committed, operation)
    reader = Reader(partner, operation)
    reader.read()
    log()
    factories.deployment(operation, name="Secret visit")
    own = log(client=partner)

    entries = reader.read()

    assert [entry["href"] for entry in entries] == [f"/results/{own}"]


def test_what_is_hidden_leaves_no_gap_in_a_page(committed, lead, operation, log):
    partner = partner_of(committed, operation)
    reader = Reader(partner, operation, limit=2)
    reader.read()
    own = []
    for _ in range(3):
        log()
        own.append(log(client=partner))

    pages = [reader.read(), reader.read()]

    assert [[entry["href"] for entry in page] for page in pages] == [
        [f"/results/{each}" for each in own[:2]],
        [f"/results/{own[2]}"],
    ]


def test_a_partner_whose_membership_is_over_is_told_nothing(committed, operation, log):
    partner = partner_of(committed, operation)
    reader = Reader(partner, operation)
    reader.read()
    with db.transaction():
        db.session.execute(
            sa.text("update membership set revoked_at = now() where person_id = :id"),
            {"id": partner.person.id},
        )

    reply = partner.get(reader.address, query_string={"after": reader.cursor})

    assert reply.status_code == 404


@pytest.mark.parametrize("visibility", ["restricted", "covert"])
def test_an_outsider_is_told_what_is_said_of_none(committed, lead, log, visibility):
    hidden = factories.operation(visibility=visibility)
    reader = Reader(lead, factories.operation(created_by=lead.person.id))
    reader.read()

    replies = [
        lead.get(f"/api/v1/operations/{operation_id}/feed", query_string=query)
        for operation_id in (hidden.id, uuid.uuid4())
        for query in ({}, {"after": reader.cursor})
    ]

    assert {reply.status_code for reply in replies} == {404}
    assert len({reply.text for reply in replies}) == 1


def test_an_auditor_reads_the_feed_but_not_who_checked_in(committed, lead, operation, log):
    auditor = client_of(committed, factories.person("auditor"))
    reader = Reader(auditor, operation)
    reader.read()
    deployment = factories.deployment(operation, name="Visit")
    assign(deployment, lead.person)
    lead.post(f"/api/v1/deployments/{deployment.id}/check-ins", json={"position": HERE})
    log()

    assert reader.said() == [
        "Deployment added: Visit",
        "Pat Planner put on Visit",
        "Logged: arrest",
    ]


def test_a_cursor_of_somebody_else_or_of_another_operation_shows_no_more(
    committed, lead, operation, log, reader
):
    stranger = client_of(
        committed, factories.person("lead", organisation=factories.organisation("LANCS"))
    )
    theirs = factories.operation(
        created_by=stranger.person.id, organisation=factories.organisation("LANCS")
    )
    own = Reader(stranger, theirs)
    own.read()
    log()
    log(client=stranger, to=theirs)

    borrowed = stranger.get(own.address, query_string={"after": reader.cursor})
    denied = stranger.get(reader.address, query_string={"after": reader.cursor})

    assert [entry["by"] for entry in borrowed.json["entries"]] == [stranger.person.name]
    assert denied.status_code == 404


def test_a_cursor_from_the_beginning_of_time_shows_what_one_may_see(committed, operation, log):
    partner = partner_of(committed, operation)
    log()
    own = log(client=partner)
    cluster = db.session.scalar(sa.text("select this_cluster()"))
    db.session.rollback()
    forged = api.write_cursor([str(cluster), "0", "3:3:", "", "", ""])

    reply = partner.get(f"/api/v1/operations/{operation.id}/feed", query_string={"after": forged})

    assert [entry["href"] for entry in reply.json["entries"]] == [f"/results/{own}"]


@pytest.mark.parametrize(
    "parts",
    [
        ["1", "0", "3:3:", "", "", ""],
        ["{cluster}", "0", "3:900000000000000000:", "", "", ""],
        ["{cluster}", "0", "3:3:", "3:900000000000000000:", "4", str(uuid.UUID(int=1))],
    ],
    ids=["of another server", "from the future", "to the future"],
)
def test_a_forged_cursor_is_refused_in_a_sentence(committed, lead, operation, parts):
    cluster = str(db.session.scalar(sa.text("select this_cluster()")))
    db.session.rollback()
    forged = api.write_cursor([part.format(cluster=cluster) for part in parts])

    reply = lead.get(f"/api/v1/operations/{operation.id}/feed", query_string={"after": forged})

    assert reply.status_code == 422
    assert "read it again from the start" in reply.json["detail"]


def test_what_came_along_from_another_server_is_not_told_as_new(
    committed, lead, operation, log, reader
):
    log()
    with db.transaction():
        # As after a restore: the numbers of the old server lie ahead of this one's.
        db.session.execute(sa.update(Change).values(txid=Change.txid + 10**12))

    assert reader.read() == []


def test_what_is_erased_is_not_told(committed, lead, operation, log, reader):
    log()
    with db.transaction():
        db.session.execute(sa.update(Change).values(before=None, after=None, salt=None))

    assert reader.read() == []
