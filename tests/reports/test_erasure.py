"""What goes of a report with an operation of it, and what was issued and stays."""

import sqlalchemy as sa

from ops import db
from ops.operations.models import Operation
from ops.reports.models import Report, ReportNote
from tests.reports.conftest import act
from tests.retention.conftest import decide, erase


def test_a_draft_loses_its_words_with_an_operation_and_what_was_issued_stays(
    analyst, lead, client_as, here, operations, session
):
    note = {"operation": str(operations[0].id), "title": "A door", "text": "It was open."}
    assert analyst.post(f"{here}/notes", json=note).status_code == 201
    issued = act(lead, here, "issue").json
    following = analyst.post(f"{here}/next").json
    assert [each["title"] for each in following["notes"]] == ["A door"]
    with db.transaction():
        session.execute(sa.update(Operation).values(status="closed"))

    decide(lead, f"/operations/{operations[0].id}")
    assert erase(client_as("lead"), f"/operations/{operations[0].id}").status_code == 200

    session.expire_all()
    first, second = session.scalars(sa.select(Report).order_by(Report.number)).all()
    assert (second.title, second.summary) == ("Erased", None)
    assert (first.title, first.hash.hex()) == (issued["title"], issued["hash"])
    assert session.scalars(sa.select(ReportNote)).all() == []
