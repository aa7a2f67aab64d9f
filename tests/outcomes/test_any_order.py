"""Whatever is done in whatever order, figures and their records agree, and the past stays."""

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops.results.models import Measure
from tests import factories
from tests.results.conftest import payload

OPERATIONS = 3
DETAILS = (
    ("arrest", {}),
    ("arrest", {"sex": "female", "disposals": [{"code": "charged"}]}),
    ("arrest", {"sex": "male"}),
    ("safeguarding", {"person_ref": "A/1", "actions": ["safeguarded"]}),
    ("safeguarding", {"person_ref": "B/2", "actions": ["safeguarded"]}),
    ("safeguarding", {"actions": ["safeguarded"]}),
    ("seizure", {"category": "drugs", "quantity": "100", "unit": "g"}),
    ("seizure", {"category": "drugs", "drug": "heroin", "quantity": "60", "unit": "g"}),
    ("seizure", {"category": "package"}),
    ("line_closure", {"deactivated_on": "2026-11-03"}),
)
# Beside the built-in ones: of every sort that a definition has.
MEASURES = {
    "women": {"kind": "arrest", "where": {"sex": ["female"]}},
    "men": {"kind": "arrest", "where": {"sex": ["male"]}},
    "not_women": {"kind": "arrest", "unless": [{"sex": ["female"]}]},
    "detained": {"kind": "arrest", "parts": ["women", "men"]},
    "people": {"kind": "safeguarding", "distinct": "person"},
    "heroin": {"kind": "seizure", "where": {"drug": ["heroin"]}, "sum": "weight"},
    "weighed": {"kind": "seizure", "sum": "weight", "parts": ["heroin"]},
    "closed": {"kind": "line_closure", "counts_when": "confirmed", "period": "last_12_months"},
    "charged": {"ratio": {"of": "people_charged", "to": "arrests"}, "times": 100},
}
# Those whose records of one operation share nothing with the records of another but themselves:
# the same person, or what lies in something else, can be in two.
ALONE = {"arrests", "women", "men", "not_women", "detained", "closed"}
NUMBER = st.integers(0, 9)
OPERATION = st.integers(0, OPERATIONS - 1)
LOGGED = st.tuples(st.just("log"), NUMBER, NUMBER, st.sets(OPERATION, max_size=2))
LATER = (
    st.tuples(st.sampled_from(["strike", "confirm"]), NUMBER),
    st.tuples(st.sampled_from(["credit", "uncredit"]), NUMBER, OPERATION),
)
CORRECTED = st.tuples(st.sampled_from(["correct", "nest"]), NUMBER, NUMBER)
ACTS = st.lists(st.one_of(LOGGED, LOGGED, LOGGED, *LATER, CORRECTED), min_size=2, max_size=14)
AFTER = st.lists(st.one_of(*LATER), min_size=1, max_size=6)


@pytest.fixture
def lead(client_as, session):
    """A lead's client; what is measured beside the built-in measures is defined."""
    for code, definition in MEASURES.items():
        said = {"label": code, "four_p": "pursue", "unit": "count", "definition": definition}
        session.add(Measure(code=code, version=1, **said))
    session.commit()
    return client_as("lead")


@pytest.fixture
def second(client_as):
    """Another lead, who confirms."""
    return client_as("lead")


