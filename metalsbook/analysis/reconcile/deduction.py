"""What follows from the figures of a conflict: interval arithmetic over sums of months.

Printed figures, then what follows from them one by one (a rate times its base, a whole less a piece, pieces together,
a later vintage within the allowance, parts against their total), until one sum of months is known in two ways that
exclude each other. `worked` tells it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from metalsbook.analysis.intervals import show_interval
from metalsbook.analysis.reconcile.facts import Cell, Fact, month_text
from metalsbook.analysis.reconcile.system import Elements, System
from metalsbook.analysis.reconcile.vintages import SETTLED, Vintage, vintages_of
from metalsbook.analysis.reconcile.wording import show_number, show_printed, show_rate

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


def label(system: System, months: Months) -> str:
    """Return a name for a sum of months: "series 2025-01 to 2025-06", with the round of an early vintage."""
    names = sorted({cell.series for cell, _ in months})
    if len(names) > 1:
        return " + ".join(label(system, frozenset(v for v in months if v[0].series == name)) for name in names)
    last = dict(system.variables[: len(system.cells)])
    single = single_months(system, {cell for cell, _ in months})
    text = runs_of(single)
    early = {vintage for cell, vintage in months if vintage != last[cell]}
    if len(months) == 1 and early:
        text += " as settled later" if early == {SETTLED} else f" as printed in {month_text(early.pop())}"
    return f"{names[0]} {text}"


def single_months(system: System, cells: set[Cell]) -> list[int]:
    """Return the months that cells stand for, in order."""
    parts = [part for cell in cells for part in system.blocks[cell]]
    return sorted({month for part in parts for month in range(part.start, part.start + part.span)})


def runs_of(months: list[int]) -> str:
    """Return months in short: "2025-01 to 2025-03 + 2025-05"."""
    starts = [month for month in months if month - 1 not in months]
    ends = [month for month in months if month + 1 not in months]
    runs = zip(starts, ends, strict=True)
    return " + ".join(month_text(a) if a == b else f"{month_text(a)} to {month_text(b)}" for a, b in runs)


class Chain:
    """Deduces sums of months from a conflict's facts and ties until two exclude each other."""

    def __init__(self, system: System, conflict: Elements, allowances: dict[str, float]):
        self.system, self.allowances = system, allowances
        count = len(system.facts)
        self.facts = [system.facts[element] for element in sorted(conflict) if element < count]
        self.last = dict(system.variables[: len(system.cells)])
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
            yield _derive(top, base.low * fact.low, base.high * fact.high, f"{base.shown} x {show_rate(fact)}", base)
        if top in self.known and fact.low > 0:
            above = self.known[top]
            how = f"{above.shown} / {show_rate(fact)}"
            yield _derive(bottom, above.low / fact.high, above.high / fact.low, how, above)

    def carried(self, months: Months) -> Months:
        """Return the same months as last published, where the conflict's ties lead there."""
        return frozenset(
            (cell, self.last[cell]) if (cell, vintage) in self.tied else (cell, vintage) for cell, vintage in months
        )

    def carry(self, months: Months) -> Iterator[Known]:
        """Yield the same months in another vintage, within the allowance."""
        early = {vintage for vintage in months if vintage in self.tied}
        known = self.known[months]
        others = [self.carried(months)] if early else []
        others += [target for target in self.targets if target != months and self.carried(target) == months]
        for other in others:
            moved = {cell for cell, _ in months ^ other}
            share = max(self.allowances.get(cell.series, 0.0) for cell in moved)
            base = sum(self.level(cell, known) for cell in moved)
            room = share * base
            when = runs_of(single_months(self.system, moved))
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
