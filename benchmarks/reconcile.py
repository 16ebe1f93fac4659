"""Prove and time reconciliation at length: simulated markets, the ledger as it is, synthetic ledgers of growing size.

Run: .venv/bin/python -m benchmarks.reconcile            (writes benchmarks/reconcile.md; takes about 15 minutes)
     .venv/bin/python -m benchmarks.reconcile --speed    (times again, keeps the proofs of the file)
     .venv/bin/python -m benchmarks.reconcile --rules    (tells what each rule is worth, printed only; 15 minutes)
     .venv/bin/python -m benchmarks.reconcile --quick    (a tenth of it, printed only)
"""

import argparse
import os
import platform
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd

from metalsbook.analysis import reconcile as room
from metalsbook.analysis.reconcile import Months, contradictions, habits, reconcile, system
from metalsbook.analysis.reconcile.estimates import MOST, hide_months
from metalsbook.derived import _compute
from metalsbook.paths import snapshots_folder
from metalsbook.snapshots.snapshot import open_snapshot
from tests.analysis.market_proofs import tally_markets, tally_planted
from tests.analysis.market_simulator import USUAL, Ways, simulate_market

MONTH = "2025-11"
HIDDEN = (MONTH, "2025-12")
RUNS = 5
CLEAN = range(5000, 5200)
PLANTED = range(7000, 7170)
REVISING = range(15)
WAYS = {
    "revisions up to 2.5%": Ways(revision=0.025),
    "last year re-based by up to 0.5%": Ways(base=0.005),
    "last year re-based by up to 2%": Ways(base=0.02),
    "January with February, falls by 99%, zero months, late starts": Ways(
        combined=True, falls=True, zeros=True, late=True
    ),
    "one of three houses always cuts digits off, 70% of all figures printed": Ways(cuts=True, density=0.7),
    "the same, 10 to 90% of them printed": Ways(cuts=True),
}
SIZES = ((10, 60), (25, 60), (50, 60), (100, 60), (200, 60), (200, 120), (200, 240))
SUMS = habits.small_sums
CUTS = habits.learn_cuts
LOOSER = system.System.looser
WITHOUT: dict[str, tuple[Any, str, Any]] = {
    "nothing": (habits, "UNLIKELY", habits.UNLIKELY),
    "the limit of a year whose rate stands beside both levels": (habits, "_base_limits", lambda checks: {}),
    "bases from three growth rates": (
        habits,
        "small_sums",
        lambda facts: (one for one in SUMS(facts) if sum(bool(fact.bottom) for fact in one[0] + one[1]) < 3),
    ),
    "months that were revised together with other series": (habits, "_joint_limits", lambda checks: {}),
    "a share of figures that is not restated": (habits, "SHARES", {"revision": (1.0,), "base": (1.0,)}),
    "neighbouring rounds judged apart": (habits.Check, "is_next_round", False),
    "cut digits": (room, "learn_cuts", lambda systems: (frozenset(), frozenset())),
    "publishers that may cut digits": (room, "learn_cuts", lambda systems: (CUTS(systems)[0], frozenset())),
    "prints that meet at the edge of their rounding": (
        system,
        "_cut_edges",
        lambda facts, shown: [(fact.low, fact.high) for fact in facts],
    ),
    "years restated as a whole": (
        system.System,
        "looser",
        lambda self, element, reading: [way for way in LOOSER(self, element, reading) if way != system.WIDE],
    ),
    "the order of sides that cost the same": (contradictions, "_likelihood", lambda _, side: sorted(side.items())),
    "more than one side": (contradictions, "MOST_SIDES", 1),
    "publishers that printed the same count for more": (contradictions, "HOUSE", 0.0),
    "small sums first": (contradictions, "_clashing_sums", lambda facts: []),
}
"""Rules, with what takes each away: where it stands, its name there, what stands for it."""

BEFORE = "b8f357e", 219
"""The reconciliation that this one replaced, and its time in loops (`time_edition`), measured in one run with it."""
SPEED = "## Speed"
TARGET = Path(__file__).with_suffix(".md")


