"""Checks on revisions, and the allowance made of them."""

import pytest

from metalsbook.analysis.reconcile import reconcile
from metalsbook.analysis.reconcile.checks import find_checks
from metalsbook.analysis.reconcile.facts import read_facts
from metalsbook.months import month_range
from tests.analysis.ledger_builder import make_series, make_statements


def checks_of(*rows):
    facts, _ = read_facts(make_statements(*rows), make_series("a"))
    return find_checks(facts)["a"]


def test_a_cumulated_figure_that_outgrows_its_months_is_a_revision_upwards():
    (check,) = checks_of(
        ("a", "ytd", "2025-02", 200, 1), ("a", "level", "2025-03", 100, 1), ("a", "ytd", "2025-03", 302, 1)
    )
    assert check.gap == pytest.approx(0.5)
    assert check.gap_share == pytest.approx(0.005)


def test_prints_of_one_round_say_nothing_of_revisions():
    later = "2025-04-30"
    rows = [("a", "ytd", "2025-02", 200, 1, later), ("a", "level", "2025-03", 100, 1), ("a", "ytd", "2025-03", 310, 1)]
    assert checks_of(*rows) == []


def test_a_growth_rate_revises_its_base():
    (check,) = checks_of(
        ("a", "level", "2025-02", 1000, 1), ("a", "level", "2025-03", 1100, 1), ("a", "mom", "2025-03", 11, 0.1)
    )
    assert check.gap < 0


def steady_rows(step: float = 0.0) -> list[tuple]:
    """Three years of levels and cumulated figures; every cumulated figure is `step` too high."""
    rows, total = [], 0.0
    for month in month_range("2022-01", "2024-12"):
        total = 1000.0 if month.endswith("-01") else total + 1000 + step
        rows += [("a", "level", month, 1000, 1), ("a", "ytd", month, total, 1)]
    return rows


def allowance_of(rows: list[tuple]):
    return reconcile(make_statements(*rows), make_series("a")).allowances.iloc[0]


def test_few_checks_leave_the_default():
    row = allowance_of([("a", "level", "2025-01", 100, 1), ("a", "level", "2025-02", 100, 1)])
    assert (row["allowance_pct"], row["basis"]) == (1.0, "default")


def test_many_tight_checks_without_a_gap_narrow_it():
    row = allowance_of(steady_rows())
    assert row["basis"] == "estimated"
    assert row["allowance_pct"] < 0.9
    assert row["revisions"] == 0


def test_seen_revisions_are_counted_with_their_direction():
    result = reconcile(make_statements(*steady_rows(step=4)), make_series("a"))
    row = result.allowances.iloc[0]
    assert (row["up"], row["down"]) == (row["revisions"], 0)
    assert row["revisions"] == len(result.revisions) > 20
    assert 0.2 < row["largest_pct"] < 0.4
    assert result.conflicts.empty


def test_one_large_gap_is_an_outlier_and_many_are_a_habit():
    rows = [(*row[:3], row[3] + 250 * (row[1:3] == ("ytd", "2023-06")), row[4]) for row in steady_rows()]
    assert allowance_of(rows)["allowance_pct"] <= 1.0
    assert allowance_of(steady_rows(step=40))["allowance_pct"] > 2.0
