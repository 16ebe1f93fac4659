"""What a tonne of Pidgeon magnesium costs: raw materials from chemistry and quotes, the rest from a stated cost.

The reaction 2 CaO.MgO + Si -> 2 Mg + Ca2SiO4 fixes how much silicon and dolomite a tonne needs; the share of the
magnesium that reaches the ingot (the recovery, a ledger figure) says how much more is charged. What else a tonne costs
(fuel, retorts, labour, depreciation) no source quotes by month: it is what a stated full cost leaves, held constant.
"""

from dataclasses import dataclass

import pandas as pd

from metalsbook.analysis.intervals import Interval, exact

MG_G_PER_MOL, SI_G_PER_MOL, DOLOMITE_G_PER_MOL, CO2_G_PER_MOL = 24.305, 28.085, 184.40, 44.009
"""Standard atomic weights (IUPAC); dolomite is CaMg(CO3)2."""
SILICON_SHARE = 0.75
"""Silicon in 75% ferrosilicon, by its name."""
DOLOMITE_PURITY = 0.96
"""Assumption: dolomite of at least 21% MgO, as Pidgeon plants ask for, over the 21.86% of the pure mineral."""


@dataclass(frozen=True)
class Coefficients:
    """What a tonne of magnesium takes.

    Attributes:
        ferrosilicon_t: 75% ferrosilicon, t per t of magnesium.
        dolomite_t: Raw dolomite, t per t of magnesium.
    """

    ferrosilicon_t: Interval
    dolomite_t: Interval


def stoichiometric(recovery_pct: Interval) -> Coefficients:
    """Return what a tonne takes by the reaction and the recovery.

    Args:
        recovery_pct: Share of the magnesium in the charge that becomes ingot, in per cent; silicon is charged in
            proportion to the magnesium.
    """
    silicon = SI_G_PER_MOL / (2 * MG_G_PER_MOL) / SILICON_SHARE
    dolomite = DOLOMITE_G_PER_MOL / MG_G_PER_MOL / DOLOMITE_PURITY
    share = recovery_pct.scaled(0.01)
    return Coefficients(exact(silicon) / share, exact(dolomite) / share)


def calcination_co2_t(recovery_pct: Interval) -> Interval:
    """Return the carbon dioxide that calcining the dolomite of a tonne sets free (t/t): two of CO2 for one of Mg."""
    return exact(2 * CO2_G_PER_MOL / MG_G_PER_MOL) / recovery_pct.scaled(0.01)


def raw_material_cost(ferrosilicon_cny_per_t: float, dolomite_cny_per_t: float, needs: Coefficients) -> Interval:
    """Return what ferrosilicon and dolomite of a tonne of magnesium cost, in CNY per t of magnesium."""
    return needs.ferrosilicon_t.scaled(ferrosilicon_cny_per_t) + needs.dolomite_t.scaled(dolomite_cny_per_t)


def price_known_at(prices: pd.DataFrame, day: str) -> tuple[float, str] | None:
    """Return the last quote up to a day, or the first one after it where there is none before; None without quotes.

    Args:
        prices: Quotes (period "YYYY-MM-DD", value), oldest first.
        day: "YYYY-MM-DD".

    Returns:
        The quote and its own day.
    """
    if prices.empty:
        return None
    before = prices[prices["period"] <= day]
    row = before.iloc[-1] if len(before) else prices.iloc[0]
    return float(row["value"]), str(row["period"])


@dataclass(frozen=True)
class Calibration:
    """What a stated profit on one day fixes: with it the rest of the cost follows from the recovery.

    Attributes:
        day: Day of the stated profit.
        price: Last ingot quote up to it (CNY/t) and its day.
        ferrosilicon: The same of 75% ferrosilicon.
        dolomite: The same of dolomite.
        profit: The stated profit, CNY per t of magnesium.
    """

    day: str
    price: tuple[float, str]
    ferrosilicon: tuple[float, str]
    dolomite: tuple[float, str]
    profit: Interval

    def other(self, needs: Coefficients) -> Interval:
        """Return what is left for all but ferrosilicon and dolomite, in CNY per t of magnesium, at these needs."""
        materials = raw_material_cost(self.ferrosilicon[0], self.dolomite[0], needs)
        return exact(self.price[0]) - self.profit - materials


