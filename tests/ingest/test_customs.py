"""China customs query: each quirk of real files, in made-up ones."""

import pytest

from metalsbook.errors import IngestError
from metalsbook.ingest import customs
from tests.ingest.conftest import (
    CHINESE,
    ENGLISH,
    JAPAN,
    KOREA,
    NETHERLANDS,
    customs_file,
    customs_row,
    customs_text,
    read,
    values,
)

INGOT = ("mg.export.ingot", "level", "2025-12")
ALL_SIX = ("81041100", "81041900", "81042000", "81043000", "81049010", "81049020")


@pytest.mark.parametrize(
    ("header", "encoding"), [(CHINESE, "gb18030"), (CHINESE, "utf-8-sig"), (ENGLISH, "gb18030"), (ENGLISH, "utf-8")]
)
def test_both_languages_and_encodings_give_the_same_figures(tmp_path, header, encoding):
    batch = read(customs_file(tmp_path, [customs_row()], header=header, encoding=encoding))
    assert values(batch) == {
        INGOT: "111",
        ("mg.export.value.ingot", "level", "2025-12"): "333000",
        ("mg.export.ingot.to.JPN", "level", "2025-12"): "111",
    }


def test_the_printed_cell_is_kept_and_the_last_digit_is_a_kilogram(tmp_path):
    row = read(customs_file(tmp_path, [customs_row(kg="48000")])).statements[0]
    assert (row["stated"], row["unit"]) == ("48.000 t (1 row, 48000 kg)", "t")
    from metalsbook.ledger.figures import read_figure

    assert read_figure(row["stated"], "t").resolution == 0.001


def test_regimes_and_provinces_are_added_up_and_the_sum_is_shown(tmp_path):
    rows = [
        customs_row(kg="111000", regime="10"),
        customs_row(kg="222000", regime="14"),
        customs_row(kg="333000", regime="10", place="14"),
        customs_row(kg="444000", partner=KOREA),
    ]
    batch = read(customs_file(tmp_path, rows))
    assert values(batch)[INGOT] == "1110"
    assert values(batch)[("mg.export.ingot.to.JPN", "level", "2025-12")] == "666"
    assert "mg.export.ingot 2025-12 = 4 rows, 1,110,000 kg / 1000 = 1,110.000 t" in batch.arithmetic
    assert "rows of one commodity are added up over 2 partners, 2 customs regimes, 2 provinces" in batch.arithmetic
    assert (
        "mg.export.ingot 2025-12: 2 partners add up to 1,110.000 t; 2 of them have a series, 1,110.000 t; the rest "
        "is 0.000 t"
    ) in batch.arithmetic


def test_columns_may_stand_in_any_order_and_be_fewer(tmp_path):
    header = ("美元", "商品编码", "第一计量单位", "数据年月", "第一数量")
    batch = read(customs_file(tmp_path, [("333,000", "81041100", "千克", "202512", "111000")], header=header))
    assert values(batch) == {INGOT: "111", ("mg.export.value.ingot", "level", "2025-12"): "333000"}


@pytest.mark.parametrize("commas", ["both", "none", "rows"])
def test_a_trailing_comma_is_no_column(tmp_path, commas):
    lines = customs_text([customs_row()], comma="").splitlines()
    ends = {"both": ",,", "none": "  ", "rows": " ,"}[commas]
    text = "".join(f"{line}{end.strip()}\n" for line, end in zip(lines, ends, strict=True))
    path = tmp_path / "made-up-export.csv"
    path.write_bytes(text.encode("gb18030"))
    assert values(read(path))[INGOT] == "111"


def test_headers_and_cells_are_trimmed(tmp_path):
    header = tuple(f" {name}\t" for name in ENGLISH)
    row = tuple(f"{cell} " for cell in customs_row())
    assert values(read(customs_file(tmp_path, [row], header=header)))[INGOT] == "111"


def test_the_misspelt_english_header_is_known(tmp_path):
    header = tuple(name.replace("Supplementary", "Supplimentary") for name in ENGLISH)
    assert values(read(customs_file(tmp_path, [customs_row()], header=header)))[INGOT] == "111"


