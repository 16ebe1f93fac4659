"""What processes do: run a chapter for a month, from the notebook in git to the checked result; derive; make pages."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import metalsbook
from metalsbook.errors import BookError, ChapterError
from metalsbook.publish import notebooks, pool

TIMEOUT_S = 300.0
READ_BY_CHAPTERS = ("chapters/words", "requirements.txt")
"""What a chapter reads beside its notebook and the snapshots, below the top folder."""
_CELL_LINE = re.compile(r"Cell In\s*\[\d+\], line (\d+)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Job:
    """A chapter to run, its month set, as text that can travel to another machine."""

    name: str
    notebook: str
    month: str
    folder: str = "."
    limit_s: float = TIMEOUT_S


@dataclass(frozen=True)
class Ran:
    """A chapter that ran: the executed notebook as the text of its file, its charts, and the seconds it took."""

    notebook: str
    charts: int
    seconds: float


def prepare_job(chapter: notebooks.Chapter, month: str, **options) -> Job:
    """Check a chapter and set its month, where it does not keep its own; `options` are fields of the job."""
    month = notebooks.own_month(chapter) or month
    notebooks.check_chapter(chapter)
    notebook = notebooks.set_month(chapter, month)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    text = json.dumps(notebooks.strip_run_metadata(notebook), ensure_ascii=False, sort_keys=True)
    return Job(chapter.name, text, month, folder=str(chapter.path.resolve().parent), **options)


def derive_here(months: list[str]) -> Iterator[tuple[int, float | Exception]]:
    """Derive months in processes of this machine; yield each one's place, and its processor seconds or its error."""
    calls = [pool.Call(_derive, (month,)) for month in months]
    for place, result in pool.run_apart(calls, preload_modules()):
        if isinstance(result, pool.Stopped):
            result = BookError(f"The snapshot {months[place]} could not be reconciled: its process ended {result.how}")
        yield place, result


def _derive(month: str) -> float:
    started = time.process_time()
    len(metalsbook.open_edition(month).estimates)
    return time.process_time() - started


def run_here(jobs: list[Job], workers: int | None = None) -> Iterator[tuple[int, Ran | BookError]]:
    """Run chapters in processes of this machine and yield each one's place, and the run or the error it ended with."""
    # The longest first: a long one that came last would run alone.
    places = sorted(range(len(jobs)), key=lambda place: -len(jobs[place].notebook))
    calls = [pool.Call(_run_notebook, (jobs[place],), jobs[place].limit_s) for place in places]
    for number, result in pool.run_apart(calls, preload_modules(), workers):
        place = places[number]
        if isinstance(result, OSError):
            raise result
        yield place, _describe_stop(jobs[place], result) if isinstance(result, pool.Stopped) else result


def preload_modules() -> list[str]:
    """Return what is imported before processes are forked: what chapters import, and what makes pages of them."""
    package = Path(metalsbook.__file__).parent
    rooms = ("page", "downloads", "publish")
    paths = [path.with_suffix("") for room in rooms for path in sorted((package / room).rglob("*.py"))]
    ours = [".".join(path.relative_to(package.parent).parts).removesuffix(".__init__") for path in paths]
    # A kernel imports its debugger when it starts.
    return ["pyarrow.dataset", "altair", "ipykernel.debugger", *ours]


def stage(what: str, *arguments: Any) -> Any:
    """Call a function of `staging`: what hands out work need not load all that makes pages."""
    from metalsbook.publish import staging

    return getattr(staging, what)(*arguments)


def _run_notebook(job: Job) -> Ran:
    """Run a chapter by papermill, clean its outputs and check them; the work of a process."""
    # Imported here: a command that runs nothing needs none of it.
    import nbformat
    import pandas as pd
    import papermill
    from papermill.engines import papermill_engines
    from papermill.exceptions import PapermillExecutionError

    from metalsbook.edition import PYTHON_STRINGS
    from metalsbook.publish.engine import InProcessEngine

    pd.set_option(*PYTHON_STRINGS)
    papermill_engines.register("inprocess", InProcessEngine)
    started = time.perf_counter()
    try:
        executed = papermill.execute_notebook(
            nbformat.reads(job.notebook, as_version=4),
            None,
            engine_name="inprocess",
            kernel_name="python3",
            progress_bar=False,
            cwd=job.folder,
        )
    except PapermillExecutionError as error:
        raise _describe_failure(job, error) from error
    notebook = notebooks.strip_run_metadata(json.loads(json.dumps(executed)))
    charts = notebooks.check_outputs(job.name, notebook)
    text = nbformat.writes(nbformat.from_dict(notebook)) + "\n"
    return Ran(text, charts, round(time.perf_counter() - started, 3))


def _describe_stop(job: Job, stop: pool.Stopped) -> ChapterError:
    """Return the error of a chapter whose process ended, or was ended, in a cell."""
    where = "before its first cell" if stop.note is None else f"in cell {stop.note + 1}"
    if stop.in_time:
        where = where.removeprefix("in ")
        return ChapterError(f"Chapter '{job.name}', {where}: its process ended {stop.how}", "Was the memory full?")
    return ChapterError(
        f"Chapter '{job.name}' did not end within {job.limit_s:g} s: it was {where}",
        "Look for an endless loop or a cell that does too much",
    )


def _describe_failure(job: Job, error) -> ChapterError:
    """Return the error of a failed cell: chapter, cell as counted in its file, line, and what Python said."""
    where = f"Chapter '{job.name}', cell {error.cell_index + 1}"
    if found := _CELL_LINE.search(_COLOUR.sub("", "\n".join(error.traceback or []))):
        line = error.source.splitlines()[int(found[1]) - 1 :][:1]
        where += f", line {found[1]}" + "".join(f" (`{text.strip()}`)" for text in line)
    return ChapterError(f"{where}: {error.ename}: {notebooks.shorten(error.evalue)}")
