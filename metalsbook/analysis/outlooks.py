"""Outlook rules: when a forecast counts as a hit. All thresholds of the scorecard are the constants of this module.

What is measured
- A price (or any quoted level): the level then is the last quote at or before the day the forecast was made, at most
  `THEN_DAYS` old; else the level from which the forecast says that it starts, or the first quote after it, within
  `THEN_DAYS` and before the horizon begins. The level in the horizon is the mean of its quotes after the forecast, so
  that no single day decides. Without a stated horizon it is the `HORIZON_DAYS` days after it, whoever made it.
- A flow: the sum of the months of the horizon, against the sum of as many months before it, of the same months a year
  before, or of the months that the forecast names. Sums of unlike length are compared by the month. A month that nobody
  prints is taken from the forecaster's own later figure that starts from it; a change in tonnes counts against the
  highest month ever printed, as the least that it can be in per cent.
- A value needs no level to start from.

What counts
- The change is "flat" if it is no more than the band either way (`BAND_PCT`; within a week `WEEK_BAND_PCT`), else "up"
  or "down": exactly one of the three is right. A hedge ("holds firm": flat or up; "stays soft": flat or down) is open
  to one side only: on the other the least move that shows (`LEAST_MOVE_PCT`) makes it wrong.
- A value or range is hit if the level in the horizon lies in it, widened by `LEVEL_TOLERANCE_PCT`; a lower bound
  ("will exceed"), if the level reaches it. A stated range of movement ("between 17,500 and 18,800") is not widened.
- A rate ("5.6% less") is hit if the change lies within `RATE_TOLERANCE_PP` points of it.
- A direction with a value needs both: down to 500,000 needs a fall and a level near 500,000.

Naive forecasts, on the same outlooks and by the same rules: "no change", and "the last direction goes on", by which the
move of the same length before the forecast repeats itself. How far to trust a score, `scores` says. A forecast is too
easy where it lets a price stand still that stood still in nine of ten cases (`EASY_SHARE`). A publisher that quotes the
price is judged by its own quotes, mostly; the second verdict is by those of others alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isnan, nan

import pandas as pd

from metalsbook.analysis.evidence import Estimates, Evidence
from metalsbook.analysis.exports import level_behind_forecast
from metalsbook.analysis.findings import COMPUTED, ESTIMATED, PACED, Finding, NoFigure, if_known
from metalsbook.analysis.sources import sources_of_house
from metalsbook.months import days_between, last_day, month_range, period_end, period_start, shift_day, step_month

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
HORIZON_DAYS = 14
"""The horizon of a forecast of a price that states none: what "short term" is taken as."""
LEAST_MOVE_PCT = 0.05
"""The least move that shows in one decimal."""
EASY_SHARE, EASY_LEAST = 0.9, 5
"""A series stands still if so many of its resolved forecasts, and at least five, saw no move at all."""
TOO_FEW = 10
"""Fewer resolved outlooks are told as too few for a score."""
_READINGS = {
    frozenset({"up"}): "up (by more than {band})",
    frozenset({"down"}): "down (by more than {band})",
    frozenset({"flat"}): "flat (within {band} either way)",
    frozenset({"flat", "up"}): "flat or up (no fall)",
    frozenset({"flat", "down"}): "flat or down (no rise)",
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a forecast says, as numbers."""

    direction: str  # "up", "down", "flat" or "level"
    low: float | None  # Low end of the named value or rate, None where there is none
    high: float | None  # High end, None where there is none (a lower bound, or no value)
    is_rate: bool  # The value is a change in per cent
    also: str  # The direction that is right as well, "" for none

    @property
    def room_pct(self) -> float:
        """How far a level may lie from what is named; a range within which it should stay is its own room."""
        return 0.0 if self.direction == "flat" and self.low != self.high else LEVEL_TOLERANCE_PCT

    @property
    def allowed(self) -> set[str]:
        """The classes of change that are right."""
        return {self.direction, self.also} - {""}


