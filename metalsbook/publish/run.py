"""One chapter for one month: from the notebook in git to the executed one, clean and checked, or an error."""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from metalsbook.errors import ChapterError
from metalsbook.publish.notebooks import (
    INJECTED_ID,
    Chapter,
    check_parameters,
    check_tags,
    set_parameters,
    strip_run_metadata,
)

_CELL_LINE = re.compile(r"Cell In\s*\[\d+\], line (\d+)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class KernelStartError(RuntimeError):
    """The kernel did not come up, as when two kernels were given the same port; no cell has run."""


class ChapterStopped(RuntimeError):
    """The chapter was stopped in a cell; `cell_index` is the cell's place in the run, injected cell included."""

    def __init__(self, cell_index: int):
        self.cell_index = cell_index
        super().__init__(f"cell {cell_index}")


class ChapterTimeout(ChapterStopped):
    """The chapter's time is over."""


class ChapterDeath(ChapterStopped):
    """The chapter's process ended."""


@dataclass(frozen=True)
class Job:
    """A chapter to run: everything a worker needs, as text, so that it can travel to another process or machine."""

    name: str
    notebook: str
    parameters: dict = field(default_factory=dict)
    inject: bool = True
    folder: str = "."
    limit_s: float = 120.0

    def to_json(self) -> dict:
        """Return the job as a JSON object."""
        return asdict(self)


@dataclass(frozen=True)
class Ran:
    """A chapter that ran: the executed notebook as the text of its file, its charts, and the seconds it took."""

    notebook: str
    charts: int
    seconds: float


def prepare_job(chapter: Chapter, parameters: Mapping[str, object], *, inject: bool = True, limit_s: float) -> Job:
    """Check a chapter and set its parameters.

    Args:
        chapter: The chapter as it is in git.
        parameters: Values by name.
        inject: Add papermill's cell of parameters too, as the record of the run.
        limit_s: Seconds that the chapter may take.

    Raises:
        ChapterError: If the chapter has not one `parameters` cell, does not know or use a parameter, or has a tag that
            lets a cell be skipped or fail.
    """
    check_tags(chapter)
    check_parameters(chapter, parameters)
    notebook = set_parameters(chapter, parameters)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    text = json.dumps(strip_run_metadata(notebook), ensure_ascii=False, sort_keys=True)
    return Job(chapter.name, text, dict(parameters), inject, str(chapter.path.resolve().parent), float(limit_s))


def run_notebook(job: Job, engine_name: str, **options) -> Ran:
    """Run a prepared chapter by papermill, clean its outputs and check them.

    Args:
        job: The chapter.
        engine_name: A registered papermill engine.
        **options: Given on to the engine.

    Raises:
        ChapterError: If a cell fails, the time is over, the kernel dies, or the chapter shows nothing or too much.
        KernelStartError: If the kernel did not start; the same run may be tried again.
    """
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    started = time.perf_counter()
    source = nbformat.reads(job.notebook, as_version=4)
    try:
        executed = papermill.execute_notebook(
            source,
            None,
            parameters=job.parameters if job.inject else None,
            engine_name=engine_name,
            progress_bar=False,
            request_save_on_cell_execute=False,
            folder=job.folder,
            limit_s=job.limit_s,
            **options,
        )
    except PapermillExecutionError as error:
        raise _describe_failure(job, error) from error
    except ChapterTimeout as error:
        raise time_out_error(job, error.cell_index) from error
    except ChapterDeath as error:
        raise death_error(job, error.cell_index) from error
    notebook = strip_run_metadata(json.loads(json.dumps(executed)))
    charts = check_executed(job.name, notebook)
    text = nbformat.writes(nbformat.from_dict(notebook)) + "\n"
    return Ran(text, charts, time.perf_counter() - started)


def check_executed(name: str, notebook: dict) -> int:
    """Check an executed notebook, counting cells as its chapter does, and return the number of its charts."""
    from metalsbook.publish.outputs import check_outputs

    own = {**notebook, "cells": [cell for cell in notebook["cells"] if cell["id"] != INJECTED_ID]}
    for number, cell in enumerate(own["cells"], start=1):
        if cell["cell_type"] == "code" and cell["execution_count"] is None and "".join(cell["source"]).strip():
            raise ChapterError(f"Chapter '{name}', cell {number} was not run", "An earlier cell ended the run")
    return check_outputs(name, own)


def time_out_error(job: Job, cell_index: int) -> ChapterError:
    """Return the error of a chapter that took too long in a cell."""
    where = f"it was in cell {_own_place(job, cell_index) + 1}"
    return ChapterError(
        f"Chapter '{job.name}' did not end within {job.limit_s:g} s: {where}",
        "Look for an endless loop, or give it more time with --timeout",
    )


def death_error(job: Job, cell_index: int, how: str = "by itself") -> ChapterError:
    """Return the error of a chapter whose process ended in a cell."""
    where = f"Chapter '{job.name}', cell {_own_place(job, cell_index) + 1}"
    return ChapterError(f"{where}: its process ended {how}", "Was the memory full?")


def _own_place(job: Job, index: int) -> int:
    """Return the place that a cell of the run has in the chapter itself, which lacks the injected cell."""
    cells = json.loads(job.notebook)["cells"]
    place = next(place for place, cell in enumerate(cells) if "parameters" in cell["metadata"].get("tags", []))
    return index - (job.inject and index > place)


def _describe_failure(job: Job, error) -> ChapterError:
    """Return the error of a failed cell: chapter, cell as counted in its file, line, and what Python said."""
    cells = json.loads(job.notebook)["cells"]
    index = _own_place(job, error.cell_index)
    where = f"Chapter '{job.name}', cell {index + 1}"
    found = _CELL_LINE.search(_COLOUR.sub("", "\n".join(error.traceback or [])))
    if found:
        line = "".join(cells[index]["source"]).splitlines()[int(found[1]) - 1 :][:1]
        where += f", line {found[1]}" + "".join(f" (`{text.strip()}`)" for text in line)
    from metalsbook.publish.outputs import shorten

    return ChapterError(f"{where}: {error.ename}: {shorten(error.evalue)}")
