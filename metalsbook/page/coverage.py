"""How much of the headline series is known: months published, derived and unknown, and what would tell the most."""

import pandas as pd

from metalsbook.months import step_month
from metalsbook.page.facts.landing import BOARD
from metalsbook.page.words import say_line

MONTHS = 24
MOST_WANTED = 12


def coverage(edition, chapter: str = "") -> pd.DataFrame:
    """Return, for each headline series (of a chapter), how many of the last 24 months are known, and how.

    Returns:
        Columns name, series, chapter, published, derived, unknown; in the order of the month's table.
    """
    rows = []
    for name, series in BOARD.items():
        if edition.has(series) and edition.spec(series)["chapter"] in (chapter or edition.spec(series)["chapter"],):
            known = edition.months(series, MONTHS)
            found = known["status"].where(known["best"].notna(), "unknown").value_counts()
            counts = [int(found.get(status, 0)) for status in ("reported", "derived", "unknown")]
            rows.append((name, series, edition.spec(series)["chapter"], *counts))
    return pd.DataFrame(rows, columns=["name", "series", "chapter", "published", "derived", "unknown"])


def coverage_line(edition, chapter: str) -> str:
    """Return the coverage of a chapter's headline series as one sentence; "" where it has none."""
    found = coverage(edition, chapter)
    return say_line("shared/coverage", series=found.to_dict("records"), months=MONTHS) if len(found) else ""


def most_wanted(edition) -> pd.DataFrame:
    """Return which single missing month of a flow would make the most unknown months known.

    Months that published changes tie to each other (m/m to the month before, y/y to the year before) stand or fall
    together: a level for one of them gives all the others to within the digits of the changes.

    Returns:
        Columns series, title, first and last (of the months tied), n (unknown months that one figure would tell); the
        most first.
    """
    estimates = edition.estimates
    status = estimates["basis" if "basis" in estimates else "status"]
    unknown = {(row.series, row.period) for row in estimates[status.isin(["open", "unknown"])].itertuples()}
    leader = {month: month for month in unknown}

    def find(month: tuple[str, str]) -> tuple[str, str]:
        while leader[month] != month:
            month = leader[month]
        return month

    changes = edition.statements[edition.statements["measure"].isin(["mom", "yoy"])]
    changes = changes[changes["period"].str.len() == 7]
    for row in changes[["series", "measure", "period"]].itertuples(index=False):
        ends = [(row.series, row.period), (row.series, step_month(row.period, -1 if row.measure == "mom" else -12))]
        if all(end in unknown for end in ends):
            leader[find(ends[0])] = find(ends[1])
    tied: dict[tuple[str, str], list[str]] = {}
    for month in unknown:
        tied.setdefault(find(month), []).append(month[1])
    titles = edition.series.set_index("series")["title"]
    rows = [
        (lead[0], titles.get(lead[0], lead[0]), min(months), max(months), len(months)) for lead, months in tied.items()
    ]
    found = pd.DataFrame(rows, columns=["series", "title", "first", "last", "n"])
    return found[found["n"] > 1].sort_values(["n", "last", "series"], ascending=[False, False, True]).head(MOST_WANTED)
