"""What would explain a conflict: each slip that publishers make is tried on each figure in doubt, by solving again.

A figure is in doubt where a side of its knot takes it as wrong. What that side leaves possible for it is asked of the
program; a slip explains the conflict where the figure, read that way, falls within. Tried: digits cut off instead of
rounded, two digits swapped, a factor of 10, 100, 1,000 or 10,000, a rise printed as a fall, another measure's label,
the neighbouring month, the total for a part and a part for the total, a share of another total. A later revision
beyond the allowance is tried by letting go the tie between two vintages (`conflicts`).
"""

from collections.abc import Iterable, Iterator

import numpy as np

from metalsbook.analysis.reconcile.facts import Cell, Fact, windows
from metalsbook.analysis.reconcile.programs import Programs
from metalsbook.analysis.reconcile.system import Elements, System
from metalsbook.analysis.reconcile.vintages import vintage_of
from metalsbook.analysis.reconcile.wording import show_digits

FACTORS = (10.0, 100.0, 1000.0, 10000.0)
RELABELLED = {
    "level": ("ytd",),
    "ytd": ("level",),
    "mom": ("yoy", "ytd_yoy"),
    "yoy": ("mom", "ytd_yoy"),
    "ytd_yoy": ("yoy", "mom"),
}
"""Measures whose labels are mixed up."""


class Reader:
    """Reads a figure in doubt in other ways, and asks what the rest leaves possible.

    Args:
        system: The component.
        programs: Its programs.
        kept: Elements taken as true.
        box: Bounds of every variable, in units of the series, that cover all sides (`Bounds.box`).
    """

    def __init__(self, system: System, programs: Programs, kept: Elements, box: np.ndarray):
        self.system, self.programs, self.kept, self.box = system, programs, kept, box
        self.index = {vintage: number for number, vintage in enumerate(system.variables)}
        self.asked: dict[tuple, float] = {}
        self.stands = {cell: first for first, cells in system.blocks.items() for cell in cells}

    def explain(self, number: int) -> list[str]:
        """Return the slips that would explain a fact (its index), in words; empty where none does."""
        fact = self.system.facts[number]
        found = [words for words, low, high in _readings(fact) if self.allows(fact.top, fact.bottom, fact, low, high)]
        scaled = [] if fact.bottom else _scaled(fact)
        found += [words for words, factor in scaled if self.pins(fact.top, (), fact, factor)]
        found += [words for words, top, bottom in self.relabelled(fact) if self.pins(top, bottom, fact)]
        return found

    def allows(self, top: tuple, bottom: tuple, fact: Fact, low: float, high: float) -> bool:
        """Return whether the rest allows a sum, or a ratio, from `low` to `high` in every vintage of the fact."""
        return all(self.allows_in(published, top, bottom, low, high) for published in fact.rounds)

    def allows_in(self, published: int, top: tuple, bottom: tuple, low: float, high: float) -> bool:
        """Return whether the rest allows a sum, or a ratio of sums, in the vintage of one round."""
        above, below = (self.columns(cells, published) for cells in (top, bottom))
        if above is None or below is None or not self.is_near(above, below, low, high):
            return False
        if not bottom:
            return self.reach(above, 1.0) >= low and -self.reach(above, -1.0) <= high
        return self.reach(above, 1.0, below, -low) >= 0 and self.reach(above, -1.0, below, high) >= 0

    def is_near(self, above: list[int], below: list[int], low: float, high: float) -> bool:
        """Return whether the bounds of the months leave room for a reading: most readings need no program."""
        least, most = self.box[above].sum(axis=0)
        if below:
            base_least, base_most = self.box[below].sum(axis=0)
            return most >= low * base_least and least <= high * base_most
        return most >= low and least <= high

    def pins(self, top: tuple, bottom: tuple, fact: Fact, scale: float = 1.0) -> bool:
        """Return whether the rest allows the figure for these sums, but not a tenth more or less: no chance hit."""
        return self.allows(top, bottom, fact, fact.low * scale, fact.high * scale) and not any(
            self.allows(top, bottom, fact, fact.low * scale * off, fact.high * scale * off) for off in (0.9, 1.1)
        )

    def columns(self, cells: tuple[Cell, ...], published: int) -> list[int] | None:
        """Return the variables of cells as a print of a round shows them, None where one is unknown."""
        if len(cells) == 12 and cells[0]._replace(span=12) in self.stands:
            cells = (cells[0]._replace(span=12),)
        if not all(cell in self.stands for cell in cells):
            return None
        shown = [(cell, vintage_of(cell, published)) for cell in sorted({self.stands[cell] for cell in cells})]
        last = dict(self.system.variables[: len(self.system.cells)])
        return [self.index.get(vintage, self.index[vintage[0], last[vintage[0]]]) for vintage in shown]

    def reach(self, one: list[int], sign: float, two: list[int] = (), factor: float = 0.0) -> float:
        """Return the greatest value of `sign * sum(one) + factor * sum(two)`, in units of the series."""
        question = (tuple(one), sign, tuple(two), factor)
        if question not in self.asked:
            weights: dict[int, float] = {}
            for columns, weight in ((one, sign), (two, factor)):
                for column in columns:
                    weights[column] = weights.get(column, 0.0) + weight * self.system.scale[column]
            columns, values = np.array(list(weights)), np.array(list(weights.values()))
            self.asked[question] = self.programs.reach(columns, values, self.kept)
        return self.asked[question]

    def relabelled(self, fact: Fact) -> Iterator[tuple[str, tuple[Cell, ...], tuple[Cell, ...]]]:
        """Yield other meanings of a figure: (words, cells on top, cells below)."""
        part = fact.top[0].series
        if fact.bottom and fact.bottom[0].series != part:
            yield from self.other_totals(fact, part, fact.bottom[0].series)
            return
        for measure in RELABELLED.get(fact.measure, ()) if len(fact.period) == 7 else ():
            yield f"it is the {measure}, not the {fact.measure}", *_cells(part, windows(measure, fact.period))
        for name, words in self.relatives(part):
            yield f"it is the figure of {words} {name}", *_cells(name, windows(fact.measure, fact.period))
        if fact.measure == "level" and len(fact.period) == 7:
            yield "it belongs to the month before", (Cell(part, fact.top[0].start - 1, 1),), ()
            yield "it belongs to the month after", (Cell(part, fact.top[0].start + 1, 1),), ()

    def other_totals(self, fact: Fact, part: str, total: str) -> Iterator[tuple[str, tuple, tuple]]:
        """Yield a share as the share of other months, and of every other series of the component."""
        months, _ = windows(fact.measure, fact.period)
        if len(fact.period) == 7:
            other = RELABELLED[fact.measure][0]
            sides = (_cells(name, windows(other, fact.period))[0] for name in (part, total))
            yield f"it is the {other}, not the {fact.measure}", *sides
        for name in sorted({cell.series for cell in self.stands} - {part, total}):
            yield f"it is a share of {name}", *(_cells(one, (months,))[0] for one in (part, name))

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


