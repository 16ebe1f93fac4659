"""Parts of sentences that chapters share: figures with their uncertainty, changes, ranks, and what is missing."""

import math

import pandas as pd

from metalsbook.analysis.intervals import Interval
from metalsbook.page.narrative import MINUS, number, percent

# Below this share of the figure its uncertainty is smaller than what a reader would ask for.
_FINE = 0.0005


def interval_words(figure: Interval, unit: str = "") -> str:
    """Return a figure as far as it is known: "22,218 t", or "29,700 to 29,800 t" where its bounds lie apart."""
    width = figure.high - figure.low
    if width <= _FINE * abs(figure.high):
        return number(figure.best, unit, 10 ** math.floor(math.log10(width)) if width > 1 else None)
    # The ends are written finer than what lies between them, or they would seem to be the same figure.
    resolution = 10 ** math.floor(math.log10(width / 2))
    low, high = number(figure.low, "", resolution), number(figure.high, unit, resolution)
    return f"{low} to {high}"


def change_words(change: Interval, decimals: int = 1) -> str:
    """Return a change in per cent with its sign, as far as it is known: "+5.4%" or "+4.9% to +5.8%"."""
    low, high = percent(change.low, decimals), percent(change.high, decimals)
    return percent(change.best, decimals) if change.high - change.low < 1.5 * 10**-decimals else f"{low} to {high}"


def went(change: Interval, decimals: int = 1) -> str:
    """Return a change as a verb: "rose by 5.4%", "fell by 2.9% to 3.1%", "hardly changed (between ... and ...)"."""
    if change.sign == 0:
        return f"hardly changed ({change_words(change, decimals)})"
    ends = sorted((abs(change.low), abs(change.high)))
    known = ends[1] - ends[0] < 1.5 * 10**-decimals
    size = (
        percent(abs(change.best), decimals, False)
        if known
        else " to ".join(percent(end, decimals, False) for end in ends)
    )
    return f"{'rose' if change.sign > 0 else 'fell'} by {size}"


def points(value: float, decimals: int = 1) -> str:
    """Return percentage points with their sign: "+5.4 pp"."""
    shown = f"{abs(value):.{decimals}f}"
    sign = "" if float(shown) == 0 else MINUS if value < 0 else "+"
    return f"{sign}{shown} pp"


def signed(value: float, unit: str, resolution: float | None = None) -> str:
    """Return a difference with its sign and unit: "+1,200 t"."""
    shown = number(value, unit, resolution)
    return f"+{shown}" if value > 0 and any(digit in "123456789" for digit in shown) else shown


def rounded(value: float, unit: str, step: float) -> str:
    """Return a figure rounded to a step that its uncertainty asks for: "14,870 CNY/t"."""
    return number(step * round(value / step), unit, step)


def interval_of(row: pd.Series) -> Interval:
    """Return a row with low, high and best as an interval."""
    return Interval(float(row["low"]), float(row["high"]), float(row["best"]))


def printed_interval(row: pd.Series) -> Interval:
    """Return a statement as the interval that its printed digits leave."""
    return Interval(float(row["bound_low"]), float(row["bound_high"]), float(row["value"]))
