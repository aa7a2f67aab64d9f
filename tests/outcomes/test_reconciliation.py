"""Reported beside recorded: the same time, scope and day, and what people say of it."""

import datetime as dt

import pytest
import sqlalchemy as sa

from ops import db
from ops.operations.models import Operation
from ops.outcomes.models import PublishedSet, ReportedFigure
from ops.results.models import Result
from tests import factories
from tests.outcomes.records import arrest
from tests.results.conftest import payload

DAY = dt.date(2026, 11, 1)


@pytest.fixture
def operation(session):
    return factories.operation(starts_at=dt.datetime(2026, 10, 1, tzinfo=dt.UTC), ends_at=None)


@pytest.fixture
def record(lead, operation):
    """Log arrests on 28 October, as if at once."""

    def record(count, recorded_on=dt.date(2026, 10, 28), **detail):
        for _ in range(count):
            body = payload("arrest", occurred_at="2026-10-28T10:00:00Z")
            body["detail"] |= detail
            reply = lead.post(f"/api/v1/operations/{operation.id}/results", json=body)
            assert reply.status_code == 201, reply.text
            at = dt.datetime(*recorded_on.timetuple()[:3], 12, tzinfo=dt.UTC)
            db.session.execute(
                sa.update(Result).where(Result.id == reply.json["id"]).values(recorded_at=at)
            )

    return record


def test_a_figure_stands_beside_what_is_recorded_of_the_same(record, report, reconciled, lead):
    record(3)
    report(3)

    [found] = reconciled()["figures"]

    assert (found["status"], found["difference"]) == ("agrees", "0")
    assert found["recorded"]["value"] == "3"
    records = lead.get(found["recorded"]["records"]).json
    assert len(records) == 3


def test_more_than_agrees_with_more(record, report, reconciled):
    record(3)
    report(2, qualifier="more_than")

    [found] = reconciled()["figures"]

    assert (found["status"], found["allowed"], found["difference"]) == ("agrees", True, "1")
    assert found["because"] == "More than 2 is true of 3."


def test_open_differences_come_first(record, report, reconciled):
    record(3)
    report(3, source="Right")
    report(7, source="Wrong", measure="arrests", starts_on="2026-10-27")
    report(1, source="Unknown", measure="theirs")

    found = reconciled()

    assert [each["status"] for each in found["figures"]] == ["open", "agrees", "uncompared"]
    assert found["counts"]["open"] == 1
    assert found["figures"][0]["because"] == "4 less recorded than reported."


def test_it_is_compared_as_it_was_known_on_the_day_of_the_report(record, report, reconciled):
    record(2)
    record(1, recorded_on=dt.date(2026, 11, 5))
    report(3)

    [found] = reconciled()["figures"]

    assert (found["recorded"]["value"], found["recorded_now"]["value"]) == ("2", "3")
    assert found["status"] == "late"


def test_a_facet_that_records_have_narrows_the_figure(record, report, reconciled, lead):
    record(2, sex="female")
    record(1, sex="male")
    report(2, facets={"sex": "female"})

    [found] = reconciled()["figures"]

    assert (found["status"], found["where"]) == ("agrees", {"sex": ["female"]})
    assert len(lead.get(found["recorded"]["records"]).json) == 2


def test_a_facet_that_records_lack_is_not_compared(report, reconciled):
    report(390, measure="arrests", facets={"audience": "general_practitioners"})

    [found] = reconciled()["figures"]

    assert found["status"] == "uncompared"
    assert "audience: general_practitioners" in found["because"]


def test_a_publisher_s_measure_is_ours_once_somebody_says_so(record, report, reconciled, lead):
    record(2, sex="female")
    report(2, measure="women_held", facets={"where": "county"})
    said = {"measure": "women_held", "facets": {"where": "county"}, "code": "arrests",
            "where": {"sex": ["female"]}, "note": "As the press office told us."}  # fmt: skip

    made = lead.post("/api/v1/figure-mappings", json=said)

    assert made.status_code == 201
    [found] = reconciled()["figures"]
    assert found["status"] == "agrees"
    assert found["mapping"]["by"] == lead.person.name
    [listed] = lead.get("/api/v1/figure-mappings").json
    assert listed["where"] == {"sex": ["female"]}


def test_what_is_said_last_of_a_measure_stands_and_can_be_taken_back(report, reconciled, lead):
    report(2, measure="women_held")
    for code in ("arrests", None):
        lead.post("/api/v1/figure-mappings", json={"measure": "women_held", "code": code})

    [found] = reconciled()["figures"]

    assert (found["status"], found["measure"]) == ("uncompared", None)
    assert len(lead.get("/api/v1/figure-mappings").json) == 2


def test_a_mapping_of_one_operation_is_for_it_alone(report, reconciled, lead, operation):
    report(2, measure="women_held")
    report(2, measure="women_held", operation=None, organisation="GMP", starts_on="2026-10-27")
    lead.post(
        "/api/v1/figure-mappings",
        json={"measure": "women_held", "code": "arrests", "operation": str(operation.id)},
    )

    found = reconciled()["figures"]

    assert {bool(each["measure"]): bool(each["whose"]["operation"]) for each in found} == {
        True: True,
        False: False,
    }


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"code": "nothing_of_ours"}, "code"),
        ({"code": "arrests", "where": {"drug": ["crack"]}}, "where.drug"),
        ({"code": "arrests", "where": {"sex": ["nobody"]}}, "where.sex"),
        ({"where": {"sex": ["female"]}}, "code"),
        ({"code": "arrests", "facets": {"part": [1]}}, "facets"),
    ],
)
def test_a_mapping_to_nothing_is_refused(lead, said, field):
    reply = lead.post("/api/v1/figure-mappings", json={"measure": "theirs"} | said)

    assert reply.status_code == 422
    assert field in reply.json["errors"]


