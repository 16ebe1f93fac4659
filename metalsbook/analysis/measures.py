"""Measures: growth along a path, the period that a change is counted from, and days counted."""

from datetime import date, timedelta

from metalsbook.months import step_month


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
