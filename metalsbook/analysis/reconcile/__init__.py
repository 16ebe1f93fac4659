"""Reconciliation: what the monthly figures can be, and which statements clash.

Unknown is every month of every flow series, *as last published*: the vintage that the latest round of prints about the
month carries (`vintages`). Each statement is one or two linear inequalities over months (`facts`, `system`), half the
last printed digit wide. An earlier print of a month may differ from the last one by the series' revision allowance
(`allowances`), measured on the series' own statements.

What cannot all be true is found as smallest contradicting sets (`conflicts`). Elements in conflict are widened until
every side of their conflict fits (`widen`); only then is each month minimised and maximised (`bounds`). An interval is
therefore narrower than the rounding of its tightest statement only where statements agree.

What it promises: if every statement is right to its last printed digit and no first print was revised by more than the
allowance, each month lies within its interval. What it does not use: prices, stocks, ratios, growth on a comparable
sample, forecasts, series of which only years are known (`left_out` says which and why).
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from metalsbook.analysis.reconcile.allowances import allowance_frame, estimate_allowances, revision_frame
from metalsbook.analysis.reconcile.bounds import bound_cells
from metalsbook.analysis.reconcile.checks import find_checks
from metalsbook.analysis.reconcile.components import split_components
from metalsbook.analysis.reconcile.conflict_frames import ConflictTeller, conflict_frame
from metalsbook.analysis.reconcile.conflicts import find_knots
from metalsbook.analysis.reconcile.facts import Fact, read_facts
from metalsbook.analysis.reconcile.frames import estimate_frame, estimate_rows
from metalsbook.analysis.reconcile.programs import Programs
from metalsbook.analysis.reconcile.system import build_system, usual_months
from metalsbook.analysis.reconcile.widen import widen_system

REMEMBERED = 1024
"""Components whose solution is kept: to leave a source out solves only the components that it speaks of again."""


@dataclass(frozen=True)
class Reconciliation:
    """What reconciliation says.

    Attributes:
        estimates: Key `series, period`: `low, high` (unit of the series; high NaN where unlimited), `best` (latest
            reported level, else the middle; NaN where open), `basis` (`reported`, `implied`, `open`: wider than 10% of
            its middle), `n_statements` that speak of the month, `binding` (statements that hold low and high, ids
            joined by blanks), `conflicts` (ids of those that touch the month).
        conflicts: Key `conflict, statement`: see `conflict_frames.CONFLICT_COLUMNS`.
        revisions: Clashes within the allowance, one a revised print: see `allowances.REVISION_COLUMNS`.
        allowances: Key `series`: see `allowances.ALLOWANCE_COLUMNS`.
        left_out: Key `statement`: what took no part, and why.
    """

    estimates: pd.DataFrame
    conflicts: pd.DataFrame
    revisions: pd.DataFrame
    allowances: pd.DataFrame
    left_out: pd.DataFrame


def reconcile(statements: pd.DataFrame, series: pd.DataFrame, without: Collection[str] = frozenset()) -> Reconciliation:
    """Return what the monthly figures can be.

    Args:
        statements: Columns `statement, series, measure, period, value, resolution, bound_low, bound_high, published,
            source`; key `statement`. As of the edition: nothing published after its cut-off.
        series: Columns `series, kind, growth_basis, part_of, share_of`; key `series`.
        without: Sources whose statements are left out, so that no source vouches for itself.
    """
    kept = statements[~statements["source"].isin(set(without))]
    facts, left_out = read_facts(kept, series)
    totals = {name: total for name, total in zip(series["series"], series["part_of"], strict=True) if total}
    checks, usual = find_checks(facts), usual_months(facts)
    names = sorted({cell.series for fact in facts for cell in fact.cells})
    allowances = estimate_allowances(checks, names)
    shares = {name: allowance.share for name, allowance in allowances.items()}
    estimates, conflicts = [], []
    for component in split_components(facts, totals):
        own = {cell.series for fact in component for cell in fact.cells}
        setting = tuple((name, totals.get(name, ""), shares[name], usual.get(name, 1.0)) for name in sorted(own))
        found = _solve_component(tuple(component), setting)
        estimates += found[0]
        conflicts += found[1]
    return Reconciliation(
        estimates=estimate_frame(estimates),
        conflicts=conflict_frame(conflicts),
        revisions=revision_frame(checks, allowances),
        allowances=allowance_frame(checks, allowances),
        left_out=left_out,
    )


@lru_cache(maxsize=REMEMBERED)
def _solve_component(facts: tuple[Fact, ...], setting: tuple[tuple[str, str, float, float], ...]) -> tuple[list, list]:
    """Return the rows of estimates and conflicts of one component; the same component is solved once.

    Args:
        facts: The component's facts.
        setting: Series, its total, its revision allowance, its usual month; of each series of the component.
    """
    totals = {name: total for name, total, _, _ in setting if total}
    shares = {name: share for name, _, share, _ in setting}
    system = build_system(list(facts), totals, shares, {name: usual for name, _, _, usual in setting})
    programs = Programs(system)
    knots = find_knots(system, programs)
    bounds = bound_cells(widen_system(system, programs, knots))
    teller = ConflictTeller(system, programs, knots, shares, bounds.box)
    conflicts = teller.rows()
    return estimate_rows(system, bounds, teller.members), conflicts


__all__ = ["Reconciliation", "reconcile"]