def _cells(name: str, months: Iterable[range]) -> tuple[tuple[Cell, ...], ...]:
    return tuple(tuple(Cell(name, month, 1) for month in span) for span in months)


def _readings(fact: Fact) -> Iterator[tuple[str, float, float]]:
    """Yield other values of a figure: (words, low, high) in the terms of the fact."""
    half = fact.resolution / 2
    value = fact.printed
    read = _terms(fact)
    sign = 1 if value >= 0 else -1
    yield "its digits are cut off, not rounded", *sorted((read(value), read(value + sign * fact.resolution)))
    for swapped in _swaps(value, fact.resolution):
        yield (
            f"two digits are swapped: {show_digits(swapped, fact.resolution)}",
            read(swapped - half),
            read(swapped + half),
        )
    if fact.bottom and fact.top[0].series == fact.bottom[0].series:
        yield "its sign is wrong", read(-value - half), read(-value + half)


def _scaled(fact: Fact) -> Iterator[tuple[str, float]]:
    """Yield the slips of a unit: (words, factor that mends it)."""
    for factor in FACTORS:
        yield f"it is {factor:,.0f} times too high", 1 / factor
        yield f"it is {factor:,.0f} times too low", factor


def _terms(fact: Fact):
    """Return the function from a printed value to the terms of the fact: a sum, or a ratio."""
    if not fact.bottom:
        return lambda value: 3 * value if fact.measure == "mean3" else value
    if fact.top[0].series != fact.bottom[0].series:
        return lambda value: value / 100
    return lambda value: 1 + value / 100


def _swaps(value: float, resolution: float) -> list[float]:
    """Return the values that two neighbouring digits, swapped, would have turned into the printed one."""
    digits = str(round(abs(value) / resolution)) if resolution > 0 else ""
    swapped = set()
    for place in range(len(digits) - 1):
        one, two = digits[place], digits[place + 1]
        if one != two and not (place == 0 and two == "0"):
            swapped.add(np.copysign(int(digits[:place] + two + one + digits[place + 2 :]) * resolution, value))
    return sorted(float(other) for other in swapped)
