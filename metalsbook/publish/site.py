"""Build the site: each edition from its executed chapters, the guide once for all, and what they share.

Editions and guide are built in a staging folder, checked there, and put in their place in one step: after any error the
last good site is as it was.
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

from metalsbook.derived import method_version
from metalsbook.errors import SiteError
from metalsbook.months import cut_off
from metalsbook.paths import build_folder, project_root, snapshots_folder
from metalsbook.publish import pool
from metalsbook.publish.addresses import GUIDE, month_name
from metalsbook.publish.kept_site import SHARED as SHARED_PAGES
from metalsbook.publish.kept_site import KeptSite
from metalsbook.publish.outputs import find_charts
from metalsbook.publish.work import preload_modules
from metalsbook.store import put_in_place, recover

# What Sphinx writes and no page of ours asks for.
_NEEDLESS = ("_static", "_sources", "objects.inv", ".buildinfo", "searchindex.js", ".nojekyll")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_SHOWN_WARNINGS = 5


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
    site = _prepared_site()
    _build_editions(site, {month: executed}, progress)
    return site / month / "index.html"


def build_site(months: list[str], *, progress: Callable[[str], None] = print) -> Path:
    """Build the editions of all months from their executed chapters in `_build/chapters/`, and what they share.

    Returns:
        The start page.

    Raises:
        SiteError: As for one edition; editions that were built before the error stay.
    """
    site = _prepared_site()
    _build_editions(site, {month: build_folder() / "chapters" / month for month in months}, progress)
    return site / "index.html"


def _prepared_site() -> Path:
    """Return the site's folder, rid of what a build that was killed has left."""
    recover(site_folder())
    shutil.rmtree(build_folder() / "staging", ignore_errors=True)
    return site_folder()


def _build_editions(site: Path, executed: dict[str, Path], progress: Callable[[str], None]) -> None:
    """Build the editions that changed, the guide and what else they share where that changed."""
    kept = KeptSite(site)
    changed = {}
    for month, folder in executed.items():
        sources = kept.edition_sources(month, folder)
        if kept.is_whole(month, sources):
            progress(f"  site {month}: kept (nothing changed)")
        else:
            changed[month] = sources
    guide = kept.guide_sources()
    guide_stays = not executed or kept.is_whole(GUIDE, guide)
    _draw_ahead([folder for month, folder in executed.items() if month in changed or not guide_stays])
    if not guide_stays:
        # First, so that no page of an edition leads nowhere.
        _put(stage_guide(executed[max(executed)], _assets().share_assets(site)), site / GUIDE)
        kept.keep(GUIDE, guide)
    for month in _build_changed({month: executed[month] for month in changed}, site, progress) if changed else ():
        kept.keep(month, changed[month])
    sources = kept.shared_sources()
    if not kept.is_whole(SHARED_PAGES, sources):
        from metalsbook.publish import start

        start.write_shared_pages(site, _assets().share_assets(site))
        _assets().remove_unused(site)
        for path in site.iterdir():
            if not path.name[0].isdigit() and path.name != GUIDE:
                _open_to_readers(path)
        kept.keep(SHARED_PAGES, sources)


def _build_changed(executed: dict[str, Path], site: Path, progress: Callable[[str], None]) -> Iterator[str]:
    """Build these editions, some at once where there are cores for it, and yield each month when it is in its place.

    They are put there by this process alone, which holds the lock of the build.
    """
    shared = _assets().share_assets(site)
    for month, (built, told) in _stage_editions(executed, shared):
        _put(built, site / month)
        progress(told)
        yield month


def _put(built: Path | None, target: Path) -> None:
    """Put a staged folder in its place; None leaves none there."""
    if built is None:
        shutil.rmtree(target, ignore_errors=True)
    else:
        _open_to_readers(built)
        put_in_place(built, target)
        shutil.rmtree(built.parent, ignore_errors=True)


def _open_to_readers(path: Path) -> None:
    """Let a web server read a file or folder, whatever the mask of who builds."""
    for each in [path, *path.rglob("*")]:
        each.chmod(0o755 if each.is_dir() else 0o644)


def _stage_editions(executed: dict[str, Path], shared: str) -> Iterator[tuple[str, tuple[Path, str]]]:
    """Build editions, each in a process of its own where there are cores for it: Sphinx builds in one thread.

    Raises:
        BookError: As `stage_edition`; the first by month, when what could be built is built.
    """
    if pool.count_workers(len(executed)) == 1:
        yield from ((month, stage_edition(month, folder, shared)) for month, folder in executed.items())
        return
    months, failed = list(executed), {}
    calls = [pool.Call(stage_edition, (month, executed[month], shared)) for month in months]
    for place, result in pool.run_apart(calls, preload_modules(len(calls))):
        if isinstance(result, pool.Stopped):
            result = SiteError(f"The pages of {months[place]} could not be built: its process ended {result.how}")
        if isinstance(result, Exception):
            failed[months[place]] = result
        else:
            yield months[place], result
    if failed:
        raise failed[min(failed)]


