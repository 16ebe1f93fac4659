import pytest

from metalsbook.analysis.intervals import Interval
from metalsbook.analysis.overlap import growth_factor, meet, overlap


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
