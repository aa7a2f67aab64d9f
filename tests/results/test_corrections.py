"""Correct, strike, confirm, credit: nothing is lost, and everything says why."""

import datetime as dt

import pytest
import sqlalchemy as sa

from ops import db
from ops.results.kinds.arrests import Disposal
from ops.results.models import Credit, Result
from tests import factories
from tests.results.conftest import AT


@pytest.fixture
def change(lead):
    """Correct a record as it stands."""

    def send(record, client=lead, reason="Misread", **fields):
        there = f"/api/v1/results/{record['id']}"
        etag = client.get(there).headers["ETag"]
        body = fields | {"reason": reason}
        return client.patch(there, json=body, headers={"If-Match": etag})

    return send


@pytest.fixture
def do(lead, second):
    """Strike, confirm or credit a record; whoever recorded it does not confirm it."""

    def send(verb, record, client=None, **body):
        client = client or (second if verb == "confirm" else lead)
        return client.post(f"/api/v1/results/{record['id']}/{verb}", json=body)

    return send


def history(client, record):
    return client.get(f"/api/v1/results/{record['id']}/history").json


def test_a_correction_is_a_new_version_with_its_reason(log, lead, change):
    record = log(detail={"age_band": "18-24", "custody_ref": "06CD/1/23"})

    corrected = change(record, detail={"age_band": "25-34"}).json

    assert corrected["detail"] == record["detail"] | {"age_band": "25-34"}
    assert corrected["version"] == record["version"] + 1
    [entry] = [each for each in history(lead, record) if each["part"] == "arrest"]
    assert (entry["before"], entry["after"]) == ({"age_band": "18-24"}, {"age_band": "25-34"})
    assert entry["reason"] == "Misread"
    assert entry["by"] == record["recorded_by"]


def test_every_change_of_the_record_itself_is_in_its_history(log, lead, change):
    record = log(position={"type": "Point", "coordinates": [-2.24, 53.48]}, note="Rear door")

    change(
        record,
        position={"type": "Point", "coordinates": [-2.25, 53.49]},
        note=None,
        accuracy_m="8",
        occurred_at="2026-11-02T13:00:00Z",
    )

    [entry] = [each for each in history(lead, record) if each["part"] == "result"]
    assert entry["before"] == {
        "position": {"type": "Point", "coordinates": [-2.24, 53.48]},
        "note": "Rear door",
        "accuracy_m": None,
        "occurred_at": "2026-11-02T12:00:00+00:00",
    }
    assert entry["after"]["position"]["coordinates"] == [-2.25, 53.49]


def test_a_field_can_be_taken_back(log, change):
    record = log(detail={"sex": "male"})

    assert "sex" not in change(record, detail={"sex": None}).json["detail"]


def test_what_followed_from_the_rest_follows_anew(log, change):
    record = log("seizure", {"category": "drugs", "drug": "heroin", "quantity": "2", "unit": "kg"})

    corrected = change(record, detail={"drug": "cannabis", "unit": "g"}).json["detail"]

    assert (corrected["drug_class"], corrected["unit"]) == ("B", "g")
    grams = db.session.scalar(sa.text("select grams from seizure"))
    assert grams == 2


def test_what_was_chosen_against_the_rest_stays(log, change):
    record = log("seizure", {"category": "drugs", "drug": "heroin", "drug_class": "unknown"})

    corrected = change(record, detail={"drug": "cannabis"}).json["detail"]

    assert corrected["drug_class"] == "unknown"


def test_the_one_entry_of_a_short_log_moves_with_its_record(log, change):
    record = log("warrant")

    corrected = change(record, occurred_at="2026-11-01T05:00:00Z").json["detail"]

    assert corrected["entries"][0]["at"] == "2026-11-01T05:00:00+00:00"
    assert corrected["return_due"] == "2026-11-01"


def test_an_entry_with_a_time_of_its_own_stays(log, change):
    entries = [{"at": "2026-11-02T11:00:00Z"}, {"outcomes": ["nil"]}]
    record = log("warrant", {"entries": entries})

    corrected = change(record, occurred_at="2026-11-02T15:00:00Z").json["detail"]

    times = [entry["at"] for entry in corrected["entries"]]
    assert times == ["2026-11-02T11:00:00+00:00", "2026-11-02T15:00:00+00:00"]


def test_rows_that_are_added_changed_and_taken_away_are_in_the_history(log, lead, change):
    first = {"code": "bailed", "at": AT}
    second = {"code": "charged", "at": "2026-11-03T12:00:00Z"}
    record = log(detail={"disposals": [first]})

    change(record, detail={"disposals": [first, second]})
    change(record, detail={"disposals": [second]})

    entries = [each for each in history(lead, record) if each["part"] == "disposal"]
    added, changed, removed = entries
    assert (added["before"], added["after"]["code"]) == (None, "charged")
    assert (changed["before"]["code"], changed["after"]["code"]) == ("bailed", "charged")
    assert (removed["before"]["code"], removed["after"]) == ("charged", None)
    assert {each["reason"] for each in entries} == {"Misread"}


