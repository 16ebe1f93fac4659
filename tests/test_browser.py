"""One pass of a real browser over the sample site: every page works, every chart is drawn, the search finds."""

from tests.sample_book import MONTHS
from tests.visits import NO_OUTSIDE, built_pages

MARKED = """[...document.querySelectorAll("figure.chart")].map((figure) =>
    [...figure.querySelectorAll(".chart-live svg [class^='mark-'] path")].some((mark) => mark.getBBox().width > 0))"""


def test_every_page_works_and_draws_its_charts(sample_site, visit):
    # The editions' pages are alike but for their figures.
    for page in built_pages(sample_site, without=MONTHS[0]):
        seen = visit(f"{sample_site.as_uri()}/{page}", viewport={"width": 375, "height": 800})
        charts = seen.draw_charts()
        assert not seen.complaints + seen.warnings, page
        assert all(NO_OUTSIDE.match(url) for url in seen.requests), page
        assert not seen.page.evaluate("document.documentElement.scrollWidth > innerWidth"), page
        assert seen.page.evaluate(MARKED) == [True] * charts, page
        seen.context.close()


def test_a_reader_searches_changes_the_edition_and_opens_an_origin(server, visit):
    seen = visit(f"{server}/{MONTHS[1]}/prices.html")
    origin = seen.page.locator("details.mb-origin").first
    origin.locator("summary").press("Enter")
    assert origin.get_by_text("st-0123456789").is_visible()
    seen.page.get_by_role("searchbox").fill("镁锭")
    seen.page.get_by_role("searchbox").press("Enter")
    seen.page.locator("#search-finds li").first.wait_for()
    assert "镁锭" in seen.page.locator("#search-finds li").first.inner_text()
    seen.page.get_by_label("Edition", exact=True).select_option(MONTHS[0])
    seen.page.wait_for_url(f"**/{MONTHS[0]}/search.html*")
    assert not seen.complaints
