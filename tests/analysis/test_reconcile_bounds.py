"""Bounds: exact against one program a cell, sound in windows, honest about what nothing limits."""

import numpy as np
import pytest
from scipy.optimize import linprog

from metalsbook.analysis.reconcile import bounds, reconcile
from metalsbook.analysis.reconcile.bounds import bound_cells
from metalsbook.analysis.reconcile.components import split_components
from metalsbook.analysis.reconcile.facts import read_facts
from metalsbook.analysis.reconcile.programs import LEEWAY
from metalsbook.analysis.reconcile.system import build_system, usual_months
from tests.analysis.ledger_builder import make_series, make_statements
from tests.analysis.market_simulator import simulate_market


def system_of(seed: int):
    market = simulate_market(seed)
    facts, _ = read_facts(market.statements, market.series)
    pairs = zip(market.series["series"], market.series["part_of"], strict=True)
    totals = {name: total for name, total in pairs if total}
    component = max(split_components(facts, totals), key=len)
    shares = {cell.series: 0.01 for fact in component for cell in fact.cells}
    return build_system(component, totals, shares, usual_months(facts))


@pytest.mark.parametrize("seed", [3, 11, 17])
def test_bounds_are_those_of_one_program_a_cell(seed):
    system = system_of(seed)
    found = bound_cells(system)
    count = system.matrix.shape[1]
    singles = [n for n, cell in enumerate(system.cells) if cell.span == 1 and len(system.blocks[cell]) == 1]
    for number in singles[::5]:
        for sign, bound in ((1, found.low), (-1, found.high)):
            cost = np.zeros(count)
            cost[number] = sign
            limit = system.limit + LEEWAY
            solved = linprog(cost, A_ub=system.matrix, b_ub=limit, bounds=(0, None), method="highs")
            if solved.status == 0:
                expected = sign * solved.fun * system.scale[number]
                assert bound[number] == pytest.approx(expected, abs=3e-6 * system.scale[number])


def test_windows_contain_the_exact_bounds(monkeypatch):
    system = system_of(11)
    exact = bound_cells(system)
    monkeypatch.setattr(bounds, "LONGEST", 6)
    monkeypatch.setattr(bounds, "STRIDE", 6)
    monkeypatch.setattr(bounds, "MARGIN", 3)
    wide = bound_cells(system)
    room = 1e-5 * system.scale[: len(system.cells)]
    assert (wide.low <= exact.low + room).all()
    assert (wide.high >= exact.high - room).all()
    assert (wide.high > exact.high + room).any()


def test_binding_statements_are_those_that_hold_the_interval():
    rows = [("a", "level", "2025-01", 100, 1), ("a", "mom", "2025-02", 10, 1), ("a", "ytd", "2025-02", 210, 100)]
    row = reconcile(make_statements(*rows), make_series("a")).estimates.set_index("period").loc["2025-02"]
    assert row["binding"] == "st-0000 st-0001"


def test_a_month_without_upper_limit_is_open_and_says_so():
    rows = [("a", "mom", "2025-02", 10, 1)]
    frame = reconcile(make_statements(*rows), make_series("a")).estimates
    assert frame["high"].isna().all()
    assert frame["basis"].tolist() == ["open", "open"]


def test_wide_reports_are_open_and_narrow_ones_are_not():
    rows = [("a", "level", "2025-01", 100, 12), ("b", "level", "2025-01", 100, 8)]
    frame = reconcile(make_statements(*rows), make_series("a", "b")).estimates
    assert frame["basis"].tolist() == ["open", "reported"]


def test_parts_are_held_below_their_total():
    series = make_series("a", {"series": "b", "part_of": "a"}, {"series": "c", "part_of": "a"})
    later = "2025-03-31"
    rows = [
        ("a", "level", "2025-01", 100, 1, later),
        ("b", "level", "2025-01", 60, 1, later),
        ("c", "ytd", "2025-02", 90, 1),
    ]
    frame = reconcile(make_statements(*rows), series).estimates.set_index(["series", "period"])
    assert frame.loc[("c", "2025-01"), "high"] == pytest.approx(41, abs=0.01)


def test_what_counts_as_compatible_can_be_bounded():
    # Two prints of one round that exclude each other by a little less than what the programs call a contradiction.
    value, off = 1_000_000.0, 1.5
    statements = make_statements(("a", "level", "2025-03", value, 1), ("a", "level", "2025-03", value + 1 + off, 1))
    result = reconcile(statements, make_series("a"))
    assert result.conflicts.empty
    row = result.estimates.iloc[0]
    assert row["low"] <= row["high"]