def _draw_ahead(folders: list[Path]) -> None:
    """Draw the charts of executed chapters on all cores; Sphinx would draw them one after the other.

    What cannot be drawn is told when its page is built.
    """
    paths = (path for folder in folders for path in sorted(folder.rglob("*.ipynb")))
    specs = [spec for path in paths for _, spec in find_charts(json.loads(path.read_text("utf-8")))]
    workers = pool.count_workers(len(specs))
    if workers > 1:
        calls = [pool.Call(_draw, (specs[first::workers],)) for first in range(workers)]
        for _ in pool.run_apart(calls, preload_modules(len(folders))):
            pass


def _draw(specs: list[dict]) -> None:
    from metalsbook.publish.charts import NARROW_PX, WIDE_PX, draw_chart

    for spec in specs:
        for width in (WIDE_PX, NARROW_PX):
            draw_chart(spec, width, _chart_cache())


def _chart_cache() -> Path:
    return build_folder() / "cache" / "charts"


def _assets():
    # Imported late, as all that builds pages is: a run in which nothing changed needs none of it.
    from metalsbook.publish import assets

    return assets


def stage_edition(month: str, executed: Path, shared: str) -> tuple[Path, str]:
    """Build one edition in a staging folder and return its folder there, and a line of text on it.

    Args:
        month: Month of the edition.
        executed: Folder of its executed chapters.
        shared: Address of the shared assets within the site.

    Raises:
        SiteError: As `build_edition_site`; nothing is left in the staging folder.
    """
    from metalsbook.publish.downloads import edition_index, write_downloads
    from metalsbook.publish.toc import stage_sources

    started = time.monotonic()
    pages = stage_sources(executed, _sources_folder(month), guide=False)
    with _Staging(month) as built:
        downloads = write_downloads(month, executed, built / "data")
        facts = edition_facts(month)
        shown = _run_sphinx("edition", month, built, shared, {**facts, "downloads": downloads})
        check_pages(built, pages)
        index = edition_index(month, {**facts, "headline": shown[0]["headline"]}, downloads, shown)
        text = json.dumps(index, indent=1, ensure_ascii=False) + "\n"
        (built / "data" / "index.json").write_text(text, "utf-8", newline="")
    return built, f"  site {month}: {len(pages)} pages in {time.monotonic() - started:.1f} s"


def stage_guide(executed: Path, shared: str) -> Path | None:
    """Build the guide in a staging folder and return its folder there; None where the book has no guide.

    Args:
        executed: Folder of executed chapters, its notebooks among them: they are the same for every month.
        shared: Address of the shared assets within the site.

    Raises:
        SiteError: As `build_edition_site`; nothing is left in the staging folder.
    """
    from metalsbook.publish.downloads import copy_notebook
    from metalsbook.publish.toc import stage_sources

    pages = stage_sources(executed, _sources_folder(GUIDE), guide=True)
    if not pages:
        return None
    with _Staging(GUIDE) as built:
        for name, source in pages.items():
            if source.suffix == ".ipynb":
                copy_notebook(source, built / f"{name}.ipynb")
        _run_sphinx("guide", GUIDE, built, shared, {"method": method_version()})
        check_pages(built, pages)
        if "index" not in pages:
            # jupyter-book's page that leads on, under a policy of its own.
            (built / "index.html").unlink(missing_ok=True)
    return built


def _sources_folder(project: str) -> Path:
    return build_folder() / "book" / project


class _Staging:
    """A staging folder that is left only by what was built without an error."""

    def __init__(self, name: str):
        self._work = build_folder() / "staging" / f"{name}-{uuid.uuid4().hex[:8]}"

    def __enter__(self) -> Path:
        self.built = self._work / "html"
        self.built.mkdir(parents=True)
        return self.built

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            shutil.rmtree(self._work, ignore_errors=True)
            return
        for path in (self.built / name for name in _NEEDLESS):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def edition_facts(month: str) -> dict[str, str]:
    """Return what a page says of its edition: name, cut-off, hash of the snapshot, version of the method."""
    from metalsbook.snapshots.package import open_package

    snapshot = open_package(snapshots_folder() / month)["content_hash"]
    return {"name": month_name(month), "cut_off": cut_off(month), "snapshot": snapshot, "method": method_version()}


def _run_sphinx(project: str, name: str, out: Path, shared: str, facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Build the staged pages of a project with jupyter-book's settings; any warning is an error.

    Args:
        project: "edition" or "guide".
        name: Month of the edition, or the guide's name.
        out: Folder for the pages.
        shared: Address of the shared assets within the site.
        facts: What the pages say of the edition, see `edition_facts`, and its `downloads`.

    Returns:
        Name, title, headline and charts of every page, the first page first.

    Raises:
        SiteError: If Sphinx fails or warns; the message holds its first lines.
    """
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    source = _sources_folder(name)
    settings = {
        **_settings(source),
        "metalsbook_project": project,
        "metalsbook_month": name if project == "edition" else "",
        "metalsbook_assets": shared,
        "metalsbook_edition": facts,
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


def _settings(source: Path) -> dict[str, Any]:
    """Return the book's settings for Sphinx, as jupyter-book reads them from `_config.yml`."""
    from jupyter_book.config import get_final_config

    settings, _ = get_final_config(
        user_yaml=project_root() / "_config.yml", cli_config={"latex_individualpages": False}, sourcedir=source
    )
    return {**settings, "metalsbook_chart_cache": str(_chart_cache()), "nitpicky": True}


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
