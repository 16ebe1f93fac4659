"""Contradictions as a frame: who clashes, by how much, what would explain it, and the sum that shows it.

One contradiction for each slip of the likeliest sides: the figures of that slip (*suspects*) and the least set of
others that speaks against them. Several figures wrong by one common factor are one contradiction with one cause. Prints
that meet at the edge of their rounding are none where cut digits explain it: the month covers both.

What would explain it: each slip that publishers make is tried on each figure in doubt, by solving again without it.
Tried: digits cut off instead of rounded, two digits swapped, a factor of 10, 100, 1,000 or 10,000, a rise printed as a
fall, another measure's label, the neighbouring month, the total for a part and a part for the total, a share of another
total; a revision or a restated base up to twice the limit. Swaps, factors and labels count only where the others *pin*
the figure: they allow it read so, but not a tenth more or less, so that it is no chance hit.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from metalsbook.analysis.reconcile.contradictions import Core, Knot, Side, apply_sides, find_core, slip_of
from metalsbook.analysis.reconcile.facts import Cell, Fact, month_text, windows
from metalsbook.analysis.reconcile.solver import Programs, SolverFailure
from metalsbook.analysis.reconcile.system import OUT, STRICT, WIDE, System
from metalsbook.analysis.reconcile.worked import Reader, Worked, show_digits, work_out, work_out_together

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

`knot`: conflicts that one choice settles; `order`: within the conflict; `prints`: ids of all prints of the figure,
joined by blanks; `printed`: the figure (unit of the series, or per cent); `role`: `suspect` (set aside, or read
loosely), `alike` (the same slip as the suspect: the rest is irreducible without it), `settles` (some equally cheap side
takes it as wrong instead) or `party`; `explanation`: slips of this figure, any of which would settle the conflict,
joined by "; ".

The same in all rows of a conflict: `worked_sum`, the lines of the sum that shows it; `gap`, as its last line shows it:
how far the two ends that exclude each other lie apart, 0 where two prints meet only at the edge of their rounding;
`gap_unit`: "pp" (percentage points, where two rates clash), or "", the unit of `gap_series`; `gap_period`: the months
in which it is measured; `gap_pct`: in per cent of the level there; `gap_roundings`: as a multiple of what rounding,
revisions and restated bases leave open there.
"""

FACTORS = (10.0, 100.0, 1000.0, 10000.0)
RELABELLED = {
    "level": ("ytd",),
    "ytd": ("level",),
    "mom": ("yoy", "ytd_yoy"),
    "yoy": ("mom", "ytd_yoy"),
    "ytd_yoy": ("yoy", "mom"),
}
"""Measures whose labels are mixed up."""


_CUT = "its digits are cut off, not rounded"
_RESTATED = "the months before were restated"
PINNED = 5.0
"""A swap of digits explains a figure that the others leave so many last digits, not more: else it is a chance hit."""


def conflict_id(keys: Iterable[str]) -> str:
    """Return the stable id of a conflict: a hash of the ids of its statements."""
    return "cf-" + hashlib.sha256(" ".join(sorted(keys)).encode()).hexdigest()[:10]


def tell_knots(
    system: System, programs: Programs, knots: Sequence[Knot]
) -> tuple[list[tuple], dict[str, frozenset[int]]]:
    """Return the rows of `CONFLICT_COLUMNS` of a component, and the facts (indices) of each conflict id."""
    rows, members = [], {}
    for knot in knots:
        others = [other.sides[0] for other in knots if other is not knot]
        told = _tell_knot(system, programs, knot, others)
        for name, facts, more in told:
            members[name] = facts
            rows += more
    return rows, members


