"""Returns to outside bodies: filled in from measures, checked, and handed out."""

import csv
import datetime as dt
import io

import openpyxl
import pytest
import sqlalchemy as sa

from ops import db
from ops.ledger.models import LogEntry
from tests import factories

BUILT_IN = "county_lines_week"
NEW = {
    "code": "panel",
    "name": "Panel",
    "recipient": "The panel",
    "columns": [{"name": "Force", "fact": "organisation"}, {"name": "Held", "measure": "arrests"}],
}


@pytest.fixture
def operation(session):
    """An operation that is over, all of whose records may stand."""
    now = dt.datetime.now(dt.UTC)
    days = dt.timedelta(days=8), dt.timedelta(days=1)
    return factories.operation(starts_at=now - days[0], ends_at=now - days[1])


@pytest.fixture
def log_now(log, operation):
    """Log what happened while the operation ran."""
    at = (dt.datetime.now(dt.UTC) - dt.timedelta(days=3)).isoformat()
    return lambda kind, detail=None: log(kind, detail, occurred_at=at)


def filled(client, operation, code=BUILT_IN):
    """Give a return, and its rows by their headings."""
    reply = client.get(f"/api/v1/operations/{operation.id}/returns/{code}")
    assert reply.status_code == 200, reply.text
    return reply.json, {row["name"]: row for row in reply.json["rows"]}


def gaps(row):
    """Name what is missing of a row."""
    return {gap["code"] for gap in row["gaps"]}


def file(client, operation, form, code=BUILT_IN, **asked):
    """Ask for a return as a file."""
    there = f"/api/v1/operations/{operation.id}/returns/{code}/file.{form}"
    return client.get(there, query_string=asked)


def test_each_column_has_the_figure_of_its_measure(log_now, lead, operation):
    log_now("arrest")
    log_now("arrest")

    whole, rows = filled(lead, operation)

    figures = lead.get(f"/api/v1/operations/{operation.id}/outcomes").json["measures"]
    by_code = {each["code"]: each["value"] for each in figures}
    assert all(row["value"] == by_code[row["measure"]] for row in whole["rows"] if row["measure"])
    assert rows["Arrests"]["value"] == "2"
    assert rows["Reference"]["value"] == operation.reference
    assert len(lead.get(rows["Arrests"]["records"]).json) == 2


def test_what_is_missing_is_said_before_it_is_sent(log_now, lead, operation):
    log_now("arrest")
    log_now("line_closure")
    end = dt.datetime.now(dt.UTC) - dt.timedelta(days=2)
    factories.deployment(operation, starts_at=end, name="Early door")

    whole, rows = filled(lead, operation)

    assert not whole["is_whole"]
    assert gaps(whole) == {"unreported"}
    assert gaps(rows["Arrests"]) == {"unconfirmed"}
    assert gaps(rows["Deal lines closed (all)"]) == {"provisional"}
    assert gaps(rows["Warrants executed"]) == {"none_recorded"}


def test_it_is_held_back_until_somebody_says_anyway(log_now, lead, operation, session):
    log_now("line_closure")

    held, sent = file(lead, operation, "csv"), file(lead, operation, "csv", anyway="true")

    assert (held.status_code, sent.status_code) == (409, 200)
    [entry] = session.scalars(sa.select(LogEntry).where(LogEntry.act == "disclosure")).all()
    assert entry.recipient == "National County Lines Coordination Centre"
    assert entry.reason == ("County lines week of action, version 1, although something is missing")
    assert sent.headers["X-Marking"] == "OFFICIAL-SENSITIVE"


