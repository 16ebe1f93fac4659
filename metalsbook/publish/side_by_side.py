"""Editions built side by side on the machine's cores, in processes that build one edition after the other.

Sphinx builds in one thread, and keeps state in its process. Each process is `python -m metalsbook.publish.side_by_side`
in a clean environment; it reads a line of JSON for each edition, answers with one, and ends with its caller.
"""

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor, as_completed
from pathlib import Path

from metalsbook import errors
from metalsbook.paths import build_folder
from metalsbook.publish.environment import child_environment, last_words
from metalsbook.publish.kept_site import SHOWN


def stage_side_by_side(executed: dict[str, Path], shared: str, workers: int) -> Iterator[tuple[str, tuple[Path, str]]]:
    """Build editions and yield each month as it is done, with its folder in staging and what to tell of it.

    Args:
        executed: Folder of the executed chapters of each month.
        shared: Address of the shared assets within the site.
        workers: How many editions are built at once.

    Raises:
        BookError: As `site.stage_edition` raises it; the first by month. What is being built then is built to its end.
    """
    builders: list[_Builder] = []
    idle: list[_Builder] = []
    failed: dict[str, errors.BookError] = {}

    def build(month: str) -> tuple[Path, str]:
        builder = idle.pop() if idle else _Builder()
        if builder not in builders:
            builders.append(builder)
        built = builder.build(month, executed[month], shared)
        idle.append(builder)
        return built

    pool = ThreadPoolExecutor(max_workers=workers)
    try:
        futures = {pool.submit(build, month): month for month in executed}
        for future in as_completed(futures):
            try:
                built = future.result()
            except CancelledError:
                continue
            except errors.BookError as error:
                failed[futures[future]] = error
                pool.shutdown(wait=False, cancel_futures=True)
            else:
                yield futures[future], built
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for builder in builders:
            builder.close()
        pool.shutdown()
    if failed:
        raise failed[min(failed)]


class _Builder:
    """A process that builds one edition after the other."""

    def __init__(self):
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115
        shown = {name: os.environ[name] for name in SHOWN if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "metalsbook.publish.side_by_side"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env=child_environment(build_folder() / "staging") | shown,
        )

    def build(self, month: str, executed: Path, shared: str) -> tuple[Path, str]:
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps([month, str(executed), shared]).encode() + b"\n")
            self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line.endswith(b"\n"):
            raise self._ended(month)
        answer = json.loads(line)
        if "error" in answer:
            raise _read_error(*answer["error"])
        built, told = answer["built"]
        return Path(built), told

    def _ended(self, month: str) -> errors.SiteError:
        self._process.wait()
        why = last_words(self._stderr) or f"its process ended with {self._process.returncode}"
        return errors.SiteError(f"The pages of {month} could not be built ({why})")

    def close(self) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._stderr.close()


def _describe_error(error: errors.BookError | OSError) -> list:
    if isinstance(error, OSError):
        return ["OSError", error.errno, error.strerror, error.filename]
    return [type(error).__name__, error.what, error.todo]


def _read_error(kind: str, *said: object) -> errors.BookError | OSError:
    return OSError(*said) if kind == "OSError" else getattr(errors, kind)(*said)


def _read_requests(requests: "queue.SimpleQueue[bytes]") -> None:
    """Take in what the caller asks for; when the caller ends, however it ends, this process does too."""
    line = b""
    while piece := os.read(0, 1 << 16):
        *lines, line = (line + piece).split(b"\n")
        for each in lines:
            requests.put(each)
    os._exit(0)


def _main() -> None:
    answers = os.dup(1)
    # What is printed by accident goes to stderr, not among the answers.
    os.dup2(2, 1)
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read_requests, args=(requests,), daemon=True).start()
    from metalsbook.publish.site import stage_edition

    while True:
        month, executed, shared = json.loads(requests.get())
        try:
            built, told = stage_edition(month, Path(executed), shared)
            answer = {"built": [str(built), told]}
        except (errors.BookError, OSError) as error:
            answer = {"error": _describe_error(error)}
        os.write(answers, json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    _main()
