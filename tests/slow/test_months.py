"""The chapters of every month that has a snapshot; all pages of some, and of months with next to no data."""

from collections.abc import Iterable

import nbformat
import pytest

from metalsbook import paths
from metalsbook.ledger.vocabulary import CHAPTERS
from metalsbook.months import REFERENCE_MONTH
from metalsbook.publish.execute import execute_editions
from metalsbook.publish.notebooks import list_chapters
from metalsbook.snapshots.freeze import freeze_month
from metalsbook.snapshots.package import published_months
from tests.oracle import THIN, link_root
from tests.shown import find_chapter_faults, find_faults, html_of, words_of
from tests.test_chapters import PAGES

# The reference month is that of the committed chapters.
MONTHS = [month for month in published_months(paths.snapshots_folder()) if month != REFERENCE_MONTH]


def execute(months: list[str], pages: Iterable[str]) -> dict[str, dict[str, nbformat.NotebookNode]]:
    done = execute_editions(months, [paths.chapters_folder() / f"{page}.ipynb" for page in pages])
    return {month: {path.stem: nbformat.read(path, as_version=4) for path in ran} for month, ran in done.items()}


@pytest.fixture(scope="module")
def executed():
    # Pages on the whole of our data differ little from month to month: of the oldest, the newest and one that is built.
    whole = [MONTHS[0], "2025-11", MONTHS[-1]]
    return execute(MONTHS, CHAPTERS) | execute(whole, PAGES)


@pytest.fixture(scope="module")
def thin(tmp_path_factory):
    """The thin months, executed in a book of their own: the notebooks, and that book's top folder."""
    root = tmp_path_factory.mktemp("thin")
    link_root(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("METALSBOOK_ROOT", str(root))
        for month in THIN:
            freeze_month(month, allow_gaps=True)
        # Nothing is thinner than the first.
        yield execute(THIN, CHAPTERS) | execute(THIN[:1], PAGES)


@pytest.mark.parametrize("month", MONTHS)
def test_no_page_shows_what_it_must_not(executed, month):
    found = {page: find_faults(notebook, month) for page, notebook in executed[month].items()}
    assert {page: faults for page, faults in found.items() if faults} == {}
    assert {page: faults for page in CHAPTERS if (faults := find_chapter_faults(executed[month][page]))} == {}


@pytest.mark.parametrize("page", CHAPTERS)
def test_each_month_reads_otherwise(executed, page):
    """A sentence typed for one month would stand in all of them."""
    assert len({words_of(executed[month][page]) for month in MONTHS}) == len(MONTHS)


@pytest.mark.parametrize("month", THIN)
def test_a_thin_month_says_in_its_place_what_is_not_known(thin, month):
    found = {page: find_faults(notebook, month) for page, notebook in thin[month].items()}
    assert {page: faults for page, faults in found.items() if faults} == {}
    for page in CHAPTERS:
        notebook = thin[month][page]
        assert "mb-gap" in html_of(notebook) or "We hold no" in words_of(notebook), page
        charted = [cell for cell in notebook.cells if "show(" in cell.source]
        assert charted and not [cell.id for cell in charted if not cell.outputs], page


def test_stored_outputs_are_those_of_a_run():
    """Those of the five chapters are compared by nbval in `make test`, each in a kernel of its own."""
    others = [path for path in list_chapters() if path.stem not in CHAPTERS]
    done = execute_editions([REFERENCE_MONTH], others)[REFERENCE_MONTH]
    assert [path.name for path, ran in zip(others, done, strict=True) if path.read_bytes() != ran.read_bytes()] == []
