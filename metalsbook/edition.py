"""An edition: the snapshot of a month and what the method makes of it, through one object.

A chapter reads `open_edition(month)` and nothing else. Derived tables (estimates, conflicts, verdicts) are recomputed
and cached under `_build/derived/<month>/`, never frozen; a cache that is damaged or of another snapshot is not used.
"""

import ast
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, wraps
from pathlib import Path
from typing import Any

import pandas as pd

from metalsbook.analysis import METHOD_VERSION, changes
from metalsbook.analysis.exports import LEVEL, level_behind_forecast
from metalsbook.analysis.intervals import growth_factor, printed
from metalsbook.analysis.prices import month_prices, monthly_means
from metalsbook.analysis.sources import ENOUGH_QUOTES, POST, agreed_prints, in_order, latest_last, standings
from metalsbook.derived import derive_tables
from metalsbook.errors import SnapshotError, UsageError
from metalsbook.months import month_range, parse_month, period_end, step_month
from metalsbook.names import base_name
from metalsbook.paths import snapshots_folder
from metalsbook.snapshots.package import published_months
from metalsbook.snapshots.snapshot import Snapshot, open_snapshot

YEAR_ASSUMED = "year nominal"
"""What the publisher of an undated page says whose year was taken from its text."""
FORECAST = " (forecast)"
"""What stands behind the publisher of a month that only a forecast gives away."""
USEFUL_SPAN = 0.3
"""An unknown month keeps its ends where they lie no further apart than this part of the upper one."""

PYTHON_STRINGS = ("mode.string_storage", "python")
"""An option of pandas for who takes and compares texts of a few rows some thousand times: a third less time than with
Arrow's."""


def _derived_table(name: str) -> property:
    return property(lambda edition: edition._derived[name])


def _kept(method: Callable) -> Callable:
    """Keep what a method makes of its arguments: a chapter asks for the same few series again and again."""

    @wraps(method)
    def ask(edition: "Edition", *arguments: Any, **named: Any) -> Any:
        key = (method.__name__, arguments, *named.items())
        if key not in edition._asked:
            edition._asked[key] = method(edition, *arguments, **named)
        # Who adds a column adds it to a frame of their own.
        return edition._asked[key].copy(deep=False)

    return ask


