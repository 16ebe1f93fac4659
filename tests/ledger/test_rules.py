"""Every rule of the ledger, broken in a small one: the cell and the rule are named, and nothing else is."""

import pandas as pd
import pytest

from metalsbook.errors import LedgerError
from metalsbook.ledger.reading import read_ledger
from metalsbook.ledger.schemas import CLEAN, LISTED, PLAIN, RULES, TABLES, Violation, refuse
from tests.cases import each, lines_of

TOPIC = "statements/topic.csv"
# Faults that are found in one go stand together: table, text, what becomes of it, row, column, rule.
CELLS = """
    statements | level,2025-10,22200    | level,2025-13,22200      | 2 | period     | a period
    statements | 2025-10-31             | 2025-10-32               | 4 | period     | exists
    statements | 1600,,,CNY/kg          | "1,600",,,CNY/kg         | 5 | value      | no separators
    statements | 2027,1250000,          | 2027,,                   | 6 | value      | must not be empty
    statements | mom,2025-10            | m/m,2025-10              | 3 | measure    | a measure: one of level
    statements | CNY/kg,                | RMB/kg,                  | 5 | unit       | a unit: one of t
    statements | dy.price,              | Dy.Price,                | 5 | series     | a series id
    statements | down 2.6%              | down \u202e2.6%          | 3 | stated     | free of control
    sources    | ,Another page          | ,Another page 2\u200b    | 3 | title      | blanks at its ends
    sources    | https://example.org/a  | javascript:x             | 2 | url        | http or https
    sources    | ,2025-11-20,           | ,2025-11-31,             | 2 | published  | a date
    series     | Customs exports.       | <b>Customs</b>           | 2 | definition | without markup
    series     | dy.price,D             | mg.export.ingot,D        | 4 | series     | twice
    outlooks   | 2025-10-09             | 2025-10                  | 2 | made_on    | a date
    events     | rare_earths            | rare_earth               | 2 | chapter    | a chapter
"""
IDS = """
    series     | levels,,,magnesium_exp | levels,mg.none,,magnesium_exp | 2 | part_of  | series of series.csv
    series     | levels,,,magnesium_cap | levels,mg.output.cn,,magnesium_cap | 5 | part_of  | another series
    series     | ex-works,,,,           | ex-works,,,dy.price/mg.none,  | 3 | share_of | both must be
    sources    | cited,,smm,            | cited,smm-none,smm,           | 2 | repeats  | sources.csv
    sources    | cited,,page,           | cited,page-undated-bbbbbb,page, | 3 | repeats  | another source
    aliases    | mg.output.old,mg.output.cn | dy.price,mg.output.cn     | 2 | alias    | itself
    outlooks   | mg.price.ingot.fugu    | mg.price                      | 2 | series   | series.csv
    claims     | smm-2025-11-20-aaaaaa  | smm-note                      | 2 | note     | sources.csv
"""
FIGURES = """
    statements | 10,22200,              | 10,2220,                 | 2 | value  | says 22200 t
    statements | -2.6,                  | 2.6,                     | 3 | value  | says -2.6 %
    statements | 16300,16400            | 16200,16400              | 4 | low    | says 16300 CNY/t
    statements | 1600元/公斤            | tonnes                   | 5 | stated | holds no number
    statements | dy.price,              | dy.prices,               | 5 | series | series.csv or an alias
    statements | 125万吨,page-undated-bbbbbb | 125万吨,page-x      | 6 | source | sources.csv
"""
RANGES = """
    statements | 16300,16400            | 16400,16300              | 4 | low    | must not be above high
    statements | 16350,                 | 16450,                   | 4 | value  | between low and high
    statements | -2.6,,,%,              | -2.6,,,t,                | 3 | unit   | a change is stated in %
    taken      | statement,file         | statement,file\\nst-0123456789,64-a.csv | 2 | statement | id of a statement
"""
UNITS = "series | Dysprosium,CNY/t | Dysprosium,USD/t | 5 | unit | no conversion"
ALIAS = "aliases | mg.output.cn,,, | mg.output.de,,, | 2 | series | series.csv"


