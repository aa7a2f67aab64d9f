"""A snapshot is the summary as it stood: its bytes stay, and say what was behind each figure."""

import datetime as dt
import hashlib
import json
import uuid

import pytest
import sqlalchemy as sa

from ops import db
from ops.outcomes.models import Target
from ops.releases.models import Snapshot
from ops.results.models import Measure
from tests import factories
from tests.factories import NOON
from tests.outcomes.records import arrest, cash, closure
from tests.releases.conftest import behind, figure, redefine
from tests.results.conftest import payload

API = "/api/v1"
DAY = dt.timedelta(days=1)


def fetch(client, frozen):
    return client.get(f"{API}/snapshots/{frozen['id']}")


def test_it_holds_the_figures_and_the_records_behind_each(freeze, operation):
    arrests = {str(arrest(operation)) for _ in range(3)}
    seized = str(cash(operation, "4999.90"))

    frozen = freeze().json

    assert figure(frozen, "arrests")["value"] == "3"
    assert behind(frozen, figure(frozen, "arrests")) == arrests
    assert figure(frozen, "cash_seized")["value"] == "4999.90"
    assert behind(frozen, figure(frozen, "cash_seized")) == {seized}
    assert figure(frozen, "people_charged")["records"] == []


def test_what_is_provisional_has_its_own_records(freeze, operation):
    waiting = str(closure(operation))
    counted = str(closure(operation, confirmed_at=NOON, status="confirmed"))

    frozen = freeze().json

    lines = figure(frozen, "lines_closed")
    assert (lines["value"], lines["provisional"]) == ("1", "1")
    assert behind(frozen, lines) == {counted}
    assert behind(frozen, lines, "provisional_records") == {waiting}


def test_each_group_has_its_records_and_their_versions(freeze, operation):
    men, woman = [str(arrest(operation)) for _ in range(2)], str(arrest(operation, sex="female"))

    frozen = freeze(by="reason").json

    [group] = figure(frozen, "arrests")["groups"]
    assert (group["key"], group["value"]) == ("supply_class_a", "3")
    assert behind(frozen, group) == {*men, woman}
    assert {(version, kind) for _, version, kind, *_ in frozen["records"]} == {(1, "arrest")}


@pytest.mark.parametrize("by", ["square_5km", "square", "square_100m", "ward", "hour"])
def test_where_and_when_to_the_hour_are_not_frozen_since_an_erasure_takes_them(
    freeze, analyst, operation, by
):
    arrest(operation, point="SRID=4326;POINT(-2.241 53.485)")

    reply = freeze(by=by)

    assert reply.status_code == 422
    assert "by" in reply.json["errors"]
    assert f'value="{by}"' not in analyst.get("/snapshots/new").text


def test_groups_by_day_part_the_records(freeze, operation):
    first, second = arrest(operation), arrest(operation, occurred_at=NOON + DAY)

    frozen = freeze(by="day").json

    groups = {each["key"]: behind(frozen, each) for each in figure(frozen, "arrests")["groups"]}
    assert groups == {"2026-11-02": {str(first)}, "2026-11-03": {str(second)}}


def test_it_says_who_when_what_period_and_by_which_definitions(freeze, analyst, operation):
    arrest(operation)

    frozen = freeze(**{"from": "2026-11-01", "to": "2026-11-07"}).json

    assert frozen["taken_by"]["id"] == str(analyst.person.id)
    assert (frozen["from"], frozen["to"], frozen["zone"]) == (
        "2026-11-01",
        "2026-11-07",
        "Europe/London",
    )
    assert frozen["as_at"] == frozen["taken_at"]
    assert frozen["operations"] == [str(operation.id)]
    [arrests] = [each for each in frozen["definitions"] if each["code"] == "arrests"]
    assert arrests["version"] == 1
    assert arrests["definition"]["kind"] == "arrest"
    assert arrests["says"].startswith("Counts arrest records")


def test_days_are_days_in_london(freeze, operation):
    arrest(operation, occurred_at=dt.datetime(2026, 6, 30, 22, 59, tzinfo=dt.UTC))
    arrest(operation, occurred_at=dt.datetime(2026, 6, 30, 23, 0, tzinfo=dt.UTC))

    frozen = freeze(**{"from": "2026-06-01", "to": "2026-06-30"}).json

    assert figure(frozen, "arrests")["value"] == "1"


def test_the_bytes_are_fetched_as_they_were_stored(freeze, analyst, operation, session):
    arrest(operation)
    reply = freeze()

    again = fetch(analyst, reply.json)

    session.execute(sa.text("reset role"))
    stored = session.execute(sa.select(Snapshot.content, Snapshot.hash)).one()
    assert again.data == reply.data == stored.content
    assert again.mimetype == "application/json"
    assert hashlib.sha256(again.data).digest() == stored.hash
    assert again.headers["ETag"] == f'"{stored.hash.hex()}"'
    tag = {"If-None-Match": again.headers["ETag"]}
    assert analyst.get(f"{API}/snapshots/{reply.json['id']}", headers=tag).status_code == 304


