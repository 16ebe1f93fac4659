"""Faults planted in a small ledger, one at a time, and the real ledger as a whole."""

import re

import pytest

from metalsbook.errors import LedgerError
from metalsbook.ledger import read_ledger
from metalsbook.ledger.figures import read_figure
from metalsbook.ledger.schemas import TABLES
from metalsbook.ledger.statements import COLUMNS
from metalsbook.ledger.validated import find_statement_violations

TOPIC = "statements/topic.csv"

FAULTS = {
    "month 13": ("statements", "level,2025-10,22200", "level,2025-13,22200", 2, "period", "2025-13", "a period"),
    "day that does not exist": ("statements", "2025-10-31", "2025-10-32", 4, "period", "2025-10-32", "exists"),
    "thousands separator": (
        "statements",
        "1600,,,CNY/kg",
        '"1,600",,,CNY/kg',
        5,
        "value",
        "1,600",
        "no separators",
    ),
    "empty value": ("statements", "1600,,,CNY/kg", ",,,CNY/kg", 5, "value", "", "must not be empty"),
    "unknown measure": ("statements", "mom,2025-10", "m/m,2025-10", 3, "measure", "m/m", "a measure: one of level"),
    "unknown unit": ("statements", "CNY/kg", "RMB/kg", 5, "unit", "RMB/kg", "a unit: one of t"),
    "unknown source": (
        "statements",
        "125万吨,page-undated-bbbbbb",
        "125万吨,page-x",
        6,
        "source",
        "page-x",
        "sources.csv",
    ),
    "unknown series": ("statements", "dy.price,", "dy.prices,", 5, "series", "dy.prices", "series.csv or an alias"),
    "misspelt series id": ("statements", "dy.price,", "Dy.Price,", 5, "series", "Dy.Price", "a series id"),
    "number not as printed": ("statements", "10,22200,", "10,2220,", 2, "value", "2220", "says 22200 t"),
    "sign against the words": ("statements", "-2.6,", "2.6,", 3, "value", "2.6", "says -2.6 %"),
    "range not as printed": ("statements", "16300,16400", "16200,16400", 4, "low", "16200", "says 16300 CNY/t"),
    "range turned round": ("statements", "16300,16400", "16400,16300", 4, "low", "16400", "not be above high"),
    "value outside its range": (
        "statements",
        "16350,16300",
        "16450,16300",
        4,
        "value",
        "16450",
        "between low and high",
    ),
    "text without figure": ("statements", "1600元/公斤", "see table", 5, "stated", "see table", "must hold a number"),
    "change in tonnes": ("statements", ",%,", ",t,", 3, "unit", "t", "a change is stated in %"),
    "unit without conversion": (
        "series",
        "Dysprosium,CNY/t",
        "Dysprosium,USD/t",
        5,
        "unit",
        "CNY/kg",
        "no conversion",
    ),
    "right-to-left mark": (
        "statements",
        "down 2.6%",
        "down \u202e2.6%",
        3,
        "stated",
        "down \\u202e2.6%",
        "free of control",
    ),
    "blank at the end": (
        "sources",
        ",Another page",
        ",Another page ",
        3,
        "title",
        "Another page ",
        "blanks at its ends",
    ),
    "script address": ("sources", "https://example.org/a", "javascript:x", 2, "url", "javascript:x", "http or https"),
    "markup": ("series", "Customs exports.", "<b>Customs</b>", 2, "definition", "<b>Customs</b>", "without markup"),
    "date that does not exist": ("sources", ",2025-11-20,", ",2025-11-31,", 2, "published", "2025-11-31", "a date"),
    "repeated id": ("series", "dy.price,D", "mg.export.ingot,D", 4, "series", "mg.export.ingot", "twice"),
    "part of nothing": (
        "series",
        "published_levels,,,magnesium_exp",
        "published_levels,mg.none,,magnesium_exp",
        2,
        "part_of",
        "mg.none",
        "series.csv",
    ),
    "share of nothing": (
        "series",
        "ex-works,,,,",
        "ex-works,,,dy.price/mg.none,",
        3,
        "share_of",
        "dy.price/mg.none",
        "both must be",
    ),
    "copy of nothing": ("sources", ",,page,\n", ",smm-none,page,\n", 3, "repeats", "smm-none", "sources.csv"),
    "copy of itself": (
        "sources",
        ",,page,\n",
        ",page-undated-bbbbbb,page,\n",
        3,
        "repeats",
        "page-undated-bbbbbb",
        "another source",
    ),
    "part of itself": (
        "series",
        "published_levels,,,magnesium_exp",
        "published_levels,mg.export.ingot,,magnesium_exp",
        2,
        "part_of",
        "mg.export.ingot",
        "another series",
    ),
    "alias of nothing": ("aliases", "mg.output.cn", "mg.output.de", 2, "series", "mg.output.de", "series.csv"),
    "file of a lost statement": (
        "taken",
        "statement,file\n",
        f"statement,file\nst-0123456789,{'a' * 64}-a.csv\n",
        2,
        "statement",
        "st-0123456789",
        "id of a statement",
    ),
    "alias of a series": ("aliases", "mg.output.old", "dy.price", 2, "alias", "dy.price", "itself"),
    "outlook on nothing": ("outlooks", "mg.price.ingot.fugu", "mg.price", 2, "series", "mg.price", "series.csv"),
    "outlook without day": ("outlooks", "2025-10-09", "2025-10", 2, "made_on", "2025-10", "a date"),
    "claim without note": ("claims", "smm-2025-11-20-aaaaaa", "smm-note", 2, "note", "smm-note", "sources.csv"),
    "event without chapter": ("events", "rare_earths", "rare_earth", 2, "chapter", "rare_earth", "a chapter"),
}


