"""The committed chapters: what they show, and the rules for their cells; nothing is run here.

nbval compares stored outputs with new ones, but passes a notebook that has none: hence the guards.
"""

import ast
import copy
import re

import nbformat
import pytest

from metalsbook.ledger.vocabulary import CHAPTERS
from metalsbook.months import REFERENCE_MONTH
from metalsbook.paths import chapters_folder
from metalsbook.publish.notebooks import (
    cell_source,
    check_chapter,
    check_outputs,
    list_chapters,
    name_chapter,
    own_month,
    read_chapter,
    set_month,
    strip_run_metadata,
)
from tests.shown import find_chapter_faults, find_faults

# A cell fits on a screen.
MOST_LINES, LONGEST_LINE = 25, 120
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# What nbformat makes up where an author gives no id.
RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f-]+)?")
ABSOLUTE_PATH = re.compile(r"""["'](/[a-zA-Z]|~[/"']|[A-Za-z]:[\\/])""")
MAGIC = re.compile(r"^\s*[%!]|^\s*\w+\s*=\s*[%!]|\bget_ipython\b|\bos\.system\b|\bsubprocess\b", re.MULTILINE)
PAGES = sorted({path.stem for path in chapters_folder().glob("*.ipynb")})


@pytest.fixture(params=list_chapters(), ids=name_chapter)
def chapter(request):
    return read_chapter(request.param)


def test_chapter_keeps_the_rules(chapter):
    check_chapter(chapter)
    again = set_month(chapter, own_month(chapter) or REFERENCE_MONTH)
    assert [*map(cell_source, again["cells"])] == [*map(cell_source, chapter.notebook["cells"])]
    assert strip_run_metadata(copy.deepcopy(chapter.notebook)) == chapter.notebook, "it carries metadata of a run"
    assert [cell["id"] for cell in chapter.notebook["cells"] if RANDOM_ID.fullmatch(cell["id"])] == []
    assert [cell["execution_count"] for cell in chapter.code_cells] == list(range(1, len(chapter.code_cells) + 1))
    for cell in chapter.code_cells:
        source = cell_source(cell)
        assert not MAGIC.search(source) and not ABSOLUTE_PATH.search(source), source
        assert len(source.splitlines()) <= MOST_LINES, source
        tree = ast.parse(source)
        assert not [node for node in ast.walk(tree) if isinstance(node, DEFINITIONS)], source
        shows = tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";")
        assert cell["outputs"] or not shows, source


def test_stored_outputs_are_sound_and_as_the_runner_writes_them(chapter):
    check_outputs(chapter.name, chapter.notebook)
    notebook = nbformat.from_dict(chapter.notebook)
    nbformat.validate(notebook)
    assert chapter.path.read_text("utf-8") == nbformat.writes(notebook) + "\n"


@pytest.mark.parametrize("page", PAGES)
def test_page_shows_nothing_that_it_must_not(page):
    chapter = read_chapter(chapters_folder() / f"{page}.ipynb")
    notebook = nbformat.read(chapter.path, as_version=4)
    assert find_faults(notebook, REFERENCE_MONTH) == []
    if page in CHAPTERS:
        assert find_chapter_faults(notebook) == []
    lines = [line for cell in chapter.code_cells for line in cell_source(cell).splitlines()]
    assert [line for line in lines if len(line) > LONGEST_LINE] == []
