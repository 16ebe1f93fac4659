"""The small sums that facts make among themselves, and which of them do not come out.

Rival prints of one figure; a whole and its two pieces; a rate and its two levels; a part and its total with their
share. Used for revisions (prints of different rounds) and for conflicts (any prints): what a reader can redo by hand.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from metalsbook.analysis.reconcile.edges import TOUCH
from metalsbook.analysis.reconcile.facts import Cell, Fact

Sum = tuple[tuple[Fact, ...], tuple[Fact, ...], float, float]
"""Facts on the plus side, facts on the minus side, least and greatest difference that rounding leaves."""


def small_sums(facts: Sequence[Fact]) -> Iterator[Sum]:
    """Yield the sums among amounts and rates of the same months; the difference is 0 where all figures are exact."""
    amounts: dict[tuple[Cell, ...], list[Fact]] = defaultdict(list)
    rates: dict[tuple[Cell, ...], list[Fact]] = defaultdict(list)
    for fact in facts:
        if np.isfinite([fact.low, fact.high]).all():
            (rates if fact.bottom else amounts)[fact.cells].append(fact)
    for rivals in amounts.values():
        yield from (
            ((two,), (one,), two.low - one.high, two.high - one.low)
            for one, two in product(rivals, rivals)
            if one.key < two.key
        )
    yield from _wholes(amounts)
    for cells in rates:
        for rate in rates[cells]:
            for top, bottom in product(amounts.get(rate.top, []), amounts.get(rate.bottom, [])):
                yield (top,), (bottom, rate), top.low - bottom.high * rate.high, top.high - bottom.low * rate.low


def _wholes(amounts: dict[tuple[Cell, ...], list[Fact]]) -> Iterator[Sum]:
    """Yield each amount over several months against two that share its months out."""
    for cells, wholes in amounts.items():
        for cut in range(1, len(cells)):
            lefts, rights = amounts.get(cells[:cut], []), amounts.get(cells[cut:], [])
            for whole, left, right in product(wholes, lefts, rights):
                yield (whole,), (left, right), whole.low - left.high - right.high, whole.high - left.low - right.low


def clashing_sums(facts: Sequence[Fact]) -> list[frozenset[int]]:
    """Return the facts (indices) of every small sum that rounding does not explain, the shortest and widest first.

    Sums that meet at an edge are among them.
    """
    number = {fact.key: index for index, fact in enumerate(facts)}
    clashes: dict[frozenset[int], float] = {}
    for plus, minus, low, high in small_sums(facts):
        gap = max(low, -high)
        if gap > -TOUCH * plus[0].high:
            clashes[frozenset(number[fact.key] for fact in plus + minus)] = gap / max(plus[0].high, 1e-12)
    rates = [index for index, fact in enumerate(facts) if fact.bottom]
    for one, two in product(rates, rates):
        if one < two and facts[one].top == facts[two].top and facts[one].bottom == facts[two].bottom:
            gap = max(facts[one].low - facts[two].high, facts[two].low - facts[one].high)
            if gap > -TOUCH:
                clashes[frozenset((one, two))] = gap
    return sorted(clashes, key=lambda clash: (len(clash), -clashes[clash], sorted(clash)))
