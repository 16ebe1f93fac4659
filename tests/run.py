"""The checks in one command: `make test` in minutes, `make test-all` the rest, `make test-long` before a release.

    python -m tests.run [quick | all | long]

Each step's name and seconds stand in a summary at the end; all steps run, also after one has failed.
"""

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from metalsbook.ledger.vocabulary import CHAPTERS

ROOT = Path(__file__).resolve().parent.parent
PYTHON = [sys.executable, "-m"]
# The cells of one notebook share a kernel and so must stay together: loadscope. In the order of collection: by default
# the modules with the fewest tests, which here last longest, come last.
PYTEST = [*PYTHON, "pytest", "-q", "--dist", "loadscope", "--no-loadscope-reorder"]
# Notebooks below tests/ hold defects on purpose.
NBVAL = ["--nbval", "--ignore-glob=tests/*.ipynb"]
NOTEBOOKS = [f"chapters/{name}.ipynb" for name in CHAPTERS]
DERIVE_NEWEST = """
from metalsbook.edition import open_edition
from metalsbook.months import REFERENCE_MONTH
open_edition(REFERENCE_MONTH).estimates
"""
# What browsers look at, and what the guide's commands, the zip and the months find built.
BUILD_ONE = """
from metalsbook.paths import snapshots_folder
from metalsbook.publish.book import build_editions, derive_months
from metalsbook.snapshots.package import published_months
derive_months(published_months(snapshots_folder()))
build_editions(["2025-11"], "make test-all")
"""
Steps = dict[str, list[str]]

# One core each: run two at a time, before the tests take all cores.
AHEAD: dict[str, Steps] = {
    "quick": {
        "style (ruff)": [*PYTHON, "ruff", "check", "--quiet", "."],
        "format (ruff)": [*PYTHON, "ruff", "format", "--check", "--quiet", "."],
        "types (mypy)": [*PYTHON, "mypy"],
        "ledger and snapshots": [*PYTHON, "metalsbook.cli", "verify"],
        "what chapters share is derived": [sys.executable, "-c", DERIVE_NEWEST],
    },
    "all": {
        "all editions are derived, one is built": [sys.executable, "-c", BUILD_ONE],
    },
    "long": {},
}


def pytest(workers: int, *words: str) -> list[str]:
    return [*PYTEST, "-n", str(workers), *words]


STEPS: dict[str, Steps] = {
    "quick": {
        "tests, and stored outputs of the five chapters": pytest(2, *NBVAL, *NOTEBOOKS, "tests", "--ignore=tests/slow"),
    },
    "all": {
        # Half of their time is waiting for browsers, servers and processes: four at a time.
        "slow tests": pytest(4, "tests/slow"),
    },
    "long": {
        "faults: 200 kills of each command (benchmarks/faults.md)": [*PYTHON, "benchmarks.faults"],
        "planted breaks, each found": [*PYTHON, "benchmarks.breaks"],
        "fuzzing, guided: 100,000 cases of each reader (benchmarks/fuzz.md)": [*PYTHON, "benchmarks.fuzz"],
        "fuzzing, hypothesis": [*PYTHON, "benchmarks.fuzz", "--way", "hypothesis", "--cases", "10000"],
    },
}
Result = tuple[str, int, float, str]


def run_step(name: str, command: list[str], *, kept: bool = False) -> Result:
    """Run a step; return its name, exit code, seconds, and what it said where that is kept back."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    told = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} if kept else {}
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, text=True, **told)
    return name, done.returncode, time.monotonic() - started, done.stdout or ""


def run_ahead(steps: Steps) -> list[Result]:
    """Run steps two at a time and print what those that fail say."""
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda name: run_step(name, steps[name], kept=True), steps))
    for name, code, _, said in results:
        if code:
            print(f"\n{name}\n{said}", flush=True)
    return results


def run_all(ahead: Steps, steps: Steps) -> int:
    """Run every step, also after one has failed, and return 1 where any has."""
    results = run_ahead(ahead)
    for name, command in steps.items():
        print(f"\n{name}", flush=True)
        results.append(run_step(name, command))
    print("\nSummary")
    for name, code, seconds, _ in results:
        print(f"  {'passed' if code == 0 else f'FAILED ({code})':<12}{seconds:7.1f} s  {name}")
    return int(any(code for _, code, _, _ in results))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("which", nargs="?", choices=list(STEPS), default="quick")
    which = parser.parse_args().which
    sys.exit(run_all(AHEAD[which], STEPS[which]))
