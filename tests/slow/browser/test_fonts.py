"""No text of a chart leaves its drawing, whatever fonts a machine has: the book brings the font that it measures."""

import os
from pathlib import Path

import pytest

from tests.slow.browser.test_built_site import CHARTED, SITE
from tests.visits import Visit

FOLDERS = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts")]
# Without any font Chromium ends at once: the last family has none that a page asks for.
FAMILIES = {"DejaVu": "DejaVuSans*.ttf", "Liberation": "LiberationSans*.ttf", "Mono": "*Mono-Bold.ttf"}
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
    yield browser
    browser.close()


@pytest.mark.parametrize(("script", "width"), [(True, 1400), (True, 390), (False, 1400), (False, 390)])
def test_no_text_of_a_chart_is_cut_with_other_fonts(browser_with_fonts, sample_site, script, width):
    pages = [f"{SITE.as_uri()}/{page}" for page in CHARTED]
    pages = pages or [f"{sample_site.as_uri()}/2025-11/{page}.html" for page in ("prices", "shapes")]
    for page in pages:
        seen = Visit(browser_with_fonts, page, java_script_enabled=script, viewport={"width": width, "height": 900})
        if script:
            seen.draw_charts()
        cut = seen.cut_texts()
        seen.context.close()
        assert cut == [], page
