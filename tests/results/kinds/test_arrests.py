"""Arrests: who by age and ethnicity, and what became of each."""

import datetime as dt

import marshmallow as ma
import pytest

from ops.results.kinds import KINDS
from ops.results.kinds.arrests import AGE_BANDS, CHILDREN, ETHNICITIES

NOON = dt.datetime(2023, 10, 10, 12, tzinfo=dt.UTC)
ARREST = KINDS["arrest"]


def completed(**detail):
    return ARREST.complete(ARREST.schema.load({"reason": "wanted"} | detail), NOON)


def test_disposals_stand_in_the_order_they_happened():
    detail = completed(
        disposals=[
            {"code": "charged", "at": "2023-10-12T09:00:00Z"},
            {"code": "bailed", "at": "2023-10-11T09:00:00Z"},
        ]
    )

    assert [disposal["code"] for disposal in detail["disposals"]] == ["bailed", "charged"]


def test_a_disposal_without_a_time_came_with_the_arrest():
    [disposal] = completed(disposals=[{"code": "no_further_action"}])["disposals"]

    assert disposal["at"] == NOON


def test_the_self_defined_ethnicities_are_eighteen_and_not_stated():
    assert len(ETHNICITIES) == 19
    assert "O1" not in ETHNICITIES


def test_every_age_has_one_band_and_two_of_them_are_children():
    assert set(CHILDREN) == {"under_10", "10-17"}
    assert set(CHILDREN) < set(AGE_BANDS)


@pytest.mark.parametrize(
    ("detail", "field"),
    [
        ({"name": "John Smith"}, "name"),
        ({"age_band": "18-25"}, "age_band"),
        ({"ethnicity": "O1"}, "ethnicity"),
        ({"custody_ref": "06CD\x00"}, "custody_ref"),
        ({"disposals": [{"code": "shot_at_dawn"}]}, "disposals"),
    ],
)
def test_refuses_what_an_arrest_does_not_hold(detail, field):
    with pytest.raises(ma.ValidationError) as refused:
        completed(**detail)

    assert field in refused.value.normalized_messages()