def broken(ledger) -> list[Violation]:
    with pytest.raises(LedgerError) as caught:
        read_ledger(ledger.path)
    return list(caught.value.violations)


@pytest.mark.parametrize("faults", [CELLS, IDS, FIGURES, RANGES, UNITS, ALIAS], ids=range(6))
def test_each_fault_is_named_by_its_cell(ledger, faults):
    wanted = {}
    for table, was, becomes, row, column, rule in lines_of(faults):
        ledger.change(table, was, becomes.replace("\\n", "\n").replace("64-", f"{'a' * 64}-"))
        file = TOPIC if table == "statements" or column == "unit" else f"{table}.csv"
        wanted[file, int(row), column] = rule
    found = broken(ledger)
    told = {(one.file, one.row, one.column): one.rule for one in reversed(found)}
    assert {cell: rule for cell, rule in wanted.items() if rule not in told.get(cell, "")} == {}
    assert {(one.file, one.row) for one in found} == {cell[:2] for cell in wanted}


MADE_UP = """
    mg.export.value.ingot,Value,USD,month,flow,China,,,published_levels,,,magnesium_exports,Dollars of exports.
    mg.margin.cn,Margin,CNY/t,month,price,China,,,,,,magnesium_prices,Price less cost.
    mg.list.cn,List price,CNY/t,quarter,price,China,,,,,,magnesium_prices,Price of a quarter.
"""
IMPOSSIBLE = """
    mg.price.ingot.fugu | level | 2025-10-01 | 0 | CNY/t | 0 yuan/mt | dated | value: a price is above 0
    mg.price.ingot.fugu | ytd | 2025-10 | -16000 | CNY/t | -16000 yuan/mt | dated | value: a price is above 0
    mg.price.ingot.fugu | mean3 | 2025-10 | 0 | CNY/t | 0 yuan/mt | dated | value: a price is above 0
    mg.price.ingot.fugu | forecast | 2025-10 | -16000 | CNY/t | -16000 yuan/mt | dated | value: a price is above 0
    mg.export.ingot | ytd | 2025-10 | -38900 | t | (38,900) | dated | value: an amount is not below 0
    mg.export.ingot | level | 2025-09 | 0 | t | 0 t | dated | value: a 0 beside a value
    mg.export.value.ingot | level | 2025-09 | 16665000 | USD | 16,665,000 USD | dated   |
    mg.export.ingot | level | 2025-10-31 | 38900 | t | 38,900 t | dated | period: no day
    mg.output.cn | level | 2024-12-31 | 38900 | t | 38,900 t | dated | period: no day
    mg.list.cn | level | 2025-08 | 17000 | CNY/t | 17,000 | dated | period: month of a quarter
    mg.export.ingot | level | 2052-11 | 38900 | t | 38,900 t | dated | period: begins long after
    mg.export.ingot | level | 2052-11 | 38900 | t | 38,900 t | undated | period: begins long after
    mg.output.cn | level | 2024 | 15000 | t | 15,000 t/month | dated | stated: 'per month' does not
"""
ODD = """
    mg.margin.cn        | level    | 2025-10 | -200  | CNY/t | -200 yuan/mt   | dated
    mg.price.ingot.fugu | mom      | 2025-10 | 0     | %     | 0%             | dated
    mg.export.ingot     | level    | 2025-09 | 0     | t     | 0 t            | dated
    mg.export.ingot     | forecast | 2052-11 | 38900 | t     | 38,900 t       | dated
    mg.price.ingot.fugu | level    | 2025-12 | 17000 | CNY/t | 17,000 yuan/mt | dated
"""


@pytest.fixture
def wider(ledger):
    """The small ledger with series for figures that nothing can have."""
    for [line] in lines_of(MADE_UP):
        ledger.add("series", *line.split(","))
    return ledger


