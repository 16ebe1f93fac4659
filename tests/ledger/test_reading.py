"""Faults planted in a small ledger, one at a time, and the real ledger as a whole."""

import hashlib
import re

import pandas as pd
import pytest

from metalsbook.errors import LedgerError
from metalsbook.ledger.figures import read_figure
from metalsbook.ledger.reading import COLUMNS, apply_aliases, assume_published, read_ledger, read_rows, statement_ids
from metalsbook.ledger.schemas import FILE, LINE, TABLES, find_statement_violations

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
    "text without figure": ("statements", "1600元/公斤", "tonnes", 5, "stated", "tonnes", "holds no number"),
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


def rows_of(tmp_path, content: bytes):
    (tmp_path / "a.csv").write_bytes(content)
    return read_rows(tmp_path / "a.csv", ["x", "y"], tmp_path)


def test_rows_are_text_and_know_their_line(tmp_path):
    rows = rows_of(tmp_path, b'x,y\n1,NA\n"a\nb",\n2,3\n')
    assert rows["x"].tolist() == ["1", "a\nb", "2"]
    assert rows["y"].tolist() == ["NA", "", "3"]
    assert rows[LINE].tolist() == [2, 3, 5]
    assert set(rows[FILE]) == {"a.csv"}


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path):
    assert len(rows_of(tmp_path, b"\xef\xbb\xbfx,y\n1,2\n")) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"x,z\n1,2\n", r"a.csv, row 1: the header is x,z. It must be x,y"),
        (b"", r"a.csv, row 1: the header is"),
        (b"x,y\n1,2\n3\n", r"a.csv, row 3: '3' - must have 2 cells: x,y"),
        (b"x,y\n1,2,3\n", r"a.csv, row 2: '1,2,3' - must have 2 cells: x,y"),
        (b"x,y\n1,\xd6\xd0\n", r"a.csv is not UTF-8 \(byte 6\)"),
        (b'x,y\n1,"2\n', r"a.csv is not readable as CSV"),
    ],
)
def test_broken_files_are_refused(tmp_path, content, message):
    with pytest.raises(LedgerError, match=message):
        rows_of(tmp_path, content)


def test_a_missing_file_names_its_header(tmp_path):
    with pytest.raises(LedgerError, match=r"no b.csv. Add it with the header x,y"):
        read_rows(tmp_path / "b.csv", ["x", "y"], tmp_path)


def test_id_is_the_hash_of_what_the_row_says(ledger):
    row = "mg.export.ingot|level|2025-10|22200|22,200 tons|smm-2025-11-20-aaaaaa"
    expected = "st-" + hashlib.sha256(row.encode()).hexdigest()[:10]
    assert read_ledger(ledger.path).statements["statement"].iloc[0] == expected


def test_exact_repeats_are_numbered():
    rows = pd.DataFrame({"series": ["a", "b", "a", "a"], "measure": "level", "period": "2025", "value": "1"})
    ids = statement_ids(rows.assign(stated="1", source="s"))
    assert ids[2] == f"{ids[0]}-2"
    assert ids[3] == f"{ids[0]}-3"
    assert len(set(ids)) == 4


def test_ids_do_not_depend_on_the_order_of_rows_or_files(ledger):
    before = set(read_ledger(ledger.path).statements["statement"])
    lines = ledger.file("statements").read_text(encoding="utf-8").splitlines()
    ledger.write("statements", [lines[0], *reversed(lines[3:])])
    (ledger.path / "statements" / "a.csv").write_text("\n".join(lines[:3]) + "\n", encoding="utf-8")
    statements = read_ledger(ledger.path).statements
    assert set(statements["statement"]) == before
    assert set(statements["topic"]) == {"topic", "a"}


def test_alias_gives_series_measure_and_factor():
    rows = pd.DataFrame({"series": ["old", "other", "bare"], "measure": ["level", "yoy", "mom"]})
    aliases = pd.DataFrame(
        {"alias": ["old", "bare"], "series": ["new", "newer"], "measure": ["ytd", ""], "factor": ["0.5", ""]}
    )
    result = apply_aliases(rows, aliases)
    assert result["series"].tolist() == ["new", "other", "newer"]
    assert result["measure"].tolist() == ["ytd", "yoy", "mom"]
    assert result["alias_factor"].tolist() == [0.5, 1.0, 1.0]


def test_aliased_row_keeps_the_printed_id_and_scales(ledger):
    ledger.change("aliases", "mg.output.cn,,,", "mg.output.cn,forecast,2,")
    row = read_ledger(ledger.path).statements.set_index("series_as_printed").loc["mg.output.old"]
    assert (row["series"], row["measure"], row["value"], row["factor"]) == ("mg.output.cn", "forecast", 2_500_000, 2)
    assert (row["bound_low"], row["resolution"], row["stated"]) == (2_490_000, 20_000, "125万吨")


def test_units_are_those_of_the_series_and_changes_in_per_cent(ledger):
    rows = read_ledger(ledger.path).statements.set_index("stated")
    assert rows.loc["1600元/公斤", ["value", "unit", "factor"]].tolist() == [1_600_000, "CNY/t", 1000]
    assert rows.loc["down 2.6%", ["unit", "factor"]].tolist() == ["%", 1]


def test_columns_that_come_from_the_text(ledger):
    rows = read_ledger(ledger.path).statements.set_index("stated")
    wanted = ["value", "qualifier", "resolution", "bound_low", "bound_high"]
    assert rows.loc["22,200 tons", wanted].tolist() == [22_200, "", 100, 22_150, 22_250]
    assert rows.loc["16,300-16,400 yuan/mt", wanted].tolist() == [16_350, "range", 100, 16_250, 16_450]


SOURCES = pd.DataFrame(
    {"source": ["dated", "undated", "seen"], "published": ["2025-11-20", "", ""], "seen": ["", "", "2026-01-14"]}
)


def published(measure: str, period: str, source: str) -> tuple[str, str, str]:
    rows = pd.DataFrame({"measure": [measure], "period": [period], "source": [source]}, index=[5])
    result = assume_published(rows, SOURCES)
    assert result.index.tolist() == [5]
    return tuple(result.iloc[0])


@pytest.mark.parametrize(
    ("measure", "period", "source", "expected"),
    [
        ("level", "2025-10", "dated", ("2025-11-20", "stated", "")),
        ("forecast", "2030", "dated", ("2025-11-20", "stated", "")),
        ("level", "2025-10", "undated", ("2025-11-30", "assumed", "")),
        ("level", "2025-10", "seen", ("2026-01-14", "seen", "")),
        ("forecast", "2030", "seen", ("2026-01-14", "seen", "")),
        ("level", "2024-01", "undated", ("2024-02-29", "assumed", "")),
        ("level", "2025-12-05", "undated", ("2026-01-31", "assumed", "")),
        ("yoy", "2024", "undated", ("2025-01-31", "assumed", "")),
        ("forecast", "2019", "undated", ("2025-12-31", "assumed", "2025-11")),
        ("forecast_yoy", "2030", "undated", ("2025-12-31", "assumed", "2025-11")),
    ],
)
def test_publication_rule(measure, period, source, expected):
    assert published(measure, period, source) == expected