def read_as(said: Said, band: float, unit: str) -> str:
    """Return how a forecast is read, with what room it has: "flat or down (no rise of more than 1%)"."""
    if said.is_rate:
        return f"{_ends(said, '%')} (within {RATE_TOLERANCE_PP:g} points)"
    if said.direction == "level" or (said.direction == "flat" and said.low is not None):
        named = _ends(said, unit)
        return f"{named} (within {said.room_pct:g}%)" if said.room_pct else f"within {named}"
    words = _READINGS.get(frozenset(said.allowed), " or ".join(sorted(said.allowed))).format(band=f"{band:g}%")
    return words if said.low is None else f"{words}, at {_ends(said, unit)} (within {LEVEL_TOLERANCE_PCT:g}%)"


def _ends(said: Said, unit: str) -> str:
    behind = unit if unit == "%" else "" if unit in ("", "unit") else f" {unit}"
    ends = [f"{end:,.10g}".replace("-", "\u2212") for end in (said.low, said.high) if end is not None]
    more = " or more" if said.high is None else " or less" if said.low is None else ""
    return f"{' to '.join(dict.fromkeys(ends))}{behind}{more}"


def band_pct(kind: str, days: int) -> float:
    """Return the band in per cent within which a change counts as flat, `days` before the end of the horizon."""
    return WEEK_BAND_PCT if kind != "flow" and days <= WEEK_DAYS else BAND_PCT


def class_of(change_pct: float, band: float) -> str:
    """Return "up", "down" or "flat"."""
    return "up" if change_pct > band else "down" if change_pct < -band else "flat"


def is_hit(said: Said, level: float, change_pct: float, band: float) -> bool:
    """Return whether a forecast was right; of a flow `level` is the sum of the months of the horizon."""
    if said.is_rate and said.low is not None:
        return said.low - RATE_TOLERANCE_PP <= change_pct <= (said.high or said.low) + RATE_TOLERANCE_PP
    if said.direction == "level" or (said.direction == "flat" and said.low is not None):
        return _within(said, level, said.room_pct)
    right = class_of(change_pct, band) in said.allowed
    if len(said.allowed) == 2:
        right = change_pct < LEAST_MOVE_PCT if "down" in said.allowed else change_pct > -LEAST_MOVE_PCT
    return right and (said.low is None or _within(said, level, LEVEL_TOLERANCE_PCT))


def _within(said: Said, level: float, tolerance_pct: float) -> bool:
    room = tolerance_pct / 100 if None not in (said.low, said.high) else 0.0
    low, high = (-inf if said.low is None else said.low), (inf if said.high is None else said.high)
    return low * (1 - room) <= level <= high * (1 + room)


def naive_hit(
    said: Said, expected_change_pct: float, then: float, level: float, change_pct: float, band: float
) -> bool:
    """Return whether a naive forecast of the same thing was right."""
    if said.is_rate:
        return abs(change_pct - expected_change_pct) <= RATE_TOLERANCE_PP
    if said.direction != "level" and (said.direction != "flat" or said.low is None):
        return class_of(change_pct, band) == class_of(expected_change_pct, band)
    expected = then * (1 + expected_change_pct / 100)
    half = 0.0 if said.low is None or said.high is None else (said.high - said.low) / 2
    return abs(level - expected) <= half + said.room_pct / 100 * expected


RESOLVED = ("hit", "miss")
"""The verdicts on forecasts whose time has come; others are "open" or "not measurable"."""
COLUMNS = (
    "house read_as verdict level_then level_then_period level_in_horizon level_unit change_pct reason resolved_on "
    "naive_no_change naive_last_direction quotes_of by_others too_easy statements"
).split()
"""What `score_outlooks` adds to the columns of the outlooks."""
SAME = "url made_on subject series horizon_from horizon_to direction target_low target_high unit".split()
"""What makes two rows one forecast: taken down twice from one page, it counts once, by the first row."""
_BY_ITSELF = " The level it starts from is its own figure: nobody else quotes the days before."
_NUMBERS = ("level_then", "level_in_horizon", "change_pct")
_UNKNOWN = Finding(nan, nan, nan, (), "")


@dataclass(frozen=True, slots=True)
class _Measured:
    """What happened: the level then and in the horizon, the change between, and the move before, if it is known."""

    then: Finding
    then_period: str
    level: Finding
    change: Finding
    move_before_pct: float | None


