"""Who is cited and with what caution: names of publishers, and what the catalogue says against a figure."""

import re
from functools import cache

import pandas as pd

from metalsbook.page.english_names import in_english
from metalsbook.page.html import Html, escape, tag

_ASIDE = re.compile(r"\s*[(\[\uff08]([^)\]\uff09]*)[)\]\uff09]")
_CAUTION = re.compile(r"cop(y|ies)|mirror|repost|undated|nominal|assumed|not named|user post|\u8f6c\u8f7d", re.I)
_ADDRESS = re.compile(r"[\w-]+(\.[\w-]+)*\.[a-z]{2,4}|\d{6}")
"""A site's address or a stock's number behind a name: who it is, not whom it relays."""
_WRITTEN_OUT = ("shanghai metals market",)


@cache
def base_name(publisher: str) -> str:
    """Return a publisher's name, in English, without what stands in brackets behind it."""
    return in_english(re.split(r"\s*[(\[\uff08]", publisher)[0])


@cache
def told_name(publisher: str) -> str:
    """Return a publisher's name with what speaks against its page only: "zhuoerchem.com (SMM copy, undated page)"."""
    return _with(publisher, [aside for aside in _asides(publisher) if _CAUTION.search(aside)])


@cache
def cited_name(publisher: str) -> str:
    """Return a publisher's name with whom it relays and what speaks against it: "IMA (Reuters)"."""
    return _with(publisher, _asides(publisher))


def _asides(publisher: str) -> list[str]:
    own = ("", base_name(publisher).lower(), *_WRITTEN_OUT)
    asides = [aside.strip() for aside in _ASIDE.findall(publisher)]
    return [aside for aside in asides if in_english(aside).lower() not in own and not _ADDRESS.fullmatch(aside)]


def _with(publisher: str, asides: list[str]) -> str:
    words = ", ".join(asides).replace("year nominal", "year assumed").replace("period assumed", "year assumed")
    words = in_english(words)
    return f"{base_name(publisher)} ({words})" if words else base_name(publisher)


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
