"""Periods: which period a change is counted from, and days before and after a day."""

from datetime import date, timedelta

from metalsbook.months import step_month


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
