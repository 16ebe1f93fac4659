import json
import os
import re
import shutil

import pytest

from metalsbook.errors import SiteError
from metalsbook.publish import pool, site, staging
from tests import sample_book
from tests.publish.samples import broken_links, files_below


@pytest.fixture
def root(tmp_path, monkeypatch):
    folder = sample_book.make_root(tmp_path / "a book with spaces 书")
    monkeypatch.setenv("METALSBOOK_ROOT", str(folder))
    with sample_book.stand_ins():
        yield folder


def build(root, month="2025-11"):
    return site.build_site([month]) / month / "index.html"


def change(root, page, old, new):
    executed = root / "_build" / "chapters" / "2025-11" / page
    path = executed if executed.is_file() else root / "chapters" / page
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_an_error_leaves_the_last_good_site(root):
    good = build(root).parent
    before = files_below(good)
    change(root, "prices.ipynb", "# Prices", "# Prices\\n\\n[nowhere](missing.md)")
    with pytest.raises(SiteError, match=r"prices.*missing"):
        build(root)
    assert files_below(good) == before and not list((root / "_build" / "staging").iterdir())


def test_the_guide_stands_once_is_of_no_edition_and_goes_when_the_book_has_none(root):
    built = build(root).parent
    guide = built.parent / "guide"
    page = (guide / "glossary.html").read_text("utf-8")
    assert "2025-1" not in page and not (built / "guide").exists()
    assert 'href="../latest/prices.html"' in page and 'data-month=""' in page
    assert 'href="../guide/glossary.html"' in (built / "index.html").read_text("utf-8")
    assert [path.name for path in (guide / "_images").iterdir()] == ["guide.svg"]
    assert [path.name for path in (built / "_images").iterdir()] == ["both.svg"]
    toc = (root / "_toc.yml").read_text("utf-8").replace("  - file: chapters/guide/glossary\n", "")
    (root / "_toc.yml").write_text(toc, "utf-8")
    terms = "[glossary](guide/glossary.md), for example {term}`dolomite` or {term}`Pidgeon process`."
    change(root, "index.md", terms, "glossary.")
    build(root)
    assert not guide.exists()


def test_a_warning_is_an_error_that_shows_the_first_ones(root):
    change(root, "index.md", "## Method", "[a](a.md) [b](b.md)\n\n## Method")
    with pytest.raises(SiteError, match=r"2025-11 have 2 warnings: index\.md:\d+: WARNING: .*'a\.md'.*; .*'b\.md'"):
        build(root)


def test_a_web_server_may_read_all_of_it_whatever_the_mask_of_who_builds(root):
    old = os.umask(0o077)
    try:
        site_folder = build(root).parent.parent
    finally:
        os.umask(old)
    closed = [path for path in site_folder.rglob("*") if path.stat().st_mode & 0o044 != 0o044]
    assert not closed


def test_a_chart_that_is_not_on_its_page_is_an_error(root, tmp_path):
    page = tmp_path / "prices.html"
    page.write_text('<figure class="chart"></figure>', "utf-8")
    with pytest.raises(SiteError, match=r"'prices' shows 1 of the 2 charts"):
        staging.check_pages(tmp_path, {"prices": root / "_build" / "chapters" / "2025-11" / "prices.ipynb"})


def test_a_script_in_a_cell_is_an_error(root):
    strip = '<ul class=\\"mb-figures\\"'
    change(root, "prices.ipynb", strip, f'<script>1</script>{strip} onclick=\\"x()\\"')
    with pytest.raises(SiteError, match=r"<script>, .*onclick="):
        build(root)


def test_two_builds_are_identical(root):
    built = build(root).parent
    before = files_below(built)
    shutil.rmtree(root / "_build" / "site")
    shutil.rmtree(root / "_build" / "cache")
    assert files_below(build(root).parent) == before


def test_a_newer_edition_changes_no_file_of_an_older_one(root):
    older = build(root, "2025-10").parent
    before = files_below(older)
    build(root, "2025-11")
    assert files_below(older) == before
    assert "November 2025" in (root / "_build" / "site" / "editions.js").read_text("utf-8")


def test_ledger_text_stays_text_and_the_edition_names_snapshot_and_method(sample_site):
    index = json.loads((sample_site / "2025-11" / "data" / "index.json").read_text("utf-8"))
    page = (sample_site / "2025-11" / "prices.html").read_text("utf-8")
    assert index["snapshot"][:12] in page and index["method"] in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 * 7 }} {ref}`x` $y$ =cmd()" in page


def test_pages_run_and_load_nothing_but_the_site_s_own(sample_site):
    for path in sample_site.rglob("*.html"):
        text = path.read_text("utf-8")
        scripts = re.findall(r"<script\b([^>]*)>(.*?)</script>", text, re.DOTALL)
        assert all(not body for attributes, body in scripts if "ld+json" not in attributes), path
        assert not re.search(r"<style|\sstyle=|<[a-z][^>]*\son[a-z]+=", text), path
        policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
        assert policy and policy[1].replace("&#39;", "'").startswith("default-src 'none'"), path
        assert "unsafe" not in policy[1] and "*" not in policy[1]
        loaded = re.findall(r'<(?:script|link|img|source)\b[^>]*?(?:src|href|srcset)="([^"]*)"', text)
        assert not [address for address in loaded if ":" in address or address.startswith("//")], path


def test_every_link_and_anchor_resolves(sample_site):
    pages = [path.relative_to(sample_site).as_posix() for path in sample_site.rglob("*.html")]
    assert not broken_links(sample_site, pages)


def test_charts_are_drawn_ahead_on_all_cores(root, monkeypatch):
    import vl_convert

    def refuse(*_):
        raise AssertionError("drawn again")

    monkeypatch.setattr(pool, "count_workers", lambda jobs: min(jobs, 2))
    drawn = dict(site._run(site._draw_calls([root / "_build" / "chapters" / "2025-11"])))
    assert len(drawn) == 2
    monkeypatch.setattr(vl_convert, "vegalite_to_svg", refuse)
    assert build(root).is_file()
