"""The strict runner: the chapters for a month, all of them whole and checked, or an error and nothing changed.

Papermill runs each chapter in a process of its own (`pool`); what did not change since is not run again.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from metalsbook import store
from metalsbook.errors import BookError, ChapterError
from metalsbook.months import REFERENCE_MONTH, parse_month
from metalsbook.paths import build_folder, project_root, snapshots_folder
from metalsbook.publish.cluster import Cluster
from metalsbook.publish.notebooks import list_chapters, read_chapter
from metalsbook.publish.work import READ_BY_CHAPTERS, Job, Ran, prepare_job, run_here


@dataclass(frozen=True)
class Executed:
    """A chapter of an edition: its executed notebook, the seconds it took, and whether that was in an earlier run."""

    name: str
    path: Path
    seconds: float
    from_cache: bool
    charts: int


def execute_editions(
    months: list[str], chapters: list[Path] | None = None, *, cluster: Cluster | None = None, **options
) -> dict[str, list[Executed]]:
    """Run chapters for some months into `_build/chapters/<month>`; what did not change since is not run again.

    A notebook that keeps its own month (`notebooks.own_month`) is run for that one.

    Args:
        months: Months to run for, "YYYY-MM".
        chapters: Notebooks to run; all of the book by default.
        cluster: Where chapters run; by default, on this machine.
        options: Fields of every `Job`, such as `limit_s`.

    Raises:
        UsageError: If a month is none.
        ChapterError: If a chapter breaks a rule, fails, takes too long or shows an empty chart. Nothing was written,
            for no month.
    """
    months = [parse_month(month) for month in months]
    read = [read_chapter(path) for path in (list_chapters() if chapters is None else chapters)]
    jobs = [prepare_job(chapter, month, **options) for month in months for chapter in read]
    targets = [build_folder() / "chapters" / month / f"{each.name}.ipynb" for month in months for each in read]
    executed = _write_results(targets, jobs, _run_or_keep(jobs, cluster))
    return {month: executed[place * len(read) : (place + 1) * len(read)] for place, month in enumerate(months)}


def refresh_chapters(month: str = REFERENCE_MONTH) -> list[Executed]:
    """Run all chapters for a month, anew, and store the outputs in the notebooks that are in git.

    The notebooks stay as their authors wrote them: nothing of the run but the outputs. Raises as `execute_editions`.
    """
    chapters, month = list_chapters(), parse_month(month)
    jobs = [prepare_job(chapter, month) for chapter in map(read_chapter, chapters)]
    done = _run_all(jobs, run_here, lambda place, text: print(f"  {jobs[place].name}: {text}"))
    return _write_results(chapters, jobs, [(ran, False) for ran in done])


class _Cache:
    """Executed chapters kept for the next run, one file for each chapter and month.

    One is used only where everything that it came from is the same: the notebook, its parameters, the snapshots up to
    its month (an edition is compared with those before it), the package, the lock file, the installed packages.
    """

    def __init__(self):
        root = project_root()
        self._common = {
            "package": store.hash_package(),
            "words and lock file": store.hash_all([root / name for name in READ_BY_CHAPTERS], root),
            "environment": store.describe_environment(),
        }
        self._snapshots: dict[str, str] = {}

    def _made_from(self, job: Job) -> dict[str, str]:
        if job.month not in self._snapshots:
            folder = snapshots_folder()
            known = [path for path in folder.glob("[0-9]*") if path.name <= job.month]
            self._snapshots[job.month] = store.hash_all(known, folder)
        own = {"notebook": store.hash_text(job.notebook), "snapshots": self._snapshots[job.month]}
        return self._common | own

    @staticmethod
    def _path(job: Job) -> Path:
        return build_folder() / "cache" / "chapters" / job.month / f"{job.name}.kept"

    def look_up(self, job: Job) -> tuple[Ran | None, str]:
        """Return the kept run of a job, or None, and why: what has changed since."""
        content, why = store.look_up(self._path(job), self._made_from(job))
        return content and Ran(**json.loads(content)), why

    def keep(self, job: Job, ran: Ran) -> None:
        store.keep(self._path(job), self._made_from(job), json.dumps(vars(ran), ensure_ascii=False).encode())


def _run_or_keep(jobs: list[Job], cluster: Cluster | None) -> list[tuple[Ran, bool]]:
    """Return every job's run and whether it was kept from an earlier one; new runs are kept for the next."""
    cache = _Cache()
    # What keeps its own month is the same in every edition: it is run once.
    first: dict[tuple[str, str], int] = {}
    places = [first.setdefault((job.name, job.notebook), place) for place, job in enumerate(jobs)]
    kept = {place: cache.look_up(jobs[place]) for place in first.values()}
    waiting = [place for place, (ran, _) in kept.items() if ran is None]

    def tell(place: int, text: str) -> None:
        print(f"  {jobs[place].month} {jobs[place].name}: {text} ({kept[place][1]})")

    for place in kept.keys() - set(waiting):
        tell(place, "kept")
    done = _run_all(
        [jobs[place] for place in waiting],
        cluster.run if cluster else run_here,
        lambda place, text: tell(waiting[place], text),
        lambda place, ran: cache.keep(jobs[waiting[place]], ran),
    )
    new = dict(zip(waiting, done, strict=True))
    return [(kept[place][0] or new[place], place not in new) for place in places]


def _run_all(
    jobs: list[Job],
    run: Callable[[list[Job]], Iterator[tuple[int, Ran | BookError]]],
    tell: Callable[[int, str], None],
    keep: Callable[[int, Ran], None] = lambda _place, _ran: None,
) -> list[Ran]:
    """Run all jobs and return their results in order; the first failure is raised, and names the others."""
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
        first, *others = sorted(failed)
        error = failed[first]
        named = f"Failed too: {', '.join(dict.fromkeys(jobs[place].name for place in others))}" if others else ""
        raise type(error)(error.what, ". ".join(filter(None, (error.todo, named))))
    return [done[place] for place in range(len(jobs))]


def _write_results(paths: list[Path], jobs: list[Job], results: list[tuple[Ran, bool]]) -> list[Executed]:
    """Write all executed notebooks, or none where one cannot be written."""
    store.write_all_whole({path: ran.notebook.encode() for path, (ran, _) in zip(paths, results, strict=True)})
    return [
        Executed(job.name, path, ran.seconds, from_cache, ran.charts)
        for job, path, (ran, from_cache) in zip(jobs, paths, results, strict=True)
    ]
