"""Capacity: whose output over whose capacity, how concentrated the parts are, and what retiring plants would change."""

from dataclasses import dataclass

import pandas as pd

from metalsbook.analysis.intervals import Interval, printed


@dataclass
class Figure:
    """A figure of a period with all who print it."""

    figure: Interval  # The finest print of it
    names: list[str]  # Who print it, the finest first
    houses: set[str]  # Who produced it: sources of one origin do not confirm each other

    @property
    def who(self) -> str:
        """The names, each once."""
        return ", ".join(dict.fromkeys(self.names))


def utilisation_matrix(outputs: pd.DataFrame, capacities: pd.DataFrame, year: str) -> pd.DataFrame:
    """Return every stated output (t) of a year over every stated capacity (t/year) of it.

    Both are statements: period and the columns of `distinct_figures`.

    Returns:
        Columns output_by, output_t, capacity_by, capacity_t, low, high, value (% of capacity), one row a pair.
    """
    rows = []
    for above in distinct_figures(outputs[outputs["period"] == year]):
        for below in distinct_figures(capacities[capacities["period"] == year]):
            rate = (above.figure / below.figure).scaled(100)
            rows.append((above.who, above.figure.best, below.who, below.figure.best, rate.low, rate.high, rate.best))
    return pd.DataFrame(rows, columns="output_by output_t capacity_by capacity_t low high value".split())


def distinct_figures(statements: pd.DataFrame) -> list[Figure]:
    """Return the different figures that some prints of one thing make, largest first.

    A print joins the figure of its own house or publisher that it rounds, else the only figure that it rounds. One that
    rounds several figures of others says nothing about which is meant: it stands for itself.

    `statements` have value, bound_low, bound_high, who and, where known, house (who produced the figure).
    """
    found: list[Figure] = []
    widths = statements["bound_high"] - statements["bound_low"]
    for _, row in statements.assign(width=widths).sort_values(["width", "value", "who"], kind="stable").iterrows():
        house = row.get("house") or row["who"]
        figure = printed(row)
        fits = [one for one in found if figure.low <= one.figure.best <= figure.high]
        own = [one for one in fits if house in one.houses or row["who"] in one.names]
        same = [one for one in fits if one.figure == figure]
        if joined := own or same or (fits if len(fits) == 1 else []):
            joined[0].names.append(row["who"])
            joined[0].houses.add(house)
        else:
            found.append(Figure(figure, [row["who"]], {house}))
    return sorted(found, key=lambda one: -one.figure.best)


def hhi_from_ratios(cr3_pct: float, cr5_pct: float) -> tuple[float, float]:
    """Return the least and greatest Herfindahl-Hirschman index that two concentration ratios allow.

    Least: the first three alike, the next two alike, the rest split without end. Greatest: the second to fifth alike,
    the first as large as that leaves, the rest in firms as large as the fifth. (The index is convex in the shares, so
    that it is greatest at the most uneven split.)
    """
    fifth = (cr5_pct - cr3_pct) / 2
    least = 3 * (cr3_pct / 3) ** 2 + 2 * fifth**2
    first = cr3_pct - 2 * fifth
    greatest = first**2 + 4 * fifth**2 + (100 - cr5_pct) * fifth
    return least, greatest


def capacity_to_retire(output_t: float, capacity_t: float, target_pct: float) -> float:
    """Return how much capacity would have to go for the same output to be `target_pct` of the rest; 0 where none."""
    return max(0.0, capacity_t - 100 * output_t / target_pct)


def world_shares(own: pd.DataFrame, world: pd.DataFrame, stated: pd.DataFrame) -> pd.DataFrame:
    """Return a country's share of the world by year: as sources state it, and own over world output where both are.

    All three have one row a source (period, value, bound_low, bound_high, who). Only output figures of one house over
    one another: two houses draw different borders around an industry.

    Returns:
        Columns period, low, high, value (%), who, kind ("stated" or "computed: same house").
    """
    columns = ["period", "low", "high", "value", "who", "kind"]
    told = stated.assign(low=stated["bound_low"], high=stated["bound_high"], kind="stated")
    both = own.merge(world, on=["period", "who"], suffixes=("", "_whole"))
    computed = both.assign(**_shares_pct(both), kind="computed: same house")
    table = pd.concat([told[columns], computed[columns]])
    return table.drop_duplicates().sort_values(["period", "who", "kind"], ignore_index=True)


def _shares_pct(both: pd.DataFrame) -> dict[str, pd.Series]:
    """Return least, greatest and printed share in per cent of parts beside their wholes (suffix "_whole")."""
    ends = {"low": ("bound_low", "bound_high"), "high": ("bound_high", "bound_low"), "value": ("value", "value")}
    return {name: both[above] / both[f"{below}_whole"] * 100 for name, (above, below) in ends.items()}


def part_shares(parts: pd.DataFrame, wholes: pd.DataFrame) -> pd.DataFrame:
    """Return parts of a whole in the periods and measures that both have, with the span that rival wholes leave.

    Both are statements: period, measure, value, bound_low, bound_high, published, statement, and of the parts name.

    Returns:
        Columns name, period, measure, value (%, by the latest prints), low, high (over all wholes, with rounding).
    """
    latest = parts.sort_values(["published", "statement"]).drop_duplicates(["name", "period", "measure"], keep="last")
    wholes = wholes.sort_values(["published", "statement"])
    both = latest.merge(wholes, on=["period", "measure"], suffixes=("", "_whole"))
    both = both.assign(**{name: share.clip(upper=100.0) for name, share in _shares_pct(both).items()})
    shares = both.groupby(["name", "period", "measure"], sort=True)
    return shares.agg(value=("value", "last"), low=("low", "min"), high=("high", "max")).reset_index()


def balances(outputs: pd.DataFrame, exports: pd.DataFrame, consumption: pd.DataFrame) -> pd.DataFrame:
    """Return output less exports beside stated consumption, by year: what the figures leave unexplained.

    All three are yearly, rival prints in rows of their own: period and the columns of `distinct_figures`.

    Returns:
        Columns period; in t low, high (output less exports over all rival prints), stated_low, stated_high
        (consumption), gap_low, gap_high (what is left over; imports and stock changes are in it), made (the middle of
        the rival outputs).
    """
    rows = []
    for year in sorted(set(outputs["period"]) & set(exports["period"]) & set(consumption["period"])):
        made, sent, used = (_span(frame[frame["period"] == year]) for frame in (outputs, exports, consumption))
        left = made - sent
        gap = left - used
        rows.append((year, left.low, left.high, used.low, used.high, gap.low, gap.high, made.best))
    return pd.DataFrame(rows, columns="period low high stated_low stated_high gap_low gap_high made".split())


def _span(rows: pd.DataFrame) -> Interval:
    """Return the span of the different figures of some prints: one that only rounds another does not widen it."""
    figures = [one.figure for one in distinct_figures(rows)]
    low, high = min(figure.low for figure in figures), max(figure.high for figure in figures)
    return Interval(low, high, (low + high) / 2)