class Edition:
    """The book for one month.

    Tables of the snapshot are attributes with the columns of the data dictionary (`statements`, `series`, `sources`,
    `calendar` of events, `printed_claims` before they are judged); `claims` and `outlooks` carry their
    verdicts; `estimates`, `conflicts`, `revisions` and `allowances` come from reconciliation.
    """

    def __init__(self, snapshot: Snapshot):
        self._snapshot = snapshot
        self.month = snapshot.month
        self.cut_off = snapshot.cut_off
        self.snapshot_id = snapshot.content_hash
        self.method_version = METHOD_VERSION
        self.count = snapshot.count
        # For pages on the whole ledger: a chapter asks for those of its series (`rows_of`, ...).
        self.statements: pd.DataFrame = snapshot.tables["statements"]
        self.series: pd.DataFrame = snapshot.tables["series"]
        self.sources: pd.DataFrame = snapshot.tables["sources"]
        self.calendar: pd.DataFrame = snapshot.tables["events"]
        self.printed_claims: pd.DataFrame = snapshot.tables["claims"]
        self._asked: dict[tuple, Any] = {}

    def rows_of(self, *series: str) -> pd.DataFrame:
        """Return the statements of some series, with `who` (publisher), in the snapshot's order."""
        places = sorted(place for name in set(series) for place in self._places.get(name, ()))
        return self._told.take(places).reset_index(drop=True)

    @cached_property
    def _told(self) -> pd.DataFrame:
        return self.statements.assign(who=self.who(self.statements["source"]))

    @cached_property
    def _places(self) -> Mapping[str, Sequence[int]]:
        return self.statements.groupby("series", sort=False).indices

    def rows_under(self, *beginnings: str) -> pd.DataFrame:
        """Return the statements of all series whose names begin so, e.g. "ree.export."; see `rows_of`."""
        return self.rows_of(*(name for name in self.series["series"] if name.startswith(beginnings)))

    @cached_property
    def _derived(self) -> dict[str, pd.DataFrame]:
        with pd.option_context(*PYTHON_STRINGS):
            return derive_tables(self._snapshot)

    # As `metalsbook.analysis.reconcile.Reconciliation` describes them.
    estimates = _derived_table("estimates")
    bands = _derived_table("bands")
    revisions = _derived_table("revisions")
    allowances = _derived_table("allowances")
    left_out = _derived_table("left_out")
    # With the columns that `judge_claims` and `score_outlooks` add.
    claims = _derived_table("claims")
    outlooks = _derived_table("outlooks")

    @cached_property
    def conflicts(self) -> pd.DataFrame:
        """One row for each statement of each conflict: conflict, statement, gap, explanation, ..."""
        return told_once(self._derived["conflicts"], self.statements)

    @cached_property
    def _catalogue(self) -> pd.DataFrame:
        return self.series.set_index("series")

    @cached_property
    def publishers(self) -> pd.Series:
        """The publisher of each source, by source."""
        return self.sources.set_index("source")["publisher"]

    @cached_property
    def pages(self) -> dict[str, dict[str, str]]:
        """The row of each source (publisher, title, url, published, ...), by source."""
        return self.sources.set_index("source", drop=False).to_dict("index")

    def who(self, sources):
        """Return the bare name of a source's publisher; of a column of sources, of each (NaN where one is unknown)."""
        if isinstance(sources, str):
            return base_name(self.publishers[sources])
        return sources.map(self.publishers).map(base_name, na_action="ignore")

    @cached_property
    def standings(self) -> pd.Series:
        """The standing of each source as `metalsbook.analysis.sources` has it: own page, copy or post."""
        return standings(self.sources)

    @_kept
    def spec(self, series: str) -> pd.Series:
        """Return the catalogue row of a series (title, unit, kind, place, basis, ...).

        Raises:
            SnapshotError: If this edition does not know the series.
        """
        if not self.has(series):
            raise SnapshotError(f"The edition {self.month} has no series '{series}'")
        return self._catalogue.loc[series]

    def series_of(self, chapter: str) -> list[str]:
        """Return the series of a chapter."""
        return self.series.loc[self.series["chapter"] == chapter, "series"].tolist()

    def has(self, series: str) -> bool:
        """Return whether the edition's catalogue has the series."""
        return series in self._catalogue.index

    @_kept
    def prints(self, series: str, measure: str = "level", period: str | None = None) -> pd.DataFrame:
        """Return every statement of a series and measure (of one period), oldest period first, what counts last.

        The latest print counts, of a price what `metalsbook.analysis.sources` says.
        """
        if period is not None:
            rows = self.prints(series, measure)
            return rows[rows["period"] == period].reset_index(drop=True)
        rows = self.rows_of(series)
        rows = rows[rows["measure"] == measure]
        is_price = self.has(series) and self.spec(series)["kind"] == "price"
        return (in_order(rows, self.standings) if is_price else latest_last(rows)).reset_index(drop=True)

    @_kept
    def latest(self, series: str, measure: str = "level", length: int | None = None) -> pd.DataFrame:
        """Return the print of each period that counts (see `prints`), oldest period first.

        Kept are periods of one text `length`: 4 years, 7 months, 10 days; with None all.

        Returns:
            Rows of `statements`, `period` unique, and `date`: the period's last day as a timestamp.
        """
        rows = self.prints(series, measure)
        if length is not None:
            rows = rows[rows["period"].str.len() == length]
        rows = rows.drop_duplicates("period", keep="last").reset_index(drop=True)
        return rows.assign(date=pd.to_datetime(rows["period"].map(period_end)))

    def years(self, series: str, measure: str = "level") -> pd.DataFrame:
        """Return the latest print of each year."""
        return self.latest(series, measure, 4)

    def printed_months(self, series: str, measure: str = "level") -> pd.DataFrame:
        """Return the latest print of each month, without reconciled ones."""
        return self.latest(series, measure, 7)

    def months(self, series: str | dict[str, str], last: int | None = 18, measure: str = "level") -> pd.DataFrame:
        """Return the months of a series up to the edition's as they are known: every month has a row, known or not.

        A flow's level is what reconciliation leaves, a price what `analysis.sources` makes of its quotes and
        monthly averages; everything else is the latest print of each month.

        Args:
            series: The series; or names as readers read them -> series, for the rows of all of them one below the
                other, told apart by the column `name`.
            last: How many months up to the edition's; None from the first that is known.
            measure: What of the series; another than "level" is taken as printed.

        Returns:
            Columns name (the series' title), month (its first day), low, best, high (NaN where unknown; of an unknown
            month the ends that still help), likely_low, likely_high (of a flow, where reconciliation gives them),
            status ("reported", "derived", "unknown"), bound (the print's "over", "below", "about", else ""), n_quotes
            (of a price's own mean), unit, who (publishers), series; oldest first.
        """
        if isinstance(series, dict):
            every = [self.months(one, last, measure).assign(name=name) for name, one in series.items()]
            return pd.concat(every, ignore_index=True)
        rows = self.known_months(series, measure)
        first = step_month(self.month, 1 - last) if last else min([*rows.index, self.month])
        rows = rows.reindex(month_range(first, self.month))
        spec = self.spec(series) if self.has(series) else {"title": series, "unit": ""}
        unit = spec["unit"] if measure in ("level", "ytd", "mean3") else "%"
        rows = rows.assign(**{name: "" for name in ("bound", "who") if name not in rows})
        rows = rows.fillna({"status": "unknown", "bound": "", "who": ""})
        rows = rows.assign(name=spec["title"], month=pd.to_datetime(rows.index), unit=unit, series=series)
        likely = [column for column in ("likely_low", "likely_high") if column in rows]
        columns = ["name", "month", "low", "best", "high", *likely, "status", "bound", "n_quotes", "unit", "who"]
        return rows.reindex(columns=[*columns, "series"]).reset_index(drop=True)

    @_kept
    def known_months(self, series: str, measure: str = "level") -> pd.DataFrame:
        """Return what is known of the months of a series, by "YYYY-MM", as `months` has it; later months, too."""
        kind = self.spec(series)["kind"] if measure == "level" and self.has(series) else ""
        if measure == "level" and kind not in ("price", "stock") and series in self._flow_months:
            return self._flow_months[series]
        printed = self._as_known(self.latest(series, measure, 7)).droplevel("series")
        made = {"price": self._price_months, "stock": self._stock_months}.get(kind)
        return made(series, printed) if made else printed

    def _as_known(self, prints: pd.DataFrame) -> pd.DataFrame:
        """Return the months that were published, one print each, by series and period as `known_months` has them."""
        named = {"bound_low": "low", "value": "best", "bound_high": "high", "qualifier": "bound"}
        return prints.set_index(["series", "period"])[[*named, "who"]].rename(columns=named).assign(status="reported")

    def _price_months(self, series: str, printed: pd.DataFrame) -> pd.DataFrame:
        quotes, averages = self.counted_quotes(series), self.printed_months(series)
        means = monthly_means(quotes)
        averages = averages.assign(post=averages["source"].map(self.standings).eq(POST))
        prices = month_prices(averages, means).set_index("period")
        means = means.set_index("period").reindex(prices.index)
        named = quotes.groupby(quotes["period"].str[:7])["who"].agg(lambda names: ", ".join(dict.fromkeys(names)))
        own = prices["n_quotes"] > 0
        return pd.DataFrame(
            {
                "low": means["low"].where(own, prices["value"]),
                "best": prices["value"],
                "high": means["high"].where(own, prices["value"]),
                "status": own.map({True: "derived", False: "reported"}),
                "n_quotes": prices["n_quotes"],
                "who": named.reindex(prices.index).where(own, printed["who"].reindex(prices.index)),
            }
        )

    def _stock_months(self, series: str, printed: pd.DataFrame) -> pd.DataFrame:
        """Return the last count of each month; what a source printed for the month as a whole goes before a day's."""
        days = self.latest(series, "level", 10)
        days = days.assign(period=days["period"].str[:7]).drop_duplicates("period", keep="last")
        counts = self._as_known(days).droplevel("series")
        return pd.concat([printed, counts[~counts.index.isin(printed.index)]]).sort_index()

    @cached_property
    def _flow_months(self) -> dict[str, pd.DataFrame]:
        """What is known of the months of each series that was reconciled: of all at once, which takes no longer."""
        month = ["series", "period"]
        estimates = self.estimates.set_index(month)
        prints = self.rows_of(*self.estimates["series"].unique())
        prints = latest_last(prints[(prints["measure"] == "level") & (prints["period"].str.len() == 7)])
        printed = self._as_known(prints.drop_duplicates(month, keep="last"))
        ends = [name for name in ("low", "best", "high", "likely_low", "likely_high") if name in estimates]
        known = estimates[ends].assign(
            status=estimates["basis"].replace({"implied": "derived", "open": "unknown"}),
            bound=printed["bound"].reindex(estimates.index),
            who=printed["who"].reindex(estimates.index),
        )
        # A published month is the figure that was printed, also where others narrow what its rounding leaves open. Of
        # several that agree with the rest it is the finest, then the latest.
        reported = known.loc[known["status"] == "reported", ["low", "high"]]
        own = prints[[*month, "value", "bound_low", "bound_high", "resolution"]].merge(reported, on=month)
        own = own[(own["bound_low"] <= own["high"]) & (own["bound_high"] >= own["low"])]
        own = own.sort_values("resolution", ascending=False, kind="stable", na_position="first")
        best = own.drop_duplicates(month, keep="last").set_index(month)["value"]
        known.loc[best.index, "best"] = best
        known.loc[best.index, "low"] = known.loc[best.index, "low"].clip(upper=best)
        known.loc[best.index, "high"] = known.loc[best.index, "high"].clip(lower=best)
        derived = known.index[(known["status"] == "derived") & known["who"].isna()]
        known.loc[derived, "who"] = self._publishers_behind(estimates.loc[derived, "binding"])
        # What a source printed stays in sight while other figures contradict it.
        clashing = known.index[(known["status"] == "unknown") & known.index.isin(printed.index)]
        told = ["low", "best", "high", "status"]
        known.loc[clashing, told] = printed.loc[clashing, told]
        unknown = known["status"] == "unknown"
        wide = ~(known["high"] - known["low"] <= USEFUL_SPAN * known["high"])
        known.loc[unknown & wide, ends] = float("nan")
        known.loc[unknown, "best"] = float("nan")
        known = pd.concat([known, printed[~printed.index.isin(known.index)]]).sort_index()
        months = {series: rows.droplevel("series") for series, rows in known.groupby(level="series")}
        forecast = set(self.statements.loc[self.statements["measure"] == LEVEL, "series"]) & set(months)
        return months | {series: self._with_implied(series, months[series]) for series in forecast}

    def _with_implied(self, series: str, known: pd.DataFrame) -> pd.DataFrame:
        """Return the known months of a flow with those that only a forecast gives away, derived from it.

        A forecast of level and change for the next month leaves the level of this one, whose own change that of the
        month before.
        """
        prints, levels = self.rows_of(series), known["best"].to_dict()
        for ahead in sorted(prints.loc[(prints["measure"] == LEVEL) & (prints["period"].str.len() == 7), "period"]):
            month = step_month(ahead, -1)
            if month > self.month or not pd.isna(levels.get(month)):
                continue
            if (implied := level_behind_forecast(prints, series, month)) is None:
                continue
            spans = {month: implied.figure}
            for _, change in agreed_prints(self.prints(series, "mom", month), ["period"]).tail(1).iterrows():
                spans[step_month(month, -1)] = implied.figure / growth_factor(printed(change))
            who = f"{implied.level['who']}{FORECAST}"
            for each, span in spans.items():
                if pd.isna(levels.get(each)):
                    levels[each] = (span.low + span.high) / 2
                    told = {"low": span.low, "best": levels[each], "high": span.high, "status": "derived", "who": who}
                    known.loc[each, list(told)] = list(told.values())
        return known.sort_index()

    def _publishers_behind(self, binding: pd.Series) -> pd.Series:
        """Return the publishers of statements (ids joined by blanks), those with most of them first, three at most."""
        flows = self.series.loc[self.series["kind"] == "flow", "series"]
        sources = self.rows_of(*flows).set_index("statement")["source"]
        held = binding.str.split().explode().map(sources).dropna()
        who = self.who(held)
        counts = who.groupby([*(held.index.get_level_values(level) for level in (0, 1)), who], sort=False).size()
        most = counts.sort_values(ascending=False, kind="stable").groupby(level=[0, 1], sort=False).head(3)
        names = most.index.to_frame(index=False, name=[*held.index.names, "who"]).groupby(held.index.names)["who"]
        return names.agg(", ".join).reindex(binding.index, fill_value="")

    @_kept
    def counted_quotes(self, series: str) -> pd.DataFrame:
        """Return the `quotes` that count for a month: none of a year that is assumed where three others are held."""
        rows = self.quotes(series)
        doubtful = rows["source"].map(self.publishers).fillna("").str.contains(YEAR_ASSUMED, regex=False)
        others = (~doubtful).groupby(rows["period"].str[:7]).transform("sum")
        return rows[~doubtful | (others < ENOUGH_QUOTES)].reset_index(drop=True)

    def events(self, *topics: str, about: str = "") -> pd.DataFrame:
        """Return the events of the calendar that are dated to a month or a day, oldest first.

        Args:
            *topics: Chapters ("magnesium_exports") or topics ("rare earth export control"); none stands for all.
            about: A pattern; of the same market, events whose text it matches come too.

        Returns:
            Columns date ("YYYY-MM" or "YYYY-MM-DD"), topic, what, who, url, chapter.
        """
        rows = self.calendar[self.calendar["date"].str.len() >= 7]
        if topics:
            own = rows["chapter"].isin(topics) | rows["topic"].isin(topics)
            market = {topic.split("_")[0] for topic in topics}
            near = rows["chapter"].str.split("_").str[0].isin(market) & bool(about)
            rows = rows[own | (near & rows["what"].str.contains(about, case=False))]
        rows = rows.assign(who=rows["publisher"].map(base_name))
        columns = ["date", "topic", "what", "who", "url", "chapter"]
        return rows.sort_values("date", kind="stable", ignore_index=True)[columns]

    def quotes(self, series: str, since: str = "") -> pd.DataFrame:
        """Return the print of each day that counts, of a price or stock: its quotes `since` a day or month.

        Returns:
            Rows of `statements`, `period` unique, with `date` (a timestamp) and `who` (publisher); `low` and `high`
            are the quoted range, NaN where none was quoted.
        """
        rows = self.latest(series, "level", 10)
        return rows[rows["period"] >= since].reset_index(drop=True) if since else rows

    def figure(self, series: str, measure: str = "level", period: str | None = None) -> dict[str, Any] | None:
        """Return the latest print of a figure in a period (default: the edition's month), or None if there is none."""
        return next(iter(self.prints(series, measure, period or self.month).tail(1).to_dict("records")), None)

    @cached_property
    def _before(self) -> "Edition | None":
        folder = snapshots_folder() / step_month(self.month, -1)
        return _open(folder) if folder.is_dir() else None

    @property
    def compared_with(self) -> str:
        """The month of the edition before, or "" where it has no snapshot."""
        return self._before.month if self._before else ""

    @cached_property
    def _compared(self) -> tuple[dict[str, object] | None, dict[str, object]]:
        return self._before._as_compared() if self._before else None, self._as_compared()

    @cached_property
    def changes(self) -> dict[str, pd.DataFrame]:
        """What changed since the edition before, as frames by name (see `metalsbook.analysis.changes`)."""
        return changes.compare_editions(*self._compared)

    def changes_as_dict(self) -> dict[str, object]:
        """Return what changed since the edition before as plain values: months, counts, and the rows of each list."""
        return changes.changes_as_dict(self.changes, *self._compared)

    def _as_compared(self) -> dict[str, object]:
        names = ("month", "method_version", "statements", "series", "sources", "conflicts", "claims", "outlooks")
        return {name: getattr(self, name) for name in names} | {"revisions": self._derived.get("revisions")}


