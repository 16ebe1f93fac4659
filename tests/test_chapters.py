"""The committed chapters: what they show, and the rules for their cells; nothing is run here.

nbval compares stored outputs with new ones, but passes a notebook that has none: hence the guards.
"""

import ast
import copy
import io
import json
import re
import tokenize

import nbformat
import pytest

from metalsbook.ledger.vocabulary import CHAPTERS
from metalsbook.months import REFERENCE_MONTH
from metalsbook.paths import chapters_folder
from metalsbook.publish.notebooks import (
    KERNELSPEC,
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
from tests.publish.samples import sample
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


def find_broken_rules(chapter: Chapter) -> list[str]:
    """Everything that the rules for chapters object to, one line each."""
    faults = [fault for number, cell in enumerate(chapter.notebook["cells"], 1) for fault in _cell_faults(number, cell)]
    counts = [cell["execution_count"] for cell in chapter.code_cells]
    if counts != list(range(1, len(counts) + 1)):
        faults.append(f"not run from top to bottom: {counts}")
    stripped = strip_run_metadata(copy.deepcopy(chapter.notebook))
    if stripped != chapter.notebook:
        faults.append("carries metadata of a run")
    if chapter.notebook["metadata"].get("kernelspec") != KERNELSPEC:
        faults.append("is not for the kernel python3")
    return faults


def _cell_faults(number: int, cell: dict) -> list[str]:
    faults = []
    if RANDOM_ID.fullmatch(cell.get("id", "")) or not cell.get("id"):
        faults.append(f"cell {number}: id is random or missing")
    if cell["cell_type"] != "code":
        return faults
    source = cell_source(cell)
    if cell["execution_count"] is None:
        faults.append(f"cell {number}: not executed")
    if _shows_something(source) and not cell["outputs"]:
        faults.append(f"cell {number}: its output is missing")
    if len(source.splitlines()) > MOST_LINES:
        faults.append(f"cell {number}: more than {MOST_LINES} lines")
    if MAGIC.search(source):
        faults.append(f"cell {number}: magic or shell")
    elif any(isinstance(node, DEFINITIONS) for node in ast.walk(ast.parse(source))):
        faults.append(f"cell {number}: defines what a module should")
    if ABSOLUTE_PATH.search(source):
        faults.append(f"cell {number}: absolute path")
    return faults


def _shows_something(source: str) -> bool:
    """Whether the cell ends in an expression whose value is shown, or prints."""
    if MAGIC.search(source) or source.rstrip().endswith(";"):
        return False
    statements = ast.parse(source).body
    return bool(statements) and isinstance(statements[-1], ast.Expr)


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
    assert find_broken_rules(chapter) == []
    check_chapter(chapter)
    again = set_month(chapter, own_month(chapter) or REFERENCE_MONTH)
    assert [*map(cell_source, again["cells"])] == [*map(cell_source, chapter.notebook["cells"])]


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


def test_every_fault_of_a_cell_is_found():
    notebook = json.loads(sample("sound").read_text("utf-8"))
    for count, cell in enumerate(notebook["cells"], 1):
        cell |= {"execution_count": count, "outputs": [{"output_type": "stream", "name": "stdout", "text": "x"}]}
    chapter = Chapter("sample", sample("sound"), notebook)
    assert find_broken_rules(chapter) == []
    long = "names = !ls /\n" + "a = 1\n" * MOST_LINES
    notebook["cells"][2] |= {"id": "0af31b9c", "execution_count": None, "source": long}
    shown = 'def f():\n    return open("/srv/x.csv")\nf()'
    notebook["cells"][3] |= {"outputs": [], "source": shown, "metadata": {"execution": {"iopub.status.idle": "2025"}}}
    assert find_broken_rules(chapter) == [
        "cell 3: id is random or missing",
        "cell 3: not executed",
        "cell 3: more than 25 lines",
        "cell 3: magic or shell",
        "cell 4: its output is missing",
        "cell 4: defines what a module should",
        "cell 4: absolute path",
        "not run from top to bottom: [1, 2, None, 4, 5, 6]",
        "carries metadata of a run",
    ]


def test_typed_figures_are_found():
    assert typed_figures("It rose to 38,900 t, by 5.4%, over 120 days") == ["38,900", "5.4", "120"]
    assert typed_figures("Mg 99.90 in 2025, 12 months, #1f2933, 2025-11") == []


def notebook_of(markup: str, **chart) -> nbformat.NotebookNode:
    outputs = [
        nbformat.v4.new_output("display_data", {"text/html": markup}),
        nbformat.v4.new_output("display_data", {"application/vnd.vegalite.v6+json": chart}),
    ]
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", outputs=outputs)])


def test_what_must_not_be_shown_is_found():
    line = {"mark": "line", "description": "A line.", "data": {"values": [{"month": "2025-11"}]}}
    assert find_faults(notebook_of("<p>None of the four is known.</p>", **line), "2025-11") == []
    said = "Exports came to nan t. Between 3.1% to 3.1% it was. The 1 forecasts. It fell in March 2026."
    broken = {"mark": "lime", "description": "From None to 3.", "data": {"values": [{"month": "2026-01"}]}}
    found = find_faults(notebook_of(f"<p>{said}</p><ul class='x'></ul>", **broken), "2025-11")
    assert [fault.split(":")[0] for fault in found] == [
        "a missing figure shown as one",
        "stands empty",
        "not told as one",
        "a range with one end",
        "a sentence knows a later month",
        "a text alternative says None",
        "a chart knows a later month",
        "no Vega-Lite",
    ]
