"""Ranks of figures that are known between two bounds: a rank is a span where the bounds of two figures overlap."""

import pandas as pd

from metalsbook.page.figures import ordinal

LEAST = 3
"""Fewest figures among which a rank says something."""


def rank_words(months: pd.DataFrame) -> str:
    """Return the place of the last of some months, e.g. "4th or 5th highest of 12"; empty for fewer than three.

    Args:
        months: Columns low, high, in order of time; the last row is judged.
    """
    count = len(months)
    if count < LEAST:
        return ""
    own, others = months.iloc[-1], months.iloc[:-1]
    first = 1 + int((others["low"] > own["high"]).sum())
    last = 1 + int((others["high"] > own["low"]).sum())
    if first == last:
        return f"{_place(first, count)} of {count}"
    joint = "or" if last == first + 1 else "to"
    plain = first > 1 and last < count
    return f"{ordinal(first) if plain else _place(first, count)} {joint} {_place(last, count)} of {count}"


def _place(place: int, count: int) -> str:
    return "highest" if place == 1 else "lowest" if place == count else f"{ordinal(place)} highest"
