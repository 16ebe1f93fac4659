"""What is left for each month: the least and the greatest value over every side of every contradiction.

Bounds propagation runs through the rows until nothing gets tighter. Rows that its bounds imply are dropped. A cell that
gets to its bound in any solution of the others is done; the rest are minimised and maximised one by one. All exact.
Each bound keeps the elements that prove it; where another side of a contradiction takes one of them away, that bound
alone is asked again there: the farther one counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import product

import numpy as np

from metalsbook.analysis.reconcile.contradictions import Knot, NamedCore, apply_sides, find_knots
from metalsbook.analysis.reconcile.solver import ENDLESS, LEEWAY, PRIMAL, Model, SolverFailure, propagate
from metalsbook.analysis.reconcile.system import NOBODY, OUT, System, entry_rows

ATTAINED = 3e-7
"""How near a point must come to a bound, in usual months of the series."""

EDGE = 1e-9
"""By how much the box around the variables is wider than what follows from the rows."""

LEAST, MOST = 0, 1


class Left:
    """What the elements of a component, read in one way, leave for its variables.

    All elements can hold together, read as `state` says. `shown` are values of all variables that were found possible,
    one row each: what they show need not be asked.
    """

    def __init__(self, system: System, state: np.ndarray):
        held = np.flatnonzero(system.rows_of(state))
        self.system, self.state, self.matrix = system, state, system.matrix[held]
        self.owner, self.limit = system.owner[held], system.limit[held]
        self.low, self.high, self._causes = propagate(self.matrix, self.limit + LEEWAY)
        self.shown = np.empty((0, len(self.low)))
        self._solved: dict[tuple[int, int], tuple[float, frozenset[int]]] = {}

    @property
    def is_possible(self) -> bool:
        """Whether anything is left at all."""
        return bool((self.low <= self.high + EDGE).all()) and self._model.solve() < np.inf

    @cached_property
    def _used(self) -> np.ndarray:
        """The rows that the propagated bounds do not imply."""
        rows, columns, values = entry_rows(self.matrix), self.matrix.indices, self.matrix.data
        most = values * np.where(values > 0, np.minimum(self.high, ENDLESS)[columns], self.low[columns])
        return np.flatnonzero(np.bincount(rows, most, len(self.limit)) > self.limit + LEEWAY)

    @cached_property
    def _model(self) -> Model:
        middle = (self.low + self.high) / 2
        low = np.maximum(np.minimum(self.low, middle) - EDGE, 0.0)
        high = np.minimum(np.maximum(self.high, middle) + EDGE, ENDLESS)
        return Model(self.matrix[self._used], self.limit[self._used] + LEEWAY, np.zeros(len(low)), low, high, PRIMAL)

    def reach(self, weights: Mapping[int, float], aside: Sequence[int] = ()) -> float:
        """Return how large a weighted sum of variables, in units of their series, can get where elements are set aside.

        Infinity where nothing limits it, minus infinity where the elements cannot all hold.
        """
        columns = np.array(list(weights), int)
        values = np.array(list(weights.values()), float) * self.system.scale[columns]
        size = np.abs(values).max()
        if not aside:
            bound = float((values * np.where(values > 0, self.high[columns], self.low[columns])).sum())
            if (self.shown[:, columns] @ values).max(initial=-np.inf) >= bound - ATTAINED * size:
                return bound
        else:
            self._whole.activate(~np.isin(self.owner, aside))
        point = (self._whole if aside else self._model).least_point(columns, -values / size)
        if point is None:
            return -np.inf
        if not aside:
            self.shown = np.vstack([self.shown, point])
        return np.inf if point[columns].max() > ENDLESS / 2 else float(values @ point[columns])

    @cached_property
    def _whole(self) -> Model:
        """The program of all rows, for asking without some."""
        return Model(self.matrix, self.limit + LEEWAY, np.zeros(len(self.low)), high=ENDLESS, strategy=PRIMAL)

    def bound(self, asked: Iterable[tuple[int, int]]) -> None:
        """Find ends of cells (`LEAST` or `MOST`, index) that propagation leaves open: `ends` and `proof` tell them."""
        cells: dict[int, list[int]] = {LEAST: [], MOST: []}
        for end, cell in asked:
            if self.high[cell] - self.low[cell] > ATTAINED / 3 and (end, cell) not in self._solved:
                cells[end].append(cell)
        for end, sign, reached in ((LEAST, 1, self.low), (MOST, -1, self.high)):
            left = np.array(cells[end], int)
            if len(left) and len(self.shown):
                left = left[(sign * (self.shown[:, left] - reached[left])).min(0) > ATTAINED]
            while len(left):
                point = self._model.least_point(left[:1], np.array([float(sign)]))
                if point is None:
                    raise SolverFailure("Figures contradict each other although all contradictions were settled")
                self.shown = np.vstack([self.shown, point])
                missed = sign * (point[left] - reached[left]) > ATTAINED
                cell = int(left[0])
                if missed[0] and point[cell] < ENDLESS / 2:
                    self._solved[end, cell] = float(point[cell]), self._behind_solution()
                missed[0] = False
                left = left[missed]

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
        return self._solved[end, cell][1] if (end, cell) in self._solved else self._behind([(end, cell)])

    def _behind_solution(self) -> frozenset[int]:
        """Return the elements that prove the last solution: bounds of the box prove too."""
        owners = self.owner[self._used[self._model.carrying()]]
        columns = np.flatnonzero(self._model.at_bounds()).tolist()
        return self._behind(product((LEAST, MOST), columns)).union(owners[owners != NOBODY].tolist())

    def _behind(self, names: Iterable[tuple[int, int]]) -> frozenset[int]:
        """Return the elements behind propagated bounds, through all rows that led to them."""
        count = self.matrix.shape[1]
        indptr, indices, data = self._lists
        seen: set[int] = set()
        elements: set[int] = set()
        queue = [column + end * count for end, column in names]
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


class Component:
    """Figures that hang together, solved where asked: contradictions, and what each way to settle them leaves.

    Contradictions of other figures (`known`) are found again where they are here too.
    """

    def __init__(self, system: System, known: list[NamedCore]):
        self.system, self.known = system, known
        self._lefts: dict[tuple[int, int], Left] = {}

    @cached_property
    def knots(self) -> list[Knot]:
        """Its contradictions; what they are made of is known from now on."""
        left = Left(self.system, self.system.strict)
        if left.is_possible:
            self._lefts[0, 0] = left
            return []
        knots = find_knots(self.system, self.known)
        elements = self.system.elements
        named = [{elements[number]: way for number, way in core.items()} for knot in knots for core in knot.cores]
        self.known += [core for core in named if core not in self.known]
        return knots

    @cached_property
    def doubt(self) -> dict[int, int]:
        """The likeliest reading of each element that is not read strictly."""
        return {element: reading for knot in self.knots for element, reading in knot.sides[0].items()}

    @cached_property
    def aside(self) -> set[int]:
        """The elements of these that no side holds."""
        return {
            element
            for knot in self.knots
            for element in knot.sides[0]
            if all(side.get(element) == OUT for side in knot.sides)
        }

    def left(self, number: int = 0, place: int = 0) -> Left:
        """Return what one side of a knot leaves beside the likeliest sides of all others."""
        name = (number if place else 0, place)
        if name not in self._lefts:
            self._lefts[name] = Left(self.system, self._state(number, place))
        return self._lefts[name]

    def _state(self, number: int, place: int) -> np.ndarray:
        sides = [knot.sides[place if other == number else 0] for other, knot in enumerate(self.knots)]
        return apply_sides(self.system, sides)

    def bound(self, cells: Sequence[int]) -> dict[int, tuple[float, float, frozenset[int]]]:
        """Return least value, greatest value (units of the series) and proving elements of cells over all sides.

        Raises:
            SolverFailure: If the system contradicts itself after all.
        """
        left = self.left()
        left.bound(product((LEAST, MOST), cells))
        ends = {cell: list(left.ends(cell)) for cell in cells}
        proofs = {(end, cell): [(0, left.proof(end, cell))] for cell in cells for end in (LEAST, MOST)}
        solved = [left]
        for number, knot in enumerate(self.knots):
            for place in range(1, len(knot.sides)):
                state = self._state(number, place)
                raised = [set(np.flatnonzero(state > one.state).tolist()) for one in solved]
                asked = [name for name, found in proofs.items() if all(proof & raised[which] for which, proof in found)]
                if not asked:
                    continue
                left = self.left(number, place)
                bounds = {LEAST: (1, left.low), MOST: (-1, left.high)}
                farther = [
                    (end, cell) for end, cell in asked if bounds[end][0] * (ends[cell][end] - bounds[end][1][cell]) > 0
                ]
                left.bound(farther)
                for end, cell in farther:
                    farthest = max if end == MOST else min
                    ends[cell][end] = farthest(ends[cell][end], left.ends(cell)[end])
                    proofs[end, cell].append((len(solved), left.proof(end, cell)))
                solved.append(left)
        scale = self.system.scale
        behind = {cell: proofs[LEAST, cell][0][1] | proofs[MOST, cell][0][1] for cell in cells}
        return {
            cell: (max(low, 0.0) * scale[cell], high * scale[cell], behind[cell]) for cell, (low, high) in ends.items()
        }
