"""No false precision: elements in conflict are widened until every side of their conflict fits.

For each side of a knot the elements it holds to be wrong are asked what the rest leaves possible for them, all other
knots put aside; their rows are opened that far. Bounds of the widened system then cover every side at once.
"""

import numpy as np

from metalsbook.analysis.reconcile.conflicts import Knot
from metalsbook.analysis.reconcile.programs import CONTRADICTION, solve
from metalsbook.analysis.reconcile.system import Elements, System

ENDLESS = 1e4
"""Usual months of a series beyond which a month counts as unlimited."""


def widen_system(system: System, knots: list[Knot]) -> System:
    """Return the system with the rows of elements in conflict opened to all sides."""
    doubtful = frozenset().union(*(knot.members for knot in knots))
    limit = system.limit.copy()
    for knot in knots:
        limit[np.isin(system.owner, sorted(knot.out))] = np.inf
        for side in knot.sides:
            _open_side(system, (system.elements - doubtful) | (knot.members - side), side - knot.out, limit)
    return system.with_limit(limit)


def _open_side(system: System, kept: Elements, side: Elements, limit: np.ndarray) -> None:
    """Raise the limits of a side's rows to what the kept elements allow them."""
    rows = system.rows_of(kept)
    matrix, bound = system.matrix[rows], system.limit[rows] + CONTRADICTION / 10
    box = np.column_stack([np.zeros(matrix.shape[1]), np.full(matrix.shape[1], ENDLESS)])
    for row in np.flatnonzero(np.isin(system.owner, sorted(side)) & np.isfinite(limit)):
        solution = solve(-system.matrix[[row]].toarray()[0], matrix, bound, box)
        if solution.status == "optimal":
            endless = solution.point[system.matrix[[row]].indices].max() > ENDLESS / 2
            limit[row] = np.inf if endless else max(limit[row], -solution.value)
