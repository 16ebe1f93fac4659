"""Every page of the sample site in a real browser, from disk and from a server."""

import csv
import io
import json
import re

import pytest

NARROW = {"viewport": {"width": 375, "height": 800}}


def test_all_of_a_page_stands_there_without_script(address, visit):
    seen = visit(f"{address}/2025-11/shapes.html", java_script_enabled=False)
    pictures = seen.page.locator(".chart-wide svg")
    assert pictures.count() == 3
    for number in range(3):
        box = pictures.nth(number).bounding_box()
        assert box["width"] > 300 and box["height"] > 80
    assert len(seen.page.get_by_role("img").first.get_attribute("aria-label")) > 10
    seen = visit(f"{address}/2025-11/prices.html", java_script_enabled=False)
    origin = seen.page.locator("details.mb-origin").first
    origin.locator("summary").click()
    assert origin.get_by_text("st-0123456789").is_visible()
    seen.page.locator("details.hide summary").first.click()
    assert seen.page.get_by_text('month = "2025-11"').is_visible()
    assert not seen.page.locator("details.chart-data").first.is_visible()
    assert not seen.page.get_by_role("button", name="Dark").is_visible()


def test_charts_follow_the_switch_between_light_and_dark(address, visit):
    seen = visit(f"{address}/2025-11/prices.html", color_scheme="light")
    seen.draw_charts()
    colours = "[...document.querySelectorAll('.chart-live svg text')].map(text => getComputedStyle(text).fill)"
    line = "getComputedStyle(document.querySelector('.chart-live svg .mark-line path')).stroke"
    light, light_line = seen.page.evaluate(colours), seen.page.evaluate(line)
    seen.page.get_by_role("button", name="Dark").click()
    dark, dark_line = seen.page.evaluate(colours), seen.page.evaluate(line)
    assert all(one != other for one, other in zip(light, dark, strict=True))
    assert light_line != dark_line
    seen.page.reload()
    assert seen.page.get_by_role("button", name="Light").is_visible()
    assert seen.page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(20, 24, 28)"


@pytest.mark.parametrize("page", ["prices", "shapes"])
def test_charts_fit_a_phone(address, visit, page):
    seen = visit(f"{address}/2025-11/{page}.html", **NARROW)
    seen.draw_charts()
    wide = "[...document.querySelectorAll('.chart-live svg')].map(svg => svg.getBoundingClientRect().width)"
    assert all(250 < width <= 345 for width in seen.page.evaluate(wide))
    sizes = "[...document.querySelectorAll('.chart-live svg text')].map(t => parseFloat(getComputedStyle(t).fontSize))"
    assert min(seen.page.evaluate(sizes)) >= 10


def test_the_menu_offers_the_same_page_of_another_edition(address, visit):
    seen = visit(f"{address}/2025-11/prices.html")
    menu = seen.page.get_by_label("Edition", exact=True)
    menu.locator("option").nth(1).wait_for(state="attached")
    assert menu.evaluate("select => [...select.options].map(option => option.text)") == ["Nov 2025", "Oct 2025"]
    menu.select_option("2025-10")
    seen.page.wait_for_url("**/2025-10/prices.html")
    notice = seen.page.get_by_text("This is an old edition")
    assert notice.is_visible()
    notice.get_by_role("link").click()
    seen.page.wait_for_url("**/2025-11/prices.html")
    assert not seen.page.locator("#newer").is_visible()


