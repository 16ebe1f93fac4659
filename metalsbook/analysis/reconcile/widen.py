"""No false precision: elements in conflict are widened until every side of their conflict fits.

The suspects of a knot are taken out. Every other element that some side holds to be wrong is asked what that side
leaves possible for it, all other knots put aside, and its rows are opened that far. Bounds of the widened system then
cover every side at once. Where sides of several knots do not fit together, all elements in doubt are taken out.
"""

import numpy as np

from metalsbook.analysis.reconcile.conflicts import Knot
from metalsbook.analysis.reconcile.programs import LEEWAY, Model, Programs
from metalsbook.analysis.reconcile.system import System


def widen_system(system: System, programs: Programs, knots: list[Knot]) -> System:
    """Return the system with the rows of elements in conflict opened to all sides."""
    doubtful = frozenset().union(*(knot.members for knot in knots))
    limit = system.limit.copy()
    for knot in knots:
        limit[np.isin(system.owner, sorted(knot.out))] = np.inf
        for side in knot.sides:
            kept = (system.elements - doubtful) | (knot.members - side)
            for row in np.flatnonzero(np.isin(system.owner, sorted(side - knot.out)) & np.isfinite(limit)):
                span = slice(system.matrix.indptr[row], system.matrix.indptr[row + 1])
                most = programs.reach(system.matrix.indices[span], system.matrix.data[span], kept)
                limit[row] = max(limit[row], most) if most > -np.inf else np.inf
    if knots and not _is_possible(system.with_limit(limit)):
        limit[np.isin(system.owner, sorted(doubtful))] = np.inf
    return system.with_limit(limit)


def _is_possible(system: System) -> bool:
    count = system.matrix.shape[1]
    free, endless = np.zeros(count), np.full(count, np.inf)
    return Model(system.matrix, system.limit + LEEWAY, free, free, endless).solve() < np.inf
