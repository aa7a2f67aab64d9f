"""Nothing of the content is found anywhere; the fact, and what figures count, is."""

import pytest
import sqlalchemy as sa

from ops.results.kinds import KINDS
from tests import factories
from tests.retention.conftest import decide, erase, look

MARK = "zqmarkerzq"
ZONE = {"type": "Polygon",
        "coordinates": [[[-2.241357, 53.485246], [-2.24, 53.485246], [-2.24, 53.49]]]}  # fmt: skip
DETAILS = {
    "warrant": {"reference": MARK, "court": MARK, "granted_on": "2026-11-01", "outcomes": ["nil"]},
    "arrest": {
        "custody_ref": MARK,
        "age_band": "18-24",
        "sex": "male",
        "disposals": [{"code": "charged"}],
    },
    "seizure": {
        "category": "cash",
        "quantity": "1250.50",
        "description": MARK,
        "exhibit_ref": MARK,
        "seal": MARK,
    },
    "line": {"name": MARK, "exporter_area": MARK, "importer_areas": [MARK],
             "line_holder_ref": MARK, "numbers": [{"number": "07700 900123"}]},
    "line_closure": {"line_name": MARK, "evidence": MARK, "custody_ref": MARK,
                     "deactivated_on": "2026-11-02",
                     "check_backs": [{"on": "2026-11-03", "out_of_use": True}]},
    "line_change": {"line_name": MARK, "change": "reopened", "evidence": MARK},
    "search": {"type": "stop_search", "age_band": "18-24", "sex": "male", "ethnicity": "W1",
               "finds": [{"category": "drugs", "number": "2"}],
               "outcomes": [{"outcome": "warned"}]},
    "safeguarding": {"actions": ["visited", "nrm"], "person_ref": "241357", "address_ref": MARK,
                     "people": [{"age_group": "child", "sex": "female"}], "nrm_reference": MARK,
                     "authority_told_at": "2026-11-02T11:00:00Z",
                     "decisions": [{"decision": "reasonable_positive", "on": "2026-11-05"}],
                     "referrals": [{"to": "housing", "outcome": "waiting"}]},
    "engagement": {"activity": "training", "provider": MARK, "venue": MARK, "audience": ["gps"],
                   "counts": [{"what": "people", "number": "390"}]},
    "resource": {"supplied_by": MARK, "partners": ["council"],
                 "counts": [{"what": "officer_hours", "number": "7.5", "qualifier": "approx"}]},
    "court_order": {"order_type": "cbo", "subject": "person", "subject_ref": MARK, "court": MARK,
                    "reference": MARK, "ends_on": "2029-11-02",
                    "conditions": [{"text": MARK, "hours": MARK, "zone": ZONE}]},
    "order_breach": {"subject_ref": MARK, "condition": MARK, "place": MARK, "custody_ref": MARK,
                     "breaches": ["phone"], "followed": [{"code": "imprisoned", "months": 72}]},
    "disruption": {"target_ref": MARK, "what_was_done": MARK, "evidence": MARK,
                   "reviews": [{"after": "3", "on": "2026-11-03", "outcome": "recovered",
                                "note": MARK}]},
    "premises_closure": {"premises_name": MARK, "address": MARK, "trade": "counterfeit"},
    "partner_action": {"partner_name": MARK, "premises": MARK, "reference": MARK,
                       "description": MARK, "number": "3"},
}  # fmt: skip
POSITION = {"type": "Point", "coordinates": [-2.241357, 53.485246]}
# How the words, the number and the place would look in text or JSON.
SOUGHT = (MARK, "07700900123", "241357", "485246")


def found_anywhere(session, words=SOUGHT):
    """Look for words in every row of every table, all columns as text."""
    tables = session.scalars(
        sa.text("select relname from pg_class where relnamespace = 'public'::regnamespace"
                " and relkind = 'r' and relname <> 'spatial_ref_sys'")
    ).all()  # fmt: skip
    found = []
    for table in tables:
        every = sa.text(f'select to_jsonb(t)::text from "{table}" t')  # noqa: S608 - our own names
        rows = session.scalars(every).all()
        found += [(table, word) for word in words for row in rows if word in row]
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_an_erased_result_is_found_anywhere(lead, second, log, session, kind):
    record = log(kind, DETAILS[kind], note=MARK, position=POSITION, accuracy_m="12")
    path = f"/results/{record['id']}"
    etag = lead.get(f"/api/v1{path}").headers["ETag"]
    lead.patch(
        f"/api/v1{path}",
        json={"note": f"{MARK} again", "reason": MARK},
        headers={"If-Match": etag},
    )
    # In life a reason ends with its transaction, which here is the whole test.
    session.execute(sa.text("select set_config('ops.reason', '', true)"))
    decide(lead, path)
    there_before = found_anywhere(session)

    reply = erase(second, path)

    assert {word for _, word in there_before} >= {MARK, "241357"}
    assert reply.json["is_erased"]
    assert found_anywhere(session) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_figures_stay(lead, second, operation, log, session, kind):
    record = log(kind, DETAILS[kind], position=POSITION)
    second.post(f"/api/v1/results/{record['id']}/confirm")
    figures = f"/api/v1/operations/{operation.id}/outcomes"
    before = lead.get(figures).json["measures"]
    decide(lead, f"/results/{record['id']}")

    erase(second, f"/results/{record['id']}")

    after = lead.get(figures).json["measures"]
    assert any(float(each["value"] or 0) for each in before)
    assert after == before


