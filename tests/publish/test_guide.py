import shutil

import pytest

from metalsbook.publish import guide
from tests.publish.samples import files_below


@pytest.mark.parametrize(
    ("page", "folder"),
    [
        ("guide/method", "guide"),
        ("guide/lessons/one", "guide"),
        ("chapters/guide/method", "chapters/guide"),
        ("prices", ""),
        ("guide", ""),
        ("guidebook/a", ""),
        ("data/index", ""),
    ],
)
def test_pages_of_the_guide_are_known_by_their_folder(page, folder):
    assert guide.home(page) == folder


def test_the_guide_stands_once_and_is_of_no_edition(sample_site):
    assert [path.name for path in sample_site.glob("2025-11/guide/**/*")] == ["glossary.html"]
    page = (sample_site / "guide" / "glossary.html").read_text("utf-8")
    assert "2025-1" not in page.replace("2025-11/index.html", "")
    assert 'href="../latest/prices.html"' in page and 'data-month=""' in page


def test_pictures_go_where_they_are_shown(sample_site):
    assert {path.name for path in (sample_site / "guide" / "_images").iterdir()} == {"both.svg", "guide.svg"}
    assert {path.name for path in (sample_site / "2025-11" / "_images").iterdir()} == {"both.svg"}
    assert 'src="_images/guide.svg"' in (sample_site / "guide" / "glossary.html").read_text("utf-8")
    assert 'src="_images/both.svg"' in (sample_site / "2025-11" / "index.html").read_text("utf-8")


@pytest.fixture
def built(tmp_path):
    for name in ("guide/a.html", "guide/lessons/b.html", "prices.html"):
        (tmp_path / "work" / "html" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "work" / "html" / name).write_text("<title>A &amp; b</title>", "utf-8")
    return tmp_path / "work" / "html"


def test_a_guide_is_set_apart_and_put_in_its_place(built, tmp_path):
    guide.put_guide(guide.set_apart(built, "_shared/0"), tmp_path / "site")
    assert set(files_below(tmp_path / "site")) == {"guide/a.html", "guide/lessons/b.html"}


def test_addresses_of_the_guide_in_an_edition_lead_to_it(built, monkeypatch):
    monkeypatch.setenv("METALSBOOK_BASE_URL", "https://example.org/metals")
    guide.set_apart(built, "_shared/0")
    assert set(files_below(built)) == {"prices.html", "guide/a.html", "guide/lessons/b.html"}
    page = (built / "guide" / "lessons" / "b.html").read_text("utf-8")
    assert '<meta http-equiv="refresh" content="0; url=../../../guide/lessons/b.html">' in page
    assert '<script src="../../../_shared/0/forward.js" defer></script>' in page
    assert '<link rel="canonical" href="https://example.org/metals/guide/lessons/b.html">' in page
    assert "<title>A &amp; b</title>" in page


def test_the_same_guide_is_left_alone_and_another_replaces_it_whole(built, tmp_path):
    guide.put_guide(guide.set_apart(built, "_shared/0"), tmp_path / "site")
    stood = (tmp_path / "site" / "guide").stat().st_ino
    shutil.copytree(tmp_path / "site" / "guide", tmp_path / "same")
    guide.put_guide(tmp_path / "same", tmp_path / "site")
    assert (tmp_path / "site" / "guide").stat().st_ino == stood
    (tmp_path / "same" / "a.html").write_text("b", "utf-8")
    (tmp_path / "same" / "lessons" / "b.html").unlink()
    guide.put_guide(tmp_path / "same", tmp_path / "site")
    assert files_below(tmp_path / "site") == {"guide/a.html": b"b"}


def test_a_book_without_a_guide_has_none_in_its_site(built, tmp_path):
    guide.put_guide(guide.set_apart(built, "_shared/0"), tmp_path / "site")
    shutil.rmtree(built / "guide")
    guide.put_guide(guide.set_apart(built, "_shared/0"), tmp_path / "site")
    assert not (tmp_path / "site" / "guide").exists()
