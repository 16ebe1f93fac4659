"""Bring the site up to date: build what changed of its editions, the guide and what they share.

Each is built in a staging folder, checked there, and put in its place in one step: after any error the last good site
is as it was. A record under `_build/cache/site/` says of each what it was built from and the hash of every file: where
that is another one, or a file is damaged, missing or foreign, it is built again.
"""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from metalsbook import store
from metalsbook.addresses import GUIDE, ROOT_FILES
from metalsbook.errors import SiteError
from metalsbook.paths import build_folder, chapters_folder, project_root, snapshots_folder
from metalsbook.publish import pool
from metalsbook.publish.notebooks import find_charts, months_of_lessons
from metalsbook.publish.work import preload_modules, stage
from metalsbook.store import put_in_place, recover

_SHARED = "shared"


def build_site(months: list[str]) -> Path:
    """Build what changed of the editions of months, from executed chapters, and what they share; return its folder.

    Raises:
        SiteError: If a page of `_toc.yml` is missing, Sphinx warns of anything, or a page lacks a chart of its
            notebook. Editions that were built before the error stay.
    """
    site = build_folder() / "site"
    # What a build that was killed has left.
    recover(site)
    shutil.rmtree(build_folder() / "staging", ignore_errors=True)
    kept = KeptSite(site)
    executed = {month: build_folder() / "chapters" / month for month in months}
    sources = {month: kept.edition_sources(month, folder) for month, folder in executed.items()}
    changed = [month for month in months if not kept.is_whole(month, sources[month])]
    for month in months:
        if month not in changed:
            print(f"  site {month}: kept (nothing changed)")
    guide_changed = bool(months) and not kept.is_whole(GUIDE, kept.common)
    drawing = _draw_calls([folder for month, folder in executed.items() if guide_changed or month in changed])
    ahead = {_SHARED: pool.Call(stage, ("share_assets", site))} if changed or guide_changed else {}
    ahead |= {month: pool.Call(stage, ("prepare_edition", month, executed[month])) for month in changed} | drawing
    done = dict(_run(ahead))
    if isinstance(done.get(_SHARED), Exception):
        raise done[_SHARED]
    failed = {month: done[month] for month in changed if isinstance(done[month], Exception)}
    calls = {GUIDE: pool.Call(stage, ("stage_guide", executed[max(months)]))} if guide_changed else {}
    calls |= {
        month: pool.Call(stage, ("stage_edition", month, executed[month], done[month]))
        for month in changed
        if month not in failed
    }
    for name, result in _guide_first(_run(calls), guide_changed):
        if name == GUIDE:
            if isinstance(result, Exception):
                raise result
            _put(result, site / GUIDE)
            kept.keep(GUIDE, kept.common)
        elif isinstance(result, Exception):
            failed[name] = result
        else:
            built, told = result
            _put(built, site / name)
            print(told)
            kept.keep(name, sources[name])
    if failed:
        raise failed[min(failed)]
    listed = kept.shared_sources()
    if not kept.is_whole(_SHARED, listed):
        for _, error in _run({"the start page": pool.Call(stage, ("write_shared", site))}):
            if error:
                raise error
        for path in site.iterdir():
            if not path.name[0].isdigit() and path.name != GUIDE:
                _open_to_readers(path)
        kept.keep(_SHARED, listed)
    return site


def _guide_first(results: Iterator[tuple[str, Any]], guide_changed: bool) -> Iterator[tuple[str, Any]]:
    """Yield results as they come, editions after the guide where that changed, so that no page leads nowhere."""
    held = []
    for name, result in results:
        if guide_changed and name != GUIDE:
            held.append((name, result))
            continue
        yield name, result
        if name == GUIDE:
            guide_changed = False
            yield from held


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


def _draw_calls(folders: list[Path]) -> dict[str, pool.Call]:
    """Return what draws the charts of executed chapters on all cores, none for one; Sphinx would draw one by one."""
    paths = [path for folder in folders for path in sorted(folder.rglob("*.ipynb"))]
    specs = [spec for path in paths for _, spec in find_charts(json.loads(path.read_text("utf-8")))]
    workers = pool.count_workers(len(specs))
    parts = range(workers) if workers > 1 else ()
    return {f"charts {part}": pool.Call(stage, ("draw", specs[part::workers])) for part in parts}


def _run(calls: dict[str, pool.Call]) -> Iterator[tuple[str, Any]]:
    """Run calls, in processes of their own where there are cores for it: Sphinx builds in one thread.

    Yields:
        The name of each and what it returned, or from a process the error that it ended with.
    """
    if pool.count_workers(len(calls)) == 1:
        yield from ((name, call.function(*call.arguments)) for name, call in calls.items())
        return
    names = list(calls)
    for place, result in pool.run_apart(list(calls.values()), preload_modules()):
        if isinstance(result, pool.Stopped):
            result = SiteError(f"The pages of {names[place]} could not be built: its process ended {result.how}")
        yield names[place], result


class KeptSite:
    """The records of what stands in a site's folder; what all of it comes from is hashed once.

    Sources are the name and hash of all that something is built from. The `common` ones are those of the guide, whose
    lessons run before an edition is built.
    """

    def __init__(self, site: Path):
        root = project_root()
        self._site = site
        # Read from all notebooks: once, not for every edition.
        self._lessons = months_of_lessons()
        self.common = {
            "package": store.hash_package(),
            "environment": store.describe_environment(),
            "settings": store.hash_all([root / name for name in ROOT_FILES], root),
            "chapters": store.hash_all([chapters_folder()], root),
            "address": os.environ.get("METALSBOOK_BASE_URL", ""),
        }

    def edition_sources(self, month: str, executed: Path) -> dict[str, str]:
        """Return the sources of an edition, its folder of executed chapters among them."""
        folder = snapshots_folder()
        known = {path.name for path in folder.glob("[0-9]*") if path.name <= month} | self._lessons
        return self.common | {
            "executed": store.hash_all([executed], executed),
            "snapshots": store.hash_all([folder / name for name in known], folder),
        }

    def shared_sources(self) -> dict[str, str]:
        """Return the sources of the shared pages."""
        listed = [*self._site.glob("[0-9]*/data/index.json"), *self._site.glob(f"{GUIDE}/**/*.html")]
        return self.common | {"editions": store.hash_all(listed, self._site)}

    def is_whole(self, name: str, sources: dict[str, str]) -> bool:
        """Return whether an edition (by its month), `GUIDE` or `_SHARED` was built from these and has its files."""
        return store.look_up(self._path(name), sources).content == self._describe(name)

    def keep(self, name: str, sources: dict[str, str]) -> None:
        """Record what was just built; where that cannot be written, it is built again the next time."""
        store.keep(self._path(name), sources, self._describe(name))

    def _describe(self, name: str) -> bytes:
        """Return the hash of each file of an edition or the guide, or of all else, by its name in the site."""
        parts = [self._site / name]
        if name == _SHARED:
            own = (path for path in self._site.glob("*") if not path.name[0].isdigit())
            parts = [path for path in own if path.name != GUIDE]
        return json.dumps(store.hash_each(parts, self._site)).encode()

    @staticmethod
    def _path(name: str) -> Path:
        return build_folder() / "cache" / "site" / f"{name}.kept"
