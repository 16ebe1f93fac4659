"""What a month has and lacks: the series that usually have a figure by now, and those that do.

Expected is a daily, weekly or monthly series that had a figure in most of the months before. Plain lists, no frames, so
that `metalsbook status` answers at once.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median
from typing import NamedTuple

from metalsbook.months import cut_off, last_day, month_range, period_end, step_month

WINDOW_MONTHS = 6
"""Months before the month that say what is usual."""
MONTHS_TO_BE_USUAL = 4
LEAST_SHARE = 0.5
"""A month with a smaller part of the usual series has too little data for an edition."""
_LEAST_SERIES = 2
_RHYTHMS = ("day", "week", "month")
TOGETHER = ("gacc", "nbs")
"""Offices that publish no January: they print January and February together, in March."""


class Printed(NamedTuple):
    """One statement, aliases applied; `published` is "" where the ledger's rule gives the day, `origin` who counted."""

    series: str
    measure: str
    period: str
    published: str
    origin: str = ""


class Described(NamedTuple):
    """One series of the catalogue."""

    chapter: str
    frequency: str


@dataclass(frozen=True)
class Coverage:
    """What a month has of what it usually has.

    Attributes:
        statements: Number of statements on a period within the month, known by its cut-off.
        present: Usual series that have a figure, by chapter.
        missing: Usual series without one, by chapter, each with the last month that has one and the day around which
            the next is usually published ("" if unknown).
        later: Usual series without one that nobody prints before the cut-off, by chapter, each with the last month
            that has one and when the figure comes. They are not missing.
    """

    month: str
    statements: int
    present: dict[str, list[str]]
    missing: dict[str, list[tuple[str, str, str]]]
    later: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)

    @property
    def chapters(self) -> list[str]:
        """Chapters of which something is usual."""
        return sorted(self.present.keys() | self.missing.keys() | self.later.keys())

    @property
    def too_little(self) -> bool:
        """Whether the month has nothing, lacks most of what is usual, or a chapter of several series has none."""
        here, usual = self._counts()
        bare = any(
            not self.present.get(chapter) and len(self.missing[chapter]) >= _LEAST_SERIES for chapter in self.missing
        )
        return bare or not self.statements or here < LEAST_SHARE * usual

    def lines(self) -> list[str]:
        """Return what is there and what is missing, a line each."""
        lines = []
        for chapter in self.chapters:
            here, absent = self.present.get(chapter, []), self.missing.get(chapter, [])
            lines.append(f"{chapter}: {len(here)} of {len(here) + len(absent)} usual series")
            lines += [
                f"  missing: {name}, last for {last}{f', usually about {day}' if day else ''}"
                for name, last, day in absent
            ]
            lines += [f"  later: {name}, last for {last}, {when}" for name, last, when in self.later.get(chapter, [])]
        return lines

    def summary(self) -> str:
        """Return how many of the usual series are there."""
        return "{} of {} usual series".format(*self._counts())

    def _counts(self) -> tuple[int, int]:
        here = sum(map(len, self.present.values()))
        return here, here + sum(map(len, self.missing.values()))


def cover_month(rows: Iterable[Printed], series: dict[str, Described], month: str) -> Coverage:
    """Return what a month has of what it usually has; `series` is the catalogue by id."""
    limit, window = cut_off(month), set(month_range(step_month(month, -WINDOW_MONTHS), step_month(month, -1)))
    months: dict[str, set[str]] = defaultdict(set)
    lags: dict[str, dict[str, int]] = defaultdict(dict)
    offices: dict[str, Counter[str]] = defaultdict(Counter)
    count = 0
    for row in rows:
        known = series.get(row.series)
        if known is None or len(row.period) < 7 or row.measure.startswith("forecast") or row.measure == "set_aside":
            continue
        of_month = row.period[:7]
        if of_month != month and of_month not in window:
            continue
        if (row.published or cut_off(of_month)) > limit:
            continue
        count += of_month == month
        if known.frequency in _RHYTHMS:
            months[row.series].add(of_month)
            offices[row.series][row.origin] += 1
            if row.published and of_month in window:
                # The first print of a month counts: pages that look back a year later say nothing of the rhythm.
                days = (date.fromisoformat(row.published) - date.fromisoformat(period_end(row.period))).days
                lags[row.series][of_month] = min(days, lags[row.series].get(of_month, days))
    present: dict[str, list[str]] = {}
    missing: dict[str, list[tuple[str, str, str]]] = {}
    later: dict[str, list[tuple[str, str, str]]] = {}
    for name, have in sorted(months.items()):
        if len(have & window) < MONTHS_TO_BE_USUAL:
            continue
        chapter, took = series[name].chapter, lags[name].values()
        # The day around which a month's figure is usually published.
        due = date.fromisoformat(last_day(month)) + timedelta(days=round(median(took))) if took else ""
        last = max(have & window, default="")
        if month in have:
            present.setdefault(chapter, []).append(name)
        elif month.endswith("-01") and offices[name].most_common(1)[0][0] in TOGETHER:
            later.setdefault(chapter, []).append((name, last, "comes with February's, in March"))
        else:
            missing.setdefault(chapter, []).append((name, last, str(due)))
    return Coverage(month, count, present, missing, later)
