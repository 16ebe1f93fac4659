"""Scenarios: what stated paths, weights per unit and numbers of units imply, as ranges.

Nothing here forecasts. A path is followed back to the base that it implies, and a demand is a product of what sources
state; where a factor is the book's own assumption it is a named constant below and shown on the page.
"""

from dataclasses import dataclass

import pandas as pd

from metalsbook.analysis.intervals import Interval, printed, with_ends
from metalsbook.ledger.figures import read_figure

HUMANOID_NDFEB_KG = (1.0, 4.0)
"""Assumption: kilograms of NdFeB magnets in one humanoid robot, used where an edition knows no statement of it."""
BASE_YEAR = 2024
"""Year from which a stated growth counts where a claim does not say it."""


def quoted_range(statements: pd.DataFrame) -> tuple[float, float] | None:
    """Return the least and greatest figure that statements print, quoted ranges included; None without statements."""
    if statements.empty:
        return None
    ends = with_ends(statements)
    return float(ends["low"].min()), float(ends["high"].max())


def forecasts(statements: pd.DataFrame, named: dict[str, str], publishers: dict[str, str]) -> pd.DataFrame:
    """Return who forecasts what for which year, prints of the same figure once.

    Args:
        statements: All statements.
        named: Series of the forecasts -> whose they are; "" where the publisher of each print says it.
        publishers: Source -> publisher.

    Returns:
        Columns who, year (int), value, low, high (the value where no range is quoted), sorted by year and name. A print
        that only rounds a finer one of the same house is left out.
    """
    rows = statements[statements["series"].isin(named) & (statements["measure"] == "forecast")]
    rows = with_ends(rows[rows["period"].str.len() == 4].sort_values(["published", "statement"]))
    who = rows["series"].map(named)
    printed_by = rows["source"].map(lambda source: short_name(str(publishers.get(source, source))))
    rows = rows.assign(who=who.mask(who == "", printed_by), year=rows["period"].astype(int))
    rows = rows.drop_duplicates(["who", "year", "value"])
    both = rows.merge(rows[["who", "year", "value", "resolution"]], on=["who", "year"], suffixes=("", "_finer"))
    rounds = both["value_finer"].between(both["bound_low"], both["bound_high"])
    rounding = both.loc[rounds & (both["resolution_finer"] < both["resolution"]), "statement"]
    rows = rows[~rows["statement"].isin(rounding)].sort_values(["year", "who"], ignore_index=True)
    return rows[["who", "year", "value", "low", "high"]]


def short_name(publisher: str) -> str:
    """Return who a publisher says that it cites: "SCMP (Morgan Stanley)" is Morgan Stanley; else the publisher."""
    if "(" in publisher and publisher.rstrip().endswith(")"):
        inner = publisher[publisher.index("(") + 1 :].rstrip(" )")
        return inner.split(",")[0].split(";")[0].strip() or publisher
    return publisher


def growth_path(end: float, rate_pct: float, years: int) -> float:
    """Return the value `years` before `end` at a compound growth of `rate_pct` a year."""
    return end / (1 + rate_pct / 100) ** years


@dataclass(frozen=True, slots=True)
class StatedPath:
    """A demand path as a note states it: where it ends and how fast it grows."""

    end: Interval  # Demand in the last year, t
    rate_pct: Interval  # Growth a year
    first: int  # first, last: years between which the growth is stated
    last: int
    note: str  # Source id of the note

    def at(self, year: int) -> Interval:
        """Return the demand of one of its years, in tonnes."""
        end, rate = self.end, self.rate_pct
        pairs = (end.low, rate.high), (end.high, rate.low), (end.best, rate.best)
        low, high, best = (growth_path(*pair, self.last - year) for pair in pairs)
        return Interval(low, high, best)


def stated_path(claims: pd.DataFrame, series: str) -> StatedPath | None:
    """Return the path that a note claims for a series, or None where the edition knows no note that states one.

    `claims` have claim, note, series, measure ("forecast" for the end, "forecast_yoy" for the growth), period, printed,
    unit, arguments ("start=...; end=...").
    """
    own = claims[claims["series"] == series]
    ends, rates = own[own["measure"] == "forecast"], own[own["measure"] == "forecast_yoy"]
    if ends.empty or rates.empty:
        return None
    end, rate = ends.iloc[0], rates.iloc[0]
    years = dict(part.strip().split("=", 1) for part in rate["arguments"].split(";") if "=" in part)
    tonnes, growth = (printed(read_figure(row["printed"], row["unit"])._asdict()) for row in (end, rate))
    return StatedPath(tonnes, growth, int(years.get("start", BASE_YEAR)), int(end["period"]), end["note"])


def kg_per_unit(tonnes: tuple[float, float], units: tuple[float, float]) -> tuple[float, float]:
    """Return the interval of kilograms in one unit that a tonnage and a number of units imply."""
    return 1000 * tonnes[0] / units[1], 1000 * tonnes[1] / units[0]
