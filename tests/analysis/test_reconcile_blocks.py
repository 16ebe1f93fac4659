"""Blocks of months and components."""

from metalsbook.analysis.reconcile.blocks import collapse_months, family_of
from metalsbook.analysis.reconcile.components import link_parts, split_components
from metalsbook.analysis.reconcile.facts import Cell, month_index, read_facts
from tests.analysis.ledger_builder import make_series, make_statements

JANUARY = month_index("2025-01")


def facts_of(*rows, series=("a", "b")):
    return read_facts(make_statements(*rows), make_series(*series))[0]


def test_months_that_no_figure_tells_apart_are_one_block():
    facts = facts_of(("a", "ytd", "2025-04", 400, 1, "2026-01-31"), ("a", "level", "2025-03", 100, 1))
    collapsed, blocks = collapse_months(facts, {})
    sizes = sorted(len(cells) for cells in blocks.values())
    assert sizes == [1, 3]
    assert len(collapsed[1].top) == 2


def test_open_months_are_told_apart_from_settled_ones():
    facts = facts_of(("a", "ytd", "2025-05", 400, 1))
    assert sorted(len(cells) for cells in collapse_months(facts, {})[1].values()) == [2, 3]


def test_a_total_and_its_part_are_told_apart_together():
    rows = [
        ("a", "ytd", "2025-03", 400, 1, "2026-01-31"),
        ("b", "ytd", "2025-03", 200, 1, "2026-01-31"),
        ("b", "level", "2025-02", 60, 1),
    ]
    blocks = collapse_months(facts_of(*rows), {"b": "a"})[1]
    assert [len(cells) for first, cells in sorted(blocks.items()) if first.series == "a"] == [2, 1]


def test_family_is_the_top_of_the_totals():
    assert family_of("c", {"c": "b", "b": "a"}) == "a"


def test_parts_are_linked_in_every_month_and_a_year_to_twelve_months():
    year = [Cell("a", month, 1) for month in range(JANUARY, JANUARY + 12)]
    links = link_parts([*year, Cell("b", JANUARY, 12), Cell("c", JANUARY, 1)], {"b": "a", "c": "a"})
    assert links == [((year[0],), (Cell("c", JANUARY, 1),)), (tuple(year), (Cell("b", JANUARY, 12),))]


def test_components_hang_together_by_months_and_by_parts():
    rows = [("a", "level", "2025-01", 1, 1), ("a", "level", "2025-03", 1, 1), ("b", "mom", "2025-02", 1, 1)]
    facts = facts_of(*rows)
    assert len(split_components(facts, {})) == 3
    assert len(split_components(facts, {"b": "a"})) == 2
