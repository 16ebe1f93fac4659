"""Figures as they stand in a worked sum: thousands separated, digits as printed, rates as factors."""

import numpy as np

from metalsbook.analysis.reconcile.facts import Fact


def show_number(value: float) -> str:
    """Return a computed number to five digits at least, without decimals where it has so many before the point."""
    digits = max(0, 4 - int(np.floor(np.log10(abs(value))))) if value else 0
    return f"{value:,.{digits}f}"


def show_digits(value: float, resolution: float) -> str:
    """Return a printed number with the decimals of its last printed digit."""
    digits = max(0, -int(np.floor(np.log10(resolution) + 1e-9))) if resolution > 0 else 0
    return f"{value:,.{digits}f}"


def show_printed(fact: Fact) -> str:
    """Return a printed amount, of three months where the figure is their mean."""
    value, resolution = (
        (3 * fact.printed, 3 * fact.resolution) if fact.measure == "mean3" else (fact.printed, fact.resolution)
    )
    return show_digits(value, resolution)


def show_rate(fact: Fact) -> str:
    """Return a printed rate as the factor it stands for: "(1 + 6.11%)", "59%"."""
    if fact.top[0].series != fact.bottom[0].series:
        return f"{show_digits(fact.printed, fact.resolution)}%"
    sign = "+" if fact.printed >= 0 else "-"
    return f"(1 {sign} {show_digits(abs(fact.printed), fact.resolution)}%)"


def show_percent(fact: Fact) -> str:
    """Return a printed rate as a change, "+6.11%", or as a share, "59%"."""
    sign = "+" if fact.printed > 0 and fact.top[0].series == fact.bottom[0].series else ""
    return f"{sign}{show_digits(fact.printed, fact.resolution)}%"