def _tell_knot(
    system: System, programs: Programs, knot: Knot, others: list
) -> list[tuple[str, frozenset[int], list[tuple]]]:
    count = len(system.facts)
    reasons = _explain(system, knot, others)
    side = min(knot.sides, key=lambda side: sum(not _is_pinned(reasons.get(element, ())) for element in side))
    knot = replace(knot, sides=(side, *(other for other in knot.sides if other is not side)))
    slips: dict[tuple, list[int]] = {}
    for element, reading in side.items():
        slips.setdefault(slip_of(system, element, reading), []).append(element)
    doubted = {element for each in knot.sides for element in each}
    name = conflict_id(
        sorted({system.facts[element].key for core in knot.cores for element in core if element < count})
    )
    told = []
    for elements in slips.values():
        cores = _cores_of(system, programs, knot, elements, others)
        if not cores:
            continue
        main = min(cores, key=lambda core: (len(core), sorted(core)))
        is_one_base = len(elements) > 1 and all(e < count and system.facts[e].is_share for e in elements)
        shown = cores if is_one_base else [main]
        facts = frozenset(element for core in shown for element in core if element < count)
        worked = work_out(system, main) or work_out_together(system, main)
        if worked.gap == 0 and all(_CUT in reasons.get(element, ()) for element in elements):
            continue
        if is_one_base and (factor := _common_factor(system, knot, others, elements)):
            reasons |= {element: [factor] for element in elements}
        ties = [element for element in elements if element >= count]
        told.append(_rows(system, f"kn-{name[3:]}", main, facts, side, doubted, worked, reasons, ties))
    return told


def _rows(
    system: System,
    knot: str,
    main: Core,
    facts: frozenset[int],
    side: Side,
    doubted: set[int],
    worked: Worked,
    reasons: dict[int, list[str]],
    ties: list[int],
) -> tuple[str, frozenset[int], list[tuple]]:
    name = conflict_id(system.facts[fact].key for fact in facts)
    late = [_late(system, tie) for tie in ties]
    rows = []
    for order, number in enumerate(sorted(facts), 1):
        fact = system.facts[number]
        role = "suspect" if number in side else "settles" if number in doubted else "party"
        role = role if number in main else "alike"
        words = [*reasons.get(number, []), *(text for cell, text in late if _speaks_of(fact, cell))]
        rows.append(
            (
                name,
                knot,
                order,
                fact.key,
                " ".join(fact.statements),
                fact.series,
                fact.measure,
                fact.period,
                fact.printed,
                role,
                worked.gap,
                worked.unit,
                100 * worked.gap / worked.level,
                worked.series,
                worked.period,
                worked.roundings,
                "; ".join(dict.fromkeys(words)),
                "\n".join(worked.lines),
            )
        )
    return name, facts, rows


def _speaks_of(fact: Fact, cell: Cell) -> bool:
    """Return whether a figure shows a revised month, or compares with a restated base."""
    if fact.spans_years:
        return (fact.bottom[0].start, sum(one.span for one in fact.bottom)) == (cell.start, cell.span)
    return not fact.bottom and cell in fact.cells


def _late(system: System, tie: int) -> tuple[Cell, str]:
    cell, _ = system.ties[tie - len(system.facts)]
    if system.is_base(tie):
        limit = 100 * system.habits.rebased(cell.series)
        return cell, f"the base of {month_text(cell.start + cell.span - 1)} was restated by {limit:.2g}% or more"
    limit = 100 * system.habits.revised(cell.series)
    return cell, f"{month_text(cell.start)} was revised by {limit:.2g}% or more"


def _cores_of(system: System, programs: Programs, knot: Knot, elements: list[int], others: list) -> list[Core]:
    """Return the least sets of others that speak against the elements of a slip, one for each at most."""
    side = {other: reading for other, reading in knot.sides[0].items() if other not in elements}
    cores = [
        core for core in knot.cores if not any(side.get(element, STRICT) > reading for element, reading in core.items())
    ]
    found: dict[int, Core] = {}
    for core in sorted(cores, key=len):
        for element in core.keys() & set(elements):
            found.setdefault(element, core)
    if not found:
        left = find_core(system, programs, apply_sides(system, [*others, side]))
        found = {} if left is None else {0: left}
    return list(found.values())


def _state_without(system: System, side: Side, others: list, out: Iterable[int]) -> np.ndarray:
    state = apply_sides(system, [*others, side])
    state[list(out)] = OUT
    return state


