"""Conflicts as a frame: who clashes, by how much, what would explain it, and the sum that shows it."""

import pandas as pd

from metalsbook.analysis.reconcile.conflicts import Knot
from metalsbook.analysis.reconcile.facts import month_text
from metalsbook.analysis.reconcile.frames import conflict_id
from metalsbook.analysis.reconcile.programs import Programs
from metalsbook.analysis.reconcile.system import Elements, System

CONFLICT_COLUMNS = [
    "conflict", "knot", "order", "statement", "prints", "series", "measure", "period", "printed", "role",
    "gap", "gap_pct", "explanation", "worked_sum",
]  # fmt: skip


def conflict_rows(
    system: System, programs: Programs, knots: list[Knot]
) -> tuple[list[tuple], dict[str, frozenset[int]]]:
    """Return one row a fact of each conflict, in the order of `CONFLICT_COLUMNS`, and the facts of each conflict id.

    The role is `suspect` (without it the least is left to explain), `settles` (without it alone the rest fits) or
    `party`.
    """
    rows, members = [], {}
    for knot in knots:
        tied = conflict_id(system.facts[element].key for element in knot.members if element < len(system.facts))
        for conflict, suspect in zip(knot.conflicts, knot.suspects, strict=True):
            facts = sorted(element for element in conflict if element < len(system.facts))
            name = conflict_id(system.facts[fact].key for fact in facts)
            members[name] = frozenset(facts)
            gap, level = measure_gap(system, programs, conflict, suspect)
            for order, number in enumerate(facts, 1):
                fact = system.facts[number]
                role = "suspect" if number == suspect else "settles" if frozenset((number,)) in knot.sides else "party"
                rows.append((
                    name, tied.replace("cf-", "kn-"), order, fact.key, " ".join(fact.statements), fact.series,
                    fact.measure, fact.period, fact.printed, role, gap, 100 * gap / level, "", "",
                ))  # fmt: skip
    return rows, members


def conflict_frame(rows: list[tuple]) -> pd.DataFrame:
    """Return the conflicts sorted by id and order."""
    frame = pd.DataFrame(sorted(rows), columns=CONFLICT_COLUMNS)
    numbers = {"order": int, "printed": float, "gap": float, "gap_pct": float}
    texts = {name: "str" for name in CONFLICT_COLUMNS if name not in numbers}
    return frame.astype({**texts, **numbers})


def measure_gap(system: System, programs: Programs, conflict: Elements, suspect: int) -> tuple[float, float]:
    """Return by how much the suspect misses what the others leave, and its level (unit of the series)."""
    gap, _ = programs.relax(conflict, loose=(suspect,))
    if suspect >= len(system.facts):
        vintage = system.ties[suspect - len(system.facts)]
        level = system.scale[system.variables.index(vintage)]
        return gap * level, level
    fact = system.facts[suspect]
    if fact.bottom:
        level = sum(system.scale[system.cells.index(cell)] for cell in fact.top)
    else:
        level = max(fact.high, fact.low) if fact.high < float("inf") else fact.low
    return gap * level, level


def tie_text(system: System, element: int) -> str:
    """Return what a tie says: which month was revised since which round."""
    cell, published = system.ties[element - len(system.facts)]
    return f"{cell.series} {month_text(cell.start)} as printed in {month_text(published)}"