def test_the_small_ledger_keeps_every_rule(ledger):
    assert len(read_ledger(ledger.path).statements) == 5


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_fault_is_named(ledger, fault):
    table, old, new, row, column, value, rule = FAULTS[fault]
    ledger.change(table, old, new)
    file = TOPIC if table == "statements" or column == "unit" else f"{table}.csv"
    with pytest.raises(LedgerError) as caught:
        read_ledger(ledger.path)
    line = next(line for line in str(caught.value).splitlines() if f"{file}, row {row}, column {column}:" in line)
    assert re.search(rf": '{re.escape(value)}' - .*{re.escape(rule)}", line), line


def test_faults_of_several_tables_are_listed_at_once(ledger):
    ledger.change("statements", "level,2025-10,22200", "level,2025-13,22200")
    ledger.change("events", "rare_earths", "rare_earth")
    with pytest.raises(LedgerError, match=r"2 violations(.|\n)*events.csv, row 2(.|\n)*topic.csv, row 2"):
        read_ledger(ledger.path)


@pytest.mark.parametrize("name", [name for name in TABLES if name != "statements"])
def test_a_missing_table_is_named(ledger, name):
    ledger.file(name).unlink()
    with pytest.raises(LedgerError, match=f"The ledger has no {name}.csv"):
        read_ledger(ledger.path)


def test_a_ledger_without_statements_is_refused(ledger):
    ledger.file("statements").unlink()
    with pytest.raises(LedgerError, match="no statements"):
        read_ledger(ledger.path)


def test_numbers_of_other_tables_are_numbers(ledger):
    outlooks = read_ledger(ledger.path).outlooks
    assert outlooks["target_low"].tolist() == [16000.0]
    assert outlooks.columns.tolist() == TABLES["outlooks"].columns


@pytest.fixture(scope="module")
def real():
    return read_ledger()


def test_every_statement_of_the_ledger_is_read(real):
    assert len(real.statements) >= 3846
    assert real.statements.columns.tolist() == list(COLUMNS)
    assert find_statement_violations(real.statements) == []


def test_statement_ids_of_the_ledger_are_unique(real):
    assert real.statements["statement"].is_unique


def test_every_level_is_in_the_unit_of_its_series(real):
    levels = real.statements[(real.statements["unit"] != "%") & (real.statements["measure"] != "set_aside")]
    assert (levels["unit"] == levels["series"].map(real.series.set_index("series")["unit"])).all()


def test_the_printed_interval_holds_the_figure(real):
    rows = real.statements
    slack = 1e-9 * rows["value"].abs() + rows["resolution"] / 2
    assert (rows["value"] >= rows["bound_low"] - slack).all()
    assert (rows["value"] <= rows["bound_high"] + slack).all()


def test_resolutions_of_the_ledger(real):
    rows = real.statements.set_index("stated")
    resolutions = {"61.21%": 0.01, "1.268 million": 1_000, "8,272 t": 1}
    assert {stated: rows.loc[[stated], "resolution"].iloc[0] for stated in resolutions} == resolutions


def test_dysprosium_per_kg_stands_per_tonne(real):
    row = real.statements.set_index("stated").loc["3400~3450"]
    assert (row["value"], row["unit"], row["factor"], row["bound_low"]) == (3_425_000, "CNY/t", 1000, 3_395_000)


def test_every_correction_of_a_reading_is_needed(real):
    readings = real.corrections[real.corrections["kind"] == "reading"]
    rows = real.statements.set_index("statement").loc[readings["statement"]]
    for row in rows.itertuples():
        printed = read_figure(row.stated, row.unit, row.measure, row.value)
        assert abs(printed.value - row.value) > printed.resolution, row.stated


def test_what_is_set_aside_is_in_no_other_measure(real):
    aside = real.corrections.loc[real.corrections["kind"] == "set_aside", "correction"]
    rows = real.statements[real.statements["measure"] == "set_aside"]
    assert sorted(rows["corrected"]) == sorted(aside)
