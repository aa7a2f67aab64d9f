"""Safeguarding: what was done for whom, each kind of it counted apart; referrals, and the NRM."""

import datetime as dt
import decimal

import marshmallow as ma
import sqlalchemy as sa

from ops.fields import Moment
from ops.results.fields import Code, Codes, Day, PersonReference, Steps, Text, not_ahead
from ops.results.kinds.arrests import AGE_GROUPS, SEXES
from ops.results.kinds.base import QUALIFIERS, Detail, Facet, Key, Kind, Measure
from ops.results.kinds.consent import NOTIFYING, missing_to_confirm, refused_by_law, remarks
from ops.results.kinds.safeguarding_tables import (
    NrmDecision,
    Referral,
    SafeguardedPeople,
    Safeguarding,
)
from ops.results.kinds.tallies import (
    Count,
    Row,
    add_up,
    filled,
    only_one,
    quantities,
    rows,
    together,
)
from ops.results.safeguarding_codes import (
    ACTIONS,
    CONCERNS,
    CUCKOOED,
    DECISIONS,
    FIRST_RESPONDERS,
    REFERRAL_OUTCOMES,
    REFERRED_TO,
    ROLES,
)

SEVERAL = {"several": "Several"}
PEOPLE = {
    "people": "People",
    "adults": "Adults",
    "children": "Children",
    "females": "Women and girls",
    "males": "Men and boys",
    "women": "Women",
    "men": "Men",
    "girls": "Girls",
    "boys": "Boys",
}
# Which sums somebody of this age group and sex is in, beside all people.
_OF_AGE = {"adult": ["adults"], "child": ["children"]}
_OF_SEX = {"female": ["females"], "male": ["males"]}
_OF_BOTH = {
    ("adult", "female"): ["women"],
    ("adult", "male"): ["men"],
    ("child", "female"): ["girls"],
    ("child", "male"): ["boys"],
}


class SafeguardedPeopleSchema(ma.Schema):
    """How many of one age group and sex; without a number, one"""

    age_group = Code(AGE_GROUPS)
    sex = Code(SEXES)
    number = Count()
    qualifier = Code(QUALIFIERS)


class ReferralSchema(ma.Schema):
    """A referral; without a time, made when it happened"""

    to = Code(REFERRED_TO, required=True)
    at = Moment(validate=not_ahead)
    outcome = Code(REFERRAL_OUTCOMES, allow_none=True)


class NrmDecisionSchema(ma.Schema):
    """A decision under the National Referral Mechanism"""

    decision = Code(DECISIONS, required=True)
    on = Day(required=True, validate=not_ahead)


