"""Build the site of an edition from its executed chapters, and all editions with what they share.

An edition is built in a staging folder, checked there, and put in its place in one step: after any error the last good
site is as it was.
"""

import io
import json
import os
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from metalsbook.errors import SiteError
from metalsbook.months import cut_off
from metalsbook.paths import build_folder, chapters_folder, project_root, snapshots_folder
from metalsbook.publish import assets, editions
from metalsbook.publish.derived import method_version
from metalsbook.publish.downloads import edition_index, write_downloads
from metalsbook.publish.outputs import find_charts
from metalsbook.snapshots import open_package
from metalsbook.swap import put_in_place, recover

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_SHOWN_WARNINGS = 5
_SUFFIXES = (".ipynb", ".md")
_CHAPTERS = "chapters/"
# What Sphinx writes and no page of ours asks for.
_NEEDLESS = ("_static", "_sources", "objects.inv", ".buildinfo", "searchindex.js", ".nojekyll")


def site_folder() -> Path:
    """Return the folder of the built site."""
    return build_folder() / "site"


def build_edition_site(month: str, executed: Path, *, progress: Callable[[str], None] = print) -> Path:
    """Build the site of one edition into `_build/site/<month>/`, and renew what lists the editions.

    Args:
        month: Month of the edition, "YYYY-MM".
        executed: Folder of its executed chapters.
        progress: Called with a line of text for every step.

    Returns:
        The edition's first page.

    Raises:
        SiteError: If a page of `_toc.yml` is missing, Sphinx warns of anything, or a page lacks a chart of its
            notebook. The last good site is untouched.
    """
    site = site_folder()
    recover(site)
    shared = assets.share_assets(site)
    _build_edition(month, executed, shared, progress)
    editions.write_shared_pages(site, shared)
    return site / month / "index.html"


def build_site(months: list[str], *, progress: Callable[[str], None] = print) -> Path:
    """Build the editions of all months from their executed chapters in `_build/chapters/`, and what they share.

    Returns:
        The start page.

    Raises:
        SiteError: As for one edition; editions that were built before the error stay.
    """
    site = site_folder()
    recover(site)
    shared = assets.share_assets(site)
    for month in months:
        _build_edition(month, build_folder() / "chapters" / month, shared, progress)
    editions.write_shared_pages(site, shared)
    assets.remove_unused(site)
    return site / "index.html"


def _build_edition(month: str, executed: Path, shared: str, progress: Callable[[str], None]) -> None:
    started = time.monotonic()
    pages = stage_sources(month, executed)
    work = build_folder() / "staging" / f"{month}-{uuid.uuid4().hex[:8]}"
    try:
        built = work / "html"
        downloads = write_downloads(month, executed, built / "data")
        facts = edition_facts(month)
        shown = run_sphinx(month, build_folder() / "book" / month, built, shared, {**facts, "downloads": downloads})
        check_pages(built, pages)
        index = edition_index(month, {**facts, "headline": shown[0]["headline"]}, downloads, shown)
        (built / "data" / "index.json").write_text(json.dumps(index, indent=1, ensure_ascii=False) + "\n", "utf-8")
        _remove_needless(built)
        put_in_place(built, site_folder() / month)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    progress(f"  site {month}: {len(pages)} pages in {time.monotonic() - started:.1f} s")


def stage_sources(month: str, executed: Path) -> dict[str, Path]:
    """Lay out the sources of an edition under `_build/book/<month>/`: executed chapters, pages, pictures, settings.

    Pages lie at the top there, so that an edition's addresses are `<month>/rare_earths.html`.

    Returns:
        The staged file of each page by its name, in the order of `_toc.yml`.

    Raises:
        SiteError: If `_toc.yml` or a page that it names does not exist.
    """
    target = build_folder() / "book" / month
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    toc = read_toc(project_root() / "_toc.yml")
    pages = {}
    for entry in _toc_entries(toc):
        name = _page_name(entry)
        source = find_page(entry, executed)
        pages[name] = target / f"{name}{source.suffix}"
        pages[name].parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, pages[name])
        entry["root" if "root" in entry else "file"] = name
    (target / "_toc.yml").write_text(yaml.safe_dump(toc, sort_keys=False, allow_unicode=True), "utf-8")
    for path in chapters_folder().rglob("*"):
        if path.is_file() and path.suffix not in _SUFFIXES and ".ipynb_checkpoints" not in path.parts:
            copy = target / path.relative_to(chapters_folder())
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    return pages


