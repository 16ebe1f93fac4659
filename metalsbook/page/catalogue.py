"""What the book holds: series, sources and coverage listed, and the lines that lead from a chapter to them."""

import pandas as pd

from metalsbook.page.facts.landing import BOARD
from metalsbook.page.narrative import Html, count_of, escape, folded, link, tag
from metalsbook.page.tables import table
from metalsbook.page.verdicts import counted
from metalsbook.page.words import say_line

_WORDS = {"published_levels": "computed from published levels", "comparable_sample": "on a comparable sample"}
MONTHS = 24
"""Months of which coverage tells how many are known."""
MOST_PAGES = 6
"""Pages of one publisher that a chapter lists; the data catalogue has all."""


def series_cell(spec: pd.Series) -> Html:
    """Return the title of a series (a row of `Edition.series`) over what it counts and on which basis, folded."""
    facts = {
        "What it is": spec["definition"],
        "Kind": spec["kind"],
        "Frequency": spec["frequency"],
        "Place": spec["place"],
        "Grade": spec["grade"],
        "Basis": spec["basis"],
        "Growth rates": _WORDS.get(spec["growth_basis"], spec["growth_basis"]),
        "Part of": spec["part_of"],
        "Share of": spec["share_of"],
        "Name in the data": spec["series"],
    }
    pairs = "".join(tag("dt", escape(name)) + tag("dd", escape(text)) for name, text in facts.items() if text)
    name = f"series-{spec['series'].replace('.', '-')}"
    fold = tag("details", tag("summary", escape(spec["title"])) + tag("dl", pairs), class_="mb-series", id=name)
    return Html(fold, spec["title"])


def files_cell(series: str) -> Html:
    """Return a link to the series' figures as CSV, beside the edition's other downloads."""
    return Html(tag("a", "CSV", href=f"data/series/{series}.csv", download=""), series)


def page_cell(source: pd.Series) -> Html:
    """Return the title of a source (row of `Edition.sources`) with a link to its page, and which source it repeats."""
    copy = f" (repeats {source['repeats']})" if source["repeats"] else ""
    return Html(link(source["url"], source["title"] or source["source"]) + escape(copy), source["title"])


def sources_fold(edition, chapter: str) -> Html:
    """Return who contributed how many statements to a chapter, and their pages, folded under their number."""
    own = edition.series.loc[edition.series["chapter"] == chapter, "series"]
    rows = edition.rows_of(*own).merge(edition.sources, on="source", suffixes=("", "_source"))
    ahead = rows["measure"].str.startswith("forecast")
    by = rows.assign(ahead=ahead, seen=rows["period"].mask(ahead)).groupby("publisher")
    pages = rows.drop_duplicates("source").sort_values(["published_source", "source"])
    of_publisher = dict(iter(pages.groupby("publisher")))
    columns = {"Statements": by.size(), "of them forecasts": by["ahead"].sum()}
    columns |= {"First period": by["seen"].min(), "Last period": by["seen"].max()}
    shown = pd.DataFrame(columns).reset_index(names="Publisher")
    shown["Pages"] = [_pages(of_publisher[name]) for name in shown["Publisher"]]
    shown = shown.sort_values(["Statements", "Publisher"], ascending=[False, True])
    caption = f"Sources of this chapter in the edition {edition.month}; the data catalogue has the titles of all pages"
    return folded(f"Sources: {count_of(len(shown), 'publisher')}", table(shown, caption, css="mb-sources"))


def _pages(pages: pd.DataFrame) -> Html:
    """Return links to the newest pages by their day, the title where a page bears none."""
    points = [
        link(page["url"], page["published_source"] or page["title"] or page["source"])
        for _, page in pages.tail(MOST_PAGES).iterrows()
    ]
    if len(pages) > MOST_PAGES:
        points.append(f"and {count_of(len(pages) - MOST_PAGES, 'older or undated page')}")
    count = count_of(len(pages), "page")
    return Html(tag("details", tag("summary", count) + tag("span", " \u00b7 ".join(points)), class_="mb-origin"), count)


def checks_lines(edition, chapter: str) -> Html:
    """Return claims and contradictions of a chapter as one line each, with a link to more."""
    claims = edition.claims
    own = claims[claims["chapter"] == chapter] if len(claims) else claims
    said = counted(own["verdict"]) if len(own) else []
    conflicts, series = edition.conflicts, edition.series.loc[edition.series["chapter"] == chapter, "series"]
    conflicts = conflicts.loc[conflicts["series"].isin(series), "conflict"].nunique()
    lines = [
        (say_line("shared/claims_line", total=len(own), counts=said), "claims_audit.html", "Claims audit"),
        (say_line("shared/conflicts_line", total=conflicts), "conflicts.html", "Contradictions"),
    ]
    markup = "".join(tag("p", f"{escape(text)} {tag('a', name, href=to)}", class_="mb-say") for text, to, name in lines)
    return Html(markup, "\n".join(text for text, _, _ in lines))


def coverage(edition) -> pd.DataFrame:
    """Return, for each headline series, how many of the last 24 months are known, and how.

    Returns:
        Columns name, published, derived, unknown; in the order of the month's table.
    """
    rows = []
    for name, series in BOARD.items():
        if edition.has(series):
            known = edition.months(series, MONTHS)
            found = known["status"].where(known["best"].notna(), "unknown").value_counts()
            rows.append((name, *(found.get(of, 0) for of in ("reported", "derived", "unknown"))))
    return pd.DataFrame(rows, columns=["name", "published", "derived", "unknown"])
