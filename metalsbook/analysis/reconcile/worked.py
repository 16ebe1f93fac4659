"""A contradiction as a small sum that a reader can redo by hand.

Printed figures, then what follows from them one by one (a rate times its base, a whole less a piece, pieces together,
a later vintage within the revision limit, parts against their total), until one sum of months is known in two ways that
exclude each other; the gap is how far the two ends that face each other lie apart in the last line. Rates of the same
months are set against each other in percentage points. Where the figures hang together in a circle, so that no chain
of deductions shows it, the programs are asked what all others leave for one of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from metalsbook.analysis.intervals import decimals, show_ends, show_interval
from metalsbook.analysis.reconcile.bounds import Left
from metalsbook.analysis.reconcile.facts import Cell, Fact, month_text
from metalsbook.analysis.reconcile.families import SETTLED, Vintage, vintage_of, vintages_of
from metalsbook.analysis.reconcile.system import OUT, STRICT, System, touches

MOST_PASSES = 6
"""Rounds of deduction; longer chains nobody redoes by hand."""

Months = frozenset[Vintage]


@dataclass(frozen=True)
class Known:
    """What is known of a sum of months.

    Attributes:
        months: The months, each in the vintage that was printed.
        low: Least value, unit of the series.
        high: Greatest value.
        how: The arithmetic, as shown; "" for a printed figure.
        parents: What it follows from.
        shown: The figure as it appears in further arithmetic.
    """

    months: Months
    low: float
    high: float
    how: str
    parents: tuple["Known", ...]
    shown: str


def restated(system: System, fact: Fact) -> Fact:
    """Return a growth rate with the room that its base has to be restated; other figures as they are."""
    room = system.habits.rebased(fact.series) if fact.spans_years else 0.0
    return replace(fact, low=fact.low * (1 - room), high=fact.high * (1 + room)) if room else fact


def label(system: System, months: Months) -> str:
    """Return a name for a sum of months: "series 2025-01 to 2025-06", with the round of an early vintage."""
    names = sorted({cell.series for cell, _ in months})
    if len(names) > 1:
        return " + ".join(label(system, frozenset(v for v in months if v[0].series == name)) for name in names)
    last = system.last
    single = single_months({cell for cell, _ in months})
    text = runs_of(single)
    early = {vintage for cell, vintage in months if vintage != last[cell]}
    if len(months) == 1 and early:
        text += " as settled later" if early == {SETTLED} else f" as printed in {month_text(early.pop())}"
    return f"{names[0]} {text}"


def single_months(cells: set[Cell]) -> list[int]:
    """Return the months that cells stand for, in order."""
    return sorted({month for cell in cells for month in range(cell.start, cell.start + cell.span)})


def runs_of(months: list[int]) -> str:
    """Return months in short: "2025-01 to 2025-03 + 2025-05"."""
    starts = [month for month in months if month - 1 not in months]
    ends = [month for month in months if month + 1 not in months]
    runs = zip(starts, ends, strict=True)
    return " + ".join(month_text(a) if a == b else f"{month_text(a)} to {month_text(b)}" for a, b in runs)


class Chain:
    """Deduces sums of months from a conflict's facts and ties until two exclude each other."""

    def __init__(self, system: System, conflict: Iterable[int]):
        self.system, conflict = system, sorted(conflict)
        count = len(system.facts)
        self.facts = [restated(system, system.facts[element]) for element in conflict if element < count]
        self.last = system.last
        self.tied = {system.ties[element - count] for element in conflict if element >= count}
        self.known: dict[Months, Known] = {}
        self.rates: list[tuple[Months, Months, Fact]] = []
        self.targets: set[Months] = set()
        self.clash: tuple[Known, Known] | None = None
        for fact in self.facts:
            for published in fact.rounds:
                top, bottom = map(frozenset, vintages_of(fact, published))
                self.targets |= {top, bottom} - {frozenset()}
                if bottom:
                    self.rates.append((top, bottom, fact))
                else:
                    self.learn(Known(top, fact.low, fact.high, "", (), show_printed(fact)))
        self.targets |= {self.carried(months) for months in set(self.targets)}

    def run(self) -> tuple[Known, Known] | None:
        """Deduce until two ways to know a sum exclude each other; None where none does."""
        for _ in range(MOST_PASSES if self.clash is None else 0):
            for known in list(self.deduce()):
                self.learn(known)
                if self.clash:
                    return self.clash
        return self.clash

    def learn(self, new: Known) -> None:
        """Keep what is new, and cut it with what was known of the same months."""
        old = self.known.get(new.months)
        if old is None:
            self.known[new.months] = new
            return
        margin = 1e-9 * max(abs(new.low), abs(old.low))
        # Rival prints that meet at an edge clash too (`edges`).
        margin_of_clash = -margin if not new.how and not old.how else margin
        if new.low > old.high + margin_of_clash or old.low > new.high + margin_of_clash:
            self.clash = self.clash or (old, new)
        elif new.low > old.low + margin or new.high < old.high - margin:
            low, high = max(old.low, new.low), min(old.high, new.high)
            if (low, high) == (new.low, new.high):
                self.known[new.months] = new
            else:
                both = f"both {show_interval(old.low, old.high)} and {show_interval(new.low, new.high)}"
                self.known[new.months] = Known(new.months, low, high, both, (old, new), _middle(low, high))

    def deduce(self) -> Iterator[Known]:
        """Yield what follows from what is known in one step."""
        for top, bottom, fact in self.rates:
            yield from self.apply_rate(top, bottom, fact)
        for months in list(self.known):
            yield from self.carry(months)
        present = list(self.known.values())
        for one in present:
            for two in present:
                if one.months < two.months:
                    rest = two.months - one.months
                    yield _derive(rest, two.low - one.high, two.high - one.low, f"{two.shown} - {one.shown}", two, one)
                    if one.low > two.high:
                        yield _derive(two.months, one.low, np.inf, f"at least {one.shown} of fewer months", one)
                elif not one.months & two.months and min(one.months) < min(two.months):
                    union = one.months | two.months
                    if any(union <= target for target in self.targets):
                        yield _derive(
                            union, one.low + two.low, one.high + two.high, f"{one.shown} + {two.shown}", one, two
                        )
        yield from self.hold_parts()

    def apply_rate(self, top: Months, bottom: Months, fact: Fact) -> Iterator[Known]:
        """Yield the top of a rate from its bottom, and the bottom from its top."""
        if bottom in self.known:
            base = self.known[bottom]
            yield _derive(top, base.low * fact.low, base.high * fact.high, f"{base.shown} x {self.rate(fact)}", base)
        if top in self.known and fact.low > 0:
            above = self.known[top]
            how = f"{above.shown} / {self.rate(fact)}"
            yield _derive(bottom, above.low / fact.high, above.high / fact.low, how, above)

    def rate(self, fact: Fact) -> str:
        """Return a rate as a factor, with the room for a restated base."""
        room = self.system.habits.rebased(fact.series) if fact.spans_years else 0.0
        return f"{show_rate(fact)} \u00b1 {100 * room:.2g}% (a base restated)" if room else show_rate(fact)

    def carried(self, months: Months) -> Months:
        """Return the same months as last published, where the conflict's ties lead there."""
        return frozenset(
            (cell, self.last[cell]) if (cell, vintage) in self.tied else (cell, vintage) for cell, vintage in months
        )

    def carry(self, months: Months) -> Iterator[Known]:
        """Yield the same months in another vintage, within the allowance."""
        known = self.known[months]
        cells = {cell for cell, _ in months}
        others = [
            target
            for target in {*self.targets, self.carried(months)} - {months}
            if {cell for cell, _ in target} == cells
            and all(one in self.tied or self.last[one[0]] == one[1] for one in target ^ months)
        ]
        for other in sorted(others, key=sorted):
            moved = {cell for cell, _ in months ^ other}
            share = max(self.system.habits.revised(cell.series) for cell in moved)
            base = sum(self.level(cell, known) for cell in moved)
            room = share * base
            when = runs_of(single_months(moved))
            why = f"{100 * share:.3g}% of {show_number(base)}, revisions of {when}"
            how = f"{known.shown} \u00b1 {show_number(room)} ({why})"
            yield _derive(other, known.low - room, known.high + room, how, known)

    def level(self, cell, known: Known) -> float:
        """Return the level of one month, for the room that a revision has."""
        single = [fact for fact in self.facts if not fact.bottom and fact.top == (cell,)]
        if single:
            return _end(single[0].low, single[0].high)
        return _end(known.low, known.high) / len(known.months)

    def hold_parts(self) -> Iterator[Known]:
        """Yield that a total is at least the sum of its known parts."""
        for total, parts in self.system.links:
            whole = frozenset((cell, self.last[cell]) for cell in total)
            found = [
                self.known[months]
                for months in (frozenset(((part, self.last[part]),)) for part in parts)
                if months in self.known
            ]
            if found:
                how = "at least " + " + ".join(known.shown for known in found)
                yield _derive(whole, sum(known.low for known in found), np.inf, how, *found)


