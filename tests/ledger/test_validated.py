import pytest

from metalsbook.ledger import read_ledger
from metalsbook.ledger.validated import find_statement_violations
from tests.ledger.conftest import LedgerFolder


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
