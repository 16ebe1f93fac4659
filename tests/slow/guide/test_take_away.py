"""Take it with you: chapters and lessons run from the edition's zip, in a folder of their own."""

import json
import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from metalsbook.paths import build_folder
from tests.guide.prose import CHAPTERS
from tests.slow.browser.test_built_site import MONTH, SITE, pytestmark  # noqa: F401  (skips these, too)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The zip of an edition as it was built, unpacked, with what is derived of its snapshot."""
    folder = tmp_path_factory.mktemp("zip")
    with zipfile.ZipFile(SITE / MONTH / "data" / f"strategic-metals-{MONTH}.zip") as archive:
        archive.extractall(folder)
    top = folder / f"strategic-metals-{MONTH}"
    shutil.copytree(build_folder() / "derived" / MONTH, top / "_build" / "derived" / MONTH)
    return top


def run(notebook, unpacked, folder):
    """Run a notebook by papermill in a folder of its own with the unpacked package; return what its cells show."""
    shutil.copyfile(notebook, folder / notebook.name)
    environment = {name: value for name, value in os.environ.items() if name != "METALSBOOK_ROOT"}
    command = [sys.executable, "-m", "papermill", "--log-level", "ERROR", notebook.name, "out.ipynb"]
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment | {"PYTHONPATH": str(unpacked)},
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return shown(folder / "out.ipynb")


def shown(path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    outputs = [output.get("data") for cell in cells for output in cell.get("outputs", [])]
    return json.dumps(outputs).replace("\\n", "").replace(" ", "")


def test_lesson_runs_from_the_zip_and_shows_what_the_page_shows(unpacked, tmp_path):
    lesson = "guide/lessons/two_prices.ipynb"
    stored = shown(CHAPTERS / lesson)
    assert len(stored) > 1000
    assert run(unpacked / "chapters" / lesson, unpacked, tmp_path) == stored


def test_chapter_runs_from_the_zip(unpacked, tmp_path):
    said = run(unpacked / "chapters" / "magnesium_exports.ipynb", unpacked, tmp_path)
    assert "vegalite" in said and "38,900" in said


def test_zip_says_how_and_brings_the_snapshots_of_lessons(unpacked):
    said = (unpacked / "RUN.txt").read_text("utf-8")
    assert "papermill chapters/NAME.ipynb" in said and f"It shows {MONTH}" in said
    months = {path.name for path in (unpacked / "data" / "snapshots").iterdir()}
    assert months == {"2025-06", "2025-08", "2025-10", "2025-11"}
    assert (unpacked / "requirements.txt").is_file()
