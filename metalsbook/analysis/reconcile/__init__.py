"""Reconciliation: what the monthly figures can be, and which statements clash.

Unknown is every month of every flow series, *as last published*. Each statement is one or two linear inequalities over
months (`system`), half the last printed digit wide. First prints may be revised and last year's base restated, within
limits that the prints of each family of statistics show; a publisher that cuts digits off is told from one that rounds
(`habits`). What cannot all be true is found as smallest contradicting sets, and settled in the cheapest ways
(`contradictions`, told in `telling`). Each month is then minimised and maximised over all that is left (`bounds`), and
the band that holds four of five hidden prints is drawn inside (`estimates`).

What it promises: if every statement is right to its last printed digit, or told as wrong, and no print was revised or
restated by more than the limits, each month lies within its interval. What it does not use: prices, stocks, ratios,
growth on a comparable sample, forecasts (`left_out` says which and why).
"""

from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from metalsbook.analysis.reconcile.bounds import Component
from metalsbook.analysis.reconcile.contradictions import NamedCore
from metalsbook.analysis.reconcile.estimates import (
    ESTIMATE_COLUMNS,
    add_band,
    band_frame,
    band_shares,
    estimate_frame,
    estimate_rows,
    hide_months,
)
from metalsbook.analysis.reconcile.facts import Cell, Fact, month_index, read_facts
from metalsbook.analysis.reconcile.habits import (
    Check,
    allowance_frame,
    learn_cuts,
    learn_habits,
    read_cuts,
    revision_frame,
)
from metalsbook.analysis.reconcile.system import Habits, System, build_system, split_components, usual_months
from metalsbook.analysis.reconcile.telling import conflict_frame, tell_knots


@dataclass(frozen=True)
class Reconciliation:
    """What reconciliation says."""

    # Key `series, period`: `low, high` (unit of the series; high NaN where unlimited), `best` (latest reported level,
    # else the middle; NaN where open), `basis` (`reported`, `implied`, `open`: wider than 10% of its middle),
    # `n_statements` that speak of the month, `binding` (ids of those that hold low and high), `conflicts` (ids of those
    # that touch the month), `likely_low, likely_high` (where it lies four times out of five; NaN where open)
    estimates: pd.DataFrame
    bands: pd.DataFrame  # Key `family`: what hidden prints say of the likely band, see `estimates.band_frame`
    conflicts: pd.DataFrame  # Key `conflict, statement`: see `telling.CONFLICT_COLUMNS`
    # Revisions and restated bases within the limits, one a check: see `habits.REVISION_COLUMNS`
    revisions: pd.DataFrame
    allowances: pd.DataFrame  # Key `family, kind`: see `habits.ALLOWANCE_COLUMNS`
    left_out: pd.DataFrame  # Key `statement`: what took no part, and why


class Months:
    """What months can be, asked one by one: only what hangs together with a month is solved, and only it is bounded.

    The limits of the families (`habits`) are learned from the statements where they are not given. Contradictions of
    other statements (`known`) are found again where they are here too; those of these are added.
    """

    def __init__(
        self,
        statements: pd.DataFrame,
        series: pd.DataFrame,
        habits: Habits | None = None,
        known: list[NamedCore] | None = None,
    ):
        self.known = [] if known is None else known
        self.facts, self.left_out = read_facts(statements, series)
        self.totals = {name: total for name, total in zip(series["series"], series["part_of"], strict=True) if total}
        self.checks: list[Check] = []
        self.usual = usual_months(self.facts)
        self._built: dict[Fact, System] = {}
        if habits is None:
            habits, self.checks = learn_habits(self.facts, self.totals)
            parts = split_components(self.facts, self.totals)
            self._built = {part[0]: build_system(part, self.totals, habits, self.usual) for part in parts}
            cut, unsure = learn_cuts([system for system in self._built.values() if len(system.facts) > 1])
            habits = replace(habits, cut=cut, unsure=unsure)
        self.habits = habits
        self.facts = read_cuts(self.facts, habits.cut, habits.unsure)
        self._solved: dict[int, Component] = {}

    def of(self, statements: pd.DataFrame, series: pd.DataFrame) -> "Months":
        """Return what fewer, or other, statements leave, with the limits that these have shown."""
        return Months(statements, series, self.habits, self.known)

    @cached_property
    def _parts(self) -> list[list[Fact]]:
        return split_components(self.facts, self.totals)

    @cached_property
    def _part_of(self) -> dict[Cell, int]:
        return {cell: number for number, part in enumerate(self._parts) for fact in part for cell in fact.cells}

    def _component(self, number: int) -> Component:
        if number not in self._solved:
            part = self._parts[number]
            system = self._built.get(part[0])
            if system is None or system.facts != tuple(part):
                system = build_system(part, self.totals, self.habits, self.usual)
            self._solved[number] = Component(system, self.known)
        return self._solved[number]

    def components(self) -> list[Component]:
        """Return all figures, by what hangs together."""
        return [self._component(number) for number in range(len(self._parts))]

    def estimate(self, series: str, period: str) -> dict | None:
        """Return `low, high, best, basis, binding, ...` of a month ("YYYY-MM"), None where nothing speaks of it."""
        cell = Cell(series, month_index(period), 1)
        if cell not in self._part_of:
            return None
        part = self._component(self._part_of[cell])
        (row,) = estimate_rows(part, part.bound([part.system.index[cell, part.system.last[cell]]]), {})
        return dict(zip(ESTIMATE_COLUMNS, row, strict=True))

    def solve(self) -> Reconciliation:
        """Return all months and contradictions."""
        estimates, conflicts = [], []
        parts = self.components()
        bounds = [part.bound(part.system.months) for part in parts]
        # Before contradictions are told: what the solver was asked last shows in the last digits of its answers.
        hidden = hide_months(parts)
        for part, found in zip(parts, bounds, strict=True):
            told, members = tell_knots(part)
            conflicts += told
            estimates += estimate_rows(part, found, members)
        return Reconciliation(
            estimates=add_band(estimate_frame(estimates), band_shares(hidden), self.habits.family),
            bands=band_frame(hidden),
            conflicts=conflict_frame(conflicts),
            revisions=revision_frame(self.checks, self.habits),
            allowances=allowance_frame(self.checks, self.habits),
            left_out=self.left_out,
        )


def reconcile(statements: pd.DataFrame, series: pd.DataFrame) -> Reconciliation:
    """Return what the monthly figures can be.

    Args:
        statements: Columns `statement, series, measure, period, value, resolution, bound_low, bound_high, published,
            source`; key `statement`. As of the edition: nothing published after its cut-off.
        series: Columns `series, kind, growth_basis, part_of, share_of`; key `series`.
    """
    return Months(statements, series).solve()


__all__ = ["Habits", "Months", "Reconciliation", "reconcile"]
