"""How far first prints are usually revised: measured on the statements' own checks, and shown.

The parts of a total and the total come from one office, so their checks count together, one a month: the tightest. A
check whose rounding leaves w to either side hides at most 2w of a revision. Say that an office revises a quarter of its
first prints, evenly up to a limit r. A check that would show a revision above s stays silent with the chance
1 - (1 - s/r)/4, and m such checks stay silent together once in 100 cases where r = s / (1 - 4 (1 - 0.01^(1/m))). With s
the largest revision seen and 2w of the m-th tightest check on top, the least such r is the allowance. Where the checks
say so little that r exceeds `DEFAULT_ALLOWANCE`, nobody can tell, and the default holds.

A gap above `USUAL_LIMIT` is an outlier, not a revision, unless a tenth of the checks (and three at least) show one.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pandas as pd

from metalsbook.analysis.reconcile.blocks import family_of
from metalsbook.analysis.reconcile.checks import Check
from metalsbook.analysis.reconcile.facts import month_text
from metalsbook.analysis.reconcile.vintages import SETTLED

DEFAULT_ALLOWANCE = 0.01
USUAL_LIMIT = 0.01
HEAVY_LIMIT = 0.03
REVISED_SHARE = 0.25
"""Share of first prints that an office that revises at all is taken to revise at least."""

MISSED = 0.01
"""Chance, under that assumption, that all checks miss a revision larger than the allowance."""

REVISION_COLUMNS = ["series", "period", "printed", "later", "gap", "gap_pct", "direction", "statements"]
ALLOWANCE_COLUMNS = [
    "series", "allowance_pct", "basis", "checks", "tight_checks", "revisions", "up", "down", "median_pct",
    "largest_pct",
]  # fmt: skip


@dataclass(frozen=True)
class Allowance:
    """The revision allowance of a series.

    Attributes:
        share: Share of a print by which another vintage may differ (0.01 = 1%).
        basis: `estimated`, or `default` where too few checks are tight enough to tell.
    """

    share: float
    basis: str


def estimate_allowances(
    checks: dict[str, list[Check]], names: list[str], totals: dict[str, str]
) -> dict[str, Allowance]:
    """Return the allowance of each series, estimated on all checks of its family.

    Args:
        checks: Checks of each series.
        names: All series that take part.
        totals: The series whose total a series is a part of.
    """
    pooled: dict[str, list[Check]] = defaultdict(list)
    for name in names:
        pooled[family_of(name, totals)] += checks.get(name, [])
    estimated = {family: _estimate(found) for family, found in pooled.items()}
    return {name: estimated[family_of(name, totals)] for name in names}


def _estimate(checks: list[Check]) -> Allowance:
    gaps = [check.gap_share for check in checks]
    heavy = [gap for gap in gaps if USUAL_LIMIT < gap <= HEAVY_LIMIT]
    limit = HEAVY_LIMIT if len(heavy) >= max(3, 0.1 * len(checks)) else USUAL_LIMIT
    seen = max((gap for gap in gaps if gap <= limit), default=0.0)
    slacks = sorted(_tightest_by_month(checks).values())
    limits = [_largest_missed(seen + 2 * slack, number) for number, slack in enumerate(slacks, 1)]
    estimated = max(min(limits, default=np.inf), 1e-4)
    if estimated < DEFAULT_ALLOWANCE:
        return Allowance(_round_up(estimated), "estimated")
    usual = 1.2 * seen
    return Allowance(_round_up(max(usual, DEFAULT_ALLOWANCE)), "estimated" if usual > DEFAULT_ALLOWANCE else "default")


def _tightest_by_month(checks: list[Check]) -> dict[tuple, float]:
    """Return the least slack of the checks on each month: a month revised is one witness, however often checked."""
    slacks: dict[tuple, float] = {}
    for check in checks:
        month = check.months[-1]
        slacks[month] = min(check.slack_share, slacks.get(month, np.inf))
    return slacks


def _largest_missed(seen: float, checks: int) -> float:
    """Return the largest revision that so many checks would have missed with the chance `MISSED`."""
    heard = 1 - (1 - MISSED ** (1 / checks)) / REVISED_SHARE
    return seen / heard if heard > 0 else np.inf


def _round_up(share: float) -> float:
    return float(np.ceil(round(share * 1e4, 6)) / 1e4)


def allowance_frame(checks: dict[str, list[Check]], allowances: dict[str, Allowance]) -> pd.DataFrame:
    """Return the allowances, key `series`.

    `allowance_pct` of a first print and its `basis`; the series' own `checks`, `tight_checks` (rounding leaves less
    than the allowance), `revisions`, how many went `up` and `down`, their median and largest size in per cent of a
    month.
    """
    rows = []
    for name, allowance in sorted(allowances.items()):
        own = checks.get(name, [])
        sizes = [100 * check.gap_share for check in _revisions(own, allowance)]
        up = sum(check.gap > 0 for check in _revisions(own, allowance))
        tight = sum(check.slack_share < allowance.share for check in own)
        median, largest = (float(np.median(sizes)), max(sizes)) if sizes else (0.0, 0.0)
        rows.append((
            name, 100 * allowance.share, allowance.basis, len(own), tight, len(sizes), up, len(sizes) - up, median,
            largest,
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=ALLOWANCE_COLUMNS)


def revision_frame(checks: dict[str, list[Check]], allowances: dict[str, Allowance]) -> pd.DataFrame:
    """Return the clashes that a revision within the allowance explains, one row a revised print.

    Columns: `series, period` (the month, or first/last of several), `printed`, `later` (rounds, "YYYY-MM"), `gap`
    (later minus earlier, unit of the series), `gap_pct` (of one month), `direction` (`up`, `down`), `statements`.
    """
    rows = []
    for name, allowance in sorted(allowances.items()):
        for check in _revisions(checks.get(name, []), allowance):
            first, last = month_text(check.months[0].start), month_text(check.months[-1].start)
            later = max(fact.rounds[-1] for fact in check.facts) if check.later == SETTLED else check.later
            rows.append((
                name, first if first == last else f"{first}/{last}", month_text(check.printed), month_text(later),
                check.gap, 100 * check.gap_share, "up" if check.gap > 0 else "down",
                " ".join(sorted(fact.key for fact in check.facts)),
            ))  # fmt: skip
    return pd.DataFrame(sorted(rows), columns=REVISION_COLUMNS)


def _revisions(checks: list[Check], allowance: Allowance) -> list[Check]:
    return [check for check in checks if 0 < check.gap_share <= allowance.share]
