"""What two roundings of one figure have in common, and what a rounded change multiplies by."""

from metalsbook.analysis.intervals import Interval, exact

_PERCENT = 100


def growth_factor(change_pct: Interval) -> Interval:
    """Return what a change in per cent multiplies by: a rise of 5% is 1.05."""
    return change_pct.scaled(1 / _PERCENT) + exact(1.0)


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
