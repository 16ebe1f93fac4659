"""No text of a chart leaves its drawing, whatever fonts a machine has: the book brings the font that it measures."""

import os
from pathlib import Path

import pytest

from tests.slow.browser.test_built_site import CHARTED, SITE, pytestmark  # noqa: F401  (skips these, too)
from tests.visits import Visit, cut_at_widths

FOLDERS = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts")]
# Without any font Chromium ends at once: the last family has none that a page asks for.
FAMILIES = {"DejaVu": "DejaVuSans*.ttf", "Liberation": "LiberationSans*.ttf"}
CONFIG = '<?xml version="1.0"?><fontconfig><dir>{}</dir><cachedir>{}</cachedir></fontconfig>'


@pytest.fixture(scope="module", params=FAMILIES)
def browser_with_fonts(request, launch, tmp_path_factory):
    """A browser on a machine with the fonts of one family alone."""
    folder, pattern = tmp_path_factory.mktemp(request.param), FAMILIES[request.param]
    for path in [path for top in FOLDERS for path in top.rglob(pattern)]:
        (folder / path.name).symlink_to(path)
    if not any(folder.iterdir()):
        pytest.skip(f"this machine has no font {pattern} (Debian: apt-get install fonts-dejavu fonts-liberation)")
    config = folder / "fonts.conf"
    config.write_text(CONFIG.format(folder, folder / "cache"), "utf-8")
    browser = launch(env={**os.environ, "FONTCONFIG_FILE": str(config)})
    yield browser, request.param
    browser.close()


def test_no_text_of_a_chart_is_cut_with_other_fonts(browser_with_fonts):
    browser, family = browser_with_fonts
    pages = [f"{SITE.as_uri()}/{page}" for page in CHARTED]
    # The text is that of the book's font: with the widest of the others every page is asked, else two chapters.
    some = [page for page in pages if page.endswith(("rare_earths.html", "downstream_demand.html"))]
    assert some
    for page in pages if family == "DejaVu" else some:
        seen = Visit(browser, page, java_script_enabled=False)
        cut = cut_at_widths(seen)
        seen.context.close()
        assert cut == [], page
    for page in some:
        seen = Visit(browser, page, viewport={"width": 390, "height": 900})
        seen.draw_charts()
        assert seen.cut_texts() == [], page
        seen.context.close()
