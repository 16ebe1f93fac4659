"""The rules of the repository itself: what the table of contents names, what no file may hold."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
PAGES = (".ipynb", ".md")
TEXT = (".py", ".md", ".ipynb", ".yml", ".yaml", ".toml", ".txt", ".csv", ".json", ".cff", ".js", ".css", ".html", "")
MACHINE_PATH = re.compile(r"(?<![\w./])/(home|root|work|Users|mnt|opt)/\w")
INDEX = re.compile(r"(?<!\w)(pypi\.org|files\.pythonhosted\.org|--(extra-)?index-url|--find-links)")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def toc_files(entry) -> list[str]:
    """The pages that a table of contents names, in its order."""
    if isinstance(entry, list):
        return [file for part in entry for file in toc_files(part)]
    if not isinstance(entry, dict):
        return []
    own = [entry[key] for key in ("root", "file") if key in entry]
    below = [entry.get(key) for key in ("parts", "chapters", "sections", "subtrees", "entries")]
    return own + [file for part in below for file in toc_files(part)]


def stem(page: str) -> str:
    return page.removesuffix(".ipynb").removesuffix(".md")


def test_table_of_contents_and_folder_name_the_same_pages():
    named = [stem(file) for file in toc_files(yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8")))]
    there = [
        stem(name(path))
        for path in (ROOT / "chapters").rglob("*")
        if path.suffix in PAGES and ".ipynb_checkpoints" not in path.parts
    ]
    assert len(named) == len(set(named)), "a page is named twice"
    assert sorted(named) == sorted(there)


def test_order_of_pages_is_in_the_table_of_contents_alone():
    assert [path for path in (ROOT / "chapters").rglob("*") if re.match(r"\d", path.name)] == []


def committed_texts() -> list[Path]:
    folders = ("metalsbook", "tests", "chapters", "benchmarks", "data", ".github", ".ci")
    inside = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file())
    paths = [path for path in (*ROOT.glob("*"), *inside) if path.is_file() and path.suffix in TEXT]
    return [path for path in paths if "__pycache__" not in path.parts and path != Path(__file__)]


def test_no_file_names_a_place_of_one_machine():
    found = {
        name(path): match.group()
        for path in committed_texts()
        if (match := MACHINE_PATH.search(path.read_text("utf-8", errors="replace")))
    }
    assert found == {}


@pytest.mark.parametrize(("lock", "fewest"), [("requirements.txt", 50), ("tests/slow/fuzz/requirements.txt", 1)])
def test_lock_file_has_hashes_and_names_no_index(lock, fewest):
    text = (ROOT / lock).read_text("utf-8")
    assert not INDEX.search(text)
    pinned = re.findall(r"^[a-zA-Z0-9_.\[\]-]+==", text, re.MULTILINE)
    entries = re.split(r"\n(?=[a-zA-Z0-9])", text)
    assert len(pinned) > fewest
    assert all("--hash=sha256:" in entry for entry in entries if "==" in entry.split("\n")[0])


def test_lock_file_holds_every_direct_dependency():
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    direct = re.findall(r'^  "([a-zA-Z0-9_-]+)', project, re.MULTILINE)
    locked = {
        line.lower().replace("_", "-")
        for line in re.findall(r"^([a-zA-Z0-9_.-]+)==", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    }
    assert {entry.lower().replace("_", "-") for entry in direct} - locked == set()


def test_finding_pages_reaches_every_level():
    toc = {"root": "a", "parts": [{"chapters": [{"file": "b", "sections": [{"file": "c"}]}]}]}
    assert toc_files(toc) == ["a", "b", "c"]
