"""Freeze, open and serve a ledger that does not fit into memory: 100,000 to 10,000,000 made-up statements.

Run: .venv/bin/python -m benchmarks.beyond  (writes benchmarks/beyond.md; 25 minutes, 4 GB of disk)
"""

import argparse
import csv
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow

from metalsbook.months import step_month
from metalsbook.paths import ledger_folder

SIZES = (100_000, 1_000_000, 10_000_000)
RUNS = 5
MONTH = "2025-11"
PER_SERIES = 2_000
PER_FILE = 500_000
SERVED = 20
"""Series that a chapter shows."""
BOUND_MB = 1024
"""Memory that no step but "all in one frame" may take, however many statements there are."""
TARGET = Path(__file__).with_suffix(".md")
HEADER = ["series", "measure", "period", "value", "low", "high", "unit", "stated", "source"]
_STEPS = {
    "freeze": "from metalsbook.publish.freeze import freeze_month; import sys\n"
    "freeze_month(MONTH, allow_gaps=True, say=lambda line: None)",
    "open": "from metalsbook.publish.edition import open_edition\nopen_edition(MONTH)",
    "serve a chapter": "from metalsbook.publish.edition import open_edition\nedition = open_edition(MONTH)\n"
    "for name in SERVED: assert len(edition.latest(name)) > 1000, name",
    "check": "from metalsbook.snapshots import verify_snapshot; from metalsbook.paths import snapshots_folder\n"
    "verify_snapshot(snapshots_folder() / MONTH)",
    "all in one frame": "from metalsbook.publish.edition import open_edition\nlen(open_edition(MONTH).statements)",
}
_ONCE = ("freeze", "check")
_UNBOUNDED = "all in one frame"
_MEASURE = (
    "\nimport json, resource, time\n"
    "used = resource.getrusage(resource.RUSAGE_SELF)\n"
    "print(json.dumps([time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))"
)


