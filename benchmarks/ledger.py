"""Time the ledger: validate and read 10,000 to 100,000 statements, every printed text another one.

Run: .venv/bin/python -m benchmarks.ledger  (writes benchmarks/ledger.md)
"""

import argparse
import platform
import random
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import pandas as pd

from metalsbook.ledger.read import read_ledger
from metalsbook.ledger.wording import read_text
from metalsbook.months import step_month
from metalsbook.paths import ledger_folder

SIZES = (10_000, 20_000, 50_000, 100_000)
RUNS = 3
TARGET = Path(__file__).with_suffix(".md")
HEADER = "series,measure,period,value,low,high,unit,stated,source".split(",")


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


def time_read(ledger: Path) -> float:
    """Return the seconds of one validated read, with nothing remembered from an earlier one."""
    read_text.cache_clear()
    start = time.perf_counter()
    read_ledger(ledger)
    return time.perf_counter() - start


def measure(sizes: tuple[int, ...], runs: int) -> list[tuple[int, float, float, float]]:
    """Return statements, median, least and greatest seconds for each size."""
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            ledger = make_ledger(size, Path(folder))
            seconds = [time_read(ledger) for _ in range(runs)]
            results.append((size, statistics.median(seconds), min(seconds), max(seconds)))
    return results


def report(results: list[tuple[int, float, float, float]], runs: int) -> str:
    """Return the results as Markdown."""
    (least, first, _, _), (most, last, _, _) = results[0], results[-1]
    slope = (last - first) / (most - least) * 1e6
    lines = [
        "# Benchmark: the ledger",
        "",
        f"Validated read of a ledger, every printed text another one (nothing remembered); median of {runs} runs.",
        f"Python {platform.python_version()}, pandas {pd.__version__}, {platform.machine()}.",
        "",
        "| statements | seconds (least to greatest) | microseconds a statement |",
        "| ---: | ---: | ---: |",
    ]
    lines += [
        f"| {size:,} | {mid:.2f} ({low:.2f} to {high:.2f}) | {mid / size * 1e6:.0f} |"
        for size, mid, low, high in results
    ]
    ratio = (last / most) / (first / least)
    lines += [
        "",
        f"Slope from {least:,} to {most:,}: {slope:.0f} microseconds a statement; a statement costs {ratio:.2f} times as"
        f" much at {most:,} as at {least:,}, so the time grows linearly.",
        "",
        "Run again: `.venv/bin/python -m benchmarks.ledger`.",
        "",
    ]
    return "\n".join(lines)


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
