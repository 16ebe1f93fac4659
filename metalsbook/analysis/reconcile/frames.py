"""From solved components to the frames that pages and other modules read."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import pandas as pd

from metalsbook.analysis.reconcile.bounds import Bounds
from metalsbook.analysis.reconcile.facts import Cell, Fact, month_text
from metalsbook.analysis.reconcile.system import System

OPEN_WIDTH = 0.10
"""Width of an interval, as a share of its middle, above which a month is open."""

ESTIMATE_COLUMNS = ["series", "period", "low", "high", "best", "basis", "n_statements", "binding", "conflicts"]


def conflict_id(keys: Iterable[str]) -> str:
    """Return the stable id of a conflict: a hash of the ids of its statements."""
    return "cf-" + hashlib.sha256(" ".join(sorted(keys)).encode()).hexdigest()[:10]


def estimate_rows(system: System, bounds: Bounds, conflicts: dict[str, frozenset[int]]) -> list[tuple]:
    """Return one row a month of a component, in the order of `ESTIMATE_COLUMNS`.

    Args:
        system: The component.
        bounds: Its bounds.
        conflicts: Facts (indices) of each conflict id.
    """
    touching, disputed = defaultdict(list), defaultdict(list)
    for fact in system.facts:
        for cell in set(fact.cells):
            touching[cell].append(fact)
    for name, members in sorted(conflicts.items()):
        for cell in {cell for member in members for cell in system.facts[member].cells}:
            disputed[cell].append(name)
    rows = []
    for number, first in enumerate(system.cells):
        binding = sorted(system.facts[element].key for element in bounds.binding[number] if element < len(system.facts))
        digits = _digits(system.scale[number])
        low, high = _outward(bounds.low[number], -1, digits), _outward(bounds.high[number], 1, digits)
        for cell in system.blocks[first]:
            if cell.span == 1:
                best, basis = _best(cell, touching[first], low, high, digits)
                rows.append(
                    (
                        cell.series,
                        month_text(cell.start),
                        low,
                        high,
                        best,
                        basis,
                        len(touching[first]),
                        " ".join(binding),
                        " ".join(disputed[first]),
                    )
                )
    return rows


def estimate_frame(rows: list[tuple]) -> pd.DataFrame:
    """Return the estimates sorted by series and period; `high` is NaN where nothing limits the month."""
    frame = pd.DataFrame(sorted(rows), columns=ESTIMATE_COLUMNS)
    texts = {name: "str" for name in ("series", "period", "basis", "binding", "conflicts")}
    frame["high"] = frame["high"].where(np.isfinite(frame["high"].astype(float)))
    numbers = {"low": float, "high": float, "best": float, "n_statements": int}
    return frame.astype({**texts, **numbers})


def _best(cell: Cell, facts: list[Fact], low: float, high: float, digits: int) -> tuple[float, str]:
    """Return the best value and the basis of a month; NaN where it is open."""
    if not np.isfinite(high) or high - low > OPEN_WIDTH * (high + low) / 2:
        return np.nan, "open"
    levels = [
        fact for fact in facts if not fact.bottom and fact.top == (cell,) and np.isfinite([fact.low, fact.high]).all()
    ]
    if not levels:
        return round((low + high) / 2, digits), "implied"
    latest = min(levels, key=lambda fact: (-fact.rounds[-1], fact.resolution, fact.key))
    return min(max(latest.printed, low), high), "reported"


def _digits(usual_month: float) -> int:
    """Return the decimals that bounds are rounded to: a millionth of the usual month."""
    return 6 - int(np.floor(np.log10(usual_month))) if usual_month > 0 else 6


def _outward(value: float, sign: int, digits: int) -> float:
    """Round a bound away from the interval, so that rounding never cuts off what is possible."""
    if not np.isfinite(value):
        return value
    step = 10.0**-digits
    return round(sign * np.ceil(sign * value / step - 1e-6) * step, max(digits, 0))
