"""Figures: each result once, parts never added to their whole, and the records behind each."""

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops.results import figures, measures, rollup
from ops.results.counting import Scope
from ops.results.kinds import KINDS
from ops.results.seizure_codes import GRAMS
from tests import factories
from tests.results.conftest import payload

INSIDE = {"type": "Point", "coordinates": [-2.2441, 53.4856]}
KILO = {"category": "drugs", "drug": "heroin", "quantity": "1", "unit": "kg"}


@pytest.fixture
def definitions(session):
    """The measures that hold today."""
    found = [measures.read(row) for row in session.scalars(measures.current())]
    return [each for each in found if isinstance(each, measures.Definition)]


@pytest.fixture
def add_up(definitions):
    """Add up operations; none named, all."""

    def summarise(*operations, by=None, **scope):
        ids = [operation.id for operation in operations] or None
        return figures.add_up(definitions, Scope(ids, **scope), by)

    return summarise


def values(summary):
    return {code: figure.value for code, figure in summary.figures.items() if figure.value}


def test_nothing_logged_is_nothing_of_everything(add_up, operation, definitions):
    summary = add_up(operation)

    assert len(summary.figures) == len(definitions)
    assert values(summary) == {}


def test_what_is_said_to_be_kept_and_is_not_is_added_up_all_the_same(log, definitions):
    log("arrest")
    kept = [rollup.key_of(each) for each in definitions]

    assert figures.add_up(definitions, Scope(), "month", kept) == figures.add_up(
        definitions, Scope(), "month"
    )


def test_each_kind_counts_towards_its_measures(log, add_up, operation):
    log("warrant")
    log("warrant", {"executed": False, "entries": []})
    log("arrest", {"disposals": [{"code": "charged_remanded"}, {"code": "bailed"}]})
    log("arrest")
    log("line")
    log("seizure", {"category": "cash", "quantity": "1240.50"})
    log("seizure", {"category": "weapons", "weapon": "shotgun"})
    log("seizure", {"category": "weapons", "weapon": "knife", "quantity": "3"})
    log("seizure", {"category": "drugs", "drug": "crack", "quantity": "86", "unit": "wrap"})
    log("seizure", {"category": "drugs", "drug": "cannabis", "quantity": "300", "unit": "plant"})

    assert values(add_up(operation)) == {
        "warrants_executed": 1,
        "arrests": 2,
        "people_arrested": 2,
        "arrests_charged": 1,
        "people_charged": 1,
        "lines_identified": 1,
        "cash_seized": Decimal("1240.50"),
        "weapons_seized": 4,
        "firearms_seized": 1,
        "wraps_seized": 86,
        "cannabis_plants_seized": 300,
    }


def test_weights_of_any_unit_add_up_in_grams_and_values_in_pounds(log, add_up, operation):
    street = [{"basis": "street", "value": "100"}, {"basis": "prison", "value": "300"}]
    log("seizure", KILO | {"valuations": street})
    log("seizure", KILO | {"quantity": "250", "unit": "g", "qualifier": "approx"})
    log("seizure", KILO | {"quantity": "3", "unit": "wrap", "weight_g": "0.6"})

    summary = add_up(operation)

    assert values(summary) == {
        "drugs_weight_seized": Decimal("1250.6"),
        "drugs_value_seized": 100,
        "wraps_seized": 3,
    }
    assert summary.figures["drugs_weight_seized"].qualifier == "approx"
    assert summary.figures["drugs_value_seized"].qualifier == "estimate"
    assert summary.figures["wraps_seized"].qualifier == "exact"


@pytest.mark.parametrize(
    ("qualifiers", "expected"),
    [
        (["exact", "exact"], "exact"),
        (["exact", "more_than"], "more_than"),
        (["more_than", "more_than"], "more_than"),
        (["more_than", "almost"], "approx"),
    ],
)
def test_a_sum_is_as_sure_as_what_is_in_it(log, add_up, operation, qualifiers, expected):
    for qualifier in qualifiers:
        log("seizure", KILO | {"qualifier": qualifier})

    assert add_up(operation).figures["drugs_weight_seized"].qualifier == expected


