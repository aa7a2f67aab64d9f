"""Quantities stay exact, and a day is a day in Europe/London."""

import datetime as dt
import decimal

import marshmallow as ma
import pytest

from ops.fields import Moment, Quantity

SINCE, UNTIL = Moment(), Moment(end=True)


def utc(*parts):
    return dt.datetime(*parts, tzinfo=dt.UTC)


def test_a_day_of_summer_begins_an_hour_before_the_utc_day():
    assert SINCE.deserialize("2026-06-01") == utc(2026, 5, 31, 23)


def test_a_period_that_ends_on_a_day_holds_that_day_whole():
    assert UNTIL.deserialize("2026-01-31") == utc(2026, 2, 1)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_the_days_the_clocks_change_are_shorter_and_longer(day, hours):
    length = UNTIL.deserialize(day).astimezone(dt.UTC) - SINCE.deserialize(day).astimezone(dt.UTC)

    assert length == dt.timedelta(hours=hours)


def test_a_time_with_its_zone_is_taken_as_it_is_at_either_end():
    moment = "2026-06-01T00:00:00+01:00"

    assert SINCE.deserialize(moment) == UNTIL.deserialize(moment) == utc(2026, 5, 31, 23)


def test_a_time_that_no_clock_shows_is_refused_in_a_sentence():
    with pytest.raises(ma.ValidationError, match="never comes: the clocks go forward"):
        SINCE.deserialize("2027-03-28T01:30")


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-01T00:00:00",
        "2026-06-01T00:00:00 01:00",
        "2026-02-30",
        "yesterday",
        "0001-01-01",
        "9999-12-31",
        "0001-01-01T00:00:00+14:00",
        "",
        5,
    ],
)
def test_refuses_what_is_no_moment(text):
    with pytest.raises(ma.ValidationError):
        UNTIL.deserialize(text)


@pytest.mark.parametrize(
    ("sent", "kept"), [("5000.00", "5000.00"), (17687.36, "17687.36"), (39, "39"), ("1E+3", "1000")]
)
def test_a_quantity_keeps_its_digits(sent, kept):
    field = Quantity()

    assert field.serialize("value", {"value": field.deserialize(sent)}) == kept


@pytest.mark.parametrize("sent", ["1e15", "1e999999", "0.0000001", "NaN", "Infinity", True, "ten"])
def test_refuses_a_quantity_that_is_none_or_beyond_reason(sent):
    with pytest.raises(ma.ValidationError):
        Quantity().deserialize(sent)


def test_a_quantity_may_have_bounds_of_its_own():
    field = Quantity(validate=ma.validate.Range(min=decimal.Decimal(0)))

    with pytest.raises(ma.ValidationError, match="greater than or equal to 0"):
        field.deserialize("-1")
