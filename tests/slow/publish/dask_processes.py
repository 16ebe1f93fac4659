"""A Dask scheduler and workers as real processes on the loopback address, each in a folder of its own."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import metalsbook

PACKAGE = Path(metalsbook.__file__).parent
_START_S = 60


class Processes:
    """What was started, and where it lies."""

    def __init__(self, folder: Path):
        self._folder = folder
        self.address = ""
        self.workers: dict[str, subprocess.Popen] = {}
        self._all: list[subprocess.Popen] = []

    def start_scheduler(self) -> None:
        told = self._folder / "scheduler.json"
        words = "scheduler --host 127.0.0.1 --port 0 --no-dashboard --scheduler-file"
        self._start(*words.split(" "), str(told))
        started = time.monotonic()
        while not (told.is_file() and told.read_text("utf-8")):
            assert time.monotonic() < started + _START_S, "the scheduler did not start"
            time.sleep(0.05)
        self.address = json.loads(told.read_text("utf-8"))["address"]

    def start_worker(self, name: str) -> Path:
        """Start a worker that has a copy of the package and knows of no book; return its folder."""
        folder = self._folder / name
        shutil.copytree(PACKAGE, folder / "metalsbook", ignore=shutil.ignore_patterns("__pycache__"))
        words = f"worker {self.address} --name {name} --host 127.0.0.1 --nthreads 1 --no-nanny --no-dashboard".split(
            " "
        )
        self.workers[name] = self._start(*words, "--local-directory", str(folder / "scratch"), folder=folder)
        return folder

    def _start(self, *words: str, folder: Path | None = None) -> subprocess.Popen:
        own = {"PYTHONPATH": str(folder or PACKAGE.parent)}
        environment = {name: value for name, value in os.environ.items() if name != "METALSBOOK_ROOT"} | own
        with (self._folder / f"{words[0]}-{len(self._all)}.log").open("wb") as log:
            told = {"cwd": folder or self._folder, "env": environment, "stdout": log, "stderr": log}
            process = subprocess.Popen([sys.executable, "-m", "dask", *words], **told)
        self._all.append(process)
        return process

    def end(self) -> None:
        for process in self._all:
            process.kill()
            process.wait()


@contextlib.contextmanager
def scheduler(folder: Path) -> Iterator[Processes]:
    """Start a scheduler; end it and its workers afterwards, each by its id."""
    processes = Processes(folder)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        processes.start_scheduler()
        yield processes
    finally:
        processes.end()
