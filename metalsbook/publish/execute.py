"""The strict runner: the chapters for a month, all of them whole and checked, or an error and nothing changed."""

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from metalsbook.errors import BookError, ChapterError, UsageError
from metalsbook.months import parse_month
from metalsbook.paths import build_folder
from metalsbook.publish.cache import ChapterCache
from metalsbook.publish.notebooks import OWN_MONTH_TAG, Chapter, list_chapters, own_month, read_chapter, write_all_whole
from metalsbook.publish.prepare import prepare_editions
from metalsbook.publish.run import Job, KernelStartError, Ran, prepare_job, run_notebook

if TYPE_CHECKING:
    from metalsbook.publish.cluster import Cluster

ENGINES = ("auto", "inprocess", "kernel")
REFERENCE_MONTH = "2025-11"
TIMEOUT_S = 120.0
_KERNEL_STARTS = 2
# A chapter that says so reads what its edition derives.
_EDITION = "open_edition"


@dataclass(frozen=True)
class Executed:
    """A chapter of an edition: its executed notebook, the seconds it took, and whether that was in an earlier run."""

    name: str
    path: Path
    seconds: float
    from_cache: bool
    charts: int


def execute_chapters(
    month: str,
    chapters: list[Path] | None = None,
    *,
    engine: str = "auto",
    out_folder: Path | None = None,
    timeout_s: float = TIMEOUT_S,
    progress: Callable[[str], None] = print,
) -> list[Executed]:
    """Run chapters for a month and write their executed notebooks; what did not change since is not run again.

    A notebook that keeps its own month (`notebooks.own_month`) is run for that one.

    Args:
        month: Month to run for, "YYYY-MM".
        chapters: Notebooks to run; all of the book by default.
        engine: "inprocess" (one fork for each chapter), "kernel" (Jupyter's, the reference) or "auto".
        out_folder: Where to write; `_build/chapters/<month>` by default.
        timeout_s: Seconds that one chapter may take.
        progress: Called with a line of text for every chapter.

    Returns:
        The chapters in the order given.

    Raises:
        UsageError: If the month or the engine is none.
        ChapterError: If a chapter breaks a rule, fails, takes too long or shows an empty chart. Nothing was written.
    """
    out = None if out_folder is None else {month: out_folder}
    return execute_editions([month], chapters, engine=engine, out_folders=out, timeout_s=timeout_s, progress=progress)[
        month
    ]


def execute_editions(
    months: list[str],
    chapters: list[Path] | None = None,
    *,
    engine: str = "auto",
    out_folders: dict[str, Path] | None = None,
    cluster: "Cluster | None" = None,
    timeout_s: float = TIMEOUT_S,
    progress: Callable[[str], None] = print,
) -> dict[str, list[Executed]]:
    """Run chapters for several months, with the libraries imported once for all of them.

    Args:
        months: Months to run for, "YYYY-MM".
        chapters: As for `execute_chapters`.
        engine: As for `execute_chapters`.
        out_folders: The folder of each month; `_build/chapters/<month>` by default.
        cluster: Where months are derived and chapters run; by default, on this machine.
        timeout_s: As for `execute_chapters`.
        progress: As for `execute_chapters`.

    Returns:
        The executed chapters of each month.

    Raises:
        UsageError: If a month or the engine is none.
        ChapterError: As `execute_chapters`; nothing was written, for no month.
    """
    months = [parse_month(month) for month in months]
    engine = choose_engine("inprocess" if cluster else engine)
    folders = out_folders or {month: build_folder() / "chapters" / month for month in months}
    read = [read_chapter(path) for path in (list_chapters() if chapters is None else chapters)]
    jobs = [
        prepare_job(chapter, _parameters(chapter, month), limit_s=timeout_s) for month in months for chapter in read
    ]
    targets = [folders[month] / f"{chapter.name}.ipynb" for month in months for chapter in read]
    executed = _write_results(targets, jobs, _run_or_keep(jobs, engine, progress, cluster))
    return {month: executed[place * len(read) : (place + 1) * len(read)] for place, month in enumerate(months)}


def refresh_chapters(
    month: str = REFERENCE_MONTH,
    chapters: list[Path] | None = None,
    *,
    engine: str = "kernel",
    timeout_s: float = TIMEOUT_S,
    progress: Callable[[str], None] = print,
) -> list[Executed]:
    """Run the chapters for the reference month and store the outputs in the notebooks that are in git.

    The notebooks stay as their authors wrote them: no injected cell, nothing of the run but the outputs. Arguments,
    result and errors as for `execute_chapters`; nothing is taken from the cache.
    """
    paths = list_chapters() if chapters is None else chapters
    month = parse_month(month)
    jobs = [
        prepare_job(chapter, _parameters(chapter, month), inject=False, limit_s=timeout_s)
        for chapter in map(read_chapter, paths)
    ]
    _prepare(jobs, progress)
    done = _run_all(
        jobs,
        partial(_run_here, engine=choose_engine(engine)),
        lambda place, text: progress(f"  {jobs[place].name}: {text}"),
    )
    return _write_results(paths, jobs, [(ran, False) for ran in done])


def choose_engine(name: str) -> str:
    """Return "inprocess" or "kernel".

    Raises:
        UsageError: If there is no such engine, or this system cannot fork.
    """
    if name not in ENGINES:
        raise UsageError(f"There is no engine '{name}'", f"Choose one of: {', '.join(ENGINES)}")
    can_fork = hasattr(os, "fork")
    if name == "inprocess" and not can_fork:
        raise UsageError("The engine 'inprocess' needs a system that can fork", "Use --engine kernel")
    if name == "auto":
        # On macOS the system's own libraries may fail in a forked process.
        return "inprocess" if can_fork and sys.platform != "darwin" else "kernel"
    return name


