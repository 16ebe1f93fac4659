"""The parts of reconciliation by themselves: bounds, fewer figures, limits, cut digits, bands."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from metalsbook.analysis.reconcile import Months, reconcile
from metalsbook.analysis.reconcile.bounds import LEAST, MOST, Left
from metalsbook.analysis.reconcile.contradictions import apply_sides
from metalsbook.analysis.reconcile.estimates import EVERYBODY, FEWEST, Hidden, add_band, band_frame, band_shares
from metalsbook.analysis.reconcile.facts import Cell, month_text, read_facts
from metalsbook.analysis.reconcile.habits import learn_habits
from metalsbook.analysis.reconcile.solver import LEEWAY
from metalsbook.analysis.reconcile.system import CAP
from tests.analysis.frames import estimates, make_series, make_statements
from tests.analysis.market_simulator import simulate_market


def components(months: Months):
    return [months._component(number) for number in range(len(months._parts))]


def every_state(component) -> list[np.ndarray]:
    """Return the state of each side of each knot, the others at their likeliest."""
    first = [knot.sides[0] for knot in component.knots]
    choices = [first]
    for number, knot in enumerate(component.knots):
        choices += [[*first[:number], side, *first[number + 1 :]] for side in knot.sides[1:]]
    return [apply_sides(component.system, choice) for choice in choices]


def solve_plainly(system, state: np.ndarray, cell: int) -> tuple[float, float]:
    """Return the bounds of a cell by another solver, from all rows, without propagation."""
    held = np.flatnonzero(system.rows_of(state))
    found = []
    for sign in (1.0, -1.0):
        cost = sign * (np.arange(system.matrix.shape[1]) == cell)
        answer = linprog(cost, system.matrix[held], system.limit[held] + LEEWAY, bounds=(0, None), method="highs-ds")
        found.append(sign * answer.fun * system.scale[cell] if answer.status == 0 else np.inf)
    return found[0], found[1]


@pytest.mark.parametrize(("seed", "error"), [(1, ""), (6001, "digits swapped"), (6002, "factor 10")])
def test_bounds_are_those_of_another_solver_over_every_side(seed, error):
    market = simulate_market(seed, error)
    months = Months(market.statements, market.series)
    compared = 0
    for component in components(months):
        states = every_state(component)
        for cell in range(0, component.system.count, 5):
            series, start, span = component.system.cells[cell]
            row = months.estimate(series, month_text(start)) if span == 1 else None
            if row is None:
                continue
            ways = [solve_plainly(component.system, state, cell) for state in states]
            near = 1e-5 * component.system.scale[cell]
            least, most = min(low for low, _ in ways), max(high for _, high in ways)
            assert row["low"] == pytest.approx(least, abs=near)
            assert row["high"] == pytest.approx(most, abs=near) or (most == row["high"] == np.inf)
            compared += 1
    assert compared > 10


def test_a_month_is_bounded_by_the_figures_that_prove_it():
    statements = make_statements(("a", "ytd", "2025-02", 300, 1), ("a", "level", "2025-01", 100, 1, "2025-03-31"))
    (component,) = components(Months(statements, make_series("a")))
    left = Left(component.system, component.system.strict)
    february = component.system.index[component.system.variables[1]]
    assert left.reach({february: 1.0}) == pytest.approx(201, abs=0.01)
    left.bound([(LEAST, february), (MOST, february)])
    assert left.proof(LEAST, february) == left.proof(MOST, february) == {0, 1}


@pytest.mark.parametrize(("seed", "error"), [(6003, "wrong label"), (6005, "digits swapped")])
def test_fewer_figures_come_out_the_same_with_and_without_what_all_have_shown(seed, error):
    market = simulate_market(seed, error)
    months = Months(market.statements, market.series)
    months.solve()
    fewer = market.statements.iloc[::3]
    again = months.of(fewer, market.series)
    anew = Months(fewer, market.series, months.habits)
    columns = ["series", "period", "low", "high", "basis"]
    pd.testing.assert_frame_equal(again.solve().estimates[columns], anew.solve().estimates[columns], rtol=1e-6)


APRIL = Cell("auto.sales.cn", 2024 * 12 + 3, 1)


def revised_prints(share: float) -> pd.DataFrame:
    """Return 36 months that were printed twice, the second time up to a share higher or lower."""
    rng = np.random.default_rng(7)
    rows: list[tuple] = []
    for month in range(36):
        figure = "auto.sales.cn", "level", month_text(2022 * 12 + month)
        value = 1_000_000 * (1 + rng.uniform(-share, share))
        rows += [(*figure, 1_000_000, 10), (*figure, round(value, -1), 10, "2025-06-30")]
    return make_statements(*rows)


def test_a_limit_is_as_large_as_the_revisions_that_an_office_shows_and_capped_where_it_shows_none():
    series = make_series("auto.sales.cn")
    facts, _ = read_facts(revised_prints(0.01), series)
    habits, checks = learn_habits(facts, {})
    assert 0.008 <= habits.revised(APRIL) <= 0.014
    assert len(checks) == 36
    silent, _ = read_facts(make_statements(("auto.sales.cn", "level", "2025-01", 100, 1)), series)
    assert learn_habits(silent, {})[0].revised(APRIL) == CAP["revision"]


@pytest.mark.parametrize(
    ("revised", "contradictions"), [(["auto.sales.cn"], 1), (["auto.sales.cn", "auto.output.cn"], 0)]
)
def test_what_an_office_revised_in_several_series_at_once_is_no_error(revised, contradictions):
    usual = revised_prints(0.001)
    usual = pd.concat([usual, usual.assign(series="auto.output.cn")])
    usual["statement"] = [f"st-u{number:04d}" for number in range(len(usual))]
    later = (usual["period"] == "2024-04") & (usual["published"] == "2025-06-30")
    usual = usual[~(usual["series"].isin(revised) & later)]
    late = [(name, "level", "2024-04", 1_015_000, 10, "2025-06-30") for name in revised]
    found = reconcile(pd.concat([usual, make_statements(*late)]), make_series("auto.sales.cn", "auto.output.cn"))
    assert found.conflicts["conflict"].nunique() == contradictions


def test_a_publisher_is_taken_to_cut_digits_once_three_prints_can_be_read_in_no_other_way():
    fine = [("a", "level", f"2025-0{month}", 1000 + 10 * month + 9.7, 0.1, "", "office") for month in range(1, 7)]
    coarse = [("a", "level", f"2025-0{month}", 1000 + 10 * month, 10, "", "paper") for month in range(1, 7)]
    series = make_series("a")
    assert reconcile(make_statements(*fine, *coarse), series).conflicts.empty
    assert Months(make_statements(*fine, *coarse), series).habits.cut == {("paper", False)}
    once = Months(make_statements(*fine, *coarse[:1]), series).habits
    assert not once.cut


def hidden(family: str, count: int) -> list[Hidden]:
    return [Hidden(family, number / count, 0.01, 0.001) for number in range(1, count + 1)]


def test_the_band_reaches_as_far_as_four_of_five_prints():
    shares = band_shares([*hidden("office", 50), *hidden("small", FEWEST - 1)])
    assert shares["office"] == pytest.approx(0.82)
    assert set(shares) == {"office", EVERYBODY}
    frame = band_frame(hidden("office", 100)).set_index("family")
    assert frame.loc["office", "tested"] == 100
    assert 75 <= frame.loc["office", "covered"] <= 85


def test_the_band_lies_inside_what_is_possible_and_an_open_month_has_none():
    wide, printed = ("a", "2025-01", 90.0, 110.0, 100.0, "implied"), ("a", "2025-02", 99.5, 100.5, 100.0, "reported")
    frame = estimates(wide, printed, ("a", "2025-03", 0.0, np.nan, np.nan, "open"))
    found = add_band(frame, {EVERYBODY: 0.5}, {"a": "office"})
    assert found["likely_low"].tolist()[:2] == [95.0, 99.5]
    assert found["likely_high"].tolist()[:2] == [105.0, 100.5]
    assert found[["likely_low", "likely_high"]].iloc[2].isna().all()
