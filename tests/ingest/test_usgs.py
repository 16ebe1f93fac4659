"""USGS summaries: the three layouts and their marks, in made-up tables."""

import pytest

from metalsbook.errors import IngestError
from tests.ingest.conftest import read, values

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


def table(folder, header, rows, encoding="utf-8-sig"):
    path = folder / "made-up-usgs.csv"
    path.write_bytes(("\n".join([header, *rows]) + "\n").encode(encoding))
    return path


def test_the_one_table_of_2026_is_read(tmp_path):
    rows = [
        'x,World,Rare earths,China,Production,,metric tons,2025,"111,000",estimated,Yes,',
        'x,World,Rare earths,World total (rounded),Production,,metric tons,2025,"222,000",,Yes,',
    ]
    batch = read(table(tmp_path, ONE_TABLE, rows))
    assert values(batch) == {
        ("ree.output.chn", "level", "2025"): "111000",
        ("ree.output.world", "level", "2025"): "222000",
    }
    assert batch.statements[0]["stated"] == "111,000 metric tons (estimated)"


def test_countries_with_stray_blanks_and_broken_bytes_are_read(tmp_path):
    rows = [
        "x,Magnesium metal,China\u00a0 ,Smelter,thousand metric tons,111,122,,,,,,",
        "x,Magnesium metal, World total (rounded),Smelter,thousand metric tons,333,344,,,,,,",
    ]
    found = values(read(table(tmp_path, WORLD, rows, encoding="latin-1")))
    assert {(series, period): value for (series, _, period), value in found.items()} == {
        ("mg.output.world.chn", "2023"): "111000",
        ("mg.output.world.chn", "2024"): "122000",
        ("mg.output.world", "2023"): "333000",
        ("mg.output.world", "2024"): "344000",
    }


def test_a_western_file_with_an_em_dash_is_read_and_the_dash_is_no_figure(tmp_path):
    batch = read(table(tmp_path, WORLD, ["x,Magnesium metal,China,Smelter,thousand metric tons,—,122,,,,,,"], "cp1252"))
    assert list(values(batch)) == [("mg.output.world.chn", "level", "2024")]


def test_salient_statistics_are_read_by_their_unit(tmp_path):
    batch = read(table(tmp_path, SALIENT, ["x,Magnesium Metal,2024,W,111,55,11,66,--,3.1,1,W,400,>75"]))
    assert values(batch) == {
        ("mg.output.secondary.usa.usgs", "level", "2024"): "111000",
        ("mg.import.usa.usgs", "level", "2024"): "55000",
        ("mg.export.usa.usgs", "level", "2024"): "11000",
        ("mg.consumption.usa.usgs", "level", "2024"): "66000",
    }
    assert any("USprod_Primary" in line for line in batch.unmapped)


@pytest.mark.parametrize(("value", "taken"), [("W", None), ("--", None), (">75", "75000"), ("1,234", "1234000")])
def test_marks_of_the_survey(tmp_path, value, taken):
    row = f'x,Magnesium metal,China,Smelter,thousand metric tons,"{value}",,,,,,,'
    batch = read(table(tmp_path, WORLD, [row]))
    assert values(batch).get(("mg.output.world.chn", "level", "2023")) == taken
    if value == ">75":
        assert batch.statements[0]["stated"].startswith("more than 75 ")
    if taken is None:
        assert any(f"no figure ('{value}')" in note for note in batch.notes)


def test_a_column_that_is_there_twice_is_refused(tmp_path):
    with pytest.raises(IngestError, match="'PROD_2023' stands in the header twice"):
        read(table(tmp_path, WORLD.replace("CAP_2023", "PROD_2023"), ["x,Magnesium metal,China,a,b,1,2,,3,,,,"]))


def test_another_unit_is_listed_not_guessed(tmp_path):
    batch = read(table(tmp_path, WORLD, ["x,Magnesium metal,China,Smelter,short tons,111,122,,,,,,"]))
    assert batch.statements == []
    assert "short tons" in batch.unmapped[0]


@pytest.mark.parametrize("value", ["1e3", "twelve", "-5", "1,2"])
def test_a_value_that_is_none_is_refused(tmp_path, value):
    row = f'x,Magnesium metal,China,Smelter,thousand metric tons,"{value}",,,,,,,'
    with pytest.raises(IngestError, match=r"row 2, column 'PROD_2023': '.*' is (?:not a number|negative)"):
        read(table(tmp_path, WORLD, [row]))
