"""From a month to its pages: snapshot, executed chapters, site; one build at a time."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from metalsbook.paths import build_folder, snapshots_folder
from metalsbook.publish.execute import execute_chapters, execute_editions
from metalsbook.publish.locks import hold_build_lock
from metalsbook.publish.site import build_edition_site, build_site

if TYPE_CHECKING:
    from metalsbook.publish.cluster import Cluster


def build_book(month: str, engine: str = "auto", *, allow_gaps: bool = False) -> Path:
    """Build the edition of a month and return the path of its first page.

    Raises:
        BookError: If the month has no data, a chapter fails or the site cannot be built; the last good site stays.
        BusyError: If another process is building.
    """
    with hold_build_lock(f"book --month {month}"):
        _ensure_snapshot(month, allow_gaps=allow_gaps)
        execute_chapters(month, engine=engine)
        return build_edition_site(month, build_folder() / "chapters" / month)


def build_all(
    months: list[str], engine: str = "auto", *, allow_gaps: bool = False, scheduler: str | None = None
) -> Path:
    """Build the editions of all months, the start page and what they share; return the path of the start page.

    A month that has no snapshot yet is frozen first; where one cannot be, no edition is built.

    Args:
        months: Months, "YYYY-MM".
        engine: As for `execute_chapters`.
        allow_gaps: Freeze also months with too little data.
        scheduler: Address of the scheduler of a Dask cluster, on which months are derived and chapters run.

    Raises:
        BookError: As `build_book`.
        BusyError: If another process is building.
    """
    with hold_build_lock("site"):
        with _open_cluster(scheduler) as cluster:
            for month in months:
                _ensure_snapshot(month, allow_gaps=allow_gaps)
            execute_editions(months, engine=engine, cluster=cluster)
        return build_site(months)


def _open_cluster(scheduler: str | None) -> "AbstractContextManager[Cluster | None]":
    if scheduler is None:
        return nullcontext()
    from metalsbook.publish.cluster import Cluster

    return Cluster(scheduler)


def _ensure_snapshot(month: str, *, allow_gaps: bool = False) -> None:
    """Freeze the month's snapshot if it has none; what freezes is loaded only then, or where a kill left something."""
    folder = snapshots_folder()
    if not (folder / month).is_dir() or any(folder.glob(".*")):
        from metalsbook.snapshots.freeze import ensure_snapshot

        ensure_snapshot(month, allow_gaps=allow_gaps)
