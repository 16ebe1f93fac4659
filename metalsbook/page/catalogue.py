"""What the book holds: series, sources and coverage listed, and the lines that lead from a chapter to them."""

import pandas as pd

from metalsbook.analysis.sources import linked
from metalsbook.months import earlier_period
from metalsbook.page.facts.landing import BOARD
from metalsbook.page.narrative import Html, count_of, escape, folded, link, tag
from metalsbook.page.tables import table
from metalsbook.page.verdicts import counted
from metalsbook.page.words import say_line

_WORDS = {"published_levels": "computed from published levels", "comparable_sample": "on a comparable sample"}
_TOLD = "definition kind frequency place grade basis growth_basis part_of share_of series".split()
_LABELS = {"definition": "What it is", "growth_basis": "Growth rates", "series": "Name in the data"}
MONTHS = 24
"""Months of which coverage tells how many are known."""
MOST_WANTED = 12
MOST_PUBLISHERS = 10
"""Publishers that a chapter lists in sight."""
MOST_PAGES = 6
"""Pages of one publisher that a chapter lists; the data catalogue has all."""


def series_cell(spec: pd.Series) -> Html:
    """Return the title of a series (a row of `Edition.series`) over what it counts and on which basis, folded."""
    known = ((_LABELS.get(name, name.replace("_", " ").capitalize()), spec[name]) for name in _TOLD if spec[name])
    pairs = "".join(tag("dt", label) + tag("dd", escape(_WORDS.get(text, text))) for label, text in known)
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
    """Return who contributed how many statements to a chapter, and their pages, folded under a line with their number.

    Those with few statements are folded once more.
    """
    rows = edition.rows_of(*edition.series_of(chapter)).merge(edition.sources, on="source", suffixes=("", "_source"))
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
    listed, rest = table(shown.iloc[:MOST_PUBLISHERS], caption, css="mb-sources"), shown.iloc[MOST_PUBLISHERS:]
    if len(rest):
        further = table(rest, f"Further sources of this chapter in the edition {edition.month}", css="mb-sources")
        span = rest["Statements"].agg(["min", "max"])
        listed += folded(say_line("shared/further_sources", n=len(rest), **span), further)
    return folded(f"Sources: {count_of(len(shown), 'publisher')}", listed)


def _pages(pages: pd.DataFrame) -> Html:
    """Return links to the newest pages by their day, the title where a page bears none."""
    named = pages["published_source"].where(pages["published_source"] != "", pages["title"].replace("", pd.NA))
    points = list(map(link, pages["url"], named.fillna(pages["source"])))[-MOST_PAGES:]
    if len(pages) > MOST_PAGES:
        points.append(f"and {count_of(len(pages) - MOST_PAGES, 'older or undated page')}")
    count = count_of(len(pages), "page")
    return Html(tag("details", tag("summary", count) + tag("span", " \u00b7 ".join(points)), class_="mb-origin"), count)


def checks_lines(edition, chapter: str) -> Html:
    """Return claims, contradictions and coverage of a chapter as one line each, with a link to more."""
    own = edition.claims.loc[edition.claims["chapter"] == chapter, "verdict"]
    conflicts = edition.conflicts
    conflicts = conflicts.loc[conflicts["series"].isin(edition.series_of(chapter)), "conflict"].nunique()
    known = coverage(edition, chapter).to_dict("records")
    lines = [
        (say_line("shared/claims_line", total=len(own), counts=counted(own)), "claims_audit.html", "Claims audit"),
        (say_line("shared/conflicts_line", total=conflicts), "conflicts.html", "Contradictions"),
        (say_line("shared/coverage", series=known, months=MONTHS), "data_catalogue.html#coverage", "Coverage"),
    ]
    told = [(text, tag("a", name, href=to)) for text, to, name in lines if text]
    markup = "".join(tag("p", f"{escape(text)} {more}", class_="mb-say") for text, more in told)
    return Html(markup, "\n".join(text for text, _ in told))


def coverage(edition, chapter: str = "") -> pd.DataFrame:
    """Return how many of the last 24 months are published, derived, unknown of each headline series (of a chapter)."""
    rows = []
    for name, series in BOARD.items():
        if edition.has(series) and chapter in ("", edition.spec(series)["chapter"]):
            known = edition.months(series, MONTHS)
            found = known["status"].where(known["best"].notna(), "unknown").value_counts()
            rows.append((name, *(found.get(of, 0) for of in ("reported", "derived", "unknown"))))
    return pd.DataFrame(rows, columns=["name", "published", "derived", "unknown"])


def most_wanted(edition) -> pd.DataFrame:
    """Return which single missing month of a flow would make the most unknown months known.

    Months that published changes tie to each other (m/m to the month before, y/y to the year before) stand or fall
    together: a level for one of them gives all the others to within the digits of the changes.

    Returns:
        Columns series, title, first and last (of the months tied), n (unknown months that it would tell); by size.
    """
    estimates, rows = edition.estimates, edition.statements
    unknown = estimates.loc[estimates["basis"] == "open", ["series", "period"]]
    unknown = set(unknown.itertuples(index=False, name=None))
    rows = rows[rows["measure"].isin(["mom", "yoy"]) & (rows["period"].str.len() == 7)]
    changes = rows[["series", "measure", "period"]].itertuples(index=False, name=None)
    ends = (((series, to), (series, earlier_period(measure, to))) for series, measure, to in changes)
    tied = linked(pair for pair in ends if unknown.issuperset(pair))
    titles = edition.series.set_index("series")["title"]
    rows = []
    for group in {id(group): group for group in tied.values()}.values():
        (series, *_), months = zip(*sorted(group), strict=True)
        rows.append((series, titles.get(series, series), months[0], months[-1], len(months)))
    found = pd.DataFrame(rows, columns=["series", "title", "first", "last", "n"])
    return found.sort_values(["n", "last", "series"], ascending=[False, False, True]).head(MOST_WANTED)
