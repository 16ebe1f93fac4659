"""Contradictions as a frame: who clashes, by how much, the sum that shows it, and what would explain it.

One contradiction for each slip of the likeliest sides: the figures of that slip (*suspects*) and the least set of
others that speaks against them. Several figures wrong by one common factor are one contradiction with one cause. Prints
that meet at the edge of their rounding are none where cut digits explain it: the month covers both.

The sum sets one printed figure against what the others leave for it: by a rate and its base, by pieces of a whole, or
solved together. The gap is how far the two ends that face each other lie apart.

What would explain it: each slip that publishers make is tried on each figure in doubt, by solving again without it.
Tried: digits cut off instead of rounded, two digits swapped, a factor of 10, 100, 1,000 or 10,000, a rise printed as a
fall, another measure's label, the neighbouring month, the total for a part and a part for the total, a share of another
total; a revision or a restated base up to twice the limit. Swaps, factors and labels count only where the others *pin*
the figure: they allow it read so, but not a tenth more or less, so that it is no chance hit.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pandas as pd
import scipy.sparse as sp

from metalsbook.analysis.findings import show_printed as show_digits
from metalsbook.analysis.intervals import decimals, show_ends
from metalsbook.analysis.reconcile.bounds import Component, Left
from metalsbook.analysis.reconcile.contradictions import Core, Side, slip_of
from metalsbook.analysis.reconcile.facts import Cell, Fact, month_text, vintage_of, windows
from metalsbook.analysis.reconcile.solver import LEEWAY, PRIMAL, Model, SolverFailure
from metalsbook.analysis.reconcile.system import OUT, STRICT, WIDE, System, touches

CONFLICT_COLUMNS = (
    "conflict knot order statement prints series measure period printed role gap gap_unit gap_pct gap_series "
    "gap_period gap_roundings explanation worked_sum"
).split()
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

PINNED = 5.0
"""A swap of digits explains a figure that the others leave so many last digits, not more: else it is a chance hit."""
NEAR = 0.1
"""Other slips explain a figure that the others leave within this part of its level."""
MOST_TRIED = 12
"""Figures of a contradiction on which the gap is tried at most."""
_CUT = "its digits are cut off, not rounded"
_RESTATED = "earlier months of it were restated"

Cells = tuple[Cell, ...]


def conflict_id(keys: Iterable[str]) -> str:
    """Return the stable id of a conflict: a hash of the ids of its statements."""
    return "cf-" + hashlib.sha256(" ".join(sorted(keys)).encode()).hexdigest()[:10]


def tell_knots(component: Component) -> tuple[list[tuple], dict[str, frozenset[int]]]:
    """Return the rows of `CONFLICT_COLUMNS` of a component, and the facts (indices) of each conflict id."""
    told = [each for number in range(len(component.knots)) for each in _tell_knot(component, number)]
    return [row for *_, rows in told for row in rows], {name: facts for name, facts, _ in told}


def _tell_knot(component: Component, number: int) -> Iterator[tuple[str, frozenset[int], list[tuple]]]:
    system, knot = component.system, component.knots[number]
    count = len(system.facts)
    reasons = _explain(component, number)
    # The likeliest side is that of which most is known to be wrong in a certain way, not only cut off or restated.
    certain = {element for element, words in reasons.items() if set(words) - {_CUT, _RESTATED}}
    side = min(knot.sides, key=lambda side: len(side.keys() - certain))
    slips: dict[tuple, list[int]] = {}
    for element, reading in side.items():
        slips.setdefault(slip_of(system, element, reading), []).append(element)
    doubted = {element for each in knot.sides for element in each}
    knot_id = conflict_id({system.facts[element].key for core in knot.cores for element in core if element < count})
    for elements in slips.values():
        cores = _cores_of(component, number, side, elements)
        if not cores:
            continue
        main = min(cores, key=lambda core: (len(core), sorted(core)))
        is_one_base = len(elements) > 1 and all(e < count and system.facts[e].is_share for e in elements)
        shown = cores if is_one_base else [main]
        facts = frozenset(element for core in shown for element in core if element < count)
        clash = show_clash(system, main)
        if clash.gap == 0 and all(_CUT in reasons.get(element, ()) for element in elements):
            continue
        if is_one_base and (factor := _common_factor(component.left(number, knot.sides.index(side)), elements)):
            reasons |= {element: [factor] for element in elements}
        gap = clash.gap, clash.unit, 100 * clash.gap / clash.level, clash.series, clash.period, clash.roundings
        name, rows = conflict_id(system.facts[fact].key for fact in facts), []
        for order, element in enumerate(sorted(facts), 1):
            fact = system.facts[element]
            role = "suspect" if element in side else "settles" if element in doubted else "party"
            late = (_late(system, tie) for tie in elements if tie >= count and _shows(fact, system.tie_of(tie)[0]))
            words = "; ".join(dict.fromkeys([*reasons.get(element, []), *late]))
            figure = fact.key, " ".join(fact.statements), fact.series, fact.measure, fact.period, fact.printed
            role = role if element in main else "alike"
            rows.append((name, f"kn-{knot_id[3:]}", order, *figure, role, *gap, words, "\n".join(clash.lines)))
        yield name, facts, rows


def _shows(fact: Fact, cell: Cell) -> bool:
    """Return whether a figure shows a revised month, or compares with a restated base."""
    if fact.spans_years:
        return (fact.bottom[0].start, sum(one.span for one in fact.bottom)) == (cell.start, cell.span)
    return not fact.bottom and cell in fact.cells


def _late(system: System, tie: int) -> str:
    cell, is_base, limit = system.tie_of(tie)
    last = month_text(cell.start + cell.span - 1)
    period = last[:4] if cell.span == 12 and last.endswith("-12") else last
    told = f"the base of {period} was restated" if is_base else f"{period} was revised"
    return f"{told} by {100 * limit:.2g}% or more"


def _cores_of(component: Component, number: int, side: Side, elements: list[int]) -> list[Core]:
    """Return the least sets of others that speak against the elements of a slip, one for each at most."""
    rest = {other: reading for other, reading in side.items() if other not in elements}
    cores = [
        core
        for core in component.knots[number].cores
        if not any(rest.get(element, STRICT) > reading for element, reading in core.items())
    ]
    found: dict[int, Core] = {}
    for core in sorted(cores, key=len):
        for element in core.keys() & set(elements):
            found.setdefault(element, core)
    return list(found.values())


class Clash:
    """A figure that is known in two ways, each by its least and greatest value, that exclude each other.

    `way` is 0 where a rival print, a rate and its base, or pieces lead to it, 1 where their reverse does, 2 where the
    others are solved together.
    """

    def __init__(self, fact: Fact, one: tuple[float, float], two: tuple[float, float], way: int = 0):
        self.lines: list[str] = []  # The sum; the last line ends in the gap
        # Rates lie apart in percentage points, all else in the unit of a series
        self.way, self.unit, self.period = way, "pp" if fact.bottom else "", runs_of(fact.top)
        self.series = fact.series if fact.bottom else fact.top[0].series
        growth = bool(fact.bottom) and not fact.is_share
        pairs = [[100 * (end - growth) if fact.bottom else end for end in pair] for pair in (one, two)]
        digits = max(decimals(*pair) for pair in pairs)
        self.ends = [show_ends(low, high, digits) for low, high in pairs]
        (_, lower), (upper, _) = sorted(pairs)
        least, most = round(upper, digits), round(lower, digits)
        self.gap = max(round(least - most, digits), 0.0)  # As shown; 0 where they meet at an edge
        self.level = max((least + most) / 2 + 100 * growth, 1e-12)  # At which the gap lies
        # The gap as a multiple of what both leave open
        self.roundings = self.gap / max(sum(high - low for low, high in pairs if np.isfinite(high)), 1e-12)
        self._shown = [f"{value:,.{digits}f}" for value in (self.gap, least, most)]

    def far(self, words: str) -> str:
        """Return the gap in words; "{least}" and "{most}" in `words` stand for the ends that face each other."""
        gap, least, most = self._shown
        if not self.gap:
            return f"they meet only at {least}, the edge of both roundings"
        return f"{gap}{' percentage points' if self.unit else ''} {words.format(least=least, most=most)}"


def show_clash(system: System, core: Core) -> Clash:
    """Return the sum that shows a contradiction.

    Rival prints are set against each other; else one figure against what all others leave for it: the figure to which
    the shortest way leads, of equals the one that is missed by least.
    """
    facts = [system.facts[element] for element in sorted(core) if element < len(system.facts)]
    room = _room(system, [element for element in core if element >= len(system.facts)])
    for pair in combinations(facts, 2):
        one, two = sorted(pair, key=lambda fact: (fact.low, fact.key))
        if one.cells == two.cells and (one.high < two.low or touches(one, two)):
            clash = Clash(one, (one.low, one.high), (two.low, two.high))
            told = " and ".join(f"{show_printed(of)} ({ends})" for of, ends in zip((one, two), clash.ends, strict=True))
            more = f", more than {room} make" if room else ""
            clash.lines.append(f"{_name(one)}: {told} were printed: {clash.far('apart')}{more}")
            return clash
    amounts = [fact for fact in facts if not fact.bottom]
    clashes = [_set_against(system, core, fact, room) for fact in (amounts or facts)[:MOST_TRIED]]
    return min(clashes, key=lambda clash: (clash.way, clash.gap == 0, clash.gap / clash.level))


def _set_against(system: System, core: Core, fact: Fact, room: str) -> Clash:
    """Return what the other figures of a contradiction leave for one of them, and what was printed."""
    others = {
        element: reading
        for element, reading in core.items()
        if element >= len(system.facts) or system.facts[element] is not fact
    }
    way, how = _how([system.facts[element] for element in sorted(others) if element < len(system.facts)], fact)
    spans = [leaves(system, others, *system.columns(fact, published)) for published in fact.rounds]
    left = max(spans, key=lambda span: max(span[0] - fact.high, fact.low - span[1]))
    clash = Clash(fact, left, (fact.low, fact.high), way)
    side = "above {most}" if fact.high > left[1] else "below {least}"
    clash.lines += [
        f"{_name(fact)}: {how}{room and f', with {room}'} = {clash.ends[0]}",
        f"but {show_printed(fact)} ({clash.ends[1]}) was printed for {_name(fact)}: {clash.far(side)}",
    ]
    return clash


def _how(others: Sequence[Fact], fact: Fact) -> tuple[int, str]:
    """Return the way on which other figures lead to a figure, as of `Clash.way`, and the arithmetic in words."""
    amounts, rates = ([one for one in others if bool(one.bottom) == is_rate] for is_rate in (False, True))
    months = set(fact.top)
    if len(amounts) == len(rates) == 1 and not fact.bottom:
        base, rate = amounts[0], rates[0]
        if (rate.top, rate.bottom) == (fact.top, base.top):
            return 0, f"{show_printed(base)} x {show_rate(rate)}"
        if (rate.top, rate.bottom) == (base.top, fact.top):
            return 1, f"{show_printed(base)} / {show_rate(rate)}"
    if not rates and not fact.bottom:
        wholes = [one for one in amounts if set(one.top) > months]
        pieces = [one for one in amounts if one not in wholes]
        parts = [cell for one in pieces for cell in one.top]
        shown = [show_printed(one) for one in [*wholes, *pieces]]
        if sorted([*parts, *(fact.top if wholes else ())]) == sorted(wholes[0].top if wholes else months):
            return len(wholes), (" - " if wholes else " + ").join(shown)
        if len(others) == 1:
            return (1, f"at most {shown[0]} of more months") if wholes else (0, f"at least {shown[0]} of fewer months")
    return 2, f"the other {len(others)} figures, solved together"


def _room(system: System, ties: Sequence[int]) -> str:
    """Return what ties leave open, in words: "revisions of up to 3%"; "" without ties."""
    rooms: dict[bool, float] = {}
    for tie in ties:
        _, is_base, limit = system.tie_of(tie)
        rooms[is_base] = max(limit, rooms.get(is_base, 0.0))
    words = {False: "revisions of up to", True: "bases restated by up to"}
    return " and ".join(f"{words[is_base]} {100 * limit:.2g}%" for is_base, limit in sorted(rooms.items()))


def leaves(system: System, others: Core, top: list[int], bottom: list[int]) -> tuple[float, float]:
    """Return the least and greatest value that others leave for a sum of variables, or for the ratio of two.

    They are read strictly, or as of the core where some of them clash so. A ratio is made linear by counting in units
    of its lower side (Charnes and Cooper, Naval Research Logistics Quarterly 9, 1962).

    Raises:
        SolverFailure: If the others cannot all hold.
    """
    count = system.matrix.shape[1]
    about = system.rows_about(np.array(sorted(others), int))
    above, below = np.zeros(count + 1), np.zeros(count + 1)
    above[top] = system.scale[top]
    below[bottom if bottom else count] = system.scale[bottom] if bottom else 1.0
    unit = below.max()
    for readings, room in product((dict.fromkeys(others, STRICT), others), (0.0, LEEWAY)):
        held = about[system.rows_of(system.only(readings))[about]]
        rows = sp.hstack([system.matrix[held], -sp.csr_matrix(system.limit[held] + room).T])
        rows = sp.vstack([rows, below / unit, -below / unit], format="csr")
        limit = np.append(np.zeros(rows.shape[0] - 2), [1.0, -1.0])
        least, most = (sign * Model(rows, limit, sign * above / unit, strategy=PRIMAL).solve() for sign in (1, -1))
        if np.isfinite(least):
            # Ends on half a digit are rounded alike whatever way the solver took.
            return max(float(f"{least:.10g}"), 0.0), float(f"{most:.10g}")
    raise SolverFailure("The figures of a contradiction contradict each other without the one that is set against them")


def _name(fact: Fact) -> str:
    """Return what a figure is about: "series 2025-01 to 2025-06", for a rate with what it compares with."""
    name = f"{fact.top[0].series} {runs_of(fact.top)}"
    if not fact.bottom:
        return name
    base = runs_of(fact.bottom)
    return f"{name} as a share of {fact.bottom[0].series} {base}" if fact.is_share else f"{name} against {base}"


def runs_of(cells: Cells) -> str:
    """Return the months that cells cover: "2025-01 to 2025-03"."""
    first, last = month_text(cells[0].start), month_text(cells[-1].start + cells[-1].span - 1)
    return first if first == last else f"{first} to {last}"


def show_printed(fact: Fact) -> str:
    """Return a figure as printed: "21,638" (of three months where it is their mean), "+6.11%", a share "59%"."""
    if fact.bottom:
        sign = "+" if fact.printed > 0 and not fact.is_share else ""
        return f"{sign}{show_digits(fact.printed, fact.resolution)}%"
    times = 3 if fact.measure == "mean3" else 1
    return show_digits(times * fact.printed, times * fact.resolution)


def show_rate(fact: Fact) -> str:
    """Return a printed rate as the factor it stands for: "(1 + 6.11%)", "59%"."""
    if fact.is_share:
        return show_printed(fact)
    return f"(1 {'+' if fact.printed >= 0 else '-'} {show_digits(abs(fact.printed), fact.resolution)}%)"


def _explain(component: Component, number: int) -> dict[int, list[str]]:
    """Return the slips of each figure in doubt that would settle a contradiction, as its likeliest side leaves it."""
    system = component.system
    reasons: dict[int, list[str]] = {}
    for place, side in enumerate(component.knots[number].sides):
        for element, reading in side.items():
            if element < len(system.facts) and not reasons.get(element):
                reader = Reader(component.left(number, place), *([] if reading == OUT else [element]))
                try:
                    reasons[element] = list(explain(reader, system.facts[element], reading))
                except SolverFailure:
                    # Prints that meet at the very edge of their rounding leave no room to read one of them otherwise.
                    reasons[element] = []
    return reasons


def _common_factor(left: Left, elements: list[int]) -> str:
    """Return what one factor would mend all figures of a slip that are set aside, "" where none does."""
    facts, reader = [left.system.facts[element] for element in elements], Reader(left)
    spans = [reader.span(fact, fact.top, fact.bottom) for fact in facts]
    low = max(least / fact.high for fact, (least, _) in zip(facts, spans, strict=True))
    high = min(most / max(fact.low, 1e-12) for fact, (_, most) in zip(facts, spans, strict=True))
    if not (low <= high < np.inf):
        return ""
    return f"{len(facts)} figures of the page fit, multiplied by {(low + high) / 2:.3g}: they share a wrong base"


class Reader:
    """Asks what elements, read in one way and some of them set aside, leave for sums of months."""

    def __init__(self, left: Left, *aside: int):
        self.left, self.system, self.aside = left, left.system, aside

    def span(self, fact: Fact, top: Cells, bottom: Cells) -> tuple[float, float]:
        """Return about the least and greatest value that is left for a sum, or a ratio of two, in a fact's vintages.

        Anything (0 to infinity) where the component does not know all cells.
        """
        low, high = 0.0, np.inf
        for above, below in self._sides(fact, top, bottom):
            least, most = (sign * self.left.reach(dict.fromkeys(above, float(sign)), self.aside) for sign in (-1, 1))
            if bottom:
                base = [sign * self.left.reach(dict.fromkeys(below, float(sign)), self.aside) for sign in (-1, 1)]
                least, most = least / base[1] if base[1] else 0.0, most / base[0] if base[0] > 0 else np.inf
            low, high = max(low, least), min(high, most)
        return low, high

    def pins(self, fact: Fact, top: Cells, bottom: Cells) -> bool:
        """Return whether a figure fits a sum, or a ratio of two, but a tenth more or less does not: no chance hit."""
        low, high = (1 - NEAR) * fact.high, (1 + NEAR) * fact.low
        scale = self.system.scale
        for above, below in self._sides(fact, top, bottom):
            base = self.left.shown[:, below] @ scale[below] if bottom else 1.0
            value = self.left.shown[:, above] @ scale[above]
            if not ((value <= low * base) | (value >= high * base)).any():
                least, most = self.span(fact, top, bottom)
                return low < least <= fact.high and fact.low <= most < high
        return False

    def allows(self, fact: Fact, low: float, high: float) -> bool:
        """Return whether a ratio of sums can be from `low` to `high` in every vintage of a fact, exactly."""
        return all(
            self.left.reach(dict.fromkeys(above, sign) | dict.fromkeys(below, -sign * ratio), self.aside) >= 0
            for above, below in self._sides(fact, fact.top, fact.bottom)
            for sign, ratio in ((1.0, low), (-1.0, high))
        )

    def _sides(self, fact: Fact, top: Cells, bottom: Cells) -> list[tuple[list[int], list[int]]]:
        """Return the variables of two sums in each of a fact's vintages, none where not all cells are known."""
        top, bottom = self._known(top), self._known(bottom)
        if not all(cell in self.system.last for cell in top + bottom):
            return []
        sides = {(self._columns(top, published), self._columns(bottom, published)) for published in fact.rounds}
        return [(list(above), list(below)) for above, below in sorted(sides)]

    def _known(self, cells: Cells) -> Cells:
        """Return cells, or the year that they make up where only that is known."""
        year = cells[0]._replace(span=12) if len(cells) == 12 else None
        return (year,) if year in self.system.last else cells

    def _columns(self, cells: Cells, published: int) -> tuple[int, ...]:
        last, index = self.system.last, self.system.index
        base = cells and (Cell(cells[0].series, cells[0].start, sum(cell.span for cell in cells)), published)
        if base in index:
            return (index[base],)
        return tuple(index.get((cell, vintage_of(cell, published)), index[cell, last[cell]]) for cell in cells)


