"""What is left for each month: the least and the greatest value over every side of every contradiction.

Bounds propagation runs through the rows until nothing gets tighter. Rows that its bounds imply are dropped. A cell that
gets to its bound in any solution of the others is done; the rest are minimised and maximised one by one. All exact.
Each bound keeps the elements that prove it; where another side of a contradiction takes one of them away, that bound
alone is asked again there: the farther one counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from metalsbook.analysis.reconcile.contradictions import Knot, apply_sides
from metalsbook.analysis.reconcile.solver import ENDLESS, LEEWAY, PRIMAL, Model, SolverFailure
from metalsbook.analysis.reconcile.system import NOBODY, System

PASSES = 60
"""Passes of bounds propagation; rates that chase each other in a circle would go on for ever."""

ATTAINED = 3e-7
"""How near a point must come to a bound, in usual months of the series."""

EDGE = 1e-9
"""By how much the box around the variables is wider than what follows from the rows."""

LEAST, MOST = 0, 1


class Left:
    """What the elements of a component, read in one way, leave for its variables.

    Args:
        system: The component.
        state: The reading of every element; all can hold together.
        known: Values of all variables that are possible, one row each: what they show need not be asked.
    """

    def __init__(self, system: System, state: np.ndarray, known: np.ndarray | None = None):
        held = np.flatnonzero(system.rows_of(state))
        self.system, self.matrix = system, system.matrix[held]
        self.owner, self.limit = system.owner[held], system.limit[held]
        self.low, self.high, self._causes = propagate(self.matrix, self.limit + LEEWAY)
        self.known = np.empty((0, len(system.scale))) if known is None else known
        self.points: list[np.ndarray] = []
        self._solved: dict[tuple[int, int], tuple[float, frozenset[int]]] = {}
        self._proofs: dict[tuple[int, int], frozenset[int]] = {}

    @property
    def shown(self) -> np.ndarray:
        """Values of all variables that were found possible, one row each."""
        return np.reshape(self.points, (-1, len(self.low)))

    def seen(self, columns: Sequence[int] | np.ndarray, values: np.ndarray) -> np.ndarray:
        """Return a weighted sum of variables in every point that is known."""
        return np.append(self.known[:, columns] @ values, [values @ point[columns] for point in self.points])

    @cached_property
    def _used(self) -> np.ndarray:
        """The rows that the propagated bounds do not imply."""
        ends = np.minimum(self.high, ENDLESS)
        return np.flatnonzero(self.matrix.maximum(0) @ ends + self.matrix.minimum(0) @ self.low > self.limit + LEEWAY)

    @cached_property
    def _model(self) -> Model:
        middle = (self.low + self.high) / 2
        low = np.maximum(np.minimum(self.low, middle) - EDGE, 0.0)
        high = np.minimum(np.maximum(self.high, middle) + EDGE, ENDLESS)
        return Model(self.matrix[self._used], self.limit[self._used] + LEEWAY, np.zeros(len(low)), low, high, PRIMAL)

    def _solve(self, columns: np.ndarray, costs: np.ndarray) -> np.ndarray | None:
        """Return the point of least cost, None where there is none."""
        self._model.set_costs(columns, costs)
        value = self._model.solve()
        self._model.set_costs(columns, np.zeros(len(columns)))
        if value == np.inf:
            return None
        self.points.append(self._model.point())
        return self.points[-1]

    def reach(self, weights: Mapping[int, float]) -> float:
        """Return how large a weighted sum of variables, in units of their series, can get.

        Infinity where nothing limits it, minus infinity where the elements cannot all hold.
        """
        columns = np.array(list(weights), int)
        values = np.array(list(weights.values()), float) * self.system.scale[columns]
        size = np.abs(values).max(initial=0.0)
        ends = np.where(values > 0, self.high[columns], self.low[columns])
        bound = float((values * ends)[values != 0].sum())
        reached = self.seen(columns, values).max(initial=-np.inf)
        if not self._tied[columns].any() or reached >= bound - ATTAINED * size:
            return bound
        point = self._solve(columns, -values / size)
        if point is None:
            return -np.inf
        return np.inf if point[columns].max() > ENDLESS / 2 else float(values @ point[columns])

    @cached_property
    def _tied(self) -> np.ndarray:
        """Whether a variable is in a row that the propagated bounds do not imply."""
        tied = np.zeros(len(self.low), bool)
        tied[self.matrix[self._used].indices] = True
        return tied

    def bound(self, cells: Iterable[int]) -> None:
        """Find the bounds of some cells (indices) that propagation leaves open: `ends` and `proof` tell them."""
        asked = np.array(sorted(set(cells)), int)
        asked = asked[self.high[asked] - self.low[asked] > ATTAINED / 3]
        for end, sign, reached in ((LEAST, 1, self.low), (MOST, -1, self.high)):
            left = asked
            for point in self.points:
                left = left[sign * (point[left] - reached[left]) > ATTAINED]
            while len(left):
                cell = int(left[0])
                point = self._solve(left[:1], np.array([float(sign)]))
                if point is None:
                    raise SolverFailure("Figures contradict each other although all contradictions were settled")
                left = left[1:][sign * (point[left[1:]] - reached[left[1:]]) > ATTAINED]
                if point[cell] < ENDLESS / 2 and sign * (point[cell] - reached[cell]) > ATTAINED:
                    self._solved[end, cell] = float(point[cell]), self._behind_solution()

    def ends(self, cell: int) -> tuple[float, float]:
        """Return the least and greatest value of a cell in usual months; the solver's tolerance shows in no level."""
        low, high = (
            self._solved[end, cell][0] if (end, cell) in self._solved else float(bound[cell])
            for end, bound in ((LEAST, self.low), (MOST, self.high))
        )
        low, high = max(low, self._levels[0][cell]), min(high, self._levels[1][cell])
        # Levels that exclude each other by less than a contradiction: the month lies between them.
        return min(low, high), max(low, high)

    def proof(self, end: int, cell: int) -> frozenset[int]:
        """Return the elements behind an end of a cell."""
        return self._solved[end, cell][1] if (end, cell) in self._solved else self._behind(end, cell)

    def _behind_solution(self) -> frozenset[int]:
        """Return the elements that prove the last solution: bounds of the box prove too."""
        carrying = self.owner[self._used[self._model.carrying()]]
        columns = np.flatnonzero(self._model.at_bounds()).tolist()
        return frozenset(carrying[carrying != NOBODY].tolist()).union(
            *(self._behind(end, column) for column in columns for end in (LEAST, MOST))
        )

    def _behind(self, end: int, column: int) -> frozenset[int]:
        """Return the elements behind a propagated bound, through all rows that led to it."""
        if (end, column) not in self._proofs:
            self._proofs[end, column] = self._trace(end, column)
        return self._proofs[end, column]

    def _trace(self, end: int, column: int) -> frozenset[int]:
        count = self.matrix.shape[1]
        indptr, indices, data = self._lists
        seen: set[int] = set()
        elements: set[int] = set()
        queue = [column + end * count]
        while queue:
            name = queue.pop()
            if name in seen or name not in self._causes:
                continue
            seen.add(name)
            row = self._causes[name]
            elements.add(int(self.owner[row]))
            for place in range(indptr[row], indptr[row + 1]):
                if indices[place] != name % count:
                    queue.append(indices[place] + (0 if data[place] > 0 else count))
        return frozenset(elements - {NOBODY})

    @cached_property
    def _lists(self) -> tuple[list[int], list[int], list[float]]:
        return self.matrix.indptr.tolist(), self.matrix.indices.tolist(), self.matrix.data.tolist()

    @cached_property
    def _levels(self) -> tuple[np.ndarray, np.ndarray]:
        """The levels that hold, as least and greatest value of each variable, without the solver's leeway."""
        low, high = np.zeros(len(self.low)), np.full(len(self.low), np.inf)
        alone = np.flatnonzero(np.diff(self.matrix.indptr) == 1)
        columns, values = self.matrix.indices[self.matrix.indptr[alone]], self.matrix.data[self.matrix.indptr[alone]]
        ends = self.limit[alone] / values
        np.minimum.at(high, columns[values > 0], ends[values > 0])
        np.maximum.at(low, columns[values < 0], ends[values < 0])
        return low, high


