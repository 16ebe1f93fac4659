"""Cells of the data catalogue: a series with its definition folded, its files, a source's page."""

import pandas as pd

from metalsbook.page.html import Html, escape, link, tag

_WORDS = {"published_levels": "computed from published levels", "comparable_sample": "on a comparable sample"}


def series_cell(spec: pd.Series) -> Html:
    """Return the title of a series over what it counts and on which basis, folded; the search finds it by its anchor.

    Args:
        spec: Row of `Edition.series`.
    """
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
    """Return the title of a source with a link to its page, and which source it repeats.

    Args:
        source: Row of `Edition.sources`.
    """
    copy = f" (repeats {source['repeats']})" if source["repeats"] else ""
    return Html(link(source["url"], source["title"] or source["source"]) + escape(copy), source["title"])
