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
from collections.abc import Callable
from dataclasses import dataclass
from math import nan

import pandas as pd

from metalsbook.analysis.evidence import Evidence
from metalsbook.analysis.findings import ESTIMATED, Finding, NoFigure, growth, scaled
from metalsbook.analysis.measures import days_between, shift_day
from metalsbook.months import cut_off as last_known_day
from metalsbook.months import last_day, month_range, period_end, period_start, step_month

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


VERDICTS = ("hit", "miss", "open", "not measurable")
COLUMNS = (
    "house",
    "read_as",
    "verdict",
    "level_then",
    "level_then_period",
    "level_in_horizon",
    "level_unit",
    "change_pct",
    "reason",
    "resolved_on",
    "naive_no_change",
    "naive_last_direction",
    "statements",
)
"""What `score_outlooks` adds to the columns of the outlooks."""
_BY_ITSELF = " The level it starts from is its own figure: nobody else quotes the days before."
_NUMBERS = ("level_then", "level_in_horizon", "change_pct")


@dataclass(frozen=True, slots=True)
class _Measured:
    """What happened: the level then and in the horizon, the change between, and the move before, if it is known."""

    then: Finding
    then_period: str
    level: Finding
    change: Finding
    move_before_pct: float | None


def score_outlooks(
    outlooks: pd.DataFrame,
    statements: pd.DataFrame,
    series: pd.DataFrame,
    cut_off: str,
    estimates: pd.DataFrame | None = None,
    sources: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the outlooks with their verdicts.

    Args:
        outlooks: Columns of outlooks.csv; targets as text or numbers.
        statements: The statements that the edition knows.
        series: The catalogue of series.
        cut_off: The edition's cut-off, "YYYY-MM-DD"; its data end with the month before.
        estimates: Reconciled months of flows, used where no level is printed; those with the basis `open` are not.
        sources: `source`, `repeats`, `licence`: which print of a price counts.

    Returns:
        The outlooks in their order, with `COLUMNS`: `house` (publisher without the page that passed it on); `read_as`,
        what would have been right, in words; `verdict`;
        `level_then` at `level_then_period`, `level_in_horizon` (sum of a flow's months) in `level_unit`; `change_pct`
        between them; `reason` in words, never empty; `resolved_on`, the edition in which it first could be resolved;
        `naive_no_change` and `naive_last_direction`, "hit", "miss" or "" where the naive forecast cannot be made;
        `statements`, the ids used.
    """
    named = statements.assign(publisher=statements["source"])[["source", "publisher"]].drop_duplicates("source")
    if sources is not None:
        named = named.merge(sources[["source", "repeats", "licence"]], on="source", how="left")
    solve = _known_months(estimates)
    evidence = Evidence(statements, series, named, solve)
    month = step_month(cut_off[:7], -1)
    published = statements.set_index("statement")["published"]
    scored = [_score(row, evidence, month, published) for row in outlooks.itertuples()]
    table = pd.DataFrame(scored, columns=list(COLUMNS), index=outlooks.index)
    return outlooks.join(table.astype({name: float if name in _NUMBERS else str for name in COLUMNS}))


def _known_months(estimates: pd.DataFrame | None) -> Callable | None:
    if estimates is None:
        return None
    known = estimates[estimates["basis"] != "open"]
    return lambda *_: known


def _score(row, evidence: Evidence, month: str, published: pd.Series) -> tuple:
    """Return the values of `COLUMNS` for one outlook."""
    house, ends = row.publisher.split(", via ")[0], period_end(row.horizon_to)
    band = band_pct(evidence.kind(row.series), days_between(row.made_on, ends))
    reading = ""
    try:
        said = _read(row)
        reading = read_as(said, band, row.unit)
        if ends > last_day(month):
            return _unresolved(house, reading, "open", f"The horizon ends on {ends}, after this edition's month.")
        measured = _measure(row, said, evidence)
    except NoFigure as lack:
        return _unresolved(house, reading, "not measurable", f"{str(lack)[:1].upper()}{str(lack)[1:]}.")
    then, level, change = measured.then.best, measured.level.best, measured.change.best
    hit = is_hit(said, level, change, band)
    used = dict.fromkeys([*measured.then.statements, *measured.level.statements, *measured.change.statements])
    naive = [
        "" if move is None else "hit" if naive_hit(said, move, then, level, change, band) else "miss"
        for move in (0.0, measured.move_before_pct)
    ]
    resolved = _resolved_on(row, [published[one] for one in used if one in published.index])
    return (
        house,
        reading,
        "hit" if hit else "miss",
        then,
        measured.then_period,
        level,
        evidence.unit(row.series),
        change,
        _reason(row, said, measured, band),
        resolved,
        *naive,
        " ".join(used),
    )


def _unresolved(house: str, reading: str, verdict: str, reason: str) -> tuple:
    return house, reading, verdict, nan, "", nan, "", nan, reason, "", "", "", ""


def _read(row) -> Said:
    """Return what a forecast says. Raises NoFigure if it cannot be told right from wrong."""
    if not row.series:
        raise NoFigure("the ledger has no series of it")
    if "basis of comparison not stated" in row.note:
        raise NoFigure("the forecast does not say what it compares with")
    low, high = (_number(value) for value in (row.target_low, row.target_high))
    is_rate = row.unit.startswith("%") and low is not None
    if row.direction == "level" and low is None and high is None:
        raise NoFigure("the forecast names no value")
    return Said(row.direction, low, high, is_rate, row.note)


def _number(value: object) -> float | None:
    return None if value == "" or pd.isna(value) else float(value)


def _measure(row, said: Said, evidence: Evidence) -> _Measured:
    if evidence.kind(row.series) == "flow":
        return _measure_flow(row, said, evidence)
    return _measure_quotes(row, evidence)


def _measure_quotes(row, evidence: Evidence) -> _Measured:
    """Return what a quoted level did: the last quote then, and the mean of the quotes in the horizon."""
    then_day, then = _level_then(evidence, row)
    level = _mean_in(evidence, row)
    span = days_between(row.made_on, period_end(row.horizon_to))
    try:
        _, before = _last_quote(evidence, row.series, shift_day(then_day, -span))
        move = growth(then, before).best
    except NoFigure:
        move = None
    return _Measured(then, then_day, level, growth(level, then), move)


def _level_then(evidence: Evidence, row) -> tuple[str, Finding]:
    """Return the last quote before the forecast; without one, the level from which the forecast says that it starts."""
    try:
        return _last_quote(evidence, row.series, row.made_on)
    except NoFigure:
        stated = stated_level(row.note)
        if stated is None or stated[0] < shift_day(row.made_on, -THEN_DAYS):
            raise
    day, level = stated
    return day, Finding(level, level, level, (), f"{level:,.10g} (by the forecast itself, {day})")


def _last_quote(evidence: Evidence, series: str, day: str) -> tuple[str, Finding]:
    earliest = shift_day(day, -THEN_DAYS)
    found = evidence.quotes(series, earliest, day)
    if not found:
        raise NoFigure(f"no quote of '{evidence.title(series)}' from {earliest} to {day}")
    return found[-1]


def _mean_in(evidence: Evidence, row) -> Finding:
    """Return the mean of the horizon's quotes after the forecast; of its monthly figures where it has no quotes."""
    series, first, last = row.series, row.horizon_from, row.horizon_to
    since = max(period_start(first), shift_day(row.made_on, 1))
    quotes = [one for _, one in evidence.quotes(series, since, period_end(last))]
    if not quotes and len(first) == 7 and len(last) == 7:
        quotes = [one for month in month_range(first, last) for one in evidence.prints(series, "level", month)[:1]]
    if not quotes:
        raise NoFigure(f"no quote of '{evidence.title(series)}' in the horizon")
    mean = sum(finding.best for finding in quotes) / len(quotes)
    used = tuple(identity for finding in quotes for identity in finding.statements)
    return Finding(mean, mean, mean, used, f"mean of {len(quotes)} quotes from {first} to {last}")


def _measure_flow(row, said: Said, evidence: Evidence) -> _Measured:
    """Return what a flow did: the sum of the horizon's months against the sum that the forecast compares with."""
    months = month_range(row.horizon_from[:7], row.horizon_to[:7])
    yearly = is_year_on_year(row.note, row.unit) or len(months) == 12
    base = _base_months(row, months, yearly)
    direct = _printed_change(row.series, months, base, evidence)
    try:
        level = evidence.sum_of_months(row.series, months)
        then = evidence.sum_of_months(row.series, base)
    except NoFigure:
        if direct is None or (said.direction == "level" and not said.is_rate):
            raise
        level = then = Finding(nan, nan, nan, (), "")
    change = direct or growth(_by_month(level, months), _by_month(then, base))
    then = _by_month(then, base) if len(base) != len(months) else then
    span = base[0] if len(base) == 1 else f"{base[0]} to {base[-1]}"
    return _Measured(then, span, level, change, _move_before(row.series, months, base, evidence))


def _base_months(row, months: list[str], yearly: bool) -> list[str]:
    named = against_months(row.note, int(months[0][:4]))
    if named:
        return month_range(*named)
    back = 12 if yearly else len(months)
    return [step_month(month, -back) for month in months]


def _by_month(summed: Finding, months: list[str]) -> Finding:
    return scaled(summed, 1 / len(months), summed.words)


def _printed_change(series: str, months: list[str], base: list[str], evidence: Evidence) -> Finding | None:
    """Return the change as a source printed it, where horizon and base are what a printed change is of."""
    if len(months) == len(base) == 1 and base[0] == step_month(months[0], -1):
        wanted = ("mom", months[0])
    elif len(months) == len(base) == 12 and months[0].endswith("-01"):
        wanted = ("yoy", months[0][:4])
    else:
        return None
    try:
        return evidence.reported(series, *wanted)
    except NoFigure:
        return None


def _move_before(series: str, months: list[str], base: list[str], evidence: Evidence) -> float | None:
    """Return the change from the base's own base to the base, in per cent; None where it is not known."""
    back = len(month_range(base[0], months[0])) - 1
    earlier = [step_month(month, -back) for month in base]
    direct = _printed_change(series, base, earlier, evidence)
    if direct is not None:
        return direct.best
    try:
        return growth(evidence.sum_of_months(series, base), evidence.sum_of_months(series, earlier)).best
    except NoFigure:
        return None


def _resolved_on(row, published: list[str]) -> str:
    """Return the first edition that holds the horizon and every figure used."""
    month = period_end(row.horizon_to)[:7]
    while published and last_known_day(month) < max(published):
        month = step_month(month, 1)
    return month


def _reason(row, said: Said, measured: _Measured, band: float) -> str:
    """Return what happened, and what it counts as where a direction was forecast."""
    change = measured.change.best
    moved = "Unchanged" if round(change, 1) == 0 else f"{change:+.1f}%".replace("-", "\u2212")
    horizon = row.horizon_from if row.horizon_to == row.horizon_from else f"{row.horizon_from} \u2013 {row.horizon_to}"
    direction = not said.is_rate and said.direction != "level"
    counts = f", which counts as {class_of(change, band)} (band: {band:g}%)" if direction else ""
    estimated = " It is a reconciled value." if ESTIMATED in (measured.level.basis, measured.then.basis) else ""
    stated = "" if measured.then.statements or not said.note or "stood at" not in said.note else _BY_ITSELF
    return f"{moved} from {measured.then_period} to {horizon}{counts}.{estimated}{stated}"