def test_thousands_commas_are_read_in_both_amounts(tmp_path):
    batch = read(customs_file(tmp_path, [customs_row(kg="1,111,000", usd="3,333,000")]))
    assert values(batch)[INGOT] == "1111"


def test_an_old_mac_or_windows_line_end_changes_nothing(tmp_path):
    assert values(read(customs_file(tmp_path, [customs_row()], end="\r\n")))[INGOT] == "111"


def test_several_months_are_kept_apart(tmp_path):
    batch = read(customs_file(tmp_path, [customs_row(month="202511"), customs_row(month="202512", kg="222000")]))
    assert values(batch)[INGOT] == "222"
    assert values(batch)[("mg.export.ingot", "level", "2025-11")] == "111"


def test_a_value_in_yuan_gives_no_value_series_and_says_so(tmp_path):
    batch = read(customs_file(tmp_path, [customs_row()], header=(*CHINESE[:-1], "人民币")))
    assert not [row for row in batch.statements if row["unit"] != "t"]
    assert "yuan" in batch.notes[0]


def test_the_total_needs_all_six_items(tmp_path):
    whole = read(customs_file(tmp_path, [customs_row(code=code) for code in ALL_SIX]))
    assert values(whole)[("mg.export.total", "level", "2025-12")] == "666"
    part = read(customs_file(tmp_path, [customs_row(code=code) for code in ALL_SIX if code != "81042000"]))
    assert ("mg.export.total", "level", "2025-12") not in values(part)
    assert "no rows of 81042000" in part.notes[0]


def test_an_item_that_was_asked_for_and_has_no_rows_counts_as_zero(tmp_path):
    path = customs_file(tmp_path, [customs_row(code=code) for code in ALL_SIX if code != "81042000"])
    assert values(read(path, complete="8104"))[("mg.export.total", "level", "2025-12")] == "555"


def test_a_query_of_some_partners_gives_no_totals(tmp_path):
    batch = read(customs_file(tmp_path, [customs_row()]), partial="yes")
    assert list(values(batch)) == [("mg.export.ingot.to.JPN", "level", "2025-12")]


def test_codes_and_partners_without_a_mapping_are_listed(tmp_path):
    rows = [customs_row(), customs_row(code="29012920"), customs_row(partner=("998", "某地"), kg="222000")]
    batch = read(customs_file(tmp_path, rows))
    assert batch.unmapped == ["commodity 29012920 (made up), 1 rows", "partner 998 is called 某地: in the totals only"]
    assert values(batch)[INGOT] == "333"


def test_a_partner_whose_name_is_another_country_is_no_destination(tmp_path):
    batch = read(customs_file(tmp_path, [customs_row(partner=("116", "韩国"))]))
    assert "partner 116 is called 韩国 here and Japan" in batch.unmapped[0]
    assert ("mg.export.ingot.to.JPN", "level", "2025-12") not in values(batch)


def test_an_english_name_with_a_wide_comma_is_the_same_partner(tmp_path):
    batch = read(customs_file(tmp_path, [customs_row(partner=("110", "Hong Kong，China"))], header=ENGLISH))
    assert values(batch)[("mg.export.ingot.to.HKG", "level", "2025-12")] == "111"


def test_a_new_destination_is_described_as_a_part_of_the_item(tmp_path):
    batch = read(customs_file(tmp_path, [customs_row(partner=("601", "澳大利亚"))]))
    row = batch.series[0]
    assert (row["series"], row["part_of"], row["unit"]) == ("mg.export.ingot.to.AUS", "mg.export.ingot", "t")
    assert row["definition"] == "Magnesium ingot that left China for Australia."


def test_a_member_of_the_union_is_a_part_of_the_union_where_the_ledger_has_it(tmp_path):
    batch = read(customs_file(tmp_path, [customs_row(code="85051110", partner=("305", "法国"))]))
    assert batch.series[0]["part_of"] == "ree.export.magnet.cn.to.EU"


