"""Publishers that cut digits off instead of rounding, told by their own prints beside what others leave.

A rounded 43,400 stands for 43,350 to 43,450, a cut one for 43,400 to 43,500. All prints are first read as either; what
then follows for a figure from the others (bounds propagation) can exclude one of the readings. A publisher with
`FEWEST` prints that can only be cut, and at most one in `RARE` that can only be rounded, cuts; with one of the former
and none of the latter it may, and its other prints are read as either. Who is seen to round makes the next round
narrower.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from metalsbook.analysis.reconcile.bounds import propagate
from metalsbook.analysis.reconcile.facts import Fact
from metalsbook.analysis.reconcile.solver import LEEWAY
from metalsbook.analysis.reconcile.system import LOOSE, STRICT, System

FEWEST = 3
RARE = 8
ROUNDS = 3
CLEAR = 0.02
"""How far beyond a reading a figure must lie to exclude it, as a share of its last digit."""

Kind = tuple[str, bool]
"""A publisher, and whether rates are meant."""


def learn_cuts(systems: Sequence[System]) -> tuple[frozenset[Kind], frozenset[Kind]]:
    """Return who cuts digits off, and who may do so."""
    rounds: set[Kind] = set()
    for _ in range(ROUNDS):
        cut: Counter[Kind] = Counter()
        rounded: Counter[Kind] = Counter()
        for system in systems:
            for number, only_cut in _witnesses(system, rounds):
                fact = system.facts[number]
                (cut if only_cut else rounded).update((house, bool(fact.bottom)) for house in fact.houses)
        seen = {kind for kind in rounded if rounded[kind] > cut[kind] / RARE}
        if seen <= rounds:
            break
        rounds |= seen
    certain = {kind for kind in cut if cut[kind] >= FEWEST and rounded[kind] <= cut[kind] / RARE}
    possible = {(house, is_rate) for house, _ in cut for is_rate in (False, True)} - certain
    return frozenset(certain), frozenset(kind for kind in possible if not rounded[kind])


def read_cuts(facts: Sequence[Fact], cut: frozenset[Kind], unsure: frozenset[Kind]) -> list[Fact]:
    """Return the facts, those of publishers that cut, or may, with the bounds that this leaves.

    A print of a publisher that only may cut stays as it is beside a rival that it excludes: that is a contradiction.
    """
    rivals: dict[tuple, list[Fact]] = defaultdict(list)
    for fact in facts:
        rivals[fact.top, fact.bottom].append(fact)
    return [
        _read(fact, cut, unsure if all(one.low < fact.high for one in rivals[fact.top, fact.bottom]) else frozenset())
        if fact.is_rounded
        else fact
        for fact in facts
    ]


def _read(fact: Fact, cut: frozenset[Kind], unsure: frozenset[Kind]) -> Fact:
    kinds = {(house, bool(fact.bottom)) for house in fact.houses}
    if not kinds <= cut | unsure:
        return fact
    low, high = fact.cut_off
    if not kinds & cut:
        low, high = min(low, fact.low), max(high, fact.high)
    return replace(fact, low=low, high=high, cut=True)


def _witnesses(system: System, rounds: set[Kind]) -> Iterable[tuple[int, bool]]:
    """Yield the figures that can be read in one way only, and whether that is as cut off."""
    state = np.full(system.size, STRICT, np.int8)
    open_facts = [
        number
        for number, fact in enumerate(system.facts)
        if fact.is_rounded and fact.printed and not any((house, bool(fact.bottom)) in rounds for house in fact.houses)
    ]
    state[open_facts] = LOOSE
    rows = system.rows_of(state)
    low, high, _ = propagate(system.matrix[rows], system.limit[rows] + LEEWAY)
    low, high = low * system.scale, high * system.scale
    for number in open_facts:
        fact = system.facts[number]
        room = CLEAR * fact.unit
        for published in fact.rounds:
            top, bottom = system.columns(fact, published)
            least, most = low[top].sum(), high[top].sum()
            if bottom:
                base = (low[bottom].sum(), high[bottom].sum())
                if not (base[0] > 1e-9 and base[1] > 0):
                    break
                least, most = least / base[1], most / base[0]
            if least > most or not np.isfinite(most):
                break
            is_cut, is_rounded = (
                least <= reading[1] + room and most >= reading[0] - room for reading in (fact.cut_off, fact.rounded)
            )
            if is_cut != is_rounded:
                yield number, is_cut
                break
