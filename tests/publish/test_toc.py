import pytest
import yaml

from metalsbook.errors import SiteError
from metalsbook.publish.toc import read_pages, stage_sources
from tests import sample_book


@pytest.fixture
def root(tmp_path, monkeypatch):
    folder = sample_book.make_root(tmp_path / "book")
    monkeypatch.setenv("METALSBOOK_ROOT", str(folder))
    return folder


def stage(root, guide=False):
    return stage_sources(root / "_build" / "chapters" / "2025-10", root / "_build" / "book" / "a", guide=guide)


def test_pages_come_in_order_with_their_part_and_title(root):
    pages = [(page.name, page.part, page.title, page.in_guide) for page in read_pages()]
    assert pages[0] == ("index", "", "The month in a sample", False)
    assert pages[1][:3] == ("prices", "The market", "Prices")
    assert pages[-1] == ("guide/glossary", "Guide", "Glossary", True)


def test_executed_chapters_and_the_guide_are_laid_out_apart_with_their_pictures(root):
    (root / "_build" / "book" / "a").mkdir(parents=True)
    (root / "_build" / "book" / "a" / "stray.md").write_text("# Stray\n")
    pages = stage(root)
    target = root / "_build" / "book" / "a"
    assert list(pages) == list(sample_book.PAGES)
    assert 'month = \\"2025-10\\"' in pages["prices"].read_text("utf-8")
    assert (target / "images" / "both.svg").is_file() and not (target / "stray.md").exists()
    assert list(stage(root, guide=True)) == ["glossary"]
    assert yaml.safe_load((target / "_toc.yml").read_text("utf-8"))["root"] == "glossary"
    assert (target / "images" / "guide.svg").is_file() and not (target / "prices.ipynb").exists()


def test_a_part_without_pages_is_no_fault(root):
    with (root / "_toc.yml").open("a") as toc:
        toc.write("- caption: Later\n  chapters:\n")
    assert "index" in stage(root)


def test_a_missing_page_is_named(root):
    (root / "_toc.yml").write_text("format: jb-book\nroot: chapters/index\nchapters:\n- file: chapters/nowhere\n")
    with pytest.raises(SiteError, match="'nowhere'"):
        stage(root)


@pytest.mark.parametrize(("toc", "said"), [(None, "has no"), ("chapters: []\n", "names no first page")])
def test_a_missing_or_empty_toc_is_named(root, toc, said):
    (root / "_toc.yml").unlink()
    if toc:
        (root / "_toc.yml").write_text(toc)
    with pytest.raises(SiteError, match=rf"_toc\.yml.*{said}|{said}.*_toc\.yml"):
        stage(root)
