"""The demonstration: loaded once, adding up to what was published, and gone without a trace."""

import pytest
import sqlalchemy as sa
from geoalchemy2.shape import from_shape

from ops import db, demo
from ops.access import sessions
from ops.access.member_models import Alert
from ops.access.oidc_models import ExternalIdentity
from ops.deconfliction.models import Conflict
from ops.demo import logbook, need_to_know, people, places, programme
from ops.demo.identity import id_of
from ops.errors import Refused
from ops.geo.models import Boundary
from ops.results import rules
from ops.results.models import Credit, Result
from tests import factories
from tests.results.conftest import payload


@pytest.fixture
def client_of(app, session):
    """The client of one of the demonstration's accounts."""

    def make(account):
        client = app.test_client()
        person = db.find(people.Person, id_of("person", people.email_of(account)), "person")
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {factories.token(person)}"
        return client

    return make


def lead():
    return id_of("person", people.email_of("lead"))


def rows():
    """Count the rows of every table, but for what tells of changes and the measures."""
    names = db.Model.metadata.tables.keys() - {"boundary_change", "change", "measure"}
    return {
        name: db.session.scalar(sa.text(f"select count(*) from {name}"))  # noqa: S608
        for name in sorted(names)
    }


def test_loading_twice_adds_nothing(session):
    first = demo.load()
    before = rows()

    again = demo.load()

    assert len(first) == len(people.ACCOUNTS)
    assert again == {}
    assert rows() == before


def test_removing_takes_away_all_that_was_loaded_and_nothing_else(session):
    elsewhere = factories.organisation(code="ELSEWHERE")
    lead = factories.person(organisation=elsewhere)
    factories.operation(organisation=elsewhere, created_by=lead.id)
    before = rows()
    demo.load()

    demo.remove()

    assert rows() == before


def test_its_conflict_is_told_and_goes_with_it(session):
    session.execute(sa.text("set constraints all immediate"))
    session.commit()
    demo.load()
    assert "open" in session.scalars(sa.select(Conflict.state)).all()
    assert "conflict" in session.scalars(sa.select(Alert.kind)).all()

    demo.remove()

    assert session.scalars(sa.select(Conflict)).all() == []


def test_removing_is_refused_where_somebody_has_added_to_it(session):
    demo.load()
    operation = id_of("operation", "VULCAN")
    with db.transaction():
        db.session.add(
            Result(
                operation_id=operation,
                kind="arrest",
                occurred_at=factories.NOON,
                recorded_by=id_of("person", people.email_of("officer")),
                content_hash=b"",
            )
        )
    before = rows()

    with pytest.raises(Refused, match="stays as it is"):
        demo.remove()

    assert rows() == before


def test_loading_again_leaves_what_people_did_to_the_records(session):
    demo.load()
    first = next(logbook.result_ids())
    with db.transaction():
        rules.strike(db.find(Result, first, "result"), "Never happened.", lead(), factories.NOON)

    demo.load()

    assert db.find(Result, first, "result").status == "struck"


def test_removing_is_refused_where_somebody_has_changed_it(client_of):
    demo.load()
    client, vulcan = client_of("lead"), f"/api/v1/operations/{id_of('operation', 'VULCAN')}"
    headers = {"If-Match": client.get(vulcan).headers["ETag"]}
    changed = client.patch(vulcan, json={"aim": "What we want."}, headers=headers)
    assert changed.status_code == 200
    before = rows()

    with pytest.raises(Refused, match="changed it"):
        demo.remove()

    assert rows() == before


def test_removing_is_refused_where_somebody_opened_an_operation_in_an_emergency(client_of):
    demo.load()
    opened = client_of("desk").post(
        "/api/v1/break-glass",
        json={"reference": need_to_know.RESTRICTED, "reason": "A threat to life."},
    )
    assert opened.status_code == 201, opened.text
    before = rows()

    with pytest.raises(Refused):
        demo.remove()

    assert rows() == before


