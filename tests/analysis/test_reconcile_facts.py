"""From statements to facts."""

import pytest

from metalsbook.analysis.reconcile.facts import Cell, month_index, month_text, read_facts, windows
from tests.analysis.frames import make_series, make_statements
from tests.cases import each


def months(span: range) -> list[str]:
    return [month_text(month) for month in span]


@each("""
    measure | period  | top                     | bottom
    level   | 2025-03 | 2025-03                 |
    ytd     | 2025-03 | 2025-01 2025-02 2025-03 |
    mom     | 2025-01 | 2025-01                 | 2024-12
    yoy     | 2025-03 | 2025-03                 | 2024-03
    ytd_yoy | 2025-02 | 2025-01 2025-02         | 2024-01 2024-02
    mean3   | 2025-03 | 2025-01 2025-02 2025-03 |
    qoq     | 2025-06 | 2025-04 2025-05 2025-06 | 2025-01 2025-02 2025-03
""")
def test_windows(measure, period, top, bottom):
    assert tuple(map(months, windows(measure, period))) == (top.split(), bottom.split())


def test_a_year_sums_its_months_and_a_broken_quarter_has_none():
    assert len(windows("level", "2025")[0]) == 12
    assert months(windows("yoy", "2025")[1])[0] == "2024-01"
    assert windows("qoq", "2025-05") is None
    assert windows("level", "2025-05-01") is None


def read(*rows, series=("a",)):
    return read_facts(make_statements(*rows), make_series(*series))


def test_bounds_are_those_of_the_sum_or_the_ratio_and_a_share_divides_its_part_by_its_total():
    share = {"series": "s", "kind": "share", "share_of": "a/b"}
    rows = ("a", "mean3", "2025-03", 100, 2), ("a", "mom", "2025-03", -20, 1), ("s", "level", "2025-03", 40, 1)
    facts, _ = read(*rows, series=("a", "b", share))
    bounds = [bound for fact in facts for bound in (fact.low, fact.high)]
    assert bounds == pytest.approx([297, 303, 0.795, 0.805, 0.395, 0.405])
    assert (facts[2].top[0].series, facts[2].bottom[0].series) == ("a", "b")


def test_prints_of_one_figure_are_one_fact_and_other_roundings_are_not():
    facts, _ = read(
        ("a", "level", "2025-03", 100, 1, "2025-04-20", "one"),
        ("a", "level", "2025-03", 100, 1, "2025-06-01", "two"),
        ("a", "level", "2025-03", 100, 10),
    )
    assert [fact.statements for fact in facts] == [("st-0000", "st-0001"), ("st-0002",)]
    assert facts[0].rounds == (month_index("2025-04"), month_index("2025-06"))
    assert facts[0].sources == ("one", "two")


def test_a_year_of_which_nothing_else_is_known_is_one_cell():
    facts, _ = read(("a", "yoy", "2024", 10, 1), ("a", "level", "2024-05", 100, 1))
    assert {cell.span for cell in facts[0].top} == {1}
    assert facts[0].bottom == (Cell("a", month_index("2023-01"), 12),)


LEFT_OUT = {
    "growth on a comparable sample": ("n", "yoy", "2025-03", 5, 1),
    "price series": ("p", "level", "2025-03", 5, 1),
    "share of a total that is not a series": ("s", "level", "2025-03", 5, 1),
    "measure forecast": ("a", "forecast", "2025-03", 5, 1),
    "series not in the catalogue": ("x", "level", "2025-03", 5, 1),
    "printed before the period was over": ("n", "level", "2025-05", 5, 1, "2025-04-30"),
}


def test_what_takes_no_part_is_listed_with_its_reason():
    nbs, price = {"series": "n", "growth_basis": "comparable_sample"}, {"series": "p", "kind": "price"}
    known = ("a", nbs, price, {"series": "s", "kind": "share"})
    facts, left_out = read(*LEFT_OUT.values(), ("a", "level", "2024", 100, 1), series=known)
    assert [fact.period for fact in facts] == ["2024"], "a year takes part, also where no month is known"
    assert set(left_out["reason"]) == set(LEFT_OUT)