def explain(reader: Reader, fact: Fact, reading: int) -> Iterator[str]:
    """Yield the slips that would explain a fact, in words.

    `reader` knows what all others leave; `reading` is how the fact is read where the contradiction is settled.
    """
    least, most = reader.span(fact, fact.top, fact.bottom)

    def fits(low: float, high: float) -> bool:
        return low <= most and high >= least

    if reading == WIDE:
        yield _RESTATED
    elif fact.is_rounded and fits(*fact.cut_off) and (not fact.bottom or reader.allows(fact, *fact.cut_off)):
        yield _CUT
    for swapped in _swaps(fact.printed, fact.resolution) if most - least <= PINNED * fact.unit else ():
        if fits(*replace(fact, printed=swapped).rounded):
            yield f"two digits are swapped: {show_digits(swapped, fact.resolution)}"
    if most <= (1 + NEAR) * least:
        if fact.bottom and not fact.is_share and fits(*replace(fact, printed=-fact.printed).rounded):
            yield "its sign is wrong"
        for factor in FACTORS if not fact.bottom else ():
            for words, scale in (("high", 1 / factor), ("low", factor)):
                if fits(fact.low * scale, fact.high * scale):
                    yield f"it is {factor:,.0f} times too {words}"
    for words, top, bottom in _relabelled(reader.system, fact):
        if reader.pins(fact, top, bottom):
            yield words


