"""One browser for all tests, with no network but the loopback address; skipped where there is no Chromium."""

import re
import shutil
import threading
from functools import partial
from pathlib import Path

import pytest

from metalsbook.publish.serve import make_server

ARGUMENTS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync".split(" ")
ARGUMENTS += ["--disable-background-networking", "--disable-component-update"]
ARGUMENTS += ["--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"]
NO_OUTSIDE = re.compile(r"^(file:|http://127\.0\.0\.1:|data:|blob:)")


@pytest.fixture(scope="session")
def launch():
    """Start a browser; what is given goes to Playwright."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield partial(playwright.chromium.launch, executable_path=program, args=ARGUMENTS)


@pytest.fixture(scope="session")
def browser(launch):
    browser = launch()
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def server(sample_site):
    with make_server(sample_site, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(params=["file", "http"])
def address(request, sample_site):
    """The site's address: opened from disk, and from a server."""
    return sample_site.as_uri() if request.param == "file" else request.getfixturevalue("server")


class Visit:
    """A page that was opened, and all that it complained of or asked for."""

    def __init__(self, browser, address, **options):
        self.context = browser.new_context(**options)
        self.context.set_default_timeout(10_000)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.warnings: list[str] = []
        told = {"error": self.complaints, "warning": self.warnings}
        self.page.on("console", lambda message: told.get(message.type, []).append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", self.note_failure)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(address)

    def note_failure(self, request) -> None:
        # Who follows a link before a page has loaded ends its requests: no fault of the page.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"failed: {request.url} ({request.failure})")

    def draw_charts(self) -> int:
        return draw_charts(self.page)

    def open_folds(self) -> None:
        """Open every fold, and let those that are filled on demand be filled."""
        self.page.evaluate(
            """() => {
                document.querySelectorAll("details").forEach((fold) => { fold.open = true; });
                return new Promise((done) => setTimeout(done, 50));
            }"""
        )

    def cut_texts(self) -> list:
        """Every text of a chart that reaches over the edge of its box: what it says, and by how many pixels."""
        return self.page.evaluate(
            """() => [...document.querySelectorAll(".chart-view svg")].flatMap((svg) => {
                if (!svg.checkVisibility()) return [];
                const box = svg.closest(".chart-view").getBoundingClientRect();
                // Labels that find no room are there, and not to be seen.
                const seen = (text) => text.textContent.trim() && text.checkVisibility({ opacityProperty: true });
                return [...svg.querySelectorAll("text")].filter(seen).map((text) => {
                    const own = text.getBoundingClientRect();
                    return [text.textContent, Math.max(box.left - own.left, own.right - box.right)];
                }).filter(([, over]) => over > 1);
            })"""
        )


def draw_charts(page) -> int:
    """Scroll to every chart of a page, wait until each is drawn, return their number."""
    charts = page.locator("figure.chart")
    # A page that is only opened draws none.
    page.mouse.move(1, 1)
    for number in range(charts.count()):
        charts.nth(number).scroll_into_view_if_needed()
    page.evaluate(
        """async () => {
            while (![...document.querySelectorAll("figure.chart")].every((figure) => figure.dataset.drawn))
                await new Promise((done) => setTimeout(done, 20));
        }"""
    )
    return charts.count()


def cut_at_widths(seen: Visit) -> list:
    """Return the texts of charts that are cut on a wide page or on a phone; what needs a script is not drawn anew."""
    found = []
    for width in (1400, 390):
        seen.page.set_viewport_size({"width": width, "height": 900})
        found += seen.cut_texts()
    return found


@pytest.fixture
def visit(browser):
    opened = []

    def open_page(address, **options):
        opened.append(Visit(browser, address, **options))
        return opened[-1]

    yield open_page
    for one in opened:
        one.context.close()


def built_pages(site: Path, *, without: str = "latest") -> list[str]:
    """Return the pages of a site that do not just lead on, but for those of one folder."""
    pages = (path.relative_to(site) for path in site.rglob("*.html"))
    own = (page for page in pages if page.parts[0] not in ("latest", without))
    return sorted(page.as_posix() for page in own)
