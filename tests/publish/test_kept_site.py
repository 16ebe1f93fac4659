import shutil

import pytest

from metalsbook.publish import site
from tests import sample_book

MONTH = "2025-11"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    root = sample_book.make_root(tmp_path_factory.mktemp("kept") / "book")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("METALSBOOK_ROOT", str(root))
        patched.delenv("METALSBOOK_BASE_URL", raising=False)
        build()
        yield root


def build() -> list[str]:
    said = []
    with sample_book.stand_ins():
        site.build_site([MONTH], progress=said.append)
    return said


def test_what_did_not_change_is_not_built(book):
    before = {path: path.stat().st_mtime_ns for path in (book / "_build" / "site").rglob("*")}
    assert build() == [f"  site {MONTH}: kept (nothing changed)"]
    assert {path: path.stat().st_mtime_ns for path in (book / "_build" / "site").rglob("*")} == before


def spoil(path):
    path.write_bytes(path.read_bytes().replace(b"a", b"b", 1))


@pytest.mark.parametrize(
    ("place", "damage", "built"),
    [
        (f"{MONTH}/prices.html", spoil, True),
        (f"{MONTH}/data/statements.csv", lambda path: path.unlink(), True),
        (f"{MONTH}/foreign.html", lambda path: path.write_text("x"), True),
        ("../cache/site/2025-11.json", spoil, True),
        ("guide/glossary.html", spoil, True),
        ("guide", lambda path: shutil.rmtree(path), True),
        ("index.html", spoil, False),
        ("_shared", lambda path: shutil.rmtree(path), False),
        ("latest/index.html", lambda path: path.unlink(), False),
    ],
)
def test_what_is_damaged_is_built_again(book, place, damage, built):
    folder = book / "_build" / "site"
    good = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    damage(folder / place)
    assert ("kept" not in build()[0]) == built
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == good


@pytest.mark.parametrize("name", ["_config.yml", "chapters/guide/glossary.md", "_build/chapters/2025-11/prices.ipynb"])
def test_what_changed_is_built_again(book, name):
    path = book / name
    text = path.read_text("utf-8")
    path.write_text(text + ("\n" if name.endswith("ipynb") else "\n# another\n"), "utf-8")
    assert "kept" not in build()[0]
    path.write_text(text, "utf-8")
    assert "kept" not in build()[0]


def test_another_address_is_another_site(book, monkeypatch):
    build()
    monkeypatch.setenv("METALSBOOK_BASE_URL", "https://example.org/metals")
    assert "kept" not in build()[0]


def test_a_file_that_no_page_is_made_of_changes_nothing(book):
    build()
    (book / "out.ipynb").write_text("{}")
    assert build() == [f"  site {MONTH}: kept (nothing changed)"]
