"""China customs query: each quirk of real files, in made-up ones."""

import pytest

from metalsbook.ingest import customs
from metalsbook.ledger.figures import read_figure
from tests.cases import each
from tests.ingest.conftest import (
    CHINESE,
    ENGLISH,
    KOREA,
    NETHERLANDS,
    customs_file,
    customs_row,
    customs_text,
    read,
    refusal,
    values,
)

INGOT, VALUE, TOTAL = "mg.export.ingot", "mg.export.value.ingot", "mg.export.total"
ALL_SIX = ("81041100", "81041900", "81042000", "81043000", "81049010", "81049020")
WITHOUT_POWDER = [customs_row(code=code) for code in ALL_SIX if code != "81042000"]
FIVE_COLUMNS = ("美元", "商品编码", "第一计量单位", "数据年月", "第一数量")


def levels(batch, month="2025-12"):
    """Return the levels of a month by series."""
    return {series: value for (series, _, period), value in values(batch).items() if period == month}


@pytest.mark.parametrize(
    "layout",
    [
        {"header": CHINESE, "encoding": "gb18030"},
        {"header": CHINESE, "encoding": "utf-8-sig", "end": "\r\n"},
        {"header": ENGLISH, "encoding": "gb18030", "comma": ""},
        {"header": [f" {name}\t" for name in ENGLISH], "encoding": "utf-8"},
        {"header": [name.replace("Supplementary", "Supplimentary") for name in ENGLISH]},
    ],
)
def test_one_figure_in_every_layout_of_the_portal(tmp_path, layout):
    row = [f"{cell} " for cell in customs_row(kg="111,000", usd="333,000")]
    expected = {INGOT: "111", VALUE: "333000", f"{INGOT}.to.JPN": "111"}
    assert levels(read(customs_file(tmp_path, [row], **layout))) == expected


@pytest.mark.parametrize(
    ("header", "row", "told", "expected", "note"),
    [
        (FIVE_COLUMNS, ("3,000", "81041100", "千克", "202512", "111000"), "", {INGOT: "111", VALUE: "3000"}, ""),
        ((*CHINESE[:7], "美元"), (*customs_row()[:7], "333,000"), "", {VALUE: "333000"}, ""),
        ((*CHINESE[:-1], "人民币"), customs_row(), "", {INGOT: "111", f"{INGOT}.to.JPN": "111"}, "values are in yuan"),
        (CHINESE, customs_row(kg="0"), "", {VALUE: "333000"}, f"{INGOT} 2025-12: no weight in"),
        (CHINESE, customs_row(usd="0"), "", {INGOT: "111", f"{INGOT}.to.JPN": "111"}, f"{VALUE} 2025-12: no value in"),
        (CHINESE, customs_row(), "yes", {f"{INGOT}.to.JPN": "111"}, "some partners only"),
    ],
)
def test_what_a_query_does_not_hold_is_not_made_up(tmp_path, header, row, told, expected, note):
    batch = read(customs_file(tmp_path, [row], header=header), partial=told)
    assert levels(batch) == expected
    assert any(note in line for line in batch.notes)


def test_regimes_and_provinces_are_added_up_month_by_month_to_the_kilogram_and_the_sum_is_shown(tmp_path):
    rows = [customs_row(kg="111000"), customs_row(kg="222000", regime="14"), customs_row(kg="333000", place="14")]
    rows += [customs_row(kg="444000", partner=KOREA), customs_row(kg="555000", month="202511")]
    batch = read(customs_file(tmp_path, rows))
    assert levels(batch)[INGOT] == "1110" and levels(batch)[f"{INGOT}.to.JPN"] == "666"
    assert levels(batch, "2025-11")[INGOT] == "555"
    stated = next(row["stated"] for row in batch.statements if row["value"] == "1110")
    assert stated == "1,110.000 t (4 rows, 1,110,000 kg)" and read_figure(stated, "t").resolution == 0.001
    said = "\n".join(batch.arithmetic)
    assert "mg.export.ingot 2025-12 = 4 rows, 1,110,000 kg / 1000 = 1,110.000 t" in said
    assert "rows of one commodity are added up over 2 partners, 2 customs regimes, 2 provinces" in said
    assert "2 partners add up to 1,110.000 t; 2 of them have a series, 1,110.000 t; the rest is 0.000 t" in said


def test_the_total_needs_all_six_items_or_that_they_were_asked_for(tmp_path):
    assert levels(read(customs_file(tmp_path, [customs_row(code=code) for code in ALL_SIX])))[TOTAL] == "666"
    path = customs_file(tmp_path, WITHOUT_POWDER)
    part = read(path)
    assert TOTAL not in levels(part) and "no rows of 81042000" in part.notes[0]
    assert levels(read(path, complete="8104"))[TOTAL] == "555"


def test_codes_and_partners_without_a_mapping_are_listed(tmp_path):
    rows = [customs_row(), customs_row(code="29012920"), customs_row(code="8104110")]
    rows += [customs_row(partner=("998", "某地"), kg="222000"), customs_row(partner=("133", "日本"), kg="1000")]
    batch = read(customs_file(tmp_path, rows))
    assert batch.unmapped == [
        "commodity 29012920 (made up), 1 rows",
        "commodity 8104110 (made up), 1 rows: series are of items of 8 digits, ask for those",
        "partner 998 is called 某地: in the totals only",
        "partner 133 is called 日本 here and South Korea in mappings/partners.csv: in the totals only",
    ]
    assert levels(batch)[INGOT] == "334" and f"{INGOT}.to.KOR" not in levels(batch)
    # A wide comma in an English name is no other name.
    batch = read(customs_file(tmp_path, [customs_row(partner=("110", "Hong Kong，China"))], header=ENGLISH))
    assert levels(batch)[f"{INGOT}.to.HKG"] == "111" and not batch.unmapped


