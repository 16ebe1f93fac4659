import random

import pytest

from metalsbook.analysis.intervals import Interval, change_pct, growth_factor, meet, overlap


def test_results_hold_every_value_of_the_inputs():
    draw = random.Random(7)
    for _ in range(300):
        one, two = (Interval(low, low + draw.random() * 5, low) for low in (draw.uniform(1, 9), draw.uniform(1, 9)))
        first, second = draw.uniform(one.low, one.high), draw.uniform(two.low, two.high)
        for result, value in (
            (one + two, first + second),
            (one - two, first - second),
            (one / two, first / second),
            (one.scaled(-3), -3 * first),
            (change_pct(one, two), 100 * (first / second - 1)),
        ):
            assert result.low - 1e-9 <= value <= result.high + 1e-9


def test_bounds_are_reached_also_by_a_negative_dividend_and_what_may_be_zero_is_no_divisor():
    one, other = Interval(10, 20, 15), Interval(2, 5, 4)
    assert (one / other, one - other) == (Interval(2, 10, 3.75), Interval(5, 18, 11))
    assert Interval(-4, 6, 1) / Interval(2, 4, 2) == Interval(-2, 3, 0.5)
    with pytest.raises(ZeroDivisionError):
        one / Interval(0, 1, 0.5)


def test_factor_of_a_rise_and_of_a_fall():
    assert growth_factor(Interval(4.95, 5.05, 5.0)) == Interval(1.0495, 1.0505, 1.05)
    fall = growth_factor(Interval(-10.5, -9.5, -10.0))
    assert (fall.low, fall.high, fall.best) == pytest.approx((0.895, 0.905, 0.9))


@pytest.mark.parametrize(
    ("other", "shared"), [((3, 9), (3, 5)), ((1, 2), (1, 2)), ((5, 6), (5, 5)), ((-1, 0), (0, 0)), ((5.1, 6), None)]
)
def test_what_two_intervals_have_in_common(other, shared):
    first, second = Interval(0, 5, 1), Interval(*other, other[0])
    assert meet(first, second) == meet(second, first) == (shared is not None)
    if shared is None:
        with pytest.raises(ValueError, match=r"Nothing is both in 0 to 5 and in 5\.1 to 6"):
            overlap(first, second)
    else:
        assert overlap(first, second) == overlap(second, first) == Interval(*shared, sum(shared) / 2)
