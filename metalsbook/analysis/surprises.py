"""Surprises: which series moved most this month, measured against their own history and, where they have one, season.

A change is measured against the usual one: of the same month of earlier years where at least `SEASON_YEARS` are known,
since flows fall in January and jump in March every year; else of all earlier changes. The spread is that of the earlier
changes around what was usual for them, so that few changes of a calm month do not make the next one look odd.
"""

from math import nan
from statistics import median

import pandas as pd

from metalsbook.analysis.sources import ENOUGH_QUOTES, agreed_prints
from metalsbook.months import step_month

# A history is one from eight earlier changes on.
MIN_CHANGES = 8
SEASON_YEARS = 2
# Makes a median absolute deviation comparable with a standard deviation (Rousseeuw and Croux, 1993).
MAD_SCALE = 1.4826
# Changes below this do not surprise, however still the series was before.
LEAST_SPREAD_PCT = 0.5
# A move is called unusual from so many times the usual spread on.
FAR = 3
# Months before the one judged from which the number of false alarms is taken.
ALARM_MONTHS = 24
_COLUMNS = ["series", "value", "before", "change_pct", "usual_pct", "spread_pct", "score", "n_changes", "n_season"]


def monthly_values(statements: pd.DataFrame, series: pd.DataFrame, estimates: pd.DataFrame) -> pd.DataFrame:
    """Return one figure a month for each series: mean of the month's quotes, else what was reported or reconciled.

    A month that is in dispute, so that reconciliation leaves it open, counts as most of those print it who print it.

    Returns:
        Columns series, period ("YYYY-MM"), value, n_quotes (0 where no quotes were averaged).
    """
    kinds = series.set_index("series")["kind"]
    levels = statements[statements["measure"] == "level"]
    quoted = levels["series"].map(kinds).isin(["price", "stock"])
    daily = levels[quoted & (levels["period"].str.len() == 10)]
    daily = daily.sort_values(["series", "period", "published", "statement"])
    daily = daily.drop_duplicates(["series", "period"], keep="last").assign(month=lambda rows: rows["period"].str[:7])
    means = daily.groupby(["series", "month"])["value"].agg(["mean", "size"]).reset_index()
    means = means[means["size"] >= ENOUGH_QUOTES].set_axis(["series", "period", "value", "n_quotes"], axis=1)
    known = estimates[estimates["basis"] != "open"].rename(columns={"best": "value"})[["series", "period", "value"]]
    printed = levels[(levels["series"].map(kinds) == "flow") & (levels["period"].str.len() == 7)]
    printed = agreed_prints(printed, ["series", "period"])[["series", "period", "value"]]
    flows = pd.concat([known, printed]).drop_duplicates(["series", "period"]).assign(n_quotes=0)
    return pd.concat([means, flows], ignore_index=True).sort_values(["series", "period"], ignore_index=True)


def largest_moves(monthly: pd.DataFrame, month: str) -> pd.DataFrame:
    """Return the changes into `month`, most surprising first.

    Returns:
        Columns series, value, before, change_pct, usual_pct (median of the earlier changes, of the same month where
        there is a season), spread_pct (median absolute deviation of the earlier changes from what was usual for them,
        scaled, at least `LEAST_SPREAD_PCT`), score = |change - usual| / spread, n_changes, n_season (years of the same
        month compared with, 0 where there are fewer than `SEASON_YEARS`). Only series with a figure for both months
        and at least `MIN_CHANGES` earlier changes between neighbouring months.
    """
    found = pd.DataFrame(_moves(_changes(monthly), month), columns=_COLUMNS)
    return found.sort_values(["score", "series"], ascending=[False, True], ignore_index=True)


def false_alarms(monthly: pd.DataFrame, month: str) -> float:
    """Return how many of the month's judged series an ordinary month would call unusual; NaN without a history.

    It is the share of all moves of the `ALARM_MONTHS` before that were further than `FAR` times their usual spread from
    usual, each judged by what was known before it, times the series judged this month.
    """
    changes = _changes(monthly)
    moves = [row for back in range(1, ALARM_MONTHS + 1) for row in _moves(changes, step_month(month, -back))]
    alarms = sum(row[_COLUMNS.index("score")] > FAR for row in moves)
    return len(_moves(changes, month)) * alarms / len(moves) if moves else nan


def _changes(monthly: pd.DataFrame) -> dict[str, dict[str, tuple[float, float, float]]]:
    """Return value, value before and change in per cent by series and month, oldest first, where both are known."""
    changes: dict[str, dict[str, tuple[float, float, float]]] = {}
    for name, group in monthly.sort_values("period").groupby("series"):
        values = dict(zip(group["period"], group["value"], strict=True))
        pairs = [(month, value, values.get(step_month(month, -1), 0.0)) for month, value in values.items()]
        changes[str(name)] = {month: (now, then, 100 * (now / then - 1)) for month, now, then in pairs if then > 0}
    return changes


def _moves(changes: dict[str, dict[str, tuple[float, float, float]]], month: str) -> list[tuple]:
    """Return the values of the columns of `largest_moves`, one row a series that can be judged."""
    rows = []
    for name, known in changes.items():
        earlier = {period: change for period, (*_, change) in known.items() if period < month}
        if month not in known or len(earlier) < MIN_CHANGES:
            continue
        by_month: dict[str, list[float]] = {}
        for period, change in earlier.items():
            by_month.setdefault(period[5:], []).append(change)
        overall = median(earlier.values())
        usual_of = {key: median(found) if len(found) >= SEASON_YEARS else overall for key, found in by_month.items()}
        season = by_month.get(month[5:], [])
        season = season if len(season) >= SEASON_YEARS else []
        usual = usual_of.get(month[5:], overall)
        spread = MAD_SCALE * median(abs(change - usual_of[period[5:]]) for period, change in earlier.items())
        own = MAD_SCALE * median(abs(change - usual) for change in season) if season else 0.0
        spread = max(spread, own, LEAST_SPREAD_PCT)
        *levels, change = known[month]
        rows.append((name, *levels, change, usual, spread, abs(change - usual) / spread, len(earlier), len(season)))
    return rows