def calibrate(
    profit: pd.Series, magnesium: pd.DataFrame, ferrosilicon: pd.DataFrame, dolomite: pd.DataFrame
) -> Calibration | None:
    """Return the quotes that go with a profit that a source states for a day; None where a price has no quote at all.

    Args:
        profit: Statement of a profit (columns period "YYYY-MM-DD", value, bound_low, bound_high; CNY/t).
        magnesium: Quotes of the ingot price.
        ferrosilicon: Quotes of 75% ferrosilicon.
        dolomite: Quotes of raw dolomite.
    """
    known = [price_known_at(prices, profit["period"]) for prices in (magnesium, ferrosilicon, dolomite)]
    if not all(known):
        return None
    stated = Interval(float(profit["bound_low"]), float(profit["bound_high"]), float(profit["value"]))
    return Calibration(profit["period"], *known, stated)


def build_up(
    magnesium: pd.DataFrame,
    ferrosilicon: pd.DataFrame,
    dolomite: pd.DataFrame,
    recovery_pct: Interval,
    calibration: Calibration,
) -> pd.DataFrame:
    """Return cost and margin of a tonne of magnesium by month.

    The cost is bounded by one recovery at a time: where less of the magnesium is recovered more ferrosilicon and
    dolomite are charged, and the stated profit leaves the less for everything else. Only what raw materials have moved
    since the day of the stated profit depends on the recovery. Whether everything else has moved, nobody says: that
    is not in the bounds.

    Args:
        magnesium: Prices of the ingot by month (period "YYYY-MM", value, CNY/t).
        ferrosilicon: The same of 75% ferrosilicon.
        dolomite: The same of raw dolomite.
        recovery_pct: See `stoichiometric`.
        calibration: What sets everything else (CNY per t of magnesium), held constant.

    Returns:
        Columns period, price, ferrosilicon, dolomite, other, cost, cost_low, cost_high, margin, margin_low,
        margin_high, margin_pct (of the price): CNY per t of magnesium; only months that have all three prices.
    """
    names = {"price": magnesium, "fesi": ferrosilicon, "stone": dolomite}
    months = None
    for name, frame in names.items():
        column = frame[["period", "value"]].rename(columns={"value": name})
        months = column if months is None else months.merge(column, on="period")
    needs = stoichiometric(exact(recovery_pct.best))
    other = calibration.other(needs).best
    rows = []
    for month in months.sort_values("period", kind="stable").itertuples(index=False):
        cost = _cost(month.fesi, month.stone, recovery_pct, calibration)
        silicon, stone = needs.ferrosilicon_t.best * month.fesi, needs.dolomite_t.best * month.stone
        margin = exact(month.price) - cost
        rows.append(
            (
                month.period,
                month.price,
                silicon,
                stone,
                other,
                cost.best,
                cost.low,
                cost.high,
                margin.best,
                margin.low,
                margin.high,
                100 * margin.best / month.price,
            )
        )
    return pd.DataFrame(
        rows,
        columns=[
            "period",
            "price",
            "ferrosilicon",
            "dolomite",
            "other",
            "cost",
            "cost_low",
            "cost_high",
            "margin",
            "margin_low",
            "margin_high",
            "margin_pct",
        ],
    )


def _cost(ferrosilicon: float, dolomite: float, recovery_pct: Interval, calibration: Calibration) -> Interval:
    """Return the cost at these prices over all recoveries; it rises or falls with them, so that the ends bound it."""
    costs = []
    for share in (recovery_pct.low, recovery_pct.high, recovery_pct.best):
        needs = stoichiometric(exact(share))
        costs.append(raw_material_cost(ferrosilicon, dolomite, needs) + calibration.other(needs))
    return Interval(min(cost.low for cost in costs), max(cost.high for cost in costs), costs[-1].best)
