"""Build the site of an edition from its executed chapters, and all editions with what they share.

An edition is built in a staging folder, checked there, and put in its place in one step: after any error the last good
site is as it was.
"""

import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from metalsbook.derived import method_version
from metalsbook.errors import SiteError
from metalsbook.months import cut_off
from metalsbook.paths import build_folder, snapshots_folder
from metalsbook.publish import pool
from metalsbook.publish.guide import home, put_guide, set_apart
from metalsbook.publish.kept_site import GUIDE, SHARED, SHOWN, KeptSite
from metalsbook.publish.outputs import find_charts
from metalsbook.publish.work import preload_modules
from metalsbook.store import put_in_place, recover

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
    """Build the editions that changed, with the guide, then what else they share where that changed."""
    kept = KeptSite(site)
    guide = kept.guide_sources()
    # The guide is built with an edition: where it is damaged, the last one has to be built once more.
    needed = max(executed) if executed and not kept.is_whole(GUIDE, guide) else None
    changed = {}
    for month, folder in executed.items():
        sources = kept.edition_sources(month, folder)
        if month != needed and kept.is_whole(month, sources):
            progress(f"  site {month}: kept (nothing changed)")
        else:
            changed[month] = sources
    for month in _build_changed({month: executed[month] for month in changed}, site, progress) if changed else ():
        kept.keep(month, changed[month])
        kept.keep(GUIDE, guide)
    sources = kept.shared_sources()
    if not kept.is_whole(SHARED, sources):
        from metalsbook.publish import editions

        editions.write_shared_pages(site, _assets().share_assets(site))
        _assets().remove_unused(site)
        kept.keep(SHARED, sources)


def _build_changed(executed: dict[str, Path], site: Path, progress: Callable[[str], None]) -> Iterator[str]:
    """Build these editions, some at once where there are cores for it, and yield each month when it is in its place.

    They are put there by this process alone, which holds the lock of the build.
    """
    shared = _assets().share_assets(site)
    for month, (built, told) in _stage_editions(executed, shared):
        # First, so that no page of the edition leads nowhere.
        put_guide(set_apart(built, shared), site)
        put_in_place(built, site / month)
        shutil.rmtree(built.parent, ignore_errors=True)
        progress(told)
        yield month


def _stage_editions(executed: dict[str, Path], shared: str) -> Iterator[tuple[str, tuple[Path, str]]]:
    """Build editions, each in a process of its own where there are cores for it: Sphinx builds in one thread.

    Raises:
        BookError: As `stage_edition`; the first by month, when what could be built is built.
    """
    if pool.count_workers(len(executed)) == 1:
        yield from ((month, stage_edition(month, folder, shared)) for month, folder in executed.items())
        return
    months, failed = list(executed), {}
    shown = {name: os.environ[name] for name in SHOWN if name in os.environ}
    calls = [pool.Call(stage_edition, (month, executed[month], shared), variables=shown) for month in months]
    for place, result in pool.run_apart(calls, preload_modules(len(calls))):
        if isinstance(result, pool.Stopped):
            result = SiteError(f"The pages of {months[place]} could not be built: its process ended {result.how}")
        if isinstance(result, Exception):
            failed[months[place]] = result
        else:
            yield months[place], result
    if failed:
        raise failed[min(failed)]


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
    from metalsbook.publish.render import run_sphinx
    from metalsbook.publish.sources import stage_sources

    started = time.monotonic()
    pages = stage_sources(month, executed)
    work = build_folder() / "staging" / f"{month}-{uuid.uuid4().hex[:8]}"
    try:
        built = work / "html"
        downloads = write_downloads(month, executed, built / "data")
        facts = edition_facts(month)
        shown = run_sphinx(month, build_folder() / "book" / month, built, shared, {**facts, "downloads": downloads})
        check_pages(built, pages)
        shown = [page for page in shown if not home(page["name"])]
        index = edition_index(month, {**facts, "headline": shown[0]["headline"]}, downloads, shown)
        (built / "data" / "index.json").write_text(json.dumps(index, indent=1, ensure_ascii=False) + "\n", "utf-8")
        _remove_needless(built)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return built, f"  site {month}: {len(pages)} pages in {time.monotonic() - started:.1f} s"


def edition_facts(month: str) -> dict[str, str]:
    """Return what a page says of its edition: name, cut-off, hash of the snapshot, version of the method."""
    from metalsbook.publish.editions import month_name
    from metalsbook.snapshots.package import open_package

    snapshot = open_package(snapshots_folder() / month)["content_hash"]
    return {
        "name": month_name(month),
        "cut_off": cut_off(month),
        "snapshot": snapshot,
        "method": method_version(),
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
