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


@dataclass
class Contestant:
    """One way to do a job: commands run one after the other, and what is put in order before, off the clock."""

    name: str
    commands: list[list[str]]
    prepare: Callable[[], object] = lambda: None
    seconds: list[float] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)


def run_rounds(contestants: list[Contestant], rounds: int, folder: Path, environment: Mapping[str, str]) -> None:
    """Run every contestant once a round, after one round that does not count."""
    for number in range(rounds + 1):
        for contestant in contestants:
            contestant.prepare()
            seconds, peak_mb = _run(contestant.commands, folder, environment)
            if number:
                contestant.seconds.append(seconds)
                contestant.peak_mb.append(peak_mb)
            print(f"  {contestant.name}: {seconds:.2f} s{'' if number else ' (not counted)'}", flush=True)


def ratio(contestant: Contestant, base: Contestant) -> float:
    """Return the median of the ratios within each round."""
    return statistics.median(one / other for one, other in zip(contestant.seconds, base.seconds, strict=True))


def _run(commands: list[list[str]], folder: Path, environment: Mapping[str, str]) -> tuple[float, float]:
    """Run commands in sequence; return wall seconds and the largest memory of all their processes together in MB."""
    peak = 0.0
    started = time.perf_counter()
    for command in commands:
        process = subprocess.Popen(command, cwd=folder, env=dict(environment), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE)
        sampler = _Sampler(process.pid)
        _, said = process.communicate()
        peak = max(peak, sampler.stop())
        if process.returncode:
            raise SystemExit(f"{' '.join(map(str, command))} failed:\n{said.decode(errors='replace')[-2000:]}")
    return time.perf_counter() - started, peak


class _Sampler:
    """Watches the memory of a process and all below it: the private and its share of the shared pages."""

    def __init__(self, pid: int):
        self._pid = pid
        self._peak_mb = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        self._ended.set()
        self._thread.join()
        return self._peak_mb

    def _watch(self) -> None:
        while not self._ended.wait(_SAMPLE_S):
            total = 0
            try:
                top = psutil.Process(self._pid)
                for process in (top, *top.children(recursive=True)):
                    memory = process.memory_full_info()
                    total += getattr(memory, "pss", memory.rss)
            except psutil.Error:
                continue
            self._peak_mb = max(self._peak_mb, total / 1e6)


def clean_environment(root: Path) -> dict[str, str]:
    """Return the environment for all contestants alike: bytecode is kept, one root."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return environment | {"METALSBOOK_ROOT": str(root), "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
