"""What each month can be: the least and the greatest value of every cell over every side of every contradiction.

All exact. Bounds propagation runs through the rows until nothing gets tighter; most of its bounds are already attained
by some possible point. Linear programs then drive many cells towards their bounds at once: a cell that gets there is
done, and only the others are minimised and maximised one by one. Each bound keeps the elements that prove it; where
another side of a contradiction takes one of them away, that bound alone is asked again there: the farther one counts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from metalsbook.analysis.reconcile.contradictions import Knot, apply_sides
from metalsbook.analysis.reconcile.solver import ENDLESS, LEEWAY, Model, Programs, SolverFailure
from metalsbook.analysis.reconcile.system import NOBODY, System

PASSES = 60
"""Passes of bounds propagation; rates that chase each other in a circle would go on for ever."""

CROWDS = 6
"""Programs for many cells at once, for each side, before the rest is solved one by one."""

LONGEST = 72
"""Months up to which a component is solved as one."""

STRIDE = 24
"""Months that a window of a longer component bounds."""

MARGIN = 24
"""Months on either side of them that it knows; what lies farther off enters through propagated bounds alone."""

ATTAINED = 1e-7
"""How near a point must come to a bound, in usual months of the series."""

LEAST, MOST = 0, 1


@dataclass(frozen=True)
class Bounds:
    """Least and greatest value of each cell, and the elements that prove them.

    Attributes:
        ends: Per cell, least and greatest value in units of the series; infinity where nothing limits it.
        proof: Per end (`LEAST`, `MOST`) and cell, the elements behind it.
        box: Least and greatest value of every variable in the likeliest sides, in units of the series.
    """

    ends: np.ndarray
    proof: tuple[list[frozenset[int]], list[frozenset[int]]]
    box: np.ndarray


def bound_cells(
    system: System, programs: Programs, knots: Sequence[Knot], wanted: Sequence[int] | None = None
) -> Bounds:
    """Return the bounds of the cells of a component over all sides of its knots.

    Args:
        system: The component.
        programs: Its programs.
        knots: Its knots.
        wanted: The cells (indices) to bound; all where not given. Others have bounds that may be too wide.

    Raises:
        SolverFailure: If the system contradicts itself after all.
    """
    first = [knot.sides[0] for knot in knots]
    state = apply_sides(programs, first)
    asked = range(system.count) if wanted is None else wanted
    scaled, proof, box = _bound_state(system, state, asked)
    for number, knot in enumerate(knots):
        for side in knot.sides[1:]:
            other = apply_sides(programs, [*first[:number], side, *first[number + 1 :]])
            raised = set(np.flatnonzero(other > state).tolist())
            for end, sign in ((LEAST, -1.0), (MOST, 1.0)):
                for cell in asked:
                    if proof[end][cell] & raised:
                        reached = sign * programs.reach(np.array([cell]), np.array([sign]), other)
                        if sign * reached > sign * scaled[cell, end]:
                            scaled[cell, end] = reached
    scaled[:, LEAST] = np.maximum(scaled[:, LEAST], 0.0)
    scale = system.scale[: system.count, None]
    return Bounds(scaled * scale, proof, box * system.scale[:, None])


def _bound_state(system: System, state: np.ndarray, asked: Sequence[int]) -> tuple[np.ndarray, tuple, np.ndarray]:
    """Return bounds of the cells in usual months, their proofs, and a box around all variables, for one state."""
    held = np.flatnonzero(system.rows_of(state))
    matrix, owner = system.matrix[held], system.owner[held]
    strict = system.limit[held]
    limit = strict + LEEWAY
    low, high, causes = propagate(matrix, limit)
    count = system.count
    size = matrix.shape[1]
    proof = tuple([_trace(matrix, owner, causes, cell + side) for cell in range(count)] for side in (0, size))

    def behind(column: int) -> frozenset[int]:
        return _trace(matrix, owner, causes, column) | _trace(matrix, owner, causes, column + size)

    box = np.column_stack([np.maximum(low - ATTAINED, 0), high + ATTAINED])
    ends = (low[:count].copy(), high[:count].copy())
    twins = _twins(system, matrix)
    for columns, cells in _windows(system, size):
        single = {twins[cell] for cell in cells if cell in asked and high[cell] - low[cell] > ATTAINED}
        if not single:
            continue
        rows = np.flatnonzero(np.diff(matrix[:, columns].indptr) == np.diff(matrix.indptr))
        model = Model(matrix[rows][:, columns], limit[rows], np.zeros(len(columns)), *box[columns].T)
        for end, sign in ((LEAST, 1), (MOST, -1)):
            _Search(model, columns, owner[rows], sign, ends[end], proof[end], set(single), behind).run(box)
    for end in (LEAST, MOST):
        ends[end][:] = ends[end][twins]
        proof[end][:] = [proof[end][twin] for twin in twins]
    _hold_levels(matrix, strict, *ends)
    scaled = np.column_stack(ends)
    box[:count] = scaled
    return scaled, proof, box


def _twins(system: System, matrix: sp.csr_matrix) -> np.ndarray:
    """Return for each cell the first cell that no row tells apart from it: both have the same bounds."""
    columns = matrix.tocsc()
    first: dict[tuple, int] = {}
    twins = np.arange(system.count)
    for cell in range(system.count):
        span = slice(columns.indptr[cell], columns.indptr[cell + 1])
        name = (system.cells[cell].series, columns.indices[span].tobytes(), columns.data[span].tobytes())
        twins[cell] = first.setdefault(name, cell)
    return twins


class _Search:
    """The search for the bounds of one end (sign 1: least, -1: greatest) that no propagated bound settles.

    Args:
        model: The program of a window, warm.
        columns: Variables of the window; its cells come first.
        owner: Element of each row of the window.
        sign: Which end.
        reached: Bounds of all cells so far; changed in place.
        proof: Elements behind the bounds of all cells; changed in place.
        open_cells: Cells of the window whose bound is not yet known to be attained.
        behind: Returns the elements behind the propagated bounds of a variable: bounds of the box prove too.
    """

    def __init__(
        self,
        model: Model,
        columns: np.ndarray,
        owner: np.ndarray,
        sign: int,
        reached: np.ndarray,
        proof: list[frozenset[int]],
        open_cells: set[int],
        behind: Callable[[int], frozenset[int]],
    ):
        self.columns, self.behind = columns, behind
        self.model, self.owner, self.sign = model, owner, sign
        self.reached, self.proof, self.open_cells = reached, proof, open_cells
        self.cells = columns[columns < len(reached)]
        self.place = {cell: place for place, cell in enumerate(self.cells.tolist())}

    def aim(self, cells: list[int], weights: np.ndarray) -> float:
        """Drive cells towards this end; strike off those whose bound the solution attains."""
        columns = np.array([self.place[cell] for cell in cells])
        self.model.set_costs(columns, self.sign * weights)
        value = self.model.solve()
        if value == np.inf:
            raise SolverFailure("Figures contradict each other although all contradictions were settled")
        self.model.set_costs(columns, np.zeros(len(cells)))
        if np.isfinite(value):
            gap = self.sign * (self.model.point()[: len(self.cells)] - self.reached[self.cells])
            self.open_cells -= set(self.cells[gap <= 3 * ATTAINED].tolist())
        return value

    def run(self, box: np.ndarray) -> None:
        """Solve until the bound of every open cell is attained."""
        for _ in range(CROWDS):
            crowd = sorted(cell for cell in self.open_cells if np.isfinite(self.reached[cell]))
            width = np.minimum(box[crowd, 1] - box[crowd, 0], ENDLESS)
            if len(crowd) < 3 or not np.isfinite(self.aim(crowd, 1 / width)):
                break
            if len(self.open_cells) > 0.8 * len(crowd):
                break
        while self.open_cells:
            cell = min(self.open_cells)
            value = self.aim([cell], np.ones(1))
            self.open_cells.discard(cell)
            if np.isfinite(value):
                self.reached[cell] = self.model.point()[self.place[cell]]
                carrying = self.owner[self.model.carrying()]
                self.proof[cell] = frozenset(carrying[carrying != NOBODY].tolist()).union(
                    *(self.behind(int(column)) for column in self.columns[self.model.at_bounds()])
                )


def _hold_levels(matrix: sp.csr_matrix, limit: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
    """Cut bounds back to the levels that hold: the solver's tolerance must not show beside a printed digit."""
    alone = np.flatnonzero(np.diff(matrix.indptr) == 1)
    columns, values = matrix.indices[matrix.indptr[alone]], matrix.data[matrix.indptr[alone]]
    inside = columns < len(low)
    ends = limit[alone] / values
    np.minimum.at(high, columns[inside & (values > 0)], ends[inside & (values > 0)])
    np.maximum.at(low, columns[inside & (values < 0)], ends[inside & (values < 0)])
    # Levels that exclude each other by less than a contradiction: the month lies between them.
    low[:], high[:] = np.minimum(low, high), np.maximum(low, high)


