"""What a month has and lacks: the series that usually have a figure by now, and those that do.

Expected is a daily, weekly or monthly series that had a figure in most of the months before. The ledger's CSV files are
read as they are, without frames and validation, so that `metalsbook status` answers at once.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from statistics import median
from typing import NamedTuple

from metalsbook.errors import LedgerError
from metalsbook.months import cut_off, days_between, last_day, month_range, period_end, shift_day, step_month
from metalsbook.paths import ledger_folder

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


class Usual(NamedTuple):
    """A series that usually has a figure by now.

    `state` is "there", "missing", or "later" where nobody prints it before the cut-off; `last` is the last month that
    has a figure, and `when` says when the next usually comes ("" if unknown).
    """

    series: str
    chapter: str
    state: str
    last: str
    when: str


class Coverage(NamedTuple):
    """What a month has of what it usually has: the usual series, and its statements that are known by its cut-off."""

    statements: int
    usual: list[Usual]

    def names(self, state: str, chapter: str = "") -> list[str]:
        """Return the usual series of a state, of a chapter or of all."""
        return [one.series for one in self.usual if one.state == state and chapter in ("", one.chapter)]

    @property
    def chapters(self) -> list[str]:
        """Chapters of which something is usual."""
        return sorted({one.chapter for one in self.usual})

    @property
    def too_little(self) -> bool:
        """Whether the month has nothing, lacks most of what is usual, or a chapter of several series has none."""
        here, absent = len(self.names("there")), len(self.names("missing"))
        bare = [chapter for chapter in self.chapters if not self.names("there", chapter)]
        is_bare = any(len(self.names("missing", chapter)) >= _LEAST_SERIES for chapter in bare)
        return is_bare or not self.statements or here < LEAST_SHARE * (here + absent)

    def lines(self) -> Iterator[str]:
        """Yield what is there and what is missing, a line each."""
        for chapter in self.chapters:
            yield f"{chapter}: {self.summary(chapter)}"
            absent = [one for one in self.usual if one.chapter == chapter and one.state != "there"]
            for one in sorted(absent, key=lambda one: one.state == "later"):
                yield f"  {one.state}: {one.series}, last for {one.last}" + (f", {one.when}" if one.when else "")

    def summary(self, chapter: str = "") -> str:
        """Return how many of the usual series are there."""
        here = len(self.names("there", chapter))
        return f"{here} of {here + len(self.names('missing', chapter))} usual series"


def cover_month(rows: Iterable[Printed], series: Mapping[str, Mapping[str, str]], month: str) -> Coverage:
    """Return what a month has of what it usually has; `series` is the catalogue by id."""
    limit, near = cut_off(month), set(month_range(step_month(month, -WINDOW_MONTHS), month))
    months: dict[str, set[str]] = defaultdict(set)
    lags: dict[str, dict[str, int]] = defaultdict(dict)
    offices: dict[str, Counter[str]] = defaultdict(Counter)
    count = 0
    for row in rows:
        of_month, known = row.period[:7], series.get(row.series)
        if known is None or of_month not in near or row.measure.startswith(("forecast", "set_aside")):
            continue
        if (row.published or cut_off(of_month)) > limit:
            continue
        count += of_month == month
        if known["frequency"] in _RHYTHMS:
            months[row.series].add(of_month)
            offices[row.series][row.origin] += 1
            if row.published and of_month != month:
                # The first print of a month counts: pages that look back a year later say nothing of the rhythm.
                days = days_between(period_end(row.period), row.published)
                lags[row.series][of_month] = min(days, lags[row.series].get(of_month, days))
    usual = []
    for name, have in sorted(months.items()):
        before, took = have - {month}, lags[name].values()
        if len(before) < MONTHS_TO_BE_USUAL:
            continue
        if month in have:
            state, when = "there", ""
        elif month.endswith("-01") and offices[name].most_common(1)[0][0] in TOGETHER:
            state, when = "later", "comes with February's, in March"
        else:
            due = shift_day(last_day(month), round(median(took))) if took else ""
            state, when = "missing", f"usually about {due}" if due else ""
        usual.append(Usual(name, series[name]["chapter"], state, max(before), when))
    return Coverage(count, usual)


def cover_ledger(month: str) -> Coverage:
    """Return what a month of the book's ledger has of what it usually has.

    Raises:
        LedgerError: If a table cannot be read.
    """
    aliases = {row["alias"]: row for row in read_plain("aliases.csv")}
    pages = {row["source"]: (row["published"], row["origin"]) for row in read_plain("sources.csv")}
    series = {row["series"]: row for row in read_plain("series.csv")}

    def printed() -> Iterator[Printed]:
        for path in sorted((ledger_folder() / "statements").glob("*.csv")):
            for row in read_plain(f"statements/{path.name}"):
                alias = aliases.get(row["series"], row)
                measure = alias["measure"] or row["measure"]
                yield Printed(alias["series"], measure, row["period"], *pages.get(row["source"], ("", "")))

    return cover_month(printed(), series, month)


def read_plain(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a table of the book's ledger as they are; raises LedgerError where it cannot be read."""
    path = ledger_folder() / name
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            yield from csv.DictReader(handle, restval="")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LedgerError(f"{path.name} cannot be read: {error}", "Run metalsbook verify, or restore it") from None