def test_an_erased_result_keeps_its_kind_its_day_and_its_status(lead, second, operation, log):
    record = log("arrest", DETAILS["arrest"], note=MARK)
    second.post(f"/api/v1/results/{record['id']}/confirm")
    decide(lead, f"/results/{record['id']}")

    erase(second, f"/results/{record['id']}")

    after = lead.get(f"/api/v1/results/{record['id']}").json
    kept = {name: after[name] for name in ("id", "kind", "status", "note", "position")}
    assert kept == {
        "id": record["id"], "kind": "arrest", "status": "confirmed", "note": None,
        "position": None,
    }  # fmt: skip
    assert after["occurred_at"] == "2026-11-02T00:00:00+00:00"
    assert "custody_ref" not in after["detail"]
    assert after["detail"]["sex"] == "male"
    assert [each["id"] for each in lead.get(f"/api/v1/operations/{operation.id}/results").json]


def test_nothing_of_an_erased_operation_is_found_anywhere(lead, second, session, log, operation):
    for kind in KINDS:
        log(kind, DETAILS[kind], note=MARK, position=POSITION)
    factories.area(operation, name=MARK)
    factories.deployment(operation, name=MARK, note=MARK)
    session.execute(
        sa.text("update operation set name = :mark, aim = :mark, reference = 'WOA-' || :mark"
                " where id = :id"), {"mark": MARK, "id": operation.id}
    )  # fmt: skip
    session.commit()
    path = f"/operations/{operation.id}"
    lead.post(
        f"/api/v1{path}/members", json={"person": str(second.person.id), "role": "lead",
                                        "reason": MARK}
    )  # fmt: skip
    decide(lead, path)
    figures = lead.get(f"/api/v1{path}/outcomes").json["measures"]

    reply = erase(second, path)

    assert reply.json["gone"].keys() >= {"result", "arrest", "area", "deployment", "change"}
    assert found_anywhere(session) == []
    assert lead.get(f"/api/v1{path}/outcomes").json["measures"] == figures
    after = lead.get(f"/api/v1{path}").json
    assert (after["name"], after["status"]) == ("Erased operation", "closed")


def test_the_dry_run_shows_what_goes_and_takes_nothing(lead, second, session, log):
    path = f"/results/{log('line', DETAILS['line'], note=MARK)['id']}"
    decide(lead, path)

    shown = look(second, path).json

    assert not shown["is_erased"]
    assert shown["gone"] == {"result": 1, "deal_line": 1, "line_number": 1, "change": 6}
    assert found_anywhere(session) != []


@pytest.mark.parametrize(("sent", "status"), [({}, 422), ({"token": "0" * 64}, 409)])
def test_nothing_is_erased_that_was_not_shown(lead, second, session, log, sent, status):
    path = f"/results/{log(note=MARK)['id']}"
    decide(lead, path)

    reply = second.post(f"/api/v1{path}/erase", json=sent)

    assert reply.status_code == status
    assert found_anywhere(session) != []


def test_what_changed_since_it_was_shown_is_shown_again(lead, second, session, log):
    path = f"/results/{log(note=MARK)['id']}"
    decide(lead, path)
    token = look(second, path).json["token"]
    etag = lead.get(f"/api/v1{path}").headers["ETag"]
    sent = {"note": f"{MARK} and more", "reason": "More is known."}
    lead.patch(f"/api/v1{path}", json=sent, headers={"If-Match": etag})

    reply = second.post(f"/api/v1{path}/erase", json={"token": token})

    assert reply.status_code == 409
    assert "no longer what you were shown" in reply.json["detail"]


def test_a_second_erasure_is_no_error(lead, second, log):
    path = f"/results/{log(note=MARK)['id']}"
    decide(lead, path)
    erase(second, path)

    again = look(second, path)

    assert (again.status_code, again.json["is_erased"], again.json["gone"]) == (200, True, {})


def test_nothing_is_written_to_what_was_erased(lead, second, log, operation):
    record = log(note=MARK)
    path = f"/results/{record['id']}"
    decide(lead, path)
    erase(second, path)
    etag = lead.get(f"/api/v1{path}").headers["ETag"]

    replies = [
        lead.patch(f"/api/v1{path}", json={"note": MARK, "reason": "Why not."},
                   headers={"If-Match": etag}),
        lead.post(f"/api/v1{path}/strike", json={"reason": "Why not."}),
        decide(lead, path),
        lead.post(f"/api/v1{path}/holds", json={"reason": "Too late."}),
    ]  # fmt: skip

    assert {reply.status_code for reply in replies} == {409}
    assert all("erased" in reply.json["detail"] for reply in replies)


