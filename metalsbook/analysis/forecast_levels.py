"""Levels that forecasts imply: a forecast level with its change on the month before tells what that month was put at.

Such a level is a forecaster's working figure, not a printed one, and is never reconciled with printed ones.
"""

from dataclasses import dataclass

import pandas as pd

from metalsbook.analysis.intervals import Interval
from metalsbook.months import step_month

LEVEL, CHANGE = "forecast", "forecast_mom"


@dataclass(frozen=True)
class ImpliedLevel:
    """A month's level that a forecast for the month after implies.

    Attributes:
        figure: What the digits of the forecast and of its change leave, in the unit of the forecast.
        level: The statement of the forecast level.
        change: The statement of the forecast's change on the month before, of the same source.
    """

    figure: Interval
    level: pd.Series
    change: pd.Series


def level_behind_forecast(statements: pd.DataFrame, series: str, month: str) -> ImpliedLevel | None:
    """Return what the latest forecast for the month after `month` implies for `month`, or None where none does.

    Only a level and a change of one source belong together: two houses start from two levels.

    Args:
        statements: Statements of an edition.
        series: A flow.
        month: The month whose level is asked for, "YYYY-MM".
    """
    own = statements[(statements["series"] == series) & (statements["period"] == step_month(month, 1))]
    levels = own[own["measure"] == LEVEL].sort_values(["published", "statement"])
    changes = own[own["measure"] == CHANGE].set_index("source", drop=False)
    for _, level in levels.iloc[::-1].iterrows():
        if level["source"] in changes.index:
            change = changes.loc[[level["source"]]].iloc[-1]
            base = _interval(change).scaled(0.01) + Interval(1.0, 1.0, 1.0)
            return ImpliedLevel(_interval(level) / base, level, change)
    return None


def _interval(row: pd.Series) -> Interval:
    return Interval(float(row["bound_low"]), float(row["bound_high"]), float(row["value"]))
