"""Chapters run by a server process that imports the libraries once and forks one child for each; POSIX only.

The server (`fork_server`) is a fresh Python in a clean environment, without the caller's threads and state. It ends
with its caller.
"""

import ast
import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from metalsbook.errors import BookError, ChapterError
from metalsbook.publish.environment import child_environment, last_words
from metalsbook.publish.fork_server import GRACE_S
from metalsbook.publish.run import Job, Ran


def run_forked(jobs: list[Job], workers: int) -> Iterator[tuple[int, Ran | BookError]]:
    """Run jobs in forked children and yield each one's place and result as it ends.

    Args:
        jobs: The chapters.
        workers: How many run at once.

    Raises:
        ChapterError: If the server itself ended.
    """
    with ChapterServer(find_imports(jobs), workers) as server:
        yield from server.run(jobs)


class ChapterServer:
    """A server that runs batches of chapters, one batch after the other.

    Args:
        modules: What to import before the first chapter runs, see `find_imports`.
        workers: How many chapters run at once.
        root: Top folder of the book that the chapters read; this process's own by default.
    """

    def __init__(self, modules: list[str], workers: int, root: Path | None = None):
        self._private = tempfile.mkdtemp(prefix="chapters-")
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-m", "metalsbook.publish.fork_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env=child_environment(Path(self._private), root),
            start_new_session=True,
        )
        self._send({"modules": modules, "workers": workers, "private": self._private})

    def __enter__(self) -> "ChapterServer":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_running(self) -> bool:
        """Whether the server can take a batch: one that has waited for long has ended."""
        return self._process.poll() is None

    def run(self, jobs: list[Job]) -> Iterator[tuple[int, Ran | BookError]]:
        """Run jobs and yield each one's place and result as it ends.

        Raises:
            ChapterError: If the server ended.
        """
        self._send([asdict(job) for job in jobs])
        pending = set(range(len(jobs)))
        while pending:
            answer = self._process.stdout.readline()
            if not answer.endswith(b"\n"):
                raise self._ended([jobs[place].name for place in sorted(pending)])
            place, result = _read_answer(json.loads(answer))
            pending.remove(place)
            yield place, result

    def close(self) -> None:
        """End the server and what still runs in it."""
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.stdout.close()
        try:
            self._process.wait(timeout=GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._stderr.close()
        shutil.rmtree(self._private, ignore_errors=True)

    def _send(self, line: object) -> None:
        # A server that has gone is found by its missing answer, and its last words are told then.
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(line).encode() + b"\n")
            self._process.stdin.flush()

    def _ended(self, names: list[str]) -> ChapterError:
        self._process.wait()
        why = last_words(self._stderr) or self._process.returncode
        return ChapterError(
            f"The process that runs the chapters ended ({why})", f"Not run: {', '.join(names)}. Try --engine kernel"
        )


def _read_answer(answer: dict) -> tuple[int, Ran | BookError]:
    if "ran" in answer:
        return answer["place"], Ran(**answer["ran"])
    return answer["place"], ChapterError(*answer["error"])


def find_imports(jobs: Iterable[Job]) -> list[str]:
    """Return what the cells of the chapters import, in order of first appearance: modules, and names in modules."""
    found: dict[str, None] = {}
    # A chapter imports the same in every month.
    for job in {job.name: job for job in jobs}.values():
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