def _explain(system: System, knot: Knot, others: list) -> dict[int, list[str]]:
    """Return the slips of each figure in doubt that would settle the contradiction, as its likeliest side leaves it."""
    reasons: dict[int, list[str]] = {}
    for side in knot.sides:
        for element in side:
            if element < len(system.facts) and not reasons.get(element):
                reader = _Explainer(system, _state_without(system, side, others, [element]))
                try:
                    reasons[element] = reader.explain(element, side[element])
                except SolverFailure:
                    # Prints that meet at the very edge of their rounding leave no room to read one of them otherwise.
                    reasons[element] = []
    return reasons


def _is_pinned(reasons: Sequence[str]) -> bool:
    """Return whether a figure is known to be wrong in a certain way, not only to be cut off or restated."""
    return any(words not in (_CUT, _RESTATED) for words in reasons)


def _common_factor(system: System, knot: Knot, others: list, elements: list[int]) -> str:
    """Return what one factor would mend all figures of a slip, "" where none does."""
    facts = [element for element in elements if element < len(system.facts)]
    state = _state_without(system, knot.sides[0], others, facts)
    low, high = 0.0, np.inf
    left = Reader(system, state)
    for element in facts:
        fact = system.facts[element]
        top, bottom = (left.columns(cells, fact.rounds[-1]) for cells in (fact.top, fact.bottom))
        below = left.drive(bottom, 1.0), -left.drive(bottom, -1.0)
        above = -left.drive(top, -1.0), left.drive(top, 1.0)
        if not (below[1] > 0 and fact.low > 0 and np.isfinite(above[1])):
            return ""
        low, high = max(low, above[0] / below[0] / fact.high), min(high, above[1] / below[1] / fact.low)
    if not (len(facts) > 1 and low <= high):
        return ""
    return f"{len(facts)} figures of the page fit, multiplied by {(low + high) / 2:.3g}: they share a wrong base"


