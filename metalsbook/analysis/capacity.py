"""Capacity: which figures rivals print of one thing, how concentrated its parts are, and what they are of a whole."""

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


def greatest_hhi(cr3_pct: float, cr5_pct: float) -> float:
    """Return the greatest Herfindahl-Hirschman index that two concentration ratios allow.

    The index is convex in the shares, so that it is greatest at the most uneven split: the second to fifth firm alike,
    the first as large as that leaves, the rest in firms as large as the fifth.
    """
    fifth = (cr5_pct - cr3_pct) / 2
    return (cr3_pct - 2 * fifth) ** 2 + 4 * fifth**2 + (100 - cr5_pct) * fifth


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
