"""Estimates: what each month can be, as a frame, and the likely band inside.

The likely band says where in its hard interval a month lies four times out of five, learned from hidden prints.
Each printed month (at most `MOST` a family, evenly spread) is hidden in turn: all its levels are set aside, the rest
bounds it, and its print is found at some distance from the middle, in half widths. The band of a family reaches as far
from the middle as `LEVEL` of its distances (split conformal prediction: the quantile of rank (n + 1) `LEVEL`). Families
with fewer than `FEWEST` such months share the distances of all. Coverage is measured on prints that did not set the
band: of `FOLDS` parts each is held against the band of the others.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from metalsbook.analysis.reconcile.bounds import Component
from metalsbook.analysis.reconcile.facts import Cell, Fact, month_text
from metalsbook.analysis.reconcile.system import OUT

OPEN_WIDTH = 0.10
"""Width of an interval, as a share of its middle, above which a month is open."""

ESTIMATE_COLUMNS = ["series", "period", "low", "high", "best", "basis", "n_statements", "binding", "conflicts"]


def estimate_rows(component: Component, bounds: dict[int, tuple], conflicts: dict[str, frozenset[int]]) -> list[tuple]:
    """Return one row a month of a component, in the order of `ESTIMATE_COLUMNS`.

    `bounds` are what `Component.bound` says of the cells to give a row; `conflicts` the facts (indices) of each
    conflict.
    """
    system = component.system
    disputed = defaultdict(set)
    for name, members in conflicts.items():
        for cell in {cell for member in members for cell in system.facts[member].cells}:
            disputed[cell].add(name)
    rows = []
    for number, (least, most, binding) in bounds.items():
        cell = system.cells[number]
        # Bounds are rounded to a millionth of the usual month.
        digits = 6 - int(np.floor(np.log10(system.scale[number])))
        low, high = (_outward(end, sign, digits) for end, sign in ((least, -1), (most, 1)))
        levels = [fact for fact in system.levels[cell] if fact not in component.aside]
        best, basis = _best(component, levels, low, high, digits)
        held = " ".join(sorted(system.facts[element].key for element in binding if element < len(system.facts)))
        month, clashes = month_text(cell.start), " ".join(sorted(disputed[cell]))
        rows.append((cell.series, month, low, high, best, basis, len(system.touching[cell]), held, clashes))
    return rows


def estimate_frame(rows: list[tuple]) -> pd.DataFrame:
    """Return the estimates sorted by series and period; `high` is NaN where nothing limits the month."""
    types = dict.fromkeys(ESTIMATE_COLUMNS, "str") | {"low": float, "high": float, "best": float, "n_statements": int}
    frame = pd.DataFrame(sorted(rows), columns=ESTIMATE_COLUMNS).astype(types)
    return frame.assign(high=frame["high"].where(np.isfinite(frame["high"])))


def _best(component: Component, levels: list[int], low: float, high: float, digits: int) -> tuple[float, str]:
    """Return the best value and the basis of a month; NaN where it is open.

    Figures that hold only as cut off are never the best while a finer one exists.
    """
    cut = {number: number in component.doubt or component.system.facts[number].cut for number in levels}
    facts = component.system.facts
    best = min(levels, key=lambda one: (cut[one], *_newest_finest(facts[one])), default=None)
    if best is not None and not cut[best]:
        return min(max(facts[best].printed, low), high), "reported"
    if not np.isfinite(high) or high - low > OPEN_WIDTH * (high + low) / 2:
        return np.nan, "open"
    return round((low + high) / 2, digits), "reported" if levels else "implied"


def _newest_finest(fact: Fact) -> tuple:
    return -fact.rounds[-1], fact.resolution, fact.key


def _outward(value: float, sign: int, digits: int) -> float:
    """Round a bound away from the interval, so that rounding never cuts off what is possible."""
    if not np.isfinite(value):
        return value
    step = 10.0**-digits
    return round(sign * np.ceil(sign * value / step - 1e-6) * step, max(digits, 0))


LEVEL = 0.8
FEWEST = 20
FOLDS = 5
MOST = 40
EVERYBODY = "all families"
BAND_COLUMNS = ["family", "cases", "share", "covered", "tested", "width_pct"]


class Hidden(NamedTuple):
    """A printed month that was hidden."""

    family: str  # Its family of statistics
    distance: float  # Of the print from the middle, in half widths of what the rest left
    width: float  # What the rest left, as a share of the print
    error: float  # Distance of the print from the middle, as a share of it


def hide_months(components: Iterable[Component], most: int = MOST) -> list[Hidden]:
    """Return what is found of printed months, at most `most` a family, hidden in turn; open ones say nothing."""
    printed: dict[str, list[tuple[Cell, list[int], Component]]] = defaultdict(list)
    for component in components:
        system = component.system
        for cell, numbers in system.levels.items():
            if cell.span == 1 and numbers:
                family = system.habits.family.get(cell.series, cell.series)
                printed[family].append((cell, numbers, component))
    found = []
    for family, months in sorted(printed.items()):
        months.sort(key=lambda month: month[0])
        chosen = np.unique(np.linspace(0, len(months) - 1, min(most, len(months))).round().astype(int))
        found += [hidden for place in chosen if (hidden := _hide(family, *months[place]))]
    return found


def _hide(family: str, cell: Cell, numbers: list[int], component: Component) -> Hidden | None:
    system, whole = component.system, component.left()
    kept = [system.facts[number] for number in numbers if whole.state[number] != OUT]
    if not kept or len(numbers) == len(system.facts):
        return None
    column = system.index[cell, system.last[cell]]
    low, high = (sign * whole.reach({column: sign}, numbers) for sign in (-1.0, 1.0))
    value = min(kept, key=_newest_finest).printed
    if not np.isfinite(high) or high - low > OPEN_WIDTH * (high + low) / 2 or value <= 0:
        return None
    half = max((high - low) / 2, 1e-9 * value)
    error = abs(value - (low + high) / 2)
    return Hidden(family, error / half, 2 * half / value, error / value)


def band_shares(hidden: Sequence[Hidden]) -> dict[str, float]:
    """Return how much of the half width the band of each family takes; `EVERYBODY` is for all other families."""
    shares = {EVERYBODY: _quantile([one.distance for one in hidden])}
    for family in {one.family for one in hidden}:
        own = [one.distance for one in hidden if one.family == family]
        if len(own) >= FEWEST:
            shares[family] = _quantile(own)
    return shares


def _quantile(distances: Sequence[float]) -> float:
    rank = int(np.ceil((len(distances) + 1) * LEVEL))
    return min(sorted(distances)[rank - 1], 1.0) if rank <= len(distances) else 1.0


def band_frame(hidden: Sequence[Hidden]) -> pd.DataFrame:
    """Return the bands, key `family`.

    `cases`: months hidden; `share` of the half width; `covered` of `tested` prints lie in the band that the other folds
    set; `width_pct`: median width of the hard interval in per cent.
    """
    shares = band_shares(hidden)
    folds = [band_shares([one for number, one in enumerate(hidden) if number % FOLDS != fold]) for fold in range(FOLDS)]
    rows = []
    for family, share in sorted(shares.items()):
        own = [(one, folds[number % FOLDS]) for number, one in enumerate(hidden) if family in (one.family, EVERYBODY)]
        covered = sum(one.distance <= others.get(one.family, others[EVERYBODY]) for one, others in own)
        width = float(np.median([one.width for one, _ in own] or [0]))
        rows.append((family, len(own), share, covered, len(own), 100 * width))
    return pd.DataFrame(rows, columns=BAND_COLUMNS)


def add_band(estimates: pd.DataFrame, shares: dict[str, float], family: dict[str, str]) -> pd.DataFrame:
    """Return estimates with `likely_low` and `likely_high`: inside the hard interval, around the middle.

    A reported month was printed: its likely band is its interval. NaN where the month is open.
    """
    share = estimates["series"].map(family).map(shares).fillna(shares[EVERYBODY]).astype(float)
    share = share.where(estimates["basis"] == "implied", 1.0)
    low, high = estimates["low"], estimates["high"]
    # To seven digits, within the hard ones: the last digits of a quantile are the solver's tolerance.
    ends = {
        name: ((low + high) / 2 + sign * (high - low) / 2 * share).map("{:.7g}".format).astype(float).clip(low, high)
        for name, sign in (("likely_low", -1), ("likely_high", 1))
    }
    return estimates.assign(**{name: values.where(estimates["basis"] != "open") for name, values in ends.items()})
