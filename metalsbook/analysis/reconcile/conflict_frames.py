"""Conflicts as a frame: who clashes, by how much, what would explain it, and the sum that shows it."""

import numpy as np
import pandas as pd

from metalsbook.analysis.reconcile.conflicts import Knot
from metalsbook.analysis.reconcile.explanations import Reader
from metalsbook.analysis.reconcile.facts import month_text
from metalsbook.analysis.reconcile.frames import conflict_id
from metalsbook.analysis.reconcile.leftovers import work_out_together
from metalsbook.analysis.reconcile.programs import Programs
from metalsbook.analysis.reconcile.system import LEAST_BASE, Elements, System
from metalsbook.analysis.reconcile.worked import work_out

CONFLICT_COLUMNS = [
    "conflict",
    "knot",
    "order",
    "statement",
    "prints",
    "series",
    "measure",
    "period",
    "printed",
    "role",
    "gap",
    "gap_unit",
    "gap_pct",
    "gap_series",
    "gap_period",
    "gap_roundings",
    "explanation",
    "worked_sum",
]
"""Key `conflict, statement`.

`knot`: conflicts that share statements; `order`: within the conflict; `prints`: ids of all prints of the figure,
joined by blanks; `printed`: the figure (unit of the series, or per cent); `role`: `suspect` (without it the least is
left to explain), `settles` (without it alone this conflict is gone) or `party`; `explanation`: slips of this figure,
any of which alone would settle the conflict, joined by "; ".

The same in all rows of a conflict: `worked_sum`, the lines of the sum that shows it; `gap`, as its last line shows it:
how far the two ends that exclude each other lie apart, 0 where two prints meet only at the edge of their rounding;
`gap_unit`: "pp" (percentage points, where two rates clash), or "", the unit of `gap_series`; `gap_period`: the months
in which it is measured; `gap_pct`: in per cent of the level there; `gap_roundings`: as a multiple of what rounding, and
revisions within the allowance, leave open there.
"""

PLAUSIBLE = 2.0
"""A later revision explains a conflict only up to so many times the allowance of its series."""


class ConflictTeller:
    """Tells the conflicts of one component.

    Args:
        system: The component.
        programs: Its programs.
        knots: Its knots.
        allowances: Revision allowance of each series, as a share.
        box: Bounds of every variable (`Bounds.box`).
    """

    def __init__(
        self, system: System, programs: Programs, knots: list[Knot], allowances: dict[str, float], box: np.ndarray
    ):
        self.box = box
        self.system, self.programs, self.knots, self.allowances = system, programs, knots, allowances
        self.agreed = system.elements - frozenset().union(*(knot.members for knot in knots))
        self.members: dict[str, frozenset[int]] = {}
        self.readers: dict[Elements, Reader] = {}
        self.readings: dict[tuple[Elements, int], list[str]] = {}

    def rows(self) -> list[tuple]:
        """Return one row a fact of each conflict, as `CONFLICT_COLUMNS`; fills `members` by conflict id."""
        return [row for knot in self.knots for row in self.tell_knot(knot)]

    def tell_knot(self, knot: Knot) -> list[tuple]:
        """Return the rows of a knot's conflicts."""
        count = len(self.system.facts)
        name = conflict_id(self.system.facts[element].key for element in knot.members if element < count)
        rows = []
        for conflict, suspect in zip(knot.conflicts, knot.suspects, strict=True):
            facts = sorted(element for element in conflict if element < count)
            conflict_name = conflict_id(self.system.facts[fact].key for fact in facts)
            self.members[conflict_name] = frozenset(facts)
            worked = work_out(self.system, conflict, self.allowances) or work_out_together(
                self.system, self.programs, self.box, conflict
            )
            shared = (
                worked.gap,
                worked.unit,
                100 * worked.gap / worked.level,
                worked.series,
                worked.period,
                worked.roundings,
            )
            reasons = self.explain(knot, conflict)
            settling = {side & conflict for side in knot.sides}
            for order, number in enumerate(facts, 1):
                fact = self.system.facts[number]
                role = "suspect" if number == suspect else "settles" if frozenset((number,)) in settling else "party"
                rows.append(
                    (
                        conflict_name,
                        name.replace("cf-", "kn-"),
                        order,
                        fact.key,
                        " ".join(fact.statements),
                        fact.series,
                        fact.measure,
                        fact.period,
                        fact.printed,
                        role,
                        *shared,
                        "; ".join(reasons.get(number, [])),
                        "\n".join(worked.lines),
                    )
                )
        return rows

    def explain(self, knot: Knot, conflict: Elements) -> dict[int, list[str]]:
        """Return the slips of one figure that would settle a conflict, by fact."""
        reasons: dict[int, list[str]] = {}
        count = len(self.system.facts)
        for side in sorted(knot.sides, key=lambda side: (len(side), sorted(side))):
            alone = side & conflict
            if len(alone) != 1:
                continue
            element = min(alone)
            if element < count:
                reasons.setdefault(element, self.read_anew(knot, side, element))
            else:
                self.explain_tie(element, conflict, reasons)
        return reasons

    def read_anew(self, knot: Knot, side: Elements, element: int) -> list[str]:
        """Return the slips of a fact that fit what a side of the knot leaves."""
        if side not in self.readers:
            self.readers[side] = Reader(self.system, self.programs, self.agreed | (knot.members - side), self.box)
        if (side, element) not in self.readings:
            self.readings[side, element] = self.readers[side].explain(element)
        return list(self.readings[side, element])

    def explain_tie(self, tie: int, conflict: Elements, reasons: dict[int, list[str]]) -> None:
        """Add to the facts that show a vintage how far the month must have been revised since, where that is usual."""
        cell, vintage = self.system.ties[tie - len(self.system.facts)]
        allowance = self.allowances.get(cell.series, 0.0)
        missing, _ = self.programs.relax(conflict, loose=(tie,))
        # Rates alone give no month a level: the program asks how little would do in the smallest month allowed.
        if all(element >= len(self.system.facts) or self.system.facts[element].bottom for element in conflict):
            missing /= LEAST_BASE
        share = missing + allowance
        if share > PLAUSIBLE * allowance:
            return
        words = f"{month_text(cell.start)} was revised by {100 * share:.2g}% or more"
        for element in sorted(conflict):
            fact = self.system.facts[element] if element < len(self.system.facts) else None
            if fact is not None and cell in fact.cells and vintage in fact.rounds:
                reasons[element] = sorted({*reasons.get(element, []), words})


def conflict_frame(rows: list[tuple]) -> pd.DataFrame:
    """Return the conflicts sorted by id and order."""
    frame = pd.DataFrame(sorted(rows), columns=CONFLICT_COLUMNS)
    numbers = {"order": int, "printed": float, "gap": float, "gap_pct": float, "gap_roundings": float}
    texts = {name: "str" for name in CONFLICT_COLUMNS if name not in numbers}
    return frame.astype({**texts, **numbers})
