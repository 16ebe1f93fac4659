"""The chapters for every month that has a snapshot: no gap shown as a figure, nothing later than their own month."""

import calendar
import io
import json
import re
import tokenize
from functools import cache

import altair as alt
import nbformat
import pytest
from altair.utils.schemapi import validate_jsonschema

from metalsbook.months import cut_off, last_day
from metalsbook.paths import chapters_folder, snapshots_folder
from metalsbook.publish.execute import execute_chapters
from metalsbook.snapshots.package import published_months
from metalsbook.snapshots.snapshot import open_snapshot
from tests.executed_text import charts_of, missing_figures, outputs_of, words_of

FIVE = ["magnesium_prices", "magnesium_capacity", "magnesium_exports", "rare_earths", "downstream_demand"]
CHECKS = ["claims_audit", "conflicts", "outlook_scorecard", "what_changed", "data_catalogue", "build_status"]
PAGES = [*FIVE, "index", *CHECKS]
MONTHS = published_months(snapshots_folder())
LEAST_CHARTS = 3


@cache
def executed(month: str) -> dict[str, nbformat.NotebookNode]:
    done = execute_chapters(month, progress=lambda line: None)
    return {chapter.name: nbformat.read(chapter.path, as_version=4) for chapter in done}


def outputs(month: str, page: str) -> list[dict]:
    return outputs_of(executed(month)[page])


def shown_text(month: str, page: str) -> str:
    return words_of(executed(month)[page])


def own_words(month: str, page: str) -> str:
    """The text of a page without what the ledger says of events: an event may speak of what it leads to."""
    text = shown_text(month, page)
    for what in open_snapshot(snapshots_folder() / month).tables["events"]["what"]:
        text = text.replace(what, "")
    return text


def charts(month: str, page: str) -> list[dict]:
    return charts_of(executed(month)[page])


every_page = pytest.mark.parametrize("page", PAGES)
every_chapter = pytest.mark.parametrize("page", FIVE)
every_month = pytest.mark.parametrize("month", MONTHS)


def test_the_months_are_those_that_the_book_promises():
    assert {"2025-06", "2025-07", "2025-08", "2025-09", "2025-10", "2025-11"} <= set(MONTHS)


@every_month
@every_page
def test_a_missing_figure_is_never_shown_as_one(month, page):
    assert not missing_figures(executed(month)[page])


@every_month
@every_chapter
def test_a_chapter_shows_charts_with_title_source_and_alternative(month, page):
    shown = charts(month, page)
    assert len(shown) >= LEAST_CHARTS
    for spec in shown:
        assert spec["title"]["text"]
        assert spec["title"]["subtitle"]
        assert len(spec["description"]) > 40
        assert not re.search(r"\b(nan|None|inf|NaT)\b", spec["description"])


@every_month
@every_page
def test_each_chart_is_vega_lite(month, page):
    """Pages show the book's charts without a check of their own."""
    for spec in charts(month, page):
        # Altair checks a chart before it lays the theme over it.
        validate_jsonschema({key: value for key, value in spec.items() if key != "config"}, alt.Chart._rootschema)


def dated(node, keys=("date", "period", "month", "when")):
    """Yield every date or period in the data of a chart."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in keys and isinstance(value, str) and re.match(r"20\d\d-\d\d", value):
                yield value[:10]
            else:
                yield from dated(value, keys)
    elif isinstance(node, list):
        for each in node:
            yield from dated(each, keys)


@every_month
@every_page
def test_no_chart_knows_a_later_month(month, page):
    later = [value for spec in charts(month, page) for value in dated(spec) if value > last_day(month)]
    assert not later


@every_month
@every_chapter
def test_no_sentence_knows_a_later_month(month, page):
    text = own_words(month, page)
    names = list(calendar.month_name)
    written = re.findall(rf"({'|'.join(names[1:])}) (20\d\d)", text)
    periods = {f"{year}-{names.index(name):02d}" for name, year in written}
    periods |= set(re.findall(r"(?<![\w-])20\d\d-(?:0[1-9]|1[0-2])(?![\w])", text))
    later = sorted(period for period in periods if period > cut_off(month)[:7])
    assert not later


@pytest.mark.parametrize("page", FIVE)
def test_each_month_reads_otherwise(page):
    """A sentence typed for one month would stand in all of them."""
    assert len({shown_text(month, page) for month in MONTHS}) == len(MONTHS)


# Figures that belong to names, not to the market: grades, codes of goods,
# and the 100 that an index or a percentage starts from.
_NAMES = r"99\.90?|75%|8104|0\.1%|\b100\b"
_FIGURE = re.compile(r"(?<![\w#.-])(\d(?:[\d,]*\d)?(?:\.\d+)?)(?![\w-])")


def typed_figures(text: str) -> list[str]:
    found = []
    # What stands in the braces of an f-string is computed.
    for figure in _FIGURE.findall(re.sub(rf"\{{[^{{}}]*\}}|{_NAMES}", "", text)):
        value = float(figure.replace(",", ""))
        if not (value.is_integer() and (value <= 31 or 1900 <= value <= 2100) and "," not in figure):
            found.append(figure)
    return found


def source_notebook(page: str) -> dict:
    return json.loads((chapters_folder() / f"{page}.ipynb").read_text(encoding="utf-8"))


@every_page
def test_no_market_figure_is_typed_into_prose(page):
    cells = [cell for cell in source_notebook(page)["cells"] if cell["cell_type"] == "markdown"]
    assert not [figure for cell in cells for figure in typed_figures("".join(cell["source"]))]


@every_page
def test_no_market_figure_is_typed_into_a_string_of_code(page):
    for cell in source_notebook(page)["cells"]:
        if cell["cell_type"] != "code" or "parameters" in cell["metadata"].get("tags", []):
            continue
        code = "".join(cell["source"])
        strings = [t.string for t in tokenize.generate_tokens(io.StringIO(code).readline) if t.type == tokenize.STRING]
        assert not [figure for text in strings for figure in typed_figures(text)], cell["id"]


def test_typed_figures_are_found():
    assert typed_figures("It rose to 38,900 t, by 5.4%, over 120 days") == ["38,900", "5.4", "120"]
    assert typed_figures("Mg 99.90 in 2025, 12 months, #1f2933, 2025-11") == []
