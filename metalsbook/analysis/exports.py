"""Exports: what a tonne was worth, where it went, and the level that a forecast gives away.

Months come from reconciliation, as intervals: columns series, period ("YYYY-MM"), low, high, best, basis ("reported",
"implied", "open"). An open month is known too loosely to be a figure and enters no sum here.
"""

from dataclasses import dataclass

import pandas as pd

from metalsbook.analysis.intervals import Interval, growth_factor, printed
from metalsbook.analysis.sources import agreed_prints
from metalsbook.months import step_month

OPEN = "open"


def unit_values(statements: pd.DataFrame, products: dict[str, tuple[str, str, str]]) -> pd.DataFrame:
    """Return what a tonne was worth: value over quantity as printed, beside the unit value that a source printed.

    `products` are product -> its series of value (USD), quantity (t) and printed unit value (USD/t).

    Returns:
        Columns product, period, measure ("level" of a year or month, or "ytd"), low, high, best (USD/t, by the finest
        of the latest prints; NaN where value or quantity is missing) and printed (USD/t, NaN where none is).
    """
    wanted = statements[statements["series"].isin({name for names in products.values() for name in names})]
    latest = _finest_of_latest(wanted).set_index(["series", "measure", "period"])
    rows = []
    for product, names in products.items():
        periods = {key[1:] for key in latest.index if key[0] in names and key[1] in ("level", "ytd")}
        for measure, period in sorted(periods, key=lambda key: key[::-1]):
            value, quantity, stated = (
                latest.loc[(name, measure, period)] if (name, measure, period) in latest.index else None
                for name in names
            )
            worth = None if value is None or quantity is None else printed(value) / printed(quantity)
            if worth or stated is not None:
                ends = (worth.low, worth.high, worth.best) if worth else (float("nan"),) * 3
                rows.append((product, period, measure, *ends, float("nan") if stated is None else stated["value"]))
    return pd.DataFrame(rows, columns=["product", "period", "measure", "low", "high", "best", "printed"])


def _finest_of_latest(statements: pd.DataFrame, first: list[str] | None = None) -> pd.DataFrame:
    """Return one print of each figure: the finest, latest of equals, that lies within the rounding of the latest.

    Columns of `first` go before the publication in saying which print is the latest.
    """
    keys = ["series", "measure", "period"]
    ordered = statements.sort_values([*(first or []), "published", "statement"])
    last = ordered.drop_duplicates(keys, keep="last").set_index(keys)[["bound_low", "bound_high"]]
    ends = last.loc[pd.MultiIndex.from_frame(ordered[keys])]
    within = (ordered["value"].to_numpy() >= ends["bound_low"].to_numpy()) & (
        ordered["value"].to_numpy() <= ends["bound_high"].to_numpy()
    )
    finest_last = ordered[within].sort_values("resolution", ascending=False, kind="stable")
    return finest_last.drop_duplicates(keys, keep="last")


def destinations(statements: pd.DataFrame, prefix: str, quantities: pd.DataFrame) -> pd.DataFrame:
    """Return the printed destinations of a product by month, with the share that they make of its total.

    Of several prints that counts which most sources print, the latest of equals, with the digits of a finer one that
    it rounds. The series of the destinations start with `prefix`, e.g. "mg.export.ingot.to."; `quantities` are the
    reconciled months of the total (columns period, low, high, best, basis).

    Returns:
        Columns place (the rest of the series id), period, value (t), share (% of the month's total; NaN where that
        month is open), printed_share (%, NaN where none), rivals (other printed tonnes of the month, as a list).
    """
    rows = statements[statements["series"].str.startswith(prefix) & (statements["period"].str.len() == 7)]
    every = rows[rows["measure"] == "level"].assign(place=rows["series"].str[len(prefix) :])
    agreed = agreed_prints(every, ["place", "period"])
    rows = _finest_of_latest(pd.concat([every.assign(agreed=False), agreed.assign(agreed=True)]), ["agreed"])
    stated = rows[rows["unit"] == "%"]
    stated = stated.assign(place=stated["place"].str.removesuffix(".share")).set_index(["place", "period"])["value"]
    tonnes = rows[(rows["unit"] == "t") & ~rows["place"].str.contains(".", regex=False)]
    whole = quantities[quantities["basis"] != OPEN].set_index("period")["best"]
    prints_of = {key: group for key, group in every.groupby(["series", "period"], sort=False)}
    rivals = []
    for _, row in tonnes.iterrows():
        same = prints_of[row["series"], row["period"]]
        fits = ((same["bound_low"] <= row["value"]) & (row["value"] <= same["bound_high"])) | (
            (row["bound_low"] <= same["value"]) & (same["value"] <= row["bound_high"])
        )
        rivals.append(sorted(set(same.loc[~fits, "value"])))
    shares = [stated.get(key, float("nan")) for key in zip(tonnes["place"], tonnes["period"], strict=True)]
    table = tonnes[["place", "period", "value"]].assign(
        share=100 * tonnes["value"] / tonnes["period"].map(whole).astype(float), printed_share=shares, rivals=rivals
    )
    return table.sort_values(["period", "value", "place"], ascending=[True, False, True], ignore_index=True)


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