@pytest.mark.parametrize(
    ("code", "partner", "series", "part_of"),
    [
        ("81041100", ("601", "澳大利亚"), "mg.export.ingot.to.AUS", "mg.export.ingot"),
        ("85051110", ("305", "法国"), "ree.export.magnet.cn.to.FRA", "ree.export.magnet.cn.to.EU"),
        # Beside a Europe that nobody lists it would be added twice.
        ("81041900", NETHERLANDS, "mg.export.alloy.to.NLD", ""),
    ],
)
def test_a_new_destination_is_described_as_a_part(tmp_path, code, partner, series, part_of):
    [row] = read(customs_file(tmp_path, [customs_row(code=code, partner=partner)])).series
    assert (row["series"], row["part_of"], row["unit"]) == (series, part_of, "t")
    assert row["definition"] == "Magnesium ingot that left China for Australia." or code != "81041100"


@pytest.mark.parametrize(
    ("name", "header", "row", "said", "option"),
    [
        ("-export", CHINESE[1:], customs_row()[1:], "does not say its month", "month: 2025-12"),
        ("", CHINESE, customs_row(), "does not say whether it is of exports or imports", "flow: export"),
    ],
)
def test_month_and_flow_come_from_option_sidecar_or_name(tmp_path, name, header, row, said, option):
    path = customs_file(tmp_path, [row], header=header, name=f"made-up{name}.csv")
    key, value = option.split(": ")
    assert said in refusal(path)
    assert INGOT in levels(read(path, **{key: value}))
    (tmp_path / f"{path.name}.yml").write_text(f"{option}\nnote: made up\n", "utf-8")
    assert INGOT in levels(read(path))
    assert INGOT in levels(read(customs_file(tmp_path, [row], header=header, name="made-up-export-202512.csv")))


def test_a_query_is_of_the_flow_the_measure_and_the_month_that_are_told(tmp_path):
    batch = read(customs_file(tmp_path, [customs_row()], name="made-up-import.csv"))
    assert (batch.statements, batch.unmapped) == ([], ["commodity 81041100 (made up), 1 rows"])
    batch = read(customs_file(tmp_path, [customs_row()]), measure="ytd")
    assert (INGOT, "ytd", "2025-12") in values(batch)
    said = refusal(customs_file(tmp_path, [customs_row(month="202511")]), month="2025-12")
    assert "row 2, column '数据年月': '202511' is another month than 2025-12" in said


def test_as_many_rows_as_the_portal_gives_are_refused_as_cut(tmp_path, monkeypatch):
    assert customs.CUT_AT_ROWS == 10_000
    monkeypatch.setattr(customs, "CUT_AT_ROWS", 10)
    few, cut, many = ([customs_row(regime=str(number)) for number in range(count)] for count in (9, 10, 11))
    for rows in (few, many):
        read(customs_file(tmp_path, rows))
    assert "exactly 10 rows" in refusal(customs_file(tmp_path, cut))


@each("""
    column  | cell    | said
    kg      | -5      | row 3, column '第一数量': '-5' is negative
    kg      | ?       | row 3, column '第一数量': '?' is no figure
    usd     | 315,28  | row 3, column '美元': '315,28' is not a number
    kg      | 1e5     | '1e5' is not a number
    unit    | 吨      | row 3, column '第一计量单位': '吨' is not kilograms
    code    | 8.1E+07 | '8.1E+07' is not a commodity code
    month   | 202513  | row 3, column '数据年月': '202513' is not a month
    month   | 202501-202512 | is not a month
    month   | 202701  | '81041100' has no meaning in the year of its row
    regime  | 10      | row 3 repeats row 2
    partner | Japan   | 'Japan' is not a partner code
""")
def test_bad_cells_are_refused_with_row_and_column(tmp_path, column, cell, said):
    cells = {"regime": "14"} | {column: (cell, "日本") if column == "partner" else cell}
    assert said in refusal(customs_file(tmp_path, [customs_row(), customs_row(**cells)]))


@each("""
    header
    Date of data,Commodity code,Tonnes,Unit,Quantity
    商品编码,商品编码,第一数量,第一计量单位
    商品编码,第一数量,美元
    商品编码,美元,人民币
    商品名称,第一数量,第一计量单位
""")
def test_a_changed_header_is_refused(tmp_path, header):
    columns = header.split(",")
    path = customs_file(tmp_path, [["1"] * len(columns)], header=columns)
    assert "row 1" in refusal(path, flow="export", month="2025-12", format="customs")


def test_a_cut_file_is_refused(tmp_path):
    quoted = customs_text([customs_row(), customs_row(partner=KOREA)]).encode("gb18030")
    bare = quoted.replace(b'"', b"").replace(b",\n", b"\n").replace(b"333,000", b"333000")
    path = tmp_path / "made-up-export.csv"
    for content in (*(quoted[:-cut] for cut in (4, 5, 12, 40, 90)), bare[:-3], quoted + b'"\xff\xff",\n'):
        path.write_bytes(content)
        said = refusal(path)
    assert "row 4: byte" in said and "is neither UTF-8 nor GB18030 text" in said
