"""What a cluster's worker does: it lays out the part of the book that its jobs read, and runs each in a new process.

The worker's own folder and environment play no part: the book lies in a folder that is made for the run and removed
after it, and the process of a job gets the same clean environment as on one machine.
"""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from distributed import Worker, get_worker

from metalsbook.errors import BookError
from metalsbook.publish.prepare import derive_apart
from metalsbook.publish.run import Job, Ran
from metalsbook.publish.travel import Files, pack_derived, unpack
from metalsbook.publish.versions import check_machine, describe_machine
from metalsbook.publish.workers import ChapterServer

_idle: dict[str, list[ChapterServer]] = {}


@dataclass(frozen=True)
class Run:
    """One command on the cluster: its name there, what each machine must have, and what its chapters import."""

    name: str
    needed: tuple[tuple[str, str], ...]
    modules: tuple[str, ...] = ()


def hold(files: Files) -> Files:
    """Return what it is given: as a task of its own it is sent to a worker once, whatever the number of its jobs."""
    return files


def run_chapter(run: Run, job: Job, *parts: Files) -> Ran | BookError:
    """Run a chapter and return the run, or the error that the chapter ends with.

    Args:
        run: The command that this is a part of.
        job: The chapter; its folder is one of the caller's machine and plays no part.
        *parts: The files that it reads.
    """
    try:
        root = _lay_out(run, parts)
        with _server(run, root) as server:
            [(_, result)] = server.run([replace(job, folder=str(root / "chapters"))])
            return result
    except BookError as error:
        return error


def derive_month(run: Run, month: str, *parts: Files) -> Files | BookError:
    """Derive what the method makes of a month's snapshot and return the files, or the error that this ends with."""
    try:
        root = _lay_out(run, parts)
        derive_apart(month, root)
        return pack_derived(root, month)
    except BookError as error:
        return error


def forget(name: str, dask_worker: Worker) -> None:
    """End the processes that wait for jobs of a run, and remove its folder; Dask fills in the worker."""
    for server in _idle.pop(name, []):
        server.close()
    shutil.rmtree(_root(name, dask_worker), ignore_errors=True)


def _root(name: str, worker: Worker) -> Path:
    return Path(worker.local_directory) / f"book-{name}"


def _lay_out(run: Run, parts: tuple[Files, ...]) -> Path:
    """Write the files of a job and return the top folder of the book that they make."""
    # Also those workers are asked that joined when the run had begun.
    _check_this_machine(get_worker().address, run.needed)
    root = _root(run.name, get_worker())
    (root / "chapters").mkdir(parents=True, exist_ok=True)
    for part in parts:
        unpack(part, root)
    return root


@lru_cache
def _check_this_machine(address: str, needed: tuple[tuple[str, str], ...]) -> None:
    check_machine(f"Worker {address}", describe_machine([name for name, _ in needed]), dict(needed))


@contextlib.contextmanager
def _server(run: Run, root: Path) -> Iterator[ChapterServer]:
    """Take a server that waits for jobs, or start one: each thread of the worker has one at a time."""
    waiting = _idle.setdefault(run.name, [])
    server = waiting.pop() if waiting else None
    if not (server and server.is_running):
        server = ChapterServer(list(run.modules), 1, root)
    try:
        yield server
    except BaseException:
        server.close()
        raise
    waiting.append(server)
