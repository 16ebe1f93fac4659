"""USGS summaries: the three layouts and their marks, in made-up tables."""

import pytest

from tests.cases import each
from tests.ingest.conftest import read, refusal, text_file, values

ONE_TABLE = (
    "MCS chapter,Section,Commodity,Country,Statistics,Statistics_detail,Unit,Year,Value,Notes,"
    "Is critical mineral 2025,Other notes"
)
WORLD = (
    "SOURCE,COMMODITY,COUNTRY,TYPE,UNIT_MEAS,PROD_2023,PROD_EST_ 2024,PROD_NOTES,CAP_2023,CAP_EST_ 2024,CAP_NOTES,"
    "RESERVES_2024,RESERVE_NOTES"
)
SALIENT = (
    "DataSource,Commodity,Year,USprod_Primary_kt,USprod_Secondary_kt,Imports_kt,Exports_kt,Consump_Reported_kt,"
    "Consump_Apparent_kt,Price_European_dlb,Price_dt,Stocks_kt,Employment_num,NIR_pct"
)
CHINA = "mg.output.world.chn"


def table(folder, header, *rows, encoding="utf-8-sig"):
    return text_file(folder, "\n".join([header, *rows]) + "\n", encoding=encoding)


def smelter(value, country="China", unit="thousand metric tons", last="122"):
    return f'x,Magnesium metal,{country},Smelter,{unit},"{value}",{last},,,,,,'


def levels(batch):
    return {(series, period): value for (series, _, period), value in values(batch).items()}


@pytest.mark.parametrize(
    ("encoding", "value", "expected"),
    [("latin-1", "111", {"2023": "111000", "2024": "122000"}), ("cp1252", "—", {"2024": "122000"})],
)
def test_countries_with_stray_blanks_and_western_bytes_are_read(tmp_path, encoding, value, expected):
    rows = smelter(value, country="China\u00a0 "), smelter("333", country=" World total (rounded)", last="344")
    world = {("mg.output.world", "2023"): "333000", ("mg.output.world", "2024"): "344000"}
    found = levels(read(table(tmp_path, WORLD, *rows, encoding=encoding)))
    assert found == world | {(CHINA, year): value for year, value in expected.items()}


@each("""
    value | taken   | stated
    W     |         | no figure ('W')
    --    |         | no figure ('--')
    >75   | 75000   | more than 75
    <75   | 75000   | less than 75
    1,234 | 1234000 | 1,234
""")
def test_marks_of_the_survey(tmp_path, value, taken, stated):
    batch = read(table(tmp_path, WORLD, smelter(value, last="")))
    assert levels(batch).get((CHINA, "2023"), "") == taken
    assert stated in (batch.statements[0]["stated"] if taken else batch.notes[0])


def test_a_value_that_is_none_and_a_column_that_is_there_twice_are_refused_and_another_unit_listed(tmp_path):
    for value in ("1e3", "twelve", "1,2"):
        said = refusal(table(tmp_path, WORLD, smelter(value)))
        assert f"row 2, column 'PROD_2023': '{value}' is not a number" in said
    assert "'-5' is negative" in refusal(table(tmp_path, WORLD, smelter("-5")))
    twice = WORLD.replace("CAP_2023", "PROD_2023")
    assert "'PROD_2023' stands in the header twice" in refusal(table(tmp_path, twice, smelter("1")))
    batch = read(table(tmp_path, WORLD, smelter("111", unit="short tons")))
    assert batch.statements == [] and "short tons" in batch.unmapped[0]
