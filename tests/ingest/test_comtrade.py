"""UN Comtrade: the quirks of web files and API frames, in made-up ones."""

import pytest

from metalsbook.errors import IngestError
from metalsbook.ingest.files import Details
from metalsbook.ingest.run import take_files
from metalsbook.ledger.reading import read_ledger
from tests.ingest.conftest import read, values

HEADER_LINE = (
    "typeCode,freqCode,refPeriodId,refYear,refMonth,period,reporterCode,reporterISO,reporterDesc,flowCode,flowDesc,"
    "partnerCode,partnerISO,partnerDesc,partner2Code,partner2ISO,partner2Desc,classificationCode,"
    "classificationSearchCode,isOriginalClassification,cmdCode,cmdDesc,aggrLevel,isLeaf,customsCode,customsDesc,mosCode,"
    "motCode,motDesc,qtyUnitCode,qtyUnitAbbr,qty,isQtyEstimated,altQtyUnitCode,altQtyUnitAbbr,altQty,isAltQtyEstimated,"
    "netWgt,isNetWgtEstimated,grossWgt,isGrossWgtEstimated,cifvalue,fobvalue,primaryValue,legacyEstimationFlag,"
    "isReported,isAggregate"
)
HEADER = HEADER_LINE.split(",")
SERIES = ("mg.import.DEU.total.comtrade", "level", "2025-12")


def record(**cells) -> list[str]:
    known = {
        "typeCode": "C",
        "freqCode": "M",
        "refPeriodId": "20251201",
        "refYear": "2025",
        "refMonth": "12",
        "period": "202512",
        "reporterCode": "276",
        "flowCode": "M",
        "partnerCode": "0",
        "partner2Code": "0",
        "classificationCode": "H6",
        "cmdCode": "8104",
        "cmdDesc": "made up",
        "customsCode": "C00",
        "motCode": "0",
        "netWgt": "2222000",
        "isNetWgtEstimated": "False",
        "primaryValue": "6666000.5",
    }
    return [(known | cells).get(name, "") for name in HEADER]


def comtrade_file(folder, records, name="TradeData_1_31_2026_10_11_12.csv", end="", encoding="utf-8", header=HEADER):
    lines = [",".join(header), *(",".join(f'"{cell}"' for cell in cells) + end for cells in records)]
    path = folder / name
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return path


def test_the_world_is_the_total_and_never_added_to_partners(tmp_path):
    batch = read(
        comtrade_file(
            tmp_path,
            [record(), record(partnerCode="156", netWgt="2000000"), record(partnerCode="392", netWgt="222000")],
        )
    )
    assert values(batch) == {SERIES: "2222", ("mg.import.DEU.total.from.CHN.comtrade", "level", "2025-12"): "2000"}
    assert (
        "reporter 276, M, 8104, 202512: partners add up to 2,222.000 t, World is 2,222.000 t, difference 0.000 t"
        in batch.arithmetic
    )


def test_partners_that_add_up_to_more_than_the_world_are_refused(tmp_path):
    with pytest.raises(IngestError, match=r"more than World with 2,222\.000 t"):
        read(comtrade_file(tmp_path, [record(), record(partnerCode="156", netWgt="2300000")]))


@pytest.mark.parametrize("cells", [{"customsCode": "C01"}, {"motCode": "2100"}, {"partner2Code": "528"}])
def test_parts_of_totals_are_left_out(tmp_path, cells):
    batch = read(comtrade_file(tmp_path, [record(), record(**cells)]))
    assert values(batch) == {SERIES: "2222"}
    assert "1 records" in batch.notes[0]


def test_a_column_that_is_there_twice_is_refused(tmp_path):
    header = ["netWgt" if name == "grossWgt" else name for name in HEADER]
    with pytest.raises(IngestError, match=r"row 1, column AN: 'netWgt' stands in the header twice"):
        read(comtrade_file(tmp_path, [record()], header=header))