def score_outlooks(tables: Mapping[str, pd.DataFrame], estimates: pd.DataFrame, cut_off: str) -> pd.DataFrame:
    """Return the outlooks with their verdicts.

    Args:
        tables: `outlooks` (targets as text or numbers), `statements`, `series` and `sources` as the edition knows them.
        estimates: Reconciled months of flows, used where no level is printed; those with the basis `open` are not.
        cut_off: The edition's cut-off, "YYYY-MM-DD"; its data end with the month before.

    Returns:
        The outlooks in their order, each once (`SAME`), with the horizon applied and `COLUMNS`: `house` (publisher
        without the page that passed it on); `read_as`, what would have been right, in words; `verdict`; `level_then` at
        `level_then_period` and `level_in_horizon` (sum of a flow's months, their mean where it is compared with more or
        fewer months) in `level_unit`; `change_pct` between them; `reason` in words, never empty; `resolved_on`, the
        first edition that could resolve it; `naive_no_change` and `naive_last_direction`, "hit", "miss" or "" where the
        naive forecast cannot be made; `quotes_of`, whose figures decided ("own house", "others", "both"), and
        `by_others`, the verdict by those of others alone, "" where they have none; `too_easy`; `statements`.
    """
    statements, sources = tables["statements"], tables["sources"]
    known = Estimates(estimates[estimates["basis"] != "open"])
    # No two pages are one publisher here.
    named = sources.assign(publisher=sources["source"])
    evidence = Evidence(statements, tables["series"], named, solve=lambda *_: known)
    outlooks = _with_horizons(tables["outlooks"].drop_duplicates(SAME, ignore_index=True), evidence)
    month = step_month(cut_off[:7], -1)
    published = dict(zip(statements["statement"], statements["published"], strict=True))
    rows = list(outlooks.itertuples())
    scored = [_score(row, evidence, month, published) for row in rows]
    table = pd.DataFrame(scored, index=outlooks.index, columns=COLUMNS)
    resolved = table["verdict"].isin(RESOLVED)
    table["too_easy"] = _too_easy(outlooks, table, resolved)
    for house in table.loc[resolved, "house"].unique():
        own = statements["source"].isin(sources_of_house(house, sources))
        own_statements, others = set(statements.loc[own, "statement"]), evidence.without(own)
        for place in (resolved & (table["house"] == house)).to_numpy().nonzero()[0]:
            used, index = set(scored[place]["statements"].split()), table.index[place]
            by_own = used & own_statements
            table.at[index, "quotes_of"] = "others" if not by_own else "own house" if by_own == used else "both"
            verdict = _score(rows[place], others, month, published)["verdict"]
            table.at[index, "by_others"] = verdict if verdict in RESOLVED else ""
    types = {name: float if name in _NUMBERS else bool if name == "too_easy" else str for name in COLUMNS}
    return outlooks.join(table.astype(types))


