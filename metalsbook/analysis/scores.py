"""Outlook scores: how often forecasts were right, with intervals, beside naive forecasts of the same things."""

from math import nan

import pandas as pd

from metalsbook.analysis.measures import wilson_interval
from metalsbook.analysis.outlooks import TOO_FEW


def score_table(judged: pd.DataFrame, by: str = "house") -> pd.DataFrame:
    """Return the scores of the resolved outlooks, one row a group, most resolved first.

    Args:
        judged: What `score_outlooks` returns.
        by: Column to group by: `house`, `subject`, `direction`, ...

    Returns:
        Columns: the group, `resolved`, `hits`, `hit_rate_pct`, `wilson_low_pct` and `wilson_high_pct` (95%),
        `no_change_pct` and `last_direction_pct` (hit rates of the naive forecasts on the same outlooks, NaN where none
        can be made), `last_direction_n` (on how many it can be made), `open`, `not_measurable`, `too_few` (True below
        `TOO_FEW` resolved).
    """
    rows = [{by: name, **_group_score(group)} for name, group in judged.groupby(by, sort=True)]
    table = pd.DataFrame(rows, columns=[by, *_group_score(judged.iloc[:0])])
    return table.sort_values("resolved", ascending=False, kind="stable", ignore_index=True)


def overall_score(judged: pd.DataFrame) -> pd.Series:
    """Return the score of all outlooks together; index as the columns of `score_table` without the group."""
    return pd.Series(_group_score(judged))


def _group_score(group: pd.DataFrame) -> dict[str, object]:
    resolved = group[group["verdict"].isin(["hit", "miss"])]
    hits = int((resolved["verdict"] == "hit").sum())
    low, high = wilson_interval(hits, len(resolved))
    last = resolved[resolved["naive_last_direction"] != ""]
    return {
        "resolved": len(resolved),
        "hits": hits,
        "hit_rate_pct": _rate_pct(resolved["verdict"]),
        "wilson_low_pct": 100 * low,
        "wilson_high_pct": 100 * high,
        "no_change_pct": _rate_pct(resolved["naive_no_change"]),
        "last_direction_pct": _rate_pct(last["naive_last_direction"]),
        "last_direction_n": len(last),
        "open": int((group["verdict"] == "open").sum()),
        "not_measurable": int((group["verdict"] == "not measurable").sum()),
        "too_few": len(resolved) < TOO_FEW,
    }


def _rate_pct(verdicts: pd.Series) -> float:
    return 100 * float((verdicts == "hit").mean()) if len(verdicts) else nan