def _parameters(chapter: Chapter, month: str) -> dict[str, str]:
    return {"month": own_month(chapter) or month}


def _run_or_keep(
    jobs: list[Job], engine: str, progress: Callable[[str], None], cluster: "Cluster | None"
) -> list[tuple[Ran, bool]]:
    """Return every job's run and whether it was kept from an earlier one; new runs are kept for the next."""
    cache = ChapterCache(engine)
    kept = [cache.look_up(job) for job in jobs]
    # What keeps its own month is the same in every edition: it is run once.
    first: dict[tuple[str, str], int] = {}
    places = [first.setdefault((job.name, job.notebook), place) for place, job in enumerate(jobs)]
    waiting = [place for place in first.values() if kept[place].ran is None]

    def tell(place: int, text: str) -> None:
        job = jobs[place]
        progress(f"  {job.parameters['month']} {job.name}: {text} ({kept[place].why})")

    for place in first.values():
        if kept[place].ran is not None:
            tell(place, "kept")
    _prepare([jobs[place] for place in waiting], progress, cluster)
    run = partial(cluster.run, progress=progress) if cluster else partial(_run_here, engine=engine)
    done = _run_all(
        [jobs[place] for place in waiting],
        run,
        lambda place, text: tell(waiting[place], text),
        lambda place, ran: cache.keep(jobs[waiting[place]], ran),
    )
    new = dict(zip(waiting, done, strict=True))
    return [(kept[place].ran or new[place], kept[place].ran is not None) for place in places]


def _prepare(jobs: list[Job], progress: Callable[[str], None], cluster: "Cluster | None" = None) -> None:
    """Derive what these jobs' editions need; what keeps its own month derives for itself what it shows."""
    shared = (job for job in jobs if _EDITION in job.notebook and f'"{OWN_MONTH_TAG}"' not in job.notebook)
    months = {str(job.parameters["month"]) for job in shared}
    derive = partial(cluster.derive, progress=progress) if cluster else None
    prepare_editions(months, count_workers(2 * len(months)), progress, derive)


def _run_all(
    jobs: list[Job],
    run: Callable[[list[Job]], Iterator[tuple[int, Ran | BookError]]],
    tell: Callable[[int, str], None],
    keep: Callable[[int, Ran], None] = lambda _place, _ran: None,
) -> list[Ran]:
    """Run all jobs side by side and return their results in order; the first failure in that order is raised."""
    done: dict[int, Ran] = {}
    failed: dict[int, BookError] = {}
    try:
        for place, result in run(jobs) if jobs else ():
            if isinstance(result, Ran):
                done[place] = result
                keep(place, result)
                tell(place, f"ran in {result.seconds:.1f} s, {result.charts} charts")
            else:
                failed[place] = result
                tell(place, "failed")
    except OSError as error:
        raise ChapterError(
            f"The chapters cannot be run ({error})", "Is there room in memory and in the folder for temporary files?"
        ) from error
    if failed:
        places = sorted(failed)
        raise _name_failures([failed[place] for place in places], [jobs[place].name for place in places])
    return [done[place] for place in range(len(jobs))]


def _name_failures(errors: list[BookError], names: list[str]) -> BookError:
    """Return the first error, which names its chapter, with the names of the other chapters that failed."""
    first, others = errors[0], ", ".join(dict.fromkeys(names[1:]))
    return type(first)(first.what, f"{first.todo}. Failed too: {others}".lstrip(". ")) if others else first


def _run_here(jobs: list[Job], engine: str) -> Iterator[tuple[int, Ran | BookError]]:
    if engine == "kernel":
        return _run_in_kernels(jobs)
    from metalsbook.publish.workers import run_forked

    return run_forked(jobs, count_workers(len(jobs)))


def _run_in_kernels(jobs: list[Job]) -> Iterator[tuple[int, Ran | BookError]]:
    from metalsbook.publish import kernels

    pool = ThreadPoolExecutor(max_workers=count_workers(len(jobs)))
    try:
        futures = {pool.submit(_run_in_kernel, job, kernels.ENGINE): place for place, job in enumerate(jobs)}
        for future in as_completed(futures):
            error = future.exception()
            if error is not None and not isinstance(error, BookError):
                raise error
            yield futures[future], error or future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _run_in_kernel(job: Job, engine_name: str) -> Ran:
    """Run a job in a kernel; where the kernel does not start, as when its port was taken, once more."""
    for _start in range(_KERNEL_STARTS):
        try:
            return run_notebook(job, engine_name)
        except KernelStartError as error:
            last = error
    raise ChapterError(
        f"Chapter '{job.name}': its kernel did not start in {_KERNEL_STARTS} attempts ({last})", "Run the command again"
    ) from last


def count_workers(jobs: int) -> int:
    """Return how many chapters run at once: one for each core that this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, jobs))


def _write_results(paths: list[Path], jobs: list[Job], results: list[tuple[Ran, bool]]) -> list[Executed]:
    """Write all executed notebooks, or none where one cannot be written."""
    write_all_whole({path: ran.notebook.encode() for path, (ran, _) in zip(paths, results, strict=True)})
    return [
        Executed(job.name, path, ran.seconds, from_cache, ran.charts)
        for job, path, (ran, from_cache) in zip(jobs, paths, results, strict=True)
    ]