def test_a_european_country_is_not_added_beside_a_europe_that_nobody_lists(tmp_path):
    batch = read(customs_file(tmp_path, [customs_row(code="81041900", partner=NETHERLANDS)]))
    described = {row["series"]: row["part_of"] for row in batch.series}
    assert described["mg.export.alloy.to.NLD"] == ""


def test_a_code_that_lost_its_leading_zero_is_listed_not_misread(tmp_path):
    batch = read(customs_file(tmp_path, [customs_row(code="8104110"), customs_row()]))
    assert values(batch)[INGOT] == "111"
    assert batch.unmapped[0].startswith("commodity 8104110 ")


def test_without_a_month_column_the_month_comes_from_sidecar_option_or_name(tmp_path):
    header, row = CHINESE[1:], customs_row()[1:]
    path = customs_file(tmp_path, [row], header=header)
    with pytest.raises(IngestError, match="does not say its month"):
        read(path)
    assert INGOT in values(read(path, month="2025-12"))
    (tmp_path / "made-up-export.csv.yml").write_text("month: 2025-12\nnote: made up\n", "utf-8")
    assert INGOT in values(read(path))
    assert INGOT in values(read(customs_file(tmp_path, [row], header=header, name="made-up-export-202512.csv")))


def test_without_a_flow_the_file_is_refused(tmp_path):
    path = customs_file(tmp_path, [customs_row()], name="downloadData (88).csv")
    with pytest.raises(IngestError, match="does not say whether it is of exports or imports"):
        read(path)
    assert INGOT in values(read(path, flow="export"))
    (tmp_path / "downloadData (88).csv.yml").write_text("flow: export\n", "utf-8")
    assert INGOT in values(read(path))


def test_imports_are_never_taken_for_exports(tmp_path):
    batch = read(customs_file(tmp_path, [customs_row()], name="made-up-import.csv"))
    assert batch.statements == []
    assert batch.unmapped == ["commodity 81041100 (made up), 1 rows"]


def test_a_query_without_quantity_gives_values_only(tmp_path):
    header = (*CHINESE[:7], "美元")
    row = ("202512", "81041100", "made up", *JAPAN, "10", "一般贸易", "333,000")
    assert values(read(customs_file(tmp_path, [row], header=header))) == {
        ("mg.export.value.ingot", "level", "2025-12"): "333000"
    }


def test_cumulated_queries_are_stated_as_such(tmp_path):
    batch = read(customs_file(tmp_path, [customs_row()]), measure="ytd")
    assert ("mg.export.ingot", "ytd", "2025-12") in values(batch)


def test_a_year_that_the_mapping_does_not_know_is_refused(tmp_path):
    with pytest.raises(IngestError, match=r"hs8\.csv knows what 81041100 means from 2015 to 2026"):
        read(customs_file(tmp_path, [customs_row(month="202701")]))


def test_as_many_rows_as_the_portal_gives_are_refused_as_cut(tmp_path, monkeypatch):
    assert customs.CUT_AT_ROWS == 10_000
    monkeypatch.setattr(customs, "CUT_AT_ROWS", 10)
    for count in (9, 11):
        read(customs_file(tmp_path, [customs_row(regime=str(number)) for number in range(count)]))
    with pytest.raises(IngestError, match="exactly 10 rows"):
        read(customs_file(tmp_path, [customs_row(regime=str(number)) for number in range(10)]))


def test_a_quantity_of_zero_beside_a_value_is_no_figure(tmp_path):
    batch = read(customs_file(tmp_path, [customs_row(kg="0")]))
    assert list(values(batch)) == [("mg.export.value.ingot", "level", "2025-12")]
    assert "mg.export.ingot 2025-12: no quantity ('0') beside 333,000 USD" in batch.notes


