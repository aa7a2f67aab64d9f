"""Changes and their intervals, held against published examples and against enumeration."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ops.evaluation.intervals import Month, Side, dispersion, rate_ratio, ratio_of_ratios

COUNTS = st.integers(0, 60)
SOME = st.integers(1, 60)
DAYS = st.integers(28, 400)


def side(count, days=365):
    """Give a side of one month."""
    return Side([Month(count, days)])


def by_month(counts, days=30):
    """Give a side of several months."""
    return Side([Month(count, days) for count in counts])


def test_rothman_s_example_of_breast_cancer_and_fluoroscopy():
    """41 in 28,010 person-years against 15 in 19,017: 1.86, exactly 1.01 to 3.61."""
    found = rate_ratio(side(15, 19_017), side(41, 28_010))

    assert (found.value, found.low, found.high) == pytest.approx((1.856, 1.006, 3.609), abs=5e-4)
    assert found.method == "exact"


def test_the_example_of_r_s_poisson_test():
    """11 in 800 against 21 in 3,011: the documentation of `poisson.test` has 1.971488."""
    found = rate_ratio(side(21, 3_011), side(11, 800))

    assert found.value == pytest.approx(1.971488, abs=1e-6)
    assert not found.is_told_from_chance


def test_fisher_s_tea_tasting():
    """Three of four against one of four: R's `fisher.test` has 0.2117 to 621.9, to two digits."""
    found = ratio_of_ratios((side(1), side(3)), (side(3), side(1)))

    assert found.value == pytest.approx(9)
    assert (found.low, found.high) == pytest.approx((0.2117329, 621.9337505), rel=1e-2)


def tail(count, total, ratio, *, above):
    """Add up, by hand, how often so many or more extreme come of a total at this ratio."""
    share = ratio / (1 + ratio)
    numbers = range(count, total + 1) if above else range(count + 1)
    return sum(math.comb(total, k) * share**k * (1 - share) ** (total - k) for k in numbers)


@pytest.mark.parametrize(("before", "after"), [(5, 12), (20, 8), (1, 9), (30, 30)])
def test_the_ends_are_where_each_tail_is_a_fortieth(before, after):
    found = rate_ratio(side(before), side(after))

    assert tail(after, before + after, found.low, above=True) == pytest.approx(0.025, abs=1e-6)
    assert tail(after, before + after, found.high, above=False) == pytest.approx(0.025, abs=1e-6)


@pytest.mark.parametrize("counts", [(4, 9, 7, 3), (10, 2, 8, 9), (6, 6, 12, 11)])
def test_the_ends_of_the_difference_are_where_each_tail_is_a_fortieth(counts):
    before, after, before_else, after_else = counts
    found = ratio_of_ratios((side(before), side(after)), (side(before_else), side(after_else)))

    total, row, column = sum(counts), before + after, after + after_else
    support = range(max(0, row + column - total), min(row, column) + 1)

    def tails(ratio, numbers):
        weights = {
            k: math.comb(row, k) * math.comb(total - row, column - k) * ratio**k for k in support
        }
        return sum(weights[k] for k in numbers) / sum(weights.values())

    assert tails(found.low, [k for k in support if k >= after]) == pytest.approx(0.025, abs=1e-6)
    assert tails(found.high, [k for k in support if k <= after]) == pytest.approx(0.025, abs=1e-6)


def test_dispersion_is_pearson_s():
    """As worked out by hand: variance over mean, by the degrees of freedom that are left."""
    before, after = by_month([8, 12, 10, 14, 6, 10]), by_month([4, 6, 5, 5, 7, 3])

    found = dispersion([before, after])

    assert found == pytest.approx((40 / 10 + 10 / 5) / 10)


def test_months_that_vary_widen_the_interval_by_the_root_of_it():
    wild = by_month([2, 30, 4, 28, 1, 25]), by_month([20, 3, 1, 22, 4, 25])

    found = rate_ratio(*wild)

    reach = stats.t.ppf(0.975, 10) * math.sqrt(found.dispersion * (1 / 90 + 1 / 75))
    assert found.method == "quasi_poisson"
    assert found.dispersion > 5
    assert math.log(found.high / found.value) == pytest.approx(reach)
    assert found.high > rate_ratio(side(90, 180), side(75, 180)).high


