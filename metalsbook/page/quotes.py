"""Quotes of a price or stock, as chapters tell them: the month's mean and range, how many quotes, extremes."""

from functools import lru_cache
from math import floor

import pandas as pd

from metalsbook.analysis.measures import run_to
from metalsbook.analysis.prices import MonthPair, monthly_means, pair_of_months
from metalsbook.analysis.sources import ENOUGH_QUOTES, POST
from metalsbook.months import step_month
from metalsbook.names import told_name
from metalsbook.page.figures import KeyFigure, rank_words
from metalsbook.page.html import Html, escape, link, tag
from metalsbook.page.narrative import count_of, number, percent, period_name
from metalsbook.page.sentences import extreme_words, went_to
from metalsbook.page.tables import origin, with_publisher


def price(value: float, unit: str = "") -> str:
    """Return a price or mean of prices as readers write it: whole, or with a tenth where it is small and uneven."""
    whole = abs(value) >= 1000 or abs(value - round(value)) < 0.05
    # Half a unit goes up, as readers round: means of an even number of quotes often end in it.
    return number(floor(value + 0.5), unit, 1) if whole else number(value, unit, 0.1)


def basis_of(edition, series: str) -> str:
    """Return what a price must not be compared across, as the catalogue has it; "" where it has no figure."""
    if not edition.has(series):
        return ""
    spec = edition.spec(series)
    parts = [spec[name] for name in ("place", "grade", "basis") if spec[name] and spec[name] != "not stated"]
    return ", ".join(parts)


def with_basis(edition, what: str, series: str) -> str:
    """Return the name of a price with its basis behind it, as far as the edition knows one."""
    basis = basis_of(edition, series)
    return f"{what} ({basis})" if basis else what


def months_of(edition, series: str) -> pd.DataFrame:
    """Return one price a month by the rule of `analysis.sources`: columns as of `prices.month_prices`."""
    return edition.month_prices(series)


def _printed_months(edition, series: str) -> pd.DataFrame:
    printed = edition.printed_months(series)
    return printed.assign(post=printed["source"].map(edition.standings).eq(POST))


@lru_cache(maxsize=64)
def _pair(edition, series: str) -> MonthPair | None:
    before = step_month(edition.month, -1)
    return pair_of_months(_printed_months(edition, series), edition.quotes(series), edition.month, before)


def quote_figure(edition, label: str, series: str, basis: str = "") -> KeyFigure:
    """Return the key figure of a quoted price: the month's price, against the month before on the same basis.

    Args:
        edition: The edition.
        label: What it is called.
        series: A price with day quotes.
        basis: Basis as shown; default that of the catalogue.
    """
    basis = basis or basis_of(edition, series)
    pair = _pair(edition, series)
    if pair is None:
        return KeyFigure(label, basis=basis)
    months, before = months_of(edition, series), period_name(step_month(edition.month, -1))
    thin = f" ({count_of(pair.n_before, 'quote')})" if 0 < pair.n_before < ENOUGH_QUOTES else ""
    change = "" if pair.change_pct is None else f"{percent(pair.change_pct)} on {before}{thin}"
    if pair.before is None and step_month(edition.month, -1) in set(months["period"]):
        change = f"no {before} on this basis"
    return KeyFigure(
        label,
        price(pair.value, edition.spec(series)["unit"]),
        period_name(edition.month),
        change,
        _rank(months, edition.month, pair.value),
        basis,
        _month_origin(edition, series, pair),
        run_to(months, edition.month)["value"].tolist(),
    )


def _rank(months: pd.DataFrame, month: str, value: float) -> str:
    """Return the place of a month's price among twelve months, with how many of them rest on next to nothing."""
    year = months[(months["period"] > step_month(month, -12)) & (months["period"] < month)]
    said = rank_words([*year["value"], value])
    few = int(year["n_quotes"].between(1, ENOUGH_QUOTES - 1).sum())
    return f"{said}, {few} of them by fewer than {ENOUGH_QUOTES} quotes" if said and few else said


