"""The usual commands of the Jupyter world work on the book's chapters as they do on any notebook."""

import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

from metalsbook.publish.execute import execute_editions
from metalsbook.publish.notebooks import KERNELSPEC
from tests.publish.samples import make_book, sample


@pytest.fixture
def bare(tmp_path):
    """A notebook of two cells: its month, and what it opens."""
    cells = [nbformat.v4.new_code_cell(source) for source in ('month = "2025-11"', SHOWS_ITS_MONTH)]
    cells[0].metadata["tags"] = ["parameters"]
    path = tmp_path / "bare.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNELSPEC}), path)
    return path


SHOWS_ITS_MONTH = "from metalsbook import open_edition\nprint(open_edition(month).month)"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["month", "2025-10"], None),
        (["monht", "2025-10"], "This notebook has no parameter 'monht'. Its month is set by: -p month YYYY-MM"),
        (["month", "202510"], "is not a month"),
    ],
)
def test_bare_notebook_shows_the_month_that_was_asked_for_or_fails(bare, given, said):
    command = [sys.executable, "-m", "papermill", bare, bare.with_name("out.ipynb"), "-p", *given]
    done = subprocess.run(command, cwd=bare.parent, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) == (said is None)
    outputs = nbformat.read(bare.with_name("out.ipynb"), 4).cells[-1].outputs
    assert outputs[0].text == "2025-10\n" if said is None else said in done.stderr


def pieces(notebook):
    """What cells show, printed text letter by letter: a kernel sends it in pieces."""
    for output in [output for cell in notebook["cells"] for output in cell["outputs"]]:
        yield from ((output["name"], letter) for letter in output["text"]) if "text" in output else [output]


def test_cells_show_what_a_kernel_would_have_sent(tmp_path, monkeypatch):
    make_book(tmp_path / "book", monkeypatch)
    [path] = execute_editions(["2025-10"], [sample("every_output")])["2025-10"]
    ours = nbformat.read(path, 4)
    by_kernel = NotebookClient(nbformat.read(path, 4), kernel_name="python3").execute()
    assert list(pieces(ours)) == list(pieces(by_kernel))
