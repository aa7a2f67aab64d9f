"""Vehicles, dogs, equipment and custody suites: reserved once, shared by cells, never betrayed."""

import uuid

import pytest

from ops.operations.asset_models import Asset
from tests import factories
from tests.operations.test_deployment_views import change, deploy


@pytest.fixture
def lead(client_as):
    return client_as("lead")


@pytest.fixture
def operation(session):
    return factories.operation()


def asset(kind="vehicle", organisation=None, **fields):
    organisation = organisation or factories.organisation()
    fields.setdefault("name", f"{kind} {next(factories.NUMBERS)}")
    return factories._save(Asset(organisation_id=organisation.id, kind=kind, **fields))


def reserve(client, deployment, asset, **more):
    path = f"/api/v1/deployments/{deployment['id']}/reservations"
    return client.post(path, json={"asset": str(asset.id), **more})


def test_a_lead_adds_what_their_organisation_has(lead):
    made = lead.post("/api/v1/assets", json={"kind": "dog", "name": "PD Rex"})
    again = lead.post("/api/v1/assets", json={"kind": "dog", "name": "PD Rex"})
    listed = lead.get("/api/v1/assets?kind=dog").json

    assert (made.status_code, again.status_code) == (201, 409)
    assert "already has one of this name" in again.json["detail"]
    assert [(each["name"], each["organisation"]) for each in listed] == [("PD Rex", "GMP")]


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "custody_suite", "name": "Central"},
        {"kind": "vehicle", "name": "TV31", "cells": 3},
        {"kind": "custody_suite", "name": "Central", "cells": 0},
    ],
)
def test_cells_belong_to_a_custody_suite_alone(lead, body):
    reply = lead.post("/api/v1/assets", json=body)

    assert reply.status_code == 422
    assert "cells" in reply.json["errors"]


def test_a_vehicle_is_not_in_two_places_and_the_clash_has_a_name(lead, operation):
    van = asset(name="TV31")
    first, second = deploy(lead, operation), deploy(lead, operation, name="Mary Street")

    reserved, refused = reserve(lead, first, van), reserve(lead, second, van)

    assert (reserved.status_code, refused.status_code) == (201, 409)
    assert refused.json["detail"] == "TV31 is already reserved at that time: Moulton Street."


def test_a_vehicle_out_of_use_or_unknown_is_not_reserved(lead, operation):
    van, deployment = asset(), deploy(lead, operation)
    lead.patch(f"/api/v1/assets/{van.id}", json={"withdrawn": True})

    statuses = [
        reserve(lead, deployment, each).status_code for each in (van, Asset(id=uuid.uuid4()))
    ]

    assert statuses == [422, 422]
    assert lead.get("/api/v1/assets").json == []


def test_what_is_released_is_free_and_stays_in_the_history(lead, operation):
    van = asset()
    first, second = deploy(lead, operation), deploy(lead, operation)
    [reserved] = reserve(lead, first, van).json

    gone = lead.delete(f"/api/v1/reservations/{reserved['id']}")

    assert gone.status_code == 204
    assert reserve(lead, second, van).status_code == 201
    [history] = lead.get(f"/api/v1/deployments/{first['id']}/reservations").json
    assert history["released_at"] is not None


def test_a_cancelled_deployment_frees_its_vehicles(lead, operation):
    van = asset()
    first, second = deploy(lead, operation), deploy(lead, operation)
    reserve(lead, first, van)

    change(lead, first, status="cancelled")

    assert reserve(lead, second, van).status_code == 201


def test_a_window_moves_its_vehicles_or_is_refused_by_name(lead, operation):
    van = asset(name="TV31")
    first = deploy(lead, operation)
    second = deploy(
        lead, operation, starts_at="2026-11-03T09:00:00Z", ends_at="2026-11-03T11:00:00Z"
    )
    reserve(lead, first, van)
    reserve(lead, second, van)

    refused = change(lead, first, ends_at="2026-11-03T10:00:00Z")
    moved = change(lead, first, ends_at="2026-11-03T08:00:00Z")

    assert refused.status_code == 409
    assert refused.json["detail"] == "TV31 is already reserved at that time: Moulton Street."
    assert moved.status_code == 200


def test_a_clash_with_an_operation_that_is_not_seen_gives_nothing_of_it_away(
    lead, client_as, operation
):
    van = asset(name="TV31")
    hidden, its_lead = factories.operation(visibility="restricted"), client_as("lead")
    factories.member(hidden, its_lead.person, "lead")
    reserve(its_lead, deploy(its_lead, hidden, name="Secret Street"), van)

    to_a_stranger = reserve(lead, deploy(lead, operation), van)

    assert to_a_stranger.status_code == 409
    assert to_a_stranger.json["detail"] == (
        "Something reserved here is already reserved elsewhere at that time."
    )


