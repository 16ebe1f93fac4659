"""Rare earths: do prices, tonnages and values that belong together fit together?

Frames of statements have the columns of the data dictionary (`period`, `value`, `low`, `high`, `bound_low`,
`bound_high`, ...). Prices inside and outside China are compared, never put into one series.
"""

import pandas as pd

from metalsbook.analysis.intervals import with_ends
from metalsbook.analysis.prices import on_same_days

RATIO_BAND = (1.21, 1.25)
"""Assumption: where the price of Pr-Nd metal over that of Pr-Nd oxide usually lies. Below it smelters lose money on
conversion, above it somebody's quote is stale or mistyped. A working band of the book, checked against each edition's
own pairs."""
NEODYMIUM_SHARE = 0.75
"""Assumption: Nd2O3 in Pr-Nd oxide by weight, the trade's usual grade; the rest is Pr6O11."""
VAT_PCT = 13.0
"""Assumption: China's value-added tax, part of domestic quotes and not of quotes abroad."""
CNY_PER_USD = 7.2
"""Assumption: exchange rate used to set quotes in yuan beside quotes in dollars; the ledger holds no rate."""

_ND, _PR, _O = 144.242, 140.908, 15.999


def oxide_per_metal(neodymium_share: float = NEODYMIUM_SHARE) -> float:
    """Return the tonnes of Pr-Nd oxide that hold one tonne of Pr-Nd metal, by atomic weights (IUPAC 2021)."""
    in_nd2o3 = 2 * _ND / (2 * _ND + 3 * _O)
    in_pr6o11 = 6 * _PR / (6 * _PR + 11 * _O)
    return 1 / (neodymium_share * in_nd2o3 + (1 - neodymium_share) * in_pr6o11)


def mark_band(ratios: pd.DataFrame, band: tuple[float, float] = RATIO_BAND) -> pd.DataFrame:
    """Return ratios with the column `inside`: whether any value that the quoted ranges allow lies in the band."""
    return ratios.assign(inside=(ratios["low"] <= band[1]) & (ratios["high"] >= band[0]))


def index_of(quotes: pd.DataFrame, base_from: str) -> pd.DataFrame:
    """Return the quotes from the period `base_from` on as an index: the first of them is 100.

    Returns:
        Columns period, date, value (index), source; empty without such quotes.
    """
    rows = quotes[quotes["period"] >= base_from].sort_values("period", kind="stable", ignore_index=True)
    base = rows["value"].iloc[0] if len(rows) else float("nan")
    return rows.assign(value=100 * rows["value"] / base)[["period", "date", "value", "source"]]


CNY_T_PER_USD_KG = 1000 * CNY_PER_USD * (1 + VAT_PCT / 100)
"""What a price in China, in CNY/t with tax, is divided by to stand beside one abroad, in USD/kg without."""


def premium_abroad(inside: pd.DataFrame, outside: pd.DataFrame) -> pd.DataFrame:
    """Return by how many times a price abroad exceeds the mean of the quotes inside China, for each month with both.

    Quotes `inside` are in CNY/t, tax included, those `outside` in USD/kg, of a day or a month.

    Returns:
        Columns period (month), inside_usd_kg (mean of the quotes without tax), outside_usd_kg (last print), value
        (times).
    """
    means = inside.groupby(inside["period"].str[:7])["value"].mean() / CNY_T_PER_USD_KG
    quoted = outside.sort_values("period", kind="stable")
    last = quoted.groupby(quoted["period"].str[:7])["value"].last()
    both = pd.concat([means, last], axis=1, keys=["inside_usd_kg", "outside_usd_kg"], join="inner")
    return both.assign(value=both["outside_usd_kg"] / both["inside_usd_kg"]).reset_index(names="period")


def premium_on_days(inside: pd.DataFrame, outside: pd.DataFrame) -> pd.DataFrame:
    """Return by how many times a price abroad exceeds that inside China on the days that have both, ranges included.

    Quotes `inside` are in CNY/t, tax included, those `outside` in USD/kg: period, value, low, high.

    Returns:
        Columns period, inside_usd_kg, outside_usd_kg (middles), low, high (times, by opposite ends of the ranges).
    """
    both = on_same_days(with_ends(outside), with_ends(inside))
    both = both.sort_values("period", kind="stable").drop_duplicates("period", keep="last").reset_index(drop=True)
    return both[["period"]].assign(
        inside_usd_kg=both["value_second"] / CNY_T_PER_USD_KG,
        outside_usd_kg=both["value_first"],
        low=both["low_first"] * CNY_T_PER_USD_KG / both["high_second"],
        high=both["high_first"] * CNY_T_PER_USD_KG / both["low_second"],
    )


def settle_rivals(levels: pd.DataFrame, growth: pd.DataFrame) -> pd.DataFrame:
    """Return one figure a year where sources print several: the one that the printed growth of its year leads to.

    Without printed growth, or where none fits, the latest print stands.

    Args:
        levels: Every print of each year: period ("YYYY"), value, source; latest print of a year last.
        growth: Prints of the change on the year before in per cent: period, bound_low, bound_high.

    Returns:
        Columns period, value, rival (the other print furthest from it, NaN where all agree), source.
    """
    rows: list[tuple] = []
    before: dict[str, float] = {}
    for period, prints in levels.groupby("period", sort=True):
        chosen = prints.iloc[-1]
        base = before.get(str(int(period) - 1))
        rates = growth[growth["period"] == period]
        if base and len(rates) and prints["value"].nunique() > 1:
            reached = 100 * (prints["value"] / base - 1)
            fits = [((rates["bound_low"] <= rate) & (rates["bound_high"] >= rate)).any() for rate in reached]
            chosen = prints[fits].iloc[-1] if any(fits) else chosen
        others = prints.loc[prints["value"] != chosen["value"], "value"]
        rival = float("nan") if others.empty else others.loc[(others - chosen["value"]).abs().idxmax()]
        before[period] = chosen["value"]
        rows.append((period, float(chosen["value"]), float(rival), chosen["source"]))
    return pd.DataFrame(rows, columns=["period", "value", "rival", "source"])
