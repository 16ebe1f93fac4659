"""Conflicts as a frame: who clashes, by how much, what would explain it, and the sum that shows it."""

import numpy as np
import pandas as pd

from metalsbook.analysis.reconcile.conflicts import Knot
from metalsbook.analysis.reconcile.explanations import Reader
from metalsbook.analysis.reconcile.facts import month_text
from metalsbook.analysis.reconcile.frames import conflict_id
from metalsbook.analysis.reconcile.programs import Programs
from metalsbook.analysis.reconcile.system import LEAST_BASE, Elements, System
from metalsbook.analysis.reconcile.worked import work_out

CONFLICT_COLUMNS = [
    "conflict", "knot", "order", "statement", "prints", "series", "measure", "period", "printed", "role",
    "gap", "gap_pct", "explanation", "worked_sum",
]  # fmt: skip
"""Key `conflict, statement`.

`knot`: conflicts that share statements; `order`: within the conflict; `prints`: ids of all prints of the figure,
joined by blanks; `printed`: the figure (unit of the series, or per cent); `role`: `suspect` (without it the least is
left to explain), `settles` (without it alone this conflict is gone) or `party`; `gap`: by how much the suspect misses
what the others leave (unit of the series); `gap_pct`: in per cent of its level; `explanation`: slips of this figure
that would settle it, joined by "; "; `worked_sum`: lines of the sum that shows the conflict, the same in all its rows.
"""

LARGEST_REVISION = 0.15
"""Share of a month beyond which nobody would call a difference a revision."""


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

    def rows(self) -> list[tuple]:
        """Return one row a fact of each conflict, as `CONFLICT_COLUMNS`; fills `members` by conflict id."""
        return [row for knot in self.knots for row in self.tell_knot(knot)]

    def tell_knot(self, knot: Knot) -> list[tuple]:
        """Return the rows of a knot's conflicts."""
        count = len(self.system.facts)
        name = conflict_id(self.system.facts[element].key for element in knot.members if element < count)
        reasons = self.explain(knot)
        rows = []
        for conflict, suspect in zip(knot.conflicts, knot.suspects, strict=True):
            facts = sorted(element for element in conflict if element < count)
            conflict_name = conflict_id(self.system.facts[fact].key for fact in facts)
            self.members[conflict_name] = frozenset(facts)
            gap, level = measure_gap(self.system, self.programs, conflict, suspect)
            worked = "\n".join(work_out(self.system, conflict, self.allowances))
            settling = {side & conflict for side in knot.sides}
            for order, number in enumerate(facts, 1):
                fact = self.system.facts[number]
                role = "suspect" if number == suspect else "settles" if frozenset((number,)) in settling else "party"
                rows.append((
                    conflict_name, name.replace("cf-", "kn-"), order, fact.key, " ".join(fact.statements), fact.series,
                    fact.measure, fact.period, fact.printed, role, gap, 100 * gap / level,
                    "; ".join(reasons.get(number, [])), worked,
                ))  # fmt: skip
        return rows

    def explain(self, knot: Knot) -> dict[int, list[str]]:
        """Return the slips that would settle a knot, by fact."""
        reasons: dict[int, list[str]] = {}
        for side in sorted(knot.sides, key=lambda side: (len(side), sorted(side))):
            reader = Reader(self.system, self.programs, self.agreed | (knot.members - side), self.box)
            for element in sorted(side):
                if element < len(self.system.facts) and element not in reasons:
                    reasons[element] = reader.explain(element)
        for tie in sorted({element for side in knot.sides for element in side if element >= len(self.system.facts)}):
            if any(tie in conflict for conflict in knot.conflicts):
                self.explain_tie(tie, knot, reasons)
        return reasons

    def explain_tie(self, tie: int, knot: Knot, reasons: dict[int, list[str]]) -> None:
        """Add to the facts that show a vintage how far the month must have been revised since."""
        cell, vintage = self.system.ties[tie - len(self.system.facts)]
        gaps = [self.programs.relax(conflict, loose=(tie,))[0] for conflict in knot.conflicts if tie in conflict]
        share = max(gaps) + self.allowances.get(cell.series, 0.0)
        if share > LARGEST_REVISION:
            return
        words = f"{month_text(cell.start)} was revised by {100 * share:.2g}% or more"
        for element in sorted(knot.members):
            fact = self.system.facts[element] if element < len(self.system.facts) else None
            if fact is not None and cell in fact.cells and vintage in fact.rounds:
                reasons[element] = sorted({*reasons.get(element, []), words})


def conflict_frame(rows: list[tuple]) -> pd.DataFrame:
    """Return the conflicts sorted by id and order."""
    frame = pd.DataFrame(sorted(rows), columns=CONFLICT_COLUMNS)
    numbers = {"order": int, "printed": float, "gap": float, "gap_pct": float}
    texts = {name: "str" for name in CONFLICT_COLUMNS if name not in numbers}
    return frame.astype({**texts, **numbers})


def measure_gap(system: System, programs: Programs, conflict: Elements, suspect: int) -> tuple[float, float]:
    """Return by how much the suspect misses what the others leave, and its level (unit of the series).

    Where only rates clash, months have no level of their own: the gap is measured at the usual month.
    """
    gap, _ = programs.relax(conflict, loose=(suspect,))
    if all(element >= len(system.facts) or system.facts[element].bottom for element in conflict):
        gap /= LEAST_BASE
    if suspect >= len(system.facts):
        level = system.scale[system.variables.index(system.ties[suspect - len(system.facts)])]
        return gap * level, level
    fact = system.facts[suspect]
    if fact.bottom:
        level = sum(system.scale[system.cells.index(cell)] for cell in fact.top)
    else:
        level = fact.high if np.isfinite(fact.high) else fact.low
    return gap * level, level
