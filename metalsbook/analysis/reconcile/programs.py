"""Linear programs over one component, kept warm in HiGHS.

Conflicts and bounds ask thousands of programs that differ in a few rows or one coefficient of the objective. Each
model is therefore loaded once and changed in place: the solver goes on from its last basis, which is 10 to 20 times
faster than a cold start (`benchmarks/reconcile.md`). One door to the solver, so that tolerances and statuses stand in
one place.
"""

from collections.abc import Collection, Iterable
from functools import cached_property

import highspy
import numpy as np
import scipy.sparse as sp

from metalsbook.analysis.reconcile.system import NOBODY, Elements, System

FEASIBILITY = 1e-9
"""Tolerance of the solver on rows near 1."""

CONTRADICTION = 1e-6
"""Relaxation, as a share of a statement's level, below which elements count as compatible."""

LEEWAY = 1.01 * CONTRADICTION
"""Room that every row is given where bounds are asked: all that counts as compatible must be possible there too."""

AMOUNT_COST = 1.5
"""Cost of relaxing an amount, where a rate costs 1: who prints a rate has computed it, and may have erred there."""

CARRIES = 1e-9
"""Multiplier above which a row takes part in what the solver proved."""

ENDLESS = 1e4
"""Usual months of a series beyond which a month counts as unlimited."""


LARGE, FEW = 1500, 0.1
"""Rows from which, and share of the elements up to which, a small model of these is cheaper than the warm one."""


class SolverFailure(RuntimeError):
    """The solver stopped without an answer: a bug or a badly scaled system, not a matter of the ledger."""


class Model:
    """A loaded program: minimise `cost @ x` over `matrix @ x <= limit` and bounds; changed and solved again at will.

    Args:
        matrix: Rows.
        limit: Right-hand sides.
        cost: Objective.
        low: Lower bounds of the variables.
        high: Upper bounds of the variables.
    """

    def __init__(self, matrix: sp.csr_matrix, limit: np.ndarray, cost: np.ndarray, low: np.ndarray, high: np.ndarray):
        program = highspy.HighsLp()
        columns = matrix.tocsc()
        program.num_row_, program.num_col_ = columns.shape
        program.col_cost_, program.col_lower_, program.col_upper_ = cost, low, high
        program.row_lower_, program.row_upper_ = np.full(len(limit), -np.inf), limit
        program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        program.a_matrix_.start_ = columns.indptr
        program.a_matrix_.index_ = columns.indices
        program.a_matrix_.value_ = columns.data
        self.limit = limit
        self.active = np.ones(len(limit), bool)
        self.highs = highspy.Highs()
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("primal_feasibility_tolerance", FEASIBILITY),
            ("dual_feasibility_tolerance", FEASIBILITY),
        ):
            self.highs.setOptionValue(option, value)
        self.highs.passModel(program)

    def activate(self, rows: np.ndarray) -> None:
        """Let only these rows (a mask) hold."""
        changed = np.flatnonzero(rows != self.active).astype(np.int32)
        if len(changed):
            upper = np.where(rows[changed], self.limit[changed], np.inf)
            self.highs.changeRowsBounds(len(changed), changed, np.full(len(changed), -np.inf), upper)
            self.active = rows.copy()

    def set_costs(self, columns: np.ndarray, costs: np.ndarray) -> None:
        """Change the objective's coefficients of some variables."""
        self.highs.changeColsCost(len(columns), columns.astype(np.int32), np.asarray(costs, float))

    def set_ceilings(self, columns: np.ndarray, ceilings: np.ndarray) -> None:
        """Change the upper bounds of variables that are at least 0."""
        self.highs.changeColsBounds(len(columns), columns.astype(np.int32), np.zeros(len(columns)), ceilings)

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
                return self.highs.getInfo().objective_function_value
            if attempt and reached == status.kInfeasible:
                return np.inf
            if attempt and reached == status.kUnbounded:
                return -np.inf
            self.highs.clearSolver()
            self.highs.setOptionValue("presolve", "off")
        raise SolverFailure(f"HiGHS gave status {self.highs.modelStatusToString(reached)}")

    def point(self) -> np.ndarray:
        """Return the variables of the last solution."""
        return np.array(self.highs.getSolution().col_value)

    def carrying(self) -> np.ndarray:
        """Return the rows with a multiplier in the last solution, as a mask."""
        return np.abs(np.array(self.highs.getSolution().row_dual)) > CARRIES


