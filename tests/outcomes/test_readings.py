"""What a reported figure is here: its measure, the part it is of, its time; and its records."""

import datetime as dt

import pytest

from ops import wording
from ops.outcomes import readings
from ops.results.definitions import Definition, Terms
from ops.results.models import Measure
from tests import factories
from tests.factories import NOON
from tests.outcomes import records

ON = dict.fromkeys(("starts_on", "ends_on", "as_at"), "2026-11-02")
# What is logged over the network, or written down of a disposal, is known from today.
TODAY = str(wording.today())
A_DAY = dt.timedelta(days=1)


@pytest.fixture
def operation(session):
    return factories.operation(starts_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC), ends_at=None)


@pytest.fixture
def define(session):
    """Define a measure of arrests, or of other measures."""

    def define(code, definition, version=1, **days):
        said = {"label": code, "four_p": "pursue", "unit": "count", "definition": definition}
        session.add(Measure(code=code, version=version, **said, **days))
        session.commit()

    return define


@pytest.fixture
def beside(report, reconciled, lead):
    """Report a figure; give what stands beside it, and how many records that leads to."""

    def beside(value, **said):
        report(value, **ON | said)
        [found] = reconciled()["figures"]
        listed = {}
        for name in ("recorded", "recorded_now"):
            if found[name] is not None:
                listed[name] = len(lead.get(found[name]["records"]).json)
        return found, listed

    return beside


def counted(facet="sex", codes=("female",), **terms):
    """Give a definition of arrests."""
    asked = Terms(((facet, codes),) if codes else (), **terms)
    return Definition(
        code="x", version=1, label="X", four_p="pursue", unit="count", kind="arrest",
        terms=asked, around=asked,
    )  # fmt: skip


def test_of_a_facet_with_several_codes_a_record_can_be_in_both_parts(operation, beside):
    records.arrest(operation, disposals=["bailed", "charged"])
    records.arrest(operation, disposals=["charged"])

    told = {"facets": {"disposal": "bailed"}, "as_at": TODAY}
    found, listed = beside(1, measure="people_charged", **told)

    assert (found["status"], found["recorded"]["value"], listed["recorded"]) == ("agrees", "1", 1)


def test_what_lies_in_what_counts_for_the_whole_is_counted_for_no_part_of_it(
    operation, beside, lead
):
    path = f"/api/v1/operations/{operation.id}/results"
    said = {"kind": "seizure", "occurred_at": "2026-11-02T12:00:00Z"}
    parcel = {"category": "drugs", "drug": "heroin", "quantity": "100", "unit": "g"}
    outer = lead.post(path, json=said | {"detail": parcel}).json["id"]
    inner = {"category": "drugs", "drug": "crack", "quantity": "40", "unit": "g", "parent": outer}
    assert lead.post(path, json=said | {"detail": inner}).status_code == 201

    told = {"measure": "drugs_weight_seized", "unit": "g", "facets": {"drug": "crack"}}
    found, listed = beside(0, **told, as_at=TODAY)

    assert (found["recorded"]["value"], listed["recorded"]) == ("0", 0)


@pytest.mark.parametrize(
    ("definition", "facets"),
    [
        (counted(), {"sex": ["male"]}),
        (counted(codes=(), unless=(Terms((("sex", ("male",)),)),)), {"sex": ["male"]}),
        (counted("disposal", ("charged",), unless=(Terms((("disposal", ("bailed",)),)),)),
         {"disposal": ["bailed"]}),
        (counted(unless=(Terms((("made_by", ("other",)), ("sex", ("female", "male")))),)),
         {"made_by": ["other"]}),
    ],
)  # fmt: skip
def test_a_part_in_which_nothing_could_be_is_none(definition, facets):
    assert readings.narrow(definition, facets) is None


