"""Prove and time reconciliation at length: simulated markets, the ledger as it is, synthetic ledgers of growing size.

Run: .venv/bin/python -m benchmarks.reconcile            (writes benchmarks/reconcile.md; takes about 20 minutes)
     .venv/bin/python -m benchmarks.reconcile --speed    (times again, keeps the proofs of the file)
     .venv/bin/python -m benchmarks.reconcile --quick    (a tenth of it, printed only)
"""

import argparse
import os
import platform
import statistics
import sys
import time
from pathlib import Path

import pandas as pd

from metalsbook.analysis.reconcile import reconcile
from metalsbook.derived import _compute
from metalsbook.ledger.reading import read_ledger
from metalsbook.months import cut_off
from metalsbook.paths import snapshots_folder
from metalsbook.snapshots.snapshot import open_snapshot
from tests.analysis.market_proofs import Tally, tally_markets
from tests.analysis.market_simulator import ERRORS, simulate_ledger

MONTH = "2025-11"
RUNS = 5
MARKETS = 1500
MARKETS_WITH_ERROR = 400
SIZES = ((10, 60), (25, 60), (50, 60), (100, 60), (200, 60), (200, 120), (200, 240))
BEFORE = "b8f357e", 219
"""The reconciliation that this one replaced, and its time in loops (`time_edition`), measured in one run with it."""
SPEED = "## Speed"
TARGET = Path(__file__).with_suffix(".md")


def ledger_as_of(month: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the statements of an edition and the catalogue."""
    ledger = read_ledger()
    rows = ledger.statements
    kept = rows[(rows["published"] <= cut_off(month)) & (rows["period"].str[:7] <= month)]
    return kept, ledger.series


def time_ledger(runs: int) -> tuple[list[float], list[float], int]:
    """Return processor seconds of fresh runs, of runs that leave one source out, and the number of statements."""
    statements, series = ledger_as_of(MONTH)
    fresh, without = [], []
    sources = statements["source"].value_counts().index[:runs]
    for source in sources:
        fresh.append(_seconds(reconcile, statements, series))
        without.append(_seconds(reconcile, statements, series, {source}))
    return fresh, without, len(statements)


def time_edition() -> tuple[float, float]:
    """Return the processor seconds of reconciling and judging an edition, and those of a fixed loop beside it."""
    snapshot = open_snapshot(snapshots_folder() / MONTH)
    loops = [_seconds(_loop)]
    with pd.option_context("mode.string_storage", "python"):
        seconds = _seconds(_compute, snapshot)
    loops.append(_seconds(_loop))
    return seconds, statistics.mean(loops)


def _loop() -> int:
    total = 0
    for number in range(3_000_000):
        total += number * number
    return total


def _seconds(function, *arguments) -> float:
    started = time.process_time()
    function(*arguments)
    return time.process_time() - started


def time_growth(sizes: tuple) -> list[tuple[int, int, int, float]]:
    """Return (series, months, statements, processor seconds) of synthetic ledgers."""
    rows = []
    for count, months in sizes:
        statements, series = simulate_ledger(count, months)
        rows.append((count, months, len(statements), _seconds(reconcile, statements, series)))
    return rows


def describe_clean(tally: Tally) -> list[str]:
    """Return the lines on markets without an error."""
    known = tally.bases["reported"] + tally.bases["implied"]
    return [
        f"{tally.markets:,} markets, {tally.months:,} months, {known / sum(tally.bases.values()):.0%} of them known.",
        f"Months whose true value lies outside their interval: {len(tally.outside)}.",
        f"Markets in which a conflict was found: {len(tally.alarms)}.",
        *[f"- outside: seed {seed}, {series} {period}" for seed, series, period in tally.outside],
    ]


def describe_error(error: str, tally: Tally) -> str:
    """Return the table row on markets with one planted error."""
    sizes = sorted(tally.sizes.elements())
    middle = statistics.median(sizes) if sizes else 0
    covered = 1 - tally.touched_outside / max(tally.touched, 1)
    return (
        f"| {error} | {tally.planted} | {tally.caught / tally.planted:.0%} | {middle:g} | {max(sizes, default=0)} "
        f"| {tally.touched:,} | {covered:.2%} |"
    )


def prove(share: float) -> list[str]:
    """Return the sections on simulated markets; `share` scales their number."""
    clean = tally_markets(range(int(MARKETS * share)))
    errors = {error: tally_markets(range(int(MARKETS_WITH_ERROR * share)), error) for error in ERRORS}
    return [
        "# Benchmark: reconciliation",
        "",
        f"{len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}, pandas {pd.__version__}.",
        "Times are processor seconds of one process.",
        "",
        "## Simulated markets without an error",
        "",
        *describe_clean(clean),
        "",
        "## Simulated markets with one planted error",
        "",
        "Recall: share of markets in which a conflict contains the planted statement. An error that no other figure",
        "speaks against cannot be found. Covered: months that a conflict touches whose true value lies within.",
        "",
        "| error | markets | recall | statements in the conflict (median) | most | months touched | covered |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        *[describe_error(error, tally) for error, tally in errors.items()],
        "",
    ]


def clock(sizes: tuple) -> list[str]:
    """Return the section on speed."""
    fresh, without, count = time_ledger(RUNS)
    growth = time_growth(sizes)
    edition, loop = time_edition()
    return [
        SPEED,
        "",
        f"The ledger as of {MONTH}, {count:,} statements: {statistics.median(fresh):.2f} s "
        f"(median of {RUNS}, {min(fresh):.2f} to {max(fresh):.2f});",
        f"again without one source: {statistics.median(without):.2f} s ({min(without):.2f} to {max(without):.2f}).",
        "",
        f"The edition {MONTH}, reconciliation, claims and forecasts together: {edition:.1f} s, "
        f"{edition / loop:.0f} times a loop of 3 million",
        f"multiplications in the same run. The code at commit {BEFORE[0]} took {BEFORE[1]} such loops.",
        "",
        "| series | months | statements | seconds | milliseconds a statement |",
        "| ---: | ---: | ---: | ---: | ---: |",
        *[f"| {n} | {m} | {k:,} | {s:.1f} | {1000 * s / k:.2f} |" for n, m, k, s in growth],
        "",
        "Run again: `.venv/bin/python -m benchmarks.reconcile`, or with `--speed` for this section alone.",
        "",
    ]


def main(arguments: list[str]) -> int:
    """Run and write, or print, the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the markets, printed only")
    parser.add_argument("--speed", action="store_true", help="time again, keep the proofs of the file")
    chosen = parser.parse_args(arguments)
    if chosen.quick:
        print("\n".join([*prove(0.1), *clock(SIZES[:3])]))
    elif chosen.speed:
        proofs = TARGET.read_text(encoding="utf-8").split(SPEED)[0]
        TARGET.write_text(proofs + "\n".join(clock(SIZES)), encoding="utf-8")
    else:
        proofs = prove(1)
        TARGET.write_text("\n".join(proofs), encoding="utf-8")
        TARGET.write_text("\n".join([*proofs, *clock(SIZES)]), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
