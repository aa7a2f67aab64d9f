"""Packages: logged unopened, opened later, and never counted beside what was in them."""

import pytest

COUNTS = ("packages_intercepted", "packages_opened", "packages_awaiting", "phones_seized")


@pytest.fixture
def figures(lead, operation):
    """Give the figures of packages and phones."""

    def read(**query):
        path = f"/api/v1/operations/{operation.id}/outcomes"
        found = lead.get(path, query_string=query).json["measures"]
        values = {each["code"]: each["value"] for each in found}
        return [values[code] for code in COUNTS]

    return read


@pytest.fixture
def change(lead):
    """Correct a record."""

    def send(record, *, status=200, **detail):
        etag = lead.get(f"/api/v1/results/{record['id']}").headers["ETag"]
        reply = lead.patch(
            f"/api/v1/results/{record['id']}",
            json={"reason": "It went on.", "detail": detail},
            headers={"If-Match": etag},
        )
        assert reply.status_code == status, reply.text
        return reply.json

    return send


def test_of_seven_packages_one_was_opened_when_it_was_published(log, change, figures):
    packages = [log("seizure", {"category": "package"}) for _ in range(7)]
    assert figures() == ["7", "0", "7", "0"]

    change(packages[0], opened_at="2026-11-02T15:00:00Z")
    for _ in range(3):
        log("seizure", {"category": "phones", "parent": packages[0]["id"]})

    assert figures() == ["7", "1", "6", "3"]


def test_what_lies_in_a_package_moves_to_another(log, change, figures):
    first, other = (log("seizure", {"category": "package", "opened": True}) for _ in range(2))
    phone = log("seizure", {"category": "phones", "parent": first["id"]})

    moved = change(phone, parent=other["id"])

    assert moved["detail"]["parent"] == other["id"]
    assert figures() == ["2", "2", "0", "1"]


def test_contents_in_a_package_that_is_shut_are_remarked(lead, log, change):
    package = log("seizure", {"category": "package"})
    log("seizure", {"category": "phones", "parent": package["id"]})
    said = "Contents are logged inside, but it does not say that it was opened."
    assert said in lead.get(f"/api/v1/results/{package['id']}").json["remarks"]

    opened = change(package, opened_at="2026-11-02T15:00:00Z")

    assert said not in opened["remarks"]


@pytest.mark.parametrize(
    ("detail", "field"),
    [
        ({"category": "phones", "opened": True}, "opened_at"),
        ({"category": "package", "opened": False, "opened_at": "2026-11-02T15:00:00Z"}, "opened"),
        ({"category": "package", "opened_at": "2026-11-02T11:00:00Z"}, "opened_at"),
        ({"category": "package", "opened_at": "2099-01-01T00:00:00Z"}, "opened_at"),
        ({"category": "drugs", "drug_tested": "ketamine"}, "drug_tested"),
    ],
)
def test_refuses_what_can_not_be(lead, operation, detail, field):
    body = {"kind": "seizure", "occurred_at": "2026-11-02T12:00:00Z", "detail": detail}

    reply = lead.post(f"/api/v1/operations/{operation.id}/results", json=body)

    assert reply.status_code == 422
    assert field in reply.json["errors"]["detail"]


def test_being_opened_leaves_a_confirmation_standing(second, log, change):
    package = log("seizure", {"category": "package"})
    second.post(f"/api/v1/results/{package['id']}/confirm", json={"how": "counted"})

    assert change(package, opened_at="2026-11-02T15:00:00Z")["status"] == "confirmed"


def test_figures_go_by_the_test_and_the_claim_stays(lead, second, log, change, operation):
    record = log("seizure", {"category": "drugs", "drug": "cocaine", "quantity": "5", "unit": "g"})
    second.post(f"/api/v1/results/{record['id']}/confirm", json={"how": "weighed"})

    tested = change(record, drug_tested="ketamine", drug_tested_at="2026-11-03T09:00:00Z")

    assert (tested["detail"]["drug"], tested["detail"]["drug_class"]) == ("cocaine", "B")
    assert tested["status"] == "recorded"
    assert "Seized as cocaine, and tested as ketamine; figures go by the test." in tested["remarks"]
    path = f"/api/v1/operations/{operation.id}/results"
    for facet, codes in (("drug", ["ketamine"]), ("drug_claimed", ["cocaine"])):
        assert len(lead.get(path, query_string={facet: codes}).json) == 1
    assert lead.get(path, query_string={"drug": "cocaine"}).json == []
