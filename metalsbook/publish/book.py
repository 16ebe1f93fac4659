"""From a month to its pages: snapshot, what it derives, executed chapters, site; one build at a time."""

from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path

from metalsbook.derived import is_derived
from metalsbook.months import REFERENCE_MONTH, step_month
from metalsbook.paths import snapshots_folder
from metalsbook.publish.cluster import Cluster
from metalsbook.publish.execute import execute_editions, refresh_chapters
from metalsbook.publish.site import build_site
from metalsbook.publish.work import derive_here
from metalsbook.snapshots.package import check_files
from metalsbook.store import hold_build_lock


def build_editions(months: list[str], command: str, *, allow_gaps: bool = False, scheduler: str | None = None) -> Path:
    """Build the editions of months, the start page and what they share; return the site's folder.

    A month that has no snapshot yet is frozen first; where one cannot be, no edition is built.

    Args:
        months: Months, "YYYY-MM".
        command: What builds, for who finds the build locked.
        allow_gaps: Freeze also months with too little data.
        scheduler: Address of a Dask scheduler, on whose workers months are derived and chapters run.

    Raises:
        BookError: If a month has no data, a chapter fails or the site cannot be built; the last good site stays.
        BusyError: If another process is building.
    """
    with hold_build_lock(command):
        with nullcontext() if scheduler is None else Cluster(scheduler) as cluster:
            for month in months:
                _ensure_snapshot(month, allow_gaps=allow_gaps)
            derive_months(months, cluster)
            execute_editions(months, cluster=cluster)
        return build_site(months)


def renew_chapters() -> None:
    """Run the chapters for the reference month and store their outputs in the notebooks that are in git."""
    with hold_build_lock("chapters"):
        derive_months([REFERENCE_MONTH])
        refresh_chapters()


def derive_months(months: Iterable[str], cluster: Cluster | None = None) -> None:
    """Derive what is not derived yet for months, and for those before them, which they are compared with.

    It can take minutes; the chapters then share it.

    Raises:
        SnapshotError: If a file of a snapshot is not the one that was frozen.
        BookError: As raised where an edition is opened or derived; the first by month.
    """
    wanted = sorted({each for month in months for each in (month, step_month(month, -1))})
    there = [month for month in wanted if (snapshots_folder() / month).is_dir()]
    for month in there:
        check_files(snapshots_folder() / month)
    missing = [month for month in there if not is_derived(month)]
    if not missing:
        return
    print(f"  reconciling {', '.join(missing)}: this takes a while, once for each snapshot")
    failed = {}
    for place, result in (cluster.derive if cluster else derive_here)(missing):
        if isinstance(result, Exception):
            failed[place] = result
        else:
            print(f"  {missing[place]} reconciled in {result:.1f} s of processor time, claims and forecasts judged")
    if failed:
        raise failed[min(failed)]


def _ensure_snapshot(month: str, *, allow_gaps: bool) -> None:
    """Freeze the month's snapshot if it has none; what freezes is loaded only then, or where a kill left something."""
    folder = snapshots_folder()
    if not (folder / month).is_dir() or any(folder.glob(".*")):
        from metalsbook.snapshots.freeze import ensure_snapshot

        ensure_snapshot(month, allow_gaps=allow_gaps)