def _month_origin(edition, series: str, pair: MonthPair) -> Html:
    """Return where a month's price stands printed: the statement of the month, or each quote of the mean."""
    if not pair.n_quotes:
        row = edition.figure(series)
        return origin(edition, row, f"for the month, as {short_publisher(edition, row)} prints it")
    rows = edition.quotes(series)
    rows = rows[rows["period"].str.startswith(edition.month)].merge(
        edition.sources, on="source", suffixes=("", "_source")
    )
    count = "the only quote" if pair.n_quotes == 1 else f"mean of {pair.n_quotes} quotes"
    points = "".join(
        tag(
            "li",
            f"{link(row['url'], row['period'])} {escape(price(row['value']))} " + tag("code", escape(row["statement"])),
        )
        for _, row in rows.iterrows()
    )
    names = ", ".join(sorted({told_name(name) for name in rows["publisher"]}))
    said = f"{count}: {names}"
    return Html(tag("details", tag("summary", escape(said)) + tag("ul", points), class_="mb-origin"), count)


def short_publisher(edition, statement: pd.Series) -> str:
    """Return the publisher of a statement with what speaks against its page, without whom it relays."""
    return with_publisher(edition, statement.to_frame().T)["told"].iloc[0]


def month_sentence(edition, series: str, what: str) -> str:
    """Return what is known of a price in the edition's month: mean or print, range, change on the month before.

    Args:
        edition: The edition.
        series: A price with day quotes.
        what: What it is with its basis, to begin a sentence.
    """
    quotes, pair = edition.quotes(series), _pair(edition, series)
    if pair is None:
        tail = f"; the last is of {period_name(quotes.iloc[-1]['period'])}" if len(quotes) else ""
        return f"{what} has no quote in {period_name(edition.month)}{tail}."
    unit = edition.spec(series)["unit"]
    said = f"{what} stood at {price(pair.value, unit)} in {period_name(edition.month)} ({_how(edition, series, pair)})"
    span = monthly_means(quotes[quotes["period"].str.startswith(edition.month)])
    if len(span) and span.iloc[0]["high"] > span.iloc[0]["low"]:
        own = ", quoted" if pair.n_quotes else f", with {count_of(int(span.iloc[0]['n_quotes']), 'day quote')}"
        said += f"{own} between {price(span.iloc[0]['low'])} and {price(span.iloc[0]['high'], unit)}"
    before = step_month(edition.month, -1)
    if pair.before is not None:
        return f"{said}; {_against(pair, before)}."
    other = before in set(months_of(edition, series)["period"])
    return (
        f"{said}; {period_name(before)} is known on another basis only, so that no change is given."
        if other
        else (f"{said}.")
    )


def _how(edition, series: str, pair: MonthPair) -> str:
    if not pair.n_quotes:
        return f"as {short_publisher(edition, edition.figure(series))} prints it for the month"
    if pair.n_quotes > 1:
        return f"the mean of {pair.n_quotes} quotes"
    rows = edition.quotes(series)
    only = with_publisher(edition, rows[rows["period"].str.startswith(edition.month)]).iloc[-1]
    # A quote that stands alone is worth no more than its page.
    return f"the only quote, by {only['told']}" if only["told"] != only["who"] else "the only quote"


def _against(pair: MonthPair, before: str) -> str:
    """Return a month's price against that of the month before, which is named where it rests on few quotes."""
    few = pair.n_before if 0 < pair.n_before < ENOUGH_QUOTES else 0
    base = f"{'the only quote' if few == 1 else 'that'} of {period_name(before)}{' (of 2 quotes)' if few == 2 else ''}"
    size = percent(abs(pair.change_pct), signed=False)
    if float(size.strip("%")) == 0:
        return f"that is level with {base}"
    return f"that is {size} {'above' if pair.change_pct > 0 else 'below'} {base}"


def course_sentence(edition, series: str) -> str | None:
    """Return how the price went from the first to the last quote of the edition's month; None for fewer than two."""
    quotes, unit = edition.quotes(series), edition.spec(series)["unit"]
    own = quotes[quotes["period"].str.startswith(edition.month)]
    if len(own) < 2:
        return None
    first, last = own.iloc[0], own.iloc[-1]
    change = 100 * (last["value"] / first["value"] - 1)
    return (
        f"Within the month it {went_to(change)}, from {price(first['value'])} on {period_name(first['period'])} "
        f"to {price(last['value'], unit)} on {period_name(last['period'])}."
    )


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
        f"{period_name(low['period'])})"
        if above
        else "at the low of the last twelve months",
        f"{percent(below, signed=False)} below their high ({price(high['value'])} on {period_name(high['period'])})"
        if below
        else "at their high",
    ]
    record = extreme_words(months_of(edition, series), edition.month)
    said = (
        f"Its last quote, {price(last['value'], unit)} on {period_name(last['period'])}, lies "
        f"{ends[0]} and {ends[1]}, among the quotes of this ledger"
    )
    return f"{said}; the month's price is {record}." if record else f"{said}."