def read_toc(path: Path) -> dict[str, Any]:
    """Return the book's table of contents.

    Raises:
        SiteError: If the file is missing or names no first page.
    """
    if not path.is_file():
        raise SiteError("The book has no _toc.yml", "Restore it from git")
    toc = yaml.safe_load(path.read_text("utf-8"))
    if not isinstance(toc, dict) or "root" not in toc:
        raise SiteError("_toc.yml names no first page (root)", "Restore it from git")
    return toc


def _toc_entries(toc: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every entry of a table of contents that names a page, the first page first."""
    if "root" in toc or "file" in toc:
        yield toc
    for key in ("parts", "subtrees", "chapters", "sections", "entries"):
        for child in toc.get(key, []):
            yield from _toc_entries(child)


def _page_name(entry: dict[str, Any]) -> str:
    name = entry.get("root") or entry["file"]
    return name.removeprefix(_CHAPTERS).removesuffix(".ipynb").removesuffix(".md")


def find_page(entry: dict[str, Any], executed: Path) -> Path:
    """Return the file of a page: the executed chapter where there is one, else the file that `_toc.yml` names.

    Raises:
        SiteError: If there is neither.
    """
    name = _page_name(entry)
    plain = str(project_root() / (entry.get("root") or entry["file"])).removesuffix(".ipynb").removesuffix(".md")
    for path in [executed / f"{name}.ipynb", *(Path(f"{plain}{suffix}") for suffix in _SUFFIXES)]:
        if path.is_file():
            return path
    raise SiteError(f"_toc.yml names the page '{name}', and there is no such file", "Add the page or remove its entry")


def run_sphinx(month: str, source: Path, out: Path, shared: str, facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Build the pages with jupyter-book's settings; any warning is an error.

    Args:
        month: Month of the edition.
        source: Folder of the staged sources.
        out: Folder for the pages.
        shared: Address of the shared assets within the site.
        facts: What the pages say of the edition, see `edition_facts`, and its `downloads`.

    Returns:
        Name, title, headline and charts of every page, the first page first.

    Raises:
        SiteError: If Sphinx fails or warns; the message holds its first lines.
    """
    from jupyter_book.config import get_final_config
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    settings, _ = get_final_config(
        user_yaml=project_root() / "_config.yml", cli_config={"latex_individualpages": False}, sourcedir=source
    )
    settings.update(
        metalsbook_month=month,
        metalsbook_assets=f"../{shared}",
        metalsbook_edition=facts,
        metalsbook_chart_cache=str(build_folder() / "cache" / "charts"),
        nitpicky=True,
    )
    warnings = io.StringIO()
    out.mkdir(parents=True, exist_ok=True)
    try:
        with patch_docutils(None), docutils_namespace():
            app = Sphinx(
                str(source), None, str(out), str(out.parent / "doctrees"), "html", confoverrides=settings, status=None,
                warning=warnings, freshenv=True, warningiserror=True, keep_going=True,
            )
            app.build(force_all=True)
    except SphinxError as error:
        raise SiteError(f"The pages of {month} could not be built: {error}") from error
    told = _ANSI.sub("", warnings.getvalue()).replace(f"{source}{os.sep}", "")
    complaints = [line for line in told.splitlines() if line]
    if complaints or app.statuscode:
        shown = "; ".join(complaints[:_SHOWN_WARNINGS]) or "no reason given"
        raise SiteError(f"The pages of {month} have {len(complaints)} warnings: {shown}")
    return app.metalsbook_pages.in_order(app.config.root_doc)


def edition_facts(month: str) -> dict[str, str]:
    """Return what a page says of its edition: name, cut-off, hash of the snapshot, version of the method."""
    snapshot = open_package(snapshots_folder() / month)["content_hash"]
    return {
        "name": editions.month_name(month), "cut_off": cut_off(month), "snapshot": snapshot, "method": method_version(),
    }


def check_pages(built: Path, pages: dict[str, Path]) -> None:
    """Check that every page is there and shows every chart of its notebook.

    Raises:
        SiteError: Names the page and how many charts it lacks.
    """
    for name, source in pages.items():
        page = built / f"{name}.html"
        if not page.is_file():
            raise SiteError(f"The page '{name}' of _toc.yml was not built")
        if source.suffix != ".ipynb":
            continue
        wanted = sum(1 for _ in find_charts(json.loads(source.read_text("utf-8"))))
        shown = page.read_text("utf-8").count('<figure class="chart"')
        if wanted != shown:
            raise SiteError(f"The page '{name}' shows {shown} of the {wanted} charts of its notebook")


def _remove_needless(built: Path) -> None:
    for name in _NEEDLESS:
        path = built / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

