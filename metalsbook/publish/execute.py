"""The strict runner: the chapters for a month, all of them whole and checked, or an error and nothing changed."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from metalsbook.errors import BookError, ChapterError, UsageError
from metalsbook.months import parse_month
from metalsbook.paths import build_folder
from metalsbook.publish.notebooks import list_chapters, read_chapter, write_whole
from metalsbook.publish.run import Job, Ran, prepare_job, run_notebook

ENGINES = ("auto", "inprocess", "kernel")
REFERENCE_MONTH = "2025-11"
_KERNEL_STARTS = 2


@dataclass(frozen=True)
class Executed:
    """A chapter of an edition: its executed notebook, how long it took, and whether an earlier run was kept."""

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
    timeout_s: float = 120,
    progress: Callable[[str], None] = print,
) -> list[Executed]:
    """Run chapters for a month and write their executed notebooks.

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
    month = parse_month(month)
    out_folder = out_folder or build_folder() / "chapters" / month
    paths = list_chapters() if chapters is None else list(chapters)
    jobs = [prepare_job(read_chapter(path), {"month": month}, limit_s=timeout_s) for path in paths]
    done = _run_all(jobs, choose_engine(engine), progress)
    return [_publish(job, ran, out_folder) for job, ran in zip(jobs, done, strict=True)]


def refresh_chapters(
    chapters: list[Path] | None = None,
    *,
    engine: str = "kernel",
    timeout_s: float = 120,
    progress: Callable[[str], None] = print,
) -> list[Executed]:
    """Run the chapters for the reference month and store the outputs in the notebooks that are in git.

    The notebooks stay as their authors wrote them: no injected cell, nothing of the run but the outputs.
    """
    paths = list_chapters() if chapters is None else list(chapters)
    jobs = [prepare_job(read_chapter(path), {"month": REFERENCE_MONTH}, inject=False, limit_s=timeout_s)
            for path in paths]
    done = _run_all(jobs, choose_engine(engine), progress)
    return [_publish(job, ran, path.parent) for job, ran, path in zip(jobs, done, paths, strict=True)]


def choose_engine(name: str) -> str:
    """Return "inprocess" or "kernel".

    Raises:
        UsageError: If there is no such engine, or this system cannot fork.
    """
    if name not in ENGINES:
        raise UsageError(f"There is no engine '{name}'", f"Choose one of: {', '.join(ENGINES)}")
    return "kernel"


def _run_all(jobs: list[Job], engine: str, progress: Callable[[str], None]) -> list[Ran]:
    """Run all jobs side by side and return their results in order; the first failure in that order is raised."""
    done: dict[int, Ran] = {}
    failed: dict[int, BookError] = {}
    for place, result in _run_in_kernels(jobs):
        if isinstance(result, Ran):
            done[place] = result
            progress(f"  {jobs[place].name}: ran in {result.seconds:.1f} s, {result.charts} charts")
        else:
            failed[place] = result
            progress(f"  {jobs[place].name}: failed")
    if failed:
        raise failed[min(failed)]
    return [done[place] for place in range(len(jobs))]


def _run_in_kernels(jobs: list[Job]) -> Iterator[tuple[int, Ran | BookError]]:
    from metalsbook.publish import kernels

    with ThreadPoolExecutor(max_workers=count_workers(len(jobs))) as pool:
        futures = {pool.submit(_run_in_kernel, job, kernels): place for place, job in enumerate(jobs)}
        for future in as_completed(futures):
            error = future.exception()
            if error is not None and not isinstance(error, BookError):
                raise error
            yield futures[future], error or future.result()


def _run_in_kernel(job: Job, kernels) -> Ran:
    """Run a job in a kernel; where the kernel does not start, as when its port was taken, once more."""
    for start in range(1, _KERNEL_STARTS + 1):
        try:
            return run_notebook(job, kernels.ENGINE)
        except kernels.KernelStartError as error:
            if start == _KERNEL_STARTS:
                raise ChapterError(f"Chapter '{job.name}': its kernel did not start ({error})",
                                   "Run the command again") from error
    raise AssertionError("unreachable")


def count_workers(jobs: int) -> int:
    """Return how many chapters run at once: one for each core that this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, jobs))


def _publish(job: Job, ran: Ran, folder: Path) -> Executed:
    path = folder / f"{job.name}.ipynb"
    content = ran.notebook.encode()
    if not path.is_file() or path.read_bytes() != content:
        write_whole(path, content)
    return Executed(job.name, path, ran.seconds, False, ran.charts)
