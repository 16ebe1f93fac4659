"""Sentences and tables of the chapter on magnesium prices: rivals, implied rate, premium, stocks, rare quotes."""

import pandas as pd

from metalsbook.analysis.prices import on_same_days
from metalsbook.months import last_day, step_month
from metalsbook.page.html import Html
from metalsbook.page.narrative import as_printed, count_of, gap, join_words, number, percent, period_name
from metalsbook.page.quotes import months_of, price, short_publisher
from metalsbook.page.sentences import went_to
from metalsbook.page.tables import origin, statements_table, table, with_publisher

_CHANGES = {"wow": "change on the week", "mom": "change on the month", "yoy": "change on the year"}


def peak_sentence(edition, series: str, what: str) -> str | None:
    """Return the highest quote known, and how the last one compares; None without quotes."""
    quotes, unit = edition.quotes(series), edition.spec(series)["unit"]
    if quotes.empty:
        return None
    top, last = quotes.loc[quotes["value"].idxmax()], quotes.iloc[-1]
    share = 100 * last["value"] / top["value"]
    return (
        f"The highest quote of {what} in this ledger is {number(top['value'], unit)} on "
        f"{period_name(top['period'])}; the latest quote, {number(last['value'], unit)} on "
        f"{period_name(last['period'])}, is {percent(share, 0, False)} of it."
    )


def rival_months(edition, named: dict[str, str], months: int) -> pd.DataFrame:
    """Return the monthly prices of rival series for the last months of an edition.

    Args:
        edition: The edition.
        named: Name as shown -> series.
        months: How many months up to the edition's.

    Returns:
        Columns who (the name), series, period, date, value, basis ("mean of n quotes" or who printed it for the month).
    """
    first, frames = step_month(edition.month, 1 - months), []
    for name, series in named.items():
        if edition.has(series):
            rows = months_of(edition, series).assign(who=name, series=series)
            houses = with_publisher(edition, edition.printed_months(series)).set_index("period")["who"]
            rows["basis"] = [
                how if count else f"as {houses[month]} prints it for the month"
                for month, how, count in zip(rows["period"], rows["basis"], rows["n_quotes"], strict=True)
            ]
            frames.append(rows[rows["period"] >= first])
    rows = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["period", "who", "value"])
    return rows.assign(date=pd.to_datetime(rows["period"] + "-01") + pd.offsets.MonthEnd(0))


def rivals_table(edition, rivals: pd.DataFrame) -> Html:
    """Return the rival prices of the edition's month side by side with how each came about, or a note of their lack."""
    month = edition.month
    own = rivals[rivals["period"] == month]
    if own.empty:
        return gap(f"No source has a price for {period_name(month)} as a whole.")
    bases = edition.series.set_index("series")["basis"]
    shown = pd.DataFrame(
        {
            "Price": own["who"],
            "CNY/t": [_exact(edition, row) for _, row in own.iterrows()],
            "How it came about": own["basis"],
            "Other prints of the month": [_others(edition, row) for _, row in own.iterrows()],
            "Basis": own["series"].map(bases),
        }
    )
    missing = sorted(set(rivals["who"]) - set(own["who"]))
    tail = f" Without a figure for this month: {join_words(missing)}." if missing else ""
    return table(shown, f"Monthly prices of magnesium ingot in {period_name(month)}.{tail}")


def _exact(edition, rival: pd.Series) -> str:
    """Return a rival price as printed, or its mean as all pages write means."""
    if rival["n_quotes"]:
        return price(rival["value"])
    return as_printed(edition.figure(rival["series"], period=rival["period"]), "")


def _others(edition, rival: pd.Series) -> Html | str:
    """Return what else was printed for the month of a rival price, each figure with its origin."""
    rows = edition.prints(rival["series"], period=rival["period"])
    rows = rows[(rows["value"] - rival["value"]).abs() >= 0.05]
    return (
        Html(
            "".join(
                origin(edition, row, f"{as_printed(row, '')} ({short_publisher(edition, row)})").markup
                for _, row in rows.iterrows()
            )
        )
        if len(rows)
        else ""
    )


