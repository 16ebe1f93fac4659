"""The rules of the repository itself: what the table of contents names, what no file may hold."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from metalsbook.publish.toc import read_pages
from tests.sample_book import ROOT

PAGES = (".ipynb", ".md")
TEXT = (".py", ".md", ".ipynb", ".yml", ".yaml", ".toml", ".txt", ".csv", ".json", ".cff", ".js", ".css", ".html", "")
MACHINE_PATH = re.compile(r"(?<![\w./])/(home|root|work|Users|mnt|opt)/\w")
LOCKS = ("requirements.txt", "requirements-test.txt", "benchmarks/fuzz-requirements.txt")
# A lock is names, versions and hashes: no address of any kind, and of options the hashes alone.
ADDRESS = re.compile(r"://|\S@\S|^-|\s--(?!hash=sha256:)", re.MULTILINE)


def test_table_of_contents_names_the_pages_of_the_folder_and_alone_gives_their_order():
    named = [page.name for page in read_pages()]
    paths = [path for path in (ROOT / "chapters").rglob("*") if ".ipynb_checkpoints" not in path.parts]
    there = [path.relative_to(ROOT / "chapters").with_suffix("").as_posix() for path in paths if path.suffix in PAGES]
    assert sorted(named) == sorted(there), "each page is named once"
    assert [path for path in paths if re.match(r"\d", path.name)] == []


def committed_texts() -> list[Path]:
    folders = ("metalsbook", "tests", "chapters", "benchmarks", "data", ".github", ".ci")
    inside = (path for folder in folders for path in (ROOT / folder).rglob("*"))
    paths = [path for path in (*ROOT.glob("*"), *inside) if path.is_file() and path.suffix in TEXT]
    return [path for path in paths if "__pycache__" not in path.parts and path != Path(__file__)]


def test_no_file_names_a_place_of_one_machine():
    texts = {path: path.read_text("utf-8", errors="replace") for path in committed_texts()}
    assert {path: found.group() for path, text in texts.items() if (found := MACHINE_PATH.search(text))} == {}


def locked(lock: str) -> dict[str, str]:
    """Return the entry of each package of a lock file."""
    text = (ROOT / lock).read_text("utf-8")
    entries = re.split(r"\n(?=[a-zA-Z0-9])", re.sub(r"^#.*\n|^\s*#.*\n", "", text, flags=re.MULTILINE))
    return {entry.split("==")[0].lower().replace("_", "-"): entry for entry in entries if "==" in entry}


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_file_has_hashes_and_names_no_place(lock):
    assert not ADDRESS.search((ROOT / lock).read_text("utf-8"))
    assert locked(lock)
    assert [entry for entry in locked(lock).values() if "--hash=sha256:" not in entry] == []


def test_a_clone_has_the_same_bytes_whatever_its_line_endings(tmp_path):
    """Names of assets are hashes of their bytes: a clone for Windows must not turn line ends."""
    first, clone = tmp_path / "first", tmp_path / "clone"
    shutil.copytree(ROOT / "metalsbook" / "publish", first, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / ".gitattributes", first / ".gitattributes")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "core.autocrlf=true"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "all"], ["clone", "-q", ".", clone]):
        subprocess.run([*git, *words], cwd=first, check=True, capture_output=True)
    names = [path.relative_to(first) for path in first.rglob("*") if path.is_file() and ".git" not in path.parts]
    assert len(names) > 20
    assert [name for name in names if (first / name).read_bytes() != (clone / name).read_bytes()] == []
