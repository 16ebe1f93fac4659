import pytest
import yaml

from metalsbook.errors import SiteError
from metalsbook.publish.sources import stage_sources
from tests import sample_book


@pytest.fixture
def root(tmp_path, monkeypatch):
    folder = sample_book.make_root(tmp_path / "book")
    monkeypatch.setenv("METALSBOOK_ROOT", str(folder))
    return folder


def stage(root):
    return stage_sources("2025-10", root / "_build" / "chapters" / "2025-10")


def test_executed_chapters_and_pages_are_laid_out_without_the_folder_of_chapters(root):
    pages = stage(root)
    assert list(pages) == [*sample_book.PAGES, "guide/glossary"]
    assert 'month = \\"2025-10\\"' in pages["prices"].read_text("utf-8")
    toc = yaml.safe_load((root / "_build" / "book" / "2025-10" / "_toc.yml").read_text("utf-8"))
    assert toc["root"] == "index"
    assert toc["parts"][1]["chapters"] == [{"file": "guide/glossary"}]


def test_what_an_earlier_build_laid_out_is_gone(root):
    stage(root)
    stray = root / "_build" / "book" / "2025-10" / "stray.md"
    stray.write_text("# Stray\n")
    stage(root)
    assert not stray.exists()


def test_pictures_come_along(root):
    (root / "chapters" / "guide" / "images").mkdir()
    (root / "chapters" / "guide" / "images" / "a.svg").write_text("<svg/>")
    stage(root)
    assert (root / "_build" / "book" / "2025-10" / "guide" / "images" / "a.svg").is_file()


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
