"""How large a revision the checks leave possible."""

import numpy as np
import pytest

from metalsbook.analysis.reconcile.checks import Check
from metalsbook.analysis.reconcile.facts import Cell
from metalsbook.analysis.reconcile.limits import FEWEST, largest_limit, one_a_month


def check(gap: float, slack: float, start: int = 0, months: int = 1) -> Check:
    cells = tuple(Cell("a", start + number, 1) for number in range(months))
    return Check((), cells, printed=0, later=1, gap=gap, gap_share=abs(gap), slack_share=slack)


def test_few_checks_say_nothing():
    assert largest_limit([check(0, 1e-4, month) for month in range(FEWEST - 1)]) == np.inf


def test_coarse_checks_say_nothing():
    assert largest_limit([check(0, 0.1, month) for month in range(40)]) == np.inf


def test_the_limit_lies_above_what_was_seen_and_falls_with_more_checks():
    limits = [largest_limit([check(0.003, 1e-4, month) for month in range(count)]) for count in (5, 10, 40)]
    assert limits == sorted(limits, reverse=True)
    assert 0.003 < limits[-1] < 0.005


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("months", [1, 3])
def test_the_true_limit_is_not_undercut(seed, months):
    rng = np.random.default_rng(seed)
    limit, checks = 0.008, []
    for month in range(25):
        revision = (rng.uniform(-limit, limit, months) * (rng.random(months) < 0.3)).sum()
        slack = rng.choice([1e-4, 1e-3, 5e-3])
        centre = revision + rng.uniform(-slack, slack)
        checks.append(check(max(abs(centre) - slack, 0.0), slack, month, months))
    assert largest_limit(checks) >= limit


def test_a_month_is_one_witness_by_its_largest_gap():
    found = one_a_month([check(0, 1e-4, 5), check(0.002, 1e-3, 5), check(0, 1e-3, 6), check(0, 1e-4, 6)])
    assert sorted((one.gap_share, one.slack_share) for one in found) == [(0, 1e-4), (0.002, 1e-3)]
