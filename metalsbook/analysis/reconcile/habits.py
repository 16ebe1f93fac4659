"""What prints show of offices and publishers: how far first prints are revised, bases restated, digits cut off.

First prints are revised, silently where figures are cumulated. The unknown of a month is its value *as last published*:
as last printed as a level, or, where no level was ever printed, as the latest print about it shows it. Prints of the
same round (calendar month of publication) show the same value; prints of other rounds show another *vintage*, which a
tie holds within the **revision limit** of the last one. From `SETTLING_ROUNDS` rounds after the month on, prints show
one settled value.

A growth rate over a year speaks of last year's base as the bureau restates it in that round. The **re-basing limit**
is how far that base may lie from the one that was published. A bureau restates all months of a series' year by about
one factor: where one of its rates stands beside both levels, that check is the limit of the year.

Both limits belong to a family (customs, CAAM, the statistics bureau, ...), for one office has one habit, and both are
capped: nothing is ever loosened without a limit. They are estimated from the *checks* that the family's own prints
make among themselves: small sums whose prints stem from different rounds (revisions), and growth rates beside both of
their levels (re-basing). The model: an office restates a share q of its figures, evenly up to a limit r in either
direction; one check in fifty is an error and says nothing. The estimate is the largest r that is not `UNLIKELY` times
less likely than the best one (a likelihood interval; q is chosen anew for each r, and apart
for prints of neighbouring rounds, which seldom see a revision).

Some publishers cut digits off instead of rounding: a rounded 43,400 stands for 43,350 to 43,450, a cut one for 43,400
to 43,500. All prints are first read as either; what then follows for a figure from the others (bounds propagation)
leaves more room in one of the readings than in the other. How much more, print by print, makes the odds of its
publisher: one that cuts with odds of `CERTAIN` to 1 cuts, with odds of `POSSIBLE` it may, and its prints are read as
either.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product

import numpy as np
import pandas as pd

from metalsbook.analysis.reconcile.facts import SETTLED, Cell, Fact, Kind, month_text, vintage_of
from metalsbook.analysis.reconcile.solver import LEEWAY, propagate
from metalsbook.analysis.reconcile.system import CAP, LOOSE, Habits, System

FAMILIES = (
    ("CAAM", r"^(auto|nev)\.(output|sales|export)\.cn$"),
    ("customs", r"\.(export|import)\."),
    ("statistics bureau", r"\.nbs\.|^(crude_steel|robot\..*|aircon|smartphone|nonferrous10)\.output\.cn$"),
    ("survey of SMM", r"\.smm$|^ree\.output\.\w+_(oxide|metal)\.cn$"),
    ("nonferrous association", r"^mg\.output\."),
)
"""Which office counts a series; a series that none matches belongs to the family of its total."""

LEAST = 2e-4
LEAST_OF_YEAR = 5e-4
"""Months of a year need not be restated by quite the same factor."""

UNLIKELY = 20.0
ERRORS = 0.02
"""Share of checks, and of the room of either reading of a print, in which a figure is taken to be wrong."""

SHARES = {"revision": (0.25, 0.5, 0.75, 1.0), "base": (0.5, 0.75, 1.0)}
SIZES = np.geomspace(1e-5, 0.05, 400)

CERTAIN, POSSIBLE = 100.0, 1.5
CLEAR = 0.02
"""Width, in last digits, below which what the others leave is a point."""

Sum = tuple[tuple[Fact, ...], tuple[Fact, ...], float, float]
"""Facts on the plus side, facts on the minus side, least and greatest difference that rounding leaves."""

Entry = tuple[tuple[Fact, ...], float, float]
"""Facts that make an amount, its least and greatest value."""


@dataclass(frozen=True)
class Check:
    """A small sum that tells of a revision or a restated base."""

    kind: str  # `revision` or `base`
    family: str
    months: tuple[Cell, ...]  # Months whose vintage differs, or the months of the base
    facts: tuple[Fact, ...]
    printed: int  # Vintage of the earlier print
    later: int  # Vintage of the later print
    low: float  # Least difference that rounding leaves, later minus earlier (unit of the series)
    high: float  # The greatest
    level: float  # Of these months

    @property
    def series(self) -> str:
        """The series of the months."""
        return self.months[0].series

    @property
    def gap(self) -> float:
        """What rounding does not explain, later minus earlier (unit of the series); 0 where nothing need be."""
        return max(self.low, 0.0) + min(self.high, 0.0)

    @property
    def size(self) -> float:
        """The gap, absolute, as a share of the level."""
        return abs(self.gap) / max(self.level, 1e-12)

    @property
    def most(self) -> float:
        """The largest that this share can be."""
        return max(abs(self.low), abs(self.high)) / max(self.level, 1e-12)

    @property
    def is_next_round(self) -> bool:
        """Whether its prints stem from one round and the next at most."""
        return max(fact.rounds[0] for fact in self.facts) - min(fact.rounds[-1] for fact in self.facts) <= 1


def family_of(series: str, totals: dict[str, str]) -> str:
    """Return the family of a series: the office that counts it, else the series at the top of its totals."""
    for name, pattern in FAMILIES:
        if re.search(pattern, series):
            return name
    seen = {series}
    while totals.get(series) and totals[series] not in seen:
        series = totals[series]
        seen.add(series)
    return series


def learn_habits(facts: Sequence[Fact], totals: dict[str, str]) -> tuple[Habits, list[Check]]:
    """Return the limits of all families, and the checks they rest on."""
    family = {name: family_of(name, totals) for name in {cell.series for fact in facts for cell in fact.cells}}
    checks = _find_checks(facts, family)
    limits = {
        (kind, name): _limit(_witnesses(check for check in checks if (check.kind, check.family) == (kind, name)), kind)
        for kind, name in product(CAP, sorted(set(family.values())))
    }
    known = [check for check in checks if limits["base", check.family] < CAP["base"]]
    return Habits(limits, _joint_limits(checks), _base_limits(known), family), checks


def _base_limits(checks: Iterable[Check]) -> dict[tuple[str, int], float]:
    """Return how far the base of a series' year was restated at most: all its months by one factor, so one check tells.

    A check measures the factor against a level in its middle; a hundredth more is for the difference.
    """
    witnesses = _witnesses(check for check in checks if check.kind == "base")
    return {(one.series, one.months[0].start // 12): max(1.01 * one.most, LEAST_OF_YEAR) for one in witnesses}


def _joint_limits(checks: Iterable[Check]) -> dict[tuple[str, int], float]:
    """Return the limit of a series' months that were revised together with another series of its family.

    It is what the series itself shows, and no more than the second largest of them: an error is of one figure alone.
    """
    shown: dict[tuple, dict[str, float]] = defaultdict(dict)
    for check in checks:
        if check.kind == "revision" and check.size > 0:
            last = check.months[-1]
            months = range(check.months[0].start, last.start + last.span)
            sizes = shown[check.family, months, check.printed, check.later]
            sizes[check.series] = max(check.size, sizes.get(check.series, 0.0))
    limits: dict[tuple[str, int], float] = defaultdict(float)
    for (_, months, *_), sizes in shown.items():
        shared = min(sorted(sizes.values())[-2], CAP["revision"]) if len(sizes) > 1 else 0.0
        for (series, size), month in product(sizes.items(), months):
            limits[series, month] = max(_rounded_up(min(size, shared)), limits[series, month])
    return dict(limits)


def _rounded_up(limit: float) -> float:
    """Return a limit so that what is just possible does not fail for a last digit."""
    return float(np.ceil(limit * 1e4) / 1e4)


def _limit(witnesses: list[Check], kind: str) -> float:
    """Return the largest limit that the witnesses leave possible: the cap where they say nothing."""
    cap = CAP[kind]
    witnesses = [check for check in witnesses if check.size <= cap]
    if not witnesses:
        return cap
    # From one round to the next an office revises less often than until figures are settled: a share for each.
    likely = sum(
        _log_likelihood([check for check in witnesses if check.is_next_round == is_next], kind)
        for is_next in (False, True)
    )
    last = SIZES[int(np.flatnonzero(likely >= likely.max() - np.log(UNLIKELY))[-1])]
    return float(np.clip(_rounded_up(last), LEAST, cap))


def _log_likelihood(witnesses: list[Check], kind: str) -> np.ndarray:
    """Return how likely each limit of `SIZES` makes the witnesses, with the share restated that fits best."""
    gap, most = (np.array([getattr(check, name) for check in witnesses])[:, None] for name in ("size", "most"))
    within = np.minimum(most / SIZES, 1) - np.minimum(gap / SIZES, 1)
    error = ERRORS * np.minimum((most - gap) / CAP[kind], 1)
    return np.max(
        [np.log((1 - ERRORS) * (share * within + (1 - share) * (gap == 0)) + error).sum(0) for share in SHARES[kind]],
        axis=0,
    )


def _witnesses(checks: Iterable[Check]) -> list[Check]:
    """Return one check a month, or a year's base: that with the largest gap, else the one that says most."""
    found: dict[tuple, Check] = {}
    for check in sorted(checks, key=lambda check: (-check.size, check.most, check.facts[0].key)):
        last = check.months[-1]
        found.setdefault((check.series, last.start // 12 if check.kind == "base" else last), check)
    return list(found.values())


def small_sums(facts: Sequence[Fact]) -> Iterator[Sum]:
    """Yield the sums that facts make among themselves; the difference is 0 where all figures are exact.

    Rival prints; a whole and its two pieces; a rate and its two levels; the bases of three growth rates, a whole and
    its two pieces, each from the rate and the level beside it.
    """
    amounts: dict[tuple[Cell, ...], list[Entry]] = defaultdict(list)
    bases: dict[tuple[Cell, ...], list[Entry]] = defaultdict(list)
    for fact in facts:
        if not fact.bottom:
            amounts[fact.top].append(((fact,), fact.low, fact.high))
    for rate in (fact for fact in facts if fact.bottom):
        for top in amounts.get(rate.top, ()):
            for bottom in amounts.get(rate.bottom, ()):
                yield top[0], (*bottom[0], rate), top[1] - bottom[2] * rate.high, top[2] - bottom[1] * rate.low
            if rate.spans_years and rate.low > 0 and rate.sources == top[0][0].sources:
                bases[rate.bottom].append(((*top[0], rate), top[1] / rate.high, top[2] / rate.low))
    for cells, wholes in amounts.items():
        for one, two in combinations(wholes, 2):
            yield two[0], one[0], two[1] - one[2], two[2] - one[1]
        yield from _wholes(amounts, cells, wholes)
    for cells, wholes in bases.items():
        yield from _wholes(bases, cells, wholes)


def _wholes(
    amounts: dict[tuple[Cell, ...], list[Entry]], cells: tuple[Cell, ...], wholes: list[Entry]
) -> Iterator[Sum]:
    """Yield each amount over several months against two that share its months out."""
    for cut in range(1, len(cells)):
        lefts, rights = amounts.get(cells[:cut]), amounts.get(cells[cut:])
        if lefts and rights:
            for whole, left, right in product(wholes, lefts, rights):
                yield whole[0], left[0] + right[0], whole[1] - left[2] - right[2], whole[2] - left[1] - right[1]


def _find_checks(facts: Sequence[Fact], family: dict[str, str]) -> list[Check]:
    """Return the checks: of revisions between two vintages the one that says most, of a base the one that fits best."""
    best: dict[tuple, tuple[tuple, Check]] = {}
    for plus, minus, low, high in small_sums(facts):
        series = {cell.series for fact in plus + minus for cell in fact.cells}
        if len(series) > 1:
            continue
        office = family[series.pop()]
        if rates := [fact for fact in plus + minus if fact.spans_years]:
            check: Check | None = _judge_base(plus, minus, low, high, rates, office)
        else:
            check = _judge_revision(plus, minus, low, high, office)
        if check:
            name = ("base", rates[-1].key) if rates else (check.series, check.months, check.printed, check.later)
            rank = (check.size, check.most) if rates else (check.most - check.size,)
            if name not in best or rank < best[name][0]:
                best[name] = rank, check
    return [check for _, check in best.values()]


def _judge_base(
    plus: tuple[Fact, ...], minus: tuple[Fact, ...], low: float, high: float, rates: list[Fact], family: str
) -> Check:
    """Return what a growth rate beside both its levels, or the bases of three growth rates, tell of a restated base."""
    if len(rates) == 1:
        (level,) = (fact for fact in minus if fact is not rates[0])
        months, printed, base = rates[0].bottom, level.rounds[-1], (plus[0].low + plus[0].high) / 2
    else:
        months, printed = plus[-1].bottom, minus[1].rounds[-1]
        # Both ends may be restated, in opposite directions.
        base = (plus[0].low + plus[0].high) / (plus[-1].low + plus[-1].high) * 2
    return Check("base", family, months, plus + minus, printed, rates[-1].rounds[-1], low, high, base)


def _judge_revision(
    plus: tuple[Fact, ...], minus: tuple[Fact, ...], low: float, high: float, family: str
) -> Check | None:
    """Return what a sum tells of revisions; None where all its prints may show one vintage."""
    facts = plus + minus
    torn = min((_torn(plus, minus, rounds) for rounds in product(*(fact.rounds for fact in facts))), key=len)
    if not torn:
        return None
    months = tuple(sorted(cell for cell, *_ in torn))
    printed, later = min(early for _, early, _, _ in torn), max(late for _, _, late, _ in torn)
    if sum(sign for *_, sign in torn) < 0:
        low, high = -high, -low
    # Of several months each may have been revised: their sum is revised by less than that many times as much.
    level = sum(_level(cell, facts) for cell in months) / np.sqrt(len(months))
    return Check("revision", family, months, facts, printed, later, low, high, level)


def _torn(plus: tuple[Fact, ...], minus: tuple[Fact, ...], rounds: tuple[int, ...]) -> list[tuple[Cell, int, int, int]]:
    """Return (cell, earlier vintage, later vintage, sign of the sum where the later one is larger) of torn cells."""
    shown: dict[Cell, dict[int, int]] = defaultdict(dict)
    for fact, published in zip(plus + minus, rounds, strict=True):
        for cell in fact.cells:
            sign = 0 if fact.bottom else 1 if fact in plus else -1
            vintage = vintage_of(cell, published)
            shown[cell][vintage] = shown[cell].get(vintage, 0) or sign
    torn = [(cell, min(seen), max(seen), seen) for cell, seen in shown.items() if len(seen) > 1]
    return [(cell, early, late, seen[late] or -seen[early]) for cell, early, late, seen in torn]


def _level(cell: Cell, facts: tuple[Fact, ...]) -> float:
    """Return the level of a month, from the shortest amount that contains it."""
    amounts = [fact for fact in facts if not fact.bottom]
    shortest = min(
        [fact for fact in amounts if cell in fact.top] or amounts, key=lambda fact: (len(fact.top), fact.key)
    )
    return (shortest.low + shortest.high) / 2 / sum(part.span for part in shortest.top) * cell.span


REVISION_COLUMNS = ["series", "kind", "period", "printed", "later", "gap", "gap_pct", "direction", "statements"]
ALLOWANCE_COLUMNS = "family kind limit_pct basis series checks found up down median_pct largest_pct".split()


def revision_frame(checks: Iterable[Check], habits: Habits) -> pd.DataFrame:
    """Return what was revised or re-based within the limits, one row a check.

    Columns: `series`; `kind` (`revision`, `base`); `period` (a month, a year, or first/last of several); `printed`,
    `later` (rounds, "YYYY-MM"); `gap` (later minus earlier, unit of the series); `gap_pct` (of these months);
    `direction` (`up`, `down`); `statements`.
    """
    rows = []
    for check in _within(checks, habits):
        rounds = [one for fact in check.facts for one in (fact.rounds[0], fact.rounds[-1])]
        ends = (check.printed, min(rounds)), (check.later, max(rounds))
        shown = (month_text(found if vintage == SETTLED else vintage) for vintage, found in ends)
        change = check.gap, 100 * check.size, "up" if check.gap > 0 else "down"
        statements = " ".join(sorted(fact.key for fact in check.facts))
        rows.append((check.series, check.kind, period_text(check.months), *shown, *change, statements))
    return pd.DataFrame(sorted(rows), columns=REVISION_COLUMNS)


def allowance_frame(checks: Sequence[Check], habits: Habits) -> pd.DataFrame:
    """Return the limits, key `family, kind`.

    `limit_pct` and its `basis` (`estimated`, `cap`); how many `series` the family has and how many `checks`;
    `found`: checks that need a revision or a new base, how many went `up` and `down`, their median and largest size in
    per cent.
    """
    rows = []
    for (kind, name), limit in habits.limits.items():
        own = [check for check in checks if (check.kind, check.family) == (kind, name)]
        found = list(_within(own, habits))
        sizes = [100 * check.size for check in found]
        up = sum(check.gap > 0 for check in found)
        basis = "estimated" if limit < CAP[kind] else "cap"
        count = sum(one == name for one in habits.family.values())
        middle, largest = (float(np.median(sizes)), max(sizes)) if sizes else (0.0, 0.0)
        counts = count, len(own), len(sizes), up, len(sizes) - up
        rows.append((name, kind, 100 * limit, basis, *counts, middle, largest))
    return pd.DataFrame(sorted(rows), columns=ALLOWANCE_COLUMNS)


def _within(checks: Iterable[Check], habits: Habits) -> Iterator[Check]:
    for check in checks:
        is_base = check.kind == "base"
        limit = habits.rebased(check.months[0]) if is_base else max(map(habits.revised, check.months))
        if 0 < check.size <= limit:
            yield check


def period_text(cells: Sequence[Cell]) -> str:
    """Return the period that cells cover: "2023-05", "2023", or "2023-01/2023-05"."""
    first, last = cells[0].start, cells[-1].start + cells[-1].span - 1
    if first % 12 == 0 and last == first + 11:
        return f"{first // 12:04d}"
    return month_text(first) if first == last else f"{month_text(first)}/{month_text(last)}"


def learn_cuts(systems: Iterable[System]) -> tuple[frozenset[Kind], frozenset[Kind]]:
    """Return who cuts digits off, and who may do so."""
    odds: dict[Kind, float] = defaultdict(float)
    for system in systems:
        for fact, leaning in _leanings(system):
            for kind in fact.kinds:
                odds[kind] += leaning
    certain = {kind for kind, sum_of_logs in odds.items() if sum_of_logs >= np.log(CERTAIN)}
    inclined = {house for (house, _), sum_of_logs in odds.items() if sum_of_logs >= np.log(POSSIBLE)}
    possible = {(house, is_rate) for house in inclined for is_rate in (False, True)} - certain
    return frozenset(certain), frozenset(kind for kind in possible if odds.get(kind, 0.0) > -np.log(POSSIBLE))


def read_cuts(facts: Sequence[Fact], cut: frozenset[Kind], unsure: frozenset[Kind]) -> list[Fact]:
    """Return the facts, those of publishers that cut, or may, with the bounds that this leaves.

    A print of a publisher that only may cut stays as it is beside a rival that it excludes: that is a contradiction.
    """
    rivals: dict[tuple, list[Fact]] = defaultdict(list)
    for fact in facts:
        rivals[fact.top, fact.bottom].append(fact)
    read = []
    for fact in facts:
        may_cut = unsure if all(one.low < fact.high for one in rivals[fact.top, fact.bottom]) else frozenset()
        if fact.is_rounded and fact.kinds <= cut | may_cut:
            low, high = fact.cut_off
            if not fact.kinds & cut:
                low, high = min(low, fact.low), max(high, fact.high)
            fact = replace(fact, low=low, high=high, cut=True)
        read.append(fact)
    return read


def _leanings(system: System) -> Iterator[tuple[Fact, float]]:
    """Yield figures, and the logarithm of how much more room the others leave where digits were cut off."""
    state, facts = system.strict, system.facts
    unknown = [number for number, fact in enumerate(facts) if fact.is_rounded and fact.printed]
    state[unknown] = LOOSE
    rows = system.rows_of(state)
    low, high, _ = propagate(system.matrix[rows], system.limit[rows] + LEEWAY)
    low, high = low * system.scale, high * system.scale
    for number in unknown:
        fact = facts[number]
        top, bottom = system.columns(fact, fact.rounds[0])
        least, most = low[top].sum(), high[top].sum()
        if bottom:
            base = low[bottom].sum(), high[bottom].sum()
            if not (base[0] > 1e-9 and base[1] > 0):
                continue
            least, most = least / base[1], most / base[0]
        if least > most or not np.isfinite(most):
            continue
        width = max(most - least, CLEAR * fact.unit)
        cut, rounded = (
            max(min(most, reading[1]) - max(least, reading[0]), 0.0) / width + ERRORS
            for reading in (fact.cut_off, fact.rounded)
        )
        yield fact, float(np.log(cut / rounded))