@pytest.mark.parametrize(
    ("definition", "facets"),
    [
        (counted(codes=(), unless=(Terms((("sex", ("male",)),)),)), {"sex": ["male", "female"]}),
        (counted("disposal", ("charged",)), {"disposal": ["bailed"]}),
        (counted(unless=(Terms((("made_by", ("other",)), ("sex", ("male",)))),)),
         {"made_by": ["other"]}),
    ],
)  # fmt: skip
def test_a_part_in_which_something_could_be_keeps_all_that_the_measure_asks(definition, facets):
    part = readings.narrow(definition, facets)

    assert set(definition.terms.where) <= set(part.terms.where)
    assert part.terms.unless == definition.terms.unless
    assert part.around == definition.around


def test_what_a_measure_leaves_out_is_left_out_of_its_parts(operation, beside, define):
    define("not_bailed", {"kind": "arrest", "unless": [{"disposal": ["bailed"]}]})
    records.arrest(operation, disposals=["bailed"])
    records.arrest(operation)

    found, listed = beside(1, measure="not_bailed", facets={"sex": "male"}, as_at=TODAY)

    assert (found["status"], listed["recorded"]) == ("agrees", 1)


def test_a_rate_is_told_as_worked_out_from_others(beside, define, lead):
    define("charged_of_arrests", {"ratio": {"of": "people_charged", "to": "arrests"}, "times": 100})

    found, _ = beside(50, measure="charged_of_arrests", unit="percent")

    assert (found["status"], found["measure"]["code"]) == ("uncompared", "charged_of_arrests")
    assert found["because"] == (
        "It is worked out from people_charged and arrests; compare the figures of those."
    )
    said = {"measure": "theirs", "code": "charged_of_arrests"}
    refused = lead.post("/api/v1/figure-mappings", json=said).json["errors"]["code"]
    assert refused == [
        "This is worked out from people_charged and arrests; name the one that it is."
    ]


def test_a_measure_of_a_period_of_its_own_is_compared_with_that_period_alone(
    operation, beside, define
):
    define("arrests_this_year", {"kind": "arrest", "period": "financial_year"})
    records.arrest(operation)
    records.arrest(operation, occurred_at=NOON - 30 * A_DAY)

    found, _ = beside(1, measure="arrests_this_year")

    assert (found["status"], found["recorded"]) == ("uncompared", None)
    assert found["because"] == (
        "Our measure is of the financial year so far, from 1 Apr 2026;"
        " this figure is from 2 Nov 2026."
    )


def test_a_measure_of_a_period_of_its_own_agrees_with_a_figure_of_that_period(
    operation, beside, define
):
    define("arrests_this_year", {"kind": "arrest", "period": "financial_year"})
    records.arrest(operation)
    records.arrest(operation, occurred_at=NOON - 30 * A_DAY)

    found, listed = beside(2, measure="arrests_this_year", starts_on="2026-04-01")

    assert (found["status"], listed["recorded"]) == ("agrees", 2)


def test_a_figure_is_read_by_the_definition_of_its_last_day(operation, beside, define):
    then, since = dt.date(2026, 11, 2), dt.date(2026, 11, 3)
    define("held", {"kind": "arrest"}, valid_to=then)
    define("held", {"kind": "arrest", "where": {"sex": ["female"]}}, 2, valid_from=since)
    records.arrest(operation)

    found, listed = beside(1, measure="held")

    assert (found["status"], found["measure"]["version"], listed["recorded"]) == ("agrees", 1, 1)


def test_what_happened_after_a_figure_was_told_is_no_late_entry(operation, beside):
    records.arrest(operation)
    records.arrest(operation, occurred_at=NOON + 3 * A_DAY, recorded_at=NOON + 3 * A_DAY)

    found, listed = beside(2, starts_on=None, ends_on=None, as_at="2026-11-02")

    assert (found["status"], found["recorded_now"], listed["recorded"]) == ("open", None, 1)


def test_what_happened_before_a_figure_was_told_and_was_recorded_since_is_late(operation, beside):
    records.arrest(operation)
    records.arrest(operation, recorded_at=NOON + 3 * A_DAY)

    found, listed = beside(2, starts_on=None, ends_on=None, as_at="2026-11-02")

    assert (found["status"], listed) == ("late", {"recorded": 1, "recorded_now": 2})
