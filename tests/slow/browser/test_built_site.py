"""The edition of 2025-11 and the guide as they were built, page by page; `make test-all` builds them ahead."""

import re

import pytest

from metalsbook.ledger.vocabulary import CHAPTERS
from metalsbook.paths import build_folder
from tests.publish.samples import broken_links
from tests.slow.browser.test_access import violations
from tests.visits import NO_OUTSIDE, built_pages

SITE, MONTH = build_folder() / "site", "2025-11"
# The editions' pages are alike but for their figures: one stands for all; start page and guide are their own.
PAGES = [page for page in built_pages(SITE) if page.startswith((MONTH, "guide/")) or "/" not in page]
CHARTED = [page for page in PAGES if '<figure class="chart"' in (SITE / page).read_text("utf-8")]

# Rows of a table, folds, items of a list, marks and labels of a chart, words of code are alike; the pictures that
# stand there without a script are hidden. To check thousands takes minutes.
THIN_OUT = """() => document.querySelectorAll(
    ".chart-static, tbody tr:nth-child(n+4), li:nth-child(n+6), pre span:nth-of-type(n+9), " +
    "details:nth-of-type(n+5), .chart-live svg [class^='mark-'] > :nth-child(n+4)"
).forEach((one) => one.remove())"""

pytestmark = pytest.mark.skipif(f"{MONTH}/index.html" not in PAGES, reason="it is not built (make book MONTH=2025-11)")


# Text that fits a phone fits a wide page: one page of each kind is tried on both.
KINDS = ("index", "explorer", "conflicts", "claims_audit", *CHAPTERS[:2])
MODES = [("dark", 375, page) for page in PAGES] + [("light", 1280, f"{MONTH}/{name}.html") for name in KINDS]


@pytest.mark.parametrize(("scheme", "width", "page"), MODES)
def test_page_works_and_can_be_used_by_all(visit, page, scheme, width):
    seen = visit(f"{SITE.as_uri()}/{page}", color_scheme=scheme, viewport={"width": width, "height": 900})
    seen.draw_charts()
    assert seen.page.locator("figure[data-drawn=failed]").count() == 0
    assert not seen.complaints
    assert all(NO_OUTSIDE.match(url) for url in seen.requests)
    assert not seen.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert seen.cut_texts() == []
    seen.open_folds()
    seen.page.evaluate(THIN_OUT)
    assert violations(seen) == []


def test_twenty_chinese_terms_lead_to_the_glossary(visit):
    text = (SITE / "guide" / "glossary.html").read_text("utf-8")
    terms = re.findall(r'<dt id="term-[^"]+">([\u4e00-\u9fff]+)<', text)[:17]
    assert len(terms) == 17
    seen = visit(f"{SITE.as_uri()}/{MONTH}/search.html")
    for term in ["镁锭", "镨钕", "皮江法", *terms]:
        seen.page.locator("#q").fill(term)
        finds = seen.page.locator("#search-finds li")
        finds.first.wait_for()
        links = finds.locator("a").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
        assert any("guide/glossary.html#term-" in link for link in links), term
        assert any(term in text for text in finds.all_inner_texts()), term


def test_a_link_to_a_series_opens_its_definition(visit):
    name = re.search(r'id="(series-mg-export-[^"]+)"', (SITE / MONTH / "data_catalogue.html").read_text("utf-8"))[1]
    seen = visit(f"{SITE.as_uri()}/{MONTH}/data_catalogue.html#{name}")
    assert seen.page.locator(f"details#{name} dd").first.is_visible()
    header = seen.page.evaluate("document.querySelector('header').getBoundingClientRect().bottom")
    assert header <= seen.page.locator(f"#{name}").bounding_box()["y"] < 400


def test_every_link_and_anchor_resolves():
    assert not broken_links(SITE, PAGES)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("16,095 CNY/t", "16,095"),
        ("16095", "16,095"),
        ("38,900", "38,900"),
        ("month's", "month"),
        ("NdPr", "Pr-Nd"),
        ("氧化镨钕", "Pr-Nd oxide"),
    ],
)
def test_search_finds_what_readers_type(visit, query, found):
    seen = visit(f"{SITE.as_uri()}/{MONTH}/search.html")
    seen.page.get_by_role("searchbox").fill(query)
    seen.page.get_by_role("button", name="Search").click()
    seen.page.locator("#search-finds li").first.wait_for()
    marks = seen.page.locator("#search-finds mark").all_inner_texts()
    assert any(found in mark for mark in marks), marks[:5]
    assert not seen.complaints
