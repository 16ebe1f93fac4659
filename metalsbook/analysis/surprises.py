"""Surprises: which series moved most this month, measured against their own history."""

import pandas as pd

from metalsbook.months import step_month

# A month's mean of quotes counts from two days with a quote; a history is one from eight earlier changes on.
MIN_QUOTES = 2
MIN_CHANGES = 8
# Makes a median absolute deviation comparable with a standard deviation (Rousseeuw and Croux, 1993).
MAD_SCALE = 1.4826
# Changes below this do not surprise, however still the series was before.
LEAST_SPREAD_PCT = 0.5


def monthly_values(statements: pd.DataFrame, series: pd.DataFrame, estimates: pd.DataFrame) -> pd.DataFrame:
    """Return one figure a month for each series: mean of the month's quotes, else what was reported or reconciled.

    Args:
        statements: Statements of an edition.
        series: The catalogue (columns `series`, `kind`).
        estimates: Reconciled months (series, period, best, basis); open ones are left out.

    Returns:
        Columns series, period ("YYYY-MM"), value, n_quotes (0 where no quotes were averaged).
    """
    kinds = series.set_index("series")["kind"]
    levels = statements[(statements["measure"] == "level") & statements["series"].map(kinds).isin(["price", "stock"])]
    daily = levels[levels["period"].str.len() == 10].sort_values(["series", "period", "published", "statement"])
    daily = daily.drop_duplicates(["series", "period"], keep="last").assign(month=lambda rows: rows["period"].str[:7])
    means = daily.groupby(["series", "month"])["value"].agg(["mean", "size"]).reset_index()
    means = means[means["size"] >= MIN_QUOTES].set_axis(["series", "period", "value", "n_quotes"], axis=1)
    known = estimates[estimates["basis"] != "open"].rename(columns={"best": "value"})
    flows = known[["series", "period", "value"]].assign(n_quotes=0)
    return pd.concat([means, flows], ignore_index=True).sort_values(["series", "period"], ignore_index=True)


def largest_moves(monthly: pd.DataFrame, month: str) -> pd.DataFrame:
    """Return the changes into `month`, most surprising first.

    Args:
        monthly: Columns series, period, value (see `monthly_values`).
        month: The month to judge.

    Returns:
        Columns series, value, before, change_pct, usual_pct (median of the earlier changes), spread_pct (their median
        absolute deviation, scaled, at least `LEAST_SPREAD_PCT`), score = |change - usual| / spread, n_changes. Only
        series with a figure for both months and at least `MIN_CHANGES` earlier changes between neighbouring months.
    """
    rows = []
    for name, group in monthly.groupby("series"):
        values = group.set_index("period")["value"]
        changes = {
            period: 100 * (value / values[step_month(period, -1)] - 1)
            for period, value in values.items()
            if values.get(step_month(period, -1), 0) > 0
        }
        earlier = pd.Series([change for period, change in changes.items() if period < month], dtype=float)
        if month not in changes or len(earlier) < MIN_CHANGES:
            continue
        usual = earlier.median()
        spread = max(MAD_SCALE * (earlier - usual).abs().median(), LEAST_SPREAD_PCT)
        rows.append(
            {
                "series": name,
                "value": values[month],
                "before": values[step_month(month, -1)],
                "change_pct": changes[month],
                "usual_pct": usual,
                "spread_pct": spread,
                "score": abs(changes[month] - usual) / spread,
                "n_changes": len(earlier),
            }
        )
    columns = ["series", "value", "before", "change_pct", "usual_pct", "spread_pct", "score", "n_changes"]
    found = pd.DataFrame(rows, columns=columns)
    return found.sort_values(["score", "series"], ascending=[False, True], ignore_index=True)
