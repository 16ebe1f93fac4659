"""Quotes of a price or stock, as chapters tell them: the month's mean and range, how many quotes, extremes."""

import pandas as pd

from metalsbook.analysis.measures import run_to
from metalsbook.analysis.prices import monthly_means
from metalsbook.months import step_month
from metalsbook.page.figures import KeyFigure, rank_words
from metalsbook.page.html import Html, escape, tag
from metalsbook.page.narrative import count_of, number, percent, period_name
from metalsbook.page.sentences import extreme_words, went_to


def price(value: float, unit: str = "") -> str:
    """Return a price or mean of prices as readers write it: whole, or with a tenth where it is small and uneven."""
    whole = abs(value) >= 1000 or abs(value - round(value)) < 0.05
    return number(value, unit, 1 if whole else 0.1)


def basis_of(edition, series: str) -> str:
    """Return what a price must not be compared across, as the catalogue has it: place, grade, basis, unit."""
    spec = edition.spec(series)
    parts = [spec[name] for name in ("place", "grade", "basis") if spec[name] and spec[name] != "not stated"]
    return ", ".join(parts)


def quote_figure(edition, label: str, series: str, basis: str = "") -> KeyFigure:
    """Return the key figure of a quoted price: the month's mean, against the month before, with its count of quotes.

    Args:
        edition: The edition.
        label: What it is called.
        series: A price with day quotes.
        basis: Basis as shown; default that of the catalogue.
    """
    months = monthly_means(edition.quotes(series))
    basis = basis or basis_of(edition, series)
    own = months[months["period"] == edition.month]
    if own.empty:
        return KeyFigure(label, basis=basis)
    row, unit = own.iloc[0], edition.spec(series)["unit"]
    before = months[months["period"] == step_month(edition.month, -1)]
    change = "" if before.empty else (
        f"{percent(100 * (row['value'] / before.iloc[0]['value'] - 1))} on {period_name(before.iloc[0]['period'])}"
    )
    year = months[months["period"] > step_month(edition.month, -12)]["value"].tolist()
    count = f"mean of {count_of(int(row['n_quotes']), 'quote')}"
    pages = edition.quotes(series)
    pages = pages[pages["period"].str.startswith(edition.month)].merge(edition.sources, on="source")
    return KeyFigure(
        label, price(row["value"], unit), period_name(edition.month), change, rank_words(year), basis,
        Html(tag("span", escape(f"{count}: {_publishers(pages)}"), class_="mb-count"), count),
        run_to(months, edition.month)["value"].tolist(),
    )


def _publishers(rows: pd.DataFrame) -> str:
    return ", ".join(sorted({name.split(" (")[0] for name in rows["publisher"]}))


def month_sentence(edition, series: str, what: str) -> str:
    """Return what the quotes say of the edition's month: mean, range, first to last, change on the month before.

    Args:
        edition: The edition.
        series: A price with day quotes.
        what: What it is with its basis, to begin a sentence.
    """
    months, unit = monthly_means(edition.quotes(series)), edition.spec(series)["unit"]
    own = months[months["period"] == edition.month]
    if own.empty:
        last = edition.quotes(series)
        tail = f"; the last is of {period_name(last.iloc[-1]['period'])}" if len(last) else ""
        return f"{what} has no quote in {period_name(edition.month)}{tail}."
    row = own.iloc[0]
    count = "the only quote" if row["n_quotes"] == 1 else f"the mean of {row['n_quotes']} quotes"
    said = f"{what} stood at {price(row['value'], unit)} in {period_name(edition.month)} ({count})"
    if row["high"] > row["low"]:
        said += f", quoted between {price(row['low'])} and {price(row['high'], unit)}"
    before = months[months["period"] == step_month(edition.month, -1)]
    if len(before):
        change = 100 * (row["value"] / before.iloc[0]["value"] - 1)
        said += f"; the mean {went_to(change)} on {period_name(before.iloc[0]['period'])}"
    return f"{said}."


def course_sentence(edition, series: str) -> str | None:
    """Return how the price went from the first to the last quote of the edition's month; None for fewer than two."""
    quotes, unit = edition.quotes(series), edition.spec(series)["unit"]
    own = quotes[quotes["period"].str.startswith(edition.month)]
    if len(own) < 2:
        return None
    first, last = own.iloc[0], own.iloc[-1]
    change = 100 * (last["value"] / first["value"] - 1)
    return (f"Within the month it {went_to(change)}, from {price(first['value'])} on {period_name(first['period'])} "
            f"to {price(last['value'], unit)} on {period_name(last['period'])}.")


def extremes_sentence(edition, series: str) -> str | None:
    """Return how far the last quote lies from the low and the high of the year before it, and since when it is extreme.

    None where the edition has fewer than three quotes.
    """
    quotes, unit = edition.quotes(series), edition.spec(series)["unit"]
    if len(quotes) < 3:
        return None
    last = quotes.iloc[-1]
    year = quotes[quotes["date"] > last["date"] - pd.DateOffset(years=1)]
    low, high = year.loc[year["value"].idxmin()], year.loc[year["value"].idxmax()]
    above, below = 100 * (last["value"] / low["value"] - 1), 100 * (1 - last["value"] / high["value"])
    ends = [
        f"{percent(above, signed=False)} above the low of the last twelve months ({price(low['value'])} on "
        f"{period_name(low['period'])})" if above else "at the low of the last twelve months",
        f"{percent(below, signed=False)} below their high ({price(high['value'])} on {period_name(high['period'])})"
        if below else "at their high",
    ]
    record = extreme_words(monthly_means(quotes), edition.month)
    said = (f"Its last quote, {price(last['value'], unit)} on {period_name(last['period'])}, lies "
            f"{ends[0]} and {ends[1]}, among the quotes known here")
    return f"{said}; the month's mean is {record}." if record else f"{said}."
