"""A forecaster without skill is found to have none in 95 of 100 cases."""

import numpy as np
import pytest

from metalsbook.analysis.scores import clustered_interval

HORIZON, MONTH = 14, 20


def differences(rng: np.random.Generator, n_series: int, days: int, calls: int, flat_below: float) -> tuple[list, list]:
    """Return hit minus "no change" of calls without skill on random walks, and the series and month of each.

    A call stands for a month, horizons overlap, four in ten calls are of one series, and a third of all moves counts
    as flat, so that neither side is favoured.
    """
    walks = np.cumsum(rng.normal(size=(n_series, days + HORIZON + 1)), axis=1)
    said = rng.integers(-1, 2, size=(n_series, days // MONTH + 1))
    gains, clusters = [], []
    for _ in range(calls):
        series = 0 if rng.random() < 0.4 else int(rng.integers(n_series))
        day = int(rng.integers(days))
        change = walks[series, day + 1 : day + HORIZON + 1].mean() - walks[series, day]
        came = 0 if abs(change) <= flat_below else int(np.sign(change))
        gains.append(float(came == said[series, day // MONTH]) - float(came == 0))
        clusters.append(f"{series} {day // MONTH}")
    return gains, clusters


@pytest.mark.parametrize(("n_series", "days", "calls"), [(12, 1200, 110), (12, 260, 110), (4, 260, 30), (1, 260, 40)])
def test_without_skill_the_interval_holds_zero_in_95_of_100(n_series, days, calls):
    rng = np.random.default_rng(1)
    means = np.cumsum(rng.normal(size=(20_000, HORIZON)), axis=1).mean(axis=1)
    flat_below = float(np.quantile(np.abs(means), 1 / 3))
    found = [clustered_interval(*differences(rng, n_series, days, calls, flat_below)) for _ in range(1000)]
    assert 0.93 <= np.mean([low <= 0 <= high for _, low, high in found]) <= 0.975
