"""Random markets with known months: what publishers would print of them, round by round, and the errors they make.

A market is a total with parts and the statements printed of it over two to three years: levels, cumulated figures,
growth rates, shares, each rounded; first prints that are revised within the next three rounds; comparatives a year
later. `Market.truth` is every month as last published: the vintage of its last level, where none was printed that of
the latest round that spoke of it. A statement under a wrong label does not count as speaking of its months.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from metalsbook.analysis.reconcile.facts import month_index, month_text
from metalsbook.months import last_day
from tests.analysis.frames import make_series

FIRST_MONTH = 2022 * 12
HABITS = (0.0, 0.001, 0.003, 0.008)
"""How far a publisher's first prints are revised at most, as a share of the month."""

HOUSES = 3


@dataclass(frozen=True)
class Ways:
    """The ways of a market's office and publishers."""

    revision: float | None = None  # How far first prints are revised at most, as a share; of `HABITS` where None
    base: float = 0.0  # How far last year's base is restated at most when growth is printed, a series and year
    cuts: bool = False  # Whether one of the three houses cuts digits off instead of rounding
    combined: bool = False  # Whether January is never printed and February only together with it
    falls: bool = False  # Whether some months are 99% lower
    zeros: bool = False  # Whether some months of the parts are zero
    late: bool = False  # Whether the last part starts in the middle of a year
    density: float | None = None  # Share of the figures of a round that are printed; by chance where None
    months: int = 0  # How many are observed; by chance where 0
    parts: int | None = None  # How many the total has; by chance where None


USUAL = Ways()


@dataclass(frozen=True)
class Market:
    """A simulated market."""

    statements: pd.DataFrame  # As the ledger gives them
    series: pd.DataFrame  # Their catalogue
    truth: dict[tuple[str, str], float]  # (series, "YYYY-MM") that a statement speaks of: its value as last published
    planted: str = ""  # Id of the statement that is wrong; "" where none is
    is_gross: bool = False  # It is wrong by a twentieth at least, and speaks of months that others may speak of too


