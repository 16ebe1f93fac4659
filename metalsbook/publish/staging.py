"""Builds an edition or the guide in a staging folder: its sources laid out, Sphinx over them, the pages checked."""

import contextlib
import io
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
from jupyter_book.config import get_final_config
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.docutils import docutils_namespace, patch_docutils

from metalsbook.addresses import GUIDE
from metalsbook.analysis import METHOD_VERSION
from metalsbook.downloads.files import INDEX_VERSION, write_downloads, write_json
from metalsbook.edition import PYTHON_STRINGS
from metalsbook.errors import SiteError
from metalsbook.months import cut_off
from metalsbook.page.drawing import NARROW_PX, WIDE_PX, draw_chart
from metalsbook.page.narrative import period_name
from metalsbook.paths import build_folder, project_root, snapshots_folder
from metalsbook.publish import assets, start
from metalsbook.publish.assets import share_assets
from metalsbook.publish.notebooks import find_charts, months_of_lessons
from metalsbook.publish.toc import stage_sources
from metalsbook.snapshots.package import open_package

# What Sphinx writes and no page of ours asks for.
_NEEDLESS = ("_static", "_sources", "objects.inv", ".buildinfo", "searchindex.js", ".nojekyll")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_SHOWN_WARNINGS = 5


def prepare_edition(month: str, executed: Path) -> dict[str, Any]:
    """Write the downloads of an edition to where its pages will stand; return what `write_downloads` says of them."""
    with _staging(month) as built, pd.option_context(*PYTHON_STRINGS):
        return write_downloads(month, executed, built / "data", months_of_lessons())


def stage_edition(month: str, executed: Path, downloads: dict[str, Any]) -> tuple[Path, str]:
    """Build the pages of one edition from its executed chapters and return its folder, and a line of text on it.

    `downloads` is what `prepare_edition` returned.
    """
    started = time.monotonic()
    pages = stage_sources(executed, _sources_folder(month), guide=False)
    with _staging(month) as built:
        snapshot = open_package(snapshots_folder() / month)["content_hash"]
        facts = {"name": period_name(month), "cut_off": cut_off(month), "snapshot": snapshot, "method": METHOD_VERSION}
        shown = _run_sphinx(month, built, {**facts, "downloads": downloads})
        check_pages(built, pages)
        told = {**facts, "headline": shown[0]["headline"], **downloads, "pages": shown}
        write_json({"version": INDEX_VERSION, "month": month, **told}, built / "data" / "index.json")
    return built, f"  site {month}: {len(pages)} pages in {time.monotonic() - started:.1f} s"


def stage_guide(executed: Path) -> Path | None:
    """Build the guide and return its folder, None where the book has no guide; arguments and errors as for an edition.

    Its notebooks are the same for every month.
    """
    pages = stage_sources(executed, _sources_folder(GUIDE), guide=True)
    if not pages:
        return None
    with _staging(GUIDE) as built:
        for name, source in pages.items():
            if source.suffix == ".ipynb":
                (built / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, built / f"{name}.ipynb")
        _run_sphinx(GUIDE, built, {"method": METHOD_VERSION})
        check_pages(built, pages)
        if "index" not in pages:
            # jupyter-book's page that leads on, under a policy of its own.
            (built / "index.html").unlink(missing_ok=True)
    return built


def write_shared(site: Path) -> None:
    """Write what all editions share, and remove assets that none of them asks for any more."""
    start.write_shared_pages(site, share_assets(site))
    assets.remove_unused(site)


def draw(specs: list[dict]) -> None:
    """Draw charts and keep the pictures for their pages."""
    for spec in specs:
        for width in (WIDE_PX, NARROW_PX):
            draw_chart(spec, width)


def _sources_folder(name: str) -> Path:
    return build_folder() / "book" / name


@contextlib.contextmanager
def _staging(name: str) -> Iterator[Path]:
    """Give a staging folder that is left only by what was built without an error."""
    built = build_folder() / "staging" / name / "html"
    built.mkdir(parents=True, exist_ok=True)
    try:
        yield built
    except BaseException:
        shutil.rmtree(built.parent, ignore_errors=True)
        raise
    for path in (built / name for name in _NEEDLESS):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _run_sphinx(name: str, out: Path, facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Build the staged pages of an edition or the guide with jupyter-book's settings; any warning is an error.

    `facts` are what the pages say of the edition (`name`, `cut_off`, `snapshot`, `method`), and its `downloads`.

    Returns:
        Name, title, headline and charts of every page, the first page first.
    """
    source = _sources_folder(name)
    settings, _ = get_final_config(
        user_yaml=project_root() / "_config.yml", cli_config={"latex_individualpages": False}, sourcedir=source
    )
    settings |= {
        "metalsbook_project": "guide" if name == GUIDE else "edition",
        "metalsbook_month": "" if name == GUIDE else name,
        "metalsbook_assets": assets.address(),
        "metalsbook_edition": facts,
        "nitpicky": True,
    }
    warnings = io.StringIO()
    try:
        with patch_docutils(None), docutils_namespace():
            app = Sphinx(
                str(source),
                None,
                str(out),
                str(out.parent / "doctrees"),
                "html",
                confoverrides=settings,
                status=None,
                warning=warnings,
                freshenv=True,
                warningiserror=True,
                keep_going=True,
            )
            app.build(force_all=True)
    except SphinxError as error:
        raise SiteError(f"The pages of {name} could not be built: {error}") from error
    told = _ANSI.sub("", warnings.getvalue().replace(f"{source}{os.sep}", ""))
    complaints = [line for line in told.splitlines() if line]
    if complaints or app.statuscode:
        shown = "; ".join(complaints[:_SHOWN_WARNINGS]) or "no reason given"
        raise SiteError(f"The pages of {name} have {len(complaints)} warnings: {shown}")
    return app.metalsbook_pages.in_order(app.config.root_doc)


def check_pages(built: Path, pages: dict[str, Path]) -> None:
    """Refuse pages that are not there, or do not show every chart of their notebook."""
    for name, source in pages.items():
        page = built / f"{name}.html"
        if not page.is_file():
            raise SiteError(f"The page '{name}' of _toc.yml was not built")
        if source.suffix == ".ipynb":
            wanted = sum(1 for _ in find_charts(json.loads(source.read_text("utf-8"))))
            shown = page.read_text("utf-8").count('<figure class="chart"')
            if wanted != shown:
                raise SiteError(f"The page '{name}' shows {shown} of the {wanted} charts of its notebook")