def bound_cells(system: System, knots: Sequence[Knot], cells: Sequence[int], left: Left) -> dict[int, tuple]:
    """Return least value, greatest value (units of the series) and proving elements of some cells over all sides.

    Raises:
        SolverFailure: If the system contradicts itself after all.
    """
    left.bound(cells)
    ends = {cell: list(left.ends(cell)) for cell in cells}
    first = [knot.sides[0] for knot in knots]
    state = apply_sides(system, first)
    for number, knot in enumerate(knots):
        for side in knot.sides[1:]:
            other = apply_sides(system, [*first[:number], side, *first[number + 1 :]])
            raised = set(np.flatnonzero(other > state).tolist())
            asked = [(end, cell) for end in (LEAST, MOST) for cell in cells if left.proof(end, cell) & raised]
            if asked:
                elsewhere = Left(system, other)
                for end, cell in asked:
                    sign = 1 if end == MOST else -1
                    reached = sign * elsewhere.reach({cell: sign}) / system.scale[cell]
                    if sign * reached > sign * ends[cell][end]:
                        ends[cell][end] = reached
    return {
        cell: (
            max(low, 0.0) * system.scale[cell],
            high * system.scale[cell],
            left.proof(LEAST, cell) | left.proof(MOST, cell),
        )
        for cell, (low, high) in ends.items()
    }


