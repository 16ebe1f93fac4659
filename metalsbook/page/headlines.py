"""The month in five sentences, one for each chapter, and what its headline figure is."""

import pandas as pd

from metalsbook.analysis.measures import extreme_since
from metalsbook.analysis.surprises import MIN_QUOTES
from metalsbook.months import step_month
from metalsbook.page.narrative import count_of, join_words, moved, number, percent, period_name


def month_means(edition, series: str) -> pd.DataFrame:
    """Return the mean of each month's quotes.

    Returns:
        Columns period ("YYYY-MM"), value, n_quotes; only months with at least `MIN_QUOTES` days with a quote.
    """
    quotes = edition.quotes(series)
    grouped = quotes.groupby(quotes["period"].str[:7])["value"].agg(["mean", "size"]).reset_index()
    means = grouped.set_axis(["period", "value", "n_quotes"], axis=1)
    return means[means["n_quotes"] >= MIN_QUOTES].reset_index(drop=True)


def price_sentence(edition, series: str, label: str) -> str:
    """Return a sentence on the month's mean of the quotes of a price, its change and since when it is an extreme."""
    means = month_means(edition, series)
    month, unit = edition.month, edition.spec(series)["unit"]
    if month not in set(means["period"]):
        return f"{label}: the edition has fewer than {MIN_QUOTES} days with a quote in {period_name(month)}."
    now = means[means["period"] == month].iloc[0]
    basis = count_of(int(now["n_quotes"]), "quote")
    first = f"{label} averaged {number(now['value'], unit, 1)} over {basis} in {period_name(month)}"
    before = means[means["period"] == step_month(month, -1)]
    if before.empty:
        return f"{first}; the month before has too few quotes to compare."
    change = 100 * (now["value"] / before.iloc[0]["value"] - 1)
    word = moved(round(change, 1), "up", "down", "unchanged")
    shown = "unchanged from" if word == "unchanged" else f"{word} {percent(abs(change), signed=False)} on"
    return f"{first}, {shown} {period_name(step_month(month, -1))}{_extreme(means, month, change)}."


def _extreme(means: pd.DataFrame, month: str, change: float) -> str:
    """Return ", the highest (lowest) monthly mean since ..." where it is one for at least half a year, else nothing."""
    kind = "high" if change > 0 else "low"
    since = extreme_since(means[["period", "value"]], month, kind)
    start = since or means["period"].min()
    if start > step_month(month, -6):
        return ""
    word = {"high": "highest", "low": "lowest"}[kind]
    if not since:
        return f", the {word} monthly mean that the ledger has since {period_name(start)}"
    return f", the {word} monthly mean since {period_name(since)}"


def flow_sentence(edition, series: str, label: str) -> str:
    """Return a sentence on a flow's month: as reported, else what reconciliation leaves open, with its changes."""
    month, unit = edition.month, edition.spec(series)["unit"]
    known = edition.estimated(series).set_index("period")
    if month not in known.index:
        return f"{label}: nothing printed bears on {period_name(month)}."
    now = known.loc[month]
    if now["basis"] == "reported":
        figure = edition.figure(series)
        shown = f"{label} came to {number(figure['value'], unit, figure['resolution'])} in {period_name(month)}"
    elif now["basis"] == "implied":
        shown = f"Nobody printed {label} for {period_name(month)}, but it must lie between {_between(now, unit)}"
    else:
        return f"{label}: the printed figures leave {period_name(month)} open between {_between(now, unit)}."
    changes = [_change(known, now, month, steps, words) for steps, words in ((-1, "on"), (-12, "on"))]
    told = [change for change in changes if change]
    return f"{shown}, {join_words(told)}." if told else f"{shown}; the months to compare it with are open."


def _between(row: pd.Series, unit: str) -> str:
    return f"{number(row['low'], resolution=1)} and {number(row['high'], unit, 1)}"


def _change(known: pd.DataFrame, now: pd.Series, month: str, steps: int, words: str) -> str:
    base_month = step_month(month, steps)
    if base_month not in known.index or known.loc[base_month, "basis"] == "open" or known.loc[base_month, "best"] <= 0:
        return ""
    base = known.loc[base_month]
    change = 100 * (now["best"] / base["best"] - 1)
    implied = " (implied)" if base["basis"] == "implied" else ""
    return f"{percent(change)} {words} {period_name(base_month)}{implied}"
