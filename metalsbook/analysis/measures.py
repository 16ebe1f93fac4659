"""Measures: what one monthly or daily series says of a month, as pure functions that chapters and checks share.

All take one series in one unit as a frame with the columns `period` ("YYYY-MM", or "YYYY-MM-DD" for quotes; unique)
and `value` (float). Nothing is rounded here, and a missing period is an error, never a guess.
"""

from math import sqrt
from statistics import NormalDist

import pandas as pd

from metalsbook.errors import MissingPeriod
from metalsbook.months import month_range, step_month

WILSON_CONFIDENCE = 0.95


def value_at(figures: pd.DataFrame, period: str) -> float:
    """Return the value of `period`.

    Raises:
        MissingPeriod: If the series has none; the message names the series (attribute `attrs["series"]`) and period.
    """
    found = figures.loc[figures["period"] == period, "value"].dropna()
    if found.empty:
        raise MissingPeriod(f"{figures.attrs.get('series', 'The series')} has no figure for {period}")
    return float(found.iloc[-1])


def change_pct(figures: pd.DataFrame, period: str, base_period: str) -> float:
    """Return 100 * (value / value of the base period - 1), in per cent.

    Raises:
        MissingPeriod: If either period is absent.
    """
    return 100 * (value_at(figures, period) / value_at(figures, base_period) - 1)


def change_mom_pct(figures: pd.DataFrame, month: str) -> float:
    """Return the change against the month before, in per cent. Raises MissingPeriod if either month is absent."""
    return change_pct(figures, month, step_month(month, -1))


def change_yoy_pct(figures: pd.DataFrame, month: str) -> float:
    """Return the change against the same month a year before, in per cent.

    Raises:
        MissingPeriod: If either month is absent.
    """
    return change_pct(figures, month, step_month(month, -12))


def mean_of_months(figures: pd.DataFrame, first: str, last: str) -> float:
    """Return the mean of the months from `first` to `last`. Raises MissingPeriod if one of them is absent."""
    values = [value_at(figures, month) for month in month_range(first, last)]
    return sum(values) / len(values)


def mean_of_3_months(figures: pd.DataFrame, month: str) -> float:
    """Return the mean of `month` and the two before. Raises MissingPeriod if one of them is absent."""
    return mean_of_months(figures, step_month(month, -2), month)


def sum_to_date(figures: pd.DataFrame, month: str) -> float:
    """Return the sum from January to `month`. Raises MissingPeriod if a month of the year is absent."""
    return sum(value_at(figures, each) for each in month_range(f"{month[:4]}-01", month))


def change_to_date_pct(figures: pd.DataFrame, month: str) -> float:
    """Return the change of the sum from January to `month` against the same months a year before, in per cent.

    Raises:
        MissingPeriod: If one of the months is absent.
    """
    return 100 * (sum_to_date(figures, month) / sum_to_date(figures, step_month(month, -12)) - 1)


def rank_within_12_months(figures: pd.DataFrame, month: str) -> tuple[int, int]:
    """Return the rank of `month` among the 12 months that end with it (1 is the highest), and how many have a figure.

    Raises:
        MissingPeriod: If `month` itself is absent.
    """
    value = value_at(figures, month)
    window = figures[figures["period"].isin(month_range(step_month(month, -11), month))].dropna(subset=["value"])
    return 1 + int((window["value"] > value).sum()), len(window)


def extreme_since(figures: pd.DataFrame, period: str, kind: str = "high") -> str:
    """Return since when `period` is the extreme: the last period before it with a value as high (or as low).

    Args:
        figures: Columns `period`, `value`.
        period: Period to judge.
        kind: "high" or "low".

    Returns:
        That period; "" where `period` is the extreme of all that the series has.

    Raises:
        MissingPeriod: If `period` is absent.
    """
    value = value_at(figures, period)
    before = figures[figures["period"] < period].dropna(subset=["value"])
    beyond = before[before["value"] >= value] if kind == "high" else before[before["value"] <= value]
    return "" if beyond.empty else str(beyond["period"].max())


def run_of_direction(figures: pd.DataFrame, month: str) -> int:
    """Return for how many months in a row the series has risen (positive) or fallen (negative), `month` the last.

    Months must follow one another; the run ends at the first gap. 0 where `month` or the month before is absent,
    or both are equal.
    """
    values = figures.dropna(subset=["value"]).set_index("period")["value"].to_dict()
    length, sign = 0, 0
    while month in values and (before := step_month(month, -1)) in values:
        step = (values[month] > values[before]) - (values[month] < values[before])
        if step == 0 or (sign and step != sign):
            break
        length, sign, month = length + 1, step, before
    return sign * length


def run_to(figures: pd.DataFrame, month: str) -> pd.DataFrame:
    """Return the months that lead to `month` without a gap, at most twelve, oldest first; none where it is absent.

    Args:
        figures: Columns `period` ("YYYY-MM", unique) and any others.
        month: The last month.
    """
    known, run = set(figures["period"]), []
    while month in known and len(run) < 12:
        run.append(month)
        month = step_month(month, -1)
    return figures[figures["period"].isin(run)].sort_values("period", ignore_index=True, kind="stable")


def share_pct(part: float, total: float) -> float:
    """Return what `part` is of `total`, in per cent."""
    return 100 * part / total


def growth_path(end: float, rate_pct: float, years: int) -> float:
    """Return the value `years` before `end` at a compound growth of `rate_pct` a year."""
    return end / (1 + rate_pct / 100) ** years


def wilson_interval(hits: int, trials: int, confidence: float = WILSON_CONFIDENCE) -> tuple[float, float]:
    """Return the Wilson score interval of a hit rate, as shares from 0 to 1.

    Source of the formula: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22
    (1927); without continuity correction. Without trials the rate can be anything: (0, 1).
    """
    if trials == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    rate = hits / trials
    centre = rate + z * z / (2 * trials)
    spread = z * sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)
