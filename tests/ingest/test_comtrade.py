"""UN Comtrade: the quirks of web files and API frames, in made-up ones."""

import pytest

from metalsbook.ledger.reading import read_ledger
from tests.cases import each
from tests.ingest.conftest import ROOT, read, refusal, take, text_file, values

PRACTICE = ROOT / "chapters" / "guide" / "february" / "TradeData_3_28_2026_11_11_11.csv"
HEADER = PRACTICE.read_text("utf-8").splitlines()[0].split(",")
USUAL = (
    "typeCode=C freqCode=M refPeriodId=20251201 refYear=2025 refMonth=12 period=202512 reporterCode=276 flowCode=M "
    "partnerCode=0 partner2Code=0 classificationCode=H6 cmdCode=8104 cmdDesc=made-up customsCode=C00 motCode=0 "
    "netWgt=2222000 isNetWgtEstimated=False primaryValue=6666000.5"
)
WORLD, CHINA = "mg.import.DEU.total.comtrade", "mg.import.DEU.total.from.CHN.comtrade"


def cells_of(text: str) -> dict[str, str]:
    return dict(cell.split("=") for cell in text.split(" ") if cell)


def comtrade_file(folder, *records, name="TradeData_1_31_2026_10_11_12.csv", end="", encoding="utf-8", header=HEADER):
    """Write records; what one does not say is that of a usual one."""
    rows = [[(cells_of(USUAL) | cells_of(record)).get(column, "") for column in header] for record in records]
    lines = [",".join(header), *(",".join(f'"{cell}"' for cell in row) + end for row in rows)]
    return text_file(folder, "\n".join(lines) + "\n", name, encoding)


FROM_AN_API = "reporterCode=276.0 motCode=0.0 partnerCode=0.0 netWgt=2222000.0"


@pytest.mark.parametrize(
    ("cells", "layout"),
    [("", {"end": ","}), (FROM_AN_API, {}), ("partnerDesc=Türkiye", {"encoding": "latin-1"})],
)
def test_one_figure_in_every_layout(tmp_path, cells, layout):
    assert values(read(comtrade_file(tmp_path, cells, **layout))) == {(WORLD, "level", "2025-12"): "2222"}


@pytest.mark.parametrize("cells", ["customsCode=C01", "motCode=2100", "partner2Code=528"])
def test_parts_of_totals_are_left_out_and_unmapped_reporters_listed(tmp_path, cells):
    batch = read(comtrade_file(tmp_path, "", cells, "reporterCode=757"))
    assert values(batch) == {(WORLD, "level", "2025-12"): "2222"}
    assert "1 records" in batch.notes[0]
    assert batch.unmapped == ["reporter 757, flow M, code 8104: 1 records"]


def test_a_year_is_a_period_and_an_estimated_weight_is_marked_and_the_download_is_the_day_of_publication(tmp_path):
    cells = "freqCode=A period=2024 isNetWgtEstimated=True"
    batch = read(comtrade_file(tmp_path, cells))
    assert values(batch) == {(WORLD, "level", "2024"): "2222"} and batch.source["published"] == "2026-01-31"
    assert batch.statements[0]["stated"] == "2,222.000 t (estimated, 2,222,000 kg)"
    assert read(comtrade_file(tmp_path, cells, name="frame.csv")).source["published"] == ""


@pytest.mark.parametrize("weight", ["0.0", "", "nan"])
def test_a_weight_that_is_not_given_is_missing_with_a_note(tmp_path, weight):
    batch = read(comtrade_file(tmp_path, f"netWgt={weight}", f"partnerCode=156 netWgt={weight}"))
    said = "2025-12: no weight in TradeData_1_31_2026_10_11_12.csv, row"
    assert (values(batch), batch.notes) == ({}, [f"{WORLD} {said} 2", f"{CHINA} {said} 3"])


def test_china_as_the_only_partner_brings_what_it_is_a_part_of(book, tmp_path):
    assert take(comtrade_file(tmp_path, "partnerCode=156"))[0] == 1
    catalogue = read_ledger().series.set_index("series")
    assert catalogue.loc[catalogue.loc[CHINA, "part_of"], "unit"] == "t"


@each("""
    cells                          | said
    period=2025                    | row 3, column 'period'
    partnerCode=156 netWgt=-1      | row 3, column 'netWgt': '-1' is negative
    partnerCode=156 netWgt=1,2     | row 3, column 'netWgt': '1,2' is not a number
    cmdDesc=again                  | row 3 repeats row 2
    partnerCode=156 netWgt=2300000 | more than World with 2,222.000 t
""")
def test_bad_records_are_refused(tmp_path, cells, said):
    assert said in refusal(comtrade_file(tmp_path, "", cells))


def test_a_cut_result_and_a_header_that_is_another_are_refused(tmp_path):
    cut = comtrade_file(tmp_path, *(f"reporterCode={number}" for number in range(500)))
    assert "exactly 500 records" in refusal(cut)
    short = comtrade_file(tmp_path, "")
    short.write_text(short.read_text("utf-8").rsplit(",", 3)[0] + "\n", "utf-8")
    assert "row 2 has" in refusal(short)
    twice = ["netWgt" if name == "grossWgt" else name for name in HEADER]
    assert "row 1, column AN: 'netWgt' stands in the header twice" in refusal(comtrade_file(tmp_path, "", header=twice))
    absent = [name for name in HEADER if name != "netWgt"]
    assert "there is no column netWgt" in refusal(comtrade_file(tmp_path, "", header=absent))
