"""A conflict as a small sum that a reader can redo by hand.

The chain of deductions (`deduction`) as lines, and the gap as the last line shows it: how far the two ends that face
each other lie apart. Rates of the same months are set against each other in percentage points.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from metalsbook.analysis.intervals import decimals, show_ends, show_interval
from metalsbook.analysis.reconcile.deduction import Chain, Known, label, runs_of, single_months
from metalsbook.analysis.reconcile.edges import touches
from metalsbook.analysis.reconcile.facts import Fact
from metalsbook.analysis.reconcile.system import Elements, System
from metalsbook.analysis.reconcile.vintages import vintages_of
from metalsbook.analysis.reconcile.wording import show_percent


@dataclass(frozen=True)
class Worked:
    """A sum that shows a conflict.

    Attributes:
        lines: The sum; the last line ends in the gap.
        gap: How far apart the two intervals of the last line lie, as they are shown; 0 where they meet at an edge.
        unit: "pp" where two rates are apart, "" for the unit of the series.
        series: Series that the gap is measured in.
        period: Months that it is measured in: "2025-01 to 2025-06".
        level: The level at which the gap lies, in its unit; 100 for rates.
        roundings: The gap as a multiple of what both intervals leave open.
    """

    lines: tuple[str, ...]
    gap: float
    unit: str
    series: str
    period: str
    level: float
    roundings: float


def work_out(system: System, conflict: Elements, allowances: dict[str, float]) -> Worked | None:
    """Return the sum that shows a conflict; None where no chain of deductions ends in one.

    Args:
        system: The component.
        conflict: A smallest contradicting set.
        allowances: Revision allowance of each series.
    """
    rivals = _rival_rates(system, conflict, allowances)
    if rivals:
        return rivals
    clash = Chain(system, conflict, allowances).run()
    if clash is None:
        return None
    one, two = clash = sorted(clash, key=lambda known: not known.how)
    lines: list[str] = []
    for known in clash:
        _tell(system, known, lines)
    return tell_pair(system, one, two, lines)


def tell_pair(system: System, one: Known, two: Known, lines: list[str]) -> Worked:
    """Return the sum that ends in two ways to know the same months; what was printed is the second of them.

    Args:
        system: The component.
        one: What is known in one way.
        two: What is known in the other way; the two exclude each other.
        lines: The lines that lead there.
    """
    lower, upper = (one, two) if one.high <= two.low or two.high > one.high else (two, one)
    digits = max(decimals(one.low, one.high), decimals(two.low, two.high))
    least, most = round(upper.low, digits), round(lower.high, digits)
    apart = max(round(least - most, digits), 0.0)
    name = label(system, one.months)
    ways = [f"{known.shown} ({show_ends(known.low, known.high, digits)})" for known in (one, two)]
    meet = f"they meet only at {least:,.{digits}f}, the edge of both roundings"
    far = f"{apart:,.{digits}f} apart" if apart else meet
    if not one.how and not two.how:
        lines.append(f"{name}: {ways[0]} and {ways[1]} were printed: {far}")
    elif two.how:
        ends = [show_ends(known.low, known.high, digits) for known in (one, two)]
        lines.append(f"{name} cannot be both {ends[0]} and {ends[1]}: {far}")
    else:
        side, other = ("above", most) if upper is two else ("below", least)
        far = f"{apart:,.{digits}f} {side} {other:,.{digits}f}" if apart else far
        lines.append(f"but {ways[1]} was printed for {name}: {far}")
    series = " + ".join(sorted({cell.series for cell, _ in one.months}))
    period = runs_of(single_months(system, {cell for cell, _ in one.months}))
    return Worked(tuple(lines), apart, "", series, period, (least + most) / 2, apart / _open(one, two))


def _open(one: Known, two: Known) -> float:
    """Return what two intervals leave open together."""
    widths = [known.high - known.low for known in (one, two)]
    return max(sum(width for width in widths if np.isfinite(width)), 1e-12)


def _rival_rates(system: System, conflict: Elements, allowances: dict[str, float]) -> Worked | None:
    """Return the line that sets two rates of the same months against each other; None where a conflict is not that."""
    rates = [system.facts[element] for element in sorted(conflict) if element < len(system.facts)]
    for pair in combinations([fact for fact in rates if fact.bottom], 2):
        one, two = sorted(pair, key=lambda fact: (fact.low, fact.key))
        if one.top == two.top and one.bottom == two.bottom and (one.high < two.low or touches(one, two)):
            said = f"{show_percent(one)} ({{}}) and {show_percent(two)} ({{}}) were printed"
            room = _revision_room(one, two, allowances)
            more = f", more than the {room:.2g} points that revisions within the allowance can make" if room else ""
            return tell_rates(system, one, [(one.low, one.high), (two.low, two.high)], said, more)
    return None


def _revision_room(one: Fact, two: Fact, allowances: dict[str, float]) -> float:
    """Return by how many percentage points revisions between the prints of two rates can move them apart."""
    trials = [(vintages_of(one, first), vintages_of(two, second)) for first in one.rounds for second in two.rounds]
    torn = min(([a != b for a, b in zip(*trial, strict=True)] for trial in trials), key=sum)
    sides = zip(torn, (one.top, one.bottom), strict=True)
    return 100 * one.high * sum(allowances.get(cells[0].series, 0.0) for is_torn, cells in sides if is_torn)


def tell_rates(system: System, fact: Fact, ratios: list[tuple[float, float]], said: str, more: str = "") -> Worked:
    """Return the line on two ratios of the same sums that exclude each other.

    Args:
        system: The component.
        fact: A rate of these sums.
        ratios: Least and greatest value of either ratio.
        said: Words for both, with "{}" for the interval of each, in per cent.
        more: What follows the gap.
    """
    last = dict(system.variables[: len(system.cells)])
    top, bottom = (label(system, frozenset((cell, last[cell]) for cell in cells)) for cells in (fact.top, fact.bottom))
    share = fact.top[0].series != fact.bottom[0].series
    ends = [tuple(100 * (end - (not share)) for end in ratio) for ratio in ratios]
    digits = max(decimals(*pair) for pair in ends)
    (_, lower), (upper, _) = sorted(ends)
    apart = max(round(round(upper, digits) - round(lower, digits), digits), 0.0)
    relation = f"as a share of {bottom}" if share else f"against {runs_of(single_months(system, set(fact.bottom)))}"
    far = f"{apart:,.{digits}f} percentage points apart" if apart else "they meet only at the edge of both roundings"
    said = said.format(*(show_ends(*pair, digits) for pair in ends))
    line = f"{top} {relation}: {said}: {far}{more}"
    width = sum(high - low for low, high in ends if np.isfinite(high))
    period = runs_of(single_months(system, set(fact.top)))
    middle = sum(sorted(100 * end for ratio in ratios for end in ratio)[1:3]) / 2
    return Worked((line,), apart, "pp", fact.series, period, middle, apart / max(width, 1e-12))


def _tell(system: System, known: Known, lines: list[str]) -> None:
    """Add the lines that lead to what is known, each once."""
    for parent in known.parents:
        _tell(system, parent, lines)
    if known.how:
        line = f"{label(system, known.months)}: {known.how} = {show_interval(known.low, known.high)}"
        if line not in lines:
            lines.append(line)
