"""Parts of sentences follow the sign and the uncertainty."""

import pytest

from metalsbook.analysis.intervals import Interval, exact
from metalsbook.page.lessons import change_words, figure_words, rounded, went


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (exact(22218.0), "22,218 t"),
        (Interval(22217.5, 22218.5, 22218), "22,218 t"),
        (Interval(29711.9, 29790.9, 29751.4), "29,710 to 29,790 t"),
        (Interval(0.5, 0.7, 0.6), "0.5 to 0.7 t"),
        (Interval(1_754_333.3, 1_758_333.3, 1_756_333.3), "1,754,000 to 1,758,000 t"),
        (Interval(1550.0, 1650.0, 1600.0), "1,550 to 1,650 t"),
        (Interval(3_388_666.7, 3_389_666.7, 3_389_166.7), "3,389,000 t"),
    ],
)
def test_a_figure_is_shown_as_far_as_it_is_known(figure, said):
    assert figure_words(figure, "t") == said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (exact(61.21), "rose by 61.2%"),
        (exact(-2.88), "fell by 2.9%"),
        (Interval(-3.4, -2.1, -2.8), "fell by 2.1% to 3.4%"),
        (Interval(-0.5, 0.4, 0.1), "hardly changed (\u22120.5% to +0.4%)"),
    ],
)
def test_a_verb_follows_the_sign_and_the_bounds(change, said):
    assert went(change) == said


def test_a_change_within_its_last_digit_is_one_figure():
    assert change_words(Interval(61.2, 61.25, 61.21), 1) == "+61.2%"
    assert change_words(Interval(-16.6, 25.6, 3.9)) == "\u221216.6% to +25.6%"


def test_rounding_to_a_step_leaves_no_false_digit():
    assert rounded(14872.4, "CNY/t", 10) == "14,870 CNY/t"
    assert rounded(75.46, "", 0.1) == "75.5"
