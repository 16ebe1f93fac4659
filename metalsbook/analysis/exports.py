"""Exports: what a tonne was worth, and the level that a forecast gives away."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from metalsbook.analysis.intervals import Interval, growth_factor, printed
from metalsbook.months import step_month


def unit_values(statements: pd.DataFrame, products: dict[str, tuple[str, str, str]]) -> pd.DataFrame:
    """Return what a tonne was worth: value over quantity as printed, beside the unit value that a source printed.

    `products` are product -> its series of value (USD), quantity (t) and printed unit value (USD/t).

    Returns:
        Columns product, period, measure ("level" of a year or month, or "ytd"), best (USD/t, by the finest of the
        latest prints; NaN where value or quantity is missing) and printed (USD/t, NaN where none is).
    """
    latest = finest_of_latest(statements[statements["measure"].isin(["level", "ytd"])])
    tables = []
    for product, names in products.items():
        known = [latest[latest["series"] == name].set_index(["period", "measure"])["value"] for name in names]
        table = pd.concat(known, axis=1, keys=["value", "quantity", "printed"]).sort_index().reset_index()
        tables.append(table.assign(product=product, best=table["value"] / table["quantity"]))
    rows = pd.concat(tables, ignore_index=True).dropna(subset=["best", "printed"], how="all")
    return rows[["product", "period", "measure", "best", "printed"]]


def finest_of_latest(statements: pd.DataFrame, first: Sequence[str] = ()) -> pd.DataFrame:
    """Return one print of each figure: the finest, latest of equals, that lies within the rounding of the latest.

    Columns of `first` go before the publication in saying which print is the latest.
    """
    keys = ["series", "measure", "period"]
    ordered = statements.sort_values([*first, "published", "statement"])
    ends = ordered.groupby(keys)[["bound_low", "bound_high"]].transform("last")
    within = ordered[ordered["value"].between(ends["bound_low"], ends["bound_high"])]
    return within.sort_values("resolution", ascending=False, kind="stable").drop_duplicates(keys, keep="last")


LEVEL, CHANGE = "forecast", "forecast_mom"


@dataclass(frozen=True)
class ImpliedLevel:
    """A month's level that a forecast for the month after implies."""

    figure: Interval  # What the digits of the forecast and of its change leave, in the unit of the forecast
    level: pd.Series  # The statement of the forecast level
    change: pd.Series  # The statement of the forecast's change on the month before, of the same source


def level_behind_forecast(statements: pd.DataFrame, series: str, month: str) -> ImpliedLevel | None:
    """Return what the latest forecast for the month after `month` implies for `month`, or None where none does.

    Only a level and a change of one source belong together: two houses start from two levels.
    """
    own = statements[(statements["series"] == series) & (statements["period"] == step_month(month, 1))]
    levels = own[own["measure"] == LEVEL].sort_values(["published", "statement"])
    changes = own[own["measure"] == CHANGE].set_index("source", drop=False)
    for _, level in levels.iloc[::-1].iterrows():
        if level["source"] in changes.index:
            change = changes.loc[[level["source"]]].iloc[-1]
            return ImpliedLevel(printed(level) / growth_factor(printed(change)), level, change)
    return None
