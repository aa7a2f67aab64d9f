"""The demonstration: loaded once, adding up to what was published, and gone without a trace."""

import pytest
import sqlalchemy as sa
from geoalchemy2.shape import from_shape

from ops import db, demo
from ops.access import sessions
from ops.demo import people, places, weeks
from ops.demo.identity import id_of
from ops.errors import Refused
from ops.geo.models import Boundary
from ops.operations.models import Operation
from ops.results import rules
from ops.results.models import Credit, Result
from tests import factories


def lead():
    return id_of("person", people.email_of("lead"))


def rows():
    """Count the rows of every table, but for the ledger of changes and the measures."""
    names = db.Model.metadata.tables.keys() - {"change", "measure"}
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
    first = next(weeks.result_ids())
    with db.transaction():
        rules.strike(db.find(Result, first, "result"), "Never happened.", lead(), factories.NOON)

    demo.load()

    assert db.find(Result, first, "result").status == "struck"


def test_removing_is_refused_where_somebody_has_changed_it(session):
    demo.load()
    db.act_as(lead())
    session.commit()
    with db.transaction():
        db.find(Operation, id_of("operation", "VULCAN"), "operation").aim = "What we want."
    before = rows()

    with pytest.raises(Refused, match="changed it"):
        demo.remove()

    assert rows() == before


def test_a_credit_to_an_operation_of_somebody_else_is_not_taken_away(session):
    demo.load()
    theirs = factories.operation(organisation=factories.organisation(code="ELSEWHERE"))
    result = db.find(Result, next(weeks.result_ids()), "result")
    with db.transaction():
        db.session.add(Credit.of(result, theirs.id))

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


def test_the_districts_cover_their_prisons_and_do_not_overlap():
    drawn = list(places.outlines().values())

    overlaps = [
        a.intersection(b).area for number, a in enumerate(drawn) for b in drawn[number + 1 :]
    ]

    assert all(outline.is_valid for outline in drawn)
    assert max(overlaps) < 1e-6
