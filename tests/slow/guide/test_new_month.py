"""The tutorial of the guide, followed word by word: its commands are run in a copy of the book."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ingest.conftest import ROOT

PAGE = ROOT / "chapters" / "guide" / "new_month.md"
LEFT_OUT = (".git", ".venv", "_build", ".*_cache", ".hypothesis", "__pycache__", ".ipynb_checkpoints")
AUTHOR = {
    "GIT_AUTHOR_NAME": "x",
    "GIT_AUTHOR_EMAIL": "x@example.org",
    "GIT_COMMITTER_NAME": "x",
    "GIT_COMMITTER_EMAIL": "x@example.org",
}


def blocks() -> list[str]:
    """Return the commands of the page, a block each."""
    return re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """A copy of the book with its own git history; the environment is the one that runs the tests."""
    root = tmp_path_factory.mktemp("tutorial") / "a copy of the book"
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
    # Files that wait in the real inbox are nobody's practice.
    shutil.rmtree(root / "data" / "inbox")
    (root / "data" / "inbox" / "archive").mkdir(parents=True)
    shutil.copy(ROOT / "data" / "inbox" / "README.md", root / "data" / "inbox")
    (root / "data" / "inbox" / "archive" / ".gitkeep").touch()
    (root / ".venv").mkdir()
    (root / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    # Newer than what it is made from, so that `make setup` sees an environment that is ready.
    (root / ".venv" / ".ready").touch()
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "copy"]):
        subprocess.run(["git", *command], cwd=root, env=os.environ | AUTHOR, check=True)
    return root


def run(copy: Path, commands: str) -> str:
    environment = {**os.environ, **AUTHOR, "METALSBOOK_ROOT": str(copy)}
    script = f'export PATH="$PWD/.venv/bin:$PATH"\n{commands}'
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=copy,
        env=environment,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, f"{commands}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout + done.stderr


def test_the_page_is_followed_word_by_word(copy):
    said = [run(copy, block) for block in blocks()]
    story = "\n".join(said)
    assert "Too little for an edition" in said[2]
    assert "Nothing was written: this was a dry run" in story
    assert "77 rows added to data/ledger" in story
    assert "Nothing new: the ledger is as it was" in story
    assert story.count("1 row added to data/ledger") == 2
    assert "Enough for an edition: make book MONTH=2025-12" in story
    page = next(line for line in story.splitlines() if line.strip().endswith("index.html"))
    assert "2025-12" in page
    assert Path(page.strip()).is_file()
    assert "revised: mg.export.ingot level 2025-12" in story
    assert re.search(r"^2025-12: \d+ statements, content", story, flags=re.MULTILINE)
    assert "table by the profile my_table" in story


def test_afterwards_the_book_is_as_before(copy):
    status = subprocess.run(["git", "status", "--porcelain"], cwd=copy, capture_output=True, text=True, check=True)
    assert status.stdout == ""
    assert not (copy / "data" / "snapshots" / "2025-12").exists()
    assert list((copy / "data" / "inbox").iterdir()) and not list((copy / "data" / "inbox").glob("made-up*"))


def test_the_table_of_errors_quotes_real_ones():
    source = "".join(path.read_text("utf-8") for path in (ROOT / "metalsbook" / "ingest").glob("*.py"))
    table = PAGE.read_text("utf-8").split("## When a file is refused")[1]
    rows = re.findall(r"^\| `([^`]+)` \|", table, flags=re.MULTILINE)
    assert len(rows) > 8
    for said in rows:
        for part in said.split("…"):
            stripped = part.strip().replace("10,000", "{CUT_AT_ROWS:,}")
            assert stripped in source, said
