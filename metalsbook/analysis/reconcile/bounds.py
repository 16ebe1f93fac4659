"""What each month can be: the least and the greatest value of every cell over all that the facts leave possible.

Two steps, both exact where they stop. Bounds propagation runs through the rows until nothing gets tighter; most of its
bounds are already attained by some possible point. Linear programs then drive many cells towards their bounds at once:
a cell that gets there is done, and only the others are minimised and maximised one by one. Months that are only known
together (`blocks`) are open whatever the program says: for them propagation is enough.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from metalsbook.analysis.reconcile.programs import ENDLESS, LEEWAY, Model, SolverFailure
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


@dataclass(frozen=True)
class Bounds:
    """Least and greatest value of each representative cell, and the elements that hold them there.

    Attributes:
        low: Per cell, in units of the series.
        high: Per cell; infinity where nothing limits it.
        binding: Per cell, the elements whose rows fix low or high.
        box: Least and greatest value of every variable of the system, in units of the series (two columns); not all of
            them are attained.
    """

    low: np.ndarray
    high: np.ndarray
    binding: list[frozenset[int]]
    box: np.ndarray


class _Search:
    """The search for the bounds of one side (sign 1: least, -1: greatest) that no propagated bound settles.

    Args:
        model: The program of a window, warm.
        columns: Variables of the window; its cells come first.
        owner: Element of each row of the window.
        sign: Side.
        reached: Bounds of all cells so far; changed in place.
        binding: Elements behind the bounds of all cells; changed in place.
        open_cells: Cells of the window whose bound is not yet known to be attained.
    """

    def __init__(
        self,
        model: Model,
        columns: np.ndarray,
        owner: np.ndarray,
        sign: int,
        reached: np.ndarray,
        binding: list[frozenset[int]],
        open_cells: set[int],
    ):
        self.model, self.owner, self.sign = model, owner, sign
        self.reached, self.binding, self.open_cells = reached, binding, open_cells
        self.cells = columns[columns < len(reached)]
        self.place = {cell: place for place, cell in enumerate(self.cells.tolist())}

    def aim(self, cells: list[int], weights: np.ndarray) -> float:
        """Drive cells towards this side; strike off those whose bound the solution attains."""
        columns = np.array([self.place[cell] for cell in cells])
        self.model.set_costs(columns, self.sign * weights)
        value = self.model.solve()
        if value == np.inf:
            raise SolverFailure("Facts contradict each other although all conflicts were widened")
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
                self.binding[cell] |= frozenset(carrying[carrying != NOBODY].tolist())


def bound_cells(system: System) -> Bounds:
    """Return the bounds of all cells of a system without contradiction.

    Raises:
        SolverFailure: If the system contradicts itself after all.
    """
    limit = system.limit + LEEWAY
    low, high, causes = propagate(system.matrix, limit)
    count = len(system.cells)
    binding = [_trace(system, causes, cell) for cell in range(count)]
    box = np.column_stack([np.maximum(low - ATTAINED, 0), high + ATTAINED])
    low, high = low[:count].copy(), high[:count].copy()
    for columns, cells in _windows(system):
        single = {cell for cell in cells if _is_single(system, cell) and high[cell] - low[cell] > ATTAINED}
        rows = np.flatnonzero(np.diff(system.matrix[:, columns].indptr) == np.diff(system.matrix.indptr))
        model = Model(system.matrix[rows][:, columns], limit[rows], np.zeros(len(columns)), *box[columns].T)
        for sign, reached in ((1, low), (-1, high)):
            _Search(model, columns, system.owner[rows], sign, reached, binding, set(single)).run(box)
    _hold_levels(system, low, high)
    scale = system.scale[:count]
    together = np.array([len(system.blocks[cell]) > 1 for cell in system.cells])
    box[:count] = np.column_stack([low, high])
    return Bounds(np.where(together, 0.0, low) * scale, high * scale, binding, box * system.scale[:, None])


def _hold_levels(system: System, low: np.ndarray, high: np.ndarray) -> None:
    """Cut bounds back to the levels that hold: the solver's tolerance must not show beside a printed digit."""
    alone = np.flatnonzero(np.diff(system.matrix.indptr) == 1)
    for row in alone:
        column, value = system.matrix.indices[system.matrix.indptr[row]], system.matrix.data[system.matrix.indptr[row]]
        if column < len(low) and value > 0:
            high[column] = min(high[column], system.limit[row] / value)
        elif column < len(low):
            low[column] = max(low[column], system.limit[row] / value)
    # Levels that exclude each other by less than a contradiction: the month lies between them.
    low[:], high[:] = np.minimum(low, high), np.maximum(low, high)


def _is_single(system: System, cell: int) -> bool:
    return system.cells[cell].span == 1 and len(system.blocks[system.cells[cell]]) == 1


def _windows(system: System) -> list[tuple[np.ndarray, list[int]]]:
    """Return (variables, cells to bound) of the windows that a component is solved in: one, unless it is very long."""
    starts = np.array([cell.start for cell, _ in system.variables])
    ends = starts + np.array([cell.span - 1 for cell, _ in system.variables])
    cells = range(len(system.cells))
    if ends.max() - starts.min() < LONGEST:
        return [(np.arange(len(starts)), list(cells))]
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
    row, column, value = entries.row, entries.col, entries.data
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


def _trace(system: System, causes: dict[int, int], cell: int) -> frozenset[int]:
    """Return the elements behind the propagated bounds of a cell, through all rows that led to them."""
    count, matrix = system.matrix.shape[1], system.matrix
    seen: set[int] = set()
    elements: set[int] = set()
    queue = [cell, cell + count]
    while queue:
        name = queue.pop()
        if name in seen or name not in causes:
            continue
        seen.add(name)
        row = causes[name]
        elements.add(int(system.owner[row]))
        span = slice(matrix.indptr[row], matrix.indptr[row + 1])
        others = zip(matrix.indices[span].tolist(), matrix.data[span].tolist(), strict=True)
        queue += [column + (0 if value > 0 else count) for column, value in others if column != name % count]
    return frozenset(elements - {NOBODY})
