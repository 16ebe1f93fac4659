"""Prints: what a set of statements says in print of a figure, or of the quotes around a day. No sums, no estimates."""

from functools import cached_property

import pandas as pd

from metalsbook.analysis.findings import (
    BETWEEN,
    COMPUTED,
    Finding,
    NoFigure,
    show_measure,
    show_number,
    show_printed,
    show_unit,
)
from metalsbook.analysis.periods import shift_day
from metalsbook.analysis.price_choice import ENOUGH_QUOTES, key_of, standings
from metalsbook.analysis.publishers import publisher_key

BRACKET_DAYS = 10
"""A day without quote counts as known between the last quote before and the first after it, each at most this far."""


class Prints:
    """The statements at hand, as printed.

    Args:
        statements: Validated statements (columns as in the data dictionary).
        series: The catalogue: `series`, `unit`, `kind`.
        sources: `source`, `publisher`; `repeats` and `licence` where at hand, for the order of the prints of a price.
    """

    def __init__(self, statements: pd.DataFrame, series: pd.DataFrame, sources: pd.DataFrame):
        self._standings = standings(sources).to_dict()
        publishers = statements["source"].map(sources.set_index("source")["publisher"])
        self.statements = statements.assign(publisher=publishers.fillna(statements["source"]))
        self.series = series.set_index("series")
        self._known: dict[tuple[str, str, str], list[Finding]] = {}

    @cached_property
    def _groups(self) -> dict[tuple[str, str, str], list]:
        """The rows of each figure: read once, for a frame hands its rows out slowly."""
        groups: dict[tuple[str, str, str], list] = {}
        for row in self.statements.itertuples():
            groups.setdefault((row.series, row.measure, row.period), []).append(row)
        return groups

    @cached_property
    def _kinds(self) -> dict[str, str]:
        return self.series["kind"].astype(str).to_dict()

    def unit(self, series: str) -> str:
        """Return the unit of a series, "" where the catalogue does not know it."""
        return str(self.series["unit"].get(series, ""))

    def title(self, series: str) -> str:
        """Return the title of a series, its id where the catalogue does not know it."""
        return str(self.series["title"].get(series, series)) if "title" in self.series else series

    def kind(self, series: str) -> str:
        """Return "flow", "price", "stock", "ratio" or "share"; "" where the catalogue does not know the series."""
        return self._kinds.get(series, "")

    def prints(self, series: str, measure: str, period: str) -> list[Finding]:
        """Return each print of this very figure, best first.

        A print is the better the more publishers it agrees with, then the finer its last digit, then the later it is;
        of a price the order is that of `metalsbook.analysis.price_choice`, as in the chapters.
        """
        name = series, measure, period
        if name not in self._known:
            rows = self._groups.get(name, [])
            if self.kind(series) == "price" and measure == "level":
                ranked = sorted(rows, key=lambda row: key_of(row, self._standings), reverse=True)
            else:
                ranked = sorted(rows, key=lambda row: (-self._support(row, rows), row.resolution, row.published))
            self._known[name] = [self._as_finding(row) for row in ranked]
        return self._known[name]

    @staticmethod
    def _support(row, rows: list) -> int:
        agree = [one for one in rows if one.bound_low <= row.bound_high and one.bound_high >= row.bound_low]
        return len({publisher_key(one.publisher) for one in agree})

    def _as_finding(self, row) -> Finding:
        low, high = row.bound_low, row.bound_high
        if self.kind(row.series) == "price" and row.measure == "level" and row.qualifier == "":
            half = self._usual_half_width(row.series) * row.value
            low, high = min(low, row.value - half), max(high, row.value + half)
        shown = show_printed(row.value, row.resolution, row.qualifier)
        if row.qualifier == "range" and row.low < row.high:
            shown = "\u2013".join(show_printed(end, row.resolution) for end in (row.low, row.high))
        words = f"{shown}{show_unit(row.unit)} ({row.publisher}, {row.period})"
        return Finding(low, high, row.value, (row.statement,), words)

    def _usual_half_width(self, series: str) -> float:
        """Return half the usual bid-to-ask range of a price as a share of it: a single figure stands for a range."""
        return self._half_widths.get(series, 0.0)

    @cached_property
    def _half_widths(self) -> dict[str, float]:
        rows = self.statements[self.statements["high"] > self.statements["low"]]
        return ((rows["high"] - rows["low"]) / (2 * rows["value"])).groupby(rows["series"]).median().to_dict()

    def reported(self, series: str, measure: str, period: str) -> Finding:
        """Return the best print of this very figure, with the prints it does not agree with as its rivals.

        Raises:
            NoFigure: If nobody printed it.
        """
        prints = self.prints(series, measure, period)
        if not prints and measure == "ytd" and period.endswith("-12"):
            prints = self.prints(series, "level", period[:4])
        if not prints and measure == "level" and len(period) == 4:
            prints = self.prints(series, "ytd", f"{period}-12")
        if not prints:
            raise NoFigure(f"no {show_measure(measure)} of '{self.title(series)}' for {period}")
        best, others = prints[0], prints[1:]
        agreeing = [one for one in others if one.low <= best.high and one.high >= best.low]
        rivals = tuple(one for one in others if one not in agreeing)
        identities = tuple(dict.fromkeys(best.statements + tuple(s for one in agreeing for s in one.statements)))
        return Finding(best.low, best.high, best.best, identities, best.words, best.basis, rivals)

    def quotes(self, series: str, first: str = "", last: str = "9999") -> list[tuple[str, Finding]]:
        """Return the days with a quote from `first` to `last`, each with its best print, oldest first."""
        days = [day for day in self._days.get(series, ()) if first <= day <= last]
        return [(day, self.reported(series, "level", day)) for day in days]

    @cached_property
    def _days(self) -> dict[str, list[str]]:
        days: dict[str, list[str]] = {}
        for name, measure, period in self._groups:
            if measure == "level" and len(period) == 10:
                days.setdefault(name, []).append(period)
        return {name: sorted(periods) for name, periods in days.items()}

    def quote(self, series: str, day: str) -> Finding:
        """Return the quote of a day, or what lies between the quotes around it.

        Raises:
            NoFigure: If the day has no quote and those around it are more than `BRACKET_DAYS` away.
        """
        if (series, "level", day) in self._groups:
            return self.reported(series, "level", day)
        earliest, latest = (shift_day(day, days) for days in (-BRACKET_DAYS, BRACKET_DAYS))
        around = self.quotes(series, earliest, latest)
        before = [finding for when, finding in around if when < day][-1:]
        after = [finding for when, finding in around if when > day][:1]
        if not before or not after:
            raise NoFigure(f"no quote of '{self.title(series)}' on {day}, nor within {BRACKET_DAYS} days on both sides")
        ends = before + after
        low, high = min(end.low for end in ends), max(end.high for end in ends)
        words = f"between {before[0].words} and {after[0].words}"
        used = before[0].statements + after[0].statements
        return Finding(low, high, (before[0].best + after[0].best) / 2, used, words, BETWEEN)

    def has_month_of_quotes(self, series: str, measure: str, period: str) -> bool:
        """Return whether a figure is a price of a month with so many quotes that their mean stands for it."""
        if self.kind(series) != "price" or measure != "level" or len(period) != 7:
            return False
        return sum(day.startswith(period) for day in self._days.get(series, ())) >= ENOUGH_QUOTES

    def mean_of_quotes(self, series: str, month: str) -> Finding:
        """Return the mean of a month's quoted days, each with the middle of its range.

        Raises:
            NoFigure: If fewer than `ENOUGH_QUOTES` days have a quote.
        """
        found = [finding for _, finding in self.quotes(series, f"{month}-01", f"{month}-31")]
        if len(found) < ENOUGH_QUOTES:
            raise NoFigure(f"fewer than {ENOUGH_QUOTES} quotes of '{self.title(series)}' in {month}")
        mean = sum(finding.best for finding in found) / len(found)
        used = tuple(identity for finding in found for identity in finding.statements)
        words = f"{show_number(mean, 6)}{show_unit(self.unit(series))} (mean of {len(found)} quotes, {month})"
        return Finding(mean, mean, mean, used, words, COMPUTED)