def test_nothing_is_logged_for_an_erased_operation(lead, second, log, operation):
    decide(lead, f"/operations/{operation.id}")
    erase(second, f"/operations/{operation.id}")
    body = {"kind": "arrest", "occurred_at": "2026-11-02T12:00:00Z",
            "detail": {"reason": "supply_class_a"}}  # fmt: skip

    reply = lead.post(f"/api/v1/operations/{operation.id}/results", json=body)
    item = body | {"operation": str(operation.id)}
    batch = lead.post("/api/v1/results/batch", json={"items": [item]})

    assert reply.status_code == 409
    assert [each["outcome"] for each in batch.json["items"]] == ["refused"]


def test_the_same_sent_again_brings_nothing_back(lead, second, session, log, operation):
    sent = {"id": "01990000-0000-7000-8000-000000000001", "note": MARK}
    path = f"/results/{log(**sent)['id']}"
    decide(lead, path)
    erase(second, path)
    body = {"kind": "arrest", "occurred_at": "2026-11-02T12:00:00Z",
            "detail": {"reason": "supply_class_a"}, **sent}  # fmt: skip

    reply = lead.post(f"/api/v1/operations/{operation.id}/results", json=body)

    assert reply.status_code == 409
    assert found_anywhere(session) == []


def test_each_erasure_is_in_the_log_without_its_content(client_as, lead, second, log, operation):
    record = log(note=MARK)
    decide(lead, f"/results/{record['id']}")
    erase(second, f"/results/{record['id']}")

    entries = client_as("auditor").get("/api/v1/log?act=erasure").json

    assert [each["by"]["name"] for each in entries] == [second.person.name]
    seen = {each["kind"]: each["ids"] for each in entries[0]["seen"]}
    assert seen["result"] == [record["id"]]
    assert MARK not in str(entries)


def test_every_column_of_a_kind_is_kept_or_can_be_emptied(session):
    """A new kind says what of it stays; what it forgets goes."""
    kept = session.scalars(sa.text("select table_name from erasure_keeps")).all()

    assert {kind.model.__tablename__ for kind in KINDS.values()} <= set(kept)


def test_what_is_said_to_stay_is_there(session):
    kept = session.execute(sa.text("select table_name, column_name from erasure_keeps")).all()
    columns = session.execute(
        sa.text("select table_name, column_name from information_schema.columns")
    ).all()

    assert set(map(tuple, kept)) <= set(map(tuple, columns))


def test_only_the_function_erases(lead, session, log):
    """The application's role has no other way, and this one asks who and why."""
    record = log(note=MARK)
    session.execute(
        sa.text("select set_config('role', 'ops_application', true),"
                " set_config('ops.actor', :me, true)"), {"me": str(lead.person.id)}
    )  # fmt: skip

    for statement in (
        "update change set before = null",
        "select hollow('result', 'id', '{}')",
        "select erase_results('{}')",
        "update retention set erased_at = now()",
        "delete from review",
        "update retention_group set years = 1",
    ):
        denied = pytest.raises(sa.exc.ProgrammingError, match="permission denied")
        with denied, session.begin_nested():
            session.execute(sa.text(statement))
    with pytest.raises(sa.exc.IntegrityError, match="can not be erased"), session.begin_nested():
        session.execute(sa.text("select erase_record('result', :id, null)"), {"id": record["id"]})


@pytest.mark.parametrize(
    ("who", "against"),
    [
        ("lead", "decided by the same person"),
        ("second", "held"),
        ("second", "reopened"),
        ("second", "kept"),
        ("second", "opened in an emergency"),
    ],
)
def test_the_database_itself_looks_at_what_stands_against_it(
    lead, second, session, operation, log, who, against
):
    record = log(note=MARK)
    decide(lead, f"/results/{record['id']}")
    if against == "held":
        reason = {"reason": "A court asked."}
        lead.post(f"/api/v1/operations/{operation.id}/holds", json=reason)
    if against == "kept":
        decide(lead, f"/results/{record['id']}", "keep", next_review_on="2030-01-01")
    if against == "reopened":
        session.execute(sa.text("update operation set status = 'live'"))
    if against == "opened in an emergency":
        factories.member(operation, second.person, "lead", is_break_glass=True)
    act = {"me": str({"lead": lead, "second": second}[who].person.id)}
    session.execute(sa.text("select set_config('ops.actor', :me, true)"), act)

    with pytest.raises(sa.exc.IntegrityError, match="can not be erased"), session.begin_nested():
        session.execute(sa.text("select erase_record('result', :id, null)"), {"id": record["id"]})


def test_the_database_knows_no_record_for_whoever_is_not_in_charge(client_as, lead, session, log):
    record = log(note=MARK)
    decide(lead, f"/results/{record['id']}")
    act = {"me": str(client_as("officer").person.id)}
    session.execute(sa.text("select set_config('ops.actor', :me, true)"), act)

    names = {"id": record["id"]}
    assert session.scalar(sa.text("select erase_record('result', :id, null)"), names) is None
