"""How far first prints are usually revised: measured on each series' own checks, and shown.

The allowance is the largest usual revision that the series' checks leave possible (`limits`), where that is less than
the default; or up to `TELLING`, where the series is seen to revise `OFTEN`. Where checks are too few, or too coarsely
rounded, nobody can tell, and the default holds, unless they show revisions larger than it as the usual thing.

A check that shows more than `USUAL_LIMIT` of the months at stake is an outlier, not a revision, unless a tenth of the
months checked (and three at least) show one.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from metalsbook.analysis.reconcile.checks import Check
from metalsbook.analysis.reconcile.facts import month_text
from metalsbook.analysis.reconcile.limits import largest_limit, one_a_month
from metalsbook.analysis.reconcile.vintages import SETTLED

DEFAULT_ALLOWANCE = 0.01
TELLING = 2 * DEFAULT_ALLOWANCE
OFTEN = 5
USUAL_LIMIT = 0.01
HEAVY_LIMIT = 0.03

REVISION_COLUMNS = ["series", "period", "printed", "later", "gap", "gap_pct", "direction", "statements"]
ALLOWANCE_COLUMNS = [
    "series",
    "allowance_pct",
    "basis",
    "checks",
    "tight_checks",
    "revisions",
    "up",
    "down",
    "median_pct",
    "largest_pct",
]


@dataclass(frozen=True)
class Allowance:
    """The revision allowance of a series.

    Attributes:
        share: Share of a print by which another vintage may differ (0.01 = 1%).
        basis: `estimated`, or `default` where too few checks are tight enough to tell.
    """

    share: float
    basis: str


def estimate_allowances(checks: dict[str, list[Check]], names: list[str]) -> dict[str, Allowance]:
    """Return the allowance of each series.

    Args:
        checks: Checks of each series.
        names: All series that take part.
    """
    return {name: _estimate(checks.get(name, [])) for name in names}


def _estimate(checks: list[Check]) -> Allowance:
    witnesses = one_a_month(checks)
    heavy = [check for check in witnesses if USUAL_LIMIT < check.size <= HEAVY_LIMIT]
    limit = HEAVY_LIMIT if len(heavy) >= max(3, 0.1 * len(witnesses)) else USUAL_LIMIT
    usual = [check for check in witnesses if check.size <= limit]
    estimated = largest_limit(usual)
    revised = sum(check.gap_share > 0 for check in usual)
    if estimated < DEFAULT_ALLOWANCE or (estimated <= TELLING and revised >= OFTEN):
        return Allowance(_round_up(estimated), "estimated")
    if max((check.size for check in usual), default=0.0) > DEFAULT_ALLOWANCE:
        return Allowance(_round_up(min(estimated, HEAVY_LIMIT)), "estimated")
    return Allowance(DEFAULT_ALLOWANCE, "default")


def _round_up(share: float) -> float:
    return float(np.ceil(round(share * 1e4, 6)) / 1e4)


def allowance_frame(checks: dict[str, list[Check]], allowances: dict[str, Allowance]) -> pd.DataFrame:
    """Return the allowances, key `series`.

    `allowance_pct` of a first print and its `basis`; the series' own `checks`, `tight_checks` (rounding leaves less
    than the allowance), `revisions`, how many went `up` and `down`, their median and largest size in per cent of the
    months that may have been revised.
    """
    rows = []
    for name, allowance in sorted(allowances.items()):
        own = checks.get(name, [])
        sizes = [100 * check.size for check in _revisions(own, allowance)]
        up = sum(check.gap > 0 for check in _revisions(own, allowance))
        tight = sum(check.slack_share < allowance.share for check in own)
        median, largest = (float(np.median(sizes)), max(sizes)) if sizes else (0.0, 0.0)
        rows.append(
            (
                name,
                100 * allowance.share,
                allowance.basis,
                len(own),
                tight,
                len(sizes),
                up,
                len(sizes) - up,
                median,
                largest,
            )
        )
    return pd.DataFrame(rows, columns=ALLOWANCE_COLUMNS)


def revision_frame(checks: dict[str, list[Check]], allowances: dict[str, Allowance]) -> pd.DataFrame:
    """Return the clashes that a revision within the allowance explains, one row a revised print.

    Columns: `series, period` (the month, or first/last of several), `printed`, `later` (rounds, "YYYY-MM"), `gap`
    (later minus earlier, unit of the series), `gap_pct` (of these months), `direction` (`up`, `down`), `statements`.
    """
    rows = []
    for name, allowance in sorted(allowances.items()):
        for check in _revisions(checks.get(name, []), allowance):
            first, last = month_text(check.months[0].start), month_text(check.months[-1].start)
            later = max(fact.rounds[-1] for fact in check.facts) if check.later == SETTLED else check.later
            rows.append(
                (
                    name,
                    first if first == last else f"{first}/{last}",
                    month_text(check.printed),
                    month_text(later),
                    check.gap,
                    100 * check.size,
                    "up" if check.gap > 0 else "down",
                    " ".join(sorted(fact.key for fact in check.facts)),
                )
            )
    return pd.DataFrame(sorted(rows), columns=REVISION_COLUMNS)


def _revisions(checks: list[Check], allowance: Allowance) -> list[Check]:
    return [check for check in checks if 0 < check.size <= allowance.share]
