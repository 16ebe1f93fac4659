"""The rules of the repository itself: what the table of contents names, what no file may hold."""

import re
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


def test_no_file_names_a_place_of_one_machine_and_git_turns_no_line_ends():
    # Names of assets are hashes of their bytes.
    assert "* text=auto eol=lf" in (ROOT / ".gitattributes").read_text("utf-8").splitlines()
    texts = {path: path.read_text("utf-8", errors="replace") for path in committed_texts()}
    assert {path: found.group() for path, text in texts.items() if (found := MACHINE_PATH.search(text))} == {}


def locked(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text("utf-8")
    entries = re.split(r"\n(?=[a-zA-Z0-9])", re.sub(r"^#.*\n|^\s*#.*\n", "", text, flags=re.MULTILINE))
    return {entry.split("==")[0].lower().replace("_", "-"): entry for entry in entries if "==" in entry}


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_file_has_hashes_and_names_no_place(lock):
    assert not ADDRESS.search((ROOT / lock).read_text("utf-8"))
    assert locked(lock)
    assert [entry for entry in locked(lock).values() if "--hash=sha256:" not in entry] == []