class Programs:
    """The programs of one component: which elements are compatible, and how far a row can be driven.

    Args:
        system: The component.
    """

    def __init__(self, system: System):
        self.system = system
        self._owned = np.flatnonzero(system.owner != NOBODY)

    @cached_property
    def _shared(self) -> Model:
        """All rows relaxed by one common amount."""
        rows = self._owned
        slack = sp.csr_matrix((-np.ones(len(rows)), (rows, np.zeros(len(rows), int))), (len(self.system.owner), 1))
        return self._relaxing(slack, np.ones(1))

    @cached_property
    def _each(self) -> Model:
        """The rows of each element relaxed by an amount of their own."""
        system, rows = self.system, self._owned
        shape = (len(system.owner), len(system.elements))
        amounts = [not fact.bottom for fact in system.facts] + [False] * len(system.ties)
        slack = sp.csr_matrix((-np.ones(len(rows)), (rows, system.owner[rows])), shape)
        return self._relaxing(slack, np.where(amounts, AMOUNT_COST, 1.0))

    @cached_property
    def _plain(self) -> Model:
        """No row relaxed."""
        count, limit = self.system.matrix.shape[1], self.system.limit + LEEWAY
        return Model(self.system.matrix, limit, np.zeros(count), np.zeros(count), np.full(count, ENDLESS))

    def _relaxing(self, slack: sp.csr_matrix, costs: np.ndarray) -> Model:
        """Return a model whose rows can be relaxed at a cost."""
        matrix = sp.hstack([self.system.matrix, slack], format="csr")
        count = self.system.matrix.shape[1]
        cost = np.concatenate([np.zeros(count), costs])
        return Model(matrix, self.system.limit, cost, np.zeros(len(cost)), np.full(len(cost), np.inf))

    def _rows(self, kept: Iterable[int]) -> np.ndarray:
        allowed = np.zeros(len(self.system.elements) + 1, bool)
        allowed[[*kept, NOBODY]] = True
        return allowed[self.system.owner]

    def is_possible(self, kept: Collection[int]) -> bool:
        """Return whether the elements can all hold."""
        rows = self._rows(kept)
        if len(rows) < LARGE or len(kept) > FEW * len(self.system.elements):
            self._shared.activate(rows)
            return self._shared.solve() <= CONTRADICTION
        return self._narrow(rows).solve() <= CONTRADICTION

    def _narrow(self, rows: np.ndarray) -> Model:
        """Return a model of few elements' rows alone, with the parts and totals that hang on their months."""
        system = self.system
        owned = rows & (system.owner != NOBODY)
        reached = np.zeros(system.matrix.shape[1], bool)
        held = owned
        while True:
            reached[system.matrix[held].indices] = True
            links = ~held & (system.owner == NOBODY) & (system.matrix @ reached != 0)
            if not links.any():
                break
            held = held | links
        columns, limit = np.flatnonzero(reached), system.limit[held]
        matrix = system.matrix[held][:, columns]
        slack = sp.csr_matrix(-(system.owner[held] != NOBODY).astype(float)[:, None])
        cost = np.append(np.zeros(len(columns)), 1.0)
        full = np.full(len(cost), np.inf)
        return Model(sp.hstack([matrix, slack], format="csr"), limit, cost, np.zeros(len(cost)), full)

    def carriers(self, kept: Iterable[int]) -> Elements | None:
        """Return elements that prove a contradiction among the given ones, None where there is none."""
        self._shared.activate(self._rows(kept))
        if self._shared.solve() <= CONTRADICTION:
            return None
        owners = self.system.owner[self._shared.carrying() & self._shared.active]
        return frozenset(owners[owners != NOBODY].tolist())

    def relax(self, kept: Iterable[int], loose: Iterable[int] | None = None) -> tuple[float, Elements]:
        """Return the cheapest sum of relaxations that makes elements compatible, and the elements that are relaxed.

        Args:
            kept: Elements that take part.
            loose: The elements that may be relaxed; all where not given.

        Returns:
            The relaxation as a share of the statements' level (infinity where relaxing the loose ones does not help).
        """
        count, elements = self.system.matrix.shape[1], len(self.system.elements)
        ceilings = np.full(elements, np.inf)
        if loose is not None:
            ceilings[:] = 0.0
            ceilings[list(loose)] = np.inf
        self._each.activate(self._rows(kept))
        self._each.set_ceilings(np.arange(count, count + elements), ceilings)
        value = self._each.solve()
        if not np.isfinite(value):
            return value, frozenset()
        slack = self._each.point()[count:]
        return float(slack.sum()), frozenset(np.flatnonzero(slack > CONTRADICTION).tolist())

    def reach(self, columns: np.ndarray, weights: np.ndarray, kept: Iterable[int]) -> float:
        """Return how large a weighted sum of variables can get while the given elements hold.

        Infinity where nothing limits it, minus infinity where the elements cannot all hold.
        """
        self._plain.activate(self._rows(kept))
        self._plain.set_costs(columns, -weights)
        value = self._plain.solve()
        endless = np.isfinite(value) and self._plain.point()[columns].max() > ENDLESS / 2
        self._plain.set_costs(columns, np.zeros(len(columns)))
        return np.inf if endless else -value
