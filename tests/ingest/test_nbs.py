"""NBS exports: the quirks of real ones, in made-up ones."""

import pytest

from tests.cases import each
from tests.ingest.conftest import read, refusal, text_file, values

NEV, MONTHS = "nev.output.nbs.cn", "2025年12月,2025年11月"
QUAD = [
    "新能源汽车产量_当期值(万辆),111.1,122.2",
    "  新能源汽车产量累计值（万辆）,1333.3,1222.2",
    "新能源汽车产量_同比增长(%),-1.1,2.2",
    "新能源汽车产量_累计增长(%),3.3,4.4",
]


def nbs_file(folder, *lines, encoding="gb18030", months=MONTHS):
    head = ["数据库：月度数据", "时间：2025年11月-2025年12月", f"指标,{months}"]
    return text_file(folder, "\n".join([*head, *lines, "数据来源：国家统计局"]) + "\n", "made-up-nbs.csv", encoding)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_levels_sums_and_changes_are_told_apart_in_their_printed_unit(tmp_path, encoding):
    batch = read(nbs_file(tmp_path, *QUAD, encoding=encoding))
    december = {"level": "1111000", "ytd": "13333000", "yoy": "-1.1", "ytd_yoy": "3.3"}
    november = {"level": "1222000", "ytd": "12222000", "yoy": "2.2", "ytd_yoy": "4.4"}
    months = (("2025-12", december), ("2025-11", november))
    assert values(batch) == {(NEV, name, month): value for month, own in months for name, value in own.items()}
    assert batch.statements[0]["stated"] == "111.1万辆"


def test_an_empty_month_is_no_figure_and_other_indicators_are_listed(tmp_path):
    others = ["布产量_当期值(亿米),1.1,2.2", "新能源汽车产量_当期值(亿辆),1.1,2.2"]
    batch = read(nbs_file(tmp_path, "新能源汽车产量_当期值(万辆),,122.2", *others))
    assert list(values(batch)) == [(NEV, "level", "2025-11")]
    assert len(batch.unmapped) == 2


@each("""
    cells   | months                  | said
    x,122.2 | 2025年12月,2025年11月 | row 4, column '2025-12': 'x' is not a number
    -1,1    | 2025年12月,2025年11月 | '-1' is negative
    1       | 2025年12月,2025年11月 | row 4 has 2 cells where the header has 3
    1,2     | 2025年12月,2025年12月 | row 3, column C: '2025年12月' stands in the header twice
    1,2     | 2025年12月,2025-12     | row 3: there is no month, or one twice
    1,2     | 2025年12月,第四季度   | row 3, column C: '第四季度' is not a month
""")
def test_bad_tables_are_refused(tmp_path, cells, months, said):
    assert said in refusal(nbs_file(tmp_path, f"新能源汽车产量_当期值(万辆),{cells}", months=months))
