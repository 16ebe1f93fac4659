"""The explorer and the month's table in a browser, from disk, under the site's policy: what is taken away is right."""

from types import SimpleNamespace

import pytest

from metalsbook.addresses import POLICY
from metalsbook.downloads.explorer import explorer_script
from metalsbook.page.board import board, explorer
from metalsbook.publish import assets
from metalsbook.publish.markup import take_markup
from tests.page.test_board import INGOT, made
from tests.sample_book import CATALOGUE, FIGURES

PAGE = """<!DOCTYPE html><html lang="en" data-assets="a" data-site="" data-month="2025-11" data-page="x"><head>
<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}"><title>Take away</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="a/book.css">
<script src="a/scheme.js"></script><script src="a/book.js" defer></script><script src="a/copy.js" defer></script>
{script}</head><body><div class="frame"><main class="page" id="main"><h1>Take away</h1>{body}</main></div></body>
</html>"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("takeaway")
    assets.write_assets(folder / "a")
    (folder / "data").mkdir()
    told = SimpleNamespace(month="2025-11", series=CATALOGUE)
    (folder / "data" / "explorer.js").write_text(explorer_script(told, FIGURES), "utf-8")
    bodies = {"table": board(made(), {"Ingot": INGOT}, "November").markup, "explorer": explorer().markup}
    for name, body in bodies.items():
        body, refused = take_markup(body)
        assert not refused
        scripts = [f'<script src="a/{one}.js" defer></script>' for one in ("explorer", "charts") if name == "explorer"]
        page = PAGE.format(policy=POLICY, body=body, script="".join(scripts))
        (folder / f"{name}.html").write_text(page, "utf-8")
    return folder.as_uri()


def opened(visit, address, **options):
    seen = visit(address, permissions=["clipboard-read", "clipboard-write"], **options)
    if "explorer" in address:
        seen.page.wait_for_selector("#explore[data-drawn]")
    return seen


def pasted(seen) -> list[list[str]]:
    return [line.split("\t") for line in seen.page.evaluate("navigator.clipboard.readText()").splitlines()]


def test_the_table_is_copied_as_numbers(place, visit):
    seen = opened(visit, f"{place}/table.html")
    seen.page.get_by_role("button", name="Copy for Excel").first.click()
    head, row = pasted(seen)
    assert dict(zip(head, row, strict=True)) == {
        "Series": "Ingot", "Month": "Nov 25", "Latest": "22218.4", "Unit": "t", "m/m, %": "61.21", "y/y, %": "",
        "YTD": "", "YTD y/y, %": "", "Status": "published",
    }  # fmt: skip
    assert seen.complaints == []


def test_series_are_found_in_chinese_and_units_never_share_an_axis(place, visit):
    seen = opened(visit, f"{place}/explorer.html#s=mg.export.ingot&from=2025-09&to=2025-11")
    seen.page.get_by_label("Search series").fill("fugu")
    seen.page.get_by_label("Fugu price").check()
    told = seen.page.get_by_text("t and CNY/t do not fit on one axis")
    told.wait_for()
    seen.page.wait_for_selector('#explore[data-drawn^="mg.export.ingot,mg.price.fugu"]')
    assert seen.page.evaluate("location.hash") == (
        "#s=mg.export.ingot,mg.price.fugu&from=2025-09&to=2025-11&show=level&by=month"
    )
    assert seen.page.locator(".explorer-view .mark-line").count() >= 2
    seen.page.locator(".explorer-view .chart-view .mark-symbol.role-mark path").last.hover()
    for part in ("Fugu price", "CNY/t", "published"):
        assert part in seen.page.locator(".chart-tip").inner_text()
    assert seen.complaints == []


def test_an_address_brings_back_what_was_picked_and_index_starts_from_100(place, visit):
    seen = opened(visit, f"{place}/explorer.html#s=mg.export.ingot&from=2025-09&to=2025-11&show=index&by=month")
    seen.page.get_by_role("button", name="Copy for Excel").click()
    assert [row[1] for row in pasted(seen)[1:]] == ["200", "", "100"][: len(pasted(seen)) - 1]


def test_files_hold_the_figures_with_unit_and_source(place, visit):
    seen = opened(visit, f"{place}/explorer.html#s=mg.export.ingot&from=2025-09&to=2025-11")
    with seen.page.expect_download() as loaded:
        seen.page.get_by_role("button", name="CSV for Excel").click()
    text = loaded.value.path().read_text("utf-8-sig")
    assert text.splitlines()[1] == (
        '"mg.export.ingot","Ingot exports","2025-09",100,"t",100,99.5,100.5,"t","published","Customs"'
    )
    for kind, begins in (("PNG", b"\x89PNG"), ("SVG", b"<svg")):
        with seen.page.expect_download() as loaded:
            seen.page.get_by_role("button", name=kind).click()
        assert loaded.value.path().read_bytes().startswith(begins)
    assert seen.complaints == []
