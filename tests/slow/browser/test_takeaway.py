"""The month's table and the explorer of a built edition, in a browser, from disk: what is taken away is right."""

from tests.slow.browser.test_built_site import MONTH, SITE, pytestmark  # noqa: F401  (skips these, too)

INGOT = "explorer.html#s=mg.export.ingot&from=2025-09&to=2025-11"


def opened(visit, page):
    seen = visit(f"{SITE.as_uri()}/{MONTH}/{page}", permissions=["clipboard-read", "clipboard-write"])
    if "explorer" in page:
        seen.page.wait_for_selector("#explore[data-drawn]")
    return seen


def copied(seen) -> list[list[str]]:
    seen.page.get_by_role("button", name="Copy for Excel").first.click()
    return [line.split("\t") for line in seen.page.evaluate("navigator.clipboard.readText()").splitlines()]


def test_the_table_is_copied_as_numbers(visit):
    seen = opened(visit, "index.html")
    head, *rows = copied(seen)
    [ingot] = [row for row in rows if row[0] == "Magnesium exports, ingot"]
    assert head == ["Series", "Month", "Latest", "Unit", "m/m, %", "y/y, %", "YTD", "YTD y/y, %", "Status"]
    assert ingot[1:5] == ["Nov 25", "22218", "t", "61.21"] and ingot[6:] == ["229800", "-5.12", "published"]
    assert seen.complaints == []


def test_series_are_found_in_chinese_and_units_never_share_an_axis(visit):
    seen = opened(visit, INGOT)
    seen.page.get_by_label("Search series").fill("府谷")
    seen.page.get_by_label("Magnesium ingot 99.90% price, Fugu").check()
    seen.page.get_by_text("t and CNY/t do not fit on one axis").wait_for()
    seen.page.wait_for_selector('#explore[data-drawn^="mg.export.ingot,mg.price.ingot.fugu"]')
    picked = "#s=mg.export.ingot,mg.price.ingot.fugu&from=2025-09&to=2025-11&show=level&by=month"
    assert seen.page.evaluate("location.hash") == picked
    assert seen.page.locator(".explorer-view .mark-line").count() >= 2
    seen.page.locator(".explorer-view .chart-view .mark-symbol.role-mark path").last.hover()
    for part in ("Fugu", "CNY/t"):
        assert part in seen.page.locator(".chart-tip").inner_text()
    assert seen.complaints == []


def test_an_address_brings_back_what_was_picked_and_index_starts_from_100(visit):
    _, *rows = copied(opened(visit, f"{INGOT}&show=index&by=month"))
    shown = {month: round(float(value), 2) for month, value in rows}
    assert shown == {"2025-09": 100, "2025-10": 49.72, "2025-11": 80.16}


def test_day_quotes_are_loaded_when_they_are_asked_for(visit):
    seen = opened(visit, "explorer.html#s=mg.price.ingot.fugu&from=2025-11&to=2025-11")
    assert not any("explorer-more" in url for url in seen.requests)
    seen.page.locator(".mb-filters select").nth(1).select_option("day")
    seen.page.wait_for_selector('#explore[data-drawn$=" day"]')
    _, *rows = copied(seen)
    assert len(rows) > 5 and all(day.startswith("2025-11-") and float(price) > 10000 for day, price in rows)
    assert seen.complaints == []


def test_files_hold_the_figures_with_unit_and_source(visit):
    seen = opened(visit, INGOT)
    with seen.page.expect_download() as loaded:
        seen.page.get_by_role("button", name="CSV for Excel").click()
    title = '"mg.export.ingot","Magnesium ingot exports, China"'
    row = f'{title},"2025-09",27717,"t",27717,27716.5,27717.5,"t","published","zgylmy.cn"'
    assert loaded.value.path().read_text("utf-8-sig").splitlines()[1] == row
    for kind, begins in (("PNG", b"\x89PNG"), ("SVG", b"<svg")):
        with seen.page.expect_download() as loaded:
            seen.page.get_by_role("button", name=kind).click()
        assert loaded.value.path().read_bytes().startswith(begins)
    assert seen.complaints == []
