"""The chapters for every month that has a snapshot, and for months with next to no data, frozen with their gaps."""

import json

import nbformat
import pytest

from metalsbook import open_edition, paths
from metalsbook.ledger.vocabulary import CHAPTERS
from metalsbook.months import REFERENCE_MONTH
from metalsbook.publish.execute import execute_editions
from metalsbook.snapshots.freeze import freeze_month
from metalsbook.snapshots.package import published_months
from tests.shown import find_chapter_faults, find_faults, html_of, words_of
from tests.test_chapters import PAGES

# The reference month is that of the committed chapters.
MONTHS = [month for month in published_months(paths.snapshots_folder()) if month != REFERENCE_MONTH]
# The oldest month, in which half of the series are not known at all, and one with parts of most chapters.
THIN = ["2023-12", "2024-06"]


def execute(months: list[str]) -> dict[tuple[str, str], nbformat.NotebookNode]:
    notebooks = [paths.chapters_folder() / f"{page}.ipynb" for page in PAGES]
    done = execute_editions(months, notebooks)
    return {(month, path.stem): nbformat.read(path, as_version=4) for month, ran in done.items() for path in ran}


@pytest.fixture(scope="module")
def executed():
    return execute(MONTHS)


@pytest.fixture(scope="module")
def thin(tmp_path_factory):
    """The thin months, executed in a book of their own: the notebooks, and that book's top folder."""
    root, book = tmp_path_factory.mktemp("thin"), paths.project_root()
    (root / "data").mkdir()
    for name in ("chapters", "data/ledger", "requirements.txt", "pyproject.toml", "CHANGELOG.md"):
        (root / name).symlink_to(book / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("METALSBOOK_ROOT", str(root))
        for month in THIN:
            freeze_month(month, allow_gaps=True, say=lambda line: None)
        yield execute(THIN)


def test_the_months_are_those_that_the_book_promises():
    assert {"2025-06", "2025-07", "2025-08", "2025-09", "2025-10"} <= set(MONTHS)


def test_the_changes_of_an_edition_are_plain_values_by_reason():
    changes = json.loads(json.dumps(open_edition("2025-11").changes_as_dict(), allow_nan=False))
    assert (changes["month"], changes["compared_with"]) == ("2025-11", "2025-10")
    reasons = ("revised_figures", "implied_revisions", "corrections_of_ours", "method_changes")
    assert all(len(changes[name]) == changes["counts"][name] for name in reasons)
    assert len(changes["new_figures"]) > 100


@pytest.mark.parametrize("month", MONTHS)
def test_no_page_shows_what_it_must_not(executed, month):
    found = {page: find_faults(executed[month, page], month) for page in PAGES}
    assert {page: faults for page, faults in found.items() if faults} == {}
    assert {page: faults for page in CHAPTERS if (faults := find_chapter_faults(executed[month, page]))} == {}


@pytest.mark.parametrize("page", CHAPTERS)
def test_each_month_reads_otherwise(executed, page):
    """A sentence typed for one month would stand in all of them."""
    assert len({words_of(executed[month, page]) for month in MONTHS}) == len(MONTHS)


@pytest.mark.parametrize("month", THIN)
def test_a_thin_month_says_in_its_place_what_is_not_known(thin, month):
    found = {page: find_faults(thin[month, page], month) for page in PAGES}
    assert {page: faults for page, faults in found.items() if faults} == {}
    for page in CHAPTERS:
        notebook = thin[month, page]
        assert "mb-gap" in html_of(notebook) or "We hold no" in words_of(notebook), page
        charted = [cell for cell in notebook.cells if "show(" in cell.source]
        assert charted and not [cell.id for cell in charted if not cell.outputs], page