def rivals_text(rivals: pd.DataFrame, month: str) -> str:
    """Return the text alternative of rival prices: who has a figure for the month, and how far they lie apart."""
    own = rivals[rivals["period"] == month]
    if len(own) < 2:
        return f"{count_of(rivals['who'].nunique(), 'rival price')} by month; fewer than two have {period_name(month)}."
    spread = 100 * (own["value"].max() / own["value"].min() - 1)
    said = join_words([f"{row['who']} {price(row['value'], 'CNY/t')}" for _, row in own.iterrows()])
    return f"In {period_name(month)}: {said}; the highest lies {percent(spread, 1, False)} above the lowest."


def implied_rate_sentence(implied: pd.DataFrame, month: str) -> str:
    """Return the implied CNY per USD of a month's days with both quotes, against the month before."""
    own = implied[implied["period"].str.startswith(month)]
    if own.empty:
        return f"No day of {period_name(month)} has both quotes, so that no rate is implied."
    said = (
        f"On {count_of(len(own), 'day')} of {period_name(month)} with both quotes, Fugu over FOB implies "
        f"{own['value'].mean():.2f} CNY per USD"
    )
    before = implied[implied["period"].str.startswith(step_month(month, -1))]
    return f"{said} ({before['value'].mean():.2f} in the month before)." if len(before) else f"{said}."


def premium_table(edition, alloy: str, ingot: str) -> Html:
    """Return the premium of alloy over ingot on the days that have both, or a note that there is none."""
    both = on_same_days(edition.quotes(alloy), edition.quotes(ingot)) if edition.has(alloy) else pd.DataFrame()
    if both.empty:
        return gap("No day known to this edition has a quote of alloy and of ingot.")
    unit = edition.spec(alloy)["unit"]
    premium = both["value_first"] - both["value_second"]
    shown = pd.DataFrame(
        {
            "Day": both["period"],
            f"Alloy, {unit}": both["value_first"],
            f"Ingot, {unit}": both["value_second"],
            f"Premium, {unit}": premium,
            "Premium, % of ingot": 100 * premium / both["value_second"],
        }
    )
    whole = {name: lambda value: number(value, "", 1) for name in shown if name.endswith(unit)}
    caption = f"On days with both quotes: alloy ({_terms(edition, alloy)}) over ingot ({_terms(edition, ingot)})"
    return table(shown, caption, whole | {"Premium, % of ingot": lambda value: percent(value)})


def _terms(edition, series: str) -> str:
    spec = edition.spec(series)
    return "; ".join(part for part in (spec["place"], spec["basis"]) if part)


def last_known_sentence(edition, series: str, what: str) -> str:
    """Return the last quote of a price that is quoted rarely, and how old it is."""
    quotes = edition.quotes(series) if edition.has(series) else pd.DataFrame()
    if quotes.empty:
        within = f"{what[:1].lower()}{what[1:]}" if what[1:2].islower() else what
        return f"No quote of {within} is known to this edition."
    last = quotes.iloc[-1]
    months = (pd.Timestamp(last_day(edition.month)) - last["date"]).days // 30
    return (
        f"{what} was last quoted at {price(last['value'], last['unit'])} on {period_name(last['period'])}, "
        f"{count_of(months, 'month')} before the end of {period_name(edition.month)}."
    )


def fees(edition, series: str) -> pd.DataFrame:
    """Return what sources state as the fee for turning ingot into alloy within a year, one row a house and figure."""
    rows = edition.prints(series)
    rows = with_publisher(edition, rows[rows["period"] > step_month(edition.month, -12)])
    return rows.drop_duplicates(["who", "value"], keep="first")


