import pytest

from metalsbook.errors import LedgerError
from metalsbook.ledger.reading import read_ledger
from tests.cases import cases

ROW = {
    "level": "mg.export.ingot/2025-10/*",
    "mom": "mg.price.ingot.fugu/2025-10/smm-2025-11-20-aaaaaa",
    "quote": "mg.price.ingot.fugu/2025-10-31/*",
    "dy": "dy.price/*/*",
    "none": "st-0123456789",
}


@pytest.fixture
def apart(ledger):
    """The small ledger, its change in per cent under a key of its own."""
    ledger.change("statements", "mg.export.ingot,mom", "mg.price.ingot.fugu,mom")
    return ledger


def correct(ledger, kind, row, column, was, becomes, expect, name="co-1"):
    ledger.add("corrections", name, kind, "statements", ROW[row], column, was, becomes, expect, "It is a slip.")
    return read_ledger(ledger.path).statements


@pytest.mark.parametrize(
    ("kind", "row", "column", "was", "becomes", "expect", "found"),
    cases("""
        value     | level | value          | 22200             | 22210             | unit=t     | bound_high=22250
        value     | quote | value|low|high | 16350|16300|16400 | 16340|16310|16370 | unit=CNY/t | low=16310 high=16370
        relabel   | mom   | measure        | mom               | yoy               | unit=%     | value=-2.6
        relabel   | level | series         | mg.export.ingot   | mg.output.cn      | unit=t     | value=22200
        period    | dy    | period         | 2025-10           | 2025-09           | value=1600 | published=2025-10-31
        set_aside | dy    | measure        | level             | set_aside         | value=1600 | value=1600 unit=CNY/kg
    """),
)
def test_a_row_is_put_right_under_its_old_id(apart, kind, row, column, was, becomes, expect, found):
    before = read_ledger(apart.path).statements
    after = correct(apart, kind, row, column, was, becomes, expect)
    assert list(after["statement"]) == list(before["statement"])
    assert list(after["series_as_printed"]) == list(before["series_as_printed"])
    [held] = after[after["corrected"] == "co-1"].to_dict("records")
    put_right = [f"{name}={text}" for name, text in zip(column.split("|"), becomes.split("|"), strict=True)]
    for name, text in (part.split("=") for part in [*put_right, *found.split(" ")]):
        assert str(held[name]).removesuffix(".0") == text


def test_reading_keeps_what_was_printed(ledger):
    ledger.change("statements", "1600,,,CNY/kg,1600元/公斤", "1600,,,CNY/kg,ca 16 (hundred)")
    rows = correct(ledger, "reading", "dy", "stated", "ca 16 (hundred)", "1600元/公斤", "value=1600")
    row = rows.set_index("corrected").loc["co-1"]
    assert (row["stated"], row["value"]) == ("ca 16 (hundred)", 1_600_000)


@pytest.mark.parametrize(
    ("kind", "row", "column", "was", "becomes", "expect", "said"),
    cases("""
        relabel   | none  | measure  | mom   | yoy    | unit=% | row 2, column statement: 'st-0123456789' - matches no
        relabel   | mom   | measure  | wow   | yoy    | unit=% | column was: 'wow' - the row's measure is 'mom': mended
        relabel   | mom   | measure  | mom   | yoy    | unit=t | column expect: 'unit=t' - the row's unit is '%'
        relabel   | mom   | measure  | mom   | yoy    | %      | column expect: '%' - must be column=text
        relabel   | mom   | value    | -2.6  | 2.6    | unit=% | column column: 'value' - a correction of kind relabel
        relabel   | mom   | measure  | mom   | growth | unit=% | column becomes: 'growth' - measure a measure: one of
        set_aside | mom   | measure  | mom   | yoy    | unit=% | column becomes: 'yoy' - must be set_aside
        value     | quote | low|high | 16300 | 1|2    | unit=% | must name equally many
    """),
)
def test_what_does_not_fit_is_refused(apart, kind, row, column, was, becomes, expect, said):
    with pytest.raises(LedgerError) as caught:
        correct(apart, kind, row, column, was, becomes, expect)
    assert said in str(caught.value)


def test_two_corrections_of_one_row_are_refused(apart):
    correct(apart, "relabel", "mom", "measure", "mom", "yoy", "unit=%")
    with pytest.raises(LedgerError, match=r"row 3, column statement: .* - is corrected by co-1 already"):
        correct(apart, "relabel", "mom", "measure", "yoy", "ytd_yoy", "unit=%", name="co-2")