def told_once(conflicts: pd.DataFrame, statements: pd.DataFrame) -> pd.DataFrame:
    """Return the conflicts without those that tell another once more, of the year instead of January to December."""
    if conflicts.empty:
        return conflicts
    known = statements.set_index("statement")[["series", "measure", "period", "value"]].loc[conflicts["statement"]]
    of_year = known["period"].str.len() == 4
    summed = known["measure"].where(~of_year, known["measure"].map({"level": "ytd", "yoy": "ytd_yoy"}))
    ends = known["period"].where(~of_year, known["period"] + "-12")
    figures = list(zip(known["series"], summed.fillna(known["measure"]), ends, known["value"], strict=True))
    figures = pd.Series(figures, index=conflicts["conflict"], dtype=object)
    told = figures.groupby(level=0, sort=False).agg(frozenset)
    return conflicts[~conflicts["conflict"].isin(told.index[told.duplicated()])].reset_index(drop=True)


def open_edition(month: str) -> Edition:
    """Open the edition of a month, "YYYY-MM".

    Raises:
        UsageError: If `month` is not a month, or papermill gave the notebook around this call another parameter.
        SnapshotError: If the month has no snapshot, or it is damaged.
    """
    folder = snapshots_folder()
    _refuse_unknown_parameters()
    parse_month(month)
    if not (folder / month).is_dir():
        there = ", ".join(published_months(folder)) or "none"
        raise SnapshotError(f"There is no snapshot of {month}; there are: {there}", f"Make it: make book MONTH={month}")
    return _open(folder / month)


def _refuse_unknown_parameters() -> None:
    """Refuse what papermill only warns of: a parameter that the notebook does not have.

    The page would show the month that stands in the notebook, not the one that was asked for. A kernel remembers the
    cells that it ran; the one that papermill adds, "# Parameters", may only set what a cell before it has set.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    known: set[str] = set()
    for source in shell.user_ns.get("In", ()) if shell else ():
        try:
            nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]
        except SyntaxError:
            continue
        names = {node.id for node in nodes if isinstance(node.ctx, ast.Store)}
        if source.startswith("# Parameters\n") and names - known:
            unknown = ", ".join(sorted(names - known))
            raise UsageError(f"This notebook has no parameter '{unknown}'", "Its month is set by: -p month YYYY-MM")
        known |= names


def _open(folder: Path) -> Edition:
    with pd.option_context(*PYTHON_STRINGS):
        return Edition(open_snapshot(folder))