class _Explainer(Reader):
    """Reads a figure in doubt in other ways, and asks what the rest leaves possible."""

    def explain(self, number: int, reading: int) -> list[str]:
        """Return the slips that would explain a fact (its index), in words; empty where none does."""
        fact = self.system.facts[number]
        least, most = self.left(fact)
        found = []
        if reading != WIDE and fact.is_rounded and self.allows(fact.top, fact.bottom, fact, *fact.cut_off):
            found.append(_CUT)
        if reading == WIDE:
            found.append(_RESTATED)
        pinned = most - least <= PINNED * fact.unit
        for swapped in _swaps(fact.printed, fact.resolution) if pinned else ():
            other = replace(fact, printed=swapped).rounded
            if other[0] <= most and other[1] >= least:
                found.append(f"two digits are swapped: {show_digits(swapped, fact.resolution)}")
        if fact.bottom and not fact.is_share and most <= 1.1 * least:
            other = replace(fact, printed=-fact.printed).rounded
            if other[0] <= most and other[1] >= least:
                found.append("its sign is wrong")
        for factor in FACTORS if not fact.bottom and most <= 1.1 * least else ():
            for words, scale in (("high", 1 / factor), ("low", factor)):
                if fact.low * scale <= most and fact.high * scale >= least:
                    found.append(f"it is {factor:,.0f} times too {words}")
        return found + [words for words, top, bottom in self.relabelled(fact) if self.pins(top, bottom, fact)]

    def left(self, fact: Fact) -> tuple[float, float]:
        """Return about the least and greatest value that the rest leaves for a fact, in its terms."""
        top, bottom = (self.columns(cells, fact.rounds[-1]) for cells in (fact.top, fact.bottom))
        least, most = -self.drive(top, -1.0), self.drive(top, 1.0)
        if bottom:
            base = -self.drive(bottom, -1.0), self.drive(bottom, 1.0)
            least, most = least / base[1] if base[1] else 0.0, most / base[0] if base[0] > 0 else np.inf
        return max(least, 0.0), most

    def allows(self, top: tuple, bottom: tuple, fact: Fact, low: float, high: float) -> bool:
        """Return whether the rest allows a sum, or a ratio, from `low` to `high` in every vintage of the fact."""
        return all(self.allows_in(published, top, bottom, low, high) for published in fact.rounds)

    def allows_in(self, published: int, top: tuple, bottom: tuple, low: float, high: float) -> bool:
        """Return whether the rest allows a sum, or a ratio of sums, in the vintage of one round."""
        if not (self.knows(top) and self.knows(bottom)):
            return False
        above, below = (self.columns(cells, published) for cells in (top, bottom))
        if not bottom:
            return self.drive(above, 1.0, enough=low) >= low and self.drive(above, -1.0, enough=-high) >= -high
        return (
            self.drive(above, 1.0, below, -low, enough=0.0) >= 0
            and self.drive(above, -1.0, below, high, enough=0.0) >= 0
        )

    def pins(self, top: tuple, bottom: tuple, fact: Fact) -> bool:
        """Return whether the rest allows the figure for these sums, but not a tenth more or less: no chance hit."""
        return self.allows(top, bottom, fact, fact.low, fact.high) and not any(
            self.allows(top, bottom, fact, fact.low * off, fact.high * off) for off in (0.9, 1.1)
        )

    def relabelled(self, fact: Fact) -> Iterator[tuple[str, tuple[Cell, ...], tuple[Cell, ...]]]:
        """Yield other meanings of a figure: (words, cells on top, cells below)."""
        part = fact.top[0].series
        if fact.is_share:
            yield from self.other_totals(fact, part, fact.bottom[0].series)
            return
        for measure in RELABELLED.get(fact.measure, ()) if len(fact.period) == 7 else ():
            if spans := windows(measure, fact.period):
                words = f"it is the {measure}, not the {fact.measure}"
                yield words, _cells(part, spans[0]), _cells(part, spans[1])
        for name, words in self.relatives(part):
            if spans := windows(fact.measure, fact.period):
                yield f"it is the figure of {words} {name}", _cells(name, spans[0]), _cells(name, spans[1])
        if fact.measure == "level" and len(fact.period) == 7:
            yield "it belongs to the month before", (Cell(part, fact.top[0].start - 1, 1),), ()
            yield "it belongs to the month after", (Cell(part, fact.top[0].start + 1, 1),), ()

    def other_totals(self, fact: Fact, part: str, total: str) -> Iterator[tuple[str, tuple, tuple]]:
        """Yield a share as the share of other months, and of every other series of the component."""
        months, _ = windows(fact.measure, fact.period) or (range(0), range(0))
        if len(fact.period) == 7:
            other = RELABELLED[fact.measure][0]
            others, _ = windows(other, fact.period) or (range(0), range(0))
            yield f"it is the {other}, not the {fact.measure}", _cells(part, others), _cells(total, others)
        for name in sorted({cell.series for cell in self.system.cells} - {part, total}):
            yield f"it is a share of {name}", _cells(part, months), _cells(name, months)

    def relatives(self, name: str) -> list[tuple[str, str]]:
        """Return the totals and parts of a series, with the words for them."""
        found = set()
        for total, parts in self.system.links:
            for part in parts:
                if part.series == name:
                    found.add((total[0].series, "the total"))
                elif total[0].series == name:
                    found.add((part.series, "the part"))
        return sorted(found)


def _cells(name: str, months: range) -> tuple[Cell, ...]:
    return tuple(Cell(name, month, 1) for month in months)


def _swaps(value: float, resolution: float) -> list[float]:
    """Return the values that two neighbouring digits, swapped, would have turned into the printed one."""
    digits = str(round(abs(value) / resolution)) if resolution > 0 else ""
    swapped = set()
    for place in range(len(digits) - 1):
        one, two = digits[place], digits[place + 1]
        if one != two and not (place == 0 and two == "0"):
            swapped.add(np.copysign(int(digits[:place] + two + one + digits[place + 2 :]) * resolution, value))
    return sorted(float(other) for other in swapped)


def conflict_frame(rows: list[tuple]) -> pd.DataFrame:
    """Return the conflicts sorted by id and order."""
    frame = pd.DataFrame(sorted(set(rows)), columns=CONFLICT_COLUMNS)
    numbers = {"order": int, "printed": float, "gap": float, "gap_pct": float, "gap_roundings": float}
    texts = {name: "str" for name in CONFLICT_COLUMNS if name not in numbers}
    return frame.astype({**texts, **numbers})
