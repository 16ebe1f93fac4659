"""What is said with caution: what the catalogue holds against a figure, and prints that repeat another."""

import pandas as pd

from metalsbook.page.html import Html, escape, tag


def caution(edition, series: str) -> str:
    """Return what the catalogue says of a series beyond what it is: its definition after the first sentence."""
    definition = str(edition.spec(series).get("definition", "")) if edition.has(series) else ""
    return definition.partition(". ")[2].strip()


def cautions(edition, names, heading: str = "What the catalogue says against these figures") -> Html:
    """Return the cautions of several series as a folded list; nothing where none has one.

    Args:
        edition: The edition.
        names: Series, in the order wanted.
        heading: What is shown unfolded.
    """
    told: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        if words := caution(edition, name):
            told.setdefault(words, []).append(edition.spec(name)["title"])
    points = [f"{'; '.join(titles)}: {words}" for words, titles in told.items()]
    if not points:
        return Html("", "")
    listed = tag("ul", "".join(tag("li", escape(point)) for point in points))
    return Html(tag("details", tag("summary", escape(heading)) + listed, class_="mb-origin"), "\n".join(points))


def without_copies(rows: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Return prints without those of a page that repeats another print at hand, so that nobody counts twice.

    Args:
        rows: Statements: series, measure, period, source.
        sources: Columns source, repeats.
    """
    repeats = sources.set_index("source")["repeats"].to_dict() if "repeats" in sources else {}
    keys = ["series", "measure", "period"]
    prints = list(zip(*(rows[name].to_numpy() for name in (*keys, "source")), strict=True))
    at_hand = set(prints)
    copied = [(*key, repeats.get(source, "")) in at_hand for *key, source in prints]
    return rows[~pd.Series(copied, index=rows.index, dtype=bool)]