def propagate(matrix: sp.csr_matrix, limit: np.ndarray) -> tuple[np.ndarray, np.ndarray, dict[int, int]]:
    """Tighten the bounds of all variables through one row at a time.

    Args:
        matrix: Rows `matrix @ x <= limit`, x at least 0.
        limit: Right-hand sides.

    Returns:
        Lower bounds, upper bounds, and the row that gave the last tightening of each
        (keys: variable for its lower, variable + number of variables for its upper bound).
    """
    count = matrix.shape[1]
    entries = matrix.tocoo()
    row, column, value = entries.row, entries.col, entries.data
    up, down = (np.flatnonzero(value > 0), count), (np.flatnonzero(value < 0), 0)
    low, high = np.zeros(count), np.full(count, np.inf)
    causes = np.full(2 * count, -1)
    for _ in range(PASSES):
        extreme = np.where(value > 0, low[column], high[column])
        endless = np.isinf(extreme)
        least = np.where(endless, 0.0, value * np.where(endless, 0.0, extreme))
        finite = np.bincount(row, endless, len(limit))[row] == endless
        room = (limit[row] - np.bincount(row, least, len(limit))[row] + least) / value
        moved = False
        for bound, (entry, offset) in ((high, up), (low, down)):
            entry = entry[finite[entry]]
            gained = _tighten(bound, column[entry], room[entry], 1 if offset else -1)
            if gained.any():
                moved = True
                best = entry[gained[column[entry]] & (room[entry] == bound[column[entry]])]
                causes[column[best] + offset] = row[best]
        if not moved:
            break
    known = np.flatnonzero(causes >= 0)
    return low, high, dict(zip(known.tolist(), causes[known].tolist(), strict=True))


def _tighten(bound: np.ndarray, column: np.ndarray, room: np.ndarray, sign: int) -> np.ndarray:
    """Move bounds (upper: sign 1, lower: -1) to the tightest room, in place; return which moved."""
    best = sign * bound
    np.minimum.at(best, column, sign * room)
    best = sign * best
    near = np.isfinite(bound) & (
        np.abs(best - np.where(np.isfinite(bound), bound, 0.0)) <= 1e-9 * np.maximum(1, np.abs(best))
    )
    gained = (best != bound) & ~near
    bound[gained] = best[gained]
    return gained
