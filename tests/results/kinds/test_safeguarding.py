"""Safeguarding: each kind of it apart, who by age and sex, the law of referral."""

import datetime as dt

import marshmallow as ma
import pytest

from ops.results.kinds import KINDS

NOON = dt.datetime(2023, 10, 10, 12, tzinfo=dt.UTC)
SAFEGUARDING = KINDS["safeguarding"]
CHILD = {"age_group": "child"}
ADULT = {"age_group": "adult"}
TOLD = {"authority_told_at": "2023-10-10T11:00:00Z"}


def completed(**detail):
    loaded = SAFEGUARDING.schema.load({"actions": ["safeguarded"]} | detail)
    return SAFEGUARDING.complete(loaded, NOON)


def people(number, age_group="unknown", sex="unknown", **more):
    return {"age_group": age_group, "sex": sex, "number": str(number)} | more


@pytest.fixture
def figures(lead, operation):
    """Ask for the operation's figures by the code of their measure."""

    def ask(**query):
        reply = lead.get(f"/api/v1/operations/{operation.id}/outcomes", query_string=query)
        return {each["code"]: each["value"] for each in reply.json["measures"]}

    return ask


def test_a_short_log_is_about_one_person():
    detail = completed()

    assert (detail["number"], detail["qualifier"]) == (1, "exact")
    assert detail["numbers"] == {"people": "1"}


def test_a_visit_is_to_one_address_and_to_nobody_until_somebody_is_named():
    assert completed(actions=["visited"])["numbers"] == {"addresses": "1"}
    met = completed(actions=["visited"], people=[ADULT])
    assert met["numbers"] == {"addresses": "1", "people": "1", "adults": "1"}


def test_the_split_may_be_of_a_part_alone():
    detail = completed(
        number="62", people=[people(17, "child", "male"), people(10, "child", "female")]
    )

    assert detail["numbers"] == {
        "people": "62",
        "children": "27",
        "males": "17",
        "females": "10",
        "boys": "17",
        "girls": "10",
    }


def test_a_sum_of_people_is_as_unsure_as_its_parts():
    detail = completed(people=[people(40, "adult", qualifier="more_than"), people(3, "child")])

    assert (detail["number"], detail["qualifier"]) == (43, "more_than")
    assert detail["qualifiers"] == {
        "people": "more_than",
        "adults": "more_than",
        "children": "exact",
    }


def test_a_referral_among_the_rows_is_one_of_the_actions():
    detail = completed(actions=["welfare_check"], referrals=[{"to": "housing"}])

    assert detail["actions"] == ["welfare_check", "referred"]
    assert detail["referrals"] == [{"to": "housing", "at": NOON}]


@pytest.mark.parametrize(
    ("detail", "field"),
    [
        ({"actions": []}, "actions"),
        ({"number": "1", "people": [people(2)]}, "number"),
        ({"number": "2", "person_ref": "GMP/1"}, "person_ref"),
        ({"name": "Jane Smith"}, "name"),
        ({"consent": True}, "consent"),
        ({"nrm_reference": "NRM/1"}, "nrm_reference"),
        ({"actions": ["nrm", "duty_to_notify"]}, "actions"),
        ({"actions": ["duty_to_notify"], "people": [CHILD]}, "actions"),
        ({"actions": ["duty_to_notify"], "people": [ADULT], "consent": True}, "consent"),
        ({"actions": ["nrm"], "people": [CHILD], "consent": True}, "consent"),
        ({"actions": ["nrm"], "people": [CHILD], "consent": False}, "consent"),
        ({"actions": ["nrm"], "people": [ADULT], "consent": False}, "consent"),
        ({"actions": ["nrm"], "people": [ADULT]}, "consent"),
        ({"actions": ["nrm"], "consent": False}, "consent"),
    ],
)
def test_refuses_what_the_law_or_the_rest_rules_out(detail, field):
    with pytest.raises(ma.ValidationError) as refused:
        completed(**detail)

    assert list(refused.value.normalized_messages()) == [field]


