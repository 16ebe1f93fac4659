"""Linear programs over one component, kept warm in HiGHS.

Contradictions and bounds ask thousands of programs that differ in a few rows or one coefficient of the objective. Each
model is therefore loaded once and changed in place: the solver goes on from its last basis, which is 10 to 20 times
faster than a cold start. One door to the solver, so that tolerances and statuses stand in one place.
"""

import highspy
import numpy as np
import scipy.sparse as sp

from metalsbook.analysis.reconcile.system import NOBODY, STRICT, System, entry_rows

FEASIBILITY = 1e-9
"""Tolerance of the solver on rows near 1."""

CONTRADICTION = 1e-6
"""Relaxation, as a share of a statement's level, below which elements count as compatible."""

LEEWAY = 1.01 * CONTRADICTION
"""Room that every row is given where bounds are asked: all that counts as compatible must be possible there too."""

PASSES = 60
"""Passes of bounds propagation; rates that chase each other in a circle would go on for ever."""

CARRIES = 1e-9
"""Multiplier above which a row takes part in what the solver proved."""

DUAL, PRIMAL = 1, 4
"""Simplex strategies of HiGHS."""

ENDLESS = 1e4
"""Usual months of a series beyond which a month counts as unlimited."""


class SolverFailure(RuntimeError):
    """The solver stopped without an answer: a bug or a badly scaled system, not a matter of the ledger."""


class Model:
    """A loaded program: minimise `cost @ x` over `matrix @ x <= limit` and bounds; changed and solved again at will.

    `strategy` is `DUAL` where rows will change, `PRIMAL` where the objective will: the last basis stays feasible.
    """

    def __init__(
        self,
        matrix: sp.csr_matrix,
        limit: np.ndarray,
        cost: np.ndarray,
        low: np.ndarray | float = 0.0,
        high: np.ndarray | float = np.inf,
        strategy: int = DUAL,
    ):
        self.limit = limit
        self.active = np.ones(len(limit), bool)
        self.highs = highspy.Highs()
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("presolve", "off"),
            ("simplex_strategy", strategy),
            ("primal_simplex_bound_perturbation_multiplier", 0.0),
            ("dual_simplex_cost_perturbation_multiplier", 0.0),
            ("primal_feasibility_tolerance", FEASIBILITY),
            ("dual_feasibility_tolerance", FEASIBILITY),
        ):
            self.highs.setOptionValue(option, value)
        count, free = matrix.shape[1], np.full(len(limit), -np.inf)
        rows = matrix.indptr, matrix.indices, matrix.data
        by_row, least = int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMinimize)
        sizes = count, len(limit), matrix.nnz, by_row, least, 0.0
        low, high = (np.zeros(count) + end for end in (low, high))
        self.highs.passModel(*sizes, cost, low, high, free, limit, *rows, np.zeros(count, np.int32))

    def activate(self, rows: np.ndarray) -> None:
        """Let only these rows (a mask) hold."""
        changed = np.flatnonzero(rows != self.active).astype(np.int32)
        if len(changed):
            upper = np.where(rows[changed], self.limit[changed], np.inf)
            lower = np.full(len(changed), -np.inf)
            # The solver's stubs lack it.
            self.highs.changeRowsBounds(len(changed), changed, lower, upper)  # type: ignore[attr-defined]
            self.active = rows.copy()

    def solve(self) -> float:
        """Solve and return the objective; infinity where nothing satisfies the rows, minus infinity where unbounded.

        Raises:
            SolverFailure: If the solver gives no answer, not even from a cold start.
        """
        status = highspy.HighsModelStatus
        for attempt in range(3):
            self.highs.run()
            reached = self.highs.getModelStatus()
            if reached == status.kOptimal:
                return self.highs.getObjectiveValue()
            if attempt and reached == status.kInfeasible:
                return np.inf
            if attempt and reached == status.kUnbounded:
                return -np.inf
            # Another way, from nothing.
            self.highs.clearSolver()
            self.highs.setOptionValue("simplex_strategy", DUAL)
            self.highs.setOptionValue("presolve", "on" if attempt == 0 else "off")
        raise SolverFailure(f"HiGHS gave status {self.highs.modelStatusToString(reached)}")

    def least_point(self, columns: np.ndarray, costs: np.ndarray) -> np.ndarray | None:
        """Return all variables where a weighted sum of some is least, None where nothing satisfies the rows."""
        columns = columns.astype(np.int32)
        self.highs.changeColsCost(len(columns), columns, costs)
        value = self.solve()
        self.highs.changeColsCost(len(columns), columns, np.zeros(len(columns)))
        return None if value == np.inf else np.array(self.highs.getSolution().col_value)

    def carrying(self) -> np.ndarray:
        """Return the rows with a multiplier in the last solution, as a mask."""
        return np.abs(np.array(self.highs.getSolution().row_dual)) > CARRIES

    def at_bounds(self) -> np.ndarray:
        """Return the variables whose bounds carry the last solution, as a mask."""
        return np.abs(np.array(self.highs.getSolution().col_dual)) > CARRIES


