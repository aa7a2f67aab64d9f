import dataclasses

import pytest

from ops.subscriptions.models import EVENTS
from tests import factories

ADDRESS = "https://hooks.example.org/ops"
HOME = "/api/v1/subscriptions"


def content(**said):
    """Subscribe an address to all that one sees."""
    whole = {"label": "A board", "address": ADDRESS, "events": list(EVENTS), "all_operations": True}
    return whole | said


@pytest.fixture(autouse=True)
def _settings(settings):
    """Settings with a key, so that secrets can be kept."""


def test_a_subscription_is_made_changed_tried_paused_and_removed(client_as):
    lead = client_as("lead")
    operation = factories.operation()
    made = lead.post(HOME, json=content())
    here = f"{HOME}/{made.json['id']}"

    assert made.status_code == 201
    assert made.json["secret"].startswith("whsec_")
    shown = lead.get(here)
    assert "secret" not in shown.json
    assert (shown.json["all_operations"], shown.json["operations"]) == (True, [])
    changed = lead.patch(
        here,
        json={"all_operations": False, "operations": [str(operation.id)]},
        headers={"If-Match": shown.headers["ETag"]},
    )
    assert changed.json["operations"] == [str(operation.id)]
    stale = lead.patch(here, json={"label": "x"}, headers={"If-Match": shown.headers["ETag"]})
    assert stale.status_code == 412
    assert lead.post(f"{here}/secret").json["secret"] != made.json["secret"]
    tried = lead.post(f"{here}/test")
    assert (tried.status_code, tried.json["event"], tried.json["state"]) == (202, "test", "waiting")
    [listed] = lead.get(f"{here}/deliveries?state=waiting").json
    assert listed["id"] == tried.json["id"]
    again = lead.post(f"/api/v1/deliveries/{tried.json['id']}/redeliver")
    assert again.status_code == 202
    assert lead.post(f"{here}/pause").json["paused_because"] == "Its owner paused it."
    assert lead.post(f"{here}/resume").json["paused_at"] is None
    assert lead.delete(here).status_code == 204
    assert lead.get(here).status_code == 404
    assert lead.get(HOME).json == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"address": "http://10.0.0.1/"}, "address"),
        ({"address": "https://10.0.0.1/"}, "address"),
        ({"events": []}, "events"),
        ({"events": ["person.arrested"]}, "events"),
        ({"all_operations": False}, "operations"),
        ({"all_operations": True, "operations": ["0193e9a0-1111-7222-8333-444455556666"]},
         "operations"),
        ({"all_operations": False, "operations": ["0193e9a0-1111-7222-8333-444455556666"]},
         "operations"),
        ({"with_records": True, "reason": "Its board"}, "recipient"),
        ({"with_records": True, "recipient": "The council"}, "reason"),
        ({"label": ""}, "label"),
        ({"nonsense": 1}, "nonsense"),
    ],
)  # fmt: skip
def test_what_can_not_be_subscribed_is_refused_by_field(client_as, said, field):
    reply = client_as("lead").post(HOME, json=content(**said))

    assert reply.status_code == 422
    assert field in reply.json["errors"]


def test_an_operation_that_one_does_not_see_is_refused_like_none(client_as):
    hidden = factories.operation(visibility="covert")
    nowhere = "0193e9a0-1111-7222-8333-444455556666"
    lead = client_as("lead")

    replies = [
        lead.post(HOME, json=content(all_operations=False, operations=[str(each)])).data
        for each in (hidden.id, nowhere)
    ]

    assert replies[0] == replies[1]


def test_an_analyst_tells_ids_and_kinds_alone(client_as):
    analyst = client_as("analyst")
    more = {"with_records": True, "recipient": "The council", "reason": "Its board"}

    assert analyst.post(HOME, json=content()).status_code == 201
    assert analyst.post(HOME, json=content(**more)).status_code == 403


def test_an_officer_subscribes_nothing(client_as):
    assert client_as("officer").post(HOME, json=content()).status_code == 403


def test_an_administrator_sees_that_others_have_one_and_can_only_stop_it(client_as):
    lead, admin, stranger = client_as("lead"), client_as("admin"), client_as("lead")
    covert = factories.operation(visibility="covert")
    factories.member(covert, lead.person, "lead")
    made = lead.post(HOME, json=content(all_operations=False, operations=[str(covert.id)])).json
    here = f"{HOME}/{made['id']}"
    etag = lead.get(here).headers["ETag"]

    [seen] = admin.get(HOME).json
    assert seen["owner"]["name"] == lead.person.name
    assert (seen["operations"], seen["events"], seen["waiting"]) == ([], [], 0)
    assert admin.get(f"{here}/deliveries").status_code == 403
    assert admin.post(f"{here}/secret").status_code == 403
    assert admin.post(f"{here}/test").status_code == 403
    assert admin.patch(here, json={"label": "x"}, headers={"If-Match": etag}).status_code == 403
    assert admin.post(f"{here}/pause").json["paused_because"] == "An administrator paused it."
    assert lead.post(f"{here}/resume").status_code == 409
    assert admin.post(f"{here}/resume").json["paused_at"] is None
    lead.post(f"{here}/pause")
    assert admin.post(f"{here}/resume").status_code == 403
    assert admin.delete(here).status_code == 204
    assert stranger.get(here).status_code == 404


def test_without_a_key_no_secret_could_be_kept(app, client_as):
    kept = app.config["SETTINGS"]
    app.config["SETTINGS"] = dataclasses.replace(kept, secret_key="")

    reply = client_as("lead").post(HOME, json=content())
    app.config["SETTINGS"] = kept

    assert reply.status_code == 409
    assert "secret key" in reply.json["detail"]


def test_the_pages_add_show_and_stop_a_subscription(client_as):
    lead = client_as("lead")
    form = {"label": "A board", "address": ADDRESS, "events[]": ["", "area.created"],
            "scope": "all", "holds": "ids"}  # fmt: skip

    refused = lead.post("/subscriptions/new", data=form | {"address": "https://127.0.0.9.1/ x"})
    made = lead.post("/subscriptions/new", data=form)

    assert refused.status_code == 422
    assert "whsec_" in made.text
    [listed] = lead.get(HOME).json
    here = f"/subscriptions/{listed['id']}"
    assert "A board" in lead.get("/subscriptions").text
    assert lead.post(here, data={"act": "test"}).status_code == 303
    shown = lead.get(here).text
    assert "A test" in shown
    assert "whsec_" not in shown
    edited = lead.get(f"{here}/edit")
    assert ADDRESS in edited.text
    assert "whsec_" in lead.post(here, data={"act": "secret"}).text
    assert lead.post(here, data={"act": "pause"}).status_code == 303
    assert "Paused since" in lead.get(here).text
    assert lead.post(here, data={"act": "remove"}).status_code == 303
    assert lead.get(here).status_code == 404
