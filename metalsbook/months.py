"""The month parameter: parse it, step from it, find its cut-off. Months are "YYYY-MM" text throughout the book."""

import calendar
import re
from datetime import date, timedelta

from metalsbook.errors import UsageError

REFERENCE_MONTH = "2025-12"
"""The month for which the notebooks in git keep their outputs."""
_MONTH = re.compile(r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])")


def parse_month(text: object) -> str:
    """Return `text` if it is a month; anything but text is refused, since `202511` read as a number hides a slip.

    Raises:
        UsageError: If `text` is not "YYYY-MM" with a month from 01 to 12 in the years 1900 to 2099.
    """
    if isinstance(text, str) and _MONTH.fullmatch(text):
        return text
    shown = text if isinstance(text, str) else f"{text!r} ({type(text).__name__})"
    raise UsageError(f"'{shown}' is not a month", "Give it as YYYY-MM, for example 2025-11")


def step_month(month: str, steps: int) -> str:
    """Return the month `steps` after `month` (before it, where negative)."""
    year, number = divmod(int(month[:4]) * 12 + int(month[5:7]) - 1 + steps, 12)
    return f"{year:04d}-{number + 1:02d}"


def month_range(first: str, last: str) -> list[str]:
    """Return all months from `first` to `last`, both included; empty where `last` lies before `first`."""
    count = (int(last[:4]) - int(first[:4])) * 12 + int(last[5:7]) - int(first[5:7]) + 1
    return [step_month(first, step) for step in range(count)]


def parse_months(text: str) -> list[str]:
    """Return the months that a list names, oldest first and each once: "2025-11", "2024-06,2025-01:2025-03".

    Raises:
        UsageError: If a part is neither a month nor a range from an earlier month to a later one; names the part.
    """
    found: set[str] = set()
    for part in text.split(","):
        first, colon, last = part.strip().partition(":")
        months = month_range(parse_month(first), parse_month(last if colon else first))
        if not months:
            raise UsageError(f"'{part.strip()}' ends before it begins", f"Give the earlier month first: {last}:{first}")
        found.update(months)
    return sorted(found)


def last_day(month: str) -> str:
    """Return the last day of `month`, "YYYY-MM-DD"."""
    return f"{month}-{calendar.monthrange(int(month[:4]), int(month[5:7]))[1]:02d}"


def cut_off(month: str) -> str:
    """Return the last day of the month after `month`: what was published later is not in its edition."""
    return last_day(step_month(month, 1))


def period_start(period: str) -> str:
    """Return the first day of a period ("YYYY", "YYYY-MM" or "YYYY-MM-DD") as "YYYY-MM-DD"."""
    return f"{period}-01-01"[:10]


def period_end(period: str) -> str:
    """Return the last day of a period ("YYYY", "YYYY-MM" or "YYYY-MM-DD") as "YYYY-MM-DD"."""
    if len(period) == 4:
        return f"{period}-12-31"
    return last_day(period) if len(period) == 7 else period


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
