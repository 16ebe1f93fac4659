"""Which elements cannot all hold: smallest contradicting sets, and the sides of each.

Search: first the small sums that facts make among themselves (rival prints, a whole and its pieces, a rate and its two
levels); then, while the rest still contradicts itself, the rows that carry the elastic program's relaxation, thinned by
a deletion filter. Of every set found, the element whose removal leaves the fewest slips to explain is the *suspect*; it
is taken out, and the search goes on with the rest until the rest is compatible. A suspect may be a tie: the months were
then revised by more than usual, and no print need be wrong.

Sets that share an element form a *knot*. A *side* of a knot is a set of elements that, taken as wrong, leaves no
contradiction. A side that needs more than `OUTVOTED` slips beyond the fewest is no side but a slip itself: an output
ten times too high contradicts every figure of its year.

In the field's terms: irreducible infeasible subsets, hitting sets, error localisation (Fellegi-Holt).
"""

from dataclasses import dataclass, replace

from metalsbook.analysis.reconcile.programs import Programs
from metalsbook.analysis.reconcile.sums import clashing_sums
from metalsbook.analysis.reconcile.system import Elements, System

OUTVOTED = 1
"""How many more slips than the fewest a side may need."""


@dataclass(frozen=True)
class Knot:
    """Conflicts that share elements.

    Attributes:
        conflicts: Smallest contradicting sets.
        suspects: For each conflict, the element whose removal leaves the least relaxation.
        out: The side that the search ended with: the suspects that are needed.
        sides: Sets of elements, any of which taken as wrong leaves no contradiction, `out` among them; sorted.
    """

    conflicts: tuple[Elements, ...]
    suspects: tuple[int, ...]
    out: Elements = frozenset()
    sides: tuple[Elements, ...] = ()

    @property
    def members(self) -> Elements:
        """All elements of the knot's conflicts and sides."""
        return frozenset().union(*self.conflicts, *self.sides)


def find_knots(system: System, programs: Programs) -> list[Knot]:
    """Return the knots of a component with their sides, empty where all its elements can hold."""
    small = _small_clashes(system, programs)
    pool, found = system.elements, []
    while True:
        clash = next((clash for clash in small if clash <= pool), None) or contradiction(system, programs, pool)
        if clash is None:
            break
        suspect = _suspect(system, programs, pool, clash)
        found.append((clash, suspect))
        pool -= {suspect}
    for _, suspect in reversed(found):
        pool |= {suspect} if programs.is_possible(pool | {suspect}) else set()
    knots = [Knot(*zip(*group, strict=True)) for group in _group(found)]
    doubtful = frozenset().union(*(knot.members for knot in knots))
    agreed = system.elements - doubtful
    knots = [
        _take_sides(system, programs, agreed | knot.members, replace(knot, out=knot.members - pool)) for knot in knots
    ]
    return _blame_fewest(system, programs, knots)


def _blame_fewest(system: System, programs: Programs, knots: list[Knot]) -> list[Knot]:
    """Return the knots with the side of fewest slips taken out, and its elements as suspects."""
    for number, knot in enumerate(knots):
        others = frozenset().union(*(other.out for other in knots if other is not knot))
        best = min(knot.sides, key=lambda side: (system.count_slips(side), side != knot.out, len(side), sorted(side)))
        if programs.is_possible(system.elements - others - best):
            suspects = tuple(
                suspect if suspect in best else min(best & conflict)
                for conflict, suspect in zip(knot.conflicts, knot.suspects, strict=True)
            )
            knots[number] = replace(knot, out=best, suspects=suspects)
    return knots


def _small_clashes(system: System, programs: Programs) -> list[Elements]:
    """Return the contradicting sets among small sums, shortest first."""
    ties = frozenset(range(len(system.facts), len(system.elements)))
    small: list[Elements] = []
    for clash in clashing_sums(system.facts):
        core = clash | (system.around(clash) & ties)
        if not any(known <= core for known in small) and not programs.is_possible(core):
            small.append(_thin(system, programs, core))
    return small


def contradiction(system: System, programs: Programs, pool: Elements) -> Elements | None:
    """Return a smallest contradicting set within `pool`, None where there is none."""
    core = programs.carriers(pool)
    if core is None:
        return None
    return _thin(system, programs, pool if programs.is_possible(core) else core)


def _thin(system: System, programs: Programs, core: Elements) -> Elements:
    """Drop from a contradicting set, one by one, what it does not need: far-reaching facts first, ties last."""
    reach = {element: len(system.facts[element].cells) if element < len(system.facts) else 0 for element in core}
    for element in sorted(core, key=lambda element: (-reach[element], element)):
        if not programs.is_possible(core - {element}):
            core = core - {element}
    return core


def _suspect(system: System, programs: Programs, pool: Elements, clash: Elements) -> int:
    """Return the element of a conflict without which the fewest others, then the least of them, must be relaxed.

    Fewest in slips (`System.count_slips`), asked among what agrees anyway: all elements but those that the least
    relaxation of the pool touches.
    """
    agreed = (pool - programs.relax(pool)[1]) | clash
    left = {}
    for element in sorted(clash):
        value, relaxed = programs.relax(agreed - {element})
        left[element] = (system.count_slips(relaxed), round(value, 7), element)
    return min(left, key=left.get)


def _group(found: list[tuple[Elements, int]]) -> list[list[tuple[Elements, int]]]:
    """Group conflicts that share elements."""
    groups: list[list[tuple[Elements, int]]] = []
    for conflict in sorted(found, key=lambda item: sorted(item[0])):
        touching = [group for group in groups if any(conflict[0] & other for other, _ in group)]
        groups = [group for group in groups if group not in touching]
        joined = [conflict, *(other for group in touching for other in group)]
        groups.append(sorted(joined, key=lambda item: sorted(item[0])))
    return sorted(groups, key=lambda group: sorted(group[0][0]))


def _hits(knot: Knot, element: int) -> Elements:
    """Return an element of a knot and the suspects of the conflicts that it is not in."""
    others = zip(knot.conflicts, knot.suspects, strict=True)
    return frozenset((element, *(suspect for conflict, suspect in others if element not in conflict)))


def _take_sides(system: System, programs: Programs, pool: Elements, knot: Knot) -> Knot:
    """Return a knot with its sides.

    Args:
        system: The component.
        programs: Its programs.
        pool: All elements but those of other knots.
        knot: The knot.
    """
    doubted = frozenset().union(*knot.conflicts)
    tried = {(knot.out - conflict) | {element} for conflict in knot.conflicts for element in conflict}
    tried |= {_hits(knot, element) for element in doubted}
    sides = {knot.out} | {side for side in tried if programs.is_possible(pool - side)}
    for element in sorted(doubted):
        value, side = programs.relax(pool, loose=pool - {element})
        if value < float("inf") and programs.is_possible(pool - side):
            sides.add(side)
    slips = {side: system.count_slips(side) for side in sides if not any(other < side for other in sides)}
    smallest = [side for side, count in slips.items() if count <= min(slips.values()) + OUTVOTED]
    return replace(knot, sides=tuple(sorted({knot.out, *smallest}, key=sorted)))