def state(ledger, table: str) -> list[str]:
    """Add statements with value and text; return what is told of each beyond its cells."""
    said = []
    for series, measure, period, value, unit, stated, source, *told in lines_of(table):
        page = {"dated": "smm-2025-11-20-aaaaaa", "undated": "page-undated-bbbbbb"}[source]
        ledger.add("statements", series, measure, period, value, "", "", unit, stated, page)
        said += told
    return said


def test_what_no_way_in_takes(wider):
    said = state(wider, IMPOSSIBLE)
    found = {one.row: f"{one.column}: {one.rule}" for one in broken(wider)}
    assert found.keys() == {row for row, told in enumerate(said, start=7) if told}
    for row, told in enumerate(said, start=7):
        column, _, rule = told.partition(": ")
        assert not told or (found[row].startswith(f"{column}: ") and rule in found[row]), (row, found[row])


def test_what_looks_odd_and_is_right(wider):
    state(wider, ODD)
    assert len(read_ledger(wider.path).statements) == 10


@each("""
    rule         | good | bad
    period       | 2025 2025-01 2024-02-29 | 2025-13 2025-02-29 25-01 2025-1 2025-Q1
    date         | 2024-02-29 | 2025-02-29 2025-02 2025-06-31 20250101
    number       | 1 -2.5 0.001 | 1,000 1e5 .5 1. --1 １２ nan
    series_id    | mg.export.ingot.to.IDN mg_al.ratio | Mg.export mg..export mg.export. mg/export mg.<b> .mg
    slug         | smm-2025-12-22-44b724 a--b cl-1 | SMM-1 -a a/b a<b>
    statement_id | st-0123456789 st-0123456789-2 | st-012345678 0123456789 st-012345678g
    series_pair  | a.b/c.d | a.b a/b/c /a
    url          | https://example.org/a?b=1#c http://example.org/中 | ftp://a https://a" https://a<b> //a
    PLAIN        | a<2 a>b[1] | <script> </p> <!-- [a](b) {{x}} {%x
    CLEAN        | 中文 \u0639\u0631 – é | a\x00b a\u202eb a\u2066b a\u200bb \ufeffa a\u00adb \ufffd
""")
def test_rules_of_cells(rule, good, bad):
    test = (RULES | {"PLAIN": PLAIN, "CLEAN": CLEAN})[rule].test
    assert list(test(pd.Series(good.split(" ")))) == [True] * len(good.split(" "))
    # No rule takes blanks at the ends and line breaks; only that for markup leaves them to `CLEAN`.
    ends = ["a\nb", "a\tb", " a", "a "] if rule != "PLAIN" else []
    assert not any(test(pd.Series([*bad.split(" "), *ends])))


def test_up_to_twenty_are_listed_in_order_and_the_rest_counted():
    refuse([])
    with pytest.raises(LedgerError) as caught:
        refuse(Violation("a.csv", row, "x", "1", "must be 2") for row in range(25, 0, -1))
    lines = str(caught.value).splitlines()
    assert lines[0].endswith("(25 violations):") and len(lines) == 1 + LISTED + 1
    assert (lines[1], lines[-1]) == ("  a.csv, row 1, column x: '1' - must be 2", "  and 5 more")
    assert str(Violation("a.csv", 2, "x", "y" * 200, "short")).count("y") == 79
    assert "\\u202e" in str(Violation("a.csv", 2, "x", "a\u202eb", "clean"))


@pytest.mark.parametrize("name", TABLES)
def test_a_missing_table_is_named_and_one_without_sources_refused_in_words(ledger, name):
    if name == "sources":
        ledger.write("sources", [",".join(TABLES["sources"].columns)])
        assert {one.rule for one in broken(ledger)} == {"must be a source of sources.csv"}
    ledger.file(name).unlink()
    with pytest.raises(LedgerError, match="no statements" if name == "statements" else f"The ledger has no {name}.csv"):
        read_ledger(ledger.path)
