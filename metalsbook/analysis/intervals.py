"""Interval arithmetic: sums, differences, quotients and changes of figures that are known between two bounds.

The bounds are those of independent figures: what is known of both together can only narrow the result.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure known between two bounds."""

    low: float  # Least value that it can have
    high: float  # Greatest value that it can have
    best: float  # The value as printed, or computed from printed values
    bound: str = ""  # What a print says of its figure: "over", "below", "up_to", "about", "nearly", or ""

    def __add__(self, other: "Interval") -> "Interval":
        return Interval(self.low + other.low, self.high + other.high, self.best + other.best)

    def __sub__(self, other: "Interval") -> "Interval":
        return Interval(self.low - other.high, self.high - other.low, self.best - other.best)

    def __truediv__(self, other: "Interval") -> "Interval":
        """Return the quotient of two positive quantities; raises ZeroDivisionError where the divisor may be zero."""
        if other.low <= 0:
            raise ZeroDivisionError("The divisor may be zero")
        ends = (self.low / other.low, self.low / other.high, self.high / other.low, self.high / other.high)
        return Interval(min(ends), max(ends), self.best / other.best)

    def scaled(self, factor: float) -> "Interval":
        """Return the interval times a factor of either sign."""
        ends = (self.low * factor, self.high * factor)
        return Interval(min(ends), max(ends), self.best * factor)

    @property
    def half_width(self) -> float:
        """Half of the distance between the bounds."""
        return (self.high - self.low) / 2

    @property
    def sign(self) -> int:
        """1 where the figure is surely positive, -1 where surely negative, else 0."""
        return 1 if self.low > 0 else -1 if self.high < 0 else 0


def printed(row) -> Interval:
    """Return what the digits of a statement (`bound_low`, `bound_high`, `value`) leave of its figure."""
    return Interval(float(row["bound_low"]), float(row["bound_high"]), float(row["value"]))


def with_ends(quotes: pd.DataFrame) -> pd.DataFrame:
    """Return figures with `value` as `low` and `high` where no range was quoted."""
    return quotes.assign(low=quotes["low"].fillna(quotes["value"]), high=quotes["high"].fillna(quotes["value"]))


def exact(value: float) -> Interval:
    """Return a figure without uncertainty as an interval."""
    return Interval(value, value, value)


def change_pct(later: Interval, earlier: Interval) -> Interval:
    """Return the change from `earlier` to `later` in per cent; raises ZeroDivisionError if `earlier` may be zero."""
    return (later / earlier).scaled(100) - exact(100.0)


def total(parts: list[Interval]) -> Interval:
    """Return the sum of several figures, zero for none."""
    return sum(parts, start=exact(0.0))


def decimals(low: float, high: float) -> int:
    """Return the decimals that show two digits of an interval's width; 0 where it has none, or no end."""
    wide = high - low
    return max(0, 1 - int(np.floor(np.log10(wide) + 1e-9))) if 0 < wide < np.inf else 0


def show_ends(low: float, high: float, digits: int) -> str:
    """Return what a sum can be, to so many decimals: "21,638 to 21,641", "at least 3,000"."""
    if np.isinf(high):
        return f"{low:,.{digits}f} or more"
    one, two = f"{low:,.{digits}f}", f"{high:,.{digits}f}"
    return one if one == two else f"{one} to {two}"


def growth_factor(change_pct: Interval) -> Interval:
    """Return what a change in per cent multiplies by: a rise of 5% is 1.05."""
    return change_pct.scaled(0.01) + exact(1.0)


def meet(first: Interval, second: Interval) -> bool:
    """Return whether two intervals have a point in common."""
    return max(first.low, second.low) <= min(first.high, second.high)


def overlap(first: Interval, second: Interval) -> Interval:
    """Return what two intervals have in common; `best` is its middle.

    Raises:
        ValueError: If they have nothing in common, so that one of the two figures is wrong.
    """
    if not meet(first, second):
        raise ValueError(f"Nothing is both in {first.low:g} to {first.high:g} and in {second.low:g} to {second.high:g}")
    low, high = max(first.low, second.low), min(first.high, second.high)
    return Interval(low, high, (low + high) / 2)
