"""Evidence: what a set of statements says of a figure, printed figures first, sums of them next, estimates last.

One `Evidence` holds the statements that a judgement may use, and no others: who is asked about a claim of a note gets
an `Evidence` without that note's source. It answers with a `Finding` or raises `NoFigure`, and never guesses.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from dataclasses import replace
from statistics import median
from typing import Any

import pandas as pd

from metalsbook.analysis.findings import (
    BETWEEN,
    COMPUTED,
    ESTIMATED,
    PACED,
    Finding,
    NoFigure,
    add_up,
    if_known,
    show_interval,
    show_measure,
    show_number,
    show_printed,
    show_unit,
)
from metalsbook.analysis.sources import ENOUGH_QUOTES, key_of, linked, publisher_key, standings
from metalsbook.months import earlier_period, month_range, shift_day, step_month


def find_families(catalogue: pd.DataFrame) -> dict[str, set[str]]:
    """Return for each series all series tied to it, as part and total or as a share, through any number of steps."""
    names = set(catalogue["series"])
    ties = ((row.series, [row.part_of, *str(row.share_of).split("/")]) for row in catalogue.itertuples())
    return linked([(series, other) for series, others in ties for other in [series, *others] if other in names])


def find_beside(catalogue: pd.DataFrame, series: str) -> set[str]:
    """Return a series with its total, its parts or the other parts of its total, and the shares between them."""
    names, totals, shares = (catalogue[name].tolist() for name in ("series", "part_of", "share_of"))
    total = dict(zip(names, totals, strict=True)).get(series) or series
    beside = {series, total} | {name for name, other in zip(names, totals, strict=True) if other == total}
    return beside | {name for name, sides in zip(names, shares, strict=True) if set(sides.split("/")) <= beside}


BRACKET_DAYS = 10
"""A day without quote counts as known between the last quote before and the first after it, each at most this far."""
WEEK_DAYS = 7
PACE = 0.5
"""A month between two cumulated figures lies within this part of the mean month between them: 98 in 100 of the months
that were printed do, over stretches of three to six."""
PACE_MONTHS = 6
"""The longest stretch for which that is said."""


class Estimates:
    """Months that are reconciled already: columns `series`, `period`, `low`, `high`, `best`, `basis`."""

    def __init__(self, frame: pd.DataFrame):
        self._rows = {(row["series"], row["period"]): row for row in frame.to_dict("records")}

    def estimate(self, series: str, period: str) -> Mapping | None:
        """Return a month as it was reconciled, None where nothing speaks of it."""
        return self._rows.get((series, period))


Solve = Callable[[pd.DataFrame, pd.DataFrame], Any]
"""Called with statements and catalogue; what it returns has the method `estimate` of `Estimates`."""


class Evidence:
    """The statements at hand, and what they say together.

    Args:
        statements: Validated statements (columns as in the data dictionary).
        series: The catalogue: `series`, `unit`, `kind`, `part_of`, `share_of`.
        sources: `source`, `publisher`; `repeats` and `licence` where at hand, for the order of the prints of a price.
        **how: How figures are made of them.
            solve: Returns what statements leave of each month; called where an estimate is needed, once for each family
                of series that parts and totals tie together.
            narrow: Narrow the printed levels of flows by what reconciliation leaves open; for claims that the coarse
                rounding of a print leaves undecided.
            own: Sources of the note that is judged by itself: their single prices stand for themselves and not for a
                quoted range. Solved are only the series beside the one asked for, and the two years to its period: fast
                enough to be done anew for a single claim, and estimates are wider at worst.
    """

    def __init__(self, statements: pd.DataFrame, series: pd.DataFrame, sources: pd.DataFrame, **how: Any):
        self._catalogue = series
        self.series: pd.DataFrame = series.set_index("series")
        self._texts = {
            name: dict(zip(self.series.index, map(str, texts), strict=True)) for name, texts in series.items()
        }
        self._standings = standings(sources).to_dict()
        self._families = find_families(series)
        # All rows are read at once, for a frame hands them out slowly: series -> (measure, period) -> rows.
        self._every: dict[str, dict[tuple[str, str], list]] = {}
        publishers = statements["source"].map(dict(zip(sources["source"], sources["publisher"], strict=True)))
        for row in statements.assign(publisher=publishers.fillna(statements["source"])).itertuples():
            self._every.setdefault(row.series, {}).setdefault((row.measure, row.period), []).append(row)
        self._use(statements, **how)

    def _use(
        self, statements: pd.DataFrame, solve: Solve | None = None, narrow: bool = False, own: Collection[str] = ()
    ) -> None:
        self.statements, self._solve, self._narrow, self._own = statements, solve, narrow, own
        self._places: Mapping[str, Sequence[int]] = statements.groupby("series", sort=False).indices
        self._read: dict[str, dict[tuple[str, str], list]] = {}
        self._known: dict[tuple[str, str, str], list[Finding]] = {}
        self._half_widths: dict[str, float] = {}
        self._solved: dict[str, Any] = {}

    def without(self, left_out: pd.Series, **how: Any) -> "Evidence":
        """Return the evidence without some statements (true where one is left out); what was read is not read again."""
        fewer = copy(self)
        fewer._use(self.statements[~left_out], **how)
        return fewer

    def rows_of(self, series: str) -> list:
        """Return the statements of a series as named tuples, with `publisher`."""
        return [row for rows in self._figures(series).values() for row in rows]

    def _figures(self, series: str) -> dict[tuple[str, str], list]:
        """Return the rows of each (measure, period) of a series."""
        if series not in self._read:
            held = set(self.statements["statement"].iloc[self._places.get(series, [])])
            every = self._every.get(series, {}).items()
            kept = {figure: [row for row in rows if row.statement in held] for figure, rows in every}
            self._read[series] = {figure: rows for figure, rows in kept.items() if rows}
        return self._read[series]

    def unit(self, series: str) -> str:
        """Return the unit of a series, "" where the catalogue does not know it."""
        return self._texts["unit"].get(series, "")

    def title(self, series: str) -> str:
        """Return the title of a series, its id where the catalogue does not know it."""
        return self._texts.get("title", {}).get(series, series)

    def kind(self, series: str) -> str:
        """Return "flow", "price", "stock", "ratio" or "share"; "" where the catalogue does not know the series."""
        return self._texts["kind"].get(series, "")

    def is_sampled(self, series: str) -> bool:
        """Return whether the growth of a series is that of a comparable sample."""
        return self._texts.get("growth_basis", {}).get(series, "") == "comparable_sample"

    def prints(self, series: str, measure: str, period: str) -> list[Finding]:
        """Return each print of this very figure, best first.

        A print is the better the more publishers it agrees with, then the finer its last digit, then the later it is;
        of a price the order is that of `metalsbook.analysis.sources`, as in the chapters.
        """
        name = series, measure, period
        if name not in self._known:
            rows = self._figures(series).get((measure, period), [])
            if self.kind(series) == "price" and measure == "level":
                ranked = sorted(rows, key=lambda row: key_of(row, self._standings), reverse=True)
            else:
                ranked = sorted(rows, key=lambda row: (-_support(row, rows), row.resolution, row.published))
            self._known[name] = [self._as_finding(row) for row in ranked]
        return self._known[name]

    def _as_finding(self, row) -> Finding:
        low, high = row.bound_low, row.bound_high
        single = row.measure == "level" and row.qualifier == "" and row.source not in self._own
        if single and self.kind(row.series) == "price":
            half = self.usual_half_width(row.series) * row.value
            low, high = min(low, row.value - half), max(high, row.value + half)
        shown = show_printed(row.value, row.resolution, row.qualifier)
        if row.qualifier == "range" and row.low < row.high:
            shown = "\u2013".join(show_printed(end, row.resolution) for end in (row.low, row.high))
        words = f"{shown}{show_unit(row.unit)} ({row.publisher}, {row.period})"
        return Finding(low, high, row.value, (row.statement,), words)

    def usual_half_width(self, series: str) -> float:
        """Return half the usual bid-to-ask range of a price as a share of it: a single figure stands for a range."""
        if series not in self._half_widths:
            halves = [(row.high - row.low) / (2 * row.value) for row in self.rows_of(series) if row.high > row.low]
            self._half_widths[series] = median(halves) if halves else 0.0
        return self._half_widths[series]

    def reported(self, series: str, measure: str, period: str) -> Finding:
        """Return the best print of this very figure, with the prints it does not agree with as its rivals.

        Raises NoFigure if nobody printed it.
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
        identities = dict.fromkeys(name for one in (best, *agreeing) for name in one.statements)
        return replace(best, statements=tuple(identities), rivals=rivals)

    def printed_share(self, part: str, total: str, measure: str, period: str) -> Finding:
        """Return what one series is of another by their prints, in per cent; raises NoFigure if one is not printed."""
        return self.reported(part, measure, period).over(self.reported(total, measure, period), 100)

    def quotes(self, series: str, first: str = "", last: str = "9999") -> list[tuple[str, Finding]]:
        """Return the days with a quote from `first` to `last`, each with its best print, oldest first."""
        days = (day for day in self.periods(series) if len(day) == 10 and first <= day <= last)
        return [(day, self.reported(series, "level", day)) for day in days]

    def periods(self, series: str, measure: str = "level") -> list[str]:
        """Return the days, months and years of which a figure is printed, in order."""
        return sorted(period for of, period in self._figures(series) if of == measure)

    def quote(self, series: str, day: str) -> Finding:
        """Return the quote of a day, or what lies between the quotes around it.

        Raises NoFigure where these are more than `BRACKET_DAYS` away.
        """
        if ("level", day) in self._figures(series):
            return self.reported(series, "level", day)
        implied = self._implied_quotes(series)
        if day in implied:
            return implied[day]
        earliest, latest = (shift_day(day, days) for days in (-BRACKET_DAYS, BRACKET_DAYS))
        known = {when: finding for when, finding in implied.items() if earliest <= when <= latest}
        around = sorted((known | dict(self.quotes(series, earliest, latest))).items())
        before = [finding for when, finding in around if when < day][-1:]
        after = [finding for when, finding in around if when > day][:1]
        if not before or not after:
            raise NoFigure(f"no quote of '{self.title(series)}' on {day}, nor within {BRACKET_DAYS} days on both sides")
        ends = before + after
        low, high = min(end.low for end in ends), max(end.high for end in ends)
        words = f"between {before[0].words} and {after[0].words}"
        used = before[0].statements + after[0].statements
        return Finding(low, high, (before[0].best + after[0].best) / 2, used, words, BETWEEN)

    def _implied_quotes(self, series: str) -> dict[str, Finding]:
        """Return the days before which a week's change leads back from the quote of the same page."""
        found = {}
        for day in self.periods(series, "wow"):
            for row in self._figures(series)["wow", day]:
                quotes = [one for one in self._figures(series).get(("level", day), []) if one.source == row.source]
                if quotes and len(day) == 10:
                    quote, rate = self._as_finding(quotes[0]), self._as_finding(row)
                    before = shift_day(day, -WEEK_DAYS)
                    told = f"{before}, by {quote.words} and {row.stated} in a week"
                    found[before] = quote.before_growth(rate, self.unit(series), told)
        return found

    def mean_of_quotes(self, series: str, month: str) -> Finding:
        """Return the mean of a month's quoted days, each the middle of its range; raises NoFigure where too few are."""
        found = [finding for _, finding in self.quotes(series, f"{month}-01", f"{month}-31")]
        if len(found) < ENOUGH_QUOTES:
            raise NoFigure(f"no mean of at least {ENOUGH_QUOTES} quotes of '{self.title(series)}' in {month}")
        mean = sum(finding.best for finding in found) / len(found)
        used = tuple(identity for finding in found for identity in finding.statements)
        words = f"{show_number(mean, 6)}{show_unit(self.unit(series))} (mean of {len(found)} quotes, {month})"
        return Finding(mean, mean, mean, used, words, COMPUTED)

    def figure(self, series: str, measure: str, period: str) -> Finding:
        """Return the figure as printed, else as a sum of printed figures, else as reconciliation leaves it open.

        Of a price's month the mean of its quotes goes first, if they are enough (`metalsbook.analysis.sources`). Raises
        NoFigure if none of these is to be had.
        """
        if self.kind(series) == "price" and measure == "level" and len(period) == 7:
            try:
                return self.mean_of_quotes(series, period)
            except NoFigure:
                if not self.prints(series, measure, period):
                    raise
        try:
            found = self.reported(series, measure, period)
            return self._narrowed(found, series, period) if self._narrow and measure == "level" else found
        except NoFigure:
            if measure == "level":
                return self._level(series, period)
            if measure not in ("ytd", "mean3", "mom", "yoy", "ytd_yoy"):
                raise
        try:
            if measure == "ytd":
                return _narrowest(lambda: self._month_by_month(series, period), lambda: self._by_pace(series, period))
            if measure == "mean3":
                return self.mean_of_months(series, step_month(period, -2), period)
            of, before = "ytd" if measure == "ytd_yoy" else "level", earlier_period(measure, period)
            return self.figure(series, of, period).growth_on(self.figure(series, of, before))
        except NoFigure:
            # Where a part of a sum is missing, the figure that was asked for is what is told.
            what = f"no {show_measure(measure)} of '{self.title(series)}' for {period}"
            raise NoFigure(f"{what}, nor the figures that lead to it") from None

    def _narrowed(self, found: Finding, series: str, period: str) -> Finding:
        is_month = self.kind(series) == "flow" and len(period) == 7
        if not is_month or (left := if_known(self._estimate, series, period)) is None:
            return found
        low, high = max(found.low, left.low), min(found.high, left.high)
        if low > high or high - low >= found.high - found.low:
            return found
        best = min(max(found.best, low), high)
        words = f"{found.words}, by the other figures {show_interval(low, high, self.unit(series))}"
        return Finding(low, high, best, found.statements, words, ESTIMATED)

    def _level(self, series: str, period: str) -> Finding:
        part, _, total = self._texts.get("share_of", {}).get(series, "").partition("/")
        if total:
            return self.printed_share(part, total, "level", period)
        if len(period) == 10:
            return self.quote(series, period)
        if self.kind(series) == "flow" and len(period) == 7:
            return self._left_over(series, period) or self._estimate(series, period)
        raise NoFigure(f"no figure of '{self.title(series)}' for {period}")

    def _left_over(self, series: str, month: str) -> Finding | None:
        """Return what two sums to date and the printed months between them leave for a month, None where none do."""
        year, sums = _year_of(month), self._printed_sums(series, month)
        for end in (one for one in sums if one >= month):
            for start in reversed(["", *(one for one in sums if one < month)]):
                between = [one for one in year if start < one <= end and one != month]
                if any(("level", one) not in self._figures(series) for one in between):
                    continue
                found = self.reported(series, "ytd", end)
                for one in between:
                    found -= self.reported(series, "level", one)
                found = found - self.reported(series, "ytd", start) if start else found
                if found.low > 0 and found.high - found.low <= found.best / 10:
                    words = f"{show_interval(found.low, found.high, self.unit(series))} for {month} ({found.words})"
                    return found.said(words, ESTIMATED)
        return None

    def _printed_sums(self, series: str, month: str) -> list[str]:
        """Return the months of a year to which a sum since January is printed."""
        return [one for one in self.periods(series, "ytd") if one[:5] == month[:5]]

    def _by_pace(self, series: str, month: str) -> Finding:
        """Return the sum from January between two others, where each month lies within `PACE` of an even pace."""
        year = _year_of(month)
        sums = {one: found for one in year if (found := self._sum_to(series, one)) is not None}
        before, after = [one for one in sums if one < month][-1:], [one for one in sums if one > month][:1]
        first = year.index(before[0]) + 1 if before else 0
        if self.kind(series) != "flow" or not after or (last := year.index(after[0]) + 1) - first > PACE_MONTHS:
            raise NoFigure(f"no figures of '{self.title(series)}' since January near {month}")
        start = sums[before[0]] if before else Finding(0, 0, 0, (), "none before January")
        end = sums[after[0]]
        done, left = year.index(month) + 1 - first, last - year.index(month) - 1
        mean = [(high - low) / (last - first) for high, low in ((end.low, start.high), (end.high, start.low))]
        low = max(start.low + done * mean[0] * (1 - PACE), end.low - left * mean[1] * (1 + PACE))
        high = min(start.high + done * mean[1] * (1 + PACE), end.high - left * mean[0] * (1 - PACE))
        best = start.best + done * (end.best - start.best) / (last - first)
        words = (
            f"{show_interval(low, high, self.unit(series))} to {month}, between {start.words} and {end.words} with no "
            f"month further than {PACE:.0%} from the mean"
        )
        return Finding(low, high, best, (*start.statements, *end.statements), words, PACED)

    def _sum_to(self, series: str, month: str) -> Finding | None:
        """Return the sum since January as printed, or as the sum of a year later and its change lead back to it."""
        printed, later = self._figures(series), step_month(month, 12)
        if found := if_known(self.reported, series, "ytd", month):
            return found
        if self.is_sampled(series) or not {("ytd", later), ("ytd_yoy", later)} <= printed.keys():
            return None
        level, rate = (self.reported(series, name, later) for name in ("ytd", "ytd_yoy"))
        return level.before_growth(rate, self.unit(series), f"{month}, by {level.words} and {rate.words}")

    def _month_by_month(self, series: str, month: str) -> Finding:
        """Return the last sum from January and the months since; at most a later sum: no month is negative."""
        if self.kind(series) != "flow":
            raise NoFigure(f"no figure of '{self.title(series)}' since January for {month}")
        sums = self._printed_sums(series, month)
        before, after = [one for one in sums if one < month][-1:], [one for one in sums if one > month][:1]
        start = step_month(before[0], 1) if before else f"{month[:4]}-01"
        base = [self.reported(series, "ytd", one) for one in before]
        found = add_up([*base, *(self.figure(series, "level", one) for one in month_range(start, month))])
        later = self.reported(series, "ytd", after[0]) if after else found
        if later.high >= found.high:
            return found
        words = f"{show_interval(found.low, later.high)} (at most what was reached by {later.words})"
        used = (*found.statements, *later.statements)
        return Finding(min(found.low, later.high), later.high, min(found.best, later.high), used, words, ESTIMATED)

    def mean_of_months(self, series: str, first: str, last: str) -> Finding:
        """Return the mean of the months from `first` to `last`, as `sum_of_months` has them."""
        months = month_range(first, last)
        summed = self.sum_of_months(series, months)
        return summed.times(1 / len(months), f"({summed.words}) / {len(months)}")

    def sum_of_months(self, series: str, months: list[str]) -> Finding:
        """Return the narrower of the sum of the months and, within a year, the difference of two sums to date."""
        within = self.kind(series) == "flow" and months[0][:4] == months[-1][:4]
        return _narrowest(
            lambda: add_up([self.figure(series, "level", month) for month in months]),
            *([lambda: self._between_sums(series, months)] if within else []),
        )

    def _between_sums(self, series: str, months: list[str]) -> Finding:
        if months[0].endswith("-01"):
            return self.figure(series, "ytd", months[-1])
        return self.reported(series, "ytd", months[-1]) - self.reported(series, "ytd", step_month(months[0], -1))

    def _estimate(self, series: str, period: str) -> Finding:
        row = self._months_of(series, period).estimate(series, period)
        if row is None or pd.isna(row["high"]) or row["high"] == float("inf"):
            raise NoFigure(f"no figure of '{self.title(series)}' for {period}, nor others that lead to it")
        best = row["best"] if pd.notna(row["best"]) else (row["low"] + row["high"]) / 2
        between = show_interval(row["low"], row["high"], self.unit(series))
        binding = tuple(str(row.get("binding", "")).split())
        words = f"{between} (left open by the other figures, {period})"
        return Finding(row["low"], row["high"], best, binding, words, ESTIMATED)

    def _months_of(self, series: str, period: str) -> Any:
        family = find_beside(self._catalogue, series) if self._own else self._families.get(series, {series})
        first = str(int(period[:4]) - 1) if self._own else ""
        name = f"{min(family)} {first}"
        if name not in self._solved:
            if self._solve is None:
                raise NoFigure(f"no figure of '{self.title(series)}'")
            rows = self.statements.iloc[sorted(place for one in family for place in self._places.get(one, []))]
            rows = rows[rows["period"] >= first]
            self._solved[name] = self._solve(rows, self._catalogue)
        return self._solved[name]


def _support(row, rows: list) -> int:
    """Return how many publishers print what a row allows."""
    agree = [one for one in rows if one.bound_low <= row.bound_high and one.bound_high >= row.bound_low]
    return len({publisher_key(one.publisher) for one in agree})


def _year_of(month: str) -> list[str]:
    return month_range(f"{month[:4]}-01", f"{month[:4]}-12")


def _narrowest(*ways: Callable[[], Finding]) -> Finding:
    """Return what the ways to a figure leave least open; raises the NoFigure of the first where none leads to it."""
    found = [one for one in map(if_known, ways) if one]
    # The first raises its NoFigure once more.
    return min(found, key=lambda one: one.high - one.low) if found else ways[0]()