@pytest.mark.parametrize(
    "detail",
    [
        {"actions": ["nrm"], "people": [CHILD], **TOLD},
        {"actions": ["nrm"], "people": [ADULT], "consent": True},
        {"actions": ["duty_to_notify"], "people": [ADULT], "consent": False},
        {"actions": ["duty_to_notify"], "people": [ADULT]},
        {"actions": ["nrm"], "number": "69", "consent": True},
    ],
)
def test_takes_what_the_law_provides(detail):
    taken = completed(**detail)

    assert taken["notified_at"] == NOON
    assert SAFEGUARDING.missing_to_confirm(taken) is None


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ({"people": [CHILD]}, "local authority was told"),
        ({}, "an adult who consented, or a child"),
    ],
)
def test_a_referral_is_not_confirmed_before_it_is_whole(detail, words):
    taken = completed(actions=["nrm"], **detail)

    assert words in SAFEGUARDING.missing_to_confirm(taken)


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ({"actions": ["nrm"], "people": [CHILD]}, "tell the local authority first"),
        (
            {
                "actions": ["nrm"],
                "people": [CHILD],
                "authority_told_at": "2023-10-11T09:00:00Z",
            },
            "told after the referral",
        ),
        ({"actions": ["nrm"]}, "treated as a child"),
        ({"actions": ["referred"]}, "to whom"),
    ],
)
def test_says_what_the_rule_for_children_asks(detail, words):
    [remark] = SAFEGUARDING.remarks(completed(**detail))

    assert words in remark


def test_no_measure_counts_what_another_counts(log, figures):
    actions = ("spoken_to", "visited", "welfare_check", "engaged", "referred", "duty_to_notify",
               "care_plan", "safeguarded")  # fmt: skip
    for number, action in enumerate(actions, 1):
        count = "addresses" if action == "visited" else "number"
        log("safeguarding", {"actions": [action], count: str(number)})
    log("safeguarding", {"actions": ["nrm"], "number": "9", "consent": True})

    found = figures()

    assert [found[code] for code in (
        "people_spoken_to", "cuckooed_addresses_visited", "people_welfare_checked",
        "people_engaged", "safeguarding_referrals", "duty_to_notify", "care_plans",
        "people_safeguarded", "nrm_referrals",
    )] == list("123456789")  # fmt: skip


def test_the_national_week_adds_up_by_age_and_sex(log, figures):
    for age_group, sex, number in (
        ("adult", "female", 214),
        ("child", "female", 181),
        ("adult", "male", 345),
        ("child", "male", 439),
    ):
        log("safeguarding", {"people": [people(number, age_group, sex)]})

    found = figures()

    assert {code: found[f"{code}_safeguarded"] for code in (
        "people", "adults", "children", "females", "males", "women", "men", "girls", "boys",
    )} == {
        "people": "1179", "adults": "559", "children": "620", "females": "395", "males": "784",
        "women": "214", "men": "345", "girls": "181", "boys": "439",
    }  # fmt: skip


def test_children_may_be_some_of_all_with_the_rest_unknown(log, figures):
    log("safeguarding", {"number": "62", "people": [people(17, "child", "male"),
                                                    people(10, "child", "female")]})  # fmt: skip

    found = figures()

    assert found["people_safeguarded"] == "62"
    assert found["children_safeguarded"] == "27"
    assert (found["boys_safeguarded"], found["girls_safeguarded"]) == ("17", "10")
    assert found["adults_safeguarded"] == "0"


def test_referrals_are_found_by_whom_they_went_to(log, lead, operation):
    log("safeguarding", {"referrals": [{"to": "housing"}, {"to": "drug_treatment"}]})
    log("safeguarding", {"referrals": [{"to": "health"}]})

    reply = lead.get(f"/api/v1/operations/{operation.id}/results?referred_to=housing")

    assert len(reply.json) == 1


@pytest.mark.parametrize(
    ("later", "status"),
    [
        ({"decisions": [{"decision": "reasonable_positive", "on": "2026-11-05"}]}, "confirmed"),
        ({"nrm_reference": "NRM/1"}, "confirmed"),
        ({"people": [{"age_group": "child", "sex": "female"}]}, "recorded"),
    ],
)
def test_a_decision_comes_later_and_leaves_the_confirmation(lead, second, log, later, status):
    record = log(
        "safeguarding",
        {"actions": ["nrm"], "people": [CHILD], "authority_told_at": "2026-11-02T11:00:00Z"},
    )
    there = f"/api/v1/results/{record['id']}"
    assert second.post(f"{there}/confirm").status_code == 200
    etag = lead.get(there).headers["ETag"]

    reply = lead.patch(
        there, json={"reason": "It came.", "detail": later}, headers={"If-Match": etag}
    )

    assert reply.json["status"] == status