def test_search_shows_what_was_typed_as_text(address, visit):
    seen = visit(f"{address}/2025-11/search.html?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    seen.page.get_by_text("Nothing in this edition").wait_for()
    assert not seen.complaints


def test_the_csv_equals_the_chart(server, visit):
    seen = visit(f"{server}/2025-11/prices.html")
    links = [seen.page.locator("figure.chart").first.get_by_role("link", name=name) for name in ("Data", "Spec")]
    places = [f"{server}/2025-11/{link.get_attribute('href')}" for link in links]
    table, spec = (seen.context.request.get(place).body().decode("utf-8-sig") for place in places)
    rows = [(row["period"], float(row["value"])) for row in csv.DictReader(io.StringIO(table))]
    assert rows == [(row["period"], row["value"]) for row in json.loads(spec)["data"]["values"]]


def test_the_data_table_opens_and_holds_the_figures(address, visit):
    seen = visit(f"{address}/2025-11/prices.html")
    details = seen.page.locator("figure.chart details.chart-data").first
    assert details.get_by_role("table").count() == 0
    details.locator("summary").press("Enter")
    details.get_by_text(": 24 rows").wait_for()
    assert details.get_by_role("row").count() == 25
    first = details.get_by_role("row").nth(1).inner_text().split()
    assert first[:5] == ["2023-12-31", "2023-12", "16,000", "15,900", "16,100"]


def test_a_link_into_a_fold_opens_it(address, visit):
    seen = visit(f"{address}/2025-11/index.html#note-in-a-fold")
    seen.page.get_by_text("What is folded stands in the page").wait_for(state="visible")
    header = seen.page.evaluate("document.querySelector('header').getBoundingClientRect().bottom")
    assert header <= seen.page.get_by_text("What is folded stands in the page").bounding_box()["y"] < 800


def test_code_is_shown_on_demand_and_remembered(address, visit):
    seen = visit(f"{address}/2025-11/prices.html")
    code = seen.page.get_by_text('month = "2025-11"')
    assert not code.is_visible()
    seen.page.get_by_role("button", name="Show code").click()
    assert code.is_visible()
    seen.page.reload()
    assert code.is_visible()
    seen.page.get_by_role("button", name="Hide code").click()
    assert not code.is_visible()


def test_tooltips_show_the_figure(address, visit):
    seen = visit(f"{address}/2025-11/prices.html")
    seen.draw_charts()
    seen.page.locator(".chart-live svg .mark-symbol path").nth(5).hover(force=True)
    tip = seen.page.locator(".chart-tip")
    tip.wait_for()
    assert re.search(r"period 20\d\d-\d\d", tip.inner_text())


def test_a_slider_computes_in_the_page(address, visit):
    seen = visit(f"{address}/2025-11/shapes.html")
    seen.draw_charts()
    labels = seen.page.locator("#chart-shapes-3 .role-axis-label text")
    assert "3,000" in labels.all_text_contents()
    seen.page.get_by_label("Share, %").fill("25")
    assert "3,000" not in labels.all_text_contents()
    assert not seen.complaints


def test_contents_open_on_a_phone_without_script(address, visit):
    seen = visit(f"{address}/2025-11/prices.html", java_script_enabled=False, **NARROW)
    link = seen.page.get_by_role("navigation", name="Contents").get_by_role("link", name="Shapes")
    assert not link.is_visible()
    seen.page.get_by_role("button", name="Menu").press("Enter")
    link.click()
    seen.page.wait_for_url("**/shapes.html")


def test_from_the_guide_a_reader_goes_back_to_their_own_edition(address, visit):
    seen = visit(f"{address}/2025-10/prices.html")
    seen.page.get_by_role("link", name="Glossary").first.click()
    seen.page.wait_for_url(f"{address}/guide/glossary.html")
    menu = seen.page.get_by_label("Edition")
    assert menu.input_value() == "2025-10"
    assert not seen.page.get_by_text("This is an old edition").is_visible()
    seen.page.get_by_role("link", name="Shapes").first.click()
    seen.page.wait_for_url("**/2025-10/shapes.html")
    seen.page.go_back()
    seen.page.get_by_role("searchbox").fill("16,050")
    seen.page.get_by_role("button", name="Search").click()
    seen.page.wait_for_url("**/guide/search.html?q=16%2C050")
    seen.page.locator("#search-finds a").first.click()
    seen.page.wait_for_url("**/2025-10/*.html*")


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (390, "dark")])
def test_nothing_moves_while_a_page_loads(server, visit, width, scheme):
    seen = visit("about:blank", viewport={"width": width, "height": 900}, color_scheme=scheme)
    seen.page.add_init_script(
        """window.moved = 0; new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) window.moved += entry.value;
        }).observe({ type: "layout-shift", buffered: true });"""
    )
    seen.page.goto(f"{server}/2025-11/prices.html")
    seen.draw_charts()
    seen.page.wait_for_timeout(300)
    assert seen.page.evaluate("moved") < 0.05
    middles = """[...document.querySelectorAll('.masthead-in > *')].filter(one => one.checkVisibility()).map((one) => {
        const box = one.getBoundingClientRect();
        return Math.round(box.top + box.height / 2);
    })"""
    assert len(set(seen.page.evaluate(middles))) == 1


def test_long_lists_are_printed_whole(address, visit):
    seen = visit(f"{address}/2025-11/prices.html")
    seen.page.evaluate(
        """() => {
            const list = "<details class='mb-group'><summary>A: 2 sources</summary><p>the second</p></details>";
            document.querySelector("main").insertAdjacentHTML("beforeend", list);
            const isOpen = () => document.querySelector(".mb-group").open;
            addEventListener("beforeprint", () => { document.body.dataset.printed = isOpen(); });
        }"""
    )
    seen.page.pdf()
    assert seen.page.evaluate("document.body.dataset.printed") == "true"
    assert not seen.page.get_by_text("the second").is_visible()


def test_a_page_that_leads_on_takes_the_anchor_along(address, visit):
    seen = visit(f"{address}/latest/index.html#method")
    seen.page.wait_for_url("**/2025-11/index.html#method")


@pytest.mark.parametrize("script", [True, False])
def test_who_comes_to_the_guide_first_goes_to_the_newest_edition(address, visit, script):
    seen = visit(f"{address}/guide/glossary.html", java_script_enabled=script)
    seen.page.get_by_role("link", name="Shapes").first.click()
    seen.page.wait_for_url("**/2025-11/shapes.html")