class SafeguardingSchema(ma.Schema):
    """Safeguarding; no names, a reference. Without `number`, the people of the rows"""

    actions = Codes(ACTIONS, required=True, validate=ma.validate.Length(1))
    people = rows(SafeguardedPeopleSchema)
    number = Count(allow_none=True)
    qualifier = Code(QUALIFIERS, allow_none=True)
    person_ref = PersonReference(50, allow_none=True)
    addresses = Count(allow_none=True)
    addresses_qualifier = Code(QUALIFIERS, allow_none=True)
    cuckooed = Code(CUCKOOED, allow_none=True)
    address_ref = Text(50, allow_none=True)
    roles = Codes(ROLES)
    concerns = Codes(CONCERNS)
    referrals = Steps(ma.fields.Nested(ReferralSchema))
    consent = ma.fields.Boolean(allow_none=True)
    first_responder = Code(FIRST_RESPONDERS, allow_none=True)
    notified_at = Moment(allow_none=True, validate=not_ahead)
    authority_told_at = Moment(allow_none=True, validate=not_ahead)
    nrm_reference = Text(50, allow_none=True)
    decisions = Steps(ma.fields.Nested(NrmDecisionSchema))

    @ma.validates_schema
    def _parts_fit_the_whole(self, detail: Detail, **_kwargs: object) -> None:
        parts = sum(row.get("number", 1) for row in detail.get("people") or [])
        whole = detail.get("number")
        if whole is not None and parts > whole:
            raise ma.ValidationError(
                f"The people below are {parts}, more than the {whole} in all; correct either.",
                "number",
            )
        if detail.get("person_ref") and max(parts, whole or 0) > 1:
            raise ma.ValidationError(
                "A reference is of one person; log each person apart.", "person_ref"
            )

    @ma.validates_schema
    def _law_is_kept(self, detail: Detail, **_kwargs: object) -> None:
        refusal = refused_by_law(
            set(detail["actions"]),
            {row.get("age_group", "unknown") for row in detail.get("people") or []},
            detail.get("consent"),
        )
        if refusal:
            field, sentence = refusal
            raise ma.ValidationError(sentence, field)

    @ma.validates_schema
    def _belongs_to_a_notification(self, detail: Detail, **_kwargs: object) -> None:
        if set(detail["actions"]).isdisjoint(NOTIFYING):
            said = ("consent", "first_responder", "notified_at", "nrm_reference", "decisions")
            for name in said:
                if detail.get(name) not in (None, []):
                    raise ma.ValidationError(
                        "This belongs to a referral to the National Referral Mechanism or a duty "
                        "to notify; choose one of them above, or leave it out.",
                        name,
                    )


def complete(detail: Detail, occurred_at: dt.datetime) -> Detail:
    """Fill in the numbers, what the referrals say of the actions, and when was notified."""
    people = filled(
        detail.get("people"), age_group="unknown", sex="unknown", number=decimal.Decimal(1)
    )
    referrals = [{"at": occurred_at} | row for row in detail.get("referrals") or []]
    decisions = sorted(detail.get("decisions") or [], key=lambda row: row["on"])
    actions = set(detail["actions"]) | ({"referred"} if referrals else set())
    detail = detail | {
        "actions": [code for code in ACTIONS if code in actions],
        "people": people,
        "referrals": referrals,
        "decisions": decisions,
        "roles": detail.get("roles") or [],
        "concerns": detail.get("concerns") or [],
        "age_group": only_one(row["age_group"] for row in people),
        "sex": only_one(row["sex"] for row in people),
        "referral_codes": sorted({row["to"] for row in referrals}),
        "decision_codes": sorted({row["decision"] for row in decisions}),
    }
    if "visited" in actions and detail.get("addresses") is None:
        detail["addresses"] = decimal.Decimal(1)
    if not actions.isdisjoint(NOTIFYING) and detail.get("notified_at") is None:
        detail["notified_at"] = occurred_at
    return _with_numbers(detail)


def _with_numbers(detail: Detail) -> Detail:
    """Give all people, those of each age group and sex that are known, and the addresses."""
    people = detail["people"]
    number, qualifier = detail.get("number"), detail.get("qualifier")
    if number is None and people:
        number = sum(row["number"] for row in people)
        qualifier = qualifier or together(row["qualifier"] for row in people)
    elif number is None and detail["actions"] != ["visited"]:
        number = decimal.Decimal(1)
    if number is not None:
        detail |= {"number": number, "qualifier": qualifier or "exact"}
    if detail.get("addresses") is not None:
        detail["addresses_qualifier"] = detail.get("addresses_qualifier") or "exact"
    wholes = [
        {"name": "people", "number": number, "qualifier": detail.get("qualifier")},
        {
            "name": "addresses",
            "number": detail.get("addresses"),
            "qualifier": detail.get("addresses_qualifier"),
        },
    ]
    counted = add_up(wholes, lambda row: [row["name"]])
    split = add_up(people, _sums)
    return detail | {part: counted[part] | split[part] for part in counted}


def _sums(row: Row) -> list[str]:
    age, sex = row["age_group"], row["sex"]
    return [*_OF_AGE.get(age, []), *_OF_SEX.get(sex, []), *_OF_BOTH.get((age, sex), [])]


