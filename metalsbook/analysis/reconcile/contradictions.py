"""Which figures cannot all hold, and which to set aside: error localisation after Fellegi and Holt.

A **core** is a smallest contradicting set (an irreducible infeasible subset): leave one out, and the rest can hold. The
elements of a core stand in the loosest reading in which they still contradict each other, so that a core says of each
member whether cut digits or a larger revision would do (`STRICT`) or only setting it aside (`LOOSE`).

A **side** is a cheapest way to read elements loosely, or to set them aside, so that no contradiction is left. What it
costs is counted in slips: figures of one page, period and measure share a slip (five shares of the wrong total are one
mistake), and so do the months that one round revises. Cores are collected until the cheapest hitting set of all of them
leaves no contradiction (implicit hitting sets); every side that costs as little is kept, and bounds cover each.

Cores that share elements form a **knot**: its sides are chosen apart from those of other knots.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from metalsbook.analysis.reconcile.facts import Fact, Vintage
from metalsbook.analysis.reconcile.habits import small_sums
from metalsbook.analysis.reconcile.solver import Compatible
from metalsbook.analysis.reconcile.system import LOOSE, OUT, STRICT, TOUCH, WIDE, System

COST = {LOOSE: 0.6, WIDE: 1.0, OUT: 1.0}
"""Slips that a reading counts as: digits cut off and late revisions are the commonest of all mistakes."""

HOUSE = 0.25
"""What each further publisher adds that printed the same figure: they would all have to be wrong."""

MOST_HOUSES = 3
MORE = 1e-9
"""How much more than the cheapest a side may cost."""

MOST_SIDES = 24
MOST_STEPS = 2000
"""Where a knot is so tangled that the search does not end, the best side so far is what it has."""

Side = Mapping[int, int]
Core = Side
"""A reading for each of some elements: of a side, all that are not `STRICT`; of a core, a looser one settles it."""

NamedCore = Mapping[Fact | Vintage, int]
"""The same, by fact or vintage."""


@dataclass(frozen=True)
class Knot:
    """Cores that share elements."""

    cores: tuple[Core, ...]  # Smallest contradicting sets
    sides: tuple[Side, ...]  # The cheapest ways to settle them all, the likeliest first


def apply_sides(system: System, sides: Iterable[Side]) -> np.ndarray:
    """Return the state in which some elements are read as sides say, all others strictly."""
    state = system.strict
    for side in sides:
        for element, reading in side.items():
            state[element] = reading
    return state


def find_knots(system: System, known: Iterable[NamedCore] = ()) -> list[Knot]:
    """Return the knots of a component whose elements cannot all hold.

    Cores of a system of more figures (`known`) need not be searched for where they are here too.
    """
    whole = Compatible(system)
    slips, cores = Slips(system), _first_cores(system, whole, known)
    found: dict[frozenset, list[Side]] = {}
    while True:
        knots = []
        for group in _group(cores, slips):
            name = frozenset(frozenset(core.items()) for core in group)
            if name not in found:
                found[name] = _cheapest(slips, group)
            knots.append(Knot(tuple(group), tuple(found[name])))
        left = _left_over(system, whole, knots)
        if left is None:
            return knots
        cores += _disjoint_cores(system, whole, left)


def _first_cores(system: System, whole: Compatible, known: Iterable[NamedCore]) -> list[Core]:
    """Return cores: known ones that are here too, then some that share no fact, of small sums first.

    A reader can redo small sums.
    """
    number = {element: place for place, element in enumerate(system.elements)}
    here = [{number[one]: way for one, way in named.items()} for named in known if named.keys() <= number.keys()]
    small = Compatible(system, np.array(sorted({element for core in here for element in core}), int))
    cores: list[Core] = [core for core in here if not small.is_possible(system.only(core))]
    state, count = system.strict, len(system.facts)
    state[[element for core in cores for element in core if element < count]] = OUT
    for clash in _clashing_sums(system.facts):
        if any(state[element] == OUT for element in clash):
            continue
        core = _thin(system, system.only(dict.fromkeys([*clash, *system.ties_of(clash)], STRICT)))
        if core is not None:
            cores.append(core)
            state[[element for element in core if element < count]] = OUT
    return cores + _disjoint_cores(system, whole, state)


def _disjoint_cores(system: System, whole: Compatible, state: np.ndarray) -> list[Core]:
    """Return cores of the elements as they are read that share no fact, until the rest can hold."""
    state, cores, count = state.copy(), [], len(system.facts)
    while (carriers := whole.carriers(state)) is not None:
        # What the solver names may contradict itself by a trifle less than all of it.
        core = _thin(system, _keep(system, state, carriers)) or _thin(system, state.copy())
        if core is None:
            break
        cores.append(core)
        state[[element for element in core if element < count]] = OUT
    return cores


def _clashing_sums(facts: Sequence[Fact]) -> list[tuple[int, ...]]:
    """Return the facts (indices) of every small sum that rounding does not explain, the shortest and widest first."""
    number = {fact.key: index for index, fact in enumerate(facts)}
    clashes: dict[tuple[int, ...], float] = {}
    for plus, minus, low, high in small_sums(facts):
        gap = max(low, -high)
        if gap > -TOUCH * plus[0].high:
            clash = tuple(sorted({number[fact.key] for fact in plus + minus}))
            clashes[clash] = gap / max(plus[0].high, 1e-12)
    return sorted(clashes, key=lambda clash: (len(clash), -clashes[clash], clash))


def _keep(system: System, state: np.ndarray, elements: np.ndarray) -> np.ndarray:
    return system.only(dict(zip(elements.tolist(), state[elements].tolist(), strict=True)))


def _thin(system: System, trial: np.ndarray) -> Core | None:
    """Drop from a contradicting set, one by one, what it does not need, then read the rest as loosely as it can be.

    Far-reaching facts are dropped first, ties last. None where the set does not contradict itself.
    """
    small = Compatible(system, np.flatnonzero(trial != OUT))
    carriers = small.carriers(trial)
    if carriers is None:
        return None
    reach = [len(fact.cells) for fact in system.facts] + [0] * len(system.ties)
    needed: set[int] = set()
    while True:
        trial = _keep(system, trial, carriers)
        rest = [element for element in carriers.tolist() if element not in needed]
        if not rest:
            break
        element = min(rest, key=lambda element: (-reach[element], element))
        reading, trial[element] = trial[element], OUT
        found = small.carriers(trial)
        if found is None:
            trial[element] = reading
            needed.add(element)
        else:
            carriers = found
    for element in np.flatnonzero(trial == STRICT).tolist():
        for looser in system.looser(element, STRICT):
            reading, trial[element] = trial[element], looser
            if looser == OUT or small.is_possible(trial):
                trial[element] = reading
                break
    return {int(element): int(trial[element]) for element in np.flatnonzero(trial != OUT)}


def _left_over(system: System, whole: Compatible, knots: Sequence[Knot]) -> np.ndarray | None:
    """Return the state of a choice of sides that leaves a contradiction, None where every side settles all."""
    first = [knot.sides[0] for knot in knots]
    choices = (
        [*first[:number], side, *first[number + 1 :]] for number, knot in enumerate(knots) for side in knot.sides
    )
    states = (apply_sides(system, choice) for choice in choices)
    return next((state for state in states if not whole.is_possible(state)), None)


def _group(cores: Sequence[Core], slips: "Slips") -> list[list[Core]]:
    """Group cores that could be settled by one slip."""
    groups: list[tuple[set, list[Core]]] = []
    for core in cores:
        names = set(slips.ways(core))
        touching = [group for group in groups if group[0] & names]
        groups = [group for group in groups if not group[0] & names]
        groups.append((names.union(*(group[0] for group in touching)), [*(c for g in touching for c in g[1]), core]))
    return [group for _, group in groups]


class Slips:
    """The mistakes that could be behind a contradiction: the elements of each, how it has them read, what it costs."""

    def __init__(self, system: System):
        self.system = system
        self.members: dict[tuple, dict[int, int]] = {}
        for element in range(system.size):
            for reading in system.looser(element, STRICT):
                self.members.setdefault(slip_of(system, element, reading), {})[element] = reading
        self._ways: dict[frozenset, list[tuple]] = {}
        houses = [min(len(fact.kinds), MOST_HOUSES) for fact in system.facts]
        self.cost = {
            name: max(
                COST[way] + HOUSE * (houses[element] - 1 if way == OUT else 0) for element, way in members.items()
            )
            for name, members in self.members.items()
        }

    def ways(self, core: Core) -> list[tuple]:
        """Return the slips that settle a core."""
        name = frozenset(core.items())
        if name not in self._ways:
            found = {
                slip_of(self.system, element, looser)
                for element, reading in core.items()
                for looser in self.system.looser(element, reading)
            }
            self._ways[name] = sorted(found, key=repr)
        return self._ways[name]

    def side(self, names: Iterable[tuple]) -> dict[int, int]:
        """Return the readings that slips make together."""
        side: dict[int, int] = {}
        for name in names:
            for element, reading in self.members[name].items():
                side[element] = max(reading, side.get(element, STRICT))
        return side


def _cheapest(slips: Slips, cores: Sequence[Core]) -> list[Side]:
    """Return the cheapest sides that settle some cores, the likeliest first: depth-first branch and bound.

    After `MOST_STEPS` steps the best side so far is all.
    """
    cost, best, steps = slips.cost, np.inf, 0
    found: dict[frozenset, float] = {}
    seen: set[frozenset] = set()

    def settle(left: list[frozenset], names: frozenset, paid: float) -> None:
        nonlocal best, steps
        steps += 1
        if names in seen or (found and steps > MOST_STEPS):
            return
        seen.add(names)
        # Cores that no slip settles together cost one slip each, at least.
        apart: frozenset = frozenset()
        least = paid
        for ways in left:
            if apart.isdisjoint(ways):
                least += min(cost[name] for name in ways)
                apart |= ways
        if least > best + MORE:
            return
        if not left:
            best, found[names] = min(best, paid), paid
            return
        settled = {name: sum(name in ways for ways in left) for name in left[0]}
        for name in sorted(left[0], key=lambda name: (cost[name] / settled[name], repr(name))):
            settle([ways for ways in left if name not in ways], names | {name}, paid + cost[name])

    # Cores that few slips settle first: they leave the fewest sides to try.
    settle(sorted((frozenset(slips.ways(core)) for core in cores), key=len), frozenset(), 0.0)
    sides = [names for names, paid in found.items() if paid <= best + MORE]
    readings: list[Side] = [slips.side(names) for names in sides if not any(other < names for other in sides)]
    return sorted(readings, key=lambda side: _likelihood(slips.system, side))[:MOST_SIDES]


def slip_of(system: System, element: int, reading: int) -> tuple:
    """Return the slip that has an element read so.

    One slip are shares of one base on one page, all that an office revises in one round, the cumulated figures of a
    year.
    """
    if element >= len(system.facts):
        cell, vintage = system.ties[element - len(system.facts)]
        return "revised", system.habits.family.get(cell.series, cell.series), vintage
    fact = system.facts[element]
    if reading == WIDE:
        return "restated", fact.series, fact.period[:4]
    if reading == OUT and fact.is_share:
        return "wrong base", fact.sources[0], fact.bottom
    return fact.key, reading


def _likelihood(system: System, side: Side) -> tuple:
    """Return what sides of one cost are ordered by: an undated copy errs before a dated page, a rate before a level."""
    facts = [system.facts[element] for element, reading in side.items() if reading == OUT]
    dated = sum(all("undated" not in source for source in fact.sources) for fact in facts)
    amounts = sum(not fact.bottom for fact in facts)
    return len(side), dated, amounts, sum(len(fact.statements) for fact in facts), sorted(side.items())
