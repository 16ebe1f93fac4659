"""The strict runner: the chapters for a month, all of them whole and checked, or an error and nothing changed.

Papermill runs each chapter in a process of its own (`pool`); what did not change since is not run again.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from metalsbook import store
from metalsbook.errors import BookError, ChapterError
from metalsbook.months import REFERENCE_MONTH, parse_month
from metalsbook.paths import build_folder, project_root, snapshots_folder
from metalsbook.publish.cluster import Cluster
from metalsbook.publish.notebooks import list_chapters, read_chapter
from metalsbook.publish.work import READ_BY_CHAPTERS, Job, Ran, prepare_job, run_here


def execute_editions(
    months: list[str], chapters: list[Path] | None = None, *, cluster: Cluster | None = None, **options
) -> dict[str, list[Path]]:
    """Run chapters for some months and return the executed notebooks of each, in `_build/chapters/<month>`.

    What did not change since an earlier run is not run again.

    A notebook that keeps its own month (`notebooks.own_month`) is run for that one.

    Args:
        months: Months to run for, "YYYY-MM".
        chapters: Notebooks to run; all of the book by default.
        cluster: Where chapters run; by default, on this machine.
        options: Fields of every `Job`, such as `limit_s`.

    Raises:
        UsageError: If a month is none.
        ChapterError: If a chapter breaks a rule, fails, takes too long or shows an empty chart: nothing was written.
    """
    months = [parse_month(month) for month in months]
    read = [read_chapter(path) for path in (list_chapters() if chapters is None else chapters)]
    jobs = [prepare_job(chapter, month, **options) for month in months for chapter in read]
    paths = {month: [build_folder() / "chapters" / month / f"{each.name}.ipynb" for each in read] for month in months}
    _write_all([path for month in months for path in paths[month]], _run_or_keep(jobs, cluster))
    return paths


def refresh_chapters(month: str = REFERENCE_MONTH) -> None:
    """Run all chapters for a month, anew, and store the outputs in the notebooks that are in git.

    The notebooks stay as their authors wrote them: nothing of the run but the outputs. Raises as `execute_editions`.
    """
    chapters, month = list_chapters(), parse_month(month)
    jobs = [prepare_job(chapter, month) for chapter in map(read_chapter, chapters)]
    done = _run_all(jobs, run_here, lambda place, text: print(f"  {jobs[place].name}: {text}"))
    _write_all(chapters, done)


def _kept_path(job: Job) -> Path:
    return build_folder() / "cache" / "chapters" / job.month / f"{job.name}.kept"


def _made_from(jobs: list[Job]) -> list[dict[str, str]]:
    """Return what the run of each job comes from: only where all of it is the same an earlier run is used.

    That is its notebook, the snapshots up to its month (it is compared with those before), and what all chapters share.
    """
    root, folder = project_root(), snapshots_folder()
    common = {
        "package": store.hash_package(),
        "words and lock file": store.hash_all([root / name for name in READ_BY_CHAPTERS], root),
        "environment": store.describe_environment(),
    }
    known = {job.month: [path for path in folder.glob("[0-9]*") if path.name <= job.month] for job in jobs}
    snapshots = {month: store.hash_all(paths, folder) for month, paths in known.items()}
    return [common | {"notebook": store.hash_text(job.notebook), "snapshots": snapshots[job.month]} for job in jobs]


def _run_or_keep(jobs: list[Job], cluster: Cluster | None) -> list[Ran]:
    """Return every job's run, an earlier one where nothing has changed; new runs are kept for the next."""
    made_from = _made_from(jobs)
    # What keeps its own month is the same in every edition: it is run once.
    first: dict[tuple[str, str], int] = {}
    places = [first.setdefault((job.name, job.notebook), place) for place, job in enumerate(jobs)]
    found = {place: store.look_up(_kept_path(jobs[place]), made_from[place]) for place in first.values()}
    runs = {place: Ran(**json.loads(kept.content)) for place, kept in found.items() if kept.content}
    waiting = [place for place in found if place not in runs]

    def tell(place: int, text: str) -> None:
        print(f"  {jobs[place].month} {jobs[place].name}: {text} ({found[place].why})")

    def keep(number: int, ran: Ran) -> None:
        place = waiting[number]
        content = json.dumps(vars(ran), ensure_ascii=False).encode()
        store.keep(_kept_path(jobs[place]), made_from[place], content)

    for place in runs:
        tell(place, "kept")
    done = _run_all(
        [jobs[place] for place in waiting],
        cluster.run if cluster else run_here,
        lambda number, text: tell(waiting[number], text),
        keep,
    )
    runs |= dict(zip(waiting, done, strict=True))
    return [runs[place] for place in places]


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


def _write_all(paths: list[Path], done: list[Ran]) -> None:
    """Write all executed notebooks, or none where one cannot be written."""
    store.write_all_whole({path: ran.notebook.encode() for path, ran in zip(paths, done, strict=True)})