def _done(code: str, label: str, action: str, total: str = "people") -> Measure:
    """Define for how many something was done; no action counts towards another's measure."""
    return Measure(code, label, "protect", where={"action": (action,)}, sum=total)


MEASURES = (
    _done("people_spoken_to", "People spoken to", "spoken_to"),
    _done("cuckooed_addresses_visited", "Cuckooed addresses visited", "visited", "addresses"),
    _done("people_welfare_checked", "People welfare-checked", "welfare_check"),
    _done("people_engaged", "People engaged", "engaged"),
    _done("safeguarding_referrals", "Safeguarding referrals", "referred"),
    _done("children_referred", "Children referred to safeguarding", "referred", "children"),
    _done("adults_referred", "Adults referred to safeguarding", "referred", "adults"),
    _done("nrm_referrals", "Referrals to the National Referral Mechanism", "nrm"),
    _done("duty_to_notify", "Duties to notify", "duty_to_notify"),
    _done("care_plans", "Care plans", "care_plan"),
    _done("safety_plans", "Safety plans", "safety_plan"),
    Measure(
        "strategy_meetings",
        "Strategy meetings",
        "protect",
        where={"action": ("strategy_meeting",)},
    ),
    _done("victims_identified", "Victims identified", "identified"),
    _done("people_safeguarded", "People safeguarded", "safeguarded"),
    _done("adults_safeguarded", "Adults safeguarded", "safeguarded", "adults"),
    _done("children_safeguarded", "Children safeguarded", "safeguarded", "children"),
    _done("females_safeguarded", "Women and girls safeguarded", "safeguarded", "females"),
    _done("males_safeguarded", "Men and boys safeguarded", "safeguarded", "males"),
    _done("women_safeguarded", "Women safeguarded", "safeguarded", "women"),
    _done("men_safeguarded", "Men safeguarded", "safeguarded", "men"),
    _done("girls_safeguarded", "Girls safeguarded", "safeguarded", "girls"),
    _done("boys_safeguarded", "Boys safeguarded", "safeguarded", "boys"),
)
KINDS = (
    Kind(
        name="safeguarding",
        label="Safeguarding",
        model=Safeguarding,
        schema=SafeguardingSchema(),
        children={
            "people": SafeguardedPeople,
            "referrals": Referral,
            "decisions": NrmDecision,
        },
        facets={
            "action": Facet("What was done", Safeguarding.actions, ACTIONS, is_many=True),
            "role": Facet("Role", Safeguarding.roles, ROLES, is_many=True),
            "concern": Facet("Concern", Safeguarding.concerns, CONCERNS, is_many=True),
            "cuckooed": Facet("Cuckooed", Safeguarding.cuckooed, CUCKOOED),
            "referred_to": Facet(
                "Referred to", Safeguarding.referral_codes, REFERRED_TO, is_many=True
            ),
            "first_responder": Facet(
                "First responder", Safeguarding.first_responder, FIRST_RESPONDERS
            ),
            "nrm_decision": Facet(
                "Decision on a referral", Safeguarding.decision_codes, DECISIONS, is_many=True
            ),
            "age_group": Facet(
                "Adult or child", Safeguarding.age_group, AGE_GROUPS | SEVERAL, is_personal=True
            ),
            "sex": Facet("Sex", Safeguarding.sex, SEXES | SEVERAL, is_personal=True),
        },
        quantities=quantities(Safeguarding, PEOPLE | {"addresses": "Addresses"}),
        keys={
            "person": Key("Person", sa.func.lower(Safeguarding.person_ref)),
            "address": Key("Address", sa.func.lower(Safeguarding.address_ref)),
        },
        measures=MEASURES,
        complete=complete,
        missing_to_confirm=missing_to_confirm,
        remarks=remarks,
        afterwards={"decisions", "nrm_reference", "referrals"},
    ),
)
