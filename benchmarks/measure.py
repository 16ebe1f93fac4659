"""Measure commands against each other: in turns within one round, so that the machine's moods hit all alike."""

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

_SAMPLE_S = 0.05
# Asking for memory stops a process for a moment, and many processes often: of a core it may take this share.
_SAMPLE_SHARE = 0.02


@dataclass
class Contestant:
    """One way to do a job.

    Attributes:
        name: What it is called in the table.
        commands: Run one after the other, on the clock.
        prepare: Puts things in order before, off the clock; may return processes that serve the commands, which are
            watched with them and ended after them.
        editions: How many editions it makes: ratios are taken for one.
        against: Name of the contestant of the same case that it is compared with; the first one where not given.
        ratio_at_most: Target for the ratio.
        seconds_at_most: Target for the median.
        seconds: Of each round that counts.
        peak_mb: Largest memory of each round that counts.
    """

    name: str
    commands: list[list[str]]
    prepare: Callable[[], list[subprocess.Popen] | None] = lambda: None
    editions: int = 1
    against: str = ""
    ratio_at_most: float | None = None
    seconds_at_most: float | None = None
    seconds: list[float] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)


def run_rounds(
    contestants: list[Contestant], rounds: int, folder: Path, environment: Mapping[str, str], *, warm_up: bool = True
) -> None:
    """Run every contestant once a round, after one round that does not count where `warm_up` is set."""
    for number in range(1 - warm_up, rounds + 1):
        for contestant in contestants:
            seconds, peak_mb = _run_one(contestant, folder, environment)
            if number:
                contestant.seconds.append(seconds)
                contestant.peak_mb.append(peak_mb)
            print(f"  {contestant.name}: {seconds:.2f} s{'' if number else ' (not counted)'}", flush=True)


def _run_one(contestant: Contestant, folder: Path, environment: Mapping[str, str]) -> tuple[float, float]:
    servants = contestant.prepare() or []
    try:
        return _run(contestant.commands, folder, environment, servants)
    finally:
        for process in reversed(servants):
            process.terminate()
            process.wait()


def ratio(contestant: Contestant, base: Contestant) -> float:
    """Return the median of the ratios within each round, for one edition each."""
    pairs = zip(contestant.seconds, base.seconds, strict=True)
    return statistics.median((one / contestant.editions) / (other / base.editions) for one, other in pairs)


def _run(
    commands: list[list[str]], folder: Path, environment: Mapping[str, str], servants: list[subprocess.Popen]
) -> tuple[float, float]:
    """Run commands in sequence; return wall seconds and the largest memory of all their processes together in MB."""
    peak = 0.0
    started = time.perf_counter()
    for command in commands:
        process = subprocess.Popen(
            command, cwd=folder, env=dict(environment), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        sampler = _Sampler([process.pid, *(servant.pid for servant in servants)])
        _, said = process.communicate()
        peak = max(peak, sampler.stop())
        if process.returncode:
            raise SystemExit(f"{' '.join(map(str, command))} failed:\n{said.decode(errors='replace')[-2000:]}")
    return time.perf_counter() - started, peak


class _Sampler:
    """Watches the memory of processes and all below them: the private and their share of the shared pages."""

    def __init__(self, pids: list[int]):
        self._pids = pids
        self._peak_mb = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        self._ended.set()
        self._thread.join()
        return self._peak_mb

    def _watch(self) -> None:
        pause = _SAMPLE_S
        while not self._ended.wait(pause):
            began, total = time.perf_counter(), 0
            try:
                for top in map(psutil.Process, self._pids):
                    for process in (top, *top.children(recursive=True)):
                        memory = process.memory_full_info()
                        total += getattr(memory, "pss", memory.rss)
            except psutil.Error:
                continue
            self._peak_mb = max(self._peak_mb, total / 1e6)
            pause = max(_SAMPLE_S, (time.perf_counter() - began) / _SAMPLE_SHARE)


def clean_environment(root: Path) -> dict[str, str]:
    """Return the environment for all contestants alike: bytecode is kept, one root."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return environment | {"METALSBOOK_ROOT": str(root), "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
