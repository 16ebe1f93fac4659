"""Outlook rules: when a forecast counts as a hit. All thresholds of the scorecard are the constants of this module.

What is measured
- A price (or any quoted level): the level then is the last quote at or before the day the forecast was made, at most
  `THEN_DAYS` old: an older one says nothing of where a moving price stood. Where there is none, the level from which
  the forecast itself says that it starts, if it names one, stands in. The level in the horizon is the mean of the
  quotes in it that came after the forecast, so that no single day decides.
- A flow: the sum of the months of the horizon, against the sum of as many months before it; against the same months a
  year before where the forecast says so; against the months it names ("against May-June"). Sums of unlike length are
  compared by the month.

What counts
- The change is "flat" if it is no more than the band either way (`BAND_PCT`; within a week `WEEK_BAND_PCT`), else "up"
  or "down": whatever happens, exactly one of the three is right. A forecast "flat to up" (a price that "holds firm") is
  right with either; "flat to down" (one that "stays soft" or "under pressure") and "not up" with flat or down.
- A value or range is hit if the level in the horizon lies in it, widened by `LEVEL_TOLERANCE_PCT`; a lower bound
  ("will exceed"), if the level reaches it. A stated range of movement ("between 17,500 and 18,800") is not widened.
- A rate ("5.6% less") is hit if the change lies within `RATE_TOLERANCE_PP` points of it.
- A direction with a value needs both: down to 500,000 needs a fall and a level near 500,000.

Naive forecasts, on the same outlooks and by the same rules
- "no change": the level stays what it was.
- "last direction goes on": the move of the same length before the forecast was made repeats itself.

How far to trust a score
- Many forecasts are of one price on neighbouring days, with horizons that overlap: they are right or wrong together, so
  that a score rests on fewer independent trials than it counts, and its interval is too narrow rather than too wide.
"""

import re
from dataclasses import dataclass

BAND_PCT = 1.0
"""About twice the usual bid-to-ask range of an ingot quote: less is no move that a buyer would notice."""
WEEK_BAND_PCT = 0.5
"""The band where the forecast of a quoted level reaches no further than `WEEK_DAYS`: it has less time to move."""
WEEK_DAYS = 7
LEVEL_TOLERANCE_PCT = 2.5
"""How near is near for a forecast value."""
RATE_TOLERANCE_PP = 2.0
"""How near is near for a forecast rate of change."""
THEN_DAYS = 7
"""How old the level at the time of the forecast may be."""
TOO_FEW = 10
"""A score from fewer resolved outlooks is marked as too few."""
DIRECTIONS = ("up", "down", "flat", "level")
_READINGS = {
    frozenset({"up"}): "up (by more than {band})",
    frozenset({"down"}): "down (by more than {band})",
    frozenset({"flat"}): "flat (within {band} either way)",
    frozenset({"flat", "up"}): "flat or up (no fall of more than {band})",
    frozenset({"flat", "down"}): "flat or down (no rise of more than {band})",
}
_MONTHS = ("January", "February", "March", "April", "May", "June", "July")
_MONTHS += ("August", "September", "October", "November", "December")
_STOOD = re.compile(r"stood at ([\d,.]+) on (\d{4}-\d\d-\d\d)")
_AGAINST = re.compile(rf"against ({'|'.join(_MONTHS)})(?:-({'|'.join(_MONTHS)}))?")


@dataclass(frozen=True, slots=True)
class Said:
    """What a forecast says, as numbers.

    Attributes:
        direction: One of `DIRECTIONS`.
        low: Low end of the named value or rate, None where there is none.
        high: High end, None where there is none (a lower bound, or no value).
        is_rate: The value is a change in per cent.
        note: The row's note.
    """

    direction: str
    low: float | None
    high: float | None
    is_rate: bool
    note: str

    @property
    def allowed(self) -> set[str]:
        """The classes of change that are right."""
        if "flat to up" in self.note:
            return {self.direction, "flat", "up"}
        if "not up" in self.note or "flat to down" in self.note:
            return {self.direction, "flat", "down"}
        return {self.direction}