def test_a_line_closure_counts_once_it_is_confirmed(log, second, add_up, operation):
    closed = log("line_closure", {"deactivated_on": "2026-11-03"})
    log("line_closure", {"type": "type_1"})
    second.post(f"/api/v1/results/{closed['id']}/confirm")

    found = add_up(operation).figures

    assert [found["lines_closed"].value, found["lines_closed"].provisional] == [1, 1]
    assert [found["lines_closed_type_1"].value, found["lines_closed_type_1"].provisional] == [0, 1]
    assert [found["lines_closed_type_2"].value, found["lines_closed_type_2"].provisional] == [1, 0]


def test_a_struck_result_counts_no_more(log, lead, add_up, operation):
    record = log()
    lead.post(f"/api/v1/results/{record['id']}/strike", json={"reason": "Slip"})

    assert values(add_up(operation)) == {}


def test_the_contents_of_a_package_are_not_added_to_the_package(log, add_up, operation):
    package = log("seizure", {"category": "package"})
    inside = {"parent": package["id"], "category": "drugs"}
    bag = log("seizure", inside | {"quantity": "100", "unit": "g"})
    log("seizure", {"category": "drugs", "parent": bag["id"], "quantity": "60", "unit": "g"})
    log("seizure", {"category": "drugs", "parent": bag["id"], "quantity": "40", "unit": "g"})
    log("seizure", {"category": "phones", "parent": bag["id"], "quantity": "2"})

    assert values(add_up(operation)) == {
        "packages_intercepted": 1,
        "packages_awaiting": 1,
        "drugs_weight_seized": 100,
        "phones_seized": 2,
    }


@pytest.mark.parametrize("change", ["unweighed", "struck", "elsewhere", "earlier"])
def test_the_parts_count_where_the_whole_does_not(log, lead, add_up, operation, change):
    whole = {"category": "drugs", "quantity": "100", "unit": "g"}
    fields = {}
    if change == "unweighed":
        whole = {"category": "drugs"}
    if change == "elsewhere":
        fields["to"] = factories.operation()
    if change == "earlier":
        fields["occurred_at"] = "2026-11-01T12:00:00Z"
    bag = log("seizure", whole, **fields)
    for grams in ("60", "30"):
        log("seizure", {"category": "drugs", "parent": bag["id"], "quantity": grams, "unit": "g"})
    if change == "struck":
        lead.post(f"/api/v1/results/{bag['id']}/strike", json={"reason": "Slip"})

    found = add_up(operation, starts_at=dt.datetime(2026, 11, 2, tzinfo=dt.UTC))

    assert values(found) == {"drugs_weight_seized": 90}


def test_a_result_of_two_operations_counts_once(log, add_up, operation):
    other, third = factories.operation(), factories.operation()
    log(credits=[str(other.id), str(third.id)])

    for chosen in ([operation], [other], [other, third], [operation, other, third], []):
        assert values(add_up(*chosen)) == {"arrests": 1, "people_arrested": 1}


def test_as_at_leaves_out_what_was_recorded_struck_or_confirmed_later(
    log, lead, add_up, operation, session
):
    struck, closure = log(), log("line_closure", {"deactivated_on": "2026-11-03"})
    lead.post(f"/api/v1/results/{struck['id']}/strike", json={"reason": "Slip"})
    lead.post(f"/api/v1/results/{closure['id']}/confirm")
    at = dt.datetime(2026, 11, 10, tzinfo=dt.UTC)
    day = dt.timedelta(days=1)
    session.execute(
        sa.text(
            "update result set recorded_at = :recorded, struck_at = struck_at + :later,"
            " confirmed_at = :confirmed where recorded_at > :at"
        ),
        {"recorded": at - day, "later": dt.timedelta(0), "confirmed": at + day, "at": at},
    )
    log()

    found = add_up(operation, as_at=at).figures

    assert found["arrests"].value == 1
    assert (found["lines_closed"].value, found["lines_closed"].provisional) == (0, 1)


def test_parts_by_day_are_days_in_manchester(log, add_up):
    summer = factories.operation(starts_at=factories.NOON.replace(month=6))
    log(to=summer, occurred_at="2026-06-09T23:30:00Z")
    log(to=summer, occurred_at="2026-06-10T22:30:00Z")
    log(to=summer, occurred_at="2026-06-10T23:30:00Z")

    parts = add_up(summer, by="day").parts

    assert {part.key: part.figures["arrests"].value for part in parts} == {
        "2026-06-10": 2,
        "2026-06-11": 1,
    }


