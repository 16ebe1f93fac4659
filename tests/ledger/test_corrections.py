import pytest

from metalsbook.errors import LedgerError
from metalsbook.ledger.reading import read_ledger, read_rows, statement_ids
from metalsbook.ledger.schemas import TABLES
from tests.cases import lines_of

ROWS = ("level", "mom", "quote", "dy")
"""What the first rows of the small ledger are called here; another name is that of no row."""
# Kind, row, column, what it holds, what it becomes, what else the row must hold; what the row is in the end.
RIGHT = """
    value     | level | value          | 22200             | 22210             | unit=t     | bound_high=22250
    value     | quote | value|low|high | 16350|16300|16400 | 16340|16310|16370 | unit=CNY/t | low=16310 high=16370
    relabel   | mom   | measure        | mom               | yoy               | unit=%     | value=-2.6
    period    | dy    | period         | 2025-10           | 2025-09           | value=1600 | published=2025-10-31
"""
MOVED = """
    relabel   | level | series         | mg.export.ingot   | mg.output.cn      | unit=t     | value=22200
    set_aside | dy    | measure        | level             | set_aside         | value=1600 | value=1600 unit=CNY/kg
"""
WRONG = """
    relabel   | none  | measure  | mom   | yoy    | unit=% | statement: 'st-0123456789' - matches no
    relabel   | mom   | measure  | wow   | yoy    | unit=% | was: 'wow' - the row's measure is 'mom': mended
    relabel   | mom   | measure  | mom   | yoy    | unit=t | expect: 'unit=t' - the row's unit is '%'
    relabel   | mom   | measure  | mom   | yoy    | %      | expect: '%' - must be column=text
    relabel   | mom   | value    | -2.6  | 2.6    | unit=% | column: 'value' - a correction of kind relabel
    relabel   | mom   | measure  | mom   | growth | unit=% | becomes: 'growth' - measure a measure: one of
    set_aside | mom   | measure  | mom   | yoy    | unit=% | becomes: 'yoy' - must be set_aside
    value     | quote | low|high | 16300 | 1|2    | unit=% | becomes: '1|2' - column, was and becomes must name equally
    value     | level | value    | 22200 | 22210  | unit=t |
    value     | level | value    | 22210 | 22220  | unit=t | statement: 'st-
"""


@pytest.fixture
def apart(ledger):
    """The small ledger, its change in per cent under a key of its own."""
    ledger.change("statements", "mg.export.ingot,mom", "mg.price.ingot.fugu,mom")
    return ledger


def correct(ledger, number, kind, row, *cells):
    printed = read_rows(ledger.file("statements"), TABLES["statements"].columns, ledger.path)
    name = dict(zip(ROWS, statement_ids(printed), strict=False)).get(row, "st-0123456789")
    ledger.add("corrections", f"co-{number}", kind, "statements", name, *cells, "It is a slip.")


@pytest.mark.parametrize("table", [RIGHT, MOVED], ids=["right", "moved"])
def test_rows_are_put_right_under_their_old_ids(apart, table):
    printed = read_rows(apart.file("statements"), TABLES["statements"].columns, apart.path)
    for number, (*cells, _) in enumerate(lines_of(table)):
        correct(apart, number, *cells)
    after = read_ledger(apart.path).statements
    assert list(after["statement"]) == statement_ids(printed)
    assert list(after["series_as_printed"]) == list(printed["series"])
    held = after[after["corrected"] != ""].set_index("corrected").to_dict("index")
    for number, (_, _, column, _, becomes, _, found) in enumerate(lines_of(table)):
        pairs = zip(column.split("|"), becomes.split("|"), strict=True)
        for name, text in (*pairs, *(part.split("=") for part in found.split(" "))):
            assert str(held[f"co-{number}"][name]).removesuffix(".0") == text


def test_reading_keeps_what_was_printed(ledger):
    ledger.change("statements", "1600,,,CNY/kg,1600元/公斤", "1600,,,CNY/kg,ca 16 (hundred)")
    correct(ledger, 1, "reading", "dy", "stated", "ca 16 (hundred)", "1600元/公斤", "value=1600")
    row = read_ledger(ledger.path).statements.set_index("corrected").loc["co-1"]
    assert (row["stated"], row["value"]) == ("ca 16 (hundred)", 1_600_000)


def test_what_does_not_fit_is_refused(apart):
    lines = lines_of(WRONG)
    for number, (*cells, _) in enumerate(lines):
        correct(apart, number, *cells)
    with pytest.raises(LedgerError) as caught:
        read_ledger(apart.path)
    found = [str(violation) for violation in caught.value.violations]
    wanted = [f"corrections.csv, row {row}, column {said}" for row, (*_, said) in enumerate(lines, start=2) if said]
    assert [line for line in wanted if not any(each.startswith(line) for each in found)] == []
    assert {violation.row for violation in caught.value.violations} == {2, 3, 4, 5, 6, 7, 8, 9, 11}
