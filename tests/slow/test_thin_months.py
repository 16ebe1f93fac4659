"""Months with next to no data, frozen with their gaps: every chapter runs and says in its place what is not known."""

import re

import nbformat
import pytest

from metalsbook import paths
from metalsbook.months import last_day
from metalsbook.publish.execute import execute_editions
from metalsbook.snapshots.freeze import freeze_month
from tests.executed_text import charts_of, missing_figures, outputs_of, words_of
from tests.test_chapters import CHECKS, FIVE, PAGES, dated

# The oldest month, in which half of the series are not known at all, and one with parts of most chapters.
MONTHS = ("2023-12", "2024-06")
every_month = pytest.mark.parametrize("month", MONTHS)
every_page = pytest.mark.parametrize("page", PAGES)


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    root, book = tmp_path_factory.mktemp("thin"), paths.project_root()
    (root / "data").mkdir()
    for name in ("chapters", "data/ledger", "requirements.txt", "pyproject.toml", "CHANGELOG.md"):
        (root / name).symlink_to(book / name)
    notebooks = [paths.chapters_folder() / f"{page}.ipynb" for page in PAGES]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("METALSBOOK_ROOT", str(root))
        for month in MONTHS:
            freeze_month(month, allow_gaps=True, say=lambda line: None)
        done = execute_editions(list(MONTHS), notebooks, progress=lambda line: None)
    return {(month, one.name): nbformat.read(one.path, as_version=4) for month, ran in done.items() for one in ran}


@every_month
@every_page
def test_a_missing_figure_is_never_shown_as_one(executed, month, page):
    notebook = executed[month, page]
    assert not missing_figures(notebook)
    assert not [
        each for spec in charts_of(notebook) if (each := re.search(r"\b(nan|None|inf|NaT)\b", spec["description"]))
    ]


@every_month
@every_page
def test_no_table_or_list_stands_empty(executed, month, page):
    markup = " ".join(data.get("text/html", "") for data in outputs_of(executed[month, page]))
    assert not re.findall(r"<caption>[^<]*</caption><thead>(?:(?!<tbody>).)*<tbody></tbody>", markup)
    assert not re.findall(r"<ul[^>]*></ul>", markup)


@every_month
@pytest.mark.parametrize("page", FIVE)
def test_every_place_of_a_chapter_has_a_chart_a_table_a_sentence_or_says_what_is_missing(executed, month, page):
    notebook = executed[month, page]
    assert "mb-gap" in " ".join(data.get("text/html", "") for data in outputs_of(notebook))
    charted = [cell for cell in notebook.cells if "charts.show(" in cell.source]
    silent = [cell.id for cell in charted if not cell.outputs]
    assert charted and not silent


@every_month
@every_page
def test_one_is_told_as_one_and_a_range_has_two_ends(executed, month, page):
    words = words_of(executed[month, page])
    assert not re.findall(r"(?:\b[Tt]he 1 \w+|\b1 \w+ of the \w+ are\b).{0,30}", words)
    assert not re.search(r"(?<![\w.,\u2212-])([\d,.]+%?) to \1(?![\d,.])", words)


@every_month
@every_page
def test_no_chart_knows_a_later_month(executed, month, page):
    later = [value for spec in charts_of(executed[month, page]) for value in dated(spec) if value > last_day(month)]
    assert not later


def test_the_pages_are_those_of_the_book():
    assert {path.stem for path in paths.chapters_folder().glob("*.ipynb")} == {*FIVE, "index", *CHECKS}
