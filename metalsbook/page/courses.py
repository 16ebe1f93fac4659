"""The course of months that are known in several ways, for who cannot see its chart."""

from math import floor, log10

import pandas as pd

from metalsbook.page.charts import describe_course


def known_course(rows: pd.DataFrame, what: str, unit: str) -> str:
    """Return from where to where the known months went; implied ones only as finely as their intervals tell.

    Args:
        rows: Months of one flow, oldest first: period, low, high, best, basis as reconciled, or period, bound_low,
            bound_high, value, source ("" where implied) as of `downstream.known_months`.
        what: What is drawn.
        unit: Unit of the figures.
    """
    if "best" in rows:
        known = rows[rows["basis"] != "open"].rename(columns={"best": "value"})
        implied = known["basis"] == "implied"
    else:
        known = rows.rename(columns={"bound_low": "low", "bound_high": "high"})
        implied = known["source"] == ""
    wide = (known["high"] - known["low"]).where(implied, 0.0)
    steps = [_step(each) for each in wide]
    values = [round(value / step) * step if step else value for value, step in zip(known["value"], steps, strict=True)]
    left_out = 0 < len(known) < len(rows)
    words = "best estimates of the known months" if implied.any() else "known months" if left_out else ""
    return describe_course(known.assign(value=values), f"{what} ({words})" if words else what, unit)


def _step(wide: float) -> float:
    """Return the place of the first digit that an interval leaves open; 0 where it leaves none."""
    return 10.0 ** floor(log10(wide)) if wide > 0 else 0.0