def make_root(count: int, root: Path) -> list[str]:
    """Write a book's data of `count` statements into a folder; return the series that a chapter will ask for."""
    ledger = root / "data" / "ledger"
    (ledger / "statements").mkdir(parents=True)
    for path in ledger_folder().glob("*.csv"):
        shutil.copy(path, ledger)
    corrections = ledger / "corrections.csv"
    corrections.write_text(corrections.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    names = [f"made.price.n{number:05}" for number in range(count // PER_SERIES)]
    with (ledger / "series.csv").open("a", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(
            [name, "A made-up price", "CNY/t", "day", "price", "", "", "", "", "", "", "magnesium_prices", "Made up."]
            for name in names
        )
    with (ledger / "sources.csv").open(encoding="utf-8", newline="") as handle:
        sources = [row["source"] for row in csv.DictReader(handle) if row["published"] < "2025-12"]
    for number in range(0, count, PER_FILE):
        path = ledger / "statements" / f"made-{number // PER_FILE:03}.csv"
        with path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(HEADER)
            writer.writerows(make_row(place, names, sources) for place in range(number, min(number + PER_FILE, count)))
    return names[:: max(1, len(names) // SERVED)][:SERVED]


def make_row(place: int, names: list[str], sources: list[str]) -> tuple:
    """Return a quote of a series and day; every file has all series, in turns, as a ledger that grows by the day."""
    day = place // len(names)
    month = step_month("2025-11", -(day // 28))
    # A quarter of a million figures in no order: more than the book remembers the reading of.
    value = 10_000 + place * place % 500_009
    return (
        names[place % len(names)],
        "level",
        f"{month}-{day % 28 + 1:02}",
        value,
        "",
        "",
        "CNY/t",
        f"{value:,} yuan/mt",
        sources[place % len(sources)],
    )


def run_step(step: str, root: Path, served: list[str]) -> tuple[float, float, float]:
    """Return wall seconds, processor seconds and peak memory in MB of a step in a process of its own."""
    code = f"import time\nstart = time.perf_counter()\nMONTH, SERVED = {MONTH!r}, {served!r}\n{_STEPS[step]}{_MEASURE}"
    environment = os.environ | {"METALSBOOK_ROOT": str(root)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    if done.returncode:
        raise SystemExit(f"{step} failed:\n{done.stderr[-2000:]}")
    wall, processor, memory = json.loads(done.stdout)
    return wall, processor, memory


def measure(size: int, runs: int) -> dict:
    """Return what each step takes for a ledger of a size, and the bytes of its files."""
    with tempfile.TemporaryDirectory(prefix="beyond-", dir=os.environ.get("TMPDIR")) as folder:
        root = Path(folder)
        served = make_root(size, root)
        times = {}
        for step in _STEPS:
            times[step] = [run_step(step, root, served) for _ in range(1 if step in _ONCE else runs)]
            wall, processor, memory = times[step][-1]
            print(f"  {size:,} {step}: {wall:.1f} s, {processor:.1f} processor s, {memory:.0f} MB", flush=True)
        return {
            "size": size,
            "times": times,
            "ledger": _bytes(root / "data" / "ledger"),
            "snapshot": _bytes(root / "data" / "snapshots"),
        }


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def report(results: list[dict]) -> str:
    """Return the results as Markdown."""
    bounded = max(
        memory
        for result in results
        for step, times in result["times"].items()
        if step != _UNBOUNDED
        for _, _, memory in times
    )
    verdict = "met" if bounded <= BOUND_MB else "NOT MET"
    lines = [
        "# Benchmark: statements beyond memory",
        "",
        f"Made-up ledgers of daily quotes, {PER_SERIES:,} statements a series, validated, frozen for {MONTH} with the",
        f"committed code, opened, and {SERVED} series of it served as to a chapter. Each step is a process of its own,",
        "imports included; peak memory is its largest resident size. Medians (least to greatest) of",
        f"{max(map(_count, results))} runs, but one run for freezing and checking.",
        f"{os.cpu_count()} cores, Python {platform.python_version()}, pyarrow {pyarrow.__version__}.",
        "",
        "| statements | step | seconds | processor seconds | peak memory, MB |",
        "| ---: | --- | ---: | ---: | ---: |",
    ]
    for result in results:
        for step, times in result["times"].items():
            wall, processor, memory = (sorted(column) for column in zip(*times, strict=True))
            span = "" if len(wall) == 1 else f" ({wall[0]:.2f} to {wall[-1]:.2f})"
            lines.append(
                f"| {result['size']:,} | {step} | {statistics.median(wall):.2f}{span} | "
                f"{statistics.median(processor):.2f} | {memory[-1]:.0f} |"
            )
    lines += [
        "",
        *(
            f"- {result['size']:,} statements: {result['ledger'] / 1e6:,.0f} MB of CSV, "
            f"{result['snapshot'] / 1e6:,.0f} MB frozen."
            for result in results
        ),
        f"- No step but `{_UNBOUNDED}`, which is what a chapter must not do, may take more than {BOUND_MB:,} MB: "
        f"the most is {bounded:.0f} MB, {verdict}.",
        *_slopes(results),
        "",
        "Run again: `.venv/bin/python -m benchmarks.beyond`.",
        "",
    ]
    return "\n".join(lines)


def _count(result: dict) -> int:
    return max(len(times) for times in result["times"].values())


def _slopes(results: list[dict]) -> list[str]:
    """Return a line for each step: what a further statement costs between the least and the greatest size."""
    first, last = results[0], results[-1]
    if first is last:
        return []
    more = last["size"] - first["size"]
    lines = []
    for step in _STEPS:
        (_, seconds, memory), (_, seconds_more, memory_more) = (
            [statistics.median(column) for column in zip(*result["times"][step], strict=True)]
            for result in (first, last)
        )
        lines.append(
            f"- {step}: a further statement takes {(seconds_more - seconds) / more * 1e6:.2f} microseconds "
            f"and {(memory_more - memory) / more * 1024 * 1024:.0f} bytes of memory."
        )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--out", type=Path, default=TARGET)
    chosen = parser.parse_args()
    text = report([measure(size, chosen.runs) for size in chosen.sizes])
    chosen.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
