"""Publishers that cut digits off instead of rounding, told by their own prints beside what others leave.

A rounded 43,400 stands for 43,350 to 43,450, a cut one for 43,400 to 43,500. All prints are first read as either; what
then follows for a figure from the others (bounds propagation) leaves more room in one of the readings than in the
other. How much more, print by print, makes the odds of its publisher: one that cuts with odds of `CERTAIN` to 1 cuts,
with odds of `POSSIBLE` it may, and its prints are read as either. Who is seen to round makes the next round narrower.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from metalsbook.analysis.reconcile.bounds import propagate
from metalsbook.analysis.reconcile.facts import Fact, Kind
from metalsbook.analysis.reconcile.solver import LEEWAY
from metalsbook.analysis.reconcile.system import LOOSE, System

CERTAIN, POSSIBLE = 100.0, 1.5
ROUNDS = 3
CLEAR = 0.02
"""Width, in last digits, below which what the others leave is a point."""

ERRORS = 0.02
"""Share of the room of either reading in which a print is taken to be wrong."""


def learn_cuts(systems: Sequence[System]) -> tuple[frozenset[Kind], frozenset[Kind]]:
    """Return who cuts digits off, and who may do so."""
    rounds: set[Kind] = set()
    odds: dict[Kind, float] = {}
    known: dict[tuple, list[tuple[int, float]]] = {}
    for _ in range(ROUNDS):
        found: dict[Kind, float] = defaultdict(float)
        for place, system in enumerate(systems):
            unknown = tuple(
                number
                for number, fact in enumerate(system.facts)
                if fact.is_rounded and fact.printed and not fact.kinds & rounds
            )
            if (place, unknown) not in known:
                known[place, unknown] = list(_leanings(system, list(unknown)))
            for number, leaning in known[place, unknown]:
                for kind in system.facts[number].kinds:
                    found[kind] += leaning
        odds |= found
        seen = {kind for kind, sum_of_logs in found.items() if sum_of_logs <= -np.log(CERTAIN)}
        if not seen:
            break
        rounds |= seen
    certain = {kind for kind, sum_of_logs in odds.items() if sum_of_logs >= np.log(CERTAIN)}
    inclined = {house for (house, _), sum_of_logs in odds.items() if sum_of_logs >= np.log(POSSIBLE)}
    possible = {(house, is_rate) for house in inclined for is_rate in (False, True)} - certain - rounds
    return frozenset(certain), frozenset(kind for kind in possible if odds.get(kind, 0.0) > -np.log(POSSIBLE))


def read_cuts(facts: Sequence[Fact], cut: frozenset[Kind], unsure: frozenset[Kind]) -> list[Fact]:
    """Return the facts, those of publishers that cut, or may, with the bounds that this leaves.

    A print of a publisher that only may cut stays as it is beside a rival that it excludes: that is a contradiction.
    """
    rivals: dict[tuple, list[Fact]] = defaultdict(list)
    for fact in facts:
        rivals[fact.top, fact.bottom].append(fact)
    read = []
    for fact in facts:
        may_cut = unsure if all(one.low < fact.high for one in rivals[fact.top, fact.bottom]) else frozenset()
        if fact.is_rounded and fact.kinds <= cut | may_cut:
            low, high = fact.cut_off
            if not fact.kinds & cut:
                low, high = min(low, fact.low), max(high, fact.high)
            fact = replace(fact, low=low, high=high, cut=True)
        read.append(fact)
    return read


def _leanings(system: System, unknown: list[int]) -> Iterator[tuple[int, float]]:
    """Yield figures, and the logarithm of how much more room the others leave where digits were cut off."""
    state = system.strict
    state[unknown] = LOOSE
    rows = system.rows_of(state)
    low, high, _ = propagate(system.matrix[rows], system.limit[rows] + LEEWAY)
    low, high = low * system.scale, high * system.scale
    for number in unknown:
        fact = system.facts[number]
        top, bottom = system.columns(fact, fact.rounds[0])
        least, most = low[top].sum(), high[top].sum()
        if bottom:
            base = low[bottom].sum(), high[bottom].sum()
            if not (base[0] > 1e-9 and base[1] > 0):
                continue
            least, most = least / base[1], most / base[0]
        if least > most or not np.isfinite(most):
            continue
        width = max(most - least, CLEAR * fact.unit)
        cut, rounded = (
            max(min(most, reading[1]) - max(least, reading[0]), 0.0) / width + ERRORS
            for reading in (fact.cut_off, fact.rounded)
        )
        yield number, float(np.log(cut / rounded))