class _Office:
    """Knows every vintage: `value(name, month, published)` is what it would print in a round."""

    def __init__(self, rng: np.random.Generator, months: int, parts: int, ways: Ways):
        self.months = range(FIRST_MONTH, FIRST_MONTH + months)
        self.ways = ways
        usual = rng.choice(HABITS)
        self.habit = usual if ways.revision is None else ways.revision
        self.names = ["total"] + [f"part{number}" for number in range(parts)]
        often = rng.choice([0.3, 1.0])
        level = 10 ** rng.uniform(3, 6)
        pieces = rng.dirichlet(np.full(parts + 1, 4.0)) * level
        shape = (months, parts + 1)
        walk = np.exp(np.cumsum(rng.normal(0, 0.08, shape), axis=0) + rng.normal(0, 0.1, shape))
        final = pieces * walk * np.where(rng.random(shape) < 0.03, 0.01 if ways.falls else 0.3, 1.0)
        if ways.zeros:
            final[:, 1:] *= rng.random((months, parts)) >= 0.05
        if ways.late and parts:
            final[: months // 2 + 1, 1] = 0.0
        revised = rng.uniform(-self.habit, self.habit, final.shape) * (rng.random(final.shape) < often)
        first = final / (1 + revised)
        self.settles = rng.integers(2, 5, months)
        self.level = level
        spread, shape = ways.base, (parts + 1, months // 12 + 2)
        self.factors = 1 + rng.uniform(-spread, spread, shape) if spread else np.ones(shape)
        self.final = {"total": final.sum(1), **{name: final[:, n] for n, name in enumerate(self.names[1:])}}
        self.first = {"total": first.sum(1), **{name: first[:, n] for n, name in enumerate(self.names[1:])}}

    def restated(self, name: str, months: range) -> float:
        """Return the factor by which the base of these months is restated."""
        years = months[-1] // 12 - FIRST_MONTH // 12
        return float(self.factors[self.names.index(name), years])

    def value(self, name: str, month: int, published: int) -> float:
        number = month - FIRST_MONTH
        known = self.final if published - month >= self.settles[number] else self.first
        return float(known[name][number])

    def sum(self, name: str, months: range, published: int) -> float:
        return sum(self.value(name, month, published) for month in months)


def simulate_market(seed: int, error: str = "", ways: Ways = USUAL) -> Market:
    """Return a market; with one statement made wrong in the given way where it can be."""
    rng = np.random.default_rng(seed)
    months = ways.months or int(rng.integers(14, 31))
    office = _Office(rng, months, int(rng.integers(0, 4)) if ways.parts is None else ways.parts, ways)
    density, digits = rng.uniform(0.1, 0.9), int(rng.integers(3, 6))
    density = density if ways.density is None else ways.density
    rows, spoken = [], []
    for published in range(office.months[0] + 1, office.months[-1] + 2):
        for name, measure, period, tops, bottoms, value in _prints(rng, office, published, density):
            spoken.append((not bottoms and len(tops[0][1]) == 1, [*tops, *bottoms]))
            house = len(rows) % HOUSES
            cut = ways.cuts and house == HOUSES - 1
            rows.append((name, measure, period, *_round(rng, value, office.level, bottoms, digits, cut), published))
    right = list(rows)
    planted = _plant(rng, rows, error) if error else None
    shown: dict[tuple[str, int], tuple[bool, int]] = {}
    for number, (alone, sums) in enumerate(spoken):
        relabelled = number == planted and error == "wrong label"
        for key in ((name, month) for name, months in sums for month in months if not relabelled):
            shown[key] = max(shown.get(key, (False, 0)), (alone, rows[number][-1]))
    truth = {(name, month_text(month)): office.value(name, month, last) for (name, month), (_, last) in shown.items()}
    wrong = "" if planted is None else f"st-{planted:05d}"
    is_gross = planted is not None and _is_gross(right[planted], rows[planted], office.months)
    return Market(_frame(rows), _catalogue(office.names), truth, wrong, is_gross)


def _is_gross(right: tuple, wrong: tuple, months: range) -> bool:
    measure, period = wrong[1:3]
    if measure != right[1]:
        since_january = {measure, right[1]} == {"yoy", "ytd_yoy"} and period.endswith("-01")  # one figure, two names
        return not since_january and (measure not in ("yoy", "ytd_yoy") or month_index(period) - 12 in months)
    ratios = [1 + row[3] / 100 if measure in ("mom", "yoy", "ytd_yoy", "qoq") else row[3] for row in (right, wrong)]
    return abs(ratios[1] - ratios[0]) >= 0.05 * abs(ratios[0])


def _prints(rng: np.random.Generator, office: _Office, published: int, density: float):
    """Yield (series, measure, period, sums on top, sums below, exact value) of what a round prints."""
    latest = published - 1
    for name in office.names:
        for measure, top, bottom in _menu(rng, latest, office.months):
            if office.ways.combined and (latest % 12 == 0 or (latest % 12 == 1 and measure not in ("ytd", "ytd_yoy"))):
                continue
            if rng.random() < density * (0.3 if measure in ("mean3", "qoq", "comparative") else 1.0):
                above = office.sum(name, top, published)
                if measure == "comparative":
                    measure = "level"
                period = str(top[-1] // 12) if measure in ("year", "year_yoy") else month_text(top[-1])
                label = {"year": "level", "year_yoy": "yoy"}.get(measure, measure)
                if bottom:
                    below = office.sum(name, bottom, published)
                    if label in ("yoy", "ytd_yoy"):
                        below *= office.restated(name, bottom)
                    if below <= 1e-3 * office.level * len(bottom) or above <= 0:
                        continue
                    yield name, label, period, [(name, top)], [(name, bottom)], 100 * (above / below - 1)
                else:
                    yield name, label, period, [(name, top)], [], above / (3 if measure == "mean3" else 1)
        if name != "total" and rng.random() < 0.3 * density:
            month = range(latest, latest + 1)
            if office.sum("total", month, published) <= 0 or (office.ways.combined and latest % 12 < 2):
                continue
            share = 100 * office.sum(name, month, published) / office.sum("total", month, published)
            yield f"{name}.share", "level", month_text(latest), [(name, month)], [("total", month)], share


def _menu(rng: np.random.Generator, latest: int, months: range) -> list[tuple[str, range, range | None]]:
    """Return the figures that a round could print: measure, months summed, months compared with."""
    january = latest - latest % 12
    one, cumulated = range(latest, latest + 1), range(january, latest + 1)
    menu = [
        ("level", one, None),
        ("ytd", cumulated, None),
        ("mom", one, _back(one, 1)),
        ("yoy", one, _back(one, 12)),
        ("ytd_yoy", cumulated, _back(cumulated, 12)),
        ("mean3", range(latest - 2, latest + 1), None),
        ("comparative", _back(one, int(rng.choice([1, 2, 12]))), None),
    ]
    if latest % 3 == 2:
        quarter = range(latest - 2, latest + 1)
        menu.append(("qoq", quarter, _back(quarter, 3)))
    if latest % 12 == 11:
        menu += [("year", cumulated, None), ("year_yoy", cumulated, _back(cumulated, 12))]
    known = [item for item in menu if item[1][0] in months and (item[2] is None or item[2][0] in months)]
    return [known[number] for number in rng.permutation(len(known))]


def _back(months: range, steps: int) -> range:
    return range(months.start - steps, months.stop - steps)


def _round(rng, value: float, level: float, bottoms: list, digits: int, cut: bool) -> tuple[float, float]:
    """Return the printed value and its resolution."""
    if bottoms:
        resolution = float(rng.choice([0.01, 0.1, 1.0], p=[0.4, 0.5, 0.1]))
    else:
        kept = digits - int(rng.integers(0, 2))
        resolution = 10.0 ** (np.floor(np.log10(value if value > 0 else level)) - kept + 1)
    digits_of = np.trunc if cut else np.round
    return float(digits_of(value / resolution) * resolution), float(resolution)


def _plant(rng: np.random.Generator, rows: list[tuple], error: str) -> int | None:
    """Make one statement wrong; return its number, None where no statement lends itself to the error."""
    change = _CHANGES[error]
    for number in rng.permutation(len(rows)):
        changed = change(rows[number])
        if changed is not None:
            rows[number] = changed
            return int(number)
    return None


def _swap_digits(row: tuple) -> tuple | None:
    name, measure, period, value, resolution, published = row
    printed = str(round(abs(value) / resolution))
    for place in range(len(printed) - 1):
        if printed[place] != printed[place + 1] and (place or printed[1] != "0"):
            swapped = printed[:place] + printed[place + 1] + printed[place] + printed[place + 2 :]
            return name, measure, period, np.copysign(int(swapped) * resolution, value), resolution, published
    return None


def _relabel(row: tuple) -> tuple | None:
    name, measure, period, value, resolution, published = row
    other = {"mom": "yoy", "yoy": "mom", "ytd": "level", "level": "ytd", "ytd_yoy": "yoy"}.get(measure)
    in_january = period[5:] == "01" and measure in ("level", "ytd")  # one figure, two names
    if other is None or len(period) == 4 or name.endswith(".share") or in_january:
        return None
    return name, other, period, value, resolution, published


def _slip_factor(row: tuple) -> tuple | None:
    name, measure, period, value, resolution, published = row
    if measure not in ("level", "ytd") or name.endswith(".share"):
        return None
    return name, measure, period, 10 * value, 10 * resolution, published


_CHANGES = {"digits swapped": _swap_digits, "wrong label": _relabel, "factor 10": _slip_factor}


def _frame(rows: list[tuple]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["series", "measure", "period", "value", "resolution", "published"])
    frame.insert(0, "statement", [f"st-{number:05d}" for number in range(len(rows))])
    return frame.assign(
        bound_low=frame["value"] - frame["resolution"] / 2,
        bound_high=frame["value"] + frame["resolution"] / 2,
        published=[last_day(month_text(month)) for month in frame["published"]],
        source=[f"publisher{number % HOUSES}-{month}" for number, month in enumerate(frame["published"])],
    )


def _catalogue(names: list[str]) -> pd.DataFrame:
    parts = names[1:]
    shares = [{"series": f"{part}.share", "kind": "share", "unit": "%", "share_of": f"{part}/total"} for part in parts]
    return make_series("total", *({"series": part, "part_of": "total"} for part in parts), *shares)
