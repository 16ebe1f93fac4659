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
    """What was started below a folder: the scheduler, at its address, and workers by name."""

    def __init__(self, folder: Path):
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.workers: dict[str, subprocess.Popen] = {}
        told = folder / "scheduler.json"
        self.scheduler = self._start(folder, f"scheduler --port 0 --scheduler-file {told.name}")
        started = time.monotonic()
        while not (told.is_file() and told.read_text("utf-8")):
            assert time.monotonic() < started + _START_S, "the scheduler did not start"
            time.sleep(0.05)
        self.address = json.loads(told.read_text("utf-8"))["address"]

    def start_worker(self, name: str) -> None:
        """Start a worker that has a copy of the package and knows of no book."""
        folder = self._folder / name
        shutil.copytree(PACKAGE, folder / "metalsbook", ignore=shutil.ignore_patterns("__pycache__"))
        words = f"worker {self.address} --name {name} --nthreads 1 --no-nanny --local-directory scratch"
        self.workers[name] = self._start(folder, words)

    def _start(self, folder: Path, words: str) -> subprocess.Popen:
        environment = {name: value for name, value in os.environ.items() if name != "METALSBOOK_ROOT"}
        command = [sys.executable, "-m", "dask", *words.split(), "--host", "127.0.0.1", "--no-dashboard"]
        with (folder / "log").open("wb") as log:
            told = {"cwd": folder, "env": environment | {"PYTHONPATH": str(folder)}, "stdout": log, "stderr": log}
            return subprocess.Popen(command, **told)


@contextlib.contextmanager
def scheduler(folder: Path) -> Iterator[Processes]:
    """Start a scheduler; end it and its workers afterwards, each by its id."""
    processes = Processes(folder)
    try:
        yield processes
    finally:
        for process in (*processes.workers.values(), processes.scheduler):
            process.kill()
            process.wait()
