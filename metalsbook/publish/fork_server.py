"""The server's side of `workers`: imports the libraries once and forks one child for each chapter; POSIX only.

Run as `python -m metalsbook.publish.fork_server`. It reads lines of JSON: first what to import, then batches of jobs,
as they come. It answers with one line for each chapter, and ends, with its children, when its input is closed: when
the caller is done, or was killed.
"""

import contextlib
import gc
import importlib
import json
import os
import selectors
import shutil
import signal
import time
import traceback
from collections import deque
from dataclasses import asdict, dataclass

from metalsbook.errors import BookError
from metalsbook.publish.run import Job, death_error, run_notebook, time_out_error

# What papermill, `open_edition` and charts import only when they are first used.
PRELOADED = (
    "nbformat",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "metalsbook.edition",
    "metalsbook.publish.outputs",
)
GRACE_S = 5.0
# A caller on another machine may have lost interest without a word.
_IDLE_S = 600.0
_REHEARSAL = """
import altair, pandas
chart = altair.Chart(pandas.DataFrame({"x": pandas.to_datetime(["2025-01-31"]), "y": [1.0]}))
(chart.mark_line().encode(x="x:T", y="y:Q", tooltip=["y:Q"]) + chart.mark_area().encode(x="x:T", y="y:Q")).to_dict()
"""


@dataclass
class _Child:
    """A forked chapter: its pipe, its deadline on the monotonic clock, and what it has said."""

    pid: int
    pipe: int
    place: int
    job: Job
    deadline: float
    said: bytearray


class _Server:
    """Runs the jobs of each batch, some at once, and writes an answer for each."""

    def __init__(self, workers: int, answers: int):
        self._workers = workers
        self._answers = answers
        self._selector = selectors.DefaultSelector()
        self._children: dict[int, _Child] = {}
        self._waiting: deque[tuple[int, Job]] = deque()
        self._asked = bytearray()

    def run(self) -> None:
        """Run all jobs that are asked for; stop them all where the caller has gone."""
        self._selector.register(0, selectors.EVENT_READ)
        try:
            while True:
                while self._waiting and len(self._children) < self._workers:
                    self._start(*self._waiting.popleft())
                deadlines = [child.deadline for child in self._children.values()]
                patience_s = min(deadlines) - time.monotonic() if deadlines else _IDLE_S
                events = self._selector.select(max(0.0, patience_s))
                if not (events or deadlines):
                    return
                for key, _ in events:
                    if key.fd != 0:
                        self._read(self._children[key.fd])
                    elif not self._listen():
                        return
                for child in [child for child in self._children.values() if child.deadline <= time.monotonic()]:
                    self._end(child, timed_out=True)
        finally:
            for child in self._children.values():
                _kill(child.pid)

    def _listen(self) -> bool:
        """Take in what the caller says; return whether it is still there."""
        said = os.read(0, 1 << 20)
        *lines, self._asked = (self._asked + said).split(b"\n")
        for line in lines:
            self._waiting.extend(enumerate(Job(**job) for job in json.loads(line)))
        return bool(said)

    def _start(self, place: int, job: Job) -> None:
        pipe, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(pipe)
            os.close(self._answers)
            _be_child(job, theirs)
        os.close(theirs)
        child = _Child(pid, pipe, place, job, time.monotonic() + job.limit_s, bytearray())
        self._children[pipe] = child
        self._selector.register(pipe, selectors.EVENT_READ)

    def _read(self, child: _Child) -> None:
        content = os.read(child.pipe, 1 << 20)
        if content:
            child.said += content
        else:
            self._end(child)

    def _end(self, child: _Child, timed_out: bool = False) -> None:
        """Bury a child and write its answer."""
        if timed_out:
            _kill(child.pid)
        self._selector.unregister(child.pipe)
        os.close(child.pipe)
        del self._children[child.pipe]
        _, status = os.waitpid(child.pid, 0)
        *cells, last = bytes(child.said).split(b"\n")
        if timed_out:
            error = time_out_error(child.job, int(cells[-1]) if cells else 0)
        elif status != 0 or not last:
            how = f"by signal {-code}" if (code := os.waitstatus_to_exitcode(status)) < 0 else f"with code {code}"
            error = death_error(child.job, int(cells[-1]) if cells else 0, how)
        else:
            self._answer(json.loads(last) | {"place": child.place})
            return
        self._answer({"place": child.place, "error": [error.what, error.todo]})

    def _answer(self, answer: dict) -> None:
        _write_all(self._answers, json.dumps(answer).encode() + b"\n")


def _be_child(job: Job, pipe: int) -> None:
    """Run one chapter, write the places of its cells and then the result to the pipe, and end without return."""
    os.setpgid(0, 0)
    # A cell that asks for input gets none, rather than what the caller says to the server.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    # Bounds the child even where the server was killed; no handler: the system ends it.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, job.limit_s + GRACE_S)
    try:
        ran = run_notebook(job, "inprocess", on_cell=lambda place: _write_all(pipe, b"%d\n" % place))
        _write_all(pipe, json.dumps({"ran": asdict(ran)}).encode())
    except BookError as error:
        _write_all(pipe, json.dumps({"error": [error.what, error.todo]}).encode())
    except BaseException as error:
        # The end of the process: whatever else happened must not run on in the server's code.
        traceback.print_exc()
        what = f"Chapter '{job.name}': the engine failed ({type(error).__name__}: {error})"
        _write_all(pipe, json.dumps({"error": [what, "Try --engine kernel"]}).encode())
    finally:
        os._exit(0)


def _write_all(pipe: int, content: bytes) -> None:
    while content:
        content = content[os.write(pipe, content) :]


def _kill(pid: int) -> None:
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)


def _warm_up(modules: list[str]) -> None:
    """Import what the chapters will; a module that is missing is reported by the cell that wants it.

    A name in a module may be a module itself; where it is none, its import fails here and costs nothing.
    """
    from papermill.engines import papermill_engines

    from metalsbook.publish.engine import InProcessEngine
    from metalsbook.publish.shell import chapter_shell

    papermill_engines.register("inprocess", InProcessEngine)
    for module in (*PRELOADED, *modules):
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    with chapter_shell() as shell:
        # The first cell and the first chart of a process prepare much that is then shared.
        shell.run_cell(_REHEARSAL)
    # The children then share the memory as it is: no collection touches it.
    gc.collect()
    gc.freeze()


def _read_line() -> bytes:
    """Return the first line of standard input, byte by byte: what follows it is read by who runs the jobs."""
    line = b""
    while not line.endswith(b"\n"):
        piece = os.read(0, 1)
        if not piece:
            return b""
        line += piece
    return line


def _serve() -> None:
    """Serve one caller from standard input; what is printed by accident goes to stderr, not among the answers."""
    answers = os.dup(1)
    os.dup2(2, 1)
    line = _read_line()
    if not line:
        return
    request = json.loads(line)
    try:
        _warm_up(request["modules"])
        _Server(request["workers"], answers).run()
    finally:
        # A caller that was killed cannot remove it.
        shutil.rmtree(request["private"], ignore_errors=True)


if __name__ == "__main__":
    _serve()