def test_a_comma_at_the_end_of_rows_shifts_no_column(tmp_path):
    assert values(read(comtrade_file(tmp_path, [record()], end=","))) == {SERIES: "2222"}


def test_codes_of_a_data_frame_with_gaps_are_read(tmp_path):
    cells = {"reporterCode": "276.0", "motCode": "0.0", "partnerCode": "0.0", "netWgt": "2222000.0"}
    assert values(read(comtrade_file(tmp_path, [record(**cells)]))) == {SERIES: "2222"}


def test_a_latin_1_file_is_read(tmp_path):
    path = comtrade_file(tmp_path, [record(partnerDesc="Türkiye")], encoding="latin-1")
    assert values(read(path)) == {SERIES: "2222"}


def test_yearly_figures_have_a_year_as_period(tmp_path):
    batch = read(comtrade_file(tmp_path, [record(freqCode="A", period="2024")]))
    assert ("mg.import.DEU.total.comtrade", "level", "2024") in values(batch)


def test_an_estimated_weight_is_marked(tmp_path):
    batch = read(comtrade_file(tmp_path, [record(isNetWgtEstimated="True")]))
    assert batch.statements[0]["stated"] == "2,222.000 t (estimated, 2222000 kg)"


def test_the_day_of_download_is_the_day_by_which_it_was_published(tmp_path):
    assert read(comtrade_file(tmp_path, [record()])).source["published"] == "2026-01-31"
    assert read(comtrade_file(tmp_path, [record()], name="frame.csv")).source["published"] == ""


@pytest.mark.parametrize("weight", ["0.0", "0", "", "nan", "None"])
def test_a_weight_that_is_not_given_is_missing_with_a_note(tmp_path, weight):
    without = {"netWgt": weight, "primaryValue": "16665000"}
    batch = read(comtrade_file(tmp_path, [record(**without), record(partnerCode="156", **without)]))
    assert values(batch) == {}
    said = f"2025-12: no weight ('{weight.removesuffix('.0')}') in row"
    assert batch.notes == [
        f"mg.import.DEU.total.comtrade {said} 2",
        f"mg.import.DEU.total.from.CHN.comtrade {said} 3",
    ]


def test_china_as_the_only_partner_brings_what_it_is_a_part_of(book, tmp_path):
    path = comtrade_file(tmp_path, [record(partnerCode="156")])
    assert take_files([path], Details(), say=lambda _: None) == 1
    catalogue = read_ledger().series.set_index("series")
    part = "mg.import.DEU.total.from.CHN.comtrade"
    assert catalogue.loc[catalogue.loc[part, "part_of"], "unit"] == "t"


def test_unmapped_reporters_are_listed(tmp_path):
    batch = read(comtrade_file(tmp_path, [record(reporterCode="757")]))
    assert batch.unmapped == ["reporter 757, flow M, code 8104: 1 records"]


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ([record(period="2025")], "column 'period'"),
        ([record(netWgt="-1")], "row 2, column 'netWgt': '-1' is negative"),
        ([record(netWgt="1,2")], "row 2, column 'netWgt': '1,2' is not a number"),
        ([record(), record()], "row 3 repeats row 2"),
        ([record()[:-3]], "row 2 has"),
    ],
)
def test_bad_records_are_refused(tmp_path, records, said):
    with pytest.raises(IngestError, match=said):
        read(comtrade_file(tmp_path, records))


def test_a_cut_result_is_refused(tmp_path):
    records = [record(reporterCode=str(number)) for number in range(500)]
    with pytest.raises(IngestError, match="exactly 500 records"):
        read(comtrade_file(tmp_path, records))


def test_a_missing_column_is_named(tmp_path):
    header = [name for name in HEADER if name != "netWgt"]
    with pytest.raises(IngestError, match="there is no column netWgt"):
        read(comtrade_file(tmp_path, [["x"] * len(header)], header=header))
