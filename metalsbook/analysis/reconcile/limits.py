"""How large a revision the checks of a series leave possible: an upper limit from what they show and what they do not.

Model: an office revises a share q of its first prints, `LEAST_REVISED` at least, up to a limit r in either direction:
evenly, or small revisions more often than large ones (`SHAPES`), as those of a total are whose parts are revised each
on its own. A check over k months whose prints differ shows the sum of k such revisions: it lies between
the gap and the gap plus twice what rounding hides. What is asked is the size that `RARE` of the prints exceed. One size
goes best with all checks; the largest that is not `UNLIKELY` times less likely is the answer (a likelihood interval, q
and shape chosen anew for each size).
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import product

import numpy as np

from metalsbook.analysis.reconcile.checks import Check
from metalsbook.analysis.reconcile.facts import Cell

LEAST_REVISED = 0.25
"""Share of first prints that an office that revises at all is taken to revise at least."""

UNLIKELY = 200.0
"""One size against another, as likelihoods: about once in 900 times the true one is less likely by so much."""

RARE = 0.002
"""Share of first prints that may be revised by more."""

FEWEST = 3
"""Months that must have been checked before anything is said."""

MOST_MONTHS = 4
"""Months that a check is taken to spread over at most: more would make its gap look smaller than it may be."""

STEP = 0.01
SHARES = (LEAST_REVISED, 0.4, 0.6, 0.8, 1.0)
SHAPES = (0, 1, 2)
"""Powers of the distance to the limit that revisions of a size are as frequent as: 0 is evenly."""

SIZES = np.geomspace(1e-4, 0.05, 240)


def largest_limit(checks: Iterable[Check]) -> float:
    """Return the largest revision that the checks leave possible, as a share; infinity where they say little.

    Args:
        checks: One a month, outliers left out.
    """
    checks = list(checks)
    if len(checks) < FEWEST:
        return np.inf
    models = product(SHARES, SHAPES)
    likely = np.max([sum(_log_likelihood(check, *model) for check in checks) for model in models], axis=0)
    last = int(np.flatnonzero(likely >= likely.max() - np.log(UNLIKELY))[-1])
    return float(SIZES[last + 1]) if last + 1 < len(SIZES) else np.inf


def one_a_month(checks: Iterable[Check]) -> list[Check]:
    """Return for each month the check that shows the largest gap, else the tightest: a month revised is one witness."""
    witnesses: dict[Cell, Check] = {}
    for check in sorted(checks, key=lambda check: (-check.gap_share, check.slack_share)):
        witnesses.setdefault(check.months[-1], check)
    return list(witnesses.values())


def _log_likelihood(check: Check, share: float, shape: int) -> np.ndarray:
    """Return the log likelihood of a check for each of `SIZES`."""
    limits = SIZES / (1 - (RARE / share) ** (1 / (shape + 1))) if shape else SIZES
    months = min(len(check.months), MOST_MONTHS)
    span = check.span / len(check.months)
    gap, hidden = check.gap_share / span, 2 * check.slack_share / span
    chance = _within((gap + hidden) / limits, share, shape, months)
    if gap > 0:
        chance = chance - _within(gap / limits - STEP / 2, share, shape, months)
    return np.log(np.maximum(chance, 1e-9))


def _within(bound: np.ndarray, share: float, shape: int, months: int) -> np.ndarray:
    """Return the chance that the revisions of so many months add up to no more than `bound`, in limits."""
    chances = _cumulated(share, shape, months)
    return np.interp(bound, np.arange(len(chances)) * STEP, chances, right=1.0)


@lru_cache(maxsize=len(SHARES) * len(SHAPES) * MOST_MONTHS)
def _cumulated(share: float, shape: int, months: int) -> np.ndarray:
    """Return the chances that the sum of revisions is at most 0, 1, 2, ... steps of `STEP` limits, either way."""
    steps = round(1 / STEP)
    frequency = (1 - np.abs(np.linspace(-1, 1, 2 * steps + 1)) + STEP / 2) ** shape
    one = share * frequency / frequency.sum()
    one[steps] += 1 - share
    total = one
    for _ in range(months - 1):
        total = np.convolve(total, one)
    middle = len(total) // 2
    folded = np.append(total[middle], total[middle + 1 :] + total[:middle][::-1])
    return np.cumsum(folded)
