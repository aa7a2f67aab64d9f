"""Deal lines, and what must be there before a closure counts."""

import datetime as dt

import marshmallow as ma
import pytest

from ops.results.kinds import KINDS

# Half past midnight of the 11th in Manchester.
LATE = dt.datetime(2023, 10, 10, 23, 30, tzinfo=dt.UTC)
LINE, CLOSURE = KINDS["line"], KINDS["line_closure"]


def closure(type_, **detail):
    given = {"type": type_, "line_name": "Ricky"} | detail
    return CLOSURE.complete(CLOSURE.schema.load(given), LATE)


@pytest.mark.parametrize("number", ["07700 900123", "+44 7700 900-123", "(0161) 496 0123"])
def test_a_number_is_kept_one_way_however_it_is_written(number):
    detail = LINE.schema.load({"name": "Ricky", "numbers": [number, {"number": number}]})

    kept = {row["number"] for row in detail["numbers"]}
    assert len(kept) == 1
    assert kept.pop().lstrip("+").isdigit()


@pytest.mark.parametrize("number", ["Ricky", "999", "07700 900123 ext 4"])
def test_refuses_what_is_no_number(number):
    with pytest.raises(ma.ValidationError, match="phone number"):
        LINE.schema.load({"name": "Ricky", "numbers": [number]})


def test_a_closure_is_dated_by_its_record_in_manchester():
    assert closure("type_1")["closed_on"] == dt.date(2023, 10, 11)


@pytest.mark.parametrize(
    ("type_", "detail", "words"),
    [
        ("type_1", {}, "arrest or custody reference of the line holder and the day of the charge"),
        ("type_1", {"custody_ref": "06CD/1/23"}, "give the day of the charge"),
        ("type_1", {"charged_on": "2023-10-12"}, "give the arrest or custody reference"),
        ("type_1", {"deactivated_on": "2023-10-12"}, "arrested and charged"),
        ("type_2", {}, "deactivated"),
        ("type_2", {"custody_ref": "06CD/1/23", "charged_on": "2023-10-12"}, "deactivated"),
        ("type_2", {"line_name": None, "deactivated_on": "2023-10-12"}, "which line"),
    ],
)
def test_says_what_a_closure_lacks(type_, detail, words):
    assert words in CLOSURE.missing_to_confirm(closure(type_, **detail))


@pytest.mark.parametrize(
    ("type_", "detail"),
    [
        ("type_1", {"custody_ref": "06CD/1/23", "charged_on": "2023-10-12"}),
        (
            "type_1",
            {"arrest": "0193e9a0-0000-7000-8000-000000000000", "charged_on": "2023-10-12"},
        ),
        ("type_2", {"deactivated_on": "2023-10-12"}),
    ],
)
def test_a_closure_that_lacks_nothing_can_be_confirmed(type_, detail):
    assert CLOSURE.missing_to_confirm(closure(type_, **detail)) is None


def test_a_line_found_in_use_again_is_told():
    checks = [{"on": "2023-11-01", "out_of_use": True}, {"on": "2023-12-01", "out_of_use": False}]

    [remark] = CLOSURE.remarks(closure("type_2", check_backs=checks))

    assert "in use again on 1 Dec 2023" in remark