BAD = {
    "a negative quantity": (
        [customs_row(), customs_row(kg="-5", partner=KOREA)],
        "row 3, column '第一数量': '-5' is negative",
    ),
    "a missing quantity": ([customs_row(kg="?")], "row 2, column '第一数量': there is no figure"),
    "a quantity in words": ([customs_row(kg="many")], "row 2, column '第一数量': 'many' is not a number"),
    "a cut thousands group": ([customs_row(usd="315,28")], "row 2, column '美元': '315,28' is not a number"),
    "a hexadecimal number": ([customs_row(kg="0x10")], "'0x10' is not a number"),
    "an exponent": ([customs_row(kg="1e5")], "'1e5' is not a number"),
    "a number too large": ([customs_row(kg="9" * 15)], "too large"),
    "an unknown unit": (
        [customs_row(), customs_row(unit="吨", partner=KOREA)],
        "row 3, column '第一计量单位': the unit '吨' is not kilograms",
    ),
    "a code of a spreadsheet": ([customs_row(code="8.1E+07")], "'8.1E\\+07' is not a commodity code"),
    "a month that is none": ([customs_row(month="202513")], "row 2, column '数据年月': '202513' is not a month"),
    "a range of months": ([customs_row(month="202501-202512")], "is not a month"),
    "a row twice": ([customs_row(), customs_row(partner=KOREA), customs_row(kg="5")], "row 4 repeats row 2"),
    "a partner in words": ([customs_row(partner=("Japan", "日本"))], "'Japan' is not a partner code"),
    "a short row": ([customs_row(), customs_row()[:9]], "row 3 has"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_rows_are_refused_with_row_and_column(tmp_path, name):
    rows, said = BAD[name]
    with pytest.raises(IngestError, match=said):
        read(customs_file(tmp_path, rows))


def test_a_month_column_must_agree_with_the_month_that_is_told(tmp_path):
    with pytest.raises(IngestError, match="row 3, column '数据年月': the month is 2025-11, not 2025-12"):
        read(customs_file(tmp_path, [customs_row(), customs_row(month="202511")]), month="2025-12")


def test_rows_are_counted_with_the_empty_lines_of_the_file(tmp_path):
    lines = customs_text([customs_row(), customs_row(kg="x", partner=KOREA)]).splitlines()
    path = tmp_path / "made-up-export.csv"
    path.write_bytes("\n".join([lines[0], "", lines[1], "", lines[2], ""]).encode("gb18030"))
    with pytest.raises(IngestError, match="row 5, column '第一数量'"):
        read(path)


@pytest.mark.parametrize(
    "header",
    [
        ("Date of data", "Commodity code", "Tonnes", "Unit", "Quantity"),
        ("商品编码", "商品编码", "第一数量", "第一计量单位"),
        ("商品编码", "第一数量", "美元"),
        ("商品编码", "美元", "人民币"),
    ],
)
def test_a_changed_header_is_refused(tmp_path, header):
    path = customs_file(tmp_path, [tuple("1" for _ in header)], header=header)
    with pytest.raises(IngestError, match="row 1"):
        read(path, flow="export", month="2025-12", format="customs")


def test_a_cut_file_is_refused(tmp_path):
    content = customs_text([customs_row(), customs_row(partner=KOREA)]).encode("gb18030")
    path = tmp_path / "made-up-export.csv"
    for cut in (2, 3, 5, 12, 40, 90):
        path.write_bytes(content[:-cut])
        if content[:-cut].endswith((b"\n", b'"', b'",')):
            continue
        with pytest.raises(IngestError):
            read(path)


def test_a_number_that_is_cut_at_the_end_of_the_file_is_refused(tmp_path):
    text = "".join(
        ",".join(cells) + "\n"
        for cells in (CHINESE, customs_row(usd="333000"), customs_row(partner=KOREA, usd="333000"))
    )
    path = tmp_path / "made-up-export.csv"
    path.write_bytes(text.encode("gb18030")[:-3])
    with pytest.raises(IngestError, match="the last line does not end"):
        read(path)


def test_bytes_that_are_no_text_are_named_by_their_line(tmp_path):
    path = tmp_path / "made-up-export.csv"
    path.write_bytes(customs_text([customs_row()]).encode("gb18030") + b'"\xff\xff",\n')
    with pytest.raises(IngestError, match=r"row 3: byte \d+ is neither UTF-8 nor GB18030 text"):
        read(path)