class House:
    """A few operations, and what is done in them; what makes no sense is refused, and no more."""

    def __init__(self, lead, second):
        self.lead, self.second = lead, second
        self.ids = [str(factories.operation().id) for _ in range(OPERATIONS)]
        self.records = []

    def do(self, acts):
        for verb, number, *rest in acts:
            if verb == "log":
                self.log(number, *rest)
            elif number < len(self.records):
                reply = self.change(verb, *self.records[number], *rest)
                assert reply.status_code in {200, 204, 404, 409, 422}, reply.text

    def log(self, number, inside, operations):
        kind, detail = DETAILS[number]
        seizures = [key for key, name in self.records if name == "seizure"]
        if kind == "seizure" and inside < len(seizures):
            detail = detail | {"parent": seizures[inside]}
        first, *others = [self.ids[n] for n in sorted(operations) or [0]]
        body = payload(kind, detail, credits=others)
        reply = self.lead.post(f"/api/v1/operations/{first}/results", json=body)
        assert reply.status_code == 201, reply.text
        self.records.append((reply.json["id"], kind))

    def change(self, verb, key, kind, *rest):
        there = f"/api/v1/results/{key}"
        if verb == "strike":
            return self.lead.post(f"{there}/strike", json={"reason": "Slip"})
        if verb == "confirm":
            return self.second.post(f"{there}/confirm")
        if verb == "credit":
            return self.lead.post(f"{there}/credits", json={"operation": self.ids[rest[0]]})
        etag = {"If-Match": self.lead.get(there).headers["ETag"]}
        if verb == "uncredit":
            return self.lead.delete(f"{there}/credits/{self.ids[rest[0]]}", headers=etag)
        said = {"parent": self.records[rest[0] % len(self.records)][0]}
        if verb == "correct":
            said = next(d for k, d in DETAILS[rest[0] :] + DETAILS if k == kind)
        return self.lead.patch(there, json={"reason": "Misread", "detail": said}, headers=etag)

    def figures(self, chosen, **query):
        ids = [self.ids[n] for n in sorted(chosen)]
        reply = self.lead.get("/api/v1/outcomes", query_string={"operation": ids, **query})
        return {each["code"]: each for each in reply.json["measures"]}

    def listed(self, address):
        return self.lead.get(address).json


def worth(code, records):
    """Add up the records of a list as a person would."""
    definition = MEASURES.get(code, {})
    if definition.get("distinct"):
        refs = [each["detail"].get("person_ref") for each in records]
        return len(set(filter(None, refs))) + refs.count(None)
    if definition.get("sum"):
        return sum(Decimal(each["detail"]["quantity"]) for each in records)
    return len(records)


def check_records(house, figures):
    for code in ("arrests", "people_charged", *MEASURES):
        found = figures[code]
        shown = [(code, found)] if found["records"] else []
        shown += [(each["code"], each) for each in found.get("parts", [])]
        shown += [(code, found["residual"])] if "residual" in found else []
        shown += [(each["code"], each) for each in (found.get("numerator"),) if each]
        for name, each in shown:
            if each["value"] != "0":
                assert Decimal(each["value"]) == worth(name, house.listed(each["records"]))


def check_parts(figures):
    for code in ("detained", "weighed"):
        found = figures[code]
        parts = sum(Decimal(each["value"]) for each in found["parts"])
        # Neither pair of parts has a record in common.
        assert parts + Decimal(found["residual"]["value"]) == Decimal(found["value"])
        assert not found["overlap"]


def check_members(house, figures, chosen):
    """A total is at most what its members have apart, and as much where nothing is shared."""
    members = [house.figures({number}) for number in chosen]
    for code, found in figures.items():
        if found.get("numerator"):
            continue
        apart = sum(Decimal(each[code]["value"]) for each in members)
        assert Decimal(found["value"]) <= apart
        ids = [
            {record["id"] for record in house.listed(each[code]["records"])}
            for each in members
            if each[code]["value"] != "0"
        ]
        if code in ALONE and sum(map(len, ids)) == len(set().union(*ids)):
            assert Decimal(found["value"]) == apart


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=ACTS, after=AFTER, chosen=st.sets(OPERATION, min_size=1))
def test_figures_and_their_records_agree_and_the_past_stays_as_it_was(
    lead, second, session, acts, after, chosen
):
    house = House(lead, second)
    house.do(acts)

    figures = house.figures(chosen)
    check_records(house, figures)
    check_parts(figures)
    check_members(house, figures, chosen)
    at = dt.datetime.now(dt.UTC).isoformat()
    then = house.figures(chosen, as_at=at)
    assert values(then) == values(figures)
    house.do(after)
    assert values(house.figures(chosen, as_at=at)) == values(then)
    check_records(house, house.figures(chosen, as_at=at))
    session.execute(sa.text("truncate result cascade"))
    session.commit()


def values(figures):
    """Give the figures alone, without where their records are."""
    names = ("value", "provisional", "qualifier", "overlap")
    return {code: [each.get(name) for name in names] for code, each in figures.items()}