def test_a_reason_settles_a_difference_and_an_enquiry_opens_it_again(report, reconciled, lead):
    figure = report(7)
    path = f"/api/v1/reported-figures/{figure}/reasons"

    assert lead.post(path, json={"code": "other"}).status_code == 422
    assert lead.post(path, json={"code": "other_force", "note": "North Wales"}).status_code == 201
    [explained] = reconciled()["figures"]
    lead.post(path, json={"code": "under_enquiry"})
    [opened] = reconciled()["figures"]

    assert (explained["status"], opened["status"]) == ("explained", "open")
    assert [each["code"] for each in opened["reasons"]] == ["under_enquiry", "other_force"]
    assert opened["reasons"][1]["by"] == lead.person.name


def test_a_reason_is_never_changed_nor_taken_away(report, lead):
    lead.post(f"/api/v1/reported-figures/{report(7)}/reasons", json={"code": "late_entry"})

    with db.session.begin_nested() as undo:
        db.session.execute(sa.text("set local role ops_application"))
        for statement in ("update figure_reason set code = 'x'", "delete from figure_reason"):
            with pytest.raises(sa.exc.ProgrammingError), db.session.begin_nested():
                db.session.execute(sa.text(statement))
        undo.rollback()


def test_a_reason_is_for_those_who_report(client_as, report):
    figure = report(7)

    reply = client_as("officer").post(
        f"/api/v1/reported-figures/{figure}/reasons", json={"code": "late_entry"}
    )

    assert reply.status_code == 403


def test_whose_a_set_s_figures_are_is_said_once_for_all(record, reconciled, lead, operation):
    record(3)
    published = factories._save(PublishedSet(code="week", title="A week", publisher="A force"))
    factories._save(
        ReportedFigure(measure="arrests", value=3, unit="count", qualifier="exact",
                       set_id=published.id, source="https://example.test/a", as_at=DAY, ends_on=DAY)
    )  # fmt: skip
    before = reconciled()["figures"][0]

    lead.put("/api/v1/published-sets/week/scope", json={"operation": str(operation.id)})

    [found] = reconciled(operation=str(operation.id))["figures"]
    assert before["because"] == "Nobody has said whose figure it is."
    assert (found["status"], found["figure"]["set"]) == ("agrees", "week")


def test_weights_are_compared_in_one_unit(report, reconciled):
    report("1.5", measure="drugs_weight_seized", unit="tonne")

    [found] = reconciled()["figures"]

    assert found["measure"]["unit"] in {"g", "kg"}
    assert found["difference"] == {"g": "-1500000", "kg": "-1500"}[found["measure"]["unit"]] + (
        ".0" if "." in found["difference"] else ""
    )


def test_an_organisation_s_figure_is_of_its_operations_of_that_kind(record, report, reconciled):
    record(3)
    named = {"operation": None, "organisation": "GMP"}
    report(3, **named, facets={"operation_kind": "week_of_action"})
    report(3, **named, facets={"operation_kind": "prison_search"}, starts_on="2026-10-27")

    found = {each["status"]: each for each in reconciled()["figures"]}

    assert found["agrees"]["whose"]["operation_kind"] == ["week_of_action"]
    assert found["uncompared"]["because"] == "You see none of the operations that it is about."


@pytest.mark.parametrize(
    ("facet", "codes", "other"),
    [
        ("operation_kind", ["week_of_action", "prison_search"], {"kind": "place_based"}),
        ("theme", ["drugs", "county_lines"], {"theme": "firearms"}),
    ],
)
def test_the_records_of_several_kinds_or_themes_are_those_that_were_counted(
    record, report, reconciled, lead, operation, facet, codes, other
):
    with db.transaction():
        db.session.execute(sa.update(Operation).values(theme="drugs"))
    begun = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
    elsewhere = factories.operation(**({"theme": "drugs"} | other), starts_at=begun, ends_at=None)
    record(3)
    arrest(elsewhere, occurred_at=begun, recorded_at=begun)
    named = {"operation": None, "organisation": "GMP", "starts_on": "2026-10-01"}
    report(3, **named, measure="held")
    said = {"measure": "held", "code": "arrests", "where": {facet: codes}}
    assert lead.post("/api/v1/figure-mappings", json=said).status_code == 201

    [found] = reconciled()["figures"]

    assert (found["status"], found["recorded"]["value"]) == ("agrees", "3")
    listed = lead.get(found["recorded"]["records"]).json
    assert {each["operation"] for each in listed} == {str(operation.id)}
    assert len(listed) == 3


def test_two_outlets_are_shown_together(report, reconciled):
    report(70, source="One paper")
    report(75, source="Another paper")

    found = reconciled()

    [together] = found["contradictions"]
    assert (together["kind"], together["can_all_be_true"]) == ("same_figure", False)
    assert [each["contradictions"] for each in found["figures"]] == [[0], [0]]


def test_figures_of_one_time_are_worked_out_together(report, reconciled, statements, operation):
    for number in range(4):
        report(number, facets={"sex": "female"} if number % 2 else {})
    with statements.counted() as few:
        reconciled(operation=str(operation.id))
    for number in range(4):
        report(number, facets={"sex": "male"} if number % 2 else {})

    with statements.counted() as many:
        reconciled(operation=str(operation.id))

    assert len(many) == len(few)