def _windows(system: System, size: int) -> list[tuple[np.ndarray, list[int]]]:
    """Return (variables, cells to bound) of the windows that a component is solved in: one, unless it is very long."""
    starts = np.array([cell.start for cell, _ in system.variables])
    ends = starts + np.array([cell.span - 1 for cell, _ in system.variables])
    cells = range(system.count)
    if ends.max() - starts.min() < LONGEST:
        return [(np.arange(size), list(cells))]
    windows = []
    for first in range(starts.min(), ends.max() + 1, STRIDE):
        inside = np.flatnonzero((starts >= first - MARGIN) & (ends < first + STRIDE + MARGIN))
        windows.append((inside, [cell for cell in cells if first <= starts[cell] < first + STRIDE]))
    return windows


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
    kept = entries.data != 0
    row, column, value = entries.row[kept], entries.col[kept], entries.data[kept]
    low, high = np.zeros(count), np.full(count, np.inf)
    causes: dict[int, int] = {}
    for _ in range(PASSES):
        extreme = np.where(value > 0, low[column], high[column])
        endless = np.isinf(extreme)
        least = np.where(endless, 0.0, value * np.where(endless, 0.0, extreme))
        finite = np.bincount(row, endless, len(limit))[row] == endless
        room = (limit[row] - np.bincount(row, least, len(limit))[row] + least) / value
        moved = False
        for bound, entry, offset in ((high, finite & (value > 0), count), (low, finite & (value < 0), 0)):
            gained = _tighten(bound, column[entry], room[entry], 1 if offset else -1)
            moved |= bool(gained.any())
            best = np.flatnonzero(entry)[gained[column[entry]] & (room[entry] == bound[column[entry]])]
            causes.update(zip((column[best] + offset).tolist(), row[best].tolist(), strict=True))
        if not moved:
            break
    return low, high, causes


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


def _trace(matrix: sp.csr_matrix, owner: np.ndarray, causes: dict[int, int], end: int) -> frozenset[int]:
    """Return the elements behind a propagated bound, through all rows that led to it."""
    count = matrix.shape[1]
    seen: set[int] = set()
    elements: set[int] = set()
    queue = [end]
    while queue:
        name = queue.pop()
        if name in seen or name not in causes:
            continue
        seen.add(name)
        row = causes[name]
        elements.add(int(owner[row]))
        span = slice(matrix.indptr[row], matrix.indptr[row + 1])
        others = zip(matrix.indices[span].tolist(), matrix.data[span].tolist(), strict=True)
        queue += [column + (0 if value > 0 else count) for column, value in others if column != name % count]
    return frozenset(elements - {NOBODY})