def _derive(months: Months, low: float, high: float, how: str, *parents: Known) -> Known:
    """Return what follows; months are at least 0, so that a sum without lower limit is too."""
    low = low if np.isfinite(low) else 0.0
    return Known(months, low, high, how, parents, _middle(low, high))


def _end(low: float, high: float) -> float:
    """Return the upper end of an interval, the lower one where it has none."""
    return high if np.isfinite(high) else low


def _middle(low: float, high: float) -> str:
    """Return the middle of an interval as shown, its lower end where it has no upper one."""
    return show_number((low + _end(low, high)) / 2)


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


def work_out(system: System, conflict: Iterable[int]) -> Worked | None:
    """Return the sum that shows a conflict; None where no chain of deductions ends in one.

    Args:
        system: The component.
        conflict: A smallest contradicting set.
    """
    rivals = _rival_rates(system, conflict)
    if rivals:
        return rivals
    clash = Chain(system, conflict).run()
    if clash is None:
        return None
    one, two = sorted(clash, key=lambda known: not known.how)
    lines: list[str] = []
    for known in (one, two):
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
    period = runs_of(single_months({cell for cell, _ in one.months}))
    return Worked(tuple(lines), apart, "", series, period, (least + most) / 2, apart / _open(one, two))


def _open(one: Known, two: Known) -> float:
    """Return what two intervals leave open together."""
    widths = [known.high - known.low for known in (one, two)]
    return max(sum(width for width in widths if np.isfinite(width)), 1e-12)