def read_as(said: Said, band: float, unit: str) -> str:
    """Return how a forecast is read, with what room it has: "flat or down (no rise of more than 1%)"."""
    if said.is_rate:
        return f"{_ends(said, '%')} (within {RATE_TOLERANCE_PP:g} points)"
    if said.direction == "level":
        return f"{_ends(said, unit)} (within {LEVEL_TOLERANCE_PCT:g}%)"
    if said.direction == "flat" and said.low is not None:
        return f"within {_ends(said, unit)}"
    words = _READINGS.get(frozenset(said.allowed), " or ".join(sorted(said.allowed))).format(band=f"{band:g}%")
    return words if said.low is None else f"{words}, at {_ends(said, unit)} (within {LEVEL_TOLERANCE_PCT:g}%)"


def _ends(said: Said, unit: str) -> str:
    behind = unit if unit == "%" else "" if unit in ("", "unit") else f" {unit}"
    ends = [f"{end:,.10g}".replace("-", "\u2212") for end in (said.low, said.high) if end is not None]
    more = " or more" if said.high is None else " or less" if said.low is None else ""
    return f"{' to '.join(dict.fromkeys(ends))}{behind}{more}"


def stated_level(note: str) -> tuple[str, float] | None:
    """Return the day and the level from which a forecast says that it starts ("stood at 593000 on 2025-08-15")."""
    found = _STOOD.search(note)
    return (found[2], float(found[1].replace(",", "").rstrip("."))) if found else None


def band_pct(kind: str, days: int) -> float:
    """Return the band within which a change counts as flat, in per cent.

    Args:
        kind: Kind of the series.
        days: From the day the forecast was made to the end of its horizon.
    """
    return WEEK_BAND_PCT if kind != "flow" and days <= WEEK_DAYS else BAND_PCT


def class_of(change_pct: float, band: float) -> str:
    """Return "up", "down" or "flat"."""
    return "up" if change_pct > band else "down" if change_pct < -band else "flat"


def is_hit(said: Said, level: float, change_pct: float, band: float) -> bool:
    """Return whether a forecast was right.

    Args:
        said: The forecast.
        level: The level in the horizon (for a flow the sum of its months).
        change_pct: The change against the level then, in per cent.
        band: What counts as flat, in per cent.
    """
    if said.is_rate:
        return said.low - RATE_TOLERANCE_PP <= change_pct <= (said.high or said.low) + RATE_TOLERANCE_PP
    if said.direction == "level":
        return _within(said, level, LEVEL_TOLERANCE_PCT)
    if said.direction == "flat" and said.low is not None:
        return _within(said, level, 0.0)
    right = class_of(change_pct, band) in said.allowed
    return right and (said.low is None or _within(said, level, LEVEL_TOLERANCE_PCT))


def _within(said: Said, level: float, tolerance_pct: float) -> bool:
    if said.high is None:
        return level >= said.low
    if said.low is None:
        return level <= said.high
    return said.low * (1 - tolerance_pct / 100) <= level <= said.high * (1 + tolerance_pct / 100)


def naive_hit(
    said: Said, expected_change_pct: float, then: float, level: float, change_pct: float, band: float
) -> bool:
    """Return whether a naive forecast of the same thing was right.

    Args:
        said: The forecast beside which the naive one stands: of a value or rate, or of a direction.
        expected_change_pct: The naive forecast's change, in per cent.
        then: The level then.
        level: The level in the horizon.
        change_pct: The change that came, in per cent.
        band: What counts as flat, in per cent.
    """
    if said.is_rate:
        return abs(change_pct - expected_change_pct) <= RATE_TOLERANCE_PP
    if said.direction != "level":
        return class_of(change_pct, band) == class_of(expected_change_pct, band)
    expected = then * (1 + expected_change_pct / 100)
    half = 0.0 if None in (said.low, said.high) else (said.high - said.low) / 2
    return abs(level - expected) <= half + LEVEL_TOLERANCE_PCT / 100 * expected


def against_months(note: str, year: int) -> tuple[str, str] | None:
    """Return the first and last month that a note compares with ("against May-June"), or None."""
    found = _AGAINST.search(note)
    if not found:
        return None
    first, last = found[1], found[2] or found[1]
    return f"{year}-{_MONTHS.index(first) + 1:02d}", f"{year}-{_MONTHS.index(last) + 1:02d}"


def is_year_on_year(note: str, unit: str) -> bool:
    """Return whether a forecast compares with the year before."""
    return "year on year" in note or unit == "% y/y"