def test_what_is_logged_at_first_is_no_change(log, lead):
    record = log("seizure", {"valuations": [{"basis": "street", "value": "1"}]})

    assert history(lead, record) == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"detail": {"reason": "none"}}, "detail"),
        ({"detail": {"surname": "Smith"}}, "detail"),
        ({"occurred_at": "2099-01-01T00:00:00Z"}, "occurred_at"),
        ({"deployment": "0193e9a0-1111-7222-8333-444455556666"}, "deployment"),
        ({"kind": "warrant"}, "kind"),
        ({"status": "confirmed"}, "status"),
        ({"reason": None}, "reason"),
    ],
)
def test_refuses_a_correction_that_is_not_right(log, lead, change, fields, field):
    record = log()

    reply = change(record, **fields)

    assert reply.status_code == 422
    assert field in reply.json["errors"]
    assert lead.get(f"/api/v1/results/{record['id']}").json == record


def test_a_correction_changes_something(log, change):
    assert change(log()).status_code == 422


def test_a_correction_needs_the_version_it_corrects(log, lead):
    record = log()
    there = f"/api/v1/results/{record['id']}"

    without = lead.patch(there, json={"reason": "Misread", "note": "One"})
    stale = lead.patch(
        there, json={"reason": "Misread", "note": "Two"}, headers={"If-Match": '"1"'}
    )

    assert (without.status_code, stale.status_code) == (428, 412)


def test_a_struck_result_stays_with_its_reason_and_is_touched_no_more(log, lead, change, do):
    record = log()

    struck = do("strike", record, reason="Logged twice").json

    assert (struck["status"], struck["struck_reason"]) == ("struck", "Logged twice")
    assert struck["struck_by"] == record["recorded_by"]
    assert struck["detail"] == record["detail"]
    assert history(lead, record)[0]["reason"] == "Logged twice"
    assert do("strike", record, reason="Again").status_code == 409
    assert do("confirm", record).status_code == 409
    assert change(record, note="Late thought").status_code == 409


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "   "}])
def test_striking_needs_a_reason(log, do, body):
    assert do("strike", log(), **body).status_code == 422


def test_an_officer_strikes_only_what_is_their_own(log, client_as, do):
    officer = client_as("officer")
    own, other = log(client=officer), log()

    assert do("strike", own, officer, reason="Slip").status_code == 200
    assert do("strike", other, officer, reason="Slip").status_code == 403


def test_a_closure_is_confirmed_once_it_lacks_nothing(log, change, do, second):
    record = log("line_closure")

    refused = do("confirm", record)
    change(record, detail={"deactivated_on": "2026-11-03"})
    confirmed = do("confirm", record)

    assert refused.status_code == 409
    assert "deactivated" in refused.json["detail"]
    assert (confirmed.status_code, confirmed.json["status"]) == (200, "confirmed")
    assert confirmed.json["confirmed_by"]["id"] == str(second.person.id)


def test_whoever_recorded_a_result_does_not_confirm_it(log, do, lead):
    record = log()

    refused = do("confirm", record, lead)

    assert refused.status_code == 403
    assert "somebody else must confirm" in refused.json["detail"]
    assert lead.get(f"/api/v1/results/{record['id']}").json["status"] == "recorded"


def test_confirming_twice_changes_nothing(log, do):
    record = log()
    first = do("confirm", record).json

    assert first["status"] == "confirmed"
    assert do("confirm", record).json == first


def test_what_was_confirmed_is_provisional_again_once_it_changes(log, change, do):
    record = log("line_closure", {"deactivated_on": "2026-11-03"})
    confirmed = do("confirm", record).json

    corrected = change(record, detail={"deactivated_on": "2026-11-04"}).json

    assert confirmed["status"] == "confirmed"
    assert (corrected["status"], corrected["confirmed_at"]) == ("recorded", None)


@pytest.mark.parametrize(
    "fields",
    [
        {"detail": {"check_backs": [{"on": "2026-11-20", "out_of_use": True}]}},
        {"note": "Seen again on the 20th"},
        {"position": {"type": "Point", "coordinates": [-2.24, 53.48]}},
    ],
)
def test_what_comes_later_leaves_a_confirmation_standing(log, change, do, fields):
    record = log("line_closure", {"deactivated_on": "2026-11-03"})
    do("confirm", record)

    assert change(record, **fields).json["status"] == "confirmed"


def test_confirming_is_for_a_lead(log, client_as, do):
    record = log()

    assert do("confirm", record, client_as("officer")).status_code == 403
    assert do("confirm", record, client_as("lead")).status_code == 200