def _rival_rates(system: System, conflict: Iterable[int]) -> Worked | None:
    """Return the line that sets two rates of the same months against each other; None where a conflict is not that."""
    rates = [system.facts[element] for element in sorted(conflict) if element < len(system.facts)]
    for pair in combinations([fact for fact in rates if fact.bottom], 2):
        one, two = sorted(pair, key=lambda fact: (fact.low, fact.key))
        if one.top == two.top and one.bottom == two.bottom and (one.high < two.low or touches(one, two)):
            said = f"{show_percent(one)} ({{}}) and {show_percent(two)} ({{}}) were printed"
            room = _revision_room(system, one, two)
            more = f", more than the {room:.2g} points that revisions and a restated base can make" if room else ""
            return tell_rates(system, one, [(one.low, one.high), (two.low, two.high)], said, more)
    return None


def _revision_room(system: System, one: Fact, two: Fact) -> float:
    """Return by how many percentage points revisions between the prints of two rates can move them apart."""
    trials = [(vintages_of(one, first), vintages_of(two, second)) for first in one.rounds for second in two.rounds]
    torn = min(([a != b for a, b in zip(*trial, strict=True)] for trial in trials), key=sum)
    sides = zip(torn, (one.top, one.bottom), strict=True)
    revised = sum(system.habits.revised(cells[0].series) for is_torn, cells in sides if is_torn)
    return (
        100
        * one.high
        * (revised + (0.0 if set(one.rounds) & set(two.rounds) else 2 * system.habits.rebased(one.series)))
    )


def tell_rates(system: System, fact: Fact, ratios: list[tuple[float, float]], said: str, more: str = "") -> Worked:
    """Return the line on two ratios of the same sums that exclude each other.

    Args:
        system: The component.
        fact: A rate of these sums.
        ratios: Least and greatest value of either ratio.
        said: Words for both, with "{}" for the interval of each, in per cent.
        more: What follows the gap.
    """
    last = system.last
    top, bottom = (label(system, frozenset((cell, last[cell]) for cell in cells)) for cells in (fact.top, fact.bottom))
    share = fact.top[0].series != fact.bottom[0].series
    ends = [(100 * (low - (not share)), 100 * (high - (not share))) for low, high in ratios]
    digits = max(decimals(*pair) for pair in ends)
    (_, lower), (upper, _) = sorted(ends)
    apart = max(round(round(upper, digits) - round(lower, digits), digits), 0.0)
    relation = f"as a share of {bottom}" if share else f"against {runs_of(single_months(set(fact.bottom)))}"
    far = f"{apart:,.{digits}f} percentage points apart" if apart else "they meet only at the edge of both roundings"
    said = said.format(*(show_ends(*pair, digits) for pair in ends))
    line = f"{top} {relation}: {said}: {far}{more}"
    width = sum(high - low for low, high in ends if np.isfinite(high))
    period = runs_of(single_months(set(fact.top)))
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


HALVINGS = 40
FAR_RATIO = 100.0
"""Greatest ratio of two sums that is looked for."""

NEAR_RATIO = 1e-3
"""Ratio that counts as nought."""


