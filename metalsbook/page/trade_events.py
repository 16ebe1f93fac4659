"""Events that touch the trade in magnesium, and what pages offer as a cause: marks for charts, words for sentences."""

import pandas as pd

from metalsbook.names import base_name
from metalsbook.page.narrative import join_words, period_name

CHAPTER = "magnesium_exports"
_TRADE = r"\bexports?\b|customs|tariff|\bdut(?:y|ies)\b"
_RULES = r"control|customs|tariff|quota|licen[cs]e"
"""Words of a topic that is a rule on trade, not only a report that touches it."""


def trade_events(edition) -> pd.DataFrame:
    """Return the ledger's events that touch magnesium's trade: those of this chapter, and others that speak of both.

    Returns:
        Rows of `Edition.events` that are dated to a month or a day.
    """
    events = edition.calendar
    events = events[events["date"].str.len() >= 7]
    own = events["chapter"] == CHAPTER
    traded = events["what"].str.contains(_TRADE, case=False) & events["chapter"].str.startswith("magnesium")
    ruled = events["topic"].str.contains(_RULES, case=False) & events["what"].str.contains("magnesium", case=False)
    return events[own | traded | ruled]


def events_of(edition, months: list[str]) -> pd.DataFrame:
    """Return the events that touch magnesium's trade and fall into one of some months, oldest first."""
    events = trade_events(edition)
    return events[events["date"].str[:7].isin(months)].sort_values("date", kind="stable")


def events_sentence(edition, months: list[str], move: str) -> str:
    """Return the events of some months that touch the trade, and plainly whether a rule on it is among them.

    Args:
        edition: The edition.
        months: The months of a move.
        move: What moved, to end a sentence: "the swing of ingot".
    """
    found, names = events_of(edition, months), join_words([period_name(month) for month in months])
    told = [
        f"{period_name(row['date'])}: {row['what'].rstrip('.')} ({base_name(row['publisher'])})"
        for _, row in found.iterrows()
    ]
    ruled = found["topic"].str.contains(_RULES, case=False).any()
    nothing = f"no event of the ledger explains {move}"
    if found.empty:
        return f"The ledger's calendar has nothing on magnesium's trade in {names}: {nothing}."
    calendar = f"In these months the ledger's calendar has: {'; '.join(told)}."
    if ruled:
        return f"{calendar} Whether it stands behind {move}, no source says."
    return f"{calendar} None of it is a rule on trade: {nothing}."


def headings_sentence(edition, series: list[str], months: list[str]) -> str | None:
    """Return how the pages that print exports of some months are headed: what they offer as a cause, not a finding.

    Args:
        edition: The edition.
        series: The flows.
        months: The months.
    """
    rows = edition.rows_of(*series)
    rows = rows[rows["period"].isin(months) & rows["measure"].isin(["level", "mom"])]
    pages = rows.merge(edition.sources, on="source", suffixes=("", "_source")).sort_values(["period", "published"])
    pages = pages[pages["title"].str.contains("export", case=False)].drop_duplicates("title")
    if pages.empty:
        return None
    said = [
        f"\u201c{_heading(row['title'])}\u201d ({base_name(row['publisher'])}, on {period_name(row['period'])})"
        for _, row in pages.iterrows()
    ]
    pages = "A page that prints these exports is" if len(said) == 1 else "Pages that print these exports are"
    return f"{pages} headed {join_words(said)}; what a heading offers as a cause, no figure here tests."


def _heading(title: str) -> str:
    return title.partition("[")[0].strip()


def marked(frame: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Return the events that fall into the months of a chart.

    Args:
        frame: Rows with `period` ("YYYY-MM").
        events: Rows of `Edition.events`.
    """
    if frame.empty:
        return events.head(0)
    months = events["date"].str[:7]
    return events[(months >= frame["period"].min()) & (months <= frame["period"].max())]