def tables_of(month: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the statements of an edition and the catalogue."""
    tables = open_snapshot(snapshots_folder() / month).tables
    return tables["statements"], tables["series"]


def time_ledger(runs: int) -> tuple[list[float], list[float], int]:
    """Return processor seconds of fresh runs, of runs that leave one source out, and the number of statements."""
    statements, series = tables_of(MONTH)
    fresh, without = [], []
    sources = statements["source"].value_counts().index[:runs]
    for source in sources:
        fresh.append(_seconds(reconcile, statements, series))
        without.append(_seconds(reconcile, statements[statements["source"] != source], series))
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


def simulate_ledger(series: int, months: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return statements and catalogue of many markets side by side, each a total with three parts."""
    statements, catalogues = [], []
    for number in range(series // 4):
        market, prefix = simulate_market(number, ways=Ways(density=0.5, months=months, parts=3)), f"m{number:03d}."
        named, tied = ["statement", "series"], ["series", "part_of", "share_of"]
        statements.append(market.statements.assign(**{name: prefix + market.statements[name] for name in named}))
        names = market.series[tied].replace(r"([^/]+)", rf"{prefix}\1", regex=True)
        catalogues.append(market.series.assign(**names))
    return pd.concat(statements, ignore_index=True), pd.concat(catalogues, ignore_index=True)


def prove(share: float) -> list[str]:
    """Return the sections on simulated markets and hidden prints; `share` scales the number of markets."""
    clean, planted = (seeds[: max(int(share * len(seeds)), 5)] for seeds in (CLEAN, PLANTED))
    found = tally_planted(planted, Ways(density=0.7), int(150 * share))
    rows = [("of every habit of revising, up to 0.8%", tally_markets(clean))]
    rows += [(name, tally_markets(REVISING, ways=ways)) for name, ways in WAYS.items()]
    return [
        "# Benchmark: reconciliation",
        "",
        f"{len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}, pandas {pd.__version__}.",
        "Times are processor seconds of one process.",
        "",
        "## Simulated markets without an error",
        "",
        "Outside: months whose true value lies outside their interval. False: contradictions told though no print is",
        "wrong.",
        "",
        "| market | markets | months | outside | false |",
        "| --- | ---: | ---: | ---: | ---: |",
        *[f"| {n} | {t.markets} | {t.months:,} | {len(t.outside)} | {t.conflicts} |" for n, t in rows],
        "",
        "Of cut digits, what is left lies in markets in which no other print tells the two readings apart. To read",
        "every print of a publisher of whom nothing is known as either would leave none of the eleven, and would widen",
        "the hidden months of the edition 2025-11 from 0.60 to 0.72% of the level.",
        "",
        "## Simulated markets with one planted error",
        "",
        "Digits swapped, a wrong label or a factor of 10: a figure wrong by a twentieth at least, where 70% of all",
        "figures are printed.",
        "",
        f"Markets: {found.planted}. Found: {found.caught}, and named as the suspect: {found.suspected}. Months that a",
        f"contradiction touches: {found.touched:,}; of these outside their interval: {found.touched_outside}.",
        "",
        *describe_hidden(),
        "",
    ]


def describe_hidden() -> list[str]:
    """Return the section on printed months of editions that are hidden in turn."""
    lines = ["## Printed months hidden in turn", ""]
    for month in HIDDEN:
        months = Months(*tables_of(month))
        bands = months.solve().bands.set_index("family")
        band, hidden = bands.loc["all families"], hide_months(months.components(), most=10_000)
        likely = [one.width * bands["share"].get(one.family, band["share"]) for one in hidden]
        inside = sum(one.distance <= 1 for one in hidden)
        lines += [
            f"The edition {month}: {len(hidden)} printed months come back to within 10%, at a median width of",
            f"{100 * statistics.median(one.width for one in hidden):.2f}% of the level; {inside} of them "
            f"({inside / len(hidden):.1%}) hold the print; the median distance of the middle from it is",
            f"{100 * statistics.median(one.error for one in hidden):.3f}%. The likely band, of at most {MOST} months a "
            f"family, takes {band['share']:.2f} of the",
            f"half width, {100 * statistics.median(likely):.2f}% of the level in the median, and holds",
            f"{band['covered']:.0f} of {band['tested']:.0f} prints that did not set it.",
            "",
        ]
    return lines[:-1]


def weigh_rules() -> Iterator[str]:
    """Yield a table: what hidden months, simulated markets and planted errors are like without each rule."""
    yield "| without | width | hold | contradictions | outside | false | named | touched, outside |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for name, (place, what, instead) in WITHOUT.items():
        with patch.object(place, what, instead):
            months = Months(*tables_of(MONTH))
            count = months.solve().conflicts["conflict"].nunique()
            hidden = hide_months(months.components(), most=10_000)
            width = 100 * statistics.median(one.width for one in hidden)
            hold = sum(one.distance <= 1 for one in hidden)
            tallies = [tally_markets(REVISING, ways=ways) for ways in [USUAL, *WAYS.values()]]
            outside, false = sum(len(one.outside) for one in tallies), sum(one.conflicts for one in tallies)
            found = tally_planted(PLANTED, Ways(density=0.7), 150)
        ledger = f"{width:.2f}% | {hold} of {len(hidden)} | {count}"
        planted = f"{found.suspected} | {found.touched_outside}"
        yield f"| {name} | {ledger} | {outside} | {false} | {planted} |"


def clock(sizes: tuple) -> list[str]:
    """Return the section on speed."""
    fresh, without, count = time_ledger(RUNS)
    growth = time_growth(sizes)
    edition, loop = time_edition()
    return [
        SPEED,
        "",
        f"The edition {MONTH}, {count:,} statements: {statistics.median(fresh):.2f} s "
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
    parser.add_argument("--rules", action="store_true", help="tell what each rule is worth, printed only")
    chosen = parser.parse_args(arguments)
    if chosen.rules:
        for line in weigh_rules():
            print(line, flush=True)
    elif chosen.quick:
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
