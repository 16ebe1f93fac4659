import pytest
import yaml

from metalsbook.errors import SiteError
from metalsbook.publish.toc import read_pages, stage_sources
from tests import sample_book


def stage(root, guide=False):
    return stage_sources(root / "_build" / "chapters" / "2025-10", root / "_build" / "book" / "a", guide=guide)


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


@pytest.mark.parametrize(
    ("toc", "said"),
    [
        (None, r"has no _toc\.yml"),
        ("chapters: []\n", r"_toc\.yml names no first page"),
        ("root: chapters/nowhere\n", r"_toc\.yml names the page 'nowhere'"),
    ],
)
def test_a_table_of_contents_that_is_not_there_or_names_no_page_is_an_error(root, toc, said):
    (root / "_toc.yml").unlink()
    if toc:
        (root / "_toc.yml").write_text(toc)
    with pytest.raises(SiteError, match=said):
        read_pages()