def log_many(client, operation, count):
    """Log arrests in batches, as a phone does that was out of reach; give their ids."""
    ids = []
    while left := range(len(ids), min(len(ids) + 200, count)):
        # An hour apart, or each might be the double of any other.
        times = [(NOON - number * dt.timedelta(hours=1)).isoformat() for number in left]
        items = [payload("arrest", occurred_at=at, operation=str(operation.id)) for at in times]
        reply = client.post(f"{API}/results/batch", json={"items": items})
        ids += [each["id"] for each in reply.json["items"] if each["outcome"] == "created"]
    return ids


def change_a_thousand_times(clients, operation, ids):
    """Log late, correct, credit, confirm and strike through the API; tell how often."""
    lead, second = clients
    other = factories.operation()
    done = len(log_many(lead, operation, 900))
    for each in ids:
        tag = lead.get(f"{API}/results/{each}").headers["ETag"]
        for number in range(2):
            sent = {"note": f"Note {number}", "detail": {"sex": ("female", "male")[number % 2]}}
            sent["reason"] = "It was typed wrongly."
            headers = {"If-Match": tag}
            reply = lead.patch(f"{API}/results/{each}", json=sent, headers=headers)
            done, tag = done + (reply.status_code == 200), reply.headers["ETag"]
    for each in ids:
        for client, act, sent in (
            (lead, "credits", {"operation": str(other.id)}),
            (second, "confirm", {"how": "checked"}),
        ):
            reply = client.post(f"{API}/results/{each}/{act}", json=sent)
            done += reply.status_code in {200, 201}
    for each in ids[::2]:
        reply = lead.post(f"{API}/results/{each}/strike", json={"reason": "Logged twice."})
        done += reply.status_code == 200
    return done


def test_it_is_reproduced_after_a_thousand_later_changes(
    freeze, analyst, client_as, operation, session
):
    clients = client_as("lead"), client_as("lead")
    ids = log_many(clients[0], operation, 30)
    reply = freeze(by="day")

    assert change_a_thousand_times(clients, operation, ids) >= 1_000
    redefine(session)
    with db.transaction():
        session.execute(sa.update(Measure).values(label="Another name"))
        operation.name = "Renamed"
    again = fetch(analyst, reply.json)

    assert figure(reply.json, "arrests")["value"] == "30"
    assert again.data == reply.data
    assert hashlib.sha256(again.data).hexdigest() == again.headers["ETag"].strip('"')
    changed = analyst.get(f"{API}/outcomes?operation={operation.id}").json["measures"]
    assert figure({"measures": changed}, "arrests")["value"] != "30"
    since = analyst.get(f"{API}/snapshots/{reply.json['id']}/changes").json
    [arrests] = [each for each in since["figures"] if each["code"] == "arrests"]
    assert (arrests["then"]["value"], arrests["now"]["value"]) == ("30", "915")
    assert (arrests["came"], arrests["went"]) == (900, 15)


def test_the_summary_of_the_same_moment_says_the_same_where_nothing_was_corrected(
    freeze, analyst, operation
):
    arrest(operation)
    closure(operation, confirmed_at=NOON, status="confirmed")
    frozen = freeze(**{"from": "2026-11-01", "to": "2026-11-07"}).json
    arrest(operation, recorded_at=dt.datetime.now(dt.UTC))
    struck = arrest(operation, recorded_at=dt.datetime.now(dt.UTC) - DAY)
    assert struck

    query = {"operation": operation.id, "from": "2026-11-01", "to": "2026-11-07"}
    again = analyst.get(f"{API}/outcomes", query_string=query | {"as_at": frozen["as_at"]}).json

    names = ("code", "provisional", "qualifier", "target", "attainment")
    then, now = (
        [[each[name] for name in names] for each in measures if each["code"] != "arrests"]
        for measures in (frozen["measures"], again["measures"])
    )
    assert then == now


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"from": "2020-01-01", "to": "2020-01-02"}, "Nothing is recorded here"),
        ({"operation": [], "kind": "day_of_action"}, "No operation fits"),
        ({"operation": [], "organisation": "NONE"}, "no organisation with this code"),
        ({"from": "2026-11-07", "to": "2026-11-01"}, "not right"),
        ({"by": "nonsense"}, "not right"),
        ({"from": "2026-11-07T00:00:00Z"}, "not right"),
    ],
)
def test_a_snapshot_of_nothing_gets_its_sentence(freeze, operation, sent, sentence):
    arrest(operation)

    reply = freeze(**sent)

    assert reply.status_code == 422
    assert sentence in reply.json["detail"]


def test_without_a_measure_in_force_there_is_nothing_to_freeze(freeze, operation, session):
    arrest(operation)
    with db.transaction():
        session.execute(sa.update(Measure).values(valid_to=dt.date(2000, 1, 1)))

    reply = freeze()

    assert reply.status_code == 422
    assert "No measure is in force" in reply.json["detail"]


