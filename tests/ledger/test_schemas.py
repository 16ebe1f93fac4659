import pandas as pd
import pytest

from metalsbook.errors import LedgerError
from metalsbook.ledger import schemas
from metalsbook.ledger.reading import read_ledger
from metalsbook.ledger.schemas import LISTED, TABLES, Violation, broken_rules, find_statement_violations, refuse
from tests.ledger.conftest import LedgerFolder


@pytest.mark.parametrize("name", TABLES)
def test_every_column_has_a_meaning(name):
    assert all(column.meaning for column in TABLES[name].cells.values())


def test_numbers_are_told_from_text():
    assert TABLES["statements"].numbers == ["value", "low", "high"]
    assert TABLES["outlooks"].numbers == ["target_low", "target_high"]


def test_broken_rules_of_one_cell():
    assert broken_rules("statements", "value", "12") == []
    assert broken_rules("statements", "value", "") == ["must not be empty"]
    assert broken_rules("statements", "low", "") == []
    assert broken_rules("statements", "value", "1,2") == ["a plain number: digits, at most one dot, no separators"]


def keeps(rule: schemas.Rule, text: str) -> bool:
    return bool(rule.test(pd.Series([text], dtype="str")).iloc[0])


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        (schemas.PERIOD, ["2025", "2025-01", "2024-02-29"], ["2025-13", "2025-02-29", "25-01", "2025-1", "2025-Q1"]),
        (schemas.DATE, ["2024-02-29"], ["2025-02-29", "2025-02", "2025-06-31", "20250101"]),
        (schemas.NUMBER, ["1", "-2.5", "0.001"], ["1,000", "1e5", ".5", "1.", "--1", "１２", "nan", "1 "]),
        (
            schemas.SERIES_ID,
            ["mg.export.ingot.to.IDN", "ree.export.magnet.cn.to.EU", "mg_al.price_ratio"],
            ["Mg.export", "mg..export", "mg.export.", "mg export", "mg/export", "mg.<b>", ".mg"],
        ),
        (schemas.SLUG, ["smm-2025-12-22-44b724", "a--b", "cl-1"], ["SMM-1", "a b", "-a", "a/b", "a<b>"]),
        (schemas.STATEMENT_ID, ["st-0123456789", "st-0123456789-2"], ["st-012345678", "0123456789", "st-012345678g"]),
        (schemas.SERIES_PAIR, ["a.b/c.d"], ["a.b", "a/b/c", "/a"]),
        (
            schemas.URL,
            ["https://example.org/a?b=1#c", "http://example.org/中"],
            ["javascript:alert(1)", "ftp://a", "https://a b", 'https://a"', "https://a<b>", "//a", "data:text/html,x"],
        ),
        (schemas.PLAIN, ["a < b", "a > b [1]"], ["<script>", "</p>", "<!--", "[a](b)", "{{ x }}", "{% x"]),
        (
            schemas.CLEAN,
            ["plain 中文 \u0639\u0631\u0628\u064a – é"],
            ["a\x00b", "a\nb", "a\tb", "a\u202eb", "a\u2066b", "a\u200bb", "\ufeffa", "a\u00adb", " a", "a ", "\ufffd"],
        ),
    ],
)
def test_rules(rule, good, bad):
    assert [text for text in good if not keeps(rule, text)] == []
    assert [text for text in bad if keeps(rule, text)] == []


def test_unique_marks_the_repeats_only():
    assert schemas.UNIQUE.test(pd.Series(["a", "b", "a"])).tolist() == [True, True, False]


def test_one_of_names_the_words():
    rule = schemas.one_of(("a", "b"), "a word")
    assert rule.text == "a word: one of a, b"
    assert keeps(rule, "a")
    assert not keeps(rule, "c")


@pytest.fixture(scope="module")
def read_once(tmp_path_factory):
    return read_ledger(LedgerFolder(tmp_path_factory.mktemp("once") / "ledger").path).statements


@pytest.fixture
def statements(read_once):
    return read_once.copy()


def test_read_statements_keep_their_schema(statements):
    assert find_statement_violations(statements) == []


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("statement", "st-1", "a statement id"),
        ("measure", "growth", "a measure"),
        ("published", "2025-02-30", "a date"),
        ("published", "", "must not be empty"),
        ("published_basis", "guessed", "a basis"),
        ("unit", "lb", "a unit"),
        ("qualifier", "maybe", "a qualifier"),
    ],
)
def test_wrong_cell_is_named(statements, column, value, rule):
    statements.loc[2, column] = value
    found = find_statement_violations(statements, "statements.parquet")
    assert [(one.file, one.row, one.column, one.value) for one in found] == [("statements.parquet", 3, column, value)]
    assert rule in found[0].rule


def test_missing_column_is_named(statements):
    found = find_statement_violations(statements.drop(columns="bound_low"))
    assert [(one.column, one.rule) for one in found] == [("bound_low", "the column is missing")]


def test_bounds_turned_round_are_named(statements):
    statements.loc[1, "bound_low"] = 1e12
    assert any("bound_low must not be above" in one.rule for one in find_statement_violations(statements))


def test_text_in_a_number_column_is_named(statements):
    found = find_statement_violations(statements.assign(value=statements["value"].astype(str)))
    assert {one.column for one in found} == {"value"}


def test_missing_value_is_named(statements):
    statements.loc[0, "value"] = float("nan")
    assert [(one.row, one.column) for one in find_statement_violations(statements)] == [(1, "value")]


def make(row: int) -> Violation:
    return Violation("a.csv", row, "x", "1", "must be 2")


def test_nothing_is_no_error():
    refuse([])


def test_one_violation_names_file_row_column_value_and_rule():
    with pytest.raises(LedgerError) as caught:
        refuse([make(7)])
    assert str(caught.value).splitlines()[1] == "  a.csv, row 7, column x: '1' - must be 2"


def test_twenty_are_listed_in_order_and_the_rest_counted():
    with pytest.raises(LedgerError) as caught:
        refuse(make(row) for row in range(25, 0, -1))
    lines = str(caught.value).splitlines()
    assert lines[0].endswith("(25 violations):")
    assert len(lines) == 1 + LISTED + 1
    assert lines[1].startswith("  a.csv, row 1,")
    assert lines[-1] == "  and 5 more"


def test_long_values_are_cut_and_odd_characters_escaped():
    assert str(Violation("a.csv", 2, "x", "y" * 200, "short")).count("y") == 79
    assert "\\u202e" in str(Violation("a.csv", 2, "x", "a\u202eb", "clean"))
