"""Work in processes of its own: some at once, each with a time limit, none with more of the environment than it needs.

Every call gets a new process, forked by the standard library's fork server from one that has imported the libraries
(started anew where a system cannot fork safely). It ends with its caller, however that ends. Unlike a
`ProcessPoolExecutor`, in which one process that dies takes all others with it, here a dead one is one call's result.
"""

import contextlib
import multiprocessing
import os
import shutil
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import connection, util
from pathlib import Path
from typing import Any

import metalsbook
from metalsbook.errors import BookError
from metalsbook.paths import project_root

ALLOWED = (
    *("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH"),
    # Windows needs these for sockets and temporary files.
    *("SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT", "TEMP", "TMP"),
    *("USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA"),
    # The site's address, which pages show.
    "METALSBOOK_BASE_URL",
)
"""What of the caller's environment a process gets to see: no secret and no habit."""
# The same in every run, so that its outputs are.
_FIXED = {
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "PYTHONNOUSERSITE": "1",
    # Else a kernel's debugger prints what it thinks of this Python.
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    # One thread each: processes run side by side, and one with threads must not be forked.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    # The very package that runs this line, not another that happens to be installed.
    "PYTHONPATH": str(Path(metalsbook.__file__).resolve().parent.parent),
}
# To come to its first note, beyond the limit.
_START_S = 60.0
_notes: connection.Connection | None = None


@dataclass(frozen=True)
class Call:
    """A function of a module with its arguments, and the seconds that it may take."""

    function: Callable
    arguments: tuple
    limit_s: float = 86_400.0


class Stopped(Exception):
    """The process of a call ended before the call did, in its time or not; with what the call noted last.

    `how` is "after 300 s" where its time was over, "with code 1" or "by signal 9" and its last words where it had any.
    """

    def __init__(self, how: str, note: Any, in_time: bool):
        super().__init__(how)
        self.how, self.note, self.in_time = how, note, in_time


@dataclass
class _Child:
    place: int
    call: Call
    process: Any
    stderr: Path
    deadline: float
    note: Any = None


def count_workers(jobs: int) -> int:
    """Return how many calls run at once: one for each core that this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, jobs))


def run_apart(
    calls: Sequence[Call], preload: Sequence[str] = (), workers: int | None = None
) -> Iterator[tuple[int, Any]]:
    """Run calls in processes, by default one for each core, and yield each one's place and what became of it.

    Modules to `preload` are imported before the first call of this process.

    Yields:
        What the call returned; the BookError or OSError that it raised; or `Stopped`, where its process ended.
    """
    context = multiprocessing.get_context("forkserver" if sys.platform.startswith("linux") else "spawn")
    context.set_forkserver_preload(list(preload))
    waiting, running = deque(enumerate(calls)), {}
    workers = workers or count_workers(len(calls))
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                answers, child = _start(context, *waiting.popleft())
                running[answers] = child
            patience = min(child.deadline for child in running.values()) - time.monotonic()
            for answers in connection.wait(running, timeout=max(0.0, patience)):
                child = running[answers]
                try:
                    kind, said = answers.recv()
                except EOFError:
                    kind, said = "end", _bury(child)
                if kind == "note":
                    if child.note is None:
                        # Its time runs from here.
                        child.deadline = time.monotonic() + child.call.limit_s
                    child.note = said
                    continue
                del running[answers]
                yield child.place, said
            for answers, child in list(running.items()):
                if child.deadline <= time.monotonic():
                    del running[answers]
                    _kill(child.process)
                    yield child.place, Stopped(f"after {child.call.limit_s:g} s", child.note, in_time=False)
    finally:
        for child in running.values():
            _kill(child.process)


def note(what: Any) -> None:
    """Tell the caller how far this process has come; `Stopped` has what was told last."""
    if _notes is not None:
        _notes.send(("note", what))


def _start(context: Any, place: int, call: Call) -> tuple[connection.Connection, _Child]:
    folder = Path(util.get_temp_dir())
    environment = {name: os.environ[name] for name in ALLOWED if name in os.environ} | _FIXED
    environment |= {"METALSBOOK_ROOT": str(project_root()), "IPYTHONDIR": str(folder / "ipython")}
    stderr = folder / f"stderr-{place}"
    answers, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, folder, stderr, environment, call))
    try:
        with _as_environment(environment):
            process.start()
    except EOFError as error:
        raise OSError("the fork server ended; what it said stands above") from error
    theirs.close()
    return answers, _Child(place, call, process, stderr, time.monotonic() + call.limit_s + _START_S)


@contextlib.contextmanager
def _as_environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Let processes that are started meanwhile, the fork server among them, have these variables and no others."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _bury(child: _Child) -> Stopped:
    """Return how a process ended that gave no result."""
    child.process.join()
    code = child.process.exitcode
    how = f"by signal {-code}" if code < 0 else f"with code {code}"
    said = child.stderr.read_text("utf-8", "replace").strip().splitlines() if child.stderr.is_file() else []
    return Stopped(" ".join([how, *(f"({line})" for line in said[-1:])]), child.note, in_time=True)


def _kill(process: Any) -> None:
    for kill in (lambda: os.killpg(process.pid, signal.SIGKILL), process.kill):
        with contextlib.suppress(AttributeError, ProcessLookupError, PermissionError):
            kill()
    process.join()


def _work(answers: connection.Connection, folder: Path, stderr: Path, environment: dict[str, str], call: Call) -> None:
    """Be the process of a call: answer with its result and end."""
    global _notes
    _notes = answers
    threading.Thread(target=_end_with_caller, args=(folder,), daemon=True).start()
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)
    os.environ.clear()
    os.environ.update(environment)
    try:
        # What asks for input gets none; what is printed by accident does not reach the terminal.
        null, words = os.open(os.devnull, os.O_RDWR), os.open(stderr, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for place, file in enumerate((null, null, words)):
            os.dup2(file, place)
        result = call.function(*call.arguments)
    except (BookError, OSError) as error:
        result = error
    answers.send(("result", result))


def _end_with_caller(folder: Path) -> None:
    """End this process, and what its caller has left, where the caller is gone."""
    connection.wait([multiprocessing.parent_process().sentinel])
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)
