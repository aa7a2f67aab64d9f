"""What becomes of an arrest: a dated sequence, whose next step is written in one go."""

import pytest

from tests import factories

AT = "2026-11-02T12:00:00+00:00"


@pytest.fixture
def arrest(log):
    """An arrest, released under investigation an hour later."""
    steps = [{"code": "released_under_investigation", "at": "2026-11-02T13:00:00Z"}]
    return log("arrest", {"disposals": steps}, occurred_at=AT)


@pytest.fixture
def further(lead, arrest):
    """Write the next step."""

    def send(code, at=None, *, client=lead, to=arrest, **fields):
        sent = {"code": code, **({"at": at} if at else {}), **fields}
        return client.post(f"/api/v1/results/{to['id']}/disposals", json=sent)

    return send


@pytest.fixture
def figures(lead, operation):
    """Give a figure of the operation, or how many records a facet narrows to."""

    def read(code, **query):
        path = f"/api/v1/operations/{operation.id}/outcomes"
        found = lead.get(path, query_string=query).json["measures"]
        return {each["code"]: each["value"] for each in found}[code]

    return read


def now_in(lead, operation, **facets):
    found = lead.get(f"/api/v1/operations/{operation.id}/results", query_string=facets).json
    return [record["id"] for record in found]


def test_the_next_step_is_the_latest_and_the_earlier_ones_stay(lead, operation, arrest, further):
    reply = further("charged", "2026-11-03T09:00:00Z", offences=["supply_class_a"])

    assert reply.status_code == 200, reply.text
    assert [step["code"] for step in reply.json["detail"]["disposals"]] == [
        "released_under_investigation",
        "charged",
    ]
    assert now_in(lead, operation, disposal_now="charged") == [arrest["id"]]
    assert now_in(lead, operation, disposal_now="released_under_investigation") == []
    assert now_in(lead, operation, disposal="released_under_investigation") == [arrest["id"]]
    assert now_in(lead, operation, charge="supply_class_a") == [arrest["id"]]
    assert now_in(lead, operation, charge="fraud") == []


def test_a_step_that_was_missed_takes_its_place_in_the_order(further):
    further("charged", "2026-11-03T09:00:00Z")

    steps = further("bailed", "2026-11-02T20:00:00Z").json["detail"]["disposals"]

    assert [step["code"] for step in steps] == [
        "released_under_investigation",
        "bailed",
        "charged",
    ]


def test_the_same_step_again_changes_nothing(further):
    first = further("charged", "2026-11-03T09:00:00Z")

    again = further("charged", "2026-11-03T09:00:00Z")

    assert again.status_code == 200
    assert again.json == first.json


def test_a_confirmation_stands_while_an_arrest_is_taken_further(second, arrest, further):
    second.post(f"/api/v1/results/{arrest['id']}/confirm")

    assert further("charged").json["status"] == "confirmed"


@pytest.mark.parametrize(
    ("code", "at", "words"),
    [
        ("charged", "2026-11-02T11:59:00Z", "before the arrest"),
        ("bailed_at_court", "2026-11-03T09:00:00Z", "comes after a charge"),
        ("charged", "2099-01-01T00:00:00Z", "future"),
    ],
)
def test_refuses_a_step_that_can_not_follow(further, code, at, words):
    reply = further(code, at)

    assert reply.status_code == 422
    assert words in reply.text


def test_a_court_bails_after_the_charge(further):
    further("charged", "2026-11-03T09:00:00Z")

    assert further("bailed_at_court", "2026-11-03T10:00:00Z").status_code == 200


def test_a_disposal_before_the_arrest_is_refused_by_its_row(lead, operation):
    bailed = {"code": "bailed", "at": "2026-11-02T13:00:00Z"}
    steps = [bailed, {"code": "charged", "at": "2026-11-01T13:00:00Z"}]
    body = {"kind": "arrest", "occurred_at": AT, "detail": {"reason": "fraud", "disposals": steps}}

    reply = lead.post(f"/api/v1/operations/{operation.id}/results", json=body)

    assert reply.status_code == 422
    [said] = reply.json["errors"]["detail"]["disposals"]["1"]["at"]
    assert said == "This is before the arrest (2 Nov 2026, 12:00); check the day and the time."


