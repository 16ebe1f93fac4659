"""The committed chapters: run whole, clean, short, and without what belongs in a module.

nbval compares stored outputs with new ones, but passes a notebook that has none: hence these guards.
"""

import ast
import copy
import json
import re

import nbformat
import pytest

from metalsbook.publish.execute import REFERENCE_MONTH
from metalsbook.publish.notebooks import (
    KERNELSPEC,
    Chapter,
    cell_source,
    check_parameters,
    check_tags,
    list_chapters,
    name_chapter,
    own_month,
    read_chapter,
    read_parameters,
    strip_run_metadata,
)
from metalsbook.publish.run import check_executed
from tests.publish.samples import sample

MOST_LINES = 15
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# What nbformat makes up where an author gives no id.
RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f-]+)?")
ABSOLUTE_PATH = re.compile(r"""["'](/[a-zA-Z]|~[/"']|[A-Za-z]:[\\/])""")
MAGIC = re.compile(r"^\s*[%!]|^\s*\w+\s*=\s*[%!]|\bget_ipython\b|\bos\.system\b|\bsubprocess\b", re.MULTILINE)


def find_faults(chapter: Chapter) -> list[str]:
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


@pytest.fixture(params=list_chapters(), ids=name_chapter)
def chapter(request):
    return read_chapter(request.param)


def test_there_are_chapters():
    assert list_chapters()


def test_chapter_keeps_the_rules(chapter):
    assert find_faults(chapter) == []


def test_chapter_shows_the_reference_month_or_its_own_and_knows_its_parameters(chapter):
    check_tags(chapter)
    check_parameters(chapter, ["month"])
    assert ast.literal_eval(read_parameters(chapter)["month"]) == (own_month(chapter) or REFERENCE_MONTH)


def test_stored_outputs_show_no_error_no_warning_and_no_empty_chart(chapter):
    check_executed(chapter.name, chapter.notebook)


def test_file_is_as_the_runner_writes_it(chapter):
    notebook = nbformat.from_dict(chapter.notebook)
    nbformat.validate(notebook)
    assert chapter.path.read_text("utf-8") == nbformat.writes(notebook) + "\n"


def executed_sample() -> dict:
    notebook = json.loads(sample("sound").read_text("utf-8"))
    for count, cell in enumerate(notebook["cells"], 1):
        cell["execution_count"] = count
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}] if count > 1 else []
    return notebook


def faults_of(notebook: dict) -> list[str]:
    return find_faults(Chapter("sample", sample("sound"), notebook))


def test_guard_finds_nothing_in_a_sound_notebook():
    assert faults_of(executed_sample()) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"execution_count": None}, "cell 3: not executed"),
        ({"execution_count": 9}, "not run from top to bottom: [1, 2, 9, 4, 5, 6]"),
        ({"source": "print(month)", "outputs": []}, "cell 3: its output is missing"),
        ({"source": "month", "outputs": []}, "cell 3: its output is missing"),
        ({"source": "def f():\n    return 1"}, "cell 3: defines what a module should"),
        ({"source": "class A:\n    pass"}, "cell 3: defines what a module should"),
        ({"source": "a = 1\n" * 16}, "cell 3: more than 15 lines"),
        ({"source": "%pip install pandas"}, "cell 3: magic or shell"),
        ({"source": "!ls"}, "cell 3: magic or shell"),
        ({"source": "names = !ls"}, "cell 3: magic or shell"),
        ({"source": "a = open('/srv/me/x.csv')"}, "cell 3: absolute path"),
        ({"source": 'a = "C:\\\\x.csv"'}, "cell 3: absolute path"),
        ({"source": 'a = "~/x.csv"'}, "cell 3: absolute path"),
        ({"id": "0af31b9c"}, "cell 3: id is random or missing"),
        ({"metadata": {"execution": {"iopub.status.idle": "2025-01-01"}}}, "carries metadata of a run"),
    ],
)
def test_guard_finds_each_fault(changes, fault):
    notebook = executed_sample()
    notebook["cells"][2] |= changes
    assert fault in faults_of(notebook)


def test_guard_finds_another_kernel():
    notebook = executed_sample()
    notebook["metadata"]["kernelspec"] = {"name": "conda-env-x"}
    assert "is not for the kernel python3" in faults_of(notebook)
