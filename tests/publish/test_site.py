import json
import os
import re
import shutil

import pytest

from metalsbook.errors import SiteError
from metalsbook.publish import pool, site, staging
from tests import sample_book
from tests.publish.samples import broken_links, files_below


def change(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_warnings_and_scripts_in_a_cell_are_errors_that_leave_the_last_good_site(root):
    before = files_below(root / "_build" / "site")
    change(root / "chapters" / "index.md", "## Method", "[a](a.md) [b](b.md)\n\n## Method")
    strip = '<ul class=\\"mb-figures\\"'
    chapter = root / "_build" / "chapters" / "2025-11" / "prices.ipynb"
    change(chapter, strip, f'<script>1</script>{strip} onclick=\\"x()\\"')
    said = r"2025-11 have 3 warnings: index\.md:\d+: WARNING: .*'a\.md'.*; .*'b\.md'.*; prices.*<script>, .*onclick="
    with pytest.raises(SiteError, match=said):
        sample_book.build("2025-11")
    assert files_below(root / "_build" / "site") == before and not list((root / "_build" / "staging").iterdir())


def test_the_guide_stands_once_and_is_of_no_edition(sample_site):
    page = (sample_site / "guide" / "glossary.html").read_text("utf-8")
    assert "2025-1" not in page and not list(sample_site.glob("2025-*/guide"))
    assert 'href="../latest/prices.html"' in page and 'data-month=""' in page
    assert 'href="../guide/glossary.html"' in (sample_site / "2025-11" / "index.html").read_text("utf-8")
    assert [path.name for path in (sample_site / "guide" / "_images").iterdir()] == ["guide.svg"]
    assert [path.name for path in (sample_site / "2025-11" / "_images").iterdir()] == ["both.svg"]


def test_a_guide_that_the_book_has_no_more_leaves_the_site(root):
    change(root / "_toc.yml", "  - file: chapters/guide/glossary\n", "")
    terms = "[glossary](guide/glossary.md), for example {term}`dolomite` or {term}`Pidgeon process`."
    change(root / "chapters" / "index.md", terms, "glossary.")
    assert not (sample_book.build("2025-11") / "guide").exists()


def test_two_builds_are_identical_for_all_to_read_and_a_newer_edition_changes_no_file_of_an_older_one(root):
    before = files_below(root / "_build" / "site")
    shutil.rmtree(root / "_build" / "site")
    shutil.rmtree(root / "_build" / "cache" / "site")
    old_mask = os.umask(0o077)
    try:
        for month in sample_book.MONTHS:
            built = sample_book.build(month)
    finally:
        os.umask(old_mask)
    assert files_below(built) == before
    assert [path for path in built.rglob("*") if path.stat().st_mode & 0o044 != 0o044] == []


def test_a_chart_that_is_not_on_its_page_is_an_error(root, tmp_path):
    (tmp_path / "prices.html").write_text('<figure class="chart"></figure>', "utf-8")
    with pytest.raises(SiteError, match=r"'prices' shows 1 of the 2 charts"):
        staging.check_pages(tmp_path, {"prices": root / "_build" / "chapters" / "2025-11" / "prices.ipynb"})


def test_charts_are_drawn_ahead_as_the_pages_want_them(root, monkeypatch):
    charts = root / "_build" / "cache" / "charts"
    drawn = files_below(charts)
    shutil.rmtree(charts)
    monkeypatch.setattr(pool, "count_workers", lambda jobs: 2)
    calls = site._draw_calls([root / "_build" / "chapters" / "2025-11"])
    assert len(calls) == 2
    for call in calls.values():
        call.function(*call.arguments)
    assert files_below(charts) == drawn


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
