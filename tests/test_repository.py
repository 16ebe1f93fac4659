"""The rules of the repository itself: what the table of contents names, what no file may hold."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
PAGES = (".ipynb", ".md")
TEXT = (".py", ".md", ".ipynb", ".yml", ".yaml", ".toml", ".txt", ".csv", ".json", ".cff", ".js", ".css", ".html", "")
MACHINE_PATH = re.compile(r"(?<![\w./])/(home|root|work|Users|mnt|opt)/\w")
LOCKS = ("requirements.txt", "requirements-test.txt", "tests/slow/fuzz/requirements.txt")
# A lock is names, versions and hashes: no address of any kind, and of options the hashes alone.
ADDRESS = re.compile(r"://|\S@\S|^-|\s--(?!hash=sha256:)", re.MULTILINE)


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


def test_locks_hold_every_direct_dependency_once():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    book, tests = locked("requirements.txt").keys(), locked("requirements-test.txt").keys()
    assert named(project["dependencies"] + extras["setup"]) <= book
    assert named(extras["test"] + extras["cluster"]) <= tests | book
    assert not book & tests, "what the book needs is locked with the book alone"
    assert not {"playwright", "hypothesis", "distributed", "pytest", "ruff", "mypy"} & book


def named(requirements: list[str]) -> set[str]:
    return {re.match(r"[\w-]+", each)[0].lower() for each in requirements}


@pytest.mark.parametrize("text", ["--index-url x", "x @ https://example.org/x.whl", "-i x", "x==1 --extra-index-url=y"])
def test_an_address_in_a_lock_is_found(text):
    assert ADDRESS.search(text)
    assert not ADDRESS.search("x==1.0 ; python_version < '3.12' \\\n    --hash=sha256:00")


def test_finding_pages_reaches_every_level():
    toc = {"root": "a", "parts": [{"chapters": [{"file": "b", "sections": [{"file": "c"}]}]}]}
    assert toc_files(toc) == ["a", "b", "c"]
