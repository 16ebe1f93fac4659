"""Time the ledger: read, freeze and open 10,000 to 100,000 statements, every printed text another one.

Run: .venv/bin/python -m benchmarks.ledger  (writes benchmarks/ledger.md)
"""

import argparse
import os
import platform
import random
import shutil
import statistics
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import pandas as pd

from metalsbook.ledger.figures import read_text
from metalsbook.ledger.reading import read_ledger
from metalsbook.months import step_month
from metalsbook.paths import ledger_folder
from metalsbook.snapshots.asof import select_as_of
from metalsbook.snapshots.snapshot import freeze_snapshot, open_snapshot

SIZES = (10_000, 20_000, 50_000, 100_000)
RUNS = 3
WARM_UP = 1_000
MONTH = "2025-11"
STEPS = ("read", "freeze", "open")
LINEAR = 1.3
"""Cost of a statement in the largest ledger over that in the smallest, up to which growth is called linear."""
TARGET = Path(__file__).with_suffix(".md")
HEADER = ["series", "measure", "period", "value", "low", "high", "unit", "stated", "source"]


def print_row(value: float, style: int) -> tuple[float, str, str, str]:
    """Return value, low, high and text of a figure in one of the styles that the ledger holds."""
    if style == 0:
        return value, "", "", f"{value:,.0f} tons"
    if style == 1:
        return value, "", "", f"{value / 10_000:.4f}万吨"
    if style == 2:
        return value, "", "", f"about {value:.1f} mt"
    return value + 25, value, value + 50, f"{value:,.0f}-{value + 50:,.0f} tonnes"


def make_rows(count: int, series: list[str], sources: list[str]) -> pd.DataFrame:
    """Return `count` statements, no two with the same text."""
    random.seed(count)
    rows = []
    for number in range(count):
        value, low, high, stated = print_row(10_001 + 7 * number, number % 4)
        period = step_month("1950-01", number % 900)
        name, source = series[number % len(series)], sources[number % len(sources)]
        rows.append((name, "level", period, value, low, high, "t", stated, source))
    return pd.DataFrame(rows, columns=HEADER)


def make_ledger(count: int, folder: Path) -> Path:
    """Write a ledger of `count` statements beside the real other tables; return its folder."""
    ledger = folder / str(count)
    (ledger / "statements").mkdir(parents=True)
    for path in ledger_folder().glob("*.csv"):
        shutil.copy(path, ledger)
    corrections = ledger / "corrections.csv"
    corrections.write_text(corrections.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    catalogue = pd.read_csv(ledger / "series.csv", dtype=str)
    sources = pd.read_csv(ledger / "sources.csv", dtype=str)["source"].tolist()
    rows = make_rows(count, catalogue.loc[catalogue["unit"] == "t", "series"].tolist(), sources)
    rows.to_csv(ledger / "statements" / "made.csv", index=False)
    return ledger


def time_steps(ledger: Path, folder: Path) -> tuple[float, float, float]:
    """Return the seconds to read (validated), freeze and open, with nothing remembered from an earlier run."""
    read_text.cache_clear()
    start = time.process_time()
    tables = read_ledger(ledger)
    read = time.process_time()
    freeze_snapshot(select_as_of(tables, MONTH), MONTH, folder)
    frozen = time.process_time()
    open_snapshot(folder / MONTH)
    opened = time.process_time()
    return read - start, frozen - read, opened - frozen


def measure(sizes: tuple[int, ...], runs: int) -> dict[int, list[tuple[float, float, float]]]:
    """Return the seconds of each step of each run, by size."""
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        time_steps(make_ledger(WARM_UP, Path(folder)), Path(folder) / "warm")
        for size in sizes:
            ledger = make_ledger(size, Path(folder))
            results[size] = [time_steps(ledger, Path(folder) / f"frozen-{size}-{run}") for run in range(runs)]
    return results


def report(results: dict[int, list[tuple[float, float, float]]], runs: int) -> str:
    """Return the results as Markdown."""
    medians = {size: [statistics.median(step) for step in zip(*times, strict=True)] for size, times in results.items()}
    rows = [
        f"| {size:,} | " + " | ".join(_cell(times, step) for step in range(3)) + " |" for size, times in results.items()
    ]
    growth = [_growth(name, {size: times[step] for size, times in medians.items()}) for step, name in enumerate(STEPS)]
    return "\n".join(
        [
            "# Benchmark: the ledger",
            "",
            "A made ledger, every printed text another one, nothing remembered between runs: read and validate it,",
            f"freeze the snapshot of {MONTH}, open that. Processor seconds, median of {runs} runs (least to greatest).",
            f"{os.cpu_count()} cores, Python {platform.python_version()}, pandas {pd.__version__}.",
            "",
            f"| statements | {' | '.join(STEPS)} |",
            "| ---: | ---: | ---: | ---: |",
            *rows,
            "",
            *growth,
            "",
            "Run again: `.venv/bin/python -m benchmarks.ledger`.",
            "",
        ]
    )


def _cell(times: list[tuple[float, float, float]], step: int) -> str:
    seconds = sorted(run[step] for run in times)
    return f"{statistics.median(seconds):.2f} ({seconds[0]:.2f} to {seconds[-1]:.2f})"


def _growth(name: str, seconds: dict[int, float]) -> str:
    """Return a line on how a step grows: what a statement more costs between the sizes, early and late."""
    sizes = sorted(seconds)
    slopes = [(seconds[b] - seconds[a]) / (b - a) * 1e6 for a, b in pairwise(sizes)]
    shown = ", ".join(f"{slope:.0f}" for slope in slopes)
    ratio = (seconds[sizes[-1]] / sizes[-1]) / (seconds[sizes[0]] / sizes[0])
    verdict = "grows linearly or slower" if ratio <= LINEAR else "GROWS FASTER THAN LINEARLY"
    return f"- {name}: {shown} microseconds for each further statement; {ratio:.2f} times per statement: {verdict}."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--runs", type=int, default=RUNS)
    chosen = parser.parse_args()
    text = report(measure(tuple(chosen.sizes), chosen.runs), chosen.runs)
    TARGET.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
