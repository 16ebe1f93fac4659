"""Vintages: which value of a month a print shows."""

from metalsbook.analysis.reconcile.facts import Cell, month_index, read_facts
from metalsbook.analysis.reconcile.vintages import SETTLED, published_vintages, vintage_of
from tests.analysis.ledger_builder import make_series, make_statements

MARCH = month_index("2025-03")


def test_a_month_settles_after_three_rounds():
    cell = Cell("a", MARCH, 1)
    assert [vintage_of(cell, MARCH + age) for age in (1, 3, 4, 13)] == [MARCH + 1, MARCH + 3, SETTLED, SETTLED]


def test_a_year_settles_after_its_december():
    assert vintage_of(Cell("a", month_index("2024-01"), 12), month_index("2025-02")) == month_index("2025-02")


def test_a_month_is_as_published_in_its_last_level_else_in_its_last_print():
    facts, _ = read_facts(
        make_statements(
            ("a", "level", "2025-01", 100, 1), ("a", "ytd", "2025-03", 300, 1), ("a", "level", "2025-03", 90, 1)
        ),
        make_series("a"),
    )
    found = {cell.start: vintage for cell, vintage in published_vintages(facts).items()}
    assert found == {MARCH - 2: MARCH - 1, MARCH - 1: MARCH + 1, MARCH: MARCH + 1}