def test_parts_have_names(log, add_up, operation):
    factories.boundary("E08000003", name="Manchester")
    area = factories.area(operation, name="Cheetham Hill")
    deployment = factories.deployment(operation, name="Dawn")
    log(position=INSIDE, deployment=str(deployment.id), detail={"sex": "female"})

    def part(by):
        [found] = add_up(operation, by=by).parts
        return found.key, found.label

    assert part("district") == ("E08000003", "Manchester")
    assert part("area") == (str(area.id), "Cheetham Hill")
    assert part("deployment") == (str(deployment.id), "Dawn")
    assert part("operation") == (str(operation.id), operation.name)
    assert part("organisation") == ("GMP", "GMP")
    assert part("sex") == ("female", "Female")
    assert part("month") == ("2026-11", None)


def test_areas_that_overlap_each_have_the_result_and_the_whole_has_it_once(log, add_up, operation):
    factories.area(operation)
    factories.area(operation)
    log(position=INSIDE)
    log()

    summary = add_up(operation, by="area")

    assert summary.figures["arrests"].value == 2
    counted = [part.figures["arrests"].value for part in summary.parts if part.key]
    assert counted == [1, 1]


def test_one_arrest_can_be_a_part_of_several_disposals(log, add_up, operation):
    log(detail={"disposals": [{"code": "bailed"}, {"code": "charged"}, {"code": "charged"}]})

    summary = add_up(operation, by="disposal")

    assert summary.figures["arrests"].value == 1
    assert {part.key: part.figures["arrests"].value for part in summary.parts} == {
        "bailed": 1,
        "charged": 1,
    }


@pytest.mark.parametrize("by", [None, "day", "area", "drug"])
def test_all_measures_are_one_statement(log, add_up, operation, statements, by):
    log()

    with statements.counted() as seen:
        add_up(operation, by=by)

    assert len(seen) == 1


# What can be true of a few operations' records, in any order.
SEIZURES = (
    KILO,
    {"category": "drugs", "drug": "cannabis", "quantity": "40", "unit": "g"},
    {"category": "drugs"},
    {"category": "package"},
    {"category": "phones", "quantity": "2"},
    {"category": "cash", "quantity": "10.10"},
)
DETAILS = (
    *(("seizure", detail) for detail in SEIZURES),
    ("arrest", {}),
    ("arrest", {"disposals": [{"code": "charged"}]}),
    ("line_closure", {"deactivated_on": "2026-11-03"}),
    ("warrant", {}),
)
INDEX = st.integers(0, 9)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("log"), INDEX, INDEX, st.sets(st.integers(0, 2), max_size=2)),
        st.tuples(st.just("log"), INDEX, INDEX, st.sets(st.integers(0, 2), max_size=2)),
        st.tuples(st.sampled_from(["strike", "confirm"]), INDEX),
        st.tuples(st.just("credit"), INDEX, st.integers(0, 2)),
        st.tuples(st.just("correct"), INDEX, st.integers(0, 5)),
        st.tuples(st.just("move"), INDEX, INDEX),
    ),
    min_size=1,
    max_size=14,
)


def run(lead, second, operations, steps):
    """Do the steps; one that makes no sense is refused, and changes nothing."""
    ids, kinds = [], []
    for verb, number, *rest in steps:
        if verb == "log":
            kind, detail = DETAILS[number]
            parents = [key for key, name in zip(ids, kinds, strict=True) if name == "seizure"]
            if kind == "seizure" and rest[0] < len(parents):
                detail = detail | {"parent": parents[rest[0]]}
            lead_operation, *supporting = [operations[n] for n in sorted(rest[1]) or [0]]
            hour = f"2026-11-0{1 + number % 4}T12:00:00Z"
            body = payload(kind, detail, occurred_at=hour) | {
                "credits": [str(operation.id) for operation in supporting]
            }
            reply = lead.post(f"/api/v1/operations/{lead_operation.id}/results", json=body)
            assert reply.status_code == 201
            ids.append(reply.json["id"])
            kinds.append(kind)
        elif number < len(ids):
            change(second if verb == "confirm" else lead, operations, verb, ids, number, rest)
    return ids


