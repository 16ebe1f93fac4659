"""Measures: what one monthly or daily series says of a month, as pure functions that chapters and checks share.

All take one series in one unit as a frame with the columns `period` ("YYYY-MM", or "YYYY-MM-DD" for quotes; unique)
and `value` (float). Nothing is rounded here, and a missing period is an error, never a guess.
"""

from datetime import date, timedelta

import pandas as pd

from metalsbook.errors import MissingPeriod
from metalsbook.months import step_month


def extreme_since(figures: pd.DataFrame, period: str, kind: str = "high") -> str:
    """Return since when `period` is the extreme: the last period before it with a value as high (or as low).

    Returns:
        That period; "" where `period` is the extreme of all that the series has.

    Raises:
        MissingPeriod: If `period` is absent; the message names the series (attribute `attrs["series"]`) and period.
    """
    known = figures.dropna(subset=["value"])
    if period not in set(known["period"]):
        raise MissingPeriod(f"{figures.attrs.get('series', 'The series')} has no figure for {period}")
    value, before = known.loc[known["period"] == period, "value"].iloc[-1], known[known["period"] < period]
    beyond = before[before["value"] >= value] if kind == "high" else before[before["value"] <= value]
    return "" if beyond.empty else str(beyond["period"].max())


def growth_path(end: float, rate_pct: float, years: int) -> float:
    """Return the value `years` before `end` at a compound growth of `rate_pct` a year."""
    return end / (1 + rate_pct / 100) ** years


def earlier_period(measure: str, period: str) -> str:
    """Return the period that a change is counted from: the month before for `mom`, a year before for the others."""
    if len(period) == 4:
        return str(int(period) - 1)
    return step_month(period, -1 if measure == "mom" else -12)


def shift_day(day: str, days: int) -> str:
    """Return the day that lies `days` after `day` (before it, where negative)."""
    return str(date.fromisoformat(day) + timedelta(days=days))


def days_between(first: str, last: str) -> int:
    """Return how many days `last` lies after `first`."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days
