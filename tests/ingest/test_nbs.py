"""NBS exports: the quirks of real ones, in made-up ones."""

import pytest

from metalsbook.errors import IngestError
from tests.ingest.conftest import read, values

NEV = "nev.output.nbs.cn"


def nbs_file(folder, lines, encoding="gb18030", months="2025年12月,2025年11月"):
    head = ["数据库：月度数据", "时间：2025年11月-2025年12月", f"指标,{months}"]
    path = folder / "made-up-nbs.csv"
    path.write_bytes(("\n".join([*head, *lines, "数据来源：国家统计局"]) + "\n").encode(encoding))
    return path


QUAD = [
    "新能源汽车产量_当期值(万辆),111.1,122.2",
    "新能源汽车产量_累计值(万辆),1333.3,1222.2",
    "新能源汽车产量_同比增长(%),-1.1,2.2",
    "新能源汽车产量_累计增长(%),3.3,4.4",
]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_levels_sums_and_changes_are_told_apart(tmp_path, encoding):
    found = values(read(nbs_file(tmp_path, QUAD, encoding)))
    assert found == {
        (NEV, "level", "2025-12"): "1111000",
        (NEV, "level", "2025-11"): "1222000",
        (NEV, "ytd", "2025-12"): "13333000",
        (NEV, "ytd", "2025-11"): "12222000",
        (NEV, "yoy", "2025-12"): "-1.1",
        (NEV, "yoy", "2025-11"): "2.2",
        (NEV, "ytd_yoy", "2025-12"): "3.3",
        (NEV, "ytd_yoy", "2025-11"): "4.4",
    }


def test_the_printed_unit_is_kept(tmp_path):
    assert read(nbs_file(tmp_path, QUAD)).statements[0]["stated"] == "111.1万辆"


def test_wide_brackets_blanks_and_a_missing_underscore_are_the_same_indicator(tmp_path):
    batch = read(nbs_file(tmp_path, ["  新能源汽车产量当期值（万辆）,111.1,122.2"]))
    assert values(batch)[(NEV, "level", "2025-12")] == "1111000"


def test_an_empty_january_is_no_figure(tmp_path):
    batch = read(nbs_file(tmp_path, ["新能源汽车产量_当期值(万辆),,122.2"]))
    assert list(values(batch)) == [(NEV, "level", "2025-11")]


def test_other_indicators_and_units_are_listed(tmp_path):
    batch = read(nbs_file(tmp_path, ["布产量_当期值(亿米),1.1,2.2", "新能源汽车产量_当期值(亿辆),1.1,2.2"]))
    assert batch.statements == []
    assert len(batch.unmapped) == 2


@pytest.mark.parametrize(
    ("lines", "months", "said"),
    [
        (
            ["新能源汽车产量_当期值(万辆),x,122.2"],
            "2025年12月,2025年11月",
            "row 4, column '2025-12': 'x' is not a number",
        ),
        (["新能源汽车产量_当期值(万辆),-1,122.2"], "2025年12月,2025年11月", "'-1' is negative"),
        (["新能源汽车产量_当期值(万辆),1"], "2025年12月,2025年11月", "row 4 has 2 cells for 2 months"),
        (["新能源汽车产量_当期值(万辆),1,2,3"], "2025年12月,2025年11月", "row 4 has 4 cells for 2 months"),
        (QUAD, "2025年12月,2025年12月", "or one twice"),
        (QUAD, "2025年12月,第四季度", "row 3, column C: '第四季度' is not a month"),
    ],
)
def test_bad_tables_are_refused(tmp_path, lines, months, said):
    with pytest.raises(IngestError, match=said):
        read(nbs_file(tmp_path, lines, months=months))
