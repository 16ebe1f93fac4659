import pytest

from metalsbook.errors import LedgerError
from metalsbook.ledger.violations import LISTED, Violation, refuse


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