def change(client, operations, verb, ids, number, rest):
    there = f"/api/v1/results/{ids[number]}"
    if verb in {"strike", "confirm"}:
        reply = client.post(f"{there}/{verb}", json={"reason": "Slip"} if verb == "strike" else {})
    elif verb == "credit":
        reply = client.post(f"{there}/credits", json={"operation": str(operations[rest[0]].id)})
    else:
        detail = SEIZURES[rest[0]] if verb == "correct" else {"parent": ids[rest[0] % len(ids)]}
        etag = client.get(there).headers["ETag"]
        body = {"reason": "Misread", "detail": detail}
        reply = client.patch(there, json=body, headers={"If-Match": etag})
    assert reply.status_code in {200, 409, 422}


def expected(records, definition, operations):
    """Work a figure out record by record, as a person with a list would."""
    kind = KINDS[definition.kind]
    by_id = {record["id"]: record for record in records}
    counting = {
        record["id"]: record
        for record in records
        if record["kind"] == definition.kind
        and record["status"] != "struck"
        and {record["operation"], *record["credits"]} & operations
        and all(facet_of(record, name) & set(codes) for name, codes in definition.terms.where)
        and amount(record, definition.sum) is not None
    }
    outermost = [
        record
        for record in counting.values()
        if kind.ancestors is None or not set(around(record, by_id)) & counting.keys()
    ]
    needs = definition.counts_when == "confirmed"
    sure = [each for each in outermost if not needs or each["status"] == "confirmed"]
    return {each["id"] for each in sure}, sum(amount(each, definition.sum) for each in sure)


def facet_of(record, name):
    detail = record["detail"]
    if name == "executed":
        return {"yes" if detail["executed"] else "no"}
    if name == "disposal":
        return {each["code"] for each in detail["disposals"]}
    if name == "opened":
        return {{True: "opened", False: "awaiting"}.get(detail.get("opened"))}
    return {detail.get(name)}


def around(record, by_id):
    while parent := record["detail"].get("parent"):
        record = by_id[parent]
        yield parent


def amount(record, quantity):
    if quantity is None:
        return 1
    detail = record["detail"]
    if quantity == "value":
        return Decimal(detail["value"]) if "value" in detail else None
    if "quantity" not in detail:
        return None
    counted, unit = Decimal(detail["quantity"]), detail["unit"]
    if quantity == "weight":
        return counted * GRAMS[unit] if unit in GRAMS else None
    units = {"items": "count", "wraps": "wrap", "plants": "plant", "rounds": "round"}
    return counted if unit == units[quantity] else None


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS, chosen=st.sets(st.integers(0, 2), min_size=1))
def test_whatever_is_done_figures_and_their_records_agree(
    lead, second, session, definitions, add_up, steps, chosen
):
    operations = [factories.operation() for _ in range(3)]
    run(lead, second, operations, steps)
    ids = [str(operations[number].id) for number in sorted(chosen)]
    records = lead.get("/api/v1/results", query_string={"struck": "true", "limit": 500}).json

    summary = add_up(*(operations[number] for number in chosen))
    members = [add_up(operations[number]) for number in chosen]
    parts = {by: add_up(*(operations[n] for n in chosen), by=by).parts for by in ("day", "drug")}
    for definition in definitions:
        figure = summary.figures[definition.code]
        behind, value = expected(records, definition, set(ids))
        assert (figure.records, figure.value) == (len(behind), value)
        if behind:
            query = {"operation": ids, "measure": definition.code}
            listed = lead.get("/api/v1/results", query_string=query).json
            assert sorted(record["id"] for record in listed) == sorted(behind)
        # Counted once, a total is at most what its members have apart.
        assert figure.value <= sum(each.figures[definition.code].value for each in members)
        for groups in parts.values():
            shares = [
                group.figures[definition.code]
                for group in groups
                if definition.code in group.figures
            ]
            assert not shares or sum(share.value for share in shares) == figure.value
    session.execute(sa.text("truncate result cascade"))
    session.commit()