def test_a_covert_operation_makes_no_clash_with_any_other(lead, client_as, operation):
    van = asset()
    hidden, its_lead = factories.operation(visibility="covert"), client_as("lead")
    factories.member(hidden, its_lead.person, "lead")
    first, second = (deploy(its_lead, hidden, name=name) for name in ("Secret", "Other"))
    reserve(its_lead, first, van)

    elsewhere = reserve(lead, deploy(lead, operation), van)
    within = reserve(its_lead, second, van)

    assert (elsewhere.status_code, within.status_code) == (201, 409)


def test_an_operation_that_turns_open_comes_under_the_rule(lead, client_as, operation):
    van = asset()
    hidden, its_lead = factories.operation(visibility="covert"), client_as("lead")
    factories.member(hidden, its_lead.person, "lead")
    reserve(its_lead, deploy(its_lead, hidden), van)
    path = f"/api/v1/operations/{hidden.id}"
    tag = its_lead.get(path).headers["ETag"]

    opened = its_lead.patch(path, json={"visibility": "open"}, headers={"If-Match": tag})

    assert opened.status_code == 200, opened.json
    assert reserve(lead, deploy(lead, operation), van).status_code == 409


def test_what_another_force_has_is_seen_only_where_it_is_reserved_for_what_one_sees(
    lead, client_as, operation
):
    other = factories.organisation("NWP")
    theirs = client_as("lead", organisation=other)
    van = asset(organisation=other, name="NW1")

    unseen = reserve(lead, deploy(lead, operation), van)
    untouched = lead.patch(f"/api/v1/assets/{van.id}", json={"note": "Mine"})

    assert (unseen.status_code, untouched.status_code) == (422, 404)
    assert [each["name"] for each in theirs.get("/api/v1/assets").json] == ["NW1"]
    assert lead.get("/api/v1/assets").json == []


def test_cells_are_shared_and_what_is_short_is_said_and_not_refused(lead, operation):
    suite = asset("custody_suite", name="Central", cells=4)
    first, second = deploy(lead, operation), deploy(lead, operation, name="Mary Street")

    fine = reserve(lead, first, suite, cells=3)
    before = lead.get(f"/api/v1/deployments/{first['id']}/readiness").json["warnings"]
    short = reserve(lead, second, suite, cells=2)
    after = lead.get(f"/api/v1/deployments/{first['id']}/readiness").json["warnings"]

    assert (fine.status_code, short.status_code) == (201, 201)
    said = "Central has 4 cells, and 5 are planned for at 05:00 on 3 Nov 2026."
    assert said not in before
    assert said in after


def test_cells_of_a_covert_operation_are_not_counted_for_others(lead, client_as, operation):
    suite = asset("custody_suite", name="Central", cells=4)
    hidden, its_lead = factories.operation(visibility="covert"), client_as("lead")
    factories.member(hidden, its_lead.person, "lead")
    reserve(its_lead, deploy(its_lead, hidden), suite, cells=4)
    deployment = deploy(lead, operation)
    reserve(lead, deployment, suite, cells=3)

    said = lead.get(f"/api/v1/deployments/{deployment['id']}/readiness").json["warnings"]

    assert not [each for each in said if "Central" in each]


@pytest.mark.parametrize("role", ["officer", "analyst", "desk", "auditor"])
def test_only_those_who_plan_reserve(client_as, lead, operation, role):
    van, deployment = asset(), deploy(lead, operation)

    assert reserve(client_as(role), deployment, van).status_code == 403


def test_the_pages_add_reserve_and_set_free(lead, operation):
    deployment = deploy(lead, operation)
    path = f"/operations/{operation.id}/deployments/{deployment['id']}/reservations"

    added = lead.post("/assets", data={"kind": "vehicle", "name": "TV31"})
    [van] = lead.get("/api/v1/assets").json
    reserved = lead.post(path, data={"asset": van["id"]})
    page = lead.get(path).text
    [kept] = lead.get(f"/api/v1/deployments/{deployment['id']}/reservations").json
    freed = lead.post(path, data={"release": kept["id"]})
    withdrawn = lead.post("/assets", data={"withdraw": van["id"]})

    assert [each.status_code for each in (added, reserved, freed, withdrawn)] == [303] * 4
    assert "TV31" in page
    assert "Nothing yet" in lead.get("/assets").text