class Compatible:
    """Asks which elements contradict themselves: all rows are relaxed by one common amount, which is minimised.

    A *state* is an array with the reading of every element. Only the elements `kept` (indices; all where not given) can
    be asked about; the parts and totals that hang on their months come along.
    """

    def __init__(self, system: System, kept: np.ndarray | None = None):
        held = np.arange(len(system.owner)) if kept is None else system.rows_about(kept)
        self.owner, self.reading = system.owner[held], system.reading[held]
        matrix = system.matrix[held]
        names, columns = np.unique(matrix.indices, return_inverse=True)
        owned = np.flatnonzero(self.owner != NOBODY)
        ends, slacks = matrix.indptr[owned + 1], np.append(0, np.cumsum(self.owner != NOBODY))
        relaxed = sp.csr_matrix(
            (np.insert(matrix.data, ends, -1.0), np.insert(columns, ends, len(names)), matrix.indptr + slacks),
            shape=(len(held), len(names) + 1),
        )
        self.model = Model(relaxed, system.limit[held], np.append(np.zeros(len(names)), 1.0))

    def is_possible(self, state: np.ndarray) -> bool:
        """Return whether elements, read so, can all hold."""
        self.model.activate(self.reading == np.append(state, STRICT)[self.owner])
        return self.model.solve() <= CONTRADICTION

    def carriers(self, state: np.ndarray) -> np.ndarray | None:
        """Return elements that prove a contradiction where all are read so, None where there is none."""
        if self.is_possible(state):
            return None
        owners = self.owner[self.model.carrying() & self.model.active]
        return np.unique(owners[owners != NOBODY])


def propagate(matrix: sp.csr_matrix, limit: np.ndarray) -> tuple[np.ndarray, np.ndarray, dict[int, int]]:
    """Tighten the bounds of all variables, at least 0, through one row of `matrix @ x <= limit` at a time.

    Returns lower bounds, upper bounds, and the row that gave the last tightening of each (keys: variable for its lower,
    variable + number of variables for its upper bound).
    """
    count, size, column, is_up = matrix.shape[1], np.abs(matrix.data), matrix.indices, matrix.data > 0
    row = entry_rows(matrix)
    # An upper bound is kept as the least value of the negated variable: each entry uses one bound and tightens another.
    bounds = np.append(np.zeros(count), np.full(count, -np.inf))
    used, tightened = np.where(is_up, column, column + count), np.where(is_up, column + count, column)
    causes = np.full(2 * count, -1)
    active = np.arange(len(size))
    for _ in range(PASSES):
        rows, sizes, extreme = row[active], size[active], bounds[used[active]]
        endless = np.isinf(extreme)
        least = np.where(endless, 0.0, sizes * extreme)
        finite = np.bincount(rows, endless, len(limit))[rows] == endless
        room = (np.bincount(rows, least, len(limit))[rows] - limit[rows] - least) / sizes
        rows, places, room = rows[finite], tightened[active][finite], room[finite]
        best = bounds.copy()
        np.maximum.at(best, places, room)
        known = np.isfinite(bounds)
        gained = (best != bounds) & ~(
            known & (best - np.where(known, bounds, 0.0) <= 1e-9 * np.maximum(1, np.abs(best)))
        )
        bounds[gained] = best[gained]
        led = gained[places] & (room == bounds[places])
        causes[places[led]] = rows[led]
        # Only rows that use a bound that moved can say more than before.
        touched = np.zeros(len(limit), bool)
        touched[row[gained[used]]] = True
        active = np.flatnonzero(touched[row])
        if not len(active):
            break
    found = np.flatnonzero(causes >= 0)
    return bounds[:count], -bounds[count:], dict(zip(found.tolist(), causes[found].tolist(), strict=True))
