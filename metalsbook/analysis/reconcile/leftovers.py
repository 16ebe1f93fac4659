"""What the other figures of a conflict, solved together, leave for one of them.

For conflicts that hang together in circles, so that no chain of deductions shows them: the programs are asked instead.
"""

import numpy as np

from metalsbook.analysis.intervals import show_interval
from metalsbook.analysis.reconcile.deduction import Known, label
from metalsbook.analysis.reconcile.explanations import Reader
from metalsbook.analysis.reconcile.facts import Fact
from metalsbook.analysis.reconcile.programs import Programs
from metalsbook.analysis.reconcile.system import Elements, System
from metalsbook.analysis.reconcile.wording import show_percent, show_printed
from metalsbook.analysis.reconcile.worked import Worked, tell_pair, tell_rates

HALVINGS = 40
FAR_RATIO = 100.0
"""Greatest ratio of two sums that is looked for."""

NEAR_RATIO = 1e-3
"""Ratio that counts as nought."""


def work_out_together(
    system: System, programs: Programs, box: np.ndarray, conflict: Elements, most: int = 40
) -> Worked:
    """Return the sum of the figure that the others miss by the least, in per cent of its level.

    Args:
        system: The component.
        programs: Its programs.
        box: Bounds of every variable (`Bounds.box`).
        conflict: A smallest contradicting set.
        most: Figures that are tried at most.
    """
    facts = [element for element in sorted(conflict) if element < len(system.facts)]
    amounts = [element for element in facts if not system.facts[element].bottom]
    sums = [
        left_by_others(system, Reader(system, programs, conflict - {chosen}, box), chosen, len(facts) - 1)
        for chosen in (amounts or facts)[:most]
    ]
    return min(sums, key=lambda worked: (worked.gap == 0, worked.gap / worked.level))


def left_by_others(system: System, reader: Reader, chosen: int, others: int) -> Worked:
    """Return what the others leave for a fact, and what was printed.

    Args:
        system: The component.
        reader: Asks the programs, with the other elements of the conflict alone.
        chosen: The fact.
        others: How many other figures there are.
    """
    fact = system.facts[chosen]
    how = f"the other {others} figures, solved together"
    ways = [(_leaves(reader, fact, published), published) for published in fact.rounds]
    (least, most), published = max(ways, key=lambda way: max(way[0][0] - fact.high, fact.low - way[0][1]))
    if fact.bottom:
        said = f"{show_percent(fact)} ({{}}) was printed, {how}, leave {{}}"
        return tell_rates(system, fact, [(fact.low, fact.high), (least, most)], said)
    months = frozenset(system.variables[column] for column in reader.columns(fact.top, published))
    left = Known(months, max(least, 0.0), most, how, (), "")
    line = f"{label(system, months)}: {how} = {show_interval(left.low, left.high)}"
    return tell_pair(system, left, Known(months, fact.low, fact.high, "", (), show_printed(fact)), [line])


def _leaves(reader: Reader, fact: Fact, published: int) -> tuple[float, float]:
    """Return the least and greatest value of the fact's sum, or ratio, in the vintage of a round."""
    top, bottom = (reader.columns(cells, published) for cells in (fact.top, fact.bottom))
    if not fact.bottom:
        return -reader.reach(top, -1.0), reader.reach(top, 1.0)

    def is_left(ratio: float, sign: int) -> bool:
        # Rates alone fix no level: what is possible at all is possible at any size, and beyond the solver's tolerance.
        return reader.reach(top, float(sign), bottom, -sign * ratio) > 0.01 * reader.system.scale[top].sum()

    ends = []
    for sign in (-1, 1):
        # Below `low` every ratio can be exceeded (sign 1), above `high` every ratio can be undercut (sign -1).
        low, high = 0.0, FAR_RATIO
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if is_left(middle, sign) == (sign == 1) else (low, middle)
        ends.append(low)
    return (ends[0] if ends[0] > NEAR_RATIO else 0.0), ends[1]
