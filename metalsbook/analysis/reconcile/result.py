"""From solved components to the frames that pages and other modules read."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pandas as pd

from metalsbook.analysis.reconcile.contradictions import Knot
from metalsbook.analysis.reconcile.facts import Fact, month_text
from metalsbook.analysis.reconcile.system import OUT, STRICT, System

OPEN_WIDTH = 0.10
"""Width of an interval, as a share of its middle, above which a month is open."""

ESTIMATE_COLUMNS = ["series", "period", "low", "high", "best", "basis", "n_statements", "binding", "conflicts"]


def estimate_rows(
    system: System,
    bounds: dict[int, tuple],
    knots: Sequence[Knot],
    conflicts: dict[str, frozenset[int]],
) -> list[tuple]:
    """Return one row a month of a component, in the order of `ESTIMATE_COLUMNS`.

    Args:
        system: The component.
        bounds: Least value, greatest value and proving elements of the cells to give a row.
        knots: Its knots.
        conflicts: Facts (indices) of each conflict id.
    """
    touching, disputed = defaultdict(list), defaultdict(set)
    for number, fact in enumerate(system.facts):
        for cell in set(fact.cells):
            touching[cell].append(number)
    for name, members in conflicts.items():
        for cell in {cell for member in members for cell in system.facts[member].cells}:
            disputed[cell].add(name)
    doubt = {element: reading for knot in knots for element, reading in knot.sides[0].items()}
    aside = {e for e in doubt if all(side.get(e) == OUT for k in knots for side in k.sides if e in k.sides[0])}
    rows = []
    for number, (least, most, binding) in bounds.items():
        cell = system.cells[number]
        if cell.span > 1:
            continue
        digits = _digits(system.scale[number])
        low, high = (_outward(end, sign, digits) for end, sign in ((least, -1), (most, 1)))
        levels = [
            system.facts[fact]
            for fact in touching[cell]
            if system.facts[fact].top == (cell,) and not system.facts[fact].bottom and fact not in aside
        ]
        cut = {system.facts[fact] for fact in touching[cell] if doubt.get(fact, STRICT) != STRICT}
        best, basis = _best(levels, cut, low, high, digits)
        rows.append(
            (
                cell.series,
                month_text(cell.start),
                low,
                high,
                best,
                basis,
                len(touching[cell]),
                " ".join(sorted(system.facts[element].key for element in binding if element < len(system.facts))),
                " ".join(sorted(disputed[cell])),
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


def _best(levels: list[Fact], cut: set[Fact], low: float, high: float, digits: int) -> tuple[float, str]:
    """Return the best value and the basis of a month; NaN where it is open.

    Args:
        levels: What was printed of the month and is not set aside.
        cut: Figures that hold only as cut off: never the best while a finer one exists.
        low: Least value.
        high: Greatest value.
        digits: Decimals of a middle.
    """
    levels = [fact for fact in levels if np.isfinite([fact.low, fact.high]).all()]
    wide = not np.isfinite(high) or high - low > OPEN_WIDTH * (high + low) / 2
    if levels:
        best = min(levels, key=lambda fact: (fact in cut or fact.cut, -fact.rounds[-1], fact.resolution, fact.key))
        if best not in cut and not best.cut:
            return min(max(best.printed, low), high), "reported"
    if wide:
        return np.nan, "open"
    return round((low + high) / 2, digits), "reported" if levels else "implied"


def _digits(usual_month: float) -> int:
    """Return the decimals that bounds are rounded to: a millionth of the usual month."""
    return 6 - int(np.floor(np.log10(usual_month))) if usual_month > 0 else 6


def _outward(value: float, sign: int, digits: int) -> float:
    """Round a bound away from the interval, so that rounding never cuts off what is possible."""
    if not np.isfinite(value):
        return value
    step = 10.0**-digits
    return round(sign * np.ceil(sign * value / step - 1e-6) * step, max(digits, 0))
