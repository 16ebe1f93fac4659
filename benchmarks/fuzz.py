"""Fuzz every reader of what comes from outside, at length; writes `fuzz.csv` and `fuzz.md`.

    python -m benchmarks.fuzz            100,000 cases a target, guided by the lines that are reached
    python -m benchmarks.fuzz --target customs --way hypothesis --cases 20000

The guided fuzzer runs each target in a process of its own. It (atheris) is fetched for the run, by the hashes of
`benchmarks/fuzz-requirements.txt`, and is no part of the book's environment; where there is none for a system, the
reason is printed and hypothesis alone is run.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.fuzz_shortcuts import shortcuts
from tests.slow.fuzz.targets import TARGETS
from tests.slow.fuzz.test_targets import fuzz

ROOT = Path(__file__).resolve().parent.parent
TABLE, PAGE = Path(__file__).with_suffix(".csv"), Path(__file__).with_suffix(".md")
FOLDER = ROOT / "_build" / "fuzz"
LOCK = Path(__file__).with_name("fuzz-requirements.txt")
CASES = 100_000
WAYS = {"guided": "atheris, guided by the lines reached", "hypothesis": "hypothesis"}
COLUMNS = ["target", "way", "cases", "taken", "faults", "seconds"]


def fetch_fuzzer() -> str:
    """Put the guided fuzzer into the build folder; return why it cannot be had, or ""."""
    place = FOLDER / f"packages-{sys.implementation.cache_tag}"
    if (place / "atheris").is_dir():
        return ""
    command = [
        Path(sys.executable).with_name("uv"),
        "pip",
        "install",
        "--quiet",
        "--python",
        sys.executable,
        "--target",
        place,
        "--require-hashes",
        "--only-binary",
        ":all:",
        "--requirement",
        LOCK,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stderr.strip().splitlines() or ["it said nothing"])[-1] if done.returncode else ""


def run_guided(name: str, cases: int) -> tuple[int, int, int]:
    """Return the cases run, those taken, and the faults found (the fuzzer stops at the first)."""
    folder = FOLDER / f"run-{name.replace(' ', '-')}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    path = f"{FOLDER / f'packages-{sys.implementation.cache_tag}'}{os.pathsep}{ROOT}"
    with (folder / "log").open("wb") as log:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.fuzz_guided", name, str(cases), folder],
            cwd=ROOT,
            stdout=log,
            stderr=log,
            env=os.environ | {"PYTHONPATH": path},
            check=False,
        )
    counts = folder / "counts.json"
    found = json.loads(counts.read_text()) if counts.is_file() else {"cases": 0, "taken": 0}
    if done.returncode:
        print(f"{name}: a fault; the input and what happened are in {folder.relative_to(ROOT)}")
    return found["cases"], found["taken"], int(done.returncode != 0)


def run_hypothesis(name: str, cases: int) -> tuple[int, int, int]:
    """Return the cases run, those taken, and no fault: one ends the run with the smallest input that shows it."""
    with shortcuts():
        return *fuzz(name, cases, at_random=True), 0


def keep(row: dict[str, object]) -> None:
    """Put a result in the place of an older one of the same target and way, and write the page anew."""
    rows = list(csv.DictReader(TABLE.open(encoding="utf-8"))) if TABLE.is_file() else []
    rows = [one for one in rows if (one["target"], one["way"]) != (row["target"], row["way"])] + [row]
    order = list(TARGETS)
    rows.sort(key=lambda one: (order.index(one["target"]), one["way"]))
    with TABLE.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    PAGE.write_text(page(rows), "utf-8")


def page(rows: list[dict[str, object]]) -> str:
    """Return the page of the results."""
    lines = [
        "# Fuzzing: bad input at scale",
        "",
        "Cases of each reader of what comes from outside: good inputs with faults of the format's own kind, any text "
        "in them, any bytes. No case may break a reader (an error other than the book's own), hang (20 s) or be taken "
        "wrongly, which a second, slow reading of the same bytes tells. A row without faults is a run to its end; "
        "seconds are those of a machine of two cores that others used, too.",
        "",
        "| reader | way | cases | taken | refused | faults | seconds |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {row['target']} | {WAYS[row['way']]} | {int(row['cases']):,} | {int(row['taken']):,} | "
        f"{int(row['cases']) - int(row['taken']):,} | {row['faults']} | {row['seconds']} |"
        for row in rows
    ]
    return "\n".join([*lines, "", "Run again: `.venv/bin/python -m benchmarks.fuzz`.", ""])


def main() -> int:
    """Run the targets one after the other and keep each result as it comes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--target", action="append", choices=list(TARGETS))
    parser.add_argument("--way", choices=list(WAYS), default="guided")
    options = parser.parse_args()
    way, faults = options.way, 0
    if way == "guided" and (why := fetch_fuzzer()):
        print(f"Not guided: atheris cannot be had here ({why}); hypothesis is run")
        way = "hypothesis"
    for name in options.target or TARGETS:
        started = time.monotonic()
        cases, taken, faulty = {"guided": run_guided, "hypothesis": run_hypothesis}[way](name, options.cases)
        seconds = round(time.monotonic() - started)
        print(f"{name}: {cases:,} cases, {taken:,} taken, {faulty} faults, {seconds} s", flush=True)
        keep({"target": name, "way": way, "cases": cases, "taken": taken, "faults": faulty, "seconds": seconds})
        faults += faulty
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
