"""The last figure known of each of several series, however old, with its own growth and the rivals that differ."""

import pandas as pd

from metalsbook.months import period_end
from metalsbook.page.narrative import as_printed, join_words, period_name, rate_as_printed, since_january
from metalsbook.page.tables import origin, with_publisher

_AMOUNTS = ["level", "ytd"]
_RATES = {"level": "yoy", "ytd": "ytd_yoy"}


def last_known_rows(edition, named: dict[str, str], head: str, figure: str = "Figure") -> pd.DataFrame:
    """Return the last known figure of each series as rows of a table; a series without one is left out.

    A year is later than its first half. Growth is that which the figure's own page prints; another page's is told with
    its name. Prints of the same figure that do not fit it stand beside it.

    Args:
        edition: The edition.
        named: Series -> name as shown.
        head: Heading of the names.
        figure: Heading of the figures.
    """
    rows = []
    for series, name in named.items():
        known = edition.rows_of(series)
        known = known[known["measure"].isin(_AMOUNTS)]
        if known.empty:
            continue
        ends = known["period"].map(period_end)
        latest = known[ends == ends.max()].sort_values("measure", kind="stable").iloc[-1]
        prints = with_publisher(edition, edition.prints(series, latest["measure"], latest["period"]))
        last, rates = prints.iloc[-1], _rates(edition, latest)
        rows.append(
            {
                head: name,
                "Period": _period(last),
                figure: as_printed(last),
                "On the year": _growth(last, rates),
                "Others print": _rivals(last, prints, rates),
                "Source": origin(edition, last),
            }
        )
    return pd.DataFrame(rows)


def _period(row: pd.Series) -> str:
    words = since_january(row["period"]) if row["measure"] == "ytd" else period_name(row["period"])
    early = row["published_basis"] == "stated" and row["published"] < period_end(row["period"])
    return f"{words}, said on {period_name(row['published'])}" if early else words


def _rates(edition, row: pd.Series) -> pd.DataFrame:
    """Return the printed growth that belongs to an amount, with who printed it."""
    return with_publisher(edition, edition.prints(row["series"], _RATES[row["measure"]], row["period"]))


def _growth(row: pd.Series, rates: pd.DataFrame) -> str:
    own = rates[rates["source"] == row["source"]]
    if len(own):
        return rate_as_printed(own.iloc[-1])
    return f"{rate_as_printed(rates.iloc[-1])} ({rates.iloc[-1]['told']})" if len(rates) else ""


def _rivals(row: pd.Series, prints: pd.DataFrame, rates: pd.DataFrame) -> str:
    """Return the prints of the figure and of its growth that differ from those shown by more than their rounding."""
    told = [
        f"{as_printed(other)}{_of_same_page(other, rates)} ({other['told']})"
        for _, other in _differing(row, prints).iterrows()
    ]
    own = rates[rates["source"] == row["source"]]
    if len(own):
        apart = _differing(own.iloc[-1], rates[~rates["source"].isin(_differing(row, prints)["source"])])
        told += [f"{rate_as_printed(other)} ({other['told']})" for _, other in apart.iterrows()]
    return join_words(told)


def _of_same_page(row: pd.Series, rates: pd.DataFrame) -> str:
    own = rates[rates["source"] == row["source"]]
    return f", {rate_as_printed(own.iloc[-1])}" if len(own) else ""


def _differing(row: pd.Series, prints: pd.DataFrame) -> pd.DataFrame:
    meets = (prints["bound_low"] <= row["bound_high"]) & (prints["bound_high"] >= row["bound_low"])
    return prints[~meets].drop_duplicates(["value", "told"])
