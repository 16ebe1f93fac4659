"""How far first prints of a series are usually revised: measured on pairs of its own statements.

A *check* is a small sum that statements of one series make among themselves and whose prints stem from different
rounds: the same figure printed twice, a cumulated figure against the one before plus the month, a growth rate against
its two levels. What rounding does not explain of it is a revision, and is counted against one month's print alone: the
smallest common percentage would spread it over all months and leave no room for the month that was really revised.

Of `m` checks at least as tight as `t`, with `s` the largest revision seen, the largest one possible is taken as
max(s, t) * 10^(4/m): were revisions spread evenly up to a limit, all m would fall short of it by that factor once in
10,000 series. The allowance is the least of this over m, or `DEFAULT_ALLOWANCE` where too few checks are tight.
A gap above `USUAL_LIMIT` is an outlier, not a revision, unless a tenth of the checks (and three at least) show one.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from metalsbook.analysis.reconcile.facts import Cell, Fact, month_text
from metalsbook.analysis.reconcile.sums import small_sums
from metalsbook.analysis.reconcile.vintages import FINAL, last_rounds, vintage_of

DEFAULT_ALLOWANCE = 0.01
USUAL_LIMIT = 0.01
HEAVY_LIMIT = 0.03
FEWEST_CHECKS = 8
REVISION_COLUMNS = ["series", "period", "printed", "later", "gap", "gap_pct", "direction", "statements"]
ALLOWANCE_COLUMNS = [
    "series", "allowance_pct", "basis", "checks", "tight_checks", "revisions", "up", "down", "median_pct",
    "largest_pct",
]  # fmt: skip


@dataclass(frozen=True)
class Check:
    """A sum between prints of different rounds.

    Attributes:
        facts: The prints, the later side first.
        months: Months whose vintage differs between them.
        printed: Round of the earlier vintage.
        later: Round of the later vintage.
        gap: Revision that rounding does not explain, later minus earlier (unit of the series); 0 where none is needed.
        gap_share: Absolute gap per level of one month.
        slack_share: Half of what rounding leaves open, per level of one month.
    """

    facts: tuple[Fact, ...]
    months: tuple[Cell, ...]
    printed: int
    later: int
    gap: float
    gap_share: float
    slack_share: float


def find_checks(facts: list[Fact]) -> dict[str, list[Check]]:
    """Return the checks of every series, the tightest one for each set of months and pair of rounds."""
    last = last_rounds(facts)
    best: dict[tuple, Check] = {}
    for plus, minus, low, high in small_sums(facts):
        if len({cell.series for fact in plus + minus for cell in fact.cells}) > 1:
            continue
        check = _judge(plus, minus, low, high, last)
        if check is None:
            continue
        name = (plus[0].series, check.months, check.printed, check.later)
        if name not in best or (check.slack_share, check.facts[0].key) < (
            best[name].slack_share,
            best[name].facts[0].key,
        ):
            best[name] = check
    found = defaultdict(list)
    for name in sorted(best):
        found[name[0]].append(best[name])
    return found


def _judge(
    plus: tuple[Fact, ...], minus: tuple[Fact, ...], low: float, high: float, last: dict[Cell, int]
) -> Check | None:
    """Return what a sum says of revisions; None where all its prints may show one vintage."""
    facts = plus + minus
    trials = (_torn_months(plus, minus, dict(zip(facts, choice, strict=True)), last)
              for choice in product(*(fact.rounds for fact in facts)))  # fmt: skip
    torn = min(trials, key=len)
    if not torn:
        return None
    sides = Counter(side for _, _, _, side in torn)
    side = 1 if sides[1] >= sides[-1] else -1
    gap = side * (low if low > 0 else high if high < 0 else 0.0)
    level = min(_month_level(cell, facts) for cell, *_ in torn)
    if level <= 0:
        return None
    return Check(
        facts=facts, months=tuple(sorted({cell for cell, *_ in torn})),
        printed=min(early for _, early, _, _ in torn), later=max(late for _, _, late, _ in torn),
        gap=gap, gap_share=abs(gap) / level, slack_share=(high - low) / 2 / level,
    )  # fmt: skip


def _torn_months(
    plus: tuple[Fact, ...], minus: tuple[Fact, ...], rounds: dict[Fact, int], last: dict[Cell, int]
) -> list[tuple]:
    """Return (cell, earlier round, later round, side of the later one) of cells shown in two vintages."""
    shown: dict[Cell, dict[int, int]] = defaultdict(dict)
    for side, facts in ((1, plus), (-1, minus)):
        for fact in facts:
            for cell in fact.cells:
                vintage = vintage_of(cell, rounds[fact], last)[1]
                shown[cell].setdefault(last[cell] if vintage == FINAL else vintage, side)
    return [(cell, min(seen), max(seen), seen[max(seen)]) for cell, seen in shown.items() if len(seen) > 1]


def _month_level(cell: Cell, facts: tuple[Fact, ...]) -> float:
    """Return the level of a month, from the shortest amount that contains it."""
    around = [fact for fact in facts if not fact.bottom and cell in fact.top]
    if not around:
        around = [fact for fact in facts if not fact.bottom]
    shortest = min(around, key=lambda fact: (len(fact.top), fact.key))
    return (shortest.low + shortest.high) / 2 / sum(part.span for part in shortest.top)


def estimate_allowance(checks: list[Check]) -> tuple[float, str]:
    """Return the revision allowance of a series as a share of a print (0.01 = 1%), and its basis.

    The basis is `estimated`, or `default` where too few checks are tight enough to tell.
    """
    gaps = [check.gap_share for check in checks if check.gap_share > 0]
    heavy = [gap for gap in gaps if USUAL_LIMIT < gap <= HEAVY_LIMIT]
    limit = HEAVY_LIMIT if len(heavy) >= max(3, 0.1 * len(checks)) else USUAL_LIMIT
    seen = max((gap for gap in gaps if gap <= limit), default=0.0)
    slacks = sorted(check.slack_share for check in checks)
    bounds = [max(seen, slacks[m - 1]) * 10 ** (4 / m) for m in range(FEWEST_CHECKS, len(slacks) + 1)]
    estimated = min(bounds, default=np.inf)
    if estimated < DEFAULT_ALLOWANCE:
        return _round_up(max(estimated, 1e-4)), "estimated"
    return _round_up(max(seen * 1.2, DEFAULT_ALLOWANCE)), "default" if seen * 1.2 < DEFAULT_ALLOWANCE else "estimated"


def _round_up(share: float) -> float:
    return float(np.ceil(round(share * 1e4, 6)) / 1e4)


def describe_allowances(checks: dict[str, list[Check]], names: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the allowances and the revisions as frames.

    Args:
        checks: Checks of each series.
        names: All series that take part.

    Returns:
        Allowances (key `series`): `allowance_pct` of a first print, `basis`, number of checks, of tight ones (rounding
        leaves less than the allowance), of revisions, up and down, their median and largest size in per cent of a
        month. Revisions (one row a revised print): `series, period` (months), `printed`, `later` (rounds, "YYYY-MM"),
        `gap` (later minus earlier, unit of the series), `gap_pct` (of one month), `direction`, `statements`.
    """
    allowances, revisions = [], []
    for name in sorted(names):
        share, basis = estimate_allowance(checks.get(name, []))
        seen = [check for check in checks.get(name, []) if 0 < check.gap_share <= share]
        sizes = [100 * check.gap_share for check in seen]
        up = sum(check.gap > 0 for check in seen)
        tight = sum(check.slack_share < share for check in checks.get(name, []))
        allowances.append((
            name, 100 * share, basis, len(checks.get(name, [])), tight, len(seen), up, len(seen) - up,
            float(np.median(sizes)) if sizes else 0.0, max(sizes, default=0.0),
        ))  # fmt: skip
        revisions += [_revision_row(name, check) for check in seen]
    revised = pd.DataFrame(revisions, columns=REVISION_COLUMNS)
    return pd.DataFrame(allowances, columns=ALLOWANCE_COLUMNS), revised


def _revision_row(name: str, check: Check) -> tuple:
    first, final = check.months[0], check.months[-1]
    period = month_text(first.start) if first == final else f"{month_text(first.start)}/{month_text(final.start)}"
    statements = " ".join(sorted(fact.key for fact in check.facts))
    direction = "up" if check.gap > 0 else "down"
    return (
        name, period, month_text(check.printed), month_text(check.later), check.gap, 100 * check.gap_share,
        direction, statements,
    )  # fmt: skip