def test_of_many_each_record_stands_once(freeze, operation):
    other = factories.operation()
    shared = arrest(operation, shared=[other])

    frozen = freeze(operation=[str(operation.id), str(other.id)]).json

    assert [each[0] for each in frozen["records"]] == [str(shared)]
    assert figure(frozen, "arrests")["value"] == "1"


def test_as_at_is_never_later_than_now(freeze, operation):
    arrest(operation)

    frozen = freeze(as_at="2100-01-01").json

    assert frozen["as_at"] == frozen["taken_at"]


def test_the_name_of_an_operation_is_not_frozen_since_an_erasure_takes_it(freeze, operation):
    arrest(operation)

    frozen = freeze(by="operation")

    assert "Lantern" not in frozen.text
    assert [each["label"] for each in figure(frozen.json, "arrests")["groups"]] == [None]


def test_targets_stand_in_it(freeze, operation):
    arrest(operation)
    with db.transaction():
        db.session.add(
            Target(
                measure="arrests",
                value=4,
                operation_id=operation.id,
                starts_on=dt.date(2026, 11, 1),
                ends_on=dt.date(2026, 11, 7),
            )
        )

    frozen = freeze().json

    assert (figure(frozen, "arrests")["target"], figure(frozen, "arrests")["attainment"]) == (
        "4",
        "0.25",
    )


@pytest.mark.parametrize("role", ["officer", "desk", "auditor"])
def test_who_may_not_report_takes_none(freeze, client_as, operation, role):
    arrest(operation)

    assert freeze(client_as(role)).status_code == 403


def test_the_list_has_the_newest_first(freeze, analyst, operation):
    arrest(operation)
    ids = [freeze(title=title).json["id"] for title in ("First", "Second")]

    found = analyst.get(f"{API}/snapshots?operation={operation.id}").json

    assert [each["id"] for each in found] == ids[::-1]
    assert [each["title"] for each in found] == ["Second", "First"]
    assert found[0]["operation"] == str(operation.id)


def test_the_application_adds_snapshots_and_never_changes_one(freeze, session, operation):
    arrest(operation)
    freeze()
    session.execute(sa.text("set local role ops_application"))

    for statement in ("update snapshot set title = 'x'", "delete from snapshot"):
        with pytest.raises(sa.exc.ProgrammingError), session.begin_nested():
            session.execute(sa.text(statement))


def test_a_rate_keeps_what_it_is_worked_out_from_and_a_whole_its_parts(freeze, operation, session):
    charged = arrest(operation, disposals=["charged"])
    others = [arrest(operation) for _ in range(3)]
    counts = {"kind": "arrest", "sum": None, "counts_when": "recorded"}
    with db.transaction():
        for code, definition in (
            ("all_arrests", counts | {"where": {}, "parts": ["charged_arrests"]}),
            ("charged_arrests", counts | {"where": {"disposal": ["charged"]}}),
            ("charge_rate", {"ratio": {"of": "charged_arrests", "to": "all_arrests"},
                             "times": 100}),
        ):  # fmt: skip
            unit = "percent" if "ratio" in definition else "count"
            session.add(
                Measure(code=code, version=1, label=code.replace("_", " "), four_p="pursue",
                        unit=unit, definition=definition)
            )  # fmt: skip

    frozen = freeze().json

    rate, whole = figure(frozen, "charge_rate"), figure(frozen, "all_arrests")
    assert (rate["value"], rate["numerator"]["value"], rate["denominator"]["value"]) == (
        "25",
        "1",
        "4",
    )
    assert behind(frozen, rate["numerator"]) == {str(charged)}
    [part] = whole["parts"]
    assert behind(frozen, part) == {str(charged)}
    assert behind(frozen, whole["residual"]) == set(map(str, others))
    assert "/api/" not in json.dumps(frozen)
    assert {"all_arrests", "charged_arrests", "charge_rate"} <= {
        each["code"] for each in frozen["definitions"]
    }


def test_the_database_holds_the_hash_to_the_bytes(session, operation):
    row = Snapshot(
        operations=[operation.id], as_at=NOON, taken_at=NOON, taken_by=operation.created_by,
        hash=b"another", content=b"{}",
    )  # fmt: skip
    session.add(row)

    with pytest.raises(sa.exc.IntegrityError, match="hash_of_content"), session.begin_nested():
        session.flush()


def test_the_ledger_seals_it_by_its_hash_alone(freeze, session, operation):
    arrest(operation)
    freeze(title="A name that says much")

    session.execute(sa.text("reset role"))
    [found] = session.scalars(sa.text("select after from change where object = 'snapshot'"))
    assert found.keys() == {"hash"}


def test_it_is_canonical(freeze, operation):
    arrest(operation)

    reply = freeze()

    written = json.dumps(reply.json, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert reply.data == written.encode()


def test_an_id_nobody_has_is_missing(analyst):
    assert analyst.get(f"{API}/snapshots/{uuid.uuid4()}").status_code == 404
