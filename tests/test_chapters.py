"""The committed chapters: what they show, and the rules for their cells; nothing is run here.

nbval compares stored outputs with new ones, but passes a notebook that has none: hence the guards.
"""

import ast
import copy
import io
import re
import tokenize

import nbformat
import pytest

from metalsbook.ledger.vocabulary import CHAPTERS
from metalsbook.months import REFERENCE_MONTH
from metalsbook.paths import chapters_folder
from metalsbook.publish.notebooks import (
    Chapter,
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
# Figures that belong to names, not to the market: grades, codes of goods, the 100 that an index starts from.
NAMES = r"99\.90?|75%|8104|0\.1%|\b100\b|95% interval|\d+ months"
FIGURE = re.compile(r"(?<![\w#.-])(\d(?:[\d,]*\d)?(?:\.\d+)?)(?![\w-])")
# The page on how the site is built tells days of today.
PAGES = sorted({path.stem for path in chapters_folder().glob("*.ipynb")})


def typed_figures(text: str) -> list[str]:
    """Return figures of a market in a text; small whole numbers and years are none."""
    found = []
    # What stands in the braces of an f-string is computed.
    for figure in FIGURE.findall(re.sub(rf"\{{[^{{}}]*\}}|{NAMES}", "", text)):
        value = float(figure.replace(",", ""))
        if not (value.is_integer() and (value <= 31 or 1900 <= value <= 2100) and "," not in figure):
            found.append(figure)
    return found


def written_texts(chapter: Chapter) -> list[str]:
    """Return the Markdown of a chapter and the strings of its code, but for its parameters."""
    texts = []
    for cell in chapter.notebook["cells"]:
        source = cell_source(cell)
        if cell["cell_type"] == "markdown":
            texts.append(source)
        elif cell["cell_type"] == "code" and "parameters" not in cell["metadata"].get("tags", []):
            tokens = tokenize.generate_tokens(io.StringIO(source).readline)
            strings = (token.string for token in tokens if token.type == tokenize.STRING)
            # A span of time for pandas is no figure of a market.
            texts += [text for text in strings if not re.fullmatch(r"['\"]\d+ days['\"]", text)]
    return texts


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
    assert [figure for text in written_texts(chapter) for figure in typed_figures(text)] == []
    lines = [line for cell in chapter.code_cells for line in cell_source(cell).splitlines()]
    assert [line for line in lines if len(line) > LONGEST_LINE] == []
