"""Keyboard, print and weight of a page; WCAG 2.2 AA by axe-core is asked of the built site (`test_built_site`)."""

import gzip
import re
from pathlib import Path

import axe_playwright_python

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
RULES = (
    "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations']}"
)
FIRST_VISIT_BYTES = 480_000
LATER_PAGE_BYTES = 80_000
CHAPTER_BYTES = 400_000
A4 = {"width": 794, "height": 1123}


def violations(seen) -> list[str]:
    # Handed over by the browser's own tools, which the pages' policy does not bind.
    seen.page.evaluate(f"() => {{ {AXE} }}")
    found = seen.page.evaluate(f"() => axe.run(document, {RULES})")["violations"]
    return [f"{one['id']}: {node['target']} {node['failureSummary'][:200]}" for one in found for node in one["nodes"]]


def test_keyboard_reaches_everything_that_can_be_used(sample_site, visit):
    seen = visit(f"{sample_site.as_uri()}/2025-11/prices.html")
    seen.draw_charts()
    wanted = seen.page.evaluate(
        """() => {
            const usable = "a[href], button, input, select, summary, [tabindex='0']";
            const shown = [...document.querySelectorAll(usable)].filter((one) => one.checkVisibility());
            shown.forEach((one, number) => { one.dataset.order = number; });
            return shown.length;
        }"""
    )
    reached = []
    for _ in range(wanted):
        seen.page.keyboard.press("Tab")
        reached.append(seen.page.evaluate("document.activeElement.dataset.order"))
    assert sorted(map(int, reached)) == list(range(wanted))


def test_a_chapter_prints_whole(sample_site, visit):
    seen = visit(f"{sample_site.as_uri()}/2025-11/shapes.html", viewport=A4)
    seen.draw_charts()
    seen.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    seen.page.emulate_media(media="print")
    boxes = seen.page.evaluate(
        """[...document.querySelectorAll("figure.chart")].map((figure) => {
            const picture = figure.querySelector(".chart-wide svg");
            const [frame, drawn] = [figure.getBoundingClientRect(), picture.getBoundingClientRect()];
            return {height: frame.height, inside: drawn.right <= frame.right + 1 && drawn.width > 200,
                    live: figure.querySelector(".chart-live").checkVisibility(),
                    kept: getComputedStyle(figure).breakInside};
        })"""
    )
    assert len(boxes) == 3
    for box in boxes:
        assert box["inside"] and not box["live"] and box["kept"] == "avoid"
        assert box["height"] < A4["height"] - 150
    assert seen.page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    pdf = seen.page.pdf(format="A4")
    assert pdf.startswith(b"%PDF") and len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 2


def gzipped(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9, mtime=0))


def files_asked_for(sample_site, server, seen) -> list[Path]:
    inside = [url.removeprefix(server).split("?")[0].lstrip("/") for url in seen.requests if url.startswith(server)]
    return [sample_site / name for name in dict.fromkeys(inside)]


def test_a_chapter_is_light(sample_site, server, visit):
    seen = visit(f"{server}/2025-11/prices.html")
    seen.draw_charts()
    first = files_asked_for(sample_site, server, seen)
    assert sum(map(gzipped, first)) < FIRST_VISIT_BYTES
    seen.requests.clear()
    seen.page.goto(f"{server}/2025-11/shapes.html")
    seen.draw_charts()
    later = [path for path in files_asked_for(sample_site, server, seen) if path not in first]
    assert sum(map(gzipped, later)) < LATER_PAGE_BYTES
    assert sum(path.stat().st_size for path in later) < CHAPTER_BYTES


def test_the_first_screen_does_not_wait_for_vega(server, visit):
    seen = visit(f"{server}/2025-11/index.html")
    assert not [url for url in seen.requests if url.endswith("vega.js")]
    seen = visit(f"{server}/2025-11/prices.html", viewport={"width": 1280, "height": 120})
    seen.page.wait_for_timeout(300)
    assert not [url for url in seen.requests if url.endswith("vega.js")]
    assert seen.draw_charts() == 2
    assert [url for url in seen.requests if url.endswith("vega.js")]
