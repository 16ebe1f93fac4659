"""Checks on revisions: small sums of one series whose prints stem from different rounds.

The same figure printed twice, a cumulated figure against the one before plus the month, a growth rate against its two
levels. What rounding does not explain of such a sum is a revision of the months whose prints differ, of one of them or
of several (`limits` weighs that).
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import product

from metalsbook.analysis.reconcile.facts import Cell, Fact
from metalsbook.analysis.reconcile.sums import small_sums
from metalsbook.analysis.reconcile.vintages import vintage_of


@dataclass(frozen=True)
class Check:
    """A sum between prints of different rounds.

    Attributes:
        facts: The prints.
        months: Months whose vintage differs between them.
        printed: Vintage of the earlier print.
        later: Vintage of the later print.
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

    @property
    def span(self) -> int:
        """Months that may have been revised between the prints."""
        return sum(cell.span for cell in self.months)

    @property
    def size(self) -> float:
        """Absolute gap as a share of all months that may have been revised."""
        return self.gap_share / self.span


def find_checks(facts: list[Fact]) -> dict[str, list[Check]]:
    """Return the checks of every series, the tightest one for each set of months and pair of vintages."""
    best: dict[tuple, Check] = {}
    for plus, minus, low, high in small_sums(facts):
        if len({cell.series for fact in plus + minus for cell in fact.cells}) > 1:
            continue
        check = _judge(plus, minus, low, high)
        if check is None:
            continue
        name = (plus[0].series, check.months, check.printed, check.later)
        if name not in best or _rank(check) < _rank(best[name]):
            best[name] = check
    found = defaultdict(list)
    for name in sorted(best):
        found[name[0]].append(best[name])
    return found


def _rank(check: Check) -> tuple:
    return check.slack_share, [fact.key for fact in check.facts]


def _judge(plus: tuple[Fact, ...], minus: tuple[Fact, ...], low: float, high: float) -> Check | None:
    """Return what a sum says of revisions; None where all its prints may show one vintage."""
    facts = plus + minus
    trials = (dict(zip(facts, choice, strict=True)) for choice in product(*(fact.rounds for fact in facts)))
    torn = min((_torn_months(plus, minus, rounds) for rounds in trials), key=len)
    if not torn:
        return None
    sides = Counter(side for _, _, _, side in torn)
    side = 1 if sides[1] >= sides[-1] else -1
    gap = side * (low if low > 0 else high if high < 0 else 0.0)
    level = min(_month_level(cell, facts) for cell, *_ in torn)
    if level <= 0:
        return None
    return Check(
        facts=facts,
        months=tuple(sorted({cell for cell, *_ in torn})),
        printed=min(early for _, early, _, _ in torn),
        later=max(late for _, _, late, _ in torn),
        gap=gap,
        gap_share=abs(gap) / level,
        slack_share=(high - low) / 2 / level,
    )


def _torn_months(plus: tuple[Fact, ...], minus: tuple[Fact, ...], rounds: dict[Fact, int]) -> list[tuple]:
    """Return (cell, earlier vintage, later vintage, sign of the sum where the later one is larger) of torn cells.

    The sign is that of the amount that shows the later vintage, else against that of the amount that shows the earlier.
    """
    shown: dict[Cell, dict[int, int]] = defaultdict(dict)
    for side, facts in ((1, plus), (-1, minus)):
        for fact in facts:
            for cell in fact.cells:
                vintages = shown[cell]
                vintage = vintage_of(cell, rounds[fact])
                vintages[vintage] = vintages.get(vintage, 0) or (0 if fact.bottom else side)
    torn = [(cell, min(seen), max(seen), seen) for cell, seen in shown.items() if len(seen) > 1]
    return [(cell, early, late, seen[late] or -seen[early]) for cell, early, late, seen in torn]


def _month_level(cell: Cell, facts: tuple[Fact, ...]) -> float:
    """Return the level of a month, from the shortest amount that contains it."""
    amounts = [fact for fact in facts if not fact.bottom]
    around = [fact for fact in amounts if cell in fact.top] or amounts
    shortest = min(around, key=lambda fact: (len(fact.top), fact.key))
    return (shortest.low + shortest.high) / 2 / sum(part.span for part in shortest.top)