def test_removing_is_refused_where_a_membership_was_ended(client_of):
    demo.load()
    revoked = id_of("membership", programme.VULCAN, "partner")
    ended = client_of("lead").delete(f"/api/v1/members/{revoked}")
    assert ended.status_code == 204, ended.text

    with pytest.raises(Refused, match="changed it"):
        demo.remove()


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        ("lead", {need_to_know.RESTRICTED, need_to_know.COVERT}),
        ("officer", {need_to_know.RESTRICTED, need_to_know.COVERT}),
        ("analyst", {need_to_know.RESTRICTED}),
        ("admin", set()),
        ("desk", set()),
        ("auditor", set()),
    ],
)
def test_what_is_not_open_is_seen_by_its_members_alone(client_of, account, expected):
    demo.load()

    shown = client_of(account).get("/api/v1/operations?limit=500").json

    open_ones = {each["reference"] for each in shown if each["visibility"] == "open"}
    assert {each["reference"] for each in shown} - open_ones == expected
    assert {programme.VULCAN, programme.PRACTICE} <= open_ones


def test_the_partner_sees_their_own_part_of_vulcan_and_adds_to_it(client_of):
    demo.load()
    partner, vulcan = client_of("partner"), id_of("operation", programme.VULCAN)
    there = f"/api/v1/operations/{vulcan}"

    logged = partner.post(f"{there}/results", json=payload())

    shown = partner.get("/api/v1/operations").json
    deployed = partner.get(f"{there}/deployments").json
    listed = partner.get(f"{there}/results").json
    assert logged.status_code == 201
    assert [each["reference"] for each in shown] == [programme.VULCAN]
    assert [each["name"] for each in deployed] == ["Visit to traders with the council"]
    assert [each["id"] for each in listed] == [logged.json["id"]]
    assert len(client_of("lead").get(f"{there}/deployments").json) == 2


def test_a_credit_to_an_operation_of_somebody_else_is_not_taken_away(session):
    demo.load()
    theirs = factories.operation(organisation=factories.organisation(code="ELSEWHERE"))
    result = db.find(Result, next(logbook.result_ids()), "result")
    with db.transaction():
        db.session.add(Credit(result_id=result.id, operation_id=theirs.id))

    with pytest.raises(Refused):
        demo.remove()


def test_a_real_outline_imported_over_ours_stays(session):
    bolton = id_of("boundary", "E08000001")
    demo.load()
    with db.transaction():
        db.find(Boundary, bolton, "boundary").geom = from_shape(factories.SQUARE, 4326)
    before = rows()

    demo.load()
    assert rows() == before
    demo.remove()

    assert db.session.scalars(sa.select(Boundary.id)).all() == [bolton]


def test_a_real_outline_that_was_there_first_is_taken(session):
    factories.boundary(code="E08000001")

    demo.load()

    assert rows()["boundary"] == len(places.DISTRICTS)


def test_each_account_signs_in_with_its_printed_password(session, app):
    accounts = demo.load()

    with app.test_request_context():
        secrets = [sessions.sign_in(email, password) for email, password in accounts.items()]

    assert len(set(secrets)) == len(people.ACCOUNTS)


def test_how_somebody_signed_in_does_not_keep_the_demonstration(session, app):
    before = rows()
    accounts = demo.load()
    with app.test_request_context():
        for email, password in accounts.items():
            sessions.sign_in(email, password)
    with db.transaction():
        db.session.add(
            ExternalIdentity(issuer="https://force.example", subject="1", person_id=lead())
        )

    demo.remove()

    assert rows() == before


def test_the_districts_cover_their_prisons_and_do_not_overlap():
    drawn = list(places.outlines().values())

    overlaps = [
        a.intersection(b).area for number, a in enumerate(drawn) for b in drawn[number + 1 :]
    ]

    assert all(outline.is_valid for outline in drawn)
    assert max(overlaps) < 1e-6


@pytest.mark.parametrize(
    ("reference", "left"),
    [
        (programme.PRACTICE, {"targets"}),
        (programme.GATEHOUSE, {"four-p"}),
        (programme.VULCAN, {"phases", "four-p"}),
    ],
)
def test_each_kind_has_a_plan_that_is_begun_and_says_what_is_left(client_of, reference, left):
    demo.load()

    tasks = client_of("lead").get(f"/api/v1/operations/{id_of('operation', reference)}/plan").json

    assert {each["name"] for each in tasks["tasks"] if each["missing"]} == left
