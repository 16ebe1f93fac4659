"""Scenarios: what stated paths, weights per unit and numbers of units imply, as ranges.

Nothing here forecasts. A path is unrolled, a base that it implies is worked out, and a demand is a product of what
sources state; where a factor is the book's own assumption it is a named constant below and shown on the page.
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from metalsbook.analysis.intervals import with_ends
from metalsbook.analysis.measures import growth_path
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
        Columns who, series, year (int), period, value, low, high (the value where no range is quoted), qualifier,
        source, published ("" where the page is undated), sorted by year and name. A print that only rounds a finer one
        of the same house is left out.
    """
    rows = statements[statements["series"].isin(named) & (statements["measure"] == "forecast")]
    rows = rows[rows["period"].str.len() == 4].sort_values(["published", "statement"])
    printed_by = rows["source"].map(lambda source: short_name(str(publishers.get(source, source))))
    rows = (
        with_ends(rows)
        .assign(
            who=rows["series"].map(named).mask(rows["series"].map(named) == "", printed_by),
            published=rows["published"].where(rows["published_basis"] == "stated", ""),
            year=rows["period"].astype(int),
        )
        .drop_duplicates(["who", "period", "value"], keep="first")
    )
    prints = list(rows.itertuples())
    rows = rows.drop(index=[row.Index for row in prints if _rounds_another(row, prints)])
    columns = ["who", "series", "year", "period", "value", "low", "high", "qualifier", "source", "published"]
    return rows.sort_values(["year", "who"], ignore_index=True)[columns]


def _rounds_another(row: Any, prints: list[Any]) -> bool:
    """Return whether a finer print of the same house and year lies within what this one's digits leave."""
    return any(
        (other.who, other.period) == (row.who, row.period)
        and other.resolution < row.resolution
        and row.bound_low <= other.value <= row.bound_high
        for other in prints
    )


def short_name(publisher: str) -> str:
    """Return who a publisher says that it cites: "SCMP (Morgan Stanley)" is Morgan Stanley; else the publisher."""
    if "(" in publisher and publisher.rstrip().endswith(")"):
        inner = publisher[publisher.index("(") + 1 :].rstrip(" )")
        return inner.split(",")[0].split(";")[0].strip() or publisher
    return publisher


@dataclass(frozen=True, slots=True)
class StatedPath:
    """A demand path as a note states it: where it ends and how fast it grows."""

    # Demand in the last year in tonnes: best, least, greatest by the printed digits
    end: tuple[float, float, float]
    rate_pct: tuple[float, float, float]  # Growth a year in per cent: best, least, greatest
    first: int  # first, last: years between which the growth is stated
    last: int
    note: str  # Source id of the note

    def unrolled(self) -> pd.DataFrame:
        """Return the path year by year: columns year (int), period, value, low, high."""
        best, least, most = self.end
        rate, slowest, fastest = self.rate_pct
        rows = [
            (year, str(year), *(growth_path(*pair, self.last - year) for pair in pairs))
            for pairs in [((best, rate), (least, fastest), (most, slowest))]
            for year in range(self.first, self.last + 1)
        ]
        return pd.DataFrame(rows, columns=["year", "period", "value", "low", "high"])


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
    tonnes, growth = (read_figure(row["printed"], row["unit"]) for row in (end, rate))
    return StatedPath(
        (tonnes.value, tonnes.bound_low, tonnes.bound_high),
        (growth.value, growth.bound_low, growth.bound_high),
        int(years.get("start", BASE_YEAR)),
        int(end["period"]),
        end["note"],
    )


def kg_per_unit(tonnes: tuple[float, float], units: tuple[float, float]) -> tuple[float, float]:
    """Return the interval of kilograms in one unit that a tonnage and a number of units imply."""
    return 1000 * tonnes[0] / units[1], 1000 * tonnes[1] / units[0]


def vehicle_metal(weights: pd.DataFrame, vehicles: dict[str, tuple[float, str]]) -> pd.DataFrame:
    """Return the tonnes of metal that stated weights per vehicle imply for a year's vehicles.

    `weights` are statements of kg per vehicle; `vehicles` series of the weight -> number of vehicles that it is
    multiplied by, and what these are.

    Returns:
        Columns series, period, kg_low, kg_high, vehicles, counted (what they are), low, high (tonnes), source.
    """
    rows = with_ends(weights[weights["series"].isin(vehicles)].reset_index(drop=True))
    counted = pd.DataFrame(vehicles, index=["vehicles", "counted"]).T.reindex(rows["series"]).set_axis(rows.index)
    count = counted["vehicles"].astype(float)
    least, most = rows["low"], rows["high"]
    found = rows[["series", "period"]].assign(kg_low=least, kg_high=most, vehicles=count, counted=counted["counted"])
    return found.assign(low=least * count / 1000, high=most * count / 1000, source=rows["source"])
