"""The data of the explorer page: every series and figure of an edition, as scripts that the page loads.

Scripts, since a page opened from disk may not fetch JSON. Two, in columns: a first visit loads what it shows at once,
months and years; day quotes, and the ends between which a figure lies, come when a reader asks for them.
"""

import json
import re

import pandas as pd

from metalsbook.edition import Edition
from metalsbook.ledger.vocabulary import CHAPTERS
from metalsbook.page.theme import chart_config
from metalsbook.paths import chapters_folder

FILE, MORE = "explorer.js", "explorer-more.js"
_HAN = re.compile(r"[\u4e00-\u9fff]")


def explorer_scripts(edition: Edition, figures: pd.DataFrame) -> dict[str, str]:
    """Return the scripts that hand an edition's figures (`figures.all_figures`) to static/explorer.js, by file name.

    Returns:
        `FILE`, a call with `month`, `config` (the theme of charts), `chapters` ([name, title]), `publishers` and
        `series`, in columns: id, title, unit, chapter, basis, Chinese words, first day that was quoted ("" for none),
        and the figures (length -> columns period, value, derived, place among publishers). `MORE`, a call with the
        columns that go behind these (series -> length -> columns): low and high, and of days those before them, too. A
        column of figures ends where all that follows is alike.
    """
    publishers = sorted(set(figures["publisher"].dropna()))
    places = {name: place for place, name in enumerate(publishers)}
    points: dict[str, dict[str, list]] = {}
    more: dict[str, dict[str, list]] = {}
    for (series, length), rows in figures.groupby(["series", "length"]):
        derived, who = rows["status"].eq("derived").astype(int), rows["publisher"].map(places).fillna(-1).astype(int)
        value, *ends = (_until_alike(_numbers(rows[name], derived)) for name in ("value", "low", "high"))
        columns = [rows["period"].tolist(), value, _until_alike(derived.tolist()), _until_alike(who.tolist())]
        more.setdefault(series, {})[length] = [*columns, *ends] if length == "day" else ends
        points.setdefault(series, {})[length] = columns
    terms = chinese_terms()
    listed = []
    for row in edition.series.sort_values("title").itertuples():
        if held := points.get(row.series):
            (first, *_), *_ = held.pop("day", [[""]])
            words = " ".join(_words(row.title, terms))
            listed.append((row.series, row.title, row.unit, row.chapter, row.basis, words, first, held))
    handed = {
        "month": edition.month,
        "config": chart_config(),
        "chapters": [[name, name.replace("_", " ").capitalize()] for name in CHAPTERS],
        "publishers": publishers,
        "series": list(zip(*listed, strict=True)),
    }
    calls = {FILE: ("metalsbookExplorer", handed), MORE: ("metalsbookExplorerMore", more)}
    return {
        file: f"{name}({json.dumps(content, separators=(',', ':'), ensure_ascii=False)});\n"
        for file, (name, content) in calls.items()
    }


def _until_alike(column: list) -> list:
    while column[-2:-1] == column[-1:]:
        column.pop()
    return column


def _numbers(figures: pd.Series, derived: pd.Series) -> list[float | int]:
    """Return figures as printed, derived ones with seven digits; whole ones without a point."""
    short = [float(f"{figure:.{7 if one else 10}g}") for figure, one in zip(figures, derived, strict=True)]
    return [int(figure) if figure.is_integer() else figure for figure in short]


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