def test_months_that_vary_less_than_chance_narrow_nothing():
    even = by_month([10] * 6), by_month([8] * 6)

    found = rate_ratio(*even)

    assert found.method == "exact"
    assert (found.low, found.high) == pytest.approx(
        (rate_ratio(side(60), side(48)).low, rate_ratio(side(60), side(48)).high)
    )


def test_too_few_months_say_nothing_of_how_they_vary():
    assert dispersion([by_month([1, 20, 3]), by_month([9, 1, 30])]) is None
    assert dispersion([by_month([1] * 11), by_month([9])]) is None


def test_nothing_before_has_no_ratio_and_no_upper_end():
    found = rate_ratio(side(0), side(14))

    assert (found.value, found.high) == (None, None)
    assert found.low > 1


def test_nothing_at_all_has_no_change():
    assert rate_ratio(side(0), side(0)) is None
    assert rate_ratio(Side([]), side(3)) is None
    assert ratio_of_ratios((side(3), Side([])), (side(3), side(3))) is None


def test_the_normal_way_begins_where_it_says_the_same_as_the_exact_one():
    exact = ratio_of_ratios((side(49), side(60)), (side(70), side(55)))
    normal = ratio_of_ratios((side(50), side(60)), (side(70), side(55)))

    assert (exact.method, normal.method) == ("exact", "normal")
    assert (normal.low, normal.high) == pytest.approx((exact.low, exact.high), rel=0.06)


def test_a_file_of_huge_counts_is_answered_as_well():
    huge = ratio_of_ratios((side(900_000), side(0)), (side(900_000), side(900_000)))

    assert huge.value == 0
    assert 0 < huge.low < huge.high < 1


@given(SOME, DAYS)
def test_the_same_rate_twice_is_never_told_from_chance(count, days):
    found = rate_ratio(side(count, days), side(count, days))

    assert found.low < 1 < found.high
    assert found.value == 1


@given(SOME, SOME, DAYS, DAYS)
def test_the_other_way_round_is_one_over_it(before, after, days, more):
    there = rate_ratio(side(before, days), side(after, more))
    back = rate_ratio(side(after, more), side(before, days))

    assert back.value == pytest.approx(1 / there.value)
    assert (back.low, back.high) == pytest.approx((1 / there.high, 1 / there.low))


@given(st.integers(2, 40), st.integers(2, 40))
def test_fewer_make_a_wider_interval(before, after):
    few = rate_ratio(side(before), side(after))
    many = rate_ratio(side(before * 10), side(after * 10))

    assert few.value == pytest.approx(many.value)
    assert few.low < many.low <= many.value <= many.high < few.high


@given(COUNTS, COUNTS, DAYS, DAYS)
def test_the_value_lies_in_its_interval(before, after, days, more):
    found = rate_ratio(side(before, days), side(after, more))

    if found is not None and found.value is not None:
        assert found.low <= found.value
        assert found.high is None or found.value <= found.high * (1 + 1e-9)


@given(SOME, SOME, DAYS, DAYS)
def test_a_longer_period_is_no_rise(count, after, days, more):
    """Twice the days with twice the count is the same rate."""
    once = rate_ratio(side(count, days), side(after, more))
    twice = rate_ratio(side(count, days), side(after * 2, more * 2))

    assert once.value == pytest.approx(twice.value)


@settings(max_examples=20, deadline=None)
@given(*(st.integers(1, 30),) * 4)
def test_where_both_changed_alike_the_difference_is_not_told_from_chance(a, b, c, d):
    alike = ratio_of_ratios((side(a), side(b)), (side(a), side(b)))
    swapped = ratio_of_ratios((side(a), side(b)), (side(c), side(d)))
    back = ratio_of_ratios((side(c), side(d)), (side(a), side(b)))

    assert alike.low < 1 < alike.high
    assert back.value == pytest.approx(1 / swapped.value)
    assert (back.low, back.high) == pytest.approx((1 / swapped.high, 1 / swapped.low), rel=1e-3)


def test_over_every_outcome_the_interval_holds_the_truth_as_often_as_it_says():
    """Enumerate: of all that may come of two equal rates, the intervals that miss 1 are rare."""
    mean, missed = 6.0, 0.0
    for before, after in itertools.product(range(24), repeat=2):
        found = rate_ratio(side(before), side(after))
        if found is not None and found.is_told_from_chance:
            missed += stats.poisson.pmf(before, mean) * stats.poisson.pmf(after, mean)

    assert 0 < missed <= 0.05
