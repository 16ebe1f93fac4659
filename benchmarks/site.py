"""What a reader of the built site waits for and downloads; writes `site.md`.

    make site && .venv/bin/python -m benchmarks.site

Every page of the newest edition is opened from a server on this machine in a fresh browser (first visit), and once more
with what all pages share already there (later page), then scrolled to its end so that every chart is drawn. Bytes are
those of gzip, level 6, of every file that was asked for. A page is looked at on a wide screen, on a phone and in dark:
how tall it is, how many texts of its charts are cut, how far its layout shifts, and what axe finds with all folds open.
"""

import gzip
import platform
import shutil
import statistics
import sys
import threading
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from metalsbook.paths import build_folder
from metalsbook.publish.serve import make_server
from tests.slow.browser.test_access import violations
from tests.visits import Visit, draw_charts

HERE = Path(__file__).resolve().parent
ROUNDS = 3
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# A task of more than 50 ms blocks a reader's click: the rest of it counts.
WATCH = """() => {
    window.blocked = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((task) => { window.blocked += task.duration - 50; }))
        .observe({type: "longtask", buffered: true});
}"""
SHIFT = """window.moved = 0; new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.moved += entry.hadRecentInput ? 0 : entry.value;
}).observe({type: "layout-shift", buffered: true});"""
# Rows of a table are alike; to check each of thousands takes minutes.
THIN_OUT = (
    "document.querySelectorAll('tbody tr:nth-child(n+6), pre span:nth-of-type(n+9)').forEach((one) => one.remove())"
)
SCREENS = {"wide": (1400, 900, "light"), "phone": (390, 844, "light"), "dark": (1400, 900, "dark")}
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"


def open_page(browser: Browser, address: str) -> tuple[Page, list[str], float, float]:
    """Open a page in a fresh browser; return it, what it asked for, its first paint and its blocked time in ms."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(f"({WATCH})()")
    page.goto(address)
    page.wait_for_timeout(400)
    return page, asked, page.evaluate(PAINT), page.evaluate("() => window.blocked")


def weigh(site: Path, server: str, asked: list[str]) -> int:
    files = {url.removeprefix(server).split("?")[0].lstrip("/") for url in asked if url.startswith(server)}
    return sum(len(gzip.compress((site / name).read_bytes(), 6)) for name in files)


def measure_page(browser: Browser, site: Path, server: str, name: str, shared: set[str]) -> dict:
    paints, blocks, asked = [], [], []
    for _ in range(ROUNDS):
        page, asked, paint, blocked = open_page(browser, f"{server}/{name}")
        draw_charts(page)
        paints.append(paint)
        blocks.append(blocked)
        page.context.close()
    later = [url for url in asked if not any(part in url for part in shared)]
    return {
        "page": name,
        **look(browser, f"{server}/{name}"),
        "first_kb": weigh(site, server, asked) / 1000,
        "later_kb": weigh(site, server, later) / 1000,
        "paint_ms": paints,
        "blocked_ms": blocks,
    }


def look(browser: Browser, address: str) -> dict[str, dict[str, float]]:
    """Return height (px), charts, texts cut, layout shift and violations of a page by screen."""
    found = {}
    for screen, (width, height, scheme) in SCREENS.items():
        seen = Visit(browser, "about:blank", viewport={"width": width, "height": height}, color_scheme=scheme)
        seen.page.add_init_script(SHIFT)
        seen.page.goto(address)
        charts = seen.draw_charts()
        seen.page.wait_for_timeout(200)
        found[screen] = {
            "height": seen.page.evaluate("document.documentElement.scrollHeight"),
            "charts": charts,
            "cut": len(seen.cut_texts()),
            "shift": seen.page.evaluate("window.moved"),
        }
        seen.open_folds()
        seen.page.evaluate(THIN_OUT)
        found[screen]["axe"] = len(violations(seen))
        print(f"{address.rsplit('/', 1)[-1]}, {screen}: {found[screen]}", flush=True)
        seen.context.close()
    return found


def write_report(rows: list[dict], path: Path, disk: dict[str, float]) -> None:
    lines = [
        "# Benchmark: the site as a reader meets it",
        "",
        f"Median of {ROUNDS} visits (least to greatest), headless Chromium, a server on this machine, gzip level 6.",
        f"Python {platform.python_version()}, {platform.machine()}. Cuts, shifts, axe: the worst of 1,400 and 390 px, "
        "and of 1,400 px in dark.",
        "",
        "| page | charts | height, 1,400 px | 390 px | texts cut | layout shift | axe, folds open | first visit, kB | "
        "later page, kB | first contentful paint, ms | blocked, ms |",
        "| --- " + "| ---: " * 10 + "|",
    ]
    for row in rows:
        times = [
            f"{statistics.median(row[key]):.0f} ({min(row[key]):.0f} to {max(row[key]):.0f})"
            for key in ("paint_ms", "blocked_ms")
        ]
        worst = [
            f"{max(row[screen][key] for screen in SCREENS):{form}}"
            for key, form in (("cut", "d"), ("shift", ".3f"), ("axe", "d"))
        ]
        sizes = [f"{row[screen]['height']:,}" for screen in ("wide", "phone")] + worst
        sizes += [f"{row[key]:.0f}" for key in ("first_kb", "later_kb")]
        lines.append(f"| {' | '.join([row['page'], str(row['wide']['charts']), *sizes, *times])} |")
    lines += [
        "",
        "On disk, MB: " + ", ".join(f"{name} {size:.1f}" for name, size in disk.items()) + ".",
        "",
        "Run again: `make site && .venv/bin/python -m benchmarks.site`.",
        "",
    ]
    path.write_text("\n".join(lines), "utf-8")


def disk_megabytes(site: Path, month: str) -> dict[str, float]:
    def size(paths) -> float:
        return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6

    edition = site / month
    downloads = [path for path in edition.rglob("*") if is_download(path.relative_to(edition))]
    shared = [path for path in site.rglob("*") if not path.relative_to(site).parts[0].startswith("20")]
    return {
        "an edition": size(edition.rglob("*")) - size(downloads),
        "its downloads": size(downloads),
        "what all editions share": size(shared),
    }


def is_download(place: Path) -> bool:
    """Whether a file of an edition is there to be taken away: all below `data` but its page, and the charts' data."""
    of_data = place.parts[0] == "data" and place.suffix != ".html"
    return of_data or (place.parts[0] == "charts" and place.suffix in (".csv", ".json"))


def main() -> int:
    site = build_folder() / "site"
    months = sorted(path.name for path in site.glob("20*"))
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if not months or not program:
        print("benchmarks.site: needs a built site (make site) and Chromium", file=sys.stderr)
        return 1
    names = sorted(path.relative_to(site).as_posix() for path in (site / months[-1]).glob("*.html"))
    with make_server(site, 0) as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        rows = [measure_page(browser, site, address, name, {"/_shared/", "/editions.js"}) for name in names]
        browser.close()
        server.shutdown()
    write_report(rows, HERE / "site.md", disk_megabytes(site, months[-1]))
    print((HERE / "site.md").read_text("utf-8"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