def test_the_day_of_the_arrest_alone_is_no_time_before_it(further):
    steps = further("bailed", "2026-11-02").json["detail"]["disposals"]

    assert steps[0] == {"code": "bailed", "at": AT}


def test_an_arrest_moved_behind_its_disposals_is_refused(lead, arrest):
    path = f"/api/v1/results/{arrest['id']}"

    reply = lead.patch(
        path,
        json={"reason": "Read again.", "occurred_at": "2026-11-02T14:00:00Z"},
        headers={"If-Match": lead.get(path).headers["ETag"]},
    )

    assert reply.status_code == 422
    assert "before the arrest" in reply.text


def test_a_step_after_the_end_is_remarked(further):
    further("no_further_action", "2026-11-03T09:00:00Z")

    remarks = further("charged", "2026-11-04T09:00:00Z").json["remarks"]

    assert remarks == [
        "No further action is followed by: charged. Check that it was taken up again."
    ]


def test_only_an_arrest_that_stands_and_is_ones_own_is_taken_further(
    lead, client_as, log, arrest, further
):
    assert further("charged", to=log("seizure")).status_code == 409
    assert further("charged", client=client_as("officer")).status_code == 403
    lead.post(f"/api/v1/results/{arrest['id']}/strike", json={"reason": "Logged twice."})
    assert further("charged").status_code == 409


def test_what_another_force_made_is_never_added_to_ones_own(log, figures):
    for made_by, number in (("own", 5), ("joint", 2), ("other_force", 3)):
        for _ in range(number):
            log("arrest", {"made_by": made_by, "force": None if made_by == "own" else "NWP"})

    assert figures("arrests") == "5"
    assert figures("arrests_joint") == "2"
    assert figures("arrests_by_other_force") == "3"


def test_who_was_what_at_the_scene_adds_up(lead, operation, log):
    for scene_role, number in (("visitor", 10), ("prisoner", 4)):
        for _ in range(number):
            log("arrest", {"scene_role": scene_role, "reason": "conveyance_into_prison"})

    assert len(now_in(lead, operation, scene_role="visitor")) == 10
    assert len(now_in(lead, operation, scene_role=["visitor", "prisoner"])) == 14


def test_an_arrest_for_several_offences_is_found_by_each(lead, operation, log):
    record = log("arrest", {"reason": "supply_class_a", "offences": ["firearm", "fraud"]})

    for offence in ("supply_class_a", "firearm", "fraud"):
        assert now_in(lead, operation, offence=offence) == [record["id"]]
    assert now_in(lead, operation, reason="fraud") == []


@pytest.mark.parametrize(("typed", "kept"), [(" 06/1234  x", "06/1234 X"), ("n-77", "N-77")])
def test_a_persons_reference_reads_the_same_however_it_is_typed(log, typed, kept):
    assert log("arrest", {"person_ref": typed})["detail"]["person_ref"] == kept


def test_a_name_is_no_reference(lead, operation):
    detail = {"reason": "fraud", "person_ref": "John Smith"}
    body = {"kind": "arrest", "occurred_at": AT, "detail": detail}

    reply = lead.post(f"/api/v1/operations/{operation.id}/results", json=body)

    assert reply.json["errors"]["detail"]["person_ref"] == [
        "Give a reference with a number in it, never a name."
    ]


def test_one_person_in_two_operations_is_one_of_the_people_and_two_arrests(lead, operation, log):
    other = factories.operation()
    charged = {"disposals": [{"code": "charged_remanded"}]}
    log("arrest", {"person_ref": "N/77"} | charged)
    log("arrest", {"person_ref": "n/77", "rearrest": True} | charged)
    log("arrest", {"person_ref": "N/77", "rearrest": True}, to=other)
    log("arrest", {"person_ref": "N/78"}, to=other)
    log("arrest", to=other)

    def figures(*operations):
        query = {"operation": [str(each.id) for each in operations]}
        found = lead.get("/api/v1/outcomes", query_string=query).json["measures"]
        values = {each["code"]: each["value"] for each in found}
        asked = ("arrests", "people_arrested", "re_arrests", "arrests_charged", "people_charged")
        return [values[code] for code in asked]

    assert figures(operation) == ["2", "1", "1", "2", "1"]
    assert figures(other) == ["3", "3", "1", "0", "0"]
    assert figures(operation, other) == ["5", "3", "2", "2", "1"]