def test_a_return_that_is_whole_goes_as_it_is(log_now, lead, operation):
    log_now("arrest")
    lead.post("/api/v1/return-profiles", json=NEW)

    [line] = csv.DictReader(
        io.StringIO(file(lead, operation, "csv", "panel").get_data(as_text=True))
    )
    book = openpyxl.load_workbook(io.BytesIO(file(lead, operation, "xlsx", "panel").data))

    assert line == {"Force": "GMP", "Held": "1"}
    assert list(book["Return"].iter_rows(values_only=True)) == [("Force", "Held"), ("GMP", 1)]
    assert [row[0] for row in book["Missing"].iter_rows(values_only=True)] == ["Column", "Held"]
    assert "OFFICIAL-SENSITIVE" in book["Return"].oddHeader.center.text


def test_a_changed_profile_is_a_new_version_and_the_old_one_stays(lead, session):
    lead.post("/api/v1/return-profiles", json=NEW)
    changed = NEW | {"name": "Panel of June"}

    silent = lead.post("/api/v1/return-profiles", json=changed)
    late = lead.post("/api/v1/return-profiles", json=changed | {"reason": "x", "replaces": 7})
    made = lead.post("/api/v1/return-profiles", json=changed | {"reason": "x", "replaces": 1})

    assert (silent.status_code, late.status_code, made.status_code) == (422, 412, 201)
    assert made.json["version"] == 2
    assert lead.get("/api/v1/return-profiles/panel").json["name"] == "Panel of June"
    kept = db.session.scalars(
        sa.text("select name from return_profile where code = 'panel' order by version")
    ).all()
    assert kept == ["Panel", "Panel of June"]


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ([{"name": "A", "measure": "nothing"}], "columns.0.measure"),
        ([{"name": "A"}], "columns"),
        ([{"name": "A", "measure": "arrests", "fact": "to"}], "columns"),
        ([{"name": "A", "fact": "to"}, {"name": "a", "fact": "from"}], "columns"),
        ([], "columns"),
    ],
)
def test_a_profile_that_fills_nothing_is_refused(columns, field, lead, session):
    reply = lead.post("/api/v1/return-profiles", json=NEW | {"columns": columns})

    assert reply.status_code == 422
    assert list(reply.json["errors"]) == [field]


def test_the_page_says_what_is_missing_and_gives_the_file(log_now, lead, operation):
    log_now("line_closure")
    here = f"/operations/{operation.id}/returns"

    page = lead.get(here).get_data(as_text=True)
    held = lead.post(here, query_string={"profile": BUILT_IN}, data={"form": "csv"})
    sent = lead.post(
        here, query_string={"profile": BUILT_IN}, data={"form": "csv", "anyway": "true"}
    )

    assert "more waits for confirmation and is not counted." in page
    assert held.status_code == 409
    assert "Something is missing from this return." in held.get_data(as_text=True)
    assert sent.headers["Content-Disposition"].startswith("attachment")


def test_the_page_of_a_list_leads_to_its_file(log, lead, operation):
    log("arrest")
    listed = lead.get(f"/operations/{operation.id}/results?kind=arrest").get_data(as_text=True)
    there = f"/results/take?kind=arrest&amp;operation={operation.id}"

    page = lead.get(there.replace("&amp;", "&")).get_data(as_text=True)
    wrong = lead.post(there.replace("&amp;", "&"), data={"form": "doc"})
    sent = lead.post(there.replace("&amp;", "&"), data={"form": "csv", "to_whom": "The panel"})

    assert there in listed
    assert "Take results away" in page
    assert operation.reference in page
    assert wrong.status_code == 404
    assert sent.get_data(as_text=True).count("\n") == 2


def test_a_profile_is_changed_on_its_page(lead, session):
    said = {
        "name": "Week",
        "recipient": "The centre",
        "lines": "Force = organisation\nHeld = arrests",
        "reason": "Their form",
        "replaces": "1",
    }

    reply = lead.post(f"/return-profiles/{BUILT_IN}", data=said)

    assert reply.status_code == 303, reply.text
    made = lead.get(f"/api/v1/return-profiles/{BUILT_IN}").json
    assert made["version"] == 2
    assert made["columns"] == [
        {"name": "Force", "fact": "organisation"},
        {"name": "Held", "measure": "arrests"},
    ]
