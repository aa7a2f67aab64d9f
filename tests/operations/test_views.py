"""The API of operations."""

import uuid

import pytest

from ops import db
from ops.operations.models import Phase
from tests import factories

WEEK = {
    "kind": "week_of_action",
    "name": "Week of action",
    "theme": "county_lines",
    "starts_at": "2026-11-01T00:00:00Z",
    "ends_at": "2026-11-08T00:00:00Z",
}


def test_plans_an_operation_with_only_what_matters(client_as):
    response = client_as("lead").post("/api/v1/operations", json=WEEK)

    assert response.status_code == 201
    assert response.json["organisation"]["code"] == "GMP"
    assert response.json["visibility"] == "open"
    assert response.json["status"] == "draft"
    assert response.json["marking"] == "OFFICIAL-SENSITIVE"
    assert response.json["reference"].startswith("WOA-")


def test_plans_an_operation_in_the_words_of_the_contract(client_as):
    body = WEEK | {
        "organisation": "GMP",
        "visibility": "restricted",
        "parent": None,
        "predecessor": None,
        "marking": "OFFICIAL-SENSITIVE",
    }

    response = client_as("lead").post("/api/v1/operations", json=body)

    assert response.status_code == 201
    assert response.json["visibility"] == "restricted"


def test_the_same_operation_sent_again_is_the_same_operation(client_as):
    client, body = client_as("lead"), WEEK | {"id": str(uuid.uuid4())}

    first = client.post("/api/v1/operations", json=body)
    again = client.post("/api/v1/operations", json=body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json


def test_other_content_under_the_id_of_an_operation_is_a_conflict(client_as):
    client, body = client_as("lead"), WEEK | {"id": str(uuid.uuid4())}
    client.post("/api/v1/operations", json=body)

    response = client.post("/api/v1/operations", json=body | {"name": "Another"})

    assert response.status_code == 409


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "raid"}, "kind"),
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"theme": "pirates"}, "theme"),
        ({"starts_at": "soon"}, "starts_at"),
        ({"starts_at": "2026-11-01T00:00:00"}, "starts_at"),
        ({"ends_at": "2026-10-01T00:00:00Z"}, "ends_at"),
        ({"ends_at": None}, "ends_at"),
        ({"marking": "SECRET"}, "marking"),
        ({"organisation": "NOWHERE"}, "organisation"),
        ({"parent": str(uuid.uuid4())}, "parent"),
        ({"surprise": 1}, "surprise"),
        ({"visibility": "hidden"}, "visibility"),
    ],
)
def test_refuses_by_field_what_cannot_be_planned(client_as, change, field):
    response = client_as("lead").post("/api/v1/operations", json=WEEK | change)

    assert response.status_code == 422
    assert field in response.json["errors"]


@pytest.mark.parametrize("role", ["officer", "analyst", "desk", "auditor"])
def test_only_those_who_plan_can_plan(client_as, role):
    assert client_as(role).post("/api/v1/operations", json=WEEK).status_code == 403


def test_a_reference_belongs_to_one_operation(client_as):
    client = client_as("lead")
    client.post("/api/v1/operations", json=WEEK | {"reference": "GATEHOUSE"})

    response = client.post("/api/v1/operations", json=WEEK | {"reference": "GATEHOUSE"})

    assert response.status_code == 409
    assert "reference" in response.json["detail"]


def test_lists_what_the_filters_ask_for(client_as):
    client = client_as("officer")
    wanted = factories.operation(
        name="Operation Vulcan", kind="place_based", theme="drugs", reference="PB-VULCAN"
    )
    factories.operation(name="Operation Gatehouse", kind="prison_search", theme="firearms")
    factories.area(wanted)

    for query in (
        "kind=place_based",
        "theme=drugs",
        "q=vulcan",
        "q=Vulcn",
        "q=PB-VULCAM",
        "bbox=-2.26,53.47,-2.23,53.50&kind=place_based",
        "organisation=GMP&theme=drugs&status=live",
        "from=2026-11-03&to=2026-11-04&kind=place_based",
    ):
        found = client.get(f"/api/v1/operations?{query}").json
        assert [operation["id"] for operation in found][:1] == [str(wanted.id)], query


@pytest.mark.parametrize(
    "query",
    ["colour=red", "limit=0", "limit=501", "kind=raid", "bbox=1,2,3", "from=yesterday", "page=2"],
)
def test_refuses_a_filter_it_does_not_know(client_as, query):
    assert client_as("officer").get(f"/api/v1/operations?{query}").status_code == 422


def test_a_text_with_wildcards_is_taken_literally(client_as):
    factories.operation(name="Operation Runner")

    assert client_as("officer").get("/api/v1/operations?q=%25").json == []


def test_a_list_costs_few_statements_whatever_its_length(client_as, statements):
    client = client_as("officer")
    for _ in range(5):
        factories.operation()

    with statements.counted() as seen:
        client.get("/api/v1/operations")

    assert len(seen) <= 3


def test_shows_an_operation_with_its_relatives_and_steps(client_as):
    magpie = factories.operation(name="Magpie", status="closed")
    vulcan = factories.operation(
        name="Vulcan", kind="place_based", predecessor_id=magpie.id, status="planned"
    )

    shown = client_as("officer").get(f"/api/v1/operations/{vulcan.id}").json
    before = client_as("officer").get(f"/api/v1/operations/{magpie.id}").json

    assert shown["predecessor"]["name"] == "Magpie"
    assert [after["name"] for after in before["successors"]] == ["Vulcan"]
    assert [step["to"] for step in shown["steps"]] == ["approved", "draft"]
    assert len(shown["steps"][0]["missing"]) == 2


