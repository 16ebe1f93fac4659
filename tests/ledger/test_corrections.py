import pytest

from metalsbook.errors import LedgerError
from metalsbook.ledger.corrections import COLUMNS_OF_KIND
from metalsbook.ledger.reading import read_ledger, read_rows, statement_ids
from metalsbook.ledger.schemas import TABLES
from metalsbook.ledger.vocabulary import CORRECTION_KINDS


def correct(ledger, kind, key, column, was, becomes, expect, correction="co-1"):
    ledger.add("corrections", correction, kind, "statements", key, column, was, becomes, expect, "It is a slip.")
    return read_ledger(ledger.path).statements


def row(statements, correction="co-1"):
    corrected = statements[statements["corrected"] == correction]
    assert len(corrected) == 1
    return corrected.iloc[0]


def refused(ledger, message, *cells, **names):
    with pytest.raises(LedgerError, match=message):
        correct(ledger, *cells, **names)


@pytest.fixture
def ids(ledger):
    rows = read_rows(ledger.file("statements"), TABLES["statements"].columns, ledger.path)
    return dict(zip(zip(rows["series"], rows["measure"], strict=True), statement_ids(rows), strict=True))


def test_every_kind_says_what_it_may_correct():
    assert set(COLUMNS_OF_KIND) == set(CORRECTION_KINDS)


def test_value_of_a_garbled_row(ledger):
    ledger.change("statements", "10,22200,", "10,2220,")
    key = "mg.export.ingot/2025-10/smm-2025-11-20-aaaaaa"
    ledger.change("statements", "mg.export.ingot,mom", "mg.price.ingot.fugu,mom")
    corrected = row(correct(ledger, "value", key, "value", "2220", "22200", "stated=22,200 tons"))
    assert (corrected["value"], corrected["bound_high"]) == (22_200, 22_250)


def test_a_corrected_row_keeps_its_id(ledger, ids):
    before = ids["mg.export.ingot", "mom"]
    corrected = row(correct(ledger, "relabel", before, "measure", "mom", "yoy", "stated=down 2.6%"))
    assert (corrected["statement"], corrected["measure"], corrected["value"]) == (before, "yoy", -2.6)


def test_reading_keeps_what_was_printed(ledger, ids):
    ledger.change("statements", "1600,,,CNY/kg,1600元/公斤", "1600,,,CNY/kg,ca 16 (hundred)")
    corrected = row(
        correct(ledger, "reading", "dy.price/*/*", "stated", "ca 16 (hundred)", "1600元/公斤", "value=1600")
    )
    assert (corrected["stated"], corrected["value"]) == ("ca 16 (hundred)", 1_600_000)


def test_range_and_value_are_corrected_together(ledger):
    ledger.change("statements", "16350,16300,16400", "16250,16200,16300")
    key = "mg.price.ingot.fugu/2025-10-31/*"
    corrected = row(
        correct(ledger, "value", key, "value|low|high", "16250|16200|16300", "16350|16300|16400", "unit=CNY/t")
    )
    assert (corrected["low"], corrected["value"], corrected["high"]) == (16_300, 16_350, 16_400)


def test_period(ledger, ids):
    corrected = row(correct(ledger, "period", ids["dy.price", "level"], "period", "2025-10", "2025-09", "value=1600"))
    assert (corrected["period"], corrected["published"]) == ("2025-09", "2025-10-31")


def test_series(ledger, ids):
    key = ids["mg.export.ingot", "mom"]
    corrected = row(correct(ledger, "relabel", key, "series", "mg.export.ingot", "mg.output.cn", "unit=%"))
    assert (corrected["series"], corrected["series_as_printed"]) == ("mg.output.cn", "mg.export.ingot")


def test_set_aside_stays_in_sight(ledger, ids):
    corrected = row(
        correct(ledger, "set_aside", ids["dy.price", "level"], "measure", "level", "set_aside", "value=1600")
    )
    assert (corrected["measure"], corrected["value"], corrected["unit"]) == ("set_aside", 1600, "CNY/kg")


def test_correction_of_no_row_is_refused(ledger):
    refused(
        ledger,
        r"corrections.csv, row 2, column statement: 'st-0000000000' - matches no statement",
        "relabel",
        "st-0000000000",
        "measure",
        "mom",
        "yoy",
        "stated=down 2.6%",
    )


def test_correction_of_what_is_mended_is_refused(ledger, ids):
    refused(
        ledger,
        r"row 2, column was: 'wow' - the row's measure is 'mom': mended",
        "relabel",
        ids["mg.export.ingot", "mom"],
        "measure",
        "wow",
        "yoy",
        "stated=down 2.6%",
    )


def test_unmet_expectation_is_refused(ledger, ids):
    refused(
        ledger,
        r"row 2, column expect: 'stated=down 2.7%' - the row's stated is 'down 2.6%'",
        "relabel",
        ids["mg.export.ingot", "mom"],
        "measure",
        "mom",
        "yoy",
        "stated=down 2.7%",
    )


def test_expectation_without_column_is_refused(ledger, ids):
    refused(
        ledger,
        r"column expect: 'down 2.6%' - must be column=text",
        "relabel",
        ids["mg.export.ingot", "mom"],
        "measure",
        "mom",
        "yoy",
        "down 2.6%",
    )


def test_correction_of_a_foreign_column_is_refused(ledger, ids):
    refused(
        ledger,
        r"column column: 'value' - a correction of kind relabel is of series, measure",
        "relabel",
        ids["mg.export.ingot", "mom"],
        "value",
        "-2.6",
        "2.6",
        "unit=%",
    )


def test_correction_to_what_breaks_a_rule_is_refused(ledger, ids):
    refused(
        ledger,
        r"column becomes: 'growth' - measure a measure: one of level",
        "relabel",
        ids["mg.export.ingot", "mom"],
        "measure",
        "mom",
        "growth",
        "unit=%",
    )


def test_set_aside_means_one_measure_only(ledger, ids):
    refused(
        ledger,
        r"column becomes: 'yoy' - must be set_aside",
        "set_aside",
        ids["mg.export.ingot", "mom"],
        "measure",
        "mom",
        "yoy",
        "unit=%",
    )


def test_lists_of_unequal_length_are_refused(ledger, ids):
    refused(
        ledger,
        r"must name equally many",
        "value",
        ids["mg.price.ingot.fugu", "level"],
        "low|high",
        "16300",
        "1|2",
        "unit=CNY/t",
    )


def test_two_corrections_of_one_row_are_refused(ledger, ids):
    key = ids["mg.export.ingot", "mom"]
    correct(ledger, "relabel", key, "measure", "mom", "yoy", "unit=%")
    refused(
        ledger,
        r"row 3, column statement: .* - is corrected by co-1 already",
        "relabel",
        key,
        "measure",
        "yoy",
        "ytd_yoy",
        "unit=%",
        correction="co-2",
    )