class Reader(Left):
    """Asks what elements, read in one way, leave for sums of months."""

    def knows(self, cells: tuple[Cell, ...]) -> bool:
        """Return whether the component has all cells, or the year that they make up."""
        return all(cell in self.system.last for cell in self._cells(cells))

    def _cells(self, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        if len(cells) == 12 and (year := cells[0]._replace(span=12)) in self.system.last:
            return (year,)
        return cells

    def columns(self, cells: tuple[Cell, ...], published: int) -> list[int]:
        """Return the variables of cells that it knows, as a print of a round shows them."""
        last, index, cells = self.system.last, self.system.index, self._cells(cells)
        if not cells:
            return []
        base = (Cell(cells[0].series, cells[0].start, sum(cell.span for cell in cells)), published)
        if base in index:
            return [index[base]]
        return [index.get((cell, vintage_of(cell, published)), index[cell, last[cell]]) for cell in cells]

    def drive(
        self, one: Sequence[int], sign: float, two: Sequence[int] = (), factor: float = 0.0, enough: float = np.inf
    ) -> float:
        """Return the greatest value of `sign * sum(one) + factor * sum(two)`; `enough` as of `reach`."""
        weights: dict[int, float] = {}
        for columns, weight in ((one, sign), (two, factor)):
            for column in columns:
                weights[column] = weights.get(column, 0.0) + weight
        return self.reach(weights, enough)


def work_out_together(system: System, conflict: Iterable[int], most: int = 40) -> Worked:
    """Return the sum of the figure that the others miss by the least, in per cent of its level.

    Args:
        system: The component.
        conflict: A smallest contradicting set.
        most: Figures that are tried at most.
    """
    facts = [element for element in sorted(conflict) if element < len(system.facts)]
    amounts = [element for element in facts if not system.facts[element].bottom]
    sums = []
    for chosen in (amounts or facts)[:most]:
        state = np.full(system.size, OUT, np.int8)
        state[[element for element in conflict if element != chosen]] = STRICT
        sums.append(left_by_others(system, Reader(system, state), chosen, len(facts) - 1))
    return min(sums, key=lambda worked: (worked.gap == 0, worked.gap / worked.level))


def left_by_others(system: System, reader: Reader, chosen: int, others: int) -> Worked:
    """Return what the others leave for a fact, and what was printed.

    Args:
        system: The component.
        reader: Asks the programs, with the other elements of the conflict alone.
        chosen: The fact.
        others: How many other figures there are.
    """
    fact = restated(system, system.facts[chosen])
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
        return -reader.drive(top, -1.0), reader.drive(top, 1.0)

    def is_left(ratio: float, sign: int) -> bool:
        # Rates alone fix no level: what is possible at all is possible at any size, and beyond the solver's tolerance.
        least = 0.01 * reader.system.scale[top].sum()
        return reader.drive(top, float(sign), bottom, -sign * ratio, enough=least) > least

    ends = []
    for sign in (-1, 1):
        # Below `low` every ratio can be exceeded (sign 1), above `high` every ratio can be undercut (sign -1).
        low, high = 0.0, FAR_RATIO
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if is_left(middle, sign) == (sign == 1) else (low, middle)
        ends.append(low)
    return (ends[0] if ends[0] > NEAR_RATIO else 0.0), ends[1]


def show_number(value: float) -> str:
    """Return a computed number to five digits at least, without decimals where it has so many before the point."""
    digits = max(0, 4 - int(np.floor(np.log10(abs(value))))) if value else 0
    return f"{value:,.{digits}f}"


def show_digits(value: float, resolution: float) -> str:
    """Return a printed number with the decimals of its last printed digit."""
    digits = max(0, -int(np.floor(np.log10(resolution) + 1e-9))) if resolution > 0 else 0
    return f"{value:,.{digits}f}"


def show_printed(fact: Fact) -> str:
    """Return a printed amount, of three months where the figure is their mean."""
    value, resolution = (
        (3 * fact.printed, 3 * fact.resolution) if fact.measure == "mean3" else (fact.printed, fact.resolution)
    )
    return show_digits(value, resolution)


def show_rate(fact: Fact) -> str:
    """Return a printed rate as the factor it stands for: "(1 + 6.11%)", "59%"."""
    if fact.top[0].series != fact.bottom[0].series:
        return f"{show_digits(fact.printed, fact.resolution)}%"
    sign = "+" if fact.printed >= 0 else "-"
    return f"(1 {sign} {show_digits(abs(fact.printed), fact.resolution)}%)"


def show_percent(fact: Fact) -> str:
    """Return a printed rate as a change, "+6.11%", or as a share, "59%"."""
    sign = "+" if fact.printed > 0 and fact.top[0].series == fact.bottom[0].series else ""
    return f"{sign}{show_digits(fact.printed, fact.resolution)}%"
