"""The data of the explorer page: every series and figure of an edition as one script, loaded when the page is opened.

A script, since a page opened from disk may not fetch JSON.
"""

import json
import re

import pandas as pd

from metalsbook.edition import Edition
from metalsbook.ledger.vocabulary import CHAPTERS
from metalsbook.page.theme import chart_config
from metalsbook.paths import chapters_folder

FILE = "explorer.js"
_HAN = re.compile(r"[\u4e00-\u9fff]")


def explorer_script(edition: Edition, figures: pd.DataFrame) -> str:
    """Return the script that hands an edition's figures (`figures.all_figures`) to static/explorer.js.

    Returns:
        A call with `month`, `config` (the theme of charts), `chapters` ([name, title]), `publishers`, `series` ([id,
        title, unit, chapter, basis, Chinese words]) and `points` (id -> length -> [period, value, low, high, derived,
        place among publishers]).
    """
    publishers = sorted(set(figures["publisher"].dropna()))
    places = {name: place for place, name in enumerate(publishers)}
    points: dict[str, dict[str, list]] = {}
    for row in figures.itertuples():
        ends = [float(f"{end:.10g}") for end in (row.value, row.low, row.high)]
        point = [row.period, *ends, int(row.status == "derived"), places.get(row.publisher, -1)]
        points.setdefault(row.series, {}).setdefault(row.length, []).append(point)
    terms = chinese_terms()
    series = [
        [row.series, row.title, row.unit, row.chapter, row.basis, " ".join(_words(row.title, terms))]
        for row in edition.series.sort_values("title").itertuples()
        if row.series in points
    ]
    handed = {
        "month": edition.month,
        "config": chart_config(),
        "chapters": [[name, name.replace("_", " ").capitalize()] for name in CHAPTERS],
        "publishers": publishers,
        "series": series,
        "points": points,
    }
    return f"metalsbookExplorer({json.dumps(handed, separators=(',', ':'), ensure_ascii=False)});\n"


def chinese_terms() -> dict[str, list[str]]:
    """Return what the glossary calls each English term in Chinese; nothing where the book has no glossary."""
    path = chapters_folder() / "guide" / "glossary.md"
    terms: dict[str, list[str]] = {}
    for entry in re.split(r"\n\s*\n", path.read_text("utf-8")) if path.is_file() else ():
        names = [line for line in entry.splitlines() if line and not line.startswith((" ", ":", "#"))]
        chinese = [name for name in names if _HAN.search(name)]
        for name in names if chinese else ():
            if name not in chinese:
                terms[re.sub(r"\s*\(.*?\)", "", name).lower()] = chinese
    return terms


def _words(title: str, terms: dict[str, list[str]]) -> list[str]:
    said = title.lower()
    found = (names for term, names in terms.items() if re.search(rf"(?<!\w){re.escape(term)}(?!\w)", said))
    return list(dict.fromkeys(name for names in found for name in names))
