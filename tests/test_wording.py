"""How days, times and quantities read."""

import datetime as dt

import pytest

from ops import wording

DAWN = dt.datetime(2023, 10, 10, 4, 42, tzinfo=dt.UTC)


def test_a_day_is_a_day_in_london():
    late = dt.datetime(2023, 10, 9, 23, 30, tzinfo=dt.UTC)

    assert wording.day(late) == "Tuesday 10 October 2023"


def test_a_time_is_the_clock_of_london():
    assert wording.moment(DAWN) == "Tuesday 10 October 2023, 05:42"


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "text"),
    [
        ("2023-10-09T23:00Z", "2023-10-10T23:00Z", "Tuesday 10 October 2023"),
        (
            "2023-10-08T23:00Z",
            "2023-10-15T23:00Z",
            "Monday 9 October 2023 to Sunday 15 October 2023",
        ),
        ("2023-10-09T23:00Z", None, "From Tuesday 10 October 2023"),
    ],
)
def test_a_period_that_ends_at_midnight_ends_on_the_day_before(starts_at, ends_at, text):
    start = dt.datetime.fromisoformat(starts_at)
    end = dt.datetime.fromisoformat(ends_at) if ends_at else None

    assert wording.period(start, end) == text


def test_a_window_over_midnight_names_both_days():
    end = DAWN + dt.timedelta(hours=20)

    assert wording.window(DAWN, end) == "10 Oct 2023, 05:42 to 11 Oct 2023, 01:42"


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (("33",), "33"),
        (("1234567",), "1,234,567"),
        (("250000", "GBP"), "£250,000"),
        (("800.50", "GBP"), "£800.50"),
        (("4500", "count", "more_than"), "more than 4,500"),
        (("4.200", "tonne"), "4.2 tonnes"),
        (("1", "tablet"), "1 tablet"),
        (("300", "g", "approx"), "about 300 g"),
        (("64", "%"), "64%"),
        (("0.000", "kg"), "0 kg"),
    ],
)
def test_a_quantity_reads_with_its_unit_and_qualifier(quantity, text):
    assert wording.quantity(*quantity) == text


def test_a_month_reads_by_its_name():
    assert wording.month("2023-10") == "October 2023"


def test_a_fraction_reads_as_a_percentage():
    assert wording.percent("0.95833") == "95.8%"


def test_a_time_typed_without_a_zone_is_londons():
    assert wording.aware("2023-10-10T05:42") == "2023-10-10T05:42:00+01:00"


def test_a_time_that_never_comes_stays_as_it_was_typed_and_is_told():
    assert wording.aware("2027-03-28T01:30") == "2027-03-28T01:30"
    assert wording.never_comes(dt.datetime(2027, 3, 28, 1, 30)) == (  # noqa: DTZ001
        "01:30 on 28 March 2027 never comes: the clocks go forward. Choose another time."
    )
    assert wording.never_comes(dt.datetime(2027, 3, 28, 2, 0)) is None  # noqa: DTZ001


def test_the_text_of_json_reads_as_the_moment_does():
    assert wording.moment("2023-10-10T04:42:00+00:00") == wording.moment(DAWN)
    assert wording.day("2023-10-10") == "Tuesday 10 October 2023"


@pytest.mark.parametrize("text", ["10 October", "2023-13-40T05:42", "2023-10-10T05:42:00Z", ""])
def test_any_other_text_stays_as_it_is(text):
    assert wording.aware(text) == text
