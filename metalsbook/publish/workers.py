"""A server process that imports the libraries once and forks one child for each chapter; POSIX only.

The server is a fresh Python in a clean environment, without the caller's threads and state. It reads the jobs as one
line of JSON, answers with one line for each chapter, and ends, with its children, when its input is closed: when the
caller is done, or was killed.
"""

import ast
import contextlib
import gc
import importlib
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from metalsbook.errors import BookError, ChapterError
from metalsbook.publish.environment import child_environment
from metalsbook.publish.run import Job, Ran, death_error, run_notebook, time_out_error

# What papermill, `open_edition` and charts import only when they are first used.
PRELOADED = ("nbformat", "pyarrow.dataset", "pyarrow.parquet", "metalsbook.publish.edition",
             "metalsbook.publish.outputs")
_GRACE_S = 5.0
_REHEARSAL = """
import altair, pandas
chart = altair.Chart(pandas.DataFrame({"x": pandas.to_datetime(["2025-01-31"]), "y": [1.0]}))
(chart.mark_line().encode(x="x:T", y="y:Q", tooltip=["y:Q"]) + chart.mark_area().encode(x="x:T", y="y:Q")).to_dict()
"""


def run_forked(jobs: list[Job], workers: int) -> Iterator[tuple[int, Ran | BookError]]:
    """Run jobs in forked children and yield each one's place and result as it ends.

    Args:
        jobs: The chapters.
        workers: How many run at once.

    Raises:
        ChapterError: If the server itself ended.
    """
    with tempfile.TemporaryDirectory(prefix="chapters-") as private, tempfile.TemporaryFile() as stderr:
        server = subprocess.Popen(
            [sys.executable, "-m", "metalsbook.publish.workers"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=stderr, env=child_environment(Path(private)), start_new_session=True,
        )
        try:
            request = {"jobs": [asdict(job) for job in jobs], "workers": workers, "private": private}
            with contextlib.suppress(BrokenPipeError):
                server.stdin.write(json.dumps(request).encode() + b"\n")
                server.stdin.flush()
            pending = set(range(len(jobs)))
            while pending:
                answer = server.stdout.readline()
                if not answer.endswith(b"\n"):
                    raise _server_ended(server, stderr, [jobs[place].name for place in sorted(pending)])
                place, result = _read_answer(json.loads(answer))
                pending.remove(place)
                yield place, result
        finally:
            server.stdin.close()
            server.stdout.close()
            try:
                server.wait(timeout=_GRACE_S)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _read_answer(answer: dict) -> tuple[int, Ran | BookError]:
    if "ran" in answer:
        return answer["place"], Ran(**answer["ran"])
    return answer["place"], ChapterError(*answer["error"])


def _server_ended(server: subprocess.Popen, stderr, names: list[str]) -> ChapterError:
    server.wait()
    stderr.seek(0)
    said = stderr.read().decode(errors="replace").strip().splitlines()[-1:]
    return ChapterError(f"The process that runs the chapters ended ({''.join(said) or server.returncode})",
                        f"Not run: {', '.join(names)}. Try --engine kernel")


@dataclass
class _Child:
    """A forked chapter: its pipe, its deadline on the monotonic clock, and what it has said."""

    pid: int
    pipe: int
    place: int
    deadline: float
    said: bytearray


class _Server:
    """Runs the jobs of one request, some at once, and writes an answer for each."""

    def __init__(self, jobs: list[Job], workers: int, answers: int):
        self._jobs = jobs
        self._workers = workers
        self._answers = answers
        self._selector = selectors.DefaultSelector()
        self._children: dict[int, _Child] = {}

    def run(self) -> None:
        """Run all jobs, or stop them all where the caller has gone."""
        self._selector.register(0, selectors.EVENT_READ)
        waiting = list(enumerate(self._jobs))[::-1]
        try:
            while waiting or self._children:
                while waiting and len(self._children) < self._workers:
                    self._start(*waiting.pop())
                soonest = min(child.deadline for child in self._children.values())
                for key, _ in self._selector.select(max(0.0, soonest - time.monotonic())):
                    if key.fd == 0:
                        return
                    self._read(self._children[key.fd])
                for child in [child for child in self._children.values() if child.deadline <= time.monotonic()]:
                    self._end(child, timed_out=True)
        finally:
            for child in self._children.values():
                _kill(child.pid)

    def _start(self, place: int, job: Job) -> None:
        pipe, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(pipe)
            os.close(self._answers)
            _be_child(job, theirs)
        os.close(theirs)
        child = _Child(pid, pipe, place, time.monotonic() + job.limit_s, bytearray())
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
        job = self._jobs[child.place]
        if timed_out:
            error = time_out_error(job, int(cells[-1]) if cells else 0)
        elif status != 0 or not last:
            how = f"by signal {-code}" if (code := os.waitstatus_to_exitcode(status)) < 0 else f"with code {code}"
            error = death_error(job, int(cells[-1]) if cells else 0, how)
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
    signal.setitimer(signal.ITIMER_REAL, job.limit_s + _GRACE_S)
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


def find_imports(jobs: Iterable[Job]) -> list[str]:
    """Return what the cells of the chapters import, in order of first appearance: modules, and names in modules."""
    found: dict[str, None] = {}
    for job in jobs:
        for cell in json.loads(job.notebook)["cells"]:
            if cell["cell_type"] != "code":
                continue
            with contextlib.suppress(SyntaxError):
                for node in ast.walk(ast.parse("".join(cell["source"]))):
                    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                    if isinstance(node, ast.ImportFrom) and node.module:
                        names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
                    found.update(dict.fromkeys(names))
    return list(found)


def _warm_up(jobs: list[Job]) -> None:
    """Import what the chapters will; a module that is missing is reported by the cell that wants it.

    A name in a module may be a module itself; where it is none, its import fails here and costs nothing.
    """
    from papermill.engines import papermill_engines

    from metalsbook.publish.engine import InProcessEngine
    from metalsbook.publish.shell import chapter_shell

    papermill_engines.register("inprocess", InProcessEngine)
    for module in (*PRELOADED, *find_imports(jobs)):
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    with chapter_shell() as shell:
        # The first cell and the first chart of a process prepare much that is then shared.
        shell.run_cell(_REHEARSAL)
    # The children then share the memory as it is: no collection touches it.
    gc.collect()
    gc.freeze()


def _serve() -> None:
    """Serve one request from standard input; what is printed by accident goes to stderr, not among the answers."""
    answers = os.dup(1)
    os.dup2(2, 1)
    line = b""
    while not line.endswith(b"\n"):
        piece = os.read(0, 1 << 20)
        if not piece:
            return
        line += piece
    request = json.loads(line)
    jobs = [Job(**job) for job in request["jobs"]]
    try:
        _warm_up(jobs)
        _Server(jobs, request["workers"], answers).run()
    finally:
        # A caller that was killed cannot remove it.
        shutil.rmtree(request["private"], ignore_errors=True)


if __name__ == "__main__":
    _serve()
