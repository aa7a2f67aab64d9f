"""What must not get in, be counted or be touched, found by trying."""

import pytest

from tests import factories
from tests.results.conftest import payload

LATER = "2190-01-01"


def address(operation):
    return f"/api/v1/operations/{operation.id}/results"


@pytest.mark.parametrize("metres", ["1e400", "1e300", "-1e300", "100001", "-1", "NaN", "Infinity"])
def test_an_accuracy_that_cannot_be_meant_is_refused(lead, operation, metres):
    reply = lead.post(address(operation), json=payload(accuracy_m=metres))

    assert reply.status_code == 422
    assert "accuracy_m" in reply.json["errors"]


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        ("arrest", {"disposals": [{"code": "charged", "at": f"{LATER}T00:00:00Z"}]}),
        ("line_closure", {"deactivated_on": LATER}),
        ("line_closure", {"closed_on": LATER}),
        ("line_closure", {"type": "type_1", "custody_ref": "X/1", "charged_on": LATER}),
        ("warrant", {"granted_on": LATER}),
    ],
)
def test_what_has_not_happened_yet_is_refused(lead, operation, kind, detail):
    reply = lead.post(address(operation), json=payload(kind, detail))

    assert reply.status_code == 422
    assert "future" in reply.text


def test_a_closure_that_rests_on_a_struck_arrest_is_not_confirmed(lead, second, log):
    arrest = log("arrest")
    closure = log(
        "line_closure", {"type": "type_1", "arrest": arrest["id"], "charged_on": "2026-11-02"}
    )
    lead.post(f"/api/v1/results/{arrest['id']}/strike", json={"reason": "Logged twice."})

    reply = second.post(f"/api/v1/results/{closure['id']}/confirm")

    assert reply.status_code == 409
    assert "struck" in reply.json["detail"]


@pytest.mark.parametrize("verb", ["strike", "confirm"])
def test_a_verb_meant_for_another_version_is_stale(second, log, verb):
    path = f"/api/v1/results/{log('arrest')['id']}"
    body = {"json": {"reason": "Logged twice."}} if verb == "strike" else {}

    stale = second.post(f"{path}/{verb}", headers={"If-Match": '"another"'}, **body)
    tag = second.get(path).headers["ETag"]
    meant = second.post(f"{path}/{verb}", headers={"If-Match": tag}, **body)

    assert (stale.status_code, meant.status_code) == (412, 200)


def test_a_correction_cannot_move_a_result_years_before_its_operation(lead, log):
    path = f"/api/v1/results/{log('arrest')['id']}"
    tag = lead.get(path).headers["ETag"]

    reply = lead.patch(
        path,
        json={"occurred_at": "2001-01-01T00:00:00Z", "reason": "Wrong."},
        headers={"If-Match": tag},
    )

    assert reply.status_code == 422


def test_an_officer_corrects_only_what_they_logged(client_as, log):
    own, other = client_as("officer"), log("arrest")
    mine = log("arrest", client=own)

    statuses = []
    for record in (mine, other):
        path = f"/api/v1/results/{record['id']}"
        tag = own.get(path).headers["ETag"]
        change = {"note": "More.", "reason": "Forgotten."}
        statuses.append(own.patch(path, json=change, headers={"If-Match": tag}).status_code)

    assert statuses == [200, 403]


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_target_of_a_year_that_cannot_be_right_is_refused(client_as, year):
    factories.organisation()
    target = {"measure": "arrests", "value": "1", "organisation": "GMP"}
    period = {"starts_on": "2020-01-01", "ends_on": f"{year}-12-31"}

    reply = client_as("analyst").post("/api/v1/targets", json=target | period)

    assert reply.status_code == 422


@pytest.mark.parametrize("body", [b"kind=arrest", b"\xff\xfe{", b"hello"])
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_body_that_is_no_json_says_so(lead, operation, body, kind):
    reply = lead.post(address(operation), data=body, content_type=kind)

    assert reply.status_code == 422
    assert "JSON" in reply.json["detail"]
