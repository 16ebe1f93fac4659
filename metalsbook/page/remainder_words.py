"""Sentences on what the named products do not explain of exports: by month, since January, and scrap's part of it."""

import pandas as pd

from metalsbook.analysis.intervals import total
from metalsbook.page.export_words import PARTS, TOTAL
from metalsbook.page.narrative import as_printed, percent, period_name, rate_as_printed
from metalsbook.page.sentences import interval_of, interval_words, printed_interval, rounded
from metalsbook.page.tables import with_publisher

SCRAP = "mg.export.scrap"


def remainder_sentences(edition, rest: pd.DataFrame) -> list[str]:
    """Return what no named product explains in the edition's month, or the last month that can be said of."""
    own = rest[rest["period"] == edition.month]
    if rest.empty:
        return ["In no month of this edition are the total and all three products known, so that no remainder is left."]
    row = own.iloc[0] if len(own) else rest.iloc[-1]
    lead = "" if len(own) else f"{period_name(edition.month)} lacks the total or a product. "
    return [
        f"{lead}In {period_name(row['period'])}, {interval_words(interval_of(row), 't')} "
        f"({percent(row['share'], 1, False)} of the total) were neither ingot nor alloy nor powder: scrap, wrought "
        "metal and products, or what the headings of rival notes count differently."
    ]


def year_remainder_sentences(edition) -> list[str]:
    """Return what the printed sums since January leave outside the named products, and what scrap makes of it."""
    sums = [edition.figure(series, "ytd") for series in (TOTAL, *PARTS.values())]
    said = []
    if all(row is not None for row in sums):
        whole, *parts = (printed_interval(row) for row in sums)
        rest = whole - total(parts)
        share = percent(100 * rest.best / whole.best, 1, False)
        said.append(
            f"From January to {period_name(edition.month)} the printed sums leave {interval_words(rest, 't')} "
            f"({share} of the total) outside ingot, alloy and powder."
        )
    scrap = edition.latest(SCRAP, "ytd") if edition.has(SCRAP) else pd.DataFrame()
    scrap = scrap[scrap["period"].str[:4] == edition.month[:4]] if len(scrap) else scrap
    if len(scrap):
        row = with_publisher(edition, scrap).iloc[-1]
        growth = edition.figure(SCRAP, "ytd_yoy", row["period"])
        change = f", {rate_as_printed(growth)} on the year before" if growth is not None else ""
        monthly = rounded(row["value"] / int(row["period"][5:7]), "t", 10)
        said.append(
            f"Scrap is a part of it: {as_printed(row)} from January to {period_name(row['period'])}{change} "
            f"({row['who']}), {monthly} a month."
        )
    return said


def remainder_text(rest: pd.DataFrame) -> str:
    """Return the text alternative of the remainders."""
    said = [f"{row['period']} {interval_words(interval_of(row), 't')}" for _, row in rest.iterrows()]
    return f"Exports outside the three products: {'; '.join(said)}." if said else "No remainders."
