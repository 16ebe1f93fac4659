"""Evidence: what a set of statements says of a figure, printed figures first, sums of them next, estimates last.

One `Evidence` holds the statements that a judgement may use, and no others: who is asked about a claim of a note gets
an `Evidence` without that note's source. It answers with a `Finding` or raises `NoFigure`, and never guesses.
"""

from collections.abc import Callable
from functools import cached_property

import pandas as pd

from metalsbook.analysis.families import find_beside, find_families
from metalsbook.analysis.findings import (
    COMPUTED,
    ESTIMATED,
    Finding,
    NoFigure,
    difference,
    growth,
    quotient,
    show_interval,
    show_measure,
    total,
)
from metalsbook.analysis.periods import earlier_period
from metalsbook.analysis.price_choice import ENOUGH_QUOTES
from metalsbook.analysis.prints import Prints
from metalsbook.months import month_range, step_month

Solve = Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]


class Evidence(Prints):
    """The statements at hand, and what they say together.

    Args:
        statements: Validated statements (columns as in the data dictionary).
        series: The catalogue: `series`, `unit`, `kind`, `part_of`, `share_of`.
        sources: `source`, `publisher`.
        solve: Returns the estimates (`series`, `period`, `low`, `high`, `best`, `basis`) of statements; called at most
            once for each family of series that parts and totals tie together, and only if an estimate is needed.
        narrow: Narrow the printed levels of flows by what reconciliation leaves open; for claims that the coarse
            rounding of a print leaves undecided.
        near: Solve only the series beside the one asked for, and the two years to its period. Less is known then, so
            that estimates are wider at worst; and it is fast enough to be done anew for a single claim.
    """

    def __init__(
        self,
        statements: pd.DataFrame,
        series: pd.DataFrame,
        sources: pd.DataFrame,
        solve: Solve | None = None,
        narrow: bool = False,
        near: bool = False,
    ):
        super().__init__(statements, series, sources)
        self._catalogue = series
        self._solve = solve
        self._narrow = narrow
        self._near = near
        self._solved: dict[str, pd.DataFrame] = {}

    def figure(self, series: str, measure: str, period: str) -> Finding:
        """Return the figure as printed, else as a sum of printed figures, else as reconciliation leaves it open.

        Of a price's month the mean of its quotes goes first, if they are enough (`metalsbook.analysis.price_choice`).

        Raises:
            NoFigure: If none of these is to be had.
        """
        if self.has_month_of_quotes(series, measure, period):
            return self.mean_of_quotes(series, period)
        try:
            found = self.reported(series, measure, period)
            return self._narrowed(found, series, period) if self._narrow and measure == "level" else found
        except NoFigure:
            sums = {"ytd": self._to_date, "mean3": self._mean_of_three}
            if measure == "level":
                return self._level(series, period)
            if measure in sums or measure in ("mom", "yoy", "ytd_yoy", "dod"):
                way = sums.get(measure, lambda series, period: self._growth(series, measure, period))
                return self._summed(way, series, measure, period)
            raise

    def _summed(self, way: Callable[[str, str], Finding], series: str, measure: str, period: str) -> Finding:
        """Return what a sum gives; where a part of it is missing, the figure that was asked for is what is told."""
        try:
            return way(series, period)
        except NoFigure:
            what = f"no {show_measure(measure)} of '{self.title(series)}' for {period}"
            raise NoFigure(f"{what}, nor the levels that lead to it") from None

    def _narrowed(self, found: Finding, series: str, period: str) -> Finding:
        if self.kind(series) != "flow" or len(period) != 7:
            return found
        try:
            left = self._estimate(series, period)
        except NoFigure:
            return found
        low, high = max(found.low, left.low), min(found.high, left.high)
        if low > high or high - low >= found.high - found.low:
            return found
        best = min(max(found.best, low), high)
        words = f"{found.words}, by the other figures {show_interval(low, high, self.unit(series))}"
        return Finding(low, high, best, found.statements, words, ESTIMATED)

    def _level(self, series: str, period: str) -> Finding:
        share = str(self.series["share_of"].get(series, ""))
        if "/" in share:
            part, whole = (self.reported(name, "level", period) for name in share.split("/"))
            return quotient(part, whole, 100)
        if len(period) == 10:
            return self.quote(series, period)
        if self.kind(series) == "price" and len(period) == 7:
            raise NoFigure(f"fewer than {ENOUGH_QUOTES} quotes of '{self.title(series)}' in {period}")
        if self.kind(series) == "flow" and len(period) == 7:
            return self._estimate(series, period)
        raise NoFigure(f"no level of '{self.title(series)}' for {period}")

    def _to_date(self, series: str, month: str) -> Finding:
        """Return the sum from January: the last sum to date before it and the months since, or all the months.

        A later sum to date bounds it from above: a month is never negative.
        """
        if self.kind(series) != "flow":
            raise NoFigure(f"no figure of '{self.title(series)}' since January for {month}")
        year = month_range(f"{month[:4]}-01", f"{month[:4]}-12")
        sums = [one for one in year if (series, "ytd", one) in self._groups]
        before, after = [one for one in sums if one < month][-1:], [one for one in sums if one > month][:1]
        start = step_month(before[0], 1) if before else f"{month[:4]}-01"
        base = [self.reported(series, "ytd", one) for one in before]
        found = total([*base, *(self.figure(series, "level", one) for one in month_range(start, month))])
        return self._below(found, self.reported(series, "ytd", after[0])) if after else found

    @staticmethod
    def _below(found: Finding, later: Finding) -> Finding:
        if later.high >= found.high:
            return found
        words = f"{show_interval(found.low, later.high)} (at most what was reached by {later.words})"
        used = (*found.statements, *later.statements)
        return Finding(min(found.low, later.high), later.high, min(found.best, later.high), used, words, ESTIMATED)

    def _mean_of_three(self, series: str, month: str) -> Finding:
        return self.mean_of_months(series, step_month(month, -2), month)

    def mean_of_months(self, series: str, first: str, last: str) -> Finding:
        """Return the mean of the months from `first` to `last`: of a flow within a year, from sums to date.

        Raises:
            NoFigure: If neither the sums nor the months are known.
        """
        months = month_range(first, last)
        summed = self.sum_of_months(series, months)
        basis = summed.basis if summed.basis == ESTIMATED else COMPUTED
        count = len(months)
        words = f"({summed.words}) / {count}"
        return Finding(summed.low / count, summed.high / count, summed.best / count, summed.statements, words, basis)

    def sum_of_months(self, series: str, months: list[str]) -> Finding:
        """Return the narrower of the sum of the months and, within a year, the difference of two sums to date."""
        ways = [lambda: total([self.figure(series, "level", month) for month in months])]
        if self.kind(series) == "flow" and months[0][:4] == months[-1][:4]:
            ways.append(lambda: self._between_sums(series, months))
        found, lacks = [], []
        for way in ways:
            try:
                found.append(way())
            except NoFigure as lack:
                lacks.append(lack)
        if not found:
            raise lacks[0]
        return min(found, key=lambda one: one.high - one.low)

    def _between_sums(self, series: str, months: list[str]) -> Finding:
        if months[0].endswith("-01"):
            return self.figure(series, "ytd", months[-1])
        until, before = months[-1], step_month(months[0], -1)
        return difference(self.reported(series, "ytd", until), self.reported(series, "ytd", before))

    def _growth(self, series: str, measure: str, period: str) -> Finding:
        if measure == "dod":
            raise NoFigure(f"no quotes of '{self.title(series)}' for {period} and the day before")
        level = "ytd" if measure == "ytd_yoy" else "level"
        return growth(self.figure(series, level, period), self.figure(series, level, earlier_period(measure, period)))

    def _estimate(self, series: str, period: str) -> Finding:
        rows = self._estimates_of(series, period)
        rows = rows[(rows["series"] == series) & (rows["period"] == period)]
        if rows.empty or not rows["high"].notna().all() or rows["high"].iloc[0] == float("inf"):
            raise NoFigure(f"no figure of '{self.title(series)}' for {period}, nor others that lead to it")
        row = rows.iloc[0]
        best = row["best"] if pd.notna(row["best"]) else (row["low"] + row["high"]) / 2
        between = show_interval(row["low"], row["high"], self.unit(series))
        binding = tuple(str(row.get("binding", "")).split())
        words = f"{between} (left open by the other figures, {period})"
        return Finding(row["low"], row["high"], best, binding, words, ESTIMATED)

    def _estimates_of(self, series: str, period: str) -> pd.DataFrame:
        family = find_beside(self._catalogue, series) if self._near else self._families.get(series, {series})
        first = str(int(period[:4]) - 1) if self._near else ""
        name = f"{min(family)} {first}"
        if name not in self._solved:
            if self._solve is None:
                raise NoFigure(f"no level of '{self.title(series)}'")
            rows = self.statements[self.statements["series"].isin(family) & (self.statements["period"] >= first)]
            self._solved[name] = self._solve(rows.drop(columns="publisher"), self._catalogue)
        return self._solved[name]

    @cached_property
    def _families(self) -> dict[str, set[str]]:
        return find_families(self._catalogue)
