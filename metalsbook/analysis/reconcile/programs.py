"""Linear programs over a component's rows, solved by SciPy's HiGHS.

One door to the solver, so that tolerances and the reading of its status stand in one place.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog

from metalsbook.analysis.reconcile.system import NOBODY, System

FEASIBILITY = 1e-9
"""Tolerance of the solver on rows near 1."""

CONTRADICTION = 1e-6
"""Relaxation, as a share of a statement's level, below which facts count as compatible."""

CARRIES = 1e-9
"""Multiplier above which a row takes part in what the solver proved."""


@dataclass(frozen=True)
class Solution:
    """What the solver found.

    Attributes:
        status: `optimal`, `infeasible` or `unbounded`.
        value: The objective; NaN unless optimal.
        point: The variables; empty unless optimal.
        duals: Multipliers of the rows, at least 0; empty unless optimal.
    """

    status: str
    value: float
    point: np.ndarray
    duals: np.ndarray


class SolverFailure(RuntimeError):
    """The solver stopped without an answer: a bug or a badly scaled system, not a matter of the ledger."""


def solve(
    objective: np.ndarray, matrix: sp.csr_matrix, limit: np.ndarray, bounds: np.ndarray | None = None
) -> Solution:
    """Minimise `objective @ x` over `matrix @ x <= limit`.

    Args:
        objective: One number a variable.
        matrix: Rows.
        limit: Right-hand sides.
        bounds: Lower and upper bound of each variable (two columns); 0 and infinity where not given.

    Raises:
        SolverFailure: If the solver gives no answer.
    """
    if bounds is None:
        bounds = np.column_stack([np.zeros(len(objective)), np.full(len(objective), np.inf)])
    tolerances = {"primal_feasibility_tolerance": FEASIBILITY, "dual_feasibility_tolerance": FEASIBILITY}
    for options in (tolerances, {**tolerances, "presolve": False}, {}):
        result = linprog(objective, A_ub=matrix, b_ub=limit, bounds=bounds, method="highs-ds", options=options)
        if result.status == 0 or (result.status in (2, 3) and options is not tolerances):
            break
    else:
        raise SolverFailure(f"HiGHS gave status {result.status}: {result.message}")
    if result.status:
        return Solution({2: "infeasible", 3: "unbounded"}[result.status], np.nan, np.empty(0), np.empty(0))
    return Solution("optimal", result.fun, result.x, -result.ineqlin.marginals)


def relax(
    system: System, kept: Iterable[int], shared: bool, hard: int = NOBODY, loose: Iterable[int] | None = None
) -> tuple[Solution, np.ndarray]:
    """Find the least relaxation that makes elements compatible.

    Args:
        system: The component.
        kept: Elements that take part.
        shared: Whether all are relaxed by one common amount, or each by its own with the least sum.
        hard: An element that is not relaxed.
        loose: The elements that may be relaxed; all but `hard` where not given.

    Returns:
        The solution (its value is the relaxation, as a share of the statements' level) and the elements that carry it:
        those whose rows have a multiplier where shared, else those that are relaxed.
    """
    rows = system.rows_of(kept)
    used, matrix = _narrow(system.matrix[rows])
    owner = system.owner[rows]
    free = (owner != NOBODY) & (owner != hard) if loose is None else np.isin(owner, list(loose))
    eased = np.flatnonzero(free)
    names, columns = np.unique(owner[eased], return_inverse=True)
    columns = np.zeros(len(eased), int) if shared else columns
    width = 1 if shared else len(names)
    slack = sp.csr_matrix((-np.ones(len(eased)), (eased, columns)), shape=(len(rows), width))
    objective = np.concatenate([np.zeros(len(used)), np.ones(width)])
    solution = solve(objective, sp.hstack([matrix, slack], format="csr"), system.limit[rows])
    if solution.status != "optimal":
        return solution, np.empty(0, int)
    if shared:
        carrying = owner[solution.duals > CARRIES]
        return solution, np.unique(carrying[carrying != NOBODY])
    return solution, names[solution.point[len(used) :] > CONTRADICTION]


def is_possible(system: System, kept: Iterable[int]) -> bool:
    """Return whether the elements can all hold."""
    return relax(system, kept, shared=True)[0].value <= CONTRADICTION


def _narrow(matrix: sp.csr_matrix) -> tuple[np.ndarray, sp.csr_matrix]:
    """Return the columns that a matrix uses, and the matrix over these alone."""
    used, columns = np.unique(matrix.indices, return_inverse=True)
    return used, sp.csr_matrix((matrix.data, columns, matrix.indptr), shape=(matrix.shape[0], len(used)))
