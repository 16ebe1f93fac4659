import pytest

from metalsbook.ledger.schemas import TABLES, broken_rules


@pytest.mark.parametrize("name", TABLES)
def test_every_column_has_a_meaning(name):
    columns = TABLES[name].schema.columns
    assert all(column.description for column in columns.values())


def test_numbers_are_told_from_text():
    assert TABLES["statements"].numbers == ["value", "low", "high"]
    assert TABLES["outlooks"].numbers == ["target_low", "target_high"]


def test_broken_rules_of_one_cell():
    assert broken_rules("statements", "value", "12") == []
    assert broken_rules("statements", "value", "") == ["must not be empty"]
    assert broken_rules("statements", "low", "") == []
    assert broken_rules("statements", "value", "1,2") == ["a plain number: digits, at most one dot, no separators"]