def test_changes_an_operation_under_its_version(client_as):
    client, operation = client_as("lead"), factories.operation()
    path = f"/api/v1/operations/{operation.id}"
    tag = client.get(path).headers["ETag"]

    without = client.patch(path, json={"name": "New"})
    changed = client.patch(path, json={"name": "New"}, headers={"If-Match": tag})
    stale = client.patch(path, json={"name": "Newer"}, headers={"If-Match": tag})

    assert (without.status_code, changed.status_code, stale.status_code) == (428, 200, 412)
    assert changed.json["name"] == "New"


def test_an_operation_that_is_over_cannot_be_changed(client_as):
    client, operation = client_as("lead"), factories.operation(status="closed")
    path = f"/api/v1/operations/{operation.id}"
    tag = client.get(path).headers["ETag"]

    response = client.patch(path, json={"name": "New"}, headers={"If-Match": tag})

    assert response.status_code == 409
    assert "closed" in response.json["detail"]


def test_parents_do_not_go_in_a_circle(client_as):
    client, above = client_as("lead"), factories.operation(name="Above")
    below = factories.operation(name="Below", parent_id=above.id)
    path = f"/api/v1/operations/{above.id}"
    tag = client.get(path).headers["ETag"]

    response = client.patch(path, json={"parent": str(below.id)}, headers={"If-Match": tag})

    assert response.status_code == 422
    assert "Below is itself part of Above" in response.json["detail"]


def test_a_period_that_leaves_deployments_outside_is_refused_and_names_them(client_as):
    client, operation = client_as("lead"), factories.operation()
    factories.deployment(operation, name="Moulton Street")
    factories.deployment(operation, name="Called off", status="cancelled")
    path = f"/api/v1/operations/{operation.id}"
    headers = {"If-Match": client.get(path).headers["ETag"]}

    refused = client.patch(path, json={"starts_at": "2026-11-05"}, headers=headers)
    moved = client.patch(path, json={"starts_at": "2026-11-03"}, headers=headers)

    assert refused.status_code == 422
    assert "would lie outside: Moulton Street." in refused.json["detail"]
    assert moved.status_code == 200


def test_moves_from_draft_to_reviewed_and_keeps_each_step(client_as):
    client, approver = client_as("lead"), client_as("lead")
    operation = factories.operation(status="draft", theme="drugs", aim="Close lines.")
    factories.area(operation)
    path = f"/api/v1/operations/{operation.id}/transitions"

    for to in ("planned", "approved", "live", "closed", "reviewed"):
        by = approver if to == "approved" else client
        assert by.post(path, json={"to": to}).status_code == 201

    steps = client.get(path).json
    assert [step["to"] for step in steps] == ["planned", "approved", "live", "closed", "reviewed"]
    assert steps[0]["from"] == "draft"


def test_whoever_calls_a_plan_complete_does_not_approve_it(client_as):
    client = client_as("lead")
    operation = factories.operation(status="draft", theme="drugs", aim="Close lines.")
    factories.area(operation)
    path = f"/api/v1/operations/{operation.id}"
    client.post(f"{path}/transitions", json={"to": "planned"})

    refused = client.post(f"{path}/transitions", json={"to": "approved"})

    assert refused.status_code == 403
    assert "Somebody else must approve it" in refused.json["detail"]
    assert client.get(path).json["status"] == "planned"


def test_a_step_says_all_that_is_missing(client_as):
    client, path = client_as("lead"), f"/api/v1/operations/{factories.operation(status='draft').id}"

    response = client.post(f"{path}/transitions", json={"to": "planned"})

    assert response.status_code == 409
    assert len(response.json["errors"]["missing"]) == 2
    assert client.get(path).json["status"] == "draft"


def test_only_a_place_based_operation_has_phases(client_as):
    client = client_as("lead")
    place, week = factories.operation(kind="place_based"), factories.operation()
    phase = {"kind": "clear", "starts_at": "2026-11-01"}

    added = client.post(f"/api/v1/operations/{place.id}/phases", json=phase)
    refused = client.post(f"/api/v1/operations/{week.id}/phases", json=phase)

    assert (added.status_code, refused.status_code) == (201, 422)
    assert [p["kind"] for p in client.get(f"/api/v1/operations/{place.id}/phases").json] == [
        "clear"
    ]


def test_a_phase_can_be_changed_and_taken_out(client_as):
    client, place = client_as("lead"), factories.operation(kind="place_based")
    phase = {"kind": "clear", "starts_at": "2026-11-01"}
    path = client.post(f"/api/v1/operations/{place.id}/phases", json=phase).json["id"]

    changed = client.patch(f"/api/v1/phases/{path}", json={"note": "Begun."})
    backwards = client.patch(f"/api/v1/phases/{path}", json={"ends_at": "2026-10-01"})
    gone = client.delete(f"/api/v1/phases/{path}")

    assert changed.json["note"] == "Begun."
    assert backwards.status_code == 409
    assert gone.status_code == 204
    assert db.session.query(Phase).count() == 0


@pytest.mark.parametrize("part", ["", "/transitions", "/phases", "/deployments", "/teams"])
def test_an_operation_that_is_not_there_is_missing(client_as, part):
    response = client_as("lead").get(f"/api/v1/operations/{uuid.uuid4()}{part}")

    assert response.status_code == 404