@pytest.mark.parametrize(("verb", "body"), [("confirm", {}), ("strike", {"reason": "Slip"})])
def test_what_was_meant_for_an_older_version_is_stale(log, change, do, verb, body):
    record = log()
    change(record, note="Another")

    reply = do(f"{verb}?version={record['version']}", record, **body)

    assert reply.status_code == 412


def test_a_credit_is_given_and_taken_back_and_both_are_in_the_history(log, lead, do):
    record, supporting = log(), factories.operation()

    given = do("credits", record, operation=str(supporting.id))
    again = do("credits", record, operation=str(supporting.id))
    taken = lead.delete(
        f"/api/v1/results/{record['id']}/credits/{supporting.id}",
        headers={"If-Match": given.headers["ETag"]},
    )

    assert given.json["credits"] == [str(supporting.id)]
    assert again.json == given.json
    assert taken.status_code == 204
    assert lead.get(f"/api/v1/results/{record['id']}").json["credits"] == []
    entries = [each for each in history(lead, record) if each["part"] == "credit"]
    assert [each["before"] is None for each in entries] == [True, False]


def test_a_credit_that_was_taken_back_can_be_given_again(log, lead, do, session):
    record, supporting = log(), factories.operation()
    do("credits", record, operation=str(supporting.id))
    there = f"/api/v1/results/{record['id']}"
    etag = lead.get(there).headers["ETag"]
    lead.delete(f"{there}/credits/{supporting.id}", headers={"If-Match": etag})

    again = do("credits", record, operation=str(supporting.id))

    assert again.json["credits"] == [str(supporting.id)]
    rows = session.scalars(sa.select(Credit).order_by(Credit.credited_at)).all()
    assert [row.withdrawn_at is None for row in rows] == [False, True]
    assert rows[0].withdrawn_at <= rows[1].credited_at


def test_a_disposal_is_known_since_it_was_first_written_wherever_it_stands(log, change, session):
    bailed = {"code": "bailed", "at": "2026-11-03T10:00:00Z"}
    record = log(detail={"disposals": [bailed]})
    reprimand = {"code": "caution", "at": "2026-11-02T20:00:00Z"}

    change(record, detail={"disposals": [bailed, reprimand]})

    rows = session.scalars(sa.select(Disposal).order_by(Disposal.position)).all()
    assert [row.code for row in rows] == ["caution", "bailed"]
    assert rows[0].recorded_at > rows[1].recorded_at
    # Whoever writes the time leaves out noughts at its end.
    assert rows[1].recorded_at == dt.datetime.fromisoformat(record["recorded_at"])


def test_a_credit_needs_another_operation_that_is_there(log, operation, do):
    record = log()

    assert do("credits", record, operation=str(operation.id)).status_code == 409
    assert do("credits", record, operation=record["id"]).status_code == 404


@pytest.mark.parametrize("verb", ["confirm", "strike", "credits", "history"])
def test_there_must_be_such_a_result(lead, operation, do, verb):
    missing = {"id": str(operation.id)}
    bodies = {"strike": {"reason": "x"}, "credits": {"operation": str(operation.id)}}

    if verb == "history":
        reply = lead.get(f"/api/v1/results/{missing['id']}/history")
    else:
        reply = do(verb, missing, **bodies.get(verb, {}))

    assert reply.status_code == 404


def test_moving_a_result_moves_its_district_its_ward_and_its_square(log, change, session):
    factories.boundary("E08000003")
    factories.boundary("E05000650", layer="ward")
    record = log()

    moved = change(record, position={"type": "Point", "coordinates": [-2.24, 53.485]}).json

    assert moved["district"] == "E08000003"
    kept = session.get(Result, moved["id"])
    assert (kept.ward, kept.square) == ("E05000650", 384103987)


def test_contents_move_with_what_they_lie_in(log, change, session):
    outer, inner = log("seizure"), log("seizure")
    parcel = log("seizure", {"parent": inner["id"]})
    phone = log("seizure", {"parent": parcel["id"]})

    change(inner, detail={"parent": outer["id"]})

    ancestors = session.scalar(
        sa.text("select ancestors from seizure where result_id = :id"), {"id": phone["id"]}
    )
    assert [str(each) for each in ancestors] == [outer["id"], inner["id"], parcel["id"]]


def test_a_seizure_can_not_come_to_lie_inside_itself(log, change):
    outer = log("seizure")
    inner = log("seizure", {"parent": outer["id"]})

    reply = change(outer, detail={"parent": inner["id"]})

    assert reply.status_code == 409
    assert "itself" in reply.json["detail"]


def test_nothing_is_ever_deleted(log, change, do, session):
    record = log()
    change(record, note="Another")
    do("strike", record, reason="Slip")

    assert session.scalar(sa.select(sa.func.count()).select_from(Result)) == 1
