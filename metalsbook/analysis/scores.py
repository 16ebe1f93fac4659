"""Scores: how often forecasts were right, how much better than "no change", and how far luck explains that.

Forecasts of one price on neighbouring days are right or wrong together. All of one series made in one month are
therefore one draw: the intervals are those of a mean of clustered values, by the sandwich estimator with Student's t of
one degree of freedom less than there are clusters (Liang and Zeger, Biometrika 73, 1986; Cameron and Miller, Journal of
Human Resources 50, 2015). A forecaster without skill is told so in 95 of 100 cases (`tests/slow/test_scores.py`).
"""

from collections.abc import Sequence
from math import inf, nan

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from metalsbook.analysis.outlooks import RESOLVED, is_hit, read_outlook

LEAST_CLUSTERS = 6
WIDTHS_PCT = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0)
"""Widths of the band that counts as flat, for the curve of hits against it."""


def clustered_interval(values: Sequence[float], clusters: Sequence[str]) -> tuple[float, float, float]:
    """Return the mean of values and its 95% interval, without limit below `LEAST_CLUSTERS`: few say nothing of luck."""
    if not len(values):
        return nan, -inf, inf
    data = np.asarray(values, float)
    mean = float(data.mean())
    _, cluster = np.unique(np.asarray(clusters, str), return_inverse=True)
    count = int(cluster.max()) + 1
    if count < LEAST_CLUSTERS:
        return mean, -inf, inf
    sums = np.bincount(cluster, data - mean)
    half = float(stdtrit(count - 1, 0.975)) * float(np.sqrt(count / (count - 1) * (sums @ sums))) / len(data)
    return mean, mean - half, mean + half


def score_table(judged: pd.DataFrame, by: str = "house") -> pd.DataFrame:
    """Return the scores of judged outlooks, one row a group (`house`, `subject`, ...), most resolved first.

    Columns: the group and those of `overall_score`.
    """
    rows = [{by: name, **overall_score(group)} for name, group in judged.groupby(by, sort=True)]
    table = pd.DataFrame(rows, columns=[by, *overall_score(judged.iloc[:0])])
    return table.sort_values("resolved", ascending=False, kind="stable", ignore_index=True)


def overall_score(judged: pd.DataFrame) -> dict[str, object]:
    """Return the score of some outlooks together.

    `resolved`, `hits`, `hit_rate_pct`; `no_change_pct`, how often "no change" was right on the `no_change_n` of
    them on which it can be told, `skill_pp`, the difference to it on the same cases in points, and its 95% interval
    `skill_low_pp` to `skill_high_pp`, clustered by series and month; `last_direction_pct` and `last_direction_n`,
    the same of "the last direction goes on"; `too_easy`; `own_quotes`, judged by the house's own figures alone,
    `by_others_n` and `by_others_pct`, by those of others alone; `open`; `unmeasured`, due and not measurable, and
    the bounds that they leave for the hit rate, `least_pct` and `most_pct`.
    """
    resolved = judged[judged["verdict"].isin(RESOLVED)]
    hits = int((resolved["verdict"] == "hit").sum())
    clusters = resolved["series"] + " " + resolved["made_on"].str[:7]
    told = resolved["naive_no_change"] != ""
    gain = 100.0 * (resolved["verdict"] == "hit") - 100.0 * (resolved["naive_no_change"] == "hit")
    skill, skill_low, skill_high = clustered_interval(gain[told], clusters[told])
    last = resolved[resolved["naive_last_direction"] != ""]
    others = resolved[resolved["by_others"] != ""]
    unmeasured = int(((judged["verdict"] == "not measurable") & ~judged["reason"].str.startswith(_NOT_DUE)).sum())
    due = len(resolved) + unmeasured
    return {
        "resolved": len(resolved),
        "hits": hits,
        "hit_rate_pct": _rate_pct(resolved["verdict"]),
        "no_change_pct": _rate_pct(resolved.loc[told, "naive_no_change"]),
        "no_change_n": int(told.sum()),
        "skill_pp": skill,
        "skill_low_pp": max(-100.0, skill_low),
        "skill_high_pp": min(100.0, skill_high),
        "last_direction_pct": _rate_pct(last["naive_last_direction"]),
        "last_direction_n": len(last),
        "too_easy": int(resolved["too_easy"].sum()),
        "own_quotes": int((resolved["quotes_of"] == "own house").sum()),
        "by_others_n": len(others),
        "by_others_pct": _rate_pct(others["by_others"]),
        "open": int((judged["verdict"] == "open").sum()),
        "unmeasured": unmeasured,
        "least_pct": 100 * hits / due if due else nan,
        "most_pct": 100 * (hits + unmeasured) / due if due else nan,
    }


_NOT_DUE = ("The forecast", "The ledger has no series")
"""Reasons for which a forecast can never be measured, whatever is published."""


def _rate_pct(verdicts: pd.Series) -> float:
    return 100 * float((verdicts == "hit").mean()) if len(verdicts) else nan


def band_curve(judged: pd.DataFrame, widths: Sequence[float] = WIDTHS_PCT) -> pd.DataFrame:
    """Return how the hits of forecast directions hang on what counts as flat.

    Returns:
        Columns width_pct, n, hit_rate_pct, no_change_pct; of resolved forecasts of a direction without a value, no row
        without any.
    """
    rows = judged[judged["verdict"].isin(RESOLVED) & judged["change_pct"].notna()]
    rows = rows[rows["direction"].isin(["up", "down", "flat"])]
    rows = rows[[low == "" or pd.isna(low) for low in rows["target_low"]]]
    found = []
    for width in widths if len(rows) else ():
        hits = [is_hit(read_outlook(row), 0.0, row.change_pct, width) for row in rows.itertuples()]
        still = rows["change_pct"].abs() <= width
        found.append((width, len(rows), 100 * float(np.mean(hits)), 100 * float(still.mean())))
    return pd.DataFrame(found, columns=["width_pct", "n", "hit_rate_pct", "no_change_pct"])