def _relabelled(system: System, fact: Fact) -> Iterator[tuple[str, Cells, Cells]]:
    """Yield other meanings of a figure: (words, cells on top, cells below)."""
    part, is_month = fact.top[0].series, len(fact.period) == 7
    below = fact.bottom[0].series if fact.is_share else part
    own = windows(fact.measure, fact.period) or (range(0), range(0))
    for measure in RELABELLED.get(fact.measure, ()) if is_month else ():
        if spans := windows(measure, fact.period):
            top, bottom = (spans[0], spans[0]) if fact.is_share else spans
            yield f"it is the {measure}, not the {fact.measure}", _cells(part, top), _cells(below, bottom)
    if fact.is_share:
        for name in sorted({cell.series for cell in system.cells} - {part, below}):
            yield f"it is a share of {name}", _cells(part, own[0]), _cells(name, own[0])
        return
    for name, words in _relatives(system, part):
        yield f"it is the figure of {words} {name}", _cells(name, own[0]), _cells(name, own[1])
    for step, words in ((-1, "before"), (1, "after")) if fact.measure == "level" and is_month else ():
        yield f"it belongs to the month {words}", (Cell(part, fact.top[0].start + step, 1),), ()


def _relatives(system: System, name: str) -> list[tuple[str, str]]:
    """Return the totals and parts of a series, with the words for them."""
    pairs = {(total[0].series, part.series) for total, parts in system.links for part in parts}
    return sorted(
        {(total, "the total") for total, part in pairs if part == name}
        | {(part, "the part") for total, part in pairs if total == name}
    )


def _cells(name: str, months: range) -> Cells:
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
    numbers = {"order": int, "printed": float, "gap": float, "gap_pct": float, "gap_roundings": float}
    types = dict.fromkeys(CONFLICT_COLUMNS, "str") | numbers
    return pd.DataFrame(sorted(set(rows)), columns=CONFLICT_COLUMNS).astype(types)