def _with_horizons(outlooks: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Return the outlooks with one horizon for all forecasts of a price that state none."""
    unstated = (outlooks["series"].map(evidence.kind) == "price") & (outlooks["horizon"] == "not stated")
    first, last = (outlooks["made_on"].map(lambda day, by=by: shift_day(day, by)) for by in (1, HORIZON_DAYS))
    return outlooks.assign(
        horizon_from=outlooks["horizon_from"].mask(unstated, first),
        horizon_to=outlooks["horizon_to"].mask(unstated, last),
    )


def _too_easy(outlooks: pd.DataFrame, table: pd.DataFrame, resolved: pd.Series) -> pd.Series:
    """Return which forecasts let a series stand still that always does."""
    still = table.loc[resolved, "change_pct"].abs().lt(LEAST_MOVE_PCT).groupby(outlooks["series"])
    easy = still.mean().ge(EASY_SHARE) & still.size().ge(EASY_LEAST)
    return resolved & table["read_as"].str.startswith("flat") & outlooks["series"].isin(easy.index[easy])


def _score(row, evidence: Evidence, month: str, published: dict[str, str]) -> dict:
    """Return the values of `COLUMNS` for one outlook, as far as it alone decides them."""
    ends = period_end(row.horizon_to)
    band = band_pct(evidence.kind(row.series), days_between(row.made_on, ends))
    scored = dict.fromkeys(COLUMNS, "") | dict.fromkeys(_NUMBERS, nan) | {"house": row.publisher.split(", via ")[0]}
    try:
        said = read_outlook(row)
        scored["read_as"] = read_as(said, band, row.unit)
        if ends > last_day(month):
            reason = f"The horizon ends on {ends}, after this edition's month."
            return scored | {"verdict": "open", "reason": reason}
        measured = (_measure_flow if evidence.kind(row.series) == "flow" else _measure_quotes)(row, said, evidence)
    except NoFigure as lack:
        reason = f"{str(lack)[:1].upper()}{str(lack)[1:]}."
        return scored | {"verdict": "not measurable", "reason": reason}
    then, level, change = measured.then.best, measured.level.best, measured.change.best
    used = dict.fromkeys([*measured.then.statements, *measured.level.statements, *measured.change.statements])
    naive = [
        "" if move is None or isnan(change) else "hit" if naive_hit(said, move, then, level, change, band) else "miss"
        for move in (0.0, measured.move_before_pct)
    ]
    return scored | {
        "verdict": "hit" if is_hit(said, level, change, band) else "miss",
        "level_then": then,
        "level_then_period": measured.then_period,
        "level_in_horizon": level,
        "level_unit": evidence.unit(row.series),
        "change_pct": change,
        "reason": _reason(row, said, measured, band),
        # The first edition that holds the horizon and every figure used.
        "resolved_on": max([ends[:7], *(step_month(published[one][:7], -1) for one in used if one in published)]),
        "naive_no_change": naive[0],
        "naive_last_direction": naive[1],
        "statements": " ".join(used),
    }


def read_outlook(row) -> Said:
    """Return what a forecast says. Raises NoFigure if it cannot be told right from wrong."""
    if not row.series:
        raise NoFigure("the ledger has no series of it")
    if row.against == "not stated":
        raise NoFigure("the forecast does not say what it compares with")
    low, high = (None if value == "" or pd.isna(value) else float(value) for value in (row.target_low, row.target_high))
    is_rate = row.unit.startswith("%") and low is not None
    if row.direction == "level" and low is None and high is None:
        raise NoFigure("the forecast names no value")
    return Said(row.direction, low, high, is_rate, row.also)


def _measure_quotes(row, said: Said, evidence: Evidence) -> _Measured:
    """Return what a quoted level did: the last quote then, and the mean of the quotes in the horizon."""
    try:
        then_day, then = _level_then(evidence, row)
    except NoFigure:
        if said.direction != "level" or said.is_rate:
            raise
        return _Measured(_UNKNOWN, "", _mean_in(evidence, row), _UNKNOWN, None)
    level = _mean_in(evidence, row)
    span = days_between(row.made_on, period_end(row.horizon_to))
    before = if_known(_last_quote, evidence, row.series, shift_day(then_day, -span))
    move_before = then.growth_on(before[1]).best if before else None
    return _Measured(then, then_day, level, level.growth_on(then), move_before)


def _level_then(evidence: Evidence, row) -> tuple[str, Finding]:
    """Return the last quote before the forecast; else where it says that it starts, else the first quote after it."""
    try:
        return _last_quote(evidence, row.series, row.made_on)
    except NoFigure:
        if not row.stood_on or row.stood_on < shift_day(row.made_on, -THEN_DAYS):
            last = min(shift_day(row.made_on, THEN_DAYS), shift_day(period_start(row.horizon_from), -1))
            later = evidence.quotes(row.series, row.made_on, last)
            if not later:
                raise
            return later[0]
    level = float(row.stood_at)
    return row.stood_on, Finding(level, level, level, (), f"{level:,.10g} (by the forecast itself, {row.stood_on})")


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
    yearly = row.against == "year before" or row.unit == "% y/y" or len(months) == 12
    base = [step_month(month, -12 if yearly else -len(months)) for month in months]
    if row.against[:1].isdecimal():
        first, _, last = row.against.partition(":")
        base = month_range(first, last or first)
    direct = _printed_change(row.series, months, base, evidence)
    wants_level = said.direction == "level" and not said.is_rate
    level = then = _UNKNOWN
    try:
        level = _level_of(row.series, months, evidence)
        then = _sum_of(row.series, base, evidence)
    except NoFigure:
        if (wants_level and level is _UNKNOWN) or (direct is None and not wants_level):
            raise
        if wants_level and direct is not None:
            then = level.times(1 / (1 + direct.best / 100), level.words)
    known = level is not _UNKNOWN and then is not _UNKNOWN
    change = direct or (_by_month(level, months).growth_on(_by_month(then, base)) if known else _UNKNOWN)
    if known and len(base) != len(months):
        level, then = (level if wants_level else _by_month(level, months)), _by_month(then, base)
    span = base[0] if len(base) == 1 else f"{base[0]} to {base[-1]}"
    return _Measured(then, span, level, change, _move_before(row.series, months, base, evidence))


def _sum_of(series: str, months: list[str], evidence: Evidence) -> Finding:
    found = evidence.sum_of_months(series, months)
    if found.basis == PACED:
        raise NoFigure(f"no figure of '{evidence.title(series)}' for {months[-1]}, only an even pace")
    return found


def _level_of(series: str, months: list[str], evidence: Evidence) -> Finding:
    """Return the sum of the months; of a single one that nobody prints, what a later forecast starts from."""
    try:
        return _sum_of(series, months, evidence)
    except NoFigure:
        implied = level_behind_forecast(evidence.statements, series, months[0]) if len(months) == 1 else None
        if implied is None:
            raise
        figure, used = implied.figure, (implied.level["statement"], implied.change["statement"])
        words = f"{figure.best:,.0f} (which the forecast for the month after starts from)"
        return Finding(figure.low, figure.high, figure.best, used, words, COMPUTED)


def _by_month(summed: Finding, months: list[str]) -> Finding:
    return summed.times(1 / len(months), summed.words)


def _printed_change(series: str, months: list[str], base: list[str], evidence: Evidence) -> Finding | None:
    """Return the change as a source printed it, where horizon and base are what a printed change is of."""
    if len(months) == len(base) == 1 and base[0] == step_month(months[0], -1):
        wanted = ("mom", months[0])
    elif len(months) == len(base) == 12 and months[0].endswith("-01"):
        wanted = ("yoy", months[0][:4])
    else:
        return None
    printed = if_known(evidence.reported, series, *wanted)
    return printed or (_change_in_tonnes(series, months[0], evidence) if wanted[0] == "mom" else None)


def _change_in_tonnes(series: str, month: str, evidence: Evidence) -> Finding | None:
    """Return the least that a printed change in tonnes can be in per cent: of the highest month ever printed."""
    months = [one for one in evidence.periods(series) if len(one) == 7]
    found = if_known(evidence.reported, series, "mom_change", month)
    if not months or found is None:
        return None
    most = max(one.best for period in months for one in evidence.prints(series, "level", period))
    return found.times(100 / most, f"{found.words} of at most {most:,.0f}")


def _move_before(series: str, months: list[str], base: list[str], evidence: Evidence) -> float | None:
    """Return the change from the base's own base to the base, in per cent; None where it is not known."""
    back = len(month_range(base[0], months[0])) - 1
    earlier = [step_month(month, -back) for month in base]
    direct = _printed_change(series, base, earlier, evidence)
    found = direct or if_known(lambda: _sum_of(series, base, evidence).growth_on(_sum_of(series, earlier, evidence)))
    return found.best if found else None


def _reason(row, said: Said, measured: _Measured, band: float) -> str:
    """Return what happened, and what it counts as where a direction was forecast."""
    change = measured.change.best
    horizon = row.horizon_from if row.horizon_to == row.horizon_from else f"{row.horizon_from} \u2013 {row.horizon_to}"
    if isnan(change):
        return f"{measured.level.best:,.10g} in {horizon}: what it was before is not known."
    moved = "Unchanged" if round(change, 1) == 0 else f"{change:+.1f}%".replace("-", "\u2212")
    direction = not said.is_rate and said.direction != "level"
    counts = f", which counts as {class_of(change, band)} (band: {band:g}%)" if direction else ""
    if direction and len(said.allowed) == 2:
        wrong = "rise" if "down" in said.allowed else "fall"
        counts = f", which is {'no' if is_hit(said, measured.level.best, change, band) else 'a'} {wrong}"
    estimated = " It is a reconciled value." if ESTIMATED in (measured.level.basis, measured.then.basis) else ""
    stated = "" if measured.then.statements or not row.stood_on else _BY_ITSELF
    return f"{moved} from {measured.then_period} to {horizon}{counts}.{estimated}{stated}"
