"""What each month can be: the least and the greatest value of every cell over all that the facts leave possible.

Two steps, both exact where they stop. Bounds propagation runs through the rows until nothing gets tighter; most of its
bounds are already attained by some possible point. Linear programs then drive many cells towards their bounds at once:
a cell that gets there is done, and only the others are minimised and maximised one by one. Months that are only known
together (`blocks`) are open whatever the program says: for them propagation is enough.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from metalsbook.analysis.reconcile.programs import CONTRADICTION, ENDLESS, Model, SolverFailure
from metalsbook.analysis.reconcile.system import NOBODY, System

PASSES = 60
"""Passes of bounds propagation; rates that chase each other in a circle would go on for ever."""

CROWDS = 6
"""Programs for many cells at once, for each side, before the rest is solved one by one."""

ATTAINED = 1e-7
"""How near a point must come to a bound, in usual months of the series."""


@dataclass(frozen=True)
class Bounds:
    """Least and greatest value of each representative cell, and the elements that hold them there.

    Attributes:
        low: Per cell, in units of the series.
        high: Per cell; infinity where nothing limits it.
        binding: Per cell, the elements whose rows fix low or high.
    """

    low: np.ndarray
    high: np.ndarray
    binding: list[frozenset[int]]


class _Search:
    """The search for the bounds of one side (sign 1: least, -1: greatest) that no propagated bound settles.

    Args:
        system: The component.
        model: Its program, warm.
        sign: Side.
        reached: Bounds so far; changed in place.
        binding: Elements behind each bound; changed in place.
        open_cells: Cells whose bound is not yet known to be attained.
    """

    def __init__(
        self, system: System, model: Model, sign: int, reached: np.ndarray, binding: list, open_cells: set[int]
    ):
        self.system, self.model, self.sign = system, model, sign
        self.reached, self.binding, self.open_cells = reached, binding, open_cells

    def aim(self, cells: list[int], weights: np.ndarray) -> float:
        """Drive cells towards this side; strike off those whose bound the solution attains."""
        columns = np.array(cells)
        self.model.set_costs(columns, self.sign * weights)
        value = self.model.solve()
        if value == np.inf:
            raise SolverFailure("Facts contradict each other although all conflicts were widened")
        self.model.set_costs(columns, np.zeros(len(cells)))
        if np.isfinite(value):
            gap = self.sign * (self.model.point()[: len(self.reached)] - self.reached)
            self.open_cells -= set(np.flatnonzero(gap <= 3 * ATTAINED).tolist())
        return value

    def run(self, width: np.ndarray) -> None:
        """Solve until the bound of every open cell is attained."""
        for _ in range(CROWDS):
            crowd = sorted(cell for cell in self.open_cells if np.isfinite(self.reached[cell]))
            if len(crowd) < 3 or not np.isfinite(self.aim(crowd, 1 / width[crowd])):
                break
            if len(self.open_cells) > 0.8 * len(crowd):
                break
        while self.open_cells:
            cell = min(self.open_cells)
            value = self.aim([cell], np.ones(1))
            self.open_cells.discard(cell)
            if np.isfinite(value):
                self.reached[cell] = self.model.point()[cell]
                carrying = self.system.owner[self.model.carrying()]
                self.binding[cell] |= frozenset(carrying[carrying != NOBODY].tolist())


def bound_cells(system: System) -> Bounds:
    """Return the bounds of all cells of a system without contradiction.

    Raises:
        SolverFailure: If the system contradicts itself after all.
    """
    limit = system.limit + CONTRADICTION / 2
    low, high, causes = propagate(system.matrix, limit)
    count = len(system.cells)
    binding = [_trace(system, causes, cell) for cell in range(count)]
    box = np.column_stack([np.maximum(low - ATTAINED, 0), high + ATTAINED])
    single = {
        number for number, cell in enumerate(system.cells)
        if cell.span == 1 and len(system.blocks[cell]) == 1 and high[number] - low[number] > ATTAINED
    }  # fmt: skip
    low, high = low[:count].copy(), high[:count].copy()
    model = Model(system.matrix, limit, np.zeros(len(box)), box[:, 0], box[:, 1])
    width = np.minimum(box[:, 1] - box[:, 0], ENDLESS)
    _Search(system, model, 1, low, binding, set(single)).run(width)
    _Search(system, model, -1, high, binding, set(single)).run(width)
    scale = system.scale[:count]
    together = np.array([len(system.blocks[cell]) > 1 for cell in system.cells])
    return Bounds(np.where(together, 0.0, low) * scale, high * scale, binding)


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