def fee_sentence(edition, series: str, alloy: str, ingot: str) -> str | None:
    """Return who puts the fee for turning ingot into alloy where, beside the last premium of the quotes; None without.

    Args:
        edition: The edition.
        series: The fee.
        alloy: Price of alloy.
        ingot: Price of ingot.
    """
    stated = fees(edition, series)
    if stated.empty:
        return None
    said = "For turning ingot into alloy " + join_words(
        [
            f"{row['who']} states a fee of {as_printed(row)} ({period_name(row['period'])})"
            for _, row in stated.iterrows()
        ]
    )
    both = on_same_days(edition.quotes(alloy), edition.quotes(ingot)) if edition.has(alloy) else pd.DataFrame()
    if both.empty:
        return f"{said}."
    last = both.iloc[-1]
    premium = number(last["value_first"] - last["value_second"], "CNY/t", 1)
    return (
        f"{said}; the quotes themselves lay {premium} apart on "
        f"{period_name(last['period'])}, the last day with both. A fee and a difference of two prices are not the "
        "same: alloy holds aluminium, too."
    )


def fees_table(edition, series: str) -> Html:
    """Return the stated fees with their origin, or a note that there is none."""
    stated = fees(edition, series)
    if stated.empty:
        return gap("No source states a fee for turning ingot into alloy within the last twelve months.")
    return statements_table(edition, stated, "Fee for turning ingot into alloy, as stated within twelve months")


def _recent_stocks(edition, series: list[str]) -> pd.DataFrame:
    rows = edition.rows_of(*series)
    rows = rows[rows["period"] >= step_month(edition.month, -12)]
    return with_publisher(edition, rows.sort_values(["series", "measure", "period", "published", "statement"]))


def stocks_sentences(edition, series: list[str]) -> list[str]:
    """Return the last known stock of each series with its change at the same house, and days that houses count apart.

    Args:
        edition: The edition.
        series: The stocks.
    """
    rows = _recent_stocks(edition, series)
    levels, said = rows[rows["measure"] == "level"], []
    titles = edition.series.set_index("series")["title"]
    for name, own in levels.groupby("series", sort=False):
        last = own.iloc[-1]
        said.append(f"{titles[name]}: the last known count is {_count_on(last)}{_moved(own, last)}.")
        for day, group in own.groupby("period"):
            if group["value"].nunique() > 1:
                counts = join_words([f"{as_printed(row)} ({row['who']})" for _, row in group.iterrows()])
                said.append(f"For {period_name(day)} two counts stand side by side: {counts}.")
    own = levels[levels["period"].str.startswith(edition.month)]
    none = f"No source counts stocks in {period_name(edition.month)}."
    return said if len(own) or not said else [none, *said]


def _count_on(row: pd.Series) -> str:
    return f"{as_printed(row)} ({row['who']}, {period_name(row['period'])})"


def _moved(counts: pd.DataFrame, last: pd.Series) -> str:
    """Return how a count moved since the one before of the same house and kind of period, or ""."""
    alike = counts[(counts["who"] == last["who"]) & (counts["period"].str.len() == len(last["period"]))]
    before = alike[alike["period"] < last["period"]]
    if before.empty:
        return ""
    row = before.iloc[-1]
    went = went_to(100 * (last["value"] / row["value"] - 1))
    return f"; it {went} from {as_printed(row)} ({period_name(row['period'])})"


def stocks_table(edition, series: list[str]) -> Html:
    """Return every print of stocks of the last year with its origin: rival counts of one stock stand side by side."""
    rows = _recent_stocks(edition, series)
    if rows.empty:
        return gap("This edition has no figure of magnesium stocks of the last twelve months.")
    titles = edition.series.set_index("series")["title"]
    shown = pd.DataFrame(
        {
            "Stock": rows["series"].map(titles),
            "Period": rows["period"],
            "What": ["stock" if each == "level" else _CHANGES.get(each, each) for each in rows["measure"]],
            "Figure": [as_printed(row) for _, row in rows.iterrows()],
            "Origin": [origin(edition, row) for _, row in rows.iterrows()],
        }
    )
    return table(shown, "Magnesium stocks, every print of the last twelve months")
